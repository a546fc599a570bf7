package pyjson

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Struct is a struct type whose fields are the members of an object: [StructOf] makes it.
// It is immutable.
type Struct struct {
	typ    reflect.Type
	fields []field
}

// StructOf returns the fields of a type by the rules of [Append]. It refuses a type that
// is not a struct, that writes or reads itself by methods, that has a field for all other
// members, or whose tags encoding/json refuses. The error names the type.
func StructOf(t reflect.Type) (Struct, error) {
	switch {
	case t.Kind() != reflect.Struct:
		return Struct{}, fmt.Errorf("%v is not a struct", t)
	case methodWriter(reflect.PointerTo(t)) != nil || readsItself(reflect.PointerTo(t)):
		return Struct{}, fmt.Errorf("%v has methods of its own for JSON", t)
	}
	fields, ok := structFields(t)
	if !ok {
		return Struct{}, fmt.Errorf("%v has a struct tag with an option that encoding/json refuses", t)
	}
	for i := range fields {
		if fields[i].key == "" {
			return Struct{}, fmt.Errorf("%v has a field for all other members", t)
		}
	}
	return Struct{t, fields}, nil
}

// readsItself reports whether encoding/json calls a method to read a value of the type.
func readsItself(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.Unmarshaler]()) || t.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) || readsItselfFrom(t)
}

// Len returns how many fields there are.
func (s Struct) Len() int { return len(s.fields) }

// Name returns the name of the member for the field i.
func (s Struct) Name(i int) string { return s.fields[i].name }

// Type returns the type of the field i.
func (s Struct) Type(i int) reflect.Type { return s.typ.FieldByIndex(s.fields[i].index).Type }

// Member returns the member for the field i of the struct v, and false where [Append]
// leaves it out. The error is an [*UnsupportedError].
func (s Struct) Member(v reflect.Value, i int) (Member, bool, error) {
	f := &s.fields[i]
	value, ok := f.find(v)
	if !ok || f.omitted(value) {
		return Member{}, false, nil
	}
	raw, err := f.write(nil, value, 1, f.quoted)
	if err != nil {
		return Member{}, false, err
	}
	return Member{Key: f.name, RawKey: f.key[:len(f.key)-len(":")], Raw: string(raw)}, true, nil
}

var errNoFit = errors.New("the value does not fit the field")

// Read reads raw, which Python would read, into the field i of the struct that v points
// to, as encoding/json does. The error does not repeat the text.
func (s Struct) Read(v reflect.Value, i int, raw string) error {
	standard, err := AppendStandard([]byte("{"+s.fields[i].key), raw)
	if err != nil {
		return err
	}
	if json.Unmarshal(append(standard, '}'), v.Interface()) != nil {
		return errNoFit
	}
	return nil
}
