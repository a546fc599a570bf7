package djangocsrf

import (
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine/internal/cookiename"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// SameSite says with which requests from other sites a browser sends the cookie.
type SameSite = sessioncookie.SameSite

// The values of SameSite.
const (
	// SameSiteLax is the default, as in Django.
	SameSiteLax = sessioncookie.SameSiteLax
	// SameSiteStrict sends the cookie with no request from another site.
	SameSiteStrict = sessioncookie.SameSiteStrict
	// SameSiteNone sends the cookie with every request. Browsers refuse it without
	// Secure, and so does New.
	SameSiteNone = sessioncookie.SameSiteNone
	// SameSiteOmitted leaves the attribute out. Django: None and False.
	SameSiteOmitted = sessioncookie.SameSiteOmitted
)

var sameSites = map[SameSite]string{
	SameSiteLax:     "; SameSite=Lax",
	SameSiteStrict:  "; SameSite=Strict",
	SameSiteNone:    "; SameSite=None",
	SameSiteOmitted: "",
}

// checkCookie refuses what a browser would, and what would break the header.
func (o *Options) checkCookie() error {
	_, known := sameSites[o.SameSite]
	switch {
	case !consistsOf(o.CookieName, nameChars):
		return invalidOption("CookieName has a character that no cookie's name may have")
	case o.CookiePath[0] != '/' || strings.ContainsFunc(o.CookiePath, func(r rune) bool { return r <= ' ' || r > '~' || r == ';' }):
		return invalidOption("CookiePath does not begin with /, or has a character that no path of a request has")
	case !consistsOf(o.CookieDomain, "-."):
		return invalidOption("CookieDomain has a character that is none of A-Z a-z 0-9 - . (no port)")
	case !known:
		return invalidOption("no such SameSite")
	case o.SameSite == SameSiteNone && o.Insecure:
		return invalidOption("SameSiteNone and Insecure: browsers refuse it")
	case o.CookieAge < time.Second:
		return invalidOption("CookieAge is less than a second")
	}
	return o.checkPrefix()
}

// checkPrefix holds the cookie to what browsers want of its name.
func (o *Options) checkPrefix() error {
	rules := cookiename.RulesOf(o.CookieName)
	if rules.Secure && o.Insecure || rules.HTTPOnly && !o.HTTPOnly || rules.Host && (o.CookiePath != defaultPath || o.CookieDomain != "") {
		return invalidOption("CookieName has a prefix whose rules the cookie breaks: browsers refuse it")
	}
	return nil
}

// nameChars are the characters of a token of HTTP that are neither letters nor digits.
const nameChars = "!#$%&'*+-.^_`|~"

// consistsOf tells whether s has nothing but letters, digits and what others holds.
func consistsOf(s, others string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && !isDigit(s[i]) && strings.IndexByte(others, s[i]) < 0 {
			return false
		}
	}
	return true
}

// line returns the Set-Cookie header for a value. Django: _set_csrf_cookie.
func (p *Protection) line(value string) string {
	var b strings.Builder
	b.WriteString(p.opts.CookieName)
	b.WriteByte('=')
	b.WriteString(value)
	if !p.opts.UntilBrowserCloses {
		b.WriteString("; Max-Age=")
		b.WriteString(strconv.FormatInt(int64(p.opts.CookieAge/time.Second), 10))
		b.WriteString("; Expires=")
		b.WriteString(p.opts.Now().Add(p.opts.CookieAge).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	}
	b.WriteString(p.attributes)
	return b.String()
}

// newAttributes is the end of every Set-Cookie header.
func (o *Options) newAttributes() string {
	var b strings.Builder
	if o.CookieDomain != "" {
		b.WriteString("; Domain=")
		b.WriteString(o.CookieDomain)
	}
	b.WriteString("; Path=")
	b.WriteString(o.CookiePath)
	b.WriteString(sameSites[o.SameSite])
	if o.HTTPOnly {
		b.WriteString("; HttpOnly")
	}
	if !o.Insecure {
		b.WriteString("; Secure")
	}
	return b.String()
}
