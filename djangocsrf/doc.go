// Package djangocsrf checks and makes the CSRF tokens of Django: a form that
// Django rendered can be posted to Go, and a form that Go rendered can be posted
// to Django, with the same cookie or the same session.
//
//	protection, err := djangocsrf.New(&djangocsrf.Options{
//		TrustedOrigins: []string{"https://*.example.com"},
//	})
//	...
//	http.ListenAndServe(addr, protection.Handler(mux, nil))
//
// A handler asks the [Visit] of its request for a token:
//
//	visit := djangocsrf.FromContext(r.Context())
//	page.Execute(w, map[string]any{"CSRFToken": visit.Token()})
//
// The page sends it back in a form field,
//
//	<input type="hidden" name="csrfmiddlewaretoken" value="{{.CSRFToken}}">
//
// or a script sends it, or the cookie's own text, in the header X-CSRFToken. Call
// [Visit.Rotate] when someone signs in.
//
// Without net/http, fill in a [Request], [Protection.Open] it, and call
// [Visit.Check] before the work and [Visit.SetCookie] before the response's
// headers go out.
//
// # When you do not need this package
//
// [net/http.CrossOriginProtection] decides by the headers Sec-Fetch-Site and
// Origin. It needs no cookie, no secret and no form field. It is the simpler
// choice for handlers that only pages of the same Go program call.
//
// Use this package where Django is on the other side: pages or scripts of Django
// post to Go, pages of Go post to Django, or Go takes over a view whose clients
// send csrfmiddlewaretoken or X-CSRFToken already. Django always wants cookie and
// token, whatever Go checks. Both protections together are fine: run
// CrossOriginProtection first.
//
// # Django's names
//
//	Django                                  djangocsrf
//	CsrfViewMiddleware                      Protection, Protection.Handler
//	get_token, {% csrf_token %}             Visit.Token
//	rotate_token                            Visit.Rotate
//	csrf_exempt                             HandlerOptions.Exempt
//	CSRF_FAILURE_VIEW                       HandlerOptions.Refuse
//	CSRF_TRUSTED_ORIGINS                    Options.TrustedOrigins
//	CSRF_USE_SESSIONS                       Options.UseSessions
//	CSRF_COOKIE_MASKED                      Options.MaskedCookie
//	CSRF_COOKIE_NAME, _PATH, _DOMAIN, _AGE  CookieName, CookiePath, CookieDomain, CookieAge
//	CSRF_COOKIE_SECURE, _HTTPONLY           Insecure, HTTPOnly
//	CSRF_COOKIE_SAMESITE                    SameSite
//	CSRF_HEADER_NAME                        HeaderName
//	SECURE_PROXY_SSL_HEADER,                HandlerOptions.Site
//	  USE_X_FORWARDED_HOST
//	a 403 and its reason                    Error, Kind
//
// # Compatibility
//
// The rules are those of Django 4.1 and later. Tokens and cookies are exchanged
// with every Django since 1.10: cookies of 32 and of 64 characters are read. A
// cookie is written with 32 characters, or with [Options.MaskedCookie] with 64, as
// Django to 4.0 does, which wants that in a session.
//
// These are the differences from Django:
//
//   - [New] refuses an entry of TrustedOrigins that no Origin header of a browser
//     can equal. Django accepts the entry, and then trusts nobody by it.
//   - A session whose stored secret cannot be read gets a new one, and a request that
//     is checked is refused with [ErrBadSession]. Django answers 500, or makes tokens
//     that never match.
//   - With UseSessions and MaskedCookie a token of 64 characters stays in the session.
//     Django 4.1 and 4.2 put the secret in its place, which Django 4.0 cannot read.
//   - Cookies are Secure unless [Options.Insecure] is set.
//   - A cookie age of zero means the default, and a negative one is refused.
//     Django's CSRF_COOKIE_AGE = 0 sends a cookie that no browser keeps.
//   - The handler reads forms up to [HandlerOptions.MaxForm] bytes, files included.
//   - The handler takes the port beside CookieDomain from the Host header. Django
//     takes the port that the server listens on.
//   - No error repeats the Origin, the Referer or a token.
package djangocsrf
