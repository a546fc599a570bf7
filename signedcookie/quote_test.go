package signedcookie_test

import (
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/carrier"
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
			if got, ok := carrier.FindCookie([]string{"name=" + tt.want}, "name"); got != tt.value || !ok {
				t.Errorf("FindCookie of %s: %q, %v, want %q: %s", tt.want, got, ok, tt.value, tt.reason)
			}
		})
	}
}

// Whatever is quoted is one cookie, and comes back as it was.
func FuzzQuote(f *testing.F) {
	for _, value := range []string{"", "a", `"`, `\`, `"\054"`, "a, b; c", "é→😀", "\xff", "\\\n", "\r\n"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		quoted := signedcookie.Quote(value)
		if strings.ContainsAny(quoted, ",;") || strings.ContainsFunc(quoted, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("Quote(%q) = %q breaks a header", value, quoted)
		}
		if got, ok := carrier.FindCookie([]string{"a=b; name=" + quoted + "; c=d"}, "name"); got != value || !ok {
			t.Errorf("FindCookie of Quote(%q): %q, %v", value, got, ok)
		}
	})
}
