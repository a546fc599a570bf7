package main

import (
	"database/sql"
	"net/http"
	"runtime"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/authhttp"
	"github.com/seed-52756201/saltine/djangoauth/passwords"
	"github.com/seed-52756201/saltine/djangoauth/sqlusers"
	"github.com/seed-52756201/saltine/djangocsrf"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/messages/messageshttp"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sqlstore"
)

// shop is what its pages need.
type shop struct {
	db        *sql.DB
	users     *sqlusers.Users
	logins    *authhttp.Middleware
	passwords *passwords.Hashers
	turns     chan struct{} // one for each hash that runs: see inTurn
}

// newShop returns all pages, with what stands in Django's MIDDLEWARE around them.
func newShop(db *sql.DB, keys saltine.Keyring, engine string) (http.Handler, error) {
	store, err := newStore(db, keys, engine)
	if err != nil {
		return nil, err
	}
	sessions, err := sessionhttp.New(store, nil)
	if err != nil {
		return nil, err
	}
	codec, err := messages.New(keys, nil)
	if err != nil {
		return nil, err
	}
	flash, err := messageshttp.New(sessions, codec, nil)
	if err != nil {
		return nil, err
	}
	csrf, err := djangocsrf.New(nil)
	if err != nil {
		return nil, err
	}
	s := &shop{db: db, turns: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
	if s.users, err = sqlusers.New(db, nil); err != nil {
		return nil, err
	}
	auth, err := djangoauth.New(&djangoauth.Options{Keys: keys, Load: s.users.Load})
	if err != nil {
		return nil, err
	}
	s.logins, err = authhttp.New(auth, &authhttp.Options{LoginURL: "/profile/sign-in/", RedirectURL: "/profile/", Site: site})
	if err != nil {
		return nil, err
	}
	hashers, err := passwords.DjangoHashers("3.2") // the Django beside us
	if err != nil {
		return nil, err
	}
	if s.passwords, err = passwords.New(&passwords.Options{Hashers: hashers}); err != nil {
		return nil, err
	}
	pages := csrf.Handler(s.logins.Handler(s.pages()), &djangocsrf.HandlerOptions{Site: site})
	return sessions.Handler(flash.Handler(pages)), nil
}

// newStore returns the sessions of Django's SESSION_ENGINE.
func newStore(db *sql.DB, keys saltine.Keyring, engine string) (saltine.Store, error) {
	if engine == "signed_cookies" {
		return saltine.NewCookieStore(keys, &saltine.StoreOptions{ExpiryPolicy: saltine.ExpiryCookieAge})
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		return nil, err
	}
	backend, err := sqlstore.New(db, sqlstore.SQLite, data, nil)
	if err != nil {
		return nil, err
	}
	return saltine.NewServerStore(backend, nil)
}

// site is how the browser reached nginx, which sets both headers itself.
func site(r *http.Request) (secure bool, host string) {
	return r.Header.Get("X-Forwarded-Proto") == "https", r.Host
}

// pages are those that have moved: nginx.conf has their paths.
func (s *shop) pages() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /cart/{$}", view(s.cart))
	mux.Handle("POST /cart/add/{$}", view(s.add))
	mux.Handle("GET /profile/sign-in/{$}", view(s.signInForm))
	mux.Handle("POST /profile/sign-in/{$}", view(s.signIn))
	mux.Handle("POST /profile/sign-out/{$}", view(s.signOut))
	mux.Handle("GET /profile/{$}", s.logins.RequireUser(view(s.profile)))
	mux.Handle("POST /profile/password/{$}", s.logins.RequireUser(view(s.changePassword)))
	mux.Handle("POST /profile/everywhere/{$}", s.logins.RequireUser(view(s.signOutEverywhere)))
	return mux
}
