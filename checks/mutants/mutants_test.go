// Package mutants breaks the lines that security depends on, one at a time, and
// expects that a test fails for each:
//
//	go test ./checks/mutants -mutants -v -timeout=40m
//	go test ./checks/mutants -mutants -v -only='^key.go/|fingerprint'
//	go test ./checks/mutants -mutants -write -timeout=60m
//
// testdata/killers.txt remembers which test found each. That one runs first, alone, and
// the others only where it does not fail; -write remembers anew.
//
// The tree is never touched: a broken file goes to the compiler by Go's flag
// -overlay. Lines are looked for with the flag alone, so that nobody's change of a word
// fails go test ./...; without it the test checks the table itself.
package mutants_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

var (
	run   = flag.Bool("mutants", false, "test every mutant, which takes minutes")
	only  = flag.String("only", "", "test those alone whose file/name has a match of this regular expression")
	part  = flag.String("part", "1/1", "test one part of them: 2/3 is the second of three, which holds every third mutant")
	write = flag.Bool("write", false, "rewrite testdata/killers.txt; with -mutants")
)

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
// those that go through thousands of streams, requests, URLs and lives, or ask Django,
// where quicker ones have to find the same.
const skipped = "^Test(API|AdvisoriesHaveTests|Dependencies|Docs.*|Tutorial.*|Readme.*|Mutants.*|PythonStreams|RoundTrip|SizesPython|DjangoTakesGo|GoTakesDjango|SessionGoesBackToDjango|SplitLikePython|Live(Django.*|Login|Logout|Password|Inactive)|AllowedURLLikeDjango|FindCookieAgainstDjango|QuoteLikePython|NothingOutlivesALogout|DjangoReadsQuoted)$"

var failed = regexp.MustCompile(`--- FAIL: (\S+)`)

func TestMutants(t *testing.T) {
	mutants := slices.Concat(keyMutants, signerMutants, timestampMutants, payloadMutants, storeMutants, sessionMutants, structMutants, expiryMutants, internalMutants, signedMutants, cookieMutants, httpMutants, revocationMutants, csrfMutants, authMutants, messageMutants, passwordMutants, sealedMutants, serverStoreMutants, cacheStoreMutants, commandMutants)
	if len(mutants) < 350 {
		t.Errorf("only %d mutants", len(mutants))
	}
	names := map[string]bool{}
	for _, m := range mutants {
		if name := m.file + ": " + m.name; names[name] {
			t.Errorf("two mutants are called %s", name)
		} else {
			names[name] = true
		}
	}
	mutants = choose(t, mutants)
	if *run {
		testUnbroken(t, mutants)
	}
	killers := readKillers(t)
	for _, m := range mutants {
		t.Run(strings.TrimSuffix(m.file, ".go")+"/"+m.name, func(t *testing.T) {
			if !*run {
				m.check(t)
				return
			}
			t.Parallel()
			overlay, name := m.overlay(t), strings.TrimPrefix(t.Name(), "TestMutants/")
			out, err := "", error(nil)
			if known := killers.get(name); known != "" {
				out, err = goTest(t, overlay, "-run=^"+known+"$", m.pkg())
			}
			if err == nil {
				out, err = goTest(t, overlay, m.pkg())
			}
			killer := failed.FindStringSubmatch(out)
			switch {
			case err == nil:
				t.Errorf("survived the tests of %s: %s", m.pkg(), m.reason)
			case killer == nil:
				t.Errorf("no test failed, but go test did:\n%s", out)
			default:
				t.Logf("killed by %s", killer[1])
				test, _, _ := strings.Cut(killer[1], "/")
				killers.set(name, test)
			}
		})
	}
}

// killers are the tests that find the mutants, by the name of the mutant.
type killers struct {
	mu    sync.Mutex
	tests map[string]string
}

const killersFile = "testdata/killers.txt"

// readKillers reads the file, and with -write has it written when the test is over.
func readKillers(t *testing.T) *killers {
	t.Helper()
	text, err := os.ReadFile(killersFile)
	if err != nil {
		t.Fatal(err)
	}
	k := &killers{tests: map[string]string{}}
	for line := range strings.Lines(string(text)) {
		name, test, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			t.Fatalf("%s: a line without a tab", killersFile)
		}
		k.tests[name] = test
	}
	if *write {
		t.Cleanup(func() { k.write(t) })
	}
	return k
}

func (k *killers) get(mutant string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.tests[mutant]
}

func (k *killers) set(mutant, test string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tests[mutant] = test
}

func (k *killers) write(t *testing.T) {
	var b strings.Builder
	for _, mutant := range slices.Sorted(maps.Keys(k.tests)) {
		fmt.Fprintf(&b, "%s\t%s\n", mutant, k.tests[mutant])
	}
	if err := os.WriteFile(killersFile, []byte(b.String()), 0o600); err != nil {
		t.Error(err)
	}
}

// choose returns the mutants that -only names, and of them those of -part.
func choose(t *testing.T, mutants []mutant) []mutant {
	t.Helper()
	chosen, err := regexp.Compile(*only)
	if err != nil {
		t.Fatal(err)
	}
	var k, n int
	if _, err := fmt.Sscanf(*part, "%d/%d", &k, &n); err != nil || k < 1 || k > n {
		t.Fatalf("-part %s is no part", *part)
	}
	i := 0
	return slices.DeleteFunc(mutants, func(m mutant) bool {
		if !chosen.MatchString(m.file + "/" + m.name) {
			return true
		}
		i++
		return i%n != k-1
	})
}

// check looks at the entry, and not at the file.
func (m *mutant) check(t *testing.T) {
	t.Helper()
	switch {
	case path.Ext(m.file) != ".go" || path.Clean(m.file) != m.file:
		t.Errorf("%s is no Go file below the root", m.file)
	case m.name == "" || m.reason == "":
		t.Error("a mutant needs a name and a reason")
	case m.old == "" || m.old == m.new:
		t.Error("it changes nothing")
	default:
		m.overlay(t) // fails where the text has moved
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
	if out, err := goTest(t, "", slices.Compact(pkgs)...); err != nil {
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

// goTest runs go test for the sake of its outcome, not of its speed or advice. The
// overlay, a file or "", also holds for the go commands that tests run.
func goTest(t *testing.T, overlay string, args ...string) (string, error) {
	t.Helper()
	args = append([]string{"test", "-failfast", "-vet=off", "-ldflags=-w", "-timeout=1m", "-skip=" + skipped}, args...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	if overlay != "" {
		cmd.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -overlay="+overlay)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
