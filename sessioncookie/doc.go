// Package sessioncookie takes a session from a request to its response wherever
// requests come as texts: from the values of the Cookie headers to a
// [saltine.Session], and from the session and the status to the Set-Cookie
// headers, and whether the response varies by cookie. It does what Django's
// SessionMiddleware does, and needs no net/http: it serves functions behind an
// API gateway, edge workers, WebAssembly and routers of another kind. For
// net/http there is package sessionhttp.
//
//	exchange := cookie.Open(ctx, cookieHeaders)
//	status, body := handle(exchange.Session())
//	setCookie, vary, err := exchange.Commit(status)
//
// Each Set-Cookie is a header of its own; vary asks for Vary: Cookie. What
// [Exchange.Guard] refuses is a new session: package revocation has guards.
//
// # Django's names
//
//	Django                                    sessioncookie
//	SessionMiddleware                         Cookie
//	process_request, request.session          Cookie.Open, Exchange.Session
//	process_response                          Exchange.Commit
//	http.cookie.parse_cookie                  FindCookie
//	SimpleCookie.value_encode                 Quote
//	SESSION_COOKIE_NAME, PATH, DOMAIN         Options.Name, Path and NoPath, Domain
//	SESSION_COOKIE_SECURE, HTTPONLY = False   Options.Insecure, ScriptAccess
//	SESSION_COOKIE_SAMESITE                   Options.SameSite
//	SESSION_SAVE_EVERY_REQUEST                Options.SaveEveryRequest
//	SESSION_COOKIE_AGE,                       saltine.StoreOptions
//	  SESSION_EXPIRE_AT_BROWSER_CLOSE
package sessioncookie
