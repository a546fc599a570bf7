package main

import (
	"log"
	"os"

	"github.com/seed-52756201/saltine"
)

// readKeys reads the signing keys, one a line. The first one signs.
func readKeys(file string) (saltine.Keyring, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return saltine.Keyring{}, err
	}
	keys, err := saltine.ParseKeyring(string(text), nil)
	if err != nil {
		return saltine.Keyring{}, err
	}
	if err := keys.Check(); err != nil {
		log.Printf("%s: %v", file, err) // a weak key works
	}
	return keys, nil
}
