package saltine_test

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"github.com/seed-52756201/saltine"
)

// sources are the files that compare a signature with the right one.
//
//go:embed signer.go session_data.go messages/form.go
var sources embed.FS

// secrets are the names of signatures in sources, and of what makes them.
var secrets = []string{"given", "mac", "sig", "signature", "digest"}

// variable are functions that stop at the first difference.
var variable = []string{"bytes.Equal", "bytes.Compare", "bytes.HasPrefix", "strings.Compare", "strings.EqualFold", "slices.Equal", "slices.Compare"}

// No clock is good enough to see that a comparison stops early, so this test
// reads the source: signatures are compared once in each file, and by
// subtle.ConstantTimeCompare.
func TestComparedInConstantTime(t *testing.T) {
	for _, name := range []string{"signer.go", "session_data.go", "messages/form.go"} {
		text, err := sources.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		compared := 0
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if selectorOf(n) == "subtle.ConstantTimeCompare" {
					compared++
					return false
				}
				if slices.Contains(variable, selectorOf(n)) {
					t.Errorf("%v: compares in variable time", fset.Position(n.Pos()))
				}
			case *ast.BinaryExpr:
				if isSecret(n.X) && isSecret(n.Y) {
					t.Errorf("%v: compares in variable time", fset.Position(n.Pos()))
				}
			}
			return true
		})
		if compared != 1 {
			t.Errorf("%s calls subtle.ConstantTimeCompare %d times, want once", name, compared)
		}
	}
}

func isSecret(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		ident, ok := n.(*ast.Ident)
		found = found || ok && slices.Contains(secrets, ident.Name)
		return !found
	})
	return found
}

// selectorOf returns the function that is called, if it is one of a package.
func selectorOf(call *ast.CallExpr) string {
	if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
		if pkg, ok := selector.X.(*ast.Ident); ok {
			return pkg.Name + "." + selector.Sel.Name
		}
	}
	return ""
}

// BenchmarkRefuse shows, with benchstat, how long refusing takes by which
// character of a signature is wrong. docs/security.md says what that can show.
func BenchmarkRefuse(b *testing.B) {
	signer := newSigner(b, testKey, nil)
	good := signer.AppendSign(nil, []byte("some value"))
	for name, at := range map[string]int{"first": len(good) - saltine.SHA256.SignatureLen(), "last": len(good) - 1} {
		bad := slices.Clone(good)
		bad[at] ^= 1
		b.Run("wrong="+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := signer.UnsignBytes(bad); err == nil {
					b.Fatal("a forged token is good")
				}
			}
		})
	}
}
