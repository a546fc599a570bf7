package sessioncookie

import (
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/cookiename"
)

// Defaults of [Options].
const (
	// DefaultName is Django's SESSION_COOKIE_NAME.
	DefaultName = "sessionid"
	// DefaultPath is Django's SESSION_COOKIE_PATH.
	DefaultPath = "/"
	// DefaultMaxLine is what every browser and most proxies let through, in
	// bytes.
	DefaultMaxLine = 4096
)

// SameSite says with which requests from other sites a browser sends the
// cookie.
//
// Django: SESSION_COOKIE_SAMESITE.
type SameSite uint8

// The values of SameSite.
const (
	// SameSiteLax sends the cookie along when someone follows a link, and with
	// no other request from another site. It is the default, as in Django.
	SameSiteLax SameSite = iota
	// SameSiteStrict sends the cookie with no request from another site.
	SameSiteStrict
	// SameSiteNone sends the cookie with every request: what protects from
	// forged requests has to come from elsewhere. Browsers refuse it without
	// Secure, and so does New.
	SameSiteNone
	// SameSiteOmitted leaves the attribute out and the choice to the browser.
	// Django: None and False.
	SameSiteOmitted
)

var sameSites = [...]string{
	SameSiteLax:     "; SameSite=Lax",
	SameSiteStrict:  "; SameSite=Strict",
	SameSiteNone:    "; SameSite=None",
	SameSiteOmitted: "",
}

// Options are the settings of a [Cookie]. The zero value, and a nil *Options,
// is the cookie of Django's defaults, with Secure. How long a cookie is good,
// and whether it ends with the browser, the store says: SESSION_COOKIE_AGE and
// SESSION_EXPIRE_AT_BROWSER_CLOSE are in [saltine.StoreOptions].
type Options struct {
	// Name of the cookie. Empty means DefaultName. The prefixes that browsers
	// hold to rules are held to them here: __Secure- needs Secure, __Host-
	// also the path "/" and no Domain, __Http- Secure and HttpOnly, and
	// __Host-Http- all of it. Django: SESSION_COOKIE_NAME.
	Name string

	// SharedWithDjango says that a Django whose SESSION_COOKIE_NAME is Name reads and
	// writes the cookie too. Django signs the sessions of all names with one salt, so
	// a visitor can send the cookie of one name under another, and it is accepted:
	// with a Name other than sessionid, New wants either this or a store with a
	// StoreOptions.Salt of its own.
	SharedWithDjango bool

	// Path that the cookie is for, percent-encoded where requests are: "/my%20app".
	// Empty means DefaultPath.
	// Django: SESSION_COOKIE_PATH.
	Path string

	// NoPath leaves the path out: the browser takes the directory of the
	// request. Django: SESSION_COOKIE_PATH = None.
	NoPath bool

	// Domain that the cookie is for, with all its subdomains. Empty means the
	// host of the request alone. Django: SESSION_COOKIE_DOMAIN.
	Domain string

	// Insecure sends the cookie over unencrypted connections too, where
	// anybody on the way can copy it. For development.
	// Django: SESSION_COOKIE_SECURE = False, its default.
	Insecure bool

	// ScriptAccess lets the page's scripts read the cookie, those that were
	// injected included. Django: SESSION_COOKIE_HTTPONLY = False.
	ScriptAccess bool

	// SameSite restricts requests from other sites. The zero value is Lax.
	// Django: SESSION_COOKIE_SAMESITE.
	SameSite SameSite

	// Partitioned keeps a cookie of an embedded page apart for each site that
	// embeds it (CHIPS). Browsers refuse it without Secure, and so does New.
	Partitioned bool

	// SaveEveryRequest signs and sets the cookie with every response to a
	// request that has one. RenewAfter does less harm: a response that was
	// slow here overwrites a newer cookie. Django: SESSION_SAVE_EVERY_REQUEST.
	SaveEveryRequest bool

	// RenewAfter is the part of a session's life after which a session that is
	// only read is saved too, so that it lives on while it is used: more than 0
	// and less than 1. 0 means never. The life is that of the store's cookies or of
	// saltine.ExpireIdle, the shorter one; a session that ends at a date is
	// not renewed where that would not lengthen its life. It has no effect over engines
	// that do not tell when a session was saved: redisstore, memcachestore, and
	// cachedstore where the cache answers. SaveEveryRequest has.
	RenewAfter float64

	// KeepOldSignatures leaves cookies alone that are only read, though a
	// fallback key or a legacy algorithm signed them. Otherwise they are signed
	// again, with the time at which they were signed: the old key may go sooner, and
	// no session lives longer.
	KeepOldSignatures bool

	// MaxLine is the longest Set-Cookie header in bytes: name, value and
	// attributes. 0 means DefaultMaxLine. Browsers drop a cookie of more than 4096
	// bytes of name and value in silence, older ones a line of that length.
	MaxLine int
}

// withDefaults returns o complete.
func (o *Options) withDefaults() Options {
	var opts Options
	if o != nil {
		opts = *o
	}
	if opts.Name == "" {
		opts.Name = DefaultName
	}
	if opts.Path == "" && !opts.NoPath {
		opts.Path = DefaultPath
	}
	if opts.MaxLine == 0 {
		opts.MaxLine = DefaultMaxLine
	}
	return opts
}

func invalidOption(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{saltine.ErrInvalidOption}, args...)...)
}

// check refuses what a browser would, and what would break the header.
func (o *Options) check() error {
	switch {
	case !all(o.Name, tokenChar):
		return invalidOption("Name has a character that is none of A-Z a-z 0-9 ! # $ %% & ' * + - . ^ _ ` | ~")
	case o.NoPath && o.Path != "":
		return invalidOption("NoPath with a Path")
	case o.Path != "" && o.Path[0] != '/':
		return invalidOption("Path does not start with /")
	case !all(o.Path, pathChar):
		return invalidOption("Path has a character that no request has in its path: browsers write %%20 for a space, and so for others")
	case !all(o.Domain, domainChar):
		return invalidOption("Domain has a character that is none of A-Z a-z 0-9 - . (no port, and xn-- for other alphabets)")
	case int(o.SameSite) >= len(sameSites):
		return invalidOption("no such SameSite")
	case o.SameSite == SameSiteNone && o.Insecure:
		return invalidOption("SameSiteNone and Insecure: browsers refuse it")
	case o.Partitioned && o.Insecure:
		return invalidOption("Partitioned and Insecure: browsers refuse it")
	case !(o.RenewAfter >= 0 && o.RenewAfter < 1): // NaN fails too
		return invalidOption("RenewAfter is not from 0 to less than 1")
	case o.MaxLine < 0:
		return invalidOption("MaxLine is negative")
	}
	return o.checkPrefix()
}

func (o *Options) checkPrefix() error {
	rules := cookiename.RulesOf(o.Name)
	switch {
	case rules.Secure && o.Insecure:
		return invalidOption("Name starts with %s, and Insecure: browsers refuse it", rules.Prefix)
	case rules.Host && (o.Path != DefaultPath || o.Domain != ""):
		return invalidOption("Name starts with %s, and there is a Domain or another Path than /: browsers refuse it", rules.Prefix)
	case rules.HTTPOnly && o.ScriptAccess:
		return invalidOption("Name starts with %s, and ScriptAccess: browsers refuse it", rules.Prefix)
	}
	return nil
}

// all reports whether every character of s is one of a class.
func all(s string, class func(r rune) bool) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !class(r) })
}

// tokenChar reports whether RFC 6265 allows r in a cookie's name.
func tokenChar(r rune) bool {
	return isAlphanumeric(r) || strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

// pathChar reports whether browsers send r as it is in the path of a request, and
// count it among the path there and in a cookie's attribute.
func pathChar(r rune) bool {
	return r > ' ' && r <= '~' && !strings.ContainsRune("\"#;<>?\\`{}", r)
}

func domainChar(r rune) bool { return isAlphanumeric(r) || r == '-' || r == '.' }

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// attributes are what ends every Set-Cookie header that sets a value.
func (o *Options) attributes() string {
	var b strings.Builder
	o.writeScope(&b)
	if !o.ScriptAccess {
		b.WriteString("; HttpOnly")
	}
	if !o.Insecure {
		b.WriteString("; Secure")
	}
	if o.Partitioned {
		b.WriteString("; Partitioned")
	}
	return b.String()
}

func (o *Options) writeScope(b *strings.Builder) {
	if o.Domain != "" {
		b.WriteString("; Domain=")
		b.WriteString(o.Domain)
	}
	if !o.NoPath {
		b.WriteString("; Path=")
		b.WriteString(o.Path)
	}
	b.WriteString(sameSites[o.SameSite])
}

// deletion is the Set-Cookie header that deletes the cookie. Like Django's it
// has Secure and HttpOnly only where browsers would refuse it without.
func (o *Options) deletion() string {
	rules := cookiename.RulesOf(o.Name)
	var b strings.Builder
	b.WriteString(o.Name)
	b.WriteString(`=""; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT`)
	o.writeScope(&b)
	if rules.HTTPOnly {
		b.WriteString("; HttpOnly")
	}
	if rules.Secure || o.SameSite == SameSiteNone || o.Partitioned {
		b.WriteString("; Secure")
	}
	if o.Partitioned {
		b.WriteString("; Partitioned")
	}
	return b.String()
}
