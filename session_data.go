package saltine

import (
	"bytes"
	"context"
	"crypto"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// SessionData reads and writes the text of the column django_session.session_data,
// which files of the file backend hold too. It is immutable and safe for concurrent
// use. The zero SessionData has no key: its errors are of kind [ErrInvalidKey].
//
// The hashes of its [Keyring] say which forms it takes, as in Django:
//
//	Algorithm is crypto.SHA1               reads both forms and writes the old one
//	LegacyAlgorithms contain crypto.SHA1   reads both forms and writes the new one
//	otherwise                              reads and writes the new one
//
// The new form, since Django 3.1, is signed and compressed like a cookie. The old one
// is Base64 of an HMAC-SHA1, a colon and JSON.
//
// Django: SessionBase.encode and decode.
type SessionData struct {
	signer       TimestampSigner
	keys         Keyring
	legacySalt   Salt // empty where the old form is not read
	writesLegacy bool
}

// sessionSaltPrefix and a class name are the salt of the new form; without its dot
// they are the salt of the old one.
const sessionSaltPrefix = "django.contrib.sessions."

// NewSessionData returns a SessionData. The default salt is that of Django's own backends, and
// the default compression is CompressionBest. The error is of kind [ErrInvalidKey] or
// [ErrInvalidOption]; the latter also for SHA-1 with a salt that is not that of a
// class.
func NewSessionData(keys Keyring, opts *Options) (*SessionData, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Salt == "" {
		o.Salt = saltSessionStore
	}
	d := &SessionData{keys: keys}
	if err := d.signer.signer.init(keys, o, saltSessionStore, CompressionBest); err != nil {
		return nil, err
	}
	if !slices.Contains(keys.ring.algorithms, crypto.SHA1) {
		return d, nil
	}
	class, ok := strings.CutPrefix(string(o.Salt), sessionSaltPrefix)
	if !ok {
		return nil, invalidOption("Salt must start with %s where the Keyring has SHA-1, for the form of session_data before Django 3.1", sessionSaltPrefix)
	}
	d.legacySalt = Salt(strings.TrimSuffix(sessionSaltPrefix, ".") + class)
	d.writesLegacy = keys.ring.algorithms[0] == crypto.SHA1
	return d, nil
}

// Format writes the type's name only, whatever the verb: a SessionData holds keys.
func (d *SessionData) Format(f fmt.State, _ rune) { formatName(f, "saltine.SessionData") }

// Encode returns the session as the text of the column. An unread session is read;
// nothing else of it changes. The errors are those of [CookieStore.Save].
//
// Django: SessionBase.encode.
func (d *SessionData) Encode(s *Session) (string, error) {
	if err := s.check(); err != nil {
		return "", err
	}
	data, err := d.encode(&s.values, s.stamp(d.signer.signer.time()))
	return data, withSizes(err, s)
}

// encode returns the text for values that are saved at a time.
func (d *SessionData) encode(v *values, at time.Time) (string, error) {
	if !d.writesLegacy {
		return d.signer.signValues(v, at)
	}
	if err := d.signer.signer.check(); err != nil {
		return "", err
	}
	payload, err := v.dumps(nil, d.signer.signer.serializer)
	if err != nil {
		return "", err
	}
	return d.sealLegacy(payload)
}

// Decode returns the session in the text of the column, without a key and of no
// store: [CookieStore.Save] moves it into a cookie. Neither an age nor an expiry is
// checked, for that is what the column expire_date is for. The error is of kind
// [ErrBadSignature], [ErrMalformed] or [ErrTooLarge].
//
// Django: SessionBase.decode, which gives an empty session instead of an error.
func (d *SessionData) Decode(data string) (*Session, error) {
	s := newSession(context.Background(), nil, "")
	s.opened = true
	var err error
	if s.verification, err = d.decode(&s.values, data); err != nil {
		return nil, err
	}
	return s, nil
}

// decode takes the values from data in either form.
func (d *SessionData) decode(v *values, data string) (Verification, error) {
	signer := &d.signer.signer
	st := signer.get()
	defer signer.put(st)
	var token unsigned
	payload, err := d.signer.unsignPayload(st.out[:0], &token, st, data, NoMaxAge)
	if d.legacySalt != "" && errors.Is(err, ErrBadSignature) {
		if legacy, by, ok := d.unsignLegacy(data); ok {
			payload, token.verification = legacy, by
			err = checkSize("payload", len(payload), signer.envelope.maxPayload)
		}
	} else if err == nil {
		st.out = payload
	}
	if err != nil {
		return Verification{}, err
	}
	if err := v.loads(payload, signer.serializer); err != nil {
		return Verification{}, err
	}
	return token.verification, nil
}

// legacyMark stands between the signature and the payload of the old form.
const legacyMark = ":"

func (d *SessionData) sealLegacy(payload []byte) (string, error) {
	if err := checkSize("payload", len(payload), d.signer.signer.envelope.maxPayload); err != nil {
		return "", err
	}
	mac, err := d.keys.SaltedHMAC(d.legacySalt, payload, crypto.SHA1)
	if err != nil {
		return "", err
	}
	text := append(hex.AppendEncode(nil, mac), legacyMark...)
	data := base64.StdEncoding.EncodeToString(append(text, payload...))
	if err := checkSize("token", len(data), d.signer.signer.maxToken); err != nil {
		return "", err
	}
	return data, nil
}

// isASCII reports whether Django would look at data at all.
func isASCII(data string) bool {
	return !strings.ContainsFunc(data, func(r rune) bool { return r > unicode.MaxASCII })
}

// base64Char drops what Python's base64 skips: line breaks of Django 1.4, and blanks at
// the end of a column of fixed width.
func base64Char(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '/', r == '=':
		return r
	}
	return -1
}

// unsignLegacy has to decode what it was given before it finds the signature: it
// comes from a database, and the limit of tokens holds for it too.
func (d *SessionData) unsignLegacy(data string) ([]byte, Verification, bool) {
	if len(data) > d.signer.signer.maxToken || !isASCII(data) {
		return nil, Verification{}, false
	}
	text, err := base64.StdEncoding.DecodeString(strings.Map(base64Char, data))
	if err != nil {
		return nil, Verification{}, false
	}
	given, payload, ok := bytes.Cut(text, []byte(legacyMark))
	if !ok {
		return nil, Verification{}, false
	}
	keyIndex, err := d.keys.VerifySaltedHMAC(d.legacySalt, payload, string(given), crypto.SHA1)
	if err != nil {
		return nil, Verification{}, false
	}
	return payload, Verification{KeyIndex: keyIndex, Algorithm: crypto.SHA1, Legacy: true, Size: len(data)}, true
}
