package saltine

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// Serializer makes payloads out of objects and objects out of payloads. It
// must be safe for concurrent use.
//
// A session keeps the text and the order of its values only where the payload is
// made of Python's JSON. A Serializer for which that is so, such as one that
// encrypts it, has two more methods, and sessions call these instead:
//
//	DumpsJSON(dst, text []byte) ([]byte, error)    // append the payload for a text of JSON
//	LoadsJSON(dst, payload []byte) ([]byte, error) // append the text of JSON in a payload
//
// Django: the serializer argument of signing.dumps, and SESSION_SERIALIZER.
type Serializer interface {
	// Dumps appends the payload for v to dst and returns it. It keeps neither, and
	// what it returns is overwritten later. Errors should be of kind
	// ErrUnsupported.
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

// jsonSerializer is a Serializer whose payloads are made of Python's JSON.
type jsonSerializer interface {
	DumpsJSON(dst, text []byte) ([]byte, error)
	LoadsJSON(dst, payload []byte) ([]byte, error)
}

// isPlainJSON reports whether payloads of s are Python's JSON as it is.
func isPlainJSON(s Serializer) bool {
	switch s.(type) {
	case JSONSerializer, *JSONSerializer:
		return true
	}
	return false
}

// isNil reports whether s is nil, or a nil pointer.
func isNil(s Serializer) bool {
	v := reflect.ValueOf(s)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
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
		return wrongType(text, err, v)
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

// wrongType says what is stored and which Go type was asked for. What encoding/json
// and UnmarshalJSON methods say may quote the payload, so it is neither repeated nor
// wrapped.
func wrongType(text string, err error, v any) error {
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && mismatch.Field != "" {
		return fmt.Errorf("%w: %s is stored, and %v was asked for: its field %s is a %v",
			ErrWrongType, kindName(text), reflect.TypeOf(v).Elem(), mismatch.Field, mismatch.Type)
	}
	if t := reflect.TypeOf(v); t != nil && t.Kind() == reflect.Pointer {
		return fmt.Errorf("%w: %s is stored, and %v was asked for", ErrWrongType, kindName(text), t.Elem())
	}
	return fmt.Errorf("%w: the target is %T, and not a pointer", ErrWrongType, v)
}

// kindName names the kind of JSON value in text.
func kindName(text string) string {
	switch pyjson.Kind(text) {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
