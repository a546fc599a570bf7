package messageshttp_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/messages/messageshttp"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for tests only, fifty bytes or more, not a secret"

func testKeys(t testing.TB) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(testKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newSessions(t testing.TB, store saltine.Store, opts *sessionhttp.Options) *sessionhttp.Middleware {
	t.Helper()
	if store == nil {
		var err error
		if store, err = saltine.NewCookieStore(testKeys(t), nil); err != nil {
			t.Fatal(err)
		}
	}
	sessions, err := sessionhttp.New(store, opts)
	if err != nil {
		t.Fatal(err)
	}
	return sessions
}

func newCodec(t testing.TB, opts messages.Options) *messages.Codec {
	t.Helper()
	codec, err := messages.New(testKeys(t), &opts)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

// site is a Middleware and the errors that it reported.
type site struct {
	*messageshttp.Middleware
	sessions *sessionhttp.Middleware
	errs     []error
}

// newSite has sessions of its own where there are none.
func newSite(t testing.TB, sessions *sessionhttp.Middleware, opts messages.Options) *site {
	t.Helper()
	s := &site{sessions: sessions}
	if sessions == nil {
		s.sessions = newSessions(t, nil, nil)
	}
	var err error
	s.Middleware, err = messageshttp.New(s.sessions, newCodec(t, opts), &messageshttp.Options{
		OnError: func(_ *http.Request, err error) { s.errs = append(s.errs, err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// reported takes the errors that were reported, and wants one of a kind, or none.
func (s *site) reported(t testing.TB, kind error) {
	t.Helper()
	err := errors.Join(s.errs...)
	if s.errs = nil; !errors.Is(err, kind) {
		t.Errorf("reported %v, want %v", err, kind)
	}
}

// browser keeps cookies, whatever their attributes.
type browser map[string]string

// get sends a request with the cookies and keeps those of the response.
func (b browser) get(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := b.send(h, method, path)
	b.receive(w)
	return w
}

// send leaves the cookies of the response for later.
func (b browser) send(h http.Handler, method, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, http.NoBody)
	for name, value := range b {
		r.Header.Add("Cookie", name+"="+value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func (b browser) receive(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b, c.Name)
		} else {
			b[c.Name] = c.Value
		}
	}
}

// add adds n messages that do not compress well, and redirects.
func add(t testing.TB, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := range n {
			if err := messages.Add(r.Context(), messages.Success, fmt.Sprintf("message %d text %x", i, sha256.Sum256([]byte{byte(i)}))); err != nil {
				t.Error(err)
			}
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

// show writes the beginnings of all messages.
func show(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, texts(messages.Take(r.Context()))) }

func texts(list []messages.Message) string {
	var b strings.Builder
	for _, m := range list {
		b.WriteString(strings.SplitN(m.Text, " text", 2)[0] + "\n")
	}
	return b.String()
}

// numbered are the texts of add.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "message %d\n", i)
	}
	return b.String()
}

// routes is a site with two pages, and others.
func (s *site) routes(t testing.TB, n int, more map[string]http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /", add(t, n))
	mux.HandleFunc("GET /{$}", show)
	mux.HandleFunc("GET /none", func(http.ResponseWriter, *http.Request) {})
	for pattern, h := range more {
		mux.Handle(pattern, h)
	}
	return s.Handler(mux)
}
