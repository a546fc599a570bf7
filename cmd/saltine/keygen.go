package main

import (
	"crypto/rand"
	"errors"
	"flag"

	"github.com/seed-52756201/saltine"
)

var keygenCommand = command{
	name:    "keygen",
	summary: "make a new random key",
	about: `Prints a new random key of 64 letters and digits, for SECRET_KEY of Django, and
for SALTINE_KEY or a key file. Everybody who has it can sign: write it to a file
that only you can read, as with

  (umask 077 && saltine keygen > keys.txt)

To replace a key, put the new one on the first line of the file and the old one
below it, until everything that the old one signed has expired. With --json the
fingerprint of the key is printed too. You may log it: it does not show the key.`,
	define: func(*request, *flag.FlagSet) {},
	run:    (*app).keygen,
}

// generated is what keygen prints as JSON.
type generated struct {
	Key         string `json:"key"`
	Fingerprint string `json:"fingerprint"`
}

func (a *app) keygen(r *request, args []string) (int, error) {
	if len(args) > 0 {
		return 0, errors.New("keygen takes no value")
	}
	key := randomKey()
	if r.json {
		return exitOK, a.writeJSON(generated{string(key), key.Fingerprint()})
	}
	a.out.WriteString(string(key) + "\n")
	return exitOK, nil
}

// randomKey returns a key of 64 characters of base 32, which have 320 random bits.
// None of them means anything to a shell, in an .env file or in YAML.
func randomKey() saltine.Key {
	return saltine.Key((rand.Text() + rand.Text() + rand.Text())[:64])
}
