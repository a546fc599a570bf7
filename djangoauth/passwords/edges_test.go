package passwords_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine/djangoauth/passwords"
	"github.com/seed-52756201/saltine/internal/passwordhook"
)

// Every limit lets through what is at it, and refuses what is one above it.
func TestLimitsAreExact(t *testing.T) {
	for _, c := range []struct {
		name      string
		makes     passwords.Hasher
		lists     passwords.Hasher // the same one, for less
		at, below passwords.Limits
	}{
		{
			"iterations of pbkdf2_sha256",
			passwords.PBKDF2SHA256{Iterations: 100},
			passwords.PBKDF2SHA256{Iterations: 1},
			passwords.Limits{MaxIterations: 100},
			passwords.Limits{MaxIterations: 99},
		},
		{
			"iterations of pbkdf2_sha1",
			passwords.PBKDF2SHA1{Iterations: 100},
			passwords.PBKDF2SHA1{Iterations: 1},
			passwords.Limits{MaxIterations: 100},
			passwords.Limits{MaxIterations: 99},
		},
		{
			"memory of Argon2",
			passwords.Argon2{Time: 1, MemoryKiB: 64, Parallelism: 1},
			passwords.Argon2{Time: 1, MemoryKiB: 8, Parallelism: 1},
			passwords.Limits{MaxMemory: 64 << 10},
			passwords.Limits{MaxMemory: 64<<10 - 1},
		},
		{
			"passes of Argon2",
			passwords.Argon2{Time: 3, MemoryKiB: 8, Parallelism: 1},
			passwords.Argon2{Time: 1, MemoryKiB: 8, Parallelism: 1},
			passwords.Limits{MaxPasses: 3},
			passwords.Limits{MaxPasses: 2},
		},
		{
			"memory of scrypt",
			passwords.Scrypt{WorkFactor: 16, BlockSize: 8, Parallelism: 2},
			passwords.Scrypt{WorkFactor: 2, BlockSize: 8, Parallelism: 2},
			passwords.Limits{MaxMemory: 128 * 8 * (16 + 2 + 2)},
			passwords.Limits{MaxMemory: 128*8*(16+2+2) - 1},
		},
		{
			"passes of scrypt",
			passwords.Scrypt{WorkFactor: 2, BlockSize: 1, Parallelism: 3},
			passwords.Scrypt{WorkFactor: 2, BlockSize: 1, Parallelism: 1},
			passwords.Limits{MaxPasses: 3},
			passwords.Limits{MaxPasses: 2},
		},
		{
			"cost of bcrypt",
			passwords.BCrypt{Rounds: 5},
			passwords.BCrypt{Rounds: 4},
			passwords.Limits{MaxRounds: 5},
			passwords.Limits{MaxRounds: 4},
		},
		{
			"cost of bcrypt_sha256",
			passwords.BCryptSHA256{Rounds: 5},
			passwords.BCryptSHA256{Rounds: 4},
			passwords.Limits{MaxRounds: 5},
			passwords.Limits{MaxRounds: 4},
		},
		{
			"length of a password",
			passwords.MD5{},
			passwords.MD5{},
			passwords.Limits{MaxPassword: 6},
			passwords.Limits{MaxPassword: 5},
		},
		{
			"length of a hash",
			passwords.MD5{},
			passwords.MD5{},
			passwords.Limits{MaxEncoded: len("md5$") + 22 + len("$") + 32},
			passwords.Limits{MaxEncoded: len("md5$") + 22 + 32},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			encoded := mustMake(t, newHashers(t, &passwords.Options{Hashers: []passwords.Hasher{c.makes}}), "secret")
			check := func(limits passwords.Limits) (passwords.Result, error) {
				return newHashers(t, &passwords.Options{Hashers: []passwords.Hasher{c.lists}, Limits: limits}).Check("secret", encoded)
			}
			if got, err := check(c.at); err != nil || !got.OK {
				t.Errorf("at the limit: %+v, %v", got, err)
			}
			if got, err := check(c.below); kind(t, err) != "too large" || got != (passwords.Result{}) {
				t.Errorf("above the limit: %+v, %v", got, err)
			}
			if _, err := passwords.New(&passwords.Options{Hashers: []passwords.Hasher{c.makes}, Limits: c.at}); err != nil {
				t.Errorf("a hasher at the limit: %v", err)
			}
		})
	}
}

// No password is right for a hash of which nothing is left.
func TestEmptyHash(t *testing.T) {
	for i, hasher := range cheap() {
		h := newHashers(t, &passwords.Options{Hashers: preferring(i)})
		encoded := mustMake(t, h, "secret")
		cut := encoded[:strings.LastIndexByte(encoded, '$')+1]
		for _, password := range []string{"secret", ""} {
			if got, err := h.Check(password, cut); err == nil || got != (passwords.Result{}) {
				t.Errorf("%T: %+v, %v", hasher, got, err)
			}
		}
	}
}

// Whatever cannot be checked takes the time of a check.
func TestSpends(t *testing.T) {
	for _, encoded := range []string{"", "!", passwords.Unusable(), "unknown$hash", "pbkdf2_sha256$10$salt$cut"} {
		spent := 0
		h := newHashers(t, &passwords.Options{Hashers: cheap(), Hook: &passwordhook.Hook{Ran: func(w passwordhook.Work) {
			if w == passwordhook.Default {
				spent++
			}
		}}})
		if got, _ := h.Check("secret", encoded); got != (passwords.Result{}) || spent != 1 {
			t.Errorf("%q: %+v, the preferred hasher ran %d times, want once", encoded, got, spent)
		}
	}
}

// Time is spent whatever the password holds, even what the preferred hasher refuses, and
// also where Check itself would make up for something. The hook counts whole runs.
func TestSpendsForEveryPassword(t *testing.T) {
	for i, hasher := range cheap() {
		spent := 0
		h := newHashers(t, &passwords.Options{Hashers: preferring(i), Hook: &passwordhook.Hook{Ran: func(w passwordhook.Work) {
			if w == passwordhook.Default {
				spent++
			}
		}}})
		for _, password := range []string{"secret", "", "\x00", "a\x00b", "\xff", strings.Repeat("\x00", 4096)} {
			spent = 0
			h.Spend(password)
			if _, err := h.Check(password, "!"); err != nil || spent != 2 {
				t.Errorf("%T, %q: error %v, the preferred hasher ran %d times, want twice", hasher, password[:min(len(password), 9)], err, spent)
			}
		}
	}
}

// bcrypt works as long on a password that it refuses. The work is tens of milliseconds, and
// was less than a microsecond: a factor of 20 is for machines that are busy.
func TestSpendsTheTimeOfBcrypt(t *testing.T) {
	h := newHashers(t, &passwords.Options{Hashers: []passwords.Hasher{passwords.BCrypt{Rounds: 9}}})
	fastest := func(password string) time.Duration {
		least := time.Hour
		for range 3 {
			began := time.Now()
			h.Spend(password)
			least = min(least, time.Since(began))
		}
		return least
	}
	if plain, nul := fastest("a0b"), fastest("a\x00b"); nul < plain/20 {
		t.Errorf("%s without a NUL, %s with one", plain, nul)
	}
}

// The letters that 256 modulo 62 would favour are as likely as the others.
func TestNoLetterIsLikelier(t *testing.T) {
	const texts, length, favoured, letters = 2000, 40, 8, 62
	n := 0
	for range texts {
		for _, c := range passwords.Unusable()[1:] {
			if strings.ContainsRune("ABCDEFGH", c) {
				n++
			}
		}
	}
	const mean = texts * length * favoured / letters // with a deviation of 95; favoured it would be 12500
	if n < mean-760 || n > mean+760 {
		t.Errorf("the first %d letters come %d times, want %d", favoured, n, mean)
	}
}
