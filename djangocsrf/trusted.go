package djangocsrf

import (
	"strconv"
	"strings"
)

// trusted are the origins of Options.TrustedOrigins, in the forms that Origin and
// Referer are compared with.
type trusted struct {
	exact     map[string]bool     // whole origins without a star
	wildcards map[string][]string // by scheme: patterns that begin with a dot
	hosts     []string            // of all origins, for the Referer: host or pattern
}

func newTrusted(origins []string) (trusted, error) {
	t := trusted{exact: map[string]bool{}, wildcards: map[string][]string{}}
	for i, origin := range origins {
		if reason := t.add(origin); reason != "" {
			return t, invalidOption("TrustedOrigins[%d] %s", i, reason)
		}
	}
	return t, nil
}

// add returns the reason for which no browser's Origin can equal origin.
func (t *trusted) add(origin string) (reason string) {
	scheme, authority, found := strings.Cut(origin, "://")
	if !found || !validScheme(scheme) {
		return "has no scheme: write https://example.com"
	}
	if rest, wildcard := strings.CutPrefix(authority, "*"); wildcard && strings.HasPrefix(rest, ".") {
		scheme, rest = lowerASCII(scheme), lowerASCII(rest)
		t.wildcards[scheme] = append(t.wildcards[scheme], rest)
		t.hosts = append(t.hosts, rest)
		return checkAuthority(scheme, rest[1:])
	}
	t.exact[origin] = true
	t.hosts = append(t.hosts, authority)
	return checkAuthority(scheme, authority)
}

// checkAuthority returns what is wrong with an authority, or nothing.
func checkAuthority(scheme, authority string) string {
	host, port := splitPort(authority)
	switch {
	case strings.Contains(authority, "*"):
		return "has a star elsewhere than in front, as in https://*.example.com"
	case lowerASCII(scheme) != scheme || lowerASCII(authority) != authority:
		return "has a capital letter: browsers send small ones"
	case strings.Contains(authority, "/"):
		return "has a path: browsers send none"
	case !validHost(host):
		return "has a host that no browser sends: no user, no dot in front, and xn-- for other alphabets"
	case port != "" && !validPort(port[1:]):
		return "has a port that no browser sends"
	case scheme == "https" && port == ":443", scheme == "http" && port == ":80":
		return "has the default port: browsers leave it out"
	}
	return ""
}

// splitPort cuts an authority before the colon of its port.
func splitPort(authority string) (host, port string) {
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.HasSuffix(authority, "]") {
		return authority, ""
	}
	return authority[:i], authority[i:]
}

func validHost(host string) bool {
	if inner, found := strings.CutPrefix(host, "["); found {
		inner, found = strings.CutSuffix(inner, "]")
		return found && validBracketed(inner)
	}
	if host == "" || host[0] == '.' {
		return false
	}
	for i := range len(host) {
		if c := host[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("-._", c) < 0 {
			return false
		}
	}
	return true
}

func validPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && port[0] != '0'
}

// origin tells whether an Origin header is trusted. Django: _origin_verified.
func (t *trusted) origin(origin string) bool {
	if t.exact[origin] {
		return true
	}
	scheme, authority, ok := splitURL(origin)
	return ok && inDomains(authority, t.wildcards[scheme])
}

// referer tells whether the authority of a Referer is trusted. The scheme of the
// entry does not matter here.
func (t *trusted) referer(authority string) bool { return inDomains(authority, t.hosts) }

func inDomains(host string, patterns []string) bool {
	for _, pattern := range patterns {
		if sameDomain(host, pattern) {
			return true
		}
	}
	return false
}
