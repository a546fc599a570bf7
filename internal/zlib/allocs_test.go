//go:build !race

package zlib_test

import (
	"testing"

	"github.com/seed-52756201/saltine/internal/zlib"
)

// Under the race detector a sync.Pool drops items at random.
func TestNoAllocations(t *testing.T) {
	data := session(12)
	packed := zlib.AppendCompress(nil, data)
	short := data[:100]
	exact := make([]byte, 0, len(data))
	dst := make([]byte, 0, 4096)
	for name, f := range map[string]func(){
		"AppendCompress":               func() { zlib.AppendCompress(dst, data) },
		"AppendCompress short":         func() { zlib.AppendCompress(dst, short) },
		"AppendDecompress":             func() { _, _ = zlib.AppendDecompress(dst, packed, noLimit) },
		"AppendDecompress, exact room": func() { _, _ = zlib.AppendDecompress(exact, packed, len(data)) },
		"AppendDecompress, ErrLimit":   func() { _, _ = zlib.AppendDecompress(dst, packed, len(data)-1) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}
