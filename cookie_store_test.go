package saltine_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

// sign makes the cookie of a payload, signed at start with the key and salt of
// newStore.
func sign(t testing.TB, payload string) string {
	t.Helper()
	signer := newTimestampSigner(t, &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies", Now: at(start)})
	cookie, err := signer.AppendSignPayload(nil, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return string(cookie)
}

func TestSaveAndLoad(t *testing.T) {
	store := newStore(t, nil)
	s := store.New()
	s.Set("user", "ann")
	s.Set("visits", 3)
	s.Set("rate", 1.0)
	value := save(t, store, s)
	if s.Key() != value || !s.Modified() || !s.Accessed() {
		t.Error("Save must leave the session with its new key, accessed and modified")
	}
	loaded, err := store.Load(value)
	if err != nil {
		t.Fatal(err)
	}
	if loaded.Accessed() || loaded.Modified() {
		t.Error("a loaded session is neither accessed nor modified")
	}
	got := maps.Collect(loaded.Items())
	want := map[string]any{"user": "ann", "visits": int64(3), "rate": 1.0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if v := loaded.Verification(); v.KeyIndex != 0 || !v.SignedAt.Equal(start) || v.Size != len(value) {
		t.Errorf("Verification() = %+v", v)
	}
}

func TestOpen(t *testing.T) {
	store := newStore(t, nil)
	good := sign(t, `{"a":1}`)
	for _, tt := range []struct {
		name, reason, value string
		key                 string
		kind                string
		modified            bool
	}{
		{"good", "read as it is", good, good, "none", false},
		{"forged", "a new session, to be saved over the bad cookie", "x" + good, "x" + good, "bad signature", true},
		{"no object", "our own key signed it", sign(t, `[1]`), sign(t, `[1]`), "malformed", true},
		{"seven characters", "Django counts that as no cookie", "abcdefg", "", "none", false},
		{"seven characters of two bytes", "characters, not bytes", "ééééééé", "", "none", false},
		{"eight characters", "a cookie, and a bad one", "abcdefgh", "abcdefgh", "bad signature", true},
		{"nothing", "no cookie", "", "", "none", false},
	} {
		s := store.Open(t.Context(), tt.value)
		if s.Accessed() || s.Modified() || s.Key() != tt.key {
			t.Errorf("%s: opening alone must change nothing: %s", tt.name, tt.reason)
		}
		if v := s.Get("a"); tt.name == "good" && v != int64(1) || tt.name != "good" && v != nil {
			t.Errorf("%s: Get gives %v: %s", tt.name, v, tt.reason)
		}
		if got := kind(t, s.Err()); got != tt.kind || s.Modified() != tt.modified || !s.Accessed() {
			t.Errorf("%s: Err %v, modified %v, accessed %v: %s", tt.name, s.Err(), s.Modified(), s.Accessed(), tt.reason)
		}
	}
	if _, err := store.Save(store.Open(t.Context(), sign(t, `[1]`))); err != nil {
		t.Errorf("a refused cookie must not stand in the way of a new one: %v", err)
	}
	s := store.Open(t.Context(), "x"+good)
	if kind(t, s.Err()) != "bad signature" || s.Accessed() {
		t.Error("Err reads the cookie, and does not count as access")
	}
}

// CVE-2024-38513 in Fiber: the client chose the id of its session. Nothing of a
// cookie that is not verified reaches the session or the next cookie.
func TestNothingOfABadCookieStays(t *testing.T) {
	store := newStore(t, nil)
	forged := sign(t, `{"user":"admin"}`) + "x"
	s := store.Open(t.Context(), forged)
	if s.Get("user") != nil || s.Len() != 0 {
		t.Error("a forged cookie gave data")
	}
	s.Set("a", 1)
	if got, want := save(t, store, s), sign(t, `{"a":1}`); got != want {
		t.Error("the new cookie is not that of a new session")
	}
}

// No object is ever returned beside an error.
func TestLoadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, payload, kind string }{
		{"not JSON", `{broken`, "malformed"},
		{"broken deep inside", `{"a":[{"b":tru}]}`, "malformed"},
		{"a list", `[1]`, "malformed"},
		{"null", `null`, "malformed"},
		{"a pickle", "\x80\x05}\x94.", "malformed"},
	} {
		s, err := newStore(t, nil).Load(sign(t, tt.payload))
		if kind(t, err) != tt.kind || s != nil {
			t.Errorf("%s: %v, %v", tt.name, s, err)
		}
	}
	if _, err := newStore(t, nil).Load(sign(t, "\x80\x05}\x94.")); !strings.Contains(err.Error(), "pickle") {
		t.Errorf("a pickle is not named: %v", err)
	}
}

// Django through 6.1 takes any JSON for a session, and fails in the view.
func TestLoadAnyJSON(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{ExpiryPolicy: saltine.ExpiryCookieAge})
	for _, payload := range []string{`[1]`, `null`, `"text"`, `1`} {
		s, err := store.Load(sign(t, payload))
		if err != nil {
			t.Fatal(err)
		}
		if kind(t, s.Err()) != "malformed" || s.Get("a") != nil || s.Len() != 0 {
			t.Errorf("%s: Err %v, Len %d", payload, s.Err(), s.Len())
		}
		if err := store.Open(t.Context(), sign(t, payload)).Err(); kind(t, err) != "malformed" {
			t.Errorf("%s: Err after Open: %v", payload, err)
		}
		s.Set("a", 1)
		if _, err := store.Save(s); kind(t, err) != "malformed" {
			t.Errorf("%s: saving over what could not be read: %v", payload, err)
		}
		s.Clear()
		s.Set("a", 1)
		if _, err := store.Save(s); err != nil {
			t.Errorf("%s: saving after Clear: %v", payload, err)
		}
	}
}

func TestSaveNamesWhatIsTooLarge(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{MaxTokenLen: 200, Compression: saltine.CompressionNone})
	s := store.New()
	s.Set("small", 1)
	s.Set("large", strings.Repeat("x", 300))
	_, err := store.Save(s)
	size, ok := errors.AsType[*saltine.SizeError](err)
	if !ok || size.What != "token" || size.Limit != 200 || size.Size <= 200 {
		t.Fatalf("got %v", err)
	}
	want := []saltine.ValueSize{{Name: "large", Size: 311}, {Name: "small", Size: 10}}
	if diff := cmp.Diff(want, size.Values); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if text := err.Error(); !strings.Contains(text, `"large" 311, "small" 10`) || strings.Contains(text, "xxx") {
		t.Errorf("got %s", text)
	}
	if s.Key() != "" {
		t.Error("a session that was not saved has no key")
	}
	s.Delete("large")
	save(t, store, s)
}

// What could not be saved keeps the cookie that it came with.
func TestFailedSaveKeepsTheKey(t *testing.T) {
	store := newStore(t, nil)
	cookie := sign(t, `{"a":1}`)
	s, err := store.Load(cookie)
	if err != nil {
		t.Fatal(err)
	}
	s.Set("f", func() {})
	s.SetModified(false)
	if _, err := store.Save(s); kind(t, err) != "unsupported" || s.Key() != cookie || s.Modified() {
		t.Errorf("%v; the session has a key of %d bytes, modified %v", err, len(s.Key()), s.Modified())
	}
}

func TestSaveMovesBetweenStores(t *testing.T) {
	from := newStore(t, nil)
	to, err := saltine.NewCookieStore(ring("another key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := from.Load(sign(t, `{"f":1.0}`))
	if err != nil {
		t.Fatal(err)
	}
	moved, err := to.Load(save(t, to, s))
	if err != nil || moved.Get("f") != 1.0 {
		t.Errorf("got %v, %v", moved, err)
	}
}

func TestNoOps(t *testing.T) {
	store := newStore(t, nil)
	if store.Exists(sign(t, `{}`)) {
		t.Error("Exists is always false")
	}
	if err := store.ClearExpired(); err != nil {
		t.Errorf("ClearExpired: %v", err)
	}
}

// The zero CookieStore is an error in everything that returns one, and never signs.
func TestZeroCookieStore(t *testing.T) {
	store := new(saltine.CookieStore)
	cookie := sign(t, `{"a":1}`)
	s := store.New()
	s.Set("a", 1)
	s.SetExpiry(saltine.ExpireIn(time.Hour))
	for name, call := range map[string]func() error{
		"Load":     func() error { _, err := store.Load(cookie); return err },
		"Verify":   func() error { _, err := store.Verify(cookie); return err },
		"Save":     func() error { _, err := store.Save(s); return err },
		"Open":     func() error { return store.Open(t.Context(), cookie).Err() },
		"Session":  s.Save,
		"CycleKey": s.CycleKey,
	} {
		if err := call(); kind(t, err) != "invalid key" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.Get("a") != int64(1) || s.Key() != "" || store.CookieAge() != 0 || store.CookieSalt() != "" || store.Now().IsZero() {
		t.Error("the session of a zero store is one that cannot be saved")
	}
	if _, err := s.ExpiryDate(); err != nil {
		t.Error(err)
	}
	if (*saltine.CookieStore)(nil).CookieAge() != 0 {
		t.Error("a nil store has a cookie age")
	}
}

func TestStoreSalt(t *testing.T) {
	for want, opts := range map[saltine.Salt]*saltine.StoreOptions{"django.contrib.sessions.backends.signed_cookies": {}, "second cookie": {Salt: "second cookie"}} {
		if got := newStore(t, opts).CookieSalt(); got != want {
			t.Errorf("Salt() = %s, want %s", got, want)
		}
	}
	first, second := newStore(t, nil), newStore(t, &saltine.StoreOptions{Salt: "second cookie"})
	if _, err := second.Load(save(t, first, first.New())); kind(t, err) != "bad signature" {
		t.Errorf("the cookie of a store with another salt: %v", err)
	}
}

// A session that became too large keeps the cookie that it came with.
func TestTooLargeKeepsTheKey(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{MaxTokenLen: 200, Compression: saltine.CompressionNone})
	cookie := sign(t, `{"a":1}`)
	s := store.Open(t.Context(), cookie)
	s.Set("b", strings.Repeat("x", 200))
	if _, err := store.Save(s); kind(t, err) != "too large" || s.Key() != cookie {
		t.Errorf("%v, and a key of %d bytes", err, len(s.Key()))
	}
}

// Nothing of the cookie is left after Destroy, so there is nothing to send.
func TestDestroyForgetsTheKey(t *testing.T) {
	s := newStore(t, nil).Open(t.Context(), sign(t, `{"a":1}`))
	if err := s.Destroy(); err != nil || s.Key() != "" || !s.IsEmpty() {
		t.Errorf("%v, and a key of %d bytes", err, len(s.Key()))
	}
}
