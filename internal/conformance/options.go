package conformance

import (
	"math/big"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// options returns the key of a group and the options of its signer, with the
// clock of the test.
func options(g *vectors.Group, t *vectors.Test) (saltine.Key, *saltine.Options, error) {
	algorithm, err := saltine.AlgorithmByName(g.Algorithm)
	if err != nil {
		return "", nil, err
	}
	opts := &saltine.Options{Separator: g.Sep, Algorithm: algorithm, Now: t.Time}
	if g.Salt != nil {
		opts.Salt = saltine.Salt(*g.Salt)
	}
	if g.LegacyAlgorithm != "" {
		legacy, err := saltine.AlgorithmByName(g.LegacyAlgorithm)
		if err != nil {
			return "", nil, err
		}
		opts.LegacyAlgorithms = []saltine.Algorithm{legacy}
	}
	for _, key := range g.FallbackKeyBytes() {
		opts.Fallbacks = append(opts.Fallbacks, saltine.Key(key))
	}
	return saltine.Key(g.KeyBytes()), opts, nil
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
