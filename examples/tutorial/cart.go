package main

import (
	"fmt"
	"net/http"

	"github.com/seed-52756201/saltine/sessionhttp"
)

const maxItems = 50 // all of them must fit into the cookie

func (a *app) addToCart(w http.ResponseWriter, r *http.Request) {
	item := r.PostFormValue("item")
	s := sessionhttp.FromContext(r.Context())
	items := cart.Or(s, map[string]int{})
	if item == "" || len(item) > 40 || len(items) == maxItems && items[item] == 0 {
		http.Error(w, "this does not fit into the cart", http.StatusBadRequest)
		return
	}
	items[item]++
	cart.Set(s, items)
	notify(r, fmt.Sprintf("You have %d × %s.", items[item], item))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
