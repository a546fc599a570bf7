package passwords

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Hasher is one entry of Django's PASSWORD_HASHERS: [PBKDF2SHA256],
// [PBKDF2SHA1], [Argon2], [BCryptSHA256], [BCrypt], [Scrypt], [MD5], [SHA1],
// [UnsaltedMD5] or [UnsaltedSHA1]. A zero field is what Django's main branch of
// August 2026 has.
type Hasher interface {
	// name is the attribute algorithm of Django's hasher.
	name() string
	// complete returns the hasher with Django's values in zero fields.
	complete() Hasher
	// fits tells whether the hasher can work within the limits.
	fits(l *Limits) error
	// encode makes a hash. A bcrypt hasher draws the salt itself.
	encode(password, salt string) (string, error)
	// read takes a stored hash apart. It refuses what Django never writes, so
	// that no password could be right, and what passes the limits.
	read(encoded string, p *policy) (*stored, error)
}

// policy is what read needs to know of the Options.
type policy struct {
	limits           Limits
	acceptShortSalts bool
}

// stored is a stored hash that was read.
type stored struct {
	// verify tells in constant time whether the password is right.
	verify func(password string) (bool, error)
	// outdated tells whether the hasher would encode it in another way now.
	// Django: must_update.
	outdated bool
	// harden does the work that the hash spared. It may be nil.
	harden func(password string)
}

// saltLength is enough for 128 bits of [A-Za-z0-9].
const saltLength = 22

// shortSalt is Django's must_update_salt, which counts characters and takes them
// for letters and digits.
func (p *policy) shortSalt(characters int) bool {
	return !p.acceptShortSalts && characters < saltLength
}

// checkSalt is for a salt that is written as it is.
func checkSalt(salt string) error {
	if salt == "" || strings.Contains(salt, "$") {
		return invalidOption("a salt is empty or has a dollar sign")
	}
	return nil
}

// readSalt is for the same salt in a stored hash.
func (p *policy) readSalt(salt string) (short bool, err error) {
	if salt == "" {
		return false, malformed("the salt is empty")
	}
	return p.shortSalt(utf8.RuneCountInString(salt)), nil
}

const (
	alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	unbiased     = 256 / len(alphanumeric) * len(alphanumeric)
)

// randomText draws n letters and digits. Bytes that would favour the first
// ones are drawn again.
func randomText(n int) string {
	text := make([]byte, 0, n)
	var pool [64]byte
	for {
		rand.Read(pool[:]) // it never returns an error
		for _, b := range pool {
			if int(b) >= unbiased {
				continue
			}
			text = append(text, alphanumeric[int(b)%len(alphanumeric)])
			if len(text) == n {
				return string(text)
			}
		}
	}
}

// same compares in constant time.
func same(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// number reads a number as Django writes it: 1 or more, and neither sign, space
// nor leading zero. What does not fit is the largest int, above every limit.
func number(text string) (int, error) {
	if text == "" || text[0] == '0' || strings.Trim(text, "0123456789") != "" {
		return 0, malformed("a number is not as Django writes it")
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return math.MaxInt, nil //nolint:nilerr // only the range can be wrong
	}
	return n, nil
}

var (
	base64Padded = base64.StdEncoding.Strict()
	base64Raw    = base64.RawStdEncoding.Strict()
)

// readBase64 decodes only what e itself encodes: not with newlines in it.
func readBase64(e *base64.Encoding, text string) ([]byte, error) {
	raw, err := e.DecodeString(text)
	if err != nil || e.EncodeToString(raw) != text {
		return nil, malformed("base64 is cut off or not as Django writes it")
	}
	return raw, nil
}

// readHash is readBase64 for a hash whose length is known.
func readHash(text string, size int) ([]byte, error) {
	raw, err := readBase64(base64Padded, text)
	if err == nil && len(raw) != size {
		err = malformed("the hash is cut off or too long")
	}
	return raw, err
}

// readHex decodes lower case.
func readHex(text string, size int) ([]byte, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != size || hex.EncodeToString(raw) != text {
		return nil, malformed("the hash is cut off or not as Django writes it")
	}
	return raw, nil
}

// split cuts a text at dollar signs into exactly n parts.
func split(text string, n int) ([]string, error) {
	parts := strings.Split(text, "$")
	if len(parts) != n {
		return nil, malformed("it has too few or too many parts")
	}
	return parts, nil
}

func orDefault(n, standard int) int {
	if n == 0 {
		return standard
	}
	return n
}
