// Command saltine counts visits in a session of saltine.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/bench/size/server"
)

const visits saltine.Field[int] = "visits"

func main() {
	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	server.Run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := store.New()
		if cookie, err := r.Cookie(server.CookieName); err == nil {
			session = store.Open(r.Context(), cookie.Value)
		}
		n, _ := visits.Get(session) // 0 at the first visit
		visits.Set(session, n+1)
		value, err := store.Save(session)
		if err != nil {
			server.Fail(w, err)
			return
		}
		server.Respond(w, value)
	}))
}
