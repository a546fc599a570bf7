package sessioncookie

import (
	"slices"
	"strings"
	"unicode"
)

// What a request may bring before it is taken to have no cookies at all: the
// defaults of net/http for the size of headers and the number of cookies.
const (
	maxHeaderLen = 1 << 20
	maxCookies   = 3000
)

// FindCookie returns the value of the cookie name in the Cookie headers of a
// request, and whether it was there. Names are exact. Of several cookies with
// one name the last counts, in the last header that has it, and a value in
// double quotes comes without them and without its escapes. Requests with more
// than 1 MiB or 3000 cookies have none.
//
// Around a name only blanks and tabs count as white space. Django strips all that
// Unicode calls white space: there, a cookie whose name begins with U+2000 is taken
// for the session's, though the browser that let a sibling domain set it saw neither
// the name nor its prefix __Host-. See [FindAmbiguous].
//
// A value without escapes is part of its header: nothing is allocated. It may
// hold any bytes.
//
// Django: http.cookie.parse_cookie(header).get(name).
func FindCookie(headers []string, name string) (value string, ok bool) {
	if isOverLimit(headers) || name == "" {
		return "", false
	}
	for _, header := range slices.Backward(headers) {
		if value, ok := lastValue(header, name); ok {
			return unquote(value), true
		}
	}
	return "", false
}

// lastValue returns what stands in the last pair of a header that has this name. It
// searches for the name, and looks at what is around it.
func lastValue(header, name string) (value string, ok bool) {
	at := -1
	for next := 0; ; {
		i := strings.Index(header[next:], name)
		if i < 0 {
			break
		}
		i += next
		next = i + len(name)
		before := strings.TrimRight(header[:i], blanks)
		after := strings.TrimLeft(header[next:], blanks)
		if (before == "" || before[len(before)-1] == ';') && strings.HasPrefix(after, "=") {
			at = len(header) - len(after) + 1
		}
	}
	if at < 0 {
		return "", false
	}
	value, _, _ = strings.Cut(header[at:], ";")
	return strings.TrimFunc(value, isSpace), true
}

// blanks are the white space around a cookie's name.
const blanks = " \t"

// FindAmbiguous returns how many cookies of a name a request has beyond one, and how
// many that are disguised as it: their names differ in white space only, which
// another reader of the request may strip. A site on a sibling domain can set both,
// to have its own session taken for the visitor's. Requests over the limits of
// [FindCookie] have none.
func FindAmbiguous(headers []string, name string) (duplicates, disguised int) {
	if isOverLimit(headers) || name == "" {
		return 0, 0
	}
	same := 0
	for _, header := range headers {
		for pair := range strings.SplitSeq(header, ";") {
			found, _, ok := strings.Cut(pair, "=")
			switch {
			case !ok: // not a cookie of any name
			case strings.Trim(found, blanks) == name:
				same++
			case strings.TrimFunc(found, isSpace) == name:
				disguised++
			}
		}
	}
	return max(same-1, 0), disguised
}

func isOverLimit(headers []string) bool {
	size, cookies := 0, 0
	for _, header := range headers {
		if size += len(header); size > maxHeaderLen {
			return true
		}
		cookies += strings.Count(header, ";") + 1
	}
	return cookies > maxCookies
}

// isSpace is Python's str.isspace, which has four control characters more than
// Unicode's White_Space.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// unquote undoes double quotes as Python's http.cookies does: \ooo is the
// character of that number, and a backslash before any other character but a
// line feed vanishes.
func unquote(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	value = value[1 : len(value)-1]
	if !strings.Contains(value, `\`) {
		return value
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' || i == len(value)-1 || value[i+1] == '\n' {
			b.WriteByte(value[i])
			continue
		}
		if char, ok := octal(value[i+1:]); ok {
			b.WriteRune(char)
			i += len("ooo")
			continue
		}
		i++
		b.WriteByte(value[i])
	}
	return b.String()
}

// octal reads three octal digits of at most 0o377 at the start of s.
func octal(s string) (char rune, ok bool) {
	if len(s) < 3 || s[0] > '3' {
		return 0, false
	}
	for i := range 3 {
		if s[i] < '0' || s[i] > '7' {
			return 0, false
		}
		char = char<<3 | rune(s[i]-'0')
	}
	return char, true
}
