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

// cookieAge is Django's SESSION_COOKIE_AGE, the default of a saltine.CookieStore.
const cookieAge = 1209600 * time.Second

// The salts of Django's classes that the library has as defaults only.
const (
	saltSigner          saltine.Salt = "django.core.signing.Signer"
	saltTimestampSigner saltine.Salt = "django.core.signing.TimestampSigner"
	saltCookieSigner    saltine.Salt = "django.core.signing.get_cookie_signer"
	saltMessages        saltine.Salt = "django.contrib.messages"
)

// The limits of tokens and payloads, those of saltine.Options.
const (
	maxTokenLen   = 64 << 10
	maxPayloadLen = 1 << 20
)

var (
	kindSession = kind{"session", "django.contrib.sessions.backends.signed_cookies", cookieAge, "session"}
	kindDumps   = kind{"dumps", "django.core.signing", saltine.NoMaxAge, "value of signing.dumps"}
	kindPlain   = kind{"plain", saltTimestampSigner, saltine.NoMaxAge, "text of a TimestampSigner"}
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

var errSeparator = errors.New("a session cookie has the separator : always; --separator is for --dumps and --plain")

// options returns the kind, the keys and the options that were asked for.
func (a *app) options(r *request) (kind, keys, *saltine.Options, error) {
	k, err := r.kind()
	if err != nil {
		return kind{}, keys{}, nil, err
	}
	if r.separator == "" {
		r.separator = ":"
	}
	if k == kindSession && r.separator != ":" {
		return kind{}, keys{}, nil, errSeparator
	}
	found, err := a.keys(r)
	if err != nil {
		return kind{}, keys{}, nil, err
	}
	now := a.clock(r)
	opts := &saltine.Options{
		Salt:      saltine.Salt(r.salt),
		Separator: r.separator,
		Now:       func() time.Time { return now },
	}
	if opts.Salt == "" {
		opts.Salt = k.salt
	}
	if k == kindSession {
		opts.Compression = saltine.CompressionBest
	}
	return k, found, opts, nil
}
