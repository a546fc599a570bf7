//go:build !go1.27 || !goexperiment.jsonv2

package pyjson

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The rules of encoding/json up to Go 1.26, and of later ones built with
// GOEXPERIMENT=nojsonv2, where they differ from those in rules_v2.go.

func readTag(tag string) tagOptions {
	name, rest, _ := strings.Cut(tag, ",")
	if !isName(name) {
		name = ""
	}
	options := strings.Split(rest, ",")
	return tagOptions{
		name:      name,
		omitEmpty: slices.Contains(options, "omitempty"),
		omitZero:  slices.Contains(options, "omitzero"),
		quoted:    slices.Contains(options, "string"),
	}
}

// isName tells whether encoding/json takes a name from a tag.
func isName(s string) bool {
	for _, c := range s {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) {
			return false
		}
	}
	return s != ""
}

// isQuotable tells the types of fields for which the string option counts.
func isQuotable(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	return isScalar(t.Kind())
}

// leftOut tells an unexported embedded struct with a name that has no member.
func leftOut(reflect.Type, tagOptions) bool { return false }

// isRest tells the type of a field that holds members instead of being one.
func isRest(reflect.Type) bool { return false }

func appendRest(dst []byte, v reflect.Value, _ int, _ bool) ([]byte, error) {
	return appendUnsupported(dst, v, 0, false)
}

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

// isKeyType tells whether values of the type can be keys of an object.
func isKeyType(t reflect.Type) bool {
	return t.Kind() == reflect.String || reflect.Int <= t.Kind() && t.Kind() <= reflect.Uintptr || t.Implements(textMarshalerType)
}

func mapKey(k reflect.Value) (string, error) {
	if k.Kind() == reflect.String {
		return k.String(), nil
	}
	if k.Type().Implements(textMarshalerType) {
		return textKey(k)
	}
	if k.CanInt() {
		return strconv.FormatInt(k.Int(), 10), nil
	}
	return strconv.FormatUint(k.Uint(), 10), nil
}

func textKey(k reflect.Value) (string, error) {
	if k.Kind() == reflect.Pointer && k.IsNil() {
		return "", nil
	}
	if isNil(k) || !k.CanInterface() {
		return "", noKey(k)
	}
	text, err := k.Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return "", methodError(k, "MarshalText", err)
	}
	return string(text), nil
}

// readsItselfFrom reports what only later rules know.
func readsItselfFrom(reflect.Type) bool { return false }
