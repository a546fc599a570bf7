package conformance

import (
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// sessionData is a text of django_session.session_data, and how to read it.
type sessionData struct {
	sessioned
	isLegacy bool // this Django writes the form before 3.1
}

// checkSessionData checks a SessionData.
func checkSessionData(g *vectors.Group, t *vectors.Test) error {
	keys, opts, err := options(g, t)
	if err != nil {
		return err
	}
	c := &sessionData{sessioned{Test: t, keys: keys, opts: opts, want: t.Result}, strings.HasPrefix(g.Format, "legacy: ")}
	if c.isLegacy { // whose salt has no dot before the class
		class := strings.TrimPrefix(string(opts.Salt), "django.contrib.sessions")
		opts.Salt = saltine.Salt("django.contrib.sessions." + class)
	}
	if t.Result == vectors.Valid && c.isLegacy || isWritable(g, t) {
		return all(c.decode, c.encode, c.encodeAnew)
	}
	return c.decode()
}

// read returns the session in the text.
func (c *sessionData) read() (*saltine.Session, error) {
	data, err := saltine.NewSessionData(c.keys, c.opts)
	if err != nil {
		return nil, err
	}
	return data.Decode(c.Cookie)
}

func (c *sessionData) decode() error {
	s, err := c.read()
	if c.want != vectors.Valid {
		return all(
			func() error { return differRefusal("Decode", err) },
			func() error { return differ("a session beside an error", false, s != nil) },
		)
	}
	if err := differOutcome("Decode", c.want, err); err != nil {
		return err
	}
	return all(
		func() error { return differVerification(c.Test, s.Verification()) },
		func() error { return differ("Key", "", s.Key()) },
		func() error { return c.differSession(s) },
	)
}

// encode writes the session that was read.
func (c *sessionData) encode() error {
	s, err := c.read()
	if err != nil {
		return err
	}
	return c.write("Decode and Encode", s)
}

// encodeAnew writes a new session that every value is set in.
func (c *sessionData) encodeAnew() error {
	return c.write("Set and Encode", c.setAll(&saltine.Session{}))
}

func (c *sessionData) write(call string, s *saltine.Session) error {
	if c.isLegacy {
		text, err := c.encoded(c.opts, s)
		if err != nil {
			return err
		}
		return differ(call, c.Cookie, text)
	}
	written, ok := writeOptions(c.opts, c.Test)
	if !ok {
		return nil
	}
	text, err := c.encoded(written, s)
	if err != nil {
		return err
	}
	signer, err := saltine.NewTimestampSigner(c.keys, written)
	if err != nil {
		return err
	}
	return differToken(call, c.Test, signer, text)
}

func (c *sessionData) encoded(opts *saltine.Options, s *saltine.Session) (string, error) {
	data, err := saltine.NewSessionData(c.keys, opts)
	if err != nil {
		return "", err
	}
	return data.Encode(s)
}
