package fuzz_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// FuzzSessionData reads any text as session_data, and any text that our own key
// signed in either form. What we signed is a session, malformed or too large, and
// a forgery only where the old form is not accepted. What was read encodes to
// what every store that accepts its form reads as the same, in its limits, and a
// byte changed in that makes it a forgery or changes nothing.
func FuzzSessionData(f *testing.F) {
	for _, g := range must(vectors.Django()).Groups {
		if g.Kind != vectors.KindSessionData {
			continue
		}
		for _, t := range g.Tests {
			f.Add(t.Cookie, uint(0), byte(1))
		}
	}
	for i, payload := range payloadSeeds {
		f.Add(payload, uint(i), byte(i+1))
		// What the form since Django 3.1 signs.
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(payload))+":1r31eq", uint(i), byte(i+1))
	}
	f.Add(`{"a":"`+strings.Repeat("a", dataPayloadLimit)+`"}`, uint(0), byte(1))
	d := newSessionData()
	f.Fuzz(func(t *testing.T, text string, at uint, with byte) {
		for form, store := range d.stores {
			d.check(t, form, store, text, at, with, good, badSignature, malformed, tooLarge)
			d.check(t, form, store, d.signer.Sign(text), at, with, good, malformed, tooLarge)
			old := d.signOld(text)
			switch {
			case form == saltine.SessionDataSigned, len(old) > dataTokenLimit:
				d.check(t, form, store, old, at, with, badSignature)
			default:
				d.check(t, form, store, old, at, with, good, malformed, tooLarge)
			}
		}
	})
}

// The limits are small, so that inputs reach them.
const (
	dataTokenLimit   = 4 << 10
	dataPayloadLimit = 1 << 10
)

// sessionData are stores for every form.
type sessionData struct {
	signer *saltine.Signer
	stores map[saltine.SessionDataForm]*saltine.CookieStore
}

func newSessionData() *sessionData {
	opts := saltine.Options{MaxTokenLen: dataTokenLimit, MaxPayloadLen: dataPayloadLimit, Now: startClock}
	d := &sessionData{stores: map[saltine.SessionDataForm]*saltine.CookieStore{}}
	for _, form := range []saltine.SessionDataForm{saltine.SessionDataSigned, saltine.SessionDataReadLegacy, saltine.SessionDataWriteLegacy} {
		d.stores[form] = must(saltine.NewCookieStore(testKey, &saltine.StoreOptions{Options: opts, DataForm: form}))
	}
	opts.Salt = saltine.SaltSessionStore
	d.signer = must(saltine.NewSigner(testKey, &opts))
	return d
}

// signOld makes the form before Django 3.1.
func (d *sessionData) signOld(payload string) string {
	mac := must(saltine.SaltedHMAC("django.contrib.sessionsSessionStore", []byte(payload), testKey, saltine.SHA1))
	return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(mac) + ":" + payload))
}

func (d *sessionData) check(t *testing.T, form saltine.SessionDataForm, store *saltine.CookieStore, data string, at uint, with byte, want ...string) {
	t.Helper()
	session, err := store.Decode(data)
	requireKind(t, "Decode", err, want...)
	requireSecrecy(t, err, data)
	if err != nil {
		if session != nil {
			t.Fatalf("a session beside the error %v", err)
		}
		return
	}
	if session.Key() != "" || session.Accessed() || session.Modified() || session.Err() != nil {
		t.Fatalf("a decoded session: key %q, accessed %v, modified %v, error %v", session.Key(), session.Accessed(), session.Modified(), session.Err())
	}
	if v := session.Verification(); v.Size != len(data) {
		t.Fatalf("Verification %+v of %d bytes", v, len(data))
	}
	keys, values := contents(session)
	encoded, err := store.Encode(session)
	requireKind(t, "Encode of what was decoded", err, good, tooLarge)
	if err != nil {
		return
	}
	for reader, store := range d.stores {
		if form == saltine.SessionDataWriteLegacy && reader == saltine.SessionDataSigned {
			_, err := store.Decode(encoded)
			requireKind(t, "Decode of the old form, which is not accepted", err, badSignature)
			continue
		}
		requireData(t, store, encoded, keys, values)
	}
	d.checkForged(t, store, encoded, at, with, keys, values)
}

func requireData(t *testing.T, store *saltine.CookieStore, data string, keys, values []any) {
	t.Helper()
	session, err := store.Decode(data)
	requireKind(t, "Decode of what was encoded", err, good)
	gotKeys, gotValues := contents(session)
	requireSame(t, "keys, encoded and decoded", keys, gotKeys)
	requireSame(t, "values, encoded and decoded", values, gotValues)
	sum := 0
	for _, size := range session.Sizes() {
		sum += size.Size
	}
	if sum > dataPayloadLimit {
		t.Fatalf("a payload of %d bytes is over the limit", sum)
	}
}

// checkForged changes a byte. Base64 has bits at its end that mean nothing.
func (d *sessionData) checkForged(t *testing.T, store *saltine.CookieStore, data string, at uint, with byte, keys, values []any) {
	t.Helper()
	if with == 0 {
		return
	}
	forged := []byte(data)
	forged[at%uint(len(forged))] ^= with
	if _, err := store.Decode(string(forged)); err != nil {
		requireKind(t, "Decode of a forgery", err, badSignature)
		return
	}
	requireData(t, store, string(forged), keys, values)
}
