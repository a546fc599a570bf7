package main

import (
	_ "embed"
	"html/template"
	"net/http"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// What a session holds: names, and the Go types of their values.
const (
	user saltine.Field[string]         = "user"
	cart saltine.Field[map[string]int] = "cart"
)

type app struct {
	sessions *sessionhttp.Middleware
	handler  http.Handler
	accounts *accounts
	signOuts *signOuts
}

func newApp(keys saltine.Keyring, known *accounts, now func() time.Time) (*app, error) {
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: now})
	if err != nil {
		return nil, err
	}
	a := &app{accounts: known, signOuts: newSignOuts(now)}
	list, err := a.signOuts.list()
	if err != nil {
		return nil, err
	}
	if a.sessions, err = sessionhttp.New(store, &sessionhttp.Options{Guard: list.Check}); err != nil {
		return nil, err
	}
	handler, err := withMessages(a.sessions, keys, now, a.routes())
	if err != nil {
		return nil, err
	}
	a.handler = http.NewCrossOriginProtection().Handler(handler)
	return a, nil
}

func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.home)
	mux.HandleFunc("POST /cart", a.addToCart)
	mux.HandleFunc("POST /sign-in", a.signIn)
	mux.HandleFunc("POST /sign-out", a.signOut)
	mux.HandleFunc("POST /sign-out-everywhere", a.signOutEverywhere)
	return mux
}

//go:embed page.html
var html string

var page = template.Must(template.New("page").Parse(html))

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	s := sessionhttp.FromContext(r.Context())
	data := struct {
		User     string
		Cart     map[string]int
		Messages []messages.Message
	}{user.Or(s, ""), cart.Or(s, nil), messages.Take(r.Context())}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := page.Execute(w, data); err != nil {
		panic(http.ErrAbortHandler) // the visitor went away
	}
}
