package authhttp_test

import (
	_ "embed"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/djangoauth/authhttp"
	"github.com/seed-52756201/saltine/internal/testkit"
)

//go:embed testdata/oracle.py
var oracle string

// evil are spellings of a page of another site, and of what is no page, by which
// somebody might be sent there after a login.
var evil = []string{
	"", " ", "\u00a0", "//evil.test", "//evil.test/", "//evil.test/a?b#c", " //evil.test", "\u3000//evil.test", "//evil.test ", "///evil.test",
	"////evil.test", "/////evil.test", `\\evil.test`, `\/evil.test`, `/\evil.test`, `\\\evil.test`, `/\/evil.test`, `\//evil.test`, `//\evil.test`, `/\\evil.test`,
	`//\/evil.test`, `\/\evil.test`, "http://evil.test", "https://evil.test", "HTTP://evil.test", "hTtPs://evil.test", "http:evil.test", "http:/evil.test", "http:///evil.test", "http:////evil.test",
	`http:\\evil.test`, `http:\evil.test`, `http:/\evil.test`, `http:\/evil.test`, `http:///\evil.test`, "https:evil.test", "https:/evil.test", "https:///evil.test", "ftp://good.test", "ftp://evil.test",
	"ws://good.test", "file://good.test/", "javascript:alert(1)", "JavaScript:alert(1)", "javascript://good.test/%0aalert(1)", "data:text/html,x", "vbscript:x", "mailto:a@good.test", "blob:x", "about:blank",
	"x:y", "a.b:c", "1:2", "+:a", "-:a", ".:a", "1http://good.test", "http://", "https://", "//evil.test:",
	"http://good.test@evil.test", "//good.test@evil.test", "//good.test:a@evil.test", `//good.test\@evil.test`, `//good.test\evil.test`, `http://good.test\@evil.test`, `//evil.test\good.test`, `//evil.test\@good.test`, "//evil.test#good.test", "//evil.test?good.test",
	"//evil.test;good.test", "//good.test.evil.test", "//good.test:80", "//good.test:8080", "//GOOD.test", "//good.test.", "//.good.test", "//sub.good.test", "//good.test%2f@evil.test", "//good.test%00.evil.test",
	"//good.test,evil.test", "//good.test evil.test", "//good.test&evil.test", "//ev\u0130l.test", "//evil\u3002test", "//\uff45vil.test", "\u2028//evil.test", "\u200b//evil.test", "\ufeff//evil.test", "\u202e/x",
	"\u00ad/x", "\U000e0001/x", "\ue000/x", "//[evil.test", "//evil.test]", "http://[good.test", "//[::1]", "//[good.test]", "//2130706433", "//0x7f.1",
	"//127.0.0.1", "//localhost", "//user@good.test", "//user:pass@good.test", "//@good.test", "//good.test@", "http://good.test:", "//good.test:@", "//%67ood.test", "//good%2etest",
	// What browsers drop or take for the end of a line: Django 3.2 lets some of them through.
	"/\t/evil.test", "/\n/evil.test", "/\r/evil.test", "\t//evil.test", "\n//evil.test", "/\x00/evil.test", "\x00//evil.test", "\x01//evil.test", "\x1f//evil.test", "\x7f//evil.test",
	"\x08//evil.test", "h\nttp://evil.test", "java\nscript:x", "java\tscript:x", "/\t\\evil.test", "/good\r\nLocation: //evil.test", "\u0085//evil.test", "/\x0b/evil.test", "/a\x00b", "//good.test\t.evil.test",
	"http:\t//evil.test", "\x1b//evil.test", "/\xff", "\xff//evil.test", "//good.test\xff",
	// What http.Redirect would bring to the front, or leave without a host: Django does not.
	`/./\evil.test`, `/a/../\evil.test`, `./\evil.test`, `../\evil.test`, `/a/..\/evil.test`, `/a\b`, `\a`, "//", "//\u2028", "//?a",
}

// fine are pages of the site, and of its hosts.
var fine = []string{
	"/", "/a", "/a//b", "a", "a/b", "?a=b", "#c", "/a?next=//evil.test", "/a#//evil.test", "/a:b", "/http://evil.test", "./a", "../a", "@evil.test", "/@evil.test", "good.test", "evil.test",
	"//good.test", "//good.test/a", "http://good.test/a", "https://good.test", "HTTPS://good.test/", " /a ", "/\u00e9", "/a b", "//good.test:8443/x", "/%2F/evil.test", "/;//evil.test", "?//evil.test", "~a", "*", "/[", ":a", "://evil.test", "/.//evil.test", "/a/..//evil.test", "/%5Cevil.test", "/./%5Cevil.test",
}

var hosts = []string{"good.test", "good.test:8443"}

type question struct {
	URL   string   `json:"url"`
	Hosts []string `json:"hosts"`
	HTTPS bool     `json:"https"`
}

func TestAllowedURL(t *testing.T) {
	if len(evil) < 100 {
		t.Errorf("%d spellings, want a hundred", len(evil))
	}
	for _, requireHTTPS := range []bool{false, true} {
		for _, url := range evil {
			if authhttp.AllowedURL(url, hosts, requireHTTPS) {
				t.Errorf("%q is allowed", url)
			}
		}
	}
	for _, url := range fine {
		if !authhttp.AllowedURL(url, hosts, false) {
			t.Errorf("%q is refused", url)
		}
	}
	for url, want := range map[string]bool{"/a": true, "https://good.test": true, "http://good.test": false, "//good.test": false} {
		if got := authhttp.AllowedURL(url, hosts, true); got != want {
			t.Errorf("over HTTPS, %q: got %t, want %t", url, got, want)
		}
	}
	if authhttp.AllowedURL("http://", []string{""}, false) {
		t.Error("a URL without a host is allowed for the empty host")
	}
}

// pieces are what the URLs of the live test are made of.
var pieces = []string{
	"/", "/", "/", `\`, "//", "http:", "https:", "HTTP:", "ftp:", "javascript:", ":", "good.test", "good.test", "evil.test", ":8443", "@", "?", "#", ";", "[", "]", " ",
	"a", "1", ".", "-", "+", "%2f", "\u00e9", "\u00a0", "\u200b", "\ufeff", "\u3000", "\t", "\n", "\x00", "\x1f", "\u2028",
}

// leadsElsewhere reports whether a browser on a page of good.test would leave it by a
// Location header: tabs and line ends are dropped, and a backslash is a slash.
func leadsElsewhere(location string) bool {
	s := strings.TrimFunc(location, func(r rune) bool { return r <= ' ' })
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(s)
	if scheme, rest, ok := strings.Cut(s, ":"); ok && scheme != "" && strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == "" {
		if scheme = strings.ToLower(scheme); scheme != "http" && scheme != "https" || !strings.HasPrefix(rest, "//") {
			return true
		}
		s = rest
	}
	rest, ok := strings.CutPrefix(s, "//")
	if !ok {
		return false
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest != "" && !slices.Contains(hosts, rest)
}

// What is allowed stays here when http.Redirect has made a Location of it, which joins
// and cleans paths: "/./" goes, and what was behind it comes to the front.
func TestRedirectStaysHere(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	urls := append(append([]string{}, evil...), fine...)
	parts := append([]string{"./", "../", "/./", "/../", `\`, `\\`, `./\`}, pieces...)
	for range 20000 {
		var b strings.Builder
		for range 1 + rng.IntN(7) {
			b.WriteString(parts[rng.IntN(len(parts))])
		}
		urls = append(urls, b.String())
	}
	allowed := 0
	for _, url := range urls {
		if !authhttp.AllowedURL(url, hosts, false) {
			continue
		}
		allowed++
		for _, page := range []string{"/", "/login", "/accounts/login/", "//evil.test/x", `/\evil.test/x`} {
			r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
			r.URL.Path = page
			w := httptest.NewRecorder()
			http.Redirect(w, r, url, http.StatusSeeOther)
			if location := w.Header().Get("Location"); leadsElsewhere(location) {
				t.Errorf("%q is allowed, and leads from %s to %q", url, page, location)
			}
		}
	}
	t.Logf("%d URLs, %d allowed", len(urls), allowed)
}

// stricter is what Django lets through, and AllowedURL says that it does not.
var stricter = regexp.MustCompile(`[\x00-\x1f\x7f-\x{9f}\\]|^[\pZ]*//[\pZ]*([?#]|$)`)

// Django decides alike, but for what is refused on purpose.
func TestAllowedURLLikeDjango(t *testing.T) {
	live := testkit.StartPython(t, testkit.Django(t), oracle)
	rng := rand.New(rand.NewPCG(1, 2))
	urls := append(append([]string{}, evil...), fine...)
	for range 20000 {
		var b strings.Builder
		for range 1 + rng.IntN(7) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		urls = append(urls, b.String())
	}
	allowed := 0
	for i, url := range urls {
		url = strings.ToValidUTF8(url, "\ufffd")
		q := question{url, hosts, i%4 == 3}
		var want bool
		if err := live.Ask(q, &want); err != nil {
			t.Fatal(err)
		}
		got := authhttp.AllowedURL(url, q.Hosts, q.HTTPS)
		switch {
		case got && !want:
			t.Errorf("%q, https %t: allowed, and Django refuses it", url, q.HTTPS)
		case !got && want && !stricter.MatchString(url):
			t.Errorf("%q, https %t: refused, and Django allows it", url, q.HTTPS)
		case got:
			allowed++
		}
	}
	t.Logf("%d URLs, %d allowed", len(urls), allowed)
}

func FuzzAllowedURL(f *testing.F) {
	for _, url := range append(append([]string{}, evil...), fine...) {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		if !authhttp.AllowedURL(url, hosts, false) {
			return
		}
		trimmed := strings.ReplaceAll(strings.TrimSpace(url), `\`, "/")
		if rest, found := strings.CutPrefix(trimmed, "//"); found && strings.Trim(rest, "/?#") != "" && !strings.HasPrefix(rest, "good.test") && !strings.ContainsAny(rest[:1], "?#") {
			t.Errorf("%q leads elsewhere", url)
		}
		if authhttp.AllowedURL(url, hosts, true) && strings.HasPrefix(strings.ToLower(trimmed), "http:") {
			t.Errorf("%q is not HTTPS", url)
		}
	})
}
