package saltine

import (
	"github.com/seed-52756201/saltine/internal/pyjson"
)

// Field is the name of a session value together with its Go type, so that both
// are written down once:
//
//	const Cart saltine.Field[[]Item] = "cart"
//
// Values go in as [JSONSerializer] writes them, and come out by the rules of
// encoding/json for T. A Field is a constant; its methods are as safe for
// concurrent use as the session is.
type Field[T any] string

// Get returns the value. The error is a [*FieldError], of kind [ErrMissing] if
// there is no value, or [ErrWrongType] if it does not fit T.
//
// Django: session[key], whose KeyError is ErrMissing.
func (f Field[T]) Get(s *Session) (T, error) {
	raw, ok := s.access().raw(string(f))
	if !ok {
		var zero T
		return zero, &FieldError{Name: string(f), Err: ErrMissing}
	}
	if err := s.values.unreadable(string(f)); err != nil {
		var zero T
		return zero, err
	}
	return decodeField[T](string(f), raw)
}

// Set puts the value under the field's name: see [Session.Set].
func (f Field[T]) Set(s *Session, value T) { s.Set(string(f), value) }

// Pop removes the value and returns it, as [Session.Pop] does. The error is that
// of Get; on an error nothing is removed.
func (f Field[T]) Pop(s *Session) (T, error) {
	modified := s.modified
	v, err := f.Get(s)
	s.modified = modified || s.moving
	if err == nil {
		s.Delete(string(f))
	}
	return v, err
}

// Or returns the value, or fallback where there is no value or it does not fit T.
//
// Django: session.get(key, fallback).
func (f Field[T]) Or(s *Session, fallback T) T {
	if v, err := f.Get(s); err == nil {
		return v
	}
	return fallback
}

// Has reports whether there is a value under the field's name, whether it fits T or not.
//
// Django: key in session.
func (f Field[T]) Has(s *Session) bool { return s.Has(string(f)) }

// Delete removes the value and reports whether there was one.
//
// Django: del session[key], whose KeyError is the false.
func (f Field[T]) Delete(s *Session) bool { return s.Delete(string(f)) }

// decodeField reads the types of most values without encoding/json and without
// allocation, and the others as json.Unmarshal does.
func decodeField[T any](name, raw string) (T, error) {
	var v T
	known, err := pyjson.Scalar(raw, &v)
	if !known {
		return decodeOther[T](name, raw)
	}
	if err != nil {
		var zero T
		return zero, &FieldError{Name: name, Err: wrongType(raw, err, &zero)}
	}
	return v, nil
}

func decodeOther[T any](name, raw string) (T, error) {
	var v T
	if err := decodeJSON(raw, &v); err != nil {
		var zero T
		return zero, &FieldError{Name: name, Err: err}
	}
	return v, nil
}
