package engines

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
)

// Shared is a server that the tests of one process share. Its methods are safe for concurrent use.
type Shared struct {
	start func() (*Server, error)
	mu    sync.Mutex
	began bool
}

// Share makes a Shared of PostgreSQL, MariaDB, Redis or Memcached:
//
//	var postgresql = engines.Share(engines.PostgreSQL)
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		if err := postgresql.Stop(); err != nil { … }
//		os.Exit(code)
//	}
func Share(start func(context.Context) (*Server, error)) *Shared {
	return &Shared{start: sync.OnceValues(func() (*Server, error) { return start(context.Background()) })}
}

// Need returns the server, which the first call starts. Where its program is not installed, the test is skipped, or fails if
// SALTINE_REQUIRE_LIVE=1.
func (s *Shared) Need(tb testing.TB) *Server {
	tb.Helper()
	s.mu.Lock()
	s.began = true
	s.mu.Unlock()
	server, err := s.start()
	Require(tb, err)
	return server
}

// Stop stops the server, if a test started it.
func (s *Shared) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.began {
		return nil
	}
	server, err := s.start()
	if err != nil {
		return nil // Need has reported it, and nothing runs
	}
	return server.Stop()
}

// Require ends the test if err is not nil. It skips the test instead if err is a MissingError and SALTINE_REQUIRE_LIVE is not 1.
func Require(tb testing.TB, err error) {
	tb.Helper()
	if err == nil {
		return
	}
	if _, missing := errors.AsType[*MissingError](err); missing && os.Getenv("SALTINE_REQUIRE_LIVE") != "1" {
		tb.Skip(err)
	}
	tb.Fatal(err)
}
