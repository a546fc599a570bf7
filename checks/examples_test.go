package checks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// noExample are exported types without an example of their own, and why.
var noExample = map[string]string{}

// Every exported type has an example: one of its own or of a method, or one that uses the
// type, a function that returns it, or a constant of it.
func TestTypesHaveExamples(t *testing.T) {
	for _, pkg := range publicPackages(t) {
		if strings.HasPrefix(pkg.path, "vectors") {
			continue
		}
		shown := exampleUses(t, pkg.path)
		for name, types := range typesOf(t, pkg) {
			for _, made := range types {
				shown[made] = shown[made] || shown[name]
			}
		}
		for _, qualified := range exportedTypes(t, pkg) {
			_, name, _ := strings.Cut(qualified, ".")
			switch reason := noExample[qualified]; {
			case shown[name] && reason != "":
				t.Errorf("%s has an example: take it from the list", qualified)
			case !shown[name] && reason == "":
				t.Errorf("%s has no example", qualified)
			}
		}
	}
}

// exampleUses returns the names with an example in a folder: those it is called for, and
// in a function NewX, X.
func exampleUses(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Example") {
				ast.Inspect(f, func(n ast.Node) bool {
					if s, ok := n.(*ast.SelectorExpr); ok {
						shown[s.Sel.Name] = true
					}
					return true
				})
				named, _, _ := strings.Cut(strings.TrimPrefix(f.Name.Name, "Example"), "_")
				shown[named] = true
				shown[strings.TrimPrefix(named, "New")] = true
			}
		}
	}
	return shown
}

// typesOf returns the types that a package's functions and methods return, and those of
// its constants, by their names.
func typesOf(t *testing.T, pkg goPackage) map[string][]string {
	t.Helper()
	types := map[string][]string{}
	for _, name := range pkg.files {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, pkg.path, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Type.Results != nil {
					for _, result := range d.Type.Results.List {
						types[d.Name.Name] = append(types[d.Name.Name], receiver(result.Type))
					}
				}
			case *ast.GenDecl:
				addConstants(types, d)
			}
		}
	}
	return types
}

// addConstants adds the types of constants, each that of the one before where it has none.
func addConstants(types map[string][]string, d *ast.GenDecl) {
	last := ""
	for _, spec := range d.Specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok || d.Tok != token.CONST {
			continue
		}
		if value.Type != nil {
			last = receiver(value.Type)
		}
		for _, name := range value.Names {
			types[name.Name] = append(types[name.Name], last)
		}
	}
}
