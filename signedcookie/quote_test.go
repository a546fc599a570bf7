package signedcookie_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-52756201/saltine/signedcookie"
)

func TestQuote(t *testing.T) {
	for _, tt := range []struct{ name, reason, value, want string }{
		{"plain", "no quotes needed", "dark:1r31eq:x_Y-z", "dark:1r31eq:x_Y-z"},
		{"empty", "nothing is quoted", "", `""`},
		{"space", "quotes are enough", "a b", `"a b"`},
		{"comma and semicolon", "they end values", "a,b;c", `"a\054b\073c"`},
		{"quote and backslash", "they have short escapes", `"\`, `"\"\\"`},
		{"line end", "nobody adds a header", "a\r\nX: y", `"a\015\012X: y"`},
		{"latin-1", "one escape a character", "é", `"\351"`},
		{"beyond latin-1", "left alone", "→", `"→"`},
		{"not UTF-8", "left alone", "\xff", "\"\xff\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := signedcookie.Quote(tt.value); got != tt.want {
				t.Errorf("Quote(%q) = %s, want %s: %s", tt.value, got, tt.want, tt.reason)
			}
			if got := signedcookie.Unquote(tt.want); got != tt.value {
				t.Errorf("Unquote(%s) = %q, want %q: %s", tt.want, got, tt.value, tt.reason)
			}
		})
	}
}

func TestLookup(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		headers      []string
		want         string
		found        bool
	}{
		{"no header", "nothing to find", nil, "", false},
		{"one", "as it is", []string{"theme=dark"}, "dark", true},
		{"among others", "names are whole", []string{"x=1; theme=dark; atheme=no; themes=no"}, "dark", true},
		{"twice", "Django takes the last", []string{"theme=first; theme=last"}, "last", true},
		{"two headers", "the last again", []string{"theme=first", "theme=last; x=1"}, "last", true},
		{"other case", "names have case", []string{"Theme=dark"}, "", false},
		{"empty", "there, and empty", []string{"theme="}, "", true},
		{"no value", "not a cookie of that name", []string{"theme"}, "", false},
		{"equals signs", "the first one ends the name", []string{"theme=a=b"}, "a=b", true},
		{"escaped", "what net/http passes over", []string{`theme="a\054 \"b\" \351"`}, `a, "b" é`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := signedcookie.Lookup(tt.headers, "theme")
			if got != tt.want || ok != tt.found {
				t.Errorf("Lookup: %q, %v, want %q, %v: %s", got, ok, tt.want, tt.found, tt.reason)
			}
		})
	}
	headers := []string{"x=1; theme=first", ` theme = "last" ; y`}
	if got := testing.AllocsPerRun(100, func() { signedcookie.Lookup(headers, "theme") }); got > 0 {
		t.Errorf("Lookup: %v allocations", got)
	}
}

func FuzzQuote(f *testing.F) {
	for _, value := range []string{"", "a", `"`, `\`, `"\054"`, "a, b; c", "é→😀", "\xff", "\\\n", "\r\n"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		quoted := signedcookie.Quote(value)
		if got := signedcookie.Unquote(quoted); got != value {
			t.Errorf("Unquote(Quote(%q)) = %q", value, got)
		}
		if strings.ContainsAny(quoted, ",;") || strings.ContainsFunc(quoted, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("Quote(%q) = %q breaks a header", value, quoted)
		}
		if got, ok := signedcookie.Lookup([]string{"a=b; name=" + quoted + "; c=d"}, "name"); got != value || !ok {
			t.Errorf("Lookup of Quote(%q): %q, %v", value, got, ok)
		}
	})
}

func FuzzUnquote(f *testing.F) {
	for _, raw := range []string{"", `"`, `""`, `"\"`, `"\054"`, `"\400"`, `"\38"`, `"\é"`, "\"\\\n\"", `"\377\"`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		value := signedcookie.Unquote(raw)
		if utf8.ValidString(raw) && !utf8.ValidString(value) {
			t.Errorf("Unquote(%q) = %q, which is not UTF-8", raw, value)
		}
		if got := signedcookie.Unquote(signedcookie.Quote(value)); got != value {
			t.Errorf("quoted again, %q is %q", value, got)
		}
	})
}
