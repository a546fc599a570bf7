package djangocsrf

import (
	"context"
	"errors"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// DefaultMaxForm is the default of HandlerOptions.MaxForm: Django's
// DATA_UPLOAD_MAX_MEMORY_SIZE, which does not count files.
const DefaultMaxForm = 2621440

// HandlerOptions are the settings of [Protection.Handler]. The zero value, and a nil
// *HandlerOptions, suits a server that browsers reach without a proxy. The functions
// must be safe for concurrent use. Give Site and Session the same functions as the Options
// of djangoauth/authhttp: with its Site alone, people are signed in behind a proxy that ends
// TLS, and every form of theirs is refused.
type HandlerOptions struct {
	// Site tells how the browser reached the site: whether over HTTPS, and under
	// which host, as Request.Host has it. nil takes r.TLS and r.Host. Behind a proxy
	// that ends TLS, or changes Host, set it, or every Origin fails. Take nothing
	// from a header that the proxy does not set itself.
	// Django: SECURE_PROXY_SSL_HEADER, USE_X_FORWARDED_HOST.
	Site func(r *http.Request) (secure bool, host string)

	// Session returns the session of a request, for Options.UseSessions. nil means
	// sessionhttp.FromContext: the Middleware of sessionhttp stands outside of the
	// Handler then.
	Session func(r *http.Request) *saltine.Session

	// Exempt tells which requests are not checked. They have a Visit all the same.
	// nil means none. Django: csrf_exempt.
	Exempt func(r *http.Request) bool

	// MaxForm is how many bytes of a form are read to find its token, files
	// included, and held in memory. Zero means DefaultMaxForm. For larger ones
	// exempt the request, and give a Request of your own to Protection.Open: a script
	// can send the token in the header.
	MaxForm int64

	// OnError is told of every refusal, and of a session whose secret was replaced
	// because it could not be read, of kind ErrBadSession. It is for the operator:
	// Error.Differs says what to look for behind a proxy. nil writes one line to
	// slog.Default.
	OnError func(r *http.Request, err *Error)

	// Refuse answers a refused request. It may use the request's Visit for the form
	// of an error page, and should not show err. nil answers 403, or 413 for
	// ErrFormTooLarge and 500 for ErrNoSession, with the status as the text.
	// Django: CSRF_FAILURE_VIEW.
	Refuse func(w http.ResponseWriter, r *http.Request, err *Error)
}

func (o *HandlerOptions) withDefaults() HandlerOptions {
	var opts HandlerOptions
	if o != nil {
		opts = *o
	}
	if opts.Site == nil {
		opts.Site = func(r *http.Request) (secure bool, host string) { return r.TLS != nil, r.Host }
	}
	if opts.Session == nil {
		opts.Session = func(r *http.Request) *saltine.Session { return sessionhttp.FromContext(r.Context()) }
	}
	if opts.Exempt == nil {
		opts.Exempt = func(*http.Request) bool { return false }
	}
	if opts.MaxForm <= 0 {
		opts.MaxForm = DefaultMaxForm
	}
	if opts.OnError == nil {
		opts.OnError = logError
	}
	if opts.Refuse == nil {
		opts.Refuse = refuse
	}
	return opts
}

// logError leaves the address out: it may hold what is nobody's business.
func logError(r *http.Request, err *Error) {
	slog.WarnContext(r.Context(), "csrf", "error", err, "method", r.Method, "pattern", r.Pattern)
}

func refuse(w http.ResponseWriter, _ *http.Request, err *Error) {
	status := http.StatusForbidden
	switch err.Kind {
	case ErrFormTooLarge:
		status = http.StatusRequestEntityTooLarge
	case ErrNoSession:
		status = http.StatusInternalServerError
	}
	http.Error(w, http.StatusText(status), status)
}

// Handler returns a handler that checks every request, passes the good ones to next
// with a [Visit] in their context, and sets the cookie with the response. opts is
// copied.
//
// A POST of a form is read, up to MaxForm bytes, when all else of it is good: next
// finds it in r.PostForm and r.MultipartForm. No other body is touched.
//
// A Handler inside of another of the same Protection has its Visit, and checks the
// request that it gets by its own options.
//
// Django: CsrfViewMiddleware.
func (p *Protection) Handler(next http.Handler, opts *HandlerOptions) http.Handler {
	o := opts.withDefaults()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if m, ok := r.Context().Value(contextKey{}).(*mount); ok && m.visit.state().protection == p {
			// The Handler stands inside of another: one visit, one cookie. The request
			// and the options may be others.
			m.form.request, m.form.max = r, o.MaxForm
			m.visit.state().request = p.request(&o, r, &m.form)
			o.serve(w, r, m, next)
			return
		}
		m := &mount{form: form{max: o.MaxForm, writer: w, fieldName: p.opts.FieldName, headerName: p.opts.HeaderName}}
		m.visit = p.Open(p.request(&o, r, &m.form))
		r = r.WithContext(context.WithValue(r.Context(), contextKey{}, m))
		m.form.request = r
		writer := &responseWriter{ResponseWriter: w, visit: m.visit}
		o.serve(writer, r, m, next)
		writer.commit()
	})
}

// mount is what a Handler keeps for one request.
type mount struct {
	visit *Visit
	form  form
}

// serve has next answer, or Refuse.
func (o *HandlerOptions) serve(w http.ResponseWriter, r *http.Request, m *mount, next http.Handler) {
	if err := o.check(r, m); err != nil {
		o.OnError(r, err)
		o.Refuse(w, r, err)
		return
	}
	if err := m.visit.state().err; err != nil && err.Kind == ErrBadSession {
		o.OnError(r, err)
	}
	next.ServeHTTP(w, r)
}

// check is Visit.Check, unless the request is exempt.
func (o *HandlerOptions) check(r *http.Request, m *mount) *Error {
	if o.Exempt(r) {
		return nil
	}
	err := m.visit.state().check()
	if err != nil && err.Kind == ErrTokenMissing && m.form.tooLarge {
		return &Error{Kind: ErrFormTooLarge}
	}
	return err
}

// request fills in a Request.
func (p *Protection) request(o *HandlerOptions, r *http.Request, f *form) Request {
	secure, host := o.Site(r)
	_, port := splitPort(host)
	origin, hasOrigin := headerValue(r.Header, "Origin")
	referer, hasReferer := headerValue(r.Header, "Referer")
	request := Request{
		Method: r.Method, Secure: secure, Host: host, Port: strings.TrimPrefix(port, ":"),
		Origin: origin, HasOrigin: hasOrigin, Referer: referer, HasReferer: hasReferer,
		Cookies: r.Header["Cookie"], Token: f.token,
	}
	if p.opts.UseSessions {
		request.Session = o.Session(r)
	}
	return request
}

// headerValue joins the values of a header, as WSGI servers do.
func headerValue(h http.Header, name string) (value string, found bool) {
	values := h.Values(name)
	return strings.Join(values, ","), len(values) > 0
}

// form finds the token of a request.
type form struct {
	request               *http.Request
	writer                http.ResponseWriter
	max                   int64
	fieldName, headerName string
	tooLarge              bool
}

// token is Request.Token.
func (f *form) token() (form, header string, hasHeader bool) {
	header, hasHeader = headerValue(f.request.Header, f.headerName)
	if f.request.Method != http.MethodPost {
		return "", header, hasHeader
	}
	f.parse()
	if values := f.request.PostForm[f.fieldName]; len(values) > 0 && !f.tooLarge {
		form = values[len(values)-1]
	}
	return form, header, hasHeader && !f.tooLarge
}

// parse reads the body if it is a form. Of a form that cannot be read to its end,
// what was read counts, as in Django.
func (f *form) parse() {
	r := f.request
	contentType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var parse func() error
	switch {
	case r.Body == nil:
	case contentType == "application/x-www-form-urlencoded" && r.PostForm == nil:
		parse = r.ParseForm
	case contentType == "multipart/form-data" && r.MultipartForm == nil: // ParseForm sets PostForm without reading
		parse = func() error { return r.ParseMultipartForm(f.max) }
	}
	if parse == nil {
		return
	}
	r.Body = http.MaxBytesReader(f.writer, r.Body, f.max)
	err := parse()
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || errors.Is(err, multipart.ErrMessageTooLarge) {
		f.tooLarge = true
	}
}

// contextKey finds the mount in a context.
type contextKey struct{}

// FromContext returns the [Visit] of the request that ctx belongs to, or nil where
// the request did not come through a [Protection.Handler]. With several, one inside
// the other, it is the innermost one's.
func FromContext(ctx context.Context) *Visit {
	if m, ok := ctx.Value(contextKey{}).(*mount); ok {
		return m.visit
	}
	return nil
}
