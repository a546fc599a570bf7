package sessionhttp_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// hoard puts more into the session than a cookie can hold.
func hoard(w http.ResponseWriter, r *http.Request) {
	s := sessionhttp.FromContext(r.Context())
	s.Set("user", "ada")
	s.Set("cart", strings.Repeat("secret", 1000))
	w.Header().Set("Cache-Control", "public, max-age=60")
	w.Header().Set("Etag", `"1"`)
	w.Header().Set("Content-Length", "2")
	w.WriteHeader(http.StatusCreated)
	w.Write([]byte("ok")) //nolint:errcheck // nobody sees it
}

func uncompressed(t *testing.T) *saltine.CookieStore {
	t.Helper()
	return newStore(t, &saltine.StoreOptions{Compression: saltine.CompressionNone})
}

// logged makes slog.Default write to the buffer that it returns.
func logged(t *testing.T) *bytes.Buffer {
	t.Helper()
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &log
}

func TestTooLargeIs500(t *testing.T) {
	log := logged(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", hoard)
	resp := handle(t, newMiddleware(t, uncompressed(t), nil).Handler(mux), nil)
	if resp.Status != http.StatusInternalServerError || resp.Body != "Internal Server Error\n" {
		t.Errorf("%d %q", resp.Status, resp.Body)
	}
	want := http.Header{
		"Content-Length":         {"22"},
		"Content-Type":           {"text/plain; charset=utf-8"},
		"X-Content-Type-Options": {"nosniff"},
		"Vary":                   {"Cookie"},
	}
	if diff := cmp.Diff(want, resp.Header); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	wantLog := `level=ERROR msg="session cookie" error="saltine: too large: Set-Cookie line of 8189 bytes, limit 4096; largest values: \"cart\" 6010, \"user\" 13" method=GET pattern="GET /{$}"` + "\n"
	if diff := cmp.Diff(wantLog, log.String()); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func TestErrorHandler(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request, error)
		status int
		body   string
		reason string
	}{
		{
			"answers", func(w http.ResponseWriter, r *http.Request, err error) {
				if !errors.Is(err, saltine.ErrTooLarge) || sessionhttp.FromContext(r.Context()) == nil {
					t.Errorf("told %v", err)
				}
				w.Header().Del("Content-Length")
				w.WriteHeader(http.StatusInsufficientStorage)
				io.WriteString(w, "full") //nolint:errcheck // the client tells
			}, 507, "full", "its answer replaces the handler's",
		},
		{
			"writes only", func(w http.ResponseWriter, _ *http.Request, _ error) {
				io.WriteString(w, "xx") //nolint:errcheck // the client tells
			}, 200, "xx", "as any handler may",
		},
		{"does nothing", func(http.ResponseWriter, *http.Request, error) {}, 201, "ok", "the handler's response goes out, without the cookie"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reported := 0
			opts := &sessionhttp.Options{OnError: func(*http.Request, error) { reported++ }, ErrorHandler: tt.answer}
			resp := handle(t, newMiddleware(t, uncompressed(t), opts).Handler(http.HandlerFunc(hoard)), nil)
			if resp.Status != tt.status || resp.Body != tt.body {
				t.Errorf("%d %q, want %d %q: %s", resp.Status, resp.Body, tt.status, tt.body, tt.reason)
			}
			if reported != 1 || resp.Header["Set-Cookie"] != nil {
				t.Errorf("reported %d times, Set-Cookie %q", reported, resp.Header["Set-Cookie"])
			}
		})
	}
}

// The handler whose response is replaced gets to know it.
func TestHandlerSeesError(t *testing.T) {
	opts := &sessionhttp.Options{OnError: func(*http.Request, error) {}}
	under := &statuses{discard: discard{http.Header{}}}
	newMiddleware(t, uncompressed(t), opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sessionhttp.FromContext(r.Context()).Set("cart", strings.Repeat("x", 5000))
		w.WriteHeader(http.StatusEarlyHints)
		for name, send := range map[string]func() error{
			"Write":       func() error { _, err := w.Write([]byte("x")); return err },
			"WriteString": func() error { _, err := io.WriteString(w, "x"); return err },
			"ReadFrom":    func() error { _, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("x")); return err },
			"Flush":       func() error { return http.NewResponseController(w).Flush() },
		} {
			if err := send(); !errors.Is(err, saltine.ErrTooLarge) {
				t.Errorf("%s: %v, want too large", name, err)
			}
		}
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusOK)
	})).ServeHTTP(under, newRequest(nil))
	if diff := cmp.Diff([]int{http.StatusEarlyHints, http.StatusInternalServerError}, under.sent); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// statuses is a ResponseWriter that remembers what was sent.
type statuses struct {
	discard
	sent []int
}

func (s *statuses) WriteHeader(status int) { s.sent = append(s.sent, status) }

// Who is told of what.
func TestHooks(t *testing.T) {
	store := newStore(t, nil)
	list, err := saltine.NewTimestampSigner(testKeys, &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies", Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	malformed, err := list.SignObject([]int{1})
	if err != nil {
		t.Fatal(err)
	}
	read := func(s *saltine.Session) { s.Get("a") }
	for _, tt := range []struct {
		name     string
		cookies  []string
		do       func(*saltine.Session)
		verified bool    // OnCookie, with a Verification
		refused  error   // OnCookie, with an error
		onError  []error // OnError
		reason   string
	}{
		{"good", signed(t, store), read, true, nil, nil, "for metrics"},
		{"good, untouched", signed(t, store), nil, false, nil, nil, "it was not read"},
		{"none", nil, read, false, nil, nil, "there is no cookie"},
		{"bad signature", []string{"sessionid=not:a:session"}, read, false, saltine.ErrBadSignature, nil, "everyday"},
		{"bad signature, untouched", []string{"sessionid=not:a:session"}, nil, false, nil, nil, "it was not read"},
		{"malformed", []string{"sessionid=" + malformed}, read, true, saltine.ErrMalformed, []error{saltine.ErrMalformed}, "our own key signed it"},
		{"cannot be written", signed(t, store), func(s *saltine.Session) { s.Set("f", func() {}) }, true, nil, []error{saltine.ErrUnsupported}, "a mistake in the handler"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var told []error
			calls := 0
			opts := &sessionhttp.Options{
				OnError: func(_ *http.Request, err error) { told = append(told, err) },
				OnCookie: func(_ *http.Request, v saltine.Verification, err error) {
					calls++
					if (v.Size > 0) != tt.verified || !errors.Is(err, tt.refused) {
						t.Errorf("OnCookie was told %+v, %v: %s", v, err, tt.reason)
					}
				},
			}
			handle(t, newMiddleware(t, store, opts).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if tt.do != nil {
					tt.do(sessionhttp.FromContext(r.Context()))
				}
			})), tt.cookies)
			if want := tt.verified || tt.refused != nil; (calls == 1) != want || calls > 1 {
				t.Errorf("OnCookie was called %d times: %s", calls, tt.reason)
			}
			if len(told) != len(tt.onError) || len(told) > 0 && !errors.Is(told[0], tt.onError[0]) {
				t.Errorf("OnError was told %v, want %v: %s", told, tt.onError, tt.reason)
			}
		})
	}
}

// A cookie that is first read after the headers were sent is reported too.
func TestOnCookieLate(t *testing.T) {
	store := newStore(t, nil)
	calls := 0
	opts := &sessionhttp.Options{
		OnCookie: func(*http.Request, saltine.Verification, error) { calls++ },
		OnError:  func(*http.Request, error) {},
	}
	handle(t, newMiddleware(t, store, opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		sessionhttp.FromContext(r.Context()).Get("a")
	})), signed(t, store))
	if calls != 1 {
		t.Errorf("OnCookie was called %d times, want once", calls)
	}
}

// Nobody's secrets are in the log.
func TestDefaultLog(t *testing.T) {
	log := logged(t)
	store := newStore(t, nil)
	h := newMiddleware(t, store, nil).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		sessionhttp.FromContext(r.Context()).Set("password", "hunter2")
	}))
	handle(t, h, signed(t, store))
	handle(t, h, []string{"sessionid=not:a:session"})
	want := strings.Repeat(`level=ERROR msg="session cookie" error="sessioncookie: session was changed after the response's headers were sent, and the change is lost" method=GET pattern="(the router sets no http.Request.Pattern)"`+"\n", 2)
	if diff := cmp.Diff(want, log.String()); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}
