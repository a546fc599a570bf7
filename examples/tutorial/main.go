// Shop is the program of docs/tutorial.md: a cart, sign-in and messages, with nothing
// stored but the times at which people signed out everywhere.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	keyFile := flag.String("key-file", "secret.key", "the file with the signing keys")
	flag.Parse()
	if err := run(*addr, *keyFile); err != nil {
		log.Fatal(err)
	}
}

func run(addr, keyFile string) error {
	keys, err := readKeys(keyFile)
	if err != nil {
		return err
	}
	known, err := newAccounts()
	if err != nil {
		return err
	}
	app, err := newApp(keys, known, time.Now)
	if err != nil {
		return err
	}
	log.Printf("listening on http://%s", addr)
	server := &http.Server{Addr: addr, Handler: app.handler, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}
