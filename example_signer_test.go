package saltine_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/seed-52756201/saltine"
)

func ExampleSigner() {
	signer, err := saltine.NewSigner("example key: real ones are random, and not in the source", &saltine.Options{
		Salt: "newsletter",
	})
	if err != nil {
		log.Fatal(err)
	}
	token := signer.Sign("ann@example.com")
	fmt.Println(token)

	address, err := signer.Unsign(token)
	fmt.Println(address, err)

	_, err = signer.Unsign("eve@example.com" + token[len("ann@example.com"):])
	fmt.Println(errors.Is(err, saltine.ErrBadSignature))
	// Output:
	// ann@example.com:4ACNEW2RTgVFAoztwvCebu4TNtwjw-aISthrRYOs5ro
	// ann@example.com <nil>
	// true
}

// An object in a token that never expires.
func ExampleSigner_SignObject() {
	type invitation struct {
		Team int    `json:"team"`
		Role string `json:"role"`
	}
	signer, err := saltine.NewSigner("example key: real ones are random, and not in the source", &saltine.Options{
		Salt: "invitation",
	})
	if err != nil {
		log.Fatal(err)
	}
	token, err := signer.SignObject(invitation{Team: 17, Role: "editor"})
	if err != nil {
		log.Fatal(err)
	}
	var inv invitation
	err = signer.UnsignObject(token, &inv)
	fmt.Println(inv.Team, inv.Role, err)
	// Output: 17 editor <nil>
}

// A link in mail that is good for an hour.
func ExampleTimestampSigner() {
	signer, err := saltine.NewTimestampSigner("example key: real ones are random, and not in the source", &saltine.Options{
		Salt: "confirm-address",
	})
	if err != nil {
		log.Fatal(err)
	}
	fresh := signer.Sign("ann@example.com")
	address, err := signer.Unsign(fresh, time.Hour)
	fmt.Println(address, err)

	old := signer.SignAt("ann@example.com", time.Now().Add(-2*time.Hour))
	_, err = signer.Unsign(old, time.Hour)
	fmt.Println(errors.Is(err, saltine.ErrSignatureExpired))
	// Output:
	// ann@example.com <nil>
	// true
}

// The JSON of a token, for a service that hands it on unread.
func ExampleTimestampSigner_AppendPayload() {
	const key saltine.Key = "django-insecure-p0b!k=3x&(v2#9s+public-vector-secret-key-00000001"
	signer, err := saltine.NewTimestampSigner(key, &saltine.Options{Salt: saltine.SaltSignedCookies})
	if err != nil {
		log.Fatal(err)
	}
	const token = "eyJuIjoxfQ:1r31eq:W3Q8bozYtBHheHKKpXsXvA7tXnsNMJuX90kGZVxpRS0"
	payload, err := signer.AppendPayload(nil, token, saltine.NoMaxAge)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", payload)
	// Output: {"n":1}
}

// signing.dumps.
func ExampleDumps() {
	const key saltine.Key = "django-insecure-p0b!k=3x&(v2#9s+public-vector-secret-key-00000001"
	order := struct {
		Order int  `json:"order"`
		Paid  bool `json:"paid"`
	}{17, true}
	token, err := saltine.Dumps(key, order, &saltine.Options{
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
	// Output: eyJvcmRlciI6MTcsInBhaWQiOnRydWV9:1r31eq:QWKc9kxdMktH0uCkY6ftuiDXOs1l7f4ccHxx578J748
}

// signing.loads.
func ExampleLoads() {
	const key saltine.Key = "django-insecure-p0b!k=3x&(v2#9s+public-vector-secret-key-00000001"
	const token = "eyJvcmRlciI6MTcsInBhaWQiOnRydWV9:1r31eq:QWKc9kxdMktH0uCkY6ftuiDXOs1l7f4ccHxx578J748"
	var order struct {
		Order int  `json:"order"`
		Paid  bool `json:"paid"`
	}
	err := saltine.Loads(key, token, &order, saltine.NoMaxAge, nil)
	fmt.Println(order.Order, order.Paid, err)

	err = saltine.Loads(key, token, &order, time.Hour, nil)
	fmt.Println(errors.Is(err, saltine.ErrSignatureExpired))
	// Output:
	// 17 true <nil>
	// true
}

// Rotating the key: the new one signs, and the old one still reads.
func ExampleOptions() {
	const oldKey, newKey saltine.Key = "example key of last year, as long as the other one is", "example key of this year, as long as the other one is"
	before, err := saltine.NewSigner(oldKey, nil)
	if err != nil {
		log.Fatal(err)
	}
	after, err := saltine.NewSigner(newKey, &saltine.Options{Fallbacks: []saltine.Key{oldKey}})
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

// Counting what old keys and algorithms still sign for: at zero they may go.
func ExampleVerification() {
	const oldKey, newKey saltine.Key = "example key of last year, as long as the other one is", "example key of this year, as long as the other one is"
	before, err := saltine.NewTimestampSigner(oldKey, &saltine.Options{
		Algorithm: saltine.SHA1,
		Now:       func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	after, err := saltine.NewTimestampSigner(newKey, &saltine.Options{
		Fallbacks:        []saltine.Key{oldKey},
		LegacyAlgorithms: []saltine.Algorithm{saltine.SHA1},
		Now:              func() time.Time { return time.Unix(1700086400, 0) },
		OnVerify: func(v saltine.Verification) {
			fmt.Println("key:", v.Key, "algorithm:", v.Algorithm, "age:", v.Age, "needs resign:", v.NeedsResign())
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, token := range []string{before.Sign("old"), after.Sign("new")} {
		if _, err := after.Unsign(token, saltine.NoMaxAge); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// key: 1 algorithm: sha1 age: 24h0m0s needs resign: true
	// key: 0 algorithm: sha256 age: 0s needs resign: false
}

func ExampleAlgorithm() {
	signer, err := saltine.NewSigner("example key: real ones are random, and not in the source", &saltine.Options{
		Algorithm: saltine.SHA512,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(signer.Sign("")), saltine.SHA512, saltine.SHA512.SignatureLen())
	// Output: 87 sha512 86
}

// The name comes from a setting that both services read.
func ExampleAlgorithmByName() {
	algorithm, err := saltine.AlgorithmByName("sha3_256")
	fmt.Println(algorithm, err)
	_, err = saltine.AlgorithmByName("SHA-256")
	fmt.Println(errors.Is(err, saltine.ErrInvalidOption))
	// Output:
	// sha3_256 <nil>
	// true
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
	// saltine: invalid key: it is shorter than 50 bytes
	// saltine: invalid key: it starts with django-insecure-, which marks a key for development
	// <nil>
}

// A token for one purpose is a bad signature for another.
func ExampleSalt() {
	const (
		key         saltine.Key  = "example key: real ones are random, and not in the source"
		invite      saltine.Salt = "example.com/invite"
		unsubscribe saltine.Salt = "example.com/unsubscribe"
	)
	token, err := saltine.Dumps(key, "ann", &saltine.Options{Salt: invite})
	if err != nil {
		log.Fatal(err)
	}
	var user string
	err = saltine.Loads(key, token, &user, time.Hour, &saltine.Options{Salt: unsubscribe})
	fmt.Println(errors.Is(err, saltine.ErrBadSignature), errors.Is(err, saltine.ErrSignatureExpired))
	// Output: true false
}

// Is a session of Django's signed-in user still good? It is until the password
// changes: the hash in the session is an HMAC of the column auth_user.password.
func ExampleSaltedHMAC() {
	const key saltine.Key = "django-insecure-p0b!k=3x&(v2#9s+public-vector-secret-key-00000001"
	const (
		password = "pbkdf2_sha256$260000$c2FsdA$cGFzc3dvcmQ"                          // from the database
		stored   = "3927708e00c99d3502edf6b99c05f924eeda2f9d8aa765ea0bd9503bdde3e62a" // _auth_user_hash of the session
	)
	mac, err := saltine.SaltedHMAC("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash",
		[]byte(password), key, saltine.SHA256)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(hmac.Equal([]byte(stored), hex.AppendEncode(nil, mac)))
	// Output: true
}

// How old, and since when too old.
func ExampleExpiredError() {
	signer, err := saltine.NewTimestampSigner("example key: real ones are random, and not in the source", &saltine.Options{
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	token := signer.SignAt("ann@example.com", time.Unix(1699990000, 0))
	_, err = signer.Unsign(token, time.Hour)
	fmt.Println(err)
	if expired, ok := errors.AsType[*saltine.ExpiredError](err); ok {
		fmt.Println(time.Unix(1700000000, 0).Sub(expired.Deadline))
	}
	// Output:
	// saltine: signature expired: signed at 2023-11-14T19:26:40Z, good until 2023-11-14T20:26:40Z
	// 1h46m40s
}

// signing.dumps(..., compress=True).
func ExampleCompression() {
	const key saltine.Key = "example key: real ones are random, and not in the source"
	value := []string{"shoes", "shoes", "shoes", "shoes", "shoes", "shoes", "shoes", "shoes"}
	for _, compression := range []saltine.Compression{saltine.CompressionNone, saltine.CompressionBest} {
		token, err := saltine.Dumps(key, value, &saltine.Options{Compression: compression})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(token) < 100, token[0] == '.')
	}
	// Output:
	// false false
	// true true
}

// sealed encrypts what JSONSerializer writes, so that whoever holds a token
// cannot read it. Django needs a serializer that does the same.
type sealed struct{ aead cipher.AEAD }

func (s sealed) Dumps(dst []byte, v any) ([]byte, error) {
	text, err := saltine.JSONSerializer{}.Dumps(nil, v)
	if err != nil {
		return dst, err
	}
	return s.aead.Seal(dst, nil, text, nil), nil //nolint:gosec // G407: this AEAD makes its nonces itself
}

func (s sealed) Loads(payload []byte, v any) error {
	text, err := s.aead.Open(nil, nil, payload, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", saltine.ErrMalformed, err)
	}
	return saltine.JSONSerializer{}.Loads(text, v)
}

// Payloads that their holder cannot read.
func ExampleSerializer() {
	block, err := aes.NewCipher([]byte("another key: 32 bytes, also kept")) // not the signing key
	if err != nil {
		log.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		log.Fatal(err)
	}
	const key saltine.Key = "example key: real ones are random, and not in the source"
	options := &saltine.Options{Serializer: sealed{aead}}
	token, err := saltine.Dumps(key, "a secret", options)
	if err != nil {
		log.Fatal(err)
	}
	var text string
	err = saltine.Loads(key, token, &text, time.Hour, options)
	fmt.Println(text, err)
	// Output: a secret <nil>
}

// JSON as Python writes it, and reads it.
func ExampleJSONSerializer() {
	text, err := saltine.JSONSerializer{}.Dumps(nil, map[string]any{"name": "Zoë", "price": 50.0, "markup": "<b>"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", text)

	var v any
	err = saltine.JSONSerializer{}.Loads([]byte(`[1, 1.0, NaN]`), &v)
	fmt.Printf("%#v %v\n", v, err)
	// Output:
	// {"markup":"<b>","name":"Zo\u00eb","price":50.0}
	// []interface {}{1, 1, NaN} <nil>
}
