package storevectors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// reader is a type with a form of its own in JSON.
type reader interface {
	read(raw json.RawMessage) error
}

// read decodes JSON into what target points to. encoding/json alone would let pass other letter case, repeated names, missing members
// and null; here
//   - every member of an object is a field of the struct, and occurs once;
//   - every field is a member, unless its tag says omitempty;
//   - null is for pointers only, and for fields of type json.RawMessage.
func read(raw json.RawMessage, target reflect.Value) error {
	if r, ok := target.Addr().Interface().(reader); ok {
		return r.read(raw)
	}
	if target.Type() == reflect.TypeFor[json.RawMessage]() {
		target.SetBytes(bytes.Clone(raw))
		return nil
	}
	if target.Kind() == reflect.Pointer {
		if string(raw) == "null" && target.Type() != reflect.TypeFor[*Data]() { // null is data: None
			return nil
		}
		target.Set(reflect.New(target.Type().Elem()))
		return read(raw, target.Elem())
	}
	if string(raw) == "null" {
		return errors.New("is null")
	}
	switch target.Kind() {
	case reflect.Struct:
		return readStruct(raw, target)
	case reflect.Map:
		return readMap(raw, target)
	case reflect.Slice:
		return readSlice(raw, target)
	default:
		return json.Unmarshal(raw, target.Addr().Interface())
	}
}

func readStruct(raw json.RawMessage, target reflect.Value) error {
	found, err := members(raw)
	if err != nil {
		return err
	}
	left := map[string]json.RawMessage{}
	for _, m := range found {
		left[m.name] = m.value
	}
	for i := range target.NumField() {
		name, option, _ := strings.Cut(target.Type().Field(i).Tag.Get("json"), ",")
		value, ok := left[name]
		delete(left, name)
		switch {
		case name == "":
		case !ok && option != "omitempty":
			return fmt.Errorf("field %q is missing", name)
		case ok:
			if err := read(value, target.Field(i)); err != nil {
				return fmt.Errorf("field %q: %w", name, err)
			}
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("unknown field %q", slices.Min(slices.Collect(maps.Keys(left))))
	}
	return nil
}

func readMap(raw json.RawMessage, target reflect.Value) error {
	found, err := members(raw)
	if err != nil {
		return err
	}
	target.Set(reflect.MakeMapWithSize(target.Type(), len(found)))
	for _, m := range found {
		value := reflect.New(target.Type().Elem()).Elem()
		if err := read(m.value, value); err != nil {
			return fmt.Errorf("%q: %w", m.name, err)
		}
		target.SetMapIndex(reflect.ValueOf(m.name), value)
	}
	return nil
}

func readSlice(raw json.RawMessage, target reflect.Value) error {
	elements, err := elements(raw)
	if err != nil {
		return err
	}
	target.Set(reflect.MakeSlice(target.Type(), len(elements), len(elements)))
	for i, element := range elements {
		if err := read(element, target.Index(i)); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	return nil
}

// elements returns the elements of an array.
func elements(raw json.RawMessage) ([]json.RawMessage, error) {
	if raw[0] != '[' {
		return nil, errors.New("not an array")
	}
	var found []json.RawMessage
	err := json.Unmarshal(raw, &found)
	return found, err
}

// member is a member of an object.
type member struct {
	name  string
	value json.RawMessage
}

// members returns the members of an object in their order. No name occurs twice.
func members(raw json.RawMessage) ([]member, error) {
	if raw[0] != '{' {
		return nil, errors.New("not an object")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var found []member
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok || seen[name] {
			return nil, fmt.Errorf("duplicate field %q", name)
		}
		if strings.ContainsRune(name, utf8.RuneError) {
			return nil, fmt.Errorf("field %q has a lone surrogate, or U+FFFD", name)
		}
		seen[name] = true
		found = append(found, member{name, value})
	}
	return found, nil
}

// document checks that data is one JSON value in UTF-8, which the functions above rely on.
func document(data []byte) (json.RawMessage, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, fmt.Errorf("offset %d: %w", syntax.Offset, err)
	}
	return bytes.TrimSpace(raw), err
}
