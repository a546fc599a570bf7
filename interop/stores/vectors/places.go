package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/sqlstore"
)

// engineNames are the engines that can be chosen. The recordings call MariaDB mysql.
var engineNames = []string{"postgresql", "mariadb", "sqlite", "files"}

// recordedNames are the names and prefixes that recordings have for engines.
var recordedNames = map[string]string{
	"postgresql": "postgresql", "mysql": "mariadb", "sqlite": "sqlite", "pg": "postgresql", "my": "mariadb", "lite": "sqlite",
}

// places are the engines that were chosen, each started when it is needed.
type places struct {
	chosen    []string
	databases map[string]*database
	ends      []func() error
	folder    string
}

func newPlaces(chosen []string) (*places, error) {
	for _, name := range chosen {
		if !slices.Contains(engineNames, name) {
			return nil, fmt.Errorf("there is no engine %q: take %s", name, strings.Join(engineNames, ", "))
		}
	}
	folder, err := os.MkdirTemp("", "storevectors")
	return &places{chosen: chosen, databases: map[string]*database{}, folder: folder}, err
}

// has reports whether an engine was chosen, by its name in the recordings.
func (p *places) has(recorded string) bool { return slices.Contains(p.chosen, recordedNames[recorded]) }

func (p *places) hasFiles() bool { return slices.Contains(p.chosen, "files") }

// stop ends all engines.
func (p *places) stop() error {
	errs := []error{}
	for _, end := range slices.Backward(p.ends) {
		errs = append(errs, end())
	}
	return errors.Join(append(errs, os.RemoveAll(p.folder))...)
}

// database is an engine of sqlstore.
type database struct {
	*sql.DB
	dialect sqlstore.Dialect
}

// open returns an engine without tables of sessions, and starts it the first time.
func (p *places) open(ctx context.Context, recorded string) (*database, error) {
	name := recordedNames[recorded]
	if p.databases[name] == nil {
		db, err := p.start(ctx, name)
		if err != nil {
			return nil, err
		}
		p.databases[name] = db
	}
	db := p.databases[name]
	for _, table := range []string{"django_session", "custom_session", recordedTable} {
		if _, err := db.ExecContext(ctx, "DROP TABLE IF EXISTS "+table); err != nil {
			return nil, err
		}
	}
	return db, nil
}

func (p *places) start(ctx context.Context, name string) (*database, error) {
	if name == "sqlite" {
		return p.connect("sqlite", "file:"+filepath.Join(p.folder, "db.sqlite3")+"?_pragma=busy_timeout(20000)&_pragma=synchronous(off)", sqlstore.SQLite)
	}
	start, driver, dialect := engines.PostgreSQL, "pgx", sqlstore.PostgreSQL
	if name == "mariadb" {
		start, driver, dialect = engines.MariaDB, "mysql", sqlstore.MySQL
	}
	server, err := start(ctx)
	if err != nil {
		return nil, err
	}
	p.ends = append(p.ends, server.Stop)
	return p.connect(driver, server.DSN, dialect)
}

func (p *places) connect(driver, dsn string, dialect sqlstore.Dialect) (*database, error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	p.ends = append(p.ends, db.Close)
	return &database{db, dialect}, nil
}

// exec runs a statement, in which each ? stands for an argument.
func (db *database) exec(ctx context.Context, text string, args ...any) error {
	_, err := db.ExecContext(ctx, db.bound(text), args...)
	return err
}

// bound returns a statement with the engine's own marks for ?.
func (db *database) bound(text string) string {
	if db.dialect != sqlstore.PostgreSQL {
		return text
	}
	var b strings.Builder
	for i, piece := range strings.Split(text, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(piece)
	}
	return b.String()
}

// runLines runs statements, one a line.
func (db *database) runLines(ctx context.Context, statements string) error {
	for line := range strings.Lines(statements) {
		if err := db.exec(ctx, line); err != nil {
			return err
		}
	}
	return nil
}

// row is a row of a table of sessions. The date is UTC text as the engine has it, or local text where it has no zones, without zeros at its
// end.
type row struct{ key, data, date string }

// plant puts a row there without the stores. The date is a text as the engine reads it.
func (db *database) plant(ctx context.Context, table string, r row) error {
	date := "?"
	if db.dialect == sqlstore.PostgreSQL {
		date = "CAST(? AS timestamp with time zone)"
	}
	return db.exec(ctx, "INSERT INTO "+table+" (session_key, session_data, expire_date) VALUES (?, ?, "+date+")", r.key, r.data, r.date)
}

// rows returns what is in a table, by key.
func (db *database) rows(ctx context.Context, table string) (found map[string]row, err error) {
	date := map[sqlstore.Dialect]string{
		sqlstore.PostgreSQL: "to_char(expire_date AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
		sqlstore.MySQL:      "CAST(expire_date AS CHAR)",
		sqlstore.SQLite:     "CAST(expire_date AS TEXT)",
	}[db.dialect]
	rows, err := db.QueryContext(ctx, "SELECT session_key, session_data, "+date+" FROM "+table)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	found = map[string]row{}
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.key, &r.data, &r.date); err != nil {
			return nil, err
		}
		r.date = trimDate(r.date)
		found[r.key] = r
	}
	return found, rows.Err()
}

// trimDate cuts zeros off the decimals of a date.
func trimDate(date string) string {
	if strings.Contains(date, ".") {
		date = strings.TrimRight(strings.TrimRight(date, "0"), ".")
	}
	return date
}
