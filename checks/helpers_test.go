package checks_test

import (
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"

	// All hashes of Django are linked into the tests.
	_ "crypto/md5"
	_ "crypto/sha1"
	_ "crypto/sha3"
	_ "crypto/sha512"

	_ "golang.org/x/crypto/blake2b"
	_ "golang.org/x/crypto/blake2s"
)

// root is the folder of the module, and module its path.
const (
	root   = ".."
	module = "github.com/seed-52756201/saltine"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for tests only, fifty bytes or more, not a secret"

// start is the clock of the tests.
var start = time.Unix(1700000000, 0)

func now() time.Time { return start }

func testKeys(t testing.TB) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(testKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newStore(t testing.TB, opts saltine.StoreOptions) *saltine.CookieStore {
	t.Helper()
	opts.Now = now
	store, err := saltine.NewCookieStore(testKeys(t), &opts)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// newSigner returns what signs a store's cookies.
func newSigner(t testing.TB) *saltine.TimestampSigner {
	t.Helper()
	signer, err := saltine.NewTimestampSigner(testKeys(t), sessionOptions())
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func sessionOptions() *saltine.Options {
	return &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies", Now: now, MaxTokenLen: 4 << 20}
}

// kind names the kind of err among those that reading and configuring have.
func kind(t testing.TB, err error) string {
	t.Helper()
	return testkit.KindOf(t, err, []testkit.Kind{
		{Name: "bad signature", Err: saltine.ErrBadSignature},
		{Name: "expired", Err: saltine.ErrSignatureExpired, In: saltine.ErrBadSignature},
		{Name: "malformed", Err: saltine.ErrMalformed},
		{Name: "too large", Err: saltine.ErrTooLarge},
		{Name: "invalid key", Err: saltine.ErrInvalidKey},
		{Name: "invalid option", Err: saltine.ErrInvalidOption},
	})
}
