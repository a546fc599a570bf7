package main

import (
	"crypto"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
	"github.com/seed-52756201/saltine/signedcookie"
)

// good is what is known of a value that is.
type good struct {
	saltine.Verification
	timeless bool // its form has no time
	content  paste.Payload
	expires  time.Time // zero: never
	note     string    // what else is worth knowing
}

// noTime reports whether the time is one that Django does not write.
func (g *good) noTime() bool {
	return paste.Parts{Stamped: !g.timeless, SignedAt: g.SignedAt}.NoTime()
}

// check verifies a value as what it is said to be.
func (v *verification) check(value string) (*good, error) {
	switch v.kind {
	case kindCookie:
		return v.checkCookie(value)
	case kindMessages:
		return v.checkMessages(value)
	case kindData:
		if g, ok, err := v.checkHex(base64Text(value), ":", "django.contrib.sessions"+class(v.opts.Salt)); ok {
			return g, err
		}
	}
	return v.checkSigned(v.keys.Keyring, value)
}

// checkSigned verifies VALUE:TIME:SIGNATURE.
func (v *verification) checkSigned(ring saltine.Keyring, value string) (*good, error) {
	signer, err := saltine.NewTimestampSigner(ring, v.opts)
	if err != nil {
		return nil, err
	}
	found, err := signer.Verify(value, v.maxAge)
	if err != nil {
		return nil, err
	}
	g := &good{Verification: found}
	if v.maxAge != saltine.NoMaxAge {
		g.expires = found.SignedAt.Add(v.maxAge)
	}
	if v.kind == kindPlain {
		g.content.Text, err = signer.Unsign(value, v.maxAge)
		return g, err
	}
	body := paste.Split(value, v.separator).Body
	if v.kind == kindMessages && strings.HasPrefix(body, "[") { // Django 3.1
		g.content = paste.PayloadOf(body)
		return g, checkJSON(g.content)
	}
	text, err := signer.AppendUnsignPayload(nil, value, v.maxAge)
	if err != nil {
		return nil, err
	}
	if g.content, _, err = paste.Unpack(body); err != nil {
		return nil, err
	}
	if v.kind == kindSession {
		return g, v.checkSession(g, value)
	}
	var object any
	return g, saltine.JSONSerializer{}.Loads(text, &object)
}

// checkJSON returns an error for a payload that is not JSON.
func checkJSON(p paste.Payload) error {
	var object any
	return saltine.JSONSerializer{}.Loads([]byte(p.Text), &object)
}

// checkSession loads the session, and shortens g.expires by its own expiry.
func (v *verification) checkSession(g *good, value string) error {
	store, err := saltine.NewCookieStore(v.keys.Keyring, &saltine.StoreOptions{Salt: v.opts.Salt, Now: v.opts.Now, CookieAge: v.maxAge})
	if err != nil {
		return err
	}
	s, err := store.Load(value)
	if err != nil {
		return err
	}
	e, err := s.Expiry()
	if err != nil || e.IsDefault() {
		return err
	}
	if own := store.ExpiryDate(g.SignedAt, e); g.expires.IsZero() || own.Before(g.expires) {
		g.expires = own
	}
	return nil
}

// checkCookie verifies a cookie of set_signed_cookie. Its salt is the argument of that.
func (v *verification) checkCookie(value string) (*good, error) {
	cookie, err := signedcookie.New(v.keys.Keyring, v.name, &signedcookie.Options{Salt: v.opts.Salt, AcceptV1: true, Now: v.opts.Now})
	if err != nil {
		return nil, err
	}
	found, err := cookie.Verify(value, v.maxAge)
	if err != nil {
		return nil, err
	}
	g := &good{Verification: found.Verification}
	if found.V1 {
		g.note = "it has the salt of Django before 5.2.15 and 6.0.6: Django 6.1 refuses it unless SIGNED_COOKIE_LEGACY_SALT_FALLBACK is True; in Go set signedcookie.Options.AcceptV1"
	}
	if v.maxAge != saltine.NoMaxAge {
		g.expires = found.SignedAt.Add(v.maxAge)
	}
	g.content.Text, err = cookie.Unsign(value, v.maxAge)
	return g, err
}

// checkMessages verifies the cookie of messages, in any of its three forms.
func (v *verification) checkMessages(value string) (*good, error) {
	if g, ok, err := v.checkHex(value, "$", string(v.opts.Salt)); ok {
		return g, err
	}
	return v.checkSigned(v.keys.ForCookies(), value)
}

// checkHex verifies what Django before 3.1 signed in hexadecimal: ok is false for a value
// that is not of that form.
func (v *verification) checkHex(value, separator, salt string) (g *good, ok bool, err error) {
	digest, text, ok := paste.HexSigned(value, separator)
	if !ok {
		return nil, false, nil
	}
	index, err := v.keys.VerifySaltedHMAC(saltine.Salt(salt), []byte(text), digest, crypto.SHA1)
	if err != nil {
		return nil, true, err
	}
	g = &good{
		Verification: saltine.Verification{KeyIndex: index, Algorithm: crypto.SHA1, Size: len(value)},
		timeless:     true,
		content:      paste.PayloadOf(text),
		note:         "it is of the form that Django wrote before 3.1: Django 4.0 and later refuse it",
	}
	if err := checkJSON(g.content); err != nil {
		return nil, true, err
	}
	return g, true, nil
}

// class returns the class's name of a salt of SessionBase.
func class(salt saltine.Salt) string {
	return strings.TrimPrefix(string(salt), "django.contrib.sessions.")
}

func base64Text(value string) string {
	text, _ := paste.OldData(value)
	return text
}

// newVerification returns what a value is verified with.
func (a *app) newVerification(r *request) (*verification, error) {
	k, keys, opts, err := a.options(r)
	if err != nil {
		return nil, err
	}
	v := &verification{
		keys: keys, separator: r.separator, name: r.name, hashes: r.algorithms(), now: a.clock(r), asked: r.maxAge,
	}
	v.become(k, opts)
	if k == kindSession && v.maxAge < time.Second {
		return nil, errors.New("the --max-age of a session cookie is at least a second")
	}
	if _, err := saltine.NewTimestampSigner(keys.Keyring, opts); err != nil && k != kindCookie {
		return nil, err
	}
	return v, nil
}

// become makes v verify another kind.
func (v *verification) become(k kind, opts *saltine.Options) {
	v.kind, v.opts, v.maxAge = k, opts, k.maxAge
	if v.asked != nil {
		v.maxAge = *v.asked
	}
}

// forCookies reports whether the kind's signatures are made with the prefix of cookies.
func (v *verification) forCookies() bool { return v.kind == kindCookie || v.kind == kindMessages }

// saltName is how the salt of a kind is called to somebody who looks for it.
func (v *verification) saltName() string {
	switch {
	case v.kind == kindCookie:
		return fmt.Sprintf("that of the cookie of --name%s and of --salt", strings.TrimRight(" "+asShown(v.name, v.name), " "))
	case v.opts.Salt != v.kind.salt:
		return "the one of --salt"
	}
	return string(v.kind.salt)
}
