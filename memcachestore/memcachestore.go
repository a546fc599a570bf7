// Package memcachestore keeps sessions in memcached, as Django's PyMemcacheCache,
// PyLibMCCache and MemcachedCache do: the engine cache, or with package cachedstore the
// cache of cached_db.
//
//	backend, err := memcachestore.New(memcache.New("localhost:11211"), nil)
//	…
//	store, err := saltine.NewServerStore(backend, nil)
//
// The client is yours. It has no contexts: its Timeout, half a second at first, bounds each
// call, and a Backend looks at a context before each call alone. It fetches an entry as
// large as the server lets it be, 1 MiB at first. With several servers it picks one by
// another rule than pymemcache and pylibmc: to share sessions with Django, use one server,
// or give the client a ServerSelector with the rule of Django's.
//
// A memcached that is full forgets sessions, those that were used least recently first. The
// client knows no dates after 2038-01-19: a session that would last longer ends on that day,
// or after 30 days if that is later.
//
// Each call is one command. A deleted session does not come back: Create is add and Update
// is replace, where Django asks first and sets then.
//
// Whoever can write to this memcached can run code in every Django that reads from it.
// This package reads pickles as data.
package memcachestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"strings"
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/djangocache"
)

// Client is what a Backend needs of gomemcache: a *memcache.Client has it.
type Client interface {
	Get(key string) (*memcache.Item, error)
	Add(item *memcache.Item) error
	Replace(item *memcache.Item) error
	Delete(key string) error
}

// Options are the settings of a [Backend], which must be those of CACHES in Django. The
// zero value, and a nil *Options, is Django's defaults.
type Options struct {
	// KeyPrefix is KEY_PREFIX. memcached takes no blanks and no control characters in it.
	KeyPrefix string

	// Version is VERSION. "" means "1".
	Version string

	// KeyFunction is KEY_FUNCTION. nil joins prefix, version and key with colons.
	KeyFunction func(key, prefix, version string) string

	// CachedDB says that the engine is cached_db, whose keys are others than those of the
	// engine cache.
	CachedDB bool

	// SessionPrefix is cache_key_prefix, of a SessionStore class that has its own. ""
	// means Django's.
	SessionPrefix string

	// KeepForeign lets sessions be saved that hold values of Python classes which are
	// not known here: see [saltine.Record.ParsePickle].
	KeepForeign bool

	// MaxLen is how many bytes an entry may have, in both directions. 0 means 1 MiB.
	// memcached takes a little less, as its option -I says.
	MaxLen int

	// Now is the clock, of which memcached needs the time for sessions of more than 30
	// days. nil means time.Now.
	Now func() time.Time
}

// Backend keeps sessions in memcached. It is immutable and safe for concurrent use.
//
// An entry that cannot be read gives an error of two kinds: [saltine.ErrNoSession], for it
// is as good as none and the visitor gets a new session beside it, as in Django; and
// [saltine.ErrMalformed] or [saltine.ErrTooLarge], which says that somebody should look.
type Backend struct{ *hidden }

// hidden is a second pointer to the settings: inside another struct fmt follows one,
// where the verb does not fit pointers, and never two.
type hidden struct{ *settings }

type settings struct {
	client      Client
	keys        djangocache.Keys
	keepForeign bool
	maxLen      int
	now         func() time.Time
}

var _ saltine.Backend = (*Backend)(nil)

// New returns a Backend. It does not ask the server. The error is of kind
// [saltine.ErrInvalidOption], also for options that make keys which memcached does not
// take.
func New(client Client, opts *Options) (*Backend, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if client == nil {
		return nil, djangocache.InvalidOption("memcachestore: the Client is nil")
	}
	if o.MaxLen < 0 {
		return nil, djangocache.InvalidOption("memcachestore: MaxLen is negative")
	}
	s := &settings{client: client, keepForeign: o.KeepForeign, maxLen: o.MaxLen, now: o.Now}
	s.keys = djangocache.Keys{
		Prefix: o.KeyPrefix, Version: o.Version, Function: o.KeyFunction, SessionPrefix: o.SessionPrefix, CachedDB: o.CachedDB,
	}
	if !legal(s.keys.Key(strings.Repeat("k", 32))) {
		return nil, djangocache.InvalidOption("memcachestore: memcached takes no key of more than 250 bytes, or with blanks or control characters")
	}
	if s.maxLen == 0 {
		s.maxLen = djangocache.DefaultMaxLen
	}
	if s.now == nil {
		s.now = time.Now
	}
	return &Backend{&hidden{s}}, nil
}

// Format writes the type's name only, whatever the verb: a Backend holds a client.
func (*Backend) Format(f fmt.State, _ rune) {
	io.WriteString(f, "memcachestore.Backend([redacted])") //nolint:errcheck // fmt's own state does not fail
}

// SessionPrefix returns what stands before a session key in the key of the cache.
//
// Django: cache_key_prefix.
func (b *Backend) SessionPrefix() string { return b.keys.Session() }

// legal reports whether memcached takes a key. Django counts characters; memcached counts
// bytes.
func legal(key string) bool {
	return key != "" && len(key) <= 250 && strings.IndexFunc(key, func(r rune) bool { return r <= ' ' || r == 0x7f }) < 0
}

// key returns the full key of a session, and whether memcached takes it.
func (b *settings) key(session string) (string, bool) {
	key := b.keys.Key(session)
	return key, legal(key)
}

var (
	errAnswer = errors.New("memcachestore: memcached's answer is an error, or none")
	errKey    = errors.New("memcachestore: memcached does not take this session key")
)

// plain returns an error that holds no key: the client's texts can quote an answer.
func plain(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{memcache.ErrNoServers, memcache.ErrServerError, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, known) {
			return known
		}
	}
	var network net.Error
	var timeout *memcache.ConnectTimeoutError
	if errors.As(err, &network) || errors.As(err, &timeout) {
		return err
	}
	return errAnswer
}

// pickleFlags are the flags of an entry that is a pickle, for all of Django's clients.
const pickleFlags = 1

// Load implements [saltine.Backend]. memcached does not say when the session ends: Expires
// is zero.
//
// Django: load.
func (b *Backend) Load(ctx context.Context, key string) (r saltine.Record, err error) {
	item, err := b.get(ctx, key)
	switch {
	case err != nil:
		return r, err
	case item == nil:
		return r, saltine.ErrNoSession
	case item.Flags != pickleFlags:
		return r, djangocache.Unreadable(fmt.Errorf("%w: its flags are not those of a pickle", saltine.ErrMalformed))
	}
	if err := djangocache.CheckLen("cache entry", len(item.Value), b.maxLen); err != nil {
		return r, djangocache.Unreadable(err)
	}
	err = r.ParsePickle(item.Value, b.maxLen, b.keepForeign)
	return r, djangocache.Unreadable(err)
}

// get returns an entry, or nil for none.
func (b *settings) get(ctx context.Context, session string) (*memcache.Item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	key, ok := b.key(session)
	if !ok {
		return nil, nil
	}
	item, err := b.client.Get(key)
	if errors.Is(err, memcache.ErrCacheMiss) {
		return nil, nil
	}
	return item, plain(err)
}

// maxRelative is the most seconds from now that memcached counts: more is a date for it.
const maxRelative = 30 * 24 * 60 * 60

// expiration returns the end of a session as memcached takes it. A part of a second counts
// as one: 0 would mean never. The client has no numbers for dates after January 2038. Then
// 30 days are the most.
func (b *settings) expiration(age time.Duration) int32 {
	seconds := int64(age / time.Second)
	if age%time.Second > 0 {
		seconds++
	}
	if age <= 0 {
		return -1
	}
	now := b.now().Unix()
	if end := min(now+seconds, math.MaxInt32); end > now+maxRelative {
		return int32(end)
	}
	return int32(min(seconds, maxRelative))
}

// put writes an entry. The client's ErrNotStored means otherwise.
func (b *settings) put(ctx context.Context, key string, r saltine.Record, write func(*memcache.Item) error, otherwise error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	data, err := r.AppendPickle(nil)
	if err != nil {
		return err
	}
	if err := djangocache.CheckLen("cache entry", len(data), b.maxLen); err != nil {
		return err
	}
	err = write(&memcache.Item{Key: key, Value: data, Flags: pickleFlags, Expiration: b.expiration(r.Age)})
	switch {
	case errors.Is(err, memcache.ErrNotStored):
		return otherwise
	case err != nil && strings.Contains(err.Error(), "too large"):
		size := &saltine.SizeError{What: "cache entry", Size: len(data), Limit: len(data) - 1}
		return fmt.Errorf("memcachestore: memcached refused the entry, and does not say its limit: %w", size)
	}
	return plain(err)
}

// Create implements [saltine.Backend]. The error is also of kind [saltine.ErrTooLarge] or
// [saltine.ErrUnsupported]. memcached does not say which limit an entry passed that MaxLen
// lets through: the Limit of the error is one less than its Size.
//
// Django: add.
func (b *Backend) Create(ctx context.Context, key string, r saltine.Record) error {
	full, ok := b.key(key)
	if !ok {
		return errKey
	}
	return b.put(ctx, full, r, b.client.Add, saltine.ErrKeyTaken)
}

// Update implements [saltine.Backend]. The error is also of kind [saltine.ErrTooLarge] or
// [saltine.ErrUnsupported]; the entry stays as it was then.
//
// Django: set.
func (b *Backend) Update(ctx context.Context, key string, r saltine.Record) error {
	full, ok := b.key(key)
	if !ok {
		return saltine.ErrNoSession
	}
	return b.put(ctx, full, r, b.client.Replace, saltine.ErrNoSession)
}

// Delete implements [saltine.Backend].
func (b *Backend) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	full, ok := b.key(key)
	if !ok {
		return nil
	}
	if err := b.client.Delete(full); !errors.Is(err, memcache.ErrCacheMiss) {
		return plain(err)
	}
	return nil
}

// Exists implements [saltine.Backend].
func (b *Backend) Exists(ctx context.Context, key string) (bool, error) {
	item, err := b.get(ctx, key)
	return item != nil, err
}

// ClearExpired implements [saltine.Backend]: memcached forgets sessions itself.
func (b *Backend) ClearExpired(ctx context.Context) error { return ctx.Err() }
