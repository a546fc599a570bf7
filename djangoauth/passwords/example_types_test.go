package passwords_test

import (
	"fmt"

	"github.com/seed-52756201/saltine/djangoauth/passwords"
)

// made returns the beginning of what a hasher makes, which shows its parameters.
func made(hasher passwords.Hasher, length int) string {
	hashers, err := passwords.New(&passwords.Options{Hashers: []passwords.Hasher{hasher}})
	if err != nil {
		return err.Error()
	}
	encoded, err := hashers.Make("secret")
	if err != nil {
		return err.Error()
	}
	return encoded[:length]
}

func ExampleVariety() {
	fmt.Println(made(passwords.Argon2{Variety: passwords.Argon2i, MemoryKiB: 64}, 14))
	// Output: argon2$argon2i
}

func ExampleBCrypt() {
	fmt.Println(made(passwords.BCrypt{Rounds: 4}, 14))
	// Output: bcrypt$$2b$04$
}

func ExampleBCryptSHA256() {
	fmt.Println(made(passwords.BCryptSHA256{Rounds: 4}, 21))
	// Output: bcrypt_sha256$$2b$04$
}

func ExampleScrypt() {
	fmt.Println(made(passwords.Scrypt{WorkFactor: 16, BlockSize: 1, Parallelism: 1}, 10))
	// Output: scrypt$16$
}

func ExamplePBKDF2SHA1() {
	fmt.Println(made(passwords.PBKDF2SHA1{Iterations: 1000}, 17))
	// Output: pbkdf2_sha1$1000$
}

// Old tables have hashes that nobody should make any more. Listed last, these hashers check
// them, and Result.Upgrade says that a new hash should be saved.
func checkOld(old passwords.Hasher, encoded string) {
	hashers, err := passwords.New(&passwords.Options{Hashers: []passwords.Hasher{passwords.PBKDF2SHA256{Iterations: 1000}, old}})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := hashers.Check("secret", encoded)
	fmt.Println(result.OK, result.Upgrade, err)
}

func ExampleMD5() {
	checkOld(passwords.MD5{}, "md5$somesalt$36b9e5304363e52a3270a532ffc315bc")
	// Output: true true <nil>
}

func ExampleSHA1() {
	checkOld(passwords.SHA1{}, "sha1$somesalt$984d010ae14951af8c16237e0821b77d19cac054")
	// Output: true true <nil>
}

func ExampleUnsaltedMD5() {
	checkOld(passwords.UnsaltedMD5{}, "5ebe2294ecd0e0f08eab7690d2a6ee69")
	// Output: true true <nil>
}

func ExampleUnsaltedSHA1() {
	checkOld(passwords.UnsaltedSHA1{}, "sha1$$e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4")
	// Output: true true <nil>
}
