package main

import (
	"context"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
	"github.com/redis/go-redis/v9"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/memcachestore"
	"github.com/seed-52756201/saltine/redisstore"
)

// cacheEntry is an entry of a cache as its server has it.
type cacheEntry struct {
	value     []byte
	flags     *int // memcached only
	ttl       int  // seconds
	expiresAt int64
}

// cacheServer is a server whose time stands still. It does what Redis and memcached do with the commands of the stores.
type cacheServer struct {
	entries map[string]cacheEntry
	asked   string // the last key
	now     func() time.Time
}

func newCacheServer(now func() time.Time) *cacheServer {
	return &cacheServer{entries: map[string]cacheEntry{}, now: now}
}

// redisServer is a cacheServer that speaks as Redis does.
type redisServer struct{ *cacheServer }

func (s redisServer) GetRange(_ context.Context, key string, start, end int64) *redis.StringCmd {
	s.asked = key
	value := s.entries[key].value
	return redis.NewStringResult(string(value[start:min(int(end)+1, len(value))]), nil)
}

func (s redisServer) SetArgs(_ context.Context, key string, value any, a redis.SetArgs) *redis.StatusCmd {
	s.asked = key
	if _, there := s.entries[key]; there != (a.Mode == "XX") {
		return redis.NewStatusResult("", redis.Nil)
	}
	seconds := int((a.TTL + time.Second - 1) / time.Second)
	s.entries[key] = cacheEntry{value: value.([]byte), ttl: seconds} //nolint:forcetypeassert // the store sends nothing else
	return redis.NewStatusResult("OK", nil)
}

func (s redisServer) Del(_ context.Context, keys ...string) *redis.IntCmd {
	_, there := s.entries[keys[0]]
	delete(s.entries, keys[0])
	if there {
		return redis.NewIntResult(1, nil)
	}
	return redis.NewIntResult(0, nil)
}

func (s redisServer) Exists(_ context.Context, keys ...string) *redis.IntCmd {
	s.asked = keys[0]
	if _, there := s.entries[keys[0]]; there {
		return redis.NewIntResult(1, nil)
	}
	return redis.NewIntResult(0, nil)
}

// memcachedServer is a cacheServer that speaks as memcached does.
type memcachedServer struct{ *cacheServer }

func (s memcachedServer) Get(key string) (*memcache.Item, error) {
	s.asked = key
	e, there := s.entries[key]
	if !there {
		return nil, memcache.ErrCacheMiss
	}
	return &memcache.Item{Key: key, Value: e.value, Flags: uint32(*e.flags)}, nil
}

func (s memcachedServer) set(item *memcache.Item, there bool) error {
	s.asked = item.Key
	if _, found := s.entries[item.Key]; found != there {
		return memcache.ErrNotStored
	}
	flags := int(item.Flags)
	e := cacheEntry{value: item.Value, flags: &flags, ttl: int(item.Expiration)}
	switch {
	case item.Expiration < 0:
		delete(s.entries, item.Key)
		return nil
	case item.Expiration > 30*24*60*60:
		e.ttl, e.expiresAt = 0, int64(item.Expiration)
	}
	s.entries[item.Key] = e
	return nil
}

func (s memcachedServer) Add(item *memcache.Item) error     { return s.set(item, false) }
func (s memcachedServer) Replace(item *memcache.Item) error { return s.set(item, true) }

func (s memcachedServer) Delete(key string) error {
	if _, there := s.entries[key]; !there {
		return memcache.ErrCacheMiss
	}
	delete(s.entries, key)
	return nil
}

// cacheSettings are what the backends of both have.
type cacheSettings struct {
	keyPrefix, version string
	cachedDB           bool
	serializer         redisstore.Serializer
	compressor         redisstore.Compressor
}

// backend returns a Backend on the server, by the name that the recordings have for the cache.
func (s *cacheServer) backend(memcached bool, c cacheSettings) (saltine.Backend, error) {
	if memcached {
		return memcachestore.New(memcachedServer{s}, &memcachestore.Options{
			KeyPrefix: c.keyPrefix, Version: c.version, CachedDB: c.cachedDB, Now: s.now,
		})
	}
	return redisstore.New(redisServer{s}, &redisstore.Options{
		KeyPrefix: c.keyPrefix, Version: c.version, CachedDB: c.cachedDB, Serializer: c.serializer, Compressor: c.compressor,
	})
}
