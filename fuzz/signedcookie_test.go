package fuzz_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/signedcookie"
)

// FuzzSignedCookie signs any value for any cookie. Quoted, it goes through a
// Cookie header among others and comes back. A cookie of another name or salt
// argument takes it for a forgery, even where both joined are the same, unless
// the v1 salt is accepted and signed it. A byte changed is a forgery.
func FuzzSignedCookie(f *testing.F) {
	f.Add("theme", "", "theme", "x", "dark", uint(0), byte(1))
	f.Add("a", "bc", "ab", "c", `with "quotes", \ and ; é €`, uint(3), byte(0x20))
	f.Add("pref", "extra", "pref", "extra", "line\r\nSet-Cookie: x=1", uint(9), byte(0x80))
	f.Add("v2", "é", "v2", "\xff", "\xff\x00\x1f\x7f\u0085\u00a0", uint(1), byte(255))
	f.Add("a:b", "1", "a", ":b1", "", uint(7), byte(7))
	f.Add("", "", "bad name", "", " ", uint(0), byte(0))
	f.Fuzz(func(t *testing.T, name, salt, otherName, otherSalt, value string, at uint, with byte) {
		cookie, err := newSignedCookie(t, name, salt, false)
		other, otherErr := newSignedCookie(t, otherName, otherSalt, false)
		if err != nil {
			return
		}
		signed := cookie.Sign(value)
		if len(signed) > maxTokenLen {
			t.Skip("too long to be read at all")
		}
		requireSigned(t, cookie, signed, value, good)
		if django := newCookieSigner(v2Salt(name, salt)).Sign(value); signed != django {
			t.Fatalf("signed %q, Django's way %q", signed, django)
		}
		checkHeader(t, name, signed)
		if with != 0 {
			forged := []byte(signed)
			forged[at%uint(len(forged))] ^= with
			requireSigned(t, cookie, string(forged), "", badSignature)
		}
		if otherErr != nil {
			return
		}
		kind := badSignature
		if name == otherName && salt == otherSalt {
			kind = good
		}
		requireSigned(t, other, signed, value, kind)

		old := newCookieSigner(name + salt).Sign(value)
		requireSigned(t, other, old, value, kindIf(name+salt == v2Salt(otherName, otherSalt)))
		lenient, _ := newSignedCookie(t, otherName, otherSalt, true)
		requireSigned(t, lenient, old, value, kindIf(name+salt == v2Salt(otherName, otherSalt) || name+salt == otherName+otherSalt))
	})
}

// newSignedCookie fails for what cannot be a name, and for no other reason than
// a salt that is not UTF-8.
func newSignedCookie(t *testing.T, name, salt string, acceptV1 bool) (*signedcookie.Cookie, error) {
	t.Helper()
	c, err := signedcookie.New(testKeys, name, &signedcookie.Options{
		Salt: saltine.Salt(salt), AcceptV1: acceptV1, MaxTokenLen: maxTokenLen, Now: startClock,
	})
	const legal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~:"
	if name != "" && strings.Trim(name, legal) == "" && utf8.ValidString(salt) {
		requireKind(t, "New", err, good)
	} else {
		requireKind(t, "New", err, invalidOption)
	}
	return c, err
}

// newCookieSigner is Django's get_cookie_signer.
func newCookieSigner(salt string) *saltine.TimestampSigner {
	return must(saltine.NewTimestampSigner(must(saltine.NewKeyring("django.http.cookies"+testKey, nil)), &saltine.Options{Salt: saltine.Salt(salt), Now: startClock}))
}

// v2Salt is the salt since Django 5.2.15. A cookie may be called as its
// beginning, and then the v1 salt of that one is the v2 salt of another.
func v2Salt(name, salt string) string {
	return "django.http.cookies.v2:" + strconv.Itoa(utf8.RuneCountInString(salt)) + ":" + salt + name
}

func kindIf(isGood bool) string {
	if isGood {
		return good
	}
	return badSignature
}

func requireSigned(t *testing.T, c *signedcookie.Cookie, signed, want, kind string) {
	t.Helper()
	got, err := c.Unsign(signed, saltine.NoMaxAge)
	requireKind(t, "Unsign", err, kind)
	requireSecrecy(t, err, signed)
	if err != nil {
		want = ""
	}
	if got != want {
		t.Fatalf("Unsign gives %q, want %q", got, want)
	}
	v, verifyErr := c.Verify(signed, 0)
	requireSameError(t, "Verify", err, verifyErr)
	if err == nil && (v.Size != len(signed) || v.Compressed) {
		t.Fatalf("Verification %+v", v)
	}
}

// checkHeader sends a value in a Cookie header, quoted.
func checkHeader(t *testing.T, name, value string) {
	t.Helper()
	quoted := sessioncookie.Quote(value)
	if strings.ContainsAny(quoted, "\r\n;,\x00\x7f") {
		t.Fatalf("%q breaks a header", quoted)
	}
	header := name + "=first; " + name + "x=; " + name + "=" + quoted + "; x" + name + "=last"
	if got, ok := sessioncookie.FindCookie([]string{header}, name); !ok || got != value {
		t.Fatalf("%q comes back as %q", quoted, got)
	}
}
