package sessionhttp

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine"
)

// CacheGuard says what becomes of a response that sets or deletes the session's
// cookie, while a cache may keep it that serves more than one person. That is so for
// a Cache-Control or CDN-Cache-Control with public, s-maxage, immutable, or a max-age
// without private or no-store; and where neither says anything, for an Expires header,
// for a Last-Modified header, and for statuses that caches keep by themselves, such as
// 301 and 404. Such a cache would hand out the session.
type CacheGuard uint8

// The guards.
const (
	// CachePrivate makes the response private: a browser may keep it as long
	// as before, and a shared cache may not. It is the default.
	CachePrivate CacheGuard = iota
	// CacheRefuse fails with ErrCacheable.
	CacheRefuse
	// CacheUnguarded lets the response go out as it is.
	CacheUnguarded
)

// ErrCacheable says that a response with the session's cookie may be kept by
// shared caches, and was refused for it.
var ErrCacheable = errors.New("sessionhttp: response sets the session's cookie and lets shared caches keep it")

func (g CacheGuard) check() error {
	if g > CacheUnguarded {
		return fmt.Errorf("%w: no such CacheGuard", saltine.ErrInvalidOption)
	}
	return nil
}

// cacheFields are the headers that caches go by: the second one overrides the
// first for those that know it (RFC 9213).
var cacheFields = [...]string{"Cache-Control", "Cdn-Cache-Control"}

// apply holds the headers of a response with the cookie to g.
func (g CacheGuard) apply(h http.Header, status int) error {
	if g == CacheUnguarded {
		return nil
	}
	said := false // whether any header speaks of shared caches
	for _, field := range cacheFields {
		directives := split(fieldLines(h, field), true)
		said = said || len(directives) > 0
		if !isShareable(directives) {
			continue
		}
		if g == CacheRefuse {
			return ErrCacheable
		}
		setField(h, field, strings.Join(private(directives), ", "))
	}
	if said || !isHeuristic(h, status) {
		return nil
	}
	if g == CacheRefuse {
		return ErrCacheable
	}
	h["Cache-Control"] = []string{"private"}
	return nil
}

// fieldLines returns the lines of a header, however its name is spelled in the map:
// handlers may write to the map itself.
func fieldLines(h http.Header, field string) []string {
	lines := h[field]
	for name, more := range h {
		if name != field && strings.EqualFold(name, field) {
			lines = slices.Concat(lines, more)
		}
	}
	return lines
}

// setField puts one line in place of all lines of a header.
func setField(h http.Header, field, line string) {
	for name := range h {
		if strings.EqualFold(name, field) {
			delete(h, name)
		}
	}
	h[field] = []string{line}
}

// isHeuristic reports whether a cache may keep a response that has no Cache-Control:
// by its Expires or Last-Modified header, or by its status (RFC 9110, section 15.1).
func isHeuristic(h http.Header, status int) bool {
	switch status {
	case http.StatusMultipleChoices, http.StatusMovedPermanently, http.StatusPermanentRedirect, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusGone, http.StatusRequestURITooLong, http.StatusNotImplemented:
		return true
	}
	return len(fieldLines(h, "Expires"))+len(fieldLines(h, "Last-Modified")) > 0
}

// isShareable reports whether a shared cache may take the response for one to
// keep.
func isShareable(directives []string) bool {
	fresh, closed := false, false
	for _, d := range directives {
		name, value, hasValue := cutDirective(d)
		switch name {
		case "public", "s-maxage":
			return true
		case "immutable":
			fresh = true
		case "max-age":
			fresh = fresh || strings.Trim(value, `"0`) != ""
		case "private": // private="X-Name" means that header only
			closed = closed || !hasValue
		case "no-store":
			closed = true
		}
	}
	return fresh && !closed
}

// private returns the directives without those for shared caches, and without
// those that have one quote too few: it would quote what follows.
func private(directives []string) []string {
	kept := []string{"private"}
	for _, d := range directives {
		switch name, _, _ := cutDirective(d); name {
		case "public", "private", "s-maxage", "proxy-revalidate":
		default:
			if isBalanced(d) {
				kept = append(kept, d)
			}
		}
	}
	return kept
}

func isBalanced(text string) bool { return strings.Count(text, `"`)%2 == 0 }

func cutDirective(d string) (name, value string, hasValue bool) {
	name, value, hasValue = strings.Cut(d, "=")
	return strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value), hasValue
}

// addVary adds Cookie to Vary.
func addVary(h http.Header) {
	h["Vary"] = mergeVary(h["Vary"], "Cookie")
}

// mergeVary returns the names of the lines, and name, once each, in one line,
// and nothing but * if they hold that.
func mergeVary(lines []string, name string) []string {
	tokens := append(split(lines, false), name)
	if slices.Contains(tokens, "*") {
		return []string{"*"}
	}
	merged, seen := tokens[:0], map[string]bool{}
	for _, token := range tokens {
		if isNew(merged, seen, token) {
			merged = append(merged, token)
		}
	}
	return []string{strings.Join(merged, ", ")}
}

// isNew reports whether a name is not among names, whatever its capitals. Few names are
// compared; of many, seen remembers which there were.
func isNew(names []string, seen map[string]bool, name string) bool {
	const few = 32
	if len(names) < few {
		return !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	if len(seen) == 0 {
		for _, n := range names {
			seen[strings.ToLower(n)] = true
		}
	}
	lower := strings.ToLower(name)
	if seen[lower] {
		return false
	}
	seen[lower] = true
	return true
}

// split returns the members of a header that is a list, trimmed, without the
// empty ones. With quotes, a comma in double quotes does not end a member, unless
// a quote lacks its counterpart.
func split(lines []string, quotes bool) []string {
	var members []string
	for _, line := range lines {
		balanced, inQuotes := quotes && isBalanced(line), false
		for member := range strings.FieldsFuncSeq(line, func(r rune) bool {
			inQuotes = inQuotes != (r == '"' && balanced)
			return r == ',' && !inQuotes
		}) {
			if member = strings.TrimSpace(member); member != "" {
				members = append(members, member)
			}
		}
	}
	return members
}
