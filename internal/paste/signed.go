package paste

import "strings"

// colons undoes what logs and browsers make of a colon.
var colons = strings.NewReplacer("%3A", ":", "%3a", ":", "%253A", ":", "%253a", ":", `\u003a`, ":", `\u003A`, ":", `\x3a`, ":", `\x3A`, ":", `\072`, ":")

// Signed returns the values in one line of a log that have the shape of Django's, with the
// cookies' names where the line has them. Of what Read undoes it undoes encoded colons
// alone, and it is made for many lines: a value is of URL-safe base64, and whole.
func Signed(line string) []Cookie {
	line = colons.Replace(line)
	var cookies []Cookie
	for at := 0; len(cookies) < maxCookies; {
		next := strings.IndexByte(line[at:], ':')
		if next < 0 {
			break
		}
		colon := at + next
		at = colon + 1
		start, end, ok := signedAround(line, colon)
		if ok {
			cookies = append(cookies, Cookie{Name: nameBefore(line[:start]), Value: line[start:end]})
			at = end
		}
	}
	return cookies
}

// signedAround returns where the value begins and ends whose first colon this is.
func signedAround(line string, colon int) (start, end int, ok bool) {
	const shortest, longest = 5, 7 // of a time: the years 1998 to 83000
	stamp := spanOf(line[colon+1:], longest+1, false)
	second := colon + 1 + stamp
	if stamp < shortest || stamp > longest || second == len(line) || line[second] != ':' {
		return 0, 0, false
	}
	const longestSignature = 86
	signature := spanOf(line[second+1:], longestSignature+1, true)
	start = colon
	for start > 0 && (isURLSafe(line[start-1]) || line[start-1] == '.') {
		start--
	}
	return start, second + 1 + signature, start < colon && len(Signers(signature)) > 0
}

// spanOf returns how many letters and digits, and - and _ if they count, a text begins
// with, up to a limit.
func spanOf(s string, limit int, withSigns bool) int {
	n := 0
	for n < len(s) && n < limit && isURLSafe(s[n]) && (withSigns || s[n] != '-' && s[n] != '_') {
		n++
	}
	return n
}

func isURLSafe(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// nameBefore returns the name of name= at the end of a text.
func nameBefore(s string) string {
	s = strings.TrimRight(s, `"'\`)
	s, ok := strings.CutSuffix(s, "=")
	if !ok {
		return ""
	}
	at := len(s)
	for at > 0 && (isURLSafe(s[at-1]) || s[at-1] == '.') {
		at--
	}
	return s[at:]
}
