// Dbsession counts how often a browser came, in a table that a Django can share.
//
// It is the program of the README with its sessions in SQLite. Make the table once, unless
// Django did, and start it:
//
//	sqlite3 app.db < schema.sql
//	SECRET_KEY=… DATABASE='file:app.db?_pragma=busy_timeout(5000)' go run .
//
// For PostgreSQL import github.com/jackc/pgx/v5/stdlib, open "pgx", and say
// sqlstore.PostgreSQL.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sqlstore"
)

const visits saltine.Field[int] = "visits"

func count(w http.ResponseWriter, r *http.Request) {
	s := sessionhttp.FromContext(r.Context())
	visits.Set(s, visits.Or(s, 0)+1)
	fmt.Fprintln(w, "visit", visits.Or(s, 0))
}

func main() {
	keys := must(saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil))
	db := must(sql.Open("sqlite", os.Getenv("DATABASE")))
	data := must(saltine.NewSessionData(keys, nil))
	backend := must(sqlstore.New(db, sqlstore.SQLite, data, nil))
	store := must(saltine.NewServerStore(backend, nil))
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
