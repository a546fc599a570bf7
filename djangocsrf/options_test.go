package djangocsrf_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangocsrf"
)

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		opts   djangocsrf.Options
		reason string
	}{
		{"cookie name", djangocsrf.Options{CookieName: "a b"}, "it would end the name"},
		{"cookie path", djangocsrf.Options{CookiePath: "app/"}, "browsers ignore it"},
		{"cookie path with an attribute", djangocsrf.Options{CookiePath: "/; Domain=evil.test"}, "it would begin an attribute"},
		{"cookie domain", djangocsrf.Options{CookieDomain: "example.com:8443"}, "a domain has no port"},
		{"cookie domain with an attribute", djangocsrf.Options{CookieDomain: "example.com; Path=/x"}, "it would begin an attribute"},
		{"negative age", djangocsrf.Options{CookieAge: -1}, "the cookie would be deleted"},
		{"age of less than a second", djangocsrf.Options{CookieAge: time.Millisecond}, "the cookie would be deleted"},
		{"SameSite", djangocsrf.Options{SameSite: 9}, "there is no such value"},
		{"SameSite none and insecure", djangocsrf.Options{SameSite: djangocsrf.SameSiteNone, Insecure: true}, "browsers refuse it"},
		{"prefix and insecure", djangocsrf.Options{CookieName: "__Secure-csrf", Insecure: true}, "browsers refuse it"},
		{"prefix and domain", djangocsrf.Options{CookieName: "__Host-csrf", CookieDomain: "example.com"}, "browsers refuse it"},
		{"prefix and path", djangocsrf.Options{CookieName: "__HOST-csrf", CookiePath: "/app"}, "browsers refuse it, in any letter case"},
		{"prefix and scripts", djangocsrf.Options{CookieName: "__Host-Http-csrf"}, "browsers refuse it"},
		{"header name", djangocsrf.Options{HeaderName: "X CSRF"}, "no request has it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := djangocsrf.New(&tt.opts); !errors.Is(err, saltine.ErrInvalidOption) {
				t.Errorf("New = %v, want ErrInvalidOption: %s", err, tt.reason)
			}
		})
	}
}

func TestTrustedOrigins(t *testing.T) {
	for _, tt := range []struct {
		origin string
		want   string // part of the error; empty for a good one
		reason string
	}{
		{"https://a.test", "", "the usual case"},
		{"http://a.test", "", "another scheme"},
		{"https://a.test:8443", "", "a port"},
		{"https://*.a.test", "", "a wildcard"},
		{"https://*.a.test:8443", "", "a wildcard with a port"},
		{"HTTPS://*.A.test", "", "Django ignores the letter case of a wildcard"},
		{"https://xn--bcher-kva.test", "", "as browsers send it"},
		{"https://127.0.0.1:8000", "", "an address"},
		{"https://[::1]:8000", "", "an address of version 6"},
		{"https://a_b.test", "", "some hosts have one"},
		{"capacitor://localhost", "", "apps send schemes of their own"},
		{"http://a.test:443", "", "not the default of its scheme"},
		{"", "scheme", "it is empty"},
		{"null", "scheme", "anybody can send it"},
		{"a.test", "scheme", "a host, as before Django 4.0"},
		{".a.test", "scheme", "a domain, as before Django 4.0"},
		{"*", "scheme", "everybody"},
		{"//a.test", "scheme", "nothing before the slashes"},
		{"://a.test", "scheme", "an empty one"},
		{"1https://a.test", "scheme", "none begins with a digit"},
		{"https://", "host", "no host"},
		{"https://:8443", "host", "no host"},
		{"https://*", "star", "everybody"},
		{"https://*a.test", "star", "Django compares it as text"},
		{"https://a.*.test", "star", "Django compares it as text"},
		{"https://*.*.test", "star", "Django compares it as text"},
		{"https://*.", "host", "nothing behind the star"},
		{"https://.a.test", "host", "Django takes it for a Referer only"},
		{"https://a.test/", "path", "browsers send none"},
		{"https://a.test/path", "path", "browsers send none"},
		{"https://a.test?q", "host", "browsers send none"},
		{"https://A.test", "capital", "browsers send small letters, and Django compares"},
		{"HTTPS://a.test", "capital", "the same"},
		{"https://user@a.test", "host", "browsers send none"},
		{"https://bücher.test", "host", "browsers send xn--"},
		{"https://a.test ", "host", "a space"},
		{"https://a.test\n", "host", "a line break"},
		{"https://a.test:443", "default port", "browsers leave it out"},
		{"http://a.test:80", "default port", "browsers leave it out"},
		{"https://*.a.test:443", "default port", "browsers leave it out"},
		{"https://a.test:", "port", "browsers leave it out"},
		{"https://a.test:x", "port", "no number"},
		{"https://a.test:0443", "port", "browsers write it without"},
		{"https://a.test:65536", "port", "too large"},
		{"https://[::1", "host", "half a bracket"},
		{"https://[1.2.3.4]", "host", "no address of version 6"},
	} {
		t.Run(tt.origin, func(t *testing.T) {
			_, err := djangocsrf.New(&djangocsrf.Options{TrustedOrigins: []string{"https://first.test", tt.origin}})
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("New = %v, want it good: %s", err, tt.reason)
			case tt.want != "" && (!errors.Is(err, saltine.ErrInvalidOption) || !strings.Contains(err.Error(), "TrustedOrigins[1]") || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("New = %v, want an error that tells %q: %s", err, tt.want, tt.reason)
			}
		})
	}
}

func TestOptionsAreCopied(t *testing.T) {
	opts := djangocsrf.Options{TrustedOrigins: []string{"https://a.test"}}
	p := protect(t, opts)
	opts.TrustedOrigins[0] = "https://evil.test"
	for _, origin := range []string{"https://evil.test", "https://a.test"} {
		err := p.Open(post(func(r *djangocsrf.Request) { r.HasOrigin, r.Origin = true, origin })).Check()
		if want := origin == "https://a.test"; (err == nil) != want {
			t.Errorf("Origin %s: %v", origin, err)
		}
	}
}

func TestKinds(t *testing.T) {
	kinds := []djangocsrf.Kind{
		djangocsrf.ErrNoSession, djangocsrf.ErrBadOrigin, djangocsrf.ErrNoReferer, djangocsrf.ErrMalformedReferer,
		djangocsrf.ErrInsecureReferer, djangocsrf.ErrBadReferer, djangocsrf.ErrNoCookie, djangocsrf.ErrCookieLength,
		djangocsrf.ErrCookieCharacters, djangocsrf.ErrBadSession, djangocsrf.ErrFormTooLarge, djangocsrf.ErrTokenMissing,
		djangocsrf.ErrTokenLength, djangocsrf.ErrTokenCharacters, djangocsrf.ErrTokenIncorrect,
	}
	var texts []string
	for _, kind := range kinds {
		err := error(&djangocsrf.Error{Kind: kind})
		for _, other := range kinds {
			if errors.Is(err, other) != (kind == other) {
				t.Errorf("an error of kind %q matches %q", string(kind), string(other))
			}
		}
		if slices.Contains(texts, err.Error()) || strings.Contains(err.Error(), "unknown") {
			t.Errorf("kind %q has no text of its own: %v", string(kind), err)
		}
		texts = append(texts, err.Error())
	}
	if got := djangocsrf.Kind("fortune").Error(); !strings.Contains(got, "unknown") {
		t.Errorf("an unknown kind says %q", got)
	}
	if !errors.Is(&djangocsrf.Error{Kind: djangocsrf.ErrFormTooLarge}, saltine.ErrTooLarge) {
		t.Error("ErrFormTooLarge is not ErrTooLarge")
	}
}
