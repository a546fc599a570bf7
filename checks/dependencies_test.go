package checks_test

import (
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// What a handler without net/http pays for: nothing in the root may pull it in.
func TestDependencies(t *testing.T) {
	forbidden := map[string]string{
		"net/http":                   "handlers on other carriers would carry it along",
		"net":                        "the same",
		"database/sql":               "only sqlstore speaks to databases",
		"log":                        "a library does not log",
		"log/slog":                   "a library does not log",
		"testing":                    "it belongs to tests",
		module + "/internal/testkit": "it belongs to tests",
	}
	deps := strings.Fields(testkit.Go(t, root, "list", "-deps", "."))
	if len(deps) < 20 {
		t.Fatalf("found only %d dependencies", len(deps))
	}
	for _, dep := range deps {
		if reason, ok := forbidden[dep]; ok {
			t.Errorf("the root package depends on %s: %s", dep, reason)
		}
	}
}
