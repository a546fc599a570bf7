package sessioncookie_test

import (
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for tests only, fifty bytes or more, not a secret"

// oldKey signed what rotation is about.
const oldKey saltine.Key = "an older key for tests only, fifty bytes or more as well"

// ownSalt is for cookies of other names than Django's.
const ownSalt saltine.Salt = "sessions of these tests"

// testKeys and oldKeys hold one key each.
var testKeys, oldKeys = keyring(testKey, nil), keyring(oldKey, nil)

func keyring(key saltine.Key, opts *saltine.KeyringOptions) saltine.Keyring {
	keys, err := saltine.NewKeyring(key, opts)
	if err != nil {
		panic(err)
	}
	return keys
}

// start is the clock of the tests, which wait by moving it.
var start = time.Unix(1700000000, 0)

type clock struct{ time.Time }

func (c *clock) now() time.Time       { return c.Time }
func (c *clock) wait(d time.Duration) { c.Time = c.Add(d) }

func newStore(t testing.TB, keys saltine.Keyring, opts saltine.StoreOptions) *saltine.CookieStore {
	t.Helper()
	if opts.Now == nil {
		opts.Now = func() time.Time { return start }
	}
	store, err := saltine.NewCookieStore(keys, &opts)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func newCookie(t testing.TB, store saltine.Store, opts *sessioncookie.Options) *sessioncookie.Cookie {
	t.Helper()
	c, err := sessioncookie.New(store, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// signed returns the Cookie headers of a session that holds a=1 and what do
// does to it.
func signed(t testing.TB, store *saltine.CookieStore, do func(*saltine.Session)) []string {
	t.Helper()
	s := store.New()
	s.Set("a", 1)
	if do != nil {
		do(s)
	}
	value, err := store.Save(s)
	if err != nil {
		t.Fatal(err)
	}
	return []string{sessioncookie.DefaultName + "=" + value}
}

// response is what Commit returns.
type response struct {
	SetCookie []string
	Vary      bool
}

func commit(t testing.TB, e *sessioncookie.Exchange, status int) response {
	t.Helper()
	setCookie, vary, err := e.Commit(status)
	if err != nil {
		t.Fatal(err)
	}
	return response{setCookie, vary}
}
