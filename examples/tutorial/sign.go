package main

import (
	"net/http"

	"github.com/seed-52756201/saltine/sessionhttp"
)

func (a *app) signIn(w http.ResponseWriter, r *http.Request) {
	name := r.PostFormValue("name")
	if !a.accounts.check(name, r.PostFormValue("password")) {
		http.Error(w, "wrong name or password", http.StatusForbidden)
		return
	}
	s := sessionhttp.FromContext(r.Context())
	items := cart.Or(s, nil)
	if err := s.Flush(); err != nil { // nothing of whoever was here before
		http.Error(w, "try again", http.StatusInternalServerError)
		return
	}
	user.Set(s, name)
	if items != nil {
		cart.Set(s, items)
	}
	notify(r, "Welcome, "+name+"!")
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *app) signOut(w http.ResponseWriter, r *http.Request) {
	if err := sessionhttp.FromContext(r.Context()).Flush(); err != nil {
		http.Error(w, "you are still signed in: try again", http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *app) signOutEverywhere(w http.ResponseWriter, r *http.Request) {
	s := sessionhttp.FromContext(r.Context())
	if name, err := user.Get(s); err == nil {
		a.signOuts.add(name)
	}
	a.signOut(w, r)
}
