// Package djangoauth says who is signed in, by the rules of Django's
// django.contrib.auth: somebody who signs in at Django is signed in at Go, and the
// other way round, until the password changes on either side.
//
//	auth, err := djangoauth.New(&djangoauth.Options{
//		Keys: keys,
//		Load: func(ctx context.Context, backend, id string) (djangoauth.Account, bool, error) {
//			return users.Find(ctx, id) // the row of auth_user
//		},
//	})
//	...
//	account, err := auth.User(ctx, session)
//	if errors.Is(err, djangoauth.ErrAnonymous) {
//		// nobody is signed in
//	}
//
// Package sqlusers reads Django's tables, authhttp is the part for net/http, and
// passwords checks and makes the hashes of the password column. This package needs
// neither net/http nor database/sql.
//
// # What a login is
//
// A session holds three values: the user's id, the path of the authentication backend,
// and a hash of the user's password column under SECRET_KEY. The id alone proves
// little: the session outlives a change of the password, and only the hash ends it.
// [Auth.User] therefore asks for all of it: a backend that is allowed, a user that
// exists and is active, and the right hash.
//
// # Django's names
//
//	Django                            djangoauth
//	auth.get_user, request.user       Auth.User
//	auth.login                        Auth.Login
//	auth.logout                       Auth.Logout
//	update_session_auth_hash          Auth.PasswordChanged
//	AUTHENTICATION_BACKENDS           Options.Backends
//	SECRET_KEY, SECRET_KEY_FALLBACKS  Options.Keys
//	DEFAULT_HASHING_ALGORITHM         KeyringOptions.Algorithm
//	login_required                    authhttp.Middleware.RequireUser
//	has_perm                          sqlusers.Permissions.Has
//
// # Differences from Django
//
//   - An id that Django would not have written is [ErrBadID], and anonymous. Django
//     reads " 1" and 1.9 as 1, and answers 500 to "abc". At [Auth.Login] such an id is
//     another user's: the session is flushed.
//   - Login looks at the backend before it touches the session. Django has changed the
//     session's key by then, and stores a path that it does not accept later.
//   - Every login has a hash. Django accepts a user class without
//     get_session_auth_hash by its id alone.
//   - [Auth.PasswordChanged] wants the account as it was before, and checks the
//     session's hash by it: a session that was not signed in does not become so.
//   - Nothing but the session is written: last_login is the caller's to update. Django's
//     links for a forgotten password end when it changes.
package djangoauth
