package interop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/signedcookie"
)

// cookieCases are names and salt arguments.
var cookieCases = []struct {
	name   string
	reason string
	cookie string
	salt   saltine.Salt
	v2     saltine.Salt // of the signature
}{
	{"no salt", "the default", "pref", "", "django.http.cookies.v2:0:pref"},
	{"salt", "counted, and before the name", "pref", "extra", "django.http.cookies.v2:5:extrapref"},
	{"salt not ASCII", "characters are counted", "pref", "é🔑", "django.http.cookies.v2:2:é🔑pref"},
	{"odd name", "all that a name may have", "!#$%&'*+-.^_`|~:", "1:", "django.http.cookies.v2:2:1:!#$%&'*+-.^_`|~:"},
}

func newSignedCookie(t *testing.T, set *setting, name string, salt saltine.Salt) *signedcookie.Cookie {
	t.Helper()
	c, err := signedcookie.New(set.keyring(t), name, &signedcookie.Options{Salt: salt, AcceptV1: true, Now: set.clock})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// writesV1 reports whether this Django has not heard of the v2 salt.
func writesV1(t *testing.T, set *setting) bool {
	t.Helper()
	theirs := ask[string](t, set.env(), "set_signed_cookie", args{"name": "probe", "value": ""})
	v, err := newSignedCookie(t, set, "probe", "").Verify(theirs, saltine.NoMaxAge)
	if err != nil {
		t.Fatal(err)
	}
	return v.V1
}

func TestSignedCookies(t *testing.T) {
	eachSetting(t, twoWay, func(t *testing.T, set *setting) {
		v1 := writesV1(t, set)
		t.Logf("this Django writes the v1 salt: %v", v1)
		for _, tc := range cookieCases {
			t.Run(tc.name, func(t *testing.T) {
				c := newSignedCookie(t, set, tc.cookie, tc.salt)
				for number := range 100 {
					value := generateText(random(number), 40)
					a := args{"name": tc.cookie, "value": value, "salt": tc.salt}
					theirs := ask[string](t, set.env(), "set_signed_cookie", a)
					if got, err := c.Unsign(theirs, saltine.NoMaxAge); got != value || err != nil {
						t.Errorf("Unsign of Django's cookie for %q: %q, %v", value, got, err)
					}
					if v, err := c.Verify(theirs, saltine.NoMaxAge); err != nil || v.V1 != v1 {
						t.Errorf("Verify of Django's cookie: %+v, %v", v, err)
					}
					checkSignedCookie(t, set, tc.v2, value, c.Sign(value))
					if !v1 {
						got := ask[string](t, set.env(), "get_signed_cookie", args{"name": tc.cookie, "cookie": []byte(c.Sign(value)), "salt": tc.salt})
						if got != value {
							t.Errorf("Django's get_signed_cookie of Go's cookie for %q: %q", value, got)
						}
					}
				}
			})
		}
	})
}

// checkSignedCookie compares what Go signed with what Django's signer makes of
// the v2 salt, which works in every Django.
func checkSignedCookie(t *testing.T, set *setting, v2 saltine.Salt, value, cookie string) {
	t.Helper()
	e := set.env()
	e.Key = append([]byte("django.http.cookies"), e.Key...)
	a := args{"value": []byte(value), "salt": v2, "algorithm": algorithmName(set.algorithm)}
	want := ask[string](t, e, "timestamp_sign", a)
	if diff := cmp.Diff(want, cookie); diff != "" {
		t.Errorf("Sign of %q (-Django +Go):\n%s", value, diff)
	}
}

// A Django that knows the v1 salt only refuses the v2 salt, and never takes it
// for something else.
func TestSignedCookiesBesideOldDjango(t *testing.T) {
	needDjango(t)
	set := &twoWay[0]
	if !writesV1(t, set) {
		t.Skip("this Django reads the v2 salt")
	}
	cookie := newSignedCookie(t, set, "pref", "extra").Sign("dark")
	_, exception := try[string](t, set.env(), "get_signed_cookie", args{"name": "pref", "cookie": []byte(cookie), "salt": "extra"})
	if exception.kind() != "bad_signature" {
		t.Errorf("Django: %v", exception)
	}
}

// Signed cookies that were changed on the way, of any age.
func TestMutatedSignedCookies(t *testing.T) {
	p := needDjango(t)
	const cookies = 2000
	set := oddSetting(p)
	c := newSignedCookie(t, set, "pref", "extra")
	kinds := map[string]int{}
	for number := range cookies {
		rng := random(number)
		cookie := ask[string](t, set.env(), "set_signed_cookie", args{"name": "pref", "value": generateText(rng, 20), "salt": "extra"})
		if rng.IntN(4) > 0 {
			cookie = mutate(rng, cookie)
		}
		maxAge := pick(rng, maxAges...)
		want, exception := try[string](t, set.env(), "get_signed_cookie", args{"name": "pref", "cookie": []byte(cookie), "salt": "extra", "max_age": maxAge})
		got, err := c.Unsign(cookie, duration(maxAge))
		if diff := cmp.Diff(outcome{exception.kind(), want}, outcome{kindOf(t, err), got}); diff != "" {
			t.Fatalf("cookie %q, max_age %v (-Django +Go):\n%s", cookie, maxAge, diff)
		}
		kinds[exception.kind()]++
	}
	t.Logf("%d cookies: %v", cookies, kinds)
}
