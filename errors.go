package saltine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The kinds of error, for errors.Is. An error has one kind, except that an expired
// signature is also a bad signature, as in Django, and that an entry of a cache which
// cannot be read is also no session.
//
// No error of this package holds a key, a salt, a token or a payload: you may log
// all of them.
var (
	// ErrBadSignature says that no key made the signature, or that it has
	// expired. Forged, truncated and altered tokens give it, and so do tokens
	// that were signed with another key, salt or algorithm. It happens every day
	// and is no reason for an alarm. Django: signing.BadSignature.
	ErrBadSignature = errors.New("saltine: bad signature")

	// ErrSignatureExpired says that the signature is right and too old. It is
	// reported for good signatures only, and matches ErrBadSignature too. The
	// error is an [*ExpiredError].
	// Django: signing.SignatureExpired.
	ErrSignatureExpired error = &kindError{ErrBadSignature, "saltine: signature expired"}

	// ErrMalformed says that one of your own keys signed the token, and yet it
	// cannot be read; or that your own cache holds what is not a session. That should
	// not happen: log it. The cause is wrapped.
	// Django: any other exception.
	ErrMalformed = errors.New("saltine: signed value cannot be read")

	// ErrTooLarge says that a limit was passed, on reading or on writing. The
	// error is a [*SizeError].
	ErrTooLarge = errors.New("saltine: too large")

	// ErrInvalidKey says that a signing key is empty or, from [Key.Check],
	// weak.
	ErrInvalidKey = errors.New("saltine: invalid key")

	// ErrInvalidOption says that an option is wrong. Constructors return it,
	// AlgorithmByName for a name, and Session.Save for a session without a store.
	ErrInvalidOption = errors.New("saltine: invalid option")

	// ErrRevoked says that a guard refused a session whose cookie is good: see
	// [Session.Guard].
	ErrRevoked = errors.New("saltine: session revoked")

	// ErrUnavailable says that a store could not be asked: its database is down,
	// or the request's context has ended. The session reads as empty and is never
	// saved. The cause is wrapped.
	ErrUnavailable = errors.New("saltine: session store unavailable")

	// ErrNoSession says that a server-side store has no session under a key, or that
	// it has expired. Django: an empty session without a key.
	ErrNoSession = errors.New("saltine: no such session")

	// ErrKeyTaken says that there is a session under a key that should be new.
	// Django: CreateError.
	ErrKeyTaken = errors.New("saltine: session key is taken")

	// ErrInterrupted says that a session was deleted while a request used it: what
	// the request changed is not kept. Answer 400, without a cookie.
	// Django: UpdateError, SessionInterrupted.
	ErrInterrupted = errors.New("saltine: session was deleted while the request used it")

	// ErrMissing says that the session has no value under that name.
	// Django: KeyError.
	ErrMissing = errors.New("saltine: no such value")

	// ErrWrongType says that a value is there and does not fit the Go type that
	// was asked for.
	ErrWrongType = errors.New("saltine: value is of another type")

	// ErrUnsupported says that a Go value cannot be written.
	// Django: TypeError from json.dumps.
	ErrUnsupported = errors.New("saltine: value cannot be written")
)

// The findings of verify, allocated once: refusing junk must cost nothing.
var (
	errNoSeparator = &kindError{ErrBadSignature, "saltine: bad signature: no separator before a signature of the right length (another algorithm, or a truncated token)"}
	errFuture      = &kindError{ErrBadSignature, "saltine: bad signature: its time is further in the future than MaxClockSkew allows"}
	errMismatch    = &kindError{ErrBadSignature, "saltine: bad signature: not made by any of the keys with this salt and algorithm"}
)

// kindError is an error that belongs to a kind, with its own text.
type kindError struct {
	kind error
	text string
}

func (e *kindError) Error() string { return e.text }
func (e *kindError) Unwrap() error { return e.kind }

func invalidOption(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalidOption}, args...)...)
}

func malformed(cause error) error {
	return fmt.Errorf("%w: %w", ErrMalformed, cause)
}

// ExpiredError is the error for a good signature that is too old. It matches
// [ErrSignatureExpired] and [ErrBadSignature].
type ExpiredError struct {
	// SignedAt is the time in the token, in whole seconds.
	SignedAt time.Time
	// Deadline is when the token ended. For a maximum age it is the last moment
	// at which the token was good; for a session's own expiry it is the first
	// moment at which the session was not.
	Deadline time.Time
}

// Error says when the token was signed and when it expired.
func (e *ExpiredError) Error() string {
	return fmt.Sprintf("%v: signed at %s, good until %s", ErrSignatureExpired,
		e.SignedAt.UTC().Format(time.RFC3339), e.Deadline.UTC().Format(time.RFC3339))
}

// Unwrap returns [ErrSignatureExpired].
func (e *ExpiredError) Unwrap() error { return ErrSignatureExpired }

// SizeError is the error for something that passes a limit. It matches
// [ErrTooLarge].
type SizeError struct {
	// What passed its limit: "token", "payload", "Set-Cookie line" or "session that moves
	// into a cookie".
	What string
	// Size in bytes. For a payload that was being inflated it is Limit+1: the rest
	// was not inflated.
	Size int
	// Limit in bytes.
	Limit int
	// Values are the values of the session by size, largest first. It is nil on
	// reading, and for what is not a session.
	Values []ValueSize
}

func checkSize(what string, size, limit int) error {
	if size > limit {
		return &SizeError{What: what, Size: size, Limit: limit}
	}
	return nil
}

// ValueSize is the room that one value of a session takes.
type ValueSize struct {
	// Name of the value.
	Name string
	// Size is the length of its name and value as JSON text, in bytes, before
	// compression.
	Size int
}

// Error says what is too large, by how much, and which values of the session take
// the most room. It names at most five of them.
func (e *SizeError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: %s of %d bytes, limit %d", ErrTooLarge, e.What, e.Size, e.Limit)
	for i, v := range e.Values {
		switch i {
		case 0:
			b.WriteString("; largest values: ")
		case 5:
			b.WriteString(", …")
			return b.String()
		default:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(v.Name))
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(v.Size))
	}
	return b.String()
}

// Unwrap returns [ErrTooLarge].
func (e *SizeError) Unwrap() error { return ErrTooLarge }

// FieldError is the error for one value of a session. It matches one of
// [ErrMissing], [ErrWrongType] and [ErrUnsupported].
type FieldError struct {
	// Name of the value.
	Name string
	// Err is the kind, or an error that wraps it.
	Err error
}

// Error names the value and says what is wrong with it.
func (e *FieldError) Error() string {
	return e.Err.Error() + " (value " + strconv.Quote(e.Name) + ")"
}

// Unwrap returns Err.
func (e *FieldError) Unwrap() error { return e.Err }
