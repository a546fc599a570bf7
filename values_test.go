package saltine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-52756201/saltine"
)

// What was not set goes out as it came, and where it stood.
func TestLossless(t *testing.T) {
	const odd = `"f":1.0,"big":1180591620717411303424,"nan":NaN,"inf":-Infinity,"lone":"\ud800x","esc":"\u00e9\u003c","exp":1E2,"nested":{"b":1,"a":[1.50,null]}`
	for _, tt := range []struct {
		name, reason   string
		payload, saved string
		change         func(*saltine.Session)
	}{
		{"one set", "in its place", `{"a":1,` + odd + `}`, `{"a":"x",` + odd + `}`, func(s *saltine.Session) { s.Set("a", "x") }},
		{"one added", "at the end", `{` + odd + `}`, `{` + odd + `,"z":[]}`, func(s *saltine.Session) { s.Set("z", []int{}) }},
		{"one deleted", "the others close up", `{"a":1,` + odd + `}`, `{` + odd + `}`, func(s *saltine.Session) { s.Delete("a") }},
		{"all read", "reading writes nothing", `{` + odd + `}`, `{` + odd + `}`, func(s *saltine.Session) {
			for key := range s.Keys() {
				s.Get(key)
			}
		}},
		{"twice", "the last value wins, at the first place", `{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`, nil},
		{"latin-1", "bytes are characters", "{\"\xe9\":\"\xe9\"}", "{\"\xe9\":\"\xe9\"}", nil},
		{"white space", "between members it goes, within values it stays", "{ \"a\" : [1, 2] }", `{"a":[1, 2]}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := newStore(t, &saltine.StoreOptions{Compression: saltine.CompressionNone})
			s, err := store.Load(sign(t, tt.payload))
			if err != nil {
				t.Fatal(err)
			}
			if tt.change != nil {
				tt.change(s)
			}
			if diff := cmp.Diff(sign(t, tt.saved), save(t, store, s)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
		})
	}
}

// upper is a Serializer that is not JSON's, on the outside.
type upper struct{}

func (upper) Dumps(dst []byte, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	return append(append(dst, "UPPER"...), text...), err
}

func (upper) Loads(payload []byte, v any) error {
	text, ok := strings.CutPrefix(string(payload), "UPPER")
	if !ok {
		return saltine.ErrMalformed
	}
	return json.Unmarshal([]byte(text), v)
}

func TestOtherSerializer(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{Serializer: upper{}})
	s := store.New()
	s.Set("b", []any{"x", true})
	s.Set("a", 1)
	loaded, err := store.Load(save(t, store, s))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, slices.Collect(loaded.Keys())); diff != "" {
		t.Errorf("keys (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]any{"x", true}, loaded.Get("b")); diff != "" {
		t.Errorf("b (-want +got)\n%s", diff)
	}
	if _, err := store.Load(sign(t, `{}`)); kind(t, err) != "malformed" {
		t.Errorf("JSON where the serializer wants something else: %v", err)
	}
}

func TestSaveNamesWhatCannotBeWritten(t *testing.T) {
	store := newStore(t, nil)
	for name, v := range map[string]any{"func": func() {}, "channel": make(chan int), "complex": 1i} {
		s := store.New()
		s.Set("good", 1)
		s.Set("bad", v)
		_, err := store.Save(s)
		field, ok := errors.AsType[*saltine.FieldError](err)
		if !ok || field.Name != "bad" || kind(t, err) != "unsupported" {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := newSessionData(t, testKeys, nil).Encode(s); kind(t, err) != "unsupported" {
			t.Errorf("%s: Encode: %v", name, err)
		}
		s.Set("bad", "now good")
		save(t, store, s)
	}
	s := store.New()
	s.Set("bad\xff", 1)
	s.Set("bad\xff", 2)
	if _, err := store.Save(s); kind(t, err) != "unsupported" {
		t.Errorf("a name that is not UTF-8: %v", err)
	}
	s.Delete("bad\xff")
	save(t, store, s)
}

// rot is a Serializer whose payloads are made of JSON: of every byte the complement.
type rot struct{ upper }

func (rot) DumpsJSON(dst, text []byte) ([]byte, error) {
	for _, c := range text {
		dst = append(dst, ^c)
	}
	return dst, nil
}

func (r rot) LoadsJSON(dst, payload []byte) ([]byte, error) {
	if len(payload) == 0 {
		return dst, saltine.ErrMalformed
	}
	return r.DumpsJSON(dst, payload)
}

// A Serializer of JSON keeps text and order, in cookies and in session_data.
func TestSerializerOfJSONIsLossless(t *testing.T) {
	const (
		payload = `{"z":1.0,"a":1180591620717411303424,"lone":"\ud800x","exp":1E2}`
		saved   = `{"z":1.0,"a":"new","lone":"\ud800x","exp":1E2,"last":null}`
	)
	hide := func(text string) []byte { b, _ := rot{}.DumpsJSON(nil, []byte(text)); return b }
	store := newStore(t, &saltine.StoreOptions{Serializer: rot{}, Compression: saltine.CompressionNone})
	s, err := store.Load(sign(t, string(hide(payload))))
	if err != nil {
		t.Fatal(err)
	}
	s.Set("a", "new")
	s.Set("last", nil)
	if got, want := save(t, store, s), sign(t, string(hide(saved))); got != want {
		t.Error("a cookie's values are not as they were")
	}
	opts := &saltine.Options{Serializer: rot{}, Compression: saltine.CompressionNone, Salt: "django.contrib.sessions.SessionStore", Now: at(start)}
	text, err := newSessionData(t, testKeys, opts).Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := newTimestampSigner(t, opts).AppendUnsignPayload(nil, text, saltine.NoMaxAge)
	if diff := cmp.Diff(saved, string(hide(string(got)))); diff != "" || err != nil {
		t.Errorf("%v, session_data (-want +got)\n%s", err, diff)
	}
	for name, bad := range map[string]string{"LoadsJSON fails": "", "no JSON inside": "{", "no object inside": "[1]"} {
		if _, err := store.Load(sign(t, string(hide(bad)))); kind(t, err) != "malformed" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// panicking is a value whose MarshalJSON panics.
type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("MarshalJSON") }

// A value whose MarshalJSON panics changes nothing of the session, nor does what was
// set in one call with it.
func TestPanicWhileEncodingChangesNothing(t *testing.T) {
	const payload = `{"a":1,"b":2}`
	for name, change := range map[string]func(*saltine.Session){
		"Set, old name":        func(s *saltine.Session) { s.Set("a", panicking{}) },
		"Set, new name":        func(s *saltine.Session) { s.Set("c", panicking{}) },
		"Set, inside":          func(s *saltine.Session) { s.Set("a", []any{1, panicking{}}) },
		"Update, first":        func(s *saltine.Session) { s.Update(map[string]any{"a": panicking{}, "b": 9}) },
		"Update, last":         func(s *saltine.Session) { s.Update(map[string]any{"a": 9, "z": panicking{}}) },
		"SetDefault":           func(s *saltine.Session) { s.SetDefault("c", panicking{}) },
		"Field.Set":            func(s *saltine.Session) { saltine.Field[panicking]("a").Set(s, panicking{}) },
		"Field.Set of a slice": func(s *saltine.Session) { saltine.Field[[]panicking]("c").Set(s, make([]panicking, 1)) },
		"Update, not writable": func(s *saltine.Session) { s.Update(map[string]any{"a": func() {}, "z": panicking{}}) },
	} {
		store := newStore(t, &saltine.StoreOptions{Compression: saltine.CompressionNone})
		s, err := store.Load(sign(t, payload))
		if err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if got := recover(); got != "MarshalJSON" {
					t.Errorf("%s: panic with %v", name, got)
				}
			}()
			change(s)
		}()
		if s.Modified() {
			t.Errorf("%s: modified", name)
		}
		if got := save(t, store, s); got != sign(t, payload) {
			t.Errorf("%s: the session changed", name)
		}
	}
}

// Names are found in a table once many were searched for among many: what is found must
// be the same at every step.
func TestManyValuesAreFound(t *testing.T) {
	s, want := newStore(t, nil).New(), map[string]any{}
	expect := func(step string) {
		t.Helper()
		got := map[string]any{}
		for name := range want {
			got[name] = s.Get(name)
		}
		if diff := cmp.Diff(want, got); diff != "" || s.Len() != len(want) || s.Has("none") {
			t.Errorf("%s: %d values (-want +got):\n%s", step, s.Len(), diff)
		}
	}
	for i := range 100 {
		name := fmt.Sprint("name ", i)
		s.Set(name, i)
		want[name] = int64(i)
	}
	expect("set one by one")
	s.Set("name 50", "again")
	want["name 50"] = "again"
	expect("set again")
	for i := range 30 {
		name := fmt.Sprint("name ", 3*i)
		s.Delete(name)
		delete(want, name)
	}
	expect("deleted")
	s.Update(map[string]any{"name 1": true, "new": nil})
	want["name 1"], want["new"] = true, nil
	expect("updated")
	s.Clear()
	clear(want)
	s.Set("a", 1)
	want["a"] = int64(1)
	expect("cleared")
}

// Random uses of many values come out as those of a plain ordered list: names in order,
// also where some are equal, and the JSON that is saved.
func TestValuesLikeAList(t *testing.T) {
	store := newStore(t, nil)
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		list := newList(t, store, r.IntN(60), seed%3 == 0)
		for range 150 {
			list.step(r)
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	}
}

// list is a session and what must be in it.
type list struct {
	t       *testing.T
	session *saltine.Session
	names   []string
	values  []int64
}

// newList makes a session of so many values, of which two may have one name: both are a
// lone surrogate, which reads as U+FFFD.
func newList(t *testing.T, store *saltine.CookieStore, n int, twins bool) *list {
	t.Helper()
	l := &list{t: t}
	var members []string
	add := func(raw, name string) {
		members = append(members, fmt.Sprintf("%s:%d", raw, len(l.names)))
		l.names, l.values = append(l.names, name), append(l.values, int64(len(l.names)))
	}
	for i := range n {
		name := fmt.Sprint("n", i)
		add(strconv.Quote(name), name)
	}
	if twins {
		add(`"\ud800"`, "\ufffd")
		add(`"\udc00"`, "\ufffd")
	}
	s, err := store.Load(sign(t, "{"+strings.Join(members, ",")+"}"))
	if err != nil {
		t.Fatal(err)
	}
	l.session = s
	return l
}

func (l *list) step(r *rand.Rand) {
	l.t.Helper()
	name := fmt.Sprint("n", r.IntN(80))
	if r.IntN(20) == 0 {
		name = "\ufffd"
	}
	i := slices.Index(l.names, name)
	switch r.IntN(8) {
	case 0, 1, 2:
		if got := l.session.Delete(name); got != (i >= 0) {
			l.t.Errorf("Delete(%q): %v", name, got)
		}
		l.remove(i)
	case 3:
		if _, got := l.session.Pop(name); got != (i >= 0) {
			l.t.Errorf("Pop(%q): %v", name, got)
		}
		l.remove(i)
	case 4, 5:
		n := r.Int64N(1000)
		l.session.Set(name, n)
		if i < 0 {
			l.names, l.values = append(l.names, name), append(l.values, n)
		} else {
			l.values[i] = n
		}
	case 6:
		if got := l.session.Get(name); i < 0 && got != nil || i >= 0 && got != l.values[i] {
			l.t.Errorf("Get(%q): %v", name, got)
		}
	case 7:
		if diff := cmp.Diff(l.names, slices.Collect(l.session.Keys()), cmpopts.EquateEmpty()); diff != "" {
			l.t.Error(diff)
		}
	}
	if l.session.Len() != len(l.names) {
		l.t.Errorf("%d values, want %d", l.session.Len(), len(l.names))
	}
}

func (l *list) remove(i int) {
	if i >= 0 {
		l.names, l.values = slices.Delete(l.names, i, i+1), slices.Delete(l.values, i, i+1)
	}
}

// A name that cannot be written stays an error, also after others of many were removed.
func TestInvalidNameAmongRemoved(t *testing.T) {
	s := newStore(t, nil).New()
	for i := range 40 {
		s.Set(fmt.Sprint("n", i), i)
	}
	s.Set("bad\xff", 1)
	for range 20 {
		s.Has("n39")
	}
	s.Delete("n3")
	if err := s.Save(); !errors.Is(err, saltine.ErrUnsupported) || s.Len() != 40 {
		t.Errorf("Save: %v, %d values", err, s.Len())
	}
}
