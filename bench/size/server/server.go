// Package server is what the programs beside it share, so that their sizes
// differ by their sessions alone.
package server

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

// CookieName is the name of the session's cookie.
const CookieName = "sessionid"

// Run serves handler until it fails, and says why.
func Run(handler http.Handler) {
	s := http.Server{Addr: "localhost:8080", Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	fmt.Fprintln(os.Stderr, s.ListenAndServe())
}

// Respond sets the cookie and says hello.
func Respond(w http.ResponseWriter, cookie string) {
	http.SetCookie(w, &http.Cookie{Name: CookieName, Value: cookie, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	fmt.Fprintln(w, "hello")
}

// Fail tells that the session cannot be saved.
func Fail(w http.ResponseWriter, err error) {
	http.Error(w, err.Error(), http.StatusInternalServerError)
}
