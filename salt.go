package saltine

import (
	"crypto/hmac"
	"io"
)

// Salt separates what is signed for one purpose from what is signed, with the
// same key, for another: a token made under one salt is a bad signature under
// every other. A salt is no secret.
//
// Django joins salt and key without a mark between them, so the salt "ab" with
// the key "signerK" signs exactly as the salt "absigner" with the key "K".
// Choose salts that are whole names.
type Salt string

// The salts of Django itself.
const (
	// SaltSigner is the default of [NewSigner]: django.core.signing.Signer.
	SaltSigner Salt = "django.core.signing.Signer"
	// SaltTimestampSigner is the default of [NewTimestampSigner]:
	// django.core.signing.TimestampSigner.
	SaltTimestampSigner Salt = "django.core.signing.TimestampSigner"
	// SaltDumps is the default of [Dumps] and [Loads]: signing.dumps and
	// signing.loads.
	SaltDumps Salt = "django.core.signing"
	// SaltSignedCookies is the salt of every cookie of
	// django.contrib.sessions.backends.signed_cookies, the default of
	// [NewCookieStore].
	SaltSignedCookies Salt = "django.contrib.sessions.backends.signed_cookies"
	// SaltSessionStore is the salt of django_session.session_data since Django
	// 3.1, written by the built-in backends, all of whose classes are called
	// SessionStore. A subclass's is "django.contrib.sessions." and its name.
	SaltSessionStore Salt = "django.contrib.sessions.SessionStore"
	// SaltCookieSigner is the default salt of signing.get_cookie_signer, whose
	// key is the text "django.http.cookies" followed by SECRET_KEY.
	SaltCookieSigner Salt = "django.core.signing.get_cookie_signer"
	// SaltMessages is the salt of the cookie of django.contrib.messages.
	SaltMessages Salt = "django.contrib.messages"
)

// signerSuffix is what Signer, and nothing else in Django, adds to its salt.
const signerSuffix = "signer"

// derive makes the key that HMAC is keyed with: a digest of the joined texts.
func derive(a Algorithm, salt Salt, suffix string, key Key) []byte {
	h := a.hash()
	for _, part := range []string{string(salt), suffix, string(key)} {
		io.WriteString(h, part) //nolint:errcheck // a hash.Hash never returns an error
	}
	return h.Sum(nil)
}

// SaltedHMAC returns the HMAC of value under a key derived from salt and key,
// as Django's older formats and _auth_user_hash use it without a [Signer]. The
// error is of kind [ErrInvalidKey] or [ErrInvalidOption]. It derives the key on
// every call.
//
// Django: django.utils.crypto.salted_hmac(salt, value, key, algorithm=...),
// whose own default algorithm is sha1, and not ours.
func SaltedHMAC(salt Salt, value []byte, key Key, algorithm Algorithm) ([]byte, error) {
	if key == "" {
		return nil, errEmptyKey
	}
	if err := algorithm.check(); err != nil {
		return nil, err
	}
	mac := hmac.New(algorithm.hash, derive(algorithm, salt, "", key))
	mac.Write(value)
	return mac.Sum(nil), nil
}
