package conformance

import (
	"encoding/json"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// checkSigner checks a Signer.
func checkSigner(g *vectors.Group, t *vectors.Test) error {
	keys, opts, err := options(g, t)
	if err != nil {
		return err
	}
	if g.Sep == "" {
		return checkConstruction(t, keys, opts)
	}
	s, err := saltine.NewSigner(keys, opts)
	if err != nil {
		return err
	}
	if g.Object {
		return checkSignerObject(g, t, s)
	}
	return checkSignerText(g, t, s)
}

// checkConstruction gives NewSigner the separator of the test. An empty one
// cannot be asked for: it stands for the colon.
func checkConstruction(t *vectors.Test, keys saltine.Keyring, opts *saltine.Options) error {
	opts.Separator = *t.Sep
	want := vectors.Valid
	if t.Result == vectors.Malformed && *t.Sep != "" {
		want = "invalid option"
	}
	s, err := saltine.NewSigner(keys, opts)
	if err := differOutcome("NewSigner", want, err); err != nil || s == nil {
		return err
	}
	sep := *t.Sep
	if sep == "" {
		sep = ":"
	}
	token := s.Sign("")
	return differ("Sign of nothing begins with", sep, token[:min(len(sep), len(token))])
}

func checkSignerText(g *vectors.Group, t *vectors.Test, s *saltine.Signer) error {
	text, err := s.Unsign(t.Cookie)
	if err := differOutcome("Unsign", t.Result, err); err != nil {
		return err
	}
	v, err := s.Verify(t.Cookie)
	if err := differOutcome("Verify", t.Result, err); err != nil {
		return err
	}
	if t.Result != vectors.Valid {
		return differ("value beside an error", "", text)
	}
	return all(
		func() error { return differData(t, text) },
		func() error { return differ("Size", len(t.Cookie), v.Size) },
		func() error {
			if !isWritable(g, t) {
				return nil
			}
			return differ("Sign", t.Cookie, s.Sign(text))
		},
	)
}

func checkSignerObject(g *vectors.Group, t *vectors.Test, s *saltine.Signer) error {
	var got any
	err := s.UnsignObject(t.Cookie, &got)
	if err := differOutcome("UnsignObject", t.Result, err); err != nil {
		return err
	}
	if t.Result != vectors.Valid {
		return differ[any]("value beside an error", nil, got)
	}
	v, err := s.Verify(t.Cookie)
	if err != nil {
		return err
	}
	return all(
		func() error { return differData(t, got) },
		func() error { return differVerification(t, v) },
		func() error {
			if !isWritable(g, t) || isCompressed(t.Cookie) {
				return nil
			}
			token, err := s.SignObject(json.RawMessage(t.Payload()))
			if err != nil {
				return err
			}
			return differ("SignObject", t.Cookie, token)
		},
	)
}
