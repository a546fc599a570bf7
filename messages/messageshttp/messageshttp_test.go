package messageshttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/messages/messageshttp"
	"github.com/seed-52756201/saltine/sessionhttp"
)

var storages = map[string]messages.Storage{
	"cookie": messages.CookieOnly, "session": messages.SessionOnly, "both": messages.CookieThenSession,
}

// A message waits through pages that do not show it, and is shown once.
func TestShownOnce(t *testing.T) {
	for name, storage := range storages {
		for _, n := range []int{1, 5, 60} {
			t.Run(fmt.Sprint(name, " ", n), func(t *testing.T) {
				s := newSite(t, nil, messages.Options{Storage: storage, MaxSize: map[bool]int{true: 1 << 20}[storage == messages.CookieOnly]})
				h, b := s.routes(t, n, nil), browser{}
				if w := b.get(h, "POST", "/"); w.Code != http.StatusSeeOther || len(b) == 0 {
					t.Fatalf("%d %v", w.Code, b)
				}
				if storage == messages.CookieThenSession && n == 60 && len(b) != 2 {
					t.Errorf("%d cookies, want messages in both", len(b))
				}
				before := len(fmt.Sprint(b))
				for range 3 {
					if w := b.get(h, "GET", "/none"); w.Header()["Set-Cookie"] != nil || w.Header()["Vary"] != nil || len(fmt.Sprint(b)) != before {
						t.Errorf("a page without messages has %v", w.Header())
					}
				}
				w := b.get(h, "GET", "/")
				if w.Body.String() != numbered(n) || w.Header().Get("Vary") != "Cookie" {
					t.Errorf("%q, %v", w.Body, w.Header())
				}
				if w := b.get(h, "GET", "/"); w.Body.Len() > 0 {
					t.Errorf("shown again: %q", w.Body)
				}
				if _, found := b["messages"]; found {
					t.Error("the cookie stays")
				}
				s.reported(t, nil)
			})
		}
	}
}

// Messages that are added one after the other are all shown, in order.
func TestAddedByManyRequests(t *testing.T) {
	for name, storage := range storages {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil, messages.Options{Storage: storage, MaxSize: map[bool]int{true: 1 << 20}[storage == messages.CookieOnly]})
			h, b := s.routes(t, 10, nil), browser{}
			for range 4 {
				b.get(h, "POST", "/")
			}
			if w := b.get(h, "GET", "/"); w.Body.String() != strings.Repeat(numbered(10), 4) {
				t.Errorf("%q", w.Body)
			}
		})
	}
}

// taking returns a handler that takes the messages, adds one, and answers with a status.
func taking(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		messages.Take(r.Context())
		messages.Add(r.Context(), messages.Info, "added") //nolint:errcheck // tested elsewhere
		w.WriteHeader(status)
	}
}

// What a response cannot have shown stays.
func TestStatus(t *testing.T) {
	for _, tt := range []struct {
		status       int
		method, want string
		reason       string
	}{
		{200, "GET", "added\n", "a page shows what it takes"},
		{404, "GET", "added\n", "so does a page that says no"},
		{422, "GET", "added\n", "and a form with mistakes"},
		{303, "GET", "message 0\nadded\n", "a redirect shows nothing"},
		{204, "GET", "message 0\nadded\n", "nor does no content"},
		{205, "GET", "message 0\nadded\n", "nor does a reset"},
		{304, "GET", "message 0\nadded\n", "the browser shows what it had"},
		{200, "HEAD", "message 0\nadded\n", "HEAD has no body"},
		{500, "GET", "message 0\n", "an error page is not the page that was meant, and saves no session"},
		{503, "GET", "message 0\n", "the same"},
	} {
		for name, storage := range storages {
			t.Run(fmt.Sprint(tt.method, " ", tt.status, " ", name), func(t *testing.T) {
				s := newSite(t, nil, messages.Options{Storage: storage})
				h, b := s.routes(t, 1, map[string]http.HandlerFunc{"GET /taking": taking(tt.status)}), browser{}
				b.get(h, "POST", "/")
				if w := b.get(h, tt.method, "/taking"); tt.status < 500 && w.Header().Get("Vary") != "Cookie" {
					t.Errorf("%v lacks Vary", w.Header())
				}
				if w := b.get(h, "GET", "/"); w.Body.String() != tt.want {
					t.Errorf("then %q, want %q: %s", w.Body, tt.want, tt.reason)
				}
				s.reported(t, nil)
			})
		}
	}
}

// Two tabs bring the same cookie. Both show what it has, and what a tab adds is not lost
// to one whose response came before.
func TestTwoTabs(t *testing.T) {
	s := newSite(t, nil, messages.Options{})
	h, b := s.routes(t, 1, map[string]http.HandlerFunc{"POST /other": func(_ http.ResponseWriter, r *http.Request) {
		if err := messages.Add(r.Context(), messages.Info, "other"); err != nil {
			t.Error(err)
		}
	}}), browser{}
	b.get(h, "POST", "/")
	first, second, third := b.send(h, "GET", "/"), b.send(h, "GET", "/"), b.send(h, "POST", "/other")
	if first.Body.String() != "message 0\n" || second.Body.String() != "message 0\n" {
		t.Errorf("%q, %q, want the message in both", first.Body, second.Body)
	}
	for _, w := range []*httptest.ResponseRecorder{first, second, third} {
		b.receive(w)
	}
	if w := b.get(h, "GET", "/"); w.Body.String() != "message 0\nother\n" {
		t.Errorf("%q: a message may be shown twice, but not lost", w.Body)
	}
}

// Where the session cannot be saved, the page is not what the visitor sees.
func TestSessionNotSaved(t *testing.T) {
	store, err := saltine.NewCookieStore(testKeys(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	sessions := newSessions(t, store, &sessionhttp.Options{OnError: func(*http.Request, error) {}})
	s := newSite(t, sessions, messages.Options{})
	h, b := s.routes(t, 1, map[string]http.HandlerFunc{"GET /broken": func(w http.ResponseWriter, r *http.Request) {
		sessionhttp.FromContext(r.Context()).Set("x", func() {})
		show(w, r)
	}}), browser{}
	b.get(h, "POST", "/")
	if w := b.get(h, "GET", "/broken"); w.Code != 500 || w.Header()["Set-Cookie"] != nil {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := b.get(h, "GET", "/"); w.Body.String() != "message 0\n" {
		t.Errorf("%q: the message is lost", w.Body)
	}
}

// A shared cache must not hand out messages, nor their deletion.
func TestCaches(t *testing.T) {
	public := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=60")
		show(w, r)
	}
	for _, tt := range []struct {
		name   string
		guard  sessionhttp.CacheGuard
		status int
		header string
		then   string
	}{
		{"private", sessionhttp.CachePrivate, 200, "private, max-age=60", ""},
		{"refused", sessionhttp.CacheRefuse, 500, "", "message 0\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sessions := newSessions(t, nil, &sessionhttp.Options{CacheGuard: tt.guard, OnError: func(*http.Request, error) {}})
			s := newSite(t, sessions, messages.Options{})
			h, b := s.routes(t, 1, map[string]http.HandlerFunc{"GET /public": public}), browser{}
			b.get(h, "POST", "/")
			if w := b.get(h, "GET", "/public"); w.Code != tt.status || w.Header().Get("Cache-Control") != tt.header || w.Header().Get("Vary") != "Cookie" {
				t.Errorf("%d %v", w.Code, w.Header())
			}
			if w := b.get(h, "GET", "/"); w.Body.String() != tt.then {
				t.Errorf("then %q, want %q", w.Body, tt.then)
			}
		})
	}
}

// A handler that panics changes nothing, whoever answers for it.
func TestPanic(t *testing.T) {
	s := newSite(t, nil, messages.Options{})
	routes := s.routes(t, 1, map[string]http.HandlerFunc{"GET /panics": func(_ http.ResponseWriter, r *http.Request) {
		messages.Take(r.Context())
		panic("made for this test")
	}})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		routes.ServeHTTP(w, r)
	})
	b := browser{}
	b.get(h, "POST", "/")
	if w := b.get(h, "GET", "/panics"); w.Code != 500 || w.Header()["Set-Cookie"] != nil {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := b.get(h, "GET", "/"); w.Body.String() != "message 0\n" {
		t.Errorf("%q: the message is lost", w.Body)
	}
}

// A handler says nothing, and a writer outside of the session's answers 500 for it.
func TestAnsweredFor(t *testing.T) {
	s := newSite(t, nil, messages.Options{})
	var writer http.ResponseWriter
	routes := s.routes(t, 1, map[string]http.HandlerFunc{"GET /silent": func(w http.ResponseWriter, r *http.Request) {
		messages.Take(r.Context())
		writer = w
	}})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writer = nil
		routes.ServeHTTP(w, r)
		if writer != nil {
			writer.WriteHeader(http.StatusBadGateway)
		}
	})
	b := browser{}
	b.get(h, "POST", "/")
	if w := b.get(h, "GET", "/silent"); w.Code != 502 || w.Header()["Set-Cookie"] != nil {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := b.get(h, "GET", "/"); w.Body.String() != "message 0\n" {
		t.Errorf("%q: the message is lost", w.Body)
	}
}

// Early hints have no cookies, and the stream that follows has.
func TestEarlyHintsAndStream(t *testing.T) {
	s := newSite(t, nil, messages.Options{})
	server := httptest.NewServer(s.routes(t, 1, map[string]http.HandlerFunc{"GET /stream": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		fmt.Fprint(w, texts(messages.Take(r.Context())))
		for range 3 {
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			fmt.Fprintln(w, "more")
		}
	}}))
	defer server.Close()
	request := func(method, path, cookie string) (header, hints http.Header, body string) {
		t.Helper()
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error {
			hints = http.Header(h)
			return nil
		}})
		r, err := http.NewRequestWithContext(ctx, method, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close() //nolint:errcheck // it is read to its end
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.Header, hints, string(text)
	}
	header, _, _ := request("POST", "/", "")
	cookie, _, _ := strings.Cut(header.Get("Set-Cookie"), ";")
	header, hints, body := request("GET", "/stream", cookie)
	if hints["Link"] == nil || hints["Set-Cookie"] != nil {
		t.Errorf("early hints have %v", hints)
	}
	if body != "message 0\nmore\nmore\nmore\n" || !strings.HasPrefix(header.Get("Set-Cookie"), `messages=""; Max-Age=0`) {
		t.Errorf("%q, %v", body, header)
	}
}

// When the headers are gone, nothing is shown that could not be deleted.
func TestLate(t *testing.T) {
	s := newSite(t, nil, messages.Options{})
	h, b := s.routes(t, 1, map[string]http.HandlerFunc{
		"GET /add": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "body")
			if err := messages.Add(r.Context(), messages.Info, "late"); !errors.Is(err, messages.ErrLate) {
				t.Errorf("Add: %v", err)
			}
		},
		"GET /take": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "body")
			show(w, r)
		},
	}), browser{}
	b.get(h, "POST", "/")
	for _, path := range []string{"/add", "/take"} {
		if w := b.get(h, "GET", path); w.Body.String() != "body" {
			t.Errorf("%s: %q", path, w.Body)
		}
		s.reported(t, messages.ErrLate)
	}
	if w := b.get(h, "GET", "/"); w.Body.String() != "message 0\n" {
		t.Errorf("%q: the message is lost", w.Body)
	}
}

// However often and wherever it is mounted, there is one Visit, and one session.
func TestMounted(t *testing.T) {
	s := newSite(t, nil, messages.Options{})
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sessionhttp.FromContext(r.Context()) == nil {
			t.Error("there is no session")
		}
		if r.Method == http.MethodPost {
			add(t, 1)(w, r)
			return
		}
		show(w, r)
	})
	for name, h := range map[string]http.Handler{
		"alone":   s.Handler(inner),
		"twice":   s.Handler(s.Handler(inner)),
		"inside":  s.sessions.Handler(s.Handler(inner)),
		"outside": s.Handler(s.sessions.Handler(inner)),
		"opened": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = s.Open(s.Open(r))
			buffer := httptest.NewRecorder()
			inner.ServeHTTP(buffer, r)
			if err := s.sessions.Commit(w, r, buffer.Code); err != nil {
				t.Error(err)
			}
			w.WriteHeader(buffer.Code)
			buffer.Body.WriteTo(w) //nolint:errcheck // it does not fail
		}),
	} {
		t.Run(name, func(t *testing.T) {
			b := browser{}
			if w := b.get(h, "POST", "/"); len(w.Result().Cookies()) != 1 {
				t.Errorf("%v, want one cookie", w.Header())
			}
			if w := b.get(h, "GET", "/"); w.Body.String() != "message 0\n" || len(b) != 0 {
				t.Errorf("%q, %v", w.Body, b)
			}
			s.reported(t, nil)
		})
	}
}

// A router that opens the request twice has one Visit.
func TestOpenTwice(t *testing.T) {
	s := newSite(t, nil, messages.Options{})
	r := s.Open(httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	if v := messages.FromContext(r.Context()); v == nil || messages.FromContext(s.Open(r).Context()) != v {
		t.Error("there are two, or none")
	}
}

// Two sites in one program do not mix.
func TestTwoMiddlewares(t *testing.T) {
	sessions := newSessions(t, nil, nil)
	outer, inner := newSite(t, sessions, messages.Options{CookieName: "a"}), newSite(t, sessions, messages.Options{CookieName: "b"})
	b := browser{}
	b.get(outer.Handler(inner.Handler(add(t, 1))), "POST", "/")
	if _, found := b["b"]; !found || len(b) != 1 {
		t.Errorf("%v, want the inner one's cookie", b)
	}
	if w := b.get(outer.Handler(http.HandlerFunc(show)), "GET", "/"); w.Body.Len() != 0 {
		t.Errorf("%q of another cookie", w.Body)
	}
	if w := b.get(inner.Handler(http.HandlerFunc(show)), "GET", "/"); w.Body.String() != "message 0\n" {
		t.Errorf("%q", w.Body)
	}
}

// Only what our own key signed is worth a report.
func TestReported(t *testing.T) {
	unreadable := func(t *testing.T) string {
		t.Helper()
		signer, err := saltine.NewTimestampSigner(testKeys(t).ForCookies(), &saltine.Options{Salt: "django.contrib.messages"})
		if err != nil {
			t.Fatal(err)
		}
		token, err := signer.SignObject(map[string]any{"a": 1})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	s := newSite(t, nil, messages.Options{MaxSize: 200, Storage: messages.CookieOnly})
	h := s.routes(t, 30, nil)
	browser{"messages": "junk"}.get(h, "GET", "/")
	s.reported(t, nil)
	browser{"messages": unreadable(t)}.get(h, "GET", "/none")
	s.reported(t, nil)
	b := browser{"messages": unreadable(t)}
	b.get(h, "GET", "/")
	s.reported(t, saltine.ErrMalformed)
	if len(b) != 0 {
		t.Error("a cookie that cannot be read stays")
	}
	b.get(h, "POST", "/")
	s.reported(t, messageshttp.ErrUnstored)
}

// An error that is reported, by default to the log, holds no message.
func TestLog(t *testing.T) {
	var out strings.Builder
	log.SetOutput(&out)
	defer log.SetOutput(log.Default().Writer())
	m, err := messageshttp.New(newSessions(t, nil, nil), newCodec(t, messages.Options{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	browser{}.get(m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		messages.Add(r.Context(), messages.Info, "canary") //nolint:errcheck // it is reported
	})), "GET", "/canary?canary")
	if text := out.String(); !strings.Contains(text, "headers were sent") || strings.Contains(text, "canary") {
		t.Errorf("%q", text)
	}
}

func TestNewRefuses(t *testing.T) {
	sessions, codec := newSessions(t, nil, nil), newCodec(t, messages.Options{})
	for _, tt := range []struct {
		name, reason string
		sessions     *sessionhttp.Middleware
		codec        *messages.Codec
	}{
		{"no sessions", "there is nowhere to stand", nil, codec},
		{"no codec", "there is nothing to do", sessions, nil},
		{"cookie's name", "no browser takes it", sessions, newCodec(t, messages.Options{CookieName: "a b"})},
		{"the session's name", "one of the two would be lost", sessions, newCodec(t, messages.Options{CookieName: "sessionid"})},
		{"prefix", "browsers refuse it with a domain", newSessions(t, nil, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{Domain: "a.test"}}), newCodec(t, messages.Options{CookieName: "__Host-messages"})},
	} {
		if _, err := messageshttp.New(tt.sessions, tt.codec, nil); !errors.Is(err, saltine.ErrInvalidOption) {
			t.Errorf("%s: %v, want an invalid option: %s", tt.name, err, tt.reason)
		}
	}
}

// dead is a store that is down.
type dead struct{ saltine.Backend }

func (dead) Load(context.Context, string) (saltine.Record, error) {
	return saltine.Record{}, errors.New("down")
}

// Messages need not touch the session, and a store that is down does not matter then.
func TestStoreIsDown(t *testing.T) {
	store, err := saltine.NewServerStore(dead{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sessions := newSessions(t, store, &sessionhttp.Options{OnError: func(*http.Request, error) {}})
	s := newSite(t, sessions, messages.Options{})
	h, b := s.routes(t, 1, nil), browser{"sessionid": "abcdefghabcdefghabcdefghabcdefgh"}
	b.get(h, "POST", "/")
	if w := b.get(h, "GET", "/"); w.Code != 200 || w.Body.String() != "message 0\n" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	// The cookie says that there is more, in a session that cannot be read.
	long := s.routes(t, 60, nil)
	if w := b.get(long, "POST", "/"); w.Code != 500 || b["messages"] != "" {
		t.Errorf("%d %v, want an error, and no half of the messages", w.Code, b)
	}
}
