package carrier

import (
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
)

// Carrier is the cookie of a [saltine.CookieStore]: its name, its attributes,
// and when it is set. It is immutable and safe for concurrent use.
//
// Django: contrib.sessions.middleware.SessionMiddleware.
type Carrier struct {
	store      *saltine.CookieStore
	opts       Options
	attributes string
	deletion   string
}

// New returns a Carrier. opts is copied. The error is of kind
// [saltine.ErrInvalidOption] for what a browser would refuse, and for a store
// whose separator cannot stand in a cookie.
func New(store *saltine.CookieStore, opts *Options) (*Carrier, error) {
	if store == nil {
		return nil, invalidOption("the CookieStore is nil")
	}
	o := opts.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	c := &Carrier{store: store, opts: o, attributes: o.attributes(), deletion: o.deletion()}
	if err := c.checkEmpty(); err != nil {
		return nil, err
	}
	return c, nil
}

// checkEmpty tries an empty session, which shows the store's separator.
func (c *Carrier) checkEmpty() error {
	s := c.store.New()
	if _, err := c.line(s); err != nil {
		return invalidOption("no session could be set: %v", err)
	}
	if strings.ContainsFunc(s.Key(), isNoCookieOctet) {
		return invalidOption("the store's Separator has a character that cannot stand in a cookie")
	}
	return nil
}

// Open begins an exchange with the values of the request's Cookie headers, as
// many as there are. The session is not read yet. The slice is not kept.
//
// Django: process_request.
func (c *Carrier) Open(cookieHeaders []string) Exchange {
	value, sent := FindCookie(cookieHeaders, c.opts.Name)
	return Exchange{carrier: c, value: value, sent: sent}
}

// line saves the session and returns the Set-Cookie header for it.
func (c *Carrier) line(s *saltine.Session) (string, error) {
	age, err := s.ExpiryAge()
	if err != nil {
		return "", err
	}
	atBrowserClose := s.ExpiresAtBrowserClose()
	value, err := c.store.Save(s)
	if err != nil {
		return "", err
	}
	const room = len("=; Max-Age=-9223372036; Expires=Mon, 02 Jan 2006 15:04:05 GMT")
	line := make([]byte, 0, room+len(c.opts.Name)+len(value)+len(c.attributes))
	line = append(append(append(line, c.opts.Name...), '='), value...)
	if !atBrowserClose {
		line = append(line, "; Max-Age="...)
		line = strconv.AppendInt(line, int64(age/time.Second), 10)
		line = append(line, "; Expires="...)
		line = c.store.Now().Add(age).UTC().AppendFormat(line, "Mon, 02 Jan 2006 15:04:05 GMT")
	}
	line = append(line, c.attributes...)
	if len(line) > c.opts.MaxLine {
		return "", &saltine.SizeError{What: "Set-Cookie line", Size: len(line), Limit: c.opts.MaxLine, Keys: s.Sizes()}
	}
	return string(line), nil
}
