package saltine_test

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// sources are the files that compare a signature with the right one, or have it
// compared.
//
//go:embed signer.go salt.go session_data.go messages/form.go djangoauth/passwords/hasher.go
var sources embed.FS

// secrets are the names of signatures in sources, and of what makes them.
var secrets = []string{"given", "mac", "sig", "signature", "digest", "hexdigest"}

// variable are functions that stop at the first difference.
var variable = []string{"bytes.Equal", "bytes.Compare", "bytes.HasPrefix", "strings.Compare", "strings.EqualFold", "slices.Equal", "slices.Compare"}

// No clock is good enough to see that a comparison stops early, so this test
// reads the source: signatures are compared once in signer.go and in salt.go, and hashes
// of passwords once in hasher.go, by subtle.ConstantTimeCompare, and nowhere else.
func TestComparedInConstantTime(t *testing.T) {
	for name, want := range map[string]int{"signer.go": 1, "salt.go": 1, "session_data.go": 0, "messages/form.go": 0, "djangoauth/passwords/hasher.go": 1} {
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
		if compared != want {
			t.Errorf("%s calls subtle.ConstantTimeCompare %d times, want %d", name, compared, want)
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
	signer := newSigner(b, testKeys, nil)
	good := signer.Sign("some value")
	for name, at := range map[string]int{"first": len("some value:"), "last": len(good) - 1} {
		bad := good[:at] + string(good[at]^1) + good[at+1:]
		b.Run("wrong="+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := signer.Unsign(bad); err == nil {
					b.Fatal("a forged token is good")
				}
			}
		})
	}
}
