package saltine

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/seed-52756201/saltine/internal/pybase64"
	"github.com/seed-52756201/saltine/internal/pyjson"
	"github.com/seed-52756201/saltine/internal/zlib"
)

// Serializer makes payloads out of objects and objects out of payloads. It
// must be safe for concurrent use.
//
// Django: the serializer argument of signing.dumps, and SESSION_SERIALIZER.
type Serializer interface {
	// Dumps appends the payload for v to dst and returns it. It keeps neither.
	// Errors should be of kind ErrUnsupported.
	Dumps(dst []byte, v any) ([]byte, error)
	// Loads reads the payload into v, which is a pointer. It must not keep
	// payload, which is reused. Errors should be of kind ErrMalformed, or
	// ErrWrongType where the payload is sound and v does not fit. Sessions
	// are read into a *map[string]any.
	Loads(payload []byte, v any) error
}

// JSONSerializer writes and reads JSON exactly as Python's json module does
// for Django: ASCII only, no spaces, Python's floats, NaN and Infinity, bytes
// read as latin-1. The zero value is ready to use.
//
// Dumps takes what encoding/json takes, with its struct tags and marshalers,
// except that a float is always written as a float (1.0, not 1), that NaN and
// infinities are written, and that nothing is escaped for HTML. The keys of a
// map are sorted.
//
// Loads into a *any or *map[string]any gives nil, bool, string, int64
// (*big.Int beyond it), float64, []any and map[string]any. Loads into another
// type follows the rules of encoding/json, where NaN and infinities have no
// place. A lone surrogate becomes U+FFFD. Integers of more than 4300 digits are
// refused, as in Python, and so is nesting deeper than Python's recursion
// limit.
//
// Django: django.core.signing.JSONSerializer.
type JSONSerializer struct{}

// Dumps implements [Serializer]. The error is of kind [ErrUnsupported].
func (JSONSerializer) Dumps(dst []byte, v any) ([]byte, error) {
	dst, err := pyjson.Append(dst, v)
	if err != nil {
		return dst, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return dst, nil
}

// Loads implements [Serializer]. The error is of kind [ErrMalformed] or
// [ErrWrongType].
func (JSONSerializer) Loads(payload []byte, v any) error {
	text := string(payload)
	if isTree(v) {
		value, err := pyjson.Decode(text) // which checks as well
		if err != nil {
			return unreadable(text, err)
		}
		if setTree(v, value) {
			return nil
		}
	}
	if err := pyjson.Check(text); err != nil {
		return unreadable(text, err)
	}
	return decodeJSON(text, v)
}

// isJSON reports whether s writes what sessions are read from as they are.
func isJSON(s Serializer) bool {
	switch s.(type) {
	case JSONSerializer, *JSONSerializer:
		return true
	}
	return false
}

// errPickle names what Django before 1.6, and later ones on request, wrote.
var errPickle = errors.New("payload is a Python pickle (SESSION_SERIALIZER is PickleSerializer), which nothing but Python can read safely")

// unreadable makes the error for a payload that is not JSON.
func unreadable(text string, err error) error {
	if text != "" && text[0] == 0x80 { // the PROTO opcode of every pickle since protocol 2
		err = errPickle
	}
	return malformed(err)
}

// decodeJSON reads text, which Python would read, into v.
func decodeJSON(text string, v any) error {
	if isTree(v) && setTree(v, decode(text)) {
		return nil
	}
	standard, err := pyjson.AppendStandard(nil, text)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWrongType, err)
	}
	if err := json.Unmarshal(standard, v); err != nil {
		return wrongType(err, v)
	}
	return nil
}

// isTree reports whether v takes values as Decode makes them.
func isTree(v any) bool {
	switch v := v.(type) {
	case *any:
		return v != nil
	case *map[string]any:
		return v != nil
	}
	return false
}

// setTree puts value into v, for which isTree holds, if it fits.
func setTree(v, value any) bool {
	switch v := v.(type) {
	case *any:
		*v = value
		return true
	case *map[string]any:
		object, ok := value.(map[string]any)
		if ok || value == nil {
			*v = object
		}
		return ok || value == nil
	}
	return false
}

// decode reads text, which Python would read.
func decode(text string) any {
	v, _ := pyjson.Decode(text) // every text was checked before it came here
	return v
}

// wrongType says which Go type did not fit. What encoding/json and UnmarshalJSON
// methods say may quote the payload, so it is neither repeated nor wrapped.
func wrongType(err error, v any) error {
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && mismatch.Field != "" {
		return fmt.Errorf("%w: it does not fit %T: field %s is a %v", ErrWrongType, v, mismatch.Field, mismatch.Type)
	}
	return fmt.Errorf("%w: it does not fit %T", ErrWrongType, v)
}

// Compression says when payloads are compressed on writing. Django reads all
// of them.
type Compression uint8

// The compression settings.
const (
	// CompressionDefault is what Django does in the same place: Best for
	// sessions and messages, None for signers and Dumps.
	CompressionDefault Compression = iota
	// CompressionNone never compresses: compress=False.
	CompressionNone
	// CompressionBest compresses with zlib where that saves at least two
	// bytes: compress=True.
	CompressionBest
	// CompressionFast compresses with deflate's fixed code alone: everybody,
	// Django included, reads that faster, and it takes a third of the time to
	// write. Cookies get a few percent longer.
	CompressionFast
)

// DefaultMinCompress is the length from which payloads are worth trying.
const DefaultMinCompress = 48

func (c Compression) check() error {
	if c > CompressionFast {
		return invalidOption("no such Compression")
	}
	return nil
}

// The envelope of a payload is its URL-safe base64, with a dot in front if the
// payload is compressed.
const compressedMark = '.'

func isCompressed[T text](envelope T) bool {
	return len(envelope) > 0 && envelope[0] == compressedMark
}

// serialize returns the payload for v, in st.
func (s *Signer) serialize(st *state, v any) ([]byte, error) {
	payload, err := s.serializer.Dumps(st.out[:0], v)
	if err != nil {
		return nil, err
	}
	st.out = payload
	return payload, nil
}

// appendEnvelope appends the envelope of payload.
func (s *Signer) appendEnvelope(dst []byte, st *state, payload []byte) ([]byte, error) {
	if err := checkSize("payload", len(payload), s.maxPayload); err != nil {
		return dst, err
	}
	if s.compression != CompressionNone && len(payload) >= s.minCompress {
		level := zlib.Best
		if s.compression == CompressionFast {
			level = zlib.Fast
		}
		st.buf = zlib.AppendCompress(st.buf[:0], payload, level)
		if len(st.buf) < len(payload)-1 { // Django's rule: with the dot it must be shorter
			dst = append(dst, compressedMark)
			payload = st.buf
		}
	}
	return pybase64.AppendEncode(dst, payload), nil
}

// appendPayload appends the payload of a verified envelope. On an error dst is
// returned as it was.
func appendPayload[T text](s *Signer, st *state, dst []byte, envelope T) ([]byte, error) {
	if isCompressed(envelope) {
		return appendInflated(s, st, dst, envelope[1:])
	}
	// Junk that Python skips counts as well: only our own keys can sign it.
	if err := checkSize("payload", pybase64.DecodedLen(len(envelope)), s.maxPayload); err != nil {
		return dst, err
	}
	out, err := pybase64.AppendDecode(dst, envelope)
	if err != nil {
		return dst, malformed(err)
	}
	return out, nil
}

func appendInflated[T text](s *Signer, st *state, dst []byte, envelope T) ([]byte, error) {
	var err error
	if st.buf, err = pybase64.AppendDecode(st.buf[:0], envelope); err != nil {
		return dst, malformed(err)
	}
	out, err := zlib.AppendDecompress(dst, st.buf, s.maxPayload)
	switch {
	case errors.Is(err, zlib.ErrLimit):
		return dst, &SizeError{What: "payload", Size: s.maxPayload + 1, Limit: s.maxPayload}
	case err != nil:
		return dst, malformed(err)
	}
	return out, nil
}
