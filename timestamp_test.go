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
		_, err = signer.UnsignBytes([]byte(token), tt.maxAge)
		if got := kind(t, err); got != tt.kind {
			t.Errorf("%s, bytes: %v, want kind %s: %s", tt.name, err, tt.kind, tt.reason)
		}
	}
}

func TestExpiredError(t *testing.T) {
	signer := newTimestampSigner(t, &saltine.Options{Now: at(start.Add(time.Hour))})
	_, err := signer.Unsign(signer.SignAt("v", start), time.Minute)
	if v, _ := signer.Verify(signer.SignAt("v", start), time.Minute); v != (saltine.Verification{}) {
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
	token := "x" + signer.SignAt("v", start)
	if _, err := signer.Unsign(token, time.Second); errors.Is(err, saltine.ErrSignatureExpired) || !errors.Is(err, saltine.ErrBadSignature) {
		t.Errorf("a forged and old token: %v", err)
	}
}

func TestSignedWithoutTimestamp(t *testing.T) {
	opts := &saltine.Options{Salt: "the same", Now: at(start)}
	plain := newSigner(t, testKey, opts)
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
		v, err := newTimestampSigner(t, opts).Verify(newSigner(t, testKey, opts).Sign("v:"+stamp), saltine.NoMaxAge)
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
		if got := newTimestampSigner(t, nil).SignAt("v", tt.at); !strings.HasPrefix(got, tt.want) {
			t.Errorf("SignAt %v does not start with %s", tt.at, tt.want)
		}
	}
}

func TestDumpsLoads(t *testing.T) {
	type user struct {
		Name string  `json:"name"`
		Rate float64 `json:"rate"`
	}
	opts := &saltine.Options{Now: at(start)}
	token, err := saltine.Dumps(testKey, user{"ann", 1}, opts)
	if err != nil {
		t.Fatal(err)
	}
	var got user
	if err := saltine.Loads(testKey, token, &got, time.Minute, opts); err != nil || got != (user{"ann", 1}) {
		t.Errorf("Loads = %+v, %v", got, err)
	}
	var tree any
	if err := saltine.Loads(testKey, token, &tree, time.Minute, opts); err != nil {
		t.Fatal(err)
	}
	if rate := tree.(map[string]any)["rate"]; rate != 1.0 { // 1 would be an int64
		t.Errorf("a float of 1 came back as %T", rate)
	}
	if err := saltine.Loads("another key", token, &got, time.Minute, opts); kind(t, err) != "bad signature" {
		t.Errorf("another key: %v", err)
	}
	if _, err := saltine.Dumps(testKey, func() {}, opts); kind(t, err) != "unsupported" {
		t.Errorf("a func: %v", err)
	}
}

// A failed read leaves the target alone, and says which Go type did not fit
// without repeating what was there.
func TestUnsignObjectErrors(t *testing.T) {
	signer := newTimestampSigner(t, &saltine.Options{Now: at(start)})
	sign := func(payload string) string {
		token, err := signer.AppendSignPayload(nil, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		return string(token)
	}
	for _, tt := range []struct {
		name, payload string
		target        any
		kind          string
	}{
		{"a text for an int", `"secret-payload"`, new(int), "wrong type"},
		{"a large number for a small one", `{"A":98765}`, new(struct{ A int8 }), "wrong type"},
		{"a float for an int", `98765.5`, new(int), "wrong type"},
		{"NaN for a struct", `{"A":NaN}`, new(struct{ A float64 }), "wrong type"},
		{"a bad time", `"secret-payload"`, new(time.Time), "wrong type"},
		{"a list for a map", `["secret-payload"]`, new(map[string]any), "wrong type"},
		{"not JSON", `{"secret-payload"`, new(any), "malformed"},
		{"nothing", ``, new(any), "malformed"},
		{"a pickle", "\x80\x04}\x94.secret-payload", new(any), "malformed"},
		{"no pointer", `1`, 1, "wrong type"},
		{"nil", `1`, nil, "wrong type"},
		{"a nil pointer", `1`, (*any)(nil), "wrong type"},
		{"a nil pointer to a map", `{}`, (*map[string]any)(nil), "wrong type"},
	} {
		err := signer.UnsignObject(sign(tt.payload), tt.target, saltine.NoMaxAge)
		if got := kind(t, err); got != tt.kind {
			t.Errorf("%s: %v, want kind %s", tt.name, err, tt.kind)
		}
		for _, leak := range []string{"secret-payload", "98765"} {
			if err != nil && strings.Contains(err.Error(), leak) {
				t.Errorf("%s: the error repeats the payload: %v", tt.name, err)
			}
		}
		if tt.name == "a pickle" && !strings.Contains(err.Error(), "pickle") {
			t.Errorf("a pickle is not named: %v", err)
		}
	}
	target := "before"
	if err := signer.UnsignObject("x"+sign(`"after"`), &target, saltine.NoMaxAge); err == nil || target != "before" {
		t.Error("a forged token reached the target")
	}
}

func TestCompression(t *testing.T) {
	long := strings.Repeat("compressible ", 30)
	for _, tt := range []struct {
		name, reason string
		opts         saltine.Options
		value        string
		compressed   bool
	}{
		{"default", "compress=False", saltine.Options{}, long, false},
		{"none", "as asked", saltine.Options{Compression: saltine.CompressionNone}, long, false},
		{"best", "compress=True", saltine.Options{Compression: saltine.CompressionBest}, long, true},
		{"fast", "another code, the same rule", saltine.Options{Compression: saltine.CompressionFast}, long, true},
		{"incompressible", "it would be longer", saltine.Options{Compression: saltine.CompressionBest}, "ab0c1d9e8f7g6h5i4j3k2l1m0n", false},
		{"short", "not worth trying", saltine.Options{Compression: saltine.CompressionBest}, strings.Repeat("a", 45), false},
		{"short, asked for", "Django would compress it", saltine.Options{Compression: saltine.CompressionBest, MinCompress: 1}, strings.Repeat("a", 45), true},
		{"from that length on", "48 bytes with the quotes", saltine.Options{Compression: saltine.CompressionBest}, strings.Repeat("a", 46), true},
		{"longer than a cookie", "another encoder", saltine.Options{Compression: saltine.CompressionFast}, strings.Repeat(long, 20), true},
	} {
		signer := newTimestampSigner(t, &tt.opts)
		token, err := signer.SignObject(tt.value)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := signer.UnsignObject(token, &got, saltine.NoMaxAge); err != nil || got != tt.value {
			t.Errorf("%s: it does not come back: %v", tt.name, err)
		}
		if (token[0] == '.') != tt.compressed {
			t.Errorf("%s: compressed %v, want %v: %s", tt.name, token[0] == '.', tt.compressed, tt.reason)
		}
	}
}
