// Visits counts how often a browser came, without storing anything.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

const visits saltine.Field[int] = "visits"

func count(w http.ResponseWriter, r *http.Request) {
	s := sessionhttp.FromContext(r.Context())
	visits.Set(s, visits.Or(s, 0)+1)
	fmt.Fprintln(w, "visit", visits.Or(s, 0))
}

func main() {
	keys := must(saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil))
	store := must(saltine.NewCookieStore(keys, nil))
	sessions := must(sessionhttp.New(store, nil))
	handler := sessions.Handler(http.HandlerFunc(count))
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
