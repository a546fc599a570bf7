package sessioncookie_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// A session that a slow request first used late is signed with the time at which the
// guard was set.
func TestGuardedFromArrival(t *testing.T) {
	now := &clock{start}
	store := newStore(t, testKeys, saltine.StoreOptions{Now: now.now})
	e := newCookie(t, store, nil).Open(t.Context(), signed(t, store, nil))
	now.wait(time.Minute)
	e.Guard(func(*saltine.Session) error { return nil })
	now.wait(time.Minute)
	e.Session().Set("b", 2)
	now.wait(time.Minute)
	value, _ := sessioncookie.FindCookie(commit(t, &e, 200).SetCookie, sessioncookie.DefaultName)
	if v, err := store.Verify(value); err != nil || !v.SignedAt.Equal(start.Add(time.Minute)) {
		t.Errorf("signed at %v, %v, want a minute after %v", v.SignedAt, err, start)
	}
}

// What cannot be read is not renewed, however old it is.
func TestUnreadableIsNotRenewed(t *testing.T) {
	now := &clock{start}
	signer, err := saltine.NewTimestampSigner(testKeys, &saltine.Options{
		Salt: "django.contrib.sessions.backends.signed_cookies",
		Now:  now.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	value, err := signer.SignObject([]int{1})
	if err != nil {
		t.Fatal(err)
	}
	now.wait(13 * 24 * time.Hour)
	store := newStore(t, testKeys, saltine.StoreOptions{ExpiryPolicy: saltine.ExpiryCookieAge, Now: now.now})
	e := newCookie(t, store, &sessioncookie.Options{RenewAfter: 0.5}).Open(t.Context(), []string{sessioncookie.DefaultName + "=" + value})
	read(e.Session())
	if got := commit(t, &e, 200); len(got.SetCookie) > 0 {
		t.Errorf("Set-Cookie is %q", got.SetCookie)
	}
}

// Under Django's salt the cookies of all names are interchangeable: a name of one's own
// needs a salt of its own, or a Django that has it too.
func TestNameNeedsItsOwnSalt(t *testing.T) {
	django := newStore(t, testKeys, saltine.StoreOptions{})
	own := newStore(t, testKeys, saltine.StoreOptions{Salt: ownSalt})
	for _, tt := range []struct {
		name  string
		store saltine.Store
		opts  *sessioncookie.Options
		want  error
	}{
		{"Django's name", django, nil, nil},
		{"another name", django, &sessioncookie.Options{Name: "sid"}, saltine.ErrInvalidOption},
		{"Django's name in another case", django, &sessioncookie.Options{Name: "SessionID"}, saltine.ErrInvalidOption},
		{"another name that Django has too", django, &sessioncookie.Options{Name: "sid", SharedWithDjango: true}, nil},
		{"another name and salt", own, &sessioncookie.Options{Name: "sid"}, nil},
		{"another salt", own, nil, nil},
	} {
		if c, err := sessioncookie.New(tt.store, tt.opts); !errors.Is(err, tt.want) || (c == nil) != (tt.want != nil) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestFindAmbiguous(t *testing.T) {
	for _, tt := range []struct {
		name                  string
		headers               []string
		duplicates, disguised int
	}{
		{"none", nil, 0, 0},
		{"another", []string{"sidecar=1; x=sid"}, 0, 0},
		{"one", []string{" sid\t=1; other=2"}, 0, 0},
		{"two", []string{"sid=1; sid=2"}, 1, 0},
		{"three, in two headers", []string{"sid=1; sid=2", "sid=3"}, 2, 0},
		{"no value", []string{"sid; sid=1"}, 0, 0},
		{"U+2000 before it", []string{"sid=1; \u2000sid=2"}, 0, 1},
		{"U+2000 after it", []string{"sid\u2000=2"}, 0, 1},
		{"no-break space", []string{"\u00a0sid=2"}, 0, 1},
		{"file separator, which Python alone strips", []string{"\x1csid=2"}, 0, 1},
		{"U+200B, which nobody strips", []string{"\u200bsid=2"}, 0, 0},
		{"both", []string{"sid=1; sid=1; \u2000sid=2", "\u3000sid=3"}, 1, 2},
	} {
		if duplicates, disguised := sessioncookie.FindAmbiguous(tt.headers, "sid"); duplicates != tt.duplicates || disguised != tt.disguised {
			t.Errorf("%s: %d duplicates and %d disguised, want %d and %d", tt.name, duplicates, disguised, tt.duplicates, tt.disguised)
		}
	}
	if value, ok := sessioncookie.FindCookie([]string{"sid=1; \u2000sid=2; sid\u2000=3; \x1csid=4"}, "sid"); value != "1" || !ok {
		t.Errorf("a disguised cookie is taken for the session's: %q", value)
	}
}
