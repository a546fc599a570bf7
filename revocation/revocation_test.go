package revocation_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/memorystore"
	"github.com/seed-52756201/saltine/revocation"
)

// began is when the requests of these tests arrive.
var began = time.Unix(1700000000, 0)

var errAway = errors.New("the database is away")

// table is what a list asks.
type table struct {
	clock   time.Time
	ended   map[string]time.Time
	ids     map[string]bool
	err     error
	asked   int
	meeting func() // happens during a look-up
}

func newTable() *table {
	return &table{clock: began, ended: map[string]time.Time{}, ids: map[string]bool{}}
}

func (tb *table) now() time.Time { return tb.clock }

func (tb *table) lookUp() error {
	tb.asked++
	if tb.meeting != nil {
		tb.meeting()
	}
	return tb.err
}

func (tb *table) list(t *testing.T, opts revocation.Options) *revocation.List {
	t.Helper()
	opts.Ended = func(_ context.Context, user string) (time.Time, error) {
		ended := tb.ended[user]
		return ended, tb.lookUp()
	}
	opts.SessionEnded = func(_ context.Context, id string) (bool, error) { return tb.ids[id], tb.lookUp() }
	opts.Now = tb.now
	list, err := revocation.New(&opts)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// store returns a store by the clock of the table.
func (tb *table) store(t *testing.T) *saltine.CookieStore {
	t.Helper()
	keys, err := saltine.NewKeyring(lifeKeys[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: tb.now})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// signIn returns a cookie of a user that was signed at a time.
func (tb *table) signIn(t *testing.T, name string, at time.Time) string {
	t.Helper()
	arrived := tb.clock
	defer func() { tb.clock = arrived }()
	tb.clock = at
	store := tb.store(t)
	s := store.New()
	user.Set(s, name)
	revocation.Mark(s)
	cookie, err := store.Save(s)
	if err != nil {
		t.Fatal(err)
	}
	return cookie
}

// open opens a cookie under the guard of a list.
func (tb *table) open(t *testing.T, list *revocation.List, cookie string) *saltine.Session {
	t.Helper()
	s := tb.store(t).Open(t.Context(), cookie)
	s.Guard(list.Check)
	return s
}

// signedAt saves a session after an hour and returns the time it was signed with.
func (tb *table) signedAt(t *testing.T, s *saltine.Session) time.Time {
	t.Helper()
	arrived := tb.clock
	defer func() { tb.clock = arrived }()
	tb.clock = tb.clock.Add(time.Hour)
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	v, err := tb.store(t).Verify(s.Key())
	if err != nil {
		t.Fatal(err)
	}
	return v.SignedAt
}

// A session is refused that was signed at the time of the sign-out or before.
func TestCheck(t *testing.T) {
	signed := began.Add(-time.Hour)
	for _, tt := range []struct {
		name  string
		ended time.Time
		id    bool
		err   error
		open  bool
		kind  error
	}{
		{"never ended", time.Time{}, false, nil, false, nil},
		{"ended before", signed.Add(-time.Second), false, nil, false, nil},
		{"ended at that time", signed, false, nil, false, saltine.ErrRevoked},
		{"ended later in that second", signed.Add(time.Millisecond), false, nil, false, saltine.ErrRevoked},
		{"ended later", signed.Add(time.Second), false, nil, false, saltine.ErrRevoked},
		{"this session ended", time.Time{}, true, nil, false, saltine.ErrRevoked},
		{"look-up fails", time.Time{}, false, errAway, false, saltine.ErrUnavailable},
		{"look-up fails, ended", signed, false, errAway, false, saltine.ErrUnavailable},
		{"look-up fails, FailOpen", time.Time{}, false, errAway, true, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tb := newTable()
			tb.err = tt.err
			tb.ended["ann"] = tt.ended
			list := tb.list(t, revocation.Options{FailOpen: tt.open})
			s := tb.open(t, list, tb.signIn(t, "ann", signed))
			tb.ids[revocation.ID(tb.open(t, tb.list(t, revocation.Options{FailOpen: true}), s.Key()))] = tt.id
			if err := s.Err(); !errors.Is(err, tt.kind) || (err == nil) != (tt.kind == nil) {
				t.Fatalf("%v, want %v", err, tt.kind)
			}
			if name, _ := user.Get(s); (name == "ann") != (tt.kind == nil) {
				t.Errorf("the user is %q", name)
			}
			if tt.err != nil && tt.kind != nil && !errors.Is(s.Err(), tt.err) {
				t.Errorf("%v does not wrap the cause", s.Err())
			}
		})
	}
}

// Two sessions of one user end one by one.
func TestMark(t *testing.T) {
	tb := newTable()
	list := tb.list(t, revocation.Options{})
	phone, laptop := tb.signIn(t, "ann", began), tb.signIn(t, "ann", began)
	id := revocation.ID(tb.open(t, list, phone))
	if other := revocation.ID(tb.open(t, list, laptop)); id == "" || id == other {
		t.Fatalf("identifiers %q and %q", id, other)
	}
	tb.ids[id] = true
	if err := tb.open(t, list, phone).Err(); !errors.Is(err, saltine.ErrRevoked) {
		t.Errorf("the one that ended: %v", err)
	}
	if err := tb.open(t, list, laptop).Err(); err != nil {
		t.Errorf("the other one: %v", err)
	}
}

// An answer is believed for Staleness, and not after the clock was set back.
func TestStaleness(t *testing.T) {
	for _, tt := range []struct {
		name      string
		staleness time.Duration
		later     time.Duration
		asked     int
	}{
		{"no memory", 0, 0, 4},
		{"at once", time.Minute, 0, 2},
		{"just fresh", time.Minute, time.Minute - 1, 2},
		{"stale", time.Minute, time.Minute, 4},
		{"clock set back", time.Minute, -time.Second, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tb := newTable()
			list := tb.list(t, revocation.Options{Staleness: tt.staleness})
			cookie := tb.signIn(t, "ann", began.Add(-time.Hour))
			for range 2 {
				if err := tb.open(t, list, cookie).Err(); err != nil {
					t.Fatal(err)
				}
				tb.clock = tb.clock.Add(tt.later)
			}
			if tb.asked != tt.asked { // for the user and for the session
				t.Errorf("asked %d times, want %d", tb.asked, tt.asked)
			}
		})
	}
}

// Whatever is saved shows no time that a sign-out may have which the list does not know.
func TestSignedNoLaterThanKnown(t *testing.T) {
	signed := began.Add(-time.Hour)
	known := began.Add(-revocation.DefaultWriteDelay)
	for _, tt := range []struct {
		name string
		set  func(*table, *revocation.List, string)
		want time.Time
	}{
		{"asked now", func(*table, *revocation.List, string) {}, known},
		{"asked before", func(tb *table, list *revocation.List, cookie string) {
			tb.open(t, list, cookie).Err() //nolint:errcheck // it is asked once
			tb.clock = tb.clock.Add(30 * time.Second)
		}, known},
		{"asked before, by a slow look-up", func(tb *table, list *revocation.List, cookie string) {
			tb.meeting = func() { tb.clock = tb.clock.Add(5 * time.Second) }
			tb.open(t, list, cookie).Err() //nolint:errcheck // it is asked once
			tb.meeting = nil
		}, known},
		{"not known", func(tb *table, _ *revocation.List, _ string) { tb.err = errAway }, signed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tb := newTable()
			list := tb.list(t, revocation.Options{Staleness: time.Minute, FailOpen: true})
			cookie := tb.signIn(t, "ann", signed)
			tt.set(tb, list, cookie)
			s := tb.open(t, list, cookie)
			s.Set("a", 1)
			if got := tb.signedAt(t, s); !got.Equal(tt.want) {
				t.Errorf("signed at %v, want %v", got.UTC(), tt.want.UTC())
			}
		})
	}
}

// A session that was signed just now is signed again with its own time.
func TestSignedAgainWithItsTime(t *testing.T) {
	tb := newTable()
	list := tb.list(t, revocation.Options{WriteDelay: time.Minute})
	signed := began.Add(-30 * time.Second)
	s := tb.open(t, list, tb.signIn(t, "ann", signed))
	s.Set("a", 1)
	if got := tb.signedAt(t, s); !got.Equal(signed) {
		t.Errorf("signed at %v, want %v", got.UTC(), signed.UTC())
	}
}

// Others than Django may store a number.
func TestUserOfANumber(t *testing.T) {
	tb := newTable()
	list := tb.list(t, revocation.Options{})
	tb.ended["42"] = began
	for _, id := range []any{42, "42", new(big.Int).SetInt64(42)} {
		s := tb.store(t).New()
		s.Set("_auth_user_id", id)
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		if err := tb.open(t, list, s.Key()).Err(); !errors.Is(err, saltine.ErrRevoked) {
			t.Errorf("%T: %v, want ErrRevoked", id, err)
		}
	}
}

// What was forgotten is asked again, also where an answer was under way meanwhile.
func TestForget(t *testing.T) {
	tb := newTable()
	list := tb.list(t, revocation.Options{Staleness: time.Minute})
	cookie := tb.signIn(t, "ann", began.Add(-time.Hour))
	check := func(want error) {
		t.Helper()
		if err := tb.open(t, list, cookie).Err(); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	signOut := func() {
		tb.ended["ann"] = tb.clock
		list.Forget("ann")
	}

	check(nil)
	signOut()
	check(saltine.ErrRevoked)

	delete(tb.ended, "ann")
	list.Forget("ann")
	tb.meeting = func() { // the answer is from before
		tb.meeting = nil
		signOut()
	}
	check(nil)
	check(saltine.ErrRevoked)

	delete(tb.ended, "ann")
	list.Forget("ann")
	id := revocation.ID(tb.open(t, list, cookie))
	tb.ids[id] = true
	check(nil)
	list.ForgetSession(id)
	check(saltine.ErrRevoked)
}

// The memory of a list has a limit.
func TestMaxEntries(t *testing.T) {
	tb := newTable()
	list := tb.list(t, revocation.Options{Staleness: time.Minute, MaxEntries: 3})
	var cookies []string
	for i := range 4 {
		cookies = append(cookies, tb.signIn(t, fmt.Sprint("user ", i), began))
	}
	for _, cookie := range cookies {
		tb.open(t, list, cookie).Err() //nolint:errcheck // it is asked once
	}
	tb.asked = 0
	tb.open(t, list, cookies[0]).Err() //nolint:errcheck // it is asked again
	if tb.asked != 2 {
		t.Errorf("asked %d times for what had no room, want 2", tb.asked)
	}
}

func TestNewRefuses(t *testing.T) {
	ended := func(context.Context, string) (time.Time, error) { return time.Time{}, nil }
	for name, opts := range map[string]*revocation.Options{
		"nil":                 nil,
		"nothing to ask":      {Staleness: time.Minute},
		"negative Staleness":  {Ended: ended, Staleness: -1},
		"negative MaxEntries": {Ended: ended, MaxEntries: -1},
		"negative WriteDelay": {Ended: ended, WriteDelay: -1},
	} {
		if list, err := revocation.New(opts); !errors.Is(err, saltine.ErrInvalidOption) || list != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A failed look-up is reported once.
func TestOnError(t *testing.T) {
	tb := newTable()
	tb.err = errAway
	var reported []error
	list := tb.list(t, revocation.Options{OnError: func(_ context.Context, err error) { reported = append(reported, err) }})
	if err := tb.open(t, list, tb.signIn(t, "ann", began)).Err(); !errors.Is(err, saltine.ErrUnavailable) {
		t.Error(err)
	}
	if len(reported) != 1 || !errors.Is(reported[0], errAway) {
		t.Errorf("reported %v", reported)
	}
}

// A thief who goes away cancels the look-up of his own request. That must not open it.
func TestFailOpenIsNotTheVisitors(t *testing.T) {
	tb := newTable()
	cookie := tb.signIn(t, "ann", began)
	tb.err = errAway
	list := tb.list(t, revocation.Options{FailOpen: true})
	ctx, cancel := context.WithCancel(t.Context())
	s := tb.store(t).Open(ctx, cookie)
	s.Guard(list.Check)
	cancel()
	if s.Has("_auth_user_id") || !errors.Is(s.Err(), saltine.ErrUnavailable) {
		t.Errorf("a request that was cancelled opens the session: %v", s.Err())
	}
	if s := tb.open(t, list, cookie); !s.Has("_auth_user_id") {
		t.Errorf("FailOpen: %v", s.Err())
	}
}

// A slow look-up must not put its old answer in place of a newer one.
func TestNewerAnswerStays(t *testing.T) {
	tb := newTable()
	cookie := tb.signIn(t, "ann", began)
	list := tb.list(t, revocation.Options{Staleness: time.Minute})
	tb.meeting = func() {
		tb.meeting = nil
		tb.clock = tb.clock.Add(5 * time.Second)
		tb.ended["ann"] = tb.clock
		tb.clock = tb.clock.Add(5 * time.Second)
		if err := tb.open(t, list, cookie).Err(); !errors.Is(err, saltine.ErrRevoked) {
			t.Errorf("the newer look-up: %v", err)
		}
	}
	if err := tb.open(t, list, cookie).Err(); err != nil {
		t.Errorf("the older look-up: %v", err)
	}
	if err := tb.open(t, list, cookie).Err(); !errors.Is(err, saltine.ErrRevoked) {
		t.Errorf("after both: %v", err)
	}
}

// A store on a server has no signature, but may keep when a session was saved.
func TestServerStores(t *testing.T) {
	clock := time.Unix(1700000000, 0)
	now := func() time.Time { return clock }
	memory, err := memorystore.New(&memorystore.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	var ended time.Time
	list, err := revocation.New(&revocation.Options{
		Ended: func(context.Context, string) (time.Time, error) { return ended, nil },
		Now:   now,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, reason string
		backend      saltine.Backend
		after        error // what a sign-in after the end finds
	}{
		{"memorystore", "it keeps the time", memory, nil},
		{"a Backend without times", "nobody knows whether it is older", forgetful{memory}, saltine.ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ended = time.Time{}
			store, err := saltine.NewServerStore(tt.backend, &saltine.ServerStoreOptions{Now: now})
			if err != nil {
				t.Fatal(err)
			}
			signIn := func() string {
				s := store.Open(t.Context(), "")
				user.Set(s, "ann")
				if err := s.Save(); err != nil {
					t.Fatal(err)
				}
				return s.Key()
			}
			open := func(key string) error {
				s := store.Open(t.Context(), key)
				s.Guard(list.Check)
				return s.Err()
			}
			before := signIn()
			if err := open(before); err != nil {
				t.Errorf("before the end: %v", err)
			}
			clock = clock.Add(time.Second)
			ended = clock
			if err := open(before); err == nil {
				t.Error("a session of before opens after the end")
			}
			clock = clock.Add(time.Second)
			if err := open(signIn()); !errors.Is(err, tt.after) {
				t.Errorf("a sign-in after the end: %v, want %v: %s", err, tt.after, tt.reason)
			}
		})
	}
}

// forgetful is a Backend that keeps no time of saving.
type forgetful struct{ saltine.Backend }

func (f forgetful) Load(ctx context.Context, key string) (saltine.Record, error) {
	r, err := f.Backend.Load(ctx, key)
	r.Saved = time.Time{}
	return r, err
}
