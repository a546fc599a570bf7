package checks_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// ladder are the files of the root package: each uses only what stands above it.
var ladder = []string{
	"doc.go",
	"errors.go",
	"key.go",
	"salt.go",
	"serializer.go",
	"envelope.go",
	"signer.go",
	"timestamp.go",
	"values.go",
	"expiry.go",
	"session.go",
	"field.go",
	"struct.go",
	"cookie_store.go",
	"session_data.go",
	"server_store.go",
	"moving.go",
}

// maxNames is how many package-level names the root may export.
const maxNames = 60

// Every file of the root uses only what is declared in it or above it in the ladder.
// There are no exceptions: what a file needs from below belongs further up.
func TestLadder(t *testing.T) {
	fset, files := parseRoot(t)
	_, info := check(t, fset, files)
	for _, finding := range violations(fset, info, files, ladder) {
		t.Error(finding)
	}
}

func TestFewNames(t *testing.T) {
	fset, files := parseRoot(t)
	pkg, _ := check(t, fset, files)
	var names []string
	for _, name := range pkg.Scope().Names() {
		if ast.IsExported(name) {
			names = append(names, name)
		}
	}
	if len(names) > maxNames {
		t.Errorf("the root exports %d names, want at most %d: %s", len(names), maxNames, strings.Join(names, " "))
	}
	t.Logf("%d names", len(names))
}

// A test that cannot fail proves nothing: packages that break the rule, and nearly do.
func TestLadderFindsViolations(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		files        map[string]string
		want         []string
	}{
		{"upwards", "what the ladder is for", map[string]string{"a.go": "func A() {}", "b.go": "func B() { A() }"}, nil},
		{"function", "it is declared below", map[string]string{"a.go": "func A() { B() }", "b.go": "func B() {}"}, []string{"a.go uses B of b.go"}},
		{"type", "the same", map[string]string{"a.go": "type A struct { b *B }", "b.go": "type B int"}, []string{"a.go uses B of b.go"}},
		{"constant", "the same", map[string]string{"a.go": "var a = b", "b.go": "const b = 1"}, []string{"a.go uses b of b.go"}},
		{"method of a type above", "its body stands below", map[string]string{"a.go": "type A int; func f(a A) { a.m() }", "b.go": "func (A) m() {}"}, []string{"a.go uses m of b.go"}},
		{"field", "the same", map[string]string{"a.go": "func f() { _ = v.x }", "b.go": "var v struct { x int }"}, []string{"a.go uses v of b.go", "a.go uses x of b.go"}},
		{"embedded field", "the same", map[string]string{"a.go": "type A struct { B }; func f(a A) { _ = a.x }", "b.go": "type B struct { x int }"}, []string{"a.go uses B of b.go", "a.go uses x of b.go"}},
		{"generic", "the same", map[string]string{"a.go": "func f() { g[int]() }", "b.go": "func g[T any]() {}"}, []string{"a.go uses g of b.go"}},
		{"field of a generic type", "the same", map[string]string{"a.go": "type A[T any] struct { b B[T] }; func f(a A[int]) { _ = a.b.x }", "b.go": "type B[T any] struct { x T }"}, []string{"a.go uses B of b.go", "a.go uses x of b.go"}},
		{"method by an interface", "the interface stands above", map[string]string{"a.go": "type A interface { m() }; func f(a A) { a.m() }", "b.go": "type B int; func (B) m() {}"}, nil},
		{"local name", "it hides the other", map[string]string{"a.go": "func f() { B := 1; _ = B }", "b.go": "func B() {}"}, nil},
		{"not in the list", "nobody said where it stands", map[string]string{"a.go": "", "c.go": ""}, []string{"c.go is not in the ladder"}},
	} {
		fset := token.NewFileSet()
		var files []*ast.File
		for name, text := range tt.files {
			file, err := parser.ParseFile(fset, name, "package p\n"+strings.ReplaceAll(text, "; ", "\n"), parser.SkipObjectResolution)
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			files = append(files, file)
		}
		_, info := check(t, fset, files)
		if diff := cmp.Diff(tt.want, violations(fset, info, files, []string{"a.go", "b.go"})); diff != "" {
			t.Errorf("%s: %s (-want +got)\n%s", tt.name, tt.reason, diff)
		}
	}
	if got := violations(token.NewFileSet(), &types.Info{}, nil, []string{"gone.go"}); got != nil {
		t.Errorf("a file that is still to come: %v", got)
	}
}

// violations returns, for each file and each name that it uses from further down, one
// line that names both.
func violations(fset *token.FileSet, info *types.Info, files []*ast.File, order []string) []string {
	file := func(pos token.Pos) string { return filepath.Base(fset.Position(pos).Filename) }
	var findings []string
	for _, f := range files {
		if name := file(f.Package); !slices.Contains(order, name) {
			findings = append(findings, name+" is not in the ladder")
		}
	}
	for ident, object := range info.Uses {
		if !object.Pos().IsValid() || !slices.ContainsFunc(files, func(f *ast.File) bool { return f.FileStart <= object.Pos() && object.Pos() < f.FileEnd }) {
			continue // of another package, or predeclared
		}
		user, owner := file(ident.Pos()), file(object.Pos())
		if slices.Index(order, user) < slices.Index(order, owner) {
			findings = append(findings, fmt.Sprintf("%s uses %s of %s", user, object.Name(), owner))
		}
	}
	slices.Sort(findings)
	return slices.Compact(findings)
}

// parseRoot parses the files of the root package that are no tests.
func parseRoot(t *testing.T) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if len(files) < 10 {
		t.Fatalf("found only %d files", len(files))
	}
	return fset, files
}

// check types the files of a package. What it imports comes from the build cache.
func check(t *testing.T, fset *token.FileSet, files []*ast.File) (*types.Package, *types.Info) {
	t.Helper()
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", exportData(t, files))}
	pkg, err := config.Check("p", fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	return pkg, info
}

// exportData returns what opens the export data of the packages that files import.
func exportData(t *testing.T, files []*ast.File) func(path string) (io.ReadCloser, error) {
	t.Helper()
	exports := map[string]string{}
	imports := slices.ContainsFunc(files, func(f *ast.File) bool { return len(f.Imports) > 0 })
	if imports {
		for line := range strings.Lines(testkit.Go(t, root, "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", ".")) {
			path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
			exports[path] = file
		}
	}
	return func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, errors.New("no export data of " + path)
		}
		return os.Open(exports[path])
	}
}
