package saltine

import (
	"fmt"
	"reflect"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// GetStruct reads the session into the struct that v points to: each field is the value
// of its name, by the struct tags of encoding/json. Names must be equal, capitals
// included. A field without a value becomes zero, and values that the struct has no field
// for are left alone. On an error *v stays as it was. The error is of kind [ErrWrongType]:
// a [*FieldError] for a value that does not fit its field.
//
// A struct that has methods of its own for JSON is refused, and so is one that embeds such
// a type, for example time.Time.
func (s *Session) GetStruct(v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("%w: the target is %T, and not a pointer to a struct", ErrWrongType, v)
	}
	t := target.Type().Elem()
	fields, err := pyjson.StructOf(t)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWrongType, err)
	}
	data, loaded := s.access(), reflect.New(t)
	for i := range fields.Len() {
		raw, ok := data.raw(fields.Name(i))
		if !ok {
			continue
		}
		if err := data.unreadable(fields.Name(i)); err != nil {
			return err
		}
		if err := fields.Read(loaded, i, raw); err != nil {
			return &FieldError{Name: fields.Name(i), Err: wrongType(raw, err, reflect.New(fields.Type(i)).Interface())}
		}
	}
	target.Elem().Set(loaded.Elem())
	return nil
}

// SetStruct sets the values that the fields of v, a struct or a pointer to one, differ
// from: GetStruct gives an equal struct then. Values of other names stay as they are. So
// does, byte for byte, a value that would be read as what its field holds. A field that
// omitempty or omitzero leaves out removes its value. The session counts as modified if
// something changed.
//
// On an error, and if a method of a value panics, nothing is changed. The error is of kind
// [ErrUnsupported]: a [*FieldError] for a field that cannot be written. Structs that
// GetStruct refuses are refused.
func (s *Session) SetStruct(v any) error {
	value := reflect.ValueOf(v)
	if value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	if !value.IsValid() {
		return fmt.Errorf("%w: %T is not a struct", ErrUnsupported, v)
	}
	fields, err := pyjson.StructOf(value.Type())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	data := s.access()
	var set []encoded
	var remove []string
	for i := range fields.Len() {
		name := fields.Name(i)
		member, written, err := fields.Member(value, i)
		if err != nil {
			return &FieldError{Name: name, Err: fmt.Errorf("%w: %w", ErrUnsupported, err)}
		}
		switch raw, ok := data.raw(name); {
		case ok && data.invalid[name] == nil && holds(fields, i, raw, value, member.Raw, written):
		case written:
			set = append(set, encoded{member: member})
		case ok:
			remove = append(remove, name)
		}
	}
	s.change(set, remove)
	return nil
}

// holds reports whether raw, the value of the field i, would be read as what that field of
// value holds, which is written as text.
func holds(fields pyjson.Struct, i int, raw string, value reflect.Value, text string, written bool) bool {
	if written && raw == text {
		return true
	}
	stored := reflect.New(value.Type())
	if fields.Read(stored, i, raw) != nil {
		return false
	}
	stored = stored.Elem()
	if !value.CanAddr() { // its methods on pointers are not called, and must not be here
		stored = reflect.ValueOf(stored.Interface())
	}
	member, ok, err := fields.Member(stored, i)
	return err == nil && ok == written && member.Raw == text
}

// change sets and removes values.
func (s *Session) change(set []encoded, remove []string) {
	for i := range set {
		s.values.put(&set[i])
	}
	for _, name := range remove {
		s.values.remove(name)
	}
	if len(set)+len(remove) > 0 {
		s.modified, s.changed = true, true
	}
}
