package djangocsrf

import (
	"net/netip"
	"strings"
)

// splitURL returns the scheme and the authority of a URL by the rules of Python's
// urllib.parse.urlsplit, which Django compares: nothing is decoded, and hardly
// anything is refused. It allocates only to remove line breaks and to lower a
// scheme. ok is false where urlsplit raises ValueError: for brackets that do not
// hold an IPv6 address.
//
// A header is Latin-1 to Django. Python's check of characters that turn into a
// slash under NFKC finds nothing there, and is left out.
func splitURL(url string) (scheme, authority string, ok bool) {
	url = strings.TrimLeft(url, c0OrSpace)
	url = lineBreaks.Replace(url)
	if i := strings.IndexByte(url, ':'); i > 0 && validScheme(url[:i]) {
		scheme, url = lowerASCII(url[:i]), url[i+1:]
	}
	if rest, found := strings.CutPrefix(url, "//"); found {
		authority = rest
		if end := strings.IndexAny(rest, "/?#"); end >= 0 {
			authority = rest[:end]
		}
	}
	return scheme, authority, validBrackets(authority)
}

// c0OrSpace is what newer Pythons strip, as browsers do.
const c0OrSpace = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f" +
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "

// lineBreaks removes what newer Pythons remove, wherever it stands.
var lineBreaks = strings.NewReplacer("\t", "", "\r", "", "\n", "")

func validScheme(s string) bool {
	if s == "" || !isLetter(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isLetter(s[i]) && !isDigit(s[i]) && strings.IndexByte("+-.", s[i]) < 0 {
			return false
		}
	}
	return true
}

// validBrackets looks at the square brackets of an authority.
func validBrackets(authority string) bool {
	opening, closing := strings.Contains(authority, "["), strings.Contains(authority, "]")
	if !opening || !closing {
		return opening == closing
	}
	hostPort := authority[strings.LastIndexByte(authority, '@')+1:]
	before, bracketed, found := strings.Cut(hostPort, "[")
	if !found { // the brackets are in the user part
		host, _, _ := strings.Cut(hostPort, ":")
		return validBracketed(host)
	}
	host, after, _ := strings.Cut(bracketed, "]")
	return before == "" && (after == "" || after[0] == ':') && validBracketed(host)
}

// validBracketed is true of what may stand in brackets: an IPv6 address, or an
// address of a later version.
func validBracketed(host string) bool {
	if version, found := strings.CutPrefix(host, "v"); found {
		digits, rest, _ := strings.Cut(version, ".")
		return digits != "" && rest != "" && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Is6() && !strings.Contains(address.Zone(), "%")
}

// sameDomain tells whether host is in the domain of a pattern: the host itself, or
// with a dot in front that host and all below it. The pattern's letter case does
// not matter, that of the host does. Django: utils.http.is_same_domain.
func sameDomain(host, pattern string) bool {
	if pattern == "" {
		return false
	}
	pattern = lowerASCII(pattern)
	if pattern[0] == '.' {
		return strings.HasSuffix(host, pattern) || host == pattern[1:]
	}
	return host == pattern
}

// lowerASCII leaves all other bytes as they are: strings.ToLower would replace
// those that are not UTF-8.
func lowerASCII(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' }) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
