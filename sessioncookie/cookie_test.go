package sessioncookie_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/sessioncookie"
)

// found is what FindCookie returns for sid.
type found struct {
	Value string
	OK    bool
}

func find(headers []string) found {
	value, ok := sessioncookie.FindCookie(headers, "sid")
	return found{value, ok}
}

func TestFindCookie(t *testing.T) {
	for _, tt := range []struct {
		name    string
		headers []string
		want    found
		reason  string
	}{
		{"no header", nil, found{}, "most requests of new visitors"},
		{"empty header", []string{""}, found{}, "nothing is in it"},
		{"alone", []string{"sid=v"}, found{"v", true}, "the usual case"},
		{"among others", []string{"a=1; sid=v; b=2"}, found{"v", true}, "the other usual case"},
		{"empty value", []string{"sid="}, found{"", true}, "it was sent, so Django deletes it"},
		{"no equals sign", []string{"sid"}, found{}, "a pair without one has no name"},
		{"no name", []string{"=sid"}, found{}, "the name is empty"},
		{"two equals signs", []string{"sid=a=b"}, found{"a=b", true}, "the first one ends the name"},
		{"part of a name", []string{"xsid=1; sidx=2; SID=3"}, found{}, "names are exact, in case too"},
		{"value that looks like a pair", []string{`other=sid=v`}, found{}, "a value is no pair"},
		{"duplicate", []string{"sid=1; sid=2"}, found{"2", true}, "the last wins, as in Django"},
		{"duplicate in another header", []string{"sid=1", "sid=2"}, found{"2", true}, "headers count in order"},
		{"duplicate, then other header", []string{"sid=1; sid=2", "a=3"}, found{"2", true}, "the last of those there are"},
		{"duplicate, last one empty", []string{"sid=1; sid="}, found{"", true}, "empty is a value"},
		{"duplicate without equals sign", []string{"sid=1; sid"}, found{"1", true}, "the second is another name"},
		{"spaces", []string{" \t sid \t= \t v \t "}, found{"v", true}, "name and value are stripped"},
		{"no space after semicolon", []string{"a=1;sid=v;b=2"}, found{"v", true}, "only the semicolon separates"},
		{"Unicode spaces around the value", []string{"sid=\x1e\u2028v\x1c\x1d\x1f\u3000\u00a0"}, found{"v", true}, "Python strips them"},
		{"Unicode space before the name", []string{"\u3000sid=v"}, found{}, "a browser took it for another name, without the rules of its prefix"},
		{"Unicode space after the name", []string{"sid\u00a0=v"}, found{}, "the same"},
		{"control characters around the name", []string{"\x1csid=v; sid\n=v; sid\r=v; \vsid=v; sid\f=v"}, found{}, "the same"},
		{"no Unicode space", []string{"sid=\u200bv\ufeff"}, found{"\u200bv\ufeff", true}, "Python does not strip them"},
		{"semicolons only", []string{";;;sid=v;;;"}, found{"v", true}, "empty pairs are skipped"},
		{"quoted", []string{`sid="v"`}, found{"v", true}, "as Django on Python 2 wrote it"},
		{"quoted nothing", []string{`sid=""`}, found{"", true}, "as Django deletes"},
		{"one quote", []string{`sid="`}, found{`"`, true}, "no pair of quotes"},
		{"quote at one end", []string{`sid="v`}, found{`"v`, true}, "no pair of quotes"},
		{"quotes within", []string{`sid=a"b"c`}, found{`a"b"c`, true}, "they do not surround the value"},
		{"semicolon in quotes", []string{`sid="a;b"`}, found{`"a`, true}, "Django splits before it unquotes"},
		{"escapes", []string{`sid="a\054b\"c\\d"`}, found{`a,b"c\d`, true}, "Python's quoting"},
		{"octal above ASCII", []string{`sid="\351\377"`}, found{"éÿ", true}, "a character, not a byte"},
		{"no octal", []string{`sid="\400\08\3x"`}, found{`40008` + "3x", true}, "the backslash alone vanishes"},
		{"backslash at the end", []string{`sid="a\"`}, found{`a\`, true}, "it escapes nothing"},
		{"backslash before a line feed", []string{"sid=\"a\\\nb\""}, found{"a\\\nb", true}, "Python's dot does not match it"},
		{"escapes without quotes", []string{`sid=a\054b`}, found{`a\054b`, true}, "only quotes make escapes"},
		{"percent", []string{"sid=%3A"}, found{"%3A", true}, "nothing is decoded"},
		{"NUL", []string{"sid=a\x00b; x\x00=1"}, found{"a\x00b", true}, "a bad cookie, and no reason to stop"},
		{"invalid UTF-8", []string{"\xffsid=1; sid=\xff\xfe"}, found{"\xff\xfe", true}, "the signature will tell"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, find(tt.headers)); diff != "" {
				t.Errorf("FindCookie(%q) (-want +got): %s\n%s", tt.headers, tt.reason, diff)
			}
		})
	}
}

func TestFindCookieLimits(t *testing.T) {
	pairs := func(n int) string { return strings.Repeat("a=1; ", n-1) + "sid=v" }
	for _, tt := range []struct {
		name    string
		headers []string
		want    bool
		reason  string
	}{
		{"3000 cookies", []string{pairs(3000)}, true, "as many as net/http reads"},
		{"3001 cookies", []string{pairs(3001)}, false, "the limit"},
		{"3001 cookies in two headers", []string{pairs(3000), "a=1"}, false, "the limit is the request's"},
		{"3001 headers", slices.Repeat([]string{"sid=v"}, 3001), false, "a header is a cookie at least"},
		{"1 MiB", []string{"sid=v; a=" + strings.Repeat("x", 1<<20-9)}, true, "the most that net/http takes"},
		{"1 MiB and a byte", []string{"sid=v; a=" + strings.Repeat("x", 1<<20-8)}, false, "the limit"},
		{"1 MiB of semicolons", []string{strings.Repeat(";", 1<<20-5) + "sid=v"}, false, "an empty cookie counts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := find(tt.headers); got.OK != tt.want {
				t.Errorf("FindCookie found %v, want %v: %s", got.OK, tt.want, tt.reason)
			}
		})
	}
}

func TestFindCookieAllocatesNothing(t *testing.T) {
	for _, header := range []string{
		"a=1; b=\"\\054\"; sidx=2",
		"a=1; sid=value; b=2",
		`a=1; sid="value"; b=2`,
		strings.Repeat(`x="\054"; `, 2999),
	} {
		headers := []string{header}
		if n := testing.AllocsPerRun(100, func() { sessioncookie.FindCookie(headers, "sid") }); n != 0 {
			t.Errorf("%.30q: %v allocations, want 0", header, n)
		}
	}
}

// model is Django's parse_cookie, line by line, and slow, but for white space around
// names.
func model(headers []string) found {
	values := map[string]string{}
	for chunk := range strings.SplitSeq(strings.Join(headers, ";"), ";") {
		key, value := "", chunk
		if strings.Contains(chunk, "=") {
			parts := strings.SplitN(chunk, "=", 2)
			key, value = parts[0], parts[1]
		}
		key, value = strings.Trim(key, " \t"), strings.Trim(value, pythonSpaces)
		if key != "" || value != "" {
			values[key] = modelUnquote(value)
		}
	}
	value, ok := values["sid"]
	return found{value, ok}
}

const pythonSpaces = "\t\n\v\f\r\x1c\x1d\x1e\x1f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

var escape = regexp.MustCompile(`\\(?:([0-3][0-7]{2})|(.))`)

func modelUnquote(value string) string {
	if len(value) < 2 || !strings.HasPrefix(value, `"`) || !strings.HasSuffix(value, `"`) {
		return value
	}
	return escape.ReplaceAllStringFunc(value[1:len(value)-1], func(s string) string {
		if m := escape.FindStringSubmatch(s); m[1] != "" {
			n, _ := strconv.ParseInt(m[1], 8, 32)
			return string(rune(n))
		}
		return s[1:]
	})
}

func FuzzFindCookie(f *testing.F) {
	for _, header := range []string{
		"", "sid=v", "a=1; sid=v; b=2", `sid="a\054b"`, "sid=1; sid=2", " sid\t=\u3000v\x1c", "sid", "=sid", ";;sid==;",
		"sid=a\x00b", `sid="\"`, "sid=\"a\\\nb\"", `sid="\400\377\8"`, "\xffsid=\xff", "sid=\"\\\xff\xc3\"",
	} {
		f.Add(header, "")
		f.Add(header, header)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		headers := []string{first, second}
		if strings.Count(first+second, ";") > 2000 {
			return
		}
		if diff := cmp.Diff(model(headers), find(headers)); diff != "" {
			t.Errorf("FindCookie(%q) (-model +got):\n%s", headers, diff)
		}
	})
}

// TestFindCookieAgainstDjango gives the same headers to Django's own parser. Where white
// space other than blanks and tabs disguises a name, Django is misled, and FindCookie is
// not.
func TestFindCookieAgainstDjango(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	headers := make([]string, 5000)
	for i := range headers {
		headers[i] = randomHeader(rng)
	}
	hits, disguises := 0, 0
	for i, cookies := range ask[map[string]string](t, "parse", headers) {
		if disguise.MatchString(headers[i]) {
			disguises++
			if _, got := sessioncookie.FindAmbiguous(headers[i:i+1], "sid"); got == 0 {
				t.Errorf("FindAmbiguous(%q) finds no disguise", headers[i])
			}
			continue
		}
		value, ok := cookies["sid"]
		if ok {
			hits++
		}
		if diff := cmp.Diff(found{value, ok}, find(headers[i:i+1])); diff != "" {
			t.Errorf("FindCookie(%q) (-Django +Go):\n%s", headers[i], diff)
		}
	}
	t.Logf("%d headers, the cookie is in %d of them, disguised in %d more", len(headers), hits, disguises)
	if disguises > len(headers)/10 {
		t.Errorf("%d headers are left out", disguises)
	}
}

// disguise finds names of the cookie with white space around them that is neither a blank
// nor a tab, among that of pieces.
var disguise = regexp.MustCompile(strings.NewReplacer("ANY", `[ \t\n\x1c\x{a0}]*`, "ODD", `[\n\x1c\x{a0}]`).Replace(
	`(?:^|;)ANY(?:ODDANYsidANY|sidANYODDANY)=`))

// pieces are what the headers of the live test are made of.
var pieces = []string{
	"sid=", "sid=", "; sid=", "; sid=\"", "\"; sid=1", "sid", "=", ";", "; ", `"`, `\`, `\054`, `\377`, `\8`, "v", "x=1", " ", "\t", "\x1c", "\u00a0", "é", "😀", "\x00", "\x7f", "%3A", ",", "\n", "$Path",
}

func randomHeader(rng *rand.Rand) string {
	var b strings.Builder
	for range rng.IntN(24) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}
