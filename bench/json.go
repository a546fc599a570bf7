package bench

import (
	"errors"

	"github.com/bytedance/sonic"
	goccy "github.com/goccy/go-json"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

var errInvalid = errors.New("valid JSON was refused")

// Checkers check that a payload is JSON. saltine's also finds its values; the others only
// say yes or no.
func Checkers(p Payload) map[string]func() error {
	text := string(p.JSON)
	var members []pyjson.Member
	return map[string]func() error{
		"saltine": func() (err error) {
			members, err = pyjson.Members(members[:0], text)
			return err
		},
		"goccy/go-json": func() error { return asError(goccy.Valid(p.JSON)) },
		"sonic":         func() error { return asError(sonic.Valid(p.JSON)) },
	}
}

func asError(ok bool) error {
	if !ok {
		return errInvalid
	}
	return nil
}
