package saltine_test

import (
	"crypto"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
)

func TestNewRefuses(t *testing.T) {
	type options struct {
		saltine.KeyringOptions
		saltine.Options
		key saltine.Key
	}
	for _, tt := range []struct {
		name, reason string
		set          func(*options)
		kind         string
	}{
		{"empty key", "anybody could sign", func(o *options) { o.key = "" }, "invalid key"},
		{"empty fallback", "Django takes it for the main key; more likely a variable is not set", func(o *options) { o.Fallbacks = []saltine.Key{"old", ""} }, "invalid key"},
		{"separator of the alphabet", "it could stand in a signature", func(o *options) { o.Separator = "a-_=" }, "invalid option"},
		{"separator between Z and a", "Django's range A-z holds these too", func(o *options) { o.Separator = "^" }, "invalid option"},
		{"separator before a newline", "Django's $ matches before a final newline", func(o *options) { o.Separator = "a\n" }, "invalid option"},
		{"unknown algorithm", "not one of the twelve", func(o *options) { o.Algorithm = crypto.RIPEMD160 }, "invalid option"},
		{"unknown legacy algorithm", "not one of the twelve", func(o *options) { o.LegacyAlgorithms = []crypto.Hash{99} }, "invalid option"},
		{"hash out of range", "no such hash", func(o *options) { o.Algorithm = 200 }, "invalid option"},
		{"nil serializer", "a pointer that is nil, in an interface that is not", func(o *options) { o.Serializer = (*saltine.JSONSerializer)(nil) }, "invalid option"},
		{"nil serializer of another type", "the same", func(o *options) { o.Serializer = (*upper)(nil) }, "invalid option"},
		{"unknown compression", "no such setting", func(o *options) { o.Compression = 99 }, "invalid option"},
		{"negative length to compress", "no such length", func(o *options) { o.MinCompress = -1 }, "invalid option"},
		{"negative token limit", "no such length", func(o *options) { o.MaxTokenLen = -1 }, "invalid option"},
		{"negative payload limit", "no such length", func(o *options) { o.MaxPayloadLen = -1 }, "invalid option"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options{key: testKey}
			tt.set(&o)
			keys, errKeys := saltine.NewKeyring(o.key, &o.KeyringOptions)
			if errKeys != nil {
				if got := kind(t, errKeys); got != tt.kind {
					t.Errorf("got %v, want an error of kind %s: %s", errKeys, tt.kind, tt.reason)
				}
				return // what the constructors make of the empty Keyring: TestZeroValuesGiveErrors
			}
			_, errSigner := saltine.NewSigner(keys, &o.Options)
			_, errTimestamp := saltine.NewTimestampSigner(keys, &o.Options)
			_, errData := saltine.NewSessionData(keys, &o.Options)
			_, errDumps := keys.Dumps(1, &o.Options)
			errLoads := keys.Loads("e30:1r31eq:x", new(any), saltine.NoMaxAge, &o.Options)
			errs := []error{errSigner, errTimestamp, errData, errDumps, errLoads}
			if o.Separator == "" { // a store has no other than Django's
				_, errStore := saltine.NewCookieStore(keys, &saltine.StoreOptions{
					Serializer: o.Serializer, Compression: o.Compression, MinCompress: o.MinCompress,
					MaxTokenLen: o.MaxTokenLen, MaxPayloadLen: o.MaxPayloadLen,
				})
				errs = append(errs, errStore)
			}
			for _, err := range errs {
				if got := kind(t, err); got != tt.kind {
					t.Errorf("got %v, want an error of kind %s: %s", err, tt.kind, tt.reason)
				}
			}
		})
	}
	for name, o := range map[string]saltine.StoreOptions{
		"negative cookie age":    {CookieAge: -1},
		"cookie age of a number": {CookieAge: 1209600},
		"unknown expiry policy":  {ExpiryPolicy: 9},
		"compression of no kind": {Compression: 9},
	} {
		if _, err := saltine.NewCookieStore(testKeys, &o); kind(t, err) != "invalid option" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// bad is what a token is turned into by accident or by force.
var bad = []struct {
	name, reason string
	alter        func(string) string
}{
	{"first character", "the MAC covers the value", func(s string) string { return "A" + s[1:] }},
	{"last character", "the MAC is compared whole", func(s string) string { return s[:len(s)-1] + string(s[len(s)-1]^1) }},
	{"truncated", "one character is missing", func(s string) string { return s[:len(s)-1] }},
	{"half", "a proxy cut the header", func(s string) string { return s[:len(s)/2] }},
	{"empty", "no token", func(string) string { return "" }},
	{"only a separator", "no signature", func(string) string { return ":" }},
	{"quoted", "something re-quoted the cookie", func(s string) string { return `"` + s + `"` }},
	{"padded", "the signature is text, not base64", func(s string) string { return s + "=" }},
	{"white space", "the same", func(s string) string { return s + " " }},
	{"percent-encoded", "something encoded the cookie", func(s string) string { return strings.ReplaceAll(s, ":", "%3A") }},
	{"not UTF-8", "no key signed that", func(s string) string { return "\xff\xfe" + s }},
	{"NUL", "no key signed that", func(s string) string { return s + "\x00" }},
	{"doubled separator", "the MAC covers it", func(s string) string { i := strings.LastIndex(s, ":"); return s[:i] + ":" + s[i:] }},
	{"no separator", "nothing says where the signature starts", func(s string) string { return strings.ReplaceAll(s, ":", "") }},
	{"upper case", "another signature", strings.ToUpper},
	{"1 MB of letters", "junk", func(string) string { return strings.Repeat("x", 1<<20) }},
	{"1 MB of separators", "junk", func(string) string { return strings.Repeat(":", 1<<20) }},
	{"1 MB of bytes", "junk", func(string) string { return strings.Repeat("\x80:\xff", 1<<20/3) }},
}

func TestUnsignRefuses(t *testing.T) {
	signer := newSigner(t, testKeys, nil)
	store := newStore(t, nil)
	session := store.New()
	session.Set("user", "ann")
	cookie := save(t, store, session)
	for _, tt := range bad {
		t.Run(tt.name, func(t *testing.T) {
			token := tt.alter(signer.Sign("value of some length"))
			altered := tt.alter(cookie)
			if _, err := signer.Unsign(token); kind(t, err) != "bad signature" {
				t.Errorf("Unsign: %v: %s", err, tt.reason)
			}
			if _, err := store.Verify(altered); kind(t, err) != "bad signature" {
				t.Errorf("Verify: %v: %s", err, tt.reason)
			}
			if s, err := store.Load(altered); kind(t, err) != "bad signature" || s != nil {
				t.Errorf("Load: %v, %v: %s", s, err, tt.reason)
			}
			testkit.Allocations(t, 0, "Unsign", func() { signer.Unsign(token) })  //nolint:errcheck // known
			testkit.Allocations(t, 0, "Verify", func() { store.Verify(altered) }) //nolint:errcheck // known
		})
	}
}

// CVE-2025-30204 in golang-jwt: a token was split at every separator before
// anything of it was verified.
func TestSeparatorsCostNothing(t *testing.T) {
	signer := newTimestampSigner(t, nil)
	for _, token := range []string{
		strings.Repeat(":", 1<<20),
		strings.Repeat("a:", 1<<19),
		strings.Repeat(":", maxTokenLen-43) + strings.Repeat("A", 43),
	} {
		if _, err := signer.Unsign(token, saltine.NoMaxAge); kind(t, err) != "bad signature" {
			t.Errorf("%d bytes: %v", len(token), err)
		}
		testkit.Allocations(t, 0, "Unsign", func() { signer.Unsign(token, saltine.NoMaxAge) }) //nolint:errcheck // known
	}
}

// TestSeparatorIsWhole changes each byte of a separator of several.
func TestSeparatorIsWhole(t *testing.T) {
	const separator = "::!"
	s := newSigner(t, testKeys, &saltine.Options{Separator: separator})
	token := s.Sign("value")
	start := strings.LastIndex(token, separator)
	for i := range len(separator) {
		changed := token[:start+i] + "?" + token[start+i+1:]
		if _, err := s.Unsign(changed); !errors.Is(err, saltine.ErrBadSignature) {
			t.Errorf("byte %d of the separator changed: %v, want ErrBadSignature", i, err)
		}
	}
}

func TestTooLarge(t *testing.T) {
	signer := newSigner(t, testKeys, &saltine.Options{MaxTokenLen: 100})
	token := newSigner(t, testKeys, nil).Sign(strings.Repeat("v", 57))
	_, err := signer.Unsign(token)
	want := &saltine.SizeError{What: "token", Size: 101, Limit: 100}
	if got, _ := errors.AsType[*saltine.SizeError](err); kind(t, err) != "too large" || !cmp.Equal(got, want) {
		t.Errorf("Unsign of 101 bytes with a limit of 100: %v", err)
	}
	if _, err := signer.Unsign(newSigner(t, testKeys, nil).Sign(strings.Repeat("v", 56))); err != nil {
		t.Errorf("Unsign of 100 bytes with a limit of 100: %v", err)
	}
	if _, err := signer.SignObject(strings.Repeat("v", 57)); kind(t, err) != "too large" {
		t.Errorf("SignObject of what Unsign would refuse: %v", err)
	}

	bomb, err := newTimestampSigner(t, &saltine.Options{Compression: saltine.CompressionBest}).SignObject(strings.Repeat("0", 100000))
	if err != nil {
		t.Fatal(err)
	}
	err = newTimestampSigner(t, &saltine.Options{MaxPayloadLen: 1000}).UnsignObject(bomb, new(any), saltine.NoMaxAge)
	want = &saltine.SizeError{What: "payload", Size: 1001, Limit: 1000}
	if got, _ := errors.AsType[*saltine.SizeError](err); kind(t, err) != "too large" || !cmp.Equal(got, want) {
		t.Errorf("a payload of 100002 bytes with a limit of 1000: %v", err)
	}
	if _, err := newTimestampSigner(t, &saltine.Options{MaxPayloadLen: 11}).SignObject("0123456789"); kind(t, err) != "too large" {
		t.Errorf("SignObject of 12 bytes with a limit of 11: %v", err)
	}
}

// A token of just the limit is written and read, and one more byte is neither.
func TestTokenLimitIsExact(t *testing.T) {
	const value = "some text of some length"
	token, err := newSigner(t, testKeys, nil).SignObject(value)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		limit int
		kind  string
	}{{len(token), "none"}, {len(token) - 1, "too large"}} {
		signer := newSigner(t, testKeys, &saltine.Options{MaxTokenLen: tt.limit})
		if _, err := signer.SignObject(value); kind(t, err) != tt.kind {
			t.Errorf("SignObject of %d bytes with a limit of %d: %v", len(token), tt.limit, err)
		}
		if err := signer.UnsignObject(token, new(any)); kind(t, err) != tt.kind {
			t.Errorf("UnsignObject of %d bytes with a limit of %d: %v", len(token), tt.limit, err)
		}
	}
}

// What is too long is not hashed to find that out: a signer that never signed
// does not even make its HMAC.
func TestTooLongIsNotHashed(t *testing.T) {
	token := newSigner(t, testKeys, nil).Sign(strings.Repeat("v", maxTokenLen))
	fresh := func() *saltine.Signer { return newSigner(t, testKeys, nil) }
	without := testing.AllocsPerRun(10, func() { fresh() })
	with := testing.AllocsPerRun(10, func() { fresh().Unsign(token) }) //nolint:errcheck // it is too large
	const state, pool, sizeError = 2, 1, 1
	if with-without > state+pool+sizeError && !testkit.Race {
		t.Errorf("%v allocations to refuse a token that is too long", with-without)
	}
}

// CVE-2025-47278 in Flask: the list of keys was turned round, and the stalest
// key signed.
func TestFirstKeySigns(t *testing.T) {
	keys := ring("newest", "older", "oldest")
	token := newSigner(t, keys, nil).Sign("v")
	if got := newSigner(t, ring("newest"), nil).Sign("v"); got != token {
		t.Error("with fallbacks another key than the first signs")
	}
	for i, key := range []saltine.Key{"newest", "older", "oldest"} {
		v, err := newSigner(t, keys, nil).Verify(newSigner(t, ring(key), nil).Sign("v"))
		if err != nil || v.KeyIndex != i || v.NeedsResign() != (i > 0) {
			t.Errorf("key %d: %+v, NeedsResign %v, %v", i, v, v.NeedsResign(), err)
		}
	}
	if _, err := newSigner(t, keys, nil).Verify(newSigner(t, ring("unknown"), nil).Sign("v")); kind(t, err) != "bad signature" {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestLegacyAlgorithm(t *testing.T) {
	old := newSigner(t, newKeyring(t, "old", &saltine.KeyringOptions{Algorithm: crypto.SHA1}), nil).Sign("v")
	if _, err := newSigner(t, ring("old"), nil).Unsign(old); kind(t, err) != "bad signature" {
		t.Errorf("sha1 without being asked for: %v", err)
	}
	keys := newKeyring(t, "new", &saltine.KeyringOptions{LegacyAlgorithms: []crypto.Hash{crypto.SHA1}, Fallbacks: []saltine.Key{"old"}})
	v, err := newSigner(t, keys, nil).Verify(old)
	if err != nil || v.Algorithm != crypto.SHA1 || v.KeyIndex != 1 || !v.Legacy || !v.NeedsResign() {
		t.Errorf("sha1 under a fallback key: %+v, %v", v, err)
	}
	if newSigner(t, keys, nil).Sign("v") != newSigner(t, ring("new"), nil).Sign("v") {
		t.Error("a legacy algorithm signs")
	}
}

func TestAnyTextIsSigned(t *testing.T) {
	signer := newSigner(t, testKeys, nil)
	for _, value := range []string{"", "a", ":", "a:b:c", "naïve 😀", strings.Repeat("long", 1000), "\x00\xff"} {
		token := signer.Sign(value)
		if got, err := signer.Unsign(token); err != nil || got != value || !strings.HasPrefix(token, value+":") {
			t.Errorf("Unsign(Sign(%d bytes)): %v", len(value), err)
		}
	}
}

// No value comes beside an error.
func TestNoValueBesideAnError(t *testing.T) {
	signer := newSigner(t, testKeys, nil)
	stamped := newTimestampSigner(t, &saltine.Options{Now: at(start)})
	forged := signer.Sign("value") + "x"
	old := signAt(t, "value", start.Add(-time.Hour))
	if got, err := signer.Unsign(forged); got != "" || err == nil {
		t.Errorf("Unsign of a forged token: %d bytes, %v", len(got), err)
	}
	for name, token := range map[string]string{"forged": old + "x", "old": old} {
		if got, err := stamped.Unsign(token, time.Second); got != "" || err == nil {
			t.Errorf("Unsign of a token that is %s: %d bytes, %v", name, len(got), err)
		}
		if got, err := stamped.AppendUnsignPayload(nil, token, time.Second); got != nil || err == nil {
			t.Errorf("AppendUnsignPayload of a token that is %s: %d bytes, %v", name, len(got), err)
		}
		if got, err := stamped.Verify(token, time.Second); got != (saltine.Verification{}) || err == nil {
			t.Errorf("Verify of a token that is %s: %+v, %v", name, got, err)
		}
	}
}

func TestOptionsAreCopied(t *testing.T) {
	ringOpts := &saltine.KeyringOptions{Fallbacks: []saltine.Key{"old"}, LegacyAlgorithms: []crypto.Hash{crypto.SHA1}}
	keys := newKeyring(t, testKey, ringOpts)
	ringOpts.Fallbacks[0], ringOpts.LegacyAlgorithms[0] = "changed", crypto.MD5
	opts := &saltine.Options{}
	signer := newSigner(t, keys, opts)
	token := newSigner(t, ring("old"), nil).Sign("v")
	legacy := newSigner(t, newKeyring(t, "old", &saltine.KeyringOptions{Algorithm: crypto.SHA1}), nil).Sign("v")
	opts.Salt, opts.Separator, opts.MaxTokenLen = "changed", "/", 1
	if _, err := signer.Unsign(legacy); err != nil {
		t.Errorf("changing the options afterwards changed the legacy algorithms: %v", err)
	}
	if _, err := signer.Unsign(token); err != nil {
		t.Errorf("changing the options afterwards changed the signer: %v", err)
	}
}

func TestOnVerify(t *testing.T) {
	var seen []saltine.Verification
	opts := &saltine.Options{OnVerify: func(v saltine.Verification) { seen = append(seen, v) }, Now: at(start)}
	signer := newTimestampSigner(t, opts)
	token, err := signer.SignObject("v")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := signer.UnsignObject(token, new(any), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := signer.UnsignObject(token, new(any), -1); kind(t, err) != "expired" {
		t.Fatal(err)
	}
	if err := signer.UnsignObject("x"+token, new(any), 0); kind(t, err) != "bad signature" {
		t.Fatal(err)
	}
	if len(seen) != 2 || !seen[0].SignedAt.Equal(start) || seen[0].Size != len(token) {
		t.Errorf("OnVerify was told %+v, want the two good ones", seen)
	}
}

func TestHotPathsDoNotAllocate(t *testing.T) {
	signer := newSigner(t, testKeys, nil)
	timestamp := newTimestampSigner(t, nil)
	store := newStore(t, nil)
	session := store.New()
	session.Set("user", "ann")
	cookie := save(t, store, session)
	dst := make([]byte, 0, 4096)
	token := signer.Sign("the value")
	stamped := timestamp.Sign("the value")
	payload := []byte(strings.Repeat(`{"compressible":"payload"}`, 100))
	compressing := newTimestampSigner(t, &saltine.Options{Compression: saltine.CompressionBest})
	compressed, err := compressing.AppendSignPayload(nil, payload)
	if err != nil {
		t.Fatal(err)
	}
	text := string(compressed)

	testkit.Allocations(t, 1, "Signer.Sign", func() { signer.Sign("the value") })
	testkit.Allocations(t, 0, "Signer.Unsign", func() { signer.Unsign(token) }) //nolint:errcheck // known
	testkit.Allocations(t, 0, "Signer.Verify", func() { signer.Verify(token) }) //nolint:errcheck // known
	testkit.Allocations(t, 1, "TimestampSigner.Sign", func() { timestamp.Sign("the value") })
	testkit.Allocations(t, 0, "TimestampSigner.Unsign", func() { timestamp.Unsign(stamped, saltine.NoMaxAge) })         //nolint:errcheck // known
	testkit.Allocations(t, 0, "TimestampSigner.Verify", func() { timestamp.Verify(stamped, saltine.NoMaxAge) })         //nolint:errcheck // known
	testkit.Allocations(t, 0, "CookieStore.Verify", func() { store.Verify(cookie) })                                    //nolint:errcheck // known
	testkit.Allocations(t, 0, "AppendPayload", func() { compressing.AppendUnsignPayload(dst, text, saltine.NoMaxAge) }) //nolint:errcheck // known
	testkit.Allocations(t, 0, "AppendSignPayload", func() { compressing.AppendSignPayload(dst, payload) })              //nolint:errcheck // known
	const user saltine.Field[string] = "user"
	testkit.Allocations(t, 4, "Load and Get", func() {
		s, _ := store.Load(cookie)
		s.Get("user")
	})
	testkit.Allocations(t, 2, "Load and Field.Get", func() {
		s, _ := store.Load(cookie)
		user.Get(s) //nolint:errcheck // known
	})
}

// One large token, or session, does not make its room stay.
func TestLargeBuffersAreNotKept(t *testing.T) {
	if testkit.Race {
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
		{"payload", 2 * len(noise), func() { signer.UnsignObject(token, new(any), saltine.NoMaxAge) }},               //nolint:errcheck // known
		{"compressed payload", len(noise) / 2, func() { signer.AppendUnsignPayload(room, token, saltine.NoMaxAge) }}, //nolint:errcheck // known
		{"token", len(noise) * 4 / 3, func() { ready.SignObject(nil) }},                                              //nolint:errcheck // known
	} {
		got := math.MaxInt
		for range 10 {
			got = min(got, testkit.Allocated(tt.call))
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

// One store serves many goroutines, whose pooled buffers never show a byte of
// one session in another: sessions of different lengths, good and bad, large
// and small, while the collector empties the pools.
func TestPooledStatesStayApart(t *testing.T) {
	store := newStoreOf(t, newKeyring(t, testKey, &saltine.KeyringOptions{
		Fallbacks:        []saltine.Key{"old"},
		LegacyAlgorithms: []crypto.Hash{crypto.SHA1},
	}), nil)
	const user saltine.Field[string] = "user"
	const filler saltine.Field[string] = "filler"
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 200 {
				name := fmt.Sprintf("user-%d-%d", worker, i)
				fill := strings.Repeat(name+"/", (worker*31+i*7)%300)
				s := store.New()
				user.Set(s, name)
				filler.Set(s, fill)
				value, err := store.Save(s)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := store.Load("x" + value); kind(t, err) != "bad signature" {
					t.Error(err)
				}
				loaded, err := store.Load(value)
				if err != nil {
					t.Error(err)
					return
				}
				gotName, _ := user.Get(loaded)
				gotFill, _ := filler.Get(loaded)
				if gotName != name || gotFill != fill {
					t.Errorf("session of %s came back as %s", name, gotName)
				}
				if i%50 == 0 {
					runtime.GC()
				}
			}
		})
	}
	group.Wait()
}

// What a session holds is its own: it does not change when the state that read
// it serves others.
func TestSessionsKeepNothingOfThePool(t *testing.T) {
	store := newStore(t, nil)
	first := store.New()
	first.Set("text", strings.Repeat("first", 100))
	s, err := store.Load(save(t, store, first))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		other := store.New()
		other.Set("text", strings.Repeat("other", 100+i))
		if _, err := store.Load(save(t, store, other)); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Get("text"); got != strings.Repeat("first", 100) {
		t.Error("a loaded session changed")
	}
}

// The zero Signer has no key: it returns an error where it can, and never signs.
func TestZeroSigner(t *testing.T) {
	signer := new(saltine.Signer)
	for name, call := range map[string]func() error{
		"Unsign":       func() error { _, err := signer.Unsign("v:x"); return err },
		"Verify":       func() error { _, err := signer.Verify("v:x"); return err },
		"SignObject":   func() error { _, err := signer.SignObject(1); return err },
		"UnsignObject": func() error { return signer.UnsignObject("e30:x", new(any)) },
	} {
		if err := call(); kind(t, err) != "invalid key" {
			t.Errorf("%s: %v", name, err)
		}
	}
	panicsWithoutKey(t, func() { signer.Sign("v") })
}

// panicsWithoutKey expects f to panic with an error of kind ErrInvalidKey.
func panicsWithoutKey(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if err, ok := recover().(error); !ok || kind(t, err) != "invalid key" {
			t.Errorf("panic with %v", err)
		}
	}()
	f()
	t.Error("no panic")
}

// A program may build a Verification, as for a test of its own hook.
func TestVerificationCanBeBuilt(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		v            saltine.Verification
		want         bool
	}{
		{"zero", "nothing was verified", saltine.Verification{}, false},
		{"signing key", "nothing to do", saltine.Verification{Algorithm: crypto.SHA1, SignedAt: start, Size: 10}, false},
		{"fallback", "an old key", saltine.Verification{KeyIndex: 1}, true},
		{"legacy", "an old algorithm", saltine.Verification{Legacy: true}, true},
	} {
		if got := tt.v.NeedsResign(); got != tt.want {
			t.Errorf("%s: NeedsResign() = %v, want %v: %s", tt.name, got, tt.want, tt.reason)
		}
	}
}

// What a Serializer returns may be its own: nothing is written over it later.
func TestSerializersOwnSliceIsNotAdopted(t *testing.T) {
	const text = `{"a":"a payload of a length that others fit into"}`
	own := []byte(text)
	for name, serializer := range map[string]saltine.Serializer{"Serializer": constant(own), "of JSON": constantJSON{constant(own)}} {
		opts := &saltine.Options{Serializer: serializer, Now: at(start)}
		signer, stamped := newSigner(t, testKeys, opts), newTimestampSigner(t, opts)
		store := newStore(t, &saltine.StoreOptions{Serializer: serializer})
		data := newSessionData(t, testKeys, opts)
		other := newTimestampSigner(t, &saltine.Options{Now: at(start), Compression: saltine.CompressionBest, MinCompress: 1})
		shorter, err := other.AppendSignPayload(nil, []byte(strings.Repeat("x", 40)))
		if err != nil {
			t.Fatal(err)
		}
		s := store.New()
		s.Set("a", 1)
		for range 20 {
			_, err1 := signer.SignObject(1)
			_, err2 := stamped.SignObject(1)
			_, err3 := store.Save(s)
			_, err4 := data.Encode(s)
			if err := errors.Join(err1, err2, err3, err4); err != nil {
				t.Fatal(err)
			}
			stamped.UnsignObject(string(shorter), new(any), saltine.NoMaxAge) //nolint:errcheck // it is there to use the buffers
			store.Load(sign(t, `{"b":"something else"}`))                     //nolint:errcheck // the same
		}
		if string(own) != text {
			t.Errorf("%s: its slice was written over", name)
		}
	}
}

// constantJSON is a Serializer of JSON that takes no memory.
type constantJSON struct{ constant }

func (c constantJSON) DumpsJSON([]byte, []byte) ([]byte, error) { return c.constant, nil }
func (c constantJSON) LoadsJSON(dst, payload []byte) ([]byte, error) {
	return append(dst, payload...), nil
}
