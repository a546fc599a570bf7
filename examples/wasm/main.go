// Command wasm counts a visitor's visits in a session, wherever WebAssembly
// runs: it needs no SDK of a host, only JSON in and JSON out.
//
// For WASI it serves requests from standard input, a JSON value each, and
// writes a line of JSON to standard output for each. As a native program it
// does the same.
//
//	GOOS=wasip1 GOARCH=wasm go build -o counter.wasm ./examples/wasm
//
// For JavaScript it gives the host a function that serves requests: worker.mjs
// puts it behind the fetch handler of an edge worker.
//
//	GOOS=js GOARCH=wasm go build -o counter.wasm ./examples/wasm
//	cp "$(go env GOROOT)/lib/wasm/wasm_exec.js" .
//
// The host passes SECRET_KEY in the environment, and must pass its real clock:
// sessions are signed with the time, and end by it.
package main

import (
	"log"
	"os"

	"github.com/seed-52756201/saltine"
)

func main() {
	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil)
	if err != nil {
		log.Fatal(err)
	}
	c, err := newCounter(keys, log.Default())
	if err != nil {
		log.Fatal(err)
	}
	if err := c.run(); err != nil {
		log.Fatal(err)
	}
}
