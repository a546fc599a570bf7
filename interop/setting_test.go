package interop_test

import (
	"bytes"
	"compress/zlib"
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

	django    saltine.Algorithm // DEFAULT_HASHING_ALGORITHM; through 3.2 SHA-1 is read besides
	algorithm saltine.Algorithm
	legacy    []saltine.Algorithm
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
		django:    saltine.SHA1,
		algorithm: saltine.SHA1,
	},
	{
		name:      "sha1 and sha256",
		reason:    "both sign differently, and read the other's signature as a legacy; the time before 1970 rounds towards it",
		key:       "k",
		keyType:   "str",
		now:       time.Unix(-1700000000, 500e6),
		algorithm: saltine.SHA1,
		legacy:    []saltine.Algorithm{saltine.SHA256},
	},
}

// leavingSHA1 is a setting where Django does not read what saltine signs.
var leavingSHA1 = setting{
	name:    "legacy sha1",
	reason:  "cookies of Django 3.0, in a service that has left it",
	key:     "ключ",
	keyType: "str",
	now:     time.Unix(1700000000, 250e6),
	django:  saltine.SHA1,
	legacy:  []saltine.Algorithm{saltine.SHA1},
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

func (s *setting) needsSHA1() bool { return s.django == saltine.SHA1 || s.algorithm == saltine.SHA1 }

// knowsSHA1 reports whether this Django has DEFAULT_HASHING_ALGORITHM, and
// reads SHA-1 signatures.
func (p *process) knowsSHA1() bool {
	return strings.HasPrefix(p.Django, "3.1") || strings.HasPrefix(p.Django, "3.2")
}

func (s *setting) env() env {
	return env{
		Key:       []byte(s.key),
		KeyType:   s.keyType,
		Algorithm: s.django.String(),
		Now:       unix(s.now),
	}
}

func unix(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

func (s *setting) options(compression saltine.Compression) saltine.Options {
	return saltine.Options{
		Algorithm:        s.algorithm,
		LegacyAlgorithms: s.legacy,
		Compression:      compression,
		Now:              func() time.Time { return s.now },
	}
}

// store is a CookieStore that treats expiry as Django 3.2 does.
func (s *setting) store(t *testing.T, compression saltine.Compression) *saltine.CookieStore {
	t.Helper()
	store, err := saltine.NewCookieStore(s.key, &saltine.StoreOptions{
		Options: s.options(compression),
		Expiry:  saltine.ExpiryCookieAge,
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
