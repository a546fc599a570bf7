// Command hello is the smallest server: what every other one here is compared
// with.
package main

import (
	"net/http"

	"github.com/seed-52756201/saltine/bench/size/server"
)

func main() {
	server.Run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie(server.CookieName)
		if err != nil {
			cookie = &http.Cookie{}
		}
		server.Respond(w, cookie.Value)
	}))
}
