package sessioncookie_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/sessioncookie"
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
			if got := sessioncookie.Quote(tt.value); got != tt.want {
				t.Errorf("Quote(%q) = %s, want %s: %s", tt.value, got, tt.want, tt.reason)
			}
			if got, ok := sessioncookie.FindCookie([]string{"name=" + tt.want}, "name"); got != tt.value || !ok {
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
		quoted := sessioncookie.Quote(value)
		if strings.ContainsAny(quoted, ",;") || strings.ContainsFunc(quoted, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("Quote(%q) = %q breaks a header", value, quoted)
		}
		if got, ok := sessioncookie.FindCookie([]string{"a=b; name=" + quoted + "; c=d"}, "name"); got != value || !ok {
			t.Errorf("FindCookie of Quote(%q): %q, %v", value, got, ok)
		}
	})
}

// alphabet is what quoting may trip over.
var alphabet = strings.Split(`a|Z|7|"|"|\|\|\|0|1|2|3|4|7|8|,|;|;|=|=| | |:|/|(|é|ÿ|Ā|😀`+"|\n|\t|\r|\x00|\x1f|\x7f|\u0085|\u00a0|\u2003", "|")

// generate makes texts, those that are quoted already among them.
func generate(n int) []string {
	rng := rand.New(rand.NewPCG(6, 1994))
	texts := make([]string, n)
	for i := range texts {
		var b strings.Builder
		for range rng.IntN(12) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		texts[i] = b.String()
		if rng.IntN(2) == 0 {
			texts[i] = `"` + texts[i] + `"`
		}
	}
	return texts
}

// characters are all up to and beyond what is escaped, each alone.
func characters() []string {
	var list []string
	for r := range rune(0x180) {
		list = append(list, string(r))
	}
	return list
}

func TestQuoteLikePython(t *testing.T) {
	texts := slices.Concat(characters(), generate(5000))
	for i, want := range ask[string](t, "quote", texts) {
		if diff := cmp.Diff(want, sessioncookie.Quote(texts[i])); diff != "" {
			t.Errorf("Quote(%q) (-Python +Go):\n%s", texts[i], diff)
		}
	}
}

// What is quoted is what Django reads.
func TestDjangoReadsQuoted(t *testing.T) {
	values := slices.Concat(characters(), generate(5000))
	headers := make([]string, len(values))
	for i, value := range values {
		headers[i] = "a=1; name=" + sessioncookie.Quote(value) + "; b=2"
	}
	for i, cookies := range ask[map[string]string](t, "parse", headers) {
		if diff := cmp.Diff(map[string]string{"a": "1", "name": values[i], "b": "2"}, cookies); diff != "" {
			t.Errorf("Quote(%q) (-want +Django):\n%s", values[i], diff)
		}
	}
}
