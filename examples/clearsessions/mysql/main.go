// Clearsessions deletes the sessions that have expired from the table django_session of
// a MySQL or MariaDB database, as Django's command of this name does. Run it once a day:
//
//	DATABASE='user:password@tcp(host)/name' clearsessions
package main

import (
	"context"
	"database/sql"
	"log"
	"os"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sqlstore"
)

func main() {
	db, err := sql.Open("mysql", os.Getenv("DATABASE"))
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
	backend, err := sqlstore.New(db, sqlstore.MySQL, data, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := backend.ClearExpired(context.Background()); err != nil {
		log.Fatal(err)
	}
}
