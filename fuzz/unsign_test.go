package fuzz_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/seed-52756201/saltine"
)

// FuzzUnsign holds Signer to a plain reading of Django's rules, for any text in
// place of a token, under the keys, separators and algorithms of every group of
// vectors: a token is good exactly where the reference says so; Verify and OnVerify
// say the same; and any text at all can be signed and comes back.
func FuzzUnsign(f *testing.F) {
	_, seeds := fromVectors()
	for _, s := range seeds {
		f.Add(s.setting, s.token)
	}
	f.Fuzz(func(t *testing.T, number byte, text string) {
		s := choose(number)
		checkUnsign(t, s, text)
		signed := s.signer.Sign(text)
		checkUnsign(t, s, signed)
		if value, err := s.signer.Unsign(signed); len(signed) <= maxTokenLen && (err != nil || value != text) {
			t.Fatalf("what was signed came back as %q, %v", value, err)
		}
	})
}

func checkUnsign(t *testing.T, s *setting, token string) {
	t.Helper()
	s.reported = nil
	want, isGood := s.reference(token)
	got, err := s.signer.Unsign(token)
	requireSecrecy(t, err, token)
	switch {
	case len(token) > maxTokenLen && isGood:
		requireKind(t, "a token over the limit", err, tooLarge)
	case len(token) > maxTokenLen:
		requireKind(t, "a text over the limit", err, tooLarge, badSignature)
	case isGood:
		requireKind(t, "a good token", err, good)
	default:
		requireKind(t, "a bad token", err, badSignature)
	}
	if err != nil {
		want = ""
	}
	if got != want {
		t.Fatalf("Unsign gives %q, want %q", got, want)
	}
	v, verifyErr := s.signer.Verify(token)
	requireSameError(t, "Verify", err, verifyErr)
	if err != nil {
		if v != (saltine.Verification{}) {
			t.Fatalf("Verify gives %+v beside an error", v)
		}
		s.requireReports(t)
		return
	}
	requireSlot(t, s, v, token)
	s.requireReports(t, v, v)
}

// requireSameError compares errors by their texts, which tell all there is.
func requireSameError(t *testing.T, what string, want, got error) {
	t.Helper()
	if (want == nil) != (got == nil) || want != nil && want.Error() != got.Error() {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

// requireSlot checks which key is said to have verified a token.
func requireSlot(t *testing.T, s *setting, v saltine.Verification, token string) {
	t.Helper()
	if v.Size != len(token) || v.KeyIndex < 0 || v.KeyIndex >= len(s.keys) || !slices.Contains(s.algorithms, v.Algorithm) {
		t.Fatalf("Verification %+v of a token of %d bytes", v, len(token))
	}
	isLegacy := v.Algorithm != s.algorithms[0]
	if v.Legacy != isLegacy || v.NeedsResign() != (v.KeyIndex > 0 || isLegacy) {
		t.Fatalf("NeedsResign is %v for %+v", v.NeedsResign(), v)
	}
}

// FuzzForgery changes a good token in one place. Whatever is changed, inserted or
// cut off, every reader calls it a bad signature and nothing else, unless it is
// another good token, as the reference sees it. So it is with a token made under
// another salt.
func FuzzForgery(f *testing.F) {
	_, seeds := fromVectors()
	for i, s := range seeds {
		f.Add(s.setting, s.token, uint(i), byte(i%255+1))
	}
	f.Fuzz(func(t *testing.T, number byte, value string, at uint, with byte) {
		s := choose(number)
		token := s.timestamp.Sign(value)
		if len(token) >= maxTokenLen {
			t.Skip("too long to be read at all")
		}
		i := int(at % uint(len(token)))
		flipped := []byte(token)
		flipped[i] ^= with
		if with != 0 {
			requireForged(t, s, string(flipped))
		}
		for _, other := range []string{
			string(slices.Insert([]byte(token), i, with)),
			string(slices.Delete([]byte(token), i, i+1)),
			token[:i],
			token[i:],
			token + string(rune(with)),
			token + "=",
			string(bytes.ToUpper([]byte(token))),
		} {
			if _, ok := s.reference(other); !ok {
				requireForged(t, s, other)
			}
		}
		requireForged(t, s, must(saltine.NewTimestampSigner(s.keyring, &saltine.Options{
			Salt: s.opts.Salt + "2", Separator: s.opts.Separator,
		})).Sign(value))
	})
}

func requireForged(t *testing.T, s *setting, token string) {
	t.Helper()
	var object any
	_, signerErr := s.signer.Unsign(token)
	_, timestampErr := s.timestamp.Unsign(token, saltine.NoMaxAge)
	_, verifyErr := s.timestamp.Verify(token, 0)
	_, payloadErr := s.timestamp.AppendUnsignPayload(nil, token, saltine.NoMaxAge)
	for _, err := range []error{
		signerErr, timestampErr, verifyErr, payloadErr,
		s.signer.UnsignObject(token, &object),
		s.timestamp.UnsignObject(token, &object, 0),
		s.keyring.Loads(token, &object, saltine.NoMaxAge, &s.opts),
	} {
		requireKind(t, "a forged token", err, badSignature)
		requireSecrecy(t, err, token)
	}
	if object != nil {
		t.Fatal("an object came out of a forged token")
	}
	s.requireReports(t)
}
