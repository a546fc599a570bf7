// Package sessionhttp puts the signed cookie sessions of package saltine into
// net/http.
//
//	store, err := saltine.NewCookieStore(key, nil)
//	...
//	sessions, err := sessionhttp.New(store, nil)
//	...
//	http.ListenAndServe(addr, sessions.Handler(mux))
//
// A handler finds its session with [FromContext]:
//
//	s := sessionhttp.FromContext(r.Context())
//
// The cookie is set and deleted exactly when Django 6.1's SessionMiddleware
// does, and the response varies by cookie exactly when Django's does. What goes
// beyond Django is in [Options]; docs/middleware.md has it at length.
//
// The session goes into the headers when they are sent: at the first
// WriteHeader with a final status, Write, ReadFrom or Flush, or when the
// handler returns. What is changed later is lost, and reported. A handler that
// panics before sets no cookie.
//
// An [http.TimeoutHandler] goes around this package's handler, not inside:
// inside it lets the handler run on after the response, with the session in
// use on both sides.
package sessionhttp
