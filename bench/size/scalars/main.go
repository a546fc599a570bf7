// Command scalars keeps scalars in a session, and has no net/http: a store, Get and Set.
package main

import (
	"fmt"
	"os"

	"github.com/seed-52756201/saltine"
)

const (
	visits saltine.Field[int]    = "visits"
	user   saltine.Field[string] = "user"
)

func main() {
	if err := run(os.Getenv("SECRET_KEY"), os.Getenv("COOKIE")); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func run(key, cookie string) error {
	keys, err := saltine.ParseKeyring(key, nil)
	if err != nil {
		return err
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		return err
	}
	session, err := store.Load(cookie)
	if err != nil {
		session = store.New()
	}
	n, _ := visits.Get(session) // 0 at the first visit
	visits.Set(session, n+1)
	user.Set(session, "ann")
	value, err := store.Save(session)
	fmt.Println(value)
	return err
}
