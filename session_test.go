package saltine_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"runtime"
	"sync"
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
		{"string that is not UTF-8", "a\xffb", "a\ufffdb"},
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
		s := newStore(t, nil).Open(t.Context(), sign(t, `{"a":1}`))
		look(s)
		if !s.Accessed() || s.Modified() {
			t.Errorf("%s: accessed %v, modified %v", name, s.Accessed(), s.Modified())
		}
	}
}

func TestGuard(t *testing.T) {
	store := newStore(t, nil)
	cookie := sign(t, `{"user":"ann"}`)
	asked := 0
	answer := func(err error) func(*saltine.Session) error {
		return func(s *saltine.Session) error {
			asked++
			if s.Get("user") != "ann" || !s.Verification().SignedAt.Equal(start) {
				t.Error("the guard must see the session")
			}
			return err
		}
	}
	s := store.Open(t.Context(), cookie)
	s.Guard(answer(nil))
	if s.Err() != nil || s.Accessed() || s.Modified() || s.Get("user") != "ann" || asked != 1 {
		t.Errorf("let through: Err %v, asked %d times", s.Err(), asked)
	}
	s = store.Open(t.Context(), cookie)
	s.Guard(answer(saltine.ErrRevoked))
	if s.Get("user") != nil || kind(t, s.Err()) != "revoked" || !s.Modified() || asked != 2 {
		t.Errorf("refused: Err %v, asked %d times", s.Err(), asked)
	}
	for _, value := range []string{"", "x" + cookie} {
		s = store.Open(t.Context(), value)
		s.Guard(answer(saltine.ErrRevoked))
		if s.Get("user") != nil || asked != 2 {
			t.Error("there is nothing to ask the guard about")
		}
	}
}

func TestReplace(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{Compression: saltine.CompressionNone})
	payload := `{"z":1.0,"a":"\\ud800"}`
	row, err := store.Load(sign(t, payload))
	if err != nil {
		t.Fatal(err)
	}
	s := store.Open(t.Context(), sign(t, `{"old":1}`))
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

func TestZeroSession(t *testing.T) {
	var s saltine.Session
	s.Set("a", 1)
	s.SetExpiry(saltine.ExpireIn(time.Hour))
	if s.Get("a") != int64(1) || s.Err() != nil || s.ExpiresAtBrowserClose() {
		t.Error("the zero Session is an empty session")
	}
	if _, err := s.ExpiryAge(); err != nil {
		t.Error(err)
	}
	if err := s.Save(); kind(t, err) != "invalid option" {
		t.Errorf("Save: %v", err)
	}
	for name, call := range map[string]func() error{"Create": s.Create, "CycleKey": s.CycleKey} {
		if err := call(); kind(t, err) != "invalid option" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if value, err := newStore(t, nil).Save(&s); err != nil || value == "" {
		t.Errorf("a store's Save: %v", err)
	}
	var untouched saltine.Session
	untouched.Guard(func(*saltine.Session) error { return saltine.ErrRevoked })
	if untouched.Key() != "" || !untouched.IsEmpty() || untouched.Has("a") || untouched.Len() != 0 || untouched.Err() != nil ||
		untouched.Verification() != (saltine.Verification{}) || len(untouched.Sizes()) != 0 {
		t.Error("the zero Session is an empty session")
	}
	var destroyed, flushed saltine.Session
	if err := errors.Join(destroyed.Destroy(), flushed.Flush()); err != nil || !destroyed.Modified() || !flushed.Modified() {
		t.Errorf("Destroy and Flush: %v", err)
	}
}

// Two copies of a session share their values until one of them changes. go vet
// reports copies of whatever has a field with Lock and Unlock.
func TestVetReportsCopiedSessions(t *testing.T) {
	session := reflect.TypeFor[saltine.Session]()
	for field := range session.Fields() {
		if reflect.PointerTo(field.Type).Implements(reflect.TypeFor[sync.Locker]()) {
			return
		}
	}
	t.Error("no field of Session is a sync.Locker")
}

// What a guard returns decides what becomes of the session.
func TestGuardErrors(t *testing.T) {
	cause := errors.New("the cause")
	for _, tt := range []struct {
		name, reason string
		err          error
		kind         string
		modified     bool // to be saved over the cookie
	}{
		{"revoked", "as it is", saltine.ErrRevoked, "revoked", true},
		{"revoked with a cause", "wrapped", fmt.Errorf("%w: %w", saltine.ErrRevoked, cause), "revoked", true},
		{"any other error", "a guard that fails refuses", cause, "revoked", true},
		{"unavailable", "nobody could be asked: the cookie stays", fmt.Errorf("%w: %w", saltine.ErrUnavailable, cause), "unavailable", false},
	} {
		store := newStore(t, nil)
		s := store.Open(t.Context(), sign(t, `{"user":"ann"}`))
		s.Guard(func(*saltine.Session) error { return tt.err })
		if s.Get("user") != nil || s.Len() != 0 || kind(t, s.Err()) != tt.kind || !errors.Is(s.Err(), tt.err) || s.Modified() != tt.modified {
			t.Errorf("%s: Err %v, modified %v: %s", tt.name, s.Err(), s.Modified(), tt.reason)
		}
		s.Set("a", 1)
		want := "none"
		if tt.kind == "unavailable" {
			want = "unavailable"
		}
		if err := s.Save(); kind(t, err) != want {
			t.Errorf("%s: Save: %v: %s", tt.name, err, tt.reason)
		}
	}
}

// A guard that panics, or ends its goroutine, has let nobody through: the next look
// at the session finds it refused.
func TestGuardThatPanicsRefuses(t *testing.T) {
	for name, end := range map[string]func(){"panics": func() { panic("guard") }, "exits": runtime.Goexit} {
		s := newStore(t, nil).Open(t.Context(), sign(t, `{"user":"ann"}`))
		asked := 0
		s.Guard(func(s *saltine.Session) error {
			asked++
			if s.Get("user") != "ann" {
				t.Error("the guard must see the session")
			}
			end()
			return nil
		})
		done := make(chan any)
		go func() {
			defer func() { done <- recover() }()
			s.Get("user")
		}()
		if got := <-done; name == "panics" && got != "guard" {
			t.Errorf("the panic became %v", got)
		}
		if s.Get("user") != nil || s.Len() != 0 || kind(t, s.Err()) != "revoked" || !s.Modified() || asked != 1 {
			t.Errorf("%s: Err %v, %d values, modified %v, asked %d times", name, s.Err(), s.Len(), s.Modified(), asked)
		}
	}
}

// A guard's own changes of the flags are not the handler's.
func TestGuardLeavesTheFlags(t *testing.T) {
	s := newStore(t, nil).Open(t.Context(), sign(t, `{"user":"ann"}`))
	s.Guard(func(s *saltine.Session) error { s.Set("seen", true); return nil })
	if s.Err() != nil || s.Accessed() || s.Modified() {
		t.Errorf("Err %v, accessed %v, modified %v", s.Err(), s.Accessed(), s.Modified())
	}
}

// A slow request that was let through does not outlive a sign-out that came after:
// its session is signed with the time at which the guard was set.
func TestGuardedSessionIsNotSignedLater(t *testing.T) {
	now := start
	store := newStore(t, &saltine.StoreOptions{Now: func() time.Time { return now }})
	cookie := sign(t, `{"user":"ann"}`)
	free := func(*saltine.Session) error { return nil }
	second := time.Second
	for _, tt := range []struct {
		name, reason string
		prepare      func(*saltine.Session) *saltine.Session // ten seconds after start, half a minute before saving
		want         time.Duration                           // after start
	}{
		{"no guard", "the time of saving", func(s *saltine.Session) *saltine.Session { return s }, 40 * second},
		{"guard", "the time of Guard", func(s *saltine.Session) *saltine.Session { s.Guard(free); return s }, 10 * second},
		{"guard that was asked later", "the same: the look-up may be as old", func(s *saltine.Session) *saltine.Session {
			s.Guard(free)
			now = now.Add(second)
			s.Get("user")
			now = now.Add(-second)
			return s
		}, 10 * second},
		{"an earlier look-up", "the earliest time holds", func(s *saltine.Session) *saltine.Session {
			s.Guard(func(s *saltine.Session) error { s.SignNotAfter(start.Add(5 * second)); return nil })
			s.Get("user")
			return s
		}, 5 * second},
		{"a later time", "the earliest time holds", func(s *saltine.Session) *saltine.Session {
			s.Guard(free)
			s.SignNotAfter(start.Add(20 * second))
			return s
		}, 10 * second},
		{"a time that is still to come", "it limits nothing", func(s *saltine.Session) *saltine.Session {
			s.SignNotAfter(start.Add(time.Hour))
			return s
		}, 40 * second},
		{"a new session", "who was signed out may be signing in", func(*saltine.Session) *saltine.Session {
			s := store.New()
			s.Guard(free)
			return s
		}, 10 * second},
	} {
		now = start.Add(10 * second)
		s := tt.prepare(store.Open(t.Context(), cookie))
		now = now.Add(30 * second)
		for _, how := range []func() error{s.Save, s.CycleKey} {
			s.Set("a", 1)
			if err := how(); err != nil {
				t.Fatal(err)
			}
			loaded, err := store.Load(s.Key())
			if err != nil {
				t.Fatal(err)
			}
			if got := loaded.Verification().SignedAt.Sub(start); got != tt.want {
				t.Errorf("%s: signed %v after start, want %v: %s", tt.name, got, tt.want, tt.reason)
			}
		}
	}
}

// A store that could not be asked gives an empty session, which nothing saves over
// what the visitor has.
func TestUnavailable(t *testing.T) {
	cookie := sign(t, `{"user":"ann"}`)
	store := saltine.Unavailable(newStore(t, nil), context.DeadlineExceeded)
	for name, use := range map[string]func(*saltine.Session){
		"read":    func(s *saltine.Session) { s.Get("user") },
		"set":     func(s *saltine.Session) { s.Set("a", 1) },
		"cleared": func(s *saltine.Session) { s.Clear() },
		"error":   func(s *saltine.Session) { s.Err() }, //nolint:errcheck // looked at below
	} {
		s := store.Open(t.Context(), cookie)
		s.Guard(func(*saltine.Session) error { t.Error("a guard has nothing to look at"); return nil })
		s.Err() //nolint:errcheck // read before Clear, which reads nothing
		use(s)
		if err := s.Err(); kind(t, err) != "unavailable" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: Err %v", name, err)
		}
		if s.Has("user") || s.Key() != cookie || s.Verification() != (saltine.Verification{}) {
			t.Errorf("%s: a session of %d values and a key of %d bytes", name, s.Len(), len(s.Key()))
		}
		for what, saveIt := range map[string]func() error{"Save": s.Save, "CycleKey": s.CycleKey} {
			if err := saveIt(); kind(t, err) != "unavailable" || s.Key() != cookie {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		if _, err := newSessionData(t, testKeys, nil).Encode(s); kind(t, err) != "unavailable" {
			t.Errorf("%s: Encode: %v", name, err)
		}
		if _, err := s.Resign(); err == nil {
			t.Errorf("%s: signed again", name)
		}
	}
	s := store.Open(t.Context(), cookie)
	if s.Get("user") != nil || s.Modified() {
		t.Error("a session that could not be read is not to be saved")
	}
	if s := store.Open(t.Context(), ""); s.Err() != nil {
		t.Errorf("there is nothing to ask for without a cookie: %v", s.Err())
	}
}

// Signing again keeps the time of signing: no session lives longer by it.
func TestResign(t *testing.T) {
	now := start
	clock := func() time.Time { return now }
	before := newStoreOf(t, ring("old"), &saltine.StoreOptions{Now: clock})
	after := newStoreOf(t, ring("new", "old"), &saltine.StoreOptions{Now: clock})
	s := before.New()
	s.Set("user", "ann")
	cookie := save(t, before, s)
	now = start.Add(time.Hour)
	s = after.Open(t.Context(), cookie)
	left, err := s.Resign()
	if err != nil || left != cookieAge-time.Hour {
		t.Fatalf("good for %v, %v", left, err)
	}
	v, err := after.Verify(s.Key())
	if err != nil || v.KeyIndex != 0 || !v.SignedAt.Equal(start) || s.Modified() {
		t.Errorf("%+v, %v, modified %v", v, err, s.Modified())
	}
	for name, s := range map[string]*saltine.Session{"new": after.New(), "refused": after.Open(t.Context(), "x"+cookie)} {
		if _, err := s.Resign(); kind(t, err) != "missing" {
			t.Errorf("a session that is %s: %v", name, err)
		}
	}
	if _, err := new(saltine.Session).Resign(); kind(t, err) != "invalid option" {
		t.Errorf("the zero Session: %v", err)
	}
}

func TestContext(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "value")
	if got := newStore(t, nil).Open(ctx, "").Context().Value(key{}); got != "value" {
		t.Errorf("Context() has the value %v", got)
	}
	if new(saltine.Session).Context() == nil || newStore(t, nil).New().Context() == nil {
		t.Error("a session without a context has the background's")
	}
}

// A callback that panics while a session is read, and somebody who recovers, must not
// leave an empty session that is then saved over the full one.
func TestPanicWhileReading(t *testing.T) {
	full := newStore(t, nil).New()
	full.Set("cart", 1)
	if err := full.Save(); err != nil {
		t.Fatal(err)
	}
	cookie, panics := full.Key(), true
	store := newStore(t, &saltine.StoreOptions{OnVerify: func(saltine.Verification) {
		if panics {
			panic("a callback")
		}
	}})
	s := store.Open(t.Context(), cookie)
	func() {
		defer func() { recover() }() //nolint:errcheck // it is the panic that was provoked
		s.Get("cart")
	}()
	if s.Has("cart") || kind(t, s.Err()) != "unavailable" || s.Modified() {
		t.Errorf("after the panic: %v, %v, modified %v", s.Has("cart"), s.Err(), s.Modified())
	}
	if err := s.Save(); kind(t, err) != "unavailable" || s.Key() != cookie {
		t.Errorf("Save: %v", err)
	}
	panics = false
	if s := store.Open(t.Context(), cookie); s.Get("cart") != int64(1) {
		t.Errorf("without the panic: %v", s.Err())
	}
}

// A session that is moved into another one must neither live longer nor look newer.
func TestReplaceInherits(t *testing.T) {
	clock := start
	opts := &saltine.StoreOptions{Now: func() time.Time { return clock }, MaxLifetime: 24 * time.Hour}
	store := newStore(t, opts)
	old := store.New()
	old.Set("user", "ann")
	save(t, store, old)
	clock = start.Add(10 * time.Hour)
	renewed := clock
	cookie := save(t, store, old)
	clock = start.Add(23 * time.Hour)
	old, err := store.Load(cookie)
	if err != nil {
		t.Fatal(err)
	}
	s := store.New()
	s.Guard(func(*saltine.Session) error { return nil })
	s.Replace(old)
	loaded, err := store.Load(save(t, store, s))
	if err != nil {
		t.Fatal(err)
	}
	if signed := loaded.Verification().SignedAt; !signed.Equal(renewed) {
		t.Errorf("signed at %v, want the time of the session that was moved", signed)
	}
	if born := loaded.Get("_saltine_born"); born != start.Unix() {
		t.Errorf("born at %v, want %v", born, start.Unix())
	}
}

// A session whose store cannot be asked has values that nobody knows: they must not be
// taken for none.
func TestReplaceByUnavailable(t *testing.T) {
	store := newStore(t, nil)
	full := store.New()
	full.Set("a", 1)
	s := store.Open(t.Context(), save(t, store, full))
	unknown := store.Open(t.Context(), s.Key())
	unknown.Guard(func(*saltine.Session) error { return saltine.ErrUnavailable })
	s.Replace(unknown)
	if err := s.Save(); kind(t, err) != "unavailable" || kind(t, s.Err()) != "unavailable" {
		t.Errorf("Save: %v, Err: %v", err, s.Err())
	}
}

// Signing again is for what was read: a change that is not to be saved, and a session that
// was signed out, must not go out by it.
func TestResignAfterChange(t *testing.T) {
	for name, change := range map[string]func(*saltine.Session) error{
		"flushed": (*saltine.Session).Flush,
		"cleared": func(s *saltine.Session) error { s.Clear(); return nil },
		"set":     func(s *saltine.Session) error { s.Set("a", 2); return nil },
		"deleted": func(s *saltine.Session) error { s.Delete("a"); return nil },
		"updated": func(s *saltine.Session) error { s.Update(nil); return nil },
	} {
		store := newStore(t, nil)
		full := store.New()
		full.Set("a", 1)
		s := store.Open(t.Context(), save(t, store, full))
		s.Get("a")
		if err := change(s); err != nil {
			t.Fatal(err)
		}
		s.SetModified(false)
		if _, err := s.Resign(); !errors.Is(err, saltine.ErrMissing) {
			t.Errorf("%s: %v, want an error of kind ErrMissing", name, err)
		}
	}
}

// A time that is not known is the oldest, and not no limit.
func TestSignNotAfterUnknown(t *testing.T) {
	s := newStore(t, nil).New()
	s.SignNotAfter(time.Time{})
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if v, err := newStore(t, &saltine.StoreOptions{ExpiryPolicy: saltine.ExpirySession}).Verify(s.Key()); err != nil || v.SignedAt.Unix() != 0 {
		t.Errorf("signed at %v, %v", v.SignedAt, err)
	}
}
