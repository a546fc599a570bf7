package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/signedcookie"
)

// pasted is one row of the table of package paste.
type pasted struct{ Name, Paste string }

// What inspect says of every paste of the table is under review: a change shows in the
// diff. Each has a cause and a thing to do.
func TestPastes(t *testing.T) {
	data, err := os.ReadFile("../../internal/paste/testdata/pastes.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []pasted
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	for _, tt := range list {
		t.Run(tt.Name, func(t *testing.T) {
			r := cli(nil, tt.Paste, "inspect")
			if !strings.Contains(r.out, "\ncause: ") || !strings.Contains(r.out, "\n  next: ") || r.errors != "" {
				t.Errorf("no cause, or nothing to do:\n%s%s", r.out, r.errors)
			}
			checkPrintable(t, []string{"inspect"}, r.out)
			refused := cli(key(strongKey), tt.Paste, "verify")
			if refused.code == 0 || !strings.Contains(refused.errors, "\ncause: ") || !strings.Contains(refused.errors, "\n  next: ") {
				t.Errorf("verify with another key: code %d, and no cause, or nothing to do:\n%s", refused.code, refused.errors)
			}
			checkPrintable(t, []string{"verify"}, refused.errors)
			compareGolden(t, filepath.Join("testdata", "pastes", tt.Name+".txt"), "code "+string(rune('0'+r.code))+"\n"+r.out)
		})
	}
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
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
		t.Errorf("output changed (-golden +now); if that is meant: go test -run 'TestGolden|TestPastes' -update\n%s", diff)
	}
}

func ring(t *testing.T) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(strongKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func atSigning() time.Time { return time.Unix(signedAt, 0) }

// signedCookie is the value of a cookie "theme" of set_signed_cookie.
func signedCookie(t *testing.T) string {
	t.Helper()
	cookie, err := signedcookie.New(ring(t), "theme", &signedcookie.Options{Now: atSigning})
	if err != nil {
		t.Fatal(err)
	}
	return cookie.Sign("dark")
}

// signedMessages is a cookie of Django's messages.
func signedMessages(t *testing.T) string {
	t.Helper()
	codec, err := messages.New(ring(t), &messages.Options{Now: atSigning})
	if err != nil {
		t.Fatal(err)
	}
	value, err := codec.Encode([]messages.Message{{Level: messages.Success, Text: "Saved."}})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// A near miss of the key is named, with the fingerprint of the key as it was spelled.
func TestKeySpellings(t *testing.T) {
	const odd = "odd$key#with%percent & more, of fifty letters or more"
	for _, tt := range []struct {
		name    string
		signed  saltine.Key // that Django has
		given   string      // in the key file
		want    string
		reason  string
		options []string
	}{
		{"quotes", odd, `"` + odd + `"`, "without quotes around it", "as in an .env file", nil},
		{"quotes in Django", `"` + odd + `"`, odd, "in double quotes", "docker keeps them", nil},
		{"name", odd, "export SECRET_KEY='" + odd + "'", "without the name and = in front of it", "a whole line", nil},
		{"comment", "odd$key", odd, "up to the # that begins a comment", "dotenv cuts there", nil},
		{"variable", "odd#with%percent & more, of fifty letters or more", odd, "a shell or docker compose takes for a variable", "it expands to nothing", nil},
		{"dollars", odd, strings.ReplaceAll(odd, "$", "$$"), "with $$ as $", "docker compose", nil},
		{"percent", odd, strings.ReplaceAll(odd, "%", "%%"), "with %% as %", "an .ini file", nil},
		{"base64", "decoded key of fifty letters", "ZGVjb2RlZCBrZXkgb2YgZmlmdHkgbGV0dGVycw==", "decoded from base64", "Kubernetes", nil},
		{"html", odd, strings.ReplaceAll(odd, "&", "&amp;"), "with HTML entities decoded", "copied from a page", nil},
		{"prefix", "django-insecure-" + odd, odd, "with django-insecure- in front of it", "somebody removed it", nil},
		{"CR LF", odd + "\r\n", odd, "with CR LF behind it", "a file of Windows", nil},
		{"space", odd, odd + " ", "without white space around it", "a copied blank", []string{"--keep-space"}},
		{"list", odd, "another key," + odd, "as one of several on its line", "SECRET_KEY_FALLBACKS", nil},
		{"capitals", "odd key in small letters", "ODD KEY IN SMALL LETTERS", "in small letters", "a tool changed it", nil},
	} {
		keys, err := saltine.NewKeyring(tt.signed, nil)
		if err != nil {
			t.Fatal(err)
		}
		token, err := keys.Dumps(1, nil)
		if err != nil {
			t.Fatal(err)
		}
		args := append([]string{"verify", "--dumps", "--key-file", keyFile(t, tt.given+"\n")}, append(tt.options, token)...)
		got := cli(nil, "", args...)
		if got.code != 1 || !strings.Contains(got.errors, tt.want) || !strings.Contains(got.errors, tt.signed.Fingerprint()) {
			t.Errorf("%s: code %d, want 1, %q and the fingerprint %s: %s\n%s", tt.name, got.code, tt.want, tt.signed.Fingerprint(), tt.reason, got.errors)
		}
		if strings.Contains(got.errors, string(tt.signed)) {
			t.Errorf("%s: the key is shown:\n%s", tt.name, got.errors)
		}
	}
}

// What is odd about a key file is told, and the key is not.
func TestKeyNotes(t *testing.T) {
	for _, tt := range []struct{ name, content, want string }{
		{"byte order mark", "\uFEFF" + strongKey + "\n", "byte order mark"},
		{"CR LF", strongKey + "\r\n", "CRLF"},
		{"blank line", strongKey + "\n\n" + testKey + "\n", "blank lines"},
		{"quotes", "'" + strongKey + "'\n", "line 1 of the key file has quotes"},
		{"name", strongKey + "\nSECRET_KEY=" + testKey, "line 2 of the key file looks like NAME=value"},
		{"comment", "# " + strongKey + "\n", "there are no comments"},
		{"twice", strongKey + "\n" + strongKey + "\n", "key 2 is key 1 once more"},
		{"UTF-16", "\xff\xfek\x00", "UTF-16"},
	} {
		got := cli(nil, "", "sign", "--key-file", keyFile(t, tt.content), "{}")
		if !strings.Contains(got.errors, tt.want) || strings.Contains(got.errors, strongKey) || strings.Contains(got.errors, testKey) {
			t.Errorf("%s: want %q and no key:\n%s", tt.name, tt.want, got.errors)
		}
	}
	open := keyFile(t, strongKey)
	if err := os.Chmod(open, 0o644); err != nil { //nolint:gosec // G302: that others can read it is the point
		t.Fatal(err)
	}
	if got := cli(nil, "", "sign", "--key-file", open, "{}"); !strings.Contains(got.errors, "others on this machine can read the key file (mode 0644)") {
		t.Errorf("a file that all can read:\n%s", got.errors)
	}
}

// A key that was typed in the place of something else is not shown.
func TestTypedKeysAreNotShown(t *testing.T) {
	const typed = "on-call-typed-key-9f8e7d6c5b4a39281706-ABCDEFGH-xyzzy"
	for _, args := range [][]string{
		{typed},
		{"SALTINE_KEY=" + typed, "verify"},
		{"help", typed},
		{"vectors", typed},
		{"verify", "--" + typed},
		{"verify", "--x" + typed},
		{"verify", "--now", typed},
		{"verify", "--max-age", typed},
		{"verify", "--algorithm", typed},
		{"inspect", "--web", "--port", typed},
		{"verify", "--name", typed, djangoCookie},
		{"inspect", "--name", typed, djangoCookie},
		{"verify", "--salt", typed, djangoCookie},
	} {
		for _, args := range [][]string{args, slices.Insert(slices.Clone(args), 1, "--json")} {
			if got := cli(key(testKey), "", args...); strings.Contains(got.out+got.errors, typed) || got.out+got.errors == "" {
				t.Errorf("%q shows the key, or says nothing:\n%s%s", args, got.out, got.errors)
			}
		}
	}
}

// What a wrong word for a command means is told.
func TestMeantCommands(t *testing.T) {
	for word, want := range map[string]string{"explain": "did you mean inspect?", "check": "did you mean verify?", "verfy": "no command verfy"} {
		if got := cli(nil, "", word); got.code != 2 || !strings.Contains(got.errors, want) {
			t.Errorf("%s: code %d, want 2 and %q: %s", word, got.code, want, got.errors)
		}
	}
}

// A right signature over something else is not explained by damage.
func TestRightSignatureOfAnotherPayload(t *testing.T) {
	signer, err := saltine.NewTimestampSigner(ring(t), &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies", Now: atSigning})
	if err != nil {
		t.Fatal(err)
	}
	for payload, want := range map[string]string{"eyd1c2VyJzogJ2Fubid9": "Python's repr of a dict", ".bm8gemxpYg": "no zlib"} {
		token := signer.Sign(payload)
		got := cli(key(strongKey), "", "verify", token)
		if got.code != 4 || !strings.Contains(got.errors, want) || strings.Contains(got.errors, "copy") {
			t.Errorf("%s: code %d, want 4 and %q:\n%s", payload, got.code, want, got.errors)
		}
	}
}

// A long text without a cookie where it was searched says what was searched, and what to do.
func TestLongTexts(t *testing.T) {
	log := strings.Repeat("GET / 200, nothing to see in this line of a log\n", 25000)
	for _, args := range [][]string{{"inspect"}, {"inspect", "--json"}, {"verify"}, {"verify", "--json"}} {
		got := cli(key(strongKey), log+"Cookie: sessionid="+djangoCookie+"\n", args...)
		if said := got.out + got.errors; got.code != 5 || !strings.Contains(said, "first 524288 bytes") || !strings.Contains(said, "saltine rotate") {
			t.Errorf("%q: code %d, want 5 and what to do:\n%s", args, got.code, said)
		}
	}
}

// What must not be pasted is recognised and not shown.
func TestSecretsAreNotShown(t *testing.T) {
	for _, secret := range []string{
		"SECRET_KEY = '" + strongKey + "'", testKey, "k#9x!2m&v(7q)w0e*r5t@y1u^i3o$p8a=s4d-f6g+h_jzlbnc2", "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
		"pbkdf2_sha256$870000$c2FsdA$aGFzaA==", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN", "AN ORDINARY SENTENCE IN CAPITALS", "unknown!key$with%four&signsandlettersabc", strings.Repeat("AB2C", 16),
	} {
		for _, args := range [][]string{{"inspect"}, {"inspect", "--json"}, {"verify"}, {"verify", "--json"}} {
			got := cli(key(strongKey), secret, args...)
			for word := range strings.FieldsSeq(secret) {
				if len(word) > 9 && word != "SECRET_KEY" && strings.Contains(got.out+got.errors, strings.Trim(word, "'-")) {
					t.Errorf("%q shows %q:\n%s%s", args, word, got.out, got.errors)
				}
			}
			if args[0] == "inspect" && (strings.Contains(got.out, "\npayload ") || strings.Contains(got.out, `"payload_text"`)) {
				t.Errorf("%q decodes %.10q:\n%s", args, secret, got.out)
			}
			if got.code == 0 {
				t.Errorf("%q takes %.10q for a cookie", args, secret)
			}
		}
	}
}
