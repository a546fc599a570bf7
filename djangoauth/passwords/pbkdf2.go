package passwords

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"strconv"
)

// PBKDF2SHA256 is Django's PBKDF2PasswordHasher, pbkdf2_sha256.
type PBKDF2SHA256 struct {
	// Iterations is 1800000 if it is zero.
	Iterations int
}

// PBKDF2SHA1 is Django's PBKDF2SHA1PasswordHasher, pbkdf2_sha1.
type PBKDF2SHA1 struct {
	// Iterations is 1800000 if it is zero.
	Iterations int
}

func (h PBKDF2SHA256) pbkdf2() *pbkdf2Hasher {
	return &pbkdf2Hasher{"pbkdf2_sha256", sha256.New, sha256.Size, h.Iterations}
}

func (h PBKDF2SHA1) pbkdf2() *pbkdf2Hasher {
	return &pbkdf2Hasher{"pbkdf2_sha1", sha1.New, sha1.Size, h.Iterations}
}

func (h PBKDF2SHA256) name() string { return "pbkdf2_sha256" }
func (h PBKDF2SHA1) name() string   { return "pbkdf2_sha1" }

func (h PBKDF2SHA256) complete() Hasher {
	return PBKDF2SHA256{orDefault(h.Iterations, newest.iterations)}
}

func (h PBKDF2SHA1) complete() Hasher {
	return PBKDF2SHA1{orDefault(h.Iterations, newest.iterations)}
}

func (h PBKDF2SHA256) fits(l *Limits) error { return h.pbkdf2().fits(l) }
func (h PBKDF2SHA1) fits(l *Limits) error   { return h.pbkdf2().fits(l) }

func (h PBKDF2SHA256) encode(password, salt string) (string, error) {
	return h.pbkdf2().encode(password, salt)
}

func (h PBKDF2SHA1) encode(password, salt string) (string, error) {
	return h.pbkdf2().encode(password, salt)
}

func (h PBKDF2SHA256) read(encoded string, p *policy) (*stored, error) {
	return h.pbkdf2().read(encoded, p)
}

func (h PBKDF2SHA1) read(encoded string, p *policy) (*stored, error) {
	return h.pbkdf2().read(encoded, p)
}

// pbkdf2Hasher does the work of both.
type pbkdf2Hasher struct {
	name       string
	digest     func() hash.Hash
	size       int
	iterations int
}

func (h *pbkdf2Hasher) fits(l *Limits) error {
	if h.iterations < 1 {
		return invalidOption("Iterations of PBKDF2 is negative")
	}
	return l.checkIterations(h.iterations)
}

func (h *pbkdf2Hasher) key(password, salt string, iterations int) ([]byte, error) {
	key, err := pbkdf2.Key(h.digest, password, []byte(salt), iterations, h.size)
	if err != nil {
		return nil, noHasher("FIPS 140 does not allow this hash or this salt")
	}
	return key, nil
}

func (h *pbkdf2Hasher) encode(password, salt string) (string, error) {
	if err := checkSalt(salt); err != nil {
		return "", err
	}
	key, err := h.key(password, salt, h.iterations)
	if err != nil {
		return "", err
	}
	return h.name + "$" + strconv.Itoa(h.iterations) + "$" + salt + "$" + base64.StdEncoding.EncodeToString(key), nil
}

func (h *pbkdf2Hasher) read(encoded string, p *policy) (*stored, error) {
	parts, err := split(encoded, 4)
	if err != nil {
		return nil, err
	}
	iterations, err := number(parts[1])
	if err != nil {
		return nil, err
	}
	if err := p.limits.checkIterations(iterations); err != nil {
		return nil, err
	}
	salt := parts[2]
	short, err := p.readSalt(salt)
	if err != nil {
		return nil, err
	}
	want, err := readHash(parts[3], h.size)
	if err != nil {
		return nil, err
	}
	return &stored{
		verify: func(password string) (bool, error) {
			key, err := h.key(password, salt, iterations)
			return err == nil && same(key, want), err
		},
		outdated: short || iterations != h.iterations,
		harden: func(password string) {
			if missing := h.iterations - iterations; missing > 0 {
				_, _ = h.key(password, salt, missing) // only the time counts
			}
		},
	}, nil
}
