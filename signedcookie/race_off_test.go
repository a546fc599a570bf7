//go:build !race

package signedcookie_test

const raceEnabled = false
