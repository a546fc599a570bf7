// Package redisstore keeps sessions in Redis or Valkey, as Django's cache backends do: the
// one that comes with Django since 4.0, and django-redis.
//
//	client := redis.NewClient(&redis.Options{Addr: "localhost:6379"})
//	…
//	backend, err := redisstore.New(client, nil)
//	…
//	store, err := saltine.NewServerStore(backend, nil)
//
// That is SESSION_ENGINE "django.contrib.sessions.backends.cache". For cached_db set
// CachedDB, and put the Backend behind a table with package cachedstore.
//
// The client is yours: its addresses, timeouts and pool. go-redis greets the server with
// HELLO and CLIENT SETINFO; where an old server or a proxy refuses them, set Protocol to 2
// and DisableIdentity. It looks at a request's deadline if ContextTimeoutEnabled is set.
//
// Each call is one command. A deleted session does not come back: Create is SET NX and
// Update is SET XX, where Django asks first and sets then.
//
// Whoever can write to this Redis can run code in every Django that reads pickles from it.
// This package reads them as data.
package redisstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/djangocache"
)

// Client is what a Backend needs of go-redis: a *redis.Client, *redis.ClusterClient and
// *redis.Ring have it.
type Client interface {
	GetRange(ctx context.Context, key string, start, end int64) *redis.StringCmd
	SetArgs(ctx context.Context, key string, value any, a redis.SetArgs) *redis.StatusCmd
	Del(ctx context.Context, keys ...string) *redis.IntCmd
	Exists(ctx context.Context, keys ...string) *redis.IntCmd
}

// Options are the settings of a [Backend], which must be those of CACHES in Django. The
// zero value, and a nil *Options, is the defaults of Django and of django-redis.
type Options struct {
	// KeyPrefix is KEY_PREFIX.
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

	// Serializer is OPTIONS["serializer"] of Django, OPTIONS["SERIALIZER"] of
	// django-redis. nil means Pickle(false).
	Serializer Serializer

	// Compressor is OPTIONS["COMPRESSOR"] of django-redis. nil means none.
	Compressor Compressor

	// MaxLen is how many bytes an entry may have, packed and unpacked, in both
	// directions. 0 means 1 MiB. No more than that is fetched.
	MaxLen int
}

// Backend keeps sessions in Redis. It is immutable and safe for concurrent use.
//
// An entry that cannot be read gives an error of two kinds: [saltine.ErrNoSession], for it
// is as good as none and the visitor gets a new session beside it, as in Django; and
// [saltine.ErrMalformed] or [saltine.ErrTooLarge], which says that somebody should look.
type Backend struct{ *hidden }

// hidden is a second pointer to the settings: inside another struct fmt follows one,
// where the verb does not fit pointers, and never two.
type hidden struct{ *settings }

type settings struct {
	client     Client
	keys       djangocache.Keys
	serializer Serializer
	compressor Compressor
	maxLen     int
}

var _ saltine.Backend = (*Backend)(nil)

// New returns a Backend. It does not ask the server. The error is of kind
// [saltine.ErrInvalidOption].
func New(client Client, opts *Options) (*Backend, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if client == nil {
		return nil, djangocache.InvalidOption("redisstore: the Client is nil")
	}
	if o.MaxLen < 0 {
		return nil, djangocache.InvalidOption("redisstore: MaxLen is negative")
	}
	s := &settings{client: client, serializer: o.Serializer, compressor: o.Compressor, maxLen: o.MaxLen}
	s.keys = djangocache.Keys{
		Prefix: o.KeyPrefix, Version: o.Version, Function: o.KeyFunction, SessionPrefix: o.SessionPrefix, CachedDB: o.CachedDB,
	}
	if s.serializer == nil {
		s.serializer = Pickle(false)
	}
	if s.maxLen == 0 {
		s.maxLen = djangocache.DefaultMaxLen
	}
	return &Backend{&hidden{s}}, nil
}

// Format writes the type's name only, whatever the verb: a Backend holds a client.
func (*Backend) Format(f fmt.State, _ rune) {
	io.WriteString(f, "redisstore.Backend([redacted])") //nolint:errcheck // fmt's own state does not fail
}

// SessionPrefix returns what stands before a session key in the key of the cache.
//
// Django: cache_key_prefix.
func (b *Backend) SessionPrefix() string { return b.keys.Session() }

// Load implements [saltine.Backend]. Redis does not say when the session ends: Expires is
// zero.
//
// Django: load.
func (b *Backend) Load(ctx context.Context, key string) (saltine.Record, error) {
	if err := ctx.Err(); err != nil {
		return saltine.Record{}, err
	}
	// GETRANGE is a GET that can be told where to stop. A missing key reads as an empty
	// one, which is no session either.
	data, err := b.client.GetRange(ctx, b.keys.Key(key), 0, int64(b.maxLen)).Bytes()
	switch {
	case err != nil && strings.HasPrefix(err.Error(), "WRONGTYPE"):
		return saltine.Record{}, djangocache.Unreadable(fmt.Errorf("%w: it is no text", saltine.ErrMalformed))
	case err != nil:
		return saltine.Record{}, err
	case len(data) == 0:
		return saltine.Record{}, saltine.ErrNoSession
	}
	r, err := b.parse(data)
	return r, djangocache.Unreadable(err)
}

// parse returns the session of an entry.
func (b *settings) parse(data []byte) (r saltine.Record, err error) {
	if err := djangocache.CheckLen("cache entry", len(data), b.maxLen); err != nil {
		return r, err
	}
	if b.compressor != nil {
		if data, err = b.compressor.Decompress(data, b.maxLen); err != nil {
			return r, err
		}
	}
	err = b.serializer.Parse(&r, data, b.maxLen)
	return r, err
}

// format returns the entry of a session.
func (b *settings) format(r saltine.Record) ([]byte, error) {
	data, err := b.serializer.Append(nil, r)
	if err == nil {
		err = djangocache.CheckLen("payload", len(data), b.maxLen)
	}
	if err != nil || b.compressor == nil {
		return data, err
	}
	if data, err = b.compressor.Compress(data); err != nil { // which can make it longer
		return nil, err
	}
	return data, djangocache.CheckLen("cache entry", len(data), b.maxLen)
}

// set writes an entry if there is none (NX) or one (XX), and reports whether it did.
func (b *settings) set(ctx context.Context, key, mode string, r saltine.Record, age time.Duration) (bool, error) {
	data, err := b.format(r)
	if err != nil {
		return false, err
	}
	err = b.client.SetArgs(ctx, b.keys.Key(key), data, redis.SetArgs{Mode: mode, TTL: age}).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, err
}

// milliseconds is what Redis counts in. What is less has ended.
func milliseconds(age time.Duration) time.Duration { return max(age, 0).Truncate(time.Millisecond) }

// Create implements [saltine.Backend]. A session that has ended is not kept. The error is
// also of kind [saltine.ErrTooLarge] or [saltine.ErrUnsupported].
//
// Django: add.
func (b *Backend) Create(ctx context.Context, key string, r saltine.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	age := milliseconds(r.Age)
	if age == 0 {
		taken, err := b.Exists(ctx, key)
		if taken {
			return saltine.ErrKeyTaken
		}
		return err
	}
	created, err := b.set(ctx, key, "NX", r, age)
	if err == nil && !created {
		return saltine.ErrKeyTaken
	}
	return err
}

// Update implements [saltine.Backend]. A session that has ended is deleted. The error is
// also of kind [saltine.ErrTooLarge] or [saltine.ErrUnsupported].
//
// Django: set.
func (b *Backend) Update(ctx context.Context, key string, r saltine.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	age := milliseconds(r.Age)
	if age == 0 {
		n, err := b.client.Del(ctx, b.keys.Key(key)).Result()
		if err == nil && n == 0 {
			return saltine.ErrNoSession
		}
		return err
	}
	updated, err := b.set(ctx, key, "XX", r, age)
	if err == nil && !updated {
		return saltine.ErrNoSession
	}
	return err
}

// Delete implements [saltine.Backend].
func (b *Backend) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return b.client.Del(ctx, b.keys.Key(key)).Err()
}

// Exists implements [saltine.Backend].
func (b *Backend) Exists(ctx context.Context, key string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	n, err := b.client.Exists(ctx, b.keys.Key(key)).Result()
	return n > 0, err
}

// ClearExpired implements [saltine.Backend]: Redis forgets sessions itself.
func (b *Backend) ClearExpired(ctx context.Context) error { return ctx.Err() }
