package passwords_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/seed-52756201/saltine/djangoauth/passwords"
	"github.com/seed-52756201/saltine/internal/passwordhook"
)

// Under FIPS 140-3 everything works where the mode allows it. Where it does
// not, pbkdf2_sha256 works, and the others are errors, not panics.
func TestFIPS(t *testing.T) {
	if mode := os.Getenv("SALTINE_TEST_FIPS"); mode != "" {
		testFIPS(t, mode == "only")
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"on", "only"} {
		cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestFIPS$")
		cmd.Env = append(os.Environ(), "SALTINE_TEST_FIPS="+mode, "GODEBUG=fips140="+mode)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("fips140=%s: %v\n%s", mode, err, out)
		}
	}
}

func testFIPS(t *testing.T, only bool) {
	// made are hashes of "secret" by every hasher that only does not allow.
	made := []string{
		"", "pbkdf2_sha1$10$Ay8luMfNd3tJTHK1a8Cdra$mJPGnEzMOA8djM1oMhhtfTMUQwI=",
		"argon2$argon2id$v=19$m=64,t=1,p=1$QXk4bHVNZk5kM3RKVEhLMWE4Q2RyYQ$9sZhbUANW1N4LVGE07hvvg",
		"bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuaBT8mpw5tGdD3eO40znWcQP/dT9hEVK",
		"bcrypt$$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
		"scrypt$16$Ay8luMfNd3tJTHK1a8Cdra$8$1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
		"sha1$salt$abf7aad6438836dbe526aa231abde2d0eef74d42",
		"md5$salt$9cc2ae8a1ba7a93da39b46fc1019c481",
		"sha1$$abf7aad6438836dbe526aa231abde2d0eef74d42",
		"9cc2ae8a1ba7a93da39b46fc1019c481",
	}
	for i, hasher := range cheap() {
		h := newHashers(t, &passwords.Options{Hashers: preferring(i)})
		h.Spend("secret")
		allowed := i == 0 || !only
		if _, err := h.Make("secret"); (err == nil) != allowed || !allowed && kind(t, err) != "no hasher" {
			t.Errorf("%T: Make: %v", hasher, err)
		}
		if i == 0 {
			made[0] = mustMake(t, h, "secret")
		}
		for j, encoded := range made {
			_, err := h.Check("secret", encoded)
			if allowed := j == 0 || !only; (err == nil) != allowed || !allowed && kind(t, err) != "no hasher" {
				t.Errorf("%T preferred: Check %d: %v", hasher, j, err)
			}
		}
	}
	spent := 0
	h := newHashers(t, &passwords.Options{Hashers: cheap(), Hook: &passwordhook.Hook{Ran: func(w passwordhook.Work) {
		if w == passwordhook.Default {
			spent++
		}
	}}})
	_, err := h.Check("secret", "pbkdf2_sha256$10$Ay8luMfNd3tJ$"+bytes32) // as Django before 3.2
	if (err != nil) != only || only && kind(t, err) != "no hasher" {
		t.Errorf("a salt of 12 bytes: %v", err)
	}
	if (spent == 1) != only { // or the time would tell that there is such a user
		t.Errorf("a salt of 12 bytes: the preferred hasher ran %d times", spent)
	}
}
