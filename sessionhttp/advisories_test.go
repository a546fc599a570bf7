package sessionhttp_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// serve gives one request to a handler that does something with the session.
func serve(t *testing.T, opts *sessionhttp.Options, cookies []string, do func(*saltine.Session)) answer {
	t.Helper()
	return handle(t, newMiddleware(t, newStore(t, nil), opts).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		do(sessionhttp.FromContext(r.Context()))
	})), cookies)
}

// CVE-2026-35192, CVE-2023-30861: a cookie that was set unasked came without
// Vary.
func TestRenewalVaries(t *testing.T) {
	opts := strict(t)
	opts.Cookie.SaveEveryRequest = true
	resp := serve(t, opts, signed(t, newStore(t, nil)), func(*saltine.Session) {})
	if len(resp.Header["Set-Cookie"]) != 1 || !slices.Equal(resp.Header["Vary"], []string{"Cookie"}) {
		t.Errorf("%v", resp.Header)
	}
}

// CVE-2026-27205: some looks at the session came without Vary.
func TestEveryLookVaries(t *testing.T) {
	for name, look := range map[string]func(*saltine.Session){
		"Get":    func(s *saltine.Session) { s.Get("x") },
		"Has":    func(s *saltine.Session) { s.Has("x") },
		"Keys":   func(s *saltine.Session) { s.Keys() },
		"Values": func(s *saltine.Session) { s.Values() },
		"Items":  func(s *saltine.Session) { s.Items() },
		"Len":    func(s *saltine.Session) { s.Len() },
	} {
		for _, cookies := range [][]string{nil, signed(t, newStore(t, nil))} {
			if resp := serve(t, strict(t), cookies, look); !slices.Equal(resp.Header["Vary"], []string{"Cookie"}) {
				t.Errorf("%s, with a cookie: %v: Vary is %q", name, cookies != nil, resp.Header["Vary"])
			}
		}
	}
}

// CVE-2015-5963: signing out made empty sessions.
func TestEmptySessionIsNotWritten(t *testing.T) {
	for name, do := range map[string]func(*saltine.Session){
		"Flush": must(t, (*saltine.Session).Flush), "Clear": (*saltine.Session).Clear,
		"Destroy": must(t, (*saltine.Session).Destroy), "Create": must(t, (*saltine.Session).Create),
	} {
		if resp := serve(t, strict(t), nil, do); resp.Header["Set-Cookie"] != nil {
			t.Errorf("%s: Set-Cookie is %q", name, resp.Header["Set-Cookie"])
		}
	}
}

// CVE-2024-38513: the client chose the id of its session.
func TestUnverifiedCookieLeavesNothing(t *testing.T) {
	const chosen = "eyJjaG9zZW4iOjF9:1r31eq:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	resp := serve(t, strict(t), []string{"sessionid=" + chosen}, func(s *saltine.Session) {
		if s.Has("chosen") {
			t.Error("the session holds what the client chose")
		}
		s.Set("a", 1)
	})
	if s := sessionOf(t, newStore(t, nil), resp.Header); s == nil || s.Has("chosen") || s.Key() == chosen {
		t.Errorf("Set-Cookie is %q", resp.Header["Set-Cookie"])
	}
}

// CVE-2025-7339: a hook before the headers mangled what stood in them.
func TestHeaderShapes(t *testing.T) {
	header := http.Header{
		"X-Empty": {""}, "X-Two": {"1", "2"}, "x-lower": {"kept"}, "X-None": {}, "Link": {"<a>", "<b>"}, "Set-Cookie": {"theme=dark", "lang=en"},
	}
	resp := handle(t, newMiddleware(t, newStore(t, nil), strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range header {
			w.Header()[name] = slices.Clone(values)
		}
		set2(sessionhttp.FromContext(r.Context()))
		w.WriteHeader(http.StatusOK)
	})), nil)
	if got := resp.Header["Set-Cookie"]; len(got) != 3 || !slices.Equal(got[:2], header["Set-Cookie"]) || !strings.HasPrefix(got[2], sessioncookie.DefaultName+"=") {
		t.Errorf("Set-Cookie is %q", got)
	}
	resp.Header["Set-Cookie"], header["Vary"] = header["Set-Cookie"], []string{"Cookie"}
	if diff := cmp.Diff(header, resp.Header); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// CVE-2025-58186: any number of cookies was parsed.
func TestTooManyCookies(t *testing.T) {
	cookies := []string{strings.Repeat("a=1; ", 3000) + "sessionid=" + cookie(t, newStore(t, nil))}
	resp := serve(t, strict(t), cookies, func(s *saltine.Session) {
		if s.Has("a") || s.Err() != nil {
			t.Errorf("the cookie was found: %v", s.Err())
		}
	})
	if resp.Status != http.StatusOK || resp.Header["Set-Cookie"] != nil {
		t.Errorf("%d %v", resp.Status, resp.Header)
	}
}
