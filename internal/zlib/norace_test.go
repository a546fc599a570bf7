//go:build !race

package zlib_test

const raceEnabled = false
