// Clearsessions deletes the sessions that have expired from a folder of Django's backend
// file, as Django's command of this name does. Run it once a day:
//
//	SECRET_KEY=… FOLDER=/var/lib/app/sessions clearsessions
//
// The key is needed, for a session can say itself when it ends.
package main

import (
	"context"
	"log"
	"os"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/filestore"
)

func main() {
	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil)
	if err != nil {
		log.Fatal(err)
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	backend, err := filestore.New(os.Getenv("FOLDER"), data, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := backend.ClearExpired(context.Background()); err != nil {
		log.Fatal(err)
	}
}
