package conformance

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// sessioned is the cookie of a session, and the store to read it with.
type sessioned struct {
	*vectors.Test
	keys   saltine.Keyring
	opts   *saltine.Options // of the signer
	store  *saltine.CookieStore
	want   vectors.Result
	policy saltine.ExpiryPolicy
}

// checkSession checks a CookieStore.
func checkSession(g *vectors.Group, t *vectors.Test) error {
	keys, opts, err := options(g, t)
	if err != nil {
		return err
	}
	if err := differ("separator of a session", g.Sep, ":"); err != nil {
		return err
	}
	c := &sessioned{Test: t, keys: keys, opts: opts, want: t.Result, policy: saltine.ExpiryCookieAge}
	if g.EnforcesSessionExpiry {
		c.policy = saltine.ExpirySession
	}
	if c.store, err = c.newStore(opts); err != nil {
		return err
	}
	switch {
	case g.Serializer == "pickle":
		return all(c.payload, c.pickle)
	case isNoCookie(t.Cookie):
		c.want = vectors.BadSignature // for Load, which takes every text for a cookie
		return all(c.load, c.noCookie)
	case !isWritable(g, t):
		return all(c.payload, c.load, c.open)
	}
	return all(c.payload, c.load, c.open, c.save, c.setAnew)
}

// newStore returns a store that signs as a signer with these options.
func (c *sessioned) newStore(opts *saltine.Options) (*saltine.CookieStore, error) {
	return saltine.NewCookieStore(c.keys, &saltine.StoreOptions{
		Salt:         opts.Salt,
		Compression:  opts.Compression,
		Now:          opts.Now,
		CookieAge:    maxAge(c.Test),
		ExpiryPolicy: c.policy,
	})
}

// isNoCookie tells the texts that Django since 1.9 does not take for a session
// key.
func isNoCookie(cookie string) bool { return utf8.RuneCountInString(cookie) < 8 }

// payload checks the serialized text, where there is one.
func (c *sessioned) payload() error {
	if c.RawPayload == nil {
		return nil
	}
	signer, err := saltine.NewTimestampSigner(c.keys, c.opts)
	if err != nil {
		return err
	}
	got, err := signer.AppendUnsignPayload(nil, c.Cookie, saltine.NoMaxAge)
	if err != nil {
		return err
	}
	return differ("payload", string(c.Payload()), string(got))
}

// pickle checks that a pickle is refused, and called what it is.
func (c *sessioned) pickle() error {
	_, err := c.store.Load(c.Cookie)
	if err := differOutcome("Load", vectors.Malformed, err); err != nil {
		return err
	}
	return differ("the error names pickle", true, strings.Contains(err.Error(), "pickle"))
}

func (c *sessioned) load() error {
	s, err := c.store.Load(c.Cookie)
	if err := differOutcome("Load", c.want, err); err != nil {
		return err
	}
	if err != nil {
		return all(
			func() error { return differExpired(c.Test, err) },
			func() error { return differ("a session beside an error", false, s != nil) },
			c.verifyRefused,
		)
	}
	return all(
		func() error { return differ("accessed or modified after Load", false, s.Accessed() || s.Modified()) },
		func() error { return differVerification(c.Test, s.Verification()) },
		func() error { return c.differSession(s) },
	)
}

// verifyRefused checks that Verify refuses a bad signature. What else Load
// refuses may be in the payload, which Verify leaves unread.
func (c *sessioned) verifyRefused() error {
	_, err := c.store.Verify(c.Cookie)
	if got := outcome(err); got == c.want || got == vectors.Valid && c.want != vectors.BadSignature {
		return nil
	}
	return differOutcome("Verify", c.want, err)
}

// noCookie checks that Open takes a text for none.
func (c *sessioned) noCookie() error {
	s := c.store.Open(context.Background(), c.Cookie)
	return all(
		func() error { return differ("values", 0, s.Len()) },
		func() error { return differ("Key", "", s.Key()) },
		func() error { return differOutcome("Err", vectors.Valid, s.Err()) },
		func() error { return differ("Modified", false, s.Modified()) },
	)
}

// open checks that Open agrees with Load.
func (c *sessioned) open() error {
	s := c.store.Open(context.Background(), c.Cookie)
	length := s.Len() // the first use
	if err := differ("Modified after the first use", c.wantModified(), s.Modified()); err != nil {
		return err
	}
	if err := differ("Key", c.Cookie, s.Key()); err != nil {
		return err
	}
	if c.want == vectors.Valid {
		return c.differSession(s)
	}
	return all(
		func() error { return differOutcome("Err", c.want, s.Err()) },
		func() error { return differ("values of a refused session", 0, length) },
		func() error { return c.useAsNew(s) },
	)
}

// useAsNew checks that a refused session is as good as a new one.
func (c *sessioned) useAsNew(s *saltine.Session) error {
	s.Set("new", true)
	token, err := c.store.Save(s)
	if err := differOutcome("Save after a refused cookie", vectors.Valid, err); err != nil {
		return err
	}
	saved, err := c.store.Load(token)
	if err := differOutcome("Load of what was saved", vectors.Valid, err); err != nil {
		return err
	}
	return differ[any]("value that was saved", true, saved.Get("new"))
}

// wantModified is what Django found, but for the exceptions that left its load:
// they begin a new session since 1.9.
func (c *sessioned) wantModified() bool {
	if c.ModifiedAfterLoad == nil || c.ExceptionEscapesLoad != nil && *c.ExceptionEscapesLoad {
		return c.Result != vectors.Valid
	}
	return *c.ModifiedAfterLoad
}

// differSession compares every value of a session, in order. Data that are no
// object are a session for Django, which fails at the first use.
func (c *sessioned) differSession(s *saltine.Session) error {
	want := members(c.Data)
	if want == nil {
		return differOutcome("Err of a session that is no object", vectors.Malformed, s.Err())
	}
	if err := differOutcome("Err", vectors.Valid, s.Err()); err != nil {
		return err
	}
	keys := make([]string, len(want))
	for i, m := range want {
		keys[i] = m.key
	}
	if err := differ("keys", strings.Join(keys, " "), strings.Join(slices.Collect(s.Keys()), " ")); err != nil {
		return err
	}
	for _, m := range want {
		value, err := readJSON(m.raw)
		if err != nil {
			return err
		}
		if err := differValue("session["+m.key+"]", value, s.Get(m.key)); err != nil {
			return err
		}
	}
	return nil
}

// save loads the session and saves it at the time of its cookie, which must
// give that cookie again.
func (c *sessioned) save() error {
	return c.write("Load and Save", func(store *saltine.CookieStore) (*saltine.Session, error) {
		return store.Load(c.Cookie)
	})
}

// setAnew does the same with a new session that every value is set in.
func (c *sessioned) setAnew() error {
	return c.write("Set and Save", func(store *saltine.CookieStore) (*saltine.Session, error) {
		return c.setAll(store.New()), nil
	})
}

// setAll sets every value of the test, and returns the session.
func (c *sessioned) setAll(s *saltine.Session) *saltine.Session {
	for _, m := range members(c.Data) {
		s.Set(m.key, m.raw)
	}
	return s
}

func (c *sessioned) write(call string, session func(*saltine.CookieStore) (*saltine.Session, error)) error {
	written, ok := writeOptions(c.opts, c.Test)
	if !ok {
		return nil
	}
	signer, err := saltine.NewTimestampSigner(c.keys, written)
	if err != nil {
		return err
	}
	clock := c.Time()
	opts := *written
	opts.Now = func() time.Time { return clock }
	store, err := c.newStore(&opts)
	if err != nil {
		return err
	}
	s, err := session(store)
	if err != nil {
		return err
	}
	clock = unix(c.Timestamp)
	token, err := store.Save(s)
	if err != nil {
		return err
	}
	return all(
		func() error { return differ("Key", token, s.Key()) },
		func() error { return differToken(call, c.Test, signer, token) },
	)
}
