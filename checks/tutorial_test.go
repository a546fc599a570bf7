package checks_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// The tutorial shows every line of its program, file by file, in the order of the file.
func TestTutorialProgram(t *testing.T) {
	shown := tutorialFiles(t, tutorialText(t))
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

// The program compiles wherever the tutorial says to run it.
func TestTutorialRunsOnTheWay(t *testing.T) {
	onceIsEnough(t)
	parts := strings.Split(tutorialText(t), "`go run .`")
	if len(parts) < 3 {
		t.Fatalf("the tutorial says %d times to run the program, want 2", len(parts)-1)
	}
	for i := 1; i < len(parts); i++ {
		before := strings.Join(parts[:i], "")
		t.Run(lastHeading(before), func(t *testing.T) {
			out := testkit.Go(t, root, "build", "-overlay", tutorialOverlay(t, before), "-o", filepath.Join(t.TempDir(), "shop"), "./examples/tutorial")
			if out != "" {
				t.Error(out)
			}
		})
	}
}

func tutorialText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "tutorial.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tutorialFiles returns the files that somebody has who did all that a text says.
func tutorialFiles(t *testing.T, text string) map[string]string {
	t.Helper()
	named := regexp.MustCompile("^`([a-z_.]+)`:$")
	files := map[string]string{}
	for _, b := range parsePage(t, "docs/tutorial.md", text).blocks {
		match := named.FindStringSubmatch(b.Before)
		switch {
		case match == nil && slices.Contains([]string{"go", "html", "diff"}, b.Lang):
			t.Errorf("docs/tutorial.md:%d: the block says of no file that it belongs to it", b.Line)
		case match == nil:
		case b.Lang == "diff":
			from, to := diffSides(b.Text)
			if n := strings.Count(files[match[1]], from); n != 1 {
				t.Errorf("docs/tutorial.md:%d: what the block changes stands %d times in %s", b.Line, n, match[1])
			}
			files[match[1]] = strings.Replace(files[match[1]], from, to, 1)
		default:
			files[match[1]] += b.Text
		}
	}
	return files
}

// diffSides returns the lines that a diff replaces, and those that it puts in their place.
func diffSides(diff string) (from, to string) {
	for line := range strings.Lines(diff) {
		if line[0] != '+' {
			from += line[1:]
		}
		if line[0] != '-' {
			to += line[1:]
		}
	}
	return from, to
}

// tutorialOverlay returns an overlay for go build in which examples/tutorial holds the
// files of a text.
func tutorialOverlay(t *testing.T, text string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(root, "examples", "tutorial"))
	if err != nil {
		t.Fatal(err)
	}
	there, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for _, name := range there {
		replace[name] = "" // not there yet
	}
	written := t.TempDir()
	for name, text := range tutorialFiles(t, text) {
		replace[filepath.Join(dir, name)] = filepath.Join(written, name)
		if err := os.WriteFile(filepath.Join(written, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(written, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// lastHeading returns the last heading of a text.
func lastHeading(text string) string {
	headings := heading.FindAllStringSubmatch(text, -1)
	return headings[len(headings)-1][1]
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
