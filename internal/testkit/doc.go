// Package testkit holds what the tests of several packages need: programs to compare
// with, the go command, error kinds, and what a call takes of memory. It imports
// nothing of the library, so every test may import it.
package testkit
