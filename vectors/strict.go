package vectors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// object is a JSON object on its way into a Go value. Its members are taken one by one; the first error is kept, and what was not taken is
// an error at the end. encoding/json alone would let pass other letter case, repeated names, null and missing members.
type object struct {
	members map[string]json.RawMessage
	err     error
}

// document checks that data is one JSON value in UTF-8, which the readers below rely on.
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

func newObject(raw json.RawMessage) *object {
	o := &object{members: map[string]json.RawMessage{}}
	if raw[0] != '{' {
		o.err = errors.New("not an object")
		return o
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	_, o.err = dec.Token()
	for dec.More() {
		if err := o.add(dec); err != nil {
			o.fail("%w", err)
			break
		}
	}
	return o
}

// add reads one member. The first of a repeated name stays, so that the message can name the object.
func (o *object) add(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	var value json.RawMessage
	if err := dec.Decode(&value); err != nil {
		return err
	}
	name, _ := token.(string)
	if o.has(name) {
		o.fail("duplicate field %q", name)
		return nil
	}
	o.members[name] = value
	return nil
}

func (o *object) fail(format string, args ...any) {
	if o.err == nil {
		o.err = fmt.Errorf(format, args...)
	}
}

func (o *object) has(name string) bool {
	_, ok := o.members[name]
	return ok
}

func (o *object) take(name string) (json.RawMessage, bool) {
	raw, ok := o.members[name]
	delete(o.members, name)
	return raw, ok
}

// end returns the first error. A member not taken is one.
func (o *object) end() error {
	if len(o.members) > 0 {
		o.fail("unknown field %q", slices.Min(slices.Collect(maps.Keys(o.members))))
	}
	return o.err
}

// required takes a member that must be there and not null.
func required[T any](o *object, name string, read func(json.RawMessage) (T, error)) T {
	value := optional(o, name, read)
	if value == nil {
		o.fail("field %q is missing", name)
		return *new(T)
	}
	return *value
}

// optional takes a member that may be absent, but not null.
func optional[T any](o *object, name string, read func(json.RawMessage) (T, error)) *T {
	raw, ok := o.take(name)
	if !ok {
		return nil
	}
	value, err := read(raw)
	if err != nil {
		o.fail("field %q: %w", name, err)
	}
	return &value
}

// nullable takes a member that must be there and may be null.
func nullable[T any](o *object, name string, read func(json.RawMessage) (T, error)) *T {
	if raw, ok := o.members[name]; ok && string(raw) == "null" {
		o.take(name)
		return nil
	}
	value := required(o, name, read)
	return &value
}

// orZero is the value, or the zero value where there is none.
func orZero[T any](value *T) T {
	if value == nil {
		return *new(T)
	}
	return *value
}

func scalar[T bool | int | float64 | string](raw json.RawMessage) (value T, err error) {
	if string(raw) == "null" {
		return value, errors.New("is null")
	}
	err = json.Unmarshal(raw, &value)
	return value, err
}

// text reads a string. A surrogate without its other half has no Go string, and is refused instead of replaced.
func text(raw json.RawMessage) (string, error) {
	if loneSurrogate(raw) {
		return "", errors.New("lone surrogate")
	}
	return scalar[string](raw)
}

// filled reads a string that is not empty.
func filled(raw json.RawMessage) (string, error) {
	s, err := text(raw)
	if err == nil && s == "" {
		err = errors.New("is empty")
	}
	return s, err
}

// verbatim reads any value, and leaves it as it is.
func verbatim(raw json.RawMessage) (json.RawMessage, error) { return raw, nil }

// list makes the reader of an array out of the reader of its elements.
func list[T any](read func(json.RawMessage) (T, error)) func(json.RawMessage) ([]T, error) {
	return func(raw json.RawMessage) ([]T, error) {
		if raw[0] != '[' {
			return nil, errors.New("not an array")
		}
		var elements []json.RawMessage
		if err := json.Unmarshal(raw, &elements); err != nil {
			return nil, err
		}
		values := make([]T, len(elements))
		for i, element := range elements {
			var err error
			if values[i], err = read(element); err != nil {
				return nil, fmt.Errorf("element %d: %w", i, err)
			}
		}
		return values, nil
	}
}

// oneOf makes the reader of a string that must be one of names.
func oneOf[T ~string](names ...T) func(json.RawMessage) (T, error) {
	return func(raw json.RawMessage) (T, error) {
		s, err := text(raw)
		if err == nil && !slices.Contains(names, T(s)) {
			err = fmt.Errorf("unknown value %q", s)
		}
		return T(s), err
	}
}

// loneSurrogate reports whether the JSON string raw has a \u escape of half a surrogate pair.
func loneSurrogate(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		r := escaped(raw[i:])
		switch {
		case !utf16.IsSurrogate(r):
			i++
		case utf16.DecodeRune(r, escaped(raw[i+6:])) == utf8.RuneError:
			return true
		default:
			i += 11
		}
	}
	return false
}

// escaped returns the code unit of the \uXXXX at the start of raw, or -1.
func escaped(raw []byte) rune {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(unit)
}
