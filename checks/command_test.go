package checks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The subcommands and the fields of JSON that the command's page names are the command's.
func TestCommandPage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "command.md"))
	if err != nil {
		t.Fatal(err)
	}
	help, err := os.ReadFile(filepath.Join(root, "cmd", "saltine", "testdata", "overview.txt"))
	if err != nil {
		t.Fatal(err)
	}
	source := sourceOf(t, "cmd/saltine", "internal/paste")
	rest, fields, ok := strings.Cut(string(text), "\n## JSON\n")
	subcommands, _, _ := strings.Cut(rest, "\n## Exit codes\n")
	if !ok || len(firstColumn(subcommands)) < 7 || len(firstColumn(fields)) < 40 {
		t.Fatalf("the page names %q and %q", firstColumn(subcommands), firstColumn(fields))
	}
	for _, name := range firstColumn(subcommands) {
		if !strings.Contains(string(help), "\n  "+name+" ") {
			t.Errorf("there is no saltine %s", name)
		}
	}
	for _, name := range firstColumn(fields) {
		if !strings.Contains(source, `json:"`+name+`"`) && !strings.Contains(source, `json:"`+name+`,omitempty"`) {
			t.Errorf("no --json has the field %s", name)
		}
	}
}

// firstColumn returns the names in the first column of a page's tables.
func firstColumn(text string) []string {
	var names []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\|").FindAllStringSubmatch(text, -1) {
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[1], -1) {
			names = append(names, name[1])
		}
	}
	return names
}

// sourceOf returns the Go files of some folders that are not tests, as one text.
func sourceOf(t *testing.T, folders ...string) string {
	t.Helper()
	var all strings.Builder
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}
