package saltine_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/seed-52756201/saltine"
)

// Under FIPS 140-3 SHA-256 works; what is not approved works where the mode
// allows it, and is an error, not a panic, where it does not.
func TestFIPS(t *testing.T) {
	if mode := os.Getenv("SALTINE_TEST_FIPS"); mode != "" {
		testFIPS(t, mode == "only")
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"on", "only"} {
		cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestFIPS$")
		cmd.Env = append(os.Environ(), "SALTINE_TEST_FIPS="+mode, "GODEBUG=fips140="+mode)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("fips140=%s: %v\n%s", mode, err, out)
		}
	}
}

func testFIPS(t *testing.T, only bool) {
	for a := range saltine.BLAKE2s + 1 {
		approved := a != saltine.MD5 && a != saltine.SHA1 && a != saltine.BLAKE2b && a != saltine.BLAKE2s
		for _, opts := range []*saltine.Options{{Algorithm: a}, {LegacyAlgorithms: []saltine.Algorithm{a}}} {
			store, err := saltine.NewCookieStore(testKey, &saltine.StoreOptions{Options: *opts})
			if only && !approved {
				if kind(t, err) != "invalid option" {
					t.Errorf("%v: %v", a, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%v: %v", a, err)
				continue
			}
			s := store.New()
			s.Set("a", 1)
			if _, err := store.Load(save(t, store, s)); err != nil {
				t.Errorf("%v: %v", a, err)
			}
		}
		_, err := saltine.SaltedHMAC("salt", nil, "key", a)
		if (err != nil) != (only && !approved) {
			t.Errorf("SaltedHMAC with %v: %v", a, err)
		}
	}
}
