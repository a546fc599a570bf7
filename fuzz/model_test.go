package fuzz_test

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
)

// member is a name of a session and its value: as JSON text, as it is read, and
// as what it means for the session's end, should the name be that.
type member struct {
	key, name  string // name is key as JSON text
	text       string
	value      any
	ending     ending
	isWritable bool
}

// ending is a session's own expiry.
type ending struct {
	kind    endingKind
	seconds float64
	date    time.Time
}

type endingKind byte

const (
	byDefault   endingKind = iota // the store's cookie age
	bySeconds                     // 0 is the default at load, and the browser's end
	byDate                        //
	byEmptyText                   // Django: the default for the age, and an error for the date
	byNothing                     // cannot be read
)

// cookie is what a session is opened with.
type cookie struct {
	isForged bool
	signedAt time.Time
	payload  payload
}

// payload is the text of a session, and what it holds.
type payload struct {
	text    string
	members []member
	kind    string // good, malformed, or notObject
}

const notObject = "not an object"

// guard is what Session.Guard was given.
type guard byte

const (
	noGuard guard = iota
	letsThrough
	refuses
	cannotTell
)

// model is Django's SessionBase over signed cookies, and what is ours in it, as
// plainly as can be: names and values in a list, and the rules for the flags.
type model struct {
	policy    saltine.ExpiryPolicy
	cookieAge time.Duration
	atClose   bool // SESSION_EXPIRE_AT_BROWSER_CLOSE
	now       time.Time
	guard     guard
	notAfter  time.Time // since the guard is set; nothing is signed with a later time

	key    string // session_key
	cookie cookie // behind the key, until it is loaded

	loaded, accessed, modified bool

	members    []member
	unreadable bool   // the payload is no object, and the policy takes that for a session
	err        string // kind of Session.Err
	verified   bool   // signature and age of the cookie were good
	asked      int    // calls of the guard
}

// use is Django's _get_session.
func (m *model) use() {
	m.accessed = true
	m.load()
}

func (m *model) load() {
	if m.loaded {
		return
	}
	m.loaded = true
	if m.key == "" {
		return
	}
	kind := m.open()
	if kind == good && m.guard != noGuard {
		m.asked++
		switch m.guard {
		case refuses:
			kind = revoked
		case cannotTell:
			kind = unavailable
		}
	}
	if kind != good {
		m.err, m.members, m.unreadable = kind, nil, false
		m.modified = m.modified || kind != unavailable
	}
}

// open reads the cookie, and returns the kind of the error.
func (m *model) open() string {
	c := &m.cookie
	switch {
	case c.isForged:
		return badSignature
	case m.policy != saltine.ExpirySession && m.now.Sub(c.signedAt) > m.cookieAge:
		return expired
	}
	m.verified = true
	switch {
	case c.payload.kind == notObject && m.policy == saltine.ExpiryCookieAge:
		m.unreadable, m.err = true, malformed
		return good
	case c.payload.kind != good:
		return malformed
	}
	m.members = slices.Clone(c.payload.members)
	if m.policy == saltine.ExpiryCookieAge {
		return good
	}
	return m.checkEnding(c.signedAt)
}

// checkEnding says whether a session that was signed at a time has ended.
func (m *model) checkEnding(signedAt time.Time) string {
	e := m.ending()
	if e.kind == byNothing || e.kind == byEmptyText {
		return malformed
	}
	end := e.date
	if e.kind != byDate {
		seconds := e.seconds
		if seconds == 0 {
			seconds = m.cookieAge.Seconds()
		}
		const mostSeconds = 1e10 // no value here is between that and the year 10000
		if math.Abs(seconds) > mostSeconds {
			return malformed
		}
		end = signedAt.Add(time.Duration(math.Trunc(seconds*1e6)) * time.Microsecond)
	}
	if !end.After(m.now.Truncate(time.Microsecond)) {
		return expired
	}
	return good
}

func (m *model) index(key string) int {
	return slices.IndexFunc(m.members, func(other member) bool { return other.key == key })
}

func (m *model) ending() ending {
	if i := m.index(expiryKey); i >= 0 {
		return m.members[i].ending
	}
	return ending{}
}

const expiryKey = "_session_expiry"

// has is what is not get or [] in Django: no default, no error.
func (m *model) has(key string) bool {
	m.use()
	return m.index(key) >= 0
}

// get returns the member under key, or the zero member.
func (m *model) get(key string) (found member, ok bool) {
	m.use()
	if i := m.index(key); i >= 0 {
		return m.members[i], true
	}
	return member{}, false
}

// set puts a value under a name, in its place or at the end.
func (m *model) set(name, value member) {
	m.use()
	m.modified = true
	value.key, value.name = name.key, name.name
	value.isWritable = value.isWritable && name.isWritable
	if i := m.index(name.key); i >= 0 {
		value.name = m.members[i].name // as it came, with a lone surrogate perhaps
		m.members[i] = value
		return
	}
	m.members = append(m.members, value)
}

func (m *model) remove(key string) bool {
	m.use()
	i := m.index(key)
	if i < 0 {
		return false
	}
	m.modified = true
	m.members = slices.Delete(m.members, i, i+1)
	return true
}

// pop forgets, as Django does, that a cookie was refused by this very call.
func (m *model) pop(key string) (found member, ok bool) {
	modified := m.modified
	found, ok = m.get(key)
	m.modified = modified
	if ok {
		m.remove(key)
	}
	return found, ok
}

func (m *model) clear() {
	m.accessed = true
	m.reset()
}

func (m *model) reset() { m.loaded, m.modified, m.members, m.unreadable = true, true, nil, false }

func (m *model) destroy() {
	m.key = ""
	m.reset()
}

// flush also forgets that the session could not be read.
func (m *model) flush() {
	m.clear()
	m.destroy()
	if m.err == unavailable {
		m.err = ""
	}
}

func (m *model) isEmpty() bool { return m.key == "" && len(m.members) == 0 }

// text is the payload to be saved.
func (m *model) text() string {
	parts := make([]string, len(m.members))
	for i, member := range m.members {
		parts[i] = member.name + ":" + member.text
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// saved is the kind of the error of saving.
func (m *model) saved(limit int) string {
	switch {
	case m.err == unavailable:
		return unavailable
	case m.unreadable:
		return malformed
	case slices.ContainsFunc(m.members, func(member member) bool { return !member.isWritable }):
		return unsupported
	case len(m.text()) > limit:
		return tooLarge
	}
	return good
}

// stamp is the time to sign with.
func (m *model) stamp() time.Time {
	at := m.now
	if !m.notAfter.IsZero() && m.notAfter.Before(at) {
		at = m.notAfter
	}
	return at.Truncate(time.Second)
}

// beyond is an expiry that is set and would end after the cookie's age.
func (m *model) beyond(expiry member) member {
	expiry.isWritable = m.policy != saltine.ExpiryEarliest
	return expiry
}

// age is get_expiry_age.
func (m *model) age() (age time.Duration, kind string) {
	switch e := m.ending(); {
	case e.kind == byNothing:
		return 0, wrongType
	case e.kind == byDate:
		left := e.date.Truncate(time.Microsecond).Sub(m.now.Truncate(time.Microsecond))
		return time.Duration(math.Floor(left.Seconds())) * time.Second, good
	case e.seconds == 0:
		return m.cookieAge, good
	case math.Abs(e.seconds) >= math.MaxInt64/1e9:
		if e.seconds < 0 {
			return math.MinInt64, good
		}
		return math.MaxInt64, good
	default:
		return time.Duration(math.RoundToEven(e.seconds*1e6)) * time.Microsecond, good
	}
}

// date is get_expiry_date.
func (m *model) date() (date time.Time, kind string) {
	switch e := m.ending(); e.kind {
	case byNothing, byEmptyText:
		return time.Time{}, wrongType
	case byDate:
		return e.date, good
	}
	age, _ := m.age()
	return m.now.Add(age), good
}

// atBrowserClose is get_expire_at_browser_close.
func (m *model) atBrowserClose() bool {
	e := m.ending()
	return e.kind == byDefault && m.atClose || e.kind == bySeconds && e.seconds == 0
}
