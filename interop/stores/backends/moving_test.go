package backends_test

import (
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/interop/stores/livedjango"
)

// mover is a store that takes sessions over from another.
type mover interface {
	saltine.Store
	MovingFrom(old saltine.Store, until time.Time) (saltine.Store, error)
}

// pass opens a session under a key, adds its name and saves it, as a request does.
func pass(t *testing.T, store saltine.Store, key, name string) *saltine.Session {
	t.Helper()
	s := store.Open(t.Context(), key)
	if s.Get("user") != "ann" {
		t.Fatalf("%s: the user is %v: %v", name, s.Get("user"), s.Err())
	}
	s.Set(name, true)
	check(t, s.Save())
	return s
}

// moves returns to, which takes sessions over from old for an hour.
func moves(t *testing.T, to mover, old saltine.Store) saltine.Store {
	t.Helper()
	store, err := to.MovingFrom(old, time.Now().Add(time.Hour))
	check(t, err)
	return store
}

// A session that Django made goes from the table to files, where another Django finds it, on
// to cookies, and back to the table.
func TestMoveBesideDjango(t *testing.T) {
	p := places[2]
	db := p.open(t)
	tables, err := livedjango.Start(livedjango.Config{Store: livedjango.DB, Database: p.django(t)})
	engines.Require(t, err)
	t.Cleanup(func() { check(t, tables.Stop()) })
	folder := t.TempDir()
	files := startDjangoOn(t, folder)
	table, file := newStore(t, p.backend(t, db, nil)), newStore(t, newFiles(t, folder))
	keys, err := saltine.NewKeyring(livedjango.SecretKey, nil)
	check(t, err)
	cookies, err := saltine.NewCookieStore(keys, nil)
	check(t, err)

	signedIn := openDjango(t, tables, "d", "")
	call(t, signedIn, "[]=", "user", "ann")
	call(t, signedIn, "save")
	contents, err := tables.Dump()
	check(t, err)
	key := contents.Rows[0].SessionKey

	s := pass(t, moves(t, file, table), key, "in a file")
	if s.Key() != key {
		t.Error("between two engines the key changed")
	}
	if got := call(t, openDjango(t, files, "f", key), "get", "in a file"); got != "true" {
		t.Errorf("Django reads %s from the file", got)
	}
	if contents, err = tables.Dump(); err != nil || len(contents.Rows) != 0 {
		t.Errorf("the table has %d rows, %v", len(contents.Rows), err)
	}

	cookie := pass(t, moves(t, cookies, file), key, "in a cookie").Key()
	r, err := newFiles(t, folder).Load(t.Context(), key)
	if err != nil || r.Age > time.Minute {
		t.Errorf("the file ends after %v: %v", r.Age, err)
	}

	s = pass(t, moves(t, table, cookies), cookie, "in the table")
	d := openDjango(t, tables, "e", s.Key())
	for _, name := range []string{"user", "in a file", "in a cookie", "in the table"} {
		if got := call(t, d, "get", name); got == "null" {
			t.Errorf("Django misses %q", name)
		}
	}
}
