package bench_test

import (
	"testing"

	"github.com/seed-52756201/saltine/bench"
)

// Untouched values are carried through as the text they came as: nothing is
// allocated for any one of them.
func TestUntouchedValuesAllocateNothing(t *testing.T) {
	for _, g := range bench.Growers()[:2] {
		t.Run(g.Name, func(t *testing.T) {
			sizes := bench.GrowthSizes()
			least := allocations(t, g, sizes[0])
			for _, size := range sizes[1:] {
				if got := allocations(t, g, size); got > least+1 { // one for state that a collection took from its pool
					t.Errorf("%v allocations with %d B untouched, %v with %d B", got, size, least, sizes[0])
				}
			}
		})
	}
}

func allocations(t *testing.T, g bench.Grower, size int) float64 {
	t.Helper()
	request, err := g.Request(size)
	if err != nil {
		t.Fatal(err)
	}
	return testing.AllocsPerRun(100, func() {
		if err := request(); err != nil {
			t.Fatal(err)
		}
	})
}
