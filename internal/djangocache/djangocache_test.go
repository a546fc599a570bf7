package djangocache_test

import (
	"errors"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/djangocache"
)

func TestKey(t *testing.T) {
	const session = "0123456789abcdefghijklmnopqrstuv"
	for _, tt := range []struct {
		name, reason string
		keys         djangocache.Keys
		want         string
	}{
		{"defaults", "KEY_PREFIX is empty and VERSION is 1", djangocache.Keys{}, ":1:django.contrib.sessions.cache" + session},
		{"cached_db", "each engine has its keys", djangocache.Keys{CachedDB: true}, ":1:django.contrib.sessions.cached_db" + session},
		{"prefix and version", "VERSION may be a text", djangocache.Keys{Prefix: "a:b", Version: "v2"}, "a:b:v2:django.contrib.sessions.cache" + session},
		{"cache_key_prefix", "a store class may have its own", djangocache.Keys{SessionPrefix: "mine.", CachedDB: true}, ":1:mine." + session},
		{
			"KEY_FUNCTION", "it replaces the join, and gets the key first",
			djangocache.Keys{Prefix: "p", Function: func(key, prefix, version string) string { return version + "/" + prefix + "/" + key }},
			"1/p/django.contrib.sessions.cache" + session,
		},
	} {
		if got := tt.keys.Key(session); got != tt.want {
			t.Errorf("%s: %s: %s, want %s", tt.name, tt.reason, got, tt.want)
		}
	}
}

func TestUnreadable(t *testing.T) {
	if err := djangocache.Unreadable(nil); err != nil {
		t.Errorf("no error: %v", err)
	}
	if err := djangocache.Unreadable(saltine.ErrNoSession); err != saltine.ErrNoSession {
		t.Errorf("nothing there: %v", err)
	}
	for _, kind := range []error{saltine.ErrMalformed, saltine.ErrTooLarge} {
		if err := djangocache.Unreadable(kind); !errors.Is(err, kind) || !errors.Is(err, saltine.ErrNoSession) {
			t.Errorf("%v: %v", kind, err)
		}
	}
}

func TestCheckLen(t *testing.T) {
	if err := djangocache.CheckLen("value", 10, 10); err != nil {
		t.Errorf("just at the limit: %v", err)
	}
	if err := djangocache.CheckLen("value", 11, 10); !errors.Is(err, saltine.ErrTooLarge) {
		t.Errorf("one beyond: %v", err)
	}
	if err := djangocache.InvalidOption("x"); !errors.Is(err, saltine.ErrInvalidOption) {
		t.Error(err)
	}
}
