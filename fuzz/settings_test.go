package fuzz_test

import (
	"crypto"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// maxTokenLen and maxPayloadLen are small, so that inputs reach them.
const (
	maxTokenLen   = 16 << 10
	maxPayloadLen = 64 << 10
)

// setting is the keys, salt, separator and algorithms of a group of vectors,
// with the signers for them.
type setting struct {
	keyring    saltine.Keyring
	keys       []saltine.Keyring // each key on its own; the first one signs
	algorithms []crypto.Hash     // the first one signs
	opts       saltine.Options
	now        time.Time
	reported   []saltine.Verification // what OnVerify was told

	signer    *saltine.Signer
	timestamp *saltine.TimestampSigner
}

// seed is a token that Django made, and the time to read it at.
type seed struct {
	setting byte
	token   string
	now     time.Time
}

// fromVectors is all settings, and as seeds all tokens, each of them once.
var fromVectors = sync.OnceValues(func() (settings []*setting, seeds []seed) {
	seen := map[string]bool{}
	for _, g := range must(vectors.Django()).Groups {
		switch g.Kind {
		case vectors.KindSigner, vectors.KindTimestampSigner, vectors.KindSigningDumps, vectors.KindSession:
		default:
			continue
		}
		if g.Sep == "" { // only constructs signers
			continue
		}
		for _, t := range g.Tests {
			if seen[t.Cookie] {
				continue
			}
			seen[t.Cookie] = true
			seeds = append(seeds, seed{byte(len(settings)), t.Cookie, t.Time()})
		}
		settings = append(settings, newSetting(&g))
	}
	return settings, seeds
})

func newSetting(g *vectors.Group) *setting {
	s := &setting{now: start}
	keys := []saltine.Key{saltine.Key(g.KeyBytes())}
	for _, key := range g.FallbackKeyBytes() {
		keys = append(keys, saltine.Key(key))
	}
	for _, key := range keys {
		s.keys = append(s.keys, must(saltine.NewKeyring(key, nil)))
	}
	for _, name := range []string{g.Algorithm, g.LegacyAlgorithm} {
		if name != "" {
			s.algorithms = append(s.algorithms, must(saltine.AlgorithmByName(name)))
		}
	}
	s.keyring = must(saltine.NewKeyring(keys[0], &saltine.KeyringOptions{
		Fallbacks:        keys[1:],
		Algorithm:        s.algorithms[0],
		LegacyAlgorithms: s.algorithms[1:],
	}))
	s.opts = saltine.Options{
		Salt:          saltine.Salt(g.SaltFor(&g.Tests[0])),
		Separator:     g.Sep,
		MaxTokenLen:   maxTokenLen,
		MaxPayloadLen: maxPayloadLen,
		Now:           func() time.Time { return s.now },
		OnVerify:      func(v saltine.Verification) { s.reported = append(s.reported, v) },
	}
	s.makeSigners()
	return s
}

func (s *setting) makeSigners() {
	s.signer = must(saltine.NewSigner(s.keyring, &s.opts))
	s.timestamp = must(saltine.NewTimestampSigner(s.keyring, &s.opts))
}

// choose returns the setting with a number, at start.
func choose(number byte) *setting {
	settings, _ := fromVectors()
	s := settings[int(number)%len(settings)]
	s.now, s.reported = start, nil
	return s
}

// reference reads a signed text in the plainest way: split at the last
// separator, and compare with what each key would have made.
func (s *setting) reference(token string) (value string, ok bool) {
	i := strings.LastIndex(token, s.opts.Separator)
	if i < 0 {
		return "", false
	}
	value, given := token[:i], token[i+len(s.opts.Separator):]
	for _, algorithm := range s.algorithms {
		for _, key := range s.keys {
			mac := must(key.SaltedHMAC(s.opts.Salt+"signer", []byte(value), algorithm))
			if base64.RawURLEncoding.EncodeToString(mac) == given {
				return value, true
			}
		}
	}
	return "", false
}

// requireReports fails unless OnVerify was told of every one of these, and of
// nothing else since the last time.
func (s *setting) requireReports(t *testing.T, want ...saltine.Verification) {
	t.Helper()
	if !slices.Equal(want, s.reported) {
		t.Fatalf("OnVerify was told %+v, want %+v", s.reported, want)
	}
	s.reported = nil
}
