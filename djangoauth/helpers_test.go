package djangoauth_test

import (
	"context"
	"crypto"
	_ "crypto/sha1" // of Django to 3.0
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
)

const (
	testKey saltine.Key  = "a key for tests only, fifty bytes or more, no secret"
	oldKey  saltine.Key  = "an earlier key for tests, fifty bytes or more, as well"
	salt    saltine.Salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"

	password    = "pbkdf2_sha256$1000$publicsalt$notarealhash="
	newPassword = "pbkdf2_sha256$1000$othersalt$alsonotahash="
)

// keyring has one fallback.
func keyring(t testing.TB) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(testKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{oldKey}})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// hashBy returns the session hash of a password column by one key.
func hashBy(t testing.TB, key saltine.Key, column string, algorithm crypto.Hash) string {
	t.Helper()
	keys, err := saltine.NewKeyring(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	mac, err := keys.SaltedHMAC(salt, []byte(column), algorithm)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(mac)
}

// people is a user table.
type people struct {
	accounts []djangoauth.Account
	err      error
	asked    int
}

func (p *people) load(_ context.Context, _, id string) (djangoauth.Account, bool, error) {
	p.asked++
	i := slices.IndexFunc(p.accounts, func(a djangoauth.Account) bool { return a.ID == id })
	if i < 0 || p.err != nil {
		return djangoauth.Account{}, false, p.err
	}
	return p.accounts[i], true, nil
}

func ann() djangoauth.Account {
	return djangoauth.Account{ID: "1", Password: password, Active: true}
}

// newAuth has the options with keys and a user, ann.
func newAuth(t testing.TB, o djangoauth.Options) (*djangoauth.Auth, *people) {
	t.Helper()
	p := &people{accounts: []djangoauth.Account{ann()}}
	o.Keys, o.Load = keyring(t), p.load
	auth, err := djangoauth.New(&o)
	if err != nil {
		t.Fatal(err)
	}
	return auth, p
}

func cookieStore(t testing.TB) *saltine.CookieStore {
	t.Helper()
	store, err := saltine.NewCookieStore(keyring(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// withLogin returns a session as it comes from a browser: a cart, a login with a hash,
// and a theme.
func withLogin(t testing.TB, store saltine.Store, hash any) *saltine.Session {
	t.Helper()
	s := store.Open(t.Context(), "")
	s.Set("cart", 3)
	s.Set("_auth_user_id", "1")
	s.Set("_auth_user_backend", djangoauth.ModelBackend)
	s.Set("_auth_user_hash", hash)
	s.Set("theme", "dark")
	return again(t, store, s)
}

// again saves a session, and opens it as the next request does.
func again(t testing.TB, store saltine.Store, s *saltine.Session) *saltine.Session {
	t.Helper()
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	return store.Open(t.Context(), s.Key())
}

// content is what a session holds, in order.
func content(s *saltine.Session) string {
	items := [][2]any{}
	for name, value := range s.Items() {
		items = append(items, [2]any{name, value})
	}
	out, err := json.Marshal(items)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// kindOf returns the kind of an error, or "".
func kindOf(err error) djangoauth.Kind {
	kind, _ := errors.AsType[djangoauth.Kind](err)
	return kind
}

// counter is a djangoauth.Rotator.
type counter int

func (c *counter) Rotate() { *c++ }

// memory is a saltine.Backend, which may be down.
type memory struct {
	rows map[string]string
	down error
}

func serverStore(t testing.TB) (*saltine.ServerStore, *memory) {
	t.Helper()
	m := &memory{rows: map[string]string{}}
	store, err := saltine.NewServerStore(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	return store, m
}

func (m *memory) Load(_ context.Context, key string) (saltine.Record, error) {
	var r saltine.Record
	text, found := m.rows[key]
	switch {
	case m.down != nil:
		return r, m.down
	case !found:
		return r, saltine.ErrNoSession
	}
	err := r.ParseJSON([]byte(text))
	return r, err
}

func (m *memory) Create(_ context.Context, key string, r saltine.Record) error {
	return m.write(key, r)
}

func (m *memory) Update(_ context.Context, key string, r saltine.Record) error {
	if _, found := m.rows[key]; !found {
		return saltine.ErrNoSession
	}
	return m.write(key, r)
}

func (m *memory) write(key string, r saltine.Record) error {
	if m.down != nil {
		return m.down
	}
	text, err := r.AppendJSON(nil)
	m.rows[key] = string(text)
	return err
}

func (m *memory) Delete(_ context.Context, key string) error {
	if m.down != nil {
		return m.down
	}
	delete(m.rows, key)
	return nil
}

func (m *memory) Exists(context.Context, string) (bool, error) { return false, m.down }

func (m *memory) ClearExpired(context.Context) error { return m.down }
