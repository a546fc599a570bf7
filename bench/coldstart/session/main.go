// Command session verifies and reads one session in a fresh process: what a serverless
// function does at a cold start.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/bench/coldstart"
	"github.com/seed-52756201/saltine/sessionhttp"
)

const user saltine.Field[string] = "_auth_user_id"

func main() {
	sessions, err := newMiddleware()
	if err == nil {
		err = coldstart.Answer(sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := user.Get(sessionhttp.FromContext(r.Context())); err == nil {
				fmt.Fprintln(w, "hello")
			}
		})))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func newMiddleware() (*sessionhttp.Middleware, error) {
	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil)
	if err != nil {
		return nil, err
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		return nil, err
	}
	return sessionhttp.New(store, nil)
}
