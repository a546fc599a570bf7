package authhttp

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AllowedURL reports whether a URL that came from outside may be redirected to: a path
// of the site, or an http or https URL of one of the hosts, which are compared as text,
// ports included. With requireHTTPS a URL must not be http.
//
// It is stricter than Django in three ways. A control character is refused wherever it
// stands: browsers drop tabs and line ends, and take "/\t/host" for "//host". So is a
// backslash, which browsers take for a slash: http.Redirect cleans paths, and makes
// `/\host` of `/./\host`, where Django writes %5C. And "//" without a host is refused.
//
// Django: utils.http.url_has_allowed_host_and_scheme.
func AllowedURL(url string, hosts []string, requireHTTPS bool) bool {
	if !utf8.ValidString(url) || strings.ContainsFunc(url, unicode.IsControl) || strings.Contains(url, "\\") {
		return false
	}
	url = strings.TrimSpace(url)
	if url == "" || strings.HasPrefix(url, "///") || isOther(url) {
		return false
	}
	scheme, authority, ok := split(url)
	switch {
	case !ok, scheme != "" && authority == "":
		return false
	case authority == "":
		return !strings.HasPrefix(url, "//")
	case scheme == "": // the page's own scheme, at least http
		scheme = "http"
	}
	return slices.Contains(hosts, authority) && (scheme == "https" || scheme == "http" && !requireHTTPS)
}

// isOther reports whether a text begins with a character of Unicode's category C, which
// is what no other category has.
func isOther(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z)
}

// schemeChars are what Django to 4.2 takes for a part of a scheme, in any place.
const schemeChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."

// split returns a URL's scheme and authority. ok is false for brackets that have no
// counterpart.
func split(url string) (scheme, authority string, ok bool) {
	if i := strings.IndexByte(url, ':'); i > 0 && strings.Trim(url[:i], schemeChars) == "" {
		scheme, url = strings.ToLower(url[:i]), url[i+1:]
	}
	rest, found := strings.CutPrefix(url, "//")
	if !found {
		return scheme, "", true
	}
	authority = rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	return scheme, authority, strings.Contains(authority, "[") == strings.Contains(authority, "]")
}
