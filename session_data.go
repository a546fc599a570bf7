package saltine

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"
)

// What a reader of Django's server-side sessions needs besides
// [CookieStore.Encode] and [CookieStore.Decode].
const (
	// ValidKeyChars are the characters of a server-side session key, which is
	// 32 of them. Django: VALID_KEY_CHARS.
	ValidKeyChars = "abcdefghijklmnopqrstuvwxyz0123456789"

	// SessionKeyLen is the length of a server-side session key.
	SessionKeyLen = 32

	// CacheKeyPrefix stands before the session key in the keys of the cache
	// backend, whose values are dicts pickled by the cache, not session_data.
	// Django: backends.cache.KEY_PREFIX.
	CacheKeyPrefix = "django.contrib.sessions.cache"

	// CachedDBKeyPrefix is the same for the cached_db backend, which keeps the
	// session in the table too. Django: backends.cached_db.KEY_PREFIX.
	CachedDBKeyPrefix = "django.contrib.sessions.cached_db"
)

// SessionRecord is a row of the table django_session, or what a file of the
// file backend holds, without any of database/sql.
//
// Django: AbstractBaseSession, since 1.9.
type SessionRecord struct {
	// SessionKey is the primary key, varchar(40), and the cookie's value.
	SessionKey string
	// SessionData is what [CookieStore.Encode] writes and Decode reads.
	SessionData string
	// ExpireDate is [Session.ExpiryDate] at save. The row is good as long as
	// it is after now.
	ExpireDate time.Time
}

// sessionSaltPrefix and a class name are the salt of session_data; without its
// dot they are the salt of the form before Django 3.1.
const sessionSaltPrefix = "django.contrib.sessions."

// dataCodec is what Encode and Decode need besides the store.
type dataCodec struct {
	signer     *TimestampSigner
	legacySalt Salt
	legacyKeys []Key
	form       SessionDataForm
}

// SessionDataForm says which forms of session_data are read and written.
type SessionDataForm uint8

// The forms of session_data.
const (
	// SessionDataSigned is the form since Django 3.1, signed as cookies are:
	// read and written. It is the default.
	SessionDataSigned SessionDataForm = iota
	// SessionDataReadLegacy also reads the form before Django 3.1, whose
	// signature is HMAC-SHA1.
	SessionDataReadLegacy
	// SessionDataWriteLegacy reads both forms and writes the one before Django
	// 3.1, as Django 3.1 and 3.2 do with DEFAULT_HASHING_ALGORITHM = "sha1".
	SessionDataWriteLegacy
)

func newDataCodec(key Key, o *StoreOptions) (*dataCodec, error) {
	opts := o.Options
	opts.Salt = o.DataSalt
	signer, err := newTimestampSigner(key, &opts, SaltSessionStore, CompressionBest)
	if err != nil {
		return nil, err
	}
	codec := &dataCodec{signer: signer, form: o.DataForm}
	switch {
	case o.DataForm > SessionDataWriteLegacy:
		return nil, invalidOption("no such SessionDataForm")
	case o.DataForm == SessionDataSigned:
		return codec, nil
	}
	class, ok := strings.CutPrefix(string(o.DataSalt), sessionSaltPrefix)
	if !ok {
		return nil, invalidOption("DataSalt must start with %s for the form of session_data before Django 3.1", sessionSaltPrefix)
	}
	codec.legacySalt = Salt(strings.TrimSuffix(sessionSaltPrefix, ".") + class)
	codec.legacyKeys = slices.Concat([]Key{key}, o.Fallbacks)
	return codec, SHA1.check()
}

// Encode returns the session as the text of the column session_data. It
// changes nothing of the session but that an unread one is read. The errors are
// those of [CookieStore.Save].
//
// Django: SessionBase.encode.
func (c *CookieStore) Encode(s *Session) (string, error) {
	s.load()
	if c.data.form != SessionDataWriteLegacy {
		return c.sign(s, c.data.signer)
	}
	payload, err := c.appendPayload(nil, s)
	if err != nil {
		return "", err
	}
	data, err := c.data.sealLegacy(payload)
	if size, ok := errors.AsType[*SizeError](err); ok {
		size.Keys = s.Sizes()
		return "", err
	}
	return data, err
}

// Decode returns the session in the text of a column session_data, without a
// key. Neither an age nor an expiry is checked: the column expire_date tells.
// The error is of kind [ErrBadSignature], [ErrMalformed] or [ErrTooLarge]. To
// move a session from Django's table into a cookie, save it.
//
// Django: SessionBase.decode, which gives an empty session instead of an error.
func (c *CookieStore) Decode(data string) (*Session, error) {
	s := &Session{store: c, loaded: true}
	payload, v, err := c.data.open(data)
	if err != nil {
		return nil, err
	}
	s.verification = v
	if err := s.parse(payload); err != nil {
		return nil, err
	}
	return s, nil
}

// open returns the payload of data in either form.
func (d *dataCodec) open(data string) ([]byte, Verification, error) {
	st := d.signer.signer.get()
	defer d.signer.signer.put(st)
	payload, v, err := d.signer.appendPayload(st, nil, data, NoMaxAge)
	if d.form == SessionDataSigned || !errors.Is(err, ErrBadSignature) {
		return payload, v, err
	}
	if payload, v, ok := d.openLegacy(data); ok {
		return payload, v, checkSize("payload", len(payload), d.signer.signer.maxPayload)
	}
	return nil, v, err
}

// The form before Django 3.1 is standard base64 of a signature in hexadecimal,
// a colon and the payload.
const legacyMark = ":"

func (d *dataCodec) sealLegacy(payload []byte) (string, error) {
	if err := checkSize("payload", len(payload), d.signer.signer.maxPayload); err != nil {
		return "", err
	}
	mac, err := SaltedHMAC(d.legacySalt, payload, d.legacyKeys[0], SHA1)
	if err != nil {
		return "", err
	}
	text := append(hex.AppendEncode(nil, mac), legacyMark...)
	data := base64.StdEncoding.EncodeToString(append(text, payload...))
	return data, checkSize("token", len(data), d.signer.signer.maxToken)
}

// openLegacy has to decode what it was given before it finds the signature: it
// comes from a database, and the limit of tokens holds for it too.
func (d *dataCodec) openLegacy(data string) ([]byte, Verification, bool) {
	if len(data) > d.signer.signer.maxToken {
		return nil, Verification{}, false
	}
	text, err := base64.StdEncoding.DecodeString(data) // skips the line breaks of Django 1.4
	if err != nil {
		return nil, Verification{}, false
	}
	given, payload, ok := bytes.Cut(text, []byte(legacyMark))
	if !ok {
		return nil, Verification{}, false
	}
	for i, key := range d.legacyKeys {
		mac, err := SaltedHMAC(d.legacySalt, payload, key, SHA1)
		if err == nil && subtle.ConstantTimeCompare(hex.AppendEncode(nil, mac), given) == 1 {
			return payload, Verification{Key: i, Algorithm: SHA1, Size: len(data), legacy: true}, true
		}
	}
	return nil, Verification{}, false
}
