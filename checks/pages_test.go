package checks_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// page is a Markdown file.
type page struct {
	name   string // below the root
	text   string // without fenced blocks
	blocks []block
}

// block is a fenced block.
type block struct {
	Page, Lang, Text string
	Line             int
	Before           string // the last line of prose before it
}

// pages returns README.md and its like, and all of docs.
func pages(t *testing.T) []page {
	t.Helper()
	names := []string{"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
	err := fs.WalkDir(os.DirFS(root), "docs", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".md") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []page
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parsePage(t, name, string(text)))
	}
	if len(all) < 15 {
		t.Fatalf("found only %d pages", len(all))
	}
	return all
}

// parsePage takes the fenced blocks from a page.
func parsePage(t *testing.T, name, text string) page {
	t.Helper()
	p := page{name: name}
	var open *block
	before, line := "", 0
	for row := range strings.Lines(text) {
		line++
		lang, fence := strings.CutPrefix(strings.TrimSpace(row), "```")
		switch {
		case fence && open == nil:
			open = &block{Page: name, Lang: lang, Line: line, Before: before}
		case fence:
			p.blocks = append(p.blocks, *open)
			open, before = nil, ""
		case open != nil:
			open.Text += row
		default:
			p.text += row
			if strings.TrimSpace(row) != "" {
				before = strings.TrimSpace(row)
			}
		}
	}
	if open != nil {
		t.Errorf("%s:%d: a block does not end", name, open.Line)
	}
	return p
}

// blocksOf returns the blocks in some languages of all pages.
func blocksOf(t *testing.T, langs ...string) []block {
	t.Helper()
	var blocks []block
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if slices.Contains(langs, b.Lang) {
				blocks = append(blocks, b)
			}
		}
	}
	return blocks
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)
)

// Every link leads to a file that is there, and to a heading that it has.
func TestDocsLinks(t *testing.T) {
	links := 0
	for _, p := range pages(t) {
		for _, match := range link.FindAllStringSubmatch(p.text, -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			links++
			if problem := broken(p, match[1]); problem != "" {
				t.Errorf("%s: the link to %s is broken: %s", p.name, match[1], problem)
			}
		}
	}
	if links < 100 {
		t.Errorf("found only %d links", links)
	}
}

// broken says what is wrong with a link, or returns "".
func broken(from page, to string) string {
	file, anchor, _ := strings.Cut(to, "#")
	text := []byte(from.text)
	if file != "" {
		target := filepath.Join(root, path.Dir(from.name), file)
		if _, err := os.Stat(target); err != nil {
			return "there is no such file"
		}
		text, _ = os.ReadFile(target) // a folder has no text
	}
	if anchor != "" && !anchorsOf(string(text))[anchor] {
		return "there is no such heading"
	}
	return ""
}

// anchorsOf returns the anchors of a page's headings, as GitHub makes them.
func anchorsOf(text string) map[string]bool {
	anchors := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		anchors[anchor(match[1])] = true
	}
	return anchors
}

func anchor(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

// Every page of docs is in the index, once.
func TestDocsIndex(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(root, "docs", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages(t) {
		name, ok := strings.CutPrefix(p.name, "docs/")
		if ok && name != "README.md" && !strings.Contains(string(index), "]("+name+")") {
			t.Errorf("docs/README.md does not link to %s", name)
		}
	}
}

// Every test that a page names is there.
func TestDocsNameTests(t *testing.T) {
	tests := testNames(t)
	name := regexp.MustCompile("`((?:Test|Fuzz|Benchmark|Example)[A-Z_][A-Za-z0-9_]*)`")
	named := 0
	for _, p := range pages(t) {
		for _, match := range name.FindAllStringSubmatch(p.text, -1) {
			named++
			if !tests[match[1]] && match[1] != "TestCookieWorked" { // a method of Session
				t.Errorf("%s names %s, which does not exist", p.name, match[1])
			}
		}
	}
	if named < 100 {
		t.Errorf("only %d tests are named", named)
	}
}

// Every package that a command in a page names, such as `go run ./cmd/saltine`, is there.
func TestDocsNamePackages(t *testing.T) {
	named := 0
	for _, p := range pages(t) {
		names := packagesIn(p.text)
		for _, b := range p.blocks {
			names = append(names, packagesIn(b.Text)...)
		}
		for _, name := range names {
			named++
			if _, err := os.Stat(filepath.Join(root, name)); err != nil {
				t.Errorf("%s has a command for %s, which does not exist", p.name, name)
			}
		}
	}
	if named < 15 {
		t.Errorf("only %d packages are named", named)
	}
}

var (
	goCommand = regexp.MustCompile("(?:cd ([a-z/]+) && )?go (?:run|test|vet|build)((?: [^ `\n]+)*)")
	operand   = regexp.MustCompile(` \./([a-z][a-z0-9/_-]*)`)
)

// packagesIn returns the folders that the go commands of a text name, below the root.
func packagesIn(text string) []string {
	var names []string
	for _, command := range goCommand.FindAllStringSubmatch(text, -1) {
		if command[1] != "" {
			names = append(names, command[1])
		}
		for _, match := range operand.FindAllStringSubmatch(command[2], -1) {
			names = append(names, path.Join(command[1], match[1]))
		}
	}
	return names
}

// The checks of pages find what is wrong.
func TestDocsChecksFindFaults(t *testing.T) {
	p := parsePage(t, "docs/x.md", "# A `b`, c: d_e\nText.\n\n```go\nx := 1\n```\nMore.\n")
	if len(p.blocks) != 1 || p.blocks[0].Text != "x := 1\n" || p.blocks[0].Before != "Text." || p.blocks[0].Line != 4 {
		t.Errorf("the blocks are %+v", p.blocks)
	}
	for to, ok := range map[string]bool{
		"../README.md":    true,
		"../gone.md":      false,
		"#a-b-c-d_e":      true,
		"#a-b":            false,
		"../README.md#x":  false,
		"../sessionhttp":  true,
		"../sessionhttpp": false,
	} {
		if problem := broken(p, to); (problem == "") != ok {
			t.Errorf("the link to %s: %q", to, problem)
		}
	}
}
