package saltine_test

import (
	"crypto"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

// The answers are those of Python's hmac.
func TestSaltedHMAC(t *testing.T) {
	keys := newKeyring(t, testKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{"old"}})
	const want = "b2f205cc59ad422943527420bd8eb3bbc0f5ad47093c82fe0cb262f4290641fc"
	for _, algorithm := range []crypto.Hash{0, crypto.SHA256} {
		mac, err := keys.SaltedHMAC("test.salt", []byte("value"), algorithm)
		if err != nil || hex.EncodeToString(mac) != want {
			t.Errorf("SaltedHMAC with %d = %x, %v", algorithm, mac, err)
		}
	}
	for _, tt := range []struct {
		name, reason string
		digest       string
		salt         saltine.Salt
		value        string
		algorithm    crypto.Hash
		index        int
		kind         string
	}{
		{"signing key", "it is the first", want, "test.salt", "value", 0, 0, "none"},
		{"fallback", "it verifies", "c1278811ab94f373d41a0f4f43b8770443699c6a", "test.salt", "value", crypto.SHA1, 1, "none"},
		{"another salt", "salts separate", want, "other.salt", "value", 0, 0, "bad signature"},
		{"another value", "it is what is signed", want, "test.salt", "valuE", 0, 0, "bad signature"},
		{"another algorithm", "it is part of the key", want, "test.salt", "value", crypto.SHA512, 0, "bad signature"},
		{"upper case", "the text is compared", strings.ToUpper(want), "test.salt", "value", 0, 0, "bad signature"},
		{"truncated", "it is compared whole", want[:63], "test.salt", "value", 0, 0, "bad signature"},
		{"nothing", "it is compared whole", "", "test.salt", "value", 0, 0, "bad signature"},
	} {
		index, err := keys.VerifySaltedHMAC(tt.salt, []byte(tt.value), tt.digest, tt.algorithm)
		if index != tt.index || kind(t, err) != tt.kind {
			t.Errorf("%s: %d, %v, want %d and kind %s: %s", tt.name, index, err, tt.index, tt.kind, tt.reason)
		}
	}
}

// Without an algorithm the keyring's own signs.
func TestSaltedHMACTakesTheKeyringsAlgorithm(t *testing.T) {
	keys := newKeyring(t, testKey, &saltine.KeyringOptions{Algorithm: crypto.SHA1})
	mac, err := keys.SaltedHMAC("salt", nil, 0)
	if err != nil || len(mac) != crypto.SHA1.Size() {
		t.Errorf("an HMAC of %d bytes, %v", len(mac), err)
	}
	if _, err := keys.VerifySaltedHMAC("salt", nil, hex.EncodeToString(mac), 0); err != nil {
		t.Error(err)
	}
}

func TestSaltedHMACRefuses(t *testing.T) {
	for want, call := range map[string]func() ([]byte, error){
		"invalid key":    func() ([]byte, error) { return saltine.Keyring{}.SaltedHMAC("salt", nil, crypto.SHA256) },
		"invalid option": func() ([]byte, error) { return testKeys.SaltedHMAC("salt", nil, 99) },
	} {
		if mac, err := call(); kind(t, err) != want || mac != nil {
			t.Errorf("%x, %v, want an %s", mac, err, want)
		}
	}
	if _, err := testKeys.VerifySaltedHMAC("salt", nil, "", crypto.RIPEMD160); kind(t, err) != "invalid option" {
		t.Errorf("VerifySaltedHMAC with a hash that Django does not have: %v", err)
	}
}

// The answers are those of Django's salted_hmac.
func TestDeriveKeys(t *testing.T) {
	keys := newKeyring(t, "key", &saltine.KeyringOptions{Fallbacks: []saltine.Key{"old"}, Algorithm: crypto.SHA512})
	got, err := keys.DeriveKeys("label", "purpose")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, key := range got {
		texts = append(texts, hex.EncodeToString(key))
	}
	if diff := cmp.Diff([]string{"b2d10ce80e274fec52497ba3c3673d5a62dc9ee255dac0636ef9b69dcbd473e7", "c6500a0dfdb7487e72661968f522cbb5048a55bebe843d32754257970744b99b"}, texts); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if first, err := keys.SaltedHMAC("label", []byte("purpose"), crypto.SHA256); err != nil || hex.EncodeToString(first) != texts[0] {
		t.Errorf("SaltedHMAC is %x, %v", first, err)
	}
	if got, err := (saltine.Keyring{}).DeriveKeys("label", "purpose"); kind(t, err) != "invalid key" || got != nil {
		t.Errorf("of the zero Keyring: %x, %v", got, err)
	}
}
