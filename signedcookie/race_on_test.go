//go:build race

package signedcookie_test

const raceEnabled = true
