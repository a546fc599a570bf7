package sessioncookie

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

// isLegal reports whether s can stand unquoted.
func isLegal(s string) bool { return s != "" && strings.Trim(s, legalChars) == "" }

// Quote returns a cookie's value as Python, and so Django, writes it in a
// Set-Cookie header: as it is, or where it has other characters than letters,
// digits and !#$%&'*+-.^_`|~: within quotes, with \" and \\, and with octal
// escapes for control characters, the comma, the semicolon and U+007F to
// U+00FF. Characters above U+00FF, and bytes that are not UTF-8, are left as
// they are; Django cannot send these itself. The result can neither end a
// header line nor begin an attribute. Newer Pythons refuse to set a cookie that
// has control characters. [FindCookie] undoes Quote.
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
