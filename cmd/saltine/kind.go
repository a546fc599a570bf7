package main

import (
	"errors"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

// kind is what a value is verified or signed as.
type kind struct {
	name   string
	salt   saltine.Salt
	maxAge time.Duration
	reads  string
	flag   string // that asks for it
}

// cookieAge is Django's SESSION_COOKIE_AGE, the default of a saltine.CookieStore.
const cookieAge = 1209600 * time.Second

// The salts of Django's classes that the library has as defaults only.
const (
	saltSigner          saltine.Salt = "django.core.signing.Signer"
	saltTimestampSigner saltine.Salt = "django.core.signing.TimestampSigner"
	saltCookieSigner    saltine.Salt = "django.core.signing.get_cookie_signer"
	saltMessages        saltine.Salt = "django.contrib.messages"
	saltSessionStore    saltine.Salt = "django.contrib.sessions.SessionStore"
)

var (
	kindSession  = kind{"session", "django.contrib.sessions.backends.signed_cookies", cookieAge, "session", ""}
	kindDumps    = kind{"dumps", "django.core.signing", saltine.NoMaxAge, "value of signing.dumps", "--dumps"}
	kindPlain    = kind{"plain", saltTimestampSigner, saltine.NoMaxAge, "text of a TimestampSigner", "--plain"}
	kindMessages = kind{"messages", saltMessages, saltine.NoMaxAge, "cookie of django.contrib.messages", "--messages"}
	kindData     = kind{"session_data", saltSessionStore, saltine.NoMaxAge, "row of django_session", "--session-data"}
	kindCookie   = kind{"signed cookie", "", saltine.NoMaxAge, "cookie of set_signed_cookie", "--name"}
)

// kind returns the kind that was asked for. known is false where nothing was: it is that
// of a session then, unless the value is plainly of another.
func (r *request) kind() (k kind, known bool, err error) {
	var asked []kind
	for _, choice := range []struct {
		set bool
		kind
	}{
		{r.dumps, kindDumps},
		{r.plain, kindPlain},
		{r.messages, kindMessages},
		{r.sessionData, kindData},
	} {
		if choice.set {
			asked = append(asked, choice.kind)
		}
	}
	switch {
	case len(asked) > 1:
		return kind{}, false, errors.New(asked[0].flag + " and " + asked[1].flag + " exclude each other")
	case len(asked) == 1:
		return asked[0], true, nil
	case r.name == "messages":
		return kindMessages, true, nil
	case r.name != "" && r.name != "sessionid":
		return kindCookie, true, nil
	}
	return kindSession, r.name != "", nil
}

// plainKind returns the kind of a form that can be no other.
func plainKind(form string) (kind, bool) {
	switch {
	case strings.HasPrefix(form, "messages"):
		return kindMessages, true
	case strings.HasPrefix(form, "session_data"):
		return kindData, true
	}
	return kind{}, false
}

var errSeparator = errors.New("only --dumps and --plain take another separator than the colon")

// options returns the kind, the keys and the options that were asked for.
func (a *app) options(r *request) (kind, keys, *saltine.Options, error) {
	k, _, err := r.kind()
	if err != nil {
		return kind{}, keys{}, nil, err
	}
	if r.separator == "" {
		r.separator = ":"
	}
	if k != kindDumps && k != kindPlain && r.separator != ":" {
		return kind{}, keys{}, nil, errSeparator
	}
	found, err := a.keys(r)
	if err != nil {
		return kind{}, keys{}, nil, err
	}
	return k, found, a.optionsOf(r, k), nil
}

// optionsOf returns the options of a kind.
func (a *app) optionsOf(r *request, k kind) *saltine.Options {
	now := a.clock(r)
	opts := &saltine.Options{Salt: saltine.Salt(r.salt), Separator: r.separator, Now: func() time.Time { return now }}
	if opts.Salt == "" {
		opts.Salt = k.salt
	}
	if k == kindSession {
		opts.Compression = saltine.CompressionBest
	}
	return opts
}

// chosen is the value that a command works on, of what was pasted.
type chosen struct {
	value  string
	cookie paste.Cookie
}
