package saltine_test

import (
	"crypto"
	"errors"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

const lifetime = 24 * time.Hour

// limited returns a store whose sessions live for a day, and its clock.
func limited(t *testing.T) (*saltine.CookieStore, *time.Time) {
	t.Helper()
	now := start
	return newStore(t, &saltine.StoreOptions{MaxLifetime: lifetime, Now: func() time.Time { return now }}), &now
}

// However often a session is saved, it ends a day after it was first saved.
func TestMaxLifetime(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*saltine.Session)
	}{
		{"changed", func(s *saltine.Session) { s.Set("a", 1) }},
		{"cleared", func(s *saltine.Session) { s.Get("a"); s.Clear() }},
		{"replaced", func(s *saltine.Session) { s.Get("a"); s.Replace(new(saltine.Session)) }},
		{"without its birth", func(s *saltine.Session) { s.Delete("_saltine_born") }},
		{"with another birth", func(s *saltine.Session) { s.Set("_saltine_born", start.Add(time.Hour).Unix()) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store, now := limited(t)
			cookie := save(t, store, store.New())
			for *now = start.Add(time.Hour); now.Before(start.Add(lifetime)); *now = now.Add(time.Hour) {
				s := store.Open(t.Context(), cookie)
				if err := s.Err(); err != nil {
					t.Fatal(err)
				}
				left := start.Add(lifetime).Sub(*now)
				tt.change(s)
				if age, err := s.ExpiryAge(); err != nil || age != left {
					t.Errorf("ExpiryAge is %v, %v, want %v", age, err, left)
				}
				if date, err := s.ExpiryDate(); err != nil || !date.Equal(start.Add(lifetime)) {
					t.Errorf("ExpiryDate is %v, %v", date, err)
				}
				cookie = save(t, store, s)
			}
			*now = start.Add(lifetime - 1)
			if _, err := store.Load(cookie); err != nil {
				t.Errorf("before the end: %v", err)
			}
			*now = start.Add(lifetime)
			_, err := store.Load(cookie)
			expired, ok := errors.AsType[*saltine.ExpiredError](err)
			if !ok || !expired.Deadline.Equal(start.Add(lifetime)) || !expired.SignedAt.Equal(start.Add(lifetime-time.Hour)) {
				t.Errorf("at the end: %v", err)
			}
		})
	}
}

// What is another session lives for a day of its own.
func TestMaxLifetimeBeginsAnew(t *testing.T) {
	for name, change := range map[string]func(*saltine.Session){
		"flushed":   func(s *saltine.Session) { s.Flush() },   //nolint:errcheck // a cookie store never fails
		"destroyed": func(s *saltine.Session) { s.Destroy() }, //nolint:errcheck // a cookie store never fails
		"refused":   func(s *saltine.Session) { s.Guard(func(*saltine.Session) error { return saltine.ErrRevoked }) },
	} {
		store, now := limited(t)
		cookie := save(t, store, store.New())
		*now = start.Add(time.Hour)
		s := store.Open(t.Context(), cookie)
		if name != "refused" {
			s.Get("a")
		}
		change(s)
		s.Set("a", 1)
		cookie = save(t, store, s)
		*now = start.Add(lifetime + time.Hour - 1)
		if _, err := store.Load(cookie); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		*now = start.Add(lifetime + time.Hour)
		if _, err := store.Load(cookie); kind(t, err) != "expired" {
			t.Errorf("%s, a day later: %v", name, err)
		}
	}
}

// The life of a session from before there was a limit is counted from its signature.
func TestMaxLifetimeOfOlderSessions(t *testing.T) {
	store, now := limited(t)
	older := sign(t, `{"user":"ann"}`)
	*now = start.Add(lifetime - time.Second)
	s := store.Open(t.Context(), older)
	if s.Get("user") != "ann" {
		t.Fatal(s.Err())
	}
	renewed := save(t, store, s)
	*now = start.Add(lifetime)
	for name, cookie := range map[string]string{"as it was": older, "renewed": renewed} {
		if _, err := store.Load(cookie); kind(t, err) != "expired" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMaxLifetimeUnreadable(t *testing.T) {
	store, _ := limited(t)
	for _, born := range []string{`"1700000000"`, "null", "1.5", "[]", "1e30", "-62135596801", "253402300800", "9223372036854775808"} {
		if _, err := store.Load(sign(t, `{"_saltine_born":`+born+`}`)); kind(t, err) != "malformed" {
			t.Errorf("%s: %v", born, err)
		}
	}
}

// A cookie that is signed again lives no longer by it, in the browser either.
func TestResignWithinMaxLifetime(t *testing.T) {
	for _, tt := range []struct {
		name   string
		limit  time.Duration
		expiry saltine.Expiry
		want   time.Duration
	}{
		{"no limit", 0, saltine.Expiry{}, cookieAge - time.Hour},
		{"a day", lifetime, saltine.Expiry{}, lifetime - time.Hour},
		{"idle", lifetime, saltine.ExpireIdle(2 * time.Hour), time.Hour},
	} {
		now := start
		store := newStore(t, &saltine.StoreOptions{MaxLifetime: tt.limit, Now: func() time.Time { return now }})
		s := store.New()
		s.SetExpiry(tt.expiry)
		s.Set("a", 1)
		cookie := save(t, store, s)
		now = start.Add(time.Hour)
		s = store.Open(t.Context(), cookie)
		left, err := s.Resign()
		if err != nil || left != tt.want {
			t.Errorf("%s: %v left, %v, want %v", tt.name, left, err, tt.want)
		}
		if v, err := store.Verify(s.Key()); err != nil || !v.SignedAt.Equal(start) {
			t.Errorf("%s: signed at %v, %v", tt.name, v.SignedAt, err)
		}
	}
}

// What was refused is not signed again, whoever made its signature.
func TestResignRefuses(t *testing.T) {
	store := newStore(t, nil)
	refused := store.Open(t.Context(), sign(t, `{"a":1}`))
	refused.Guard(func(*saltine.Session) error { return saltine.ErrRevoked })
	for name, s := range map[string]*saltine.Session{
		"new":     store.New(),
		"forged":  store.Open(t.Context(), "forged"+sign(t, `{"a":1}`)),
		"refused": refused,
	} {
		if left, err := s.Resign(); kind(t, err) != "missing" || left != 0 {
			t.Errorf("%s: %v, %v", name, left, err)
		}
	}
}

// MaxClockSkew is the last moment of the future that is believed.
func TestMaxClockSkew(t *testing.T) {
	for _, tt := range []struct {
		name string
		skew time.Duration
		at   time.Duration // of the signature, from now
		want string
	}{
		{"no limit", 0, 1e6 * time.Hour, "none"},
		{"now", time.Minute, 0, "none"},
		{"the past", time.Minute, -time.Hour, "none"},
		{"at the limit", time.Minute, time.Minute, "none"},
		{"beyond it", time.Minute, time.Minute + time.Second, "bad signature"},
		{"far beyond it", time.Minute, 1e6 * time.Hour, "bad signature"},
	} {
		maker := newStore(t, &saltine.StoreOptions{Now: at(start.Add(tt.at))})
		s := maker.New()
		s.Set("a", 1)
		cookie := save(t, maker, s)
		store := newStore(t, &saltine.StoreOptions{MaxClockSkew: tt.skew})
		if _, err := store.Load(cookie); kind(t, err) != tt.want {
			t.Errorf("%s: Load: %v", tt.name, err)
		}
		v, err := store.Verify(cookie)
		if kind(t, err) != tt.want || (v == saltine.Verification{}) != (err != nil) {
			t.Errorf("%s: Verify: %+v, %v", tt.name, v, err)
		}
	}
}

// An expiry is refused that would end before it says.
func TestExpiryIsHonoured(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy saltine.ExpiryPolicy
		expiry saltine.Expiry
		want   string
	}{
		{"at the cookie age", saltine.ExpiryEarliest, saltine.ExpireIdle(cookieAge), "none"},
		{"beyond it", saltine.ExpiryEarliest, saltine.ExpireIdle(cookieAge + time.Second), "unsupported"},
		{"date at the cookie age", saltine.ExpiryEarliest, saltine.ExpireAt(start.Add(cookieAge)), "none"},
		{"date beyond it", saltine.ExpiryEarliest, saltine.ExpireIn(cookieAge + time.Second), "unsupported"},
		{"where Django keeps both", saltine.ExpiryCookieAge, saltine.ExpireIdle(cookieAge + time.Second), "none"},
		{"where it alone counts", saltine.ExpirySession, saltine.ExpireIdle(cookieAge + time.Second), "none"},
	} {
		store := newStore(t, &saltine.StoreOptions{ExpiryPolicy: tt.policy})
		s := store.New()
		s.SetExpiry(tt.expiry)
		if _, err := store.Save(s); kind(t, err) != tt.want {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestLifetimeOptions(t *testing.T) {
	for name, opts := range map[string]*saltine.StoreOptions{
		"MaxLifetime without a unit": {MaxLifetime: 86400},
		"negative MaxLifetime":       {MaxLifetime: -time.Hour},
		"negative MaxClockSkew":      {MaxClockSkew: -1},
	} {
		if _, err := saltine.NewCookieStore(testKeys, opts); kind(t, err) != "invalid option" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A session that was guarded is not signed later for a database either.
func TestGuardedSessionDataIsNotSignedLater(t *testing.T) {
	s := newStore(t, nil).Open(t.Context(), sign(t, `{"user":"ann"}`))
	s.SignNotAfter(start.Add(time.Minute))
	var signed time.Time
	opts := &saltine.Options{Now: at(start.Add(time.Hour)), OnVerify: func(v saltine.Verification) { signed = v.SignedAt }}
	data := newSessionData(t, testKeys, opts)
	text, err := data.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := data.Decode(text); err != nil || !signed.Equal(start.Add(time.Minute)) {
		t.Errorf("signed at %v, %v", signed, err)
	}
}

// Only a Keyring with SHA-1 reads the form before Django 3.1, and writes it only where
// SHA-1 signs.
func TestLegacyFormIsAskedFor(t *testing.T) {
	sha1 := newKeyring(t, testKey, &saltine.KeyringOptions{Algorithm: crypto.SHA1})
	s := newStore(t, nil).New()
	s.Set("a", 1)
	old, err := newSessionData(t, sha1, nil).Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newSessionData(t, testKeys, nil).Decode(old); kind(t, err) != "bad signature" {
		t.Errorf("without SHA-1: %v", err)
	}
	both := newSessionData(t, newKeyring(t, testKey, &saltine.KeyringOptions{LegacyAlgorithms: []crypto.Hash{crypto.SHA1}}), nil)
	if _, err := both.Decode(old); err != nil {
		t.Error(err)
	}
	text, err := both.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newSessionData(t, testKeys, nil).Decode(text); err != nil {
		t.Errorf("what both write: %v", err)
	}
}
