// Package checks holds the checks that belong to no single file of the library: its
// API, the order of its files, its dependencies, its documents, FIPS 140-3, and what
// hostile input may cost.
package checks
