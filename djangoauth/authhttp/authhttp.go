package authhttp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangocsrf"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// Options are the settings of a [Middleware]. The zero value, and a nil *Options, is
// Django's defaults. It is copied. The functions must be safe for concurrent use.
type Options struct {
	// LoginURL is the page to sign in at: a path, or the URL of another site. Empty
	// means "/accounts/login/". Django: LOGIN_URL.
	LoginURL string

	// RedirectURL is the page to go to after a login that says nothing else. Empty
	// means "/accounts/profile/". Django: LOGIN_REDIRECT_URL.
	RedirectURL string

	// NextName is the parameter that holds the page to go back to. Empty means "next".
	// Django: redirect_field_name.
	NextName string

	// AllowedHosts are hosts, with their ports, to which Next may lead besides the
	// site's own. Django: LoginView.success_url_allowed_hosts.
	AllowedHosts []string

	// Site tells how the browser reached the site: whether over HTTPS, and under which
	// host. nil takes r.TLS and r.Host. Take nothing from a header that your proxy does
	// not set itself. Django: SECURE_PROXY_SSL_HEADER, USE_X_FORWARDED_HOST.
	Site func(r *http.Request) (secure bool, host string)

	// Session returns the session of a request. nil means sessionhttp.FromContext.
	Session func(r *http.Request) *saltine.Session

	// OnError is told of errors that somebody should look at: who is signed in could
	// not be found out, or the session's id is djangoauth.ErrBadID. nil writes one line
	// to slog.Default. The errors of this package and of djangoauth hold no key, id or
	// value. What Load and the session's store return is wrapped, and its text printed:
	// it says what is wrong with the database. See djangoauth.Options.Load.
	OnError func(r *http.Request, err error)
}

// Middleware knows who is signed in. It is immutable and safe for concurrent use.
//
// Django: contrib.auth.middleware.AuthenticationMiddleware.
type Middleware struct {
	auth     *djangoauth.Auth
	opts     Options
	loginURL *url.URL
}

// New returns a Middleware. The error is of kind [saltine.ErrInvalidOption].
func New(auth *djangoauth.Auth, opts *Options) (*Middleware, error) {
	if auth == nil {
		return nil, fmt.Errorf("%w: authhttp: the Auth is nil", saltine.ErrInvalidOption)
	}
	m := &Middleware{auth: auth, opts: opts.withDefaults()}
	var err error
	if m.loginURL, err = url.Parse(m.opts.LoginURL); err != nil {
		return nil, fmt.Errorf("%w: authhttp: LoginURL is no URL", saltine.ErrInvalidOption)
	}
	return m, nil
}

func (o *Options) withDefaults() Options {
	var opts Options
	if o != nil {
		opts = *o
	}
	if opts.LoginURL == "" {
		opts.LoginURL = "/accounts/login/"
	}
	if opts.RedirectURL == "" {
		opts.RedirectURL = "/accounts/profile/"
	}
	if opts.NextName == "" {
		opts.NextName = "next"
	}
	opts.AllowedHosts = slices.Clone(opts.AllowedHosts)
	if opts.Site == nil {
		opts.Site = func(r *http.Request) (secure bool, host string) { return r.TLS != nil, r.Host }
	}
	if opts.Session == nil {
		opts.Session = func(r *http.Request) *saltine.Session { return sessionhttp.FromContext(r.Context()) }
	}
	if opts.OnError == nil {
		opts.OnError = logError
	}
	return opts
}

// logError leaves the address out, which may hold secrets.
func logError(r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "login", "error", err, "method", r.Method, "pattern", r.Pattern)
}

// Visit is the login of one request. It is no more safe for concurrent use than the
// session is.
//
// Django: request.user, lazy.
type Visit struct {
	*login
	csrf *djangocsrf.Visit // of the context that the Visit was found in, or nil
}

// login is what all Visits of a request share.
type login struct {
	middleware *Middleware
	request    *http.Request
	asked      bool
	account    djangoauth.Account
	err        error
}

// errNoSession says that the middlewares stand in the wrong order.
var errNoSession = fmt.Errorf("%w: authhttp: the request has no session: the session's middleware must come first", saltine.ErrInvalidOption)

func (l *login) session() (*saltine.Session, error) {
	if s := l.middleware.opts.Session(l.request); s != nil {
		return s, nil
	}
	return nil, errNoSession
}

// User returns who is signed in, with the errors of [djangoauth.Auth.User]. It is looked
// up at the first call. After the headers of a response by sessionhttp it only reads, as
// under djangoauth.Options.ReadOnly: the next request renews or flushes the session. With
// an Options.Session of another middleware call it before the headers. The error is of kind
// [saltine.ErrInvalidOption] for a request without a session.
func (v *Visit) User() (djangoauth.Account, error) { return v.user() }

func (l *login) user() (djangoauth.Account, error) {
	if l.asked {
		return l.account, l.err
	}
	l.asked, l.err = true, errPanicked
	s, err := l.session()
	if err != nil {
		l.err = err
	} else {
		l.account, l.err = l.auth().User(l.request.Context(), s)
	}
	if l.err != nil && (!errors.Is(l.err, djangoauth.ErrAnonymous) || errors.Is(l.err, djangoauth.ErrBadID)) {
		l.middleware.opts.OnError(l.request, l.err)
	}
	return l.account, l.err
}

// auth only reads where a change would not reach the browser.
func (l *login) auth() *djangoauth.Auth {
	if sessionhttp.Committed(l.request.Context()) {
		return l.middleware.auth.ReadOnly()
	}
	return l.middleware.auth
}

// Login is [djangoauth.Auth.Login]. The CSRF secret of djangocsrf's Handler is rotated
// if the request came through one, which may stand outside of the Middleware or inside.
func (v *Visit) Login(account djangoauth.Account, backend string) error {
	return v.change(func(s *saltine.Session) error {
		if v.csrf != nil {
			return v.middleware.auth.Login(s, account, backend, v.csrf)
		}
		return v.middleware.auth.Login(s, account, backend)
	})
}

// Logout is [djangoauth.Auth.Logout].
func (v *Visit) Logout() error { return v.change(v.middleware.auth.Logout) }

// PasswordChanged is [djangoauth.Auth.PasswordChanged].
func (v *Visit) PasswordChanged(account djangoauth.Account, password string) error {
	return v.change(func(s *saltine.Session) error { return v.middleware.auth.PasswordChanged(s, account, password) })
}

// change has the next call of User look again.
func (v *Visit) change(do func(*saltine.Session) error) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	v.asked, v.account, v.err = false, djangoauth.Account{}, nil
	return do(s)
}

// errPanicked is what the others find after a look-up that panicked, should somebody
// recover: nobody is signed in.
var errPanicked = fmt.Errorf("%w: authhttp: looking up the user panicked", saltine.ErrUnavailable)

// contextKey finds the Visit in a context.
type contextKey struct{}

// FromContext returns the [Visit] of the request that ctx belongs to, or nil where the
// request did not come through a [Middleware].
func FromContext(ctx context.Context) *Visit {
	l, _ := ctx.Value(contextKey{}).(*login)
	if l == nil {
		return nil
	}
	return &Visit{l, djangocsrf.FromContext(ctx)}
}

// Handler returns next with a [Visit] in the context of every request.
func (m *Middleware) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, r = m.open(r)
		next.ServeHTTP(w, r)
	})
}

// open returns the request's login, and the request with it in its context.
func (m *Middleware) open(r *http.Request) (*login, *http.Request) {
	if l, _ := r.Context().Value(contextKey{}).(*login); l != nil && l.middleware == m {
		l.request = r
		return l, r
	}
	l := &login{middleware: m}
	l.request = r.WithContext(context.WithValue(r.Context(), contextKey{}, l))
	return l, l.request
}

// RequireUser lets requests of people who are signed in through to next, and sends
// others to LoginURL, with the page to go back to. Where it cannot be found out, the
// answer is 503. It needs no Handler around it.
//
// Django: login_required.
func (m *Middleware) RequireUser(next http.Handler) http.Handler {
	return m.require(next, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, m.loginPage(r), http.StatusFound)
	})
}

// RequireUserForAPI is RequireUser for programs: others get 401.
func (m *Middleware) RequireUserForAPI(next http.Handler) http.Handler {
	return m.require(next, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
	})
}

func (m *Middleware) require(next http.Handler, refuse http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l, r := m.open(r)
		switch _, err := l.user(); {
		case err == nil:
			next.ServeHTTP(w, r)
		case errors.Is(err, djangoauth.ErrAnonymous):
			refuse(w, r)
		default:
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		}
	})
}

// loginPage is LoginURL with the page of the request. Django: redirect_to_login.
func (m *Middleware) loginPage(r *http.Request) string {
	page := *m.loginURL
	query := page.Query()
	query.Set(m.opts.NextName, m.fullPath(r))
	page.RawQuery = strings.ReplaceAll(query.Encode(), "%2F", "/")
	return page.String()
}

// fullPath is the path and query that the client asked for, and the whole URL where
// LoginURL is at another site.
func (m *Middleware) fullPath(r *http.Request) string {
	asked, err := url.ParseRequestURI(r.RequestURI) // http.StripPrefix cuts r.URL
	if err != nil || !strings.HasPrefix(asked.Path, "/") {
		asked = r.URL
	}
	path := asked.EscapedPath()
	if strings.HasPrefix(path, "//") { // it would be the URL of another site
		path = "/%2F" + path[2:]
	}
	if asked.RawQuery != "" {
		path += "?" + asked.RawQuery
	}
	secure, host := m.opts.Site(r)
	scheme := map[bool]string{true: "https", false: "http"}[secure]
	if (m.loginURL.Scheme == "" || m.loginURL.Scheme == scheme) && (m.loginURL.Host == "" || m.loginURL.Host == host) {
		return path
	}
	return scheme + "://" + host + path
}

// Next returns the page to go to after a login: that of the form or, without one, of the
// query, if [AllowedURL] lets it through for the site itself and AllowedHosts, and
// otherwise RedirectURL. It reads the request's form.
//
// Django: LoginView.get_success_url.
func (m *Middleware) Next(r *http.Request) string {
	next := r.PostFormValue(m.opts.NextName)
	if !r.PostForm.Has(m.opts.NextName) {
		next = r.URL.Query().Get(m.opts.NextName)
	}
	secure, host := m.opts.Site(r)
	if AllowedURL(next, append([]string{host}, m.opts.AllowedHosts...), secure) {
		return next
	}
	return m.opts.RedirectURL
}
