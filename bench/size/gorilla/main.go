// Command gorilla counts visits in a cookie of gorilla/securecookie.
package main

import (
	"net/http"
	"os"

	"github.com/gorilla/securecookie"

	"github.com/seed-52756201/saltine/bench/size/server"
)

func main() {
	codec := securecookie.New([]byte(os.Getenv("SECRET_KEY")), nil).SetSerializer(securecookie.JSONEncoder{})
	server.Run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := map[string]any{}
		if cookie, err := r.Cookie(server.CookieName); err == nil {
			_ = codec.Decode(server.CookieName, cookie.Value, &session) // a bad cookie is a new session
		}
		n, _ := session["visits"].(float64) // 0 at the first visit
		session["visits"] = n + 1
		value, err := codec.Encode(server.CookieName, session)
		if err != nil {
			server.Fail(w, err)
			return
		}
		server.Respond(w, value)
	}))
}
