package sealed_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/memorystore"
	"github.com/seed-52756201/saltine/sealed"
)

type account struct {
	IBAN string   `json:"iban"`
	Tags []string `json:"tags"`
}

func TestField(t *testing.T) {
	keys := newKeyring(t, testKey)
	store := newStore(t, keys, nil)
	field := sealed.Field[account]{Box: newBox(t, nil), Name: "account"}
	want := account{canary, []string{"a", canary}}

	s := store.New()
	s.Set("plain", "everybody reads this")
	field.Set(s, want)
	cookie := save(t, store, s)
	checkHidden(t, cookie)

	s = load(t, store, cookie)
	if got := s.Get("plain"); got != "everybody reads this" {
		t.Errorf("the plain value is %v", got)
	}
	got, err := field.Get(s)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Get: %v\n%s", err, diff)
	}
	if s.Modified() {
		t.Error("Get modifies the session")
	}
	popped, err := field.Pop(s)
	if diff := cmp.Diff(want, popped); diff != "" || err != nil {
		t.Errorf("Pop: %v\n%s", err, diff)
	}
	if !s.Modified() || s.Has("account") {
		t.Errorf("after Pop: modified %v, there %v", s.Modified(), s.Has("account"))
	}
}

func TestFieldGetRefuses(t *testing.T) {
	box := newBox(t, nil)
	good := sealed.Field[string]{Box: box, Name: "iban"}
	s := newStore(t, newKeyring(t, testKey), nil).New()
	good.Set(s, canary)
	text, ok := s.Get("iban").(string)
	if !ok {
		t.Fatal("what is sealed is not a text")
	}
	last := strings.ToUpper(text[len(text)-5:])
	if last == text[len(text)-5:] {
		last = strings.ToLower(last)
	}
	session := base64.RawURLEncoding.EncodeToString(dumps(t, box, `"text"`))
	for _, tt := range []struct {
		name, reason string
		field        sealed.Field[string]
		value        any // of the field's name; nil for none
		want         string
	}{
		{"good", "the test works", good, text, "none"},
		{"missing", "there is no value", good, nil, "missing"},
		{"moved", "the text is bound to its name", sealed.Field[string]{Box: box, Name: "bic"}, text, "malformed"},
		{"altered", "the tag does not fit", good, text[:len(text)-5] + last, "malformed"},
		{"cut", "too short", good, text[:20], "malformed"},
		{"a session", "what was sealed as a session is no value", good, session, "malformed"},
		{"plain text", "it is not sealed", good, "DE02", "malformed"},
		{"plain number", "it is not sealed", good, 12, "malformed"},
		{"line breaks", "base64 has one form", good, text[:10] + "\n" + text[10:], "malformed"},
		{"another salt", "another purpose", sealed.Field[string]{Box: newBox(t, &sealed.Options{Salt: "x"}), Name: "iban"}, text, "malformed"},
		{"no box", "there is no key", sealed.Field[string]{Name: "iban"}, text, "invalid key"},
	} {
		s := newStore(t, newKeyring(t, testKey), nil).New()
		if tt.value != nil {
			s.Set(tt.field.Name, tt.value)
		}
		s.SetModified(false)
		got, err := tt.field.Get(s)
		checkFieldError(t, tt.name+" ("+tt.reason+")", tt.field.Name, err, tt.want)
		if err != nil && got != "" {
			t.Errorf("%s: %q beside the error", tt.name, got)
		}
		if _, err := tt.field.Pop(s); err != nil && (s.Modified() || s.Has(tt.field.Name) != (tt.value != nil)) {
			t.Errorf("%s: Pop changed the session and said %v", tt.name, err)
		}
	}
	if _, err := (sealed.Field[int]{Box: box, Name: "iban"}).Get(s); kind(t, err) != "wrong type" {
		t.Errorf("a text as a number: %v", err)
	}
}

func checkFieldError(t *testing.T, what, name string, err error, want string) {
	t.Helper()
	if kind(t, err) != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
	field, ok := errors.AsType[*saltine.FieldError](err)
	if err != nil && (!ok || field.Name != name) {
		t.Errorf("%s: the error does not name the value: %v", what, err)
	}
	if err != nil && strings.Contains(err.Error(), canary) {
		t.Errorf("%s: the error shows the value: %v", what, err)
	}
}

// A value that fits its type in part is not handed out in part.
func TestFieldGetGivesNothingBesideAnError(t *testing.T) {
	box := newBox(t, nil)
	s := newStore(t, newKeyring(t, testKey), nil).New()
	sealed.Field[map[string]any]{Box: box, Name: "account"}.Set(s, map[string]any{"iban": canary, "tags": "no list"})
	got, err := sealed.Field[account]{Box: box, Name: "account"}.Get(s)
	checkFieldError(t, "a text for a list", "account", err, "wrong type")
	if diff := cmp.Diff(account{}, got); diff != "" {
		t.Errorf("beside the error:\n%s", diff)
	}
}

// A value that cannot be sealed is not written at all, least of all plain.
func TestFieldSetRefuses(t *testing.T) {
	box := newBox(t, nil)
	store := newStore(t, newKeyring(t, testKey), nil)
	for name, set := range map[string]func(*saltine.Session){
		"a channel": func(s *saltine.Session) { sealed.Field[any]{Box: box, Name: "v"}.Set(s, make(chan int)) },
		"no box":    func(s *saltine.Session) { sealed.Field[string]{Name: "v"}.Set(s, canary) },
	} {
		s := store.New()
		set(s)
		cookie, err := store.Save(s)
		field, ok := errors.AsType[*saltine.FieldError](err)
		if !ok || field.Name != "v" || !errors.Is(err, saltine.ErrUnsupported) || cookie != "" {
			t.Errorf("%s: saved as %q, %v", name, cookie, err)
		}
	}
}

// Values that were plain are taken until the end date; what is marked as sealed has
// to open even then.
func TestFieldAcceptsPlain(t *testing.T) {
	var opened []sealed.Opened
	clock := now
	box := newBox(t, &sealed.Options{
		AcceptPlainUntil: now.Add(time.Hour),
		Now:              func() time.Time { return clock },
		OnOpen:           func(by sealed.Opened) { opened = append(opened, by) },
	})
	field := sealed.Field[string]{Box: box, Name: "iban"}
	s := newStore(t, newKeyring(t, testKey), nil).New()
	s.Set("iban", canary)
	if got, err := field.Get(s); got != canary || err != nil {
		t.Errorf("plain: %q, %v", got, err)
	}
	if _, err := (sealed.Field[int]{Box: box, Name: "iban"}).Get(s); kind(t, err) != "wrong type" {
		t.Errorf("a plain text as a number: %v", err)
	}
	clock = clock.Add(time.Hour)
	if _, err := field.Get(s); kind(t, err) != "malformed" {
		t.Errorf("plain, after the end: %v", err)
	}
	clock = now
	field.Set(s, canary)
	if got, err := field.Get(s); got != canary || err != nil {
		t.Errorf("sealed: %q, %v", got, err)
	}
	if _, err := (sealed.Field[string]{Box: newBoxWith(t, newKeyring(t, "another"), &sealed.Options{AcceptPlainUntil: now.Add(time.Hour)}), Name: "iban"}).Get(s); kind(t, err) != "malformed" {
		t.Errorf("sealed by another key: %v", err)
	}
	if diff := cmp.Diff([]sealed.Opened{{Plain: true, Name: "iban"}, {Name: "iban"}}, opened); diff != "" {
		t.Errorf("OnOpen (-want +got):\n%s", diff)
	}
}

// To read a session that moves marks it as modified; Pop of what is not there must not undo that.
func TestFieldPopWhileMoving(t *testing.T) {
	keys := newKeyring(t, testKey)
	old, err := memorystore.New(&memorystore.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	from, err := saltine.NewServerStore(old, &saltine.ServerStoreOptions{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	before := from.Open(t.Context(), "")
	before.Set("user", "ann")
	if err := before.Save(); err != nil {
		t.Fatal(err)
	}
	store, err := newStore(t, keys, nil).MovingFrom(from, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	s := store.Open(t.Context(), before.Key())
	field := sealed.Field[string]{Box: newBoxWith(t, keys, nil), Name: "absent"}
	if _, err := field.Pop(s); !errors.Is(err, saltine.ErrMissing) || !s.Modified() {
		t.Errorf("Pop: %v, modified %v: the session would not move", err, s.Modified())
	}
}
