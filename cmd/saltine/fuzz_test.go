package main_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	main "github.com/seed-52756201/saltine/cmd/saltine"
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
		for _, args := range [][]string{{"inspect"}, {"inspect", "--json"}, {"verify"}, {"verify", "--json", "--plain"}} {
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

// The lines of a key file are its keys, byte for byte and in order, or it is
// refused without a word of it in the error.
func FuzzKeyFile(f *testing.F) {
	for _, seed := range []string{"", "\n", "key", "key\n", "key\r\n", "one\ntwo\n", "one\r\ntwo", "one\n\ntwo", " \n\t", "key\n\n", "\r", "\xff\x00\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := main.SplitKeys(text)
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		for i := range lines {
			lines[i] = strings.TrimSuffix(lines[i], "\r")
		}
		if slices.Contains(lines, "") {
			if err == nil {
				t.Fatalf("%d keys, though a line is empty", len(keys))
			}
			for _, line := range lines {
				if len(line) > 20 && strings.Contains(err.Error(), line) {
					t.Fatal("the error has a line of the file")
				}
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) != len(lines) {
			t.Fatalf("%d keys in %d lines", len(keys), len(lines))
		}
		for i, key := range keys {
			if string(key) != lines[i] {
				t.Errorf("line %d is not the key", i+1)
			}
		}
	})
}

// What is shown of JSON is the same JSON.
func FuzzPretty(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":"\u00e9\u202e\ud83d\ude00\ud83d\"\\"},[],{}]}`, `NaN`, `[[[[[[[[[[[1,2],3]]]]]]]]]]`, `"\\u0041"`, "\"\xe9\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		text, ok := main.Canonical(payload)
		if !ok {
			return
		}
		shown := main.Pretty(text)
		checkPrintable(t, nil, shown)
		got, ok := main.Canonical(escaped(shown))
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
