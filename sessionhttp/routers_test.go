package sessionhttp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// A Middleware around a router and around one of its routes is one.
func TestMountedTwice(t *testing.T) {
	store, asked := newStore(t, nil), 0
	opts := strict(t)
	opts.Guard = func(*saltine.Session) error {
		asked++
		return nil
	}
	m := newMiddleware(t, store, opts)
	var outer *saltine.Session
	route := m.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		if s != outer || s != m.FromContext(r.Context()) {
			t.Error("the route has a session of its own")
		}
		s.Set("b", 2)
	}))
	resp := handle(t, m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		outer = sessionhttp.FromContext(r.Context())
		outer.Set("c", 3)
		route.ServeHTTP(w, r)
	})), signed(t, store))
	s := sessionOf(t, store, resp.Header) // fails for two cookies
	if asked != 1 || s == nil || s.Len() != 3 {
		t.Errorf("asked %d times, %v", asked, resp.Header["Set-Cookie"])
	}
}

// written is a writer that tells whether its headers were sent, as gin's does.
type written struct {
	discard
	sent bool
}

func (w *written) Written() bool { return w.sent }

// A Commit that comes after the headers reports what it cannot keep.
func TestCommitAfterHeaders(t *testing.T) {
	m := newMiddleware(t, newStore(t, nil), strict(t))
	for _, sent := range []bool{false, true} {
		w := &written{discard{http.Header{}}, sent}
		r := m.Open(newRequest(nil))
		sessionhttp.FromContext(r.Context()).Set("a", 1)
		err := m.Commit(w, r, http.StatusOK)
		want := map[bool]error{true: sessioncookie.ErrLateChange}[sent]
		if err != want || (len(w.h["Set-Cookie"]) == 0) != sent {
			t.Errorf("sent %v: %v, Set-Cookie %q", sent, err, w.h["Set-Cookie"])
		}
	}
}

// A router may answer in place of a handler that returned without a word. A status of
// 500 or more sets no cookie then either, and keeps those of others.
func TestRouterAnswersLater(t *testing.T) {
	set := func(s *saltine.Session) { s.Set("b", 2) }
	flush := must(t, (*saltine.Session).Flush)
	for _, tt := range []struct {
		name   string
		do     func(*saltine.Session)
		speaks bool // the handler answers itself
		status int  // of the router
		want   int
		reason string
	}{
		{"500", set, false, 500, 0, "nothing is saved with an error"},
		{"503", set, false, 503, 0, "nothing is saved with an error"},
		{"404", set, false, 404, 1, "it is an answer like any other"},
		{"200", set, false, 200, 1, "it is an answer like any other"},
		{"500 after a deletion", flush, false, 500, 1, "signing out holds, as in Django"},
		{"500 after the handler's answer", set, true, 500, 1, "the headers are sent, and net/http drops the second status"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := newStore(t, nil)
			m := newMiddleware(t, store, strict(t))
			var under http.Header
			h := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				under = w.Header()
				under.Add("Set-Cookie", "theme=dark")
				tt.do(sessionhttp.FromContext(r.Context()))
				if tt.speaks {
					w.WriteHeader(http.StatusOK)
				}
			}))
			var wrapped http.ResponseWriter
			spy := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { wrapped = w; h.ServeHTTP(w, r) }))
			w := httptest.NewRecorder()
			spy.ServeHTTP(w, newRequest(signed(t, store)))
			wrapped.WriteHeader(tt.status)
			got := 0
			for _, line := range under["Set-Cookie"] {
				if strings.HasPrefix(line, sessioncookie.DefaultName+"=") {
					got++
				}
			}
			if got != tt.want || under["Set-Cookie"][0] != "theme=dark" {
				t.Errorf("Set-Cookie %q, want %d of the session: %s", under["Set-Cookie"], tt.want, tt.reason)
			}
		})
	}
}

// The answer of an ErrorHandler is sent whole and with its length, before the handler
// goes on, whatever the handler said of its own.
func TestErrorIsSentWhole(t *testing.T) {
	const page = "the session is full"
	opts := &sessionhttp.Options{
		OnError: func(*http.Request, error) {},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			for _, part := range strings.SplitAfter(page, " ") {
				io.WriteString(w, part) //nolint:errcheck // it is compared below
			}
		},
	}
	w := httptest.NewRecorder()
	newMiddleware(t, uncompressed(t), opts).Handler(http.HandlerFunc(func(under http.ResponseWriter, r *http.Request) {
		hoard(under, r)
		if !w.Flushed {
			t.Error("the answer waits for the handler")
		}
		if got := w.Header().Get("Content-Length"); got != strconv.Itoa(len(page)) || w.Body.String() != page {
			t.Errorf("Content-Length %s, %q", got, w.Body)
		}
	})).ServeHTTP(w, newRequest(nil))
}

// What describes the handler's page does not describe the error.
func TestErrorIsNotDescribed(t *testing.T) {
	logged(t)
	described := []string{"Cache-Control", "Cdn-Cache-Control", "Content-Encoding", "Content-Length", "Content-Range", "Etag", "Expires", "Last-Modified", "Location"}
	resp := handle(t, newMiddleware(t, uncompressed(t), nil).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i, field := range described {
			w.Header().Set(field, strconv.Itoa(i))
		}
		w.Header().Set("X-Request-Id", "1")
		hoard(w, r)
	})), nil)
	for _, field := range described {
		if got := resp.Header.Get(field); got != "" && field != "Content-Length" {
			t.Errorf("%s: %s", field, got)
		}
	}
	if got, want := resp.Header.Get("Content-Length"), strconv.Itoa(len(resp.Body)); got != want || resp.Header.Get("X-Request-Id") != "1" {
		t.Errorf("Content-Length %s, want %s; %v", got, want, resp.Header)
	}
}

// The hook learns of more than one cookie of the name, and of those disguised as it.
func TestOnAmbiguous(t *testing.T) {
	for _, tt := range []struct {
		headers []string
		want    string
	}{
		{nil, ""},
		{[]string{"sessionid=a; other=b"}, ""},
		{[]string{"sessionid=a; sessionid=b", "sessionid=c"}, "2 duplicates, 0 disguised"},
		{[]string{"sessionid=a; \u2000sessionid=b"}, "0 duplicates, 1 disguised"},
		{[]string{"\u2000sessionid=b"}, "0 duplicates, 1 disguised"},
		{[]string{"sessionid=a; \u2000sessionid\u3000=b", "sessionid=c"}, "1 duplicates, 1 disguised"},
	} {
		got := ""
		opts := strict(t)
		opts.OnAmbiguous = func(_ *http.Request, duplicates, disguised int) {
			got += fmt.Sprintf("%d duplicates, %d disguised", duplicates, disguised)
		}
		handle(t, newMiddleware(t, newStore(t, nil), opts).Handler(http.NotFoundHandler()), tt.headers)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.headers, diff)
		}
	}
}

// An old signature is made anew with the page that someone goes to, and not with what
// that page loads.
func TestResignOnNavigation(t *testing.T) {
	old := keyring("an older key for tests only, fifty bytes or more as well", nil)
	before, err := saltine.NewCookieStore(old, nil)
	if err != nil {
		t.Fatal(err)
	}
	both, err := saltine.NewKeyring(testKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{"an older key for tests only, fifty bytes or more as well"}})
	if err != nil {
		t.Fatal(err)
	}
	now, err := saltine.NewCookieStore(both, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := newMiddleware(t, now, strict(t))
	for dest, want := range map[string]int{"": 1, "document": 1, "image": 0, "empty": 0} {
		r := newRequest(signed(t, before))
		r.Header.Set("Sec-Fetch-Dest", dest)
		r = m.Open(r)
		read1(sessionhttp.FromContext(r.Context()))
		h := http.Header{}
		if err := m.Commit(discard{h}, r, http.StatusOK); err != nil || len(h["Set-Cookie"]) != want {
			t.Errorf("Sec-Fetch-Dest %q: %v, Set-Cookie %q, want %d", dest, err, h["Set-Cookie"], want)
		}
	}
}

// Open inside of Handler is the same session: what the inner one signs out the outer one,
// which only read it, must not renew.
func TestOpenInsideHandler(t *testing.T) {
	clock := time.Unix(1700000000, 0)
	store := newStore(t, &saltine.StoreOptions{Now: func() time.Time { return clock }})
	m := newMiddleware(t, store, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{RenewAfter: 0.1}})
	cookies := signed(t, store)
	clock = clock.Add(5 * 24 * time.Hour)
	h := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sessionhttp.FromContext(r.Context()).Get("a")
		r = m.Open(r)
		if err := sessionhttp.FromContext(r.Context()).Flush(); err != nil {
			t.Error(err)
		}
		if err := m.Commit(w, r, http.StatusOK); err != nil {
			t.Error(err)
		}
	}))
	res := httptest.NewRecorder()
	h.ServeHTTP(res, newRequest(cookies))
	if lines := res.Header()["Set-Cookie"]; len(lines) != 1 || !strings.Contains(lines[0], "Max-Age=0") {
		t.Errorf("%d cookies are set, want the deletion alone", len(lines))
	}
}

// A hook that panics, and somebody who recovers, must not cost the cookie.
func TestPanickingHookKeepsTheDeletion(t *testing.T) {
	store := newStore(t, nil)
	m := newMiddleware(t, store, &sessionhttp.Options{OnCookie: func(*http.Request, saltine.Verification, error) { panic("a hook") }})
	h := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		s.Get("a")
		if err := s.Flush(); err != nil {
			t.Error(err)
		}
		defer func() { recover() }() //nolint:errcheck // it is the panic that was provoked
		w.WriteHeader(http.StatusOK)
	}))
	res := httptest.NewRecorder()
	h.ServeHTTP(res, newRequest(signed(t, store)))
	if len(res.Header()["Set-Cookie"]) != 1 {
		t.Error("the cookie of somebody who signed out stays")
	}
}

// What a handler prints of its writer or context shows no cookie.
func TestWriterIsRedacted(t *testing.T) {
	m := newMiddleware(t, newStore(t, nil), nil)
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		s.Set("a", 1)
		w.WriteHeader(http.StatusOK)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			printed := fmt.Sprintf(verb, w) + fmt.Sprintf(verb, r.Context()) + fmt.Sprintf(verb, r.Context().Value(m))
			if strings.Contains(printed, s.Key()) {
				t.Errorf("%s shows the cookie", verb)
			}
		}
	})).ServeHTTP(httptest.NewRecorder(), newRequest(nil))
}
