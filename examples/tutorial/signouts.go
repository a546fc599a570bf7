package main

import (
	"context"
	"sync"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/revocation"
)

// signOuts are the times at which people signed out everywhere. A real shop has them in a
// column of its table of users.
type signOuts struct {
	now   func() time.Time
	mu    sync.Mutex
	times map[string]time.Time
}

func newSignOuts(now func() time.Time) *signOuts {
	return &signOuts{now: now, times: map[string]time.Time{}}
}

func (o *signOuts) add(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.times[name] = o.now()
}

// list returns what refuses the sessions that began before.
func (o *signOuts) list() (*revocation.List, error) {
	return revocation.New(&revocation.Options{
		User: func(s *saltine.Session) string { return user.Or(s, "") },
		Ended: func(_ context.Context, name string) (time.Time, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			return o.times[name], nil
		},
		Now: o.now,
	})
}
