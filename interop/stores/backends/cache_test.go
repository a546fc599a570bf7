package backends_test

import (
	"context"
	"errors"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
	"github.com/redis/go-redis/v9"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/backendtest"
	"github.com/seed-52756201/saltine/cachedstore"
	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/memcachestore"
	"github.com/seed-52756201/saltine/redisstore"
	"github.com/seed-52756201/saltine/redisstore/lz4"
	"github.com/seed-52756201/saltine/redisstore/xz"
	"github.com/seed-52756201/saltine/redisstore/zstd"
)

var (
	redisServer = engines.Share(engines.Redis)
	memcached   = engines.Share(engines.Memcached)
)

func redisClient(t testing.TB) *redis.Client {
	t.Helper()
	return clientOf(t, redisServer.Need(t))
}

func clientOf(t testing.TB, server *engines.Server) *redis.Client {
	t.Helper()
	opts, err := redis.ParseURL(server.DSN)
	check(t, err)
	opts.ContextTimeoutEnabled, opts.MaxRetries, opts.DialerRetries = true, -1, 1
	client := redis.NewClient(opts)
	t.Cleanup(func() { check(t, client.Close()) })
	return client
}

func onRedis(t testing.TB, opts *redisstore.Options) *redisstore.Backend {
	t.Helper()
	b, err := redisstore.New(redisClient(t), opts)
	check(t, err)
	return b
}

func memcachedClient(t testing.TB) *memcache.Client {
	t.Helper()
	client := memcache.New(memcached.Need(t).DSN)
	client.MaxIdleConns = 8
	t.Cleanup(func() { check(t, client.Close()) })
	return client
}

func onMemcached(t testing.TB, opts *memcachestore.Options) *memcachestore.Backend {
	t.Helper()
	b, err := memcachestore.New(memcachedClient(t), opts)
	check(t, err)
	return b
}

// backendsOn returns the Backends of cache and of cached_db on a server.
func backendsOn(t testing.TB, server *engines.Server) (alone, behind saltine.Backend) {
	t.Helper()
	return backendOn(t, server, cacheOptions{}), backendOn(t, server, cacheOptions{cachedDB: true})
}

type cacheOptions struct {
	prefix   string
	cachedDB bool
}

func backendOn(t testing.TB, server *engines.Server, o cacheOptions) (b saltine.Backend) {
	t.Helper()
	var err error
	if server.Name == "Redis" {
		b, err = redisstore.New(clientOf(t, server), &redisstore.Options{KeyPrefix: o.prefix, CachedDB: o.cachedDB})
	} else {
		client := memcache.New(server.DSN)
		t.Cleanup(func() { check(t, client.Close()) })
		b, err = memcachestore.New(client, &memcachestore.Options{KeyPrefix: o.prefix, CachedDB: o.cachedDB})
	}
	check(t, err)
	return b
}

func cached(t testing.TB, rows, cache saltine.Backend) *cachedstore.Backend {
	t.Helper()
	b, err := cachedstore.New(rows, cache, nil)
	check(t, err)
	return b
}

func TestRedis(t *testing.T) {
	backendtest.Run(t, func() saltine.Backend { return onRedis(t, nil) })
}

var long = flag.Bool("long", false, "run the suite of package backendtest over every setting of a cache")

func TestMemcached(t *testing.T) {
	backendtest.Run(t, func() saltine.Backend { return onMemcached(t, nil) })
}

// Each of the settings of django-redis is a store, and so is a table with either cache.
func TestCacheSettings(t *testing.T) {
	if !*long {
		t.Log("only with -long: the modules run the suite over fakes")
		return
	}
	for name, opts := range map[string]*redisstore.Options{
		"zlib": {Compressor: redisstore.Zlib()}, "gzip": {Compressor: redisstore.Gzip()}, "zstd": {Compressor: zstd.Compressor()},
		"lz4": {Compressor: lz4.Compressor()}, "xz": {Compressor: xz.Compressor()}, "JSON": {Serializer: redisstore.JSON()},
	} {
		t.Run(name, func(t *testing.T) { backendtest.Run(t, func() saltine.Backend { return onRedis(t, opts) }) })
	}
	sqlite := &places[2]
	t.Run("cached_db on Redis", func(t *testing.T) {
		backendtest.Run(t, func() saltine.Backend {
			return cached(t, sqlite.backend(t, sqlite.open(t), nil), onRedis(t, &redisstore.Options{CachedDB: true}))
		})
	})
	t.Run("cached_db on memcached", func(t *testing.T) {
		backendtest.Run(t, func() saltine.Backend {
			return cached(t, sqlite.backend(t, sqlite.open(t), nil), onMemcached(t, &memcachestore.Options{CachedDB: true}))
		})
	})
}

// A memcached that is full forgets sessions, and takes new ones; what it does not take is an error, and nothing changes.
func TestFullCaches(t *testing.T) {
	ctx := t.Context()
	b := onMemcached(t, &memcachestore.Options{MaxLen: 8 << 20})
	r := saltine.Record{Age: time.Hour}
	check(t, r.ParseJSON([]byte(`{"a":1}`)))
	check(t, b.Create(ctx, "oversized", r))
	large := saltine.Record{Age: time.Hour}
	check(t, large.ParseJSON([]byte(`{"a":"`+strings.Repeat("x", 2<<20)+`"}`)))
	for method, err := range map[string]error{"Update": b.Update(ctx, "oversized", large), "Create": b.Create(ctx, "oversized too", large)} {
		if !errors.Is(err, saltine.ErrTooLarge) && method == "Update" {
			t.Errorf("%s of 2 MiB: %v", method, err)
		}
		if err == nil {
			t.Errorf("%s of 2 MiB is no error", method)
		}
	}
	if r, err := b.Load(ctx, "oversized"); err != nil || r.Get("a") != int64(1) {
		t.Errorf("afterwards: %v, %v", r.Get("a"), err)
	}

	server, err := engines.Redis(ctx)
	engines.Require(t, err)
	t.Cleanup(func() { check(t, server.Stop()) })
	client := clientOf(t, server)
	check(t, client.ConfigSet(ctx, "maxmemory-policy", "noeviction").Err())
	onFull, err := redisstore.New(client, nil)
	check(t, err)
	store := newStore(t, onFull)
	s := store.Open(ctx, "")
	s.Set("user", "ann")
	check(t, s.Save())
	check(t, client.ConfigSet(ctx, "maxmemory", "1").Err())
	s.Set("n", 1)
	if err := s.Save(); !errors.Is(err, saltine.ErrUnavailable) {
		t.Errorf("Save in a Redis that is full: %v", err)
	}
	if again := store.Open(ctx, s.Key()); again.Get("user") != "ann" || again.Len() != 1 {
		t.Errorf("afterwards there are %d values, %v", again.Len(), again.Err())
	}
	check(t, s.Flush())
}

// A cache that dies between load and save, and comes back.
func TestCachesDie(t *testing.T) {
	for name, start := range map[string]func(context.Context) (*engines.Server, error){"Redis": engines.Redis, "memcached": engines.Memcached} {
		t.Run(name, func(t *testing.T) {
			server, err := start(t.Context())
			engines.Require(t, err)
			t.Cleanup(func() { check(t, server.Stop()) })
			alone, behind := backendsOn(t, server)
			sqlite := &places[2]
			both := newStore(t, cached(t, sqlite.backend(t, sqlite.open(t), nil), behind))
			store := newStore(t, alone)
			var keys [2]string
			for i, st := range []*saltine.ServerStore{store, both} {
				s := st.Open(t.Context(), "")
				s.Set("user", "ann")
				check(t, s.Save())
				keys[i] = s.Key()
			}
			s, c := store.Open(t.Context(), keys[0]), both.Open(t.Context(), keys[1])
			s.Set("n", 1)
			c.Set("n", 1)
			check(t, server.Kill())
			unread := store.Open(t.Context(), keys[0])
			unread.Set("n", 2)
			if err := errors.Join(s.Save(), unread.Save()); !errors.Is(err, saltine.ErrUnavailable) {
				t.Errorf("Save: %v", err)
			}
			if err := c.Save(); !errors.Is(err, saltine.ErrUnavailable) {
				t.Errorf("a save that the cache did not hear of: %v", err)
			}
			if got := both.Open(t.Context(), keys[1]); got.Get("n") != int64(1) || got.Get("user") != "ann" {
				t.Errorf("the row has n %v, %v", got.Get("n"), got.Err())
			}
			if err := c.Flush(); !errors.Is(err, saltine.ErrUnavailable) {
				t.Errorf("a logout that the cache did not hear of: %v", err)
			}
			check(t, server.Restart(t.Context()))
			for range 20 { // the client has connections to the server that was
				if _, err = store.Exists(t.Context(), keys[0]); err == nil {
					break
				}
			}
			check(t, err)
			if err := unread.Save(); !errors.Is(err, saltine.ErrUnavailable) {
				t.Errorf("Save of what could not be read: %v", err)
			}
			if err := s.Save(); !errors.Is(err, saltine.ErrInterrupted) { // it began empty
				t.Errorf("Save of what the cache forgot: %v", err)
			}
		})
	}
}

// An answer after the deadline is an error of the store, and no session is empty for it.
func TestDeadline(t *testing.T) {
	b := onRedis(t, nil)
	store := newStore(t, b)
	s := store.Open(t.Context(), "")
	s.Set("user", "ann")
	check(t, s.Save())
	check(t, redisClient(t).Do(t.Context(), "CLIENT", "PAUSE", "400").Err())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	late := store.Open(ctx, s.Key())
	late.Set("n", 1)
	if err := late.Save(); !errors.Is(err, saltine.ErrUnavailable) || !errors.Is(late.Err(), saltine.ErrUnavailable) {
		t.Errorf("Save: %v, Err: %v", err, late.Err())
	}
	if again := store.Open(t.Context(), s.Key()); again.Get("user") != "ann" || again.Len() != 1 {
		t.Errorf("afterwards there are %d values, %v", again.Len(), again.Err())
	}
}
