// Package saltine keeps sessions in salted, HMAC-signed, compressed, URL-safe
// cookies: on the wire exactly the signed_cookies sessions of Django, and the
// signed values of django.core.signing. There is no datastore: the cookie is
// the session.
//
// # Start here
//
// For sessions make one [CookieStore] at start and share it:
//
//	store, err := saltine.NewCookieStore(saltine.Key(os.Getenv("SECRET_KEY")), nil)
//
// [CookieStore.Load] verifies a cookie's value and returns its [Session], or an
// error; [CookieStore.Open] never fails and gives a new session for a bad cookie;
// [CookieStore.Save] returns the value of the cookie to set. A [Field] reads and
// writes a session value as a Go type.
//
// For other values that a client keeps for you, such as links in mail, use a
// [TimestampSigner] with a [Salt] of its own, or [Dumps] and [Loads]; a [Signer]
// where there is no age to check.
//
// # Django's names
//
//	Django                                           saltine
//	signing.Signer                                   Signer
//	signing.TimestampSigner                          TimestampSigner
//	signing.dumps, loads                             Dumps, Loads
//	sign_object, unsign_object                       SignObject, UnsignObject
//	max_age=None                                     NoMaxAge
//	BadSignature, SignatureExpired                   ErrBadSignature, ErrSignatureExpired
//	any other exception on reading                   ErrMalformed
//	set_signed_cookie, get_signed_cookie             package signedcookie
//	messages.storage.cookie.CookieStorage            package messages
//	SessionMiddleware                                packages sessionhttp, carrier
//	JSONSerializer, SESSION_SERIALIZER               JSONSerializer, Options.Serializer
//	SECRET_KEY, SECRET_KEY_FALLBACKS                 Key, Options.Fallbacks
//	DEFAULT_HASHING_ALGORITHM, legacy_algorithm      Options.Algorithm, LegacyAlgorithms
//	salted_hmac                                      SaltedHMAC
//	backends.signed_cookies.SessionStore             CookieStore, Session
//	SessionStore(), SessionStore(session_key)        CookieStore.New, CookieStore.Open
//	load, save, exists, clear_expired                Load, Save, Exists, ClearExpired
//	session[key], .get, .pop, .setdefault, .update   Field.Get, Get, Pop, SetDefault, Update
//	session[key] = value, del session[key], in       Set, Delete, Has
//	keys, values, items                              Keys, Values, Items
//	set_test_cookie, test_cookie_worked, ...         SetTestCookie, TestCookieWorked, ...
//	set_expiry(seconds), (0), (timedelta),           SetExpiry(ExpireIdle(d)), (ExpireAtBrowserClose()),
//	  (datetime), (None)                               (ExpireIn(d)), (ExpireAt(t)), (Expiry{})
//	get_expiry_age, get_expiry_date                  ExpiryAge, ExpiryDate
//	get_expire_at_browser_close                      ExpiresAtBrowserClose
//	clear, delete, flush, cycle_key, create          Clear, Destroy, Flush, CycleKey, Create
//	accessed, modified, is_empty, session_key        Accessed, Modified and SetModified, IsEmpty, Key
//	SESSION_COOKIE_AGE                               StoreOptions.CookieAge
//	SESSION_EXPIRE_AT_BROWSER_CLOSE                  StoreOptions.ExpireAtBrowserClose
//
// # Security
//
// The signature is compared first, as text, in constant time; nothing else of a
// token is looked at before it is right. Then comes the age, then base64, zlib
// and JSON, each behind a limit. Nobody without the key can make or change a
// token. Everybody who has a token can read it, and use it until it expires:
// a signed cookie can neither keep a secret nor be revoked.
//
// # Compatibility
//
// Tokens are a function of input, key and clock, and keep their form: what this
// package signed stays readable, by it and by Django, for as long as the key is
// accepted. Uncompressed tokens equal Django's byte for byte. What this package
// refuses and Django takes is listed in docs/format.md: what passes the sizes in
// [Options], what ends by the default [ExpiryPolicy], empty fallback keys.
package saltine
