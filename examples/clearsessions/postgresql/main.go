// Clearsessions deletes the sessions that have expired from the table django_session of
// a PostgreSQL database, as Django's command of this name does. Run it once a day:
//
//	DATABASE='postgres://user:password@host/name' clearsessions
package main

import (
	"context"
	"database/sql"
	"log"
	"os"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sqlstore"
)

func main() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE"))
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
	backend, err := sqlstore.New(db, sqlstore.PostgreSQL, data, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := backend.ClearExpired(context.Background()); err != nil {
		log.Fatal(err)
	}
}
