// Package sessionhttp is a middleware that gives every request of net/http its session.
//
//	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil)
//	store, err := saltine.NewCookieStore(keys, nil)
//	sessions, err := sessionhttp.New(store, nil)
//	handler := sessions.Handler(mux)
//
// A handler finds its session with [FromContext]:
//
//	s := sessionhttp.FromContext(r.Context())
//
// The middleware sets and deletes the cookie, and adds Vary: Cookie, exactly when Django
// 6.1's SessionMiddleware does. [Options] has what goes beyond Django: renewal, a guard
// that may refuse a session, and a guard against shared caches. docs/middleware.md
// describes all of it.
//
// The session is saved when the headers are sent: at the first WriteHeader with a final
// status, Write, ReadFrom or Flush, or when the handler returns. A later change is lost,
// and [Options.OnError] gets an error. A handler that panics before the headers are sent
// sets no cookie.
//
// Put an [http.TimeoutHandler] around this package's handler, not inside it. Inside, it
// answers while the handler still runs and uses the session.
package sessionhttp
