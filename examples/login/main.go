// Login signs people in and out, counts their visits, and shows a message once,
// with nothing stored but one number for each user who signed out everywhere.
//
//	go run ./examples/login
//
// SALTINE_KEY keeps sessions good when the program starts again.
package main

import (
	"crypto/rand"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	embedded := flag.Bool("partitioned", false, "set a cookie that works in frames of other sites, apart for each of them")
	flag.Parse()
	cookie := &sessionhttp.CookieOptions{}
	if *embedded {
		cookie.SameSite, cookie.Partitioned = sessioncookie.SameSiteNone, true
	}
	if err := run(*addr, cookie); err != nil {
		log.Fatal(err)
	}
}

func run(addr string, cookie *sessionhttp.CookieOptions) error {
	text := os.Getenv("SALTINE_KEY")
	if text == "" {
		text = rand.Text() + rand.Text() + rand.Text() // 390 bits, for this run
	}
	keys, err := saltine.ParseKeyring(text, nil)
	if err != nil {
		return err
	}
	if err := keys.Check(); err != nil {
		log.Print("SALTINE_KEY: ", err)
	}
	handler, err := newApp(keys, cookie)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Printf("listening on http://%s", listener.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
