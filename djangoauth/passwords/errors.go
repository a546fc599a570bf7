package passwords

import (
	"errors"

	"github.com/seed-52756201/saltine"
)

// ErrNoHasher says that nothing at hand can check or make the hash: the name of
// its hasher is unknown or not among [Options.Hashers], the hash needs what this
// package does not have (crypt, argon2d, version 16 of Argon2), or the
// program runs with GODEBUG=fips140=only.
// Django: a wrong password, and no error, for names that are not listed.
var ErrNoHasher = errors.New("passwords: no hasher for this hash")

// kindError is an error that belongs to a kind, with its own text. The texts
// are constants, but for names of hashers and options: nothing that was
// read reaches them.
type kindError struct {
	kind error
	text string
}

func (e *kindError) Error() string { return "passwords: " + e.text }
func (e *kindError) Unwrap() error { return e.kind }

func malformed(text string) error {
	return &kindError{saltine.ErrMalformed, "stored hash cannot be read: " + text}
}

func tooLarge(text string) error {
	return &kindError{saltine.ErrTooLarge, text}
}

func invalidOption(text string) error {
	return &kindError{saltine.ErrInvalidOption, "invalid option: " + text}
}

func noHasher(text string) error {
	return &kindError{ErrNoHasher, "no hasher for this hash: " + text}
}
