package messages

import (
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine"
)

// Form is the form of a cookie, named for the first Django that wrote it.
type Form uint8

// The forms.
const (
	Django32 Form = iota // a signed object, since Django 3.2
	Django31             // signed JSON in the clear, Django 3.1
	Django14             // JSON behind an HMAC-SHA1, Django 1.4 to 3.0
)

// open returns the JSON value in a cookie. No cookie looks like two forms, so
// each is verified in one way only.
func (c *Codec) open(cookie string) (v any, form Form, err error) {
	switch {
	case c.django14 != nil && isDjango14(cookie):
		v, err = c.open14(cookie)
		return v, Django14, err
	case c.django31 != nil && isDjango31(cookie):
		v, err = c.open31(cookie)
		return v, Django31, err
	}
	err = c.signer.UnsignObject(cookie, &v, saltine.NoMaxAge)
	if isDjango31(cookie) && errors.Is(err, saltine.ErrMalformed) {
		err = malformed(errDjango31)
	}
	return v, Django32, err
}

var errDjango31 = errors.New("it has the form of Django 3.1, which Options.AcceptDjango31 reads")

// isDjango31 tells JSON in the clear from base64.
func isDjango31(cookie string) bool { return strings.HasPrefix(cookie, "[") }

func (c *Codec) open31(cookie string) (v any, err error) {
	text, err := c.django31.Unsign(cookie, saltine.NoMaxAge)
	if err != nil {
		return nil, err
	}
	return c.loads(text)
}

// loads reads JSON in the clear.
func (c *Codec) loads(text string) (v any, err error) {
	if len(text) > c.maxPayload {
		return nil, &saltine.SizeError{What: "payload", Size: len(text), Limit: c.maxPayload}
	}
	err = saltine.JSONSerializer{}.Loads([]byte(text), &v)
	return v, err
}

// hexLen is the length of an HMAC-SHA1 in hexadecimal.
const hexLen = 40

// hexMark stands between HMAC and JSON.
const hexMark = '$'

// isDjango14 finds what no other form begins with.
func isDjango14(cookie string) bool {
	return len(cookie) > hexLen && cookie[hexLen] == hexMark && strings.Trim(cookie[:hexLen], "0123456789abcdef") == ""
}

var errNoKey = fmt.Errorf("%w: no key made the HMAC-SHA1", saltine.ErrBadSignature)

func (c *Codec) open14(cookie string) (v any, err error) {
	if len(cookie) > c.maxToken {
		return nil, &saltine.SizeError{What: "token", Size: len(cookie), Limit: c.maxToken}
	}
	given, text := cookie[:hexLen], cookie[hexLen+1:]
	for i, key := range c.django14 {
		mac, err := hexHMAC(key, text)
		if err != nil {
			return nil, err
		}
		if subtle.ConstantTimeCompare([]byte(mac), []byte(given)) == 1 {
			c.report(saltine.Verification{Key: i, Algorithm: saltine.SHA1, Size: len(cookie)}, Django14)
			return c.loads(text)
		}
	}
	return nil, errNoKey
}

func hexHMAC(key saltine.Key, text string) (string, error) {
	mac, err := saltine.SaltedHMAC(saltine.SaltMessages, []byte(text), key, saltine.SHA1)
	return hex.EncodeToString(mac), err
}
