package sessioncookie_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// Another cookie has the session's attributes, but the path "/" and no age.
func TestOther(t *testing.T) {
	for _, tt := range []struct {
		name, cookie, value, want string
		opts                      sessioncookie.Options
	}{
		{"defaults", "other", "a", "other=a; Path=/; SameSite=Lax; HttpOnly; Secure", sessioncookie.Options{}},
		{"deletion", "other", "", `other=""; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; SameSite=Lax`, sessioncookie.Options{}},
		{"quoted", "other", "a;b", `other="a\073b"; Path=/; SameSite=Lax; HttpOnly; Secure`, sessioncookie.Options{}},
		{
			"all", "other", "a", "other=a; Domain=a.test; Path=/; SameSite=None; Secure; Partitioned",
			sessioncookie.Options{Domain: "a.test", Path: "/p", SameSite: sessioncookie.SameSiteNone, ScriptAccess: true, Partitioned: true},
		},
		{"no path", "other", "a", "other=a; Path=/; SameSite=Lax; HttpOnly", sessioncookie.Options{NoPath: true, Insecure: true}},
		{"prefix", "__Host-other", "", `__Host-other=""; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; SameSite=Lax; Secure`, sessioncookie.Options{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			line, err := newCookie(t, newStore(t, testKeys, saltine.StoreOptions{}), &tt.opts).Other(tt.cookie, tt.value)
			if err != nil || line != tt.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, line, tt.want)
			}
		})
	}
}

func TestOtherRefuses(t *testing.T) {
	c := newCookie(t, newStore(t, testKeys, saltine.StoreOptions{}), &sessioncookie.Options{Domain: "a.test"})
	for _, tt := range []struct {
		name, cookie, value, reason string
		kind                        error
	}{
		{"empty name", "", "a", "it is no cookie", saltine.ErrInvalidOption},
		{"the session's name", "sessionid", "a", "one of the two would be lost", saltine.ErrInvalidOption},
		{"name", "a b", "a", "no browser takes it", saltine.ErrInvalidOption},
		{"prefix", "__Host-a", "a", "browsers refuse it with a Domain", saltine.ErrInvalidOption},
		{"length", "a", strings.Repeat("a", 4096), "browsers drop it in silence", saltine.ErrTooLarge},
	} {
		if line, err := c.Other(tt.cookie, tt.value); line != "" || !errors.Is(err, tt.kind) {
			t.Errorf("%s: %q, %v, want %v: %s", tt.name, line, err, tt.kind, tt.reason)
		}
	}
}
