package saltine_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/memorystore"
)

// moved returns a Store that moves sessions from one to the other, for a day.
func moved(t testing.TB, to interface {
	MovingFrom(old saltine.Store, until time.Time) (saltine.Store, error)
}, old saltine.Store,
) saltine.Store {
	t.Helper()
	store, err := to.MovingFrom(old, start.Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func openKnown(store saltine.Store) *saltine.Session {
	return store.Open(context.Background(), knownKey)
}

func mustSave(t testing.TB, s *saltine.Session) {
	t.Helper()
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
}

func TestMoveBetweenEngines(t *testing.T) {
	old, to := newTable(), newTable()
	old.plant(knownKey, `{"user":"ann"}`)
	store := moved(t, newServerStore(t, to, nil), newServerStore(t, old, nil))
	s := openKnown(store)
	if s.Get("user") != "ann" || !s.Modified() || s.Err() != nil {
		t.Fatalf("user %v, modified %v, %v", s.Get("user"), s.Modified(), s.Err())
	}
	if len(to.rows) != 0 || len(old.rows) != 1 {
		t.Error("a look moved the session")
	}
	mustSave(t, s)
	if diff := cmp.Diff(map[string]string{knownKey: `{"user":"ann"}`}, to.contents()); diff != "" || len(old.rows) != 0 || s.Key() != knownKey {
		t.Errorf("key %s, old %v, new %s", s.Key(), old.contents(), diff)
	}
	s.Set("n", 1)
	mustSave(t, s)
	if got := openKnown(store).Get("n"); got != int64(1) {
		t.Errorf("saved twice: %v", got)
	}
}

func TestMoveIntoCookies(t *testing.T) {
	old := newTable()
	old.plant(knownKey, `{"user":"ann"}`)
	cookies := newStore(t, nil)
	store := moved(t, cookies, newServerStore(t, old, nil))
	s := openKnown(store)
	if s.Get("user") != "ann" {
		t.Fatal(s.Err())
	}
	mustSave(t, s)
	if loaded, err := cookies.Load(s.Key()); err != nil || loaded.Get("user") != "ann" {
		t.Fatalf("the cookie is no session: %v", err)
	}
	if r := old.rows[knownKey]; r.age != time.Minute || !r.expires.Equal(start.Add(time.Minute)) {
		t.Errorf("the row ends at %v, after %v", r.expires, r.age)
	}
	again := store.Open(context.Background(), s.Key())
	if again.Get("user") != "ann" || again.Modified() {
		t.Errorf("the cookie: modified %v, %v", again.Modified(), again.Err())
	}
}

// A session that somebody signed out of, between its reading and its saving, gets no cookie.
func TestMoveIntoCookiesAfterALogout(t *testing.T) {
	old := newTable()
	old.plant(knownKey, `{"user":"ann"}`)
	store := moved(t, newStore(t, nil), newServerStore(t, old, nil))
	s := openKnown(store)
	s.Get("user")
	if err := openKnown(store).Flush(); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(); !errors.Is(err, saltine.ErrInterrupted) || s.Key() != knownKey {
		t.Errorf("Save: %v, key %q", err, s.Key())
	}
}

// What the new store has found expired is not asked of an old one that is more patient.
func TestMovingSessionsExpire(t *testing.T) {
	patient := newStore(t, &saltine.StoreOptions{CookieAge: 2 * cookieAge})
	before := patient.New()
	before.Set("user", "ann")
	cookie := save(t, patient, before)
	late := newStore(t, &saltine.StoreOptions{Now: at(start.Add(cookieAge + time.Second))})
	store, err := late.MovingFrom(patient, start.Add(2*cookieAge))
	if err != nil {
		t.Fatal(err)
	}
	s := store.Open(context.Background(), cookie)
	if err := s.Err(); !errors.Is(err, saltine.ErrSignatureExpired) || s.Len() != 0 {
		t.Errorf("got %v, want ErrSignatureExpired", err)
	}
}

func TestMoveOutOfCookies(t *testing.T) {
	cookies, to := newStore(t, nil), newTable()
	before := cookies.New()
	before.Set("user", "ann")
	cookie := save(t, cookies, before)
	store := moved(t, newServerStore(t, to, nil), cookies)
	s := store.Open(context.Background(), cookie)
	if s.Get("user") != "ann" {
		t.Fatal(s.Err())
	}
	if _, err := s.Resign(); !errors.Is(err, saltine.ErrMissing) {
		t.Errorf("Resign of a session that moves: %v", err)
	}
	mustSave(t, s)
	if diff := cmp.Diff(map[string]string{"key1key1": `{"user":"ann"}`}, to.contents()); diff != "" || s.Key() != "key1key1" {
		t.Errorf("key %s: %s", s.Key(), diff)
	}
}

// A session that its store knows is never looked for in the old one, and after the end
// no session is.
func TestOldStoreIsNotAsked(t *testing.T) {
	old, to := newTable(), newTable()
	now := start
	opts := &saltine.ServerStoreOptions{Now: func() time.Time { return now }}
	store := moved(t, newServerStore(t, to, opts), newServerStore(t, old, opts))
	to.plant(knownKey, `{}`)
	openKnown(store).Get("user")
	if len(old.asked) != 0 {
		t.Errorf("a known session: %v", old.asked)
	}
	now = start.Add(24 * time.Hour)
	s := store.Open(context.Background(), strangeKey)
	s.Get("user")
	if err := s.Flush(); err != nil || len(old.asked) != 0 {
		t.Errorf("after the end: %v, %v", old.asked, err)
	}
}

// What ends a session ends it in both stores.
func TestMovingSessionsEnd(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		end          func(*saltine.Session) error
		kept         []string
	}{
		{"flushed unread", "a logout needs no look at the session", (*saltine.Session).Flush, nil},
		{"flushed", "a logout that looked", func(s *saltine.Session) error { s.Get("user"); return s.Flush() }, nil},
		{"flushed after the move", "the same request", func(s *saltine.Session) error { return errors.Join(s.Save(), s.Flush()) }, nil},
		{"destroyed", "as flushed", (*saltine.Session).Destroy, nil},
		{"cycled", "somebody else may know the old key", (*saltine.Session).CycleKey, []string{"key1key1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old, to := newTable(), newTable()
			old.plant(knownKey, `{"user":"ann"}`)
			s := openKnown(moved(t, newServerStore(t, to, nil), newServerStore(t, old, nil)))
			if err := tt.end(s); err != nil {
				t.Fatal(err)
			}
			var kept []string
			for key := range to.rows {
				kept = append(kept, key)
			}
			if diff := cmp.Diff(tt.kept, kept); diff != "" || len(old.rows) != 0 {
				t.Errorf("%s: the old store has %v; %s", tt.reason, old.contents(), diff)
			}
		})
	}
	t.Run("cycled into a cookie", func(t *testing.T) {
		old := newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		s := openKnown(moved(t, newStore(t, nil), newServerStore(t, old, nil)))
		if err := s.CycleKey(); err != nil || len(old.rows) != 0 {
			t.Errorf("%v: the old store has %v", err, old.contents())
		}
	})
	t.Run("destroyed, then saved", func(t *testing.T) {
		old, to := newTable(), newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		s := openKnown(moved(t, newServerStore(t, to, nil), newServerStore(t, old, nil)))
		s.Get("user")
		if err := errors.Join(s.Destroy(), s.Save()); !errors.Is(err, saltine.ErrInterrupted) || len(to.rows) != 0 {
			t.Errorf("%v: %v", err, to.contents())
		}
	})
}

// The old key opens nothing after a sign-in, in whatever order requests come.
func TestCycleKeyWhileMoving(t *testing.T) {
	for seed := range uint64(2000) {
		old, to := newTable(), newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		ts := turns{waiting: make(chan *turn), rand: rand.New(rand.NewPCG(seed, 7))}
		store := moved(t, newServerStore(t, slow{to}, nil), newServerStore(t, slow{old}, nil))
		ts.play([]func(context.Context){
			func(ctx context.Context) {
				s := store.Open(ctx, knownKey)
				s.Get("user")
				if err := s.CycleKey(); err != nil {
					t.Error(err)
				}
			},
			func(ctx context.Context) {
				s := store.Open(ctx, knownKey)
				s.Set("n", 1)
				if err := s.Save(); err != nil && !errors.Is(err, saltine.ErrInterrupted) {
					t.Error(err)
				}
			},
		})
		if user := openKnown(store).Get("user"); user != nil || t.Failed() {
			t.Fatalf("seed %d: the old key opens the session of %v; old %v, new %v", seed, user, old.contents(), to.contents())
		}
	}
	t.Run("after a move that left the old record", func(t *testing.T) {
		old, to := newTable(), newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		store := moved(t, newServerStore(t, to, nil), newServerStore(t, old, nil))
		old.fail["delete"] = errors.New("the engine is away")
		s := openKnown(store)
		s.Set("n", 1)
		if err := s.Save(); !errors.Is(err, saltine.ErrUnavailable) {
			t.Errorf("Save: %v", err)
		}
		clear(old.fail)
		if err := openKnown(store).CycleKey(); err != nil {
			t.Fatal(err)
		}
		if user := openKnown(store).Get("user"); user != nil {
			t.Errorf("the old key opens the session of %v", user)
		}
	})
}

// What is done to a session without reading it is done where it is.
func TestMovingUnread(t *testing.T) {
	replaced := func(s *saltine.Session) {
		s.Clear()
		s.Set("user", "bob")
	}
	t.Run("cleared and saved", func(t *testing.T) {
		old, to := newTable(), newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		s := openKnown(moved(t, newServerStore(t, to, nil), newServerStore(t, old, nil)))
		replaced(s)
		mustSave(t, s)
		if diff := cmp.Diff(map[string]string{knownKey: `{"user":"bob"}`}, to.contents()); diff != "" || len(old.rows) != 0 {
			t.Error(diff)
		}
	})
	t.Run("cleared and cycled", func(t *testing.T) {
		old, to := newTable(), newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		store := moved(t, newServerStore(t, to, nil), newServerStore(t, old, nil))
		s := openKnown(store)
		replaced(s)
		if err := s.CycleKey(); err != nil {
			t.Fatal(err)
		}
		if user := openKnown(store).Get("user"); user != nil {
			t.Errorf("the old key opens the session of %v", user)
		}
	})
	t.Run("cleared and saved into a cookie", func(t *testing.T) {
		old := newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		store := moved(t, newStore(t, nil), newServerStore(t, old, nil))
		s := openKnown(store)
		replaced(s)
		mustSave(t, s)
		if user := openKnown(store).Get("user"); user == "ann" {
			t.Errorf("the old key opens the session of %v", user)
		}
	})
	t.Run("a name that is not there is popped", func(t *testing.T) {
		for name, pop := range map[string]func(*saltine.Session){
			"Session.Pop": func(s *saltine.Session) { s.Pop("flash") },
			"Field.Pop":   func(s *saltine.Session) { saltine.Field[string]("flash").Pop(s) }, //nolint:errcheck // it is not there
		} {
			old := newTable()
			old.plant(knownKey, `{"user":"ann"}`)
			s := openKnown(moved(t, newServerStore(t, newTable(), nil), newServerStore(t, old, nil)))
			pop(s)
			if !s.Modified() {
				t.Errorf("%s: the session does not move", name)
			}
		}
	})
}

// In one request a session can be saved, and then signed out or signed in.
func TestEndAfterTheMoveIntoACookie(t *testing.T) {
	for name, end := range map[string]func(*saltine.Session) error{
		"flushed": (*saltine.Session).Flush, "cycled": (*saltine.Session).CycleKey, "destroyed": (*saltine.Session).Destroy,
	} {
		old := newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		store := moved(t, newStore(t, nil), newServerStore(t, old, nil))
		s := openKnown(store)
		s.Get("user")
		mustSave(t, s)
		if err := end(s); err != nil {
			t.Fatal(err)
		}
		if user := openKnown(store).Get("user"); user != nil {
			t.Errorf("%s: the old key opens the session of %v", name, user)
		}
	}
}

// A logout knows where the session came from, whatever the request did before it.
func TestLogoutLateInTheRequest(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		before       func(t *testing.T, s *saltine.Session, old *table)
	}{
		{"saved twice", "the second time as a cookie", func(t *testing.T, s *saltine.Session, _ *table) {
			mustSave(t, s)
			s.Set("n", 1)
			mustSave(t, s)
		}},
		{"a sign-in failed", "the cookie was made, the old record not deleted", func(t *testing.T, s *saltine.Session, old *table) {
			old.fail["delete"] = errors.New("the engine is away")
			if err := s.CycleKey(); !errors.Is(err, saltine.ErrUnavailable) {
				t.Errorf("CycleKey: %v", err)
			}
			clear(old.fail)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old := newTable()
			old.plant(knownKey, `{"user":"ann"}`)
			store := moved(t, newStore(t, nil), newServerStore(t, old, nil))
			s := openKnown(store)
			s.Get("user")
			tt.before(t, s, old)
			if err := s.Flush(); err != nil {
				t.Fatal(err)
			}
			if user := openKnown(store).Get("user"); user != nil {
				t.Errorf("%s: the old key opens the session of %v", tt.reason, user)
			}
		})
	}
}

// A session that no cookie holds stays where it is.
func TestTooLongToMoveIntoACookie(t *testing.T) {
	for name, keep := range map[string]func(*saltine.Session) error{"Save": (*saltine.Session).Save, "CycleKey": (*saltine.Session).CycleKey} {
		old := newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		store := moved(t, newStore(t, nil), newServerStore(t, old, nil))
		s := openKnown(store)
		s.Set("note", random(5000))
		size, ok := errors.AsType[*saltine.SizeError](keep(s))
		if !ok || size.Values[0].Name != "note" || size.Size <= size.Limit {
			t.Errorf("%s: got %v, want a SizeError with the sizes of the values", name, size)
		}
		if r := old.rows[knownKey]; r.age == time.Minute || s.Key() != knownKey || openKnown(store).Get("user") != "ann" {
			t.Errorf("%s: the record ends after %v, the key is %q", name, r.age, s.Key())
		}
	}
}

// A record whose session has moved into a cookie ends after its minute, however often
// somebody comes with the old key.
func TestMinuteIsNotRenewed(t *testing.T) {
	now := start
	clock := func() time.Time { return now }
	backend, err := memorystore.New(&memorystore.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	server := newServerStore(t, backend, &saltine.ServerStoreOptions{Now: clock})
	s := server.Open(context.Background(), "")
	s.Set("user", "ann")
	mustSave(t, s)
	key := s.Key()
	store := moved(t, newStore(t, &saltine.StoreOptions{Now: clock}), server)
	for range 5 {
		s = store.Open(context.Background(), key)
		if s.Get("user") != "ann" {
			break
		}
		mustSave(t, s)
		now = now.Add(20 * time.Second)
	}
	if open := now.Sub(start); open != time.Minute {
		t.Errorf("the old key opens the session after %v", open)
	}
}

// An old record that cannot be read stays, unless somebody saves something in its place.
func TestMovingFromWhatCannotBeRead(t *testing.T) {
	for _, kind := range []error{saltine.ErrTooLarge, saltine.ErrMalformed, saltine.ErrBadSignature} {
		for _, cookies := range []bool{true, false} {
			name := fmt.Sprintf("%v, into cookies %v", kind, cookies)
			open := func(plain bool) *saltine.Session {
				old := newTable()
				old.plant(knownKey, `{"user":"ann"}`)
				old.fail["load"] = kind
				server := newServerStore(t, old, nil)
				switch {
				case plain:
					return openKnown(server)
				case cookies:
					return openKnown(moved(t, newStore(t, nil), server))
				}
				return openKnown(moved(t, newServerStore(t, newTable(), nil), server))
			}
			want, got := open(true), open(false)
			want.Get("user")
			got.Get("user")
			if got.Modified() != want.Modified() || got.Key() != want.Key() || !errors.Is(got.Err(), kind) {
				t.Errorf("%s: after a look modified %v, key kept %v, %v", name, got.Modified(), got.Key() == knownKey, got.Err())
			}
			want.Set("n", 1)
			got.Set("n", 1)
			if wantErr, gotErr := want.Save(), got.Save(); (wantErr == nil) != (gotErr == nil) {
				t.Errorf("%s: Save: %v, without a move %v", name, gotErr, wantErr)
			}
		}
	}
	large := newStore(t, nil).New()
	large.Set("user", strings.Repeat("ann", 10))
	cookie := save(t, newStore(t, nil), large)
	s := moved(t, newServerStore(t, newTable(), nil), newStore(t, &saltine.StoreOptions{MaxPayloadLen: 20})).Open(context.Background(), cookie)
	s.Set("n", 1)
	if err := s.Save(); err != nil || !errors.Is(s.Err(), saltine.ErrTooLarge) {
		t.Errorf("a cookie that is too large: Save: %v, Err: %v", err, s.Err())
	}
}

// A guard sees a session that moves, and what it refuses does not move.
func TestMovingSessionsAreGuarded(t *testing.T) {
	old, to := newTable(), newTable()
	old.plant(knownKey, `{"user":"ann"}`)
	s := openKnown(moved(t, newServerStore(t, to, nil), newServerStore(t, old, nil)))
	s.Guard(func(s *saltine.Session) error {
		if s.Get("user") == "ann" {
			return saltine.ErrRevoked
		}
		return nil
	})
	s.Set("n", 1)
	mustSave(t, s)
	if diff := cmp.Diff(map[string]string{"key1key1": `{"n":1}`}, to.contents()); diff != "" {
		t.Error(diff)
	}
}

// What keeps a store from answering loses nothing, and makes no empty session.
func TestMovingFromABrokenStore(t *testing.T) {
	broken := errors.New("the engine is away")
	for _, tt := range []struct {
		name     string
		old, new string // methods that fail
	}{
		{"new store cannot be read", "", "load"},
		{"old store cannot be read", "load", ""},
		{"new store cannot be written", "", "create"},
		{"old store cannot be looked at", "exists", ""},
		{"old store cannot be written", "delete", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old, to := newTable(), newTable()
			old.plant(knownKey, `{"user":"ann"}`)
			old.fail[tt.old], to.fail[tt.new] = broken, broken
			s := openKnown(moved(t, newServerStore(t, to, nil), newServerStore(t, old, nil)))
			s.Set("n", 1)
			if err := s.Save(); !errors.Is(err, saltine.ErrUnavailable) {
				t.Errorf("Save: %v", err)
			}
			clear(old.fail)
			clear(to.fail)
			s = openKnown(moved(t, newServerStore(t, to, nil), newServerStore(t, old, nil)))
			if s.Get("user") != "ann" {
				t.Errorf("afterwards: %v, old %v, new %v", s.Err(), old.contents(), to.contents())
			}
		})
	}
	t.Run("too large for a cookie", func(t *testing.T) {
		old := newTable()
		old.plant(knownKey, `{"user":"ann"}`)
		s := openKnown(moved(t, newStore(t, &saltine.StoreOptions{MaxTokenLen: 60}), newServerStore(t, old, nil)))
		s.Get("user")
		if err := s.Save(); !errors.Is(err, saltine.ErrTooLarge) || s.Key() != knownKey {
			t.Errorf("Save: %v, key %s", err, s.Key())
		}
		if r := old.rows[knownKey]; r.age != time.Hour {
			t.Errorf("the row ends after %v", r.age)
		}
	})
}

func TestMovingFromRefuses(t *testing.T) {
	server, cookies := newServerStore(t, newTable(), nil), newStore(t, nil)
	for _, tt := range []struct {
		name    string
		to, old saltine.Store
	}{
		{"nil", server, nil},
		{"nil pointer", server, (*saltine.CookieStore)(nil)},
		{"another nil pointer", cookies, (*saltine.ServerStore)(nil)},
		{"zero store", cookies, &saltine.ServerStore{}},
		{"into a zero store", &saltine.CookieStore{}, cookies},
		{"three stores", server, moved(t, server, cookies)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			to := tt.to.(interface {
				MovingFrom(saltine.Store, time.Time) (saltine.Store, error)
			})
			if store, err := to.MovingFrom(tt.old, start); !errors.Is(err, saltine.ErrInvalidOption) || store != nil {
				t.Errorf("got %v, want ErrInvalidOption", err)
			}
		})
	}
}

// turns lets requests take turns: each waits before every call of an engine.
type turns struct {
	waiting chan *turn
	rand    *rand.Rand
}

// turn is one request's, and the key of it in the request's context.
type turn struct {
	turns *turns
	gone  chan struct{}
	ended bool
	run   func(context.Context)
}

func (u *turn) wait() {
	u.turns.waiting <- u
	<-u.gone
}

// play runs requests side by side in a random order, one at a time.
func (ts *turns) play(requests []func(context.Context)) {
	var ready []*turn
	for _, run := range requests {
		u := &turn{turns: ts, gone: make(chan struct{}), run: run}
		go func() {
			<-u.gone
			u.run(context.WithValue(context.Background(), turnKey{}, u))
			u.ended = true
			ts.waiting <- u
		}()
		ready = append(ready, u)
	}
	for len(ready) > 0 {
		i := ts.rand.IntN(len(ready))
		u := ready[i]
		ready = slices.Delete(ready, i, i+1)
		u.gone <- struct{}{}
		<-ts.waiting
		if !u.ended {
			ready = append(ready, u)
		}
	}
}

type turnKey struct{}

// slow is a table whose calls wait for their turn.
type slow struct{ *table }

func (b slow) step(ctx context.Context) {
	if u, ok := ctx.Value(turnKey{}).(*turn); ok {
		u.wait()
	}
}

func (b slow) Load(ctx context.Context, key string) (saltine.Record, error) {
	b.step(ctx)
	return b.table.Load(ctx, key)
}

func (b slow) Create(ctx context.Context, key string, r saltine.Record) error {
	b.step(ctx)
	return b.table.Create(ctx, key, r)
}

func (b slow) Update(ctx context.Context, key string, r saltine.Record) error {
	b.step(ctx)
	return b.table.Update(ctx, key, r)
}

func (b slow) Delete(ctx context.Context, key string) error {
	b.step(ctx)
	return b.table.Delete(ctx, key)
}

func (b slow) Exists(ctx context.Context, key string) (bool, error) {
	b.step(ctx)
	return b.table.Exists(ctx, key)
}

// Requests of one visitor come side by side while his session moves: nobody loses it, and
// nobody keeps it who signed out.
func TestMovingInterleaved(t *testing.T) {
	for _, cookies := range []bool{false, true} {
		for seed := range uint64(3000) {
			lives := newMove(t, seed, cookies)
			lives.play()
			if t.Failed() {
				t.Fatalf("into cookies %v, seed %d:\n%s", cookies, seed, strings.Join(lives.log, "\n"))
			}
		}
	}
}

// move is one session that moves.
type move struct {
	t       *testing.T
	turns   turns
	old, to *table
	store   saltine.Store
	log     []string
	leaving bool // a logout began
	left    bool // one succeeded
}

func newMove(t *testing.T, seed uint64, cookies bool) *move {
	m := &move{t: t, old: newTable(), to: newTable()}
	m.turns = turns{waiting: make(chan *turn), rand: rand.New(rand.NewPCG(seed, 7))}
	m.old.plant(knownKey, `{"user":"ann"}`)
	old := newServerStore(t, slow{m.old}, nil)
	if cookies {
		m.store = moved(t, newStore(t, nil), old)
	} else {
		m.store = moved(t, newServerStore(t, slow{m.to}, nil), old)
	}
	return m
}

func (m *move) play() {
	var requests []func(context.Context)
	for i := range 2 + m.turns.rand.IntN(3) {
		logout := m.turns.rand.IntN(4) == 0
		unread := m.turns.rand.IntN(2) == 0
		requests = append(requests, func(ctx context.Context) { m.request(ctx, i, logout, unread) })
	}
	m.turns.play(requests)
	found := 0
	for _, r := range slices.Concat(slices.Collect(maps.Values(m.old.contents())), slices.Collect(maps.Values(m.to.contents()))) {
		if strings.Contains(r, "ann") {
			found++
		}
	}
	if m.left && found > 0 || !m.leaving && found != 1 {
		m.t.Errorf("signed out: %v, and the stores have %v and %v", m.left, m.old.contents(), m.to.contents())
	}
}

func (m *move) request(ctx context.Context, i int, logout, unread bool) {
	s := m.store.Open(ctx, knownKey)
	name := fmt.Sprintf("request %d", i)
	if !unread {
		user := s.Get("user")
		m.log = append(m.log, fmt.Sprintf("%s reads %v", name, user))
		if user != "ann" && !m.leaving {
			m.t.Errorf("%s lost the session: %v", name, s.Err())
		}
	}
	if logout {
		m.leaving = true
		err := s.Flush()
		m.log = append(m.log, fmt.Sprintf("%s signs out: %v", name, err))
		m.left = m.left || err == nil
		return
	}
	s.Set(name, true)
	err := s.Save()
	m.log = append(m.log, fmt.Sprintf("%s saves: %v", name, err))
	if err != nil && !errors.Is(err, saltine.ErrInterrupted) {
		m.t.Errorf("%s: %v", name, err)
	}
}
