// Package timing_test holds benchmarks to be compiled to WebAssembly and run
// there: what a cookie costs in a runtime for the edge.
package timing_test

import (
	"testing"
	"time"

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

// first is how many calls count as those of a fresh instance, warmUp how many more a
// runtime gets to optimize what it runs.
const (
	first  = 100
	warmUp = 5000
)

// measure reports the time of the first calls, and then that of the steady state.
func measure(b *testing.B, f func() error) {
	b.Helper()
	repeat := func(count int) {
		for range count {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
	}
	start := time.Now()
	repeat(first)
	fresh := time.Since(start)
	repeat(warmUp)
	for b.Loop() {
		repeat(1)
	}
	b.ReportMetric(float64(fresh.Nanoseconds())/first, "first-ns/op")
}

func BenchmarkNewCookieStore(b *testing.B) {
	keys := keyring(b)
	measure(b, func() error {
		_, err := saltine.NewCookieStore(keys, nil)
		return err
	})
}

func BenchmarkVerify(b *testing.B) {
	store, value := newCookie(b)
	measure(b, func() error {
		_, err := store.Verify(value)
		return err
	})
}

func BenchmarkLoad(b *testing.B) {
	store, value := newCookie(b)
	measure(b, func() error {
		_, err := store.Load(value)
		return err
	})
}

func BenchmarkSave(b *testing.B) {
	store, session := newSession(b)
	measure(b, func() error {
		_, err := store.Save(session)
		return err
	})
}
