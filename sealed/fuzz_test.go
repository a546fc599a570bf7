package sealed_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sealed"
	"github.com/seed-52756201/saltine/vectors"
)

// FuzzOpen checks that nothing that is read panics, and that all errors are of kind
// ErrMalformed: a signature was good when payloads get here.
func FuzzOpen(f *testing.F) {
	tests, err := vectors.Sealed()
	if err != nil {
		f.Fatal(err)
	}
	for i := range tests {
		f.Add(tests[i].Payload)
	}
	box := newBox(f, nil)
	store := newStore(f, newKeyring(f, testKey), nil)
	field := sealed.Field[string]{Box: box, Name: "iban"}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if text, err := box.LoadsJSON(nil, payload); !errors.Is(err, saltine.ErrMalformed) || text != nil {
			t.Errorf("LoadsJSON: %q, %v", text, err)
		}
		var v any
		if err := box.Loads(payload, &v); !errors.Is(err, saltine.ErrMalformed) || v != nil {
			t.Errorf("Loads: %v, %v", v, err)
		}
		for _, text := range []string{string(payload), base64.RawURLEncoding.EncodeToString(payload)} {
			s := store.New()
			s.Set("iban", text)
			if _, err := field.Get(s); err != nil && !errors.Is(err, saltine.ErrMalformed) {
				t.Errorf("Get: %v", err)
			}
		}
	})
}

// FuzzSeal checks that every text comes back from every padding, and that no change of
// it opens: a bit flipped, or bytes cut from an end.
func FuzzSeal(f *testing.F) {
	f.Add([]byte(`{"a":1}`), uint16(64), uint16(9), uint16(3))
	f.Add([]byte("\x80\x00\x00"), uint16(1), uint16(0), uint16(40))
	f.Add([]byte{}, uint16(4096), uint16(65535), uint16(0))
	keys := newKeyring(f, testKey)
	f.Fuzz(func(t *testing.T, text []byte, padding, bit, cut uint16) {
		box := newBoxWith(t, keys, &sealed.Options{Padding: int(padding) % 4097})
		payload := dumps(t, box, string(text))
		got, err := box.LoadsJSON(nil, payload)
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("came back as %q, %v", got, err)
		}
		at := int(bit) % (len(payload) * 8)
		flipped := slices.Clone(payload)
		flipped[at/8] ^= 1 << (at % 8)
		refuse(t, box, flipped)
		n := int(cut) % len(payload)
		refuse(t, box, payload[:n])
		refuse(t, box, payload[len(payload)-n:])
	})
}

func refuse(t *testing.T, box *sealed.Box, payload []byte) {
	t.Helper()
	if text, err := box.LoadsJSON(nil, payload); !errors.Is(err, saltine.ErrMalformed) || text != nil {
		t.Errorf("%x opens as %q, %v", payload, text, err)
	}
}
