package saltine

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/seed-52756201/saltine/internal/base62"
)

// NoMaxAge as a maximum age means that no age is checked. Django: max_age=None.
//
// A maximum age of 0 is none of that: it accepts only tokens of this very
// second, and a negative one only tokens from the future, as in Django.
const NoMaxAge time.Duration = math.MaxInt64

// TimestampSigner signs text together with the time, in whole seconds. It is
// immutable and safe for concurrent use.
//
// A token is too old when its age is greater than the maximum age; at exactly
// the maximum age it is good. The age is compared as Python does it, in
// floating-point seconds. A token from the future is good.
//
// Django: signing.TimestampSigner.
type TimestampSigner struct {
	signer *Signer
}

// NewTimestampSigner returns a TimestampSigner. The error is of kind
// [ErrInvalidKey] or [ErrInvalidOption].
//
// Django: TimestampSigner(key=..., salt=..., ...); the default salt is
// [SaltTimestampSigner].
func NewTimestampSigner(key Key, opts *Options) (*TimestampSigner, error) {
	return newTimestampSigner(key, opts, SaltTimestampSigner, CompressionNone)
}

func newTimestampSigner(key Key, opts *Options, salt Salt, compression Compression) (*TimestampSigner, error) {
	s, err := newSigner(key, opts, salt, compression)
	if err != nil {
		return nil, err
	}
	return &TimestampSigner{s}, nil
}

// Format writes the type's name only, whatever the verb: a signer holds keys.
func (t *TimestampSigner) Format(f fmt.State, _ rune) { formatName(f, "saltine.TimestampSigner") }

// Sign returns value, the time and the signature of both. Any value can be
// signed; Django can read only those that are UTF-8.
//
// Django: TimestampSigner.sign.
func (t *TimestampSigner) Sign(value string) string { return t.SignAt(value, t.signer.now()) }

// SignAt is Sign at another time than now.
func (t *TimestampSigner) SignAt(value string, at time.Time) string {
	st := t.signer.get()
	defer t.signer.put(st)
	st.buf = t.appendTimestamp(append(st.buf[:0], value...), at)
	return string(t.signer.appendSignature(st.buf, 0, st))
}

// AppendSign appends the signed value to dst and returns it. It allocates
// nothing where dst has room. value may be what dst already ends with, as in
// AppendSign(buf[:0], buf), but may not overlap dst in another way.
func (t *TimestampSigner) AppendSign(dst, value []byte) []byte {
	st := t.signer.get()
	defer t.signer.put(st)
	from := len(dst)
	dst = t.appendTimestamp(append(dst, value...), t.signer.now())
	return t.signer.appendSignature(dst, from, st)
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

// Unsign returns the value that token was made of. The error is of kind
// [ErrBadSignature], which includes [ErrSignatureExpired], [ErrMalformed] for a
// signed value without a readable timestamp, or [ErrTooLarge].
//
// Django: TimestampSigner.unsign.
func (t *TimestampSigner) Unsign(token string, maxAge time.Duration) (string, error) {
	return unsignTimestamp(t, token, maxAge)
}

// UnsignBytes is Unsign for bytes. It returns a sub-slice of token and
// allocates nothing.
func (t *TimestampSigner) UnsignBytes(token []byte, maxAge time.Duration) ([]byte, error) {
	return unsignTimestamp(t, token, maxAge)
}

func unsignTimestamp[T text](t *TimestampSigner, token T, maxAge time.Duration) (T, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	var v Verification
	return openTimestamp(t, st, token, maxAge, &v)
}

// Verify checks signature and age of token and tells how it was verified. The
// errors are those of [TimestampSigner.Unsign]. It allocates nothing.
func (t *TimestampSigner) Verify(token string, maxAge time.Duration) (Verification, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	var v Verification
	_, err := openTimestamp(t, st, token, maxAge, &v)
	return v, err
}

var (
	errNoTimestamp   = errors.New("there is no timestamp before the signature (made by a Signer, not a TimestampSigner?)")
	errBadTimestamp  = errors.New("the timestamp is not a base 62 number")
	errHugeTimestamp = errors.New("the timestamp is beyond every clock")
)

// openTimestamp checks the signature, then the timestamp, then the age. Where
// all are good it fills v and returns the value.
func openTimestamp[T text](t *TimestampSigner, st *state, token T, maxAge time.Duration, v *Verification) (value T, err error) {
	signed, by, err := verify(t.signer, st, token)
	if err != nil {
		return value, err
	}
	at := lastIndex(signed, t.signer.sep)
	if at < 0 {
		return value, malformed(errNoTimestamp)
	}
	sec, stamp, ok := base62.Parse(signed[at+len(t.signer.sep):])
	if !ok {
		return value, malformed(errBadTimestamp)
	}
	st.now = t.signer.now()
	signedAt := stampTime(sec)
	if maxAge != NoMaxAge {
		if math.IsInf(stamp, 0) {
			return value, malformed(errHugeTimestamp)
		}
		if clock(st.now)-stamp > maxAge.Seconds() {
			return value, &ExpiredError{SignedAt: signedAt, Deadline: signedAt.Add(maxAge)}
		}
	}
	v.SignedAt = signedAt
	v.Age = st.now.Sub(signedAt)
	report(t.signer, v, by, token, signed[:at])
	return signed[:at], nil
}

// lastIndex returns the index of the last sep in s, or -1.
func lastIndex[T text](s T, sep string) int {
	for i := len(s) - len(sep); i >= 0; i-- {
		if hasAt(s, i, sep) {
			return i
		}
	}
	return -1
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
	payload, err := t.signer.serialize(st, v)
	if err != nil {
		return "", err
	}
	return t.signPayload(st, payload)
}

// signPayload returns the token for a payload.
func (t *TimestampSigner) signPayload(st *state, payload []byte) (string, error) {
	var err error
	if st.token, err = t.appendSigned(st.token[:0], st, payload); err != nil {
		return "", err
	}
	return string(st.token), nil
}

// AppendSignObject appends to dst what SignObject returns. On an error dst is
// returned as it was.
func (t *TimestampSigner) AppendSignObject(dst []byte, v any) ([]byte, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	payload, err := t.signer.serialize(st, v)
	if err != nil {
		return dst, err
	}
	return t.appendSigned(dst, st, payload)
}

// AppendSignPayload appends to dst the token for a payload that is serialized
// already, and allocates nothing where dst has room. The payload is not
// checked. On an error, of kind [ErrTooLarge], dst is returned as it was.
func (t *TimestampSigner) AppendSignPayload(dst, payload []byte) ([]byte, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	return t.appendSigned(dst, st, payload)
}

func (t *TimestampSigner) appendSigned(dst []byte, st *state, payload []byte) ([]byte, error) {
	token, err := t.signer.appendEnvelope(dst, st, payload)
	if err != nil {
		return dst, err
	}
	return t.signer.seal(t.appendTimestamp(token, t.signer.now()), len(dst), st)
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
	if st.out, _, err = t.appendPayload(st, st.out[:0], token, maxAge); err != nil {
		return err
	}
	return t.signer.serializer.Loads(st.out, v)
}

// AppendPayload verifies token, checks its age, and appends its payload, as it
// was serialized, to dst. It allocates nothing where dst has room. On an error,
// of the kinds of [TimestampSigner.UnsignObject], dst is returned as it was.
func (t *TimestampSigner) AppendPayload(dst []byte, token string, maxAge time.Duration) ([]byte, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	dst, _, err := t.appendPayload(st, dst, token, maxAge)
	return dst, err
}

func (t *TimestampSigner) appendPayload(st *state, dst []byte, token string, maxAge time.Duration) ([]byte, Verification, error) {
	var v Verification
	envelope, err := openTimestamp(t, st, token, maxAge, &v)
	if err != nil {
		return dst, v, err
	}
	dst, err = appendPayload(t.signer, st, dst, envelope)
	return dst, v, err
}

// Dumps signs v with the time, as a URL-safe text. It derives the key on every
// call: for more than a few tokens make a [TimestampSigner], with the salt
// [SaltDumps], and keep it. The error is of kind [ErrInvalidKey],
// [ErrInvalidOption], [ErrUnsupported] or [ErrTooLarge].
//
// Django: signing.dumps.
func Dumps(key Key, v any, opts *Options) (string, error) {
	t, err := newTimestampSigner(key, opts, SaltDumps, CompressionNone)
	if err != nil {
		return "", err
	}
	return t.SignObject(v)
}

// Loads verifies what [Dumps] made, checks its age and reads the object into v,
// which is a pointer. The error is of kind [ErrInvalidKey], [ErrInvalidOption]
// or one of [TimestampSigner.UnsignObject].
//
// Django: signing.loads.
func Loads(key Key, token string, v any, maxAge time.Duration, opts *Options) error {
	t, err := newTimestampSigner(key, opts, SaltDumps, CompressionNone)
	if err != nil {
		return err
	}
	return t.UnsignObject(token, v, maxAge)
}
