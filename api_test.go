package saltine_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/api from go doc")

// The exported API is a file under review: a change to it shows in the diff.
// go test -run TestAPI -update . rewrites it.
func TestAPI(t *testing.T) {
	for _, pkg := range publicPackages(t) {
		t.Run(pkg, func(t *testing.T) {
			got := goCommand(t, "doc", "-all", "./"+pkg)
			golden := filepath.Join("testdata", "api", strings.ReplaceAll(pkg, "/", "_")+".txt")
			if pkg == "." {
				golden = filepath.Join("testdata", "api", "saltine.txt")
			}
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the exported API changed (-golden +now); if that is meant: go test -run TestAPI -update .\n%s", diff)
			}
		})
	}
}

// publicPackages returns the packages of this module that others may import.
func publicPackages(t *testing.T) []string {
	t.Helper()
	var pkgs []string
	for line := range strings.Lines(goCommand(t, "list", "-f", "{{.Name}} {{.ImportPath}}", "./...")) {
		name, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		path = strings.TrimPrefix(strings.TrimPrefix(path, "github.com/seed-52756201/saltine"), "/")
		if name == "main" || strings.HasPrefix(path, "internal/") || goFiles(t, path) == "" {
			continue
		}
		if path == "" {
			path = "."
		}
		pkgs = append(pkgs, path)
	}
	return pkgs
}

func goFiles(t *testing.T, path string) string {
	t.Helper()
	return strings.TrimSpace(goCommand(t, "list", "-f", "{{range .GoFiles}}{{.}}{{end}}", "./"+path))
}

// What a handler without net/http pays for: nothing in the root may pull it in.
func TestDependencies(t *testing.T) {
	forbidden := map[string]string{
		"net/http": "handlers on other carriers would carry it along",
		"net":      "the same",
		"log":      "a library does not log",
		"log/slog": "a library does not log",
	}
	for dep := range strings.Lines(goCommand(t, "list", "-deps", ".")) {
		if reason, ok := forbidden[strings.TrimSpace(dep)]; ok {
			t.Errorf("the root package depends on %s: %s", strings.TrimSpace(dep), reason)
		}
	}
}

func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), "GOOS=", "GOARCH=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}
