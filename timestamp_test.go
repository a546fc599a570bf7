package saltine_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

func TestMaxAge(t *testing.T) {
	token := newTimestampSigner(t, &saltine.Options{Now: at(start.Add(900 * time.Millisecond))}).Sign("v")
	for _, tt := range []struct {
		name, reason string
		now          time.Time
		maxAge       time.Duration
		kind         string
	}{
		{"at the age", "expired is greater than, not equal", start.Add(10 * time.Second), 10 * time.Second, "none"},
		{"a millisecond later", "the clock has a fraction", start.Add(10*time.Second + time.Millisecond), 10 * time.Second, "expired"},
		{"the lost fraction", "signing cuts .9 s off", start.Add(10*time.Second + 900*time.Millisecond), 10 * time.Second, "expired"},
		{"zero at once", "0 is no special value", start, 0, "none"},
		{"zero later", "0 is no special value", start.Add(time.Millisecond), 0, "expired"},
		{"negative", "compared as it is", start, -time.Second, "expired"},
		{"negative and in the future", "compared as it is", start.Add(-time.Second), -time.Second, "none"},
		{"no age", "nothing is checked", start.Add(200 * 365 * 24 * time.Hour), saltine.NoMaxAge, "none"},
		{"far future", "there is no check for skew", time.Unix(0, 0), 0, "none"},
		{"before 1970", "times are numbers", time.Unix(-1<<40, 0), 0, "none"},
	} {
		signer := newTimestampSigner(t, &saltine.Options{Now: at(tt.now)})
		_, err := signer.Unsign(token, tt.maxAge)
		if got := kind(t, err); got != tt.kind {
			t.Errorf("%s: %v, want kind %s: %s", tt.name, err, tt.kind, tt.reason)
		}
		_, err = signer.Verify(token, tt.maxAge)
		if got := kind(t, err); got != tt.kind {
			t.Errorf("%s, Verify: %v, want kind %s: %s", tt.name, err, tt.kind, tt.reason)
		}
	}
}

// Seconds where a duration belongs are nanoseconds.
func TestDurationsWithoutUnit(t *testing.T) {
	if _, err := saltine.NewCookieStore(testKeys, &saltine.StoreOptions{CookieAge: 1209600}); kind(t, err) != "invalid option" {
		t.Errorf("CookieAge without a unit: %v", err)
	}
	signer := newTimestampSigner(t, &saltine.Options{Now: at(start.Add(time.Second))})
	token := newTimestampSigner(t, &saltine.Options{Now: at(start)}).Sign("value")
	if _, err := signer.Unsign(token, 3600); kind(t, err) != "expired" {
		t.Errorf("a maximum age without a unit: %v", err)
	}
}

func TestExpiredError(t *testing.T) {
	signer := newTimestampSigner(t, &saltine.Options{Now: at(start.Add(time.Hour))})
	_, err := signer.Unsign(signAt(t, "v", start), time.Minute)
	if v, _ := signer.Verify(signAt(t, "v", start), time.Minute); v != (saltine.Verification{}) {
		t.Errorf("an expired token was verified: %+v", v)
	}
	expired, ok := errors.AsType[*saltine.ExpiredError](err)
	if !ok || !expired.SignedAt.Equal(start) || !expired.Deadline.Equal(start.Add(time.Minute)) {
		t.Fatalf("got %#v", err)
	}
	if !errors.Is(err, saltine.ErrBadSignature) || !strings.Contains(err.Error(), "2023-11-14T22:13:20Z") {
		t.Errorf("got %v", err)
	}
}

// CVE-2024-51744 in golang-jwt: a token both forged and expired was reported as
// expired, and callers let expired ones through.
func TestForgedIsNeverExpired(t *testing.T) {
	signer := newTimestampSigner(t, &saltine.Options{Now: at(start.Add(time.Hour))})
	token := "x" + signAt(t, "v", start)
	if _, err := signer.Unsign(token, time.Second); errors.Is(err, saltine.ErrSignatureExpired) || !errors.Is(err, saltine.ErrBadSignature) {
		t.Errorf("a forged and old token: %v", err)
	}
}

// GHSA-44vf-8ffm-v2qh: a library decoded what it had not verified. A payload
// that would be malformed is never looked at behind a bad signature.
func TestNothingIsDecodedUnverified(t *testing.T) {
	store := newStore(t, nil)
	signer := newTimestampSigner(t, nil)
	for _, payload := range []string{"not JSON", "\x80\x04.", strings.Repeat("[", 5000)} {
		token := "A" + sign(t, payload)
		if _, err := store.Load(token); kind(t, err) != "bad signature" {
			t.Errorf("Load: %v", err)
		}
		if got, err := signer.AppendUnsignPayload(nil, token, saltine.NoMaxAge); kind(t, err) != "bad signature" || got != nil {
			t.Errorf("AppendPayload: %q, %v", got, err)
		}
	}
}

func TestSignedWithoutTimestamp(t *testing.T) {
	opts := &saltine.Options{Salt: "the same", Now: at(start)}
	plain := newSigner(t, testKeys, opts)
	stamped := newTimestampSigner(t, opts)
	for _, tt := range []struct{ name, value, kind string }{
		{"no timestamp", "value", "malformed"},
		{"empty timestamp", "value:", "malformed"},
		{"not base 62", "value:1*2", "malformed"},
		{"two signs", "value:--1", "malformed"},
		{"only a sign", "value:-", "none"},
		{"leading zeros", "value:0001r31eq", "none"},
		{"beyond int64", "value:" + strings.Repeat("z", 30), "none"},
		{"beyond float64", "value:" + strings.Repeat("z", 200), "malformed"},
	} {
		if _, err := stamped.Unsign(plain.Sign(tt.value), time.Duration(math.MaxInt64-1)); kind(t, err) != tt.kind {
			t.Errorf("%s: %v, want kind %s", tt.name, err, tt.kind)
		}
	}
}

func TestSignedAtSaturates(t *testing.T) {
	opts := &saltine.Options{Salt: "the same", Now: at(start)}
	for _, stamp := range []string{strings.Repeat("z", 300), "-" + strings.Repeat("z", 300)} {
		v, err := newTimestampSigner(t, opts).Verify(newSigner(t, testKeys, opts).Sign("v:"+stamp), saltine.NoMaxAge)
		if err != nil {
			t.Fatal(err)
		}
		if future := stamp[0] == 'z'; v.SignedAt.After(start) != future || v.Age < 0 != future {
			t.Errorf("a timestamp far from now gives %v and an age of %v", v.SignedAt, v.Age)
		}
	}
}

func TestTimestampCutsTowardsZero(t *testing.T) {
	for _, tt := range []struct {
		at   time.Time
		want string
	}{
		{time.Unix(1700000000, 999999999), "v:1r31eq:"},
		{time.Unix(0, 0), "v:0:"},
		{time.Unix(-1, 500000000), "v:0:"}, // int(-0.5) in Python
		{time.Unix(-2, 500000000), "v:-1:"},
		{time.Unix(-1, 0), "v:-1:"},
	} {
		if got := signAt(t, "v", tt.at); !strings.HasPrefix(got, tt.want) {
			t.Errorf("Sign at %v does not start with %s", tt.at, tt.want)
		}
	}
}

func TestDumpsLoads(t *testing.T) {
	type user struct {
		Name string  `json:"name"`
		Rate float64 `json:"rate"`
	}
	opts := &saltine.Options{Now: at(start)}
	token, err := testKeys.Dumps(user{"ann", 1}, opts)
	if err != nil {
		t.Fatal(err)
	}
	var got user
	if err := testKeys.Loads(token, &got, time.Minute, opts); err != nil || got != (user{"ann", 1}) {
		t.Errorf("Loads = %+v, %v", got, err)
	}
	var tree any
	if err := testKeys.Loads(token, &tree, time.Minute, opts); err != nil {
		t.Fatal(err)
	}
	if rate := tree.(map[string]any)["rate"]; rate != 1.0 { // 1 would be an int64
		t.Errorf("a float of 1 came back as %T", rate)
	}
	if err := ring("another key").Loads(token, &got, time.Minute, opts); kind(t, err) != "bad signature" {
		t.Errorf("another key: %v", err)
	}
	if _, err := testKeys.Dumps(func() {}, opts); kind(t, err) != "unsupported" {
		t.Errorf("a func: %v", err)
	}
}

// The zero TimestampSigner has no key: it returns an error where it can, and never
// signs.
func TestZeroTimestampSigner(t *testing.T) {
	signer := new(saltine.TimestampSigner)
	const token = "e30:1r31eq:W3Q8bozYtBHheHKKpXsXvA7tXnsNMJuX90kGZVxpRS0"
	for name, call := range map[string]func() error{
		"Unsign":              func() error { _, err := signer.Unsign(token, 0); return err },
		"Verify":              func() error { _, err := signer.Verify(token, 0); return err },
		"SignObject":          func() error { _, err := signer.SignObject(1); return err },
		"UnsignObject":        func() error { return signer.UnsignObject(token, new(any), 0) },
		"AppendSignPayload":   func() error { _, err := signer.AppendSignPayload(nil, nil); return err },
		"AppendUnsignPayload": func() error { _, err := signer.AppendUnsignPayload(nil, token, 0); return err },
	} {
		if err := call(); kind(t, err) != "invalid key" {
			t.Errorf("%s: %v", name, err)
		}
	}
	panicsWithoutKey(t, func() { signer.Sign("v") })
}
