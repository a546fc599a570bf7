// Package contenders opens this project's stores and those of github.com/alexedwards/scs on the same engines, to hold them against each
// other: what comes of their races, and what a request costs.
//
//	stores, stop, err := contenders.Open(ctx, "postgresql")
//	…
//	defer stop()
//	for _, s := range stores {
//		token, err := s.New(ctx)
//		…
//	}
package contenders

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/seed-52756201/saltine"
)

// Store is a store of sessions, as a program uses it. Its functions are safe for concurrent use.
type Store struct {
	Engine string // what Open was told
	Name   string // of the package

	// New makes a session of a login, and returns its cookie.
	New func(ctx context.Context) (token string, err error)
	// Read reads the session of a cookie.
	Read func(ctx context.Context, token string) error
	// Load reads a session and changes it. save stores it; errors are of kind ErrGone where the store says that it was deleted.
	Load func(ctx context.Context, token string) (save func() error, err error)
	// Cycle reads a session and gives it another key.
	Cycle func(ctx context.Context, token string) (other string, err error)
	// Delete signs a session out.
	Delete func(ctx context.Context, token string) error
	// Exists reports whether there is a session under a cookie.
	Exists func(ctx context.Context, token string) (bool, error)

	// Address is what Attach takes to open the same sessions in another process, or empty.
	Address string

	// Statements counts what was sent to the engine, and Trips how often a connection waited for it. They are nil where nothing is counted.
	Statements, Trips *atomic.Int64
}

// ErrGone is the kind of a save that was refused since the session was deleted.
var ErrGone = saltine.ErrInterrupted

// login is what the sessions hold: those values that django.contrib.auth stores.
var login = [][2]string{
	{"_auth_user_id", "1042"},
	{"_auth_user_backend", "django.contrib.auth.backends.ModelBackend"},
	{"_auth_user_hash", "b5f16725e270c1e3300f592302834a37acecbb92a1b5f16725e270c1e3300f59"},
}

// changes makes each save store another value.
var changes atomic.Int64

var errEmpty = errors.New("the session is empty")

// newSaltine returns a Store over a Backend of this project.
func newSaltine(engine, name string, backend saltine.Backend) (*Store, error) {
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		return nil, err
	}
	open := func(ctx context.Context, token string) (*saltine.Session, error) {
		s := store.Open(ctx, token)
		if s.Get(login[0][0]) != login[0][1] {
			return nil, errors.Join(errEmpty, s.Err())
		}
		return s, nil
	}
	return &Store{
		Engine: engine, Name: name,
		New: func(ctx context.Context) (string, error) {
			s := store.Open(ctx, "")
			for _, item := range login {
				s.Set(item[0], item[1])
			}
			err := s.Save()
			return s.Key(), err
		},
		Read: func(ctx context.Context, token string) error {
			_, err := open(ctx, token)
			return err
		},
		Load: func(ctx context.Context, token string) (func() error, error) {
			s, err := open(ctx, token)
			if err != nil {
				return nil, err
			}
			s.Set("n", changes.Add(1))
			return s.Save, nil
		},
		Cycle: func(ctx context.Context, token string) (string, error) {
			s, err := open(ctx, token)
			if err != nil {
				return "", err
			}
			err = s.CycleKey()
			return s.Key(), err
		},
		Delete: store.Delete,
		Exists: store.Exists,
	}, nil
}

// newSCS returns a Store over one of scs.
func newSCS(engine, name string, backend scs.Store) *Store {
	m := scs.New()
	m.Store = backend
	m.Lifetime = 14 * 24 * time.Hour
	open := func(ctx context.Context, token string) (context.Context, error) {
		ctx, err := m.Load(ctx, token)
		if err == nil && m.GetString(ctx, login[0][0]) != login[0][1] {
			err = errEmpty
		}
		return ctx, err
	}
	return &Store{
		Engine: engine, Name: name,
		New: func(ctx context.Context) (string, error) {
			ctx, err := m.Load(ctx, "")
			if err != nil {
				return "", err
			}
			for _, item := range login {
				m.Put(ctx, item[0], item[1])
			}
			token, _, err := m.Commit(ctx)
			return token, err
		},
		Read: func(ctx context.Context, token string) error {
			_, err := open(ctx, token)
			return err
		},
		Load: func(ctx context.Context, token string) (func() error, error) {
			ctx, err := open(ctx, token)
			if err != nil {
				return nil, err
			}
			m.Put(ctx, "n", changes.Add(1))
			return func() error {
				_, _, err := m.Commit(ctx)
				return err
			}, nil
		},
		Cycle: func(ctx context.Context, token string) (string, error) {
			ctx, err := open(ctx, token)
			if err == nil {
				err = m.RenewToken(ctx)
			}
			if err != nil {
				return "", err
			}
			other, _, err := m.Commit(ctx)
			return other, err
		},
		Delete: func(ctx context.Context, token string) error {
			if withContext, ok := backend.(scs.CtxStore); ok {
				return withContext.DeleteCtx(ctx, token)
			}
			return backend.Delete(token)
		},
		Exists: func(ctx context.Context, token string) (bool, error) {
			_, found, err := scsFind(ctx, backend, token)
			return found, err
		},
	}
}

// scsFind asks as a SessionManager does.
func scsFind(ctx context.Context, backend scs.Store, token string) ([]byte, bool, error) {
	if withContext, ok := backend.(scs.CtxStore); ok {
		return withContext.FindCtx(ctx, token)
	}
	return backend.Find(token)
}

// String names the store and its engine.
func (s *Store) String() string { return fmt.Sprintf("%s, %s", s.Engine, s.Name) }
