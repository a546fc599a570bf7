package backends_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// The programs of examples/clearsessions that need a server.
func TestClearSessions(t *testing.T) {
	for i, name := range []string{"postgresql", "mysql"} {
		p := places[i]
		t.Run(p.name, func(t *testing.T) {
			b := p.backend(t, p.open(t), nil)
			for key, age := range map[string]time.Duration{"goodgood": time.Hour, "endedended": -time.Hour} {
				check(t, b.Create(t.Context(), key, saltine.Record{Expires: time.Now().Add(age)}))
			}
			program := filepath.Join(t.TempDir(), name)
			build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./"+name)
			build.Dir = "../../../examples/clearsessions"
			if said, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			clearing := exec.CommandContext(t.Context(), program)
			clearing.Env = append(os.Environ(), "DATABASE="+p.dsn(t))
			if said, err := clearing.CombinedOutput(); err != nil || len(said) > 0 {
				t.Fatalf("%v\n%s", err, said)
			}
			for key, want := range map[string]bool{"goodgood": true, "endedended": false} {
				if exists, err := b.Exists(t.Context(), key); exists != want || err != nil {
					t.Errorf("%s is there: %t, want %t (%v)", key, exists, want, err)
				}
			}
		})
	}
}
