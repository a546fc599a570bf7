// Command sessionhttp counts visits in a session of saltine's middleware.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/bench/size/server"
	"github.com/seed-52756201/saltine/sessionhttp"
)

const visits saltine.Field[int] = "visits"

func main() {
	sessions, err := newMiddleware()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	server.Run(sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := sessionhttp.FromContext(r.Context())
		n, _ := visits.Get(session) // 0 at the first visit
		visits.Set(session, n+1)
		fmt.Fprintln(w, "hello")
	})))
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
