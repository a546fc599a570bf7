package sessionhttp_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func readFiles(t *testing.T, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// Every test that docs/middleware.md names is there, and every line of its
// comparison names one.
func TestDocsNameTests(t *testing.T) {
	page := readFiles(t, "../docs/middleware.md")
	tests := readFiles(t, "*_test.go") + readFiles(t, "../sessioncookie/*_test.go")
	name := regexp.MustCompile("`((?:Test|Fuzz|Example)[A-Za-z0-9_]+)`")
	for _, match := range name.FindAllStringSubmatch(page, -1) {
		if !strings.Contains(tests, "\nfunc "+match[1]+"(") {
			t.Errorf("there is no test %s", match[1])
		}
	}
	rows := 0
	for line := range strings.Lines(page) {
		if strings.Count(line, "|") == 7 && !strings.HasPrefix(line, "|---") && !strings.HasPrefix(line, "| | Django") {
			rows++
			if !name.MatchString(line) {
				t.Errorf("no test in the line %s", line)
			}
		}
	}
	if rows < 25 {
		t.Errorf("only %d lines are compared", rows)
	}
}

// The page shows code that is compiled.
func TestDocsShowTests(t *testing.T) {
	tests := regexp.MustCompile(`\s+`).ReplaceAllString(readFiles(t, "*_test.go"), " ")
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readFiles(t, "../docs/middleware.md"), -1)
	for _, block := range blocks {
		for line := range strings.Lines(block[1]) {
			if line = strings.Join(strings.Fields(line), " "); !strings.Contains(tests, line) {
				t.Errorf("no example has the line %s", line)
			}
		}
	}
	if len(blocks) < 4 {
		t.Errorf("only %d blocks of code", len(blocks))
	}
}
