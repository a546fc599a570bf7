// Package service_test runs a service as it runs in production: three processes of Go and one of Django behind an nginx, over one
// PostgreSQL. While visitors come, processes are killed and the database is restarted.
package service_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/interop/stores/livedjango"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sqlstore"
)

// The Go service is this test binary, run with another environment.
const (
	socketVariable = "SALTINE_SERVICE_SOCKET"
	dsnVariable    = "SALTINE_SERVICE_DSN"
)

func TestMain(m *testing.M) {
	if socket := os.Getenv(socketVariable); socket != "" {
		log.Fatal(serve(socket, os.Getenv(dsnVariable)))
	}
	flag.Parse()
	os.Exit(m.Run())
}

// newStore returns the store over the table of a database.
func newStore(db *sql.DB) (*saltine.ServerStore, error) {
	keys, err := saltine.NewKeyring(livedjango.SecretKey, nil)
	if err != nil {
		return nil, err
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		return nil, err
	}
	backend, err := sqlstore.New(db, sqlstore.PostgreSQL, data, nil)
	if err != nil {
		return nil, err
	}
	return saltine.NewServerStore(backend, nil)
}

// serve serves until it is killed or its input ends.
func serve(socket, dsn string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	store, err := newStore(db)
	if err != nil {
		return err
	}
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{Insecure: true}})
	if err != nil {
		return err
	}
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) { //nolint:gosec // the test names the socket; it is of one that was killed
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends with who started this
		os.Exit(0)
	}()
	server := &http.Server{Handler: sessions.Handler(http.HandlerFunc(visit)), ReadHeaderTimeout: 20 * time.Second}
	log.Print("ready")
	return server.Serve(listener)
}

const (
	who = saltine.Field[string]("who")
	n   = saltine.Field[int]("n")
)

// visit counts a visitor's visits, as djangoservice.py does.
func visit(w http.ResponseWriter, r *http.Request) {
	s := sessionhttp.FromContext(r.Context())
	name, _ := who.Get(s) // "" at the first visit
	visits, _ := n.Get(s) // 0 then
	if err := s.Err(); err != nil && !errors.Is(err, saltine.ErrNoSession) {
		http.Error(w, "the sessions cannot be read", http.StatusInternalServerError)
		return
	}
	if r.Method == http.MethodPost {
		if name == "" {
			name = r.URL.Query().Get("who")
			who.Set(s, name)
		}
		visits++
		n.Set(s, visits)
	}
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprintf(w, "%s %d", name, visits) //nolint:gosec // plain text
}

const goProcesses = 3

// startService starts the four processes, the nginx before them and the database, and returns all that can be killed.
func startService(t *testing.T) (dir string, database *engines.Server, processes []*process) {
	t.Helper()
	dir, err := os.MkdirTemp("", "saltine") //nolint:usetesting // a socket's name has 107 bytes at most
	check(t, err)
	t.Cleanup(func() { check(t, os.RemoveAll(dir)) })
	database, err = engines.PostgreSQL(t.Context())
	engines.Require(t, err)
	t.Cleanup(func() { check(t, database.Stop()) })
	django, err := livedjango.Start(livedjango.Config{Store: livedjango.DB, Database: livedjango.DatabaseOn(database)}) // makes the table
	engines.Require(t, err)
	t.Logf("Django %s", django.Version)
	check(t, django.Stop())

	config, err := os.ReadFile("nginx.conf")
	check(t, err)
	check(t, os.WriteFile(filepath.Join(dir, "nginx.conf"), config, 0o600)) //nolint:gosec // of a temporary folder
	startNginx(t, dir)
	binary, err := os.Executable()
	check(t, err)
	for i := range goProcesses {
		processes = append(processes, &process{
			name: fmt.Sprintf("Go %d", i), dir: dir, args: []string{binary}, ready: "ready",
			env: []string{fmt.Sprintf("%s=go%d.sock", socketVariable, i), dsnVariable + "=" + database.DSN, "GORACE=atexit_sleep_ms=0"},
		})
	}
	processes = append(processes, djangoProcess(t, dir, database))
	for _, p := range processes {
		start(t, p)
	}
	return dir, database, processes
}

func djangoProcess(t *testing.T, dir string, database *engines.Server) *process {
	t.Helper()
	settings, err := json.Marshal(map[string]any{
		"DATABASES": map[string]any{"default": livedjango.DatabaseOn(database)}, "SECRET_KEY": livedjango.SecretKey,
	})
	check(t, err)
	script, err := filepath.Abs("djangoservice.py")
	check(t, err)
	python := os.Getenv("SALTINE_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	return &process{name: "Django", dir: dir, args: []string{python, "-B", script, "django.sock", string(settings)}, ready: "ready"}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var rounds = flag.Int("rounds", 1, "how often a process is killed and the database restarted")

// No session is lost or emptied while processes are killed and the database restarts, and what fails is answered by 5xx.
func TestKillsAndRestarts(t *testing.T) {
	dir, database, processes := startService(t)
	site := newSite(dir)
	visitors := site.firstVisits(t, 8)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := site.keepVisiting(ctx, visitors)
	breakThings(t, site, database, processes)
	cancel()
	done.Wait()
	checkSessions(t, site, database.DSN, visitors)
	t.Log(site.counts(len(visitors)))
	if site.failures.Load() > 0 || site.statuses[http.StatusOK].Load() == 0 || site.statuses[http.StatusBadGateway].Load()+site.statuses[http.StatusInternalServerError].Load() == 0 {
		t.Error("sessions were lost, or nothing failed at all")
	}
}

// breakThings kills each process in turn, one a round, and restarts the database, every second time after a SIGKILL.
func breakThings(t *testing.T, site *site, database *engines.Server, processes []*process) {
	t.Helper()
	for round := range *rounds {
		site.moreVisits(t, 60)
		p := processes[round%len(processes)]
		check(t, p.kill())
		site.moreVisits(t, 50)
		check(t, p.start())
		site.killed++
		site.moreVisits(t, 60)
		if round%2 == 1 {
			check(t, database.Kill())
			site.moreVisits(t, 50)
		}
		check(t, database.Restart(t.Context()))
		site.restarted++
		site.moreVisits(t, 150)
	}
}
