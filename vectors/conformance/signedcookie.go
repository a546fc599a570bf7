package conformance

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/signedcookie"
	"github.com/seed-52756201/saltine/vectors"
)

// signedCookie is the value of a signed cookie, and how to read it.
type signedCookie struct {
	*vectors.Test
	keys   saltine.Keyring
	opts   signedcookie.Options
	maxAge time.Duration
	v1     bool // signed with the v1 salt
}

// checkSignedCookie checks a signedcookie.Cookie.
func checkSignedCookie(g *vectors.Group, t *vectors.Test) error {
	keys, opts, err := bareOptions(g, t)
	if err != nil {
		return err
	}
	isJoined := strings.HasPrefix(g.SaltRule, "{name}")
	c := &signedCookie{Test: t, keys: keys, maxAge: maxAge(t), v1: isJoined || t.Has("legacy_salt")}
	c.opts = signedcookie.Options{
		Salt:     saltine.Salt(t.CookieSalt),
		AcceptV1: isJoined || *g.LegacySaltFallback,
		Now:      opts.Now,
	}
	switch {
	case isJoined: // Django wrote v1 then, and we do not
		return all(c.read, c.refusesV1)
	case !isWritable(g, t):
		return c.read()
	}
	return all(c.read, c.write)
}

func (c *signedCookie) read() error {
	cookie, err := signedcookie.New(c.keys, c.CookieName, &c.opts)
	if err != nil {
		return err
	}
	v, err := cookie.Verify(c.Cookie, c.maxAge)
	if err := differOutcome("Verify", c.Result, err); err != nil {
		return err
	}
	value, err := cookie.Unsign(c.Cookie, c.maxAge)
	if err := differOutcome("Unsign", c.Result, err); err != nil {
		return err
	}
	if err != nil {
		return all(
			func() error { return differExpired(c.Test, err) },
			func() error { return differ("value beside an error", "", value) },
		)
	}
	return all(
		func() error { return differData(c.Test, value) },
		func() error { return differVerification(c.Test, v.Verification) },
		func() error { return differ("V1", c.v1, v.V1) },
	)
}

// refusesV1 checks that nobody reads the v1 salt without asking.
func (c *signedCookie) refusesV1() error {
	opts := c.opts
	opts.AcceptV1 = false
	cookie, err := signedcookie.New(c.keys, c.CookieName, &opts)
	if err != nil {
		return err
	}
	_, err = cookie.Unsign(c.Cookie, c.maxAge)
	return differOutcome("Unsign without AcceptV1", vectors.BadSignature, err)
}

func (c *signedCookie) write() error {
	written, ok := writeOptions(&saltine.Options{}, c.Test)
	if !ok {
		return nil
	}
	opts := c.opts
	opts.Now = written.Now
	cookie, err := signedcookie.New(c.keys, c.CookieName, &opts)
	if err != nil {
		return err
	}
	var value string
	if err := json.Unmarshal(c.Data, &value); err != nil {
		return err
	}
	return differ("Sign", c.Cookie, cookie.Sign(value))
}
