package saltine_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

func TestNewRefuses(t *testing.T) {
	type options struct {
		saltine.StoreOptions
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
		{"unknown algorithm", "not one of the twelve", func(o *options) { o.Algorithm = 12 }, "invalid option"},
		{"unknown legacy algorithm", "not one of the twelve", func(o *options) { o.LegacyAlgorithms = []saltine.Algorithm{99} }, "invalid option"},
		{"unknown compression", "no such setting", func(o *options) { o.Compression = 99 }, "invalid option"},
		{"negative length to compress", "no such length", func(o *options) { o.MinCompress = -1 }, "invalid option"},
		{"negative token limit", "no such length", func(o *options) { o.MaxTokenLen = -1 }, "invalid option"},
		{"negative payload limit", "no such length", func(o *options) { o.MaxPayloadLen = -1 }, "invalid option"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options{key: testKey}
			tt.set(&o)
			_, errSigner := saltine.NewSigner(o.key, &o.Options)
			_, errTimestamp := saltine.NewTimestampSigner(o.key, &o.Options)
			_, errStore := saltine.NewCookieStore(o.key, &o.StoreOptions)
			_, errDumps := saltine.Dumps(o.key, 1, &o.Options)
			errLoads := saltine.Loads(o.key, "e30:1r31eq:x", new(any), saltine.NoMaxAge, &o.Options)
			for _, err := range []error{errSigner, errTimestamp, errStore, errDumps, errLoads} {
				if got := kind(t, err); got != tt.kind {
					t.Errorf("got %v, want an error of kind %s: %s", err, tt.kind, tt.reason)
				}
			}
		})
	}
	for name, o := range map[string]saltine.StoreOptions{
		"negative cookie age":    {CookieAge: -1},
		"cookie age of a number": {CookieAge: 1209600},
		"unknown expiry policy":  {Expiry: 9},
		"unknown data form":      {DataForm: 9},
		"data salt of no class":  {DataSalt: "x", DataForm: saltine.SessionDataReadLegacy},
		"compression of no kind": {Options: saltine.Options{Compression: 9}},
	} {
		if _, err := saltine.NewCookieStore(testKey, &o); kind(t, err) != "invalid option" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAlgorithmByName(t *testing.T) {
	for name := range strings.FieldsSeq("md5 sha1 sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512 blake2b blake2s") {
		a, err := saltine.AlgorithmByName(name)
		if err != nil || a.String() != name {
			t.Errorf("AlgorithmByName(%q) = %v, %v", name, a, err)
		}
		token := newSigner(t, testKey, &saltine.Options{Algorithm: a}).Sign("v")
		if got := len(token) - len("v:"); got != a.SignatureLen() {
			t.Errorf("%s: signature of %d characters, SignatureLen says %d", name, got, a.SignatureLen())
		}
	}
	for _, name := range []string{"", "SHA256", "sha-256", "sha512_256", "ripemd160", "shake_128", "invalid"} {
		if _, err := saltine.AlgorithmByName(name); kind(t, err) != "invalid option" {
			t.Errorf("AlgorithmByName(%q): %v", name, err)
		}
	}
	if got := saltine.Algorithm(200); got.String() != "invalid" || got.SignatureLen() != 0 {
		t.Errorf("an Algorithm out of range is %v with signatures of %d", got, got.SignatureLen())
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
	signer := newSigner(t, testKey, nil)
	store := newStore(t, nil)
	session := store.New()
	session.Set("user", "ann")
	cookie := save(t, store, session)
	for _, tt := range bad {
		t.Run(tt.name, func(t *testing.T) {
			token := tt.alter(signer.Sign("value of some length"))
			altered := tt.alter(cookie)
			bytesToken := []byte(token)
			if _, err := signer.Unsign(token); kind(t, err) != "bad signature" {
				t.Errorf("Unsign: %v: %s", err, tt.reason)
			}
			if _, err := signer.UnsignBytes(bytesToken); kind(t, err) != "bad signature" {
				t.Errorf("UnsignBytes: %v: %s", err, tt.reason)
			}
			if _, err := store.Verify(altered); kind(t, err) != "bad signature" {
				t.Errorf("Verify: %v: %s", err, tt.reason)
			}
			if s, err := store.Load(altered); kind(t, err) != "bad signature" || s != nil {
				t.Errorf("Load: %v, %v: %s", s, err, tt.reason)
			}
			allocations(t, 0, "UnsignBytes", func() { signer.UnsignBytes(bytesToken) }) //nolint:errcheck // known
			allocations(t, 0, "Verify", func() { store.Verify(altered) })               //nolint:errcheck // known
		})
	}
}

// allocations fails if f allocates more than max times.
func allocations(t *testing.T, limit float64, name string, f func()) {
	t.Helper()
	if raceEnabled {
		return // the race detector makes sync.Pool drop states
	}
	if got := testing.AllocsPerRun(100, f); got > limit {
		t.Errorf("%s: %v allocations, want at most %v", name, got, limit)
	}
}

func TestTooLarge(t *testing.T) {
	signer := newSigner(t, testKey, &saltine.Options{MaxTokenLen: 100})
	token := newSigner(t, testKey, nil).Sign(strings.Repeat("v", 57))
	_, err := signer.Unsign(token)
	want := &saltine.SizeError{What: "token", Size: 101, Limit: 100}
	if got, _ := errors.AsType[*saltine.SizeError](err); kind(t, err) != "too large" || !cmp.Equal(got, want) {
		t.Errorf("Unsign of 101 bytes with a limit of 100: %v", err)
	}
	if _, err := signer.Unsign(newSigner(t, testKey, nil).Sign(strings.Repeat("v", 56))); err != nil {
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

// CVE-2025-47278 in Flask: the list of keys was turned round, and the stalest
// key signed.
func TestFirstKeySigns(t *testing.T) {
	opts := &saltine.Options{Fallbacks: []saltine.Key{"older", "oldest"}}
	token := newSigner(t, "newest", opts).Sign("v")
	if got := newSigner(t, "newest", nil).Sign("v"); got != token {
		t.Error("with fallbacks another key than the first signs")
	}
	for i, key := range []saltine.Key{"newest", "older", "oldest"} {
		v, err := newSigner(t, "newest", opts).Verify(newSigner(t, key, nil).Sign("v"))
		if err != nil || v.Key != i || v.NeedsResign() != (i > 0) {
			t.Errorf("key %d: %+v, NeedsResign %v, %v", i, v, v.NeedsResign(), err)
		}
	}
	if _, err := newSigner(t, "newest", opts).Verify(newSigner(t, "unknown", nil).Sign("v")); kind(t, err) != "bad signature" {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestLegacyAlgorithm(t *testing.T) {
	old := newSigner(t, "old", &saltine.Options{Algorithm: saltine.SHA1}).Sign("v")
	if _, err := newSigner(t, "old", nil).Unsign(old); kind(t, err) != "bad signature" {
		t.Errorf("sha1 without being asked for: %v", err)
	}
	opts := &saltine.Options{LegacyAlgorithms: []saltine.Algorithm{saltine.SHA1}, Fallbacks: []saltine.Key{"old"}}
	v, err := newSigner(t, "new", opts).Verify(old)
	if err != nil || v.Algorithm != saltine.SHA1 || v.Key != 1 || !v.NeedsResign() {
		t.Errorf("sha1 under a fallback key: %+v, %v", v, err)
	}
	if newSigner(t, "new", opts).Sign("v") != newSigner(t, "new", nil).Sign("v") {
		t.Error("a legacy algorithm signs")
	}
}

func TestBytesAndText(t *testing.T) {
	signer := newSigner(t, testKey, nil)
	for _, value := range []string{"", "a", ":", "a:b:c", "naïve 😀", strings.Repeat("long", 1000), "\x00\xff"} {
		token := signer.Sign(value)
		if got := string(signer.AppendSign([]byte("dst"), []byte(value))); got != "dst"+token {
			t.Errorf("AppendSign differs from Sign for a value of %d bytes", len(value))
		}
		buf := []byte(value)
		if got := string(signer.AppendSign(buf[:0], buf)); got != token {
			t.Errorf("AppendSign in place differs from Sign for a value of %d bytes", len(value))
		}
		got, err := signer.UnsignBytes([]byte(token))
		if err != nil || !bytes.Equal(got, []byte(value)) {
			t.Errorf("UnsignBytes(Sign(%d bytes)): %v", len(value), err)
		}
	}
	token := []byte(signer.Sign("value"))
	value, err := signer.UnsignBytes(token)
	if err != nil || &value[0] != &token[0] {
		t.Error("UnsignBytes must return a sub-slice of the token")
	}
}

func TestOptionsAreCopied(t *testing.T) {
	opts := &saltine.Options{Fallbacks: []saltine.Key{"old"}, LegacyAlgorithms: []saltine.Algorithm{saltine.SHA1}}
	signer := newSigner(t, testKey, opts)
	token := newSigner(t, "old", nil).Sign("v")
	opts.Fallbacks[0], opts.LegacyAlgorithms[0], opts.Salt = "changed", saltine.MD5, "changed"
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
	signer := newSigner(t, testKey, nil)
	timestamp := newTimestampSigner(t, nil)
	store := newStore(t, nil)
	session := store.New()
	session.Set("user", "ann")
	cookie := save(t, store, session)
	value := []byte("the value")
	dst := make([]byte, 0, 4096)
	token := signer.AppendSign(nil, value)
	stamped := timestamp.AppendSign(nil, value)
	payload := []byte(strings.Repeat(`{"compressible":"payload"}`, 100))
	compressing := newTimestampSigner(t, &saltine.Options{Compression: saltine.CompressionBest})
	compressed, err := compressing.AppendSignPayload(nil, payload)
	if err != nil {
		t.Fatal(err)
	}
	text := string(compressed)

	allocations(t, 0, "Signer.AppendSign", func() { signer.AppendSign(dst, value) })
	allocations(t, 0, "Signer.UnsignBytes", func() { signer.UnsignBytes(token) }) //nolint:errcheck // known
	allocations(t, 0, "Signer.Unsign", func() { signer.Unsign(text) })            //nolint:errcheck // known
	allocations(t, 0, "TimestampSigner.AppendSign", func() { timestamp.AppendSign(dst, value) })
	allocations(t, 0, "TimestampSigner.UnsignBytes", func() { timestamp.UnsignBytes(stamped, saltine.NoMaxAge) }) //nolint:errcheck // known
	allocations(t, 0, "CookieStore.Verify", func() { store.Verify(cookie) })                                      //nolint:errcheck // known
	allocations(t, 0, "AppendPayload", func() { compressing.AppendPayload(dst, text, saltine.NoMaxAge) })         //nolint:errcheck // known
	allocations(t, 0, "AppendSignPayload", func() { compressing.AppendSignPayload(dst, payload) })                //nolint:errcheck // known
	const user saltine.Field[string] = "user"
	allocations(t, 4, "Load and Get", func() {
		s, _ := store.Load(cookie)
		s.Get("user")
	})
	allocations(t, 2, "Load and Field.Get", func() {
		s, _ := store.Load(cookie)
		user.Get(s) //nolint:errcheck // known
	})
}
