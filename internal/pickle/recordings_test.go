package pickle_test

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pickle"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

//go:embed testdata/recordings.json.gz
var recordingsFile []byte

// recording is a pickle that a Django wrote into one of its caches.
type recording struct {
	Name      string          `json:"name"`
	Kind      string          `json:"kind"` // data, known, refuse or python2
	WrittenBy string          `json:"written_by"`
	Globals   []string        `json:"globals"`
	Data      json.RawMessage `json:"data"`
	Pickle    []byte          `json:"pickle"`
	Cached    int             `json:"cached"` // in how many raw cache values it was found
}

func (r *recording) String() string { return r.Name + " by " + r.WrittenBy }

func recordings(t testing.TB) []recording {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(recordingsFile))
	if err != nil {
		t.Fatal(err)
	}
	var all []recording
	decoder := json.NewDecoder(unzipped)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

const maxSize = 1 << 20

func read(data []byte) ([]pickle.Member, error) {
	return pickle.Members(nil, data, pickle.Options{MaxSize: maxSize})
}

func readForeign(data []byte) ([]pickle.Member, error) {
	return pickle.Members(nil, data, pickle.Options{MaxSize: maxSize, KeepForeign: true})
}

func write(t testing.TB, members []pickle.Member) []byte {
	t.Helper()
	data, err := pickle.Append(nil, members)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// object is the JSON object of the members, sorted by name. A member without a text is
// left out.
func object(members []pickle.Member) map[string]string {
	texts := make(map[string]string)
	for _, m := range members {
		if m.Raw != "" {
			texts[m.RawKey] = m.Raw
		}
	}
	return texts
}

// TestRecordingsAreRead holds for what was not recorded to be refused.
func TestRecordingsAreRead(t *testing.T) {
	counts := make(map[string]int)
	cached := 0
	for _, r := range recordings(t) {
		counts[r.Kind]++
		cached += r.Cached
		if r.Kind == "refuse" {
			continue
		}
		members, err := read(r.Pickle)
		if err != nil {
			t.Errorf("%v: %v", &r, err)
			continue
		}
		want, got := projected(t, &r), object(members)
		if strings.HasPrefix(r.WrittenBy, "2.7") { // its dicts have no order
			sortKeys(t, want)
			sortKeys(t, got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-Django +this package):\n%s", &r, diff)
		}
		for _, m := range members {
			if err := pyjson.Check(m.Raw); m.Raw != "" && err != nil {
				t.Errorf("%v: %s is not JSON: %v", &r, m.Key, err)
			}
			var odd *pickle.NoJSONError
			if m.Err != nil && !errors.As(m.Err, &odd) {
				t.Errorf("%v: %s: %v", &r, m.Key, m.Err)
			}
		}
		again, err := read(write(t, members))
		if err != nil {
			t.Errorf("%v, written: %v", &r, err)
		}
		if diff := cmp.Diff(forms(members), forms(again)); diff != "" {
			t.Errorf("%v (-read +read, written and read again):\n%s", &r, diff)
		}
	}
	counted := map[string]int{"data": 121, "known": 64, "refuse": 141, "python2": 2}
	if diff := cmp.Diff(counted, counts); diff != "" || cached != 2381 {
		t.Errorf("the recordings of %d cache values (-want +got):\n%s", cached, diff)
	}
}

// forms are the members without their values, which nothing compares.
func forms(members []pickle.Member) []string {
	var all []string
	for _, m := range members {
		all = append(all, fmt.Sprintf("%q %q %s: %s %v", m.Key, m.RawKey, m.RawKey, m.Raw, m.Err))
	}
	return all
}

func sortKeys(t *testing.T, texts map[string]string) {
	t.Helper()
	for key, text := range texts {
		value, err := pyjson.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		sorted, err := pyjson.Append(nil, value)
		if err != nil {
			t.Fatal(err)
		}
		texts[key] = string(sorted)
	}
}

// foreignNames are the callables that are not in the list of this package. A recursive
// value has none.
var foreignNames = map[string]string{
	"lazy": "django.utils.functional._lazy_proxy_unpickle", "defaultdict": "collections.defaultdict", "deque": "collections.deque",
	"complex": "builtins.complex", "custom_object": "data_sets.Custom", "model_instance": "django.db.models.base.model_unpickle",
	"namedtuple": "data_sets.Point", "type": "builtins.dict", "range": "builtins.range", "enum": "data_sets.Color",
}

func TestForeignRecordingsKeepTheirKeyFromBeingSaved(t *testing.T) {
	for _, r := range recordings(t) {
		if r.Kind != "refuse" {
			continue
		}
		members, err := read(r.Pickle)
		if err != nil || len(members) != 1 {
			t.Errorf("%v: %d members, %v", &r, len(members), err)
			continue
		}
		m := members[0]
		if r.Name == "recursive" {
			if !errors.Is(m.Err, pickle.ErrRecursive) {
				t.Errorf("%v: %v", &r, m.Err)
			}
		} else {
			want := foreignNames[r.Name]
			var foreign *pickle.ForeignError
			switch {
			case !errors.As(m.Err, &foreign):
				t.Errorf("%v: %v", &r, m.Err)
			case r.Name == "enum" && foreign.Name == "builtins.getattr": // how Python 3.11 writes it
			case r.Name == "range" && foreign.Name == "builtins.xrange": // Python 2's name
			case foreign.Name != want:
				t.Errorf("%v needs %s, want %s", &r, foreign.Name, want)
			}
		}
		if m.Raw != "" || m.RawKey == "" {
			t.Errorf("%v has the text %s: %s", &r, m.RawKey, m.Raw)
		}
		if _, err := pickle.Append(nil, members); err == nil || !errors.Is(err, m.Err) {
			t.Errorf("%v is written: %v", &r, err)
		}
		if data := write(t, members[:0]); string(data) != "\x80\x02}." {
			t.Errorf("%v without its key: %q", &r, data)
		}
		kept, err := readForeign(r.Pickle)
		if err != nil {
			t.Errorf("%v: %v", &r, err)
			continue
		}
		data, err := pickle.Append(nil, kept)
		if r.Name == "recursive" {
			if !errors.Is(err, pickle.ErrRecursive) {
				t.Errorf("%v is kept: %v", &r, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v is not kept: %v", &r, err)
			continue
		}
		again, err := readForeign(data)
		if diff := cmp.Diff(forms(kept), forms(again)); err != nil || diff != "" {
			t.Errorf("%v: %v (-read +read, written and read again):\n%s", &r, err, diff)
		}
	}
}

// projected returns the texts that the members of a recording must have.
func projected(t *testing.T, r *recording) map[string]string {
	t.Helper()
	members, err := pyjson.Members(nil, string(r.Data))
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for _, m := range members {
		if text, ok := project(t, m.Raw); ok {
			texts[m.RawKey] = text
		}
	}
	switch r.Name {
	case "safe":
		texts[`"safe"`] = `"<b>x</b>"`
	case "ordered":
		texts[`"o"`] = `{"b":1,"a":2}`
	case "datetime_zoneinfo":
		texts[`"at"`] = `"2026-07-01T10:04:05[Europe/Berlin]"`
	case "surrogate":
		texts[`"s"`] = `"\ud800"`
	}
	return texts
}

// project turns tagged data, as the recordings have it, into the text that this package
// shows.
func project(t *testing.T, raw string) (text string, ok bool) {
	t.Helper()
	switch pyjson.Kind(raw) {
	case '[':
		var items []json.RawMessage
		unmarshal(t, raw, &items)
		return projectItems(t, items, "[", "]")
	case '{':
		members, err := pyjson.Members(nil, raw)
		if err != nil {
			t.Fatal(err)
		}
		if len(members) > 0 && strings.HasPrefix(members[0].Key, "$") {
			return projectTag(t, members[0].Key, members[0].Raw)
		}
		var b strings.Builder
		for i, m := range members {
			text, ok := project(t, m.Raw)
			if !ok {
				return "", false
			}
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(m.RawKey + ":" + text)
		}
		return "{" + b.String() + "}", true
	}
	return raw, true
}

func projectItems(t *testing.T, items []json.RawMessage, opening, closing string) (string, bool) {
	t.Helper()
	var texts []string
	for _, item := range items {
		text, ok := project(t, string(item))
		if !ok {
			return "", false
		}
		texts = append(texts, text)
	}
	return opening + strings.Join(texts, ",") + closing, true
}

func projectTag(t *testing.T, tag, raw string) (text string, ok bool) {
	t.Helper()
	switch tag {
	case "$tuple", "$set", "$frozenset", "$timedelta":
		return project(t, raw)
	case "$bytes", "$bytearray", "$datetime", "$date", "$time", "$decimal", "$uuid":
		return raw, true
	case "$str27":
		var digits string
		unmarshal(t, raw, &digits)
		plain, err := hex.DecodeString(digits)
		if err != nil || slices.ContainsFunc(plain, func(c byte) bool { return c >= 0x80 }) {
			return raw, err == nil
		}
		text, err := pyjson.Append(nil, string(plain))
		return string(text), err == nil
	case "$int", "$float":
		var text string
		unmarshal(t, raw, &text)
		if float, ok := map[string]string{"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}[text]; ok {
			return float, true
		}
		return text, true
	case "$repeat":
		var repeat [2]json.RawMessage
		unmarshal(t, raw, &repeat)
		var char string
		var n int
		unmarshal(t, string(repeat[0]), &char)
		unmarshal(t, string(repeat[1]), &n)
		return `"` + strings.Repeat(char, n) + `"`, true
	case "$range", "$krange":
		var n int
		unmarshal(t, raw, &n)
		return projectRange(n, tag == "$krange"), true
	case "$dict": // all that were recorded have a tuple among their keys
		return "", false
	case "$object", "$utf8":
		return "", false
	}
	t.Fatalf("the tag %s is new", tag)
	return "", false
}

func projectRange(n int, keys bool) string {
	var texts []string
	for i := range n {
		if keys {
			texts = append(texts, fmt.Sprintf(`"k%d":%d`, i, i))
		} else {
			texts = append(texts, fmt.Sprint(i))
		}
	}
	if keys {
		return "{" + strings.Join(texts, ",") + "}"
	}
	return "[" + strings.Join(texts, ",") + "]"
}

func unmarshal(t *testing.T, raw string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(raw), to); err != nil {
		t.Fatal(err)
	}
}
