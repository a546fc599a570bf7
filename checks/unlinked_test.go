package checks_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// links are the packages that link the hashes which a program with saltine alone does
// not have.
var links = map[string]string{
	"md5": "crypto/md5", "sha1": "crypto/sha1", "sha384": "crypto/sha512", "sha512": "crypto/sha512",
	"sha3_224": "crypto/sha3", "sha3_256": "crypto/sha3", "sha3_384": "crypto/sha3", "sha3_512": "crypto/sha3",
	"blake2b": "golang.org/x/crypto/blake2b", "blake2s": "golang.org/x/crypto/blake2s",
}

// A hash that the program does not link is an error that names the import, not a panic.
// SHA-256, the default, needs none.
func TestUnlinkedHashes(t *testing.T) {
	names := slices.Sorted(maps.Keys(hashlib))
	out := testkit.Go(t, ".", append([]string{"run", "./testdata/unlinked"}, names...)...)
	unlinked := 0
	for i, line := range strings.Split(strings.TrimSpace(out), "\n") {
		fields := strings.SplitN(line, "|", 4)
		if len(fields) != 4 || fields[0] != names[i] {
			t.Fatalf("the program printed %s", line)
		}
		name, linked, invalid, text := fields[0], fields[1] == "true", fields[2] == "true", fields[3]
		switch {
		case linked && text != "<nil>":
			t.Errorf("%s is linked: %s", name, text)
		case !linked && (!invalid || !strings.Contains(text, `import _ "`+links[name]+`"`)):
			t.Errorf("%s is not linked: %s, want an ErrInvalidOption that names %s", name, text, links[name])
		case !linked:
			unlinked++
		}
		if (name == "sha256" || name == "blake2b") && linked != (name == "sha256") {
			t.Errorf("%s: linked %v", name, linked)
		}
	}
	t.Logf("%d of %d hashes are not linked", unlinked, len(names))
}
