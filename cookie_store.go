package saltine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// StoreOptions are the settings of a [CookieStore]. The zero value, and a nil
// *StoreOptions, is Django's defaults, except for ExpiryPolicy. It is copied.
type StoreOptions struct {
	// CookieAge is how long a cookie is good after it was signed, at least a
	// second. 0 means two weeks. Django: SESSION_COOKIE_AGE, in seconds.
	CookieAge time.Duration

	// ExpireAtBrowserClose makes cookies end with the browser unless a session
	// says otherwise. Django: SESSION_EXPIRE_AT_BROWSER_CLOSE.
	ExpireAtBrowserClose bool

	// ExpiryPolicy says what ends a session when it is read.
	ExpiryPolicy ExpiryPolicy

	// MaxLifetime ends a session that long after it was first saved, however often
	// it was saved or renewed since. 0 means no limit. The time of the first save
	// is a value of the session, "_saltine_born" in Unix seconds, which Django
	// passes through; a session without it counts from its signature on, and gets
	// the value at its next save. Without MaxLifetime nothing is added.
	MaxLifetime time.Duration

	// MaxClockSkew refuses cookies that were signed further in the future than
	// that, by this clock, as bad signatures. 0 accepts them all, as Django does.
	MaxClockSkew time.Duration

	// Location is the time zone of a stored expiry without an offset. nil means
	// UTC. Django: TIME_ZONE, where USE_TZ is False.
	Location *time.Location

	// NaiveDates makes SetExpiry store dates without an offset, in Location:
	// the only ones that a Django with USE_TZ = False can read.
	NaiveDates bool

	// Salt of the signature. Empty means Django's,
	// "django.contrib.sessions.backends.signed_cookies". Cookies of
	// two stores with one salt and one key are interchangeable: a store of its
	// own purpose, such as a second cookie, needs a salt of its own.
	Salt Salt

	// Serializer makes the payload. nil means JSONSerializer. With another one
	// sessions still hold JSON values; see [Serializer] for when they keep their
	// text and order. Django: SESSION_SERIALIZER.
	Serializer Serializer

	// Compression says when payloads are compressed. The zero value is
	// CompressionBest, as in Django.
	Compression Compression

	// MinCompress, MaxTokenLen, MaxPayloadLen, Now and OnVerify are those of
	// [Options].
	MinCompress   int
	MaxTokenLen   int
	MaxPayloadLen int
	Now           func() time.Time
	OnVerify      func(Verification)
}

// signer returns the part of the options that is the signer's. Django's sessions
// have no other separator than the colon.
func (o *StoreOptions) signer() Options {
	return Options{
		Salt:          o.Salt,
		Serializer:    o.Serializer,
		Compression:   o.Compression,
		MinCompress:   o.MinCompress,
		MaxTokenLen:   o.MaxTokenLen,
		MaxPayloadLen: o.MaxPayloadLen,
		Now:           o.Now,
		OnVerify:      o.OnVerify,
	}
}

// expiry returns the part of the options that is about expiry, complete and
// checked.
func (o *StoreOptions) expiry() (expiryRules, error) {
	r := expiryRules{
		cookieAge:            o.CookieAge,
		expireAtBrowserClose: o.ExpireAtBrowserClose,
		policy:               o.ExpiryPolicy,
		maxLifetime:          o.MaxLifetime,
		maxClockSkew:         o.MaxClockSkew,
		location:             o.Location,
		naiveDates:           o.NaiveDates,
	}
	r.complete()
	err := r.check()
	return r, err
}

// CookieStore keeps sessions in signed cookies. It holds no session: the
// cookie's value, which Django calls the session key, is the session. It is
// immutable and safe for concurrent use. The zero CookieStore has no key: its
// errors are of kind [ErrInvalidKey].
//
// A cookie is good until it expires, wherever it was copied to, and its holder
// can read it. See docs/security.md.
//
// Django: django.contrib.sessions.backends.signed_cookies.
type CookieStore struct {
	signer TimestampSigner
	salt   Salt
	expiry expiryRules
}

// NewCookieStore returns a CookieStore. The error is of kind [ErrInvalidKey] or
// [ErrInvalidOption].
func NewCookieStore(keys Keyring, opts *StoreOptions) (*CookieStore, error) {
	var o StoreOptions
	if opts != nil {
		o = *opts
	}
	if o.Salt == "" {
		o.Salt = saltSignedCookies
	}
	c := &CookieStore{salt: o.Salt}
	var err error
	if c.expiry, err = o.expiry(); err != nil {
		return nil, err
	}
	if err := c.signer.signer.init(keys, o.signer(), o.Salt, CompressionBest); err != nil {
		return nil, err
	}
	return c, nil
}

// Format writes the type's name only, whatever the verb: a store holds keys.
func (c *CookieStore) Format(f fmt.State, _ rune) { formatName(f, "saltine.CookieStore") }

// CookieSalt returns the salt of the cookies' signatures.
func (c *CookieStore) CookieSalt() Salt { return c.salt }

// CookieAge returns how long a cookie is good: 0 for a store that NewCookieStore
// did not make. Django: get_session_cookie_age.
func (c *CookieStore) CookieAge() time.Duration {
	if c == nil {
		return 0
	}
	return c.expiry.cookieAge
}

// Now returns the time of the store's clock: StoreOptions.Now.
func (c *CookieStore) Now() time.Time { return c.signer.signer.time() }

// New returns an empty session. Django: SessionStore().
func (c *CookieStore) New() *Session { return newSession(context.Background(), c, "") }

// Open implements [Store]. The cookie is read when the session's data is first
// used, and if it is not good, the session is a new one, modified, and
// [Session.Err] says why. A value of fewer than eight characters counts as no
// cookie, as in Django since 1.9.
//
// Django: SessionStore(session_key).
func (c *CookieStore) Open(ctx context.Context, cookie string) *Session {
	if isShort(cookie) {
		cookie = ""
	}
	return newSession(ctx, c, cookie)
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
// [ErrMalformed] where one of our own keys signed what is not a session; or
// [ErrTooLarge].
//
// Django: like SessionStore.load, but it returns the error instead of an empty
// session.
func (c *CookieStore) Load(cookie string) (*Session, error) {
	s := newSession(context.Background(), c, cookie)
	if err := c.read(s); err != nil {
		return nil, err
	}
	s.opened = true
	return s, nil
}

// Verify checks the signature of a cookie's value and, unless the policy is
// [ExpirySession], its age, without reading its payload: neither the session's
// own expiry nor its JSON is looked at. The errors are those of
// [CookieStore.Load]. It allocates nothing.
func (c *CookieStore) Verify(cookie string) (Verification, error) {
	v, err := c.signer.Verify(cookie, c.expiry.maxAge())
	if err != nil {
		return v, err
	}
	if err := c.expiry.checkSkew(v.SignedAt, v.SignedAt.Add(v.Age)); err != nil {
		return Verification{}, err
	}
	return v, nil
}

// read implements store.
func (c *CookieStore) read(s *Session) error {
	signer := &c.signer.signer
	st := signer.get()
	defer signer.put(st)
	var token unsigned
	payload, err := c.signer.unsignPayload(st.out[:0], &token, st, s.key, c.expiry.maxAge())
	if err := c.expiry.checkSkew(token.verification.SignedAt, token.now); err != nil {
		return err
	}
	s.verification = token.verification // also where the payload cannot be read
	if err != nil {
		return err
	}
	st.out = payload
	if err := s.loads(payload, signer.serializer, c.expiry.policy == ExpiryCookieAge); err != nil {
		return err
	}
	stored, _ := s.values.raw(expiryKey)
	if err := c.expiry.checkStored(stored, s.verification.SignedAt, token.now); err != nil {
		return err
	}
	return s.checkBorn(token.now)
}

// loads fills the session from a payload. With lenient, JSON that is not an object
// is a session too, which can neither be read nor saved.
func (s *Session) loads(payload []byte, serializer Serializer, lenient bool) error {
	err := s.values.loads(payload, serializer)
	if lenient && errors.Is(err, pyjson.ErrNotObject) {
		s.err, s.unreadable = err, err
		return nil
	}
	return err
}

// Save signs the session with the time, and returns the cookie's value, which
// is the session's key from now on. An unread session is read first. The
// session counts as accessed and modified then, as in Django. s may come from
// another store: it belongs to this one from now on.
//
// The error is of kind [ErrUnsupported], as a [*FieldError], for a value that
// cannot be written, [ErrTooLarge], with the sizes of the session's values, or
// [ErrMalformed] for a session that could be loaded and not read. The session
// is as it was then.
//
// Django: SessionStore.save.
func (c *CookieStore) Save(s *Session) (string, error) {
	if err := c.save(s); err != nil {
		return "", err
	}
	s.store = c
	return s.key, nil
}

// sign signs the session with a time. The token is then its key.
func (c *CookieStore) sign(s *Session, at time.Time) error {
	if err := s.check(); err != nil {
		return err
	}
	s.bear(at)
	token, err := c.signer.signValues(&s.values, at)
	if err != nil {
		return withSizes(err, s)
	}
	s.key = token
	return nil
}

// withSizes puts the sizes of the session's values into a SizeError.
func withSizes(err error, s *Session) error {
	if size, ok := errors.AsType[*SizeError](err); ok {
		size.Values = s.Sizes()
	}
	return err
}

// Exists reports false: a cookie is nowhere but in the request.
//
// Django: SessionStore.exists, which does the same.
func (c *CookieStore) Exists(cookie string) bool { return false }

// ClearExpired does nothing and returns nil: there is nothing to clear.
//
// Django: SessionStore.clear_expired, which does the same.
func (c *CookieStore) ClearExpired() error { return nil }

// ExpiryAge returns how long a session with this expiry is good that was saved
// at a time: see [Session.ExpiryAge].
//
// Django: get_expiry_age(modification=..., expiry=...).
func (c *CookieStore) ExpiryAge(modification time.Time, e Expiry) time.Duration {
	return c.expiry.age(modification, e.from(c.Now()))
}

// ExpiryDate returns when a session with this expiry ends that was saved at a
// time.
//
// Django: get_expiry_date(modification=..., expiry=...).
func (c *CookieStore) ExpiryDate(modification time.Time, e Expiry) time.Time {
	return c.expiry.date(modification, e.from(c.Now()))
}

func (c *CookieStore) save(s *Session) error {
	s.access()
	if err := c.sign(s, s.stamp(c.Now())); err != nil {
		return err
	}
	s.modified = true
	return nil
}

func (c *CookieStore) cycleKey(s *Session) error { return c.save(s) }

func (c *CookieStore) resign(s *Session) (left time.Duration, err error) {
	e, err := s.Expiry()
	if err != nil {
		return 0, err
	}
	v := s.verification
	left = c.expiry.age(v.SignedAt, e) - v.Age
	if err := c.sign(s, v.SignedAt); err != nil {
		return 0, err
	}
	return min(left, c.expiry.lifetimeLeft(s.born, c.Now())), nil
}

// create does what Django's does: nothing but to mark the session.
func (c *CookieStore) create(s *Session) error {
	s.modified = true
	return nil
}

// refused implements store: what replaces the cookie is saved.
func (*CookieStore) refused(s *Session, err error) {
	s.modified = s.modified || !errors.Is(err, ErrUnavailable)
}

// remove leaves no key and no values: there is nothing else to remove.
func (c *CookieStore) remove(s *Session) error {
	s.reset()
	s.key, s.born = "", time.Time{}
	return nil
}

func (c *CookieStore) rules() *expiryRules {
	if c.expiry.cookieAge == 0 { // the zero CookieStore
		return &defaultExpiry
	}
	return &c.expiry
}
