package csrfvectors

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangocsrf"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// now is the clock of the recordings.
var now = time.Unix(1800000000, 0)

// run is one request on its way through the handlers.
type run struct {
	c          *Request
	protection *djangocsrf.Protection
	visit      *djangocsrf.Visit
	rand       *script
	accepted   bool
	kind       djangocsrf.Kind
	tokens     []string
	session    Session
	header     http.Header
	err        error // of the run itself
}

func runRequest(c *Request, e *expectation) *mismatch {
	if m := wantRefused(c, e.refused); m != nil || e.notRun {
		if m == nil {
			m = e.facts.Differ(nil)
		}
		return m
	}
	r := &run{c: c, rand: &script{}, header: http.Header{}}
	for _, text := range e.random {
		r.rand.add(text)
	}
	options := c.Settings.options(e.trustedOrigins)
	options.Rand = r.rand
	var err error
	if r.protection, err = djangocsrf.New(options); err != nil {
		return &mismatch{Want: "a Protection", Got: err.Error()}
	}
	if err := r.serve(); err != nil {
		return &mismatch{Want: "an answer", Got: err.Error()}
	}
	if m := e.facts.Differ(r.facts().In(e.facts)); m != nil || e.also == nil {
		return m
	}
	return e.also(r)
}

// wantRefused has New refuse trusted origins.
func wantRefused(c *Request, origins []string) *mismatch {
	if origins == nil {
		return nil
	}
	_, err := djangocsrf.New(c.Settings.options(origins))
	if !errors.Is(err, saltine.ErrInvalidOption) {
		return &mismatch{Want: "New refuses TrustedOrigins", Got: fmt.Sprint(err)}
	}
	return nil
}

// options writes settings as Options.
func (s *Settings) options(trustedOrigins []string) *djangocsrf.Options {
	o := &djangocsrf.Options{
		CookieName: s.CookieName, CookiePath: s.CookiePath, CookieDomain: s.CookieDomain,
		HTTPOnly: s.CookieHTTPOnly, Insecure: !s.CookieSecure, MaskedCookie: s.CookieMasked,
		UseSessions: s.UseSessions, TrustedOrigins: trustedOrigins,
		Now: func() time.Time { return now },
	}
	if s.UseSessions {
		o.CookieDomain = s.SessionDomain
	}
	o.HeaderName = strings.ReplaceAll(strings.TrimPrefix(s.HeaderName, "HTTP_"), "_", "-")
	switch string(s.CookieAge) {
	case "", "0":
	case "null":
		o.UntilBrowserCloses = true
	default:
		seconds, _ := json.Number(s.CookieAge).Int64()
		o.CookieAge = time.Duration(seconds) * time.Second
	}
	switch string(s.CookieSameSite) {
	case `"Strict"`:
		o.SameSite = djangocsrf.SameSiteStrict
	case `"None"`:
		o.SameSite = djangocsrf.SameSiteNone
	case "null", "false":
		o.SameSite = djangocsrf.SameSiteOmitted
	}
	return o
}

// serve has the request go through session, protection and view.
func (r *run) serve() error {
	request, err := r.c.request()
	if err != nil {
		return err
	}
	handler := r.protection.Handler(http.HandlerFunc(r.view), &djangocsrf.HandlerOptions{
		Site: r.c.site, Exempt: r.beforeView, Refuse: r.refuse, OnError: func(*http.Request, *djangocsrf.Error) {},
	})
	handler = r.watch(handler)
	if r.c.Session != nil {
		if handler, err = withSession(r.c, request, handler); err != nil {
			return err
		}
	}
	handler.ServeHTTP(&recorder{header: r.header}, request)
	return r.err
}

// request is the request as a server would have it.
func (c *Request) request() (*http.Request, error) {
	target, err := url.Parse("/" + strings.TrimPrefix(c.Path, "/"))
	if err != nil {
		return nil, err
	}
	method := c.Method
	if method == "" {
		method = http.MethodPost
	}
	form := url.Values{}
	for _, field := range c.Post {
		form.Add(field[0], field[1])
	}
	request := &http.Request{
		Method: method, URL: target, Host: c.Host, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(form.Encode())),
	}
	if c.Secure {
		request.TLS = &tls.ConnectionState{}
	}
	for name, value := range c.Headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.ContentType != "" {
		request.Header.Set("Content-Type", c.ContentType)
	}
	for name, value := range c.Cookies {
		request.Header.Add("Cookie", name+"="+sessioncookie.Quote(value))
	}
	return request, nil
}

// site is what Django's settings say of proxies.
func (c *Request) site(r *http.Request) (secure bool, host string) {
	secure, host = r.TLS != nil, r.Host
	if header := c.Settings.ProxySSLHeader; len(header) == 2 {
		name := strings.ReplaceAll(strings.TrimPrefix(header[0], "HTTP_"), "_", "-")
		secure = secure || r.Header.Get(name) == header[1]
	}
	if forwarded := r.Header.Get("X-Forwarded-Host"); c.Settings.UseXForwardedHost && forwarded != "" {
		host = forwarded
	}
	if c.Settings.AllowedHosts != nil { // no recording allows the request's host by name
		host = ""
	}
	return secure, host
}

// withSession puts the middleware of sessions around handler, and the recorded session
// into the request.
func withSession(c *Request, request *http.Request, handler http.Handler) (http.Handler, error) {
	keys, err := saltine.NewKeyring("a key for vectors only, fifty bytes or more, not a secret", nil)
	if err != nil {
		return nil, err
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: func() time.Time { return now }})
	if err != nil {
		return nil, err
	}
	sessions, err := sessionhttp.New(store, nil)
	if err != nil {
		return nil, err
	}
	var items [][2]any
	if err := json.Unmarshal(c.Session, &items); err != nil {
		return nil, err
	}
	if items != nil {
		s := store.New()
		for _, item := range items {
			s.Set(fmt.Sprint(item[0]), item[1])
		}
		if err := s.Save(); err != nil {
			return nil, err
		}
		request.Header.Add("Cookie", "sessionid="+s.Key())
	}
	return sessions.Handler(handler), nil
}

// watch notes the session as the protection leaves it to the session's middleware.
func (r *run) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		s := sessionhttp.FromContext(request.Context())
		next.ServeHTTP(&watcher{w, func() {
			if s == nil {
				return
			}
			r.session = Session{Accessed: s.Accessed(), Modified: s.Modified()}
			for name, value := range s.Items() {
				r.session.Items = append(r.session.Items, [2]any{name, value})
			}
			s.SetAccessed(r.session.Accessed)
		}}, request)
	})
}

// watcher calls see before the headers go out.
type watcher struct {
	http.ResponseWriter
	see func()
}

// WriteHeader calls see.
func (w *watcher) WriteHeader(status int) {
	w.see()
	w.ResponseWriter.WriteHeader(status)
}

// recorder is the end of the chain.
type recorder struct{ header http.Header }

// Header returns the response's headers.
func (w *recorder) Header() http.Header { return w.header }

// Write leaves the body out.
func (w *recorder) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader leaves the status out.
func (w *recorder) WriteHeader(int) {}

// beforeView stands between process_request and process_view, where the handler asks
// whether the request is exempt.
func (r *run) beforeView(request *http.Request) bool {
	r.visit = djangocsrf.FromContext(request.Context())
	r.do(r.c.BeforeView, request)
	return r.c.Exempt
}

func (r *run) view(w http.ResponseWriter, request *http.Request) {
	r.accepted = true
	r.do(r.c.View, request)
	for name, value := range r.c.ResponseHeaders {
		w.Header().Set(name, value)
	}
	w.WriteHeader(http.StatusOK)
}

func (r *run) refuse(w http.ResponseWriter, request *http.Request, err *djangocsrf.Error) {
	r.kind = kindOf(err)
	r.do(r.c.FailureView, request)
	w.WriteHeader(http.StatusForbidden)
}

// do does what a view did.
func (r *run) do(calls []string, request *http.Request) {
	s := sessionhttp.FromContext(request.Context())
	for _, call := range calls {
		switch call {
		case "get_token":
			r.tokens = append(r.tokens, r.visit.Token())
		case "rotate":
			r.visit.Rotate()
		case "flush":
			r.err = errors.Join(r.err, s.Flush())
		case "cycle_key":
			r.err = errors.Join(r.err, s.CycleKey())
		default:
			r.err = errors.Join(r.err, fmt.Errorf("no such call: %q", call))
		}
	}
}

func kindOf(err error) djangocsrf.Kind {
	if e, ok := errors.AsType[*djangocsrf.Error](err); ok {
		return e.Kind
	}
	return ""
}

// facts are what came of the run.
func (r *run) facts() facts {
	f := facts{
		"accepted":       strconv.FormatBool(r.accepted),
		"kind":           string(r.kind),
		"random":         r.rand.left(),
		"set_cookie":     "none",
		"session_cookie": "none",
		"tokens":         strings.Join(r.tokens, " "),
		"vary":           "none",
		"session":        sessionText(r.session),
	}
	if vary := r.header["Vary"]; vary != nil {
		f["vary"] = strings.Join(vary, ", ")
	}
	for _, line := range r.header["Set-Cookie"] {
		switch {
		case strings.HasPrefix(line, `sessionid=""`):
			f["session_cookie"] = "delete"
		case strings.HasPrefix(line, "sessionid="):
			f["session_cookie"] = "set"
		default:
			f["set_cookie"] = normal(line)
		}
	}
	f["secret"] = r.secret()
	if value, _, _ := strings.Cut(f["set_cookie"], ";"); r.c.Settings.CookieMasked && len(value) > 2*secretLen {
		f["secret"] = "masked"
	}
	return f
}

// secret is the secret of the visit: a token with the mask of index 0 shows it.
func (r *run) secret() string {
	r.rand.reset()
	r.rand.add(strings.Repeat("a", secretLen))
	token := r.visit.Token()
	if r.rand.short { // another draw came first: there was none
		return "none"
	}
	return token[secretLen:]
}
