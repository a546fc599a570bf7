package sessionhttp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// CookieOptions are the settings of the cookie. They are those of package
// sessioncookie, so that one import suffices.
type CookieOptions = sessioncookie.Options

// Options are the settings of a [Middleware]. The zero value, and a nil
// *Options, is Django's defaults, with Secure. Hooks are called on the
// goroutine of the request, and must be safe for concurrent use.
type Options struct {
	// Cookie has the cookie's name and attributes, and when it is set.
	Cookie CookieOptions

	// RefreshOnNavigation renews sessions that are only read with the pages that
	// people go to, and not with what those pages load, whose responses come side
	// by side and overwrite each other's cookies. The page is what comes with the
	// header Sec-Fetch-Dest: document, or from a client that does not send it.
	// Sessions with an old signature are signed again on such pages alone, whatever
	// this option says.
	RefreshOnNavigation bool

	// CacheGuard says what becomes of a response that sets or deletes the
	// cookie and invites shared caches to keep it.
	CacheGuard CacheGuard

	// Guard, if not nil, may refuse a session whose cookie is good: see
	// saltine.Session.Guard for what it returns. It is called once for a request, when
	// the session is first used; what it reads does not count as use. It must not
	// change the session. The request's context is saltine.Session.Context, and the
	// time of the signature is in its Verification. A session is never signed with a
	// later time than that of its request's arrival then. Package revocation has
	// guards that end all sessions of somebody, or one that was copied.
	Guard func(s *saltine.Session) error

	// OnCookie, if not nil, is called once for each request whose session was
	// used, with how its cookie was verified, or why it was refused: a kind of
	// error of package saltine. Bad signatures and expired ones happen every day,
	// and are reported nowhere else.
	OnCookie func(r *http.Request, v saltine.Verification, err error)

	// OnAmbiguous, if not nil, is called for each request that brought more than
	// one cookie of the name, or cookies that are disguised as it: see
	// sessioncookie.FindAmbiguous. Duplicates of an honest visitor have another path
	// or domain; a disguised name is an attack.
	OnAmbiguous func(r *http.Request, duplicates, disguised int)

	// OnError is called with every error that somebody should look at: a session
	// that cannot be saved, of the kinds of saltine.Session.Save; a change
	// after the headers were sent, sessioncookie.ErrLateChange, or a first use,
	// sessioncookie.ErrLateAccess; a response that CacheRefuse refuses, ErrCacheable;
	// and a cookie that our own key signed and that cannot be read,
	// saltine.ErrMalformed. nil writes one line to slog.Default. No error holds
	// a key, a cookie or a value.
	OnError func(r *http.Request, err error)

	// ErrorHandler answers in place of the handler where the session cannot be
	// saved, or the response is refused. Its response is held back until it returns.
	// nil answers 400 for saltine.ErrInterrupted, and 500 for everything else. An
	// ErrorHandler that writes nothing lets the handler's response go out, without the
	// cookie.
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)
}

// Middleware gives every request its session. It is immutable and safe for
// concurrent use.
//
// Django: contrib.sessions.middleware.SessionMiddleware.
type Middleware struct {
	cookie *sessioncookie.Cookie
	opts   Options
}

// New returns a Middleware. opts is copied. The error is of kind
// [saltine.ErrInvalidOption]: see [sessioncookie.New].
func New(store saltine.Store, opts *Options) (*Middleware, error) {
	m := &Middleware{}
	if opts != nil {
		m.opts = *opts
	}
	var err error
	if m.cookie, err = sessioncookie.New(store, &m.opts.Cookie); err != nil {
		return nil, err
	}
	if err := m.opts.CacheGuard.check(); err != nil {
		return nil, err
	}
	if m.opts.OnError == nil {
		m.opts.OnError = logError
	}
	if m.opts.ErrorHandler == nil {
		m.opts.ErrorHandler = answerError
	}
	return m, nil
}

// logError leaves the address out, which may hold secrets: the pattern of the route
// has to do.
func logError(r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "session cookie", "error", err, "method", r.Method, "pattern", cmp.Or(r.Pattern, "(the router sets no http.Request.Pattern)"))
}

// describing are the header fields that describe the handler's response, or act on it.
var describing = []string{
	"Accept-Ranges", "Age", "Cache-Control", "Cdn-Cache-Control", "Content-Disposition", "Content-Encoding",
	"Content-Language", "Content-Length", "Content-Location", "Content-Range", "Digest", "Content-Digest", "Etag",
	"Expires", "Last-Modified", "Link", "Location", "Refresh", "Repr-Digest", "Trailer",
}

// answerError takes back what the handler said of its own response.
func answerError(w http.ResponseWriter, _ *http.Request, err error) {
	for _, field := range describing {
		w.Header().Del(field)
	}
	status := http.StatusInternalServerError
	if errors.Is(err, saltine.ErrInterrupted) {
		status = http.StatusBadRequest
	}
	http.Error(w, http.StatusText(status), status)
}

// Handler returns next with a session in the context of every request. Mounted twice,
// one inside the other, it is as if it were mounted once.
//
// Django: MIDDLEWARE.
func (m *Middleware) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, mounted := r.Context().Value(m).(*visit); mounted {
			next.ServeHTTP(w, r)
			return
		}
		v := m.open(r)
		v.writer = responseWriter{ResponseWriter: w, visit: v}
		next.ServeHTTP(&v.writer, v.request)
		v.writer.finish()
	})
}

// Open returns r with a session in its context, for routers and tests that do
// not wrap a handler. Commit must follow before the headers are sent. A request that
// comes through this Middleware already keeps its session.
//
// Django: process_request.
func (m *Middleware) Open(r *http.Request) *http.Request {
	if _, mounted := r.Context().Value(m).(*visit); mounted {
		return r
	}
	return m.open(r).request
}

// Format writes the type's name only, whatever the verb.
func (m *Middleware) Format(f fmt.State, _ rune) {
	io.WriteString(f, "sessionhttp.Middleware") //nolint:errcheck // fmt has nowhere to report it
}

// errNotOpen says that Commit was called without Open.
var errNotOpen = errors.New("sessionhttp: the request does not come from this Middleware's Open or Handler")

// Commit puts the session of a request that Open returned into the headers of
// its response: Set-Cookie, Vary and, by CacheGuard, Cache-Control. The status
// is the response's. Call it once, before the headers are sent. Called again,
// at the end of the response, it returns what came too late, and changes
// nothing. So it does where w reports that its headers were sent, by a method
// Written() bool as gin's writer has.
//
// On an error the cookie is not set: it is that of [sessioncookie.Exchange.Commit] or
// [ErrCacheable], and neither OnError nor ErrorHandler is called for it.
//
// Django: process_response.
func (m *Middleware) Commit(w http.ResponseWriter, r *http.Request, status int) error {
	v, ok := r.Context().Value(m).(*visit)
	if !ok {
		return errNotOpen
	}
	if sent, ok := w.(interface{ Written() bool }); ok && sent.Written() {
		return v.exchange.Late()
	}
	_, err := v.commit(w.Header(), status)
	return err
}

// BeforeCommit has f called, once, before the session of the request that ctx belongs to
// is put into the headers of its response: f can still change the session, and knows the
// response's status. The Set-Cookie headers that f returns go out together with the
// session's own, held to the same CacheGuard, and not at all where the session cannot
// be saved or the response is refused. vary asks for Vary: Cookie. Several functions are
// called in the order of the calls, and none where the handler panics before anything is
// written. It reports false, and f is never called, where the request did not come
// through this Middleware, or its headers were sent.
//
// It is for packages such as messageshttp. Django: process_response of a middleware that
// stands after SessionMiddleware.
func (m *Middleware) BeforeCommit(ctx context.Context, f func(status int) (setCookie []string, vary bool)) bool {
	v, ok := ctx.Value(m).(*visit)
	if !ok || v.committed {
		return false
	}
	v.before = append(v.before, f)
	return true
}

// Committed reports whether the session of the request that ctx belongs to was put into
// the headers of its response, or the connection was given away: a change would be lost.
// With several Middlewares, one inside the other, it is about the innermost one's. It is
// false where the request did not come through one.
//
// It is for packages such as authhttp, which then only read the session.
func Committed(ctx context.Context) bool {
	v, ok := ctx.Value(contextKey{}).(*visit)
	return ok && (v.committed || v.writer.hijacked)
}

// Cookie returns the session's cookie, whose attributes other cookies of the site share.
func (m *Middleware) Cookie() *sessioncookie.Cookie { return m.cookie }

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
