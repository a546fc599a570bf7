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

func main() {
	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := keys.Check(); err != nil {
		log.Println(err) // a weak key works
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	sessions, err := sessionhttp.New(store, nil)
	if err != nil {
		log.Fatal(err)
	}

	handler := sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := sessionhttp.FromContext(r.Context())
		n, _ := visits.Get(s) // 0 on the first visit
		visits.Set(s, n+1)
		fmt.Fprintf(w, "visit %d\n", n+1)
	}))
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
