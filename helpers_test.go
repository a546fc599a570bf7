package saltine_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for tests only, fifty bytes or more, not a secret"

// start is the clock of the tests.
var start = time.Unix(1700000000, 0)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func newSigner(t testing.TB, key saltine.Key, opts *saltine.Options) *saltine.Signer {
	t.Helper()
	s, err := saltine.NewSigner(key, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newTimestampSigner(t testing.TB, opts *saltine.Options) *saltine.TimestampSigner {
	t.Helper()
	s, err := saltine.NewTimestampSigner(testKey, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newStore(t testing.TB, opts *saltine.StoreOptions) *saltine.CookieStore {
	t.Helper()
	if opts == nil {
		opts = &saltine.StoreOptions{}
	}
	if opts.Now == nil {
		opts.Now = at(start)
	}
	s, err := saltine.NewCookieStore(testKey, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
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
var kinds = []struct {
	name string
	err  error
}{
	{"expired", saltine.ErrSignatureExpired}, // before bad signature, which it is too
	{"bad signature", saltine.ErrBadSignature},
	{"malformed", saltine.ErrMalformed},
	{"too large", saltine.ErrTooLarge},
	{"invalid key", saltine.ErrInvalidKey},
	{"invalid option", saltine.ErrInvalidOption},
	{"revoked", saltine.ErrRevoked},
	{"missing", saltine.ErrMissing},
	{"wrong type", saltine.ErrWrongType},
	{"unsupported", saltine.ErrUnsupported},
}

// kind names the one kind of err, and fails the test if there are more.
func kind(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return "none"
	}
	found := ""
	for _, k := range kinds {
		if !errors.Is(err, k.err) || found == "expired" && k.err == saltine.ErrBadSignature {
			continue
		}
		if found != "" {
			t.Errorf("error is both %s and %s: %v", found, k.name, err)
		}
		found = k.name
	}
	if found == "" {
		t.Errorf("error is of no kind: %v", err)
	}
	return found
}
