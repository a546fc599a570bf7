package djangocsrf

import (
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine"
)

// Kind says why a request is refused. It is an error, so that errors.Is finds it:
// errors.Is(err, djangocsrf.ErrBadOrigin).
type Kind string //nolint:errname // Error.Kind is a kind, and Error is the error

// The kinds, in the order of the check.
const (
	// ErrNoSession says that UseSessions is set and the request has no session. It
	// matches [saltine.ErrInvalidOption]: the program is put together wrongly.
	// Django: ImproperlyConfigured.
	ErrNoSession Kind = "no_session"
	// ErrBadOrigin says that the Origin header is neither the site's own nor trusted.
	ErrBadOrigin Kind = "bad_origin"
	// ErrNoReferer says that a request over HTTPS has neither Origin nor Referer.
	ErrNoReferer Kind = "no_referer"
	// ErrMalformedReferer says that the Referer is not an absolute URL.
	ErrMalformedReferer Kind = "malformed_referer"
	// ErrInsecureReferer says that the request is over HTTPS and its Referer is not.
	ErrInsecureReferer Kind = "insecure_referer"
	// ErrBadReferer says that the Referer is neither the site's own nor trusted.
	ErrBadReferer Kind = "bad_referer"
	// ErrNoCookie says that the request has no secret: no cookie, or nothing in the
	// session. Browsers that refuse cookies give this, too.
	ErrNoCookie Kind = "no_cookie"
	// ErrCookieLength says that the cookie has neither 32 nor 64 characters.
	ErrCookieLength Kind = "cookie_length"
	// ErrCookieCharacters says that the cookie has a character that is none of A-Z a-z
	// 0-9.
	ErrCookieCharacters Kind = "cookie_characters"
	// ErrBadSession says that what the session holds as its secret is none. It matches
	// [saltine.ErrMalformed]: our own key signed it, or our own store held it.
	// Django: ValueError, TypeError.
	ErrBadSession Kind = "bad_session"
	// ErrFormTooLarge says that the form passes HandlerOptions.MaxForm. It matches
	// [saltine.ErrTooLarge].
	ErrFormTooLarge Kind = "form_too_large"
	// ErrTokenMissing says that neither the form nor the header has a token.
	ErrTokenMissing Kind = "token_missing"
	// ErrTokenLength says that the token has neither 32 nor 64 characters.
	ErrTokenLength Kind = "token_length"
	// ErrTokenCharacters says that the token has a character that is none of A-Z a-z
	// 0-9.
	ErrTokenCharacters Kind = "token_characters"
	// ErrTokenIncorrect says that the token does not belong to the secret. A form that
	// was open while someone signed in gives this, too.
	ErrTokenIncorrect Kind = "token_incorrect"
)

// texts are what each kind means to the operator.
var texts = map[Kind]string{ //nolint:gosec // G101: they are about tokens, and hold none
	ErrNoSession:        "UseSessions is set and the request has no session: the session's middleware must come first",
	ErrBadOrigin:        "the Origin is neither the site's own nor trusted",
	ErrNoReferer:        "the request is over HTTPS and has neither Origin nor Referer",
	ErrMalformedReferer: "the Referer is not an absolute URL",
	ErrInsecureReferer:  "the Referer is not HTTPS and the request is",
	ErrBadReferer:       "the Referer is neither the site's own nor trusted",
	ErrNoCookie:         "the request has no CSRF secret",
	ErrCookieLength:     "the CSRF cookie has the wrong length",
	ErrCookieCharacters: "the CSRF cookie has wrong characters",
	ErrBadSession:       "the session's CSRF secret cannot be read",
	ErrFormTooLarge:     "the form is too large to look for a token in it",
	ErrTokenMissing:     "the CSRF token is missing",
	ErrTokenLength:      "the CSRF token has the wrong length",
	ErrTokenCharacters:  "the CSRF token has wrong characters",
	ErrTokenIncorrect:   "the CSRF token is incorrect",
}

// Error says what the kind means.
func (k Kind) Error() string {
	text, ok := texts[k]
	if !ok {
		text = "unknown kind"
	}
	return "djangocsrf: " + text
}

// Unwrap returns the kind of package saltine that k belongs to, or nil.
func (k Kind) Unwrap() error {
	switch k {
	case ErrNoSession:
		return saltine.ErrInvalidOption
	case ErrBadSession:
		return saltine.ErrMalformed
	case ErrFormTooLarge:
		return saltine.ErrTooLarge
	default:
		return nil
	}
}

// Error is the only type of error that a [Visit] returns. It is for the operator:
// do not show it to the client, who may be the attacker. It never holds the
// Origin, the Referer, a cookie or a token.
type Error struct {
	// Kind says why the request is refused.
	Kind Kind
	// Differs says, for ErrBadOrigin and ErrBadReferer, in what the header differs from
	// the address under which the server believes to be reached. It is zero where
	// that address is not known.
	Differs Differs
}

// Differs says in which parts two addresses differ. Parts are compared as text: a
// default port that is written differs from one that is not.
type Differs struct {
	Scheme, Host, Port bool
}

// Error says what the kind means, and which parts differ.
func (e *Error) Error() string {
	if e.Differs == (Differs{}) {
		return e.Kind.Error()
	}
	return fmt.Sprintf("%v: %v of it and of the request differ", e.Kind, e.Differs)
}

// Unwrap returns the Kind.
func (e *Error) Unwrap() error { return e.Kind }

// String names the parts that differ: "scheme, port".
func (d Differs) String() string {
	var parts []string
	for _, part := range []struct {
		name    string
		differs bool
	}{{"scheme", d.Scheme}, {"host", d.Host}, {"port", d.Port}} {
		if part.differs {
			parts = append(parts, part.name)
		}
	}
	return strings.Join(parts, ", ")
}

func invalidOption(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{saltine.ErrInvalidOption}, args...)...)
}
