package djangoauth

import (
	"crypto"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/seed-52756201/saltine"
)

// What a login leaves in the session, in the order of writing.
const (
	idName      = "_auth_user_id"
	backendName = "_auth_user_backend"
	hashName    = "_auth_user_hash"
)

// hashSalt is the salt of the session hash.
// Django: AbstractBaseUser.get_session_auth_hash.
const hashSalt saltine.Salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"

// readable returns the error of a session whose store could not be asked. It does not
// count as access.
func readable(s *saltine.Session) error {
	if err := s.Err(); errors.Is(err, saltine.ErrUnavailable) {
		return err
	}
	return nil
}

func unavailable(err error) error {
	if errors.Is(err, saltine.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: djangoauth: the user cannot be loaded: %w", saltine.ErrUnavailable, err)
}

// id returns the session's user id. Django before 1.7 wrote numbers.
func (a *Auth) id(s *saltine.Session) (id string, ok bool) {
	text, ok := storedID(s)
	if !ok {
		return "", false
	}
	id, err := a.opts.ParseID(text)
	return id, err == nil
}

func storedID(s *saltine.Session) (text string, ok bool) {
	switch value := s.Get(idName).(type) {
	case string:
		return value, true
	case int64:
		return strconv.FormatInt(value, 10), true
	case *big.Int:
		return value.String(), true
	}
	return "", false
}

// signedIn reports whether the session has the account's id.
func (a *Auth) signedIn(s *saltine.Session, account Account) bool {
	id, ok := a.id(s)
	return ok && id == account.ID
}

// Claim returns the id and the backend that a session names. Nothing of it is
// verified: the password may have changed since, and the user may be gone. It is for
// guards and logs; [Auth.User] says who is signed in. ok is false where the session
// names nobody.
func Claim(s *saltine.Session) (id, backend string, ok bool) {
	id, hasID := storedID(s)
	backend, hasBackend := s.Get(backendName).(string)
	return id, backend, hasID && hasBackend
}

// hash returns the session hash of a password column. Django: get_session_auth_hash.
func (a *Auth) hash(password string) string {
	mac, err := a.opts.Keys.SaltedHMAC(hashSalt, []byte(password), 0)
	if err != nil { // New has made one with these keys
		return ""
	}
	return hex.EncodeToString(mac)
}

// sameText compares the session's hash with another, which is not empty, in constant
// time.
func sameText(s *saltine.Session, hash string) bool {
	stored, _ := s.Get(hashName).(string)
	return hash != "" && subtle.ConstantTimeCompare([]byte(stored), []byte(hash)) == 1
}

// standing is how good a session's hash is.
type standing uint8

const (
	wrong standing = iota
	current
	fallback
)

// verify compares the session's hash with that of a password column: by every key, and
// by the signing key alone for legacy algorithms.
func (a *Auth) verify(s *saltine.Session, password string) standing {
	stored, _ := s.Get(hashName).(string)
	if stored == "" {
		return wrong
	}
	keyIndex, err := a.opts.Keys.VerifySaltedHMAC(hashSalt, []byte(password), stored, 0)
	switch {
	case err == nil && keyIndex == 0:
		return current
	case err == nil && len(stored) > hex.EncodedLen(crypto.SHA1.Size()):
		return fallback // no Django accepts SHA-1 by a fallback key
	}
	for _, algorithm := range a.opts.LegacyAlgorithms {
		keyIndex, err := a.opts.Keys.VerifySaltedHMAC(hashSalt, []byte(password), stored, algorithm)
		if err == nil && keyIndex == 0 {
			return current
		}
	}
	return wrong
}
