// Package signedcookie signs and verifies single cookies as Django's
// response.set_signed_cookie and request.get_signed_cookie do.
//
// Make one [Cookie] for each cookie name at start, and share it:
//
//	theme, err := signedcookie.New(key, "theme", nil)
//
// [Cookie.Sign] makes the cookie's value, [Cookie.Unsign] reads it. Carrying it
// is the caller's. The name is part of the signature; the path, the lifetime and
// the other attributes are not.
//
// # The two salts
//
// Django through 5.2.14 and 6.0.5 joined the cookie's name and the salt
// argument without a mark between them, so that a cookie "ab" with the salt "c"
// was good as a cookie "a" with the salt "bc" (CVE-2026-6873). This is the v1
// salt. Django 5.2.15, 6.0.6, 6.1 and later write the v2 salt, which cannot
// collide, and this package writes no other.
//
// Cookies with the v1 salt are read where [Options.AcceptV1] asks for it, and
// [Verification.V1] tells each of them. Django's setting of the same meaning is
// SIGNED_COOKIE_LEGACY_SALT_FALLBACK: on by default in 5.2.15 and 6.0.6, off in
// 6.1.
//
// A Django that knows the v1 salt only refuses what this package signs. Beside
// one, update it to 5.2.15 or 6.0.6 first: these read both. Until then read its
// cookies with AcceptV1, and leave it to Django to set them.
//
// # Characters of a cookie
//
// The value is signed as plain text, and a text with a space, a comma, a
// quote, a semicolon, a backslash, or anything that is not ASCII cannot stand in
// a header as it is. Python puts quotes around it and escapes it. Package
// net/http does not: its SetCookie leaves out the characters it does not allow,
// which breaks the signature, and its Request.Cookie does not find a cookie that
// Python had to escape. Where values have other characters than letters, digits
// and !#$%&'*+-.^_`|~: set the cookie with [Quote], and take it from the headers
// with FindCookie of package carrier, which undoes the quotes:
//
//	w.Header().Add("Set-Cookie", "city="+signedcookie.Quote(city.Sign(name))+"; Path=/; Secure; HttpOnly; SameSite=Lax")
//	value, ok := carrier.FindCookie(r.Header["Cookie"], "city")
package signedcookie

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/cookiesigner"
)

// Options are the settings of a [Cookie]. The zero value, and a nil *Options,
// is the defaults of Django 6.1. [New] copies what it needs.
type Options struct {
	// Salt separates cookies of one name that are used for several purposes.
	// It is UTF-8. Django: the argument salt.
	Salt saltine.Salt

	// AcceptV1 also reads cookies with the v1 salt of Django before 5.2.15 and
	// 6.0.6. Whoever has such a cookie of another name and salt may pass it
	// off as this one where both texts joined are the same. Once OnVerify
	// reports no V1 for as long as cookies live, take it out.
	// Django: SIGNED_COOKIE_LEGACY_SALT_FALLBACK.
	AcceptV1 bool

	// Algorithm, Fallbacks and LegacyAlgorithms are those of saltine.Options.
	Algorithm        saltine.Algorithm
	Fallbacks        []saltine.Key
	LegacyAlgorithms []saltine.Algorithm

	// MaxTokenLen is the longest cookie value that is read, in bytes. 0 means
	// saltine.DefaultMaxTokenLen.
	MaxTokenLen int

	// Now is the clock. nil means time.Now. It must be safe for concurrent
	// use.
	Now func() time.Time

	// OnVerify, if not nil, is told of every cookie whose signature and age
	// are good. It is called on the goroutine that verifies and must be safe
	// for concurrent use.
	OnVerify func(Verification)
}

// Verification tells how a cookie was verified.
type Verification struct {
	// Verification is that of the signature. Compressed is always false.
	saltine.Verification
	// V1 says that the cookie has the v1 salt.
	V1 bool
}

// NeedsResign says that the v1 salt, a fallback key or a legacy algorithm made
// the signature: setting the cookie again lets the old one go.
func (v Verification) NeedsResign() bool { return v.V1 || v.Verification.NeedsResign() }

// Cookie signs and verifies the values of the cookies of one name. It is
// immutable and safe for concurrent use.
type Cookie struct {
	v2 *saltine.TimestampSigner
	v1 *saltine.TimestampSigner // nil if not accepted
}

// v2Prefix begins every v2 salt.
const v2Prefix = "django.http.cookies.v2:"

// New returns a Cookie for the cookies called name. The keys are Django's
// SECRET_KEY and SECRET_KEY_FALLBACKS as they are. The error is of kind
// [saltine.ErrInvalidKey] or [saltine.ErrInvalidOption]; the latter includes a
// name that is empty or has characters that Python allows in no cookie name.
func New(key saltine.Key, name string, opts *Options) (*Cookie, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	switch {
	case !isLegal(name):
		return nil, fmt.Errorf("%w: no cookie can have that name", saltine.ErrInvalidOption)
	case !utf8.ValidString(string(o.Salt)):
		return nil, fmt.Errorf("%w: Salt is not UTF-8", saltine.ErrInvalidOption)
	}
	c := &Cookie{}
	var err error
	if c.v2, err = o.signer(key, v2Salt(name, o.Salt), false); err != nil {
		return nil, err
	}
	if o.AcceptV1 {
		if c.v1, err = o.signer(key, saltine.Salt(name)+o.Salt, true); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// v2Salt tells the salt argument from the name by its length, which Python
// counts in code points.
func v2Salt(name string, salt saltine.Salt) saltine.Salt {
	n := strconv.Itoa(utf8.RuneCountInString(string(salt)))
	return saltine.Salt(v2Prefix+n+":") + salt + saltine.Salt(name)
}

func (o *Options) signer(key saltine.Key, salt saltine.Salt, v1 bool) (*saltine.TimestampSigner, error) {
	opts := saltine.Options{
		Salt:             salt,
		Algorithm:        o.Algorithm,
		Fallbacks:        o.Fallbacks,
		LegacyAlgorithms: o.LegacyAlgorithms,
		MaxTokenLen:      o.MaxTokenLen,
		Now:              o.Now,
	}
	if onVerify := o.OnVerify; onVerify != nil {
		opts.OnVerify = func(v saltine.Verification) { onVerify(verification(v, v1)) }
	}
	return cookiesigner.New(key, opts)
}

// verification corrects what a text that begins with a dot looks like.
func verification(v saltine.Verification, v1 bool) Verification {
	v.Compressed = false
	return Verification{v, v1}
}

// Format writes the type's name only, whatever the verb: a Cookie holds keys.
func (c *Cookie) Format(f fmt.State, _ rune) {
	io.WriteString(f, "signedcookie.Cookie([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// Sign returns the cookie's value for a value: the value itself, the time and
// the signature. Anybody can read it. What Django shall read must be UTF-8.
//
// Django: HttpResponse.set_signed_cookie.
func (c *Cookie) Sign(value string) string { return c.v2.Sign(value) }

// Unsign returns the value that was signed. It takes the cookie's value without
// the quotes and escapes of a header. The maximum age is that of the signature
// and has nothing to do with the cookie's Max-Age; with [saltine.NoMaxAge] a
// cookie is good for as long as its key. Unsign allocates nothing.
//
// The error is of kind [saltine.ErrBadSignature], which includes
// [saltine.ErrSignatureExpired], [saltine.ErrMalformed] for a signed value
// without a readable timestamp, or [saltine.ErrTooLarge].
//
// Django: HttpRequest.get_signed_cookie, without a default.
func (c *Cookie) Unsign(cookie string, maxAge time.Duration) (string, error) {
	value, err := c.v2.Unsign(cookie, maxAge)
	if c.triesV1(err) {
		return c.v1.Unsign(cookie, maxAge)
	}
	return value, err
}

// Verify checks signature and age of a cookie's value and tells how it was
// verified. The errors are those of [Cookie.Unsign]. It allocates nothing.
func (c *Cookie) Verify(cookie string, maxAge time.Duration) (Verification, error) {
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

// triesV1 reports whether to try the v1 salt after err. A cookie that expired
// has the v2 salt: another try could only lose that.
func (c *Cookie) triesV1(err error) bool {
	return c.v1 != nil && errors.Is(err, saltine.ErrBadSignature) && !errors.Is(err, saltine.ErrSignatureExpired)
}
