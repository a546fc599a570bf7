package paste_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/paste"
)

// pasted is one text that people paste, and what has to be said of it.
type pasted struct {
	Name, Reason, Paste string
	Form                string // recognised as
	Cause, Next         string // words of a cause, and of what to do next
}

func pastes(t *testing.T) []pasted {
	t.Helper()
	data, err := os.ReadFile("testdata/pastes.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []pasted
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// Every paste of the table is recognised, its cause is named, and so is what to do next: a
// point each.
func TestPastes(t *testing.T) {
	list := pastes(t)
	points := 0
	seen := map[string]bool{}
	for _, tt := range list {
		t.Run(tt.Name, func(t *testing.T) {
			if seen[tt.Name] || tt.Form == "" || tt.Cause == "" || tt.Next == "" || tt.Reason == "" {
				t.Fatal("the row is not complete, or there twice")
			}
			seen[tt.Name] = true
			r, err := paste.Describe(paste.Read(tt.Paste, nil), now, nil)
			if err != nil {
				t.Fatal(err)
			}
			var causes, nexts []string
			for _, f := range r.Findings {
				causes, nexts = append(causes, f.Cause), append(nexts, f.Next...)
			}
			for _, check := range []struct{ what, got, want string }{
				{"form", r.Form + "\n", tt.Form + "\n"},
				{"cause", strings.Join(causes, "\n"), tt.Cause},
				{"next", strings.Join(nexts, "\n"), tt.Next},
			} {
				if strings.Contains(check.got, check.want) {
					points++
					continue
				}
				t.Errorf("%s: %q, want %q: %s", check.what, check.got, check.want, tt.Reason)
			}
		})
	}
	t.Logf("%d pastes, %d of %d points", len(list), points, 3*len(list))
	if len(list) < 60 {
		t.Errorf("%d pastes, want 60", len(list))
	}
}
