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
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sqlstore"
	_ "modernc.org/sqlite" // the driver "sqlite"
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
	db, dbErr := sql.Open("sqlite", os.Getenv("DATABASE"))
	data, dataErr := saltine.NewSessionData(keys, nil)
	backend, backendErr := sqlstore.New(db, sqlstore.SQLite, data, nil)
	store, err := saltine.NewServerStore(backend, nil)
	if err := errors.Join(dbErr, dataErr, backendErr, err); err != nil {
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
