package saltine_test

import (
	"crypto"
	"errors"
	"fmt"
	"log"

	"github.com/seed-52756201/saltine"
)

// djangoKey is the SECRET_KEY of a Django project.
const djangoKey saltine.Key = "django-insecure-p0b!k=3x&(v2#9s+public-vector-secret-key-00000001"

// The keyrings of the examples. A program makes one at start, as [ExampleParseKeyring]
// does.
var (
	exampleKeys = ring("example key: real ones are random, and not in the source")
	djangoKeys  = ring(djangoKey)
)

// The key comes from the environment, or from a file: here it is a text.
func ExampleParseKeyring() {
	const text = `example key of this year, as long as the other one is
example key of last year, which still reads what it signed
`
	keys, err := saltine.ParseKeyring(text, nil) // or the text of the variable SECRET_KEY
	if err != nil {
		log.Fatal(err)
	}
	if err := keys.Check(); err != nil {
		log.Println(err) // a weak key works
	}
	fmt.Println(keys.Fingerprints())

	_, err = saltine.ParseKeyring("example key of this year, as long as the other one is \n", nil)
	fmt.Println(err)
	// Output:
	// [691da00b 4a8780cf]
	// saltine: invalid key: line 1 has white space at its start or end (set KeepSpace if it belongs to the key)
}

// One keyring serves every constructor.
func ExampleKeyring() {
	keys, err := saltine.NewKeyring("example key: real ones are random, and not in the source", nil)
	if err != nil {
		log.Fatal(err)
	}
	signer, err := saltine.NewSigner(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(keys, signer, store)
	// Output: saltine.Keyring([redacted]) saltine.Signer([redacted]) saltine.CookieStore([redacted])
}

// Two services that print the same fingerprint have the same key.
func ExampleKey_Fingerprint() {
	const here, there saltine.Key = "example key: real ones are random, and not in the source", "example key: real ones are random, and not in the source "
	fmt.Println(here.Fingerprint(), there.Fingerprint())
	// Output: 7458b93c 8d886eca
}

// A key does not show up in logs.
func ExampleKey() {
	settings := struct {
		Name string
		Key  saltine.Key
	}{"shop", "example key: real ones are random, and not in the source"}
	fmt.Printf("%+v\n", settings)
	// Output: {Name:shop Key:[redacted]}
}

// What to look at when a service starts.
func ExampleKey_Check() {
	for _, key := range []saltine.Key{
		"secret",
		"django-insecure-p0b!k=3x&(v2#9s+public-vector-secret-key-00000001",
		"example key: real ones are random, and not in the source",
	} {
		fmt.Println(key.Check())
	}
	// Output:
	// saltine: invalid key: it is a placeholder
	// saltine: invalid key: it starts with django-insecure-, which marks a key for development
	// <nil>
}

// Rotating the key: the new one signs, and the old one still reads.
func ExampleKeyringOptions() {
	const oldKey, newKey saltine.Key = "example key of last year, as long as the other one is", "example key of this year, as long as the other one is"
	oldKeys, err := saltine.NewKeyring(oldKey, nil)
	if err != nil {
		log.Fatal(err)
	}
	newKeys, err := saltine.NewKeyring(newKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{oldKey}})
	if err != nil {
		log.Fatal(err)
	}
	before, err := saltine.NewSigner(oldKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	after, err := saltine.NewSigner(newKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	_, err = after.Unsign(before.Sign("signed last year"))
	fmt.Println("the new one reads the old one's:", err == nil)
	_, err = before.Unsign(after.Sign("signed this year"))
	fmt.Println("the old one reads the new one's:", err == nil)
	// Output:
	// the new one reads the old one's: true
	// the old one reads the new one's: false
}

// The name comes from a setting that both services read.
func ExampleAlgorithmByName() {
	algorithm, err := saltine.AlgorithmByName("sha3_256")
	fmt.Println(algorithm, err)
	_, err = saltine.AlgorithmByName("SHA-256")
	fmt.Println(errors.Is(err, saltine.ErrInvalidOption))
	// Output:
	// SHA3-256 <nil>
	// true
}

// Is a session of Django's signed-in user still good? It is until the password
// changes: the hash in the session is an HMAC of the column auth_user.password.
func ExampleKeyring_VerifySaltedHMAC() {
	const (
		password = "pbkdf2_sha256$260000$c2FsdA$cGFzc3dvcmQ"                          // from the database
		stored   = "3927708e00c99d3502edf6b99c05f924eeda2f9d8aa765ea0bd9503bdde3e62a" // _auth_user_hash of the session
	)
	const salt saltine.Salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
	keyIndex, err := djangoKeys.VerifySaltedHMAC(salt, []byte(password), stored, crypto.SHA256)
	fmt.Println(keyIndex, err)
	// Output: 0 <nil>
}
