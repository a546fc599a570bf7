// Package clearsessions_test runs the programs below it that need no server. The others are run by interop/stores.
package clearsessions_test

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/filestore"
	"github.com/seed-52756201/saltine/sqlstore"
)

const secretKey = "the key of a test, public and worthless: 0123456789"

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newData(t *testing.T) *saltine.SessionData {
	t.Helper()
	keys, err := saltine.NewKeyring(secretKey, nil)
	check(t, err)
	data, err := saltine.NewSessionData(keys, nil)
	check(t, err)
	return data
}

// run runs a program of this folder.
func run(t *testing.T, name string, env ...string) (output string, err error) {
	t.Helper()
	program := filepath.Join(t.TempDir(), name)
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./"+name).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), env...)
	said, err := cmd.CombinedOutput()
	return string(said), err
}

// mustClear makes a good and an expired session, runs f, and looks for them.
func mustClear(t *testing.T, b saltine.Backend, f func() (string, error)) {
	t.Helper()
	for key, age := range map[string]time.Duration{"goodgood": time.Hour, "endedended": -time.Hour} {
		r := saltine.Record{Expires: time.Now().Add(age)}
		if age < 0 {
			check(t, r.ParseJSON([]byte(`{"_session_expiry":-3600}`))) // a file has no other end
		}
		check(t, b.Create(t.Context(), key, r))
	}
	if said, err := f(); err != nil || said != "" {
		t.Fatalf("%v: %s", err, said)
	}
	for key, want := range map[string]bool{"goodgood": true, "endedended": false} {
		if exists, err := b.Exists(t.Context(), key); exists != want || err != nil {
			t.Errorf("%s is there: %t, want %t (%v)", key, exists, want, err)
		}
	}
}

func TestSQLite(t *testing.T) {
	dsn := "file:" + filepath.Join(t.TempDir(), "db.sqlite3") + "?_pragma=busy_timeout(5000)"
	db, err := sql.Open("sqlite", dsn)
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	b, err := sqlstore.New(db, sqlstore.SQLite, newData(t), nil)
	check(t, err)
	for line := range strings.Lines(b.Schema()) {
		_, err := db.ExecContext(t.Context(), line)
		check(t, err)
	}
	mustClear(t, b, func() (string, error) { return run(t, "sqlite", "DATABASE="+dsn) })
}

func TestFiles(t *testing.T) {
	folder := t.TempDir()
	b, err := filestore.New(folder, newData(t), nil)
	check(t, err)
	mustClear(t, b, func() (string, error) { return run(t, "files", "FOLDER="+folder, "SECRET_KEY="+secretKey) })
}

// What cannot be reached ends the program with a status that cron sees.
func TestUnreachable(t *testing.T) {
	for name, env := range map[string][]string{
		"sqlite": {"DATABASE=file:" + filepath.Join(t.TempDir(), "none.sqlite3")}, "files": {"FOLDER=/nowhere", "SECRET_KEY=" + secretKey},
	} {
		said, err := run(t, name, env...)
		if _, ended := errors.AsType[*exec.ExitError](err); !ended || said == "" || strings.Contains(said, secretKey) {
			t.Errorf("%s: %v: %s", name, err, said)
		}
	}
}
