package carrier

import (
	"errors"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
)

// What became of a session too late.
var (
	// ErrLateChange says that the session was changed when the headers of its
	// response were gone: the change is lost.
	ErrLateChange = errors.New("carrier: session was changed after the response's headers were sent, and the change is lost")

	// ErrLateAccess says that the session was first used when the headers of
	// its response were gone, which do not say that the response varies by
	// cookie: a shared cache may give it to somebody else.
	ErrLateAccess = errors.New("carrier: session was first used after the response's headers were sent, which lack Vary: Cookie")
)

// Exchange is one request and its response. It is made by [Carrier.Open], is
// not safe for concurrent use, and must not be copied once it is used.
type Exchange struct {
	carrier   *Carrier
	value     string
	sent      bool
	guard     func(*saltine.Session) bool
	session   *saltine.Session
	noRefresh bool
	committed bool
	failed    bool
	vary      bool
}

// Guard sets what [saltine.Session.Guard] does for the session of the
// exchange. Call it before Session.
func (e *Exchange) Guard(refuse func(*saltine.Session) bool) { e.guard = refuse }

// Session returns the session of the exchange, always the same one. It reads
// the cookie when it is first used. A bad cookie gives a new session.
//
// Django: request.session.
func (e *Exchange) Session() *saltine.Session {
	if e.session == nil {
		e.session = e.carrier.store.Open(e.value)
		e.session.Guard(e.guard)
	}
	return e.session
}

// Cookie tells how the cookie of a session that was used so far was verified,
// or why it was refused: see [saltine.Session.Err]. Where the session was not
// used, or no cookie came, it returns a Verification whose Size is 0, and nil.
func (e *Exchange) Cookie() (saltine.Verification, error) {
	if e.session == nil || !e.session.Accessed() && !e.session.Modified() {
		return saltine.Verification{}, nil
	}
	return e.session.Verification(), e.session.Err()
}

// NoRefresh keeps Commit from saving a session that was only read, for its age
// or its old signature. Responses that come side by side overwrite each
// other's cookies: let only one of them, the page itself, refresh it.
func (e *Exchange) NoRefresh() { e.noRefresh = true }

// Commit returns the Set-Cookie headers of the response, none or one, and
// whether the response varies by cookie, and must say so in Vary. It saves or
// deletes exactly when Django 6.1 does, and refreshes as the options say. The
// status is the response's: nothing is saved where it is 500 or more, but a
// cookie is deleted all the same.
//
// Call it when the status is known, before the headers go out. Called again it
// returns nothing but the error of [Exchange.Late].
//
// On an error there is no header, and vary still holds. The error is that of
// [saltine.CookieStore.Save], a [*saltine.SizeError] that names the session's
// keys for a header that is too long, or of kind [saltine.ErrWrongType] for a
// stored expiry that cannot be read.
//
// Django: process_response.
func (e *Exchange) Commit(status int) (setCookie []string, vary bool, err error) {
	if e.committed {
		return nil, false, e.Late()
	}
	e.committed = true
	if e.isUntouched() {
		return nil, false, nil
	}
	line, vary, err := e.process(status)
	e.vary, e.failed = vary, err != nil
	e.session.SetModified(false) // for Late
	if line != "" {
		setCookie = []string{line}
	}
	return setCookie, vary, err
}

// isUntouched reports, without making a session, that there is nothing to do.
// A value that may be too short for a session is deleted even so.
func (e *Exchange) isUntouched() bool {
	const mayBeShort = 8 * utf8.UTFMax
	return e.session == nil && !e.carrier.opts.SaveEveryRequest && !(e.sent && len(e.value) < mayBeShort)
}

// process is Django's process_response.
func (e *Exchange) process(status int) (line string, vary bool, err error) {
	s := e.Session()
	accessed, modified, empty := s.Accessed(), s.Modified(), s.IsEmpty()
	switch {
	case e.sent && empty:
		return e.carrier.deletion, true, nil
	case empty || status >= 500:
		return "", accessed, nil
	case modified || e.carrier.opts.SaveEveryRequest || accessed && e.isDue():
		line, err = e.carrier.line(s)
		return line, accessed || err == nil, err
	}
	return "", accessed, nil
}

// isDue reports whether a session that was only read is to be refreshed.
func (e *Exchange) isDue() bool {
	s, opts := e.session, &e.carrier.opts
	v := s.Verification()
	if e.noRefresh || v.Size == 0 || s.Err() != nil {
		return false
	}
	return v.NeedsResign() && !opts.KeepOldSignatures || opts.RenewAfter > 0 && e.isOld(v)
}

// isOld reports whether a good part of the session's life has passed.
func (e *Exchange) isOld(v saltine.Verification) bool {
	expiry, err := e.session.Expiry()
	if err != nil {
		return false
	}
	life := e.carrier.store.CookieAge()
	if idle, ok := expiry.Idle(); ok && idle > 0 {
		life = min(life, idle)
	}
	if end, ok := expiry.Date(); ok && end.Before(v.SignedAt.Add(life)) {
		return false // a new signature would not move that end
	}
	return v.Age.Seconds() >= e.carrier.opts.RenewAfter*life.Seconds()
}

// Late returns [ErrLateChange] or [ErrLateAccess] where the session was used
// since Commit; where Commit was not called, ErrLateChange if it was changed;
// and nil otherwise. It is for the end of a response whose headers went out
// long before.
func (e *Exchange) Late() error {
	s := e.session
	if s == nil || e.failed {
		return nil
	}
	// To find a cookie bad marks a session as modified, and loses nothing.
	if s.Modified() && (s.Err() == nil || s.Len() > 0) {
		return ErrLateChange
	}
	if e.committed && s.Accessed() && !e.vary {
		return ErrLateAccess
	}
	return nil
}
