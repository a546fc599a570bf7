module github.com/seed-52756201/saltine/examples/wasm/run

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/seed-52756201/saltine v0.0.0
	github.com/tetratelabs/wazero v1.12.0
)

require (
	github.com/klauspost/compress v1.20.3 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/seed-52756201/saltine => ../../../
