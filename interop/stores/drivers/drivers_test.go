// Package drivers_test holds the drivers that the stores are tested with against the real servers: each connects, makes Django's own
// table, or a key as Django's, and gets back what it wrote.
package drivers_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/redis/go-redis/v9"
	"modernc.org/sqlite"

	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

// start starts a server until the test ends.
func start(t *testing.T, starter func(context.Context) (*engines.Server, error)) *engines.Server {
	t.Helper()
	server, err := starter(t.Context())
	engines.Require(t, err)
	t.Cleanup(func() { check(t, server.Stop()) })
	return server
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var key = strings.Repeat("k", 32)

// testTable makes Django's table with Django's own statements, and uses it.
func testTable(t *testing.T, driver, dsn, ddl, asText, placeholders string, duplicate func(error) bool) {
	t.Helper()
	file, err := storevectors.Load()
	check(t, err)
	definition, ok := file.DDL[ddl]
	if !ok {
		t.Fatalf("there is no DDL %s", ddl)
	}
	db, err := sql.Open(driver, dsn)
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	statements := definition.Statements()
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		check(t, err)
	}

	insert := "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (" + placeholders + ")" //nolint:gosec // constants of this file
	result, err := db.ExecContext(t.Context(), insert, key, "data", "2027-01-29 08:00:00.123456")
	check(t, err)
	if n, err := result.RowsAffected(); n != 1 || err != nil {
		t.Errorf("%d rows inserted, %v", n, err)
	}
	var data, expires string
	row := db.QueryRowContext(t.Context(), "SELECT session_data, CAST(expire_date AS "+asText+") FROM django_session") //nolint:gosec // likewise
	check(t, row.Scan(&data, &expires))
	want := []string{"data", "2027-01-29 08:00:00.123456"}
	if diff := cmp.Diff(want, []string{data, strings.TrimSuffix(expires, "+00")}); diff != "" {
		t.Errorf("the row (-want +got):\n%s", diff)
	}
	if _, err = db.ExecContext(t.Context(), insert, key, "data", "2027-01-29 08:00:00"); !duplicate(err) {
		t.Errorf("a second row of one key gives %v, want a duplicate", err)
	}
	t.Logf("%d statements of %s, by the driver %s", len(statements), ddl, driver)
}

func TestPostgreSQL(t *testing.T) {
	server := start(t, engines.PostgreSQL)
	testTable(t, "pgx", server.DSN, "pg-deb3.2.25", "text", "$1, $2, $3", func(err error) bool {
		failure, ok := errors.AsType[*pgconn.PgError](err)
		return ok && failure.Code == "23505"
	})
}

func TestMariaDB(t *testing.T) {
	server := start(t, engines.MariaDB)
	testTable(t, "mysql", server.DSN, "my-5.2.10", "char", "?, ?, ?", func(err error) bool {
		failure, ok := errors.AsType[*mysql.MySQLError](err)
		return ok && failure.Number == 1062
	})
}

func TestSQLite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "db.sqlite3")
	testTable(t, "sqlite", file, "lite-5.2.10-py3.11", "text", "?, ?, ?", func(err error) bool {
		failure, ok := errors.AsType[*sqlite.Error](err)
		return ok && failure.Code() == 1555
	})
}

func TestRedis(t *testing.T) {
	server := start(t, engines.Redis)
	options, err := redis.ParseURL(server.DSN)
	check(t, err)
	client := redis.NewClient(options)
	t.Cleanup(func() { check(t, client.Close()) })
	ctx, name := t.Context(), ":1:django.contrib.sessions.cache"+key
	for _, want := range []bool{true, false} {
		if set, err := client.SetNX(ctx, name, "\x80\x02}.", time.Hour).Result(); set != want || err != nil {
			t.Errorf("SET NX is %v, %v, want %v", set, err, want)
		}
	}
	value, err := client.Get(ctx, name).Result()
	check(t, err)
	if value != "\x80\x02}." {
		t.Errorf("the value is %q", value)
	}
	if left := client.PTTL(ctx, name).Val(); left > time.Hour || left < 59*time.Minute {
		t.Errorf("the time left is %v", left)
	}
}

func TestMemcached(t *testing.T) {
	server := start(t, engines.Memcached)
	client := memcache.New(server.DSN)
	t.Cleanup(func() { check(t, client.Close()) })
	item := &memcache.Item{Key: ":1:django.contrib.sessions.cache" + key, Value: []byte("\x80\x02}."), Flags: 1, Expiration: 3600}
	check(t, client.Add(item))
	if err := client.Add(item); !errors.Is(err, memcache.ErrNotStored) {
		t.Errorf("a second add gives %v", err)
	}
	got, err := client.Get(item.Key)
	check(t, err)
	if !bytes.Equal(got.Value, item.Value) || got.Flags != 1 {
		t.Errorf("the item is %+v", got)
	}
}
