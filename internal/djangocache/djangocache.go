// Package djangocache holds what Django's caches have in common: how a session key
// becomes a key of the cache, and how its entry is written and read.
package djangocache

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/seed-52756201/saltine"
)

// The prefixes of Django's engines, cache_key_prefix.
const (
	CachePrefix    = "django.contrib.sessions.cache"
	CachedDBPrefix = "django.contrib.sessions.cached_db"
)

// Keys are the settings that make the keys of a cache. The zero Keys is Django's
// defaults.
type Keys struct {
	Prefix        string                                   // KEY_PREFIX
	Version       string                                   // VERSION; "" means "1"
	Function      func(key, prefix, version string) string // KEY_FUNCTION; nil joins with colons
	SessionPrefix string                                   // "" means CachePrefix, or CachedDBPrefix
	CachedDB      bool                                     // of the engine cached_db
}

// Session returns what stands before a session key: cache_key_prefix.
func (k *Keys) Session() string {
	if k.CachedDB {
		return cmp.Or(k.SessionPrefix, CachedDBPrefix)
	}
	return cmp.Or(k.SessionPrefix, CachePrefix)
}

// Key returns the full key of a session.
func (k *Keys) Key(session string) string {
	key, version := k.Session()+session, cmp.Or(k.Version, "1")
	if k.Function != nil {
		return k.Function(key, k.Prefix, version)
	}
	return k.Prefix + ":" + version + ":" + key
}

// DefaultMaxLen is the most bytes of an entry where nothing else is said: what memcached
// holds.
const DefaultMaxLen = 1 << 20

// CheckLen returns a [*saltine.SizeError] for more bytes than limit.
func CheckLen(what string, size, limit int) error {
	if size > limit {
		return &saltine.SizeError{What: what, Size: size, Limit: limit}
	}
	return nil
}

// Unreadable marks the error of an entry that cannot be read. For Django it is no entry,
// and so the session gets a new key: what another program keeps there is not written
// over. Both kinds match: [saltine.ErrNoSession] and that of err.
func Unreadable(err error) error {
	if err == nil || errors.Is(err, saltine.ErrNoSession) {
		return err
	}
	return fmt.Errorf("%w: the cache's entry cannot be read: %w", saltine.ErrNoSession, err)
}

// InvalidOption returns an error of kind [saltine.ErrInvalidOption].
func InvalidOption(text string) error {
	return fmt.Errorf("%w: %s", saltine.ErrInvalidOption, text)
}
