// Package recipes holds code of the pages in docs that needs the packages of others.
package recipes

import (
	"context"
	"net/http"

	"github.com/alexedwards/scs/v2"
	"github.com/gorilla/sessions"

	"github.com/seed-52756201/saltine"
)

// moveFromGorilla fills a new session from the cookie of gorilla/sessions.
func moveFromGorilla(old sessions.Store, name string, r *http.Request, s *saltine.Session) {
	if !s.IsEmpty() {
		return
	}
	was, err := old.Get(r, name)
	if err != nil || was.IsNew {
		return
	}
	for key, value := range was.Values {
		if key, ok := key.(string); ok {
			s.Set(key, value)
		}
	}
}

// moveFromSCS fills a new session from the store of scs, and ends the old one.
func moveFromSCS(ctx context.Context, old *scs.SessionManager, s *saltine.Session) error {
	if !s.IsEmpty() || old.Token(ctx) == "" {
		return nil
	}
	for _, key := range old.Keys(ctx) {
		s.Set(key, old.Get(ctx, key))
	}
	return old.Destroy(ctx)
}
