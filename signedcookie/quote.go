package signedcookie

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// legalChars need no quotes in a cookie's value, and are all that its name may
// have. Python: http.cookies._LegalChars.
const legalChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~:"

// unescapedChars stand for themselves within quotes, besides legalChars.
// Python: http.cookies._UnescapedChars.
const unescapedChars = " ()/<=>?@[]{}"

// isLegal reports whether s is neither empty nor needs quotes.
func isLegal(s string) bool { return s != "" && strings.Trim(s, legalChars) == "" }

// Quote returns a cookie's value as Python, and so Django, writes it in a
// Set-Cookie header: as it is, or where it has other characters than letters,
// digits and !#$%&'*+-.^_`|~: within quotes, with \" and \\, and with octal
// escapes for control characters, the comma, the semicolon and U+007F to
// U+00FF. Characters above U+00FF, and bytes that are not UTF-8, are left as
// they are; Django cannot send these itself. The result cannot end a header
// line or begin an attribute. Newer Pythons refuse to set a cookie that has
// control characters.
//
// Python: http.cookies.SimpleCookie.value_encode.
func Quote(value string) string {
	if isLegal(value) {
		return value
	}
	var b strings.Builder
	b.Grow(len(value) + len(`""`) + len(`\054`))
	b.WriteByte('"')
	for value != "" {
		r, n := utf8.DecodeRuneInString(value)
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r > unicode.MaxLatin1 || strings.ContainsRune(legalChars, r) || strings.ContainsRune(unescapedChars, r):
			b.WriteString(value[:n])
		default:
			b.Write([]byte{'\\', '0' + byte(r>>6), '0' + byte(r>>3&7), '0' + byte(r&7)})
		}
		value = value[n:]
	}
	b.WriteByte('"')
	return b.String()
}

// Unquote returns the value of a cookie as it stood in a Cookie header: what
// [Quote] was given. A text without quotes around it is returned as it is. Of
// what net/http.Cookie.Value holds, the quotes are gone already: do not give
// that to Unquote.
//
// Python: http.cookies.SimpleCookie.value_decode.
func Unquote(raw string) string {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return raw
	}
	raw = raw[1 : len(raw)-1]
	if !strings.Contains(raw, `\`) {
		return raw
	}
	var b strings.Builder
	b.Grow(len(raw))
	for raw != "" {
		switch {
		case isOctalEscape(raw):
			b.WriteRune(rune(raw[1]-'0')<<6 | rune(raw[2]-'0')<<3 | rune(raw[3]-'0'))
			raw = raw[4:]
		case raw[0] == '\\' && len(raw) > 1 && raw[1] != '\n': // the dot of Python's regular expression matches no newline
			b.WriteByte(raw[1])
			raw = raw[2:]
		default:
			b.WriteByte(raw[0])
			raw = raw[1:]
		}
	}
	return b.String()
}

// isOctalEscape reports whether s begins with \000 to \377.
func isOctalEscape(s string) bool {
	return len(s) >= 4 && s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
		s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7'
}

// Lookup returns the value of the cookie called name in the Cookie headers of
// a request, unquoted, as Django finds it: the last one where there are more.
// It finds the cookies that net/http's Request.Cookie passes over because of
// their characters, and allocates only for an escaped value.
//
// Django: http.parse_cookie, request.COOKIES.
func Lookup(headers []string, name string) (value string, ok bool) {
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ";") {
			key, raw, isPair := strings.Cut(part, "=")
			if isPair && trim(key) == name {
				value, ok = trim(raw), true
			}
		}
	}
	return Unquote(value), ok
}

// trim is Python's str.strip.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f })
}
