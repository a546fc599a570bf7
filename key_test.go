package saltine_test

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
)

// secret is a key that nothing but an explicit conversion may show.
const secret = "correct horse battery staple"

// canaries holds one of everything that has a key or a session: the key and the
// values are secret, and so is the cookie.
func canaries(t *testing.T) (values map[string]any, cookie string) {
	t.Helper()
	keys := ring(secret, secret+"2")
	store := newStoreOf(t, keys, nil)
	signer := newSigner(t, keys, nil)
	timestamp, err := saltine.NewTimestampSigner(keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	session := store.New()
	session.Set("value", secret)
	session.Set("large", strings.Repeat(secret, 10))
	cookie = save(t, store, session)
	fresh, err := store.Load(cookie)
	if err != nil {
		t.Fatal(err)
	}
	small := newStoreOf(t, keys, &saltine.StoreOptions{MaxTokenLen: 60})
	_, tooLarge := small.Save(session)
	_, missing := saltine.Field[int]("missing").Get(session)
	_, wrong := saltine.Field[int]("value").Get(session)
	_, unwritten := saltine.NewSigner(keys, &saltine.Options{Separator: secret})
	_, expired := timestamp.Unsign(timestamp.Sign(secret), -time.Hour)
	_, malformed := store.Load(newSigner(t, keys, &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies"}).Sign(secret))
	_, badLine := saltine.ParseKeyring(secret+" ", nil)
	return map[string]any{
		"keyring": keys, "keyring pointer": &keys, "keyring options": saltine.KeyringOptions{Fallbacks: []saltine.Key{secret}},
		"keyring options pointer": &saltine.KeyringOptions{Fallbacks: []saltine.Key{secret}},
		"signer":                  signer, "timestamp signer": timestamp, "store": store, "interface": saltine.Store(store),
		"session data": newSessionData(t, keys, nil), "session": session, "fresh session": fresh,
		"opened session": store.Open(t.Context(), cookie), "field": saltine.Field[string]("value"), "expiry": saltine.ExpireIn(time.Hour),
		"verification": fresh.Verification(), "sizes": session.Sizes(), "serializer": saltine.JSONSerializer{},
		"too large": tooLarge, "missing": missing, "wrong type": wrong, "option": unwritten, "expired": expired,
		"malformed": malformed, "bad line": badLine,
		"unavailable": saltine.Unavailable(store, context.Canceled).Open(t.Context(), cookie).Err(),
		"weak key":    saltine.Key(secret).Check(), "weak ring": keys.Check(),
	}, cookie
}

// Neither key, nor cookie, nor value shows, whatever prints what holds them: by
// value, by pointer or inside of something else.
func TestKeyIsRedacted(t *testing.T) {
	key := saltine.Key(secret)
	values, cookie := canaries(t)
	hidden := func(text string) bool { return !leaks(text) && !strings.Contains(text, cookie) }
	for name, v := range maps.Clone(values) {
		values["field with "+name] = struct{ V any }{v}
		values["hidden field with "+name] = struct{ v any }{v}
		values["slice with "+name] = []any{v}
		values["map with "+name] = map[string]any{"v": v}
		if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer {
			values["value of "+name] = p.Elem() // fmt prints what a reflect.Value holds
		}
	}
	maps.Copy(values, map[string]any{
		"key": key, "pointer": &key, "slice": []saltine.Key{key}, "map": map[string]saltine.Key{"k": key},
		"struct": struct{ K saltine.Key }{key}, "error": errors.Join(fmt.Errorf("with %v", key), key.Check()),
	})
	for _, exception := range []string{ // in the doc comment of Key
		"hidden field with keyring options",
		"field with keyring options pointer", "hidden field with keyring options pointer",
		"slice with keyring options pointer", "map with keyring options pointer",
	} {
		delete(values, exception)
	}
	for name, v := range values {
		for verb := range strings.FieldsSeq("%v %+v %#v %s %q %x %X %d %t %T %08b %c %U %e") {
			if got := fmt.Sprintf(verb, v); !hidden(got) {
				t.Errorf("%s printed with %s shows a secret", name, verb)
			}
		}
		var logged bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
			slog.New(h).Info("test", "value", v, slog.Group("group", "value", v))
		}
		if !hidden(logged.String()) {
			t.Errorf("%s logged with slog shows a secret", name)
		}
		if text, err := json.Marshal(v); err == nil && !hidden(string(text)) {
			t.Errorf("%s as JSON shows a secret", name)
		}
	}
	if string(key) != secret {
		t.Error("an explicit conversion must give the key")
	}
}

// Nothing but its name is printed of what holds keys: the derived key signs as
// well as the key itself.
func TestOnlyNamesArePrinted(t *testing.T) {
	for want, v := range map[string]any{
		"saltine.Keyring([redacted])":         testKeys,
		"saltine.Signer([redacted])":          newSigner(t, testKeys, nil),
		"saltine.TimestampSigner([redacted])": newTimestampSigner(t, nil),
		"saltine.CookieStore([redacted])":     newStore(t, nil),
		"saltine.SessionData([redacted])":     newSessionData(t, testKeys, nil),
		"saltine.Session([redacted])":         newStore(t, nil).New(),
	} {
		if got := fmt.Sprintf("%+v", v); got != want {
			t.Errorf("a %s prints %d characters and not just its name", want, len(got))
		}
	}
	text, err := json.Marshal(testKeys)
	if err != nil || string(text) != `"saltine.Keyring([redacted])"` {
		t.Errorf("a Keyring as JSON has %d characters, %v", len(text), err)
	}
}

// What a panic prints of a key when the program dies of it.
func TestPanicShowsNoKey(t *testing.T) {
	key := saltine.Key(secret)
	values := map[string]any{
		"key": key, "pointer": &key, "options": saltine.KeyringOptions{Fallbacks: []saltine.Key{key}}, "signer": newSigner(t, ring(key), nil),
		"keyring": ring(key), "error": fmt.Errorf("%w: %v", saltine.ErrInvalidKey, key),
	}
	if name := os.Getenv("SALTINE_TEST_PANIC"); name != "" {
		panic(values[name])
	}
	for name := range values {
		out, err := testkit.Again(t, "SALTINE_TEST_PANIC="+name)
		if err == nil || !strings.Contains(out, "panic: ") {
			t.Errorf("%s: %v, and no panic", name, err)
		}
		if leaks(out) {
			t.Errorf("a panic with %s shows the key", name)
		}
	}
}

// leaks looks for the secret, plain, quoted or in hexadecimal.
func leaks(text string) bool {
	return strings.Contains(text, secret) ||
		strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", secret)) ||
		strings.Contains(text, strings.Trim(fmt.Sprint([]byte(secret)), "[]"))
}

// TestKeyCheck holds each reason to what it should find, and to what is only like it.
func TestKeyCheck(t *testing.T) {
	fifty := strings.Repeat("abcde", 10)
	for _, tt := range []struct {
		name, reason string
		key          saltine.Key
		finding      string // in the error; empty for a good key
	}{
		{"comment", "key files have none", "# the key of the shop, made by somebody on some day in May", "comment"},
		{"assignment", "a line of an .env file", "SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdef", "NAME=value"},
		{"empty", "signs for everybody", "", "it is empty"},
		{"line end", "a file ends with one", testKey + "\n", "white space"},
		{"blank before", "copied along", " " + testKey, "white space"},
		{"no-break space", "white space is more than ASCII's", testKey + "\u00a0", "white space"},
		{"blank inside", "a passphrase has blanks", testKey + " and more", ""},
		{"bytes that are blanks in latin-1", "keys need not be text", testKey + "\xa0\x85", ""},
		{"double quotes", "an .env file that nobody parsed", `"` + testKey + `"`, "quotes"},
		{"single quotes", "the same", "'" + testKey + "'", "quotes"},
		{"one quote", "both belong together", `"` + testKey, ""},
		{"two quotes of a kind each", "the same", `"` + testKey + "'", ""},
		{"quotes inside", "they are part of the key", testKey + `"x"` + testKey, ""},
		{"a quote alone", "it does not stand in quotes", `"`, "shorter"},
		{"placeholder", "somebody forgot", "change-me", "placeholder"},
		{"placeholder, shouted", "the same", "YOUR_SECRET_KEY", "placeholder"},
		{"placeholder in brackets", "the same", "<insert key here>", "placeholder"},
		{"long placeholder", "marks make no key", saltine.Key("change" + strings.Repeat("-+*/_", 10) + "me"), "placeholder"},
		{"placeholder inside", "any text may hold one", "secret" + testKey, ""},
		{"placeholder and digits", "digits are part of the key", "key31415926535897932384626433832795028841971693993751", ""},
		{"placeholder and letters beyond ASCII", "they are part of the key", saltine.Key("key" + strings.Repeat("ключи", 10)), ""},
		{"insecure prefix", "startproject marks its keys", "django-insecure-" + testKey, "django-insecure-"},
		{"insecure prefix later", "it is no prefix", "x-django-insecure-" + testKey, ""},
		{"insecure prefix in capitals", "Django's check looks at case", "DJANGO-INSECURE-" + testKey, ""},
		{"49 bytes", "Django's check wants 50", saltine.Key(fifty[1:]), "shorter than 50"},
		{"50 bytes", "just enough", saltine.Key(fifty), ""},
		{"four different bytes", "Django's check wants five", saltine.Key(strings.Repeat("abcd", 20)), "fewer than five"},
		{"five different bytes", "just enough", saltine.Key(strings.Repeat("abcd", 20) + "e"), ""},
		{"good", "long and varied", testKey, ""},
		{"bytes", "keys need not be text", saltine.Key(strings.Repeat("\xff\x00\x01\x02\x03", 10)), ""},
	} {
		err := tt.key.Check()
		switch {
		case tt.finding == "" && err != nil:
			t.Errorf("%s: %v, want a good key: %s", tt.name, err, tt.reason)
		case tt.finding != "" && (kind(t, err) != "invalid key" || !strings.Contains(err.Error(), tt.finding)):
			t.Errorf("%s: %v, want %s: %s", tt.name, err, tt.finding, tt.reason)
		}
		if err != nil && tt.key != "" && tt.key != `"` && strings.Contains(err.Error(), string(tt.key)) {
			t.Errorf("%s: the error shows the key", tt.name)
		}
	}
}

// The answers are those of Python's hmac: see TestFingerprintLikePython.
func TestFingerprint(t *testing.T) {
	for key, want := range map[saltine.Key]string{
		testKey:                               "34cde4cd",
		"k":                                   "3294ace9",
		"\xff\x00\xfe":                        "ff36e385",
		"schlüssel":                           "af47f800",
		saltine.Key(strings.Repeat("x", 200)): "760aaa4c",
	} {
		if got := key.Fingerprint(); got != want {
			t.Errorf("the fingerprint of a key of %d bytes is %s, want %s", len(key), got, want)
		}
	}
	got := ring(testKey, "k", "schlüssel").Fingerprints()
	if diff := cmp.Diff([]string{"34cde4cd", "3294ace9", "af47f800"}, got); diff != "" {
		t.Errorf("of a keyring (-want +got)\n%s", diff)
	}
	if got := ring(testKey, "k").ForCookies().Fingerprints()[1]; got != saltine.Key("django.http.cookiesk").Fingerprint() {
		t.Errorf("of a keyring for cookies: %s", got)
	}
}

func TestFingerprintLikePython(t *testing.T) {
	const script = `
import hashlib, hmac, sys
label = b"saltine.Key.Fingerprint"
for line in sys.stdin:
    derived = hashlib.sha256(label + bytes.fromhex(line)).digest()
    print(hmac.new(derived, label, hashlib.sha256).hexdigest()[:8])
`
	var keys, lines []string
	for n := 1; n < 300; n++ {
		keys = append(keys, strings.Repeat(string(rune('!'+n)), n))
		lines = append(lines, fmt.Sprintf("%x", keys[n-1]))
	}
	for i, want := range testkit.PythonLines(t, testkit.Python(t), script, lines) {
		if got := saltine.Key(keys[i]).Fingerprint(); got != want {
			t.Errorf("the fingerprint of a key of %d bytes is %s, want %s", len(keys[i]), got, want)
		}
	}
}

func TestParseKeyring(t *testing.T) {
	keep := &saltine.KeyringOptions{KeepSpace: true}
	for _, tt := range []struct {
		name, reason, text string
		opts               *saltine.KeyringOptions
		keys               []saltine.Key // nil for an error
		finding            string        // in the error
	}{
		{"one key", "an environment variable", "one", nil, []saltine.Key{"one"}, ""},
		{"a line", "a file", "one\n", nil, []saltine.Key{"one"}, ""},
		{"three lines", "the first signs", "one\ntwo\nthree\n", nil, []saltine.Key{"one", "two", "three"}, ""},
		{"CRLF", "an editor of Windows", "one\r\ntwo\r\n", nil, []saltine.Key{"one", "two"}, ""},
		{"CRLF, no last one", "the same", "one\r\ntwo", nil, []saltine.Key{"one", "two"}, ""},
		{"byte order mark", "the same", "\ufeffone\ntwo", nil, []saltine.Key{"one", "two"}, ""},
		{"byte order mark inside", "it is a character like others there", "one\n\ufefftwo", nil, []saltine.Key{"one", "\ufefftwo"}, ""},
		{"blank lines", "they separate", "\n \none\n\t\r\n\r\n\ntwo\n\n", nil, []saltine.Key{"one", "two"}, ""},
		{"blanks inside", "a passphrase", "one and two", nil, []saltine.Key{"one and two"}, ""},
		{"twice the same", "no harm is done", "a key\na key", nil, []saltine.Key{"a key", "a key"}, ""},
		{"fallbacks", "those of the options come last", "one\ntwo", &saltine.KeyringOptions{Fallbacks: []saltine.Key{"three", "four"}}, []saltine.Key{"one", "two", "three", "four"}, ""},
		{"blank at the end", "it would make another key", "one\n\ntwo \n", nil, nil, "line 3 "},
		{"tab at the start", "the same", "\tone", nil, nil, "line 1 "},
		{"blank before CRLF", "the same", "one\r\ntwo \r\n", nil, nil, "line 2 "},
		{"two carriage returns", "one ends the line", "one\r\r\n", nil, nil, "line 1 "},
		{"no-break space", "white space is more than ASCII's", "one\u00a0", nil, nil, "line 1 "},
		{"blanks kept", "they belong to the key", " one \n\ttwo\r\n \n", keep, []saltine.Key{" one ", "\ttwo"}, ""},
		{"nothing", "a variable that is not set", "", nil, nil, "the text has no keys: is the variable or the file empty?"},
		{"blank lines alone", "an empty file", "\ufeff\n \r\n", nil, nil, "the text has no keys: is the variable or the file empty?"},
		{"blank lines alone, kept", "a key of white space is a mistake", " \n", keep, nil, "the text has no keys: is the variable or the file empty?"},
		{"empty fallback", "a variable that is not set", "one\ntwo", &saltine.KeyringOptions{Fallbacks: []saltine.Key{"three", ""}}, nil, "Fallbacks[1]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keys, err := saltine.ParseKeyring(tt.text, tt.opts)
			if tt.keys == nil {
				if kind(t, err) != "invalid key" || !strings.Contains(err.Error(), tt.finding) || keys != (saltine.Keyring{}) {
					t.Errorf("%v, want %s: %s", err, tt.finding, tt.reason)
				}
				return
			}
			if err != nil {
				t.Fatalf("%v: %s", err, tt.reason)
			}
			want := ring(tt.keys[0], tt.keys[1:]...)
			if diff := cmp.Diff(want.Fingerprints(), keys.Fingerprints()); diff != "" {
				t.Errorf("%s: fingerprints (-want +got)\n%s", tt.reason, diff)
			}
			for i, key := range tt.keys {
				first := slices.Index(tt.keys, key)
				if v, err := newSigner(t, keys, nil).Verify(newSigner(t, ring(key), nil).Sign("v")); err != nil || v.KeyIndex != first {
					t.Errorf("key %d: %+v, %v: %s", i, v, err, tt.reason)
				}
			}
		})
	}
}

func TestKeyringCheck(t *testing.T) {
	good := testKey + ", and another one"
	for _, tt := range []struct {
		name, reason string
		keys         saltine.Keyring
		finding      string
	}{
		{"good", "all of them are", ring(testKey, good), ""},
		{"weak key", "it signs", ring("weak", good), "(key 1 of 2)"},
		{"weak fallback", "it verifies, so it signs for others", ring(testKey, good, "weak"), "(key 3 of 3)"},
		{"two weak ones", "the first is told", ring(testKey, "weak", "weak"), "(key 2 of 3)"},
		{"none", "the zero Keyring", saltine.Keyring{}, "empty"},
	} {
		switch err := tt.keys.Check(); {
		case tt.finding == "" && err != nil:
			t.Errorf("%s: %v: %s", tt.name, err, tt.reason)
		case tt.finding != "" && (kind(t, err) != "invalid key" || !strings.Contains(err.Error(), tt.finding)):
			t.Errorf("%s: %v, want %s: %s", tt.name, err, tt.finding, tt.reason)
		}
	}
}

// The zero Keyring is an error wherever it goes, and never a key that everybody has.
func TestZeroKeyring(t *testing.T) {
	var keys saltine.Keyring
	for name, call := range map[string]func(saltine.Keyring) error{
		"NewSigner":          func(k saltine.Keyring) error { _, err := saltine.NewSigner(k, nil); return err },
		"NewTimestampSigner": func(k saltine.Keyring) error { _, err := saltine.NewTimestampSigner(k, nil); return err },
		"NewCookieStore":     func(k saltine.Keyring) error { _, err := saltine.NewCookieStore(k, nil); return err },
		"NewSessionData":     func(k saltine.Keyring) error { _, err := saltine.NewSessionData(k, nil); return err },
		"Dumps":              func(k saltine.Keyring) error { _, err := k.Dumps(1, nil); return err },
		"Loads":              func(k saltine.Keyring) error { return k.Loads("e30:1r31eq:x", new(any), 0, nil) },
		"SaltedHMAC":         func(k saltine.Keyring) error { _, err := k.SaltedHMAC("salt", nil, crypto.SHA256); return err },
		"VerifySaltedHMAC": func(k saltine.Keyring) error {
			_, err := k.VerifySaltedHMAC("salt", nil, "", crypto.SHA256)
			return err
		},
		"Check": saltine.Keyring.Check,
	} {
		if err := call(keys); kind(t, err) != "invalid key" {
			t.Errorf("%s: %v", name, err)
		}
		if err := call(keys.ForCookies()); kind(t, err) != "invalid key" {
			t.Errorf("%s for cookies: %v", name, err)
		}
	}
	if got := keys.Fingerprints(); got != nil {
		t.Errorf("Fingerprints() = %v", got)
	}
}

// hashlib are the names of Django's algorithms, with what signs by them is long.
var hashlib = map[string]struct {
	hash         crypto.Hash
	signatureLen int
}{
	"md5": {crypto.MD5, 22}, "sha1": {crypto.SHA1, 27}, "sha224": {crypto.SHA224, 38}, "sha256": {crypto.SHA256, 43},
	"sha384": {crypto.SHA384, 64}, "sha512": {crypto.SHA512, 86}, "sha3_224": {crypto.SHA3_224, 38}, "sha3_256": {crypto.SHA3_256, 43},
	"sha3_384": {crypto.SHA3_384, 64}, "sha3_512": {crypto.SHA3_512, 86}, "blake2b": {crypto.BLAKE2b_512, 86}, "blake2s": {crypto.BLAKE2s_256, 43},
}

func TestAlgorithmByName(t *testing.T) {
	for name, want := range hashlib {
		a, err := saltine.AlgorithmByName(name)
		if err != nil || a != want.hash {
			t.Errorf("AlgorithmByName(%q) = %v, %v", name, a, err)
			continue
		}
		token := newSigner(t, newKeyring(t, testKey, &saltine.KeyringOptions{Algorithm: a}), nil).Sign("v")
		if got := len(token) - len("v:"); got != want.signatureLen {
			t.Errorf("%s: signature of %d characters, want %d", name, got, want.signatureLen)
		}
	}
	for _, name := range []string{"", "SHA256", "sha-256", "SHA-256", "sha512_256", "ripemd160", "shake_128", "invalid"} {
		if a, err := saltine.AlgorithmByName(name); kind(t, err) != "invalid option" || a != 0 {
			t.Errorf("AlgorithmByName(%q) = %v, %v", name, a, err)
		}
	}
}

// Every hash of package crypto that Django does not have is refused, as is what is
// no hash at all.
func TestHashesOfDjangoAlone(t *testing.T) {
	django := map[crypto.Hash]bool{0: true} // SHA-256
	for _, a := range hashlib {
		django[a.hash] = true
	}
	for hash := range crypto.Hash(100) {
		for name, opts := range map[string]saltine.KeyringOptions{
			"signs":    {Algorithm: hash},
			"verifies": {LegacyAlgorithms: []crypto.Hash{hash}},
		} {
			want := "invalid option"
			if django[hash] && (hash != 0 || name == "signs") {
				want = "none"
			}
			if _, err := saltine.NewKeyring(testKey, &opts); kind(t, err) != want {
				t.Errorf("hash %d that %s: %v, want kind %s", uint(hash), name, err, want)
			}
		}
	}
}
