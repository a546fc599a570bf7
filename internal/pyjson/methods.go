package pyjson

import (
	"encoding"
	"encoding/json"
	"math/big"
	"reflect"
)

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
	return appendJSONMethod(dst, v, depth, "MarshalJSON", func() ([]byte, error) {
		return v.Interface().(json.Marshaler).MarshalJSON()
	})
}

func appendTextMarshaler(dst []byte, v reflect.Value, _ int, _ bool) ([]byte, error) {
	return appendTextMethod(dst, v, "MarshalText", func() ([]byte, error) {
		return v.Interface().(encoding.TextMarshaler).MarshalText()
	})
}

// appendJSONMethod writes the JSON text that call, the method of v with the given
// name, returns.
func appendJSONMethod(dst []byte, v reflect.Value, depth int, name string, call func() ([]byte, error)) ([]byte, error) {
	if isNil(v) {
		return append(dst, "null"...), nil
	}
	if !v.CanInterface() {
		return appendUnexported(dst, v)
	}
	text, err := call()
	if err != nil {
		return dst, methodError(v, name, err)
	}
	out, err := appendCanonical(dst, text, depth)
	if err != nil {
		return dst, &UnsupportedError{Type: v.Type(), Reason: "its JSON text: " + err.Error(), Err: err}
	}
	return out, nil
}

// appendTextMethod is appendJSONMethod for a method that returns a string's value.
func appendTextMethod(dst []byte, v reflect.Value, name string, call func() ([]byte, error)) ([]byte, error) {
	if isNil(v) {
		return append(dst, "null"...), nil
	}
	if !v.CanInterface() {
		return appendUnexported(dst, v)
	}
	text, err := call()
	if err != nil {
		return dst, methodError(v, name, err)
	}
	out, err := AppendString(dst, string(text))
	if err != nil {
		return dst, unsupportedValue(v, "its method "+name+" gave invalid UTF-8")
	}
	return out, nil
}

func methodError(v reflect.Value, name string, err error) error {
	return &UnsupportedError{Type: v.Type(), Reason: "its method " + name + " failed", Err: err}
}

func isNil(v reflect.Value) bool {
	return (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil()
}
