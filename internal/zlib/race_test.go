//go:build race

package zlib_test

// raceEnabled: the race detector makes sync.Pool forget now and then.
const raceEnabled = true
