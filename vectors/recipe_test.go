package vectors_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/vectors"
)

// The recipe in the README runs as it stands, and counts what it says. With a reader
// that accepts everything it counts the refusals.
func TestRecipe(t *testing.T) {
	python := testkit.Python(t)
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	recipe := regexp.MustCompile("(?s)```python\n(.*?)```").FindSubmatch(readme)
	if recipe == nil {
		t.Fatal("README.md has no recipe in Python")
	}
	valid, refused := 0, 0
	each(t, func(g *vectors.Group, v *vectors.Test) {
		switch {
		case g.Kind != vectors.KindSigner || g.Sep == "" || g.Object:
		case v.Result == vectors.Valid:
			valid++
		default:
			refused++
		}
	})
	const check = "if hmac.compare_digest("
	script := string(recipe[1])
	if strings.Count(script, check) != 1 {
		t.Fatalf("%q is not in the recipe", check)
	}
	tests := []struct{ name, reason, script, want string }{
		{"as it stands", "its reader is Django's", script, fmt.Sprintf("%d passed, 0 missed\n", valid+refused)},
		{
			"accepts everything", "what must be refused is missed",
			strings.Replace(script, check, "if True or hmac.compare_digest(", 1),
			fmt.Sprintf("%d passed, %d missed\n", valid, refused),
		},
		{
			"refuses everything", "what must be accepted is missed",
			strings.Replace(script, check, "if False and hmac.compare_digest(", 1),
			fmt.Sprintf("%d passed, %d missed\n", refused, valid),
		},
	}
	for _, tt := range tests {
		if got := string(testkit.RunPython(t, python, tt.script, nil)); got != tt.want {
			t.Errorf("%s printed %q, want %q: %s", tt.name, got, tt.want, tt.reason)
		}
	}
}
