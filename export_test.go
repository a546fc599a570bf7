package saltine

import (
	"context"
	"fmt"
)

// Loaded reports whether the session's data is in memory, which Django's
// vectors record.
func Loaded(s *Session) bool { return s.opened }

// Unavailable returns a store that cannot be read, for a cause. It writes as the
// CookieStore does.
func Unavailable(writer *CookieStore, cause error) Store { return deadStore{writer, cause} }

type deadStore struct {
	*CookieStore
	cause error
}

func (u deadStore) Open(ctx context.Context, cookie string) *Session {
	return newSession(ctx, u, cookie)
}

func (u deadStore) read(*Session) error { return fmt.Errorf("%w: %w", ErrUnavailable, u.cause) }
