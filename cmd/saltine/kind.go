package main

import (
	"errors"
	"time"

	"github.com/seed-52756201/saltine"
)

// kind is what a value is verified or signed as.
type kind struct {
	name   string
	salt   saltine.Salt
	maxAge time.Duration
	reads  string
}

var (
	kindSession = kind{"session", saltine.SaltSignedCookies, saltine.DefaultCookieAge, "session"}
	kindDumps   = kind{"dumps", saltine.SaltDumps, saltine.NoMaxAge, "value of signing.dumps"}
	kindPlain   = kind{"plain", saltine.SaltTimestampSigner, saltine.NoMaxAge, "text of a TimestampSigner"}
)

// kind returns the kind that was asked for.
func (r *request) kind() (kind, error) {
	switch {
	case r.dumps && r.plain:
		return kind{}, errors.New("--dumps and --plain exclude each other")
	case r.dumps:
		return kindDumps, nil
	case r.plain:
		return kindPlain, nil
	}
	return kindSession, nil
}

// options returns the kind, the keys and the options that were asked for.
func (a *app) options(r *request) (kind, []saltine.Key, *saltine.Options, error) {
	k, err := r.kind()
	if err != nil {
		return kind{}, nil, nil, err
	}
	keys, err := a.keys(r)
	if err != nil {
		return kind{}, nil, nil, err
	}
	now := a.clock(r)
	opts := &saltine.Options{
		Salt:             saltine.Salt(r.salt),
		Separator:        r.separator,
		Algorithm:        r.algorithm,
		Fallbacks:        keys[1:],
		LegacyAlgorithms: r.legacy,
		Now:              func() time.Time { return now },
	}
	if opts.Salt == "" {
		opts.Salt = k.salt
	}
	if k == kindSession {
		opts.Compression = saltine.CompressionBest
	}
	return k, keys, opts, nil
}
