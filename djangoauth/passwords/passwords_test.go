package passwords_test

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth/passwords"
	"github.com/seed-52756201/saltine/internal/passwordhook"
)

// cheap are all hashers, with costs that tests can pay.
func cheap() []passwords.Hasher {
	return []passwords.Hasher{
		passwords.PBKDF2SHA256{Iterations: 10},
		passwords.PBKDF2SHA1{Iterations: 10},
		passwords.Argon2{Time: 1, MemoryKiB: 64, Parallelism: 1},
		passwords.BCryptSHA256{Rounds: 4},
		passwords.BCrypt{Rounds: 4},
		passwords.Scrypt{WorkFactor: 16, BlockSize: 8, Parallelism: 1},
		passwords.SHA1{},
		passwords.MD5{},
		passwords.UnsaltedSHA1{},
		passwords.UnsaltedMD5{},
	}
}

// preferring returns all hashers with the i-th one first.
func preferring(i int) []passwords.Hasher {
	list := cheap()
	return append([]passwords.Hasher{list[i]}, append(list[:i:i], list[i+1:]...)...)
}

func newHashers(t testing.TB, opts *passwords.Options) *passwords.Hashers {
	t.Helper()
	h, err := passwords.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func mustMake(t testing.TB, h *passwords.Hashers, password string) string {
	t.Helper()
	encoded, err := h.Make(password)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// kind names the kinds of an error: there must be exactly one.
func kind(t testing.TB, err error) string {
	t.Helper()
	var names []string
	for name, k := range map[string]error{
		"malformed":      saltine.ErrMalformed,
		"too large":      saltine.ErrTooLarge,
		"invalid option": saltine.ErrInvalidOption,
		"unsupported":    saltine.ErrUnsupported,
		"no hasher":      passwords.ErrNoHasher,
	} {
		if errors.Is(err, k) {
			names = append(names, name)
		}
	}
	if len(names) != 1 {
		t.Fatalf("%v: kinds %q, want one", err, names)
	}
	return names[0]
}

// Every hasher reads what it makes, whichever is preferred, and asks for an
// upgrade when it is not.
func TestMakeAndCheck(t *testing.T) {
	texts := []string{"correct horse battery staple", "", "pässwörd 日本語", "\xff\xfe", strings.Repeat("a", 71) + "é", strings.Repeat("x", 4096)}
	for i, hasher := range cheap() {
		made := newHashers(t, &passwords.Options{Hashers: []passwords.Hasher{hasher}})
		for _, password := range texts {
			encoded := mustMake(t, made, password)
			for _, j := range []int{i, (i + 1) % len(cheap())} {
				other := cheap()[j]
				h := newHashers(t, &passwords.Options{Hashers: preferring(j)})
				got, err := h.Check(password, encoded)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(passwords.Result{OK: true, Upgrade: i != j}, got); diff != "" {
					t.Errorf("%T, %T preferred (-want +got):\n%s", hasher, other, diff)
				}
				if got, err := h.Check("?"+password[:len(password)/2], encoded); err != nil || got != (passwords.Result{}) {
					t.Errorf("%T, %T preferred, wrong password: %v %v", hasher, other, got, err)
				}
			}
		}
	}
}

// What is cut off anywhere, or has something after it, is an error. Argon2 takes
// the length of its hash from the text: cut between two bytes, it is wrong.
func TestCheckRefusesCutHashes(t *testing.T) {
	for i := range cheap() {
		h := newHashers(t, &passwords.Options{Hashers: preferring(i)})
		encoded := mustMake(t, h, "secret")
		var texts []string
		for n := range encoded {
			texts = append(texts, encoded[:n])
		}
		for _, tail := range []string{" ", "\n", "\r\n", "\x00", "=", "$", "$x", "A", "AAAA"} {
			texts = append(texts, encoded+tail)
		}
		for _, text := range texts {
			if !argon2Whole.MatchString(text) {
				checkRefused(t, h, text, "malformed", "no hasher")
			} else if got, err := h.Check("secret", text); err != nil || got.OK {
				t.Errorf("%q: %v %v", text, got, err)
			}
		}
	}
}

// argon2Whole is a hash of whole bytes, four or more.
var argon2Whole = regexp.MustCompile(`^argon2(?:\$[^$]+){4}\$(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/][AQgw]|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]|[A-Za-z0-9+/]{4})$`)

func checkRefused(t *testing.T, h *passwords.Hashers, encoded string, kinds ...string) {
	t.Helper()
	result, err := h.Check("secret", encoded)
	if result != (passwords.Result{}) {
		t.Errorf("%q: %+v beside an error", encoded, result)
	}
	if err == nil {
		t.Errorf("%q is no error", encoded)
		return
	}
	for _, k := range kinds {
		if kind(t, err) == k {
			return
		}
	}
	t.Errorf("%q: %v, want %q", encoded, err, kinds)
}

const (
	salt22   = "Ay8luMfNd3tJTHK1a8Cdra"
	bytes32  = "OxX8pPpXecHrHBLypbwhpiFxOo46ExI19V1mt4PwS1c="
	argonEnd = "$QXk4bHVNZk5kM3RKVEhLMWE4Q2RyYQ$TKBHWdWh/7CisiD22XrhwOdHW0Qgrm70lD3ZmGmMNms"
)

// What a hash may claim.
func TestCheckErrors(t *testing.T) {
	bytes64 := strings.Repeat("A", 86) + "=="
	for _, c := range []struct{ name, encoded, want, reason string }{
		{"empty", "", "no hasher", "an empty column names no hasher"},
		{"unknown name", "sha512$x$y", "no hasher", "no such hasher"},
		{"crypt", "crypt$$abhfCpXqd4GrI", "no hasher", "Go has none"},
		{"upper case name", "MD5$a$0cc175b9c0f1b6a831c399e269772661", "no hasher", "names are compared as they are"},
		{"argon2d", "argon2$argon2d$v=19$m=64,t=1,p=1" + argonEnd, "no hasher", "x/crypto has none"},
		{"version 16", "argon2$argon2i$v=16$m=64,t=1,p=1" + argonEnd, "no hasher", "x/crypto has 19 alone"},
		{"no version", "argon2$argon2i$m=64,t=1,p=1" + argonEnd, "no hasher", "that means 16"},
		{"version 20", "argon2$argon2id$v=20$m=64,t=1,p=1" + argonEnd, "malformed", "there is none"},
		{"argon2x", "argon2$argon2x$v=19$m=64,t=1,p=1" + argonEnd, "malformed", "there is none"},
		{"parameters in another order", "argon2$argon2id$v=19$t=1,m=64,p=1" + argonEnd, "malformed", "argon2 refuses it"},
		{"a parameter too few", "argon2$argon2id$v=19$m=64,t=1" + argonEnd, "malformed", "argon2 refuses it"},
		{"too little memory", "argon2$argon2id$v=19$m=15,t=1,p=2" + argonEnd, "malformed", "argon2 refuses it"},
		{"a short salt of argon2", "argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdA$TKBHWdWh", "malformed", "argon2 refuses it"},
		{"a newline in base64", "argon2$argon2id$v=19$m=64,t=1,p=1$QXk4bHVNZk5kM3RK\nVEhLMWE4Q2RyYQ$TKBHWdWh", "malformed", "Go's base64 skips it"},

		{"10^9 iterations", "pbkdf2_sha256$1000000000$" + salt22 + "$" + bytes32, "too large", "Limits.MaxIterations"},
		{"one above the limit", "pbkdf2_sha256$10000001$" + salt22 + "$" + bytes32, "too large", "Limits.MaxIterations"},
		{"iterations that do not fit", "pbkdf2_sha256$" + strings.Repeat("9", 100) + "$" + salt22 + "$" + bytes32, "too large", "more than any int"},
		{"no iterations", "pbkdf2_sha256$0$" + salt22 + "$" + bytes32, "malformed", "never written"},
		{"negative iterations", "pbkdf2_sha256$-1$" + salt22 + "$" + bytes32, "malformed", "never written"},
		{"an empty salt", "pbkdf2_sha256$10$$" + bytes32, "malformed", "Django refuses it, crypto/pbkdf2 does not"},
		{"bits after the end", "pbkdf2_sha256$10$" + salt22 + "$OxX8pPpXecHrHBLypbwhpiFxOo46ExI19V1mt4PwS1d=", "malformed", "another text for the same bytes"},
		{"hash of another length", "pbkdf2_sha256$10$" + salt22 + "$AAAA", "malformed", "cut off at a good place"},

		{"argon2 with 1 TiB", "argon2$argon2id$v=19$m=1073741824,t=1,p=1" + argonEnd, "too large", "Limits.MaxMemory"},
		{"argon2 with memory beyond all", "argon2$argon2id$v=19$m=99999999999999999999,t=1,p=1" + argonEnd, "too large", "more than any int"},
		{"argon2 with 17 passes", "argon2$argon2id$v=19$m=64,t=17,p=1" + argonEnd, "too large", "Limits.MaxPasses"},
		{"argon2 with 256 lanes", "argon2$argon2id$v=19$m=2048,t=1,p=256" + argonEnd, "too large", "a byte in Go"},
		{"scrypt with 4 GiB", "scrypt$4194304$" + salt22 + "$8$1$" + bytes64, "too large", "memory"},
		{"scrypt as Django cannot", "scrypt$32768$" + salt22 + "$8$1$" + bytes64, "too large", "OpenSSL's 32 MiB"},
		{"scrypt whose product overflows", "scrypt$4611686018427387904$" + salt22 + "$4611686018427387904$1$" + bytes64, "too large", "memory"},
		{"scrypt with 17 lanes", "scrypt$16$" + salt22 + "$8$17$" + bytes64, "too large", "Limits.MaxPasses"},
		{"scrypt with N of 17", "scrypt$17$" + salt22 + "$8$1$" + bytes64, "malformed", "no power of two"},
		{"scrypt with N of 1", "scrypt$1$" + salt22 + "$8$1$" + bytes64, "malformed", "too small"},
		{"scrypt with N too large for r", "scrypt$65536$" + salt22 + "$1$1$" + bytes64, "malformed", "OpenSSL refuses it"},
		{"scrypt without a salt", "scrypt$16$$8$1$" + bytes64, "malformed", "never written"},
		{"bcrypt of cost 16", "bcrypt$$2b$16$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG", "too large", "Limits.MaxRounds"},
		{"bcrypt of cost 31", "bcrypt_sha256$$2b$31$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG", "too large", "Limits.MaxRounds"},
		{"bcrypt of cost 32", "bcrypt$$2b$32$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG", "malformed", "there is none"},
		{"bcrypt of cost 3", "bcrypt$$2b$03$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG", "malformed", "there is none"},
		{"bcrypt of another version", "bcrypt$$2x$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG", "malformed", "Python's refuses it"},
		{"bcrypt with a tail", "bcrypt$$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CGx", "malformed", "Go's bcrypt ignores it"},
		{"bcrypt with bits after the salt", "bcrypt$$2b$04$abcdefghijklmnopqrstuv7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG", "malformed", "another text for the same salt"},
		{"md5 in upper case", "md5$a$0CC175B9C0F1B6A831C399E269772661", "malformed", "never written"},
		{"md5 without a salt", "md5$$0cc175b9c0f1b6a831c399e26977266", "malformed", "31 digits are not unsalted_md5"},
		{"32 characters", strings.Repeat("x", 32), "malformed", "the shape of unsalted_md5"},
		{"too long", "md5$" + strings.Repeat("a", 2000) + "$0cc175b9c0f1b6a831c399e269772661", "too large", "Limits.MaxEncoded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spent := 0
			h := newHashers(t, &passwords.Options{Hashers: cheap(), Hook: &passwordhook.Hook{Ran: func(w passwordhook.Work) {
				if w == passwordhook.Default {
					spent++
				}
			}}})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			result, err := h.Check("secret", c.encoded)
			runtime.ReadMemStats(&after)
			if err == nil || result != (passwords.Result{}) {
				t.Fatalf("%+v, %v; want an error: %s", result, err, c.reason)
			}
			if got := kind(t, err); got != c.want {
				t.Errorf("%v: %s, want %s: %s", err, got, c.want, c.reason)
			}
			if spent != 1 {
				t.Errorf("the preferred hasher ran %d times, want once", spent)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
				t.Errorf("%d bytes were allocated", used)
			}
			for _, secret := range []string{"secret", salt22, bytes32[:10], "abcdefghij", "QXk4bH"} {
				if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
					t.Errorf("the error has a part of the hash: %v", err)
				}
			}
		})
	}
}

// A password that is too long is refused before any work.
func TestPasswordTooLong(t *testing.T) {
	ran := 0
	h := newHashers(t, &passwords.Options{Hashers: cheap(), Hook: &passwordhook.Hook{Ran: func(passwordhook.Work) { ran++ }}})
	long := strings.Repeat("p", 4097)
	_, err := h.Check(long, "!")
	if kind(t, err) != "too large" || strings.Contains(err.Error(), "ppp") || ran != 0 {
		t.Errorf("Check: %v, %d runs", err, ran)
	}
	if _, err := h.Make(long); kind(t, err) != "too large" {
		t.Errorf("Make: %v", err)
	}
	short := newHashers(t, &passwords.Options{Hashers: cheap(), Limits: passwords.Limits{MaxPassword: 3}})
	if _, err := short.Make("four"); kind(t, err) != "too large" {
		t.Errorf("Make: %v", err)
	}
	mustMake(t, short, "thr")
}

func TestUnusable(t *testing.T) {
	h := newHashers(t, &passwords.Options{Hashers: cheap()})
	first, second := passwords.Unusable(), passwords.Unusable()
	if ok, err := regexp.MatchString(`^![A-Za-z0-9]{40}$`, first); err != nil || !ok || first == second {
		t.Errorf("%q and %q", first, second)
	}
	for _, encoded := range []string{first, "!", "!" + mustMake(t, h, "secret")} {
		for _, password := range []string{"secret", "", encoded, encoded[1:]} {
			if got, err := h.Check(password, encoded); err != nil || got != (passwords.Result{}) {
				t.Errorf("%q: %v %v", encoded, got, err)
			}
		}
		if passwords.Usable(encoded) {
			t.Errorf("%q is usable", encoded)
		}
	}
	if !passwords.Usable("") || !passwords.Usable("x!") {
		t.Error("only an exclamation mark at the start is not usable")
	}
}

// Salts are random, and have 128 bits of letters and digits.
func TestSalts(t *testing.T) {
	h := newHashers(t, &passwords.Options{Hashers: []passwords.Hasher{passwords.MD5{}}})
	seen, characters := map[string]bool{}, map[rune]int{}
	const hashes = 2000
	for range hashes {
		salt := strings.Split(mustMake(t, h, "secret"), "$")[1]
		if len(salt) != 22 || seen[salt] {
			t.Fatalf("salt %q", salt)
		}
		seen[salt] = true
		for _, c := range salt {
			characters[c]++
		}
	}
	if len(characters) != 62 {
		t.Errorf("%d different characters, want 62", len(characters))
	}
	mean := hashes * 22.0 / 62
	for c, n := range characters {
		if math.Abs(float64(n)-mean) > 8*math.Sqrt(mean) {
			t.Errorf("%c comes %d times, the mean is %.0f", c, n, mean)
		}
	}
}

// bcrypt looks at 72 bytes, bcrypt_sha256 at all, and a NUL is for the second.
func TestBcryptPasswords(t *testing.T) {
	plain := newHashers(t, &passwords.Options{Hashers: []passwords.Hasher{passwords.BCrypt{Rounds: 4}}})
	hashed := newHashers(t, &passwords.Options{Hashers: []passwords.Hasher{passwords.BCryptSHA256{Rounds: 4}}})
	long := strings.Repeat("a", 72)
	for _, c := range []struct {
		name           string
		hashers        *passwords.Hashers
		made, password string
		want           bool
	}{
		{"72 bytes are all", plain, long + "x", long + "y", true},
		{"71 are not", plain, long[1:] + "x", long[1:] + "y", false},
		{"all bytes", hashed, long + "x", long + "y", false},
		{"NUL", plain, "a", "a\x00", false},
		{"NUL and the hash of what is before it", plain, "a", "a\x00a", false},
		{"NUL beyond", hashed, "a\x00b", "a\x00b", true},
		{"another after a NUL", hashed, "a\x00b", "a\x00c", false},
	} {
		got, err := c.hashers.Check(c.password, mustMake(t, c.hashers, c.made))
		if err != nil || got.OK != c.want {
			t.Errorf("%s: %v %v, want %v", c.name, got, err, c.want)
		}
	}
	if _, err := plain.Make("a\x00b"); kind(t, err) != "unsupported" {
		t.Error(err)
	}
	if encoded := mustMake(t, plain, "a"); !strings.HasPrefix(encoded, "bcrypt$$2b$04$") {
		t.Error("bcrypt without $2b$")
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		opts passwords.Options
		want string
	}{
		{"nil", passwords.Options{Hashers: []passwords.Hasher{nil}}, "invalid option"},
		{"twice", passwords.Options{Hashers: []passwords.Hasher{passwords.MD5{}, passwords.MD5{}}}, "invalid option"},
		{"negative limit", passwords.Options{Limits: passwords.Limits{MaxMemory: -1}}, "invalid option"},
		{"negative iterations", hasher(passwords.PBKDF2SHA1{Iterations: -1}), "invalid option"},
		{"cost 3", hasher(passwords.BCrypt{Rounds: 3}), "invalid option"},
		{"cost 32", hasher(passwords.BCryptSHA256{Rounds: 32}), "invalid option"},
		{"N no power of two", hasher(passwords.Scrypt{WorkFactor: 17}), "invalid option"},
		{"negative N", hasher(passwords.Scrypt{WorkFactor: -16}), "invalid option"},
		{"negative r", hasher(passwords.Scrypt{BlockSize: -8}), "invalid option"},
		{"least N", hasher(passwords.Scrypt{WorkFactor: math.MinInt}), "invalid option"},
		{"argon2d", hasher(passwords.Argon2{Variety: "argon2d"}), "invalid option"},
		{"negative time", hasher(passwords.Argon2{Time: -1}), "invalid option"},
		{"little memory", hasher(passwords.Argon2{MemoryKiB: 63}), "invalid option"},
		{"short hash", hasher(passwords.Argon2{HashLength: 3}), "invalid option"},
		{"long hash", hasher(passwords.Argon2{HashLength: 1 << 30}), "invalid option"},
		{"iterations beyond the limit", hasher(passwords.PBKDF2SHA256{Iterations: 10_000_001}), "too large"},
		{"cost beyond the limit", hasher(passwords.BCrypt{Rounds: 16}), "too large"},
		{"memory beyond the limit", hasher(passwords.Argon2{MemoryKiB: 1 << 20}), "too large"},
		{"lanes beyond the limit", hasher(passwords.Argon2{Parallelism: 256}), "too large"},
		{"scrypt beyond OpenSSL", hasher(passwords.Scrypt{WorkFactor: 32768}), "too large"},
	} {
		if h, err := passwords.New(&c.opts); h != nil || kind(t, err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := passwords.New(nil); err != nil {
		t.Error(err)
	}
}

func hasher(h passwords.Hasher) passwords.Options {
	return passwords.Options{Hashers: []passwords.Hasher{h}}
}

// Limits can be raised.
func TestLimitsRaised(t *testing.T) {
	encoded := mustMake(t, newHashers(t, &passwords.Options{
		Hashers: []passwords.Hasher{passwords.Argon2{Time: 17, MemoryKiB: 64, Parallelism: 1}},
		Limits:  passwords.Limits{MaxPasses: 17},
	}), "secret")
	checkRefused(t, newHashers(t, &passwords.Options{Hashers: cheap()}), encoded, "too large")
	raised := newHashers(t, &passwords.Options{Hashers: cheap(), Limits: passwords.Limits{MaxPasses: 17}})
	if got, err := raised.Check("secret", encoded); err != nil || got != (passwords.Result{OK: true, Upgrade: true}) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestIdentify(t *testing.T) {
	h := newHashers(t, &passwords.Options{Hashers: cheap()})
	for encoded, want := range map[string]string{
		"pbkdf2_sha256$rubbish":                 "pbkdf2_sha256",
		"argon2":                                "argon2",
		"0cc175b9c0f1b6a831c399e269772661":      "unsalted_md5",
		"md5$$0cc175b9c0f1b6a831c399e269772661": "unsalted_md5",
		"md5$a$b":                               "md5",
		"sha1$$" + strings.Repeat("0", 40):      "unsalted_sha1",
		strings.Repeat("é", 16):                 "", // 32 bytes, 16 characters
		"crypt$$abhfCpXqd4GrI":                  "",
		"!":                                     "",
		"":                                      "",
	} {
		if got := h.Identify(encoded); got != want {
			t.Errorf("%q: %q, want %q", encoded, got, want)
		}
	}
}

func TestDjangoHashersRefuses(t *testing.T) {
	for _, version := range []string{"1.7", "9.0", "5", "5.", "5.2.", "5.2.x", "5.2.-1", "5.20", "main", " 5.2"} {
		if list, err := passwords.DjangoHashers(version); list != nil || kind(t, err) != "invalid option" {
			t.Errorf("%q: %v %v", version, list, err)
		}
	}
}

// The slice given and the slice returned may be changed afterwards.
func TestSlicesAreCopied(t *testing.T) {
	list := cheap()
	h := newHashers(t, &passwords.Options{Hashers: list})
	list[0] = passwords.MD5{}
	if encoded := mustMake(t, h, "secret"); !strings.HasPrefix(encoded, "pbkdf2_sha256$10$") {
		t.Error("the slice of the options is still in use")
	}
	first, err := passwords.DjangoHashers("5.2")
	if err != nil {
		t.Fatal(err)
	}
	first[0] = passwords.MD5{}
	again, err := passwords.DjangoHashers("5.2")
	if diff := cmp.Diff(passwords.Hasher(passwords.PBKDF2SHA256{Iterations: 1_000_000}), again[0]); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// Run with -race.
func TestConcurrency(t *testing.T) {
	h := newHashers(t, &passwords.Options{Hashers: cheap()})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			encoded, err := h.Make("secret")
			if err != nil {
				t.Error(err)
				return
			}
			h.Spend("secret")
			if got, err := h.Check("secret", encoded); err != nil || !got.OK {
				t.Error(got, err)
			}
		})
	}
	group.Wait()
}
