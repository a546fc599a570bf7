package saltine_test

import (
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
)

// The three forms of session_data: which are read and which is written.
const (
	signedForm  = iota // reads and writes the new one
	readsLegacy        // reads both, writes the new one
	writesLegacy
	forms
)

// formKeys returns the keyring for a form.
func formKeys(t testing.TB, form int, key saltine.Key, fallbacks ...saltine.Key) saltine.Keyring {
	t.Helper()
	opts := &saltine.KeyringOptions{Fallbacks: fallbacks}
	switch form {
	case readsLegacy:
		opts.LegacyAlgorithms = []crypto.Hash{crypto.SHA1}
	case writesLegacy:
		opts.Algorithm = crypto.SHA1
	}
	return newKeyring(t, key, opts)
}

// encode returns the session_data of a session that holds {"a": 1}.
func encode(t testing.TB, data *saltine.SessionData) string {
	t.Helper()
	var s saltine.Session
	s.Set("a", 1)
	text, err := data.Encode(&s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEncodeDecode(t *testing.T) {
	store, data := newStore(t, nil), newSessionData(t, testKeys, nil)
	s := store.New()
	s.Set("a", 1)
	text, err := data.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := data.Decode(text)
	if err != nil || got.Get("a") != int64(1) || got.Key() != "" {
		t.Fatalf("Decode = %v, %v", got, err)
	}
	if _, err := store.Load(text); kind(t, err) != "bad signature" {
		t.Errorf("session_data taken for a cookie: %v", err)
	}
	if _, err := data.Decode(save(t, store, s)); kind(t, err) != "bad signature" {
		t.Errorf("a cookie taken for session_data: %v", err)
	}
	for _, bad := range []string{"", "x", text[1:], text + "x", strings.Repeat("A", 1<<20)} {
		for form := range forms {
			data := newSessionData(t, formKeys(t, form, testKey), nil)
			if s, err := data.Decode(bad); kind(t, err) != "bad signature" || s != nil {
				t.Errorf("form %d, %d bytes: %v, %v", form, len(bad), s, err)
			}
		}
	}
}

// The hashes of the keyring say which forms are read and written: the table of the
// doc comment.
func TestFormsFollowTheKeyring(t *testing.T) {
	samples := map[string]string{
		"new": encode(t, newSessionData(t, testKeys, nil)),
		"old": encode(t, newSessionData(t, formKeys(t, writesLegacy, testKey), nil)),
	}
	if strings.ContainsAny(samples["old"], ":.") || !strings.Contains(samples["new"], ":") {
		t.Fatal("the samples are not of the two forms")
	}
	for _, tt := range []struct {
		name, reason string
		opts         saltine.KeyringOptions
		reads        []string
		writes       string
	}{
		{"default", "Django 3.1 and later", saltine.KeyringOptions{}, []string{"new"}, "new"},
		{"legacy", "Django 3.1 and 3.2 by default", saltine.KeyringOptions{LegacyAlgorithms: []crypto.Hash{crypto.SHA1}}, []string{"new", "old"}, "new"},
		{"legacy among others", "the order does not matter", saltine.KeyringOptions{LegacyAlgorithms: []crypto.Hash{crypto.MD5, crypto.SHA1}}, []string{"new", "old"}, "new"},
		{"sha1", "Django 3.0 and earlier", saltine.KeyringOptions{Algorithm: crypto.SHA1, LegacyAlgorithms: []crypto.Hash{crypto.SHA256}}, []string{"new", "old"}, "old"},
		{"another hash", "SHA-1 alone made the old form", saltine.KeyringOptions{LegacyAlgorithms: []crypto.Hash{crypto.MD5}}, []string{"new"}, "new"},
	} {
		data := newSessionData(t, newKeyring(t, testKey, &tt.opts), nil)
		for form, text := range samples {
			want := "bad signature"
			if slices.Contains(tt.reads, form) {
				want = "none"
			}
			if _, err := data.Decode(text); kind(t, err) != want {
				t.Errorf("%s: reading the %s form: %v, want kind %s: %s", tt.name, form, err, want, tt.reason)
			}
		}
		wrote := "old"
		if strings.Contains(encode(t, data), ":") {
			wrote = "new"
		}
		if wrote != tt.writes {
			t.Errorf("%s: writes the %s form, want the %s one: %s", tt.name, wrote, tt.writes, tt.reason)
		}
	}
}

func TestNewSessionDataRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		form         int
		salt         saltine.Salt
		kind         string
	}{
		{"any salt", "the new form takes each", signedForm, "x", "none"},
		{"salt of no class, reading", "the old form's salt is made of a class", readsLegacy, "x", "invalid option"},
		{"salt of no class, writing", "the same", writesLegacy, "x", "invalid option"},
		{"salt of a class", "it can be made", writesLegacy, "django.contrib.sessions.CustomStore", "none"},
	} {
		_, err := saltine.NewSessionData(formKeys(t, tt.form, testKey), &saltine.Options{Salt: tt.salt})
		if kind(t, err) != tt.kind {
			t.Errorf("%s: %v, want kind %s: %s", tt.name, err, tt.kind, tt.reason)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	signer := newTimestampSigner(t, &saltine.Options{Salt: "django.contrib.sessions.SessionStore"})
	for _, payload := range []string{"not JSON", "[1]", ""} {
		text, err := signer.AppendSignPayload(nil, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := newSessionData(t, testKeys, nil).Decode(string(text)); kind(t, err) != "malformed" || s != nil {
			t.Errorf("%q: %v, %v", payload, s, err)
		}
	}
}

func TestEncodeLegacy(t *testing.T) {
	for _, salt := range []saltine.Salt{"", "django.contrib.sessions.CustomStore"} {
		opts := &saltine.Options{Salt: salt}
		write := newSessionData(t, formKeys(t, writesLegacy, testKey), opts)
		read := newSessionData(t, formKeys(t, readsLegacy, testKey), opts)
		text := encode(t, write)
		for i, data := range []*saltine.SessionData{write, read} {
			got, err := data.Decode(text)
			if err != nil || got.Get("a") != int64(1) || !got.Verification().NeedsResign() || got.Verification().Algorithm != crypto.SHA1 {
				t.Errorf("Decode by codec %d: %v", i, err)
			}
		}
		if _, err := newSessionData(t, testKeys, opts).Decode(text); kind(t, err) != "bad signature" {
			t.Errorf("the old form without being asked for: %v", err)
		}
		if modern := encode(t, read); !strings.Contains(modern, ":") {
			t.Error("reading the old form must not write it")
		}
	}
}

// What Python's base64 skips is skipped: line breaks, and the blanks of a column.
func TestLegacySkipsWhatPythonSkips(t *testing.T) {
	data := newSessionData(t, formKeys(t, readsLegacy, testKey), nil)
	text := encode(t, newSessionData(t, formKeys(t, writesLegacy, testKey), nil))
	for _, padded := range []string{text + "\n", text + "   ", text[:20] + "\r\n" + text[20:], text[:7] + "!" + text[7:]} {
		if s, err := data.Decode(padded); err != nil || s.Get("a") != int64(1) {
			t.Errorf("%d bytes for %d: %v", len(padded), len(text), err)
		}
	}
}

// The form before Django 3.1 follows the rules of all others: the first key
// signs, the others verify, within the limits.
func TestLegacyKeysAndLimits(t *testing.T) {
	legacyData := func(limit int, key saltine.Key, fallbacks ...saltine.Key) *saltine.SessionData {
		return newSessionData(t, formKeys(t, writesLegacy, key, fallbacks...), &saltine.Options{MaxTokenLen: limit})
	}
	rotated := legacyData(0, "new", "old", "older")
	if _, err := legacyData(0, "new").Decode(encode(t, rotated)); err != nil {
		t.Errorf("with fallbacks another key than the first signs: %v", err)
	}
	for i, key := range []saltine.Key{"new", "old", "older"} {
		s, err := rotated.Decode(encode(t, legacyData(0, key)))
		if err != nil {
			t.Fatal(err)
		}
		if v := s.Verification(); v.KeyIndex != i || !v.NeedsResign() {
			t.Errorf("key %d: %+v, NeedsResign %v", i, v, v.NeedsResign())
		}
	}
	text := encode(t, legacyData(0, "new"))
	if _, err := legacyData(len(text), "new").Decode(text); err != nil {
		t.Errorf("%d bytes with a limit of as many: %v", len(text), err)
	}
	if _, err := legacyData(len(text)-1, "new").Decode(text); kind(t, err) != "bad signature" {
		t.Errorf("%d bytes with a limit of one less: %v", len(text), err)
	}
}

// The limits hold for both forms, both ways.
func TestSessionDataLimits(t *testing.T) {
	for _, limits := range []saltine.Options{{MaxPayloadLen: 100}, {MaxTokenLen: 150}} {
		for form := range forms {
			data := newSessionData(t, formKeys(t, form, testKey), &limits)
			var s saltine.Session
			s.Set("large", strings.Repeat("0123456789abcdef", 8)+start.String())
			beside, err := data.Encode(&s)
			if err != nil && beside != "" {
				t.Errorf("form %d: %d bytes beside an error", form, len(beside))
			}
			size, ok := errors.AsType[*saltine.SizeError](err)
			if form == writesLegacy || limits.MaxPayloadLen > 0 {
				if !ok || len(size.Values) != 1 {
					t.Errorf("form %d: Encode: %v", form, err)
				}
			}
			text, err := newSessionData(t, formKeys(t, form, testKey), nil).Encode(&s)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := data.Decode(text); limits.MaxPayloadLen > 0 && kind(t, err) != "too large" {
				t.Errorf("form %d: Decode: %v", form, err)
			}
		}
	}
}

// A decoded session belongs to no store until one saves it, and what was in it goes
// out as it came.
func TestDecodedSessionMovesIntoACookie(t *testing.T) {
	store, data := newStore(t, &saltine.StoreOptions{Compression: saltine.CompressionNone}), newSessionData(t, testKeys, nil)
	signer := newTimestampSigner(t, &saltine.Options{Salt: "django.contrib.sessions.SessionStore", Now: at(start.Add(-10000 * time.Hour))})
	const payload = `{"z":1.0,"a":"\ud800"}`
	text, err := signer.AppendSignPayload(nil, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	s, err := data.Decode(string(text)) // however old
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Save(); kind(t, err) != "invalid option" || s.HasStore() {
		t.Errorf("saving without a store: %v, HasStore %t", err, s.HasStore())
	}
	if got := save(t, store, s); got != sign(t, payload) {
		t.Error("the values are not as they were")
	}
	if err := s.Save(); err != nil || !s.HasStore() {
		t.Errorf("saving again: %v, HasStore %t", err, s.HasStore())
	}
}

// Where SHA-1 is not allowed, the form before Django 3.1 is refused at start.
func TestLegacyUnderFIPS(t *testing.T) {
	if os.Getenv("SALTINE_TEST_FIPS") == "" {
		if out, err := testkit.Again(t, "SALTINE_TEST_FIPS=only", "GODEBUG=fips140=only"); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	for name, opts := range map[string]saltine.KeyringOptions{
		"none":                        {},
		"invalid option, reads both":  {LegacyAlgorithms: []crypto.Hash{crypto.SHA1}},
		"invalid option, writes both": {Algorithm: crypto.SHA1},
	} {
		want, _, _ := strings.Cut(name, ",")
		if _, err := saltine.NewKeyring(testKey, &opts); kind(t, err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestZeroSessionData(t *testing.T) {
	var data saltine.SessionData
	var s saltine.Session
	s.Set("a", 1)
	if text, err := data.Encode(&s); kind(t, err) != "invalid key" || text != "" {
		t.Errorf("Encode: %v", err)
	}
	for _, text := range []string{"", "e30:1r31eq:W3Q8bozYtBHheHKKpXsXvA7tXnsNMJuX90kGZVxpRS0", base64.StdEncoding.EncodeToString([]byte("x:{}"))} {
		if s, err := data.Decode(text); kind(t, err) != "invalid key" || s != nil {
			t.Errorf("Decode of %d bytes: %v, %v", len(text), s, err)
		}
	}
	if got := fmt.Sprint(&data); cmp.Diff("saltine.SessionData([redacted])", got) != "" {
		t.Errorf("it prints as %s", got)
	}
}
