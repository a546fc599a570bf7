// Package pydate reads and writes dates as Python's datetime does: Django keeps
// the expiry of a session as the text of datetime.isoformat.
package pydate

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrSyntax is Python's ValueError: a text that is no ISO 8601 date and time,
// or one that no calendar or clock shows.
var ErrSyntax = errors.New("not an ISO 8601 date and time")

// Parse reads text as datetime.fromisoformat does since Python 3.11: a date
// (YYYY-MM-DD, YYYYMMDD, YYYY-Www-D, YYYY-Www, YYYYWwwD or YYYYWww), alone for
// its midnight, or any one character and a time: HH, HH:MM, HH:MM:SS or the
// same without colons, seconds with a fraction after . or , of which
// microseconds are kept, then Z or an offset written like a time after + or -.
//
// A text with an offset gives a time in UTC. One without is naive and is taken
// in loc, which must not be nil; where the clocks of loc are put back or forward,
// [time.Date] chooses among the two readings. The only error is [ErrSyntax].
//
// Python has two implementations, in C and in Python. Parse takes what both of
// them take, in every release since 3.11, and refuses what passes one of them
// alone (2023-11-14T12:30:15.Z, 2023-11-14T12x+00:00), or some releases only:
// 24:00, which is taken since 3.14, and offsets like +00:90, which no longer are.
func Parse(text string, loc *time.Location) (t time.Time, naive bool, err error) {
	n := dateLen(text)
	if n > len(text) {
		return time.Time{}, false, ErrSyntax
	}
	date, ok := parseDate(text[:n])
	if !ok {
		return time.Time{}, false, ErrSyntax
	}
	year, month, day := date.Date()
	if n == len(text) {
		return time.Date(year, month, day, 0, 0, 0, 0, loc), true, nil
	}

	separator, size := utf8.DecodeRuneInString(text[n:])
	if separator == utf8.RuneError && size == 1 {
		return time.Time{}, false, ErrSyntax
	}
	clock, offset, naive, ok := parseTime(text[n+size:])
	switch {
	case !ok:
		return time.Time{}, false, ErrSyntax
	case naive:
		// Not an addition, which would count from a midnight before a change of the clocks.
		return time.Date(year, month, day, 0, 0, int(clock/time.Second), int(clock%time.Second), loc), true, nil
	default:
		// Adding the offset to the zone would allocate a [time.Location].
		return date.Add(clock - offset), false, nil
	}
}

// dateLen returns where the date of text ends and the separator stands, which
// is beyond the end of text when text is too short for its date. Since a
// separator may be a hyphen or a digit, week dates have to look ahead.
func dateLen(text string) int {
	const week, basic, extended = len("YYYYWww"), len("YYYYMMDD"), len("YYYY-MM-DD")
	switch {
	case len(text) < week:
		return extended
	case text[4] == 'W':
		digits := leadingDigits(text[week:])
		if digits > 1 && digits%2 == 1 {
			return week // the first digit separates, the time takes pairs
		}
		return week + min(digits, len("D"))
	case text[4] != '-':
		return basic
	case text[5] != 'W':
		return extended
	case len(text) <= len("YYYY-Www") || text[8] != '-':
		return len("YYYY-Www")
	case len(text) > extended && isDigit(text[extended]):
		return len("YYYY-Www") // the hyphen separates, two digits are the hour
	default:
		return extended
	}
}

// parseDate reads a date that is the whole of text, as its midnight in UTC.
func parseDate(text string) (time.Time, bool) {
	s := scanner{rest: text}
	var date time.Time
	year := s.digits(4)
	hyphens := s.accept('-')
	if s.accept('W') {
		week, day := s.digits(2), 1
		if s.rest != "" {
			s.expect('-', hyphens)
			day = s.digits(1)
		}
		date = weekDate(year, week, day)
		// A week that the year does not have, or a day that no week has, lands in another week.
		_, landed := date.ISOWeek()
		s.failed = s.failed || landed != week
	} else {
		month := s.digits(2)
		s.expect('-', hyphens)
		day := s.digits(2)
		date = time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		s.failed = s.failed || month < 1 || month > 12 || date.Day() != day
	}
	return date, s.done() && date.Year() >= 1 && date.Year() <= 9999
}

// weekDate returns the midnight in UTC of a day of an ISO week. Week 1 is the
// one with the fourth of January in it.
func weekDate(year, week, day int) time.Time {
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)
	sinceMonday := (int(fourth.Weekday()) + 6) % 7
	return fourth.AddDate(0, 0, 7*(week-1)+day-1-sinceMonday)
}

// parseTime reads a time and its offset, which are the whole of text.
func parseTime(text string) (clock, offset time.Duration, naive, ok bool) {
	i := strings.IndexAny(text, "+-Z")
	if i < 0 {
		clock, ok = parseClock(text)
		return clock, 0, true, ok
	}
	clock, ok = parseClock(text[:i])
	if !ok {
		return 0, 0, false, false
	}
	sign, rest := text[i], text[i+1:]
	if sign == 'Z' {
		return clock, 0, false, rest == ""
	}
	offset, ok = parseClock(rest)
	if sign == '-' {
		offset = -offset
	}
	return clock, offset, false, ok
}

// parseClock reads HH, HH:MM or HH:MM:SS[.f], with both colons or without, that
// is the whole of text, as the time since midnight.
func parseClock(text string) (time.Duration, bool) {
	s := scanner{rest: text}
	var minute, second, microsecond int
	hour := s.digits(2)
	colons := s.accept(':')
	if colons || s.rest != "" {
		minute = s.digits(2)
	}
	if s.rest != "" {
		s.expect(':', colons)
		second = s.digits(2)
	}
	if s.accept('.') || s.accept(',') {
		microsecond = s.fraction()
	}
	clock := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		time.Duration(second)*time.Second + time.Duration(microsecond)*time.Microsecond
	return clock, s.done() && hour < 24 && minute < 60 && second < 60
}

// scanner reads a text from its start. What it reads after a failure means
// nothing.
type scanner struct {
	rest   string
	failed bool
}

// done tells that all of the text was read, without a failure.
func (s *scanner) done() bool { return s.rest == "" && !s.failed }

// accept reads c if it comes next.
func (s *scanner) accept(c byte) bool {
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// expect reads c if it is due.
func (s *scanner) expect(c byte, due bool) {
	if due && !s.accept(c) {
		s.failed = true
	}
}

// digits reads a number of n digits.
func (s *scanner) digits(n int) int {
	if leadingDigits(s.rest) < n {
		s.failed = true
		return 0
	}
	number := 0
	for _, c := range []byte(s.rest[:n]) {
		number = 10*number + int(c-'0')
	}
	s.rest = s.rest[n:]
	return number
}

// fraction reads the digits of a fraction, as microseconds. Digits beyond them
// are cut.
func (s *scanner) fraction() int {
	n := leadingDigits(s.rest)
	kept := min(n, 6)
	microseconds := s.digits(max(kept, 1))
	for range 6 - kept {
		microseconds *= 10
	}
	s.rest = s.rest[n-kept:]
	return microseconds
}

func leadingDigits(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// AppendISO appends what datetime.isoformat gives for t,
// YYYY-MM-DDTHH:MM:SS[.ffffff]+HH:MM[:SS], to dst and returns the extended slice.
// Microseconds are written unless they are 0, what is below them is cut. The
// offset is always written. The year has to be in 1 to 9999, as in Python: one
// beyond them gives a text that [Parse] and Python refuse.
func AppendISO(dst []byte, t time.Time) []byte {
	return appendOffset(AppendNaive(dst, t), t)
}

// AppendNaive is AppendISO for a date without an offset, as Python has them
// too: that of t is left out.
func AppendNaive(dst []byte, t time.Time) []byte {
	layout := "2006-01-02T15:04:05"
	if t.Nanosecond() >= 1000 {
		layout = "2006-01-02T15:04:05.000000"
	}
	return t.AppendFormat(dst, layout)
}

// appendOffset appends the offset of t. It is no layout of [time.Time], which
// gets the sign wrong of an offset of less than a minute west.
func appendOffset(dst []byte, t time.Time) []byte {
	sign := byte('+')
	_, seconds := t.Zone()
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	dst = appendTwoDigits(append(dst, sign), seconds/3600)
	dst = appendTwoDigits(append(dst, ':'), seconds/60%60)
	if seconds%60 != 0 {
		dst = appendTwoDigits(append(dst, ':'), seconds%60)
	}
	return dst
}

func appendTwoDigits(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}
