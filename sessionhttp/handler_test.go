package sessionhttp_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

func TestNewRefuses(t *testing.T) {
	store := newStore(t, nil)
	for _, tt := range []struct {
		name  string
		store saltine.Store
		opts  *sessionhttp.Options
	}{
		{"no store", nil, nil},
		{"nil CookieStore", (*saltine.CookieStore)(nil), nil},
		{"zero CookieStore", &saltine.CookieStore{}, nil},
		{"option of the cookie", store, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{SameSite: sessioncookie.SameSiteNone, Insecure: true}}},
		{"no such guard", store, &sessionhttp.Options{CacheGuard: 3}},
	} {
		if m, err := sessionhttp.New(tt.store, tt.opts); m != nil || !errors.Is(err, saltine.ErrInvalidOption) {
			t.Errorf("%s: New = %v, %v, want an invalid option", tt.name, m, err)
		}
	}
}

func TestFromContextWithoutMiddleware(t *testing.T) {
	if s := sessionhttp.FromContext(t.Context()); s != nil {
		t.Errorf("FromContext = %v, want nil", s)
	}
	if s := newMiddleware(t, newStore(t, nil), nil).FromContext(t.Context()); s != nil {
		t.Errorf("Middleware.FromContext = %v, want nil", s)
	}
}

func TestFromContext(t *testing.T) {
	type key struct{}
	m := newMiddleware(t, newStore(t, nil), nil)
	parent, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
	r := m.Open(newRequest(nil).WithContext(parent))
	child, cancelChild := context.WithTimeout(r.Context(), time.Hour)
	defer cancelChild()
	if s := sessionhttp.FromContext(child); s == nil || s != sessionhttp.FromContext(r.Context()) || s != m.FromContext(child) {
		t.Error("the session is not the same everywhere in the request")
	}
	if got := child.Value(key{}); got != "value" {
		t.Errorf("the context's own value is %v", got)
	}
	cancel()
	<-child.Done()
}

// Two cookies, one for the site and one for its administrators.
func TestTwoMiddlewares(t *testing.T) {
	store, adminStore := newStore(t, nil), newStore(t, &saltine.StoreOptions{Salt: "admin sessions"})
	site := newMiddleware(t, store, strict(t))
	opts := strict(t)
	opts.Cookie.Name = "admin"
	admin := newMiddleware(t, adminStore, opts)
	resp := handle(t, site.Handler(admin.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if sessionhttp.FromContext(r.Context()) != admin.FromContext(r.Context()) {
			t.Error("FromContext is not the innermost session")
		}
		site.FromContext(r.Context()).Set("who", "site")
		admin.FromContext(r.Context()).Set("who", "admin")
	}))), nil)
	got := map[string]any{}
	for _, c := range cookiesOf(t, resp.Header) {
		s, err := map[string]*saltine.CookieStore{"sessionid": store, "admin": adminStore}[c.Name].Load(c.Value)
		if err != nil {
			t.Fatal(err)
		}
		got[c.Name] = s.Get("who")
	}
	if diff := cmp.Diff(map[string]any{"sessionid": "site", "admin": "admin"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Cookie"}, resp.Header["Vary"]); diff != "" {
		t.Errorf("Vary (-want +got):\n%s", diff)
	}
}

func TestCommitWithoutOpen(t *testing.T) {
	m, other := newMiddleware(t, newStore(t, nil), nil), newMiddleware(t, newStore(t, nil), nil)
	if err := m.Commit(discard{http.Header{}}, newRequest(nil), 200); err == nil {
		t.Error("Commit of a request without a session: no error")
	}
	if err := m.Commit(discard{http.Header{}}, other.Open(newRequest(nil)), 200); err == nil {
		t.Error("Commit of another Middleware's request: no error")
	}
}

func TestCommitTwice(t *testing.T) {
	m := newMiddleware(t, newStore(t, nil), strict(t))
	r, h := m.Open(newRequest(nil)), http.Header{}
	s := sessionhttp.FromContext(r.Context())
	s.Set("a", 1)
	if err := m.Commit(discard{h}, r, 200); err != nil {
		t.Fatal(err)
	}
	want := h.Clone()
	if err := m.Commit(discard{h}, r, 200); err != nil {
		t.Errorf("second Commit: %v", err)
	}
	s.Set("b", 2)
	if err := m.Commit(discard{h}, r, 200); !errors.Is(err, sessioncookie.ErrLateChange) {
		t.Errorf("third Commit: %v, want %v", err, sessioncookie.ErrLateChange)
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("headers changed (-first +last):\n%s", diff)
	}
}

// An untouched request costs no more than two allocations: the visit and
// net/http's copy of the request with another context.
func TestUntouchedAllocations(t *testing.T) {
	store := newStore(t, nil)
	r, w := newRequest(signed(t, store)), discard{http.Header{}}
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	count := func(h http.Handler) float64 { return testing.AllocsPerRun(100, func() { h.ServeHTTP(w, r) }) }
	plain, with := count(bare), count(newMiddleware(t, store, nil).Handler(bare))
	if with-plain > 2 {
		t.Errorf("%v allocations with the middleware, %v without", with, plain)
	}
	t.Logf("%v allocations with the middleware, %v without", with, plain)
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header       { return d.h }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// A Middleware serves many requests at a time; go test -race watches.
func TestConcurrentRequests(t *testing.T) {
	store := newStore(t, nil)
	h := newMiddleware(t, store, strict(t)).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		s.Set("path", r.URL.Path)
	}))
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			w, path := httptest.NewRecorder(), "/"+strings.Repeat("x", i)
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
			if got := sessionOf(t, store, w.Header()).Get("path"); got != path {
				t.Errorf("path is %v, want %v", got, path)
			}
		})
	}
	wg.Wait()
}

// A session that is used lives on, on the clock of the world.
func TestRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := saltine.NewCookieStore(testKeys, &saltine.StoreOptions{CookieAge: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		opts := strict(t)
		opts.Cookie.RenewAfter = 0.5
		h := newMiddleware(t, store, opts).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if got := sessionhttp.FromContext(r.Context()).Get("a"); got != int64(1) {
				t.Errorf("a = %v, want 1", got)
			}
		}))
		value, renewals := cookie(t, store), 0
		for range 30 { // five hours
			<-time.After(10 * time.Minute)
			resp := handle(t, h, []string{sessioncookie.DefaultName + "=" + value})
			for _, c := range cookiesOf(t, resp.Header) {
				value = c.Value
				renewals++
			}
		}
		if renewals != 10 {
			t.Errorf("%d renewals, want 10: one each half hour", renewals)
		}
	})
}

func TestRefreshOnNavigation(t *testing.T) {
	now := start
	store := newStore(t, &saltine.StoreOptions{Now: func() time.Time { return now }})
	cookies := signed(t, store)
	now = now.Add(13 * 24 * time.Hour)
	for _, tt := range []struct {
		name   string
		only   bool
		dest   string
		change bool
		want   bool
		reason string
	}{
		{"page", true, "document", false, true, "somebody went there"},
		{"old browser", true, "", false, true, "nobody can tell"},
		{"script", true, "script", false, false, "part of a page"},
		{"fetch", true, "empty", false, false, "part of a page"},
		{"frame", true, "iframe", false, false, "part of a page"},
		{"fetch that changes", true, "empty", true, true, "a change is always saved"},
		{"fetch, anything goes", false, "empty", false, true, "the option is off"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := strict(t)
			opts.Cookie.RenewAfter, opts.RefreshOnNavigation = 0.5, tt.only
			m := newMiddleware(t, store, opts)
			r := newRequest(cookies)
			if tt.dest != "" {
				r.Header.Set("Sec-Fetch-Dest", tt.dest)
			}
			r = m.Open(r)
			s, h := sessionhttp.FromContext(r.Context()), http.Header{}
			s.Get("a")
			if tt.change {
				s.Set("b", 2)
			}
			if err := m.Commit(discard{h}, r, 200); err != nil {
				t.Fatal(err)
			}
			if got := len(h["Set-Cookie"]) > 0; got != tt.want {
				t.Errorf("Set-Cookie: %v, want %v: %s", got, tt.want, tt.reason)
			}
		})
	}
}

// Log out everywhere: whoever knows the time of the last one can refuse what
// was signed before.
func TestRevokedEverywhere(t *testing.T) {
	now := start
	store := newStore(t, &saltine.StoreOptions{Now: func() time.Time { return now }})
	since := map[string]time.Time{}
	type key struct{}
	opts := strict(t)
	opts.Guard = func(s *saltine.Session) error {
		if s.Context().Value(key{}) == nil {
			t.Error("the context is not that of the request that came")
		}
		user, _ := s.Get("user").(string)
		if s.Verification().SignedAt.Before(since[user]) {
			return saltine.ErrRevoked
		}
		return nil
	}
	var refused []error
	opts.OnCookie = func(_ *http.Request, _ saltine.Verification, err error) { refused = append(refused, err) }
	m := newMiddleware(t, store, opts)
	visit := func(cookies []string) (user any, header http.Header) {
		r := newRequest(cookies)
		r = m.Open(r.WithContext(context.WithValue(r.Context(), key{}, 1)))
		s := sessionhttp.FromContext(r.Context())
		user = s.Get("user")
		if user == nil {
			s.Set("user", "ada")
		}
		header = http.Header{}
		if err := m.Commit(discard{header}, r, 200); err != nil {
			t.Fatal(err)
		}
		return user, header
	}
	_, header := visit(nil)
	stolen := header["Set-Cookie"]
	if user, _ := visit(stolen); user != "ada" {
		t.Fatalf("user is %v, want ada", user)
	}
	now = now.Add(time.Minute)
	since["ada"] = now
	user, header := visit(stolen)
	if user != nil {
		t.Errorf("user of a revoked session is %v", user)
	}
	if user, _ := visit(header["Set-Cookie"]); user != "ada" {
		t.Errorf("user who signed in again is %v, want ada", user)
	}
	if want := []error{nil, saltine.ErrRevoked, nil}; !cmp.Equal(want, refused, cmp.Comparer(errors.Is)) {
		t.Errorf("OnCookie was told %v, want %v", refused, want)
	}
}

// What Guard reads is not what the handler reads.
func TestRevokedDoesNotVary(t *testing.T) {
	store := newStore(t, nil)
	asked := 0
	opts := strict(t)
	opts.Guard = func(s *saltine.Session) error {
		asked++
		if !s.Has("a") {
			return saltine.ErrRevoked
		}
		return nil
	}
	h := newMiddleware(t, store, opts).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := sessionhttp.FromContext(r.Context()).Err(); err != nil {
			t.Error(err)
		}
	}))
	resp := handle(t, h, signed(t, store))
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
	if resp.Header["Vary"] != nil {
		t.Errorf("Vary is %q", resp.Header["Vary"])
	}
}
