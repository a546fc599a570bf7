package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sqlstore"
)

const secretKey = "the key of a test, public and worthless: 0123456789"

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	check(t, err)
	return string(text)
}

// code returns the lines of a program without comments at the margin.
func code(t *testing.T, name string) (lines []string) {
	t.Helper()
	for line := range strings.Lines(read(t, name)) {
		if !strings.HasPrefix(line, "//") {
			lines = append(lines, line)
		}
	}
	return lines
}

// The program is that of the README but for ten lines at most.
func TestTenLines(t *testing.T) {
	left := code(t, "../visits/main.go")
	var changed []string
	for _, line := range code(t, "main.go") {
		if i := slices.Index(left, line); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		changed = append(changed, line)
	}
	if len(changed) > 10 || len(left) > 2 {
		t.Errorf("%d lines are new and %d are gone:\n%s\n%s", len(changed), len(left), strings.Join(changed, ""), strings.Join(left, ""))
	}
}

func TestSchema(t *testing.T) {
	keys, err := saltine.NewKeyring(secretKey, nil)
	check(t, err)
	data, err := saltine.NewSessionData(keys, nil)
	check(t, err)
	backend, err := sqlstore.New(sql.OpenDB(nil), sqlstore.SQLite, data, nil)
	check(t, err)
	if got := read(t, "schema.sql"); got != backend.Schema() {
		t.Errorf("schema.sql is\n%s, want\n%s", got, backend.Schema())
	}
}

// build builds the program for another address, and returns both.
func build(t *testing.T) (program, address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	address = listener.Addr().String()
	check(t, listener.Close())
	folder := t.TempDir()
	source, overlay := filepath.Join(folder, "main.go"), filepath.Join(folder, "overlay.json")
	here, err := filepath.Abs("main.go")
	check(t, err)
	check(t, os.WriteFile(source, []byte(strings.Replace(read(t, "main.go"), "127.0.0.1:8080", address, 1)), 0o600))
	replaced, err := json.Marshal(map[string]any{"Replace": map[string]string{here: source}})
	check(t, err)
	check(t, os.WriteFile(overlay, replaced, 0o600))
	program = filepath.Join(folder, "dbsession")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return program, address
}

// start starts the program until the test ends, or stop is called.
func start(t *testing.T, program, address, dsn string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), "SECRET_KEY="+secretKey, "DATABASE="+dsn)
	check(t, cmd.Start())
	stop = func() {
		cancel()
		_ = cmd.Wait() // it was killed
	}
	t.Cleanup(stop)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			check(t, conn.Close())
			return stop
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(err)
		}
	}
}

// visit returns what the program says, and the cookie of the next visit.
func visit(t *testing.T, address, cookie string) (body, next string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, http.NoBody)
	check(t, err)
	if cookie != "" {
		request.Header.Set("Cookie", "sessionid="+cookie)
	}
	response, err := http.DefaultClient.Do(request)
	check(t, err)
	defer response.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(response.Body)
	check(t, err)
	for _, c := range response.Cookies() {
		next = c.Value
	}
	return string(text), next
}

// Visits are counted in the table, and outlive the program.
func TestVisits(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.db")
	dsn := "file:" + file + "?_pragma=busy_timeout(5000)"
	db, err := sql.Open("sqlite", dsn)
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), read(t, "schema.sql"))
	check(t, err)
	program, address := build(t)
	stop := start(t, program, address, dsn)
	cookie := ""
	for i, want := range []string{"visit 1\n", "visit 2\n", "visit 3\n"} {
		body, next := visit(t, address, cookie)
		if body != want || len(next) != 32 || cookie != "" && next != cookie {
			t.Fatalf("the answer is %q, want %q; the cookie has %d characters", body, want, len(next))
		}
		if cookie = next; i == 1 {
			stop()
			start(t, program, address, dsn)
		}
	}
	var rows int
	check(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM django_session").Scan(&rows))
	if rows != 1 {
		t.Errorf("%d rows, want 1", rows)
	}
}
