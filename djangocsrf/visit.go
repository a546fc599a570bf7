package djangocsrf

import (
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// Request is what the check wants to know of a request. [Protection.Handler] fills
// it in for net/http.
type Request struct {
	// Method is the method. Its letter case does not matter.
	Method string

	// Secure says that the browser sent the request over HTTPS. Behind a proxy that
	// ends TLS the server has to be told: see HandlerOptions.Site.
	// Django: is_secure.
	Secure bool

	// Host is the host under which the browser reached the site, with its port
	// unless that is the scheme's own, as the header Host has it. Empty means that
	// it is not known, or not one of the site's: then only TrustedOrigins count.
	// Django: get_host.
	Host string

	// Port is the port under which the browser reached the site. It is compared
	// only where Options.CookieDomain is set. Empty, "443" and "80" mean that a
	// Referer has none. Django: get_port.
	Port string

	// Origin and Referer are the headers of that name, and HasOrigin and HasReferer
	// say whether they were there: an empty Origin is a bad one.
	Origin, Referer       string
	HasOrigin, HasReferer bool

	// Cookies are the values of the Cookie headers, as many as there are.
	Cookies []string

	// Token returns the form field Options.FieldName, the last one if there are
	// several, and the header Options.HeaderName with whether it was there. It is
	// called at most once for each Check, after all else is found good. It should
	// read the body for POST only, and not more of it than it is ready to hold. nil
	// means that there is no token.
	Token func() (form, header string, hasHeader bool)

	// Session is the session of the request. It is used only with
	// Options.UseSessions.
	Session *saltine.Session
}

// Format prints a text without the cookies, whatever the verb.
func (Request) Format(f fmt.State, _ rune) { fmt.Fprint(f, "djangocsrf.Request{…}") }

// Visit is one request and its response. It is made by [Protection.Open], and is
// not safe for concurrent use.
type Visit struct {
	state func() *state // a function, so that whatever holds a Visit prints no secret
}

// state is what a Visit holds.
type state struct {
	protection *Protection
	request    Request
	secret     string // 32 characters, or none
	text       string // the secret as it is to be written
	pending    bool   // text is to be sent with the response
	err        *Error // why the request's own secret was replaced
}

// Format prints a text without the secret, whatever the verb.
func (Visit) Format(f fmt.State, _ rune) { fmt.Fprint(f, "djangocsrf.Visit{…}") }

// Open begins a visit. A cookie, or a session's value, that is no secret is
// replaced by a new one, which goes out with the response. With Options.UseSessions
// the session is read.
//
// Django: process_request.
func (p *Protection) Open(r Request) *Visit {
	s := &state{protection: p, request: r}
	v := &Visit{func() *state { return s }}
	secret, err := p.read(&r)
	switch {
	case err == nil:
		s.secret, s.text = secret, secret
	case err.Kind != ErrNoCookie:
		s.err = err
		v.Rotate()
	}
	return v
}

// Err returns why the secret of the request was replaced by Open: of kind
// [ErrCookieLength], [ErrCookieCharacters] or [ErrBadSession], [ErrNoSession] where there is no
// session, or nil. The first two are everyday, the others are for the operator.
func (v *Visit) Err() error {
	if err := v.state().err; err != nil {
		return err
	}
	return nil
}

// read returns the secret of a request. Django: _get_secret.
func (p *Protection) read(r *Request) (string, *Error) {
	if p.opts.UseSessions {
		return readSession(r.Session)
	}
	text, found := sessioncookie.FindCookie(r.Cookies, p.opts.CookieName)
	if !found {
		return "", &Error{Kind: ErrNoCookie}
	}
	switch formOf(text) {
	case wrongLength:
		return "", &Error{Kind: ErrCookieLength}
	case wrongCharacters:
		return "", &Error{Kind: ErrCookieCharacters}
	default:
		return unmask(text), nil
	}
}

// readSession returns the secret of a session.
func readSession(s *saltine.Session) (string, *Error) {
	if s == nil {
		return "", &Error{Kind: ErrNoSession}
	}
	value := s.Get(SessionKey)
	if value == nil {
		return "", &Error{Kind: ErrNoCookie}
	}
	text, ok := value.(string)
	if !ok || formOf(text) != wellFormed {
		return "", &Error{Kind: ErrBadSession}
	}
	return unmask(text), nil
}

// Token returns a token for a form or a header, with a mask of its own: no two
// calls return the same text, and all are good. It makes a secret where there is
// none, and has the cookie sent again with the response, so that its age begins
// anew.
//
// Django: get_token.
func (v *Visit) Token() string {
	s := v.state()
	if s.secret == "" {
		v.Rotate()
	}
	s.pending = true
	return maskWith(s.secret, s.draw())
}

// Rotate replaces the secret by a new one. Call it when someone signs in: a secret
// that was planted before is worth nothing then. Forms that are open in other tabs
// are refused afterwards.
//
// Django: rotate_token.
func (v *Visit) Rotate() {
	s := v.state()
	s.secret = s.draw()
	s.text, s.pending = s.secret, true
	if s.protection.opts.MaskedCookie {
		s.text = maskWith(s.secret, s.draw())
	}
}

func (s *state) draw() string { return draw(s.protection.opts.Rand) }

// SetCookie returns the Set-Cookie header of the response, or an empty text where
// none is to be sent, and whether the response varies by Cookie and must say so in
// Vary. With Options.UseSessions it returns nothing, and writes the secret to the
// session where it is not there already: call it before the session is saved.
//
// Call it when the response's headers are about to go out, also after a refusal.
// Called again it returns nothing, unless Token or Rotate was called in between.
//
// Django: process_response.
func (v *Visit) SetCookie() (line string, vary bool) {
	s := v.state()
	if !s.pending {
		return "", false
	}
	s.pending = false
	if !s.protection.opts.UseSessions {
		return s.protection.line(s.text), true
	}
	if s.request.Session != nil {
		s.store(s.request.Session)
	}
	return "", false
}

// store writes the secret to the session where it is not there already.
func (s *state) store(session *saltine.Session) {
	held, _ := session.Get(SessionKey).(string)
	if s.protection.opts.MaskedCookie && len(s.text) == secretLen { // it was read, and not drawn
		if len(held) == tokenLen && formOf(held) == wellFormed && unmask(held) == s.secret {
			return
		}
		s.text = maskWith(s.secret, s.draw())
	}
	if held != s.text {
		session.Set(SessionKey, s.text)
	}
}

// Check returns why the request is to be refused, as an [*Error], or nil. GET, HEAD,
// OPTIONS and TRACE pass. The order is Django's: Origin, or Referer over HTTPS; the
// secret, as it came with the request; the token.
//
// Django: process_view.
func (v *Visit) Check() error {
	if err := v.state().check(); err != nil {
		return err
	}
	return nil
}

func (s *state) check() *Error {
	p, r := s.protection, &s.request
	if p.opts.UseSessions && r.Session == nil {
		return &Error{Kind: ErrNoSession}
	}
	switch strings.ToUpper(r.Method) {
	case "GET", "HEAD", "OPTIONS", "TRACE":
		return nil
	}
	if err := p.checkSource(r); err != nil {
		return err
	}
	if s.err != nil {
		return s.err
	}
	secret, err := p.read(r)
	if err != nil {
		return err
	}
	return checkToken(r, secret)
}

// checkToken compares the request's token with the secret. Django: _check_token.
func checkToken(r *Request, secret string) *Error {
	var form, header string
	var hasHeader bool
	if r.Token != nil {
		form, header, hasHeader = r.Token()
	}
	sent := form
	if sent == "" {
		if !hasHeader {
			return &Error{Kind: ErrTokenMissing}
		}
		sent = header
	}
	switch formOf(sent) {
	case wrongLength:
		return &Error{Kind: ErrTokenLength}
	case wrongCharacters:
		return &Error{Kind: ErrTokenCharacters}
	}
	if !matches(sent, secret) {
		return &Error{Kind: ErrTokenIncorrect}
	}
	return nil
}
