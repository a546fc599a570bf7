package messages

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/seed-52756201/saltine"
)

// ErrLate says that messages were added or taken after [Visit.Commit], when the headers of
// the response were gone: what was added is lost, and what was to be taken stays for the
// next page.
var ErrLate = errors.New("messages: messages were used after the response's headers were sent")

// Visit is the messages of one request and its response. Everything is read when it is
// first needed. A Visit is no more safe for concurrent use than the session is.
//
// Django: request._messages, a storage.
type Visit struct {
	state func() *state // a function, so that whatever holds a Visit prints no message
}

// state is what a Visit holds.
type state struct {
	codec   *Codec
	cookies []string // the Cookie headers
	session *saltine.Session
	level   Level

	stored    []Message // messages of earlier requests, and after Take those of this one
	queued    []Message // added since the last Take
	isLoaded  bool
	inCookie  bool // CookieThenSession loaded messages from there
	inSession bool
	used      bool
	addedNew  bool
	committed bool
	late      bool
	err       error // of loading
}

// Open begins a visit with the values of the request's Cookie headers and the request's
// session. The slice is kept, and read once. A nil session is one that keeps nothing:
// there are only the cookie's messages then.
//
// Django: MessageMiddleware.process_request.
func (c *Codec) Open(cookieHeaders []string, session *saltine.Session) *Visit {
	s := &state{codec: c, cookies: cookieHeaders, session: session, level: c.opts.MinLevel}
	return &Visit{func() *state { return s }}
}

// Format writes the type's name only, whatever the verb: a visit holds messages.
func (Visit) Format(f fmt.State, _ rune) {
	io.WriteString(f, "messages.Visit([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// Level returns the level below which messages are dropped: Options.MinLevel, unless
// SetLevel was called.
//
// Django: get_level.
func (v *Visit) Level() Level { return v.state().level }

// SetLevel sets the level of this visit.
//
// Django: set_level.
func (v *Visit) SetLevel(level Level) { v.state().level = level }

// Add adds a message, for the next page that takes it: this one, if its handler does. A
// message without text or below the level is dropped. The error is ErrLate after Commit,
// and nil otherwise.
//
// Django: add_message.
func (v *Visit) Add(m Message) error {
	s := v.state()
	if s.committed {
		s.late = true
		return ErrLate
	}
	if m.Text == "" || m.Level < s.level {
		return nil
	}
	s.addedNew = true
	s.queued = append(s.queued, m)
	return nil
}

// Peek returns all messages, oldest first, and leaves them for another page. The caller
// owns the slice. After Commit it returns none.
//
// Django: len(messages), and the operator in.
func (v *Visit) Peek() []Message { return v.state().peek() }

func (s *state) peek() []Message {
	if s.committed {
		s.late = true
		return nil
	}
	s.load()
	return slices.Concat(s.stored, s.queued)
}

// Take returns all messages, oldest first, and counts them as shown. Messages that are
// added afterwards are for the next page. The caller owns the slice. After Commit it
// returns none: see [ErrLate].
//
// Django: iterating over get_messages. Leaving the loop early shows all, too.
func (v *Visit) Take() []Message {
	s := v.state()
	list := s.peek()
	if !s.committed {
		s.used = true
		s.stored, s.queued = list, nil
	}
	return slices.Clone(list)
}

// PutBack undoes every Take: it is for a response that shows no page. Commit does it by
// itself for the statuses that say so.
func (v *Visit) PutBack() { v.state().used = false }

// State tells whether messages were taken or found unreadable, so that only later ones are
// stored, and whether any was added.
//
// Django: used, added_new.
func (v *Visit) State() (used, added bool) { return v.state().used, v.state().addedNew }

// Err returns ErrLate where the visit was used after Commit. Otherwise it says why stored
// messages could not be read: an error of kind [saltine.ErrBadSignature],
// [saltine.ErrMalformed] or [saltine.ErrTooLarge], or nil. Then there are none, or only
// those of the cookie.
func (v *Visit) Err() error {
	s := v.state()
	if s.late {
		return ErrLate
	}
	return s.err
}

// load reads what is stored, once. Django: _loaded_messages.
func (s *state) load() {
	if s.isLoaded {
		return
	}
	s.isLoaded = true
	var l loaded
	switch s.codec.opts.Storage {
	case SessionOnly:
		l = s.loadSession()
	case CookieOnly:
		l = s.loadCookie()
		s.used = s.used || l.err != nil // so that the cookie is deleted
	default:
		l = s.loadBoth()
	}
	s.stored, s.err = l.list, l.err
}

// loadBoth reads the cookie, and the session where the cookie says that there is more.
// Django: FallbackStorage._get.
func (s *state) loadBoth() loaded {
	l := s.loadCookie()
	s.inCookie = len(l.list) > 0
	if l.complete {
		return l
	}
	more := s.loadSession()
	s.inSession = len(more.list) > 0
	return loaded{list: slices.Concat(l.list, more.list), complete: true, err: more.err}
}

// Update is what a response has to do for its messages.
type Update struct {
	// SetCookie says that the cookie is to be set to Cookie, or deleted if that is empty:
	// sessioncookie.Cookie.Other writes the header.
	SetCookie bool
	Cookie    string `json:"-"`
	// Vary says that the response may depend on the cookie: it needs Vary: Cookie.
	Vary bool
	// Unstored are messages that fit nowhere, and are lost.
	Unstored []Message `json:"-"`
}

// Format writes the type's name only, whatever the verb: an update holds messages.
func (Update) Format(f fmt.State, _ rune) {
	io.WriteString(f, "messages.Update([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// Commit stores what is to be shown later. Call it when the status of the response is
// known, before its headers go out and before the session is saved. 200 stands for any
// page. Nothing is stored where nothing was added or taken. For 500 or more nothing
// changes, and for a status without a page all that was taken is put back: see the
// package's comment. Called again it returns nothing.
//
// The error is one of [Codec.Encode], of kind [saltine.ErrTooLarge] only where not even
// one mark may be signed.
//
// Django: MessageMiddleware.process_response, which does not look at the status.
func (v *Visit) Commit(status int) (Update, error) {
	s := v.state()
	if s.committed {
		return Update{}, nil
	}
	update, err := s.update(status)
	s.committed = true
	update.Vary = s.isLoaded || update.SetCookie
	return update, err
}

// update is Django's BaseStorage.update.
func (s *state) update(status int) (Update, error) {
	if status >= 500 {
		return Update{}, nil
	}
	if !hasPage(status) {
		s.used = false
	}
	switch {
	case s.used:
		return s.store(s.queued)
	case s.addedNew:
		return s.store(s.peek())
	}
	return Update{}, nil
}

// hasPage reports whether a response of the status shows something.
func hasPage(status int) bool {
	return status >= 200 && status < 300 && status != 204 && status != 205 || status >= 400
}

// store stores the list in place of all that was there. Django: _store.
func (s *state) store(list []Message) (u Update, err error) {
	switch s.codec.opts.Storage {
	case SessionOnly:
		u.Unstored, err = s.storeSession(list)
	case CookieOnly:
		u.SetCookie = true
		u.Cookie, u.Unstored, err = s.codec.fit(list, s.codec.opts.KeepOldest)
	default:
		u, err = s.storeBoth(list)
	}
	if err != nil {
		return Update{}, err
	}
	return u, nil
}

// storeBoth is Django's FallbackStorage._store: a storage that gets nothing is cleared if
// it held something.
func (s *state) storeBoth(list []Message) (u Update, err error) {
	if u.SetCookie = len(list) > 0 || s.inCookie; u.SetCookie {
		if u.Cookie, list, err = s.codec.fit(list, true); err != nil {
			return u, err
		}
	}
	if len(list) > 0 || s.inSession {
		u.Unstored, err = s.storeSession(list)
	}
	return u, err
}
