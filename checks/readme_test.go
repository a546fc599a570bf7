package checks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The README's program is one that is compiled.
func TestReadmeProgram(t *testing.T) {
	program, err := os.ReadFile(filepath.Join(root, "examples", "visits", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(string(program), "\n") // the doc comment
	if diff := cmp.Diff(want, goBlock(t, readme(t))); diff != "" {
		t.Errorf("README.md and examples/visits/main.go differ (-example +README):\n%s", diff)
	}
}

// maxProgramLines is how long the README's program may be, blank lines apart.
const maxProgramLines = 30

func TestReadmeProgramIsShort(t *testing.T) {
	if n := len(withoutBlank(goBlock(t, readme(t)))); n > maxProgramLines {
		t.Errorf("the program has %d lines, want at most %d", n, maxProgramLines)
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// goBlock returns the first fenced Go block of a Markdown text.
func goBlock(t *testing.T, markdown string) string {
	t.Helper()
	_, rest, ok := strings.Cut(markdown, "```go\n")
	block, _, end := strings.Cut(rest, "```\n")
	if !ok || !end {
		t.Fatal("there is no Go block")
	}
	return block
}
