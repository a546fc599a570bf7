package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// The sessions of a shell in docs/migrating.md print what they show.
func TestDocsShowOutput(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		testkit.Missing(t, "no bash to run the commands of the documents")
	}
	const name = "../../docs/migrating.md"
	document, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	testkit.Go(t, ".", "build", "-o", filepath.Join(dir, "saltine"), ".")
	blocks := strings.Split(string(document), "```console\n")[1:]
	script := strings.Builder{}
	var want strings.Builder
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		want.WriteString(block)
		for line := range strings.Lines(block) {
			if command, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "$ "); ok {
				script.WriteString("cat <<'END'\n$ " + command + "\nEND\n" + command + "\n")
			}
		}
	}
	if len(blocks) < 3 {
		t.Fatalf("found only %d sessions of a shell", len(blocks))
	}
	cmd := exec.CommandContext(t.Context(), bash, "-c", "exec 2>&1\n"+script.String())
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if len(out) == 0 {
		t.Fatal(err)
	}
	if *update {
		rewriteBlocks(t, name, string(document), string(out))
	}
	if diff := cmp.Diff(want.String(), string(out)); diff != "" {
		t.Errorf("docs/migrating.md (-shown +printed); if that is meant: go test -run TestDocs -update\n%s", diff)
	}
}

// rewriteBlocks puts what was printed into the document. A block ends where the next one
// begins with its first command.
func rewriteBlocks(t *testing.T, name, document, out string) {
	t.Helper()
	parts := strings.Split(document, "```console\n")
	for i := 1; i < len(parts); i++ {
		_, rest, _ := strings.Cut(parts[i], "```")
		end := len(out)
		if i+1 < len(parts) {
			first, _, _ := strings.Cut(parts[i+1], "\n")
			end = strings.Index(out[1:], "\n"+first+"\n") + 2
		}
		parts[i] = out[:end] + "```" + rest
		out = out[end:]
	}
	if err := os.WriteFile(name, []byte(strings.Join(parts, "```console\n")), 0o644); err != nil { //nolint:gosec // G703: a document of this repository
		t.Fatal(err)
	}
}
