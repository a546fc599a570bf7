package sessionhttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// visit is all that one request needs, in one allocation.
type visit struct {
	middleware *Middleware
	exchange   sessioncookie.Exchange
	context    visitContext
	request    *http.Request // with context
	writer     responseWriter
	before     []func(status int) (setCookie []string, vary bool)
	reported   bool
	committed  bool
}

// Format writes the type's name only, whatever the verb: a visit holds the cookie.
func (*visit) Format(f fmt.State, _ rune) {
	io.WriteString(f, "sessionhttp.visit([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// contextKey finds the innermost visit in a context; a *Middleware as the key
// finds its own.
type contextKey struct{}

// visitContext is the context of a request, with its visit.
type visitContext struct {
	context.Context
	visit *visit
}

// Format writes the type's name only, whatever the verb.
func (*visitContext) Format(f fmt.State, _ rune) {
	io.WriteString(f, "sessionhttp.visitContext") //nolint:errcheck // fmt has nowhere to report it
}

// Value returns the visit for its keys.
func (c *visitContext) Value(key any) any {
	if key == (contextKey{}) || key == c.visit.middleware {
		return c.visit
	}
	return c.Context.Value(key)
}

func (m *Middleware) open(r *http.Request) *visit {
	v := &visit{middleware: m, exchange: m.cookie.Open(r.Context(), r.Header["Cookie"])}
	v.context = visitContext{r.Context(), v}
	v.request = r.WithContext(&v.context)
	if m.opts.Guard != nil {
		v.exchange.Guard(m.opts.Guard)
	}
	if m.opts.OnAmbiguous != nil {
		duplicates, disguised := sessioncookie.FindAmbiguous(r.Header["Cookie"], m.cookie.Name())
		if duplicates+disguised > 0 {
			m.opts.OnAmbiguous(v.request, duplicates, disguised)
		}
	}
	return v
}

// commit puts the session into the headers, and what stands before it, and returns the
// Set-Cookie lines that it put there.
func (v *visit) commit(h http.Header, status int) (lines setCookies, err error) {
	switch navigates := isNavigation(v.request.Header); {
	case navigates:
	case v.middleware.opts.RefreshOnNavigation:
		v.exchange.NoRefresh()
	default:
		v.exchange.NoResign()
	}
	defer v.report() // last: a hook that panics must not cost the cookie
	lines.others = v.runBefore(h, status)
	setCookie, vary, err := v.exchange.Commit(status)
	if vary {
		addVary(h)
	}
	if err != nil || len(setCookie)+len(lines.others) == 0 {
		return setCookies{}, err
	}
	if err := v.middleware.opts.CacheGuard.apply(h, status); err != nil {
		return setCookies{}, err
	}
	lines.session = strings.Join(setCookie, "") // there is one, or none
	h["Set-Cookie"] = append(append(h["Set-Cookie"], lines.others...), setCookie...)
	return lines, nil
}

// setCookies are the Set-Cookie lines of a commit.
type setCookies struct {
	session string   // or ""
	others  []string // of the functions of BeforeCommit
}

// runBefore calls the functions of BeforeCommit, once.
func (v *visit) runBefore(h http.Header, status int) (lines []string) {
	v.committed = true
	before := v.before
	v.before = nil
	for _, f := range before {
		setCookie, vary := f(status)
		if vary {
			addVary(h)
		}
		lines = append(lines, setCookie...)
	}
	return lines
}

// isNavigation reports whether the request is for a page that someone goes to.
func isNavigation(h http.Header) bool {
	dest := h.Get("Sec-Fetch-Dest")
	return dest == "" || dest == "document"
}

// report calls the hooks, once, with how the cookie of a used session was read.
func (v *visit) report() {
	verification, err := v.exchange.Verification()
	if v.reported || verification.Size == 0 && err == nil {
		return
	}
	v.reported = true
	if hook := v.middleware.opts.OnCookie; hook != nil {
		hook(v.request, verification, err)
	}
	if errors.Is(err, saltine.ErrMalformed) {
		v.middleware.opts.OnError(v.request, err)
	}
}
