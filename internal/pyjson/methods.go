package pyjson

import (
	"encoding"
	"encoding/json"
	"math/big"
	"reflect"
)

// methodWriter returns the writer of a type that writes itself, or nil.
func methodWriter(t reflect.Type) writer {
	switch {
	case t.Implements(marshalerType):
		return appendMarshaler
	case t.Implements(textMarshalerType):
		return appendTextMarshaler
	}
	return nil
}

func appendBigValue(dst []byte, v reflect.Value, _ int, _ bool) ([]byte, error) {
	if !v.CanInterface() {
		return appendUnexported(dst, v)
	}
	if v.Kind() == reflect.Struct {
		n := v.Interface().(big.Int)
		return appendBig(dst, &n)
	}
	return appendBig(dst, v.Interface().(*big.Int))
}

// appendUnexported refuses a value whose method decides, and cannot be called:
// that of an embedded struct of an unexported type which a tag gives a name.
func appendUnexported(dst []byte, v reflect.Value) ([]byte, error) {
	return dst, unsupportedValue(v, "an unexported field of a type with methods of its own")
}

func appendMarshaler(dst []byte, v reflect.Value, depth int, _ bool) ([]byte, error) {
	if isNil(v) {
		return append(dst, "null"...), nil
	}
	if !v.CanInterface() {
		return appendUnexported(dst, v)
	}
	text, err := v.Interface().(json.Marshaler).MarshalJSON()
	if err != nil {
		return dst, &UnsupportedError{Type: v.Type(), Reason: "its method MarshalJSON failed", Err: err}
	}
	out, err := appendCanonical(dst, text, depth)
	if err != nil {
		return dst, &UnsupportedError{Type: v.Type(), Reason: "its JSON text: " + err.Error(), Err: err}
	}
	return out, nil
}

func appendTextMarshaler(dst []byte, v reflect.Value, _ int, _ bool) ([]byte, error) {
	if isNil(v) {
		return append(dst, "null"...), nil
	}
	if !v.CanInterface() {
		return appendUnexported(dst, v)
	}
	text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return dst, &UnsupportedError{Type: v.Type(), Reason: "its method MarshalText failed", Err: err}
	}
	out, err := AppendString(dst, string(text))
	if err != nil {
		return dst, unsupportedValue(v, "its method MarshalText gave invalid UTF-8")
	}
	return out, nil
}

func isNil(v reflect.Value) bool {
	return (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil()
}
