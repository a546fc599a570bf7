package testkit

import (
	"runtime"
	"testing"
)

// Allocations fails the test if f allocates more than limit times. With the race
// detector it does nothing.
func Allocations(t testing.TB, limit float64, name string, f func()) {
	t.Helper()
	if Race {
		return
	}
	if got := testing.AllocsPerRun(100, f); got > limit {
		t.Errorf("%s: %v allocations, want at most %v", name, got, limit)
	}
}

// Allocated returns how much heap f takes, freed or not, in bytes.
func Allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// Memory returns how much heap and stack f takes together, freed or not, in bytes,
// with nothing in any pool: at no time is more in use. f runs on a goroutine of its
// own and must not call t.Fatal.
func Memory(f func()) int {
	runtime.GC() // twice: a pool is emptied in two steps
	runtime.GC()
	var before, after runtime.MemStats
	done := make(chan struct{})
	go func() { // with a stack of its own
		defer close(done)
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
	}()
	<-done
	return int(after.TotalAlloc-before.TotalAlloc) + int(after.StackInuse-before.StackInuse)
}
