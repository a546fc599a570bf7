package saltine_test

import (
	"io/fs"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
)

// CVE-2025-30204 in golang-jwt: a token was split at every separator before
// anything of it was verified.
func TestSeparatorsCostNothing(t *testing.T) {
	signer := newTimestampSigner(t, nil)
	for _, token := range []string{
		strings.Repeat(":", 1<<20),
		strings.Repeat("a:", 1<<19),
		strings.Repeat(":", saltine.DefaultMaxTokenLen-43) + strings.Repeat("A", 43),
	} {
		if _, err := signer.Unsign(token, saltine.NoMaxAge); kind(t, err) != "bad signature" {
			t.Errorf("%d bytes: %v", len(token), err)
		}
		allocations(t, 0, "Unsign", func() { signer.Unsign(token, saltine.NoMaxAge) }) //nolint:errcheck // known
	}
}

// CVE-2024-38513 in Fiber: the client chose the id of its session. Nothing of a
// cookie that is not verified reaches the session or the next cookie.
func TestNothingOfABadCookieStays(t *testing.T) {
	store := newStore(t, nil)
	forged := sign(t, `{"user":"admin"}`) + "x"
	s := store.Open(forged)
	if s.Get("user") != nil || s.Len() != 0 {
		t.Error("a forged cookie gave data")
	}
	s.Set("a", 1)
	if got, want := save(t, store, s), sign(t, `{"a":1}`); got != want {
		t.Error("the new cookie is not that of a new session")
	}
}

// GHSA-44vf-8ffm-v2qh: a library decoded what it had not verified. A payload
// that would be malformed is never looked at behind a bad signature.
func TestNothingIsDecodedUnverified(t *testing.T) {
	store := newStore(t, nil)
	signer := newTimestampSigner(t, nil)
	for _, payload := range []string{"not JSON", "\x80\x04.", strings.Repeat("[", 5000)} {
		token := "A" + sign(t, payload)
		if _, err := store.Load(token); kind(t, err) != "bad signature" {
			t.Errorf("Load: %v", err)
		}
		if got, err := signer.AppendPayload(nil, token, saltine.NoMaxAge); kind(t, err) != "bad signature" || got != nil {
			t.Errorf("AppendPayload: %q, %v", got, err)
		}
	}
}

// Zip bombs: 4 KB of cookie inflate to 3 MB, 1 MB of header to 800 MB. What is
// inflated never passes the limit, not even for a moment.
func TestZipBomb(t *testing.T) {
	const limit = 64 << 10
	bomb, err := newTimestampSigner(t, &saltine.Options{Compression: saltine.CompressionBest}).
		AppendSignPayload(nil, []byte(`"`+strings.Repeat("0", saltine.DefaultMaxPayloadLen-2)+`"`))
	if err != nil {
		t.Fatal(err)
	}
	if len(bomb) > saltine.DefaultMaxPayloadLen/300 {
		t.Fatalf("a bomb of %d bytes is none", len(bomb))
	}
	signer := newTimestampSigner(t, &saltine.Options{MaxPayloadLen: limit})
	token := string(bomb)
	read := func() {
		if _, err := signer.AppendPayload(nil, token, saltine.NoMaxAge); kind(t, err) != "too large" {
			t.Error(err)
		}
	}
	read()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	const state = 64 << 10                                                                // what the pools keep, and may have to make anew
	if got := after.TotalAlloc - before.TotalAlloc; got > 3*limit+state && !raceEnabled { // room grows by doubling
		t.Errorf("a bomb took %d bytes of memory, with a limit of %d", got, limit)
	}
}

// Every advisory in docs/security.md names a test that is there.
func TestAdvisoriesHaveTests(t *testing.T) {
	text, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	named := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		for _, name := range regexp.MustCompile("`((?:Test|Fuzz|Example)[A-Za-z0-9_]+)`").FindAllStringSubmatch(line, -1) {
			named++
			if !tests[name[1]] {
				t.Errorf("docs/security.md names the test %s, which does not exist", name[1])
			}
		}
	}
	if named < 20 {
		t.Errorf("docs/security.md names only %d tests in its tables", named)
	}
}

// testNames returns the names of all tests, fuzz targets and examples below
// this folder.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)[A-Za-z0-9_]+)\(`)
	tree := os.DirFS(".")
	err := fs.WalkDir(tree, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(tree, path)
		for _, match := range function.FindAllSubmatch(text, -1) {
			names[string(match[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
