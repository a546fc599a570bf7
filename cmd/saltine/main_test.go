package main_test

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	main "github.com/seed-52756201/saltine/cmd/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

// The key and two cookies that real Django 6.0.4 signed with it at 1700000000.
const (
	testKey       = "django-insecure-p0b!k=3x&(v2#9s+public-vector-secret-key-00000001"
	strongKey     = "another public key, for the tests of this command alone, fifty or more"
	djangoCookie  = "eyJuIjoxfQ:1r31eq:W3Q8bozYtBHheHKKpXsXvA7tXnsNMJuX90kGZVxpRS0"
	sha1Cookie    = "eyJuIjoxfQ:1r31eq:OWC2xAFDDgb6tpY8G5gCbOAaPJI" // of Django 2.2.28
	pickleCookie  = "gAJ9cQEu:1r31eq:a0GvE_ma3o5UIAuMDLeTH24gG-8"   // of Django 1.4.22
	oldMessages   = `743980c0de3c8e8986366425c1950d8bafab588a$[["__json_message",25,"Saved.","save"],["__json_message",40,"Failed: \u00e9 \ud83d\ude00","err extra"]]`
	oldData       = "ZWExMjUwMzJkMzJhNWY1MmNiZGQ0ZTdmOTc3ZGNhYzhjMTZjYTAzMjp7Im4iOjF9"
	hostile       = "\x1b[31m\u202e\u009b\a\r"
	signedAt      = 1700000000
	twoDaysLater  = "1700172800"
	threeWeeksOff = "1701814400"
)

// result is what one run of the program did.
type result struct {
	code        int
	out, errors string
}

// cli runs the program two days after the cookies were signed.
func cli(env map[string]string, stdin string, args ...string) result {
	var out, errs strings.Builder
	now := func() time.Time { return time.Unix(signedAt, 0).Add(48 * time.Hour) }
	code := main.Run(args, strings.NewReader(stdin), &out, &errs, func(name string) string { return env[name] }, now)
	return result{code, out.String(), errs.String()}
}

func key(k string) map[string]string { return map[string]string{"SALTINE_KEY": k} }

// sign signs input with strongKey.
func sign(t *testing.T, input string, args ...string) string {
	t.Helper()
	r := cli(key(strongKey), input, append([]string{"sign"}, args...)...)
	if r.code != 0 {
		t.Fatalf("sign: code %d: %s", r.code, r.errors)
	}
	return strings.TrimSuffix(r.out, "\n")
}

func keyFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestExitCodes(t *testing.T) {
	large := strings.Repeat("A", 70000) + djangoCookie[10:]
	for _, tt := range []struct {
		name   string
		args   []string
		stdin  string
		want   int
		reason string
	}{
		{"nothing", nil, "", 2, "the overview goes to stderr"},
		{"help", []string{"help"}, "", 0, "asked for"},
		{"help of a command", []string{"help", "verify"}, "", 0, "asked for"},
		{"help of nothing", []string{"help", "fortune"}, "", 2, "no such command"},
		{"flag help", []string{"verify", "--help"}, "", 0, "asked for"},
		{"unknown command", []string{"fortune"}, "", 2, "no such command"},
		{"unknown flag", []string{"verify", "--fortune"}, "", 2, "no such flag"},
		{"good", []string{"verify", djangoCookie}, "", 0, "Django signed it"},
		{"good from stdin", []string{"verify"}, djangoCookie + "\n", 0, "one line break is not part of it"},
		{"good from stdin with CR LF", []string{"verify"}, djangoCookie + "\r\n", 0, "as Windows ends lines"},
		{"two line breaks", []string{"verify"}, djangoCookie + "\n\n", 0, "white space around a paste is not part of it"},
		{"flags behind the value", []string{"verify", djangoCookie, "--json"}, "", 0, "flags may stand anywhere"},
		{"two values", []string{"verify", djangoCookie, "x"}, "", 2, "which one?"},
		{"a value like a flag", []string{"verify", "--", "-x"}, "", 4, "behind -- everything is a value"},
		{"tampered", []string{"verify", "x" + djangoCookie}, "", 1, "a bad signature"},
		{"empty", []string{"verify", ""}, "", 4, "no separator"},
		{"expired", []string{"verify", "--now", threeWeeksOff, djangoCookie}, "", 3, "older than two weeks"},
		{"age in weeks", []string{"verify", "--now", threeWeeksOff, "--max-age", "4w", djangoCookie}, "", 0, "as people write it"},
		{"age in days passed", []string{"verify", "--now", threeWeeksOff, "--max-age", "14d", djangoCookie}, "", 3, "as people write it"},
		{"token of other software", []string{"verify", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"}, "", 4, "inspect says so too"},
		{"payload altered", []string{"verify", "fyJ" + djangoCookie[3:]}, "", 1, "three parts, and a bad signature"},
		{"session key", []string{"verify", "0123456789abcdefghijklmnopqrstuv"}, "", 4, "nothing is signed in it"},
		{"version", []string{"--version"}, "", 0, "it needs no key"},
		{"decode", []string{"decode", djangoCookie}, "", 2, "inspect was meant"},
		{"longer age", []string{"verify", "--now", threeWeeksOff, "--max-age", "600h", djangoCookie}, "", 0, "the age is an option"},
		{"no age", []string{"verify", "--now", "2040-01-02T03:04:05Z", "--max-age", "none", djangoCookie}, "", 0, "no age is checked"},
		{"age in seconds", []string{"verify", "--now", "1700000002.25", "--max-age", "2.5", djangoCookie}, "", 0, "a quarter of a second is left"},
		{"age in seconds passed", []string{"verify", "--now", "1700000002.75", "--max-age", "2.5", djangoCookie}, "", 3, "a quarter of a second too much"},
		{"age 0 of a session", []string{"verify", "--max-age", "0", djangoCookie}, "", 2, "no session has it"},
		{"age of half a second of a session", []string{"verify", "--max-age", "0.5", djangoCookie}, "", 2, "no session has it"},
		{"bad age", []string{"verify", "--max-age", "soon", djangoCookie}, "", 2, "not an age"},
		{"age not a number", []string{"verify", "--max-age", "nan", djangoCookie}, "", 2, "not an age"},
		{"bad time", []string{"verify", "--now", "yesterday", djangoCookie}, "", 2, "not a time"},
		{"time out of range", []string{"verify", "--now", "1e300", djangoCookie}, "", 2, "beyond every clock"},
		{"bad algorithm", []string{"verify", "--algorithm", "SHA256", djangoCookie}, "", 2, "names are Python's"},
		{"other algorithm", []string{"verify", sha1Cookie}, "", 1, "SHA-1 has to be asked for"},
		{"legacy algorithm", []string{"verify", "--legacy-algorithm", "sha1", sha1Cookie}, "", 0, "asked for"},
		{"bad separator", []string{"verify", "--plain", "--separator", "a", djangoCookie}, "", 2, "Django refuses it as well"},
		{"separator of a session", []string{"verify", "--separator", "::", djangoCookie}, "", 2, "Django's sessions have the colon"},
		{"separator of a signed session", []string{"sign", "--separator", "::", `{"n":1}`}, "", 2, "Django's sessions have the colon"},
		{"the colon for a session", []string{"verify", "--separator", ":", djangoCookie}, "", 0, "it has that one"},
		{"other salt", []string{"verify", "--dumps", djangoCookie}, "", 1, "salts separate purposes"},
		{"both kinds", []string{"verify", "--dumps", "--plain", djangoCookie}, "", 2, "they exclude each other"},
		{"pickle", []string{"verify", "--algorithm", "sha1", pickleCookie}, "", 4, "only Python reads pickles"},
		{"too large", []string{"verify"}, large, 5, "longer than any cookie"},
		{"stdin too large", []string{"verify"}, strings.Repeat("A", 5<<20), 5, "input is limited"},
		{"inspect", []string{"inspect", djangoCookie}, "", 0, "it can be read"},
		{"inspect junk", []string{"inspect", "junk"}, "", 4, "it cannot be read"},
		{"inspect too large", []string{"inspect"}, large, 5, "longer than any cookie"},
		{"inspect two", []string{"inspect", "a", "b"}, "", 2, "which one?"},
		{"sign", []string{"sign", `{"n":1}`}, "", 0, "an object"},
		{"sign list", []string{"sign", `[1]`}, "", 2, "a session is an object"},
		{"sign list as dumps", []string{"sign", "--dumps", `[1]`}, "", 0, "signing.dumps takes every value"},
		{"sign no JSON", []string{"sign", `{n:1}`}, "", 2, "not JSON"},
		{"sign no text", []string{"sign", "{\"n\":\"\xff\"}"}, "", 2, "not UTF-8"},
		{"sign too large", []string{"sign"}, `{"n":"` + strings.Repeat("x", 2<<20) + `"}`, 5, "over the limit of payloads"},
		{"demo", []string{"demo"}, "", 0, "always"},
		{"keygen", []string{"keygen"}, "", 0, "it needs no key"},
		{"keygen with a value", []string{"keygen", "x"}, "", 2, "it takes none"},
		{"demo with a value", []string{"demo", "x"}, "", 2, "it takes none"},
		{"rotate", []string{"rotate"}, "sessionid=" + djangoCookie + "\n", 0, "a report"},
		{"rotate of nothing", []string{"rotate"}, "no cookie\n", 4, "nothing looks signed"},
		{"rotate with a value", []string{"rotate", djangoCookie}, "", 2, "it reads a stream"},
		{"man", []string{"man"}, "", 0, "it needs no key"},
		{"man with a value", []string{"man", "x"}, "", 2, "it takes none"},
		{"completion", []string{"completion", "bash"}, "", 0, "it needs no key"},
		{"completion of no shell", []string{"completion", "cmd"}, "", 2, "there is none for it"},
		{"messages and data", []string{"verify", "--messages", "--session-data", djangoCookie}, "", 2, "they exclude each other"},
		{"inspect another name", []string{"inspect", "--name", "b"}, "Cookie: a=x; b=" + djangoCookie, 0, "the name chooses"},
		{"inspect other software", []string{"inspect", "PHPSESSID=o1h2k3j4l5m6n7b8v9c0x1z2a3"}, "", 4, "not Django's"},
		{"vectors without a file", []string{"vectors"}, "", 2, "which file?"},
		{"vectors without such a file", []string{"vectors", "testdata/none.json"}, "", 2, "there is none"},
		{"vectors of another format", []string{"vectors", "../../vectors/middleware.json"}, "", 2, "not a file of signed values"},
		{"vectors that fail", []string{"vectors", "testdata/failing.json"}, "", 1, "one test is wrong"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := cli(key(testKey), tt.stdin, tt.args...)
			if got.code != tt.want {
				t.Errorf("code %d, want %d: %s\n%s%s", got.code, tt.want, tt.reason, got.out, got.errors)
			}
			if got.code == 2 && got.out != "" {
				t.Errorf("wrong usage prints to stdout: %s", got.out)
			}
			if got.code != 0 && got.out+got.errors == "" {
				t.Error("nothing says what is wrong")
			}
		})
	}
}

// What people see is under review: a change shows in the diff.
func TestGolden(t *testing.T) {
	own := keyFile(t, strongKey+"\n"+testKey+"\n")
	unicode := sign(t, `{"name":"Zoë","z":[1,2,{}],"a":{"q":1.0},"n":NaN,"big":1180591620717411303424,"e":[]}`)
	expiring := sign(t, `{"_session_expiry":60}`, "--now", "1700000000")
	deep := sign(t, strings.Repeat("[", 12)+"1,2"+strings.Repeat("]", 12), "--dumps")
	for _, tt := range []struct {
		name string
		key  string
		args []string
	}{
		{"overview", "", []string{"help"}},
		{"help-verify", "", []string{"help", "verify"}},
		{"help-keygen", "", []string{"help", "keygen"}},
		{"inspect-session", "", []string{"inspect", djangoCookie}},
		{"inspect-unicode", "", []string{"inspect", unicode}},
		{"inspect-deep", "", []string{"inspect", deep}},
		{"inspect-json", "", []string{"inspect", "--json", djangoCookie}},
		{"inspect-pickle", "", []string{"inspect", pickleCookie}},
		{"inspect-text", "", []string{"inspect", "some text:" + djangoCookie[11:]}},
		{"inspect-no-timestamp", "", []string{"inspect", "eyJuIjoxfQ:" + djangoCookie[18:]}},
		{"inspect-session-key", "", []string{"inspect", "0123456789abcdefghijklmnopqrstuv"}},
		{"inspect-old-messages", "", []string{"inspect", oldMessages}},
		{"inspect-old-data", "", []string{"inspect", oldData}},
		{"inspect-jwt", "", []string{"inspect", "eyJhbGciOiJIUzI1NiJ9.eyJuIjoxfQ.c2lnbmF0dXJl"}},
		{"inspect-hostile", "", []string{"inspect", hostile + ":1r31eq:" + djangoCookie[18:]}},
		{"verify-good", testKey, []string{"verify", djangoCookie}},
		{"verify-json", testKey, []string{"verify", "--json", djangoCookie}},
		{"verify-fallback", "", []string{"verify", "--key-file", own, djangoCookie}},
		{"verify-own-expiry", strongKey, []string{"verify", "--now", "1700000010", expiring}},
		{"verify-own-expiry-passed", strongKey, []string{"verify", "--now", "1700000060", expiring}},
		{"verify-expired", testKey, []string{"verify", "--now", threeWeeksOff, djangoCookie}},
		{"verify-sha1", testKey, []string{"verify", sha1Cookie}},
		{"verify-pickle", testKey, []string{"verify", "--algorithm", "sha1", pickleCookie}},
		{"verify-wrong-key", strongKey, []string{"verify", djangoCookie}},
		{"verify-wrong-salt", testKey, []string{"verify", "--dumps", djangoCookie}},
		{"verify-custom-salt", testKey, []string{"verify", "--salt", "example.app", "--key-file", keyFile(t, strongKey), djangoCookie}},
		{"verify-key-with-space", testKey + " ", []string{"verify", djangoCookie}},
		{"verify-key-file-with-space", "", []string{"verify", "--key-file", keyFile(t, strongKey+"\n\n\t"+testKey+"\n"), djangoCookie}},
		{"verify-keep-space", testKey + " ", []string{"verify", "--keep-space", djangoCookie}},
		{"verify-truncated", testKey, []string{"verify", djangoCookie[:50]}},
		{"verify-cut-before-signature", testKey, []string{"verify", djangoCookie[:10]}},
		{"verify-session-key", testKey, []string{"verify", "0123456789abcdefghijklmnopqrstuv"}},
		{"verify-quoted", testKey, []string{"verify", `"` + djangoCookie + `"`}},
		{"verify-percent", testKey, []string{"verify", strings.ReplaceAll(djangoCookie, ":", "%3A")}},
		{"verify-named", testKey, []string{"verify", "sessionid=" + djangoCookie}},
		{"verify-header", testKey, []string{"verify", "sessionid=" + djangoCookie + "; csrftoken=x"}},
		{"verify-bad-json", testKey, []string{"verify", "--json", djangoCookie[:50]}},
		{"sign-session", testKey, []string{"sign", `{"n": 1}`, "--now", "1700000000"}},
		{"sign-json", testKey, []string{"sign", `{"n": 1}`, "--now", "1700000000", "--json"}},
		{"sign-plain", testKey, []string{"sign", "--plain", "héllo"}},
		{"verify-future", testKey, []string{"verify", "--now", "1699990000", djangoCookie}},
		{"verify-two", testKey, []string{"verify", "Cookie: sessionid=" + djangoCookie + "; sessionid=" + djangoCookie[:60] + "A"}},
		{"verify-key-in-quotes", "", []string{"verify", "--key-file", keyFile(t, `"`+testKey+`"`+"\n"), djangoCookie}},
		{"verify-key-of-env", "", []string{"verify", "--key-file", keyFile(t, "\uFEFFSECRET_KEY='"+testKey+"'\r\n\r\nother\r\n"), djangoCookie}},
		{"verify-keys-on-one-line", "", []string{"verify", "--key-file", keyFile(t, strongKey+","+testKey+"\n"), djangoCookie}},
		{"verify-signed-cookie", strongKey, []string{"verify", "--name", "theme", "Cookie: a=b; theme=" + signedCookie(t)}},
		{"verify-signed-cookie-as-session", strongKey, []string{"verify", "theme=" + signedCookie(t)}},
		{"verify-messages", strongKey, []string{"verify", "messages=" + signedMessages(t)}},
		{"verify-old-messages", testKey, []string{"verify", oldMessages}},
		{"verify-old-data", testKey, []string{"verify", oldData}},
		{"man", "", []string{"man"}},
		{"completion-bash", "", []string{"completion", "bash"}},
		{"completion-zsh", "", []string{"completion", "zsh"}},
		{"completion-fish", "", []string{"completion", "fish"}},
		{"vectors-failing", "", []string{"vectors", "testdata/failing.json"}},
		{"vectors-json", "", []string{"vectors", "--json", "testdata/failing.json"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := cli(key(tt.key), "", tt.args...)
			got := "code " + string(rune('0'+r.code)) + "\n--- stdout\n" + r.out + "--- stderr\n" + r.errors
			name := filepath.Join("testdata", tt.name+".txt")
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("output changed (-golden +now); if that is meant: go test -run TestGolden -update\n%s", diff)
			}
		})
	}
}

func TestDemo(t *testing.T) {
	got := cli(nil, "", "demo")
	for _, want := range []string{
		"Django 6.0.4", `"_auth_user_id": "42"`, "Bücher", "19.0", "not made by any of the keys", "signature expired", "Browsers keep 4096",
	} {
		if !strings.Contains(got.out, want) {
			t.Errorf("demo does not show %q:\n%s", want, got.out)
		}
	}
	if again := cli(nil, "", "demo"); again.out == got.out {
		t.Error("two demos sign with the same key")
	}
}

// What sign writes is what Django writes.
func TestSignAsDjango(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []string
		want   string
		reason string
	}{
		{"session", []string{`{ "n" : 1 }`}, djangoCookie, "white space is not kept"},
		{"session by an older key", []string{"--algorithm", "sha1", `{"n":1}`}, sha1Cookie, "the algorithm is an option"},
		{"dumps", []string{"--dumps", `{}`}, "e30:1r31eq:Sk9uQ3R-75XEUiisbSDv-LTvZWTLO7j7H5pyN5sQhjA", "its salt is its own"},
		{"dumps by salt", []string{"--dumps", "--salt", "django.contrib.sessions.backends.signed_cookies", `{"n":1}`}, djangoCookie, "the salt is an option"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := cli(key(testKey), "", append([]string{"sign", "--now", "1700000000"}, tt.args...)...)
			if got.out != tt.want+"\n" {
				t.Errorf("got %q, want %q: %s", got.out, tt.want, tt.reason)
			}
		})
	}
}

// What sign writes verify reads, in each kind.
func TestSignAndVerify(t *testing.T) {
	for _, tt := range []struct{ kind, separator, input, want string }{
		{"", ":", `{"a":["` + strings.Repeat("x", 500) + `"]}`, `{"a":["` + strings.Repeat("x", 500) + `"]}`},
		{"--dumps", "::", `[1.0,-0.0,1e400]`, `[1.0,-0.0,1e400]`},
		{"--plain", "::", "a:b\nc", "a:b\nc"},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			args := slices.DeleteFunc([]string{tt.kind, "--separator", tt.separator, "--salt", "s"}, func(s string) bool { return s == "" })
			token := sign(t, tt.input, args...)
			r := cli(key(strongKey), token, append([]string{"verify", "--json"}, args...)...)
			var got struct {
				Valid       bool   `json:"valid"`
				PayloadText string `json:"payload_text"`
			}
			if err := json.Unmarshal([]byte(r.out), &got); err != nil {
				t.Fatal(err)
			}
			if !got.Valid || got.PayloadText != tt.want {
				t.Errorf("got %+v, want %q", got, tt.want)
			}
		})
	}
}

func TestKeyFile(t *testing.T) {
	for _, tt := range []struct {
		name    string
		content string
		code    int
		reason  string
	}{
		{"one line", testKey, 0, "a last line break may be missing"},
		{"line break", testKey + "\n", 0, "and may be there"},
		{"CR LF", testKey + "\r\n", 0, "as Windows ends lines"},
		{"fallback", strongKey + "\n" + testKey + "\n", 0, "every line is a key"},
		{"fallback with CR LF", strongKey + "\r\n" + testKey + "\r\n", 0, "every line is a key"},
		{"another key", strongKey + "\n", 1, "not the one that signed"},
		{"byte order mark", "\uFEFF" + testKey + "\r\n", 0, "as editors on Windows begin files"},
		{"byte order mark inside", strongKey + "\n\uFEFF" + testKey + "\n", 1, "it is none there"},
		{"space behind", testKey + " \n", 2, "a copied blank makes another key"},
		{"space before", "\t" + testKey + "\n", 2, "a copied blank makes another key"},
		{"space at a fallback", testKey + "\n" + strongKey + " \n", 2, "every line is looked at"},
		{"empty file", "", 2, "there is no key"},
		{"only a line break", "\n", 2, "an empty key is none"},
		{"only blanks", " \n\t\r\n", 2, "a blank key is none"},
		{"empty line at the start", "\n" + testKey + "\n", 0, "blank lines do not count"},
		{"empty line inside", strongKey + "\n\n" + testKey + "\n", 0, "blank lines do not count"},
		{"empty line at the end", testKey + "\n \n", 0, "blank lines do not count"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := cli(key("the file wins over the environment"), "", "verify", "--key-file", keyFile(t, tt.content), djangoCookie)
			if got.code != tt.code {
				t.Errorf("code %d, want %d: %s\n%s", got.code, tt.code, tt.reason, got.errors)
			}
		})
	}
	if got := cli(key(testKey), "", "verify", "--key-file", "testdata/none", djangoCookie); got.code != 2 {
		t.Errorf("a key file that is not there: code %d, want 2", got.code)
	}
}

func TestFirstKeySigns(t *testing.T) {
	got := cli(nil, "", "sign", "--key-file", keyFile(t, testKey+"\n"+strongKey+"\n"), "--now", "1700000000", `{"n":1}`)
	if got.out != djangoCookie+"\n" {
		t.Errorf("signed %q, want %q", got.out, djangoCookie)
	}
}

// The environment holds keys as a key file does.
func TestEnvironmentKeys(t *testing.T) {
	for _, tt := range []struct {
		name   string
		value  string
		code   int
		reason string
	}{
		{"key", testKey, 0, "the usual case"},
		{"line break", testKey + "\n", 0, "it ends the line"},
		{"fallback", strongKey + "\n" + testKey, 0, "every line is a key"},
		{"space", testKey + " ", 2, "a copied blank makes another key"},
		{"blanks", " \n", 2, "a blank key is none"},
		{"nothing", "", 2, "there is no key"},
	} {
		if got := cli(key(tt.value), "", "verify", djangoCookie); got.code != tt.code {
			t.Errorf("%s: code %d, want %d: %s\n%s", tt.name, got.code, tt.code, tt.reason, got.errors)
		}
	}
}

// --keep-space signs and verifies with the space, and only with it.
func TestKeepSpace(t *testing.T) {
	spaced := keyFile(t, " "+strongKey+"\t\n")
	token := strings.TrimSuffix(cli(nil, "", "sign", "--keep-space", "--key-file", spaced, "{}").out, "\n")
	if got := cli(nil, "", "verify", "--keep-space", "--key-file", spaced, token); got.code != 0 {
		t.Errorf("the same key: code %d, want 0: %s", got.code, got.errors)
	}
	if got := cli(key(strongKey), "", "verify", token); got.code != 1 {
		t.Errorf("the key without its space: code %d, want 1", got.code)
	}
	for _, args := range [][]string{{"sign", "{}"}, {"verify", token}} {
		got := cli(nil, "", slices.Insert(args, 1, "--key-file", spaced)...)
		if got.code != 2 || !strings.Contains(got.errors, "line 1 of the key file") || !strings.Contains(got.errors, "--keep-space") {
			t.Errorf("%s without --keep-space: code %d, want 2 and how to go on: %s", args[0], got.code, got.errors)
		}
	}
}

// A key that Django read from a file with its line break is recognised.
func TestLineBreakInKeyOfDjango(t *testing.T) {
	keys, err := saltine.NewKeyring(strongKey+"\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := keys.Dumps(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := cli(key(strongKey), "", "verify", "--dumps", token); got.code != 1 || !strings.Contains(got.errors, "line break behind it") {
		t.Errorf("code %d, want 1 and a hint:\n%s", got.code, got.errors)
	}
}

// verify and sign name keys as Key.Fingerprint does.
func TestFingerprints(t *testing.T) {
	file := keyFile(t, strongKey+"\n"+testKey+"\n")
	strong, old := saltine.Key(strongKey).Fingerprint(), saltine.Key(testKey).Fingerprint()
	for _, tt := range []struct {
		name   string
		args   []string
		want   string
		reason string
	}{
		{"fallback", []string{"verify", djangoCookie}, "key 2 of 2 (" + old + ")", "the key that verified"},
		{"signing key", []string{"verify", sign(t, "{}")}, "key 1 of 2 (" + strong + ")", "the key that verified"},
		{"fallback in JSON", []string{"verify", "--json", djangoCookie}, `"key":1,"fingerprint":"` + old + `"`, "the key that verified"},
		{"no key", []string{"verify", "x" + djangoCookie}, "those that were tried have the fingerprints " + strong + ", " + old, "the keys that did not"},
		{"sign", []string{"sign", "--json", "{}"}, `"fingerprint":"` + strong + `"`, "the key that signed"},
	} {
		got := cli(nil, "", slices.Insert(tt.args, 1, "--key-file", file)...)
		if !strings.Contains(got.out+got.errors, tt.want) {
			t.Errorf("%s: no %q (%s) in\n%s%s", tt.name, tt.want, tt.reason, got.out, got.errors)
		}
	}
}

func TestKeygen(t *testing.T) {
	first, second := cli(nil, "", "keygen"), cli(nil, "", "keygen")
	if first.out == second.out {
		t.Error("two keys are the same")
	}
	text, ended := strings.CutSuffix(first.out, "\n")
	if len(text) != 64 || !ended || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" || first.errors != "" {
		t.Errorf("%q and stderr %q, want a line of 64 letters and digits", first.out, first.errors)
	}
	if err := saltine.Key(text).Check(); err != nil {
		t.Errorf("Check of the key: %v", err)
	}
	token := strings.TrimSuffix(cli(key(first.out), "", "sign", "{}").out, "\n")
	if got := cli(key(text), "", "verify", token); got.code != 0 {
		t.Errorf("verify with the key: code %d, want 0: %s", got.code, got.errors)
	}
	var got struct{ Key, Fingerprint string }
	if err := json.Unmarshal([]byte(cli(nil, "", "keygen", "--json").out), &got); err != nil {
		t.Fatal(err)
	}
	if want := saltine.Key(got.Key).Fingerprint(); len(got.Key) != 64 || got.Fingerprint != want {
		t.Errorf("key of %d characters with the fingerprint %s, want 64 and %s", len(got.Key), got.Fingerprint, want)
	}
}

// The command knows every hash that the library takes, by Django's name, and links it.
func TestAlgorithmsAreComplete(t *testing.T) {
	known := 0
	for hash := crypto.Hash(1); hash < 64; hash++ {
		_, err := saltine.NewKeyring(strongKey, &saltine.KeyringOptions{Algorithm: hash})
		named, nameErr := saltine.AlgorithmByName(main.AlgorithmName(hash))
		switch {
		case nameErr == nil && (named != hash || err != nil):
			t.Errorf("%v is called %s, and NewKeyring says %v", hash, main.AlgorithmName(hash), err)
		case nameErr != nil && err == nil:
			t.Errorf("%v has no name", hash)
		case nameErr == nil:
			known++
		}
	}
	if known != 12 {
		t.Errorf("%d algorithms, want the 12 of Django", known)
	}
}

func TestEveryAlgorithmSigns(t *testing.T) {
	for _, name := range []string{
		"sha256", "md5", "sha1", "sha224", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s",
	} {
		token := sign(t, "{}", "--algorithm", name)
		if got := cli(key(strongKey), "", "verify", "--algorithm", name, token); got.code != 0 || !strings.Contains(got.out, "with "+name+"\n") {
			t.Errorf("%s: code %d\n%s%s", name, got.code, got.out, got.errors)
		}
		if got := cli(key(strongKey), "", "verify", "--algorithm", "sha256", "--legacy-algorithm", name, token); got.code != 0 {
			t.Errorf("%s as a legacy algorithm: code %d: %s", name, got.code, got.errors)
		}
	}
}

func TestWeakKeyWarns(t *testing.T) {
	if got := cli(key("short"), "", "sign", "{}"); got.code != 0 || !strings.Contains(got.errors, "warning: weak key, number 1 of 1") {
		t.Errorf("a weak key: code %d, stderr %q", got.code, got.errors)
	}
	if got := cli(key(strongKey), "", "sign", "{}"); got.errors != "" {
		t.Errorf("a strong key: stderr %q, want nothing", got.errors)
	}
}

func TestLargeCookieWarns(t *testing.T) {
	random := make([]string, 400)
	for i := range random {
		random[i] = strings.Repeat(string(rune('!'+i%90)), i%7) + strings.Repeat(string(rune(33+i*i%90)), i%11)
	}
	object, err := json.Marshal(map[string]any{"a": random})
	if err != nil {
		t.Fatal(err)
	}
	got := cli(key(strongKey), string(object), "sign", "--dumps")
	if got.code != 0 || !strings.Contains(got.errors, "TOO LARGE") {
		t.Errorf("code %d, stderr %q, want a warning", got.code, got.errors)
	}
}

// runs are arguments that lead through every command and every kind of failure.
func runs(t *testing.T) [][]string {
	t.Helper()
	file := keyFile(t, strongKey+"\n"+testKey+"\n")
	return [][]string{
		{"demo"},
		{"inspect", djangoCookie},
		{"verify", djangoCookie},
		{"verify", djangoCookie + "x"},
		{"verify", "x" + djangoCookie},
		{"verify", "--dumps", djangoCookie},
		{"verify", "--now", threeWeeksOff, djangoCookie},
		{"verify", "--algorithm", "sha1", pickleCookie},
		{"verify", sha1Cookie},
		{"verify", `"` + djangoCookie + `"`},
		{"verify", "--key-file", file, djangoCookie},
		{"verify", "--key-file", file, "x" + djangoCookie},
		{"verify", "--key-file", keyFile(t, `"`+testKey+`"`), djangoCookie},
		{"verify", "--key-file", keyFile(t, "SECRET_KEY='"+testKey+"' # "+strongKey), djangoCookie},
		{"verify", "--key-file", keyFile(t, testKey+","+strongKey+"\n"+testKey+"\n"+testKey), djangoCookie},
		{"verify", "--name", "theme", djangoCookie},
		{"verify", "--messages", oldMessages},
		{"verify", "--messages", "--key-file", keyFile(t, `"`+testKey+`"`), oldMessages},
		{"verify", "--session-data", oldData},
		{"verify", testKey},
		{"inspect", testKey},
		{"inspect", "SECRET_KEY=" + strongKey},
		{"inspect", `{"env":["SECRET_KEY=` + strongKey + `"]}`},
		{"inspect", "DEBUG = True\nSECRET_KEY = '" + strongKey + "'\n"},
		{"verify", "--separator", "a", djangoCookie},
		{"verify", "--key", testKey, djangoCookie},
		{"verify", "--key=" + testKey, djangoCookie},
		{"verify", "--secret-key=" + testKey, djangoCookie},
		{"verify", testKey, djangoCookie},
		{"sign", `{"n":1}`},
		{"sign", `{n:1}`},
		{"sign", "--plain", "text"},
		{"sign", "--key-file", file, "--dumps", "1"},
		{"sign", "--key-file", keyFile(t, testKey+"\n\n"+strongKey), "{}"},
		{"sign", "--key-file", keyFile(t, testKey+" \n"+strongKey), "{}"},
		{"verify", "--keep-space", "--key-file", keyFile(t, testKey+" \n"+strongKey), djangoCookie},
		{"vectors", "testdata/failing.json"},
	}
}

func TestNoKeyInOutput(t *testing.T) {
	for _, args := range runs(t) {
		for _, more := range [][]string{nil, {"--json"}} {
			args := slices.Insert(slices.Clone(args), 1, more...)
			for _, k := range []string{testKey, testKey + "\n", testKey + " ", strongKey} {
				got := cli(key(k), "", args...)
				for _, secret := range []string{testKey, strongKey, "p0b!k=3x&(v2#9s", "for the tests of this command"} {
					if strings.Contains(got.out+got.errors, secret) {
						t.Errorf("%q shows a key:\n%s%s", args, got.out, got.errors)
					}
				}
			}
		}
	}
}

// Whatever a value holds, the terminal sees printable characters and our own
// line breaks.
func TestOutputIsPrintable(t *testing.T) {
	values := []string{
		hostile, hostile + djangoCookie, hostile + ":1r31eq:" + djangoCookie[18:], `"` + hostile, "\xff\xfe:" + djangoCookie,
		sign(t, `{"\u202e\u001b":"\u009b\u001b[2J\u0000\u007f\u2066\ud800"}`),
		sign(t, `"`+hostile[5:8]+`"`, "--dumps"),
		sign(t, hostile, "--plain"),
	}
	for _, value := range values {
		for _, args := range [][]string{
			{"inspect"},
			{"verify"},
			{"verify", "--dumps"},
			{"verify", "--plain"},
			{"inspect", "--json"},
			{"verify", "--plain", "--json"},
			{"verify", "--separator", hostile},
			{"verify", "--now", hostile},
			{"verify", "--algorithm", hostile},
			{"verify", "--" + hostile},
			{hostile},
			{"help", hostile},
			{"vectors", hostile},
			{"verify", "--key-file", hostile},
		} {
			got := cli(key(strongKey), value, args...)
			checkPrintable(t, args, got.out+got.errors)
		}
	}
	checkPrintable(t, []string{"vectors"}, cli(nil, "", "vectors", "testdata/failing.json").out)
}

// Every command prints one JSON object of ASCII, with the same names each time.
func TestJSON(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string // names of the fields
	}{
		{[]string{"demo"}, "cookie django expired session sizes tampered"},
		{
			[]string{"inspect", djangoCookie},
			"age_seconds algorithms browser_limit compressed findings form payload payload_size payload_text pickle signature_length signed_at signed_at_unix size verified what",
		},
		{[]string{"inspect", "junk"}, "browser_limit compressed findings form payload_size pickle signature_length size verified what"},
		{
			[]string{"verify", djangoCookie},
			"age_seconds algorithm compressed expires fingerprint form key kind needs_resign payload payload_text signed_at signed_at_unix size valid",
		},
		{[]string{"verify", "x" + djangoCookie}, "compressed error findings form kind message needs_resign size valid"},
		{[]string{"verify", "--now", "soon"}, "error message"},
		{[]string{"sign", "{}"}, "browser_limit compressed fingerprint kind signed_at signed_at_unix size token"},
		{[]string{"sign", "{"}, "error message"},
		{[]string{"keygen"}, "fingerprint key"},
		{[]string{"man"}, "page"},
		{[]string{"completion", "bash"}, "script shell"},
		{[]string{"vectors", "testdata/failing.json"}, "by_kind failed failures passed"},
	} {
		args := slices.Insert(slices.Clone(tt.args), 1, "--json")
		got := cli(key(testKey), "", args...)
		d := json.NewDecoder(strings.NewReader(got.out))
		var object map[string]any
		if err := d.Decode(&object); err != nil || d.More() || strings.Count(got.out, "\n") != 1 {
			t.Errorf("%q: not one line with one object (%v): %s", args, err, got.out)
			continue
		}
		var names []string
		for name := range object {
			names = append(names, name)
		}
		slices.Sort(names)
		if diff := cmp.Diff(strings.Fields(tt.want), names); diff != "" {
			t.Errorf("%q: fields (-want +got):\n%s", args, diff)
		}
		if strings.IndexFunc(got.out, func(r rune) bool { return r > '~' }) >= 0 {
			t.Errorf("%q: not ASCII: %q", args, got.out)
		}
	}
}

// The vectors of real Django, through the command.
func TestVectorsOfDjango(t *testing.T) {
	file, err := vectors.Django()
	if err != nil {
		t.Fatal(err)
	}
	want := result{out: fmt.Sprintf("%d passed, 0 failed\n", file.Count)}
	got := cli(nil, "", "vectors", "../../vectors/django.json")
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A reader or writer that fails is no reason to say that all is well.
func TestBrokenStreams(t *testing.T) {
	var out bytes.Buffer
	none := func(string) string { return "" }
	if code := main.Run([]string{"inspect"}, iotest.ErrReader(errors.New("broken")), &out, &out, none, time.Now); code != 2 {
		t.Errorf("stdin fails: code %d, want 2", code)
	}
	if code := main.Run([]string{"help"}, strings.NewReader(""), full{}, &out, none, time.Now); code != 2 {
		t.Errorf("stdout fails: code %d, want 2", code)
	}
	if code := main.Run([]string{"inspect", "junk"}, strings.NewReader(""), full{}, full{}, none, time.Now); code != 4 {
		t.Errorf("stdout fails beside a verdict: code %d, want the verdict's 4", code)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// The recordings of logins, CSRF tokens, messages and passwords, through the command.
func TestVectorsOfNeighbours(t *testing.T) {
	for _, tt := range []struct{ file, want string }{
		{"authvectors/testdata/auth.json.gz", "auth: no backends: 4\n"},
		{"csrfvectors/testdata/csrf.json.gz", "csrf: cookie age of zero: 5\n"},
		{"messagevectors/testdata/messages-storage.json.gz", "messages: unreadable session value: 18\n"},
		{"passwordvectors/testdata/passwords.json.gz", "password: exception at a check: "},
	} {
		got := cli(nil, "", "vectors", "../../vectors/conformance/"+tt.file)
		if got.code != 0 || got.errors != "" || !strings.Contains(got.out, tt.want) || !strings.HasSuffix(got.out, " passed, 0 failed\n") {
			t.Errorf("%s: code %d, want 0, %q and no failure\n%s%s", tt.file, got.code, tt.want, got.out, got.errors)
		}
	}
}
