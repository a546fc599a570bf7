package interop_test

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto"
	"encoding/base64"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// setting is a Django project and the saltine options that go with it.
type setting struct {
	name   string
	reason string

	key     saltine.Key
	keyType string
	now     time.Time

	django    crypto.Hash // DEFAULT_HASHING_ALGORITHM, 0 for SHA-256; through 3.2 SHA-1 is read besides
	algorithm crypto.Hash
	legacy    []crypto.Hash
}

// twoWay are settings where each side reads what the other signs.
var twoWay = []setting{
	{
		name:    "sha256",
		reason:  "the defaults of Django 3.1 and later",
		key:     "an ordinary key",
		keyType: "str",
		now:     time.Unix(1700000000, 0),
	},
	{
		name:      "sha1",
		reason:    "a service beside Django 3.0",
		key:       "\x00raw bytes\xff",
		keyType:   "bytes",
		now:       time.Unix(0, 1),
		django:    crypto.SHA1,
		algorithm: crypto.SHA1,
	},
	{
		name:      "sha1 and sha256",
		reason:    "both sign differently, and read the other's signature as a legacy; the time before 1970 rounds towards it",
		key:       "k",
		keyType:   "str",
		now:       time.Unix(-1700000000, 500e6),
		algorithm: crypto.SHA1,
		legacy:    []crypto.Hash{crypto.SHA256},
	},
}

// leavingSHA1 is a setting where Django does not read what saltine signs.
var leavingSHA1 = setting{
	name:    "legacy sha1",
	reason:  "cookies of Django 3.0, in a service that has left it",
	key:     "ключ",
	keyType: "str",
	now:     time.Unix(1700000000, 250e6),
	django:  crypto.SHA1,
	legacy:  []crypto.Hash{crypto.SHA1},
}

// eachSetting runs a test under those settings that this Django can have.
func eachSetting(t *testing.T, settings []setting, test func(*testing.T, *setting)) {
	t.Helper()
	p := needDjango(t)
	for i := range settings {
		set := &settings[i]
		if set.needsSHA1() && !p.knowsSHA1() {
			t.Logf("not run on this Django: %s (%s)", set.name, set.reason)
			continue
		}
		t.Run(set.name, func(t *testing.T) { test(t, set) })
	}
}

func (s *setting) needsSHA1() bool { return s.django == crypto.SHA1 || s.algorithm == crypto.SHA1 }

// knowsSHA1 reports whether this Django has DEFAULT_HASHING_ALGORITHM, and
// reads SHA-1 signatures.
func (p *process) knowsSHA1() bool {
	return strings.HasPrefix(p.Django, "3.1") || strings.HasPrefix(p.Django, "3.2")
}

func (s *setting) env() env {
	return env{
		Key:       []byte(s.key),
		KeyType:   s.keyType,
		Algorithm: algorithmName(s.django),
		Now:       unix(s.now),
	}
}

func unix(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

// algorithmName is Django's name of a hash, and for 0 that of its default.
func algorithmName(hash crypto.Hash) string {
	for _, name := range algorithmNames {
		if found, err := saltine.AlgorithmByName(name); err == nil && found == cmp.Or(hash, crypto.SHA256) {
			return name
		}
	}
	panic("Django has no such algorithm: " + hash.String())
}

func (s *setting) keyring(t *testing.T) saltine.Keyring { t.Helper(); return s.keyringOf(t, s.key) }

// keyringOf is the keyring of another key.
func (s *setting) keyringOf(t *testing.T, key saltine.Key) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(key, &saltine.KeyringOptions{Algorithm: s.algorithm, LegacyAlgorithms: s.legacy})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (s *setting) clock() time.Time { return s.now }

func (s *setting) options(compression saltine.Compression) saltine.Options {
	return saltine.Options{Compression: compression, Now: s.clock}
}

// store is a CookieStore that treats expiry as Django 3.2 does.
func (s *setting) store(t *testing.T, compression saltine.Compression) *saltine.CookieStore {
	t.Helper()
	store, err := saltine.NewCookieStore(s.keyring(t), &saltine.StoreOptions{
		ExpiryPolicy: saltine.ExpiryCookieAge,
		Compression:  compression,
		Now:          s.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// payload takes the JSON text out of a token, with the standard library only.
func payload(t *testing.T, token string) (text string, compressed bool) {
	t.Helper()
	envelope, _, _ := strings.Cut(token, ":")
	envelope, compressed = strings.CutPrefix(envelope, ".")
	data, err := base64.RawURLEncoding.Strict().DecodeString(envelope)
	if err != nil {
		t.Fatalf("payload of %q: %v", token, err)
	}
	if !compressed {
		return string(data), false
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err == nil {
		data, err = io.ReadAll(r)
	}
	if err != nil {
		t.Fatalf("payload of %q: %v", token, err)
	}
	return string(data), true
}
