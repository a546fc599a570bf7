package sessionhttptest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sessionhttptest"
)

// What the sessions of the program under test hold.
const (
	user  saltine.Field[string] = "user"
	count saltine.Field[int]    = "count"
)

// newShop is the program under test: its middleware, and its handler.
func newShop(now func() time.Time, opts *sessionhttp.Options) (*sessionhttp.Middleware, http.Handler) {
	keys, err := saltine.NewKeyring("a key for tests only, fifty bytes or more, not a secret", nil)
	if err != nil {
		panic(err)
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: now})
	if err != nil {
		panic(err)
	}
	sessions, err := sessionhttp.New(store, opts)
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s has %d", user.Or(sessionhttp.FromContext(r.Context()), "nobody"), count.Or(sessionhttp.FromContext(r.Context()), 0))
	})
	mux.HandleFunc("POST /add", func(w http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		if !user.Has(s) {
			http.Error(w, "sign in first", http.StatusForbidden)
			return
		}
		count.Set(s, count.Or(s, 0)+1)
	})
	mux.HandleFunc("POST /remember", func(_ http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		user.Set(s, r.PostFormValue("user"))
		if r.PostFormValue("remember") == "" {
			s.SetExpiry(saltine.ExpireAtBrowserClose())
		}
	})
	mux.HandleFunc("POST /sign-out", func(_ http.ResponseWriter, r *http.Request) {
		if err := sessionhttp.FromContext(r.Context()).Flush(); err != nil {
			panic(err)
		}
	})
	handler := sessions.Handler(mux)
	return sessions, handler
}

// In a test t is the *testing.T.
var t testing.TB = new(testing.T)

// One request of a visitor who is signed in.
func Example() {
	sessions, handler := newShop(nil, nil)
	r := httptest.NewRequest(http.MethodPost, "/add", http.NoBody)
	sessionhttptest.AddSession(t, sessions, r, func(s *saltine.Session) { user.Set(s, "ann") })
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)

	s, ok := sessionhttptest.ReadSession(sessions, w.Header())
	fmt.Println(w.Code, ok, count.Or(s, 0))
	// Output: 200 true 1
}

// A visitor over several requests.
func ExampleClient() {
	sessions, handler := newShop(nil, nil)
	ann := sessionhttptest.NewClient(t, sessions, handler, nil)
	fmt.Println(ann.PostForm("/add", nil).Code)
	ann.SetSession(func(s *saltine.Session) { user.Set(s, "ann") })
	for range 2 {
		fmt.Println(ann.PostForm("/add", nil).Code)
	}
	fmt.Println(count.Or(ann.Session(), 0))
	// Output:
	// 403
	// 200
	// 200
	// 2
}

// Who is not remembered is signed out when the browser is closed.
func ExampleClient_Restart() {
	sessions, handler := newShop(nil, nil)
	for _, remember := range []string{"", "on"} {
		ann := sessionhttptest.NewClient(t, sessions, handler, nil)
		ann.PostForm("/remember", url.Values{"user": {"ann"}, "remember": {remember}})
		ann.Restart()
		fmt.Println(user.Has(ann.Session()))
	}
	// Output:
	// false
	// true
}

// A session ends after two weeks, and the test takes no time.
func ExampleClock() {
	clock := sessionhttptest.NewClock(time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC))
	sessions, handler := newShop(clock.Now, nil)
	ann := sessionhttptest.NewClient(t, sessions, handler, clock)
	ann.SetSession(func(s *saltine.Session) { user.Set(s, "ann") })
	clock.Advance(14*24*time.Hour - time.Second)
	fmt.Println(user.Has(ann.Session()))
	clock.Advance(2 * time.Second)
	fmt.Println(user.Has(ann.Session()))
	// Output:
	// true
	// false
}
