package sqlusers_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// connector is a driver of database/sql whose database is in Django's own process.
type connector struct {
	live *testkit.Process
	log  *[]string
}

func openDB(t testing.TB, live *testkit.Process, log *[]string) *sql.DB {
	t.Helper()
	db := sql.OpenDB(connector{live, log})
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c, nil }
func (c connector) Driver() driver.Driver                        { return nil }
func (c connector) Prepare(string) (driver.Stmt, error)          { return nil, errors.New("not needed") }
func (c connector) Close() error                                 { return nil }
func (c connector) Begin() (driver.Tx, error)                    { return nil, errors.New("not needed") }

// QueryContext implements driver.QueryerContext.
func (c connector) QueryContext(_ context.Context, query string, named []driver.NamedValue) (driver.Rows, error) {
	*c.log = append(*c.log, query)
	args := make([]any, len(named))
	for i, n := range named {
		args[i] = n.Value
	}
	var answer struct {
		Columns []string
		Rows    [][]any
		Error   string
	}
	if err := c.live.Ask(map[string]any{"op": "sql", "query": strings.ReplaceAll(query, "`", `"`), "args": args}, &answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	return &rows{answer.Columns, answer.Rows}, nil
}

// rows are the answer of a query.
type rows struct {
	columns []string
	rest    [][]any
}

func (r *rows) Columns() []string { return r.columns }
func (r *rows) Close() error      { return nil }

func (r *rows) Next(dest []driver.Value) error {
	if len(r.rest) == 0 {
		return io.EOF
	}
	for i, value := range r.rest[0] {
		if number, ok := value.(float64); ok {
			value = int64(number)
		}
		dest[i] = value
	}
	r.rest = r.rest[1:]
	return nil
}

// ask has Django answer.
func ask(t *testing.T, live *testkit.Process, question, answer any) {
	t.Helper()
	if err := live.Ask(question, answer); err != nil {
		t.Fatal(err)
	}
}
