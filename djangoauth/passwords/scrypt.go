package passwords

import (
	"math/bits"
	"strconv"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// Scrypt is Django's ScryptPasswordHasher, scrypt, of 4.0 and later. It takes
// 128 * WorkFactor * BlockSize bytes for every check that runs.
type Scrypt struct {
	// WorkFactor is N, a power of two: 16384 if it is zero.
	WorkFactor int
	// BlockSize is r: 8 if it is zero.
	BlockSize int
	// Parallelism is p: 5 if it is zero. Django before 5.1 has 1.
	Parallelism int
}

const (
	scryptSize      = 64
	scryptMaxMemory = 32 << 20 // of OpenSSL, which Django does not raise
)

func (h Scrypt) name() string { return "scrypt" }

func (h Scrypt) complete() Hasher {
	return Scrypt{
		orDefault(h.WorkFactor, newest.scrypt.WorkFactor),
		orDefault(h.BlockSize, newest.scrypt.BlockSize),
		orDefault(h.Parallelism, newest.scrypt.Parallelism),
	}
}

func (h Scrypt) fits(l *Limits) error {
	if !h.valid() {
		return invalidOption("Scrypt.WorkFactor is no power of two, or a number is not positive")
	}
	return h.checkCost(l)
}

// valid is what the algorithm demands: N is a power of two above 1, and below
// 2 to the power of 16*r.
func (h Scrypt) valid() bool {
	return h.WorkFactor > 1 && h.BlockSize > 0 && h.Parallelism > 0 &&
		bits.OnesCount(uint(h.WorkFactor)) == 1 &&
		(h.BlockSize > 3 || bits.Len(uint(h.WorkFactor)) <= 16*h.BlockSize)
}

func (h Scrypt) checkCost(l *Limits) error {
	if err := l.checkPasses(h.Parallelism); err != nil {
		return err
	}
	memory := 128 * float64(h.BlockSize) * (float64(h.WorkFactor) + 2 + float64(h.Parallelism))
	if memory > scryptMaxMemory {
		return tooLarge("scrypt with more than 32 MiB, which Django's OpenSSL refuses")
	}
	return l.checkMemory(memory)
}

func (h Scrypt) key(password, salt string) ([]byte, error) {
	key, err := scrypt.Key([]byte(password), []byte(salt), h.WorkFactor, h.BlockSize, h.Parallelism, scryptSize)
	if err != nil {
		return nil, malformed("scrypt refuses its parameters")
	}
	return key, nil
}

func (h Scrypt) encode(password, salt string) (string, error) {
	if err := checkSalt(salt); err != nil {
		return "", err
	}
	key, err := h.key(password, salt)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{
		"scrypt", strconv.Itoa(h.WorkFactor), salt, strconv.Itoa(h.BlockSize), strconv.Itoa(h.Parallelism),
		base64Padded.EncodeToString(key),
	}, "$"), nil
}

func (h Scrypt) read(encoded string, p *policy) (*stored, error) {
	parts, err := split(encoded, 6)
	if err != nil {
		return nil, err
	}
	made, err := readScrypt(parts[1], parts[3], parts[4])
	if err != nil {
		return nil, err
	}
	if err := made.checkCost(&p.limits); err != nil {
		return nil, err
	}
	if !made.valid() {
		return nil, malformed("the parameters of scrypt are out of range")
	}
	salt := parts[2]
	if _, err := p.readSalt(salt); err != nil {
		return nil, err
	}
	want, err := readHash(parts[5], scryptSize)
	if err != nil {
		return nil, err
	}
	return &stored{
		verify: func(password string) (bool, error) {
			key, err := made.key(password, salt)
			return err == nil && same(key, want), err
		},
		outdated: made != h, // whatever its salt
	}, nil
}

func readScrypt(n, r, p string) (h Scrypt, err error) {
	if h.WorkFactor, err = number(n); err != nil {
		return h, err
	}
	if h.BlockSize, err = number(r); err != nil {
		return h, err
	}
	h.Parallelism, err = number(p)
	return h, err
}
