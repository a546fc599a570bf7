// Package run_test runs the WebAssembly example in real runtimes: wazero runs
// what is built for wasip1, and node what is built for js. It is a module of
// its own, so that no user of saltine gets wazero.
//
// Without node its tests are skipped, or fail if SALTINE_REQUIRE_LIVE=1.
package run_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/seed-52756201/saltine"

// goTool runs go for a WebAssembly target, "wasip1" or "js".
func goTool(t *testing.T, target string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), "GOOS="+target, "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %q for %s: %v\n%s", args, target, err, out)
	}
}

// build compiles the program without symbols, as one would for an edge host.
func build(t *testing.T, target string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "counter.wasm")
	goTool(t, target, "build", "-trimpath", "-ldflags=-s -w", "-o", file, module+"/examples/wasm")
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	if _, err := zip.Write(code); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d bytes, %d with gzip", target, len(code), zipped.Len())
	return file
}

// buildTest compiles the tests of a package.
func buildTest(t *testing.T, target, pkg string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "test.wasm")
	goTool(t, target, "test", "-c", "-o", file, pkg)
	return file
}

// checkTiming runs each benchmark of package timing in an instance of its own, which
// nothing else has warmed up.
func checkTiming(t *testing.T, run func(args ...string) (output, error)) {
	t.Helper()
	for _, name := range []string{"NewCookieStore", "Verify", "Load", "Save"} {
		out, err := run("-test.run=^$", "-test.bench=^Benchmark"+name+"$", "-test.benchtime=5000x")
		if err != nil {
			t.Fatalf("%s: %v\n%s%s", name, err, out.stdout, out.stderr)
		}
		for line := range strings.Lines(out.stdout) {
			if strings.HasPrefix(line, "Benchmark") {
				t.Log(strings.TrimSpace(line))
			}
		}
	}
}
