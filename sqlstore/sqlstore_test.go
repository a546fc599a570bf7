package sqlstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sqlstore"
)

// script is a driver that notes statements, and answers them in order.
type script struct {
	answers []answer
	said    []string // statement, then arguments
}

// answer is what comes of a statement.
type answer struct {
	affected int64
	rows     [][]driver.Value
	err      error
}

func (s *script) Connect(context.Context) (driver.Conn, error) { return &conn{s}, nil }
func (s *script) Driver() driver.Driver                        { return nil }

type conn struct{ *script }

func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not prepared") }
func (c *conn) Close() error                        { return nil }
func (c *conn) Begin() (driver.Tx, error)           { return nil, errors.New("no transactions") }

func (c *conn) next(query string, args []driver.NamedValue) answer {
	for _, arg := range args {
		query += fmt.Sprintf("|%v", arg.Value)
	}
	c.said = append(c.said, query)
	if len(c.answers) == 0 {
		return answer{}
	}
	a := c.answers[0]
	c.answers = c.answers[1:]
	return a
}

func (c *conn) ExecContext(_ context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	a := c.next(query, args)
	return driver.RowsAffected(a.affected), a.err
}

func (c *conn) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	a := c.next(query, args)
	return &rows{a.rows}, a.err
}

type rows struct{ left [][]driver.Value }

func (r *rows) Columns() []string {
	if len(r.left) == 0 {
		return []string{"a"}
	}
	return make([]string, len(r.left[0]))
}

func (r *rows) Close() error { return nil }

func (r *rows) Next(dest []driver.Value) error {
	if len(r.left) == 0 {
		return io.EOF
	}
	copy(dest, r.left[0])
	r.left = r.left[1:]
	return nil
}

var clock = time.Date(2027, 1, 15, 8, 0, 0, 123456789, time.UTC)

const key = "keykeykeykeykeykeykeykeykeykey00"

// open returns a Backend over a script. Its session_data has a salt of its own.
func open(t testing.TB, dialect sqlstore.Dialect, opts *sqlstore.Options, answers ...answer) (*sqlstore.Backend, *script) {
	t.Helper()
	s := &script{answers: answers}
	db := sql.OpenDB(s)
	t.Cleanup(func() { db.Close() }) //nolint:errcheck // it has nothing to say
	var o sqlstore.Options
	if opts != nil {
		o = *opts
	}
	o.Now = func() time.Time { return clock }
	b, err := sqlstore.New(db, dialect, newData(t), &o)
	if err != nil {
		t.Fatal(err)
	}
	return b, s
}

func newData(t testing.TB) *saltine.SessionData {
	t.Helper()
	keys, err := saltine.NewKeyring("a key for tests only, fifty bytes or more, not a secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := saltine.NewSessionData(keys, &saltine.Options{Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func record(t testing.TB, text string, expires time.Time) saltine.Record {
	t.Helper()
	r := saltine.Record{Expires: expires}
	if err := r.ParseJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return r
}

// encoded is session_data of {"n":5}.
func encoded(t testing.TB) string {
	t.Helper()
	text, err := newData(t).EncodeRecord(record(t, `{"n":5}`, clock))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var dialects = []sqlstore.Dialect{sqlstore.PostgreSQL, sqlstore.MySQL, sqlstore.SQLite}

// Each method is one statement of this shape.
func TestStatements(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	opts := &sqlstore.Options{
		Table: "custom_session", Location: zone, BatchSize: 7,
		Columns: []sqlstore.Column{
			{Name: "account_id", Value: func(r saltine.Record) (any, error) { return r.Get("n"), nil }},
			{Name: "Order", Value: func(saltine.Record) (any, error) { return nil, nil }},
		},
	}
	data, expires := encoded(t), time.Date(2027, 1, 29, 8, 0, 0, 999, time.UTC)
	for _, tt := range []struct {
		name string
		call func(b *sqlstore.Backend) error
		want map[sqlstore.Dialect]string
	}{
		{
			"load", func(b *sqlstore.Backend) error { _, err := b.Load(t.Context(), key); return err },
			map[sqlstore.Dialect]string{
				sqlstore.PostgreSQL: `SELECT SUBSTR(session_data, 1, 65537), expire_date FROM "custom_session" WHERE session_key = $1 AND expire_date > $2|K|2027-01-15 08:00:00.123456 +0000 UTC`,
				sqlstore.MySQL:      "SELECT SUBSTR(session_data, 1, 65537), CAST(expire_date AS CHAR) FROM `custom_session` WHERE session_key = ? AND CAST(session_key AS BINARY) = ? AND expire_date > ?|K|K|2027-01-15 10:00:00.123456",
				sqlstore.SQLite:     `SELECT SUBSTR(session_data, 1, 65537), CAST(expire_date AS TEXT) FROM "custom_session" WHERE session_key = ? AND expire_date > ?|K|2027-01-15 10:00:00.123456`,
			},
		},
		{
			"exists", func(b *sqlstore.Backend) error { _, err := b.Exists(t.Context(), key); return err },
			map[sqlstore.Dialect]string{
				sqlstore.PostgreSQL: `SELECT 1 FROM "custom_session" WHERE session_key = $1 LIMIT 1|K`,
				sqlstore.MySQL:      "SELECT 1 FROM `custom_session` WHERE session_key = ? AND CAST(session_key AS BINARY) = ? LIMIT 1|K|K",
				sqlstore.SQLite:     `SELECT 1 FROM "custom_session" WHERE session_key = ? LIMIT 1|K`,
			},
		},
		{
			"create", func(b *sqlstore.Backend) error { return b.Create(t.Context(), key, record(t, `{"n":5}`, expires)) },
			map[sqlstore.Dialect]string{
				sqlstore.PostgreSQL: `INSERT INTO "custom_session" (session_key, session_data, expire_date, "account_id", "Order") VALUES ($1, $2, $3, $4, $5) ON CONFLICT (session_key) DO NOTHING|K|D|2027-01-29 08:00:00 +0000 UTC|5|<nil>`,
				sqlstore.MySQL:      "INSERT INTO `custom_session` (session_key, session_data, expire_date, `account_id`, `Order`) VALUES (?, ?, ?, ?, ?)|K|D|2027-01-29 10:00:00.000000|5|<nil>",
				sqlstore.SQLite:     `INSERT INTO "custom_session" (session_key, session_data, expire_date, "account_id", "Order") VALUES (?, ?, ?, ?, ?) ON CONFLICT (session_key) DO NOTHING|K|D|2027-01-29 10:00:00|5|<nil>`,
			},
		},
		{
			"update", func(b *sqlstore.Backend) error { return b.Update(t.Context(), key, record(t, `{"n":5}`, expires)) },
			map[sqlstore.Dialect]string{
				sqlstore.PostgreSQL: `UPDATE "custom_session" SET session_data = $1, expire_date = $2, "account_id" = $3, "Order" = $4 WHERE session_key = $5|D|2027-01-29 08:00:00 +0000 UTC|5|<nil>|K`,
				sqlstore.MySQL:      "UPDATE `custom_session` SET session_data = ?, expire_date = ?, `account_id` = ?, `Order` = ? WHERE session_key = ? AND CAST(session_key AS BINARY) = ?|D|2027-01-29 10:00:00.000000|5|<nil>|K|K",
				sqlstore.SQLite:     `UPDATE "custom_session" SET session_data = ?, expire_date = ?, "account_id" = ?, "Order" = ? WHERE session_key = ?|D|2027-01-29 10:00:00|5|<nil>|K`,
			},
		},
		{
			"delete", func(b *sqlstore.Backend) error { return b.Delete(t.Context(), key) },
			map[sqlstore.Dialect]string{
				sqlstore.PostgreSQL: `DELETE FROM "custom_session" WHERE session_key = $1|K`,
				sqlstore.MySQL:      "DELETE FROM `custom_session` WHERE session_key = ? AND CAST(session_key AS BINARY) = ?|K|K",
				sqlstore.SQLite:     `DELETE FROM "custom_session" WHERE session_key = ?|K`,
			},
		},
	} {
		for _, dialect := range dialects {
			b, s := open(t, dialect, opts, answer{affected: 1})
			if err := tt.call(b); err != nil && !errors.Is(err, saltine.ErrNoSession) {
				t.Errorf("%s, %v: %v", tt.name, dialect, err)
			}
			want := []string{strings.NewReplacer("|K", "|"+key, "|D", "|"+data).Replace(tt.want[dialect])}
			if diff := cmp.Diff(want, s.said); diff != "" {
				t.Errorf("%s, %v (-want +got)\n%s", tt.name, dialect, diff)
			}
		}
	}
}

// PostgreSQL takes no length of more than four bytes.
func TestLargestLimit(t *testing.T) {
	keys, err := saltine.NewKeyring("a key for tests only, fifty bytes or more, not a secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := saltine.NewSessionData(keys, &saltine.Options{MaxTokenLen: math.MaxInt})
	if err != nil {
		t.Fatal(err)
	}
	s := &script{answers: []answer{{}}}
	b, err := sqlstore.New(sql.OpenDB(s), sqlstore.PostgreSQL, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Load(t.Context(), key); !errors.Is(err, saltine.ErrNoSession) || !strings.Contains(s.said[0], "(session_data, 1, 2147483646)") {
		t.Errorf("%v, %s", err, s.said)
	}
}

// What a statement's outcome means.
func TestOutcomes(t *testing.T) {
	failed := errors.New("the server is away")
	one := answer{rows: [][]driver.Value{{int64(1)}}}
	good := func(end any) answer { return answer{rows: [][]driver.Value{{encoded(t), end}}} }
	load := func(b *sqlstore.Backend) error {
		r, err := b.Load(t.Context(), key)
		if text, _ := r.AppendJSON(nil); err == nil && (string(text) != `{"n":5}` || r.Age <= 0 || !r.Expires.Equal(clock.Add(r.Age))) {
			t.Errorf("loaded %s, good for %v until %v", text, r.Age, r.Expires)
		}
		return err
	}
	create := func(b *sqlstore.Backend) error { return b.Create(t.Context(), key, record(t, `{}`, clock)) }
	update := func(b *sqlstore.Backend) error { return b.Update(t.Context(), key, record(t, `{}`, clock)) }
	for _, tt := range []struct {
		name, reason string
		dialects     []sqlstore.Dialect
		call         func(b *sqlstore.Backend) error
		answers      []answer
		want         error
		statements   int
	}{
		{"row", "an instant", dialects[:1], load, []answer{good(clock.Add(time.Hour))}, nil, 1},
		{"row", "Django's text", dialects[1:], load, []answer{good("2027-01-15 09:00:00")}, nil, 1},
		{"row", "with decimals, as bytes", dialects[1:], load, []answer{good([]byte("2027-01-15 09:00:00.500000"))}, nil, 1},
		{"row", "a driver parsed it all the same", dialects, load, []answer{good(clock.Add(time.Hour))}, nil, 1},
		{"no row", "there is none, or it has expired", dialects, load, []answer{{}}, saltine.ErrNoSession, 1},
		{"row of another writer", "as a text it is greater than now", dialects[2:], load, []answer{good("2027-01-15T07:00:00Z")}, saltine.ErrMalformed, 1},
		{"expired row", "the text comparison let it through", dialects[2:], load, []answer{good("2027-01-15 08:00:00.123456")}, saltine.ErrNoSession, 1},
		{"failure", "it is not no session", dialects, load, []answer{{err: failed}}, failed, 1},
		{"junk", "the row cannot be read", dialects[1:], load, []answer{{rows: [][]driver.Value{{"junk", "2027-01-15 09:00:00"}}}}, saltine.ErrBadSignature, 1},
		{"too large", "a byte beyond the limit is fetched", dialects[1:], load, []answer{{rows: [][]driver.Value{{strings.Repeat("x", 64<<10+1), "2027-01-15 09:00:00"}}}}, saltine.ErrTooLarge, 1},
		{"inserted", "", dialects, create, []answer{{affected: 1}}, nil, 1},
		{"not inserted", "the key is taken", []sqlstore.Dialect{sqlstore.PostgreSQL, sqlstore.SQLite}, create, []answer{{}}, saltine.ErrKeyTaken, 1},
		{"duplicate", "the table says so", dialects[1:2], create, []answer{{err: failed}, one}, saltine.ErrKeyTaken, 2},
		{"other failure", "the key is free", dialects[1:2], create, []answer{{err: failed}, {}}, failed, 2},
		{"double failure", "the first one tells more", dialects[1:2], create, []answer{{err: failed}, {err: io.ErrUnexpectedEOF}}, failed, 2},
		{"failure", "nothing else is asked", []sqlstore.Dialect{sqlstore.PostgreSQL, sqlstore.SQLite}, create, []answer{{err: failed}}, failed, 1},
		{"updated", "", dialects, update, []answer{{affected: 1}}, nil, 1},
		{"gone", "no row matched", []sqlstore.Dialect{sqlstore.PostgreSQL, sqlstore.SQLite}, update, []answer{{}}, saltine.ErrNoSession, 1},
		{"unchanged", "MySQL counts changes: the row is there", dialects[1:2], update, []answer{{}, one}, nil, 2},
		{"gone", "MySQL counts changes: the row is not there", dialects[1:2], update, []answer{{}, {}}, saltine.ErrNoSession, 2},
		{"not to be known", "the second statement failed", dialects[1:2], update, []answer{{}, {err: failed}}, failed, 2},
		{"failure", "", dialects, update, []answer{{err: failed}}, failed, 1},
	} {
		for _, dialect := range tt.dialects {
			b, s := open(t, dialect, nil, tt.answers...)
			if err := tt.call(b); !errors.Is(err, tt.want) {
				t.Errorf("%v, %s, %s: %v, want %v", dialect, tt.name, tt.reason, err, tt.want)
			}
			if len(s.said) != tt.statements {
				t.Errorf("%v, %s: %d statements, want %d", dialect, tt.name, len(s.said), tt.statements)
			}
			for _, said := range s.said[1:] {
				if !strings.Contains(said, " FOR UPDATE|") {
					t.Errorf("%v, %s: in a transaction that began before, this shows the past: %s", dialect, tt.name, said)
				}
			}
		}
	}
}

// Keys that a column cannot hold are asked for on no engine.
func TestStorableKeys(t *testing.T) {
	for _, bad := range []string{"abcdefgh\x00", "abcdefgh\xff", strings.Repeat("k", 41), strings.Repeat("é", 41)} {
		b, s := open(t, sqlstore.PostgreSQL, nil)
		_, load := b.Load(t.Context(), bad)
		exists, existsErr := b.Exists(t.Context(), bad)
		create := b.Create(t.Context(), bad, saltine.Record{Expires: clock})
		update := b.Update(t.Context(), bad, saltine.Record{Expires: clock})
		if !errors.Is(load, saltine.ErrNoSession) || exists || existsErr != nil || create == nil || !errors.Is(update, saltine.ErrNoSession) || b.Delete(t.Context(), bad) != nil {
			t.Errorf("%q: %v, %v, %v, %v", bad, load, existsErr, create, update)
		}
		if len(s.said) > 0 {
			t.Errorf("%q is asked for", bad)
		}
	}
	b, s := open(t, sqlstore.PostgreSQL, nil)
	if _, err := b.Exists(t.Context(), strings.Repeat("é", 40)); err != nil || len(s.said) != 1 {
		t.Errorf("40 characters: %v", err)
	}
}

func TestClearExpired(t *testing.T) {
	want := map[sqlstore.Dialect]string{
		sqlstore.PostgreSQL: `DELETE FROM "django_session" WHERE expire_date < $1 AND session_key IN (SELECT session_key FROM "django_session" WHERE expire_date < $2 ORDER BY expire_date LIMIT 7)`,
		sqlstore.MySQL:      "DELETE FROM `django_session` WHERE expire_date < ? ORDER BY expire_date LIMIT 7",
		sqlstore.SQLite:     `DELETE FROM "django_session" WHERE expire_date < ? AND session_key IN (SELECT session_key FROM "django_session" WHERE expire_date < ? ORDER BY expire_date LIMIT 7)`,
	}
	for _, dialect := range dialects {
		b, s := open(t, dialect, &sqlstore.Options{BatchSize: 7}, answer{affected: 7}, answer{affected: 3})
		if err := b.ClearExpired(t.Context()); err != nil || len(s.said) != 3 {
			t.Errorf("%v: %d batches, %v", dialect, len(s.said), err)
		}
		if got, _, _ := strings.Cut(s.said[0], "|"); got != want[dialect] {
			t.Errorf("%v: %s", dialect, got)
		}
		failed := errors.New("the server is away")
		b, s = open(t, dialect, nil, answer{affected: 1000}, answer{err: failed})
		if err := b.ClearExpired(t.Context()); !errors.Is(err, failed) || len(s.said) != 2 {
			t.Errorf("%v: %d batches, %v", dialect, len(s.said), err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b, s := open(t, sqlstore.SQLite, nil)
	if err := b.ClearExpired(ctx); !errors.Is(err, context.Canceled) || len(s.said) > 0 {
		t.Errorf("after the end of the context: %d batches, %v", len(s.said), err)
	}
}

func TestUnwritable(t *testing.T) {
	broken := errors.New("no account")
	for _, tt := range []struct {
		name    string
		expires time.Time
		column  error
		want    error
	}{
		{"year 10000", time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600)), nil, saltine.ErrUnsupported},
		{"year 0", time.Time{}.Add(-time.Second), nil, saltine.ErrUnsupported},
		{"column", clock, broken, broken},
		{"value", clock, nil, nil},
	} {
		b, s := open(t, sqlstore.SQLite, &sqlstore.Options{Columns: []sqlstore.Column{{
			Name: "account_id", Value: func(saltine.Record) (any, error) { return 1, tt.column },
		}}}, answer{affected: 1})
		if err := b.Create(t.Context(), key, record(t, `{}`, tt.expires)); !errors.Is(err, tt.want) || (len(s.said) > 0) != (tt.want == nil) {
			t.Errorf("%s: %v after %d statements", tt.name, err, len(s.said))
		}
	}
}

func TestNew(t *testing.T) {
	db, data := sql.OpenDB(&script{}), newData(t)
	value := func(saltine.Record) (any, error) { return 1, nil }
	column := func(name string) *sqlstore.Options {
		return &sqlstore.Options{Columns: []sqlstore.Column{{Name: name, Value: value}}}
	}
	for _, tt := range []struct {
		name    string
		db      sqlstore.DB
		dialect sqlstore.Dialect
		data    *saltine.SessionData
		opts    *sqlstore.Options
		ok      bool
	}{
		{"defaults", db, sqlstore.MySQL, data, nil, true},
		{"word of SQL", db, sqlstore.MySQL, data, &sqlstore.Options{Table: "order"}, true},
		{"schema", db, sqlstore.PostgreSQL, data, &sqlstore.Options{Table: "app.Session_2"}, true},
		{"column", db, sqlstore.PostgreSQL, data, column("account_id"), true},
		{"no DB", nil, sqlstore.MySQL, data, nil, false},
		{"no SessionData", db, sqlstore.MySQL, nil, nil, false},
		{"no dialect", db, 0, data, nil, false},
		{"other dialect", db, 4, data, nil, false},
		{"negative batch", db, sqlstore.MySQL, data, &sqlstore.Options{BatchSize: -1}, false},
		{"quote", db, sqlstore.MySQL, data, &sqlstore.Options{Table: `a"b`}, false},
		{"backquote", db, sqlstore.MySQL, data, &sqlstore.Options{Table: "a`b"}, false},
		{"blank", db, sqlstore.MySQL, data, &sqlstore.Options{Table: "a b"}, false},
		{"two dots", db, sqlstore.MySQL, data, &sqlstore.Options{Table: "a.b.c"}, false},
		{"empty schema", db, sqlstore.MySQL, data, &sqlstore.Options{Table: ".b"}, false},
		{"long", db, sqlstore.MySQL, data, &sqlstore.Options{Table: strings.Repeat("t", 64)}, false},
		{"not ASCII", db, sqlstore.MySQL, data, &sqlstore.Options{Table: "sitzungä"}, false},
		{"column with a dot", db, sqlstore.MySQL, data, column("a.b"), false},
		{"column with a mark", db, sqlstore.MySQL, data, column("a?"), false},
		{"empty column", db, sqlstore.MySQL, data, column(""), false},
		{"column that is there", db, sqlstore.MySQL, data, column("Session_Key"), false},
		{"column without value", db, sqlstore.MySQL, data, &sqlstore.Options{Columns: []sqlstore.Column{{Name: "a"}}}, false},
		{"column twice", db, sqlstore.MySQL, data, &sqlstore.Options{Columns: []sqlstore.Column{{Name: "a", Value: value}, {Name: "A", Value: value}}}, false},
	} {
		b, err := sqlstore.New(tt.db, tt.dialect, tt.data, tt.opts)
		if (err == nil) != tt.ok || (b != nil) != tt.ok || err != nil && !errors.Is(err, saltine.ErrInvalidOption) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestSchema(t *testing.T) {
	b, _ := open(t, sqlstore.MySQL, &sqlstore.Options{Table: "app.custom_session", Columns: []sqlstore.Column{
		{Name: "account_id", Type: "integer NULL", Value: func(saltine.Record) (any, error) { return 1, nil }},
	}})
	const want = "CREATE TABLE `app`.`custom_session` (`session_key` varchar(40) NOT NULL PRIMARY KEY, `session_data` longtext NOT NULL, `expire_date` datetime(6) NOT NULL, `account_id` integer NULL);\n" +
		"CREATE INDEX `custom_session_expire_date_idx` ON `app`.`custom_session` (`expire_date`);\n"
	if diff := cmp.Diff(want, b.Schema()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// On SQLite the schema stands before the index and not before its table.
func TestSchemaOfSchema(t *testing.T) {
	const columns = `("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);`
	b, _ := open(t, sqlstore.SQLite, &sqlstore.Options{Table: "main.sess"})
	want := `CREATE TABLE "main"."sess" ` + columns + "\n" + `CREATE INDEX "main"."sess_expire_date_idx" ON "sess" ("expire_date");` + "\n"
	if diff := cmp.Diff(want, b.Schema()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Names of indexes are as short as every engine takes them, and differ where tables do.
func TestLongIndexNames(t *testing.T) {
	indexes := regexp.MustCompile(`INDEX "([^"]*)"`)
	seen := map[string]bool{}
	for _, length := range []int{42, 43, 47, 48, 49, 61, 62, 63} {
		for _, last := range "ab" {
			table := strings.Repeat("t", length-1) + string(last)
			b, _ := open(t, sqlstore.PostgreSQL, &sqlstore.Options{Table: table})
			for _, found := range indexes.FindAllStringSubmatch(b.Schema(), -1) {
				name := found[1]
				if len(name) > 63 || seen[name] || length == 42 && !strings.HasPrefix(name, table+"_") {
					t.Errorf("of a table of %d characters: %s", length, name)
				}
				seen[name] = true
			}
		}
	}
	if len(seen) != 32 {
		t.Errorf("%d names", len(seen))
	}
}

// With another way to the database the statements are the same.
func TestWith(t *testing.T) {
	b, s := open(t, sqlstore.SQLite, nil)
	other := &script{}
	db := sql.OpenDB(other)
	if err := b.With(db).Delete(t.Context(), key); err != nil || len(s.said) != 0 || len(other.said) != 1 {
		t.Errorf("%v, %d and %d statements", err, len(s.said), len(other.said))
	}
}

func TestRedacted(t *testing.T) {
	b, _ := open(t, sqlstore.SQLite, nil)
	type nest struct {
		b *sqlstore.Backend
		v sqlstore.Backend
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		text := fmt.Sprintf(verb+verb+verb, b, *b, nest{b, *b})
		if strings.Contains(text, "not a secret") || strings.Contains(text, fmt.Sprintf("%x", "not a secret")) {
			t.Errorf("%s shows a key", verb)
		}
	}
	if got := fmt.Sprint(b); got != "sqlstore.Backend([redacted])" {
		t.Errorf("it prints as %s", got)
	}
}

// The statements that make Django's table on SQLite.
func Example() {
	keys, err := saltine.NewKeyring("Django's SECRET_KEY, fifty bytes or more of nobody's business", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	db := sql.OpenDB(&script{}) // sql.Open("sqlite", "db.sqlite3") of a driver
	backend, err := sqlstore.New(db, sqlstore.SQLite, data, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(backend.Schema())
	fmt.Println(store.CookieAge())
	// Output:
	// CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
	// CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");
	// 336h0m0s
}

// The table of a custom session model, with a column for the user's id.
func ExampleColumn() {
	keys, err := saltine.NewKeyring("Django's SECRET_KEY, fifty bytes or more of nobody's business", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var db sqlstore.DB = sql.OpenDB(&script{}) // sql.Open("pgx", address) of a driver
	backend, err := sqlstore.New(db, sqlstore.PostgreSQL, data, &sqlstore.Options{
		Table: "shop_session",
		Columns: []sqlstore.Column{{
			Name:  "account_id",
			Type:  "integer NULL",
			Value: func(r saltine.Record) (any, error) { return r.Get("_auth_user_id"), nil },
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(backend.Schema(), `"account_id" integer NULL`))
	// Output: true
}
