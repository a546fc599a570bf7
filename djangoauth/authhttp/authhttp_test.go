package authhttp_test

import (
	stdcmp "cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/authhttp"
	"github.com/seed-52756201/saltine/djangocsrf"
	"github.com/seed-52756201/saltine/memorystore"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// site is a server, and how often it looked for a user.
type site struct {
	store   *saltine.CookieStore
	auth    *djangoauth.Auth
	users   *authhttp.Middleware
	account djangoauth.Account
	err     error
	loads   int
	errors  []error
}

func newSite(t testing.TB, o authhttp.Options) *site {
	t.Helper()
	keys := testKeys(t)
	var err error
	s := &site{account: djangoauth.Account{ID: "7", Password: "column", Active: true}}
	if s.store, err = saltine.NewCookieStore(keys, nil); err != nil {
		t.Fatal(err)
	}
	s.auth, err = djangoauth.New(&djangoauth.Options{
		Keys: keys,
		Load: func(context.Context, string, string) (djangoauth.Account, bool, error) {
			s.loads++
			return s.account, true, s.err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.OnError = func(_ *http.Request, err error) { s.errors = append(s.errors, err) }
	if s.users, err = authhttp.New(s.auth, &o); err != nil {
		t.Fatal(err)
	}
	return s
}

// serve has a handler answer a request with the cookie of a login, or with none.
func (s *site) serve(t testing.TB, h http.Handler, target string, signedIn bool) *httptest.ResponseRecorder {
	t.Helper()
	sessions, err := sessionhttp.New(s.store, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{Insecure: true}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	if signedIn {
		session := s.store.New()
		if err := s.auth.Login(session, s.account, ""); err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", "sessionid="+session.Key())
		if err := session.Save(); err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", "sessionid="+session.Key())
	}
	w := httptest.NewRecorder()
	sessions.Handler(h).ServeHTTP(w, r)
	return w
}

// page shows who is signed in.
var page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	visit := authhttp.FromContext(r.Context())
	for range 3 {
		account, err := visit.User()
		fmt.Fprintln(w, account.ID, err)
	}
})

// The user is looked up when somebody asks, and once.
func TestUserIsLazy(t *testing.T) {
	s := newSite(t, authhttp.Options{})
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	w := s.serve(t, s.users.Handler(nothing), "/", true)
	if s.loads != 0 || w.Header().Get("Vary") != "" {
		t.Errorf("%d look-ups, Vary %q for a page that never asks", s.loads, w.Header().Get("Vary"))
	}
	w = s.serve(t, s.users.Handler(s.users.Handler(s.users.RequireUser(page))), "/", true)
	if want := strings.Repeat("7 <nil>\n", 3); s.loads != 1 || w.Body.String() != want {
		t.Errorf("%d look-ups, body %q", s.loads, w.Body)
	}
}

func TestRequireUser(t *testing.T) {
	for _, tt := range []struct {
		name, target, loginURL, want string
		reason                       string
	}{
		{"path", "/account", "", "/accounts/login/?next=/account", "Django's default"},
		{"query", "/account?a=1&b=2", "", "/accounts/login/?next=/account%3Fa%3D1%26b%3D2", "the query comes back too"},
		{"query of the login page", "/account", "/in?x=1", "/in?next=/account&x=1", "what the setting says stays"},
		{"two slashes", "//evil.test/a", "", "/accounts/login/?next=/%252Fevil.test/a", "a path is no host"},
		{"another site", "http://good.test/account", "https://sso.test/in", "https://sso.test/in?next=http%3A//good.test/account", "the other site needs all of it"},
		{"the same site", "http://good.test/account", "http://good.test/in", "http://good.test/in?next=/account", "a path is enough"},
		{"escapes", "/caf%C3%A9/a%2Fb", "", "/accounts/login/?next=/caf%25C3%25A9/a%252Fb", "they come back as they were"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, authhttp.Options{LoginURL: tt.loginURL})
			w := s.serve(t, s.users.RequireUser(page), tt.target, false)
			got := w.Header().Get("Location")
			if w.Code != http.StatusFound || !strings.EqualFold(got, tt.want) {
				t.Errorf("%d %s, want %s: %s", w.Code, got, tt.want, tt.reason)
			}
			if w.Header().Get("Vary") != "Cookie" || s.loads != 0 {
				t.Errorf("Vary %q, %d look-ups", w.Header().Get("Vary"), s.loads)
			}
		})
	}
}

// The page to go back to is the one that the client asked for, whatever a router made of
// it, and no other site.
func TestRequireUserBehindARouter(t *testing.T) {
	s := newSite(t, authhttp.Options{})
	require := s.users.RequireUser(page)
	for _, tt := range []struct {
		name, requestURI, path string
		handler                http.Handler
		want                   string
		reason                 string
	}{
		{"StripPrefix", "/shop/account?a=1", "", http.StripPrefix("/shop", require), "/shop/account?a=1", "the prefix comes back"},
		{"escapes", "/shop/caf%C3%A9/a%2Fb", "", http.StripPrefix("/shop", require), "/shop/caf%C3%A9/a%2Fb", "they come back as they were"},
		{"two slashes behind the prefix", "/shop//evil.test", "", http.StripPrefix("/shop", require), "/shop//evil.test", "a path of this site"},
		{"two slashes", "//evil.test/a?b", "", require, "/%2Fevil.test/a?b", "a path is no host"},
		{"three slashes", "///evil.test", "", require, "/%2F/evil.test", "the same"},
		{"backslash", `/\evil.test`, "", require, "/%5Cevil.test", "browsers take it for a slash"},
		{"whole URL", "http://evil.test/shop/account?a=1", "", http.StripPrefix("/shop", require), "/shop/account?a=1", "its host is not asked"},
		{"whole URL, two slashes", "http://good.test//evil.test", "", require, "/%2Fevil.test", "a path is no host"},
		{"whole URL without a path", "http://evil.test", "/a", require, "/a", "there is no path in it"},
		{"other scheme", "javascript:alert(1)", "/a", require, "/a", "it is no path"},
		{"asterisk", "*", "/a", require, "/a", "it is no path"},
		{"no request line", "", "/a?b", require, "/a?b", "a request that no server read"},
	} {
		target := stdcmp.Or(tt.path, tt.requestURI)
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.RequestURI = tt.requestURI
			tt.handler.ServeHTTP(w, r)
		})
		location, err := url.Parse(s.serve(t, h, target, false).Header().Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		if got := location.Query().Get("next"); got != tt.want {
			t.Errorf("%s: next=%q, want %q: %s", tt.name, got, tt.want, tt.reason)
		}
	}
}

func TestRequireUserForAPI(t *testing.T) {
	s := newSite(t, authhttp.Options{})
	h := s.users.RequireUserForAPI(page)
	if w := s.serve(t, h, "/", false); w.Code != http.StatusUnauthorized || w.Header().Get("Location") != "" {
		t.Errorf("a visitor: %d", w.Code)
	}
	if w := s.serve(t, h, "/", true); w.Code != http.StatusOK {
		t.Errorf("a user: %d", w.Code)
	}
}

// What cannot be found out is neither a page nor a login page.
func TestUnavailable(t *testing.T) {
	s := newSite(t, authhttp.Options{})
	s.err = errors.New("database is down")
	for _, h := range []http.Handler{s.users.RequireUser(page), s.users.RequireUserForAPI(page)} {
		if w := s.serve(t, h, "/", true); w.Code != http.StatusServiceUnavailable || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%d, Set-Cookie %q", w.Code, w.Header().Get("Set-Cookie"))
		}
	}
	if len(s.errors) != 2 || !errors.Is(s.errors[0], s.err) || !strings.Contains(s.errors[0].Error(), "database is down") {
		t.Errorf("OnError was told %v", s.errors)
	}
	w := httptest.NewRecorder()
	s.users.RequireUser(page).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	if w.Code != http.StatusServiceUnavailable || !errors.Is(s.errors[2], saltine.ErrInvalidOption) {
		t.Errorf("without a session: %d, %v", w.Code, s.errors)
	}
}

// A login and a logout show in the same request.
func TestVisitFollowsChanges(t *testing.T) {
	s := newSite(t, authhttp.Options{})
	protection, err := djangocsrf.New(&djangocsrf.Options{Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		visit := authhttp.FromContext(r.Context())
		note := func(err error) {
			account, asked := visit.User()
			got = append(got, fmt.Sprint(err, " ", account.ID, errors.Is(asked, djangoauth.ErrAnonymous)))
		}
		note(nil)
		note(visit.Login(s.account, ""))
		before := s.account
		s.account.Password = "changed"
		note(visit.PasswordChanged(before, "changed"))
		note(visit.Logout())
	})
	w := s.serve(t, protection.Handler(s.users.Handler(h), nil), "/", false)
	if diff := cmp.Diff([]string{"<nil> true", "<nil> 7false", "<nil> 7false", "<nil> true"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(strings.Join(w.Header()["Set-Cookie"], "\n"), "csrftoken=") {
		t.Errorf("the CSRF secret was not rotated: %q", w.Header()["Set-Cookie"])
	}
}

// The secret is rotated by a login, whichever of the two middlewares stands outside, and
// by a look-up never, not even where that renews the hash of a fallback key.
func TestLoginRotatesCSRFInAnyOrder(t *testing.T) {
	protection, err := djangocsrf.New(&djangocsrf.Options{Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, authhttp.Options{})
	login := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := authhttp.FromContext(r.Context()).Login(s.account, ""); err != nil {
			t.Error(err)
		}
	})
	users := s.users.Handler
	csrf := func(h http.Handler) http.Handler { return protection.Handler(h, nil) }
	for _, tt := range []struct {
		name    string
		handler http.Handler
		rotates bool
		reason  string
	}{
		{"csrf outside", csrf(users(login)), true, "Django's order"},
		{"csrf inside", users(csrf(login)), true, "the handler's context has both"},
		{"csrf within a page", users(s.users.RequireUser(csrf(login))), true, "the same"},
		{"look-up, csrf outside", csrf(users(page)), false, "forms in other tabs stay good"},
		{"look-up, csrf inside", users(csrf(page)), false, "the same"},
		{"no csrf", users(login), false, "there is none to rotate"},
	} {
		w := s.serve(t, tt.handler, "/", true)
		if got := strings.Contains(strings.Join(w.Header()["Set-Cookie"], "\n"), "csrftoken="); got != tt.rotates {
			t.Errorf("%s: a new secret %t, want %t: %s", tt.name, got, tt.rotates, tt.reason)
		}
	}
}

// A session whose hash is of a fallback key is renewed, and the CSRF secret is not.
func TestFallbackKeepsTheCSRFSecret(t *testing.T) {
	protection, err := djangocsrf.New(&djangocsrf.Options{Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, authhttp.Options{})
	session := s.store.New()
	if err := s.auth.Login(session, s.account, ""); err != nil {
		t.Fatal(err)
	}
	if err := session.Save(); err != nil {
		t.Fatal(err)
	}
	keys, err := saltine.NewKeyring("the next key for tests, fifty bytes or more, no secret", &saltine.KeyringOptions{Fallbacks: []saltine.Key{testKey}})
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{Insecure: true}})
	if err != nil {
		t.Fatal(err)
	}
	auth, err := djangoauth.New(&djangoauth.Options{Keys: keys, Load: func(context.Context, string, string) (djangoauth.Account, bool, error) {
		return s.account, true, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	users, err := authhttp.New(auth, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("Cookie", "csrftoken="+strings.Repeat("a", 32)+"; sessionid="+session.Key())
	w := httptest.NewRecorder()
	sessions.Handler(protection.Handler(users.Handler(page), nil)).ServeHTTP(w, r)
	set := strings.Join(w.Header()["Set-Cookie"], "\n")
	if w.Body.String() != strings.Repeat("7 <nil>\n", 3) || !strings.Contains(set, "sessionid=") || strings.Contains(set, "csrftoken=") {
		t.Errorf("body %q, Set-Cookie %q: want the session renewed, and the secret as it was", w.Body, set)
	}
}

// A page that writes and then asks leaves the session as it is: no cookie could follow. The
// next page that asks in time renews or flushes it.
func TestUserIsLate(t *testing.T) {
	const newKey = "the next key for tests, fifty bytes or more, no secret"
	write := func(w http.ResponseWriter) { fmt.Fprint(w, "first") }
	for _, tt := range []struct {
		name        string
		column      string
		begin       func(http.ResponseWriter)
		want        string
		wantLogin   bool
		wantRenewed bool
		reason      string
	}{
		{"fallback key, in time", "column", func(http.ResponseWriter) {}, "7 <nil>", true, true, "Django's way"},
		{"fallback key, late", "column", write, "7 <nil>", true, false, "the visitor would be signed out"},
		{"fallback key, after the headers", "column", func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) }, "7 <nil>", true, false, "the same"},
		{"wrong hash, in time", "changed", func(http.ResponseWriter) {}, "bad hash", false, false, "Django's way"},
		{"wrong hash, late", "changed", write, "bad hash", true, false, "nobody is signed in; the next request flushes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			backend, err := memorystore.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			store, err := saltine.NewServerStore(backend, nil)
			if err != nil {
				t.Fatal(err)
			}
			session := store.Open(t.Context(), "")
			if err := newSite(t, authhttp.Options{}).auth.Login(session, djangoauth.Account{ID: "7", Password: "column"}, ""); err != nil {
				t.Fatal(err)
			}
			if err := session.Save(); err != nil {
				t.Fatal(err)
			}
			keys, err := saltine.NewKeyring(newKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{testKey}})
			if err != nil {
				t.Fatal(err)
			}
			auth, err := djangoauth.New(&djangoauth.Options{Keys: keys, Load: func(context.Context, string, string) (djangoauth.Account, bool, error) {
				return djangoauth.Account{ID: "7", Password: tt.column, Active: true}, true, nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			users, err := authhttp.New(auth, nil)
			if err != nil {
				t.Fatal(err)
			}
			sessions, err := sessionhttp.New(store, &sessionhttp.Options{
				Cookie: sessionhttp.CookieOptions{Insecure: true}, OnError: func(*http.Request, error) {},
			})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			handler := sessions.Handler(users.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tt.begin(w)
				account, err := authhttp.FromContext(r.Context()).User()
				if got = fmt.Sprint(account.ID, " ", err); errors.Is(err, djangoauth.ErrBadHash) {
					got = "bad hash"
				}
			})))
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			r.Header.Set("Cookie", "sessionid="+session.Key())
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			key := session.Key()
			for _, c := range w.Result().Cookies() {
				key = c.Value
			}
			if renewed := key != "" && key != session.Key(); got != tt.want || renewed != tt.wantRenewed {
				t.Errorf("got %s, a new cookie %t; want %s, %t: %s", got, renewed, tt.want, tt.wantRenewed, tt.reason)
			}
			if kept := store.Open(t.Context(), key); kept.Has("_auth_user_id") != tt.wantLogin {
				t.Errorf("the browser's key has a login %t: %s", kept.Has("_auth_user_id"), tt.reason)
			}
		})
	}
}

// idReader is how other ports of Django's sessions to Go find the user: by _auth_user_id
// in a session whose signature is good. The hash, the backend and is_active do not count.
func idReader(store *saltine.CookieStore, cookie string) (id string, ok bool) {
	s, err := store.Load(cookie)
	if err != nil {
		return "", false
	}
	id, ok = s.Get("_auth_user_id").(string)
	return id, ok
}

// After a change of the password, or once the account is locked, a copied cookie still
// looks signed in to who reads the id alone. Here its owner is sent to the login page.
func TestRefusesWhatAReaderOfTheIDAccepts(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*djangoauth.Account)
	}{
		{"password changed", func(a *djangoauth.Account) { a.Password = "changed" }},
		{"account locked", func(a *djangoauth.Account) { a.Active = false }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, authhttp.Options{})
			session := s.store.New()
			if err := s.auth.Login(session, s.account, ""); err != nil {
				t.Fatal(err)
			}
			if err := session.Save(); err != nil {
				t.Fatal(err)
			}
			sessions, err := sessionhttp.New(s.store, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{Insecure: true}})
			if err != nil {
				t.Fatal(err)
			}
			visit := func() int {
				r := httptest.NewRequest(http.MethodGet, "/account", http.NoBody)
				r.Header.Set("Cookie", "sessionid="+session.Key())
				w := httptest.NewRecorder()
				sessions.Handler(s.users.RequireUser(page)).ServeHTTP(w, r)
				return w.Code
			}
			if code := visit(); code != http.StatusOK {
				t.Fatalf("status %d before anything changed", code)
			}
			tt.edit(&s.account)
			if id, ok := idReader(s.store, session.Key()); !ok || id != "7" {
				t.Fatalf("a reader of the id finds %q, %t: the test shows nothing", id, ok)
			}
			for range 2 { // the copy stays readable, and stays refused
				if code := visit(); code != http.StatusFound {
					t.Errorf("status %d, want %d", code, http.StatusFound)
				}
			}
		})
	}
}

func TestNext(t *testing.T) {
	s := newSite(t, authhttp.Options{AllowedHosts: []string{"other.test"}})
	for _, tt := range []struct{ name, query, form, want, reason string }{
		{"none", "", "", "/accounts/profile/", "Django's default"},
		{"query", "next=/a", "", "/a", "the link to the login page had it"},
		{"form", "next=/a", "next=/b", "/b", "the form's own counts"},
		{"empty form", "next=/a", "next=", "/accounts/profile/", "the form's own counts, even so"},
		{"own host", "next=http://good.test/a", "", "http://good.test/a", "the site itself"},
		{"allowed host", "next=//other.test/a", "", "//other.test/a", "the option"},
		{"another site", "next=//evil.test/a", "", "/accounts/profile/", "a link that somebody sent"},
		{"another site in the form", "", "next=https://evil.test", "/accounts/profile/", "the same"},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://good.test/login?"+tt.query, strings.NewReader(tt.form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := s.users.Next(r); got != tt.want {
			t.Errorf("%s: got %q, want %q: %s", tt.name, got, tt.want, tt.reason)
		}
	}
	for _, next := range evil {
		r := httptest.NewRequest(http.MethodPost, "http://good.test/login", strings.NewReader("next="+url.QueryEscape(next)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := s.users.Next(r); got != "/accounts/profile/" {
			t.Errorf("next=%q leads to %q", next, got)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "https://good.test/login?next="+url.QueryEscape("http://good.test/a"), http.NoBody)
	if got := s.users.Next(r); got != "/accounts/profile/" {
		t.Errorf("from HTTPS to HTTP: got %q", got)
	}
}

func TestNewRefuses(t *testing.T) {
	s := newSite(t, authhttp.Options{})
	if _, err := authhttp.New(nil, nil); !errors.Is(err, saltine.ErrInvalidOption) {
		t.Errorf("no Auth: error %v", err)
	}
	if _, err := authhttp.New(s.auth, &authhttp.Options{LoginURL: "http://[bad"}); !errors.Is(err, saltine.ErrInvalidOption) {
		t.Errorf("bad LoginURL: error %v", err)
	}
	if visit := authhttp.FromContext(t.Context()); visit != nil {
		t.Error("a Visit from nowhere")
	}
}

// A look-up that panics, and something in between that recovers, must not sign anybody in.
func TestPanickingLoadSignsNobodyIn(t *testing.T) {
	s, panics := newSite(t, authhttp.Options{}), true
	auth, err := djangoauth.New(&djangoauth.Options{
		Keys: testKeys(t),
		Load: func(context.Context, string, string) (djangoauth.Account, bool, error) {
			if panics {
				panic("a driver")
			}
			return s.account, true, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.users, err = authhttp.New(auth, nil); err != nil {
		t.Fatal(err)
	}
	reached := false
	page := s.users.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	audit := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		func() {
			defer func() { recover() }()             //nolint:errcheck // it is the panic that was provoked
			authhttp.FromContext(r.Context()).User() //nolint:errcheck // it panics
		}()
		page.ServeHTTP(w, r)
	})
	if w := s.serve(t, s.users.Handler(audit), "/", true); reached || w.Code < 500 {
		t.Errorf("the page was reached: %v, status %d", reached, w.Code)
	}
}

const testKey saltine.Key = "a key for tests only, fifty bytes or more, no secret"

func testKeys(t testing.TB) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(testKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
