package passwords

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Variety is a kind of Argon2.
type Variety string

// The varieties of Argon2 that this package has.
const (
	// Argon2id is what Django writes since 3.2.
	Argon2id Variety = "argon2id"
	// Argon2i is the only one that Django 1.10 to 3.1 writes and verifies.
	Argon2i Variety = "argon2i"
)

// Argon2 is Django's Argon2PasswordHasher, argon2. It checks both varieties,
// whichever it makes. It takes MemoryKiB for every check that runs.
type Argon2 struct {
	// Variety is Argon2id if it is empty.
	Variety Variety
	// Time is how often the memory is gone through: 2 if it is zero.
	Time int
	// MemoryKiB is the memory, in units of 1024 bytes: 102400 if it is zero.
	MemoryKiB int
	// Parallelism is the number of lanes, at most 255: 8 if it is zero.
	Parallelism int
	// HashLength is in bytes: 32 if it is zero. Django takes it from argon2-cffi,
	// which had 16 to version 21.1: set it to 16 beside one of those, or each
	// side finds the other's hashes to be upgraded.
	HashLength int
}

const (
	argon2MinSalt  = 8 // bytes; the C library refuses fewer
	argon2MinHash  = 4
	argon2MaxLanes = math.MaxUint8
	argon2MinLane  = 8 // blocks of 1 KiB
)

func (h Argon2) name() string { return "argon2" }

func (h Argon2) complete() Hasher {
	if h.Variety == "" {
		h.Variety = Argon2id
	}
	h.Time = orDefault(h.Time, newest.argon2.Time)
	h.MemoryKiB = orDefault(h.MemoryKiB, newest.argon2.MemoryKiB)
	h.Parallelism = orDefault(h.Parallelism, newest.argon2.Parallelism)
	h.HashLength = orDefault(h.HashLength, 32)
	return h
}

func (h Argon2) fits(l *Limits) error {
	switch {
	case h.Variety != Argon2id && h.Variety != Argon2i:
		return invalidOption("Argon2.Variety is unknown")
	case h.Time < 1 || h.Parallelism < 1 || h.MemoryKiB/argon2MinLane < h.Parallelism:
		return invalidOption("Argon2 needs positive numbers, and 8 KiB of memory for each lane")
	case h.HashLength < argon2MinHash || h.HashLength > l.MaxEncoded/2:
		return invalidOption("Argon2.HashLength is out of range")
	}
	return h.checkCost(l)
}

func (h Argon2) checkCost(l *Limits) error {
	if h.Parallelism > argon2MaxLanes {
		return tooLarge("more than 255 lanes of Argon2")
	}
	if err := l.checkPasses(h.Time); err != nil {
		return err
	}
	return l.checkMemory(float64(h.MemoryKiB) * 1024)
}

func (h Argon2) key(password string, salt []byte) []byte {
	derive := argon2.IDKey
	if h.Variety == Argon2i {
		derive = argon2.Key
	}
	return derive([]byte(password), salt, uint32(h.Time), uint32(h.MemoryKiB), uint8(h.Parallelism), uint32(h.HashLength))
}

func (h Argon2) encode(password, salt string) (string, error) {
	if len(salt) < argon2MinSalt {
		return "", invalidOption("a salt of Argon2 has fewer than 8 bytes")
	}
	var b strings.Builder
	b.WriteString("argon2$" + string(h.Variety) + "$v=19$m=" + strconv.Itoa(h.MemoryKiB))
	b.WriteString(",t=" + strconv.Itoa(h.Time) + ",p=" + strconv.Itoa(h.Parallelism))
	b.WriteString("$" + base64Raw.EncodeToString([]byte(salt)))
	b.WriteString("$" + base64Raw.EncodeToString(h.key(password, []byte(salt))))
	return b.String(), nil
}

func (h Argon2) read(encoded string, p *policy) (*stored, error) {
	parts, err := argon2Parts(encoded)
	if err != nil {
		return nil, err
	}
	made := Argon2{Variety: Variety(parts[1])}
	if err := made.readCost(parts[3], p); err != nil {
		return nil, err
	}
	salt, err := readBase64(base64Raw, parts[4])
	if err != nil {
		return nil, err
	}
	want, err := readBase64(base64Raw, parts[5])
	if err != nil {
		return nil, err
	}
	if len(salt) < argon2MinSalt || len(want) < argon2MinHash {
		return nil, malformed("the salt or the hash is cut off")
	}
	made.HashLength = len(want)
	return &stored{
		verify: func(password string) (bool, error) {
			return same(made.key(password, salt), want), nil
		},
		outdated: made != h || p.shortSalt(len(salt)),
	}, nil
}

// argon2Parts returns the six parts of a hash that this package can check.
func argon2Parts(encoded string) ([]string, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) == 5 && strings.HasPrefix(parts[2], "m=") {
		return nil, noHasher("version 16 of Argon2")
	}
	if len(parts) != 6 {
		return nil, malformed("it has too few or too many parts")
	}
	switch parts[1] {
	case "argon2d":
		return nil, noHasher("argon2d")
	case string(Argon2id), string(Argon2i):
	default:
		return nil, malformed("the variety of Argon2 is unknown")
	}
	switch parts[2] {
	case "v=19":
		return parts, nil
	case "v=16":
		return nil, noHasher("version 16 of Argon2")
	}
	return nil, malformed("the version of Argon2 is unknown")
}

// readCost reads m=…,t=…,p=….
func (h *Argon2) readCost(text string, p *policy) error {
	parts := strings.Split(text, ",")
	if len(parts) != 3 {
		return malformed("the parameters of Argon2 are not as Django writes them")
	}
	for i, field := range []struct {
		prefix string
		value  *int
	}{{"m=", &h.MemoryKiB}, {"t=", &h.Time}, {"p=", &h.Parallelism}} {
		digits, ok := strings.CutPrefix(parts[i], field.prefix)
		if !ok {
			return malformed("the parameters of Argon2 are not as Django writes them")
		}
		var err error
		if *field.value, err = number(digits); err != nil {
			return err
		}
	}
	if h.MemoryKiB/argon2MinLane < h.Parallelism {
		return malformed("Argon2 with less than 8 KiB of memory for each lane")
	}
	return h.checkCost(&p.limits)
}
