package checks_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// compiledPages are the pages of docs whose Go blocks need nothing but this module. Those
// of a page are one package.
var compiledPages = []string{"migrating.md"}

// parameters are what a block that is no declaration may take for given: it becomes the
// body of a function.
const parameters = "keys, keyring saltine.Keyring, backend saltine.Backend, store saltine.Store, sessions *sessionhttp.Middleware, mux http.Handler, db *sql.DB, " +
	"session *saltine.Session, w http.ResponseWriter, r *http.Request"

// standard are the packages of Go that the pages speak of.
var standard = []string{"context", "crypto", "database/sql", "encoding/hex", "errors", "expvar", "fmt", "log", "log/slog", "net/http", "os", "strings", "time"}

// importPaths returns the path of each package that a block may use, by its name.
func importPaths(t *testing.T) map[string]string {
	t.Helper()
	paths := map[string]string{}
	own := testkit.Go(t, root, "list", "-f", `{{if ne .Name "main"}}{{.ImportPath}}{{end}}`, "./...")
	for _, p := range append(strings.Fields(own), standard...) {
		paths[path.Base(p)] = p
	}
	return paths
}

// The pages show code that compiles. It is laid over the tree for the go command, and
// never written into it.
func TestDocsCompile(t *testing.T) {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	tree, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	paths := importPaths(t)
	var packages []string
	for _, page := range compiledPages {
		dir := "docsblocks_" + strings.TrimSuffix(page, ".md")
		packages = append(packages, "./"+dir)
		blocks := goBlocks(t, page)
		for i, block := range blocks {
			file := filepath.Join(t.TempDir(), "block.go")
			if err := os.WriteFile(file, []byte(asFile(t, paths, block)), 0o600); err != nil {
				t.Fatal(err)
			}
			overlay.Replace[filepath.Join(tree, dir, fmt.Sprintf("block%d.go", i))] = file
		}
		t.Logf("%s: %d blocks", page, len(blocks))
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Go(t, root, append([]string{"build", "-overlay", file, "-o", os.DevNull}, packages...)...)
}

// goBlocks returns the Go blocks of a page, and wants some.
func goBlocks(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, match := range regexp.MustCompile("(?s)\n```go\n(.*?\n)```").FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, match[1])
	}
	if len(blocks) == 0 {
		t.Fatalf("%s has no Go blocks", page)
	}
	return blocks
}

// asFile makes a file of a block: with a package clause, and the imports that it needs and
// does not show. What is no declaration becomes a function.
func asFile(t *testing.T, paths map[string]string, block string) string {
	t.Helper()
	const clause = "package docs\n\n"
	file, err := parser.ParseFile(token.NewFileSet(), "", clause+block, parser.SkipObjectResolution)
	if err != nil {
		block = asFunction(t, block)
		if file, err = parser.ParseFile(token.NewFileSet(), "", clause+block, parser.SkipObjectResolution); err != nil {
			t.Fatalf("%v, in\n%s", err, block)
		}
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && paths[x.Name] != "" {
				used[paths[x.Name]] = true
			}
		}
		return true
	})
	for _, own := range file.Imports {
		delete(used, strings.Trim(own.Path.Value, `"`))
	}
	var b strings.Builder
	b.WriteString(clause)
	for _, p := range slices.Sorted(maps.Keys(used)) {
		fmt.Fprintf(&b, "import %q\n", p)
	}
	return b.String() + block
}

// asFunction makes a function of statements, in which every variable is used.
func asFunction(t *testing.T, block string) string {
	t.Helper()
	function := "func _(" + parameters + ") { func() {\n" + block // which may declare what a parameter is called
	file, err := parser.ParseFile(token.NewFileSet(), "", "package docs\n"+function+"}()}\n", parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v, in\n%s", err, block)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.FuncLit)
		if ok {
			function += use(literal.Body.List)
		}
		return !ok
	})
	return function + "}()}\n"
}

// use returns statements that use all variables which others define.
func use(statements []ast.Stmt) string {
	var b strings.Builder
	for _, statement := range statements {
		a, ok := statement.(*ast.AssignStmt)
		if !ok || a.Tok != token.DEFINE {
			continue
		}
		for _, left := range a.Lhs {
			if name, ok := left.(*ast.Ident); ok && name.Name != "_" {
				b.WriteString("_ = " + name.Name + "\n")
			}
		}
	}
	return b.String()
}

// The pages link to headings that are there.
func TestDocsAnchors(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d pages, error %v", len(pages), err)
	}
	anchors := map[string]map[string]bool{}
	for _, page := range pages {
		anchors[filepath.Base(page)] = headings(t, page)
	}
	links := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range regexp.MustCompile(`\]\(([a-z.]*)#([^)]+)\)`).FindAllStringSubmatch(string(text), -1) {
			links++
			target := link[1]
			if target == "" {
				target = filepath.Base(page)
			}
			if !anchors[target][link[2]] {
				t.Errorf("%s links to %s#%s, which is not there", filepath.Base(page), target, link[2])
			}
		}
	}
	if links < 20 {
		t.Errorf("found only %d links", links)
	}
}

// headings returns the names by which the headings of a page can be linked to.
func headings(t *testing.T, page string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(string(text), -1) {
		name := strings.ToLower(match[1])
		name = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(name, "")
		names[strings.ReplaceAll(name, " ", "-")] = true
	}
	return names
}
