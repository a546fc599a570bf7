package djangocsrf_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/djangocsrf"
)

// What the operator is told of an Origin that is refused.
func TestOriginDiffers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		secure bool
		host   string
		origin string
		want   djangocsrf.Differs
		reason string
	}{
		{"scheme", false, "example.com", "https://example.com", djangocsrf.Differs{Scheme: true}, "a proxy ends TLS: the usual complaint"},
		{"host", true, "backend", "https://example.com", djangocsrf.Differs{Host: true}, "a proxy changes Host"},
		{"host and port", true, "backend:8000", "https://example.com", djangocsrf.Differs{Host: true, Port: true}, "the same with the port of the backend"},
		{"all", false, "127.0.0.1:8000", "https://example.com", djangocsrf.Differs{Scheme: true, Host: true, Port: true}, "a proxy does both"},
		{"port", true, "example.com:8443", "https://example.com", djangocsrf.Differs{Port: true}, "a port that is forwarded"},
		{"default port", true, "example.com", "https://example.com:443", djangocsrf.Differs{Port: true}, "no default port is folded"},
		{"letter case", true, "example.com", "https://EXAMPLE.com", djangocsrf.Differs{Host: true}, "it is compared as text"},
		{"null", true, "example.com", "null", djangocsrf.Differs{Scheme: true, Host: true}, "a sandbox, or a redirect: null is never trusted"},
		{"empty", true, "example.com", "", djangocsrf.Differs{Scheme: true, Host: true}, "an empty Origin is a bad one"},
		{"unknown host", true, "", "https://example.com", djangocsrf.Differs{}, "there is nothing to compare with"},
		{"unknown host, no host", true, "", "https://", djangocsrf.Differs{}, "an unknown host is no host of ours"},
		{"version 6", true, "[::1]:8000", "https://[::1]:8001", djangocsrf.Differs{Port: true}, "colons within brackets are no port"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := protect(t, djangocsrf.Options{}).Open(post(func(r *djangocsrf.Request) {
				r.Secure, r.Host, r.HasOrigin, r.Origin = tt.secure, tt.host, true, tt.origin
			})).Check()
			if diff := cmp.Diff(&djangocsrf.Error{Kind: djangocsrf.ErrBadOrigin, Differs: tt.want}, err); diff != "" {
				t.Errorf("Check (-want +got): %s\n%s", tt.reason, diff)
			}
			if tt.want != (djangocsrf.Differs{}) && !strings.Contains(err.Error(), tt.want.String()) {
				t.Errorf("%q does not tell %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "example") {
				t.Errorf("%q repeats the Origin or the Host", err)
			}
		})
	}
}

func TestRefererDiffers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		domain  string
		host    string
		port    string
		referer string
		want    *djangocsrf.Error
		reason  string
	}{
		{"good", "", "example.com", "", "https://example.com/page", nil, "the same host"},
		{"host", "", "backend", "", "https://example.com/", refererDiffers(true, false), "a proxy changes Host"},
		{"port", "", "example.com:8443", "", "https://example.com/", refererDiffers(false, true), "a port that is forwarded"},
		{"default port", "", "example.com", "", "https://example.com:443/", refererDiffers(false, true), "no default port is folded"},
		{"end of the host", "", "example.com", "", "https://xexample.com/", refererDiffers(true, false), "another host"},
		{"no address in brackets", "", "[bad]", "", "https://[bad]/", &djangocsrf.Error{Kind: djangocsrf.ErrMalformedReferer}, "Python refuses it"},
		{"address in brackets", "", "[::1]:8000", "", "https://[::1]:8000/", nil, "Python takes it"},
		{"cookie domain", ".example.com", "x", "", "https://app.example.com/", nil, "the cookie is for it"},
		{"cookie domain's port", ".example.com", "x", "8443", "https://app.example.com/", refererDiffers(false, true), "the site has a port"},
		{"cookie domain and default port", ".example.com", "x", "443", "https://app.example.com/", nil, "443 is not written"},
		{"other domain", ".example.com", "x", "", "https://evil.test/", refererDiffers(true, false), "the cookie is not for it"},
		{"unknown host", "", "", "", "https://example.com/", &djangocsrf.Error{Kind: djangocsrf.ErrBadReferer}, "there is nothing to compare with"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := protect(t, djangocsrf.Options{CookieDomain: tt.domain}).Open(post(func(r *djangocsrf.Request) {
				r.Secure, r.Host, r.Port, r.HasReferer, r.Referer = true, tt.host, tt.port, true, tt.referer
			})).Check()
			if tt.want == nil {
				if err != nil {
					t.Errorf("Check = %v: %s", err, tt.reason)
				}
				return
			}
			if diff := cmp.Diff(tt.want, err); diff != "" {
				t.Errorf("Check (-want +got): %s\n%s", tt.reason, diff)
			}
		})
	}
}

func refererDiffers(host, port bool) *djangocsrf.Error {
	return &djangocsrf.Error{Kind: djangocsrf.ErrBadReferer, Differs: djangocsrf.Differs{Host: host, Port: port}}
}

// "null" comes from sandboxes and from anybody: it cannot even be listed.
func TestOriginNullNeverTrusted(t *testing.T) {
	if _, err := djangocsrf.New(&djangocsrf.Options{TrustedOrigins: []string{"null"}}); err == nil {
		t.Error("New takes null as a trusted origin")
	}
	p := protect(t, djangocsrf.Options{TrustedOrigins: []string{"https://*.null", "https://null"}})
	err := p.Open(post(func(r *djangocsrf.Request) { r.Host, r.HasOrigin, r.Origin = "null", true, "null" })).Check()
	if kindOf(t, err) != djangocsrf.ErrBadOrigin {
		t.Errorf("Check = %v", err)
	}
}

// Over plain HTTP a Referer says nothing, and is not looked at.
func TestRefererNotCheckedOverHTTP(t *testing.T) {
	err := protect(t, djangocsrf.Options{}).Open(post(func(r *djangocsrf.Request) {
		r.HasReferer, r.Referer = true, "http://evil.test/"
	})).Check()
	if err != nil {
		t.Errorf("Check = %v", err)
	}
}

// A good Origin stands for the Referer, a bad one is not rescued by it.
func TestOriginBeforeReferer(t *testing.T) {
	for origin, want := range map[string]djangocsrf.Kind{"https://example.com": "", "https://evil.test": djangocsrf.ErrBadOrigin} {
		err := protect(t, djangocsrf.Options{}).Open(post(func(r *djangocsrf.Request) {
			r.Secure, r.HasOrigin, r.Origin = true, true, origin
			r.HasReferer, r.Referer = true, "https://example.com/"
			if want == "" {
				r.Referer = "http://evil.test/"
			}
		})).Check()
		if got := kindOf(t, err); got != want {
			t.Errorf("Origin %s: %v", origin, err)
		}
	}
}

// The scheme of a trusted origin counts for the Origin, and not for the Referer.
func TestTrustedOriginSchemes(t *testing.T) {
	p := protect(t, djangocsrf.Options{TrustedOrigins: []string{"http://a.test", "http://*.wild.test"}})
	for _, tt := range []struct {
		origin, referer string
		want            djangocsrf.Kind
	}{
		{"http://a.test", "", ""},
		{"https://a.test", "", djangocsrf.ErrBadOrigin},
		{"http://cdn.wild.test", "", ""},
		{"http://wild.test", "", ""},
		{"http://xwild.test", "", djangocsrf.ErrBadOrigin},
		{"https://cdn.wild.test", "", djangocsrf.ErrBadOrigin},
		{"", "https://a.test/", ""},
		{"", "https://cdn.wild.test/", ""},
		{"", "http://a.test/", djangocsrf.ErrInsecureReferer},
	} {
		err := p.Open(post(func(r *djangocsrf.Request) {
			r.Secure = true
			r.HasOrigin, r.Origin = tt.origin != "", tt.origin
			r.HasReferer, r.Referer = tt.referer != "", tt.referer
		})).Check()
		if got := kindOf(t, err); got != tt.want {
			t.Errorf("Origin %q, Referer %q: %v, want %q", tt.origin, tt.referer, err, tt.want)
		}
	}
}
