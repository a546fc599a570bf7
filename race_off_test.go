//go:build !race

package saltine_test

const raceEnabled = false
