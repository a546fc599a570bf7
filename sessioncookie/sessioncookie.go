package sessioncookie

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/seed-52756201/saltine"
)

// Cookie is the cookie of a [saltine.Store]: its name, its attributes, and when it
// is set. It is immutable and safe for concurrent use.
//
// Django: contrib.sessions.middleware.SessionMiddleware.
type Cookie struct {
	store      saltine.Store
	resigns    bool // the cookie is what is signed
	opts       Options
	attributes string
	deletion   string
}

// djangoSalt is the salt of all sessions that Django signs into cookies.
const djangoSalt saltine.Salt = "django.contrib.sessions.backends.signed_cookies"

// New returns a Cookie. opts is copied. The error is of kind
// [saltine.ErrInvalidOption] for what a browser would refuse, for a store that
// is nil or was not made by its constructor, and for a name other than sessionid on
// a store with Django's salt: see Options.SharedWithDjango.
func New(store saltine.Store, opts *Options) (*Cookie, error) {
	if store == nil || store.CookieAge() <= 0 {
		return nil, invalidOption("the store is nil, or was not made by its constructor")
	}
	o := opts.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	if store.CookieSalt() == djangoSalt && o.Name != DefaultName && !o.SharedWithDjango {
		return nil, invalidOption("Name is not sessionid, and the store has Django's salt, under which cookies of all names are interchangeable: " +
			"give the store a Salt of its own, or set SharedWithDjango if a Django has this SESSION_COOKIE_NAME")
	}
	if shortest := len(o.Name) + len(o.attributes()) + lineRoom + minValue; o.MaxLine < shortest {
		return nil, invalidOption("MaxLine is %d, and no session fits below %d", o.MaxLine, shortest)
	}
	return &Cookie{store: store, resigns: store.CookieSalt() != "", opts: o, attributes: o.attributes(), deletion: o.deletion()}, nil
}

// Name returns the cookie's name.
func (c *Cookie) Name() string { return c.opts.Name }

// Other returns the Set-Cookie header for another cookie of the same site: one that ends
// with the browser's session, for the path "/", with the Domain, Secure, HttpOnly, SameSite
// and Partitioned of the session's cookie. The value is written by [Quote]; an empty one
// deletes the cookie. The error is of kind [saltine.ErrInvalidOption] for a name that a
// browser would refuse, or that is the session's, and of kind [saltine.ErrTooLarge] for a
// line over Options.MaxLine.
//
// Django: CookieStorage._update_cookie of contrib.messages, which takes SESSION_COOKIE_DOMAIN,
// SECURE, HTTPONLY and SAMESITE.
func (c *Cookie) Other(name, value string) (line string, err error) {
	o := c.opts
	o.Name, o.Path, o.NoPath = name, DefaultPath, false
	if name == "" || name == c.opts.Name {
		return "", invalidOption("the name of another cookie is empty, or the session's")
	}
	if err := o.check(); err != nil {
		return "", err
	}
	if value == "" {
		return o.deletion(), nil
	}
	line = name + "=" + Quote(value) + o.attributes()
	if len(line) > o.MaxLine {
		return "", &saltine.SizeError{What: "Set-Cookie line", Size: len(line), Limit: o.MaxLine}
	}
	return line, nil
}

// Format writes the cookie's name, whatever the verb.
func (c *Cookie) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "sessioncookie.Cookie(%q)", c.opts.Name) }

// Open begins an exchange with the values of the request's Cookie headers, as
// many as there are. The session is bound to ctx, and not read yet. The slice is
// not kept.
//
// Django: process_request.
func (c *Cookie) Open(ctx context.Context, cookieHeaders []string) Exchange {
	value, sent := FindCookie(cookieHeaders, c.opts.Name)
	return Exchange{cookie: c, ctx: ctx, value: value, sent: sent}
}

// save saves the session and returns the Set-Cookie header for it.
func (c *Cookie) save(s *saltine.Session) (string, error) {
	age, err := s.ExpiryAge()
	if err != nil {
		return "", err
	}
	atBrowserClose := s.ExpiresAtBrowserClose()
	if err := s.Save(); err != nil {
		return "", err
	}
	return c.line(s, age, atBrowserClose)
}

// resign signs the session again, with the time it was signed at, and returns the
// Set-Cookie header for it. The browser keeps it for what is left of its life.
func (c *Cookie) resign(s *saltine.Session) (string, error) {
	atBrowserClose := s.ExpiresAtBrowserClose()
	left, err := s.Resign()
	if err != nil {
		return "", err
	}
	return c.line(s, left, atBrowserClose)
}

const (
	// lineRoom is the length of what a Set-Cookie header has besides the name, the value
	// and the attributes that are always the same.
	lineRoom = len("=; Max-Age=-9223372036; Expires=Mon, 02 Jan 2006 15:04:05 GMT")
	// minValue is the length of the shortest value, a session key.
	minValue = 32
)

// line returns the Set-Cookie header for a session that was saved.
func (c *Cookie) line(s *saltine.Session, age time.Duration, atBrowserClose bool) (string, error) {
	value := s.Key()
	line := make([]byte, 0, lineRoom+len(c.opts.Name)+len(value)+len(c.attributes))
	line = append(append(append(line, c.opts.Name...), '='), value...)
	if !atBrowserClose {
		line = append(line, "; Max-Age="...)
		line = strconv.AppendInt(line, int64(age/time.Second), 10)
		line = append(line, "; Expires="...)
		line = c.store.Now().Add(age).UTC().AppendFormat(line, "Mon, 02 Jan 2006 15:04:05 GMT")
	}
	line = append(line, c.attributes...)
	if len(line) > c.opts.MaxLine {
		return "", &saltine.SizeError{What: "Set-Cookie line", Size: len(line), Limit: c.opts.MaxLine, Values: s.Sizes()}
	}
	return string(line), nil
}
