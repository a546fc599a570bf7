// Package sqlstore keeps sessions in Django's table django_session, or in one like it, in
// PostgreSQL, MySQL, MariaDB or SQLite. A Django beside it, of 1.11 to main, reads and
// writes the same sessions.
//
//	db, err := sql.Open("pgx", dsn)
//	…
//	data, err := saltine.NewSessionData(keys, nil) // SECRET_KEY
//	…
//	backend, err := sqlstore.New(db, sqlstore.PostgreSQL, data, nil)
//	…
//	store, err := saltine.NewServerStore(backend, nil)
//
// It imports no driver: open the database with yours. Tested are pgx, go-sql-driver/mysql
// and modernc.org/sqlite. No setting of a driver for times or for counted rows matters.
// For SQLite set a busy timeout in the DSN, as in "file:app.db?_pragma=busy_timeout(5000)":
// otherwise requests that write at the same time fail. For go-sql-driver/mysql set
// interpolateParams=true: otherwise it waits for the server twice for each statement.
//
// Each method but ClearExpired is one statement, of which Django makes up to four, with
// the same outcome; on MySQL a second one asks again before Update or Create says that it
// failed. The table must be there: Django's migration makes it, or [Backend.Schema].
//
// Django: django.contrib.sessions.backends.db.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
)

// DB is what a Backend needs of a database. *sql.DB, *sql.Conn and *sql.Tx have it.
type DB interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Options are the settings of a [Backend]. The zero value, and a nil *Options, is Django's
// defaults. It is copied.
type Options struct {
	// Table is the table's name: letters, digits and underscores, after a dot if it is
	// not in the schema that the connection has. It is quoted, so capitals count.
	// Empty means "django_session". Django: Meta.db_table of a custom model.
	Table string

	// Columns are those of a custom model, besides the three of every session.
	Columns []Column

	// Location is the time zone of expire_date on MySQL and SQLite, whose dates have
	// none. nil means UTC, as with USE_TZ = True. Django: the database's TIME_ZONE;
	// with USE_TZ = False the project's TIME_ZONE.
	Location *time.Location

	// BatchSize is how many rows ClearExpired deletes with one statement. 0 means 1000.
	BatchSize int

	// Now is the clock, which must be that of the store. nil means time.Now.
	Now func() time.Time
}

// Column is a further column of a custom model.
//
// Django: a field of a subclass of AbstractBaseSession.
type Column struct {
	// Name of the column: letters, digits and underscores.
	Name string
	// Type is what [Backend.Schema] says of the column, such as "integer NULL". It is
	// not checked, and nothing else uses it.
	Type string
	// Value returns what is stored, at each save, as an argument of database/sql. An
	// error ends the save. It must be safe for concurrent use.
	// Django: create_model_instance.
	Value func(r saltine.Record) (any, error)
}

// Backend keeps sessions in a table. It is immutable and safe for concurrent use, if its
// DB is.
type Backend struct {
	db       DB
	dialect  Dialect
	data     *saltine.SessionData
	table    string // quoted
	name     string // not quoted
	columns  []Column
	location *time.Location
	batch    int
	now      func() time.Time
}

var _ saltine.Backend = (*Backend)(nil)

// New returns a Backend. It does not ask the database. The error is of kind
// [saltine.ErrInvalidOption].
func New(db DB, dialect Dialect, data *saltine.SessionData, opts *Options) (*Backend, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	b := &Backend{
		db: db, dialect: dialect, data: data, name: o.Table, columns: slices.Clone(o.Columns),
		location: o.Location, batch: o.BatchSize, now: o.Now,
	}
	if b.name == "" {
		b.name = "django_session"
	}
	if b.location == nil {
		b.location = time.UTC
	}
	if b.batch == 0 {
		b.batch = 1000
	}
	if b.now == nil {
		b.now = time.Now
	}
	b.table = dialect.quote(b.name)
	if err := b.check(); err != nil {
		return nil, err
	}
	return b, nil
}

// check refuses what New was given wrongly.
func (b *Backend) check() error {
	switch {
	case b.db == nil:
		return fmt.Errorf("%w: sqlstore: the DB is nil", saltine.ErrInvalidOption)
	case b.data == nil:
		return fmt.Errorf("%w: sqlstore: the SessionData is nil", saltine.ErrInvalidOption)
	case b.dialect != PostgreSQL && b.dialect != MySQL && b.dialect != SQLite:
		return fmt.Errorf("%w: sqlstore: no such Dialect", saltine.ErrInvalidOption)
	case b.batch < 0:
		return fmt.Errorf("%w: sqlstore: BatchSize is negative", saltine.ErrInvalidOption)
	}
	schema, table, found := strings.Cut(b.name, ".")
	if !found {
		schema, table = "public", b.name
	}
	if err := errors.Join(checkIdentifier("the schema of Table", schema), checkIdentifier("Table", table)); err != nil {
		return err
	}
	taken := []string{"session_key", "session_data", "expire_date"}
	for _, c := range b.columns {
		if err := checkIdentifier("the Name of a Column", c.Name); err != nil {
			return err
		}
		if c.Value == nil || slices.Contains(taken, strings.ToLower(c.Name)) {
			return fmt.Errorf("%w: sqlstore: the column %s has no Value, or is there twice", saltine.ErrInvalidOption, c.Name)
		}
		taken = append(taken, strings.ToLower(c.Name))
	}
	return nil
}

// Format writes the type's name only, whatever the verb: a Backend holds keys.
func (Backend) Format(f fmt.State, _ rune) {
	io.WriteString(f, "sqlstore.Backend([redacted])") //nolint:errcheck // fmt's own state does not fail
}

// With returns a Backend for the same table by another way, such as a *sql.Tx in which a
// session is saved together with other rows. A session that is stored so is there when
// the transaction commits.
func (b *Backend) With(db DB) *Backend {
	other := *b
	other.db = db
	return &other
}

// query starts a statement.
func (b *Backend) query(text string, args ...any) *query {
	q := &query{dialect: b.dialect}
	return q.add(text, args...)
}

// exec runs a statement and returns how many rows it is about.
func (b *Backend) exec(ctx context.Context, q *query) (int64, error) {
	result, err := b.db.ExecContext(ctx, q.text.String(), q.args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row runs a statement that finds one row at most, reads it into targets, and reports
// whether there is one.
func (b *Backend) row(ctx context.Context, q *query, targets ...any) (found bool, err error) {
	rows, err := b.db.QueryContext(ctx, q.text.String(), q.args...)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return false, rows.Err()
	}
	return true, rows.Scan(targets...)
}

// storable reports whether the column can hold a key. PostgreSQL refuses NUL and what is
// not UTF-8, and thereby ends a transaction; MySQL can cut off what is too long.
func storable(key string) bool {
	return utf8.ValidString(key) && utf8.RuneCountInString(key) <= 40 && !strings.Contains(key, "\x00")
}

// Load implements [saltine.Backend].
//
// Django: load.
func (b *Backend) Load(ctx context.Context, key string) (saltine.Record, error) {
	if !storable(key) {
		return saltine.Record{}, saltine.ErrNoSession
	}
	now := b.now()
	date, err := b.date(now)
	if err != nil {
		return saltine.Record{}, err
	}
	const most = math.MaxInt32 - 1 // PostgreSQL adds the 1 before it, in four bytes
	q := b.query(fmt.Sprintf("SELECT SUBSTR(session_data, 1, %d), %s FROM %s",
		min(b.data.MaxTokenLen(), most-1)+1, b.dialect.asText("expire_date"), b.table))
	q.whereKey(key).add(" AND expire_date > ?", date)
	var data string
	var end any
	found, err := b.row(ctx, q, &data, &end)
	switch {
	case err != nil:
		return saltine.Record{}, err
	case !found:
		return saltine.Record{}, saltine.ErrNoSession
	}
	return b.decode(data, end, now)
}

// decode returns the record of a row.
func (b *Backend) decode(data string, end any, now time.Time) (saltine.Record, error) {
	expires, err := b.parseDate(end)
	if err != nil {
		return saltine.Record{}, err
	}
	if !expires.After(now.Truncate(time.Microsecond)) { // SQLite compared texts, of which one may not be Django's
		return saltine.Record{}, saltine.ErrNoSession
	}
	r, err := b.data.DecodeRecord(data)
	if err != nil {
		return saltine.Record{}, err
	}
	r.Expires, r.Age = expires, expires.Sub(now)
	return r, nil
}

// values returns what a row holds besides its key, in the order of names.
func (b *Backend) values(r saltine.Record) ([]any, error) {
	data, err := b.data.EncodeRecord(r)
	if err != nil {
		return nil, err
	}
	date, err := b.date(r.Expires)
	if err != nil {
		return nil, err
	}
	values := []any{data, date}
	for _, c := range b.columns {
		value, err := c.Value(r)
		if err != nil {
			return nil, fmt.Errorf("sqlstore: column %s: %w", c.Name, err)
		}
		values = append(values, value)
	}
	return values, nil
}

// names returns the columns besides the key, quoted.
func (b *Backend) names() []string {
	names := []string{"session_data", "expire_date"}
	for _, c := range b.columns {
		names = append(names, b.dialect.quote(c.Name))
	}
	return names
}

// Create implements [saltine.Backend]. In a transaction that has made a row of the same
// key and has not ended yet, it waits for it.
//
// Django: save(must_create=True).
func (b *Backend) Create(ctx context.Context, key string, r saltine.Record) error {
	if !storable(key) {
		return errors.New("sqlstore: the column cannot hold the session key")
	}
	values, err := b.values(r)
	if err != nil {
		return err
	}
	names := b.names()
	q := b.query("INSERT INTO " + b.table + " (session_key, " + strings.Join(names, ", ") + ") VALUES (")
	q.add("?"+strings.Repeat(", ?", len(names)), append([]any{key}, values...)...).add(")")
	if b.dialect != MySQL {
		q.add(" ON CONFLICT (session_key) DO NOTHING") // an error would end the caller's transaction on PostgreSQL
	}
	n, err := b.exec(ctx, q)
	switch {
	case err == nil && n == 0:
		return saltine.ErrKeyTaken
	case err == nil || b.dialect != MySQL:
		return err
	}
	// Only a driver knows the number of "duplicate key": the table knows as well.
	taken, existsErr := b.locked(ctx, b.query("SELECT 1 FROM "+b.table+" WHERE session_key = ?", key))
	if existsErr == nil && taken {
		return saltine.ErrKeyTaken
	}
	return err
}

// Update implements [saltine.Backend].
//
// Django: save.
func (b *Backend) Update(ctx context.Context, key string, r saltine.Record) error {
	if !storable(key) {
		return saltine.ErrNoSession
	}
	values, err := b.values(r)
	if err != nil {
		return err
	}
	q := b.query("UPDATE " + b.table + " SET ")
	q.add(strings.Join(b.names(), " = ?, ")+" = ?", values...).whereKey(key)
	n, err := b.exec(ctx, q)
	if err != nil || n > 0 {
		return err
	}
	if b.dialect == MySQL { // without clientFoundRows=true a row that stays the same is not counted
		found, err := b.locked(ctx, b.query("SELECT 1 FROM "+b.table).whereKey(key))
		if err != nil || found {
			return err
		}
	}
	return saltine.ErrNoSession
}

// locked reports whether MySQL finds a row, by a read that locks: in a transaction another
// read may show what was there when it began.
func (b *Backend) locked(ctx context.Context, q *query) (bool, error) {
	var one int
	return b.row(ctx, q.add(" FOR UPDATE"), &one)
}

// Delete implements [saltine.Backend].
//
// Django: delete.
func (b *Backend) Delete(ctx context.Context, key string) error {
	if !storable(key) {
		return nil
	}
	_, err := b.exec(ctx, b.query("DELETE FROM "+b.table).whereKey(key))
	return err
}

// Exists implements [saltine.Backend]: also for a row that has expired.
//
// Django: exists.
func (b *Backend) Exists(ctx context.Context, key string) (bool, error) {
	if !storable(key) {
		return false, nil
	}
	var one int
	return b.row(ctx, b.query("SELECT 1 FROM "+b.table).whereKey(key).add(" LIMIT 1"), &one)
}

// ClearExpired implements [saltine.Backend]. It deletes the same rows as Django, in
// batches, so that no statement locks much of a large table; between them it looks at ctx.
//
// Django: clear_expired, the command clearsessions.
func (b *Backend) ClearExpired(ctx context.Context) error {
	date, err := b.date(b.now())
	if err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := b.exec(ctx, b.clear(date))
		if err != nil || n == 0 {
			return err
		}
	}
}

// clear returns the statement that deletes a batch of what ended before a date. What
// somebody renews meanwhile stays.
func (b *Backend) clear(date any) *query {
	q := b.query("DELETE FROM "+b.table+" WHERE expire_date < ?", date)
	limit := fmt.Sprintf(" ORDER BY expire_date LIMIT %d", b.batch)
	if b.dialect == MySQL {
		return q.add(limit)
	}
	return q.add(" AND session_key IN (SELECT session_key FROM "+b.table+" WHERE expire_date < ?"+limit+")", date)
}

// Schema returns the statements that make the table, each ended by a semicolon and a line
// break: those of Django's migration, for its own table. Run them once, when you set the
// database up: they fail where the table is there. A Django beside it makes the table
// itself.
func (b *Backend) Schema() string {
	types := map[Dialect][2]string{
		PostgreSQL: {"text", "timestamp with time zone"},
		MySQL:      {"longtext", "datetime(6)"},
		SQLite:     {"text", "datetime"},
	}[b.dialect]
	quote := b.dialect.quote
	columns := []string{
		quote("session_key") + " varchar(40) NOT NULL PRIMARY KEY",
		quote("session_data") + " " + types[0] + " NOT NULL",
		quote("expire_date") + " " + types[1] + " NOT NULL",
	}
	for _, c := range b.columns {
		columns = append(columns, strings.TrimRight(quote(c.Name)+" "+c.Type, " "))
	}
	text := "CREATE TABLE " + b.table + " (" + strings.Join(columns, ", ") + ");\n"
	if b.dialect == PostgreSQL {
		text += b.index("session_key", "c0390e0f_like", " varchar_pattern_ops")
	}
	return text + b.index("expire_date", "a5c62663", "")
}

// index returns the statement for an index, which has Django's name on Django's table. On
// SQLite the schema belongs to the index, elsewhere to the table.
func (b *Backend) index(column, suffix, class string) string {
	schema, table, found := strings.Cut(b.name, ".")
	if !found {
		schema, table = "", b.name
	}
	if table != "django_session" {
		_, suffix, _ = strings.Cut(suffix+"_idx", "_")
	}
	name, on := indexName(table, "_"+column+"_"+suffix), b.table
	if b.dialect == SQLite && found {
		name, on = schema+"."+name, b.dialect.quote(table)
	}
	quote := b.dialect.quote
	return "CREATE INDEX " + quote(name) + " ON " + on + " (" + quote(column) + class + ");\n"
}

// indexName returns the name of a table's index. Of a long one, so much of the table's name
// goes that the engines take the rest, and its checksum keeps it apart from others.
func indexName(table, rest string) string {
	if len(table)+len(rest) <= longestIdentifier {
		return table + rest
	}
	sum := fmt.Sprintf("_%08x", crc32.ChecksumIEEE([]byte(table)))
	return table[:longestIdentifier-len(sum)-len(rest)] + sum + rest
}
