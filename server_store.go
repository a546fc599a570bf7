package saltine

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/seed-52756201/saltine/internal/pickle"
)

// Backend keeps sessions by key, in a database, a cache or files. A [ServerStore] makes
// sessions of it. An implementation keeps one engine's own rules and nothing else:
// every error that is not named here means that the engine could not be asked.
// Package backendtest checks an implementation.
//
// Methods are called with the context of the request, must be safe for concurrent use,
// and get keys that the store has checked. They must not keep the Record.
type Backend interface {
	// Load returns the record of a key. The error is of kind ErrNoSession where there
	// is none, or where it has expired; of a kind such as ErrBadSignature or
	// ErrMalformed where it cannot be read. The record has Expires, Age or both where the
	// engine knows the end: package cachedstore keeps copies for Age, or until Expires.
	Load(ctx context.Context, key string) (Record, error)
	// Create keeps a record under a new key. The error is of kind ErrKeyTaken where
	// there is a record under that key, expired or not, which stays as it is.
	Create(ctx context.Context, key string, r Record) error
	// Update keeps a record in place of that under the key. The error is of kind
	// ErrNoSession where there is none: a deleted session must not come back.
	Update(ctx context.Context, key string, r Record) error
	// Delete forgets the record of a key. It is no error if there is none.
	Delete(ctx context.Context, key string) error
	// Exists reports whether there is a record under a key.
	Exists(ctx context.Context, key string) (bool, error)
	// ClearExpired forgets the records that have expired, where the engine does not
	// do so itself.
	ClearExpired(ctx context.Context) error
}

// ServerStoreOptions are the settings of a [ServerStore]. The zero value, and a nil
// *ServerStoreOptions, is Django's defaults. It is copied.
type ServerStoreOptions struct {
	// CookieAge, ExpireAtBrowserClose, MaxLifetime, Location, NaiveDates and Now are
	// those of [StoreOptions].
	CookieAge            time.Duration
	ExpireAtBrowserClose bool
	MaxLifetime          time.Duration
	Location             *time.Location
	NaiveDates           bool
	Now                  func() time.Time

	// ValidKey reports whether a text from a cookie can be a session key. nil accepts
	// 8 to 40 of a-z and 0-9, which is every key that Django makes. Anything else is
	// an unknown key, for which the engine is not asked.
	ValidKey func(key string) bool

	// NewKey makes session keys. nil takes 32 of a-z and 0-9 from crypto/rand, as
	// Django does. Somebody who can guess a key has the session.
	NewKey func() string
}

// ServerStore keeps sessions in a [Backend]; the cookie holds their key alone. It is
// immutable and safe for concurrent use.
//
// A session is read at its first use, and kept whole when it is saved: of two requests
// that change one session side by side the later wins, as in Django. A session that was
// deleted meanwhile is not kept again: the error is of kind [ErrInterrupted].
//
// Django: the backends db, cached_db, cache and file.
type ServerStore struct {
	backend  *engine // nil for the zero ServerStore
	expiry   expiryRules
	clock    func() time.Time
	validKey func(string) bool
	newKey   func() string
}

// engine is a second pointer to what holds sessions: see hidden.
type engine struct{ Backend }

// NewServerStore returns a ServerStore. The error is of kind [ErrInvalidOption].
func NewServerStore(backend Backend, opts *ServerStoreOptions) (*ServerStore, error) {
	if backend == nil {
		return nil, invalidOption("the Backend is nil")
	}
	var o ServerStoreOptions
	if opts != nil {
		o = *opts
	}
	st := &ServerStore{backend: &engine{backend}, clock: o.Now, validKey: o.ValidKey, newKey: o.NewKey}
	st.expiry = expiryRules{
		cookieAge:            o.CookieAge,
		expireAtBrowserClose: o.ExpireAtBrowserClose,
		policy:               ExpirySession, // the engine keeps the end of each session
		maxLifetime:          o.MaxLifetime,
		location:             o.Location,
		naiveDates:           o.NaiveDates,
	}
	st.expiry.complete()
	if err := st.expiry.check(); err != nil {
		return nil, err
	}
	if st.clock == nil {
		st.clock = time.Now
	}
	if st.validKey == nil {
		st.validKey = validSessionKey
	}
	if st.newKey == nil {
		st.newKey = newSessionKey
	}
	return st, nil
}

var errNoBackend = fmt.Errorf("%w: a ServerStore that NewServerStore did not make", ErrUnavailable)

// ask returns whether the engine is to be asked about a key.
func (st *ServerStore) ask(key string) (bool, error) {
	if st.backend == nil {
		return false, errNoBackend
	}
	return st.validKey(key), nil
}

// Format writes the type's name only, whatever the verb.
func (ServerStore) Format(f fmt.State, _ rune) { formatName(f, "saltine.ServerStore") }

// CookieAge returns how long a session is good: 0 for a store that NewServerStore did
// not make. Django: get_session_cookie_age.
func (st *ServerStore) CookieAge() time.Duration {
	if st == nil {
		return 0
	}
	return st.expiry.cookieAge
}

// CookieSalt returns "": a session key has no signature.
func (st *ServerStore) CookieSalt() Salt { return "" }

// Now returns the time of the store's clock.
func (st *ServerStore) Now() time.Time {
	if st.clock == nil {
		return time.Now()
	}
	return st.clock()
}

// Open implements [Store]. A key of fewer than eight characters counts as no cookie, as
// in Django.
//
// Django: SessionStore(session_key).
func (st *ServerStore) Open(ctx context.Context, cookie string) *Session {
	if isShort(cookie) {
		cookie = ""
	}
	return newSession(ctx, st, cookie)
}

// Load returns the session of a key, read. On an error there is no session: it is of
// kind [ErrNoSession], [ErrUnavailable], or one of [CookieStore.Load] for a record that
// cannot be read.
func (st *ServerStore) Load(ctx context.Context, key string) (*Session, error) {
	s := newSession(ctx, st, key)
	if err := st.read(s); err != nil {
		return nil, err
	}
	s.opened = true
	return s, nil
}

// Exists reports whether there is a session under a key, expired or not. The error is of
// kind [ErrUnavailable].
//
// Django: exists.
func (st *ServerStore) Exists(ctx context.Context, key string) (bool, error) {
	if ask, err := st.ask(key); !ask {
		return false, err
	}
	exists, err := st.backend.Exists(ctx, key)
	return exists, unavailable(err)
}

// Delete forgets the session under a key, if there is one. The error is of kind
// [ErrUnavailable].
//
// Django: delete(session_key).
func (st *ServerStore) Delete(ctx context.Context, key string) error {
	if ask, err := st.ask(key); !ask {
		return err
	}
	return unavailable(st.backend.Delete(ctx, key))
}

// ClearExpired forgets the sessions that have expired. The error is of kind
// [ErrUnavailable].
//
// Django: clear_expired.
func (st *ServerStore) ClearExpired(ctx context.Context) error {
	if st.backend == nil {
		return errNoBackend
	}
	return unavailable(st.backend.ClearExpired(ctx))
}

// SaveNew keeps the session under the key that it has, which must be free, without
// reading anything; a session without a key gets a new one. The error is of kind
// [ErrKeyTaken] where the key is taken, and [ErrNoSession] where it cannot be a key.
//
// Django: save(must_create=True).
func (st *ServerStore) SaveNew(s *Session) error {
	s.data()
	s.accessed, s.opened = true, true
	if s.key == "" {
		return st.create(s)
	}
	return st.keep(s, Backend.Create)
}

// unavailable wraps an error of the engine; nil stays nil.
func unavailable(err error) error {
	if err == nil || errors.Is(err, ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// read implements store.
func (st *ServerStore) read(s *Session) error {
	if ask, err := st.ask(s.key); !ask {
		return cmp.Or(err, ErrNoSession)
	}
	r, err := st.backend.Load(s.Context(), s.key)
	switch {
	case err == nil:
	case errors.Is(err, ErrNoSession), errors.Is(err, ErrBadSignature), errors.Is(err, ErrMalformed), errors.Is(err, ErrTooLarge):
		return err
	default:
		return unavailable(err)
	}
	if r.hidden != nil {
		s.values = r.hidden.values
	}
	s.ends = r.Expires
	s.verification = r.verification
	if v := &s.verification; v.SignedAt.IsZero() && !r.Saved.IsZero() {
		v.SignedAt, v.Age = r.Saved, st.Now().Sub(r.Saved)
	}
	return s.checkBorn(st.Now())
}

// refused implements store: an unknown key is dropped, and that of a record that cannot
// be read is kept. A record that is only too large is not to be saved over.
func (*ServerStore) refused(s *Session, err error) {
	switch {
	case errors.Is(err, ErrNoSession), errors.Is(err, ErrRevoked), errors.Is(err, ErrSignatureExpired):
		s.key = ""
	case errors.Is(err, ErrTooLarge):
		s.unreadable = err
	}
}

// save implements store. Django: save.
func (st *ServerStore) save(s *Session) error {
	if s.key == "" {
		return st.create(s)
	}
	s.access()
	if s.key == "" { // it was unknown
		s.key = st.newKey()
		return ErrInterrupted
	}
	err := st.keep(s, Backend.Update)
	if errors.Is(err, ErrNoSession) {
		return ErrInterrupted
	}
	return err
}

// maxTries is how often a new key is drawn where it is taken. Two keys are never equal by
// accident, so this ends an engine that says so of each.
const maxTries = 10

// create implements store: what is in memory, under a new key. Django: create.
func (st *ServerStore) create(s *Session) error {
	if st.backend == nil {
		return errNoBackend
	}
	s.data()
	s.accessed, s.opened = true, true
	before := s.key
	for range maxTries {
		s.key = st.newKey()
		if !st.validKey(s.key) {
			s.key = before
			return invalidOption("NewKey made a session key that ValidKey refuses")
		}
		err := st.keep(s, Backend.Create)
		if err == nil {
			s.modified = true
			return nil
		}
		if !errors.Is(err, ErrKeyTaken) {
			s.key = before
			return err
		}
	}
	s.key = before
	return fmt.Errorf("%w: %d new session keys in a row were taken", ErrUnavailable, maxTries)
}

// cycleKey implements store. Django: cycle_key.
func (st *ServerStore) cycleKey(s *Session) error {
	s.access()
	old := s.key
	if err := st.create(s); err != nil {
		return err
	}
	if old == "" {
		return nil
	}
	return st.Delete(s.Context(), old)
}

// keep gives the session to write, which is Create or Update of the backend.
func (st *ServerStore) keep(s *Session, write func(Backend, context.Context, string, Record) error) error {
	return st.keepFor(s, NoMaxAge, write)
}

// keepFor keeps a session that ends after a time at the latest.
func (st *ServerStore) keepFor(s *Session, limit time.Duration, write func(Backend, context.Context, string, Record) error) error {
	if err := s.check(); err != nil {
		return err
	}
	if ask, err := st.ask(s.key); !ask {
		return cmp.Or(err, ErrNoSession)
	}
	now := st.Now()
	s.bear(s.stamp(now))
	e, err := s.Expiry()
	if err != nil {
		return err
	}
	left := min(limit, st.expiry.lifetimeLeft(s.born, now))
	r := Record{
		Expires: st.expiry.date(now, e),
		Age:     min(st.expiry.age(now, e), left),
		Saved:   s.stamp(now),
		hidden:  s.hidden,
	}
	if left < NoMaxAge && now.Add(left).Before(r.Expires) {
		r.Expires = now.Add(left)
	}
	err = write(st.backend.Backend, s.Context(), s.key, r)
	switch {
	case err == nil, errors.Is(err, ErrNoSession), errors.Is(err, ErrKeyTaken):
		return err
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrUnsupported):
		return withSizes(err, s)
	}
	return unavailable(err)
}

// resign implements store: a key has no signature.
func (st *ServerStore) resign(s *Session) (left time.Duration, err error) {
	return 0, errNothingToResign
}

// remove implements store: memory, key and flags stay as they are. Django: delete.
func (st *ServerStore) remove(s *Session) error {
	if s.Key() == "" {
		return nil
	}
	return st.Delete(s.Context(), s.key)
}

func (st *ServerStore) rules() *expiryRules {
	if st.expiry.cookieAge == 0 { // the zero ServerStore
		return &defaultExpiry
	}
	return &st.expiry
}

// sessionKeyChars are the characters of Django's session keys, VALID_KEY_CHARS.
const sessionKeyChars = "abcdefghijklmnopqrstuvwxyz0123456789"

// validSessionKey reports whether Django can have made a key.
func validSessionKey(key string) bool {
	return len(key) >= minKeyChars && len(key) <= 40 && strings.Trim(key, sessionKeyChars) == ""
}

// newSessionKey draws 32 characters, each with the same chance.
func newSessionKey() string {
	const length = 32
	const even = 256 / len(sessionKeyChars) * len(sessionKeyChars) // of the bytes, so many go
	key := make([]byte, 0, length)
	var random [2 * length]byte
	for {
		rand.Read(random[:]) // never fails
		for _, b := range random {
			if int(b) >= even {
				continue
			}
			if key = append(key, sessionKeyChars[int(b)%len(sessionKeyChars)]); len(key) == length {
				return string(key)
			}
		}
	}
}

// Record is a session as a [Backend] keeps it: names and values, and when it ends. It
// prints as "saltine.Record([redacted])".
type Record struct {
	// Expires is when the session ends, of Django's get_expiry_date.
	Expires time.Time
	// Age is how long it is good from now, of get_expiry_age, for engines that count
	// down. It may be negative.
	Age time.Duration
	// Saved is when the session was saved. session_data has it in its signature. Another
	// engine that gives it back at Load lets sessions be renewed and revoked by time: see
	// Verification.SignedAt, and package revocation.
	Saved time.Time

	verification Verification // of session_data that was read
	hidden       *hidden      // nil for no values
}

// values returns the values, which are not to be changed.
func (r *Record) values() *values {
	if r.hidden == nil {
		return &values{}
	}
	return &r.hidden.values
}

// Format writes the type's name only, whatever the verb: a record holds a session.
func (Record) Format(f fmt.State, _ rune) { formatName(f, "saltine.Record") }

// AppendJSON appends the values as one JSON object, as Python's json writes it. The
// error is a [*FieldError] of kind [ErrUnsupported] for a value that cannot be written,
// which a date of a pickle is, too: for Python's json it is a TypeError.
func (r Record) AppendJSON(dst []byte) ([]byte, error) {
	v := r.values()
	if err := v.checkJSON(); err != nil {
		return dst, err
	}
	return v.appendJSON(dst), nil
}

// ParseJSON takes the values from a JSON object. They keep their text. The error is of
// kind [ErrMalformed].
func (r *Record) ParseJSON(text []byte) error {
	h := &hidden{&secrets{}}
	if err := h.values.parse(string(text)); err != nil {
		return err
	}
	r.hidden = h
	return nil
}

// AppendPickle appends the values as Python's pickle of a dict, of protocol 2, or of
// protocol 4 if there is a foreign value of Python 3 among them: see [Record.ParsePickle].
// No value that is set can name a Python class. The error is of kind [ErrUnsupported].
func (r Record) AppendPickle(dst []byte) ([]byte, error) { return r.values().appendPickle(dst) }

// ParsePickle takes the values from Python's pickle of a dict, of protocol 2 to 5, that
// neither has nor unfolds to more than maxLen bytes. It is read as data: nothing that a
// pickle names is ever looked up or run.
//
// What JSON does not have, such as a date, a tuple, a set or bytes, keeps its Python type
// until it is set again: AppendPickle writes it as it came, and AppendJSON an error. It
// reads as isoformat or str gives it in Python, as an array, or as hexadecimal digits.
// A value of any other class is foreign: it reads as nil, a [Field] reports
// [ErrWrongType], and the session cannot be saved until the name is set again or deleted.
// With keepForeign it can be saved, and goes out as it came.
//
// The error is of kind [ErrMalformed], also for what is not a dict with text keys, or
// [ErrTooLarge].
func (r *Record) ParsePickle(data []byte, maxLen int, keepForeign bool) error {
	h := &hidden{&secrets{}}
	if err := h.values.parsePickle(data, pickle.Options{MaxSize: maxLen, KeepForeign: keepForeign}); err != nil {
		return err
	}
	r.hidden = h
	return nil
}

// Get returns the value under name, or nil if there is none: see [Session].
func (r Record) Get(name string) any {
	if raw, ok := r.values().raw(name); ok {
		return decode(raw)
	}
	return nil
}

// ExpiryDate returns when the session ends if it was last saved at a time, in a store
// of this cookie age: for engines that keep no end, but that time. A naive date in the
// session is taken in loc. The error is of kind [ErrMalformed].
//
// Django: get_expiry_date(modification=...).
func (r Record) ExpiryDate(saved time.Time, cookieAge time.Duration, loc *time.Location) (time.Time, error) {
	stored, _ := r.values().raw(expiryKey)
	e, err := parseExpiry(stored, loc)
	if err != nil {
		return time.Time{}, malformed(err)
	}
	rules := expiryRules{cookieAge: cookieAge}
	return rules.date(saved, e), nil
}

// EncodeRecord returns a record as the text of the column session_data. The errors are
// those of [SessionData.Encode].
func (d *SessionData) EncodeRecord(r Record) (string, error) {
	if r.Saved.IsZero() { // a record that no session was made of
		r.Saved = d.signer.signer.time()
	}
	return d.encode(r.values(), r.Saved)
}

// DecodeRecord returns the record in the text of the column session_data, without its
// end. The errors are those of [SessionData.Decode], but that a text of more than
// [SessionData.MaxTokenLen] bytes is too large, whatever its signature: an engine need
// not fetch more than one byte beyond.
func (d *SessionData) DecodeRecord(data string) (Record, error) {
	err := checkSize("token", len(data), d.MaxTokenLen())
	if err != nil {
		return Record{}, err
	}
	r := Record{hidden: &hidden{&secrets{}}}
	r.verification, err = d.decode(&r.hidden.values, data)
	if err != nil {
		return Record{}, err
	}
	return r, nil
}

// MaxTokenLen returns the most bytes of a text that is read: Options.MaxTokenLen.
func (d *SessionData) MaxTokenLen() int { return d.signer.signer.maxToken }
