package checks_test

import (
	"bytes"
	stdcmp "cmp"
	"flag"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/testkit"
)

var update = flag.Bool("update", false, "rewrite testdata/api")

// The exported API is a file under review: a change to it shows in the diff. The files
// hold declarations alone: words may change without them.
// go test -run TestAPI -update ./checks rewrites them.
func TestAPI(t *testing.T) {
	known := map[string]bool{}
	for _, pkg := range slices.Concat(publicPackages(t), nestedPackages(t)) {
		name := stdcmp.Or(strings.ReplaceAll(pkg.path, "/", "_"), "saltine") + ".txt"
		known[name] = true
		t.Run(name, func(t *testing.T) {
			got := declarations(t, pkg)
			golden := filepath.Join("testdata", "api", name)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the exported API changed (-golden +now); if that is meant: go test -run TestAPI -update ./checks\n%s", diff)
			}
		})
	}
	files, err := os.ReadDir(filepath.Join("testdata", "api"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !known[file.Name()] {
			t.Errorf("testdata/api/%s is of no package", file.Name())
		}
	}
}

// goPackage is a package of this module: its path below the root, and its files.
type goPackage struct {
	path  string
	files []string
}

// publicPackages returns the packages of this module that others may import.
func publicPackages(t *testing.T) []goPackage {
	t.Helper()
	var pkgs []goPackage
	for line := range strings.Lines(testkit.Go(t, root, "list", "-e", "-f", "{{.Name}} {{.ImportPath}} {{join .GoFiles \" \"}}", "./...")) {
		fields := strings.Fields(line)
		path := strings.TrimPrefix(strings.TrimPrefix(fields[1], module), "/")
		if fields[0] == "main" || path == "checks" || strings.Contains("/"+path+"/", "/internal/") || len(fields) == 2 {
			continue
		}
		pkgs = append(pkgs, goPackage{path, fields[2:]})
	}
	return pkgs
}

// nestedPackages returns the packages for users in modules of their own.
func nestedPackages(t *testing.T) []goPackage {
	t.Helper()
	var pkgs []goPackage
	for _, path := range []string{"memcachestore", "redisstore", "redisstore/lz4", "redisstore/msgpack", "redisstore/xz", "redisstore/zstd"} {
		names, err := filepath.Glob(filepath.Join(root, path, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		pkg := goPackage{path: path}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				pkg.files = append(pkg.files, filepath.Base(name))
			}
		}
		if len(pkg.files) == 0 {
			t.Fatalf("%s has no files", path)
		}
		pkgs = append(pkgs, pkg)
	}
	return pkgs
}

// declarations returns what a package exports, in the order of names, each type before
// its methods, without comments.
func declarations(t *testing.T, pkg goPackage) string {
	t.Helper()
	fset := token.NewFileSet()
	texts := map[string]string{}
	for _, name := range pkg.files {
		file, err := parser.ParseFile(fset, filepath.Join(root, pkg.path, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.FileExports(file)
		for _, decl := range file.Decls {
			key, ok := declared(decl)
			if !ok {
				continue
			}
			var b bytes.Buffer
			if err := (&printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}).Fprint(&b, fset, decl); err != nil {
				t.Fatal(err)
			}
			if _, twice := texts[key]; twice {
				t.Fatalf("two declarations of %s", key)
			}
			texts[key] = plain(b.String())
		}
	}
	var all strings.Builder
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		all.WriteString(texts[key])
	}
	return all.String()
}

var blanks = regexp.MustCompile(`(\S) {2,}`)

// plain takes from a declaration what comments leave behind: blank lines, and columns
// that end at them.
func plain(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text + "\n") {
		if strings.TrimSpace(line) != "" {
			b.WriteString(blanks.ReplaceAllString(line, "$1 "))
		}
	}
	return b.String()
}

// declared returns what a declaration is sorted by, and whether it is exported. It takes
// the bodies from functions.
func declared(decl ast.Decl) (key string, exported bool) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		d.Body = nil
		if d.Recv == nil {
			return "func " + d.Name.Name, true
		}
		base := receiver(d.Recv.List[0].Type)
		return "type " + base + "." + d.Name.Name, ast.IsExported(base)
	case *ast.GenDecl:
		if d.Tok == token.IMPORT || len(d.Specs) == 0 {
			return "", false
		}
		switch spec := d.Specs[0].(type) {
		case *ast.TypeSpec:
			return "type " + spec.Name.Name, true
		case *ast.ValueSpec:
			withoutValues(d)
			return d.Tok.String() + " " + spec.Names[0].Name, true
		}
	}
	return "", false
}

// withoutValues takes the values from variables: the text of an error is prose.
func withoutValues(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		if value, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
			value.Values = nil
		}
	}
}

// receiver returns the name of a method's type.
func receiver(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
