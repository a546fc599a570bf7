package fuzz_test

import (
	"crypto"
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
// what every reader that accepts its form reads as the same, in its limits, and a
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
		for form := range d.columns {
			d.check(t, dataForm(form), text, at, with, good, badSignature, malformed, tooLarge)
			d.check(t, dataForm(form), d.signer.Sign(text), at, with, good, malformed, tooLarge)
			old := d.signOld(text)
			switch {
			case dataForm(form) == signedForm, len(old) > dataTokenLimit:
				d.check(t, dataForm(form), old, at, with, badSignature)
			default:
				d.check(t, dataForm(form), old, at, with, good, malformed, tooLarge)
			}
		}
	})
}

// The limits are small, so that inputs reach them.
const (
	dataTokenLimit   = 4 << 10
	dataPayloadLimit = 1 << 10
)

// dataForm says which forms a SessionData takes.
type dataForm int

const (
	signedForm   dataForm = iota // reads and writes the form since Django 3.1
	readsLegacy                  // reads both and writes the form since Django 3.1
	writesLegacy                 // reads both and writes the form before Django 3.1
)

// sessionData has a SessionData for every form. All of them read SHA-256.
type sessionData struct {
	signer  *saltine.Signer
	columns [3]*saltine.SessionData
}

func newSessionData() *sessionData {
	opts := saltine.Options{MaxTokenLen: dataTokenLimit, MaxPayloadLen: dataPayloadLimit, Now: startClock}
	d := &sessionData{}
	for form, hashes := range map[dataForm]saltine.KeyringOptions{
		signedForm:   {},
		readsLegacy:  {LegacyAlgorithms: []crypto.Hash{crypto.SHA1}},
		writesLegacy: {Algorithm: crypto.SHA1, LegacyAlgorithms: []crypto.Hash{crypto.SHA256}},
	} {
		d.columns[form] = must(saltine.NewSessionData(must(saltine.NewKeyring(testKey, &hashes)), &opts))
	}
	opts.Salt = "django.contrib.sessions.SessionStore"
	d.signer = must(saltine.NewSigner(testKeys, &opts))
	return d
}

// signOld makes the form before Django 3.1.
func (d *sessionData) signOld(payload string) string {
	mac := must(testKeys.SaltedHMAC("django.contrib.sessionsSessionStore", []byte(payload), crypto.SHA1))
	return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(mac) + ":" + payload))
}

func (d *sessionData) check(t *testing.T, form dataForm, data string, at uint, with byte, want ...string) {
	t.Helper()
	column := d.columns[form]
	session, err := column.Decode(data)
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
	encoded, err := column.Encode(session)
	requireKind(t, "Encode of what was decoded", err, good, tooLarge)
	if err != nil {
		return
	}
	d.requireForm(t, form, encoded)
	for reader, column := range d.columns {
		if form == writesLegacy && dataForm(reader) == signedForm {
			_, err := column.Decode(encoded)
			requireKind(t, "Decode of the old form, which is not accepted", err, badSignature)
			continue
		}
		requireData(t, column, encoded, keys, values)
	}
	checkForged(t, column, encoded, at, with, keys, values)
}

// requireForm checks that data has the form that is to be written.
func (d *sessionData) requireForm(t *testing.T, form dataForm, data string) {
	t.Helper()
	if form != writesLegacy {
		_, err := d.signer.Unsign(data)
		requireKind(t, "the form since Django 3.1", err, good)
		return
	}
	text, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatalf("the form before Django 3.1: %v", err)
	}
	_, payload, _ := strings.Cut(string(text), ":")
	if want := d.signOld(payload); data != want {
		t.Fatalf("the form before Django 3.1: %q, want %q", data, want)
	}
}

func requireData(t *testing.T, column *saltine.SessionData, data string, keys, values []any) {
	t.Helper()
	session, err := column.Decode(data)
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
func checkForged(t *testing.T, column *saltine.SessionData, data string, at uint, with byte, keys, values []any) {
	t.Helper()
	if with == 0 {
		return
	}
	forged := []byte(data)
	forged[at%uint(len(forged))] ^= with
	if _, err := column.Decode(string(forged)); err != nil {
		requireKind(t, "Decode of a forgery", err, badSignature)
		return
	}
	requireData(t, column, string(forged), keys, values)
}
