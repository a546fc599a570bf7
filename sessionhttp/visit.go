package sessionhttp

import (
	"context"
	"errors"
	"net/http"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/carrier"
)

// visit is all that one request needs, in one allocation.
type visit struct {
	middleware *Middleware
	exchange   carrier.Exchange
	context    visitContext
	request    *http.Request // with context
	writer     responseWriter
	reported   bool
}

// contextKey finds the innermost visit in a context; a *Middleware as the key
// finds its own.
type contextKey struct{}

// visitContext is the context of a request, with its visit.
type visitContext struct {
	context.Context
	visit *visit
}

// Value returns the visit for its keys.
func (c *visitContext) Value(key any) any {
	if key == (contextKey{}) || key == c.visit.middleware {
		return c.visit
	}
	return c.Context.Value(key)
}

func (m *Middleware) open(r *http.Request) *visit {
	v := &visit{middleware: m, exchange: m.carrier.Open(r.Header["Cookie"])}
	v.context = visitContext{r.Context(), v}
	v.request = r.WithContext(&v.context)
	if m.opts.Revoked != nil {
		v.exchange.Guard(v.isRevoked)
	}
	return v
}

func (v *visit) isRevoked(s *saltine.Session) bool {
	return v.middleware.opts.Revoked(v.request, s, s.Verification().SignedAt)
}

// commit puts the session into the headers.
func (v *visit) commit(h http.Header, status int) error {
	if v.middleware.opts.RefreshOnNavigation && !isNavigation(v.request.Header) {
		v.exchange.NoRefresh()
	}
	setCookie, vary, err := v.exchange.Commit(status)
	v.report()
	if vary {
		addVary(h)
	}
	if len(setCookie) == 0 {
		return err
	}
	if err := v.middleware.opts.CacheGuard.apply(h); err != nil {
		return err
	}
	h["Set-Cookie"] = append(h["Set-Cookie"], setCookie...)
	return nil
}

// isNavigation reports whether the request is for a page that someone goes to.
func isNavigation(h http.Header) bool {
	dest := h.Get("Sec-Fetch-Dest")
	return dest == "" || dest == "document"
}

// report tells the hooks once how the cookie of a used session was read.
func (v *visit) report() {
	verification, err := v.exchange.Cookie()
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
