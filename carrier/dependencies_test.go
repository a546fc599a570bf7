package carrier_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What a function on the edge would carry along for nothing.
func TestDependencies(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "GOOS=", "GOARCH=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.Lines(string(out)) {
		switch dep = strings.TrimSpace(dep); dep {
		case "net/http", "net", "log", "log/slog", "crypto/tls":
			t.Errorf("package carrier depends on %s", dep)
		}
	}
}
