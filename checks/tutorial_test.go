package checks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The tutorial shows every line of its program, file by file, in the order of the file.
func TestTutorialProgram(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "tutorial.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("^`([a-z_.]+)`:$")
	shown := map[string]string{}
	for _, b := range parsePage(t, "docs/tutorial.md", string(text)).blocks {
		match := named.FindStringSubmatch(b.Before)
		if match == nil {
			if b.Lang == "go" || b.Lang == "html" {
				t.Errorf("docs/tutorial.md:%d: the block says of no file that it belongs to it", b.Line)
			}
			continue
		}
		shown[match[1]] += b.Text
	}
	dir := filepath.Join(root, "examples", "tutorial")
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.Name() == "shop_test.go" { // tests what the page does not
			continue
		}
		program, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(withoutBlank(string(program)), withoutBlank(shown[file.Name()])); diff != "" {
			t.Errorf("examples/tutorial/%s and docs/tutorial.md differ (-program +page):\n%s", file.Name(), diff)
		}
		delete(shown, file.Name())
	}
	for name := range shown {
		t.Errorf("docs/tutorial.md shows %s, which does not exist", name)
	}
}

// withoutBlank drops blank lines, and notes for linters.
func withoutBlank(text string) []string {
	text = regexp.MustCompile(` *//nolint[^\n]*`).ReplaceAllString(text, "")
	var lines []string
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}
