package main_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	main "github.com/seed-52756201/saltine/cmd/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

func checkPrintable(t *testing.T, args []string, output string) {
	t.Helper()
	for _, r := range output {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("%q prints %U:\n%q", args, r, output)
		}
	}
}

// Any value can be looked at: no panic, one of the exit codes, and nothing that
// a terminal would act on.
func FuzzValue(f *testing.F) {
	for _, seed := range []string{djangoCookie, pickleCookie, oldMessages, oldData, hostile, "", ":", "::", ".:0:", ".eJyrrgUAAXUA-Q:1r31eq:x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		runs := [][]string{{"inspect"}, {"verify", "--json", "--plain"}, {"inspect", "--json"}, {"verify"}}
		for _, args := range runs[len(value)%2*2:][:2] { // two of the four, for speed
			got := cli(key(strongKey), value, args...)
			checkPrintable(t, args, got.out+got.errors)
			switch got.code {
			case 0, 1, 3, 4, 5:
			default:
				t.Errorf("%q: code %d", args, got.code)
			}
		}
	})
}

// lineEnd ends a line. The last line may have no LF, or its CR alone.
var lineEnd = regexp.MustCompile(`\r?\n|\r$`)

// The lines of a key file that are not blank are its keys, byte for byte and in
// order, for the command and for the library, without a byte order mark and CR LF.
// A file without a key is refused, and so is white space at the ends of a key unless
// it is to be kept, with no word of the file in the error.
func FuzzKeyFile(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "key", "key\n", "key\r\n", "one\ntwo\n", "one\r\ntwo", "one\n\ntwo", " \n\t", "key\n\n", "\r", "key\r", "\xff\x00\n",
		"\uFEFFkey\r\n", "\uFEFF\n", "one\n\uFEFFtwo", "\uFEFF\uFEFFkey", "key ", " key", "one\n\ttwo\r\r\n", "\u00a0key\u2003", "key\v",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want []string
		spaced := false
		for _, line := range lineEnd.Split(strings.TrimPrefix(text, "\uFEFF"), -1) {
			if strings.IndexFunc(line, func(r rune) bool { return !unicode.IsSpace(r) }) < 0 {
				continue
			}
			want = append(want, line)
			first, _ := utf8.DecodeRuneInString(line)
			last, _ := utf8.DecodeLastRuneInString(line)
			spaced = spaced || unicode.IsSpace(first) || unicode.IsSpace(last)
		}
		for _, keepSpace := range []bool{false, true} {
			checkKeyFile(t, text, want, keepSpace, len(want) == 0 || spaced && !keepSpace)
		}
	})
}

func checkKeyFile(t *testing.T, text string, want []string, keepSpace, refused bool) {
	t.Helper()
	keys, libraryErr := saltine.ParseKeyring(text, &saltine.KeyringOptions{KeepSpace: keepSpace})
	err := main.CheckLines("the key file", text, keepSpace)
	if (err != nil) != refused || (libraryErr != nil) != refused {
		t.Fatalf("errors %v of the command and %v of the library, want one: %v", err, libraryErr, refused)
	}
	if refused {
		for _, line := range want {
			if len(line) > 20 && strings.Contains(err.Error(), line) {
				t.Fatal("the error has a line of the file")
			}
		}
		return
	}
	var got, fingerprints []string
	for _, key := range main.SplitKeys(text) {
		got = append(got, string(key))
		fingerprints = append(fingerprints, key.Fingerprint())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-lines +got):\n%s", diff)
	}
	if diff := cmp.Diff(keys.Fingerprints(), fingerprints); diff != "" {
		t.Errorf("fingerprints (-library +command):\n%s", diff)
	}
}

// What is shown of JSON is the same JSON.
func FuzzPretty(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":"\u00e9\u202e\ud83d\ude00\ud83d\"\\"},[],{}]}`, `NaN`, `[[[[[[[[[[[1,2],3]]]]]]]]]]`, `"\\u0041"`, "\"\xe9\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		text, ok := paste.Canonical(payload)
		if !ok {
			return
		}
		shown := main.Pretty(text)
		checkPrintable(t, nil, shown)
		got, ok := paste.Canonical(escaped(shown))
		if !ok || got != text {
			t.Errorf("%q is shown as %q, which reads as %q", text, shown, got)
		}
		if json.Valid([]byte(text)) != json.Valid([]byte(shown)) {
			t.Errorf("%q is shown as %q", text, shown)
		}
	})
}

// escaped writes JSON in ASCII.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < unicode.MaxASCII {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, "\\u%04x", unit)
		}
	}
	return b.String()
}
