package passwords_test

import (
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/djangoauth/passwords"
)

// Check never panics, and does no more than the limits allow. An error is of
// one kind, stands alone, and shows nothing of the hash. What is right is right
// again, wrong for another password, and of a listed hasher.
func FuzzCheck(f *testing.F) {
	h := newHashers(f, &passwords.Options{
		Hashers: cheap(),
		Limits:  passwords.Limits{MaxIterations: 1000, MaxMemory: 1 << 20, MaxPasses: 4, MaxRounds: 5},
	})
	for i := range cheap() {
		f.Add("secret", mustMake(f, newHashers(f, &passwords.Options{Hashers: preferring(i)}), "secret"))
	}
	for _, encoded := range []string{
		"", "!", "md5$$0cc175b9c0f1b6a831c399e269772661", "md5$a$", "crypt$$abhfCpXqd4GrI",
		"pbkdf2_sha256$1000000000$" + salt22 + "$" + bytes32,
		"argon2$argon2i$v=19$m=64,t=1,p=8" + argonEnd,
		"argon2$argon2id$v=19$m=4294967296,t=1,p=1" + argonEnd,
		"scrypt$4611686018427387904$" + salt22 + "$4611686018427387904$1$" + strings.Repeat("A", 86) + "==",
		"bcrypt$$2b$31$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
	} {
		f.Add("correct horse battery staple", encoded)
	}
	f.Fuzz(func(t *testing.T, password, encoded string) {
		result, err := h.Check(password, encoded)
		if err != nil {
			kind(t, err)
			if result != (passwords.Result{}) {
				t.Fatalf("%+v beside %v", result, err)
			}
			return
		}
		if result.Upgrade && !result.OK {
			t.Fatal("an upgrade for a wrong password")
		}
		if !result.OK {
			return
		}
		if h.Identify(encoded) == "" || !passwords.Usable(encoded) {
			t.Fatal("right, and made by nobody")
		}
		if again, err := h.Check(password, encoded); err != nil || again != result {
			t.Fatalf("%+v, then %+v %v", result, again, err)
		}
		if other, err := h.Check("?"+password[:min(len(password), 60)], encoded); err != nil || other.OK {
			t.Fatalf("two passwords are right: %v", err)
		}
	})
}
