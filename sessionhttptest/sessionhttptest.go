// Package sessionhttptest helps to test handlers whose requests have sessions, beside
// net/http/httptest.
//
//	r := httptest.NewRequest(http.MethodGet, "/cart", http.NoBody)
//	sessionhttptest.AddSession(t, sessions, r, func(s *saltine.Session) {
//		user.Set(s, "ann") // the request comes from ann
//	})
//	w := httptest.NewRecorder()
//	handler.ServeHTTP(w, r)
//	s, ok := sessionhttptest.ReadSession(sessions, w.Header()) // what the response set
//
// A [Client] follows one visitor over several requests, and a [Clock] moves the time on
// without waiting. Everything goes through the [sessionhttp.Middleware] of the program
// under test: its store, its cookie and its guard are the ones that are tested.
//
// Django: django.test.Client and its session.
package sessionhttptest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// AddSession adds the cookie of a session to r. fill puts the values into the session,
// which is new unless r has one already. A session that cannot be saved fails the test.
//
// Django: Client.force_login, and Client.session with its save.
func AddSession(tb testing.TB, sessions *sessionhttp.Middleware, r *http.Request, fill func(*saltine.Session)) {
	tb.Helper()
	response := save(tb, sessions, r, fill).Result()
	for _, cookie := range response.Cookies() {
		r.AddCookie(cookie)
	}
}

// ReadSession returns the session that a response set in its headers, and whether it set
// one. A response that deletes the cookie set none. [saltine.Session.Err] says why a cookie
// cannot be read, such as one that the middleware's Guard refuses.
//
// Django: Client.session.
func ReadSession(sessions *sessionhttp.Middleware, header http.Header) (*saltine.Session, bool) {
	r := newRequest()
	for _, line := range header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";") // the value is empty where the cookie is deleted
		r.Header.Add("Cookie", pair)
	}
	s := open(sessions, r)
	return s, !s.IsEmpty()
}

func newRequest() *http.Request { return httptest.NewRequest(http.MethodGet, "/", http.NoBody) }

// open returns the session that a request came with.
func open(sessions *sessionhttp.Middleware, r *http.Request) *saltine.Session {
	return sessions.FromContext(sessions.Open(r).Context())
}

// save returns a response that sets the session of r, after fill has changed it.
func save(tb testing.TB, sessions *sessionhttp.Middleware, r *http.Request, fill func(*saltine.Session)) *httptest.ResponseRecorder {
	tb.Helper()
	w := httptest.NewRecorder()
	r = sessions.Open(r)
	fill(sessions.FromContext(r.Context()))
	if err := sessions.Commit(w, r, http.StatusOK); err != nil {
		tb.Fatalf("the session cannot be saved: %v", err)
	}
	return w
}
