// Package authhttp says who is signed in to handlers of net/http: Django's request.user,
// login_required, and the page to go to after a login.
//
//	users, err := authhttp.New(auth, nil)
//	...
//	mux.Handle("/account", users.RequireUser(account))
//	http.ListenAndServe(addr, sessions.Handler(users.Handler(mux)))
//
// The Middleware of sessionhttp stands outside. A handler asks the [Visit] of its
// request:
//
//	account, err := authhttp.FromContext(r.Context()).User()
//
// The user is looked up when somebody asks, and once in a request. A page that never
// asks costs nothing, and its session is neither verified nor renewed.
package authhttp
