package main

import (
	"context"
	"crypto/md5" //nolint:gosec // Django's file cache names its files so
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

const (
	ruleOption = "options with which memcached refuses the keys that Django draws are an error of New; in Django each session is lost"
	ruleExists = "nothing can be under a key that memcached refuses: exists is false, where Django raises"
)

// newestWith are the caches of the recordings, each with its newest Django.
var newestWith = map[string]string{
	"LocMemCache": "4.2.27", "RedisCache": "6.0.4", "PyMemcacheCache": "6.0.4", "PyLibMCCache": "4.2.27", "MemcachedCache": "3.2.25-debian",
}

// runCacheKeys makes the recorded keys of caches, and looks a session up under each.
func runCacheKeys(file *storevectors.File, r *report) error {
	for i := range file.CacheKeys {
		k := &file.CacheKeys[i]
		if !slices.Contains(k.Django, newestWith[k.Backend]) {
			continue
		}
		r.judge(k.Backend+" "+k.CacheKey, keyDiffers(k, r))
	}
	r.rules = append(r.rules, ruleOption, ruleExists)
	return nil
}

func keyDiffers(k *storevectors.CacheKey, r *report) string {
	memcached := k.Backend != "LocMemCache" && k.Backend != "RedisCache"
	server := newCacheServer(time.Now)
	backend, err := server.backend(memcached, cacheSettings{keyPrefix: k.KeyPrefix, version: string(k.Version), cachedDB: k.Engine == "cached_db"})
	if err != nil {
		r.ruled[ruleOption]++
		if errors.Is(err, saltine.ErrInvalidOption) && (k.ExistsException != "" || len(k.SessionKey) < 32) {
			return ""
		}
		return err.Error()
	}
	ctx := context.Background()
	exists, err := backend.Exists(ctx, k.SessionKey)
	if exists || err != nil {
		return "exists is not false"
	}
	switch refused := memcached && server.asked == ""; {
	case refused && k.ExistsException != "":
		r.ruled[ruleExists]++
	case server.asked != k.CacheKey:
		return "asked for " + server.asked
	}
	if _, err := backend.Load(ctx, k.SessionKey); !errors.Is(err, saltine.ErrNoSession) {
		return "Load: " + asText(err)
	}
	store, err := saltine.NewServerStore(backend, &saltine.ServerStoreOptions{ValidKey: func(string) bool { return true }})
	if err != nil {
		return err.Error()
	}
	s := store.Open(ctx, k.SessionKey)
	if s.Get("a") != nil || s.Key() != "" || s.Modified() {
		return "after the first read there is still a key, or a change"
	}
	return ""
}

// runCacheFileNames checks the names of the file cache, which has no Backend: they are made of the same keys.
func runCacheFileNames(file *storevectors.File, r *report) error {
	for _, name := range file.CacheFileNames {
		server := newCacheServer(time.Now)
		prefix, version, _ := strings.Cut(strings.TrimSuffix(name.CacheKey, ":django.contrib.sessions.cache"+name.SessionKey), ":")
		backend, err := server.backend(false, cacheSettings{keyPrefix: prefix, version: version})
		if err != nil {
			return err
		}
		if _, err := backend.Exists(context.Background(), name.SessionKey); err != nil {
			return err
		}
		sum := md5.Sum([]byte(server.asked)) //nolint:gosec // see above
		difference := ""
		if hex.EncodeToString(sum[:])+".djcache" != name.File {
			difference = "another name"
		}
		r.judge("file "+name.File, difference)
	}
	return nil
}
