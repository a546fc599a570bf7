//go:build !race

package testkit

// Race says that the race detector is on: it makes sync.Pool forget now and then.
const Race = false
