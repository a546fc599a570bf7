package saltine

import (
	"crypto"
	"crypto/hmac"
	"crypto/subtle"
	"encoding/hex"
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

// Django's own salts, the defaults of the constructors.
const (
	saltDumps           Salt = "django.core.signing"
	saltSignedCookies   Salt = "django.contrib.sessions.backends.signed_cookies"
	saltSessionStore    Salt = "django.contrib.sessions.SessionStore"
	saltSigner          Salt = "django.core.signing.Signer"
	saltTimestampSigner Salt = "django.core.signing.TimestampSigner"
)

// signerSuffix is what Signer, and nothing else in Django, adds to its salt.
const signerSuffix = "signer"

// derive makes the key that HMAC is keyed with: a digest of the joined texts.
func derive(algorithm crypto.Hash, salt Salt, suffix string, key Key) []byte {
	h := algorithm.New()
	for _, part := range []string{string(salt), suffix, string(key)} {
		io.WriteString(h, part) //nolint:errcheck // a hash.Hash never returns an error
	}
	return h.Sum(nil)
}

// SaltedHMAC returns the HMAC of value under a key derived from salt and the
// signing key, as Django's older formats and _auth_user_hash use it without a
// [Signer]. algorithm 0 means that of the keyring. The error is of kind
// [ErrInvalidKey] or [ErrInvalidOption]. SaltedHMAC derives the key on every call.
//
// Django: django.utils.crypto.salted_hmac(salt, value, algorithm=...), whose own
// default algorithm is sha1.
func (k Keyring) SaltedHMAC(salt Salt, value []byte, algorithm crypto.Hash) ([]byte, error) {
	algorithm, err := k.algorithmOr(algorithm)
	if err != nil {
		return nil, err
	}
	return saltedHMAC(k.ring.keys[0], salt, value, algorithm), nil
}

// VerifySaltedHMAC compares the hexadecimal, lower-case text of an HMAC with that
// of [Keyring.SaltedHMAC] by each key in order, in constant time. It returns 0 for
// the signing key and n for the nth fallback. The error is of kind
// [ErrBadSignature] where no key made it, or one of SaltedHMAC's.
//
// Django: constant_time_compare(hexdigest, salted_hmac(...).hexdigest()).
func (k Keyring) VerifySaltedHMAC(salt Salt, value []byte, hexdigest string, algorithm crypto.Hash) (keyIndex int, err error) {
	algorithm, err = k.algorithmOr(algorithm)
	if err != nil {
		return 0, err
	}
	for i, key := range k.ring.keys {
		want := hex.AppendEncode(nil, saltedHMAC(key, salt, value, algorithm))
		if subtle.ConstantTimeCompare([]byte(hexdigest), want) == 1 {
			return i, nil
		}
	}
	return 0, errMismatch
}

// DeriveKeys returns 32 bytes for every key, those of the signing key first: keys for
// a purpose of their own, such as encryption. label and purpose name it; label should
// be a whole name that no [Salt] starts with. Nobody can compute a key of the keyring,
// or what another label or purpose gives, from the result. The error is of kind
// [ErrInvalidKey]. The caller owns the slices, which are as secret as the keys.
//
// Django: salted_hmac(label, purpose, key, algorithm="sha256").digest().
func (k Keyring) DeriveKeys(label, purpose string) ([][]byte, error) {
	if err := k.check(); err != nil {
		return nil, err
	}
	derived := make([][]byte, len(k.ring.keys))
	for i, key := range k.ring.keys {
		derived[i] = saltedHMAC(key, Salt(label), []byte(purpose), crypto.SHA256)
	}
	return derived, nil
}

// algorithmOr returns algorithm, or for 0 the one that signs.
func (k Keyring) algorithmOr(algorithm crypto.Hash) (crypto.Hash, error) {
	if err := k.check(); err != nil {
		return 0, err
	}
	if algorithm == 0 {
		return k.ring.algorithms[0], nil
	}
	return algorithm, checkAlgorithm(algorithm)
}

func saltedHMAC(key Key, salt Salt, value []byte, algorithm crypto.Hash) []byte {
	mac := hmac.New(algorithm.New, derive(algorithm, salt, "", key))
	mac.Write(value)
	return mac.Sum(nil)
}
