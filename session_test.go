package saltine_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

func TestGetTypes(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 70)
	for _, tt := range []struct {
		name      string
		set, want any
	}{
		{"nil", nil, nil},
		{"bool", true, true},
		{"string", "é😀", "é😀"},
		{"int", int8(-5), int64(-5)},
		{"uint", uint64(math.MaxUint64), new(big.Int).SetUint64(math.MaxUint64)},
		{"big", huge, huge},
		{"float", 1.0, 1.0},
		{"infinity", math.Inf(-1), math.Inf(-1)},
		{"slice", []int{1, 2}, []any{int64(1), int64(2)}},
		{"map", map[string]float64{"b": 2, "a": 1}, map[string]any{"a": 1.0, "b": 2.0}},
		{"struct", struct {
			A float64 `json:"a"`
			b int
		}{A: 3}, map[string]any{"a": 3.0}},
		{"time", start.UTC(), "2023-11-14T22:13:20Z"},
	} {
		s := newStore(t, nil).New()
		s.Set("v", tt.set)
		compareBig := cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })
		if diff := cmp.Diff(tt.want, s.Get("v"), compareBig); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

func TestGetGivesCopies(t *testing.T) {
	store := newStore(t, nil)
	s := store.New()
	list := []any{"before"}
	s.Set("list", list)
	list[0] = "after"
	s.Get("list").([]any)[0] = "after"
	if got := s.Get("list").([]any)[0]; got != "before" {
		t.Errorf("a value changed without being set: %v", got)
	}
}

func TestIterationSeesNoChange(t *testing.T) {
	s := newStore(t, nil).New()
	s.Update(map[string]any{"a": 1, "b": 2, "c": 3})
	var seen []string
	for key := range s.Keys() {
		seen = append(seen, key)
		s.Delete(key)
		s.Set("new "+key, 1)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, seen); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for range s.Items() {
		break
	}
	for range s.Values() {
		break
	}
	for range s.Keys() {
		break
	}
	if s.Len() != 3 {
		t.Errorf("Len() = %d", s.Len())
	}
}

// CVE-2026-27205 in Flask: looking for a key, or listing them, did not count as
// access, and responses that depended on the session lacked Vary: Cookie.
func TestEveryLookCountsAsAccess(t *testing.T) {
	looks := map[string]func(*saltine.Session){
		"Get":        func(s *saltine.Session) { s.Get("a") },
		"Has":        func(s *saltine.Session) { s.Has("a") },
		"Len":        func(s *saltine.Session) { s.Len() },
		"Keys":       func(s *saltine.Session) { s.Keys() },
		"Values":     func(s *saltine.Session) { s.Values() },
		"Items":      func(s *saltine.Session) { s.Items() },
		"Pop":        func(s *saltine.Session) { s.Pop("x") },
		"Delete":     func(s *saltine.Session) { s.Delete("x") },
		"SetDefault": func(s *saltine.Session) { s.SetDefault("a", 1) },
		"Field.Get":  func(s *saltine.Session) { saltine.Field[int]("a").Get(s) }, //nolint:errcheck // not looked at
		"Field.Pop":  func(s *saltine.Session) { saltine.Field[int]("x").Pop(s) }, //nolint:errcheck // not looked at
		"Expiry":     func(s *saltine.Session) { s.Expiry() },                     //nolint:errcheck // not looked at
		"ExpiryAge":  func(s *saltine.Session) { s.ExpiryAge() },                  //nolint:errcheck // not looked at
		"ExpiryDate": func(s *saltine.Session) { s.ExpiryDate() },                 //nolint:errcheck // not looked at
		"browser":    func(s *saltine.Session) { s.ExpiresAtBrowserClose() },
		"test":       func(s *saltine.Session) { s.TestCookieWorked() },
	}
	for name, look := range looks {
		s := newStore(t, nil).Open(sign(t, `{"a":1}`))
		look(s)
		if !s.Accessed() || s.Modified() {
			t.Errorf("%s: accessed %v, modified %v", name, s.Accessed(), s.Modified())
		}
	}
}

func TestField(t *testing.T) {
	type item struct {
		SKU string  `json:"sku"`
		Qty int     `json:"qty"`
		EUR float64 `json:"eur"`
	}
	const cart saltine.Field[[]item] = "cart"
	s := newStore(t, nil).New()
	if _, err := cart.Get(s); kind(t, err) != "missing" {
		t.Errorf("Get of nothing: %v", err)
	}
	if _, err := cart.Pop(s); kind(t, err) != "missing" || s.Modified() {
		t.Errorf("Pop of nothing: %v, modified %v", err, s.Modified())
	}
	want := []item{{"A1", 2, 3}}
	cart.Set(s, want)
	got, err := cart.Get(s)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if got, err := cart.Pop(s); err != nil || len(got) != 1 || s.Has("cart") {
		t.Errorf("Pop = %v, %v", got, err)
	}
}

func TestFieldTypes(t *testing.T) {
	s, err := newStore(t, nil).Load(sign(t, `{"s":"text","e":"\u00e9\n","i":7,"f":7.5,"n":null,"b":true,"nan":NaN,"l":[1],"o":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		get  func() (any, error)
		want any
		kind string
	}{
		{"string", func() (any, error) { return saltine.Field[string]("s").Get(s) }, "text", "none"},
		{"string with escapes", func() (any, error) { return saltine.Field[string]("e").Get(s) }, "é\n", "none"},
		{"null for a string", func() (any, error) { return saltine.Field[string]("n").Get(s) }, "", "none"},
		{"null for a pointer", func() (any, error) { return saltine.Field[*int]("n").Get(s) }, (*int)(nil), "none"},
		{"int", func() (any, error) { return saltine.Field[int]("i").Get(s) }, 7, "none"},
		{"int for a float", func() (any, error) { return saltine.Field[float64]("i").Get(s) }, 7.0, "none"},
		{"float", func() (any, error) { return saltine.Field[float64]("f").Get(s) }, 7.5, "none"},
		{"bool", func() (any, error) { return saltine.Field[bool]("b").Get(s) }, true, "none"},
		{"any", func() (any, error) { return saltine.Field[any]("l").Get(s) }, []any{int64(1)}, "none"},
		{"map", func() (any, error) { return saltine.Field[map[string]any]("o").Get(s) }, map[string]any{}, "none"},
		{"int for a string", func() (any, error) { return saltine.Field[string]("i").Get(s) }, "", "wrong type"},
		{"string for an int", func() (any, error) { return saltine.Field[int]("s").Get(s) }, 0, "wrong type"},
		{"float for an int", func() (any, error) { return saltine.Field[int]("f").Get(s) }, 0, "wrong type"},
		{"NaN by the rules of encoding/json", func() (any, error) { return saltine.Field[float64]("nan").Get(s) }, 0.0, "wrong type"},
		{"list for a map", func() (any, error) { return saltine.Field[map[string]any]("l").Get(s) }, map[string]any(nil), "wrong type"},
	} {
		got, err := tt.get()
		if diff := cmp.Diff(tt.want, got); diff != "" || kind(t, err) != tt.kind {
			t.Errorf("%s: %v (-want +got)\n%s", tt.name, err, diff)
		}
	}
}

func TestSetExpiryForms(t *testing.T) {
	for _, tt := range []struct {
		name   string
		expiry saltine.Expiry
		stored any
		age    time.Duration
		close  bool
	}{
		{"default", saltine.Expiry{}, nil, saltine.DefaultCookieAge, false},
		{"idle", saltine.ExpireIdle(5 * time.Minute), int64(300), 5 * time.Minute, false},
		{"negative", saltine.ExpireIdle(-time.Second), int64(-1), -time.Second, false},
		{"fraction", saltine.ExpireIdle(12500 * time.Millisecond), 12.5, 12500 * time.Millisecond, false},
		{"browser close", saltine.ExpireAtBrowserClose(), int64(0), saltine.DefaultCookieAge, true},
		{"from now", saltine.ExpireIn(time.Hour), "2023-11-14T23:13:20+00:00", time.Hour, false},
		{"at", saltine.ExpireAt(start.Add(90 * time.Minute).In(time.FixedZone("", 3600))), "2023-11-15T00:43:20+01:00", 90 * time.Minute, false},
		{"at, rounded down", saltine.ExpireAt(start.Add(-500 * time.Millisecond).UTC()), "2023-11-14T22:13:19.500000+00:00", -time.Second, false},
	} {
		store := newStore(t, nil)
		s := store.New()
		s.Set("other", 1)
		s.SetExpiry(tt.expiry)
		if diff := cmp.Diff(tt.stored, s.Get("_session_expiry")); diff != "" {
			t.Errorf("%s: stored (-want +got)\n%s", tt.name, diff)
		}
		if got, err := s.ExpiryAge(); err != nil || got != tt.age {
			t.Errorf("%s: ExpiryAge() = %v, %v, want %v", tt.name, got, err, tt.age)
		}
		if got := s.ExpiresAtBrowserClose(); got != tt.close {
			t.Errorf("%s: ExpiresAtBrowserClose() = %v", tt.name, got)
		}
		s.SetExpiry(saltine.Expiry{})
		if s.Has("_session_expiry") {
			t.Errorf("%s: the zero Expiry must remove it", tt.name)
		}
	}
	far := newStore(t, nil).New()
	far.SetExpiry(saltine.ExpireAt(start.In(time.FixedZone("", 86400))))
	if diff := cmp.Diff("2023-11-14T22:13:20+00:00", far.Get("_session_expiry")); diff != "" {
		t.Errorf("Python has no offset of a day (-want +got)\n%s", diff)
	}
	s := newStore(t, nil).New()
	s.SetExpiry(saltine.ExpireAt(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))
	if err := s.Save(); kind(t, err) != "unsupported" {
		t.Errorf("a date that Python does not have: %v", err)
	}
}

func TestGuard(t *testing.T) {
	store := newStore(t, nil)
	cookie := sign(t, `{"user":"ann"}`)
	asked := 0
	refuse := func(revoked bool) func(*saltine.Session) bool {
		return func(s *saltine.Session) bool {
			asked++
			if s.Get("user") != "ann" || !s.Verification().SignedAt.Equal(start) {
				t.Error("the guard must see the session")
			}
			return revoked
		}
	}
	s := store.Open(cookie)
	s.Guard(refuse(false))
	if s.Err() != nil || s.Accessed() || s.Modified() || s.Get("user") != "ann" || asked != 1 {
		t.Errorf("let through: Err %v, asked %d times", s.Err(), asked)
	}
	s = store.Open(cookie)
	s.Guard(refuse(true))
	if s.Get("user") != nil || kind(t, s.Err()) != "revoked" || !s.Modified() || asked != 2 {
		t.Errorf("refused: Err %v, asked %d times", s.Err(), asked)
	}
	for _, value := range []string{"", "x" + cookie} {
		s = store.Open(value)
		s.Guard(refuse(true))
		if s.Get("user") != nil || asked != 2 {
			t.Error("there is nothing to ask the guard about")
		}
	}
}

func TestNaiveDates(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{NaiveDates: true, Location: time.FixedZone("", 3600)})
	s := store.New()
	s.SetExpiry(saltine.ExpireIn(time.Hour))
	if diff := cmp.Diff("2023-11-15T00:13:20", s.Get("_session_expiry")); diff != "" {
		t.Errorf("stored (-want +got)\n%s", diff)
	}
	if got, err := s.ExpiryAge(); err != nil || got != time.Hour {
		t.Errorf("ExpiryAge() = %v, %v", got, err)
	}
}

func TestReplace(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{Options: saltine.Options{Compression: saltine.CompressionNone}})
	payload := `{"z":1.0,"a":"\\ud800"}`
	row, err := store.Load(sign(t, payload))
	if err != nil {
		t.Fatal(err)
	}
	s := store.Open(sign(t, `{"old":1}`))
	s.Replace(row)
	if !s.Accessed() || !s.Modified() || row.Modified() {
		t.Error("Replace is a change of one session, and not of the other")
	}
	if got := save(t, store, s); got != sign(t, payload) {
		t.Error("the values are not as they were")
	}
	s.Set("z", 2)
	if row.Get("z") != 1.0 {
		t.Error("the other session changed")
	}
	s.Replace(s)
	if s.Len() != 2 {
		t.Error("a session is lost when it replaces itself")
	}
	bad := store.New()
	bad.Set("f", func() {})
	s.Replace(bad)
	if err := s.Save(); kind(t, err) != "unsupported" {
		t.Errorf("what cannot be written can still not be written: %v", err)
	}
}
