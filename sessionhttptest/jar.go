package sessionhttptest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// jar keeps cookies by the rules of RFC 6265, as a browser with HTTPS does. Unlike
// net/http/cookiejar it goes by a clock that is given to it.
type jar struct{ cookies []stored }

// stored is a cookie as a browser keeps it.
type stored struct {
	name, value string
	quoted      bool
	domain      string // the host, or with it all hosts below
	subdomains  bool
	path        string
	end         time.Time // zero: with the browser
}

// sameAs reports whether other takes the place of c.
func (c *stored) sameAs(other *stored) bool {
	return c.name == other.name && c.domain == other.domain && c.path == other.path
}

func (c *stored) isFor(host, path string) bool {
	return domainMatches(c, host) && pathMatches(c.path, path)
}

func domainMatches(c *stored, host string) bool {
	return host == c.domain || c.subdomains && strings.HasSuffix(host, "."+c.domain)
}

func pathMatches(cookiePath, path string) bool {
	rest, ok := strings.CutPrefix(path, cookiePath)
	return ok && (rest == "" || strings.HasSuffix(cookiePath, "/") || rest[0] == '/')
}

// set keeps the cookies of a response to a request for a path on a host.
func (j *jar) set(host, path string, cookies []*http.Cookie, now time.Time) {
	for _, cookie := range cookies {
		c := stored{name: cookie.Name, value: cookie.Value, quoted: cookie.Quoted, domain: host, path: cookie.Path, end: end(cookie, now)}
		if domain := strings.ToLower(strings.TrimPrefix(cookie.Domain, ".")); domain != "" {
			c.domain, c.subdomains = domain, true
		}
		if !domainMatches(&c, host) {
			continue // a browser refuses it
		}
		if !strings.HasPrefix(c.path, "/") {
			c.path = directory(path)
		}
		j.cookies = slices.DeleteFunc(j.cookies, func(old stored) bool { return old.sameAs(&c) })
		if c.end.IsZero() || now.Before(c.end) {
			j.cookies = append(j.cookies, c)
		}
	}
}

// end returns when a cookie ends: zero for the end of the browser.
func end(cookie *http.Cookie, now time.Time) time.Time {
	switch {
	case cookie.MaxAge < 0:
		return now
	case cookie.MaxAge > 0:
		return now.Add(time.Duration(cookie.MaxAge) * time.Second)
	}
	return cookie.Expires
}

// directory is the path of a cookie that names none.
func directory(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

// add adds the cookies for a request to it: those with longer paths first.
func (j *jar) add(r *http.Request, now time.Time) {
	j.cookies = slices.DeleteFunc(j.cookies, func(c stored) bool { return !c.end.IsZero() && !now.Before(c.end) })
	var send []stored
	for i := range j.cookies {
		if c := &j.cookies[i]; c.isFor(host(r), path(r)) {
			send = append(send, *c)
		}
	}
	slices.SortStableFunc(send, func(a, b stored) int { return len(b.path) - len(a.path) })
	for _, c := range send {
		r.AddCookie(&http.Cookie{Name: c.name, Value: c.value, Quoted: c.quoted}) //nolint:gosec // attributes are for responses
	}
}

// restart forgets what ends with the browser.
func (j *jar) restart() {
	j.cookies = slices.DeleteFunc(j.cookies, func(c stored) bool { return c.end.IsZero() })
}

// host returns the host that a request is for, without its port.
func host(r *http.Request) string {
	name, _, _ := strings.Cut(r.Host, ":")
	return strings.ToLower(name)
}

// path returns the path that a request is for.
func path(r *http.Request) string {
	if p := r.URL.EscapedPath(); strings.HasPrefix(p, "/") {
		return p
	}
	return "/"
}
