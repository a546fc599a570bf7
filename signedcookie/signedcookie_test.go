package signedcookie_test

import (
	"crypto"
	_ "crypto/sha1" // of cookies before Django 3.1
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/signedcookie"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for tests only, fifty bytes or more, not a secret"

// start is the clock of the tests.
var start = time.Unix(1700000000, 0)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// testKeys holds one key.
var testKeys = keyring(testKey, nil)

func keyring(key saltine.Key, opts *saltine.KeyringOptions) saltine.Keyring {
	keys, err := saltine.NewKeyring(key, opts)
	if err != nil {
		panic(err)
	}
	return keys
}

func newCookie(t testing.TB, name string, opts signedcookie.Options) *signedcookie.Cookie {
	t.Helper()
	return newCookieOf(t, testKeys, name, opts)
}

func newCookieOf(t testing.TB, keys saltine.Keyring, name string, opts signedcookie.Options) *signedcookie.Cookie {
	t.Helper()
	if opts.Now == nil {
		opts.Now = at(start)
	}
	c, err := signedcookie.New(keys, name, &opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// plain signs as Django does, with a key and a salt of which nothing is calculated.
func plain(t testing.TB, key saltine.Key, salt saltine.Salt, algorithm crypto.Hash) *saltine.TimestampSigner {
	t.Helper()
	return plainAt(t, key, salt, algorithm, start)
}

// plainAt is plain at another time.
func plainAt(t testing.TB, key saltine.Key, salt saltine.Salt, algorithm crypto.Hash, now time.Time) *saltine.TimestampSigner {
	t.Helper()
	keys := keyring("django.http.cookies"+key, &saltine.KeyringOptions{Algorithm: algorithm})
	s, err := saltine.NewTimestampSigner(keys, &saltine.Options{Salt: salt, Now: at(now)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kinds are the error kinds of this package with the names that tests give them.
var kinds = []testkit.Kind{
	{Name: "bad signature", Err: saltine.ErrBadSignature},
	{Name: "expired", Err: saltine.ErrSignatureExpired, In: saltine.ErrBadSignature},
	{Name: "malformed", Err: saltine.ErrMalformed},
	{Name: "too large", Err: saltine.ErrTooLarge},
	{Name: "invalid key", Err: saltine.ErrInvalidKey},
	{Name: "invalid option", Err: saltine.ErrInvalidOption},
}

func kind(t testing.TB, err error) string {
	t.Helper()
	return testkit.KindOf(t, err, kinds)
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		keys         saltine.Keyring
		cookie       string
		opts         signedcookie.Options
		kind         string
	}{
		{"empty keyring", "with Django's prefix an empty key would be one that everybody knows", saltine.Keyring{}, "a", signedcookie.Options{}, "invalid key"},
		{"empty keyring, both salts", "the same", saltine.Keyring{}, "a", signedcookie.Options{AcceptV1: true}, "invalid key"},
		{"no name", "no such cookie", testKeys, "", signedcookie.Options{}, "invalid option"},
		{"name with a space", "Python refuses it, and net/http drops the cookie", testKeys, "a b", signedcookie.Options{}, "invalid option"},
		{"name with a semicolon", "it would end the cookie", testKeys, "a;b", signedcookie.Options{}, "invalid option"},
		{"name not ASCII", "no header has it", testKeys, "é", signedcookie.Options{}, "invalid option"},
		{"salt not UTF-8", "its characters cannot be counted", testKeys, "a", signedcookie.Options{Salt: "\xff"}, "invalid option"},
		{"negative token limit", "no such size", testKeys, "a", signedcookie.Options{MaxTokenLen: -1}, "invalid option"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := signedcookie.New(tt.keys, tt.cookie, &tt.opts)
			if got := kind(t, err); got != tt.kind || c != nil {
				t.Errorf("got %v, %v, want an error of kind %s: %s", c, err, tt.kind, tt.reason)
			}
		})
	}
	if _, err := signedcookie.New(testKeys, "!#$%&'*+-.^_`|~:aZ09", nil); err != nil {
		t.Errorf("a name that Python allows: %v", err)
	}
}

func TestSalts(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		cookie       string
		salt         saltine.Salt
		v2, v1       saltine.Salt
	}{
		{"no salt", "of no characters", "pref", "", "django.http.cookies.v2:0:pref", "pref"},
		{"salt", "it stands before the name, and its length before it", "pref", "extra", "django.http.cookies.v2:5:extrapref", "prefextra"},
		{"not ASCII", "characters are counted, not bytes", "pref", "é😀", "django.http.cookies.v2:2:é😀pref", "prefé😀"},
		{"digits", "the colon ends the length", "pref", "1:2", "django.http.cookies.v2:3:1:2pref", "pref1:2"},
		{"long", "more than one digit", "pref", "0123456789ab", "django.http.cookies.v2:12:0123456789abpref", "pref0123456789ab"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCookie(t, tt.cookie, signedcookie.Options{Salt: tt.salt})
			v2, v1 := plain(t, testKey, tt.v2, 0).Sign("v"), plain(t, testKey, tt.v1, 0).Sign("v")
			if diff := cmp.Diff(v2, c.Sign("v")); diff != "" {
				t.Errorf("Sign (-want +got), %s:\n%s", tt.reason, diff)
			}
			if got, err := c.Unsign(v2, 0); got != "v" || err != nil {
				t.Errorf("v2: %q, %v", got, err)
			}
			if got, err := c.Unsign(v1, 0); got != "" || kind(t, err) != "bad signature" {
				t.Errorf("v1 without asking: %q, %v", got, err)
			}
			both := newCookie(t, tt.cookie, signedcookie.Options{Salt: tt.salt, AcceptV1: true})
			if diff := cmp.Diff(v2, both.Sign("v")); diff != "" {
				t.Errorf("Sign where v1 is read (-want +got):\n%s", diff)
			}
			if got, err := both.Unsign(v1, 0); got != "v" || err != nil {
				t.Errorf("v1: %q, %v", got, err)
			}
		})
	}
}

// CVE-2026-6873: another name and salt that are the same text when joined.
func TestCollision(t *testing.T) {
	signed := newCookie(t, "ab", signedcookie.Options{Salt: "c"}).Sign("v")
	other := signedcookie.Options{Salt: "bc"}
	if _, err := newCookie(t, "a", other).Unsign(signed, 0); kind(t, err) != "bad signature" {
		t.Errorf("a v2 cookie of another name: %v", err)
	}
	other.AcceptV1 = true
	if _, err := newCookie(t, "a", other).Unsign(signed, 0); kind(t, err) != "bad signature" {
		t.Errorf("a v2 cookie of another name, where v1 is read: %v", err)
	}
	old := plain(t, testKey, "abc", 0).Sign("v")
	if v, err := newCookie(t, "a", other).Verify(old, 0); err != nil || !v.V1 {
		t.Errorf("a v1 cookie: %+v, %v", v, err)
	}
}

func TestVerify(t *testing.T) {
	const v2, v1 = "django.http.cookies.v2:1:sn", "ns"
	keys := keyring(testKey, &saltine.KeyringOptions{
		Fallbacks:        []saltine.Key{"old"},
		LegacyAlgorithms: []crypto.Hash{crypto.SHA1},
	})
	opts := signedcookie.Options{Salt: "s", AcceptV1: true, Now: at(start.Add(time.Minute))}
	for _, tt := range []struct {
		name, reason string
		cookie       string
		want         signedcookie.Verification
		resign       bool
	}{
		{"new", "nothing is old", plain(t, testKey, v2, crypto.SHA256).Sign(".v"), verified(0, crypto.SHA256, false, false), false},
		{"v1", "the old salt", plain(t, testKey, v1, crypto.SHA256).Sign(".v"), verified(0, crypto.SHA256, false, true), true},
		{"fallback", "an old key", plain(t, "old", v2, crypto.SHA256).Sign(".v"), verified(1, crypto.SHA256, false, false), true},
		{"sha1", "an old algorithm", plain(t, testKey, v2, crypto.SHA1).Sign(".v"), verified(0, crypto.SHA1, true, false), true},
		{"all", "everything is old", plain(t, "old", v1, crypto.SHA1).Sign(".v"), verified(1, crypto.SHA1, true, true), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.SignedAt, tt.want.Age, tt.want.Size = start, time.Minute, len(tt.cookie)
			var seen []signedcookie.Verification
			opts.OnVerify = func(v signedcookie.Verification) { seen = append(seen, v) }
			c := newCookieOf(t, keys, "n", opts)
			v, err := c.Verify(tt.cookie, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if value, err := c.Unsign(tt.cookie, time.Minute); value != ".v" || err != nil {
				t.Errorf("Unsign: %q, %v", value, err)
			}
			if diff := cmp.Diff([]signedcookie.Verification{v, v}, seen); diff != "" {
				t.Errorf("OnVerify (-Verify +OnVerify):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, v); diff != "" {
				t.Errorf("Verify (-want +got), %s:\n%s", tt.reason, diff)
			}
			if v.NeedsResign() != tt.resign {
				t.Errorf("NeedsResign is %v: %s", v.NeedsResign(), tt.reason)
			}
		})
	}
}

// verified is how a cookie was verified, but for time and size.
func verified(keyIndex int, algorithm crypto.Hash, legacy, v1 bool) signedcookie.Verification {
	return signedcookie.Verification{
		Verification: saltine.Verification{KeyIndex: keyIndex, Algorithm: algorithm, Legacy: legacy},
		V1:           v1,
	}
}

func TestRefuses(t *testing.T) {
	v2 := plain(t, testKey, "django.http.cookies.v2:0:n", 0)
	v1 := plain(t, testKey, "n", 0)
	old := start.Add(-time.Hour)
	oldV2 := plainAt(t, testKey, "django.http.cookies.v2:0:n", 0, old)
	oldV1 := plainAt(t, testKey, "n", 0, old)
	unstamped, err := saltine.NewSigner(keyring("django.http.cookies"+testKey, nil), &saltine.Options{Salt: "django.http.cookies.v2:0:n"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, reason string
		cookie       string
		kind         string // where v1 is not read
		kindV1       string // where it is
	}{
		{"expired", "no second try", oldV2.Sign("v"), "expired", "expired"},
		{"expired v1", "the second try tells", oldV1.Sign("v"), "bad signature", "expired"},
		{"altered", "the MAC covers it", "x" + v2.Sign("v"), "bad signature", "bad signature"},
		{"altered v1", "the MAC covers it", "x" + v1.Sign("v"), "bad signature", "bad signature"},
		{"empty", "no cookie", "", "bad signature", "bad signature"},
		{"quoted", "its quotes belong to the header", `"` + v2.Sign("v") + `"`, "bad signature", "bad signature"},
		{"no timestamp", "our own key signed it", unstamped.Sign("v"), "malformed", "malformed"},
		{"key without prefix", "another use of the key", unprefixed(t).Sign("v"), "bad signature", "bad signature"},
		{"large", "over the limit", v2.Sign(strings.Repeat("v", 1000)), "too large", "too large"},
		{"large junk", "junk is junk whatever its size", strings.Repeat("\x00", 2000), "bad signature", "bad signature"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for acceptV1, want := range map[bool]string{false: tt.kind, true: tt.kindV1} {
				c := newCookie(t, "n", signedcookie.Options{
					AcceptV1:    acceptV1,
					MaxTokenLen: 1000,
					OnVerify:    func(v signedcookie.Verification) { t.Errorf("OnVerify: %+v", v) },
				})
				if value, err := c.Unsign(tt.cookie, time.Minute); kind(t, err) != want || value != "" {
					t.Errorf("AcceptV1 %v: Unsign: %q, %v, want %s: %s", acceptV1, value, err, want, tt.reason)
				}
				if v, err := c.Verify(tt.cookie, time.Minute); kind(t, err) != want || v != (signedcookie.Verification{}) {
					t.Errorf("AcceptV1 %v: Verify: %+v, %v, want %s: %s", acceptV1, v, err, want, tt.reason)
				}
			}
		})
	}
}

func unprefixed(t *testing.T) *saltine.TimestampSigner {
	t.Helper()
	s, err := saltine.NewTimestampSigner(testKeys, &saltine.Options{Salt: "django.http.cookies.v2:0:n", Now: at(start)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMaxAge(t *testing.T) {
	c := newCookie(t, "n", signedcookie.Options{Now: at(start.Add(time.Hour))})
	cookie := newCookie(t, "n", signedcookie.Options{}).Sign("v")
	for maxAge, want := range map[time.Duration]string{time.Hour: "none", time.Hour - 1: "expired", 0: "expired", saltine.NoMaxAge: "none"} {
		if _, err := c.Unsign(cookie, maxAge); kind(t, err) != want {
			t.Errorf("max age %v: %v, want %s", maxAge, err, want)
		}
	}
}

func TestAllocations(t *testing.T) {
	c := newCookie(t, "n", signedcookie.Options{AcceptV1: true, OnVerify: func(signedcookie.Verification) {}})
	for name, cookie := range map[string]string{"good": c.Sign("value"), "v1": plain(t, testKey, "n", 0).Sign("value"), "bad": "x" + c.Sign("value")} {
		unsign := func() { c.Unsign(cookie, 0) } //nolint:errcheck // known
		verify := func() { c.Verify(cookie, 0) } //nolint:errcheck // known
		testkit.Allocations(t, 0, name+": Unsign", unsign)
		testkit.Allocations(t, 0, name+": Verify", verify)
	}
}

func TestPrintsNoKey(t *testing.T) {
	opts := &signedcookie.Options{AcceptV1: true}
	c := newCookieOf(t, keyring("new", &saltine.KeyringOptions{Fallbacks: []saltine.Key{testKey}}), "n", *opts)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, v := range []any{c, opts, struct{ C *signedcookie.Cookie }{c}} {
			got := fmt.Sprintf(verb, v)
			for _, secret := range []string{string(testKey), fmt.Sprintf("%x", string(testKey)), "django.http.cookies"} {
				if strings.Contains(got, secret) {
					t.Errorf("%s of %T shows the key", verb, v)
				}
			}
		}
	}
}

// The zero Cookie has no key to sign with.
func TestZero(t *testing.T) {
	var c signedcookie.Cookie
	if value, err := c.Unsign("v:1r31eq:x", 0); value != "" || kind(t, err) != "invalid key" {
		t.Errorf("Unsign: %q, %v, want an invalid key", value, err)
	}
	if v, err := c.Verify("v:1r31eq:x", 0); v != (signedcookie.Verification{}) || kind(t, err) != "invalid key" {
		t.Errorf("Verify: %+v, %v, want an invalid key", v, err)
	}
	defer func() {
		if err, ok := recover().(error); !ok || kind(t, err) != "invalid key" {
			t.Errorf("Sign panics with %v, want an invalid key", err)
		}
	}()
	c.Sign("v")
}
