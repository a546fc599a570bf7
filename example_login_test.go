package saltine_test

import (
	"crypto"
	"encoding/hex"
	"fmt"
	"log"
	"time"

	"github.com/seed-52756201/saltine"
)

// What Django's login keeps in a session.
const (
	authUserID  saltine.Field[string] = "_auth_user_id"
	authBackend saltine.Field[string] = "_auth_user_backend"
	authHash    saltine.Field[string] = "_auth_user_hash"
)

// modelBackend is the only one of AUTHENTICATION_BACKENDS by default.
const modelBackend = "django.contrib.auth.backends.ModelBackend"

// user is what a service reads from Django's table auth_user.
type user struct {
	ID       string
	Password string // the column, which is a hash itself
	IsActive bool
}

// authSalt is that of Django's User.get_session_auth_hash.
const authSalt saltine.Salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"

// signedIn returns the user whose session it is, if there is one and Django
// would say so too.
func signedIn(s *saltine.Session, keys saltine.Keyring, find func(id string) (user, bool)) (user, bool) {
	id, err := authUserID.Get(s)
	if err != nil {
		return user{}, false
	}
	backend, err := authBackend.Get(s)
	if err != nil || backend != modelBackend {
		return user{}, false
	}
	stored, err := authHash.Get(s)
	if err != nil {
		return user{}, false
	}
	u, ok := find(id)
	if !ok || !u.IsActive {
		return user{}, false
	}
	index, err := keys.VerifySaltedHMAC(authSalt, []byte(u.Password), stored, crypto.SHA256)
	if err != nil {
		return user{}, false // the password changed since
	}
	return u, index == 0 || setLogin(s, keys, u) == nil // an older key is to go some day
}

// signIn makes the session that of a user, as Django's login does.
func signIn(s *saltine.Session, keys saltine.Keyring, u user) error {
	if id, err := authUserID.Get(s); err == nil && id != u.ID {
		if err := s.Flush(); err != nil { // somebody else's
			return err
		}
	}
	if err := setLogin(s, keys, u); err != nil {
		return err
	}
	return s.CycleKey()
}

func setLogin(s *saltine.Session, keys saltine.Keyring, u user) error {
	mac, err := keys.SaltedHMAC(authSalt, []byte(u.Password), crypto.SHA256)
	if err != nil {
		return err
	}
	authUserID.Set(s, u.ID)
	authBackend.Set(s, modelBackend)
	authHash.Set(s, hex.EncodeToString(mac))
	return nil
}

// Somebody who signs in on one side is signed in on the other, across a change
// of the key, until the password changes.
func Example_signIn() {
	store, err := saltine.NewCookieStore(djangoKeys, &saltine.StoreOptions{
		Compression: saltine.CompressionNone,
		Now:         func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	ann := user{ID: "1", Password: "pbkdf2_sha256$260000$c2FsdA$cGFzc3dvcmQ", IsActive: true}
	find := func(id string) (user, bool) { return ann, id == ann.ID }

	session := store.New()
	if err := signIn(session, djangoKeys, ann); err != nil {
		log.Fatal(err)
	}
	fmt.Println(session.Key()[:20])

	who, ok := signedIn(session, djangoKeys, find)
	fmt.Println(who.ID, ok)

	const newKey saltine.Key = "example key of this year, as long as the other one is"
	rotated, err := saltine.NewKeyring(newKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{djangoKey}})
	if err != nil {
		log.Fatal(err)
	}
	_, ok = signedIn(session, rotated, find)
	fmt.Println(ok)
	rotatedOut, err := saltine.NewKeyring(newKey, nil)
	if err != nil {
		log.Fatal(err)
	}
	_, ok = signedIn(session, rotatedOut, find)
	fmt.Println(ok)

	ann.Password = "pbkdf2_sha256$260000$c2FsdA$YW5vdGhlcg"
	_, ok = signedIn(session, rotated, find)
	fmt.Println(ok)
	// Output:
	// eyJfYXV0aF91c2VyX2lk
	// 1 true
	// true
	// true
	// false
}
