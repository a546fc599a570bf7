package saltine_test

import (
	"testing"

	"github.com/seed-52756201/saltine/vectors"
	"github.com/seed-52756201/saltine/vectors/conformance"
)

// What real Django did decides: every vector is read, and what Django wrote is
// written again.
func TestVectors(t *testing.T) {
	file, err := vectors.Django()
	if err != nil {
		t.Fatal(err)
	}
	for i := range file.Groups {
		group := file.Groups[i : i+1]
		t.Run(string(group[0].Kind)+"/"+group[0].Source, func(t *testing.T) {
			report := conformance.Run(&vectors.File{Groups: group})
			for _, f := range report.Failures {
				t.Errorf("test %d (%s): want %s, got %s", f.ID, f.Comment, f.Want, f.Got)
			}
		})
	}
}
