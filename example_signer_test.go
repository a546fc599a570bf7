package saltine_test

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/seed-52756201/saltine"
)

func ExampleSigner() {
	signer, err := saltine.NewSigner(exampleKeys, &saltine.Options{
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
	signer, err := saltine.NewSigner(exampleKeys, &saltine.Options{
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
	signer, err := saltine.NewTimestampSigner(exampleKeys, &saltine.Options{
		Salt: "confirm-address",
	})
	if err != nil {
		log.Fatal(err)
	}
	fresh := signer.Sign("ann@example.com")
	address, err := signer.Unsign(fresh, time.Hour)
	fmt.Println(address, err)

	const old = "ann@example.com:1r31eq:I_506VB88_m52sFWzlcICBiqVSmFrbWMi1zOrVC9sz4" // of 2023
	_, err = signer.Unsign(old, time.Hour)
	fmt.Println(errors.Is(err, saltine.ErrSignatureExpired))
	// Output:
	// ann@example.com <nil>
	// true
}

// The JSON of a token, for a service that hands it on unread.
func ExampleTimestampSigner_AppendUnsignPayload() {
	signer, err := saltine.NewTimestampSigner(djangoKeys, &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies"})
	if err != nil {
		log.Fatal(err)
	}
	const token = "eyJuIjoxfQ:1r31eq:W3Q8bozYtBHheHKKpXsXvA7tXnsNMJuX90kGZVxpRS0"
	payload, err := signer.AppendUnsignPayload(nil, token, saltine.NoMaxAge)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", payload)
	// Output: {"n":1}
}

// signing.dumps.
func ExampleKeyring_Dumps() {
	order := struct {
		Order int  `json:"order"`
		Paid  bool `json:"paid"`
	}{17, true}
	token, err := djangoKeys.Dumps(order, &saltine.Options{
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
	// Output: eyJvcmRlciI6MTcsInBhaWQiOnRydWV9:1r31eq:QWKc9kxdMktH0uCkY6ftuiDXOs1l7f4ccHxx578J748
}

// signing.loads.
func ExampleKeyring_Loads() {
	const token = "eyJvcmRlciI6MTcsInBhaWQiOnRydWV9:1r31eq:QWKc9kxdMktH0uCkY6ftuiDXOs1l7f4ccHxx578J748"
	var order struct {
		Order int  `json:"order"`
		Paid  bool `json:"paid"`
	}
	err := djangoKeys.Loads(token, &order, saltine.NoMaxAge, nil)
	fmt.Println(order.Order, order.Paid, err)

	err = djangoKeys.Loads(token, &order, time.Hour, nil)
	fmt.Println(errors.Is(err, saltine.ErrSignatureExpired))
	// Output:
	// 17 true <nil>
	// true
}

// Counting what old keys and algorithms still sign for: at zero they may go.
func ExampleVerification() {
	const oldKey, newKey saltine.Key = "example key of last year, as long as the other one is", "example key of this year, as long as the other one is"
	oldKeys, err := saltine.NewKeyring(oldKey, &saltine.KeyringOptions{Algorithm: crypto.SHA1}) // import _ "crypto/sha1"
	if err != nil {
		log.Fatal(err)
	}
	newKeys, err := saltine.NewKeyring(newKey, &saltine.KeyringOptions{
		Fallbacks:        []saltine.Key{oldKey},
		LegacyAlgorithms: []crypto.Hash{crypto.SHA1},
	})
	if err != nil {
		log.Fatal(err)
	}
	before, err := saltine.NewTimestampSigner(oldKeys, &saltine.Options{
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	after, err := saltine.NewTimestampSigner(newKeys, &saltine.Options{
		Now: func() time.Time { return time.Unix(1700086400, 0) },
		OnVerify: func(v saltine.Verification) {
			fmt.Println("key:", v.KeyIndex, "algorithm:", v.Algorithm, "age:", v.Age, "needs resign:", v.NeedsResign())
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
	// key: 1 algorithm: SHA-1 age: 24h0m0s needs resign: true
	// key: 0 algorithm: SHA-256 age: 0s needs resign: false
}

// A token for one purpose is a bad signature for another.
func ExampleSalt() {
	const (
		invite      saltine.Salt = "example.com/invite"
		unsubscribe saltine.Salt = "example.com/unsubscribe"
	)
	token, err := exampleKeys.Dumps("ann", &saltine.Options{Salt: invite})
	if err != nil {
		log.Fatal(err)
	}
	var user string
	err = exampleKeys.Loads(token, &user, time.Hour, &saltine.Options{Salt: unsubscribe})
	fmt.Println(errors.Is(err, saltine.ErrBadSignature), errors.Is(err, saltine.ErrSignatureExpired))
	// Output: true false
}

// How old, and since when too old.
func ExampleExpiredError() {
	signer, err := saltine.NewTimestampSigner(exampleKeys, &saltine.Options{
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	const token = "ann@example.com:1r2z3Y:UG9v2Mdo4eGapHxiMMqdQheP8z31PMM0ekYnsaCYVs4" // signed 10,000 seconds before
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
	value := []string{"shoes", "shoes", "shoes", "shoes", "shoes", "shoes", "shoes", "shoes"}
	for _, compression := range []saltine.Compression{saltine.CompressionNone, saltine.CompressionBest} {
		token, err := exampleKeys.Dumps(value, &saltine.Options{Compression: compression})
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
	options := &saltine.Options{Serializer: sealed{aead}}
	token, err := exampleKeys.Dumps("a secret", options)
	if err != nil {
		log.Fatal(err)
	}
	var text string
	err = exampleKeys.Loads(token, &text, time.Hour, options)
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
