package fuzz_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine/sessioncookie"
)

// FuzzExchange reads its input as a program, as FuzzSessionCalls does, for a
// session that comes in a Cookie header and leaves in a Set-Cookie header. What
// leaves, and whether the response varies by cookie, is what Django's
// process_response says; the header is one line of printable ASCII; and what a
// browser keeps of it comes back as what was saved.
func FuzzExchange(f *testing.F) {
	for i := range byte(len(calls)) {
		f.Add([]byte{1, 0, 0, 1, 0, 1, 0, i, 0, 1}, uint16(200))
		f.Add([]byte{0, 1, 1, 2, 0, 5, 0, i, 1, 2, i, 3, 4}, uint16(500))
		f.Add([]byte{3, 0, 2, 5, 1, 1, 2, i, 2, 3}, uint16(404))
		f.Add([]byte{5, 1, 1, 5, 3, 0, 1, i, 2, 5}, uint16(302))
		f.Add([]byte{1, 1, 1, 0, 0, 3, i, 2, 5}, uint16(200))
		f.Add([]byte{3, 1, 1, 0, 0, 3, i, 2, 5}, uint16(200))
	}
	f.Add([]byte{1, 1, 1, 0, 0, 3, 0, 0}, uint16(200))    // unavailable, and only read
	f.Add([]byte{9, 1, 1, 0, 0, 1, 2, 0, 0}, uint16(200)) // guarded before it is used
	f.Add([]byte{5, 1, 1, 0, 0, 0}, uint16(200))          // a short cookie, untouched
	for i := range byte(len(payloads)) {
		f.Add([]byte{1, 1, i, 0, 0, 2}, uint16(200))
		f.Add([]byte{1, 1, i, 0, 0, 2, 0, 0}, uint16(200))
		f.Add([]byte{3, 1, i, 0, 0, 2}, uint16(200))
	}
	f.Fuzz(func(t *testing.T, program []byte, status uint16) {
		skipLong(t, program)
		src := &source{program}
		how := src.byte()
		x := &exchanging{runner: prepare(t, src), isSent: how&1 != 0, saveEvery: how&2 != 0}
		x.open(how&4 != 0)
		if how&8 != 0 {
			x.model.now = x.model.now.Add(10 * time.Second)
		}
		for !src.isEmpty() {
			if x.session == nil {
				x.session = x.exchange.Session()
			}
			calls[src.choice(len(calls))](x.runner)
			x.compare()
		}
		x.commit(int(status))
	})
}

const cookieName = "sessionid"

// exchanging is a session within an exchange.
type exchanging struct {
	*runner
	exchange  sessioncookie.Exchange
	isSent    bool
	saveEvery bool
}

// open begins the exchange, with a cookie, one that is too short to be one for
// Django, or none.
func (x *exchanging) open(isShort bool) {
	value := x.model.key
	if isShort {
		value = "1234567"
	}
	headers := []string{"theme=dark; " + cookieName + "=earlier", "a=b ;" + cookieName + " = " + value + "\t; sessionid2=" + value}
	if !x.isSent {
		headers = []string{"theme=dark; Sessionid=" + value}
	}
	if isShort || !x.isSent {
		x.model.key = ""
	}
	x.logf("sent %v, short %v", x.isSent, isShort)
	c := must(sessioncookie.New(x.store, &sessioncookie.Options{Name: cookieName, SaveEveryRequest: x.saveEvery}))
	x.exchange = c.Open(context.Background(), headers)
	if x.model.guard != noGuard {
		x.model.notAfter = x.model.now
		x.exchange.Guard(x.guard)
	}
}

// processed is Django's process_response: whether the cookie is deleted or saved.
func (x *exchanging) processed(status int) (isDeleted, isSaved bool) {
	m := x.model
	switch {
	case x.isSent && m.isEmpty():
		return true, false
	case m.isEmpty() || status >= 500:
		return false, false
	}
	return false, m.modified || x.saveEvery
}

func (x *exchanging) commit(status int) {
	x.t.Helper()
	m := x.model
	isDeleted, isSaved := x.processed(status)
	wantVary := isDeleted || m.accessed
	kind := good
	if m.accessed {
		m.load()
	}
	switch {
	case m.accessed && m.err == unavailable:
		kind, isDeleted, isSaved = unavailable, false, false
	case isSaved:
		m.use() // to save is to read
		if _, kind = m.age(); kind == good {
			kind = m.saved(payloadLimit)
		}
	}
	lines, vary, err := x.exchange.Commit(status)
	if got := kindOf(x.t, err); got != kind {
		x.failf("Commit: %s (%v), want %s", got, err, kind)
	}
	if wantVary = wantVary || isSaved && kind == good; vary != wantVary {
		x.failf("vary is %v, want %v", vary, wantVary)
	}
	if want := isDeleted || isSaved && kind == good; len(lines) > 1 || (len(lines) == 1) != want {
		x.failf("Set-Cookie %q, want one: %v", lines, want)
	}
	switch {
	case isDeleted:
		x.requireSame(cookieName+`=""; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; SameSite=Lax`, lines[0])
	case len(lines) > 0:
		x.checkLine(lines[0])
	}
	x.checkLate(err != nil)
}

// checkLine checks the header, and brings back what a browser keeps of it.
func (x *exchanging) checkLine(line string) {
	x.t.Helper()
	if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) || len(line) > sessioncookie.DefaultMaxLine {
		x.failf("Set-Cookie of %d bytes: %q", len(line), line)
	}
	pair, attributes, _ := strings.Cut(line, "; ")
	value, ok := sessioncookie.FindCookie([]string{"theme=dark; " + pair}, cookieName)
	if !ok || value != x.exchange.Session().Key() {
		x.failf("%q comes back as %q", pair, value)
	}
	x.requireSaved("Commit", x.cookies, value, nil)

	want := "Path=/; SameSite=Lax; HttpOnly; Secure"
	if !x.model.atBrowserClose() {
		age, _ := x.model.age()
		want = "Max-Age=" + strconv.FormatInt(int64(age/time.Second), 10) +
			"; Expires=" + x.model.now.Add(age).Format("Mon, 02 Jan 2006 15:04:05 GMT") + "; " + want
	}
	x.requireSame(want, attributes)
}

// checkLate changes the session when it is too late.
func (x *exchanging) checkLate(failed bool) {
	x.t.Helper()
	if err := x.exchange.Late(); err != nil {
		x.failf("Late, before anything changed: %v", err)
	}
	x.exchange.Session().Set("late", true)
	err := x.exchange.Late()
	if failed != (err == nil) || err != nil && !errors.Is(err, sessioncookie.ErrLateChange) {
		x.failf("Late, after a change: %v", err)
	}
	if lines, _, err := x.exchange.Commit(200); len(lines) > 0 || failed != (err == nil) {
		x.failf("Commit again: %q, %v", lines, err)
	}
}
