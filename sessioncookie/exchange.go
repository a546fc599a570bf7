package sessioncookie

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
)

// What became of a session too late.
var (
	// ErrLateChange says that the session was changed when the headers of its
	// response were gone: the change is lost.
	ErrLateChange = errors.New("sessioncookie: session was changed after the response's headers were sent, and the change is lost")

	// ErrLateAccess says that the session was first used when the headers of
	// its response were gone, which do not say that the response varies by
	// cookie: a shared cache may give it to somebody else.
	ErrLateAccess = errors.New("sessioncookie: session was first used after the response's headers were sent, which lack Vary: Cookie")
)

// Exchange is one request and its response. [Cookie.Open] makes it. It is not safe
// for concurrent use, and must not be copied once it is used. It prints as
// "sessioncookie.Exchange([redacted])", except where fmt finds it by value in an
// unexported field of a struct of yours.
type Exchange struct {
	cookie    *Cookie
	ctx       context.Context //nolint:containedctx // an exchange is one request
	value     string
	sent      bool
	guard     func(*saltine.Session) error
	guarded   time.Time // when the guard was set
	session   *saltine.Session
	noRefresh bool
	noResign  bool
	committed bool
	failed    bool
	vary      bool
}

// Format writes the type's name only, whatever the verb: an exchange holds the cookie.
func (Exchange) Format(f fmt.State, _ rune) {
	io.WriteString(f, "sessioncookie.Exchange([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// Guard sets what [saltine.Session.Guard] does for the session of the
// exchange. Call it before Session, when the request arrives: the session is never
// signed with a later time than that of this call.
func (e *Exchange) Guard(check func(*saltine.Session) error) {
	e.guard = check
	e.guarded = e.cookie.store.Now()
}

// Session returns the session of the exchange, always the same one. It reads
// the cookie when it is first used. A bad cookie gives a new session.
//
// Django: request.session.
func (e *Exchange) Session() *saltine.Session {
	if e.session == nil {
		e.session = e.cookie.store.Open(e.ctx, e.value)
		if e.guard != nil {
			e.session.Guard(e.guard)
			e.session.SignNotAfter(e.guarded)
		}
	}
	return e.session
}

// Verification returns how the cookie of a session that was used so far was
// verified, or why it was refused: see [saltine.Session.Err]. Where the session was
// not used, or no cookie came, it returns a Verification whose Size is 0, and nil.
func (e *Exchange) Verification() (saltine.Verification, error) {
	if e.session == nil || !e.session.Accessed() && !e.session.Modified() {
		return saltine.Verification{}, nil
	}
	return e.session.Verification(), e.session.Err()
}

// NoRefresh keeps Commit from setting the cookie of a session that was only read, for
// its age or its old signature. Responses that come side by side overwrite each
// other's cookies: let only one of them, the page itself, refresh it.
func (e *Exchange) NoRefresh() { e.noRefresh, e.noResign = true, true }

// NoResign is NoRefresh for the old signature alone.
func (e *Exchange) NoResign() { e.noResign = true }

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
// [saltine.Session.Save], a [*saltine.SizeError] that names the session's values for
// a header that is too long, of kind [saltine.ErrWrongType] for a stored expiry that
// cannot be read, or of kind [saltine.ErrUnavailable] for a session that was used
// though its store could not be asked. [saltine.ErrInterrupted] is to be answered with
// 400: there, vary does not hold.
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
	return e.session == nil && !e.cookie.opts.SaveEveryRequest && !(e.sent && len(e.value) < mayBeShort)
}

// process is Django's process_response.
func (e *Exchange) process(status int) (line string, vary bool, err error) {
	s := e.Session()
	accessed, modified, empty := s.Accessed(), s.Modified(), s.IsEmpty()
	switch {
	case accessed && errors.Is(s.Err(), saltine.ErrUnavailable):
		return "", true, s.Err()
	case e.sent && empty:
		return e.cookie.deletion, true, nil
	case empty || status >= 500:
		return "", accessed, nil
	case modified || e.cookie.opts.SaveEveryRequest && e.isKnown() || accessed && e.isDue():
		line, err = e.cookie.save(s)
		return line, (accessed || err == nil) && !errors.Is(err, saltine.ErrInterrupted), err
	case accessed && e.isDueToResign():
		line, err = e.cookie.resign(s)
		if errors.Is(err, saltine.ErrMissing) { // it was changed, and is not to be saved
			return "", accessed, nil
		}
		return line, true, err
	}
	return "", accessed, nil
}

// isKnown is false for a record on a server that could not be read: a mere visit must not
// save an empty session over it.
func (e *Exchange) isKnown() bool {
	return e.cookie.resigns || e.session.Err() == nil || e.session.Key() == ""
}

// isDue reports whether a session that was only read is to be saved for its age.
func (e *Exchange) isDue() bool {
	v := e.session.Verification()
	return !e.noRefresh && e.cookie.opts.RenewAfter > 0 && !v.SignedAt.IsZero() && e.session.Err() == nil && e.isOld(v)
}

// isDueToResign reports whether a session that was only read is to be signed again
// for its old key or algorithm.
func (e *Exchange) isDueToResign() bool {
	v := e.session.Verification()
	return e.cookie.resigns && !e.noResign && !e.cookie.opts.KeepOldSignatures && v.NeedsResign()
}

// isOld reports whether a good part of the session's life has passed.
func (e *Exchange) isOld(v saltine.Verification) bool {
	expiry, err := e.session.Expiry()
	if err != nil {
		return false
	}
	life := e.cookie.store.CookieAge()
	if idle, ok := expiry.Idle(); ok && idle > 0 {
		life = min(life, idle)
	}
	if end, ok := expiry.Date(); ok && end.Before(v.SignedAt.Add(life)) {
		return false // a new signature would not move that end
	}
	return v.Age.Seconds() >= e.cookie.opts.RenewAfter*life.Seconds()
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
