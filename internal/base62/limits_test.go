package base62_test

import (
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/base62"
)

// What no float64 can hold is not calculated, which would take the square of
// its length in time, and memory.
func TestHugeTakesNothing(t *testing.T) {
	huge := strings.Repeat("z", 1<<16)
	for _, text := range []string{huge, "-" + huge, "0" + huge} {
		if got := testing.AllocsPerRun(10, func() { base62.Parse(text) }); got != 0 {
			t.Errorf("%d digits: %v allocations, want 0", len(text), got)
		}
	}
}
