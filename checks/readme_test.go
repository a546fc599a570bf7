package checks_test

import (
	"os"
	"path/filepath"
	"regexp"
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

// Every file that the README links to is there.
func TestReadmeLinks(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(readme(t), -1)
	if len(links) < 10 {
		t.Fatalf("found only %d links", len(links))
	}
	for _, link := range links {
		if _, err := os.Stat(filepath.Join(root, link[1])); err != nil {
			t.Errorf("README.md links to %s: %v", link[1], err)
		}
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
