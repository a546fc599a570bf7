// Package timing_test holds benchmarks to be compiled to WebAssembly and run
// there: what a cookie costs in a runtime for the edge.
package timing_test

import (
	"testing"

	"github.com/seed-52756201/saltine"
)

const key saltine.Key = "an example key, public and therefore worthless: 0123456789"

func keyring(tb testing.TB) saltine.Keyring {
	tb.Helper()
	keys, err := saltine.NewKeyring(key, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return keys
}

// newSession returns a session of a usual size.
func newSession(tb testing.TB) (*saltine.CookieStore, *saltine.Session) {
	tb.Helper()
	store, err := saltine.NewCookieStore(keyring(tb), nil)
	if err != nil {
		tb.Fatal(err)
	}
	session := store.New()
	session.Set("_auth_user_id", "1234")
	session.Set("_auth_user_backend", "django.contrib.auth.backends.ModelBackend")
	session.Set("_auth_user_hash", "b3f0c9d1a2e4f5061728394a5b6c7d8e9f00112233445566778899aabbccddee")
	session.Set("cart", []map[string]any{
		{"sku": "shoes-42", "count": 1, "price": 59.9}, {"sku": "laces-120", "count": 2, "price": 3.5},
	})
	session.Set("language", "en")
	return store, session
}

func newCookie(tb testing.TB) (*saltine.CookieStore, string) {
	tb.Helper()
	store, session := newSession(tb)
	value, err := store.Save(session)
	if err != nil {
		tb.Fatal(err)
	}
	return store, value
}

// The figures are to include zlib.
func TestCookieIsCompressed(t *testing.T) {
	if _, value := newCookie(t); value[0] != '.' {
		t.Error("the cookie is not compressed")
	}
}

func BenchmarkNewCookieStore(b *testing.B) {
	keys := keyring(b)
	for b.Loop() {
		if _, err := saltine.NewCookieStore(keys, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	store, value := newCookie(b)
	for b.Loop() {
		if _, err := store.Verify(value); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	store, value := newCookie(b)
	for b.Loop() {
		if _, err := store.Load(value); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSave(b *testing.B) {
	store, session := newSession(b)
	for b.Loop() {
		if _, err := store.Save(session); err != nil {
			b.Fatal(err)
		}
	}
}
