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

// checkSessionData checks CookieStore.Decode and Encode.
func checkSessionData(g *vectors.Group, t *vectors.Test) error {
	key, opts, err := options(g, t)
	if err != nil {
		return err
	}
	c := &sessionData{sessioned{Test: t, key: key, want: t.Result}, strings.HasPrefix(g.Format, "legacy: ")}
	c.opts = saltine.StoreOptions{Options: *opts, DataSalt: opts.Salt}
	switch {
	case c.isLegacy:
		class := strings.TrimPrefix(string(opts.Salt), "django.contrib.sessions")
		c.opts.DataSalt = saltine.Salt("django.contrib.sessions." + class)
		c.opts.DataForm = saltine.SessionDataWriteLegacy
	case g.LegacyAlgorithm != "":
		c.opts.DataForm = saltine.SessionDataReadLegacy
	}
	c.opts.Options.Salt = "" // of cookies, which are not tested here
	if c.store, err = saltine.NewCookieStore(key, &c.opts); err != nil {
		return err
	}
	if t.Result == vectors.Valid && c.isLegacy || isWritable(g, t) {
		return all(c.decode, c.encode, c.encodeAnew)
	}
	return c.decode()
}

func (c *sessionData) decode() error {
	s, err := c.store.Decode(c.Cookie)
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
	return c.write("Encode", func(store *saltine.CookieStore) (*saltine.Session, error) { return store.Decode(c.Cookie) })
}

// encodeAnew writes a new session that every value is set in.
func (c *sessionData) encodeAnew() error {
	return c.write("Set and Encode", func(store *saltine.CookieStore) (*saltine.Session, error) {
		s := store.New()
		for _, m := range members(c.Data) {
			s.Set(m.key, m.raw)
		}
		return s, nil
	})
}

func (c *sessionData) write(call string, session func(*saltine.CookieStore) (*saltine.Session, error)) error {
	if c.isLegacy {
		data, err := c.encoded(c.opts.Options, session)
		if err != nil {
			return err
		}
		return differ(call, c.Cookie, data)
	}
	written, ok := writeOptions(&c.opts.Options, c.Test)
	if !ok {
		return nil
	}
	data, err := c.encoded(*written, session)
	if err != nil {
		return err
	}
	written.Salt = c.opts.DataSalt
	signer, err := saltine.NewTimestampSigner(c.key, written)
	if err != nil {
		return err
	}
	return differToken(call, c.Test, signer, data)
}

func (c *sessionData) encoded(opts saltine.Options, session func(*saltine.CookieStore) (*saltine.Session, error)) (string, error) {
	storeOpts := c.opts
	storeOpts.Options = opts
	store, err := saltine.NewCookieStore(c.key, &storeOpts)
	if err != nil {
		return "", err
	}
	s, err := session(store)
	if err != nil {
		return "", err
	}
	return store.Encode(s)
}
