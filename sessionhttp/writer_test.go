package sessionhttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// Every way to send headers takes the session along.
func TestCommitAtFirstWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("body"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		send   func(http.ResponseWriter, *http.Request) error
		status int
		body   string
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) error { return nil }, 200, ""},
		{"WriteHeader", func(w http.ResponseWriter, _ *http.Request) error { w.WriteHeader(http.StatusNoContent); return nil }, 204, ""},
		{"Write", func(w http.ResponseWriter, _ *http.Request) error { _, err := w.Write([]byte("body")); return err }, 200, "body"},
		{"WriteString", func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, "body"); return err }, 200, "body"},
		{"ReadFrom", func(w http.ResponseWriter, _ *http.Request) error {
			_, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("body"))
			return err
		}, 200, "body"},
		{"Copy", func(w http.ResponseWriter, _ *http.Request) error {
			_, err := io.Copy(w, io.LimitReader(strings.NewReader("body"), 4))
			return err
		}, 200, "body"},
		{"Flush", func(w http.ResponseWriter, _ *http.Request) error { w.(http.Flusher).Flush(); return nil }, 200, ""},
		{"ResponseController.Flush", func(w http.ResponseWriter, _ *http.Request) error { return http.NewResponseController(w).Flush() }, 200, ""},
		{"ServeFile", func(w http.ResponseWriter, r *http.Request) error { http.ServeFile(w, r, file); return nil }, 200, "body"},
		{"Redirect", func(w http.ResponseWriter, r *http.Request) error {
			http.Redirect(w, r, "/x", http.StatusSeeOther)
			return nil
		}, 303, "<a href=\"/x\">See Other</a>.\n\n"},
		{"Error", func(w http.ResponseWriter, _ *http.Request) error {
			http.Error(w, "no", http.StatusNotFound)
			return nil
		}, 404, "no\n"},
	} {
		for _, protocol := range protocols {
			t.Run(tt.name+"/"+protocol, func(t *testing.T) {
				store := newStore(t, nil)
				server := newServer(t, protocol, newMiddleware(t, store, strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					sessionhttp.FromContext(r.Context()).Set("a", 1)
					if err := tt.send(w, r); err != nil {
						t.Error(err)
					}
				})))
				server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				resp := get(t, server)
				if resp.Status != tt.status || resp.Body != tt.body || resp.Proto != protocol {
					t.Errorf("%s %d %q, want %s %d %q", resp.Proto, resp.Status, resp.Body, protocol, tt.status, tt.body)
				}
				s := sessionOf(t, store, resp.Header)
				if s == nil || s.Get("a") != int64(1) {
					t.Errorf("the session is not in the response: %q", resp.Header["Set-Cookie"])
				}
				if diff := cmp.Diff([]string{"Cookie"}, resp.Header["Vary"]); diff != "" {
					t.Errorf("Vary (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// statusKeeper is a writer that keeps a status until the first byte, as gin's does.
type statusKeeper struct {
	http.ResponseWriter
	status int
}

func (k *statusKeeper) Status() int { return k.status }

// A handler that names no status gets the one that the writer underneath keeps.
func TestStatusOfWriterUnderneath(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		saved  bool
		reason string
	}{
		{"none yet", 0, true, "net/http sends 200"},
		{"200", 200, true, "it is kept"},
		{"404", 404, true, "it is below 500"},
		{"500", 500, false, "nothing is saved with it"},
	} {
		for name, send := range map[string]func(http.ResponseWriter){
			"nothing":     func(http.ResponseWriter) {},
			"Write":       func(w http.ResponseWriter) { w.Write([]byte("body")) },   //nolint:errcheck // a recorder
			"WriteString": func(w http.ResponseWriter) { io.WriteString(w, "body") }, //nolint:errcheck // a recorder
			"Flush":       func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
			"ReadFrom": func(w http.ResponseWriter) {
				w.(io.ReaderFrom).ReadFrom(strings.NewReader("body")) //nolint:errcheck // a recorder
			},
		} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				h := newMiddleware(t, newStore(t, nil), strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					sessionhttp.FromContext(r.Context()).Set("a", 1)
					send(w)
				}))
				w := httptest.NewRecorder()
				h.ServeHTTP(&statusKeeper{w, tt.status}, newRequest(nil))
				if got := len(w.Header()["Set-Cookie"]) == 1; got != tt.saved {
					t.Errorf("Set-Cookie: %v, want %v: %s", got, tt.saved, tt.reason)
				}
				if got, want := w.Header().Get("Cache-Control") == "private", tt.status == 404; got != want {
					t.Errorf("private: %v, want %v", got, want)
				}
			})
		}
	}
}

// A router that answers after a handler which wrote nothing, as echo does for an error,
// has the last word on the status.
func TestRouterAnswersAfterHandler(t *testing.T) {
	for _, tt := range []struct {
		name   string
		guard  sessionhttp.CacheGuard
		status int
		want   int
		saved  bool
		cache  string
		reason string
	}{
		{"200", sessionhttp.CachePrivate, 200, 200, true, "", "no cache keeps it by its status"},
		{"404", sessionhttp.CachePrivate, 404, 404, true, "private", "caches keep it by its status"},
		{"404, unguarded", sessionhttp.CacheUnguarded, 404, 404, true, "", "nobody asked for more"},
		{"404, refused", sessionhttp.CacheRefuse, 404, 500, false, "", "the guard refuses it"},
		{"500", sessionhttp.CachePrivate, 500, 500, false, "", "nothing is set with it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var reported []error
			opts := &sessionhttp.Options{CacheGuard: tt.guard, OnError: func(_ *http.Request, err error) { reported = append(reported, err) }}
			var inner http.ResponseWriter
			h := newMiddleware(t, newStore(t, nil), opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				sessionhttp.FromContext(r.Context()).Set("a", 1)
				inner = w
			}))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, newRequest(nil))
			inner.WriteHeader(tt.status)
			resp := w.Result()
			if resp.StatusCode != tt.want {
				t.Errorf("the status is %d, want %d: %s", resp.StatusCode, tt.want, tt.reason)
			}
			if got := len(resp.Header["Set-Cookie"]) == 1; got != tt.saved {
				t.Errorf("Set-Cookie: %v, want %v: %s", got, tt.saved, tt.reason)
			}
			if got := resp.Header.Get("Cache-Control"); got != tt.cache {
				t.Errorf("Cache-Control is %q, want %q: %s", got, tt.cache, tt.reason)
			}
			if refused := tt.guard == sessionhttp.CacheRefuse; len(reported) == 1 != refused || refused && !errors.Is(reported[0], sessionhttp.ErrCacheable) {
				t.Errorf("OnError got %v", reported)
			}
		})
	}
}

// Early hints are no response yet.
func TestInformationalDoesNotCommit(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			store := newStore(t, nil)
			server := newServer(t, protocol, newMiddleware(t, store, strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Link", "</style.css>; rel=preload")
				w.WriteHeader(http.StatusEarlyHints)
				sessionhttp.FromContext(r.Context()).Set("a", 1)
				w.WriteHeader(http.StatusProcessing)
				w.WriteHeader(http.StatusTeapot)
			})))
			var hints []int
			r, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
				Got1xxResponse: func(status int, h textproto.MIMEHeader) error {
					hints = append(hints, status)
					if h["Set-Cookie"] != nil {
						t.Errorf("%d has Set-Cookie", status)
					}
					return nil
				},
			}), http.MethodGet, server.URL, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp := answerOf(t, raw)
			if diff := cmp.Diff([]int{103, 102}, hints); diff != "" || resp.Status != http.StatusTeapot {
				t.Errorf("status %d, informational (-want +got):\n%s", resp.Status, diff)
			}
			if sessionOf(t, store, resp.Header) == nil {
				t.Error("the session is not in the response")
			}
		})
	}
}

// 101 is between 100 and 199, and the last word all the same.
func TestSwitchingProtocolsCommits(t *testing.T) {
	store := newStore(t, nil)
	resp := handle(t, newMiddleware(t, store, strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sessionhttp.FromContext(r.Context()).Set("a", 1)
		w.WriteHeader(http.StatusSwitchingProtocols)
	})), nil)
	if resp.Status != http.StatusSwitchingProtocols || sessionOf(t, store, resp.Header) == nil {
		t.Errorf("%d %v", resp.Status, resp.Header)
	}
}

// A stream of events: headers go out with the first one, long before the end.
func TestServerSentEvents(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			store := newStore(t, nil)
			opts := strict(t)
			late := make(chan error, 1)
			opts.OnError = func(_ *http.Request, err error) { late <- err }
			next := make(chan int)
			server := newServer(t, protocol, newMiddleware(t, store, opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s := sessionhttp.FromContext(r.Context())
				s.Set("stream", 1)
				w.Header().Set("Content-Type", "text/event-stream")
				controller := http.NewResponseController(w)
				for i := range next {
					_, err := fmt.Fprintf(w, "data: %d\n\n", i)
					if err := errors.Join(err, controller.Flush()); err != nil {
						t.Error(err)
					}
				}
				s.Set("last", 2)
			})))
			go func() { next <- 0 }()
			resp, err := server.Client().Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close() //nolint:errcheck // it was read to its end
			if s := sessionOf(t, store, resp.Header); s == nil || s.Has("last") {
				t.Error("the session does not come with the first event")
			}
			lines := bufio.NewScanner(resp.Body)
			for i := range 3 {
				if i > 0 {
					next <- i
				}
				lines.Scan()
				if got, want := lines.Text(), fmt.Sprintf("data: %d", i); got != want {
					t.Errorf("event is %q, want %q", got, want)
				}
				lines.Scan() // the empty line
			}
			close(next)
			if err := <-late; !errors.Is(err, sessioncookie.ErrLateChange) {
				t.Errorf("the last change is reported as %v, want %v", err, sessioncookie.ErrLateChange)
			}
		})
	}
}

// What happens after the headers is reported, whoever sent them.
func TestLateIsReported(t *testing.T) {
	store := newStore(t, nil)
	change := func(s *saltine.Session) { s.Set("b", 2) }
	for _, tt := range []struct {
		name          string
		before, after func(*saltine.Session)
		want          []error
	}{
		{"nothing", nil, nil, nil},
		{"change in time", change, nil, nil},
		{"late change", nil, change, []error{sessioncookie.ErrLateChange}},
		{"late change after one in time", change, change, []error{sessioncookie.ErrLateChange}},
		{"late access", nil, func(s *saltine.Session) { s.Get("a") }, []error{sessioncookie.ErrLateAccess}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []error
			opts := &sessionhttp.Options{OnError: func(_ *http.Request, err error) { got = append(got, err) }}
			handle(t, newMiddleware(t, store, opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s := sessionhttp.FromContext(r.Context())
				if tt.before != nil {
					tt.before(s)
				}
				w.WriteHeader(http.StatusOK)
				if tt.after != nil {
					tt.after(s)
				}
			})), signed(t, store))
			if len(got) != len(tt.want) || len(got) > 0 && !errors.Is(got[0], tt.want[0]) {
				t.Errorf("OnError was told %v, want %v", got, tt.want)
			}
		})
	}
}

// A handler that panics has decided nothing.
func TestPanicSetsNoCookie(t *testing.T) {
	store := newStore(t, nil)
	panics := newMiddleware(t, store, strict(t)).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		sessionhttp.FromContext(r.Context()).Set("a", 1)
		panic("on purpose")
	}))
	for _, protocol := range protocols {
		t.Run("unrecovered/"+protocol, func(t *testing.T) {
			server := newServer(t, protocol, panics)
			resp, err := server.Client().Get(server.URL)
			if err == nil {
				t.Errorf("there is a response: %+v", answerOf(t, resp))
			}
		})
	}
	t.Run("recovered outside", func(t *testing.T) {
		resp := handle(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				recover() //nolint:errcheck // it is the string of above
				w.WriteHeader(http.StatusInternalServerError)
			}()
			panics.ServeHTTP(w, r)
		}), nil)
		if resp.Status != http.StatusInternalServerError || resp.Header["Set-Cookie"] != nil {
			t.Errorf("%d, Set-Cookie %q", resp.Status, resp.Header["Set-Cookie"])
		}
	})
	t.Run("recovered inside", func(t *testing.T) {
		resp := handle(t, newMiddleware(t, store, strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				recover() //nolint:errcheck // it is the string of below
				w.WriteHeader(http.StatusInternalServerError)
			}()
			sessionhttp.FromContext(r.Context()).Set("a", 1)
			panic("on purpose")
		})), nil)
		if resp.Status != http.StatusInternalServerError || resp.Header["Set-Cookie"] != nil {
			t.Errorf("%d, Set-Cookie %q", resp.Status, resp.Header["Set-Cookie"])
		}
	})
}

// A timeout around the middleware leaves the handler its session.
func TestTimeoutHandlerOutside(t *testing.T) {
	release := make(chan struct{})
	finished := make(chan struct{})
	m := newMiddleware(t, newStore(t, nil), strict(t))
	h := http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(finished)
		m.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			sessionhttp.FromContext(r.Context()).Set("a", 1)
			<-release
			sessionhttp.FromContext(r.Context()).Set("b", 1)
		})).ServeHTTP(w, r)
	}), time.Nanosecond, "too slow")
	resp := handle(t, h, nil)
	close(release)
	<-finished
	if resp.Status != http.StatusServiceUnavailable || resp.Header["Set-Cookie"] != nil {
		t.Errorf("%d, Set-Cookie %q", resp.Status, resp.Header["Set-Cookie"])
	}
}

func TestHijack(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*saltine.Session)
		want error
	}{
		{"untouched", func(*saltine.Session) {}, nil},
		{"read", func(s *saltine.Session) { s.Get("a") }, nil},
		{"changed", func(s *saltine.Session) { s.Set("a", 1) }, sessioncookie.ErrLateChange},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reported := make(chan error, 1)
			done := make(chan struct{})
			opts := &sessionhttp.Options{OnError: func(_ *http.Request, err error) { reported <- err }}
			h := newMiddleware(t, newStore(t, nil), opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tt.do(sessionhttp.FromContext(r.Context()))
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()                                                     //nolint:errcheck // the client tells
				io.WriteString(conn, "HTTP/1.1 299 Mine\r\nContent-Length: 0\r\n\r\n") //nolint:errcheck // the client tells
				if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrHijacked) {
					t.Errorf("Write after Hijack: %v, want %v", err, http.ErrHijacked)
				}
			}))
			server := newServer(t, "HTTP/1.1", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(done)
				h.ServeHTTP(w, r)
			}))
			resp := get(t, server)
			if resp.Status != 299 || resp.Header["Set-Cookie"] != nil {
				t.Errorf("%d, Set-Cookie %q", resp.Status, resp.Header["Set-Cookie"])
			}
			<-done
			close(reported)
			if err := <-reported; !errors.Is(err, tt.want) {
				t.Errorf("OnError was told %v, want %v", err, tt.want)
			}
		})
	}
}

// HTTP/2 connections cannot be hijacked, and the response goes on.
func TestHijackRefused(t *testing.T) {
	store := newStore(t, nil)
	server := newServer(t, "HTTP/2.0", newMiddleware(t, store, strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sessionhttp.FromContext(r.Context()).Set("a", 1)
		if _, _, err := http.NewResponseController(w).Hijack(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("Hijack: %v, want %v", err, http.ErrNotSupported)
		}
	})))
	resp := get(t, server)
	if sessionOf(t, store, resp.Header) == nil {
		t.Error("the session is not in the response")
	}
}

func TestResponseController(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			server := newServer(t, protocol, newMiddleware(t, newStore(t, nil), strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				c := http.NewResponseController(w)
				for name, err := range map[string]error{
					"SetReadDeadline":  c.SetReadDeadline(time.Now().Add(time.Hour)),
					"SetWriteDeadline": c.SetWriteDeadline(time.Now().Add(time.Hour)),
					"EnableFullDuplex": c.EnableFullDuplex(),
				} {
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			})))
			get(t, server)
		})
	}
}

// full is a ResponseWriter that can do everything.
type full struct {
	httptest.ResponseRecorder
	pushed, hijacked bool
}

func (f *full) Push(string, *http.PushOptions) error { f.pushed = true; return nil }
func (f *full) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	f.hijacked = true
	return nil, nil, nil
}

// wrapped is another middleware's writer, which has Unwrap and nothing else.
type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestOptionalMethods(t *testing.T) {
	for _, tt := range []struct {
		name string
		wrap func(http.ResponseWriter) http.ResponseWriter
		want error
	}{
		{"there", func(w http.ResponseWriter) http.ResponseWriter { return w }, nil},
		{"under another wrapper", func(w http.ResponseWriter) http.ResponseWriter { return wrapped{wrapped{w}} }, nil},
		{"not there", func(http.ResponseWriter) http.ResponseWriter { return discard{http.Header{}} }, http.ErrNotSupported},
	} {
		t.Run(tt.name, func(t *testing.T) {
			under := &full{ResponseRecorder: *httptest.NewRecorder()}
			newMiddleware(t, newStore(t, nil), strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if err := w.(http.Pusher).Push("/style.css", nil); !errors.Is(err, tt.want) {
					t.Errorf("Push: %v, want %v", err, tt.want)
				}
				if err := http.NewResponseController(w).Flush(); !errors.Is(err, tt.want) {
					t.Errorf("Flush: %v, want %v", err, tt.want)
				}
				w.(http.Flusher).Flush()
				if _, _, err := w.(http.Hijacker).Hijack(); !errors.Is(err, tt.want) {
					t.Errorf("Hijack: %v, want %v", err, tt.want)
				}
			})).ServeHTTP(tt.wrap(under), newRequest(nil))
			if done := tt.want == nil; under.pushed != done || under.Flushed != done || under.hijacked != done {
				t.Errorf("pushed %v, flushed %v, hijacked %v, want %v", under.pushed, under.Flushed, under.hijacked, done)
			}
		})
	}
}
