package sessionhttptest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/memorystore"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sessionhttptest"
)

// start is the clock of the tests.
var start = time.Unix(1700000000, 0)

func signIn(s *saltine.Session) { user.Set(s, "ann") }

func TestAddSession(t *testing.T) {
	sessions, handler := newShop(nil, nil)
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	sessionhttptest.AddSession(t, sessions, r, signIn)
	sessionhttptest.AddSession(t, sessions, r, func(s *saltine.Session) { count.Set(s, 3) })
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if want := "ann has 3"; w.Body.String() != want {
		t.Errorf("the answer is %q, want %q: the second session goes on from the first", w.Body, want)
	}
}

// fatal is a test that fails.
type fatal struct {
	testing.TB
	text string
}

func (*fatal) Helper() {}

func (f *fatal) Fatalf(format string, args ...any) {
	f.text = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// A session that cannot be saved fails the test, and says why.
func TestUnsavableSessionFails(t *testing.T) {
	sessions, handler := newShop(nil, nil)
	bad := func(s *saltine.Session) { s.Set("channel", make(chan int)) }
	for name, call := range map[string]func(testing.TB){
		"AddSession": func(tb testing.TB) {
			sessionhttptest.AddSession(tb, sessions, httptest.NewRequest(http.MethodGet, "/", http.NoBody), bad)
		},
		"SetSession": func(tb testing.TB) { sessionhttptest.NewClient(tb, sessions, handler, nil).SetSession(bad) },
	} {
		f := &fatal{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			call(f)
		}()
		<-done
		if !strings.Contains(f.text, `"channel"`) {
			t.Errorf("%s: the test ended with %q, want the name of the value", name, f.text)
		}
	}
}

func TestReadSession(t *testing.T) {
	refuse := func(*saltine.Session) error { return saltine.ErrRevoked }
	guarded, _ := newShop(nil, &sessionhttp.Options{Guard: refuse})
	sessions, handler := newShop(nil, nil)
	ann := sessionhttptest.NewClient(t, sessions, handler, nil)
	ann.SetSession(signIn)
	for _, tt := range []struct {
		name, reason string
		sessions     *sessionhttp.Middleware
		header       http.Header
		ok           bool
		user         string
		err          error
	}{
		{"set", "the handler changed it", sessions, ann.PostForm("/add", nil).Header(), true, "ann", nil},
		{"only read", "there is no Set-Cookie", sessions, ann.Get("/").Header(), false, "", nil},
		{"refused", "the guard says so", guarded, ann.PostForm("/add", nil).Header(), true, "", saltine.ErrRevoked},
		{"deleted", "the visitor signed out", sessions, ann.PostForm("/sign-out", nil).Header(), false, "", nil},
		{"forged", "nobody signed it", sessions, http.Header{"Set-Cookie": {"sessionid=eyJ1c2VyIjoiYW5uIn0:1r31eq:AAAA"}}, true, "", saltine.ErrBadSignature},
		{"other cookies", "they are somebody else's", sessions, http.Header{"Set-Cookie": {"theme=dark", "\x00", "sessionid"}}, false, "", nil},
	} {
		s, ok := sessionhttptest.ReadSession(tt.sessions, tt.header)
		if ok != tt.ok || user.Or(s, "") != tt.user || !errors.Is(s.Err(), tt.err) {
			t.Errorf("%s: %q, %v, %v; want %q, %v, %v: %s", tt.name, user.Or(s, ""), ok, s.Err(), tt.user, tt.ok, tt.err, tt.reason)
		}
	}
}

// A store on a server is tested in the same way.
func TestServerStore(t *testing.T) {
	clock := sessionhttptest.NewClock(start)
	backend, err := memorystore.New(&memorystore.Options{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewServerStore(backend, &saltine.ServerStoreOptions{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := sessionhttp.New(store, nil)
	if err != nil {
		t.Fatal(err)
	}
	ann := sessionhttptest.NewClient(t, sessions, sessions.Handler(http.NotFoundHandler()), clock)
	ann.SetSession(signIn)
	if got := user.Or(ann.Session(), ""); got != "ann" {
		t.Errorf("user is %q", got)
	}
	clock.Advance(15 * 24 * time.Hour)
	if user.Has(ann.Session()) {
		t.Error("the session did not end")
	}
}

// A client sends what a browser would.
func TestClientCookies(t *testing.T) {
	const shop = "https://shop.example.com/"
	for _, tt := range []struct {
		name, reason string
		from, set    string
		to           string
		after        time.Duration
		restart      bool
		want         string
	}{
		{"the same page", "the path is /", shop, "a=1; Path=/; Secure; HttpOnly", shop, 0, false, "a=1"},
		{"another page", "the path is /", shop + "x/y", "a=1; Path=/", shop + "z", 0, false, "a=1"},
		{"another host", "the cookie is for its host alone", shop, "a=1; Path=/", "https://example.com/", 0, false, ""},
		{"a port", "cookies ignore it", shop, "a=1; Path=/", "https://shop.example.com:8443/", 0, false, "a=1"},
		{"capitals", "hosts ignore case", "https://Shop.Example.com/", "a=1", shop, 0, false, "a=1"},
		{"a domain", "hosts below get it", shop, "a=1; Domain=example.com", "https://www.example.com/", 0, false, "a=1"},
		{"a domain, itself", "it gets it too", shop, "a=1; Domain=.example.com", "https://example.com/", 0, false, "a=1"},
		{"a host with the same end", "it is another domain", shop, "a=1; Domain=example.com", "https://badexample.com/", 0, false, ""},
		{"the domain of somebody else", "browsers refuse it", shop, "a=1; Domain=example.org", "https://example.org/", 0, false, ""},
		{"below the path", "it matches", shop, "a=1; Path=/app", shop + "app/page", 0, false, "a=1"},
		{"the path with a slash", "it matches", shop, "a=1; Path=/app/", shop + "app/page", 0, false, "a=1"},
		{"a longer name", "it is another path", shop, "a=1; Path=/app", shop + "apple", 0, false, ""},
		{"no path", "it is the folder of the request", shop + "app/page", "a=1", shop + "app/other", 0, false, "a=1"},
		{"no path, above", "it is the folder of the request", shop + "app/page", "a=1", shop, 0, false, ""},
		{"a max-age that is not over", "it is good for so many seconds", shop, "a=1; Max-Age=60", shop, 59 * time.Second, false, "a=1"},
		{"a max-age that is over", "it is good for so many seconds", shop, "a=1; Max-Age=60", shop, 60 * time.Second, false, ""},
		{"a date that is not over", "it is good until then", shop, "a=1; Expires=Tue, 14 Nov 2023 22:14:20 GMT", shop, 59 * time.Second, false, "a=1"},
		{"a date that is over", "it is good until then", shop, "a=1; Expires=Tue, 14 Nov 2023 22:14:20 GMT", shop, 60 * time.Second, false, ""},
		{"a date in the past", "this is how cookies are deleted", shop, "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", shop, 0, false, ""},
		{"max-age before a date", "it counts", shop, "a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", shop, 0, false, "a=1"},
		{"a closed browser", "it has no end of its own", shop, "a=1", shop, 0, true, ""},
		{"a closed browser, max-age", "it has an end of its own", shop, "a=1; Max-Age=60", shop, 0, true, "a=1"},
		{"quotes", "they belong to the cookie", shop, `a="1 2"`, shop, 0, false, `a="1 2"`},
	} {
		clock := sessionhttptest.NewClock(start)
		sessions, _ := newShop(clock.Now, nil)
		var got string
		client := sessionhttptest.NewClient(t, sessions, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Get("Cookie")
			w.Header()["Set-Cookie"] = r.Header["Test-Set"]
		}), clock)
		r := httptest.NewRequest(http.MethodGet, tt.from, http.NoBody)
		r.Header.Set("Test-Set", tt.set)
		client.Do(r)
		clock.Advance(tt.after)
		if tt.restart {
			client.Restart()
		}
		client.Do(httptest.NewRequest(http.MethodGet, tt.to, http.NoBody))
		if got != tt.want {
			t.Errorf("%s: the cookies are %q, want %q: %s", tt.name, got, tt.want, tt.reason)
		}
	}
}

// A newer cookie takes the place of an older one, a deletion removes it, and longer paths
// come first.
func TestClientReplaces(t *testing.T) {
	sessions, _ := newShop(nil, nil)
	var got string
	client := sessionhttptest.NewClient(t, sessions, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Cookie")
		w.Header()["Set-Cookie"] = r.Header["Test-Set"]
	}), nil)
	var sent []string
	for _, set := range [][]string{{"a=1; Path=/", "b=1; Path=/app", "c=1; Path=/"}, {"a=2; Path=/", "c=; Path=/; Max-Age=0"}, nil} {
		r := httptest.NewRequest(http.MethodGet, "/app", http.NoBody)
		r.Header["Test-Set"] = set
		client.Do(r)
		sent = append(sent, got)
		if len(r.Header["Cookie"]) > 0 {
			t.Error("the caller's request was changed")
		}
	}
	if diff := cmp.Diff([]string{"", "b=1; a=1; c=1", "b=1; a=2"}, sent); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestClockStandsStill(t *testing.T) {
	clock := sessionhttptest.NewClock(start)
	if got := clock.Now(); !got.Equal(start) {
		t.Errorf("Now = %v", got)
	}
	clock.Advance(time.Minute)
	if got := clock.Now(); !got.Equal(start.Add(time.Minute)) {
		t.Errorf("Now = %v a minute later", got)
	}
}
