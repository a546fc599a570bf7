package sessioncookie_test

import (
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// What a function on the edge would carry along for nothing.
func TestDependencies(t *testing.T) {
	for dep := range strings.Lines(testkit.Go(t, ".", "list", "-deps", ".")) {
		switch dep = strings.TrimSpace(dep); dep {
		case "net/http", "net", "log", "log/slog", "crypto/tls":
			t.Errorf("package sessioncookie depends on %s", dep)
		}
	}
}
