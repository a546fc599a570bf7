// Package backends_test runs the stores of this project on the real engines, alone and beside a real Django.
package backends_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/backendtest"
	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/interop/stores/livedjango"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

var (
	postgreSQL = engines.Share(engines.PostgreSQL)
	mariaDB    = engines.Share(engines.MariaDB)
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := errors.Join(postgreSQL.Stop(), mariaDB.Stop(), redisServer.Stop(), memcached.Stop()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// place is an engine as a driver with some settings reaches it.
type place struct {
	name, driver, ddl string
	dialect           sqlstore.Dialect
	dsn               func(t testing.TB) string
	django            func(t testing.TB) map[string]any // DATABASES["default"], of the last dsn on SQLite
}

func mariaDBWith(parameters string) func(t testing.TB) string {
	return func(t testing.TB) string { return mariaDB.Need(t).DSN + parameters }
}

func postgreSQLWith(parameters string) func(t testing.TB) string {
	return func(t testing.TB) string { return postgreSQL.Need(t).DSN + parameters }
}

func sqliteIn(file *string) func(t testing.TB) string {
	return func(t testing.TB) string {
		*file = filepath.Join(t.TempDir(), "db.sqlite3")
		return "file:" + *file + "?_pragma=busy_timeout(20000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)&_txlock=immediate"
	}
}

var sqliteFile string

var places = []place{
	{
		"PostgreSQL", "pgx", "pg-deb3.2.25", sqlstore.PostgreSQL, postgreSQLWith(""),
		func(t testing.TB) map[string]any { return livedjango.DatabaseOn(postgreSQL.Need(t)) },
	},
	{
		"MariaDB", "mysql", "my-5.2.10", sqlstore.MySQL, mariaDBWith(""),
		func(t testing.TB) map[string]any { return livedjango.DatabaseOn(mariaDB.Need(t)) },
	},
	{
		"SQLite", "sqlite", "lite-5.2.10-py3.11", sqlstore.SQLite, sqliteIn(&sqliteFile),
		func(testing.TB) map[string]any { return livedjango.SQLite(sqliteFile) },
	},
}

// settings are those of drivers which change what goes over the wire. None may matter.
var settings = []place{
	{"simple protocol", "pgx", "", sqlstore.PostgreSQL, postgreSQLWith(" default_query_exec_mode=simple_protocol"), nil},
	{"zone of PostgreSQL", "pgx", "", sqlstore.PostgreSQL, postgreSQLWith(" timezone=Asia/Tokyo datestyle=german"), nil},
	{"rows found", "mysql", "", sqlstore.MySQL, mariaDBWith("?clientFoundRows=true"), nil},
	{"times parsed", "mysql", "", sqlstore.MySQL, mariaDBWith("?parseTime=true&loc=Asia%2FTokyo"), nil},
	{"text protocol", "mysql", "", sqlstore.MySQL, mariaDBWith("?interpolateParams=true&parseTime=true&loc=America%2FNew_York"), nil},
	{"zone of MariaDB", "mysql", "", sqlstore.MySQL, mariaDBWith("?time_zone=%27%2B09%3A00%27&collation=utf8mb4_bin"), nil},
	{"SQLite with integer times", "sqlite", "", sqlstore.SQLite, func(t testing.TB) string {
		return sqliteIn(&sqliteFile)(t) + "&_time_format=sqlite&_inttotime=true"
	}, nil},
}

// open returns the database, with an empty table.
func (p *place) open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open(p.driver, p.dsn(t))
	check(t, err)
	db.SetMaxOpenConns(8)
	t.Cleanup(func() { check(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "DROP TABLE IF EXISTS django_session")
	check(t, err)
	run(t, db, p.backend(t, db, nil).Schema())
	return db
}

// run runs statements, one a line.
func run(t testing.TB, db *sql.DB, statements string) {
	t.Helper()
	for line := range strings.Lines(statements) {
		_, err := db.ExecContext(t.Context(), line)
		check(t, err)
	}
}

func newData(t testing.TB) *saltine.SessionData {
	t.Helper()
	keys, err := saltine.NewKeyring(livedjango.SecretKey, nil)
	check(t, err)
	data, err := saltine.NewSessionData(keys, nil)
	check(t, err)
	return data
}

func (p *place) backend(t testing.TB, db sqlstore.DB, opts *sqlstore.Options) *sqlstore.Backend {
	t.Helper()
	b, err := sqlstore.New(db, p.dialect, newData(t), opts)
	check(t, err)
	return b
}

func newStore(t testing.TB, b saltine.Backend) *saltine.ServerStore {
	t.Helper()
	store, err := saltine.NewServerStore(b, nil)
	check(t, err)
	return store
}

func TestSQL(t *testing.T) {
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			b := p.backend(t, p.open(t), nil)
			backendtest.Run(t, func() saltine.Backend { return b })
		})
	}
}

// A zone that has summer time, through the whole suite.
func TestSQLInAZone(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	check(t, err)
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			p.short(t, p.backend(t, p.open(t), &sqlstore.Options{Location: zone, BatchSize: 4}))
		})
	}
}

func TestSettingsOfDrivers(t *testing.T) {
	for _, p := range settings {
		t.Run(p.name, func(t *testing.T) { p.short(t, p.backend(t, p.open(t), nil)) })
	}
}

// short is what of the suite depends on times and counted rows.
func (p *place) short(t *testing.T, b *sqlstore.Backend) {
	t.Helper()
	now, ctx := time.Now(), t.Context()
	key := func(name string) string { return name + "00000000" }
	record := func(end time.Time) saltine.Record {
		r := saltine.Record{Expires: end}
		check(t, r.ParseJSON([]byte(`{"a":1}`)))
		return r
	}
	ends := map[string]time.Time{
		"hour": now.Add(time.Hour), "micro": now.Add(time.Hour).Truncate(time.Second).Add(time.Microsecond),
		"whole": now.Add(time.Hour).Truncate(time.Second), "winter": time.Date(now.Year()+1, 1, 15, 12, 0, 0, 0, time.UTC),
		"summer": time.Date(now.Year()+1, 7, 15, 12, 0, 0, 500, time.UTC),
	}
	for name, end := range ends {
		check(t, b.Create(ctx, key(name), record(end)))
		r, err := b.Load(ctx, key(name))
		check(t, err)
		if want := end.Truncate(time.Microsecond); !r.Expires.Equal(want) {
			t.Errorf("%s: it ends %v, want %v", name, r.Expires, want)
		}
		same := record(end)
		for range 2 {
			check(t, b.Update(ctx, key(name), same))
		}
	}
	for i := range 10 {
		check(t, b.Create(ctx, key(fmt.Sprintf("past%d", i)), record(now.Add(-time.Duration(i+1)*time.Second))))
		if _, err := b.Load(ctx, key(fmt.Sprintf("past%d", i))); !errors.Is(err, saltine.ErrNoSession) {
			t.Errorf("expired by %d s: %v", i+1, err)
		}
	}
	check(t, b.ClearExpired(ctx))
	for i := range 10 {
		if exists, err := b.Exists(ctx, key(fmt.Sprintf("past%d", i))); exists || err != nil {
			t.Errorf("expired by %d s, cleared: %t, %v", i+1, exists, err)
		}
	}
	if err := b.Create(ctx, key("hour"), record(now)); !errors.Is(err, saltine.ErrKeyTaken) {
		t.Errorf("a taken key: %v", err)
	}
	if err := b.Update(ctx, key("none"), record(now)); !errors.Is(err, saltine.ErrNoSession) {
		t.Errorf("no row: %v", err)
	}
}

// The table is Django's, statement for statement.
func TestSchema(t *testing.T) {
	file, err := storevectors.Load()
	check(t, err)
	for _, p := range places {
		ddl := file.DDL[p.ddl]
		db := sql.OpenDB(nil)
		want := strings.Join(ddl.Statements(), "\n") + "\n"
		if diff := cmp.Diff(want, p.backend(t, db, nil).Schema()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", p.name, diff)
		}
	}
}

// In a transaction: what is taken leaves it usable, and what others committed meanwhile counts.
func TestTransaction(t *testing.T) {
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			db := p.open(t)
			b, ctx := p.backend(t, db, nil), t.Context()
			r := saltine.Record{Expires: time.Now().Add(time.Hour)}
			check(t, b.Create(ctx, "takentaken", r))
			check(t, b.Create(ctx, "deleteddeleted", r))
			level := sql.LevelDefault
			if p.dialect == sqlstore.MySQL {
				level = sql.LevelRepeatableRead
			}
			tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: level})
			check(t, err)
			defer tx.Rollback() //nolint:errcheck // it is committed
			in := b.With(tx)
			_, err = in.Load(ctx, "deleteddeleted") // MariaDB: from here on it sees the past
			check(t, err)
			if p.dialect != sqlstore.SQLite { // which lets nobody else write
				check(t, b.Delete(ctx, "deleteddeleted"))
				if err := in.Update(ctx, "deleteddeleted", r); !errors.Is(err, saltine.ErrNoSession) {
					t.Errorf("a session that somebody else deleted: %v", err)
				}
			}
			if err := in.Create(ctx, "takentaken", r); !errors.Is(err, saltine.ErrKeyTaken) {
				t.Errorf("a taken key: %v", err)
			}
			check(t, in.Create(ctx, "insideinside", r))
			check(t, tx.Commit())
			_, err = b.Load(ctx, "insideinside")
			check(t, err)
		})
	}
}

// Two transactions with one key: the second waits for the first, and learns how it ended.
func TestTwoTransactions(t *testing.T) {
	for _, p := range places[:2] {
		t.Run(p.name, func(t *testing.T) {
			db := p.open(t)
			b, ctx := p.backend(t, db, nil), t.Context()
			r := saltine.Record{Expires: time.Now().Add(time.Hour)}
			for _, commits := range []bool{true, false} {
				key := fmt.Sprintf("createdtwice%t", commits)
				tx, err := db.BeginTx(ctx, nil)
				check(t, err)
				check(t, b.With(tx).Create(ctx, key, r))
				second := make(chan error, 1)
				go func() { second <- b.Create(ctx, key, r) }()
				select {
				case err := <-second:
					t.Fatalf("the second did not wait: %v", err)
				case <-time.After(300 * time.Millisecond):
				}
				var want error
				if commits {
					check(t, tx.Commit())
					want = saltine.ErrKeyTaken
				} else {
					check(t, tx.Rollback())
				}
				if err := <-second; !errors.Is(err, want) {
					t.Errorf("the first commits %t: %v", commits, err)
				}
			}
			key := "deletedmeanwhile"
			check(t, b.Create(ctx, key, r))
			tx, err := db.BeginTx(ctx, nil)
			check(t, err)
			check(t, b.With(tx).Delete(ctx, key))
			second := make(chan error, 1)
			go func() { second <- b.Update(ctx, key, r) }()
			select {
			case err := <-second:
				t.Fatalf("the save did not wait for the delete: %v", err)
			case <-time.After(300 * time.Millisecond):
			}
			check(t, tx.Commit())
			if err := <-second; !errors.Is(err, saltine.ErrNoSession) {
				t.Errorf("a save that waited for a delete: %v", err)
			}
		})
	}
}

// An engine that dies between load and save, and comes back.
func TestServerRestarts(t *testing.T) {
	server, err := engines.PostgreSQL(t.Context())
	engines.Require(t, err)
	t.Cleanup(func() { check(t, server.Stop()) })
	p := places[0]
	p.dsn = func(testing.TB) string { return server.DSN }
	store := newStore(t, p.backend(t, p.open(t), nil))
	s := store.Open(t.Context(), "")
	s.Set("a", 1)
	check(t, s.Save())
	key := s.Key()
	s = store.Open(t.Context(), key)
	s.Set("a", 2)
	check(t, server.Kill())
	unread := store.Open(t.Context(), key)
	unread.Set("b", 1)
	for name, err := range map[string]error{"save": s.Save(), "read": unread.Err(), "save of the unread": unread.Save(), "flush": store.Open(t.Context(), key).Flush()} {
		if !errors.Is(err, saltine.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	check(t, server.Restart(t.Context()))
	check(t, s.Save())
	if got := store.Open(t.Context(), key).Get("a"); got != int64(2) {
		t.Errorf("after the restart a is %v", got)
	}
	if err := unread.Save(); !errors.Is(err, saltine.ErrUnavailable) {
		t.Errorf("save of what could not be read: %v", err)
	}
}

// The columns of a custom model are written at each save, from the values of that moment.
func TestColumns(t *testing.T) {
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			db, err := sql.Open(p.driver, p.dsn(t))
			check(t, err)
			t.Cleanup(func() { check(t, db.Close()) })
			_, err = db.ExecContext(t.Context(), "DROP TABLE IF EXISTS custom_session")
			check(t, err)
			b := p.backend(t, db, &sqlstore.Options{Table: "custom_session", Columns: []sqlstore.Column{{
				Name: "account_id", Type: "integer NULL",
				Value: func(r saltine.Record) (any, error) { return r.Get("_auth_user_id"), nil },
			}}})
			run(t, db, b.Schema())
			account := func() (id sql.NullInt64) {
				check(t, db.QueryRowContext(t.Context(), "SELECT account_id FROM custom_session").Scan(&id))
				return id
			}
			s := newStore(t, b).Open(t.Context(), "")
			check(t, s.Save())
			if got := account(); got.Valid {
				t.Errorf("nobody is %d", got.Int64)
			}
			for _, want := range []int64{42, 43} {
				s.Set("_auth_user_id", want)
				check(t, s.Save())
				if got := account(); got.Int64 != want {
					t.Errorf("account_id is %v, want %d", got, want)
				}
			}
		})
	}
}

// startDjango starts a Django with the store db on a place that is open.
func (p *place) startDjango(t testing.TB, more map[string]any) *livedjango.Django {
	t.Helper()
	django, err := livedjango.Start(livedjango.Config{Store: livedjango.DB, Database: p.django(t), Settings: more})
	engines.Require(t, err)
	t.Cleanup(func() { check(t, django.Stop()) })
	return django
}

func TestDjangoSQL(t *testing.T) {
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			b := p.backend(t, p.open(t), nil)
			store, django := newStore(t, b), p.startDjango(t, nil)
			bothWays(t, store, django)
			endedBothWays(t, store, django)
		})
	}
}

// call makes a call in Django, and returns what it returned.
func call(t testing.TB, s *livedjango.Session, name string, args ...any) string {
	t.Helper()
	outcome, err := s.Call(name, args...)
	check(t, err)
	if outcome.Raised != nil {
		t.Fatalf("Django raises %v", outcome.Raised)
	}
	return string(outcome.Returned)
}

func openDjango(t testing.TB, django *livedjango.Django, name, key string) *livedjango.Session {
	t.Helper()
	s := django.Session(name)
	_, err := s.Open(key)
	check(t, err)
	return s
}

// bothWays moves a session to and fro between Go and Django.
func bothWays(t *testing.T, store *saltine.ServerStore, django *livedjango.Django) {
	t.Helper()
	ctx := t.Context()
	const text = "é日😀 \"quoted\" \\ %s ' \x00"
	s := store.Open(ctx, "")
	s.Set("text", text)
	s.Set("numbers", []any{1, -2, 0.5, nil, true, map[string]any{"k": []any{}}})
	s.SetExpiry(saltine.ExpireIdle(time.Hour))
	check(t, s.Save())
	key := s.Key()

	d := openDjango(t, django, "d", key)
	want, err := json.Marshal([]any{1, -2, 0.5, nil, true, map[string]any{"k": []any{}}})
	check(t, err)
	var gotText string
	check(t, json.Unmarshal([]byte(call(t, d, "get", "text")), &gotText))
	if got := strings.ReplaceAll(call(t, d, "get", "numbers"), " ", ""); got != string(want) || gotText != text {
		t.Errorf("Django reads %q and %s", gotText, got)
	}
	if age := call(t, d, "get_expiry_age"); age != "3600" {
		t.Errorf("Django's get_expiry_age is %s", age)
	}
	call(t, d, "[]=", "from_django", livedjango.Plain(map[string]any{"a": []any{1.0}}))
	call(t, d, "save")

	late := store.Open(ctx, key) // read now, saved when Django has deleted it
	if diff := cmp.Diff(map[string]any{"a": []any{int64(1)}}, late.Get("from_django")); diff != "" || late.Get("text") != text {
		t.Errorf("Go reads %v (-want +got)\n%s", late.Err(), diff)
	}
	late.Set("late", true)
	check(t, late.Save())

	call(t, d, "cycle_key")
	var second string
	check(t, json.Unmarshal([]byte(call(t, d, "session_key")), &second))
	if err := late.Save(); !errors.Is(err, saltine.ErrInterrupted) {
		t.Errorf("Django gave it a new key: %v", err)
	}
	s = store.Open(ctx, second)
	if s.Get("text") != text {
		t.Errorf("under the new key: %v", s.Err())
	}
	check(t, s.CycleKey())
	if got := call(t, d, "exists", second); got != "false" {
		t.Errorf("after CycleKey the old key exists for Django: %s", got)
	}
	outcome, err := d.Call("save")
	check(t, err)
	if outcome.Raised == nil || outcome.Raised.Class != "UpdateError" {
		t.Errorf("Django saves what Go gave a new key: %+v", outcome)
	}
	third := openDjango(t, django, "third", s.Key())
	call(t, third, "get", "text")
	call(t, third, "flush")
	if exists, err := store.Exists(ctx, s.Key()); exists || err != nil {
		t.Errorf("after Django's flush: %t, %v", exists, err)
	}
}

// endedBothWays looks at sessions that have ended, in an engine that keeps them.
func endedBothWays(t *testing.T, store *saltine.ServerStore, django *livedjango.Django) {
	t.Helper()
	ctx := t.Context()
	ended := openDjango(t, django, "ended", "")
	call(t, ended, "[]=", "a", 1)
	call(t, ended, "set_expiry", -5)
	call(t, ended, "save")
	var endedKey string
	check(t, json.Unmarshal([]byte(call(t, ended, "session_key")), &endedKey))
	if _, err := store.Load(ctx, endedKey); !errors.Is(err, saltine.ErrNoSession) {
		t.Errorf("a session of Django that has ended: %v", err)
	}
	if exists, err := store.Exists(ctx, endedKey); !exists || err != nil {
		t.Errorf("it exists %t, %v", exists, err)
	}
	check(t, store.ClearExpired(ctx))
	if got := call(t, ended, "exists", endedKey); got != "false" {
		t.Errorf("after ClearExpired it exists for Django: %s", got)
	}

	s := store.Open(ctx, "")
	s.SetExpiry(saltine.ExpireIdle(-5 * time.Second))
	check(t, s.Save())
	if got := call(t, openDjango(t, django, "e", s.Key()), "get", "_session_expiry"); got != "null" {
		t.Errorf("Django reads a session of Go that has ended: %s", got)
	}
}

// Django in other zones: its dates without a zone are those of Location.
func TestDjangoZones(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Tokyo")
	check(t, err)
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			b := p.backend(t, p.open(t), &sqlstore.Options{Location: zone})
			t.Setenv("TZ", "Asia/Tokyo") // a project's settings do so; settings.configure does not
			django := p.startDjango(t, map[string]any{"USE_TZ": false, "TIME_ZONE": "Asia/Tokyo"})
			check(t, django.PlantRow("plantedplanted", map[string]any{"a": 1}, 100))
			before := time.Now()
			r, err := b.Load(context.Background(), "plantedplanted")
			check(t, err)
			if left := r.Expires.Sub(before); left < 80*time.Second || left > 100*time.Second {
				t.Errorf("good for %v, want 100 s", left)
			}
			s := newStore(t, b).Open(t.Context(), "")
			s.SetExpiry(saltine.ExpireIdle(100 * time.Second))
			s.Set("a", 1)
			check(t, s.Save())
			if got := call(t, openDjango(t, django, "s", s.Key()), "get", "a"); got != "1" {
				t.Errorf("Django reads %s", got)
			}
			contents, err := django.Dump()
			check(t, err)
			if len(contents.Rows) != 2 || p.dialect == sqlstore.SQLite && len(contents.Rows[0].ExpireDate) != len(contents.Rows[1].ExpireDate) {
				t.Errorf("the rows: %+v", contents.Rows)
			}
		})
	}
}
