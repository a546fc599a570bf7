package sealed

import (
	"encoding/base64"
	"strings"

	"github.com/seed-52756201/saltine"
)

// Field is a value of a session that is sealed by itself, with its Go type:
//
//	iban := sealed.Field[string]{Box: box, Name: "iban"}
//
// Everybody who has the session's cookie sees the name, and a text that stands for the
// value; Django reads the other values as before, and passes this one through. The
// text is bound to its name: moved to another, it is refused. It is not bound to
// the session.
//
// The methods are as safe for concurrent use as the session is. Values are written
// and read as those of [saltine.Field].
type Field[T any] struct {
	// Box seals and opens. Fields of one Box may have different names.
	Box *Box
	// Name of the value.
	Name string
}

// encoding is that of the text in the session.
var encoding = base64.RawURLEncoding.Strict()

// Get returns the value. The error is a [*saltine.FieldError], of kind
// [saltine.ErrMissing] if there is no value, [saltine.ErrWrongType] if it does not
// fit T, [saltine.ErrMalformed] if it cannot be opened, or [saltine.ErrInvalidKey]
// for the zero Box.
func (f Field[T]) Get(s *saltine.Session) (T, error) {
	var zero T
	if err := f.Box.check(); err != nil {
		return zero, f.failed(err)
	}
	if !s.Has(f.Name) {
		return zero, f.failed(saltine.ErrMissing)
	}
	if sealed := f.sealed(s); sealed != nil {
		return f.open(sealed)
	}
	if !f.Box.acceptsPlain() {
		return zero, f.failed(errPlain)
	}
	v, err := saltine.Field[T](f.Name).Get(s)
	if err == nil {
		f.Box.onOpen(Opened{Plain: true, Name: f.Name})
	}
	return v, err
}

// Set seals the value and puts it under the field's name: see [saltine.Session.Set].
// A value that cannot be written or sealed is an error of the session's save.
func (f Field[T]) Set(s *saltine.Session, value T) {
	text, err := saltine.JSONSerializer{}.Dumps(nil, value)
	if err == nil {
		text, err = f.Box.seal(nil, text, valueData(f.Name))
	}
	if err != nil {
		s.Set(f.Name, refused{err})
		return
	}
	s.Set(f.Name, encoding.EncodeToString(text))
}

// Pop removes the value and returns it, as [saltine.Session.Pop] does. The error is
// that of Get; on an error nothing is removed.
func (f Field[T]) Pop(s *saltine.Session) (T, error) {
	modified := s.Modified()
	v, err := f.Get(s)
	if s.Err() != nil { // to read a cookie that is not good marks the session as modified
		s.SetModified(modified)
	}
	if err == nil {
		s.Delete(f.Name)
	}
	return v, err
}

// sealed returns the value as it was sealed, or nil if it is not marked as sealed.
func (f Field[T]) sealed(s *saltine.Session) []byte {
	text, err := saltine.Field[string](f.Name).Get(s)
	if err != nil || strings.ContainsAny(text, "\r\n") { // which encoding/base64 would skip
		return nil
	}
	sealed, err := encoding.DecodeString(text)
	if err != nil || !isSealed(sealed) {
		return nil
	}
	return sealed
}

func (f Field[T]) open(sealed []byte) (v T, err error) {
	by := Opened{Name: f.Name}
	text, err := f.Box.open(nil, sealed, valueData(f.Name), &by)
	if err == nil {
		err = saltine.JSONSerializer{}.Loads(text, &v)
	}
	if err != nil {
		var zero T
		return zero, f.failed(err)
	}
	f.Box.onOpen(by)
	return v, nil
}

func (f Field[T]) failed(err error) error { return &saltine.FieldError{Name: f.Name, Err: err} }

// refused is a value that no session can be saved with.
type refused struct{ err error }

// MarshalJSON implements [encoding/json.Marshaler].
func (r refused) MarshalJSON() ([]byte, error) { return nil, r.err }
