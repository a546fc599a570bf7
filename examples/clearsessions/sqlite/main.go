// Clearsessions deletes the sessions that have expired from the table django_session of
// an SQLite database, as Django's command of this name does. Run it once a day:
//
//	DATABASE='file:db.sqlite3?_pragma=busy_timeout(5000)' clearsessions
package main

import (
	"context"
	"database/sql"
	"log"
	"os"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sqlstore"
)

func main() {
	db, err := sql.Open("sqlite", os.Getenv("DATABASE"))
	if err != nil {
		log.Fatal(err)
	}
	keys, err := saltine.NewKeyring("any key: no session is read", nil)
	if err != nil {
		log.Fatal(err)
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	backend, err := sqlstore.New(db, sqlstore.SQLite, data, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := backend.ClearExpired(context.Background()); err != nil {
		log.Fatal(err)
	}
}
