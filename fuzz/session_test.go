package fuzz_test

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
)

// FuzzSession sets values of any kind under any names. They read as they were
// set, with U+FFFD for bytes of a text that are not UTF-8, and after Save and Load too,
// in their order. Save fails if and only if a value or name cannot be written, and names the first one. With another
// serializer the session holds the same. Save gives the same cookie once more.
func FuzzSession(f *testing.F) {
	for i := range constants {
		f.Add([]byte{1, 'a', 0, byte(i), 1, 'b', 0, byte(i)})
	}
	f.Add([]byte("\x00\x01\x01\x01a\x02ab\x02xyzuvwab\x01\xff\x01\x01x"))
	f.Add([]byte("\x01a\x00\x12\x01a\x00\x01")) // one that cannot be written, then one that can
	f.Add([]byte("\x01\xff\x00\x01\x01\xff\x00\x01"))
	f.Add([]byte("\x01a\x05\x03\x01\x01b\x06\x02\x01a\x01\x01b\x01b\x03abcdefgh\x01b\x04\x13abcdefghabcdefghabcd\x01a\x00\x00"))
	f.Add([]byte("\x06\xed\xa0\xbd\xed\xb8\x80\x00\x01\x04\xf0\x9f\x98\x80\x01\x04\xf0\x9f\x98\x80"))
	lossless := must(saltine.NewCookieStore(testKeys, &saltine.StoreOptions{Now: startClock}))
	other := must(saltine.NewCookieStore(testKeys, &saltine.StoreOptions{Now: startClock, Serializer: sortingSerializer{}}))
	f.Fuzz(func(t *testing.T, program []byte) {
		sets := generateEntries(&source{program})
		want := settle(sets)
		checkRoundTrip(t, lossless, sets, want)
		slices.SortFunc(want, func(a, b entry) int { return strings.Compare(a.key, b.key) })
		checkRoundTrip(t, other, sets, want)
	})
}

// sortingSerializer is JSON for a store that does not know it is.
type sortingSerializer struct{ saltine.JSONSerializer }

// entry is a name of a session and its value.
type entry struct {
	key string
	generated
}

func (e entry) isGood() bool { return e.isWritable && utf8.ValidString(e.key) }

// generateEntries makes values until the source is empty.
func generateEntries(s *source) []entry {
	var entries []entry
	for !s.isEmpty() {
		entries = append(entries, entry{s.text(), s.value(3)})
	}
	return entries
}

// settle is what a session holds after all were set: a name keeps its place and
// takes the last value.
func settle(sets []entry) []entry {
	var entries []entry
	for _, e := range sets {
		if i := slices.IndexFunc(entries, func(other entry) bool { return other.key == e.key }); i >= 0 {
			entries[i] = e
		} else {
			entries = append(entries, e)
		}
	}
	return entries
}

// checkRoundTrip sets values, and wants them back in an order.
func checkRoundTrip(t *testing.T, store *saltine.CookieStore, sets, want []entry) {
	t.Helper()
	session := store.New()
	for _, e := range sets {
		session.Set(e.key, e.set)
	}
	entries := settle(sets)
	requireEntries(t, "as set", session, entries)

	cookie, err := store.Save(session)
	if i := slices.IndexFunc(entries, func(e entry) bool { return !e.isGood() }); i >= 0 {
		requireKind(t, "Save of what cannot be written", err, unsupported)
		if field, ok := errors.AsType[*saltine.FieldError](err); !ok || field.Name != entries[i].key || session.Key() != "" {
			t.Fatalf("Save: %v, want one about %q; the session's key is %q", err, entries[i].key, session.Key())
		}
		return
	}
	requireKind(t, "Save", err, good, tooLarge)
	if err != nil {
		return
	}
	loaded, err := store.Load(cookie)
	requireKind(t, "Load", err, good)
	requireEntries(t, "saved and loaded", loaded, want)
	requireFields(t, loaded, want)
	again, err := store.Save(loaded)
	if err != nil || again != cookie {
		t.Fatalf("saved again: %q, %v, want %q", again, err, cookie)
	}
	checkUpdate(t, store, want)
}

func requireEntries(t *testing.T, what string, session *saltine.Session, want []entry) {
	t.Helper()
	keys, values := contents(session)
	if len(keys) != len(want) || session.Len() != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(keys), len(want))
	}
	for i, e := range want {
		requireSame(t, what+", name", e.key, keys[i])
		requireSame(t, what+", value", e.read, values[i])
		requireSame(t, what+", Get", e.read, session.Get(e.key))
	}
}

// requireFields reads values as Go types.
func requireFields(t *testing.T, session *saltine.Session, want []entry) {
	t.Helper()
	for _, e := range want {
		value, err := saltine.Field[any](e.key).Get(session)
		requireKind(t, "Field[any]", err, good)
		requireSame(t, "Field[any]", e.read, value)
		requireField[string](t, session, e)
		requireField[bool](t, session, e)
		requireField[int64](t, session, e)
		requireField[float64](t, session, e)
		requireField[map[string]any](t, session, e)
		_, err = saltine.Field[json.RawMessage](e.key).Get(session)
		requireKind(t, "Field[json.RawMessage]", err, good, wrongType)
	}
	_, err := saltine.Field[any](strings.Repeat("no", 255)).Get(session)
	requireKind(t, "Field of nothing", err, missing)
}

// requireField fails unless a value of type T comes back, or one of another type
// is refused. Numbers may fit where their types differ, and null fits every type.
func requireField[T any](t *testing.T, session *saltine.Session, e entry) {
	t.Helper()
	got, err := saltine.Field[T](e.key).Get(session)
	requireKind(t, "Field", err, good, wrongType)
	switch want, ok := e.read.(T); {
	case !ok:
	case err == nil:
		requireSame(t, "Field", want, got)
	case isStandard(e.read):
		t.Fatalf("Field of its own type: %v", err)
	}
}

// isStandard reports whether encoding/json has a place for v: it has none for NaN
// and infinities.
func isStandard(v any) bool {
	switch v := v.(type) {
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	case []any:
		return !slices.ContainsFunc(v, func(v any) bool { return !isStandard(v) })
	case map[string]any:
		return isStandard(slices.Collect(maps.Values(v)))
	}
	return true
}

// checkUpdate sets the same values with one call, in the order of their names.
func checkUpdate(t *testing.T, store *saltine.CookieStore, entries []entry) {
	t.Helper()
	values := map[string]any{}
	for _, e := range entries {
		values[e.key] = e.set
	}
	session := store.New()
	session.Update(values)
	var keys []string
	for key := range session.Keys() {
		keys = append(keys, key)
	}
	if !slices.Equal(keys, slices.Sorted(maps.Keys(values))) {
		t.Fatalf("Update sets %q", keys)
	}
}
