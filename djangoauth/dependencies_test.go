package djangoauth_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// A service without net/http, or without SQL, carries neither along.
func TestDependencies(t *testing.T) {
	for pkg, forbidden := range map[string][]string{
		".":          {"net/http", "database/sql", "log/slog", "golang.org/x/crypto/argon2"},
		"./sqlusers": {"net/http", "log/slog"},
		"./authhttp": {"database/sql", "golang.org/x/crypto/argon2"},
	} {
		deps := strings.Fields(testkit.Go(t, ".", "list", "-deps", pkg))
		if len(deps) < 20 {
			t.Fatalf("%s: found only %d dependencies", pkg, len(deps))
		}
		for _, dep := range forbidden {
			if slices.Contains(deps, dep) {
				t.Errorf("%s depends on %s", pkg, dep)
			}
		}
	}
}
