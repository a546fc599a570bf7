// Shop is the part of a Django shop that has moved to Go: the cart and the profile.
// Django serves the other pages. README.md says how to run both.
package main

import (
	"database/sql"
	"flag"
	"log"
	"net/http"
	"os"
	"time"

	_ "modernc.org/sqlite"

	"github.com/seed-52756201/saltine"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8445", "where to listen")
	file := flag.String("db", "db.sqlite3", "Django's database")
	engine := flag.String("engine", "signed_cookies", "Django's SESSION_ENGINE: signed_cookies or db")
	flag.Parse()
	if err := run(*addr, *file, *engine); err != nil {
		log.Fatal(err)
	}
}

func run(addr, file, engine string) error {
	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing is written any more
	handler, err := newShop(db, keys, engine)
	if err != nil {
		return err
	}
	server := &http.Server{Addr: addr, Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}
