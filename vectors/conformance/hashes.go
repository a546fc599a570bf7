package conformance

// The vectors have signatures of every hash that Django has.
import (
	_ "crypto/md5"  //nolint:gosec // G501: one of the hashes of the vectors
	_ "crypto/sha1" //nolint:gosec // G505: one of the hashes of the vectors
	_ "crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"

	_ "golang.org/x/crypto/blake2b" // the import of a hash is what links it
	_ "golang.org/x/crypto/blake2s"
)
