package frameworks_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// layer is what a framework wraps around its handler.
type layer int

const (
	sessions  layer = iota // the Middleware
	between                // site.between
	recoverer              // the framework's own, that makes a 500 of a panic
)

// site is a handler, what is around it, and what was reported.
type site struct {
	middleware *sessionhttp.Middleware
	layers     []layer // from the outermost
	before     func(*saltine.Session)
	between    func(*saltine.Session)
	after      func(*saltine.Session) // not called where answer fails
	answer     func(http.ResponseWriter, *http.Request) error
	events     func(io.Writer) bool // writes one event, and reports whether more follow; in place of answer
	limit      time.Duration        // of http.TimeoutHandler
	backend    memory
	reported   chan error
}

// newSite returns a site that keeps sessions in cookies.
func newSite(t *testing.T) *site {
	t.Helper()
	keys, err := saltine.NewKeyring("a key for tests only, fifty bytes or more, not a secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return siteOf(t, store)
}

// newServerSite returns a site that keeps sessions in its backend.
func newServerSite(t *testing.T) *site {
	t.Helper()
	backend := memory{&sync.Map{}, make(chan struct{}, 1)}
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := siteOf(t, store)
	s.backend = backend
	return s
}

func siteOf(t *testing.T, store saltine.Store) *site {
	t.Helper()
	s := &site{reported: make(chan error, 8), layers: []layer{sessions}, limit: patience}
	nothing := func(*saltine.Session) {}
	s.before, s.between, s.after = nothing, nothing, nothing
	s.answer = func(w http.ResponseWriter, _ *http.Request) error {
		_, err := io.WriteString(w, "done")
		return err
	}
	var err error
	s.middleware, err = sessionhttp.New(store, &sessionhttp.Options{
		Cookie:  sessionhttp.CookieOptions{Insecure: true}, // the server is on http://127.0.0.1
		OnError: func(_ *http.Request, err error) { s.reported <- err },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve is the handler.
func (s *site) serve(w http.ResponseWriter, r *http.Request) error {
	session := sessionhttp.FromContext(r.Context())
	s.before(session)
	if err := s.respond(w, r); err != nil {
		return err
	}
	s.after(session)
	return nil
}

// respond answers, and leaves the session alone.
func (s *site) respond(w http.ResponseWriter, r *http.Request) error {
	if s.events == nil {
		return s.answer(w, r)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for more := true; more; {
		more = s.events(w)
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
	}
	return nil
}

// ServeHTTP is serve for what knows no errors of handlers.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r) //nolint:errcheck // the client sees it, or the session's hook
}

// layer returns a layer as a middleware for net/http.
func (s *site) layer(l layer) func(http.Handler) http.Handler {
	switch l {
	case sessions:
		return s.middleware.Handler
	case between:
		return s.betweenHandler
	default:
		return recovering
	}
}

// wrap puts the layers around a handler.
func (s *site) wrap(h http.Handler) http.Handler {
	for i := len(s.layers) - 1; i >= 0; i-- {
		h = s.layer(s.layers[i])(h)
	}
	return h
}

func (s *site) betweenHandler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.between(sessionhttp.FromContext(r.Context()))
		next.ServeHTTP(w, r)
	})
}

func recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				http.Error(w, "recovered", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// expectReported waits for one error of a kind, and for no other.
func (s *site) expectReported(t *testing.T, kind error) {
	t.Helper()
	select {
	case err := <-s.reported:
		if !errors.Is(err, kind) {
			t.Errorf("OnError got %v, want %v", err, kind)
		}
	case <-time.After(patience):
		t.Errorf("OnError got nothing, want %v", kind)
	}
	s.expectQuiet(t)
}

// expectQuiet fails for an error that nobody expects.
func (s *site) expectQuiet(t *testing.T) {
	t.Helper()
	select {
	case err := <-s.reported:
		t.Errorf("OnError got %v", err)
	default:
	}
}

// expectNothingKept fails where the backend has a session.
func (s *site) expectNothingKept(t *testing.T) {
	t.Helper()
	s.backend.records.Range(func(any, any) bool {
		t.Error("a session was saved")
		return false
	})
}

// expectKept waits until the backend has a session.
func (s *site) expectKept(t *testing.T) {
	t.Helper()
	select {
	case <-s.backend.created:
	case <-time.After(patience):
		t.Error("no session was saved: the table may promise it now")
	}
}

func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handlers panic on purpose
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// visit sends a request, which accepts gzip, with a cookie unless that is empty.
func visit(t *testing.T, server *httptest.Server, cookie string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/group/page", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	if cookie != "" {
		r.Header.Set("Cookie", sessioncookie.DefaultName+"="+cookie)
	}
	resp, err := (&http.Client{Transport: server.Client().Transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() }) //nolint:errcheck // it was read as far as the test wants
	return resp
}

// sessionCookies returns the values of the session's cookie that a response sets.
func sessionCookies(resp *http.Response) []string {
	var values []string
	for _, line := range resp.Header["Set-Cookie"] {
		if value, ok := strings.CutPrefix(line, sessioncookie.DefaultName+"="); ok {
			value, _, _ = strings.Cut(value, ";")
			values = append(values, value)
		}
	}
	return values
}

func expectNoCookie(t *testing.T, resp *http.Response) {
	t.Helper()
	if lines := resp.Header["Set-Cookie"]; len(lines) > 0 {
		t.Errorf("Set-Cookie is %q, want none", lines)
	}
}

func expectStatus(t *testing.T, resp *http.Response, want int) {
	t.Helper()
	if resp.StatusCode != want {
		t.Errorf("the status is %d, want %d", resp.StatusCode, want)
	}
}

// memory is a saltine.Backend. It has room for the news of one new session.
type memory struct {
	records *sync.Map
	created chan struct{}
}

func (m memory) Load(_ context.Context, key string) (saltine.Record, error) {
	if r, ok := m.records.Load(key); ok {
		return r.(saltine.Record), nil
	}
	return saltine.Record{}, saltine.ErrNoSession
}

func (m memory) Create(_ context.Context, key string, r saltine.Record) error {
	if _, taken := m.records.LoadOrStore(key, r); taken {
		return saltine.ErrKeyTaken
	}
	m.created <- struct{}{}
	return nil
}

func (m memory) Update(_ context.Context, key string, r saltine.Record) error {
	if _, ok := m.records.Load(key); !ok {
		return saltine.ErrNoSession
	}
	m.records.Store(key, r)
	return nil
}

func (m memory) Delete(_ context.Context, key string) error {
	m.records.Delete(key)
	return nil
}

func (m memory) Exists(_ context.Context, key string) (bool, error) {
	_, ok := m.records.Load(key)
	return ok, nil
}

func (memory) ClearExpired(context.Context) error { return nil }
