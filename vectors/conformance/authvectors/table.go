package authvectors

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
)

// table is a saltine.Backend in memory, in the order of writing.
type table struct {
	keys []string
	rows map[string]string // JSON objects
}

// Load implements saltine.Backend.
func (t *table) Load(_ context.Context, key string) (saltine.Record, error) {
	var r saltine.Record
	text, found := t.rows[key]
	if !found {
		return r, saltine.ErrNoSession
	}
	err := r.ParseJSON([]byte(text))
	return r, err
}

// Create implements saltine.Backend.
func (t *table) Create(_ context.Context, key string, r saltine.Record) error {
	if _, found := t.rows[key]; found {
		return saltine.ErrKeyTaken
	}
	if t.rows == nil {
		t.rows = map[string]string{}
	}
	t.keys = append(t.keys, key)
	return t.write(key, r)
}

// Update implements saltine.Backend.
func (t *table) Update(_ context.Context, key string, r saltine.Record) error {
	if _, found := t.rows[key]; !found {
		return saltine.ErrNoSession
	}
	return t.write(key, r)
}

func (t *table) write(key string, r saltine.Record) error {
	text, err := r.AppendJSON(nil)
	t.rows[key] = string(text)
	return err
}

// Delete implements saltine.Backend.
func (t *table) Delete(_ context.Context, key string) error {
	delete(t.rows, key)
	t.keys = slices.DeleteFunc(t.keys, func(k string) bool { return k == key })
	return nil
}

// Exists implements saltine.Backend.
func (t *table) Exists(_ context.Context, key string) (bool, error) {
	_, found := t.rows[key]
	return found, nil
}

// ClearExpired implements saltine.Backend: nothing expires here.
func (*table) ClearExpired(context.Context) error { return nil }

// text writes all rows, with the names of their keys.
func (t *table) text(name func(key string) string) string {
	var lines []string
	for _, key := range t.keys {
		lines = append(lines, name(key)+" "+pairs(t.rows[key]))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// pairs writes a JSON object as pairs, in its order.
func pairs(object string) string {
	decoder := json.NewDecoder(strings.NewReader(object))
	if _, err := decoder.Token(); err != nil {
		return err.Error()
	}
	items := [][2]any{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err.Error()
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err.Error()
		}
		items = append(items, [2]any{name, value})
	}
	out, err := json.Marshal(items)
	if err != nil {
		return err.Error()
	}
	return normal(out)
}

// recordOf makes a record of pairs.
func recordOf(session json.RawMessage) (saltine.Record, error) {
	var r saltine.Record
	var items [][2]json.RawMessage
	if err := json.Unmarshal(session, &items); err != nil {
		return r, err
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(item[0])
		b.WriteByte(':')
		b.Write(item[1])
	}
	b.WriteByte('}')
	err := r.ParseJSON(ascii(b.Bytes()))
	return r, err
}

// ascii writes JSON as Python does, with escapes for everything else.
func ascii(text []byte) []byte {
	var out []byte
	for _, c := range string(text) {
		if c < utf8.RuneSelf {
			out = append(out, byte(c))
			continue
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return out
}
