// Package saltine keeps sessions in signed cookies, in the format of Django's
// signed_cookies backend. Django reads what this package writes, and this package reads
// what Django writes. The cookie holds the whole session, so there is no database.
//
// # Start here
//
// A server on net/http makes its keys, one store and one middleware at start:
//
//	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil)
//	store, err := saltine.NewCookieStore(keys, nil)
//	sessions, err := sessionhttp.New(store, nil) // package sessionhttp
//	handler := sessions.Handler(mux)
//
// A handler reads and writes typed values:
//
//	const visits saltine.Field[int] = "visits"
//
//	s := sessionhttp.FromContext(r.Context())
//	n := visits.Or(s, 0) // 0 on the first visit
//	visits.Set(s, n+1)
//
// docs/tutorial.md builds a whole program, and package sessionhttptest tests handlers.
//
// For other tasks use:
//
//   - sessions without net/http, as in a function behind a gateway: package
//     sessioncookie, or [CookieStore.Open] and [Session.Save] for the bare value;
//   - a whole struct: [Session.GetStruct] and [Session.SetStruct];
//   - one value that a client keeps for you, such as a link in mail: [Keyring.Dumps]
//     and [Keyring.Loads], or a [TimestampSigner] with a [Salt] of its own;
//   - a signature without a time: [Signer];
//   - signing somebody out everywhere: package revocation;
//   - rows of Django's table django_session: [SessionData];
//   - sessions on the server, with only their key in the cookie: [ServerStore].
//
// A [Keyring] says which keys and hashes sign and verify. [Keyring.Check] finds weak
// keys: call it at start.
//
// # Django's names
//
//	Django                                           saltine
//	SECRET_KEY, SECRET_KEY_FALLBACKS                 Keyring, KeyringOptions.Fallbacks
//	DEFAULT_HASHING_ALGORITHM, legacy_algorithm      KeyringOptions.Algorithm, LegacyAlgorithms
//	salted_hmac                                      Keyring.SaltedHMAC, VerifySaltedHMAC
//	signing.get_cookie_signer                        Keyring.ForCookies
//	signing.Signer, signing.TimestampSigner          Signer, TimestampSigner
//	signing.dumps, loads                             Keyring.Dumps, Loads
//	sign_object, unsign_object                       SignObject, UnsignObject
//	max_age=None                                     NoMaxAge
//	BadSignature, SignatureExpired                   ErrBadSignature, ErrSignatureExpired
//	any other exception on reading                   ErrMalformed
//	KeyError of a session, TypeError of json.dumps   ErrMissing, ErrUnsupported
//	set_signed_cookie, get_signed_cookie             package signedcookie
//	messages.storage.cookie.CookieStorage            package messages
//	CsrfViewMiddleware                               package djangocsrf
//	check_password, make_password                    package djangoauth/passwords
//	SessionMiddleware                                packages sessionhttp, sessioncookie
//	JSONSerializer, SESSION_SERIALIZER               JSONSerializer, StoreOptions.Serializer
//	backends.signed_cookies.SessionStore             CookieStore, Session
//	backends db, cached_db, cache, file              ServerStore
//	SessionStore(), SessionStore(session_key)        CookieStore.New, CookieStore.Open
//	load, save, exists, clear_expired                Load, Save, Exists, ClearExpired
//	SessionBase.encode, decode                       SessionData.Encode, Decode
//	session[key], .get, .pop, .setdefault, .update   Field.Get, Get, Pop, SetDefault, Update
//	session[key] = value, del session[key], in       Set, Delete, Has, of a Field too
//	session.get(key, default)                        Field.Or
//	keys, values, items                              Keys, Values, Items
//	set_test_cookie, test_cookie_worked, ...         SetTestCookie, TestCookieWorked, ...
//	set_expiry(seconds), (timedelta), (datetime)     SetExpiry of ExpireIdle, ExpireIn, ExpireAt
//	set_expiry(0), (None)                            SetExpiry of ExpireAtBrowserClose(), Expiry{}
//	get_expiry_age, get_expiry_date                  ExpiryAge, ExpiryDate
//	get_expire_at_browser_close                      ExpiresAtBrowserClose
//	clear, delete, flush, cycle_key, create          Clear, Destroy, Flush, CycleKey, Create
//	accessed, modified, is_empty, session_key        Accessed, Modified and SetModified, IsEmpty, Key
//	SESSION_COOKIE_AGE                               StoreOptions.CookieAge
//	SESSION_EXPIRE_AT_BROWSER_CLOSE                  StoreOptions.ExpireAtBrowserClose
//	USE_TZ = False, TIME_ZONE                        StoreOptions.NaiveDates, Location
//
// # Security
//
// The signature is checked first, in constant time. Nothing else of a token is looked
// at before the signature is right. Then come the age, base64, zlib and JSON, each
// behind a limit. Without the key nobody can make or change a token. Everybody who has
// a token can read it, and can use it until it expires, so do not put secrets into a
// session. [Session.Guard] and package revocation refuse a session before it expires.
//
// # Compatibility
//
// A token depends on the input, the key and the clock, and on nothing else. This package
// and Django read it for as long as they accept the key. Uncompressed tokens equal
// Django's byte for byte. docs/format.md lists every difference from Django, such as the
// limits in [Options], the default [ExpiryPolicy] and empty fallback keys.
//
// Tokens are the first promise: every version reads what an earlier version signed, and
// no version changes what Django can read. A new default may refuse more only where
// security demands it; the changelog then names the option that brings the old one back.
//
// Until version 1, names may change; CHANGELOG.md has each old name with its new one. From
// version 1 on, semantic versioning holds for everything that is exported. What may change
// in any version: the text of errors and of log lines, but not their kinds; the bytes of
// compressed payloads; fields added to structs, so name the fields of a literal; methods
// added to [Store], which only this package implements. [Backend] and [Serializer] do not
// grow. The module supports the two latest releases of Go.
package saltine
