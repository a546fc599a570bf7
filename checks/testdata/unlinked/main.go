// Unlinked is a program that links no hash on purpose. It prints, for each name that it
// is called with, whether the hash is linked and what a Keyring says to it.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/seed-52756201/saltine"
)

func main() {
	for _, name := range os.Args[1:] {
		hash, err := saltine.AlgorithmByName(name)
		if err != nil {
			log.Fatal(err)
		}
		_, err = saltine.NewKeyring("key", &saltine.KeyringOptions{Algorithm: hash})
		fmt.Printf("%s|%v|%v|%v\n", name, hash.Available(), errors.Is(err, saltine.ErrInvalidOption), err)
	}
}
