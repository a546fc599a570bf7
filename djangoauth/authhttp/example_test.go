package authhttp_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/authhttp"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// A page for people who are signed in, at Django or here.
func Example() {
	keys, err := saltine.NewKeyring("example key, as long as Django's own keys have to be", nil)
	if err != nil {
		log.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	sessions, err := sessionhttp.New(store, nil)
	if err != nil {
		log.Fatal(err)
	}
	auth, err := djangoauth.New(&djangoauth.Options{
		Keys: keys,
		Load: func(context.Context, string, string) (djangoauth.Account, bool, error) {
			return djangoauth.Account{}, false, nil // sqlusers reads Django's table
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	users, err := authhttp.New(auth, &authhttp.Options{LoginURL: "/login"})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /account", users.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		account, _ := authhttp.FromContext(r.Context()).User()
		fmt.Fprintln(w, "Hello", account.ID)
	})))
	mux.Handle("GET /api/cart", users.RequireUserForAPI(http.NotFoundHandler()))
	server := sessions.Handler(users.Handler(mux))

	for _, path := range []string{"/account?tab=2", "/api/cart"} {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		fmt.Printf("%d %q\n", w.Code, w.Header().Get("Location"))
	}
	fmt.Println(authhttp.AllowedURL("/account?tab=2", []string{"example.com"}, true), authhttp.AllowedURL(`/\evil.example`, []string{"example.com"}, true))
	// Output:
	// 302 "/login?next=/account%3Ftab%3D2"
	// 401 ""
	// true false
}
