package main

import (
	"cmp"
	"crypto"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

// A value may be signed with any hash that Django has: all of them are linked.
import (
	_ "crypto/md5"  //nolint:gosec // G501: Django's Signer takes it, inside HMAC
	_ "crypto/sha1" //nolint:gosec // G505: the only one of Django 1.4 to 3.0, inside HMAC
	_ "crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"

	_ "golang.org/x/crypto/blake2b"
	_ "golang.org/x/crypto/blake2s"
)

// algorithmName returns Django's name of a hash.
func algorithmName(hash crypto.Hash) string {
	for _, name := range paste.AlgorithmNames() {
		if named, err := saltine.AlgorithmByName(name); err == nil && named == hash {
			return name
		}
	}
	return hash.String()
}

// algorithms are those that a value is verified with. The first one signs.
func (r *request) algorithms() []crypto.Hash {
	return append([]crypto.Hash{cmp.Or(r.algorithm, crypto.SHA256)}, r.legacy...)
}
