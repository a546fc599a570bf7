package sessionhttp_test

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for tests only, fifty bytes or more, not a secret"

var testKeys = keyring(testKey, nil)

func keyring(key saltine.Key, opts *saltine.KeyringOptions) saltine.Keyring {
	keys, err := saltine.NewKeyring(key, opts)
	if err != nil {
		panic(err)
	}
	return keys
}

// start is the clock of the tests.
var start = time.Unix(1700000000, 0)

func testSigner() *saltine.Signer {
	s, err := saltine.NewSigner(testKeys, &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies"})
	if err != nil {
		panic(err)
	}
	return s
}

func newStore(t testing.TB, opts *saltine.StoreOptions) *saltine.CookieStore {
	t.Helper()
	if opts == nil {
		opts = &saltine.StoreOptions{}
	}
	if opts.Now == nil {
		opts.Now = func() time.Time { return start }
	}
	store, err := saltine.NewCookieStore(testKeys, opts)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func newMiddleware(t testing.TB, store saltine.Store, opts *sessionhttp.Options) *sessionhttp.Middleware {
	t.Helper()
	m, err := sessionhttp.New(store, opts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// strict fails the test for every error that nobody expects.
func strict(t testing.TB) *sessionhttp.Options {
	return &sessionhttp.Options{OnError: func(_ *http.Request, err error) { t.Errorf("OnError: %v", err) }}
}

// must returns a call of do that fails the test where do fails: no cookie store does.
func must(t testing.TB, do func(*saltine.Session) error) func(*saltine.Session) {
	return func(s *saltine.Session) {
		if err := do(s); err != nil {
			t.Error(err)
		}
	}
}

func newRequest(cookies []string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	if len(cookies) > 0 {
		r.Header["Cookie"] = cookies
	}
	return r
}

// cookie returns the value of a good cookie that holds a=1.
func cookie(t testing.TB, store *saltine.CookieStore) string {
	t.Helper()
	s := store.New()
	s.Set("a", 1)
	value, err := store.Save(s)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// signed returns the Cookie headers of a good cookie that holds a=1.
func signed(t testing.TB, store *saltine.CookieStore) []string {
	t.Helper()
	return []string{sessioncookie.DefaultName + "=" + cookie(t, store)}
}

// answer is a response, read to its end.
type answer struct {
	Proto  string
	Status int
	Header http.Header
	Body   string
}

func answerOf(t testing.TB, resp *http.Response) answer {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Error(err)
	}
	return answer{resp.Proto, resp.StatusCode, resp.Header, string(body)}
}

// handle gives one request to h, without a network.
func handle(t testing.TB, h http.Handler, cookies []string) answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, newRequest(cookies))
	return answerOf(t, w.Result())
}

// sessionOf returns the session that a response sets, or nil.
func sessionOf(t testing.TB, store *saltine.CookieStore, h http.Header) *saltine.Session {
	t.Helper()
	headers := h["Set-Cookie"]
	if len(headers) == 0 {
		return nil
	}
	value, ok := sessioncookie.FindCookie(headers, sessioncookie.DefaultName)
	if len(headers) > 1 || !ok {
		t.Fatalf("Set-Cookie is %q, want one session", headers)
	}
	s, err := store.Load(value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// cookiesOf returns all cookies that a response sets.
func cookiesOf(t testing.TB, h http.Header) []*http.Cookie {
	t.Helper()
	var cookies []*http.Cookie
	for _, line := range h["Set-Cookie"] {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			t.Fatal(err)
		}
		cookies = append(cookies, c)
	}
	return cookies
}

// protocols are those that every test with a server runs over.
var protocols = []string{"HTTP/1.1", "HTTP/2.0"}

func newServer(t testing.TB, protocol string, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handlers panic on purpose
	if server.EnableHTTP2 = strings.HasPrefix(protocol, "HTTP/2"); server.EnableHTTP2 {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server
}

// get sends a request without cookies.
func get(t testing.TB, server *httptest.Server) answer {
	t.Helper()
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return answerOf(t, resp)
}
