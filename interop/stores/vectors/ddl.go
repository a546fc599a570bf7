package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

// engineOf returns the engine of a run by the run's name, as "pg-5.2.10".
func engineOf(run string) string {
	engine, _, _ := strings.Cut(run, "-")
	return engine
}

// djangoOf returns the version in the name of a run.
func djangoOf(run string) string {
	_, rest, _ := strings.Cut(run, "-")
	version, _, _ := strings.Cut(rest, "-py")
	return strings.TrimPrefix(version, "deb")
}

// ddl makes the table by Schema, and by Django's own statements, and compares these and what the engine then says of the table.
func (r *runner) ddl() error {
	for _, run := range slices.Sorted(maps.Keys(r.file.DDL)) {
		want := r.file.DDL[run]
		err := r.on(engineOf(run), 1, func(db *database) error {
			difference, err := r.ddlTest(db, &want)
			r.result("ddl/"+run, difference, "")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) ddlTest(db *database, want *storevectors.DDL) (string, error) {
	data, err := r.sessionData(false, "", r.clock())
	if err != nil {
		return "", err
	}
	b, err := sqlstore.New(db, db.dialect, data, nil)
	if err != nil {
		return "", err
	}
	if got, django := b.Schema(), strings.Join(want.Statements(), "\n")+"\n"; got != django {
		return fmt.Sprintf("the statements are %s, want %s", got, django), nil
	}
	if err := db.runLines(context.Background(), b.Schema()); err != nil {
		return "", err
	}
	got, indexes, err := describe(db)
	if err != nil {
		return "", err
	}
	if !reflect.DeepEqual(want.DjangoSession, got) {
		return fmt.Sprintf("the engine says of the table %+v, want %+v", got, want.DjangoSession), nil
	}
	if !slices.Equal(want.DjangoSessionIndexes, indexes) {
		return fmt.Sprintf("the indexes are %q, want %q", indexes, want.DjangoSessionIndexes), nil
	}
	return "", nil
}

// describe returns what an engine says of django_session, in the form of the recordings.
func describe(db *database) (parts []storevectors.Definition, indexes []string, err error) {
	switch db.dialect {
	case sqlstore.MySQL:
		var table, statement string
		err = db.QueryRowContext(context.Background(), "SHOW CREATE TABLE django_session").Scan(&table, &statement)
		return []storevectors.Definition{{Statement: statement}}, nil, err
	case sqlstore.SQLite:
		texts, err := db.texts("SELECT COALESCE(sql, '') FROM sqlite_master WHERE tbl_name = 'django_session' ORDER BY rowid")
		for _, text := range texts {
			parts = append(parts, storevectors.Definition{Statement: text})
		}
		return parts, nil, err
	}
	if parts, err = columns(db); err != nil {
		return nil, nil, err
	}
	indexes, err = db.texts("SELECT indexdef FROM pg_indexes WHERE tablename = 'django_session'")
	slices.Sort(indexes)
	return parts, indexes, err
}

// texts returns the texts of a query.
func (db *database) texts(query string) (texts []string, err error) {
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}

func columns(db *database) (parts []storevectors.Definition, err error) {
	const query = `SELECT column_name, data_type, character_maximum_length, is_nullable, datetime_precision
		FROM information_schema.columns WHERE table_name = 'django_session' ORDER BY ordinal_position`
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		c := &storevectors.Column{}
		var length, precision sql.NullInt64
		if err := rows.Scan(&c.Name, &c.Type, &length, &c.Nullable, &precision); err != nil {
			return nil, err
		}
		c.Length, c.Precision = number(length), number(precision)
		parts = append(parts, storevectors.Definition{Column: c})
	}
	return parts, rows.Err()
}

func number(n sql.NullInt64) *int {
	if !n.Valid {
		return nil
	}
	i := int(n.Int64)
	return &i
}
