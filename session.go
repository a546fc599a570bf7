package saltine

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// Session is one visitor's data: names and JSON values, in order. It belongs
// to one request; it is not safe for concurrent use, and must not be copied.
// Sessions come from a [CookieStore]; the zero Session is empty and cannot be
// saved.
//
// Values read from a cookie stay the JSON text they came as, and go out again
// byte for byte unless they are set. What is read is a copy: changing it
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
	store        *CookieStore
	key          string
	loaded       bool
	accessed     bool
	modified     bool
	members      []pyjson.Member
	invalid      map[string]error // values that cannot be written, by name
	unreadable   error            // the payload is sound JSON and no object
	err          error
	verification Verification
	guard        func(*Session) bool
	few          [7]pyjson.Member // room for members
}

// noCopy has go vet report copies of what holds it: two copies of a session
// share their values until one of them changes.
type noCopy struct{}

// Lock does nothing.
func (*noCopy) Lock() {}

// Unlock does nothing.
func (*noCopy) Unlock() {}

// use is what every use of the data does first. Django: _get_session.
func (s *Session) use() {
	s.accessed = true
	s.load()
}

// load reads the cookie once. A bad one leaves a new session.
func (s *Session) load() {
	if s.loaded {
		return
	}
	s.loaded = true
	if s.key == "" {
		return
	}
	if err := s.readGuarded(); err != nil {
		s.reset() // nothing of a refused cookie stays
		s.err = err
	}
}

// readGuarded reads the session and asks the guard, whose own look at the data
// is not the handler's.
func (s *Session) readGuarded() error {
	if err := s.read(); err != nil || s.guard == nil {
		return err
	}
	defer s.SetAccessed(s.accessed)
	if s.guard(s) {
		return ErrRevoked
	}
	return nil
}

// Guard sets a function that may still refuse a session whose cookie is good,
// by its values or by the time in its [Session.Verification]. It is called when
// the cookie is read, before anyone else sees the data; its own look at the data
// does not count as access. A refused session is a new one, modified, whose Err
// is [ErrRevoked]. Call Guard before the session is used: it is not called for a
// session that was read already, or that no cookie came for.
func (s *Session) Guard(refuse func(*Session) bool) { s.guard = refuse }

// read fills the session from its key.
func (s *Session) read() error {
	t := s.store.signer
	st := t.signer.get()
	defer t.signer.put(st)
	var err error
	if st.out, s.verification, err = t.appendPayload(st, st.out[:0], s.key, s.store.maxAge()); err != nil {
		return err
	}
	if err := s.parse(st.out); err != nil {
		return err
	}
	s.loaded = true
	return s.checkExpiry(st.now)
}

// parse splits the payload into members.
func (s *Session) parse(payload []byte) error {
	if !s.store.lossless {
		return s.parseOther(payload)
	}
	text := string(payload)
	members, err := pyjson.Members(s.few[:0], text)
	if errors.Is(err, pyjson.ErrNotObject) {
		err = malformed(err)
		if s.store.expiry == ExpiryCookieAge {
			s.err, s.unreadable = err, err
			return nil
		}
		return err
	}
	if err != nil {
		return unreadable(text, err)
	}
	s.members = members
	return nil
}

// parseOther splits the payload of another serializer than Python's JSON.
func (s *Session) parseOther(payload []byte) error {
	var values map[string]any
	if err := s.store.signer.signer.serializer.Loads(payload, &values); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		s.write(s.add(key), values[key])
	}
	return s.firstInvalid()
}

// checkExpiry holds a session that was read now to its stored expiry.
func (s *Session) checkExpiry(now time.Time) error {
	if s.store.expiry == ExpiryCookieAge {
		return nil
	}
	e, err := s.storedExpiry()
	if err != nil {
		return malformed(err)
	}
	deadline, err := s.store.deadline(s.verification.SignedAt, e)
	if err != nil {
		return malformed(err)
	}
	if !deadline.After(now.Truncate(time.Microsecond)) {
		return &ExpiredError{SignedAt: s.verification.SignedAt, Deadline: deadline}
	}
	return nil
}

// Key returns the value of the session's cookie: what it was opened with, even
// if that was refused, and after [CookieStore.Save] the new value. It is empty
// for a new session and after Flush and Destroy. It is as good as a password:
// keep it out of logs.
//
// Django: session_key.
func (s *Session) Key() string { return s.key }

// Err tells why the session's cookie was refused, as [CookieStore.Load] would,
// reading it if that is still to be done, which does not count as access. It
// is nil for a good cookie and for none.
//
// Under [ExpiryCookieAge] it is also not nil, of kind [ErrMalformed], for a
// cookie whose payload is no object. Nothing can be read from such a session,
// and it cannot be saved before it is cleared, flushed or destroyed.
func (s *Session) Err() error {
	s.load()
	return s.err
}

// Verification tells how the cookie was verified, reading it if that is still
// to be done, which does not count as access. It is the zero Verification, whose
// Size is 0, where no cookie was, or its signature or age was not good.
func (s *Session) Verification() Verification {
	s.load()
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
func (s *Session) IsEmpty() bool { return s.key == "" && len(s.members) == 0 }

func (s *Session) index(key string) int {
	return slices.IndexFunc(s.members, func(m pyjson.Member) bool { return m.Key == key })
}

// raw returns the JSON text of a value.
func (s *Session) raw(key string) (string, bool) {
	if i := s.index(key); i >= 0 {
		return s.members[i].Raw, true
	}
	return "", false
}

// Get returns the value under key, or nil if there is none. [Session.Has] tells
// a null from nothing; a [Field] tells a missing value by an error.
//
// Django: get.
func (s *Session) Get(key string) any {
	s.use()
	if raw, ok := s.raw(key); ok {
		return decode(raw)
	}
	return nil
}

// Has reports whether there is a value under key.
//
// Django: key in session, has_key.
func (s *Session) Has(key string) bool {
	s.use()
	return s.index(key) >= 0
}

// Set puts value under key, where the key stands already or at the end. The
// value is written as [JSONSerializer] writes it, now: later changes to it
// change nothing. A value that cannot be written reads as nil, and makes Save
// fail with a [*FieldError] of kind [ErrUnsupported] until the key is set again
// or deleted.
//
// Django: session[key] = value.
func (s *Session) Set(key string, value any) {
	s.use()
	s.modified = true
	s.put(key, value)
}

func (s *Session) put(key string, value any) {
	i := s.index(key)
	if i < 0 {
		i = s.add(key)
	}
	s.write(i, value)
}

// add makes a place at the end for a key that is not there.
func (s *Session) add(key string) int {
	name, _ := pyjson.AppendString(nil, key) // empty if it cannot be written
	s.members = append(s.members, pyjson.Member{Key: key, RawKey: string(name)})
	return len(s.members) - 1
}

// write puts value into a place.
func (s *Session) write(i int, value any) {
	m := &s.members[i]
	delete(s.invalid, m.Key)
	text, err := pyjson.Append(nil, value)
	if err != nil {
		s.refuse(m.Key, err)
		text = []byte("null")
	}
	if m.RawKey == "" {
		s.refuse(m.Key, errKeyText)
	}
	m.Raw = string(text)
}

var errKeyText = errors.New("the session key is not valid UTF-8")

// refuse remembers that a value cannot be written.
func (s *Session) refuse(key string, cause error) {
	if s.invalid == nil {
		s.invalid = make(map[string]error)
	}
	s.invalid[key] = fmt.Errorf("%w: %w", ErrUnsupported, cause)
}

// firstInvalid returns the error for the first value that cannot be written.
func (s *Session) firstInvalid() error {
	if len(s.invalid) == 0 {
		return nil
	}
	for _, m := range s.members {
		if err := s.invalid[m.Key]; err != nil {
			return &FieldError{Key: m.Key, Err: err}
		}
	}
	return nil
}

// Delete removes the value under key and reports whether there was one.
//
// Django: del session[key], whose KeyError is the false.
func (s *Session) Delete(key string) bool {
	s.use()
	i := s.index(key)
	if i < 0 {
		return false
	}
	s.modified = true
	s.members = slices.Delete(s.members, i, i+1)
	delete(s.invalid, key)
	return true
}

// Pop removes the value under key and returns it, and whether there was one.
// Where there was none, a cookie that is refused by this very call does not
// make the session modified: in Django, too.
//
// Django: pop.
func (s *Session) Pop(key string) (value any, ok bool) {
	modified := s.modified
	s.use()
	s.modified = modified
	raw, ok := s.raw(key)
	if !ok {
		return nil, false
	}
	s.Delete(key)
	return decode(raw), true
}

// SetDefault returns the value under key, after setting it to value if there
// was none.
//
// Django: setdefault.
func (s *Session) SetDefault(key string, value any) any {
	if !s.Has(key) {
		s.Set(key, value)
	}
	return s.Get(key)
}

// Update sets every value of a map, in the order of its sorted keys. It counts
// as modification even if the map is empty.
//
// Django: update.
func (s *Session) Update(values map[string]any) {
	s.use()
	s.modified = true
	for _, key := range slices.Sorted(maps.Keys(values)) {
		s.put(key, values[key])
	}
}

// Replace puts the values of another session in place of this one's, as they
// are, in order: with it a session that [CookieStore.Decode] read moves into the
// session of a request. The other one is not changed, and an unread one is read.
func (s *Session) Replace(other *Session) {
	other.load()
	members, invalid, unreadable := slices.Clone(other.members), maps.Clone(other.invalid), other.unreadable
	s.Clear()
	s.members, s.invalid, s.unreadable = members, invalid, unreadable
}

// Len returns the number of values. It counts as access, as every look at the
// data does.
func (s *Session) Len() int {
	s.use()
	return len(s.members)
}

// Keys returns the names of the values in order. The session may be changed
// while they are iterated over: the iteration shows what was there at the call.
//
// Django: keys.
func (s *Session) Keys() iter.Seq[string] {
	s.use()
	members := slices.Clone(s.members)
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
	s.use()
	members := slices.Clone(s.members)
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
	s.accessed = true
	s.reset()
}

// reset leaves no values, and says so at the next save.
func (s *Session) reset() {
	s.loaded, s.modified = true, true
	s.members, s.invalid, s.unreadable = nil, nil, nil
}

// Destroy removes key and values, which does not count as access. The copy of
// the cookie that a browser, or a thief, holds stays good until it expires.
//
// Django: delete.
func (s *Session) Destroy() {
	s.key = ""
	s.reset()
}

// Flush removes key and values: call it to sign out. See [Session.Destroy] for
// what it cannot do.
//
// Django: flush.
func (s *Session) Flush() {
	s.accessed = true
	s.Destroy()
}

// Create marks the session for saving, and does nothing else.
//
// Django: create.
func (s *Session) Create() { s.modified = true }

var errNoStore = errors.New("the session belongs to no CookieStore")

// Save signs the session; its value is then the session's key. See
// [CookieStore.Save].
//
// Django: save.
func (s *Session) Save() error {
	if s.store == nil {
		return fmt.Errorf("%w: %w", ErrInvalidOption, errNoStore)
	}
	_, err := s.store.Save(s)
	return err
}

// CycleKey saves the session under a new key, with the time of now: call it
// when someone signs in. The error is that of [CookieStore.Save].
//
// Django: cycle_key.
func (s *Session) CycleKey() error { return s.Save() }

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
// Expiry removes what was stored. A date whose year is not in 1 to 9999 makes
// Save fail.
//
// Django: set_expiry.
func (s *Session) SetExpiry(e Expiry) {
	if e.IsDefault() {
		s.Delete(expiryKey)
		return
	}
	e = e.from(s.now())
	store := s.settings()
	s.Set(expiryKey, store.expiryValue(e))
	if year := store.zoned(e.date).Year(); e.kind == expiryDate && (year < 1 || year > 9999) {
		s.refuse(expiryKey, errExpiryRange)
	}
}

// settings are the store's, and the defaults for the zero Session.
func (s *Session) settings() *CookieStore {
	if s.store != nil {
		return s.store
	}
	clock := &TimestampSigner{&Signer{now: time.Now}}
	return &CookieStore{signer: clock, cookieAge: DefaultCookieAge, location: time.UTC}
}

func (s *Session) now() time.Time { return s.settings().Now() }

// Expiry returns what SetExpiry stored, the zero Expiry for nothing. The error
// is a [*FieldError] of kind [ErrWrongType] for a stored value that Django
// could not read either.
func (s *Session) Expiry() (Expiry, error) {
	s.use()
	e, err := s.storedExpiry()
	if err != nil {
		return Expiry{}, &FieldError{Key: expiryKey, Err: fmt.Errorf("%w: %w", ErrWrongType, err)}
	}
	return e, nil
}

func (s *Session) storedExpiry() (Expiry, error) {
	raw, ok := s.raw(expiryKey)
	if !ok {
		return Expiry{}, nil
	}
	return parseExpiry(raw, s.settings().location)
}

// ExpiryAge returns how long the session, saved now, is good: see
// [CookieStore.ExpiryAge]. The error is that of [Session.Expiry], except that
// an empty text counts as no expiry here, as in Django.
//
// Django: get_expiry_age.
func (s *Session) ExpiryAge() (time.Duration, error) {
	e, err := s.Expiry()
	if err != nil && !errors.Is(err, errExpiryEmpty) {
		return 0, err
	}
	return s.settings().ExpiryAge(s.now(), e), nil
}

// ExpiryDate returns when the session, saved now, ends. The error is that of
// [Session.Expiry].
//
// Django: get_expiry_date.
func (s *Session) ExpiryDate() (time.Time, error) {
	e, err := s.Expiry()
	if err != nil {
		return time.Time{}, err
	}
	return s.settings().ExpiryDate(s.now(), e), nil
}

// ExpiresAtBrowserClose reports whether the cookie is to end with the browser:
// the session's own expiry decides, and without one the store.
//
// Django: get_expire_at_browser_close.
func (s *Session) ExpiresAtBrowserClose() bool {
	e, err := s.Expiry()
	if err == nil && e.IsDefault() {
		return s.settings().expireAtBrowserClose
	}
	return e.atBrowserClose()
}

// writable returns why the session cannot be saved, or nil.
func (s *Session) writable() error {
	if s.unreadable != nil {
		return s.unreadable
	}
	return s.firstInvalid()
}

// appendJSON appends the payload: what came from the cookie as it came.
func (s *Session) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i, m := range s.members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, m.RawKey...)
		dst = append(dst, ':')
		dst = append(dst, m.Raw...)
	}
	return append(dst, '}')
}

// values decodes the session for another serializer than Python's JSON.
func (s *Session) values() map[string]any {
	values := make(map[string]any, len(s.members))
	for _, m := range s.members {
		values[m.Key] = decode(m.Raw)
	}
	return values
}

// Sizes returns the room that each value takes, largest first. It does not
// count as access. The caller owns the slice.
func (s *Session) Sizes() []KeySize {
	s.load()
	sizes := make([]KeySize, len(s.members))
	for i, m := range s.members {
		sizes[i] = KeySize{Key: m.Key, Size: len(m.RawKey) + len(":,") + len(m.Raw)}
	}
	slices.SortStableFunc(sizes, func(a, b KeySize) int { return b.Size - a.Size })
	return sizes
}
