// Package bench measures saltine beside its peers.
//
// Every peer keeps the same sessions in a cookie its own way, and is held to
// reading back what it wrote before it is timed. The benchmarks are in
// bench_test.go:
//
//	go test -bench 'Decode.*/auth' -count 8
//
// The figures that saltine must reach are ratios of times taken in one run:
//
//	go run ./ratios -quick
package bench
