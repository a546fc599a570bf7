// Package mutants breaks the lines that security depends on, one at a time, and
// expects that a test fails for each:
//
//	go test ./internal/mutants -mutants -v -timeout=30m
//
// The tree is never touched: a broken file goes to the compiler by go test's
// -overlay. Without the flag the test only checks that every line is still there.
package mutants_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var run = flag.Bool("mutants", false, "test every mutant, which takes minutes")

// mutant is one way to break the library.
type mutant struct {
	file   string // below the root
	name   string
	old    string // stands in file exactly once
	new    string
	reason string // what an attacker, or an accident, would gain
	tests  string // package below the root whose tests find it; empty means that of file
}

func (m *mutant) pkg() string {
	if m.tests != "" {
		return "./" + m.tests
	}
	return "./" + path.Dir(m.file)
}

// skipped are tests that look at the tree and not at what was compiled, and
// those of internal/zlib that go through thousands of streams, where quicker
// ones have to find the same.
const skipped = "^Test(API|AdvisoriesHaveTests|Dependencies|Docs.*|Readme.*|Mutants.*|PythonStreams|RoundTrip|SizesPython)$"

var failed = regexp.MustCompile(`--- FAIL: (\S+)`)

func TestMutants(t *testing.T) { //nolint:tparallel // the subtests share the processors, nothing else runs
	mutants := slices.Concat(signerMutants, timestampMutants, payloadMutants, storeMutants, sessionMutants, internalMutants, cookieMutants, carrierMutants, httpMutants)
	if len(mutants) < 200 {
		t.Errorf("only %d mutants", len(mutants))
	}
	if *run {
		testUnbroken(t, mutants)
	}
	for _, m := range mutants {
		t.Run(strings.TrimSuffix(m.file, ".go")+"/"+m.name, func(t *testing.T) {
			t.Parallel()
			overlay := m.overlay(t)
			if !*run {
				return
			}
			out, err := goTest(t, "-overlay="+overlay, m.pkg())
			killer := failed.FindStringSubmatch(out)
			switch {
			case err == nil:
				t.Errorf("survived the tests of %s: %s", m.pkg(), m.reason)
			case killer == nil:
				t.Errorf("no test failed, but go test did:\n%s", out)
			default:
				t.Logf("killed by %s", killer[1])
			}
		})
	}
}

// testUnbroken makes sure that a test which fails tells something.
func testUnbroken(t *testing.T, mutants []mutant) {
	t.Helper()
	var pkgs []string
	for _, m := range mutants {
		pkgs = append(pkgs, m.pkg())
	}
	slices.Sort(pkgs)
	if out, err := goTest(t, slices.Compact(pkgs)...); err != nil {
		t.Fatalf("the tests fail without a mutant:\n%s", out)
	}
}

const root = "../.."

// overlay writes the broken file, and returns the file that tells go test of it.
func (m *mutant) overlay(t *testing.T) string {
	t.Helper()
	original, err := filepath.Abs(filepath.Join(root, m.file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), m.old); n != 1 || m.old == m.new {
		t.Fatalf("%s has the text %d times, and not once:\n%s", m.file, n, m.old)
	}
	dir := t.TempDir()
	broken := filepath.Join(dir, filepath.Base(m.file))
	if err := os.WriteFile(broken, []byte(strings.Replace(string(text), m.old, m.new, 1)), 0o600); err != nil { //nolint:gosec // paths of this table
		t.Fatal(err)
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {original: broken}})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}

// goTest runs go test for the sake of its outcome, not of its speed or advice.
func goTest(t *testing.T, args ...string) (string, error) {
	t.Helper()
	args = append([]string{"test", "-failfast", "-vet=off", "-ldflags=-w", "-timeout=1m", "-skip=" + skipped}, args...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}
