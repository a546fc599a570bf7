package passwords

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/seed-52756201/saltine"
)

// BCryptSHA256 is Django's BCryptSHA256PasswordHasher, bcrypt_sha256.
type BCryptSHA256 struct {
	// Rounds is the cost, from 4 to 31: 12 if it is zero.
	Rounds int
}

// BCrypt is Django's BCryptPasswordHasher, bcrypt. It looks at the first 72
// bytes of a password only. One with a NUL is never right, and cannot be made
// into a hash: that is [saltine.ErrUnsupported].
type BCrypt struct {
	// Rounds is the cost, from 4 to 31: 12 if it is zero.
	Rounds int
}

func (h BCryptSHA256) name() string { return "bcrypt_sha256" }
func (h BCrypt) name() string       { return "bcrypt" }

func (h BCryptSHA256) complete() Hasher { return BCryptSHA256{orDefault(h.Rounds, newest.rounds)} }
func (h BCrypt) complete() Hasher       { return BCrypt{orDefault(h.Rounds, newest.rounds)} }

func (h BCryptSHA256) fits(l *Limits) error { return bcryptFits(h.Rounds, l) }
func (h BCrypt) fits(l *Limits) error       { return bcryptFits(h.Rounds, l) }

func (h BCryptSHA256) encode(password, _ string) (string, error) {
	return bcryptEncode(h.name(), hexSHA256(password), h.Rounds)
}

func (h BCrypt) encode(password, _ string) (string, error) {
	if hasNUL(password) {
		return "", &kindError{saltine.ErrUnsupported, "bcrypt takes no password with a NUL"}
	}
	return bcryptEncode(h.name(), first72(password), h.Rounds)
}

func (h BCryptSHA256) read(encoded string, p *policy) (*stored, error) {
	hash, err := readBcrypt(h.name(), encoded, p)
	if err != nil {
		return nil, err
	}
	return hash.stored(h.Rounds, func(password string) (bool, error) {
		return hash.verify(hexSHA256(password))
	}), nil
}

func (h BCrypt) read(encoded string, p *policy) (*stored, error) {
	hash, err := readBcrypt(h.name(), encoded, p)
	if err != nil {
		return nil, err
	}
	return hash.stored(h.Rounds, func(password string) (bool, error) {
		ok, err := hash.verify(first72(password))
		return ok && !hasNUL(password), err
	}), nil
}

func hexSHA256(password string) []byte {
	sum := sha256.Sum256([]byte(password))
	return hex.AppendEncode(nil, sum[:])
}

// first72 is what bcrypt looks at, in bytes.
func first72(password string) []byte {
	return []byte(password[:min(len(password), 72)])
}

func hasNUL(password string) bool { return strings.Contains(password, "\x00") }

func bcryptFits(rounds int, l *Limits) error {
	if rounds < bcrypt.MinCost || rounds > bcrypt.MaxCost {
		return invalidOption("Rounds of bcrypt is out of range")
	}
	return l.checkRounds(rounds)
}

func bcryptEncode(name string, password []byte, rounds int) (string, error) {
	hash, err := bcrypt.GenerateFromPassword(password, rounds)
	if err != nil {
		return "", invalidOption("bcrypt refuses these options")
	}
	// Go writes $2a$ for what others call $2b$ now: the same hash.
	return name + "$$2b$" + strings.TrimPrefix(string(hash), "$2a$"), nil
}

// bcryptForm is what bcrypt writes. The last characters of the salt and of the
// hash have bits that are always zero; Django's comparison refuses others.
var bcryptForm = regexp.MustCompile(`^\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$`)

// bcryptHash is a stored hash without the name of the hasher.
type bcryptHash struct {
	text   []byte
	rounds int
}

func readBcrypt(name, encoded string, p *policy) (*bcryptHash, error) {
	text, ok := strings.CutPrefix(encoded, name+"$")
	m := bcryptForm.FindStringSubmatch(text)
	if !ok || m == nil {
		return nil, malformed("it is not as bcrypt writes it, or cut off")
	}
	rounds, err := strconv.Atoi(m[1])
	if err != nil || rounds < bcrypt.MinCost || rounds > bcrypt.MaxCost {
		return nil, malformed("the cost of bcrypt is out of range")
	}
	if err := p.limits.checkRounds(rounds); err != nil {
		return nil, err
	}
	return &bcryptHash{[]byte(text), rounds}, nil
}

func (b *bcryptHash) verify(password []byte) (bool, error) {
	err := bcrypt.CompareHashAndPassword(b.text, password)
	if err == nil || errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return err == nil, nil
	}
	return false, malformed("bcrypt refuses it")
}

func (b *bcryptHash) stored(rounds int, verify func(string) (bool, error)) *stored {
	return &stored{
		verify:   verify,
		outdated: b.rounds != rounds,
		harden: func(password string) {
			for missing := 1<<max(rounds-b.rounds, 0) - 1; missing > 0; missing-- {
				_, _ = verify(password) // only the time counts
			}
		},
	}
}
