package djangocsrf

import (
	"io"
	"time"
)

// Defaults of [Options].
const (
	// DefaultCookieName is Django's CSRF_COOKIE_NAME.
	DefaultCookieName = "csrftoken"
	// DefaultHeaderName is the header of Django's CSRF_HEADER_NAME.
	DefaultHeaderName = "X-CSRFToken"
	// DefaultFieldName is the form field of Django's {% csrf_token %}.
	DefaultFieldName = "csrfmiddlewaretoken"
	// DefaultCookieAge is Django's CSRF_COOKIE_AGE: 52 weeks.
	DefaultCookieAge = 52 * 7 * 24 * time.Hour
	// SessionKey is the name of the secret in a session. Django:
	// CSRF_SESSION_KEY.
	SessionKey = "_csrftoken"

	defaultPath = "/"
)

// Options are the settings of a [Protection]. The zero value, and a nil *Options,
// is Django's defaults, with a Secure cookie. Give both sides the same settings.
type Options struct {
	// CookieName is the name of the cookie. Empty means DefaultCookieName. The
	// prefixes that browsers hold to rules, such as __Host-, are held to them here.
	// Django: CSRF_COOKIE_NAME.
	CookieName string

	// CookiePath is the path that the cookie is for. Empty means "/".
	// Django: CSRF_COOKIE_PATH.
	CookiePath string

	// CookieDomain is the domain that the cookie is for, with all its subdomains.
	// Empty means the host of the request alone. A Referer in this domain is good:
	// with a dot in front, any host in it. With UseSessions give the domain of the
	// session's cookie.
	// Django: CSRF_COOKIE_DOMAIN, or SESSION_COOKIE_DOMAIN with CSRF_USE_SESSIONS.
	CookieDomain string

	// CookieAge is how long the browser keeps the cookie, counted from each token
	// that was made, in whole seconds. Zero means DefaultCookieAge.
	// Django: CSRF_COOKIE_AGE.
	CookieAge time.Duration

	// UntilBrowserCloses has the browser forget the cookie when it closes.
	// Django: CSRF_COOKIE_AGE = None.
	UntilBrowserCloses bool

	// Insecure sends the cookie over unencrypted connections too. For development.
	// Django: CSRF_COOKIE_SECURE = False, its default.
	Insecure bool

	// HTTPOnly keeps scripts from reading the cookie: they take a token from the
	// page instead. It does not matter to the check.
	// Django: CSRF_COOKIE_HTTPONLY.
	HTTPOnly bool

	// SameSite restricts requests from other sites. The zero value is Lax.
	// Django: CSRF_COOKIE_SAMESITE.
	SameSite SameSite

	// MaskedCookie writes new secrets as a token of 64 characters, as Django 1.10 to
	// 4.0 does. Both forms are read, here and there, with one exception: Django
	// before 4.1 reads no other form from a session. With UseSessions beside such a
	// Django set MaskedCookie; what the session holds then keeps its form.
	// Django: CSRF_COOKIE_MASKED, of 4.1 and 4.2.
	MaskedCookie bool

	// UseSessions keeps the secret in the session, under SessionKey, instead of in a
	// cookie. A cookie is ignored then. Every request reads its session, as in
	// Django. Django: CSRF_USE_SESSIONS.
	UseSessions bool

	// HeaderName is the header in which scripts send a token. Empty means
	// DefaultHeaderName. Django's CSRF_HEADER_NAME says HTTP_X_XSRF_TOKEN for
	// X-XSRF-TOKEN.
	HeaderName string

	// FieldName is the form field that holds a token. Empty means DefaultFieldName.
	// Django has this name in its code.
	FieldName string

	// TrustedOrigins are the other sites whose pages may send requests, each a
	// scheme, "://", a host, and a port unless it is the scheme's own. Instead of
	// the first label of the host there may be a star: "https://*.example.com"
	// trusts https://example.com and everything below it. New refuses what no
	// browser sends as Origin. The slice is copied.
	// Django: CSRF_TRUSTED_ORIGINS, of 4.0 and later.
	TrustedOrigins []string

	// Now is the clock for the Expires attribute. nil means time.Now. It must be
	// safe for concurrent use.
	Now func() time.Time

	// Rand is where secrets and masks are drawn from, one byte a character as long
	// as the byte is less than 248. nil means crypto/rand, which also stands in
	// where Rand fails. It must be safe for concurrent use. For tests.
	Rand io.Reader
}

// Protection checks requests and makes tokens. It is immutable and safe for
// concurrent use.
//
// Django: middleware.csrf.CsrfViewMiddleware.
type Protection struct {
	opts       Options
	trusted    trusted
	attributes string
}

// New returns a Protection. opts is copied. The error is of kind
// [saltine.ErrInvalidOption] for a cookie that browsers refuse, and for an entry of
// TrustedOrigins that trusts nobody.
func New(opts *Options) (*Protection, error) {
	o := opts.withDefaults()
	if err := o.checkCookie(); err != nil {
		return nil, err
	}
	if !consistsOf(o.HeaderName, nameChars) {
		return nil, invalidOption("HeaderName has a character that no header's name may have")
	}
	t, err := newTrusted(o.TrustedOrigins)
	if err != nil {
		return nil, err
	}
	o.TrustedOrigins = nil // they are in t
	return &Protection{opts: o, trusted: t, attributes: o.newAttributes()}, nil
}

// withDefaults returns o complete.
func (o *Options) withDefaults() Options {
	var opts Options
	if o != nil {
		opts = *o
	}
	for _, text := range []struct {
		field *string
		value string
	}{
		{&opts.CookieName, DefaultCookieName},
		{&opts.CookiePath, defaultPath},
		{&opts.HeaderName, DefaultHeaderName},
		{&opts.FieldName, DefaultFieldName},
	} {
		if *text.field == "" {
			*text.field = text.value
		}
	}
	if opts.CookieAge == 0 {
		opts.CookieAge = DefaultCookieAge
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return opts
}
