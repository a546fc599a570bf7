package saltine_test

import (
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for tests only, fifty bytes or more, not a secret"

// testKeys holds testKey alone.
var testKeys = ring(testKey)

// The documented defaults.
const (
	maxTokenLen   = 64 << 10
	maxPayloadLen = 1 << 20
	cookieAge     = 1209600 * time.Second
)

// start is the clock of the tests.
var start = time.Unix(1700000000, 0)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// ring returns the keyring of good keys, of which the first one signs.
func ring(key saltine.Key, fallbacks ...saltine.Key) saltine.Keyring {
	keys, err := saltine.NewKeyring(key, &saltine.KeyringOptions{Fallbacks: fallbacks})
	if err != nil {
		panic(err)
	}
	return keys
}

func newKeyring(t testing.TB, key saltine.Key, opts *saltine.KeyringOptions) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(key, opts)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newSigner(t testing.TB, keys saltine.Keyring, opts *saltine.Options) *saltine.Signer {
	t.Helper()
	s, err := saltine.NewSigner(keys, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newTimestampSigner(t testing.TB, opts *saltine.Options) *saltine.TimestampSigner {
	t.Helper()
	s, err := saltine.NewTimestampSigner(testKeys, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// signAt returns value, signed at a time by newTimestampSigner without options.
func signAt(t testing.TB, value string, signed time.Time) string {
	t.Helper()
	return newTimestampSigner(t, &saltine.Options{Now: at(signed)}).Sign(value)
}

// newStore returns a store whose clock stands at start, unless opts say otherwise.
func newStore(t testing.TB, opts *saltine.StoreOptions) *saltine.CookieStore {
	t.Helper()
	return newStoreOf(t, testKeys, opts)
}

func newStoreOf(t testing.TB, keys saltine.Keyring, opts *saltine.StoreOptions) *saltine.CookieStore {
	t.Helper()
	if opts == nil {
		opts = &saltine.StoreOptions{}
	}
	if opts.Now == nil {
		opts.Now = at(start)
	}
	s, err := saltine.NewCookieStore(keys, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSessionData(t testing.TB, keys saltine.Keyring, opts *saltine.Options) *saltine.SessionData {
	t.Helper()
	d, err := saltine.NewSessionData(keys, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func save(t testing.TB, store *saltine.CookieStore, s *saltine.Session) string {
	t.Helper()
	value, err := store.Save(s)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// kinds are all error kinds with the names that tests give them.
var kinds = []testkit.Kind{
	{Name: "bad signature", Err: saltine.ErrBadSignature},
	{Name: "expired", Err: saltine.ErrSignatureExpired, In: saltine.ErrBadSignature},
	{Name: "malformed", Err: saltine.ErrMalformed},
	{Name: "too large", Err: saltine.ErrTooLarge},
	{Name: "invalid key", Err: saltine.ErrInvalidKey},
	{Name: "invalid option", Err: saltine.ErrInvalidOption},
	{Name: "revoked", Err: saltine.ErrRevoked},
	{Name: "unavailable", Err: saltine.ErrUnavailable},
	{Name: "no session", Err: saltine.ErrNoSession},
	{Name: "key taken", Err: saltine.ErrKeyTaken},
	{Name: "interrupted", Err: saltine.ErrInterrupted},
	{Name: "missing", Err: saltine.ErrMissing},
	{Name: "wrong type", Err: saltine.ErrWrongType},
	{Name: "unsupported", Err: saltine.ErrUnsupported},
}

// kind names the one kind of err, and fails the test if there are more.
func kind(t testing.TB, err error) string {
	t.Helper()
	return testkit.KindOf(t, err, kinds)
}
