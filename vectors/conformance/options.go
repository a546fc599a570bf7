package conformance

import (
	"crypto"
	"math/big"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// options returns the keys of a group and the options of its signer, with the
// clock of the test.
func options(g *vectors.Group, t *vectors.Test) (saltine.Keyring, *saltine.Options, error) {
	keys, err := keyring(g)
	opts := &saltine.Options{Separator: g.Sep, Now: t.Time}
	if g.Salt != nil {
		opts.Salt = saltine.Salt(*g.Salt)
	}
	return keys, opts, err
}

// bareOptions are options without the prefix of the keys.
func bareOptions(g *vectors.Group, t *vectors.Test) (saltine.Keyring, *saltine.Options, error) {
	bare := *g
	bare.KeyPrefix = ""
	return options(&bare, t)
}

func keyring(g *vectors.Group) (saltine.Keyring, error) {
	var opts saltine.KeyringOptions
	var err error
	if opts.Algorithm, err = saltine.AlgorithmByName(g.Algorithm); err != nil {
		return saltine.Keyring{}, err
	}
	if g.LegacyAlgorithm != "" {
		legacy, err := saltine.AlgorithmByName(g.LegacyAlgorithm)
		if err != nil {
			return saltine.Keyring{}, err
		}
		opts.LegacyAlgorithms = []crypto.Hash{legacy}
	}
	for _, key := range g.FallbackKeyBytes() {
		opts.Fallbacks = append(opts.Fallbacks, saltine.Key(key))
	}
	return saltine.NewKeyring(saltine.Key(g.KeyBytes()), &opts)
}

// maxAge returns the maximum age of a test.
func maxAge(t *vectors.Test) time.Duration {
	if t.MaxAge == nil {
		return saltine.NoMaxAge
	}
	return time.Duration(*t.MaxAge * float64(time.Second))
}

// isWritable reports whether signing what a test holds must give its cookie.
func isWritable(g *vectors.Group, t *vectors.Test) bool {
	if t.Result != vectors.Valid || g.Serializer != "" {
		return false
	}
	for _, flag := range t.Flags {
		switch flag {
		case "tamper", "crafted", "rotated", "wrong_key":
			return false
		case "algorithm":
			if g.Kind == vectors.KindSession {
				return false
			}
		}
		if strings.HasPrefix(flag, "legacy_") {
			return false
		}
	}
	return true
}

// writeOptions returns the options to sign a test with: at the time of its
// cookie, and compressed if that is. ok is false for a time that no Go clock
// shows.
func writeOptions(opts *saltine.Options, t *vectors.Test) (written *saltine.Options, ok bool) {
	if t.Timestamp == nil || !t.Timestamp.IsInt64() {
		return nil, false
	}
	copied := *opts
	copied.Now = func() time.Time { return unix(t.Timestamp) }
	copied.Compression = saltine.CompressionNone
	if isCompressed(t.Cookie) {
		copied.Compression = saltine.CompressionBest
	}
	return &copied, true
}

func unix(sec *big.Int) time.Time { return time.Unix(sec.Int64(), 0) }

// isCompressed tells a compressed payload by its dot.
func isCompressed(cookie string) bool { return strings.HasPrefix(cookie, ".") }
