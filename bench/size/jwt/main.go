// Command jwt counts visits in a token of golang-jwt.
package main

import (
	"net/http"
	"os"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seed-52756201/saltine/bench/size/server"
)

func main() {
	key := []byte(os.Getenv("SECRET_KEY"))
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}))
	server.Run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := jwt.MapClaims{}
		if cookie, err := r.Cookie(server.CookieName); err == nil {
			_, err = parser.ParseWithClaims(cookie.Value, &session, func(*jwt.Token) (any, error) { return key, nil })
			if err != nil {
				session = jwt.MapClaims{}
			}
		}
		n, _ := session["visits"].(float64) // 0 at the first visit
		session["visits"] = n + 1
		value, err := jwt.NewWithClaims(jwt.SigningMethodHS256, session).SignedString(key)
		if err != nil {
			server.Fail(w, err)
			return
		}
		server.Respond(w, value)
	}))
}
