// Package signedcookie signs and verifies single cookies as Django's
// response.set_signed_cookie and request.get_signed_cookie do.
//
// Make one [Cookie] for each cookie name at start, and share it:
//
//	theme, err := signedcookie.New(keys, "theme", nil)
//
// [Cookie.Sign] makes the cookie's value, and [Cookie.Unsign] reads it. You put the
// value into the Set-Cookie header and take it from the Cookie header yourself. The
// name is part of the signature; the path, the lifetime and the other attributes are
// not.
//
// # The two salts
//
// Django through 5.2.14 and 6.0.5 joined the cookie's name and the salt
// argument without a mark between them, so that a cookie "ab" with the salt "c"
// was good as a cookie "a" with the salt "bc" (CVE-2026-6873). This is the v1
// salt. Django 5.2.15, 6.0.6, 6.1 and later write the v2 salt, which cannot
// collide, and this package writes no other.
//
// With [Options.AcceptV1] this package reads cookies with the v1 salt too, and
// [Verification.V1] is true for each of them. Django's setting of the same meaning is
// SIGNED_COOKIE_LEGACY_SALT_FALLBACK: it is on by default in 5.2.15 and 6.0.6, and off
// in 6.1.
//
// An older Django refuses what this package signs. Update it to 5.2.15 or 6.0.6 first:
// these read both salts. Until then read its cookies with AcceptV1, and let Django set
// them.
//
// # Characters of a cookie
//
// The value is signed as plain text. A header cannot hold a text with a space, a
// comma, a quote, a semicolon, a backslash, or a character that is not ASCII. Python
// puts quotes around such a text and escapes it. Package net/http does not: its
// SetCookie drops the characters that it does not allow, which breaks the signature,
// and its Request.Cookie does not find a cookie that Python had to escape. Where your
// values have other characters than letters, digits and !#$%&'*+-.^_`|~: set the
// cookie with Quote of package sessioncookie, and take it from the headers with
// FindCookie of that package, which undoes the quotes:
//
//	value := sessioncookie.Quote(city.Sign(name))
//	w.Header().Add("Set-Cookie", "city="+value+"; Path=/; Secure; HttpOnly; SameSite=Lax")
//	...
//	value, ok := sessioncookie.FindCookie(r.Header["Cookie"], "city")
package signedcookie

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// Options are the settings of a [Cookie]. The zero value, and a nil *Options,
// is the defaults of Django 6.1. [New] copies what it needs.
type Options struct {
	// Salt separates cookies of one name that are used for several purposes. It must
	// be UTF-8. Django: the argument salt.
	Salt saltine.Salt

	// AcceptV1 also reads cookies with the v1 salt of Django before 5.2.15 and 6.0.6.
	// A visitor can send a v1 cookie of another name and salt as this one, if name and
	// salt joined are the same text. Remove the option when OnVerify has seen no V1
	// for as long as your cookies live.
	// Django: SIGNED_COOKIE_LEGACY_SALT_FALLBACK.
	AcceptV1 bool

	// MaxTokenLen is the longest cookie value that is read, in bytes. 0 means
	// 64 KiB.
	MaxTokenLen int

	// Now is the clock. nil means time.Now. It must be safe for concurrent use.
	Now func() time.Time

	// OnVerify, if not nil, is called for every cookie whose signature and age are
	// good. It is called on the goroutine that verifies, and must be safe for
	// concurrent use.
	OnVerify func(Verification)
}

// Verification says how a cookie was verified.
type Verification struct {
	// Verification is that of the signature. Compressed is always false.
	saltine.Verification
	// V1 says that the cookie has the v1 salt.
	V1 bool
}

// NeedsResign reports whether the v1 salt, a fallback key or a legacy algorithm made
// the signature. Set such a cookie again: once no cookie needs it, the old salt, key or
// algorithm may go.
func (v Verification) NeedsResign() bool { return v.V1 || v.Verification.NeedsResign() }

// Cookie signs and verifies the values of the cookies of one name. It is
// immutable and safe for concurrent use. The zero Cookie has no key: its errors are
// of kind [saltine.ErrInvalidKey], and its Sign panics.
type Cookie struct {
	v2 *saltine.TimestampSigner
	v1 *saltine.TimestampSigner // nil if not accepted
}

// v2Prefix begins every v2 salt.
const v2Prefix = "django.http.cookies.v2:"

// New returns a Cookie for the cookies called name. The keyring holds Django's
// SECRET_KEY and SECRET_KEY_FALLBACKS as they are. The error is of kind
// [saltine.ErrInvalidKey], or [saltine.ErrInvalidOption], also for a name that is empty
// or has a character that Python does not allow in the name of a cookie.
func New(keys saltine.Keyring, name string, opts *Options) (*Cookie, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	switch {
	case name == "" || sessioncookie.Quote(name) != name:
		return nil, fmt.Errorf("%w: no cookie can have that name", saltine.ErrInvalidOption)
	case !utf8.ValidString(string(o.Salt)):
		return nil, fmt.Errorf("%w: Salt is not UTF-8", saltine.ErrInvalidOption)
	}
	keys = keys.ForCookies()
	v2, err := saltine.NewTimestampSigner(keys, o.signer(v2Salt(name, o.Salt), false))
	if err != nil {
		return nil, err
	}
	c := &Cookie{v2: v2}
	if o.AcceptV1 {
		c.v1, err = saltine.NewTimestampSigner(keys, o.signer(saltine.Salt(name)+o.Salt, true))
	}
	return c, err
}

// v2Salt joins salt and name, with the length of the salt before them. Python counts it
// in code points.
func v2Salt(name string, salt saltine.Salt) saltine.Salt {
	n := strconv.Itoa(utf8.RuneCountInString(string(salt)))
	return saltine.Salt(v2Prefix+n+":") + salt + saltine.Salt(name)
}

// signer returns the options of a signer.
func (o *Options) signer(salt saltine.Salt, v1 bool) *saltine.Options {
	opts := &saltine.Options{Salt: salt, MaxTokenLen: o.MaxTokenLen, Now: o.Now}
	if onVerify := o.OnVerify; onVerify != nil {
		opts.OnVerify = func(v saltine.Verification) { onVerify(verification(v, v1)) }
	}
	return opts
}

// verification adds the salt, and clears Compressed: here a value that starts with a dot
// is plain text.
func verification(v saltine.Verification, v1 bool) Verification {
	v.Compressed = false
	return Verification{v, v1}
}

// Format writes the type's name only, whatever the verb: a Cookie holds keys.
func (c *Cookie) Format(f fmt.State, _ rune) {
	io.WriteString(f, "signedcookie.Cookie([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// Sign returns the cookie's value for a value: the value itself, the time and the
// signature. Anybody can read it. Any value can be signed; Django can read only those
// that are UTF-8.
//
// Django: HttpResponse.set_signed_cookie.
func (c *Cookie) Sign(value string) string {
	if c.v2 == nil {
		panic(errZeroCookie)
	}
	return c.v2.Sign(value)
}

var errZeroCookie = fmt.Errorf("%w: the Cookie is the zero value (New makes one)", saltine.ErrInvalidKey)

// Unsign returns the value that was signed. It takes the cookie's value without the
// quotes and escapes of a header. maxAge is the greatest age of the signature, and has
// nothing to do with the cookie's Max-Age. With [saltine.NoMaxAge] a cookie is good for
// as long as its key. Unsign allocates nothing.
//
// The error is of kind [saltine.ErrBadSignature], which includes
// [saltine.ErrSignatureExpired], [saltine.ErrMalformed] for a signed value
// without a readable timestamp, or [saltine.ErrTooLarge].
//
// Django: HttpRequest.get_signed_cookie, without a default.
func (c *Cookie) Unsign(cookie string, maxAge time.Duration) (string, error) {
	if c.v2 == nil {
		return "", errZeroCookie
	}
	value, err := c.v2.Unsign(cookie, maxAge)
	if c.triesV1(err) {
		return c.v1.Unsign(cookie, maxAge)
	}
	return value, err
}

// Verify checks signature and age of a cookie's value, and returns how it was verified.
// The errors are those of [Cookie.Unsign]. It allocates nothing.
func (c *Cookie) Verify(cookie string, maxAge time.Duration) (Verification, error) {
	if c.v2 == nil {
		return Verification{}, errZeroCookie
	}
	v, err := c.v2.Verify(cookie, maxAge)
	v1 := c.triesV1(err)
	if v1 {
		v, err = c.v1.Verify(cookie, maxAge)
	}
	if err != nil {
		return Verification{}, err
	}
	return verification(v, v1), nil
}

// triesV1 reports whether to try the v1 salt after err. An expired cookie has the v2
// salt: a second try would return a bad signature in place of that.
func (c *Cookie) triesV1(err error) bool {
	return c.v1 != nil && errors.Is(err, saltine.ErrBadSignature) && !errors.Is(err, saltine.ErrSignatureExpired)
}
