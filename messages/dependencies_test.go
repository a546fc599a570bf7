package messages_test

import (
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// A function on the edge carries no HTTP along for its messages.
func TestDependencies(t *testing.T) {
	deps := strings.Fields(testkit.Go(t, ".", "list", "-deps", "."))
	if len(deps) < 20 {
		t.Fatalf("found only %d dependencies", len(deps))
	}
	for _, dep := range deps {
		if dep == "net/http" || dep == "log/slog" || dep == "database/sql" {
			t.Errorf("package messages depends on %s", dep)
		}
	}
}
