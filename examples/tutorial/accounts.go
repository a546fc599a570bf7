package main

import (
	"crypto/rand"
	"log"

	"github.com/seed-52756201/saltine/djangoauth/passwords"
)

// accounts are names and password hashes. A real shop has them in its database.
type accounts struct {
	hashers *passwords.Hashers
	hashes  map[string]string
}

// newAccounts returns one account, for ann.
func newAccounts() (*accounts, error) {
	hashers, err := passwords.New(nil)
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	hash, err := hashers.Make(password)
	if err != nil {
		return nil, err
	}
	log.Printf("sign in as ann with %s", password)
	return &accounts{hashers, map[string]string{"ann": hash}}, nil
}

func (a *accounts) check(name, password string) bool {
	hash, ok := a.hashes[name]
	if !ok {
		a.hashers.Spend(password) // an unknown name takes as long as a wrong password
		return false
	}
	result, err := a.hashers.Check(password, hash)
	return err == nil && result.OK
}
