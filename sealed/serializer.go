package sealed

import "github.com/seed-52756201/saltine"

// Dumps implements [saltine.Serializer]: it seals what [saltine.JSONSerializer]
// writes. The error is of kind [saltine.ErrUnsupported], or
// [saltine.ErrInvalidKey] for the zero Box.
func (b *Box) Dumps(dst []byte, v any) ([]byte, error) {
	text, err := saltine.JSONSerializer{}.Dumps(nil, v)
	if err != nil {
		return dst, err
	}
	return b.DumpsJSON(dst, text)
}

// Loads implements [saltine.Serializer]: it opens payload and reads it as
// [saltine.JSONSerializer] does. The error is of kind [saltine.ErrMalformed],
// [saltine.ErrWrongType], or [saltine.ErrInvalidKey] for the zero Box.
func (b *Box) Loads(payload []byte, v any) error {
	text, err := b.LoadsJSON(nil, payload)
	if err != nil {
		return err
	}
	return saltine.JSONSerializer{}.Loads(text, v)
}

// DumpsJSON appends the payload for a text of JSON to dst, which must not overlap
// text. Sessions call it: see [saltine.Serializer]. The error is of kind
// [saltine.ErrInvalidKey], for the zero Box alone.
func (b *Box) DumpsJSON(dst, text []byte) ([]byte, error) {
	return b.seal(dst, text, sessionData())
}

// LoadsJSON appends the text of JSON in a payload to dst, which must not overlap
// payload. Sessions call it: see [saltine.Serializer]. The text has not been looked
// at. The error is of kind [saltine.ErrMalformed], or [saltine.ErrInvalidKey] for the
// zero Box; dst is returned as it was then.
func (b *Box) LoadsJSON(dst, payload []byte) ([]byte, error) {
	if err := b.check(); err != nil {
		return dst, err
	}
	var by Opened
	switch {
	case isSealed(payload):
		var err error
		if dst, err = b.open(dst, payload, sessionData(), &by); err != nil {
			return dst, err
		}
	case b.acceptsPlain():
		by.Plain = true
		dst = append(dst, payload...)
	default:
		return dst, errPlain
	}
	b.onOpen(by)
	return dst, nil
}
