package sessionhttp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/carrier"
)

// Options are the settings of a [Middleware]. The zero value, and a nil
// *Options, is Django's defaults, with Secure. Hooks are called on the
// goroutine of the request, and must be safe for concurrent use.
type Options struct {
	// Options of the cookie: its name, its attributes, and when it is saved.
	carrier.Options

	// RefreshOnNavigation refreshes sessions that are only read, for their age
	// or their old signature, with the pages that people go to, and not with
	// what those pages load, whose responses come side by side and overwrite
	// each other's cookies. The page is what comes with the header
	// Sec-Fetch-Dest: document, or from a browser too old to send any.
	RefreshOnNavigation bool

	// CacheGuard says what becomes of a response that sets or deletes the
	// cookie and invites shared caches to keep it.
	CacheGuard CacheGuard

	// Revoked, if not nil, may refuse a session whose cookie is good. It is
	// asked when the session is first used, once; what it reads does not count
	// as use. It must not change the session. signedAt is in whole seconds.
	// docs/middleware.md shows how to end all sessions of somebody with it,
	// and how to end one that was copied.
	Revoked func(r *http.Request, s *saltine.Session, signedAt time.Time) bool

	// OnCookie, if not nil, is told once for each request whose session was
	// used how its cookie was verified, or why it was refused: a kind of error
	// of package saltine. Bad signatures and expired ones are everyday, and
	// reported nowhere else.
	OnCookie func(r *http.Request, v saltine.Verification, err error)

	// OnError is told of every error that is somebody's to look at: a session
	// that cannot be saved, of the kinds of saltine.CookieStore.Save; a change
	// after the headers were sent, carrier.ErrLateChange, or a first use,
	// carrier.ErrLateAccess; a response that CacheRefuse refuses, ErrCacheable;
	// and a cookie that our own key signed and that cannot be read,
	// saltine.ErrMalformed. nil writes one line to slog.Default. No error holds
	// a key, a cookie or a value.
	OnError func(r *http.Request, err error)

	// ErrorHandler answers in place of the handler where the session cannot be
	// saved, or the response is refused. nil answers 500. An ErrorHandler that
	// writes nothing lets the handler's response go out, without the cookie.
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)
}

// Middleware gives every request its session. It is immutable and safe for
// concurrent use.
//
// Django: contrib.sessions.middleware.SessionMiddleware.
type Middleware struct {
	carrier *carrier.Carrier
	opts    Options
}

// New returns a Middleware. opts is copied. The error is of kind
// [saltine.ErrInvalidOption]: see [carrier.New].
func New(store *saltine.CookieStore, opts *Options) (*Middleware, error) {
	m := &Middleware{}
	if opts != nil {
		m.opts = *opts
	}
	var err error
	if m.carrier, err = carrier.New(store, &m.opts.Options); err != nil {
		return nil, err
	}
	if err := m.opts.CacheGuard.check(); err != nil {
		return nil, err
	}
	if m.opts.OnError == nil {
		m.opts.OnError = logError
	}
	if m.opts.ErrorHandler == nil {
		m.opts.ErrorHandler = internalServerError
	}
	return m, nil
}

// logError leaves the address out: it may hold what is nobody's business.
func logError(r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "session cookie", "error", err, "method", r.Method, "pattern", r.Pattern)
}

// internalServerError takes back what the handler said of its own response.
func internalServerError(w http.ResponseWriter, _ *http.Request, _ error) {
	for _, field := range []string{"Cache-Control", "Cdn-Cache-Control", "Expires", "Etag", "Last-Modified"} {
		w.Header().Del(field)
	}
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

// Handler returns next with a session in the context of every request.
//
// Django: MIDDLEWARE.
func (m *Middleware) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := m.open(r)
		v.writer = responseWriter{ResponseWriter: w, visit: v}
		next.ServeHTTP(&v.writer, v.request)
		v.writer.finish()
	})
}

// Open returns r with a session in its context, for routers and tests that do
// not wrap a handler. Commit must follow before the headers are sent.
//
// Django: process_request.
func (m *Middleware) Open(r *http.Request) *http.Request { return m.open(r).request }

// errNotOpen says that Commit was called without Open.
var errNotOpen = errors.New("sessionhttp: the request does not come from this Middleware's Open or Handler")

// Commit puts the session of a request that Open returned into the headers of
// its response: Set-Cookie, Vary and, by CacheGuard, Cache-Control. The status
// is the response's. Call it once, before the headers are sent. Called again,
// at the end of the response, it returns what came too late, and changes
// nothing.
//
// On an error the cookie is not set: it is that of [carrier.Exchange.Commit] or
// [ErrCacheable], and neither OnError nor ErrorHandler is called for it.
//
// Django: process_response.
func (m *Middleware) Commit(h http.Header, r *http.Request, status int) error {
	v, ok := r.Context().Value(m).(*visit)
	if !ok {
		return errNotOpen
	}
	return v.commit(h, status)
}

// FromContext returns the session of the request that ctx belongs to, always
// the same one, or nil where the request did not come through a [Middleware].
// With several, one inside the other, it is the innermost one's.
//
// Django: request.session.
func FromContext(ctx context.Context) *saltine.Session {
	return session(ctx, contextKey{})
}

// FromContext is the function of that name for one Middleware among several.
func (m *Middleware) FromContext(ctx context.Context) *saltine.Session {
	return session(ctx, m)
}

func session(ctx context.Context, key any) *saltine.Session {
	if v, ok := ctx.Value(key).(*visit); ok {
		return v.exchange.Session()
	}
	return nil
}
