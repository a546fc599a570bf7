package saltine_test

import (
	"crypto/hmac"
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

// sessionAuthHash is Django's User.get_session_auth_hash.
func sessionAuthHash(key saltine.Key, u user) (string, error) {
	const salt saltine.Salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
	mac, err := saltine.SaltedHMAC(salt, []byte(u.Password), key, saltine.SHA256)
	return hex.EncodeToString(mac), err
}

// signedIn returns the user whose session it is, if there is one and Django
// would say so too. keys are SECRET_KEY and SECRET_KEY_FALLBACKS.
func signedIn(s *saltine.Session, keys []saltine.Key, find func(id string) (user, bool)) (user, bool) {
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
	for i, key := range keys {
		hash, err := sessionAuthHash(key, u)
		if err == nil && hmac.Equal([]byte(stored), []byte(hash)) { // in constant time
			return u, i == 0 || setLogin(s, keys[0], u) == nil // an older key is to go some day
		}
	}
	return user{}, false // the password changed since
}

// signIn makes the session that of a user, as Django's login does.
func signIn(s *saltine.Session, key saltine.Key, u user) error {
	if id, err := authUserID.Get(s); err == nil && id != u.ID {
		s.Flush() // somebody else's
	}
	if err := setLogin(s, key, u); err != nil {
		return err
	}
	return s.CycleKey()
}

func setLogin(s *saltine.Session, key saltine.Key, u user) error {
	hash, err := sessionAuthHash(key, u)
	if err != nil {
		return err
	}
	authUserID.Set(s, u.ID)
	authBackend.Set(s, modelBackend)
	authHash.Set(s, hash)
	return nil
}

// Somebody who signs in on one side is signed in on the other, across a change
// of the key, until the password changes.
func Example_signIn() {
	const key saltine.Key = "django-insecure-p0b!k=3x&(v2#9s+public-vector-secret-key-00000001"
	store, err := saltine.NewCookieStore(key, &saltine.StoreOptions{
		Options: saltine.Options{
			Compression: saltine.CompressionNone,
			Now:         func() time.Time { return time.Unix(1700000000, 0) },
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	ann := user{ID: "1", Password: "pbkdf2_sha256$260000$c2FsdA$cGFzc3dvcmQ", IsActive: true}
	find := func(id string) (user, bool) { return ann, id == ann.ID }

	session := store.New()
	if err := signIn(session, key, ann); err != nil {
		log.Fatal(err)
	}
	fmt.Println(session.Key()[:20])

	who, ok := signedIn(session, []saltine.Key{key}, find)
	fmt.Println(who.ID, ok)

	const newKey saltine.Key = "example key of this year, as long as the other one is"
	_, ok = signedIn(session, []saltine.Key{newKey, key}, find)
	fmt.Println(ok)
	_, ok = signedIn(session, []saltine.Key{newKey}, find)
	fmt.Println(ok)

	ann.Password = "pbkdf2_sha256$260000$c2FsdA$YW5vdGhlcg"
	_, ok = signedIn(session, []saltine.Key{newKey, key}, find)
	fmt.Println(ok)
	// Output:
	// eyJfYXV0aF91c2VyX2lk
	// 1 true
	// true
	// true
	// false
}
