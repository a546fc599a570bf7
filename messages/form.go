package messages

import (
	"crypto"
	"errors"
	"strings"

	"github.com/seed-52756201/saltine"
)

// Form is the form of a cookie, named for the first Django that wrote it.
type Form uint8

// The forms.
const (
	Django32 Form = iota // a signed object, since Django 3.2
	Django31             // plain JSON, signed, Django 3.1
	Django14             // JSON behind an HMAC-SHA1, Django 1.4 to 3.0
)

// unsign returns the JSON value in a cookie. No cookie looks like two forms, so each is
// verified in one way only.
func (c *Codec) unsign(cookie string) (v any, form Form, err error) {
	switch {
	case c.signer == nil:
		return nil, Django32, errZeroCodec
	case c.opts.AcceptDjango14 && isDjango14(cookie):
		v, err = c.unsign14(cookie)
		return v, Django14, err
	case c.django31 != nil && isDjango31(cookie):
		v, err = c.unsign31(cookie)
		return v, Django31, err
	}
	err = c.signer.UnsignObject(cookie, &v, saltine.NoMaxAge)
	if isDjango31(cookie) && errors.Is(err, saltine.ErrMalformed) {
		err = malformed(errDjango31)
	}
	return v, Django32, err
}

var errDjango31 = errors.New("it has the form of Django 3.1, which Options.AcceptDjango31 reads")

// isDjango31 reports whether a cookie begins like plain JSON.
func isDjango31(cookie string) bool { return strings.HasPrefix(cookie, "[") }

func (c *Codec) unsign31(cookie string) (v any, err error) {
	text, err := c.django31.Unsign(cookie, saltine.NoMaxAge)
	if err != nil {
		return nil, err
	}
	return c.loads(text)
}

// loads reads plain JSON.
func (c *Codec) loads(text string) (v any, err error) {
	if len(text) > c.opts.MaxPayloadLen {
		return nil, &saltine.SizeError{What: "payload", Size: len(text), Limit: c.opts.MaxPayloadLen}
	}
	err = saltine.JSONSerializer{}.Loads([]byte(text), &v)
	return v, err
}

// hexLen is the length of an HMAC-SHA1 in hexadecimal.
const hexLen = 40

// hexMark stands between HMAC and JSON.
const hexMark = '$'

// isDjango14 reports whether a cookie begins with an HMAC-SHA1 and its mark, as no other
// form does.
func isDjango14(cookie string) bool {
	return len(cookie) > hexLen && cookie[hexLen] == hexMark && strings.Trim(cookie[:hexLen], "0123456789abcdef") == ""
}

func (c *Codec) unsign14(cookie string) (v any, err error) {
	if len(cookie) > c.opts.MaxTokenLen {
		return nil, &saltine.SizeError{What: "token", Size: len(cookie), Limit: c.opts.MaxTokenLen}
	}
	given, text := cookie[:hexLen], cookie[hexLen+1:]
	keyIndex, err := c.keys.VerifySaltedHMAC(saltMessages, []byte(text), given, crypto.SHA1)
	if err != nil {
		return nil, err
	}
	c.report(saltine.Verification{KeyIndex: keyIndex, Algorithm: crypto.SHA1, Size: len(cookie)}, Django14)
	return c.loads(text)
}
