package saltine_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// Each test of this file is the only one that fails for some mutant of
// internal/mutants.

// A token of just the limit is written and read, and one more byte is neither.
func TestTokenLimitIsExact(t *testing.T) {
	const value = "some text of some length"
	token, err := newSigner(t, testKey, nil).SignObject(value)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		limit int
		kind  string
	}{{len(token), "none"}, {len(token) - 1, "too large"}} {
		signer := newSigner(t, testKey, &saltine.Options{MaxTokenLen: tt.limit})
		if _, err := signer.SignObject(value); kind(t, err) != tt.kind {
			t.Errorf("SignObject of %d bytes with a limit of %d: %v", len(token), tt.limit, err)
		}
		if err := signer.UnsignObject(token, new(any)); kind(t, err) != tt.kind {
			t.Errorf("UnsignObject of %d bytes with a limit of %d: %v", len(token), tt.limit, err)
		}
	}
}

func TestDefaultLimits(t *testing.T) {
	lenient := newTimestampSigner(t, &saltine.Options{
		MaxTokenLen: 1 << 30, MaxPayloadLen: 1 << 30, Compression: saltine.CompressionBest,
	})
	long := lenient.Sign(strings.Repeat("v", saltine.DefaultMaxTokenLen))
	bomb, err := lenient.AppendSignPayload(nil, make([]byte, saltine.DefaultMaxPayloadLen+1))
	if err != nil {
		t.Fatal(err)
	}
	signer := newTimestampSigner(t, nil)
	if _, err := signer.Unsign(long, saltine.NoMaxAge); kind(t, err) != "too large" {
		t.Errorf("a token of %d bytes: %v", len(long), err)
	}
	if _, err := signer.AppendPayload(nil, string(bomb), saltine.NoMaxAge); kind(t, err) != "too large" {
		t.Errorf("a payload of a byte more than the limit: %v", err)
	}
	if _, err := signer.AppendSignPayload(nil, make([]byte, saltine.DefaultMaxPayloadLen+1)); kind(t, err) != "too large" {
		t.Errorf("writing a payload of a byte more than the limit: %v", err)
	}
}

// The limit of payloads holds for those that are not compressed, before they
// are decoded.
func TestPlainPayloadLimit(t *testing.T) {
	token := sign(t, `"`+strings.Repeat("v", 40000)+`"`)
	plain := newTimestampSigner(t, &saltine.Options{Salt: saltine.SaltSignedCookies})
	text, err := plain.AppendPayload(nil, token, saltine.NoMaxAge)
	if err != nil {
		t.Fatal(err)
	}
	limited := newTimestampSigner(t, &saltine.Options{Salt: saltine.SaltSignedCookies, MaxPayloadLen: len(text) - 1})
	read := func() {
		if _, err := limited.AppendPayload(nil, token, saltine.NoMaxAge); kind(t, err) != "too large" {
			t.Error(err)
		}
	}
	read()
	if got := allocated(read); got > 10000 && !raceEnabled {
		t.Errorf("refusing a payload of %d bytes took %d bytes of memory", len(text), got)
	}
}

// allocated returns how much memory f takes, in bytes.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// What is too long is not hashed to find that out: a signer that never signed
// does not even make its HMAC.
func TestTooLongIsNotHashed(t *testing.T) {
	token := newSigner(t, testKey, nil).Sign(strings.Repeat("v", saltine.DefaultMaxTokenLen))
	fresh := func() *saltine.Signer { return newSigner(t, testKey, nil) }
	without := testing.AllocsPerRun(10, func() { fresh() })
	with := testing.AllocsPerRun(10, func() { fresh().Unsign(token) }) //nolint:errcheck // it is too large
	const state, pool, sizeError = 2, 1, 1
	if with-without > state+pool+sizeError && !raceEnabled {
		t.Errorf("%v allocations to refuse a token that is too long", with-without)
	}
}

// One large token, or session, does not make its room stay.
func TestLargeBuffersAreNotKept(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop states")
	}
	noise := make([]byte, 60000) // compresses by half
	x := uint32(1)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = "0123456789abcdef"[x>>28]
	}
	signer := newTimestampSigner(t, &saltine.Options{Compression: saltine.CompressionBest})
	token, err := signer.SignObject(string(noise))
	if err != nil {
		t.Fatal(err)
	}
	ready := newTimestampSigner(t, &saltine.Options{Serializer: constant(noise[:len(noise)/2])})
	room := make([]byte, 0, 1<<20)
	for _, tt := range []struct {
		name  string
		least int // bytes that a call has to ask for every time, if its buffers are dropped
		call  func()
	}{
		{"payload", 2 * len(noise), func() { signer.UnsignObject(token, new(any), saltine.NoMaxAge) }},         //nolint:errcheck // known
		{"compressed payload", len(noise) / 2, func() { signer.AppendPayload(room, token, saltine.NoMaxAge) }}, //nolint:errcheck // known
		{"token", len(noise) * 4 / 3, func() { ready.SignObject(nil) }},                                        //nolint:errcheck // known
	} {
		got := math.MaxInt
		for range 10 {
			got = min(got, allocated(tt.call))
		}
		if got < tt.least {
			t.Errorf("%s: took %d bytes, want %d or more: room is kept", tt.name, got, tt.least)
		}
	}
}

// constant is a Serializer that takes no memory.
type constant []byte

func (c constant) Dumps([]byte, any) ([]byte, error) { return c, nil }
func (c constant) Loads([]byte, any) error           { return nil }

// With the dot, a compressed payload is never longer than without.
func TestCompressionNeverCosts(t *testing.T) {
	plain := newTimestampSigner(t, &saltine.Options{Now: at(start)})
	compressing := newTimestampSigner(t, &saltine.Options{Now: at(start), Compression: saltine.CompressionBest, MinCompress: 1})
	for n := range 64 {
		payload := []byte(strings.Repeat("a", n))
		long, err := plain.AppendSignPayload(nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		short, err := compressing.AppendSignPayload(nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		if len(short) > len(long) {
			t.Errorf("a payload of %d bytes: %d bytes compressed, %d plain", n, len(short), len(long))
		}
	}
}

// No value comes beside an error.
func TestNoValueBesideAnError(t *testing.T) {
	signer := newSigner(t, testKey, nil)
	stamped := newTimestampSigner(t, &saltine.Options{Now: at(start)})
	forged := signer.Sign("value") + "x"
	old := stamped.SignAt("value", start.Add(-time.Hour))
	if got, err := signer.Unsign(forged); got != "" || err == nil {
		t.Errorf("Unsign of a forged token: %d bytes, %v", len(got), err)
	}
	if got, err := signer.UnsignBytes([]byte(forged)); got != nil || err == nil {
		t.Errorf("UnsignBytes of a forged token: %d bytes, %v", len(got), err)
	}
	for name, token := range map[string]string{"forged": old + "x", "old": old} {
		if got, err := stamped.Unsign(token, time.Second); got != "" || err == nil {
			t.Errorf("Unsign of a token that is %s: %d bytes, %v", name, len(got), err)
		}
		if got, err := stamped.UnsignBytes([]byte(token), time.Second); got != nil || err == nil {
			t.Errorf("UnsignBytes of a token that is %s: %d bytes, %v", name, len(got), err)
		}
		if got, err := stamped.Verify(token, time.Second); got != (saltine.Verification{}) || err == nil {
			t.Errorf("Verify of a token that is %s: %+v, %v", name, got, err)
		}
	}
}

// Nothing but its name is printed of what holds keys: the derived key signs as
// well as the key itself.
func TestOnlyNamesArePrinted(t *testing.T) {
	for want, v := range map[string]any{
		"saltine.Signer([redacted])":          newSigner(t, testKey, nil),
		"saltine.TimestampSigner([redacted])": newTimestampSigner(t, nil),
		"saltine.CookieStore([redacted])":     newStore(t, nil),
	} {
		if got := fmt.Sprintf("%+v", v); got != want {
			t.Errorf("a %s prints %d characters and not just its name", want, len(got))
		}
	}
}

func TestSaltedHMACRefuses(t *testing.T) {
	for want, call := range map[string]func() ([]byte, error){
		"invalid key":    func() ([]byte, error) { return saltine.SaltedHMAC("salt", nil, "", saltine.SHA256) },
		"invalid option": func() ([]byte, error) { return saltine.SaltedHMAC("salt", nil, "key", 99) },
	} {
		if mac, err := call(); kind(t, err) != want || mac != nil {
			t.Errorf("%x, %v, want an %s", mac, err, want)
		}
	}
}

// Text that is no JSON is malformed, whatever it was to be read into, and is
// not handed to encoding/json.
func TestNoJSONIsMalformed(t *testing.T) {
	signer := newTimestampSigner(t, nil)
	for _, payload := range []string{"", "{", `{"a":1}}`, `{"a":01}`, `{'a':1}`, `"\x"`, "[1,]", strings.Repeat("[", 2000) + strings.Repeat("]", 2000)} {
		token, err := signer.AppendSignPayload(nil, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []any{new(any), new(struct{ A int }), new(map[string]int), new(json.RawMessage), new(string)} {
			if err := signer.UnsignObject(string(token), target, saltine.NoMaxAge); kind(t, err) != "malformed" {
				t.Errorf("%.20s into a %T: %v", payload, target, err)
			}
		}
	}
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

// A timestamp beyond Python's dates is refused even where a stored date says
// when the session ends.
func TestTimestampBeyondDates(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{Expiry: saltine.ExpirySession})
	payload := base64.RawURLEncoding.EncodeToString([]byte(`{"_session_expiry":"2999-01-01T00:00:00+00:00"}`))
	signer := newSigner(t, testKey, &saltine.Options{Salt: saltine.SaltSignedCookies})
	for stamp, want := range map[string]string{
		"1r31eq":   "none",
		"4cXtvP2":  "malformed", // the year 10000 and later
		"-4cXtvP2": "malformed",
	} {
		if _, err := store.Load(signer.Sign(payload + ":" + stamp)); kind(t, err) != want {
			t.Errorf("timestamp %s: %v, want kind %s", stamp, err, want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	signer := newTimestampSigner(t, &saltine.Options{Salt: saltine.SaltSessionStore})
	for _, payload := range []string{"not JSON", "[1]", ""} {
		data, err := signer.AppendSignPayload(nil, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := newStore(t, nil).Decode(string(data)); kind(t, err) != "malformed" || s != nil {
			t.Errorf("%q: %v, %v", payload, s, err)
		}
	}
}

// The form before Django 3.1 follows the rules of all others: the first key
// signs, the others verify, within the limits.
func TestLegacyKeysAndLimits(t *testing.T) {
	legacyStore := func(key saltine.Key, limit int, fallbacks ...saltine.Key) *saltine.CookieStore {
		store, err := saltine.NewCookieStore(key, &saltine.StoreOptions{
			DataForm: saltine.SessionDataWriteLegacy,
			Options:  saltine.Options{Fallbacks: fallbacks, MaxTokenLen: limit},
		})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	encode := func(store *saltine.CookieStore) string {
		s := store.New()
		s.Set("a", 1)
		data, err := store.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	rotated := legacyStore("new", 0, "old", "older")
	if _, err := legacyStore("new", 0).Decode(encode(rotated)); err != nil {
		t.Errorf("with fallbacks another key than the first signs: %v", err)
	}
	for i, key := range []saltine.Key{"new", "old", "older"} {
		s, err := rotated.Decode(encode(legacyStore(key, 0)))
		if err != nil {
			t.Fatal(err)
		}
		if v := s.Verification(); v.Key != i || !v.NeedsResign() {
			t.Errorf("key %d: %+v, NeedsResign %v", i, v, v.NeedsResign())
		}
	}
	data := encode(legacyStore("new", 0))
	if _, err := legacyStore("new", len(data)).Decode(data); err != nil {
		t.Errorf("%d bytes with a limit of as many: %v", len(data), err)
	}
	if _, err := legacyStore("new", len(data)-1).Decode(data); kind(t, err) != "bad signature" {
		t.Errorf("%d bytes with a limit of one less: %v", len(data), err)
	}
}

// Where SHA-1 is not allowed, the form before Django 3.1 is refused at start.
func TestLegacyUnderFIPS(t *testing.T) {
	if os.Getenv("SALTINE_TEST_FIPS") != "" {
		for form := range saltine.SessionDataWriteLegacy + 1 {
			want := "invalid option"
			if form == saltine.SessionDataSigned {
				want = "none"
			}
			if _, err := saltine.NewCookieStore(testKey, &saltine.StoreOptions{DataForm: form}); kind(t, err) != want {
				t.Errorf("form %d: %v, want kind %s", form, err, want)
			}
		}
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestLegacyUnderFIPS$")
	cmd.Env = append(os.Environ(), "SALTINE_TEST_FIPS=only", "GODEBUG=fips140=only")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
