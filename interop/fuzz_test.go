package interop_test

import (
	"math/rand/v2"
	"testing"

	"github.com/seed-52756201/saltine"
)

// The ways to hand a text over, the last ones signed.
const (
	asToken   = iota // the cookie itself
	asSigned         // envelope and timestamp
	asPayload        // JSON
	asDeflated
	fuzzWays
)

// maxFuzzed keeps JSON from nesting to where the depth of Python's own calls
// decides.
const maxFuzzed = 1200

// FuzzDjango gives the same bytes to Django and to every reader, and expects the
// same outcome: the value, or the kind of the error.
func FuzzDjango(f *testing.F) {
	const stamp = "1r31eq" // of the moment that the settings say it is
	add := func(way, age byte, text string) {
		if len(text) <= maxFuzzed {
			f.Add(way, age, text)
		}
	}
	for n := range byte(200) {
		rng := rand.New(rand.NewPCG(1, uint64(n)))
		add(asSigned, n, craft(rng, stamp))
		add(asPayload+n%2, n, string(craftJSON(rng)))
	}
	for _, token := range []string{"", ":", "::", "e30:1r31eq:x", values[len(values)-1]} {
		add(asToken, 0, token)
	}
	f.Fuzz(func(t *testing.T, way, age byte, text string) {
		if len(text) > maxFuzzed {
			return
		}
		r := newReaders(t, oddSetting(needDjango(t)))
		r.check(t, r.token(t, way%fuzzWays, text), maxAges[int(age)%len(maxAges)])
	})
}

// token is what a text is read as.
func (r *readers) token(t *testing.T, way byte, text string) string {
	t.Helper()
	switch way {
	case asToken:
		return text
	case asSigned:
		return ask[string](t, r.set.env(), "signer_sign", args{"value": []byte(text), "salt": sessionSalt})
	}
	opts := r.set.options(saltine.CompressionNone)
	opts.Salt = sessionSalt
	if way == asDeflated {
		opts.Compression, opts.MinCompress = saltine.CompressionBest, 1
	}
	signer, err := saltine.NewTimestampSigner(r.set.keyring(t), &opts)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.AppendSignPayload(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(token)
}
