package passwords_test

import (
	"testing"

	"github.com/seed-52756201/saltine/djangoauth/passwords"
)

// One check by each hasher, with the costs of Django's main branch. Those
// at the limit are the most that the default limits allow.
func BenchmarkCheck(b *testing.B) {
	limits := passwords.DefaultLimits()
	for _, c := range []struct {
		name   string
		hasher passwords.Hasher
	}{
		{"pbkdf2_sha256", passwords.PBKDF2SHA256{}},
		{"pbkdf2_sha1", passwords.PBKDF2SHA1{}},
		{"argon2", passwords.Argon2{}},
		{"bcrypt_sha256", passwords.BCryptSHA256{}},
		{"scrypt", passwords.Scrypt{}},
		{"md5", passwords.MD5{}},
		{"pbkdf2_sha256 at the limit", passwords.PBKDF2SHA256{Iterations: limits.MaxIterations}},
		{"pbkdf2_sha1 at the limit", passwords.PBKDF2SHA1{Iterations: limits.MaxIterations}},
		{"bcrypt at the limit", passwords.BCrypt{Rounds: limits.MaxRounds}},
		{"scrypt at the limit", passwords.Scrypt{WorkFactor: 16384, BlockSize: 8, Parallelism: limits.MaxPasses}},
		{"argon2 at the limit", passwords.Argon2{MemoryKiB: limits.MaxMemory >> 10, Time: limits.MaxPasses}},
	} {
		b.Run(c.name, func(b *testing.B) {
			hashers, err := passwords.New(&passwords.Options{Hashers: []passwords.Hasher{c.hasher}})
			if err != nil {
				b.Fatal(err)
			}
			encoded, err := hashers.Make("secret")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if result, err := hashers.Check("secret", encoded); err != nil || !result.OK {
					b.Fatal(result, err)
				}
			}
		})
	}
}
