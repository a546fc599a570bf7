package engines_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
	"github.com/redis/go-redis/v9"

	"github.com/seed-52756201/saltine/interop/stores/engines"
)

// all are the engines by their name.
var all = []struct {
	name  string
	start func(context.Context) (*engines.Server, error)
	write func(context.Context, *engines.Server) error // keeps a value
	read  func(context.Context, *engines.Server) error // is nil if the value is there
	keeps bool                                         // the value survives Restart and Kill
}{
	{"PostgreSQL", engines.PostgreSQL, writeSQL("pgx"), readSQL("pgx"), true},
	{"MariaDB", engines.MariaDB, writeSQL("mysql"), readSQL("mysql"), true},
	{"Redis", engines.Redis, writeRedis, readRedis, false},
	{"memcached", engines.Memcached, writeMemcached, readMemcached, false},
}

func withSQL(driver string, do func(context.Context, *sql.DB) error) func(context.Context, *engines.Server) error {
	return func(ctx context.Context, s *engines.Server) error {
		db, err := sql.Open(driver, s.DSN)
		if err != nil {
			return err
		}
		return errors.Join(do(ctx, db), db.Close())
	}
}

func writeSQL(driver string) func(context.Context, *engines.Server) error {
	return withSQL(driver, func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "CREATE TABLE kept (value varchar(40))")
		if err != nil {
			return err
		}
		_, err = db.ExecContext(ctx, "INSERT INTO kept VALUES ('a value')")
		return err
	})
}

func readSQL(driver string) func(context.Context, *engines.Server) error {
	return withSQL(driver, func(ctx context.Context, db *sql.DB) error {
		var value string
		err := db.QueryRowContext(ctx, "SELECT value FROM kept").Scan(&value)
		if err == nil && value != "a value" {
			err = fmt.Errorf("the value is %q", value)
		}
		return err
	})
}

func withRedis(s *engines.Server, do func(*redis.Client) error) error {
	options, err := redis.ParseURL(s.DSN)
	if err != nil {
		return err
	}
	options.MaxRetries, options.DialerRetries = -1, 1
	client := redis.NewClient(options)
	return errors.Join(do(client), client.Close())
}

func writeRedis(ctx context.Context, s *engines.Server) error {
	return withRedis(s, func(c *redis.Client) error { return c.Set(ctx, "kept", "a value", 0).Err() })
}

func readRedis(ctx context.Context, s *engines.Server) error {
	return withRedis(s, func(c *redis.Client) error { return c.Get(ctx, "kept").Err() })
}

func writeMemcached(_ context.Context, s *engines.Server) error {
	c := memcache.New(s.DSN)
	return errors.Join(c.Set(&memcache.Item{Key: "kept", Value: []byte("a value")}), c.Close())
}

func readMemcached(_ context.Context, s *engines.Server) error {
	c := memcache.New(s.DSN)
	_, err := c.Get("kept")
	return errors.Join(err, c.Close())
}

// TestLife takes each engine through everything that can happen to it.
func TestLife(t *testing.T) {
	t.Parallel()
	for _, tt := range all {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			s, err := tt.start(t.Context())
			engines.Require(t, err)
			t.Cleanup(func() {
				if err := s.Stop(); err != nil {
					t.Error(err)
				}
			})
			t.Logf("answers after %v", time.Since(begin).Round(time.Millisecond))
			check(t, "write", tt.write(t.Context(), s))
			check(t, "read", tt.read(t.Context(), s))
			folder := filepath.Dir(s.Socket)
			began := processesIn(t, folder)
			if len(began) < 2 {
				t.Fatalf("%d processes in %s: they cannot be found", len(began), folder)
			}

			check(t, "Restart", s.Restart(t.Context()))
			expectRead(t, "Restart", tt.keeps, tt.read(t.Context(), s))

			check(t, "Kill", s.Kill())
			if err := tt.write(t.Context(), s); err == nil {
				t.Error("a killed server answers")
			}
			check(t, "Kill again", s.Kill())
			check(t, "Restart after Kill", s.Restart(t.Context()))
			expectRead(t, "Kill", tt.keeps, tt.read(t.Context(), s))

			check(t, "Kill before Stop", s.Kill())
			check(t, "Stop", s.Stop())
			check(t, "Stop again", s.Stop())
			check(t, "Kill after Stop", s.Kill())
			if err := s.Restart(t.Context()); err == nil {
				t.Error("Restart after Stop gives no error")
			}
			expectNothing(t, folder)
		})
	}
}

func check(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func expectRead(t *testing.T, after string, want bool, err error) {
	t.Helper()
	if got := err == nil; got != want {
		t.Errorf("the value is there after %s: %v, want %v (%v)", after, got, want, err)
	}
}

// expectNothing checks that neither processes nor files are left.
func expectNothing(t *testing.T, folder string) {
	t.Helper()
	if left := processesIn(t, folder); len(left) > 0 {
		t.Errorf("still running: %q", left)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// processesIn returns the command lines of the processes that work in folder or name it.
func processesIn(t *testing.T, folder string) (found []string) {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		cwd, _ := os.Readlink(filepath.Join(dir, "cwd"))
		if strings.Contains(string(line), folder) || strings.HasPrefix(cwd, folder) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

// TestTogether measures what a test pays that needs all of them.
func TestTogether(t *testing.T) {
	begin := time.Now()
	var waiting sync.WaitGroup
	servers := make([]*engines.Server, len(all))
	errs := make([]error, len(all))
	for i := range all {
		waiting.Go(func() { servers[i], errs[i] = all[i].start(t.Context()) })
	}
	waiting.Wait()
	t.Logf("all four answer after %v", time.Since(begin).Round(time.Millisecond))
	begin = time.Now()
	for i := range all {
		if servers[i] != nil {
			waiting.Go(func() { errs[i] = servers[i].Stop() })
		}
	}
	waiting.Wait()
	t.Logf("all four are gone %v later", time.Since(begin).Round(time.Millisecond))
	engines.Require(t, errors.Join(errs...))
}

func TestMissingProgram(t *testing.T) {
	_, err := engines.StartProgram(t.Context(), "/nonexistent/program")
	missing, ok := errors.AsType[*engines.MissingError](err)
	if !ok {
		t.Fatalf("the error is %v, want a MissingError", err)
	}
	if want := (engines.MissingError{Program: "program", Package: "test-package"}); *missing != want {
		t.Errorf("the error is %+v, want %+v", *missing, want)
	}
	if want := "engines: test: program is missing: apt-get install test-package"; err.Error() != want {
		t.Errorf("the error says %q, want %q", err, want)
	}
}

// A server that does not start says what it printed, and leaves nothing.
func TestFailingProgram(t *testing.T) {
	_, err := engines.StartProgram(t.Context(), "/bin/sh", "-c", "pwd; echo because >&2; exit 3")
	if err == nil {
		t.Fatal("no error")
	}
	if !strings.Contains(err.Error(), "because") || !strings.Contains(err.Error(), "status 3") {
		t.Errorf("the error says %q, want the status and the output", err)
	}
	for line := range strings.Lines(err.Error()) {
		if folder := strings.TrimSpace(line); strings.HasPrefix(folder, os.TempDir()) {
			expectNothing(t, folder)
			return
		}
	}
	t.Errorf("no folder in %q", err)
}

// A server that never answers is given up, and its children end with it.
func TestSilentProgram(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := engines.StartProgram(ctx, "/bin/sh", "-c", "pwd; sleep 86399 & sleep 86399")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the error is %v, want that of the context", err)
	}
	if left := processesIn(t, "sleep\x0086399"); len(left) > 0 {
		t.Errorf("still running: %q", left)
	}
}
