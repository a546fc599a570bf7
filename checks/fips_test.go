package checks_test

import (
	"crypto"
	"os"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
)

// hashlib are the names of Django's algorithms, and whether FIPS 140-3 approves them.
var hashlib = map[string]bool{
	"md5": false, "sha1": false, "sha224": true, "sha256": true, "sha384": true, "sha512": true,
	"sha3_224": true, "sha3_256": true, "sha3_384": true, "sha3_512": true, "blake2b": false, "blake2s": false,
}

// Under FIPS 140-3 SHA-256 works; what is not approved works where the mode
// allows it, and is an error, not a panic, where it does not.
func TestFIPS(t *testing.T) {
	if mode := os.Getenv("SALTINE_TEST_FIPS"); mode != "" {
		testFIPS(t, mode == "only")
		return
	}
	for _, mode := range []string{"on", "only"} {
		if out, err := testkit.Again(t, "SALTINE_TEST_FIPS="+mode, "GODEBUG=fips140="+mode); err != nil {
			t.Errorf("fips140=%s: %v\n%s", mode, err, out)
		}
	}
}

func testFIPS(t *testing.T, only bool) {
	for name, approved := range hashlib {
		hash, err := saltine.AlgorithmByName(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, opts := range []saltine.KeyringOptions{{Algorithm: hash}, {LegacyAlgorithms: []crypto.Hash{hash}}} {
			keys, err := saltine.NewKeyring(testKey, &opts)
			if only && !approved {
				if kind(t, err) != "invalid option" {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			testSaveAndLoad(t, name, keys)
		}
		_, errMAC := testKeys(t).SaltedHMAC("salt", nil, hash)
		if (errMAC != nil) != (only && !approved) || errMAC != nil && kind(t, errMAC) != "invalid option" {
			t.Errorf("SaltedHMAC with %s: %v", name, errMAC)
		}
	}
}

// testSaveAndLoad takes a session through a cookie and through session_data.
func testSaveAndLoad(t *testing.T, name string, keys saltine.Keyring) {
	t.Helper()
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	s := store.New()
	s.Set("a", 1)
	cookie, err := store.Save(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if _, err := store.Load(cookie); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	text, err := data.Encode(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if _, err := data.Decode(text); err != nil {
		t.Errorf("%s: session_data: %v", name, err)
	}
}
