package saltine_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
)

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

// With the dot, a compressed payload is never longer than without.
func TestCompressionNeverCosts(t *testing.T) {
	plain := newTimestampSigner(t, &saltine.Options{Now: at(start)})
	compressing := newTimestampSigner(t, &saltine.Options{Now: at(start), Compression: saltine.CompressionBest, MinCompress: 1})
	for n := range 64 {
		payload := []byte(strings.Repeat("a", n))
		long, err := plain.AppendSignPayload(nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		short, err := compressing.AppendSignPayload(nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		if len(short) > len(long) {
			t.Errorf("a payload of %d bytes: %d bytes compressed, %d plain", n, len(short), len(long))
		}
	}
}

func TestDefaultLimits(t *testing.T) {
	lenient := newTimestampSigner(t, &saltine.Options{
		MaxTokenLen: 1 << 30, MaxPayloadLen: 1 << 30, Compression: saltine.CompressionBest,
	})
	long := lenient.Sign(strings.Repeat("v", maxTokenLen))
	bomb, err := lenient.AppendSignPayload(nil, make([]byte, maxPayloadLen+1))
	if err != nil {
		t.Fatal(err)
	}
	signer := newTimestampSigner(t, nil)
	if _, err := signer.Unsign(long, saltine.NoMaxAge); kind(t, err) != "too large" {
		t.Errorf("a token of %d bytes: %v", len(long), err)
	}
	if _, err := signer.AppendUnsignPayload(nil, string(bomb), saltine.NoMaxAge); kind(t, err) != "too large" {
		t.Errorf("a payload of a byte more than the limit: %v", err)
	}
	if _, err := signer.AppendSignPayload(nil, make([]byte, maxPayloadLen+1)); kind(t, err) != "too large" {
		t.Errorf("writing a payload of a byte more than the limit: %v", err)
	}
}

// The limit of payloads holds for those that are not compressed, before they
// are decoded.
func TestPlainPayloadLimit(t *testing.T) {
	token := sign(t, `"`+strings.Repeat("v", 40000)+`"`)
	plain := newTimestampSigner(t, &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies"})
	text, err := plain.AppendUnsignPayload(nil, token, saltine.NoMaxAge)
	if err != nil {
		t.Fatal(err)
	}
	limited := newTimestampSigner(t, &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies", MaxPayloadLen: len(text) - 1})
	read := func() {
		if _, err := limited.AppendUnsignPayload(nil, token, saltine.NoMaxAge); kind(t, err) != "too large" {
			t.Error(err)
		}
	}
	read()
	if got := testkit.Allocated(read); got > 10000 && !testkit.Race {
		t.Errorf("refusing a payload of %d bytes took %d bytes of memory", len(text), got)
	}
}

// Zip bombs: 4 KB of cookie inflate to 3 MB, 1 MB of header to 800 MB. What is
// inflated never passes the limit, not even for a moment.
func TestZipBomb(t *testing.T) {
	const limit = 64 << 10
	bomb, err := newTimestampSigner(t, &saltine.Options{Compression: saltine.CompressionBest}).
		AppendSignPayload(nil, []byte(`"`+strings.Repeat("0", maxPayloadLen-2)+`"`))
	if err != nil {
		t.Fatal(err)
	}
	if len(bomb) > maxPayloadLen/300 {
		t.Fatalf("a bomb of %d bytes is none", len(bomb))
	}
	signer := newTimestampSigner(t, &saltine.Options{MaxPayloadLen: limit})
	token := string(bomb)
	read := func() {
		if _, err := signer.AppendUnsignPayload(nil, token, saltine.NoMaxAge); kind(t, err) != "too large" {
			t.Error(err)
		}
	}
	read()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	const state = 64 << 10                                                                 // what the pools keep, and may have to make anew
	if got := after.TotalAlloc - before.TotalAlloc; got > 3*limit+state && !testkit.Race { // room grows by doubling
		t.Errorf("a bomb took %d bytes of memory, with a limit of %d", got, limit)
	}
}
