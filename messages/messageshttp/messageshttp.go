// Package messageshttp is the middleware of package messages for net/http. It stands on
// the session's middleware, which it mounts where that is not done yet:
//
//	codec, err := messages.New(keys, nil)
//	flash, err := messageshttp.New(sessions, codec, nil) // sessions is a *sessionhttp.Middleware
//	handler := flash.Handler(mux)
//
// Handlers then call messages.Add and messages.Take with the request's context. The
// cookie is set, and the session changed, when the headers of the response go out, so that
// early hints, streams and handlers that panic are as they are for the session. When
// messages go is said in package messages; besides, a HEAD request shows nothing.
//
// A response that depends on messages says so: it has Vary: Cookie, and the CacheGuard of
// the session's middleware applies to it where it sets or deletes the cookie. Where that
// middleware answers in place of the handler, since the session cannot be saved, nothing
// is deleted.
package messageshttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// ErrUnstored says that messages fit nowhere, and are lost.
var ErrUnstored = errors.New("messageshttp: messages were lost, since there was no room for them")

// Options are the settings of a [Middleware]. The zero value, and a nil *Options, will do.
type Options struct {
	// OnError is called with every error that somebody should look at: stored messages
	// that our own key signed and that cannot be read, saltine.ErrMalformed; messages
	// that were used too late, messages.ErrLate; ErrUnstored; and an error of
	// messages.Visit.Commit. A bad signature is none: it happens every day. nil writes
	// one line to slog.Default. No error holds a key, a cookie or a message. It must be
	// safe for concurrent use.
	OnError func(r *http.Request, err error)
}

// Middleware gives every request its messages. It is immutable and safe for concurrent
// use.
//
// Django: contrib.messages.middleware.MessageMiddleware.
type Middleware struct {
	sessions *sessionhttp.Middleware
	codec    *messages.Codec
	opts     Options
}

// New returns a Middleware. opts is copied. The cookie has the attributes of the session's.
// The error is of kind [saltine.ErrInvalidOption] for a nil argument, and for a CookieName
// of the codec that a browser would refuse with these attributes.
func New(sessions *sessionhttp.Middleware, codec *messages.Codec, opts *Options) (*Middleware, error) {
	if sessions == nil || codec == nil {
		return nil, fmt.Errorf("%w: messageshttp: the session's Middleware or the Codec is nil", saltine.ErrInvalidOption)
	}
	m := &Middleware{sessions: sessions, codec: codec}
	if opts != nil {
		m.opts = *opts
	}
	if m.opts.OnError == nil {
		m.opts.OnError = logError
	}
	_, err := sessions.Cookie().Other(codec.CookieName(), "")
	return m, err
}

// logError leaves the address out, which may hold secrets.
func logError(r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "messages", "error", err, "method", r.Method, "pattern", r.Pattern)
}

// Format writes the type's name only, whatever the verb.
func (*Middleware) Format(f fmt.State, _ rune) {
	io.WriteString(f, "messageshttp.Middleware") //nolint:errcheck // fmt has nowhere to report it
}

// Handler returns next with messages, and a session, in the context of every request.
// Mounted twice, one inside the other, it is as if it were mounted once. It may stand
// inside of the session's middleware or replace it.
//
// Django: MIDDLEWARE.
func (m *Middleware) Handler(next http.Handler) http.Handler {
	return m.sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if m.visit(r.Context()) != nil {
			next.ServeHTTP(w, r)
			return
		}
		r = m.Open(r)
		next.ServeHTTP(w, r)
		if err := m.visit(r.Context()).Err(); errors.Is(err, messages.ErrLate) {
			m.opts.OnError(r, err)
		}
	}))
}

// Open returns r with messages and a session in its context, for routers and tests that do
// not wrap a handler. The Commit of the session's middleware must follow, which commits the
// messages too. A request that comes through this Middleware already keeps its messages.
//
// Django: process_request.
func (m *Middleware) Open(r *http.Request) *http.Request {
	if m.visit(r.Context()) != nil {
		return r
	}
	r = m.sessions.Open(r)
	v := m.codec.Open(r.Header["Cookie"], m.sessions.FromContext(r.Context()))
	ctx := messages.NewContext(context.WithValue(r.Context(), m, v), v)
	r = r.WithContext(ctx)
	m.sessions.BeforeCommit(ctx, func(status int) (setCookie []string, vary bool) { return m.commit(r, v, status) })
	return r
}

// visit finds the visit of this Middleware, whatever other one is mounted.
func (m *Middleware) visit(ctx context.Context) *messages.Visit {
	v, _ := ctx.Value(m).(*messages.Visit)
	return v
}

// commit returns the Set-Cookie headers for a response, and reports what went wrong.
func (m *Middleware) commit(r *http.Request, v *messages.Visit, status int) (setCookie []string, vary bool) {
	if r.Method == http.MethodHead {
		v.PutBack()
	}
	update, err := v.Commit(status)
	if update.SetCookie {
		var line string
		if line, err = m.sessions.Cookie().Other(m.codec.CookieName(), update.Cookie); err == nil {
			setCookie = []string{line}
		}
	}
	if len(update.Unstored) > 0 {
		err = errors.Join(err, ErrUnstored)
	}
	if unread := v.Err(); !errors.Is(unread, saltine.ErrBadSignature) && !errors.Is(unread, saltine.ErrTooLarge) {
		err = errors.Join(err, unread)
	}
	if err != nil {
		m.opts.OnError(r, err)
	}
	return setCookie, update.Vary
}
