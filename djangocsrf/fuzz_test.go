package djangocsrf_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/djangocsrf"
)

// Whatever cookie and token are: no panic, an error of one kind that repeats neither, and
// a token that is made for the cookie is good.
func FuzzToken(f *testing.F) {
	for _, cookie := range []string{secret, masked, "", "x", strings.Repeat("-", 32), "\"" + secret + "\"", strings.Repeat("é", 32)} {
		for _, token := range []string{secret, masked, maskedElse, "", "x", strings.Repeat("\x00", 64)} {
			f.Add(cookie, token, true)
		}
	}
	p := protect(f, djangocsrf.Options{})
	f.Fuzz(func(t *testing.T, cookie, token string, inForm bool) {
		request := post(func(r *djangocsrf.Request) {
			r.Cookies, r.Token = []string{"csrftoken=" + cookie}, header(token)
			if inForm {
				r.Token = form(token)
			}
		})
		v := p.Open(request)
		err := v.Check()
		if kind := kindOf(t, err); kind == djangocsrf.ErrBadOrigin || kind == djangocsrf.ErrNoReferer {
			t.Fatalf("kind %q without either", kind)
		}
		checkText(t, err, cookie, token)
		if err == nil && len(token) != 32 && len(token) != 64 {
			t.Fatalf("a token of %d bytes is good", len(token))
		}
		made := v.Token()
		line, _ := v.SetCookie()
		err = p.Open(post(func(r *djangocsrf.Request) {
			r.Cookies, r.Token = []string{"csrftoken=" + valueOf(t, line, "csrftoken")}, form(made)
		})).Check()
		if err != nil {
			t.Fatalf("the token that was made: %v", err)
		}
	})
}

// Whatever Origin, Referer and Host are: no panic, an error of one kind that repeats none
// of them, and nothing is good that does not end with a host of ours.
func FuzzSource(f *testing.F) {
	for _, url := range []string{
		"", "null", "https://example.com", "https://cdn.wild.test/x", "https://example.com:8443/", "https://evil.test\\@example.com/", "https://[::1]/",
		"https://[bad/", " \thttps://example.com/", "https://example.com@evil.test/", "//example.com", "https://wild.test.evil.test/?.wild.test",
	} {
		f.Add(url, "example.com", true, true)
		f.Add(url, "example.com:8443", true, false)
		f.Add(url, "", false, true)
	}
	p := protect(f, djangocsrf.Options{TrustedOrigins: []string{"https://*.wild.test", "https://a.test"}})
	f.Fuzz(func(t *testing.T, url, host string, secure, origin bool) {
		err := p.Open(post(func(r *djangocsrf.Request) {
			r.Secure, r.Host = secure, host
			r.Origin, r.HasOrigin, r.Referer, r.HasReferer = url, origin, url, !origin
		})).Check()
		kind := kindOf(t, err)
		checkText(t, err, url, host)
		if !origin && !secure {
			if err != nil {
				t.Fatalf("the Referer is looked at over HTTP: %v", err)
			}
			return
		}
		if err == nil && !ours(url, host, origin) {
			t.Fatalf("%q is good for host %q", url, host)
		}
		if origin && err != nil && kind != djangocsrf.ErrBadOrigin {
			t.Fatalf("kind %q for an Origin", kind)
		}
	})
}

// ours tells whether a URL that is good is one of ours, by another way than the package:
// what stands between the slashes and the next delimiter ends with a host that is ours.
func ours(url, host string, origin bool) bool {
	if origin && (url == "http://"+host || url == "https://"+host) && host != "" {
		return true
	}
	clean := strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(url)
	_, rest, _ := strings.Cut(clean, "//")
	authority := strings.FieldsFunc("x"+rest, func(r rune) bool { return r == '/' || r == '?' || r == '#' })[0][1:]
	lowered := strings.ToLower(host)
	return authority == "a.test" || authority == "wild.test" || strings.HasSuffix(authority, ".wild.test") ||
		!origin && host != "" && (strings.EqualFold(authority, host) || lowered[0] == '.' && strings.HasSuffix("."+authority, lowered))
}

// checkText refuses an error that repeats what the request holds.
func checkText(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		return
	}
	e, _ := errors.AsType[*djangocsrf.Error](err)
	fixed := (&djangocsrf.Error{Kind: e.Kind, Differs: e.Differs}).Error()
	if err.Error() != fixed {
		t.Fatalf("%q, want the fixed text %q", err, fixed)
	}
	for _, text := range texts {
		if len(text) > 30 && strings.Contains(fixed, text) {
			t.Fatalf("%q repeats %q", fixed, text)
		}
	}
}
