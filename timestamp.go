package saltine

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-52756201/saltine/internal/base62"
)

// NoMaxAge as a maximum age means that no age is checked. Django: max_age=None.
//
// A maximum age of 0 is not unlimited: it accepts only tokens signed this very
// second. A negative one accepts only tokens from the future, as in Django.
const NoMaxAge time.Duration = math.MaxInt64

// TimestampSigner signs text together with the time, in whole seconds. It is
// immutable and safe for concurrent use.
//
// A token is too old when its age is greater than the maximum age; at exactly
// the maximum age it is good. The age is compared as Python does it, in
// floating-point seconds. A token from the future is good. The zero TimestampSigner
// has no key: methods that return an error return one of kind [ErrInvalidKey], and
// Sign panics.
//
// Django: signing.TimestampSigner.
type TimestampSigner struct {
	signer Signer
}

// NewTimestampSigner returns a TimestampSigner. The error is of kind
// [ErrInvalidKey] or [ErrInvalidOption].
//
// Django: TimestampSigner(key=..., salt=..., ...); the default salt is
// "django.core.signing.TimestampSigner".
func NewTimestampSigner(keys Keyring, opts *Options) (*TimestampSigner, error) {
	return newTimestampSigner(keys, opts, saltTimestampSigner)
}

func newTimestampSigner(keys Keyring, opts *Options, salt Salt) (*TimestampSigner, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	t := &TimestampSigner{}
	if err := t.signer.init(keys, o, salt, CompressionNone); err != nil {
		return nil, err
	}
	return t, nil
}

// Format writes the type's name only, whatever the verb: a signer holds keys.
func (t *TimestampSigner) Format(f fmt.State, _ rune) { formatName(f, "saltine.TimestampSigner") }

// Sign returns value, the time and the signature of both. Any value can be
// signed; Django can read only those that are UTF-8.
//
// Django: TimestampSigner.sign.
func (t *TimestampSigner) Sign(value string) string {
	st := t.signer.get()
	defer t.signer.put(st)
	st.token = t.appendTimestamp(append(st.token[:0], value...), t.signer.time())
	st.token = t.signer.appendSignature(st.token, 0, st)
	return string(st.token)
}

// appendTimestamp appends the separator and the time: int(time.time()), which
// cuts towards zero.
func (t *TimestampSigner) appendTimestamp(dst []byte, at time.Time) []byte {
	sec := at.Unix()
	if sec < 0 && at.Nanosecond() > 0 {
		sec++
	}
	return base62.Append(append(dst, t.signer.sep...), sec)
}

// Unsign returns the value that was signed. The error is of kind
// [ErrBadSignature], which includes [ErrSignatureExpired], [ErrMalformed] for a
// signed value without a readable timestamp, or [ErrTooLarge].
//
// Django: TimestampSigner.unsign.
func (t *TimestampSigner) Unsign(token string, maxAge time.Duration) (string, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	var o unsigned
	err := t.unsign(&o, st, token, maxAge)
	return o.value, err
}

// Verify checks signature and age of token and returns how it was verified. The
// errors are those of [TimestampSigner.Unsign]. It allocates nothing.
func (t *TimestampSigner) Verify(token string, maxAge time.Duration) (Verification, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	var o unsigned
	err := t.unsign(&o, st, token, maxAge)
	return o.verification, err
}

var (
	errNoTimestamp   = errors.New("there is no timestamp before the signature (made by a Signer, not a TimestampSigner?)")
	errBadTimestamp  = errors.New("the timestamp is not a base 62 number")
	errHugeTimestamp = errors.New("the timestamp is beyond every clock")
)

// unsigned is a token that was verified.
type unsigned struct {
	value        string
	verification Verification
	now          time.Time // the clock when the age was checked
}

// unsign checks the signature, then the timestamp, then the age. o is zero, and stays so
// on an error.
func (t *TimestampSigner) unsign(o *unsigned, st *state, token string, maxAge time.Duration) error {
	signed, by, err := t.signer.verify(st, token)
	if err != nil {
		return err
	}
	at := strings.LastIndex(signed, t.signer.sep)
	if at < 0 {
		return malformed(errNoTimestamp)
	}
	sec, stamp, ok := base62.Parse(signed[at+len(t.signer.sep):])
	if !ok {
		return malformed(errBadTimestamp)
	}
	now, signedAt := t.signer.time(), stampTime(sec)
	if maxAge != NoMaxAge {
		if math.IsInf(stamp, 0) {
			return malformed(errHugeTimestamp)
		}
		if clock(now)-stamp > maxAge.Seconds() {
			return &ExpiredError{SignedAt: signedAt, Deadline: signedAt.Add(maxAge)}
		}
	}
	o.value, o.now = signed[:at], now
	o.verification.SignedAt, o.verification.Age = signedAt, now.Sub(signedAt)
	t.signer.report(&o.verification, by, len(token), o.value)
	return nil
}

// clock returns a time as Python's time.time does.
func clock(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

// maxStamp keeps timestamps where package time can calculate with them.
const maxStamp = 1 << 56

func stampTime(sec int64) time.Time { return time.Unix(min(max(sec, -maxStamp), maxStamp), 0) }

// SignObject serializes v, compresses it if the options say so, and signs it
// with the time. The error is of kind [ErrUnsupported] or [ErrTooLarge].
//
// Django: TimestampSigner.sign_object.
func (t *TimestampSigner) SignObject(v any) (string, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	payload, err := t.signer.dumps(st, v)
	if err != nil {
		return "", err
	}
	return t.signPayload(st, payload, t.signer.time())
}

// signPayload returns the token for a payload that was signed at a time.
func (t *TimestampSigner) signPayload(st *state, payload []byte, at time.Time) (string, error) {
	var err error
	if st.token, err = t.appendSigned(st.token[:0], st, payload, at); err != nil {
		return "", err
	}
	return string(st.token), nil
}

// AppendSignPayload appends to dst the token for a payload that is serialized
// already, and allocates nothing where dst has room. The payload is not
// checked. On an error, of kind [ErrTooLarge], dst is returned as it was.
func (t *TimestampSigner) AppendSignPayload(dst, payload []byte) ([]byte, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	return t.appendSigned(dst, st, payload, t.signer.time())
}

func (t *TimestampSigner) appendSigned(dst []byte, st *state, payload []byte, at time.Time) ([]byte, error) {
	if err := t.signer.check(); err != nil {
		return dst, err
	}
	token, err := t.signer.envelope.wrap(dst, payload, &st.packed)
	if err != nil {
		return dst, err
	}
	return t.signer.seal(t.appendTimestamp(token, at), len(dst), st)
}

// UnsignObject verifies token, checks its age, and reads its object into v as
// the serializer does. The error is of kind [ErrBadSignature], which includes
// [ErrSignatureExpired], [ErrMalformed], [ErrTooLarge] or [ErrWrongType].
//
// Django: TimestampSigner.unsign_object.
func (t *TimestampSigner) UnsignObject(token string, v any, maxAge time.Duration) error {
	st := t.signer.get()
	defer t.signer.put(st)
	var err error
	if st.out, err = t.unsignPayload(st.out[:0], new(unsigned), st, token, maxAge); err != nil {
		return err
	}
	return t.signer.serializer.Loads(st.out, v)
}

// AppendUnsignPayload verifies token, checks its age, and appends its payload, as
// it was serialized, to dst. It allocates nothing where dst has room. On an error,
// of the kinds of [TimestampSigner.UnsignObject], dst is returned as it was.
func (t *TimestampSigner) AppendUnsignPayload(dst []byte, token string, maxAge time.Duration) ([]byte, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	return t.unsignPayload(dst, new(unsigned), st, token, maxAge)
}

// unsignPayload appends the payload of token to dst.
func (t *TimestampSigner) unsignPayload(dst []byte, o *unsigned, st *state, token string, maxAge time.Duration) ([]byte, error) {
	if err := t.unsign(o, st, token, maxAge); err != nil {
		return dst, err
	}
	return t.signer.envelope.unwrap(dst, o.value, &st.packed)
}

// Dumps signs v with the time, as a URL-safe text. It derives the key on every
// call: for more than a few tokens make a [TimestampSigner], with the salt
// "django.core.signing", and keep it. The error is of kind [ErrInvalidKey],
// [ErrInvalidOption], [ErrUnsupported] or [ErrTooLarge].
//
// Django: signing.dumps.
func (k Keyring) Dumps(v any, opts *Options) (string, error) {
	t, err := newTimestampSigner(k, opts, saltDumps)
	if err != nil {
		return "", err
	}
	return t.SignObject(v)
}

// Loads verifies what [Keyring.Dumps] made, checks its age and reads the object into v,
// which is a pointer. The error is of kind [ErrInvalidKey], [ErrInvalidOption]
// or one of [TimestampSigner.UnsignObject].
//
// Django: signing.loads.
func (k Keyring) Loads(token string, v any, maxAge time.Duration, opts *Options) error {
	t, err := newTimestampSigner(k, opts, saltDumps)
	if err != nil {
		return err
	}
	return t.UnsignObject(token, v, maxAge)
}
