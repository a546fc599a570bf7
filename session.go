package saltine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// Session is one visitor's data: names and JSON values, in order. It belongs
// to one request; it is not safe for concurrent use, and must not be copied.
// Sessions come from a [Store]; the zero Session is empty and cannot be saved. It
// prints as "saltine.Session([redacted])".
//
// Values that were read stay the JSON text they came as, and go out again
// byte for byte unless they are set. Reading returns a copy: changing it
// changes nothing before it is set again. Reading gives nil, bool, string,
// int64 (*big.Int beyond it), float64, []any and map[string]any, whatever Go
// type was set; a [Field] reads other types.
//
// Every use of the data counts as access, and every change as modification,
// exactly as in Django.
//
// Django: contrib.sessions.backends.base.SessionBase.
type Session struct {
	_            noCopy
	store        store           // nil for the zero Session
	ctx          context.Context //nolint:containedctx // a session is bound to its request, as http.Request is
	opened       bool
	accessed     bool
	modified     bool
	changed      bool  // since it was read, whatever modified says
	moving       bool  // it was read from the store that its own takes over
	readFirst    bool  // even Clear must know where it comes from
	err          error // why the session was refused, or could not be read
	unreadable   error // the payload is sound JSON and not an object
	verification Verification
	guard        func(*Session) error
	notAfter     time.Time // the latest time to sign the session with; zero: no limit
	born         time.Time // when the session was first saved; zero: not known
	ends         time.Time // of the record that it was read from, if the engine says so
	*hidden                // nil for the zero Session
}

// hidden is a second pointer to the secrets: inside another struct fmt follows one,
// where the verb does not fit pointers, and never two.
type hidden struct{ *secrets }

// secrets are what must not be printed.
type secrets struct {
	key      string
	movedKey string // of the record that the session moved from
	values   values
}

// newSession returns a session with its secrets, in one allocation.
func newSession(ctx context.Context, st store, key string) *Session {
	s := &struct {
		session Session
		hidden  hidden
		secrets secrets
	}{}
	s.session.store, s.session.ctx = st, ctx
	s.session.hidden = &s.hidden
	s.hidden.secrets = &s.secrets
	s.secrets.key = key
	return &s.session
}

// store is what a session needs of the place where it is kept.
type store interface {
	// read fills the session from its key. Every error but one of kind
	// ErrUnavailable refuses the key.
	read(s *Session) error
	// save keeps the session. Its key is then the cookie's value.
	save(s *Session) error
	// create keeps the session under a new key, if the store has keys.
	create(s *Session) error
	// cycleKey keeps the session under a new key and forgets the old one.
	cycleKey(s *Session) error
	// resign signs a session again that was read, with the signing key and the time
	// at which it was signed, and returns for how long it is still good.
	resign(s *Session) (left time.Duration, err error)
	// refused says what becomes of the key, and whether what replaces the session is
	// to be saved.
	refused(s *Session, err error)
	// remove forgets what is kept under the session's key.
	remove(s *Session) error
	// rules are what expiry goes by.
	rules() *expiryRules
	// Now returns the time of the store's clock.
	Now() time.Time
}

// Store keeps sessions: a [CookieStore] in the cookie itself, a [ServerStore] in a
// [Backend]. Its methods are safe for concurrent use. Only this package implements it,
// so it can grow.
type Store interface {
	store

	// Open returns the session of a cookie's value, or a new one for "". It
	// never fails: the session is read when its data is first used, and
	// [Session.Err] says why a cookie was refused. The session is bound to ctx,
	// as a request is: reading and saving end with it.
	Open(ctx context.Context, cookie string) *Session
	// CookieAge returns how long a session is good that says nothing else.
	// Only a store that was not made by its constructor returns 0.
	CookieAge() time.Duration
	// CookieSalt returns the salt that the cookie's value is signed with, or "" where
	// it is a session key.
	CookieSalt() Salt
}

// noCopy has go vet report copies of the struct that holds it: two copies of a
// session share their values until one of them changes.
type noCopy struct{}

// Lock does nothing.
func (*noCopy) Lock() {}

// Unlock does nothing.
func (*noCopy) Unlock() {}

// Format writes the type's name only, whatever the verb: a session is a secret.
func (s *Session) Format(f fmt.State, _ rune) { formatName(f, "saltine.Session") }

// data returns the values, after making room for them in the zero Session.
func (s *Session) data() *values {
	if s == nil {
		panic("saltine: the Session is nil: did the request come through the middleware, and was it asked with the request's own context?")
	}
	if s.hidden == nil {
		s.hidden = &hidden{&secrets{}}
	}
	return &s.values
}

// access is what every use of the data does first. Django: _get_session.
func (s *Session) access() *values {
	data := s.open()
	s.accessed = true
	return data
}

// open reads the session once, when its data is first needed, and returns its
// values. A refused cookie leaves a new session.
func (s *Session) open() *values {
	data := s.data()
	if s.opened {
		return data
	}
	s.opened = true
	if s.key == "" || s.store == nil {
		return data
	}
	err := s.readOnce()
	if err == nil && s.guard != nil {
		err = s.askGuard()
	}
	if err != nil {
		s.refuse(err)
	}
	return data
}

// readOnce reads the session. One that a panic of OnVerify, the clock or a serializer
// kept from being read is neither good nor refused, should somebody recover.
func (s *Session) readOnce() error {
	s.err = errPanicked
	panicked := true
	defer func() {
		if panicked {
			s.values.clear() // nobody has asked the guard about them
		}
	}()
	err := s.store.read(s)
	panicked = false
	if s.unreadable == nil {
		s.err = nil
	}
	return err
}

var errPanicked = fmt.Errorf("%w: reading it panicked", ErrUnavailable)

// refuse leaves nothing of the cookie. The session is a new one, except where the
// store or the guard could not be asked: then it is not to be saved.
func (s *Session) refuse(err error) {
	modified := s.modified
	s.reset()
	s.modified, s.err, s.born = modified, err, time.Time{}
	s.store.refused(s, err)
}

// askGuard lets the guard look, whose own use of the data is not the handler's. A
// guard that panics has refused.
func (s *Session) askGuard() (err error) {
	accessed, modified := s.accessed, s.modified
	panicked := true
	defer func() {
		s.accessed, s.modified = accessed, modified
		if panicked {
			s.refuse(ErrRevoked)
		}
	}()
	err = s.guard(s)
	panicked = false
	if err == nil || errors.Is(err, ErrRevoked) || errors.Is(err, ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrRevoked, err)
}

// checkBorn holds a session that was read at a time to the store's MaxLifetime.
func (s *Session) checkBorn(now time.Time) error {
	rules := s.rules()
	if rules.maxLifetime == 0 {
		return nil
	}
	stored, _ := s.values.raw(bornKey)
	born, err := parseBorn(stored)
	if err != nil {
		return malformed(err)
	}
	if born.IsZero() {
		born = s.verification.SignedAt // of a store that keeps it; otherwise zero, and so now
	}
	s.born = born
	return rules.checkLifetime(born, s.verification.SignedAt, now)
}

// bear puts the time of the first save into a session that is saved at a time, where the
// store has a MaxLifetime.
func (s *Session) bear(at time.Time) {
	if s.rules().maxLifetime == 0 {
		return
	}
	if s.born.IsZero() {
		s.born = at
	}
	s.values.set(bornKey, s.born.Unix())
}

// Guard sets a function that may still refuse a session whose cookie is good,
// by its values or by the time in its [Session.Verification]. It is called when
// the session is read, before anyone else sees the data; its own look at the data
// does not count as access. It returns nil to let the session through. A session that
// it refuses is a new one, modified, whose Err is of kind [ErrRevoked] and wraps what
// the guard returned. A guard that could not find out returns an error of kind
// [ErrUnavailable]: the session reads as empty, and the visitor's cookie stays as it
// is. A guard that panics refuses. Call Guard before the session is used: it is not
// called for a session that was read already, or that no cookie came for.
//
// A guarded session is never signed with a later time than that of this call,
// however late it is saved: see [Session.SignNotAfter]. A guard that refuses what was
// signed before a sign-out therefore refuses, from then on, also what requests save
// that began before it.
func (s *Session) Guard(check func(*Session) error) {
	s.guard = check
	if check != nil {
		s.SignNotAfter(s.now())
	}
}

// SignNotAfter has the session signed with the time t where it is saved later. Of
// several calls the earliest time holds. A guard calls it that goes by what it looked
// up a while ago: with the time of the look-up. Otherwise a session that was revoked
// since then would be signed anew, with a time that no longer shows it.
func (s *Session) SignNotAfter(t time.Time) {
	if t.IsZero() { // of a session without a time; the zero value means no limit
		t = time.Unix(0, 0)
	}
	if s.notAfter.IsZero() || t.Before(s.notAfter) {
		s.notAfter = t
	}
}

// stamp returns the time to sign the session with.
func (s *Session) stamp(now time.Time) time.Time {
	if !s.notAfter.IsZero() && s.notAfter.Before(now) {
		return s.notAfter
	}
	return now
}

// Context returns the context that the session was opened with.
func (s *Session) Context() context.Context {
	if s.ctx == nil {
		return context.Background()
	}
	return s.ctx
}

// Key returns the value of the session's cookie: what it was opened with, even
// if that was refused, and after [Session.Save] the new value. It is empty
// for a new session and after Flush. It is as good as a password: keep it out of
// logs.
//
// Django: session_key.
func (s *Session) Key() string {
	if s.hidden == nil {
		return ""
	}
	return s.key
}

// Err returns why the session's cookie was refused, with the kinds of error of
// [CookieStore.Load]. It reads the session if that is still to be done, which does
// not count as access. It is nil for a good cookie and for none.
//
// It is of kind [ErrUnavailable] where the store could not be asked: the session
// reads as empty then, and cannot be saved.
//
// Under [ExpiryCookieAge] it is also not nil, of kind [ErrMalformed], for a
// cookie whose payload is not an object. Nothing can be read from such a session,
// and it cannot be saved before it is cleared, flushed or destroyed.
func (s *Session) Err() error {
	s.open()
	return s.err
}

// Verification returns how the cookie was verified, reading it if that is still
// to be done, which does not count as access. It is the zero Verification, whose
// Size is 0, where no cookie came, or where its signature or age was not good. Of a
// [ServerStore], SignedAt is when the session was saved, where the Backend keeps that.
func (s *Session) Verification() Verification {
	s.open()
	return s.verification
}

// Accessed reports whether the data was used. Django: accessed.
func (s *Session) Accessed() bool { return s.accessed }

// Modified reports whether the session is to be saved. Django: modified.
func (s *Session) Modified() bool { return s.modified }

// SetAccessed says whether the data counts as used. Django: accessed = ...
func (s *Session) SetAccessed(accessed bool) { s.accessed = accessed }

// SetModified says whether the session is to be saved. Django: modified = ...
func (s *Session) SetModified(modified bool) { s.modified = modified }

// IsEmpty reports whether there is neither a cookie nor data. It is false for
// a session that was opened with a cookie, whatever is in it, and does not
// read it. Django: is_empty.
func (s *Session) IsEmpty() bool {
	return s.hidden == nil || s.key == "" && s.values.len() == 0
}

// Get returns the value under name, or nil if there is none. [Session.Has] tells
// a null from nothing; a [Field] reports a missing value with an error.
//
// Django: get.
func (s *Session) Get(name string) any {
	if raw, ok := s.access().raw(name); ok {
		return decode(raw)
	}
	return nil
}

// Has reports whether there is a value under name.
//
// Django: name in session, has_key.
func (s *Session) Has(name string) bool { return s.access().index(name) >= 0 }

// Set puts value under name: in the place that the name has already, or at the
// end. The value is written as [JSONSerializer] writes it, now: later changes to
// it change nothing. Bytes of a text that are not UTF-8 become U+FFFD, as in
// encoding/json: a visitor who sends such text must not be able to make Save fail.
// A value that cannot be written reads as nil, and makes Save
// fail with a [*FieldError] of kind [ErrUnsupported] until the name is set again
// or deleted.
//
// Django: session[name] = value.
func (s *Session) Set(name string, value any) {
	data := s.access()
	data.set(name, value)
	s.modified, s.changed = true, true
}

// Delete removes the value under name and reports whether there was one.
//
// Django: del session[name], whose KeyError is the false.
func (s *Session) Delete(name string) bool {
	removed := s.access().remove(name)
	s.modified, s.changed = s.modified || removed, s.changed || removed
	return removed
}

// Pop removes the value under name and returns it, and whether there was one.
// Where there was none, a cookie that is refused by this very call does not
// make the session modified: in Django, too.
//
// Django: pop.
func (s *Session) Pop(name string) (value any, ok bool) {
	modified := s.modified
	raw, ok := s.access().raw(name)
	s.modified = modified || s.moving
	if !ok {
		return nil, false
	}
	s.Delete(name)
	return decode(raw), true
}

// SetDefault returns the value under name, after setting it to value if there
// was none.
//
// Django: setdefault.
func (s *Session) SetDefault(name string, value any) any {
	if !s.Has(name) {
		s.Set(name, value)
	}
	return s.Get(name)
}

// Update sets every value of a map, in the order of its sorted names. It counts
// as modification even if the map is empty.
//
// Django: update.
func (s *Session) Update(object map[string]any) {
	data := s.access()
	data.setAll(object)
	s.modified, s.changed = true, true
}

// Replace puts the values of another session in place of this one's, as they
// are, in order: with it a session that [SessionData.Decode] read moves into the
// session of a request. The other one is not changed, except that it is read if
// it was not. Under a guard the session is not signed with a later time than the other
// one was, and a MaxLifetime counts on. If the store of the other one could not be asked,
// this session keeps its values, and Err and Save say so.
func (s *Session) Replace(other *Session) {
	copied, unreadable := other.open().clone(), other.unreadable
	if errors.Is(other.err, ErrUnavailable) { // there are values, and nobody knows them
		s.open()
		s.err = other.err
		return
	}
	s.Clear()
	s.values, s.unreadable = copied, unreadable
	s.inherit(other)
}

// inherit keeps the limits of a session whose values s has now: moved, it must neither
// live longer nor look newer to a guard.
func (s *Session) inherit(other *Session) {
	if v := other.verification; s.guard != nil && !v.SignedAt.IsZero() {
		s.SignNotAfter(v.SignedAt)
	}
	born := other.born
	if stored, ok := s.values.raw(bornKey); ok && born.IsZero() {
		born, _ = parseBorn(stored)
	}
	if !born.IsZero() && (s.born.IsZero() || born.Before(s.born)) {
		s.born = born
	}
}

// Len returns the number of values. It counts as access, as every look at the
// data does.
func (s *Session) Len() int { return s.access().len() }

// members returns a copy of the list, for iterations during which the session may
// change.
func (s *Session) members() []pyjson.Member { return slices.Clone(s.access().all()) }

// Keys returns the names of the values in order. The session may be changed
// while they are iterated over: the iteration shows what was there at the call.
//
// Django: keys.
func (s *Session) Keys() iter.Seq[string] {
	members := s.members()
	return func(yield func(string) bool) {
		for _, m := range members {
			if !yield(m.Key) {
				return
			}
		}
	}
}

// Values returns the values in order, as [Session.Keys] does the names.
//
// Django: values.
func (s *Session) Values() iter.Seq[any] {
	items := s.Items()
	return func(yield func(any) bool) {
		for _, value := range items {
			if !yield(value) {
				return
			}
		}
	}
}

// Items returns names and values in order, as [Session.Keys] does the names.
// A value is decoded when its turn comes.
//
// Django: items.
func (s *Session) Items() iter.Seq2[string, any] {
	members := s.members()
	return func(yield func(string, any) bool) {
		for _, m := range members {
			if !yield(m.Key, decode(m.Raw)) {
				return
			}
		}
	}
}

// Clear removes all values, unread. The session keeps its key, and so is not
// empty: saved, it is a cookie with nothing in it. To be rid of the cookie use
// [Session.Flush].
//
// Django: clear.
func (s *Session) Clear() {
	s.data()
	s.accessed = true
	if s.readFirst || s.rules().maxLifetime > 0 {
		s.open() // where it was read from, and when it was born, stays
	}
	s.reset()
}

// reset leaves no values, and says so at the next save.
func (s *Session) reset() {
	s.data().clear()
	s.changed = true
	s.opened, s.modified = true, true
	s.unreadable = nil
}

// Destroy forgets what is kept under the session's key. In a [CookieStore] that is
// key and values, which does not count as access. The copy of the cookie that a
// browser, or a thief, holds stays good until it expires.
//
// Django: delete.
func (s *Session) Destroy() error {
	if s.store == nil {
		s.reset()
		return nil
	}
	return s.store.remove(s)
}

// Flush removes values and key, and forgets what is kept under it: call it to sign
// out. See [Session.Destroy] for what it cannot do. On an error, which only a
// server-side store gives, the visitor is not signed out.
//
// Django: flush.
func (s *Session) Flush() error {
	s.Clear()
	if err := s.Destroy(); err != nil {
		return err
	}
	s.key, s.born = "", time.Time{}
	if errors.Is(s.err, ErrUnavailable) {
		s.err = nil // nothing is left that was not read
	}
	return nil
}

// Create keeps the session under a new key. In a [CookieStore] it only marks the
// session for saving.
//
// Django: create.
func (s *Session) Create() error {
	if s.store == nil {
		return errNoStore
	}
	return s.store.create(s)
}

var errNoStore = fmt.Errorf("%w: the session belongs to no store", ErrInvalidOption)

// HasStore reports whether the session belongs to a store, so that it can be saved. The
// zero Session and one that [SessionData.Decode] read do not, until [CookieStore.Save]
// keeps them. The session is not read for it.
func (s *Session) HasStore() bool { return s.store != nil }

// Save keeps the session; its key is then the cookie's value. An unread session is
// read first. The session counts as accessed and modified then, as in Django. See
// [CookieStore.Save] for the errors.
//
// Django: save.
func (s *Session) Save() error {
	if s.store == nil {
		return errNoStore
	}
	return s.store.save(s)
}

// Resign signs the session again with the signing key, and with the time at which it
// was signed: an old key may go sooner, and no session lives longer by it. It returns
// for how long the session is still good. A session that did not come from a good
// cookie, or that was changed since, cannot be signed again: the error is of kind
// [ErrMissing] then, and otherwise one of [Session.Save].
func (s *Session) Resign() (left time.Duration, err error) {
	if s.store == nil {
		return 0, errNoStore
	}
	if s.Verification().Size == 0 || s.err != nil || s.changed {
		return 0, errNothingToResign
	}
	return s.store.resign(s)
}

var errNothingToResign = fmt.Errorf("%w: no good cookie to sign again", ErrMissing)

// CycleKey saves the session under a new key: call it when someone signs in. A
// [ServerStore] does not look whether somebody deleted the session meanwhile, as Django
// does not: it stands under the new key then. The errors are those of [Session.Save].
//
// Django: cycle_key.
func (s *Session) CycleKey() error {
	if s.store == nil {
		return errNoStore
	}
	return s.store.cycleKey(s)
}

// The test cookie of Django.
const (
	testCookieKey   = "testcookie"
	testCookieValue = "worked"
)

// SetTestCookie sets a value that tells, on the next request, whether the
// browser keeps cookies. Django: set_test_cookie.
func (s *Session) SetTestCookie() { s.Set(testCookieKey, testCookieValue) }

// TestCookieWorked reports whether the test value came back.
// Django: test_cookie_worked.
func (s *Session) TestCookieWorked() bool { return s.Get(testCookieKey) == testCookieValue }

// DeleteTestCookie removes the test value and reports whether it was there.
// Django: delete_test_cookie, whose KeyError is the false.
func (s *Session) DeleteTestCookie() bool { return s.Delete(testCookieKey) }

// SetExpiry says when this session ends, whatever the store says. The zero
// Expiry removes what was stored. Save fails, with a [*FieldError] of kind
// [ErrUnsupported] that gives the reason, for a date whose year is not in 1 to 9999,
// and for an expiry that the store would not honour: under [ExpiryEarliest], one
// beyond its cookie age.
//
// Django: set_expiry.
func (s *Session) SetExpiry(e Expiry) {
	if e.IsDefault() {
		s.Delete(expiryKey)
		return
	}
	rules, now := s.rules(), s.now()
	e = e.from(now)
	stored, err := rules.stored(e)
	s.Set(expiryKey, stored)
	if err = cmp.Or(err, rules.checkHonoured(e, now)); err != nil {
		s.values.refuse(expiryKey, err)
	}
}

// rules are the store's, and the defaults for the zero Session.
func (s *Session) rules() *expiryRules {
	if s.store == nil {
		return &defaultExpiry
	}
	return s.store.rules()
}

func (s *Session) now() time.Time {
	if s.store == nil {
		return time.Now()
	}
	return s.store.Now()
}

// Expiry returns what SetExpiry stored, the zero Expiry for nothing. The error
// is a [*FieldError] of kind [ErrWrongType] for a stored value that Django
// could not read either.
func (s *Session) Expiry() (Expiry, error) {
	raw, _ := s.access().raw(expiryKey)
	e, err := parseExpiry(raw, s.rules().location)
	if err != nil {
		return Expiry{}, &FieldError{Name: expiryKey, Err: fmt.Errorf("%w: %w", ErrWrongType, err)}
	}
	return e, nil
}

// ExpiryAge returns how long the session, saved now, is good: the store's cookie
// age for no expiry and for browser close, the idle time itself, or the whole
// seconds to the date, rounded down, but not longer than StoreOptions.MaxLifetime
// allows. It may be negative, and saturates at about 292 years. The error is that of
// [Session.Expiry], except that an empty text counts as no expiry here, as in Django.
//
// Django: get_expiry_age.
func (s *Session) ExpiryAge() (time.Duration, error) {
	e, err := s.Expiry()
	if err != nil && !errors.Is(err, errExpiryEmpty) {
		return 0, err
	}
	rules, now := s.rules(), s.now()
	return min(rules.age(now, e), rules.lifetimeLeft(s.born, now)), nil
}

// ExpiryDate returns when the session, saved now, ends, as [Session.ExpiryAge] does.
// The error is that of [Session.Expiry].
//
// Django: get_expiry_date.
func (s *Session) ExpiryDate() (time.Time, error) {
	e, err := s.Expiry()
	if err != nil {
		return time.Time{}, err
	}
	rules, now := s.rules(), s.now()
	date := rules.date(now, e)
	if left := rules.lifetimeLeft(s.born, now); left < NoMaxAge && now.Add(left).Before(date) {
		return now.Add(left), nil
	}
	return date, nil
}

// ExpiresAtBrowserClose reports whether the cookie is to end with the browser:
// the session's own expiry decides, and without one the store.
//
// Django: get_expire_at_browser_close.
func (s *Session) ExpiresAtBrowserClose() bool {
	e, err := s.Expiry()
	if err == nil && e.IsDefault() {
		return s.rules().expireAtBrowserClose
	}
	return e.atBrowserClose()
}

// check returns why the session cannot be saved, or nil. An unread session is read
// first.
func (s *Session) check() error {
	switch {
	case errors.Is(s.Err(), ErrUnavailable):
		return s.err
	case s.unreadable != nil:
		return s.unreadable
	}
	return s.values.check()
}

// Sizes returns the room that each value takes, largest first. It does not
// count as access. The caller owns the slice.
func (s *Session) Sizes() []ValueSize { return s.open().sizes() }
