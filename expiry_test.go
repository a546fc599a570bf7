package saltine_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

func TestExpiryPolicies(t *testing.T) {
	const (
		maxAge  = 1000 * time.Second
		short   = `{"_session_expiry":300}`
		long    = `{"_session_expiry":5000}`
		none    = `{"a":1}`
		browser = `{"_session_expiry":0}`
		isoDate = `{"_session_expiry":"2023-11-14T22:18:20+00:00"}` // start + 300 s
		naive   = `{"_session_expiry":"2023-11-14T22:18:20"}`
	)
	policies := []saltine.ExpiryPolicy{saltine.ExpiryEarliest, saltine.ExpiryCookieAge, saltine.ExpirySession}
	for _, tt := range []struct {
		name, payload string
		age           time.Duration
		kinds         [3]string // by policy, in the order above
	}{
		{"own expiry not reached", short, 299 * time.Second, [3]string{"none", "none", "none"}},
		{"own expiry reached", short, 300 * time.Second, [3]string{"expired", "none", "expired"}},
		{"own expiry longer", long, 1001 * time.Second, [3]string{"expired", "expired", "none"}},
		{"own expiry longer, reached", long, 5000 * time.Second, [3]string{"expired", "expired", "expired"}},
		{"no own expiry", none, 999 * time.Second, [3]string{"none", "none", "none"}},
		{"no own expiry, to the second", none, 1000 * time.Second, [3]string{"expired", "none", "expired"}},
		{"no own expiry, later", none, 1001 * time.Second, [3]string{"expired", "expired", "expired"}},
		{"browser close", browser, 999 * time.Second, [3]string{"none", "none", "none"}},
		{"browser close, later", browser, 1001 * time.Second, [3]string{"expired", "expired", "expired"}},
		{"date ahead", isoDate, 299 * time.Second, [3]string{"none", "none", "none"}},
		{"date reached", isoDate, 300 * time.Second, [3]string{"expired", "none", "expired"}},
		{"naive date ahead", naive, 299 * time.Second, [3]string{"none", "none", "none"}},
		{"naive date reached", naive, 300 * time.Second, [3]string{"expired", "none", "expired"}},
		{"no date", `{"_session_expiry":"soon"}`, 0, [3]string{"malformed", "none", "malformed"}},
		{"beyond all dates", `{"_session_expiry":1e300}`, 0, [3]string{"malformed", "none", "malformed"}},
		{"no number", `{"_session_expiry":NaN}`, 0, [3]string{"malformed", "none", "malformed"}},
		{"a list", `{"_session_expiry":[1]}`, 0, [3]string{"malformed", "none", "malformed"}},
		{"an empty list", `{"_session_expiry":[]}`, 0, [3]string{"none", "none", "none"}},
	} {
		for i, policy := range policies {
			store := newStore(t, &saltine.StoreOptions{
				CookieAge:    maxAge,
				ExpiryPolicy: policy,
				Now:          at(start.Add(tt.age)),
			})
			if _, err := store.Load(sign(t, tt.payload)); kind(t, err) != tt.kinds[i] {
				t.Errorf("%s, policy %d: %v, want kind %s", tt.name, policy, err, tt.kinds[i])
			}
		}
	}
}

// A timestamp beyond Python's dates is refused even where a stored date says
// when the session ends.
func TestTimestampBeyondDates(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{ExpiryPolicy: saltine.ExpirySession})
	payload := base64.RawURLEncoding.EncodeToString([]byte(`{"_session_expiry":"2999-01-01T00:00:00+00:00"}`))
	signer := newSigner(t, testKeys, &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies"})
	for stamp, want := range map[string]string{
		"1r31eq":   "none",
		"4cXtvP2":  "malformed", // the year 10000 and later
		"-4cXtvP2": "malformed",
	} {
		if _, err := store.Load(signer.Sign(payload + ":" + stamp)); kind(t, err) != want {
			t.Errorf("timestamp %s: %v, want kind %s", stamp, err, want)
		}
	}
}

func TestSetExpiryForms(t *testing.T) {
	for _, tt := range []struct {
		name   string
		expiry saltine.Expiry
		stored any
		age    time.Duration
		close  bool
	}{
		{"default", saltine.Expiry{}, nil, cookieAge, false},
		{"idle", saltine.ExpireIdle(5 * time.Minute), int64(300), 5 * time.Minute, false},
		{"negative", saltine.ExpireIdle(-time.Second), int64(-1), -time.Second, false},
		{"fraction", saltine.ExpireIdle(12500 * time.Millisecond), 12.5, 12500 * time.Millisecond, false},
		{"browser close", saltine.ExpireAtBrowserClose(), int64(0), cookieAge, true},
		{"from now", saltine.ExpireIn(time.Hour), "2023-11-14T23:13:20+00:00", time.Hour, false},
		{"at", saltine.ExpireAt(start.Add(90 * time.Minute).In(time.FixedZone("", 3600))), "2023-11-15T00:43:20+01:00", 90 * time.Minute, false},
		{"at, rounded down", saltine.ExpireAt(start.Add(-500 * time.Millisecond).UTC()), "2023-11-14T22:13:19.500000+00:00", -time.Second, false},
	} {
		store := newStore(t, nil)
		s := store.New()
		s.Set("other", 1)
		s.SetExpiry(tt.expiry)
		if diff := cmp.Diff(tt.stored, s.Get("_session_expiry")); diff != "" {
			t.Errorf("%s: stored (-want +got)\n%s", tt.name, diff)
		}
		if got, err := s.ExpiryAge(); err != nil || got != tt.age {
			t.Errorf("%s: ExpiryAge() = %v, %v, want %v", tt.name, got, err, tt.age)
		}
		if got := s.ExpiresAtBrowserClose(); got != tt.close {
			t.Errorf("%s: ExpiresAtBrowserClose() = %v", tt.name, got)
		}
		s.SetExpiry(saltine.Expiry{})
		if s.Has("_session_expiry") {
			t.Errorf("%s: the zero Expiry must remove it", tt.name)
		}
	}
	far := newStore(t, nil).New()
	far.SetExpiry(saltine.ExpireAt(start.In(time.FixedZone("", 86400))))
	if diff := cmp.Diff("2023-11-14T22:13:20+00:00", far.Get("_session_expiry")); diff != "" {
		t.Errorf("Python has no offset of a day (-want +got)\n%s", diff)
	}
	s := newStore(t, nil).New()
	s.SetExpiry(saltine.ExpireAt(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))
	if err := s.Save(); kind(t, err) != "unsupported" {
		t.Errorf("a date that Python does not have: %v", err)
	}
}

func TestNaiveDates(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{NaiveDates: true, Location: time.FixedZone("", 3600)})
	s := store.New()
	s.SetExpiry(saltine.ExpireIn(time.Hour))
	if diff := cmp.Diff("2023-11-15T00:13:20", s.Get("_session_expiry")); diff != "" {
		t.Errorf("stored (-want +got)\n%s", diff)
	}
	if got, err := s.ExpiryAge(); err != nil || got != time.Hour {
		t.Errorf("ExpiryAge() = %v, %v", got, err)
	}
}

func TestNaiveDatesAreInLocation(t *testing.T) {
	east := time.FixedZone("", 3600)
	for _, location := range []*time.Location{nil, east} {
		store := newStore(t, &saltine.StoreOptions{Location: location, ExpiryPolicy: saltine.ExpiryCookieAge})
		s, err := store.Load(sign(t, `{"_session_expiry":"2023-11-14T22:18:20"}`))
		if err != nil {
			t.Fatal(err)
		}
		want := 300 * time.Second
		if location == east {
			want -= time.Hour
		}
		if got, err := s.ExpiryAge(); err != nil || got != want {
			t.Errorf("in %v: ExpiryAge() = %v, %v, want %v", location, got, err, want)
		}
	}
}
