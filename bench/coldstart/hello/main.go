// Command hello answers one request in a fresh process: what package session beside it is
// compared with.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/seed-52756201/saltine/bench/coldstart"
)

func main() {
	if err := coldstart.Answer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "hello")
	})); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
