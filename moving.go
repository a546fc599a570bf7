package saltine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// MovingFrom returns a Store that keeps sessions in c and, until a time, also reads those
// of old: see [ServerStore.MovingFrom].
func (c *CookieStore) MovingFrom(old Store, until time.Time) (Store, error) {
	return newMoving(c, old, until)
}

// MovingFrom returns a Store that keeps sessions in st and, until a time, also reads those
// of old, which is a [CookieStore] or a [ServerStore]. With it you change where sessions
// are kept, and nobody is signed out. From then on old is not asked any more; sessions
// that nobody used meanwhile are lost, so leave it a cookie age.
//
// A session that comes from old counts as modified, and moves when it is saved. Between
// two ServerStores it keeps its key, and the old engine forgets it. On the way from a
// ServerStore to cookies, its record lives on for a minute, for requests that are already
// under way with the old key; each of them begins the minute anew where the Backend does
// not give Record.Expires when it loads, as caches do not. A session whose cookie would
// have more than 3,800 bytes does not move: its record stays, and to save it is a
// [*SizeError].
//
// A signed cookie cannot be taken back: until its end, or the time given here, it opens
// its session again, also after a logout. Package revocation closes that.
//
// A request that saves a session which somebody signed out of meanwhile gets
// [ErrInterrupted]. MovingFrom's own error is of kind [ErrInvalidOption].
func (st *ServerStore) MovingFrom(old Store, until time.Time) (Store, error) {
	return newMoving(st, old, until)
}

// moving is a store that takes over the sessions of another.
type moving struct {
	Store     // has them from now on
	old       Store
	until     time.Time
	server    *ServerStore // the Store, if it is one
	oldServer *ServerStore // likewise old
}

func newMoving(to, old Store, until time.Time) (Store, error) {
	switch old.(type) {
	case *CookieStore, *ServerStore:
	default:
		return nil, invalidOption("sessions move from a CookieStore or a ServerStore alone")
	}
	if to.CookieAge() == 0 || old.CookieAge() == 0 {
		return nil, invalidOption("a store that its constructor did not make")
	}
	m := &moving{Store: to, old: old, until: until}
	m.server, _ = to.(*ServerStore)
	m.oldServer, _ = old.(*ServerStore)
	return m, nil
}

// Format writes the type's name only, whatever the verb.
func (*moving) Format(f fmt.State, _ rune) { formatName(f, "saltine.Store") }

// Open implements [Store].
func (m *moving) Open(ctx context.Context, cookie string) *Session {
	s := m.Store.Open(ctx, cookie)
	s.store, s.readFirst = m, true
	return s
}

// asksOld reports whether the old store still counts.
func (m *moving) asksOld() bool { return m.Now().Before(m.until) }

// read implements store.
func (m *moving) read(s *Session) error {
	err := m.Store.read(s)
	if err == nil || !isUnknown(err) || !m.asksOld() {
		return err
	}
	s.verification = Verification{}
	errOld := m.old.read(s)
	switch {
	case errOld == nil:
		s.moving, s.modified = true, true
		return nil
	case m.oldServer != nil && !errors.Is(errOld, ErrNoSession), !isUnknown(errOld):
		s.moving = true // it is there, and cannot be read
		return errOld
	case m.oldServer == nil:
		return err
	}
	s.verification = Verification{}
	return m.Store.read(s) // another request may have moved it between the two looks
}

// isUnknown reports whether a store knows nothing of a cookie's value.
func isUnknown(err error) bool {
	return errors.Is(err, ErrNoSession) || errors.Is(err, ErrBadSignature) && !errors.Is(err, ErrSignatureExpired)
}

// refused implements store.
func (m *moving) refused(s *Session, err error) {
	unread := s.moving && !errors.Is(err, ErrRevoked) && !errors.Is(err, ErrUnavailable)
	s.moving = false
	switch {
	case !unread:
		m.Store.refused(s, err)
	case m.oldServer != nil: // its record stays, until something is saved in its place
		m.oldServer.refused(s, err)
		s.moving = s.key != ""
	default: // a cookie, in whose place a session is saved
		s.key, s.modified = "", true
	}
}

// save implements store.
func (m *moving) save(s *Session) error {
	s.access()
	if !s.moving {
		return m.Store.save(s)
	}
	var err error
	if m.server != nil && m.oldServer != nil && m.server.validKey(s.key) {
		err = m.takeOver(s)
	} else {
		err = m.replace(s)
	}
	s.moving = err != nil
	return err
}

// takeOver moves a session between two engines, under its key.
//
// Whoever signs out deletes the old record first, then the new one. If the old one is
// still there after the new one was made, a logout is still to come, and deletes both.
func (m *moving) takeOver(s *Session) error {
	err := m.server.keep(s, Backend.Create)
	if errors.Is(err, ErrKeyTaken) { // another request was faster
		return m.server.save(s)
	}
	if err != nil {
		return err
	}
	s.modified = true
	exists, err := m.oldServer.Exists(s.Context(), s.key)
	if err == nil && !exists {
		err = ErrInterrupted
	}
	if err != nil {
		return errors.Join(err, m.forget(s, s.key))
	}
	return m.oldServer.Delete(s.Context(), s.key)
}

// replace keeps a session that moves under a new key, or in its cookie.
func (m *moving) replace(s *Session) error {
	old := s.key
	s.key = ""
	if err := m.Store.save(s); err != nil {
		s.key = old
		return err
	}
	if m.oldServer == nil {
		return nil
	}
	kept := s.key
	s.key = old
	if err := m.checkMoved(s, kept); err != nil {
		return err
	}
	if err := m.retire(s); err != nil {
		return errors.Join(err, m.forget(s, kept))
	}
	s.key, s.movedKey = kept, old
	return nil
}

// maxMoved is the length of the longest token that a session moves into. A longer one may
// not fit into a Set-Cookie line of 4096 bytes, which is found out only after the session
// was saved: its record must not have been retired by then.
const maxMoved = 3800

// checkMoved refuses a token that is too long for a session that moves into it.
func (m *moving) checkMoved(s *Session, token string) error {
	if m.server == nil && len(token) > maxMoved {
		return &SizeError{What: "session that moves into a cookie", Size: len(token), Limit: maxMoved, Values: s.Sizes()}
	}
	return nil
}

// grace is how long the record of a session lives that has moved into a cookie: for
// requests that came with its key before the browser had the cookie.
const grace = time.Minute

// retire lets the old record of a session end soon. One that ends soon already, because
// another request has moved it, does not live longer by it.
func (m *moving) retire(s *Session) error {
	left := grace
	if !s.ends.IsZero() {
		left = min(left, s.ends.Sub(m.oldServer.Now()))
	}
	err := m.oldServer.keepFor(s, left, Backend.Update)
	if errors.Is(err, ErrNoSession) {
		return ErrInterrupted // somebody signed out
	}
	return err
}

// forget undoes the saving of a session under a key, also where the request has ended.
func (m *moving) forget(s *Session, key string) error {
	if m.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.Context()), forgetTimeout)
	defer cancel()
	return m.server.Delete(ctx, key)
}

// forgetTimeout is how long forget waits for an engine.
const forgetTimeout = 5 * time.Second

// oldKey returns the key of the record that the session came from.
func oldKey(s *Session) string { return cmp.Or(s.movedKey, s.Key()) }

// deleteOld deletes that record, if the old store still counts.
func (m *moving) deleteOld(s *Session, key string) error {
	if m.oldServer == nil || key == "" || !m.asksOld() {
		return nil
	}
	return m.oldServer.Delete(s.Context(), key)
}

// create implements store.
func (m *moving) create(s *Session) error {
	err := m.Store.create(s)
	if m.server != nil && err == nil {
		s.moving = false
	}
	return err
}

// cycleKey implements store. The old key opens nothing after it: see takeOver for the order.
func (m *moving) cycleKey(s *Session) error {
	s.access()
	key, old := s.key, oldKey(s)
	keep := m.Store.cycleKey
	if m.server != nil {
		keep = m.server.create
	}
	if err := keep(s); err != nil {
		return err
	}
	if s.moving {
		if err := m.checkMoved(s, s.key); err != nil {
			s.key = key
			return err
		}
	}
	s.moving, s.movedKey = false, old // for a logout, if what follows fails
	if err := m.deleteOld(s, old); err != nil {
		return err
	}
	if m.server == nil || key == "" {
		return nil
	}
	return m.server.Delete(s.Context(), key)
}

// resign implements store.
func (m *moving) resign(s *Session) (left time.Duration, err error) {
	if s.moving { // and so is saved anyway
		return 0, errNothingToResign
	}
	return m.Store.resign(s)
}

// remove implements store: see takeOver for the order.
func (m *moving) remove(s *Session) error {
	s.moving = false // there is nothing left to move
	if err := m.deleteOld(s, oldKey(s)); err != nil {
		return err
	}
	return m.Store.remove(s)
}
