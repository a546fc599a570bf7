package pyjson

import (
	"errors"
	"reflect"
	"strconv"
)

// ErrNotObject is returned by [Members] for a valid text whose value is not an
// object. Django's sessions need an object; its signing functions take any value.
var ErrNotObject = errors.New("the JSON value is not an object")

// SyntaxError reports a text that Python's json module refuses: with
// JSONDecodeError, with a plain ValueError for an integer beyond [MaxDigits], or
// with RecursionError for a nesting beyond [MaxDepth].
type SyntaxError struct {
	Offset int    // bytes before the fault; the length of a text that ends too early
	Reason string // a fixed phrase, never a part of the text
}

func (e *SyntaxError) Error() string {
	return "invalid JSON at byte " + strconv.Itoa(e.Offset) + ": " + e.Reason
}

func syntaxError(offset int, reason string) error {
	return &SyntaxError{Offset: offset, Reason: reason}
}

// UnsupportedError reports a Go value that has no JSON form.
type UnsupportedError struct {
	Type   reflect.Type // of the value at fault, which may be nested in the given one
	Reason string       // a fixed phrase, never a part of the value
	Err    error        // what a method of Type returned, or nil; not part of the message
}

func (e *UnsupportedError) Error() string {
	return "cannot write a value of Go type " + e.Type.String() + " as JSON: " + e.Reason
}

// Unwrap returns the error of the value's own method. It is not part of the
// message because nothing is known about what it repeats.
func (e *UnsupportedError) Unwrap() error { return e.Err }

func unsupported[T any](reason string) error {
	return &UnsupportedError{Type: reflect.TypeFor[T](), Reason: reason}
}
