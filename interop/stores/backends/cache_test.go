package backends_test

import (
	"testing"

	"github.com/bradfitz/gomemcache/memcache"
	"github.com/redis/go-redis/v9"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/backendtest"
	"github.com/seed-52756201/saltine/cachedstore"
	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/memcachestore"
	"github.com/seed-52756201/saltine/redisstore"
	"github.com/seed-52756201/saltine/redisstore/lz4"
	"github.com/seed-52756201/saltine/redisstore/msgpack"
	"github.com/seed-52756201/saltine/redisstore/xz"
	"github.com/seed-52756201/saltine/redisstore/zstd"
)

var (
	redisServer = engines.Share(engines.Redis)
	memcached   = engines.Share(engines.Memcached)
)

func redisClient(t testing.TB) *redis.Client {
	t.Helper()
	opts, err := redis.ParseURL(redisServer.Need(t).DSN)
	check(t, err)
	opts.ContextTimeoutEnabled = true
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

// quiet fails the test for a failure of the cache.
func cached(t testing.TB, rows, cache saltine.Backend) *cachedstore.Backend {
	t.Helper()
	b, err := cachedstore.New(rows, cache, nil)
	check(t, err)
	return b
}

func TestRedis(t *testing.T) {
	backendtest.Run(t, func() saltine.Backend { return onRedis(t, nil) })
}

// Each of the settings of django-redis is a store.
func TestRedisSettings(t *testing.T) {
	if testing.Short() {
		t.Skip("the codecs have their own tests")
	}
	for name, opts := range map[string]*redisstore.Options{
		"zlib": {Compressor: redisstore.Zlib()}, "gzip": {Compressor: redisstore.Gzip()}, "zstd": {Compressor: zstd.Compressor()},
		"lz4": {Compressor: lz4.Compressor()}, "xz": {Compressor: xz.Compressor()}, "JSON": {Serializer: redisstore.JSON()},
	} {
		t.Run(name, func(t *testing.T) { backendtest.Run(t, func() saltine.Backend { return onRedis(t, opts) }) })
	}
	_ = msgpack.Serializer
}

func TestMemcached(t *testing.T) {
	backendtest.Run(t, func() saltine.Backend { return onMemcached(t, nil) })
}

func TestCachedDB(t *testing.T) {
	sqlite := &places[2]
	t.Run("Redis", func(t *testing.T) {
		backendtest.Run(t, func() saltine.Backend {
			return cached(t, sqlite.backend(t, sqlite.open(t), nil), onRedis(t, &redisstore.Options{CachedDB: true}))
		})
	})
	t.Run("memcached", func(t *testing.T) {
		backendtest.Run(t, func() saltine.Backend {
			return cached(t, sqlite.backend(t, sqlite.open(t), nil), onMemcached(t, &memcachestore.Options{CachedDB: true}))
		})
	})
}
