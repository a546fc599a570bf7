package carrier

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
// A value without escapes is part of its header: nothing is allocated. It may
// hold any bytes.
//
// Django: http.cookie.parse_cookie(header).get(name).
func FindCookie(headers []string, name string) (value string, ok bool) {
	if isOverLimit(headers) {
		return "", false
	}
	for _, header := range slices.Backward(headers) {
		for end := len(header); end >= 0; {
			start := strings.LastIndexByte(header[:end], ';')
			if value, ok := cutName(header[start+1:end], name); ok {
				return unquote(value), true
			}
			end = start
		}
	}
	return "", false
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

// cutName returns what stands after name and an equals sign in pair.
func cutName(pair, name string) (value string, ok bool) {
	found, value, ok := strings.Cut(pair, "=")
	if !ok || strings.TrimFunc(found, isSpace) != name {
		return "", false
	}
	return strings.TrimFunc(value, isSpace), true
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
