package sealed_test

import (
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/sealed"
)

const testKey saltine.Key = "a key for the tests of sealed, which everybody may read"

var now = time.Unix(1_700_000_000, 0)

func newKeyring(t testing.TB, key saltine.Key, fallbacks ...saltine.Key) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(key, &saltine.KeyringOptions{Fallbacks: fallbacks})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newBox(t testing.TB, opts *sealed.Options) *sealed.Box {
	t.Helper()
	return newBoxWith(t, newKeyring(t, testKey), opts)
}

func newBoxWith(t testing.TB, keys saltine.Keyring, opts *sealed.Options) *sealed.Box {
	t.Helper()
	box, err := sealed.New(keys, opts)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func newStore(t testing.TB, keys saltine.Keyring, serializer saltine.Serializer) *saltine.CookieStore {
	t.Helper()
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{
		Serializer:  serializer,
		Compression: saltine.CompressionNone,
		Now:         func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func save(t testing.TB, store *saltine.CookieStore, s *saltine.Session) string {
	t.Helper()
	cookie, err := store.Save(s)
	if err != nil {
		t.Fatal(err)
	}
	return cookie
}

func load(t testing.TB, store *saltine.CookieStore, cookie string) *saltine.Session {
	t.Helper()
	s, err := store.Load(cookie)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dumps(t testing.TB, box *sealed.Box, text string) []byte {
	t.Helper()
	payload, err := box.DumpsJSON(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// kind names the kind of err.
func kind(t testing.TB, err error) string {
	t.Helper()
	return testkit.KindOf(t, err, []testkit.Kind{
		{Name: "malformed", Err: saltine.ErrMalformed},
		{Name: "missing", Err: saltine.ErrMissing},
		{Name: "wrong type", Err: saltine.ErrWrongType},
		{Name: "unsupported", Err: saltine.ErrUnsupported},
		{Name: "invalid key", Err: saltine.ErrInvalidKey},
		{Name: "invalid option", Err: saltine.ErrInvalidOption},
		{Name: "too large", Err: saltine.ErrTooLarge},
	})
}
