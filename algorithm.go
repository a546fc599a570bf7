package saltine

import (
	"crypto/fips140"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"hash"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/blake2s"
)

// Algorithm is the hash of a signature: it derives the key and is the H of
// HMAC-H. The zero value is SHA-256, the default of Django 3.1 and later.
type Algorithm uint8

// The algorithms that Django accepts: those that Python's hashlib has as
// attributes and that HMAC can use.
const (
	SHA256 Algorithm = iota
	MD5
	SHA1 // Django's only one through 3.0
	SHA224
	SHA384
	SHA512
	SHA3x224
	SHA3x256
	SHA3x384
	SHA3x512
	BLAKE2b
	BLAKE2s
)

var algorithms = [...]struct {
	name     string // as in Python's hashlib
	size     int    // of a digest, in bytes
	new      func() hash.Hash
	approved bool // by FIPS 140-3
}{
	SHA256:   {"sha256", sha256.Size, sha256.New, true},
	MD5:      {"md5", md5.Size, md5.New, false},
	SHA1:     {"sha1", sha1.Size, sha1.New, false},
	SHA224:   {"sha224", sha256.Size224, sha256.New224, true},
	SHA384:   {"sha384", sha512.Size384, sha512.New384, true},
	SHA512:   {"sha512", sha512.Size, sha512.New, true},
	SHA3x224: {"sha3_224", 28, func() hash.Hash { return sha3.New224() }, true},
	SHA3x256: {"sha3_256", 32, func() hash.Hash { return sha3.New256() }, true},
	SHA3x384: {"sha3_384", 48, func() hash.Hash { return sha3.New384() }, true},
	SHA3x512: {"sha3_512", 64, func() hash.Hash { return sha3.New512() }, true},
	BLAKE2b:  {"blake2b", blake2b.Size, newBLAKE2b, false},
	BLAKE2s:  {"blake2s", blake2s.Size, newBLAKE2s, false},
}

// maxDigest is the size of the longest digest above, in bytes.
const maxDigest = 64

// The BLAKE2 constructors fail for keys that are too long only; Django's
// signatures use the unkeyed hash.
func newBLAKE2b() hash.Hash { h, _ := blake2b.New512(nil); return h }
func newBLAKE2s() hash.Hash { h, _ := blake2s.New256(nil); return h }

// AlgorithmByName returns the algorithm that Django calls name, such as
// "sha256", "sha3_512" or "blake2b". Names are exact, as in Python: "SHA256"
// and "sha-256" are refused with [ErrInvalidOption].
func AlgorithmByName(name string) (Algorithm, error) {
	for a := range algorithms {
		if algorithms[a].name == name {
			return Algorithm(a), nil
		}
	}
	return 0, invalidOption("Django has no algorithm of that name (sha256, sha512, sha1, ...)")
}

// String returns Django's name of the algorithm.
func (a Algorithm) String() string {
	if int(a) >= len(algorithms) {
		return "invalid"
	}
	return algorithms[a].name
}

// SignatureLen returns the length of a signature's text in bytes: URL-safe
// base64 without padding. It is 0 for a value that is no algorithm.
func (a Algorithm) SignatureLen() int {
	if int(a) >= len(algorithms) {
		return 0
	}
	return (algorithms[a].size*8 + 5) / 6
}

func (a Algorithm) hash() hash.Hash { return algorithms[a].new() }

// check refuses what hash and crypto/hmac would panic for.
func (a Algorithm) check() error {
	if int(a) >= len(algorithms) {
		return invalidOption("no such Algorithm")
	}
	if fips140.Enforced() && !algorithms[a].approved {
		return invalidOption("algorithm %s is not allowed in FIPS 140-only mode", a)
	}
	return nil
}
