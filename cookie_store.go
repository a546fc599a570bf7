package saltine

import (
	"errors"
	"fmt"
	"time"
)

// DefaultCookieAge is two weeks. Django: SESSION_COOKIE_AGE.
const DefaultCookieAge = 1209600 * time.Second

// ExpiryPolicy says what ends a session when it is loaded: the age of its
// cookie, or the expiry that [Session.SetExpiry] stored in it.
type ExpiryPolicy uint8

// The expiry policies.
const (
	// ExpiryEarliest holds a session to both of the others, whichever ends it
	// first. It is the default, and the only one under which a session never
	// outlives what either says.
	ExpiryEarliest ExpiryPolicy = iota
	// ExpiryCookieAge looks at the age of the cookie only, as Django through
	// 6.1 does: a stored expiry governs the browser's copy and nothing else.
	// A payload that is no object is taken for a session, as there, which
	// cannot be read or saved before it is cleared: see [Session.Err].
	ExpiryCookieAge
	// ExpirySession looks at the stored expiry, and at the age of the cookie
	// only where there is none, as unreleased work on Django does. A stored
	// expiry of sixty days outlives a cookie age of two weeks.
	ExpirySession
)

// StoreOptions are the settings of a [CookieStore]. The zero value, and a nil
// *StoreOptions, is Django's defaults, except for Expiry.
type StoreOptions struct {
	// Options of the signature. The default salt is SaltSignedCookies; the
	// default compression is CompressionBest. With another Serializer than
	// JSONSerializer sessions still hold JSON values, each of them is decoded
	// at load, and their order is lost.
	Options

	// CookieAge is how long a cookie is good after it was signed, at least a
	// second. 0 means DefaultCookieAge. Django: SESSION_COOKIE_AGE, in seconds.
	CookieAge time.Duration

	// ExpireAtBrowserClose makes cookies end with the browser unless a session
	// says otherwise. Django: SESSION_EXPIRE_AT_BROWSER_CLOSE.
	ExpireAtBrowserClose bool

	// Expiry says what ends a session at load.
	Expiry ExpiryPolicy

	// DataSalt is the salt of Encode and Decode. Empty means SaltSessionStore;
	// for a subclass of a Django backend it is "django.contrib.sessions." and
	// the name of the class. Django: key_salt.
	DataSalt Salt

	// DataForm says which forms of session_data are read and written.
	DataForm SessionDataForm

	// Location is where a stored expiry without an offset is meant. nil means
	// UTC. Django: TIME_ZONE, where USE_TZ is False.
	Location *time.Location

	// NaiveDates makes SetExpiry store dates without an offset, in Location:
	// the only ones that a Django with USE_TZ = False can read.
	NaiveDates bool
}

// CookieStore keeps sessions in signed cookies. It holds no session: the
// cookie's value, which Django calls the session key, is the session. It is
// immutable and safe for concurrent use.
//
// A cookie is good until it expires, wherever it was copied to, and its holder
// can read it. See docs/security.md.
//
// Django: django.contrib.sessions.backends.signed_cookies.
type CookieStore struct {
	signer               *TimestampSigner
	data                 *dataCodec
	lossless             bool // payloads are Python's JSON, so values can stay as they came
	cookieAge            time.Duration
	expireAtBrowserClose bool
	expiry               ExpiryPolicy
	location             *time.Location
	naiveDates           bool
}

// NewCookieStore returns a CookieStore. The error is of kind [ErrInvalidKey] or
// [ErrInvalidOption].
func NewCookieStore(key Key, opts *StoreOptions) (*CookieStore, error) {
	o := StoreOptions{}
	if opts != nil {
		o = *opts
	}
	if o.CookieAge == 0 {
		o.CookieAge = DefaultCookieAge
	}
	if o.DataSalt == "" {
		o.DataSalt = SaltSessionStore
	}
	if o.Location == nil {
		o.Location = time.UTC
	}
	switch {
	case o.CookieAge < time.Second:
		return nil, invalidOption("CookieAge is less than a second: it is a time.Duration, such as 1209600 * time.Second")
	case o.Expiry > ExpirySession:
		return nil, invalidOption("no such ExpiryPolicy")
	}
	signer, err := newTimestampSigner(key, &o.Options, SaltSignedCookies, CompressionBest)
	if err != nil {
		return nil, err
	}
	data, err := newDataCodec(key, &o)
	if err != nil {
		return nil, err
	}
	return &CookieStore{
		signer:               signer,
		data:                 data,
		lossless:             isJSON(signer.signer.serializer),
		cookieAge:            o.CookieAge,
		expireAtBrowserClose: o.ExpireAtBrowserClose,
		expiry:               o.Expiry,
		location:             o.Location,
		naiveDates:           o.NaiveDates,
	}, nil
}

// Format writes the type's name only, whatever the verb: a store holds keys.
func (c *CookieStore) Format(f fmt.State, _ rune) { formatName(f, "saltine.CookieStore") }

// New returns an empty session. Django: SessionStore().
func (c *CookieStore) New() *Session { return &Session{store: c} }

// Open returns the session of a cookie's value. It never fails: the cookie is
// read when the session's data is first used, and if it is not good, the
// session is a new one, modified, and [Session.Err] tells why. A value of fewer
// than eight characters counts as no cookie, as in Django since 1.9.
//
// Django: SessionStore(session_key).
func (c *CookieStore) Open(value string) *Session {
	s := &Session{store: c}
	if !isShort(value) {
		s.key = value
	}
	return s
}

// minKeyChars is the length from which Django takes a text for a session key.
const minKeyChars = 8

func isShort(value string) bool {
	n := 0
	for range value {
		n++
		if n == minKeyChars {
			return false
		}
	}
	return true
}

// Load returns the session of a cookie's value, read. The session is neither
// accessed nor modified yet. On an error there is no session. The error is of
// kind [ErrBadSignature], which includes [ErrSignatureExpired], where the
// signature, the age or the session's expiry is not good; of kind
// [ErrMalformed] where one of our own keys signed what is no session; or
// [ErrTooLarge].
//
// Django: SessionStore.load, without its mercy.
func (c *CookieStore) Load(value string) (*Session, error) {
	s := &Session{store: c, key: value}
	if err := s.read(); err != nil {
		return nil, err
	}
	return s, nil
}

// Verify checks the signature of a cookie's value and, unless the policy is
// [ExpirySession], its age, without reading its payload: neither the session's
// own expiry nor its JSON is looked at. The errors are those of
// [CookieStore.Load]. It allocates nothing.
func (c *CookieStore) Verify(value string) (Verification, error) {
	return c.signer.Verify(value, c.maxAge())
}

// maxAge is the age that the signer checks.
func (c *CookieStore) maxAge() time.Duration {
	if c.expiry == ExpirySession {
		return NoMaxAge
	}
	return c.cookieAge
}

// Save signs the session with the time, and returns the cookie's value, which
// is the session's key from now on. An unread session is read first. The
// session counts as accessed and modified then, as in Django. s may come from
// another store: its data moves to this one.
//
// The error is of kind [ErrUnsupported], as a [*FieldError], for a value that
// cannot be written, [ErrTooLarge], with the sizes of the session's keys, or
// [ErrMalformed] for a session that could be loaded and not read. The session
// keeps its key then.
//
// Django: SessionStore.save.
func (c *CookieStore) Save(s *Session) (string, error) {
	s.use()
	token, err := c.sign(s, c.signer)
	if err != nil {
		return "", err
	}
	s.key, s.modified = token, true
	return token, nil
}

// sign returns the session signed by t.
func (c *CookieStore) sign(s *Session, t *TimestampSigner) (string, error) {
	st := t.signer.get()
	defer t.signer.put(st)
	var err error
	if st.out, err = c.appendPayload(st.out[:0], s); err != nil {
		return "", err
	}
	token, err := t.signPayload(st, st.out)
	if size, ok := errors.AsType[*SizeError](err); ok {
		size.Keys = s.Sizes()
	}
	return token, err
}

// appendPayload appends the session serialized.
func (c *CookieStore) appendPayload(dst []byte, s *Session) ([]byte, error) {
	if err := s.writable(); err != nil {
		return dst, err
	}
	if c.lossless {
		return s.appendJSON(dst), nil
	}
	return c.signer.signer.serializer.Dumps(dst, s.values())
}

// Exists reports false: a cookie is nowhere but in the request.
//
// Django: SessionStore.exists, which does the same.
func (c *CookieStore) Exists(value string) bool { return false }

// ClearExpired does nothing and returns nil: there is nothing to clear.
//
// Django: SessionStore.clear_expired, which does the same.
func (c *CookieStore) ClearExpired() error { return nil }

// CookieAge returns how long a cookie is good. Django: get_session_cookie_age.
func (c *CookieStore) CookieAge() time.Duration { return c.cookieAge }

// Now returns the time of the store's clock: Options.Now.
func (c *CookieStore) Now() time.Time { return c.signer.signer.now() }
