package saltine_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

// visit is a struct with every kind of field that struct tags make.
type visit struct {
	User    string     `json:"user"`
	Cart    []cartItem `json:"cart,omitempty"`
	Seen    moment     `json:"seen,omitzero"`
	Amount  float64
	Big     int64  `json:"big,string"`
	Theme   *theme `json:"theme,omitempty"`
	Any     any    `json:"any"`
	Skipped string `json:"-"`
	*Address
	private int
}

type cartItem struct {
	SKU string `json:"sku"`
	Qty int    `json:"qty"`
}

type theme struct{ Name string }

// Address is embedded by pointer.
type Address struct {
	City string `json:"city"`
	User string `json:"address_user"`
}

// moment is a time in Unix seconds; only its pointer writes it.
type moment struct{ seconds int64 }

func (m *moment) MarshalJSON() ([]byte, error) { return json.Marshal(m.seconds) }

func (m *moment) UnmarshalJSON(text []byte) error {
	var seconds float64
	err := json.Unmarshal(text, &seconds)
	m.seconds = int64(seconds)
	return err
}

// load returns a session with the values of an object of JSON.
func load(t testing.TB, object string) *saltine.Session {
	t.Helper()
	s, err := newStore(t, nil).Load(sign(t, object))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dump returns a session's JSON.
func dump(t testing.TB, s *saltine.Session) string {
	t.Helper()
	store := newStore(t, &saltine.StoreOptions{Compression: saltine.CompressionNone})
	payload, err := newTimestampSigner(t, &saltine.Options{Salt: store.CookieSalt(), Now: at(start)}).AppendUnsignPayload(nil, save(t, store, s), saltine.NoMaxAge)
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

func TestGetStruct(t *testing.T) {
	s := load(t, `{"user":"ann","USER":"mallory","cart":[{"sku":"A1","qty":2,"note":1}],"seen":7,"Amount":3,"big":"12","theme":null,"any":{"n":1},"city":"Oslo","Skipped":"x","private":1,"other":1.0}`)
	got := visit{User: "before", Skipped: "before", private: 1}
	if err := s.GetStruct(&got); err != nil {
		t.Fatal(err)
	}
	want := visit{User: "ann", Cart: []cartItem{{"A1", 2}}, Seen: moment{7}, Amount: 3, Big: 12, Any: map[string]any{"n": 1.0}, Address: &Address{City: "Oslo"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(visit{}, moment{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if s.Modified() || !s.Accessed() {
		t.Errorf("modified %v, accessed %v; reading is a look at the data and no change", s.Modified(), s.Accessed())
	}
}

// A name that differs in capitals is another value, which encoding/json would take.
func TestGetStructTakesEqualNames(t *testing.T) {
	var v struct {
		User string `json:"user"`
	}
	if err := load(t, `{"USER":"mallory"}`).GetStruct(&v); err != nil || v.User != "" {
		t.Errorf("user is %q, %v", v.User, err)
	}
}

// What is not set stays as it came, to the last byte.
func TestSetStructIsLossless(t *testing.T) {
	const before = `{"other":1.0,"Amount":3,"user":"\u0061nn","cart":[{"sku":"A1","qty":2,"note":1E0}],"big":"012","seen":7.0e0,"any":1180591620717411303424,"last":"\ud800"}`
	for _, tt := range []struct {
		name, reason string
		before       string
		change       func(*visit)
		want         string
		modified     bool
	}{
		{"nothing", "every field holds what is stored", before, func(*visit) {}, before[:len(before)-1] + `,"city":"Oslo","address_user":""}`, true},
		{"nothing at all", "there is nothing to add either", before, func(v *visit) { v.Address = nil }, before, false},
		{"one value", "the others stay", before, func(v *visit) { v.User, v.Address = "bob", nil }, strings.Replace(before, `"\u0061nn"`, `"bob"`, 1), true},
		{"a number", "a float is written as one", before, func(v *visit) { v.Amount, v.Address = 4, nil }, strings.Replace(before, `:3,`, `:4.0,`, 1), true},
		{"a list", "a value is replaced whole", before, func(v *visit) { v.Cart[0].Qty, v.Address = 3, nil }, strings.Replace(before, `"qty":2,"note":1E0`, `"qty":3`, 1), true},
		{"an empty list", "omitempty leaves it out, and so it goes", before, func(v *visit) { v.Cart, v.Address = nil, nil }, strings.Replace(before, `"cart":[{"sku":"A1","qty":2,"note":1E0}],`, ``, 1), true},
		{"an empty list that was one", "it reads as what the field holds", `{"user":"","cart":[],"Amount":0,"big":"0","any":null}`, func(v *visit) { v.Cart, v.Address = nil, nil }, `{"user":"","cart":[],"Amount":0,"big":"0","any":null}`, false},
		{"null for a list", "the same", `{"user":null,"cart":null,"Amount":null,"big":null,"any":null}`, func(v *visit) { v.Address = nil }, `{"user":null,"cart":null,"Amount":null,"big":null,"any":null}`, false},
		{"an embedded struct that is gone", "its values go", `{"user":"","city":"Oslo","Amount":0,"big":"0","any":null}`, func(v *visit) { v.Address = nil }, `{"user":"","Amount":0,"big":"0","any":null}`, true},
		{"values that are new", "zero is written, as in encoding/json", `{}`, func(v *visit) { v.Address = nil }, `{"user":"","Amount":0.0,"big":"0","any":null}`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := load(t, tt.before)
			var v visit
			if err := s.GetStruct(&v); err != nil {
				t.Fatal(err)
			}
			if v.Address == nil {
				v.Address = &Address{City: "Oslo"}
			}
			tt.change(&v)
			if err := s.SetStruct(&v); err != nil {
				t.Fatal(err)
			}
			if s.Modified() != tt.modified {
				t.Errorf("modified is %v, want %v", s.Modified(), tt.modified)
			}
			if diff := cmp.Diff(tt.want, dump(t, s)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
			var back visit
			if err := s.GetStruct(&back); err != nil {
				t.Fatal(err)
			}
			if len(v.Cart) == 0 {
				v.Cart, back.Cart = nil, nil // omitempty does not tell them apart
			}
			if diff := cmp.Diff(v, back, cmp.AllowUnexported(visit{}, moment{})); diff != "" {
				t.Errorf("it does not come back (-set +got)\n%s", diff)
			}
		})
	}
}

// What does not fit is replaced, for the struct says what is to be there.
func TestSetStructReplacesWhatDoesNotFit(t *testing.T) {
	s := load(t, `{"user":7,"cart":"text","other":1.0}`)
	s.Set("Amount", make(chan int)) // cannot be saved
	if err := s.SetStruct(visit{User: "ann"}); err != nil {
		t.Fatal(err)
	}
	if got, want := dump(t, s), `{"user":"ann","other":1.0,"Amount":0.0,"big":"0","any":null}`; got != want {
		t.Errorf("the session is %s", got)
	}
}

// A value that is not addressed has no methods of its pointer, as in encoding/json.
func TestSetStructByValue(t *testing.T) {
	s := load(t, `{"seen":{}}`)
	v := struct {
		Seen moment `json:"seen"`
	}{moment{7}}
	if err := s.SetStruct(v); err != nil || s.Modified() {
		t.Errorf("by value: %s, %v, %v; the field is written as {}", dump(t, s), s.Modified(), err)
	}
	if err := s.SetStruct(&v); err != nil || dump(t, s) != `{"seen":7}` {
		t.Errorf("by pointer: %s, %v", dump(t, s), err)
	}
}

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, errors.New("private value") }

type selfWriting struct{ A int }

func (selfWriting) MarshalJSON() ([]byte, error) { return []byte(`{}`), nil }

type selfReading struct{ A int }

func (*selfReading) UnmarshalText([]byte) error { return nil }

func TestSetStructRefuses(t *testing.T) {
	type good struct {
		A int
		B any
	}
	for _, tt := range []struct {
		name, reason string
		v            any
		names        string
	}{
		{"nil", "there is nothing", nil, ""},
		{"nil pointer", "there is nothing", (*good)(nil), ""},
		{"map", "Update takes maps", map[string]any{"A": 1}, ""},
		{"pointer to a pointer", "once is enough", new(new(good)), ""},
		{"a struct that writes itself", "its fields are not what is written", selfWriting{}, ""},
		{"a struct that reads itself", "its fields are not what is read", selfReading{}, ""},
		{"an embedded time", "it would write the struct", struct {
			time.Time
			A int
		}{}, ""},
		{"a channel", "it has no JSON", good{1, make(chan int)}, "B"},
		{"a method that fails", "it has no JSON", good{1, failing{}}, "B"},
		{"NaN in a number", "it is no number", good{1, json.Number("x")}, "B"},
	} {
		s := load(t, `{"A":7,"other":1.0}`)
		err := s.SetStruct(tt.v)
		if kind(t, err) != "unsupported" || s.Modified() || dump(t, s) != `{"A":7,"other":1.0}` {
			t.Errorf("%s: %v, and the session is %s: %s", tt.name, err, dump(t, s), tt.reason)
		}
		field, ok := errors.AsType[*saltine.FieldError](err)
		if ok != (tt.names != "") || ok && field.Name != tt.names {
			t.Errorf("%s: the error is %v, want one that names %q", tt.name, err, tt.names)
		}
		if err != nil && strings.Contains(err.Error(), "private") {
			t.Errorf("%s: %v shows a value", tt.name, err)
		}
	}
}

func TestSetStructThatPanics(t *testing.T) {
	s := load(t, `{"A":7,"other":1.0}`)
	func() {
		defer func() { _ = recover() }()
		_ = s.SetStruct(struct {
			A int
			B any
		}{8, panicking{}})
		t.Error("there was no panic")
	}()
	if s.Modified() || dump(t, s) != `{"A":7,"other":1.0}` {
		t.Errorf("the session is %s", dump(t, s))
	}
}

func TestGetStructRefuses(t *testing.T) {
	type good struct{ A, B int }
	before := good{1, 2}
	kept := before
	for _, tt := range []struct {
		name, reason string
		v            any
		names        string
	}{
		{"nil", "there is no target", nil, ""},
		{"nil pointer", "there is no target", (*good)(nil), ""},
		{"struct", "it is a copy", good{}, ""},
		{"map", "Items gives all values", new(map[string]any), ""},
		{"a struct that reads itself", "its fields are not what is read", new(selfReading), ""},
		{"a struct that writes itself", "it could not be set", new(selfWriting), ""},
		{"a value that does not fit", "B is a text", &kept, "B"},
	} {
		s := load(t, `{"A":7,"B":"canary-value"}`)
		err := s.GetStruct(tt.v)
		if kind(t, err) != "wrong type" {
			t.Errorf("%s: %v: %s", tt.name, err, tt.reason)
		}
		field, ok := errors.AsType[*saltine.FieldError](err)
		if ok != (tt.names != "") || ok && field.Name != tt.names {
			t.Errorf("%s: the error is %v, want one that names %q", tt.name, err, tt.names)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v shows a value", tt.name, err)
		}
	}
	if kept != before {
		t.Errorf("the target became %v beside an error", kept)
	}
}

// Whatever a session holds: a struct that was read and set again changes nothing but the
// names that were missing, and one that was changed comes back as it is.
func FuzzStruct(f *testing.F) {
	f.Add(`{"user":"ann","cart":[{"sku":"A1"}],"seen":7}`, uint64(1))
	f.Add(`{"user":1,"Amount":NaN,"city":"Oslo","any":{"a":[1.0,null]}}`, uint64(2))
	f.Add(`{"big":"7","theme":{"Name":"x","other":1},"cart":[]}`, uint64(3))
	f.Fuzz(func(t *testing.T, object string, seed uint64) {
		var record saltine.Record
		if record.ParseJSON([]byte(object)) != nil {
			t.Skip()
		}
		text, err := record.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newStore(t, nil).Load(sign(t, string(text)))
		if err != nil {
			t.Skip() // an expiry of the past
		}
		before := members(t, s)
		var v visit
		if s.GetStruct(&v) != nil {
			v = visit{}
		}
		random := rand.New(rand.NewPCG(seed, 0))
		change(random, &v)
		if err := s.SetStruct(&v); err != nil {
			t.Fatal(err)
		}
		after := members(t, s)
		for name, raw := range before {
			if !slices.Contains(ownNames, name) && after[name] != raw {
				t.Errorf("the value %q became %q", raw, after[name])
			}
		}
		var back visit
		if err := s.GetStruct(&back); err != nil {
			t.Fatal(err)
		}
		if len(v.Cart) == 0 {
			v.Cart, back.Cart = nil, nil
		}
		if diff := cmp.Diff(v, back, cmp.AllowUnexported(visit{}, moment{})); diff != "" {
			t.Errorf("it does not come back (-set +got)\n%s", diff)
		}
		s.SetModified(false)
		if err := s.SetStruct(&v); err != nil || s.Modified() {
			t.Errorf("set twice: modified %v, %v", s.Modified(), err)
		}
	})
}

var ownNames = []string{"user", "cart", "seen", "Amount", "big", "theme", "any", "city", "address_user"}

func members(t *testing.T, s *saltine.Session) map[string]string {
	t.Helper()
	list, err := pyjson.Members(nil, dump(t, s))
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]string{}
	for _, m := range list {
		byName[m.Key] = m.Raw
	}
	return byName
}

// change changes some fields.
func change(random *rand.Rand, v *visit) {
	for _, set := range []func(){
		func() { v.User = "bob" },
		func() { v.Cart = []cartItem{{"B2", random.IntN(3)}} },
		func() { v.Cart = nil },
		func() { v.Seen.seconds = random.Int64N(2) },
		func() { v.Amount = random.Float64() },
		func() { v.Big = random.Int64() },
		func() { v.Theme = &theme{"dark"} },
		func() { v.Any = map[string]any{"a": []any{1.5, nil, "x"}} },
		func() { v.Address = nil },
		func() { v.Address = &Address{City: "Rome"} },
	} {
		if random.IntN(2) == 0 {
			set()
		}
	}
}
