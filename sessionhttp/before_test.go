package sessionhttp_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// What is done before the commit goes into the session, and its cookies go out first.
func TestBeforeCommit(t *testing.T) {
	var called []int
	m := newMiddleware(t, newStore(t, nil), strict(t))
	handler := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i, line := range []string{"a=1", "b=2"} {
			if !m.BeforeCommit(r.Context(), func(status int) (setCookie []string, vary bool) {
				called = append(called, status+i)
				m.FromContext(r.Context()).Set("i", i)
				return []string{line}, false
			}) {
				t.Error("it is too late")
			}
		}
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusCreated)
		if m.BeforeCommit(r.Context(), func(int) ([]string, bool) { t.Error("called"); return nil, false }) {
			t.Error("it is not too late")
		}
	}))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, newRequest(nil))
	if diff := cmp.Diff([]int{201, 202}, called); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if got := w.Header()["Set-Cookie"]; len(got) != 3 || got[0] != "a=1" || got[1] != "b=2" {
		t.Errorf("%q", got)
	}
}

// Packages learn when a change of the session comes too late.
func TestCommitted(t *testing.T) {
	m := newMiddleware(t, newStore(t, nil), strict(t))
	if sessionhttp.Committed(t.Context()) {
		t.Error("without a request")
	}
	check := func(name string, want bool, r *http.Request) {
		t.Helper()
		if got := sessionhttp.Committed(r.Context()); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		check("at first", false, r)
		w.WriteHeader(http.StatusEarlyHints)
		check("early hints", false, r)
		w.WriteHeader(http.StatusOK)
		check("headers", true, r)
	})).ServeHTTP(httptest.NewRecorder(), newRequest(nil))

	r, w := m.Open(newRequest(nil)), httptest.NewRecorder()
	check("opened", false, r)
	if err := m.Commit(w, r, http.StatusOK); err != nil {
		t.Fatal(err)
	}
	check("committed", true, r)

	hijacked := make(chan bool, 1)
	server := httptest.NewServer(m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		hijacked <- err == nil && sessionhttp.Committed(r.Context())
		if err != nil || conn.Close() != nil {
			t.Error("not given away")
		}
	})))
	defer server.Close()
	if _, err := server.Client().Get(server.URL); err == nil { //nolint:bodyclose // there is none
		t.Error("an answer")
	}
	if !<-hijacked {
		t.Error("a connection that was given away")
	}
}

// Without the session there is no cookie of others.
func TestBeforeCommitFails(t *testing.T) {
	for _, tt := range []struct {
		name  string
		guard sessionhttp.CacheGuard
		value any
	}{
		{"session cannot be saved", sessionhttp.CachePrivate, func() {}},
		{"cacheable", sessionhttp.CacheRefuse, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMiddleware(t, newStore(t, nil), &sessionhttp.Options{CacheGuard: tt.guard, OnError: func(*http.Request, error) {}})
			handler := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				m.BeforeCommit(r.Context(), func(int) ([]string, bool) {
					if tt.value != nil {
						m.FromContext(r.Context()).Set("a", tt.value)
					}
					return []string{"a=1"}, true
				})
				w.Header().Set("Cache-Control", "public")
				w.WriteHeader(http.StatusOK)
			}))
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, newRequest(nil))
			if w.Code != 500 || w.Header()["Set-Cookie"] != nil || w.Header().Get("Vary") != "Cookie" {
				t.Errorf("%d %v", w.Code, w.Header())
			}
		})
	}
}

// unread is a backend that nobody should ask.
type unread struct {
	saltine.Backend
	t *testing.T
}

func (b unread) Load(context.Context, string) (saltine.Record, error) {
	b.t.Error("the session is read, and nobody used it")
	return saltine.Record{}, saltine.ErrNoSession
}

// A router that answers for a handler which said nothing takes the cookies back with 5xx,
// and without a look at a session that nobody used.
func TestBeforeCommitTakenBack(t *testing.T) {
	key := []string{"sessionid=abcdefghabcdefghabcdefghabcdefgh"}
	for _, tt := range []struct {
		status  int
		cookies []string
		want    []string
		control string // Cache-Control
	}{
		{200, key, []string{"a=1"}, ""},
		{404, key, []string{"a=1"}, "private"},
		{502, key, nil, ""},
		{501, nil, nil, ""}, // which caches keep by themselves
	} {
		store, err := saltine.NewServerStore(unread{t: t}, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := newMiddleware(t, store, strict(t))
		var writer http.ResponseWriter
		handler := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			writer = w
			m.BeforeCommit(r.Context(), func(int) ([]string, bool) { return []string{"a=1"}, false })
		}))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, newRequest(tt.cookies))
		writer.WriteHeader(tt.status)
		if diff := cmp.Diff(tt.want, w.Header()["Set-Cookie"]); diff != "" || w.Header()["Vary"] != nil || w.Header().Get("Cache-Control") != tt.control {
			t.Errorf("%d: %v (-want +got):\n%s", tt.status, w.Header(), diff)
		}
	}
}

// Another Middleware's request is not this one's, and Commit calls once.
func TestBeforeCommitOpened(t *testing.T) {
	m, other := newMiddleware(t, newStore(t, nil), nil), newMiddleware(t, newStore(t, nil), nil)
	r := m.Open(newRequest(nil))
	calls := 0
	f := func(int) ([]string, bool) { calls++; return []string{"a=1"}, false }
	if other.BeforeCommit(r.Context(), f) || !m.BeforeCommit(r.Context(), f) {
		t.Error("the wrong Middleware")
	}
	w := httptest.NewRecorder()
	if err := errors.Join(m.Commit(w, r, 200), m.Commit(w, r, 200)); err != nil || calls != 1 || len(w.Header()["Set-Cookie"]) != 1 {
		t.Errorf("%v, %d calls, %v", err, calls, w.Header())
	}
	if m.Cookie().Name() != "sessionid" {
		t.Errorf("%s is not the session's cookie", m.Cookie().Name())
	}
}
