package contenders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/alexedwards/scs/mysqlstore"
	"github.com/alexedwards/scs/pgxstore"
	"github.com/alexedwards/scs/sqlite3store"
	"github.com/alexedwards/scs/v2/memstore"
	"github.com/bradfitz/gomemcache/memcache"
	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/redis/go-redis/v9"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/filestore"
	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/memcachestore"
	"github.com/seed-52756201/saltine/memorystore"
	"github.com/seed-52756201/saltine/redisstore"
	"github.com/seed-52756201/saltine/sqlstore"
)

// Engines are the names that Open knows, with what opens the stores of each.
var Engines = []string{"postgresql", "mariadb", "sqlite", "file", "memory", "redis", "memcached"}

var openers = map[string]func(context.Context, *opening) error{
	"postgresql": openPostgreSQL, "mariadb": openMariaDB, "sqlite": openSQLite, "file": openFile, "memory": openMemory, "redis": openRedis,
	"memcached": openMemcached,
}

// connections is how many connections each store may have.
const connections = 8

// Attach opens the store of this project at an Address that Open gave, which may be in another process.
func Attach(engine, address string) (*Store, func() error, error) {
	data, err := newData()
	if err != nil {
		return nil, nil, err
	}
	if engine == "file" {
		backend, err := filestore.New(address, data, nil)
		if err != nil {
			return nil, nil, err
		}
		s, err := newSaltine(engine, "filestore", backend)
		return s, func() error { return nil }, err
	}
	driver, dialect := "pgx", sqlstore.PostgreSQL
	switch engine {
	case "mariadb":
		driver, dialect = "mysql", sqlstore.MySQL
	case "sqlite":
		driver, dialect = "sqlite", sqlstore.SQLite
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	backend, err := sqlstore.New(db, dialect, data, nil)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	s, err := newSaltine(engine, "sqlstore", backend)
	return s, db.Close, err
}

func newData() (*saltine.SessionData, error) {
	keys, err := saltine.NewKeyring("a key for measurements, public and worthless: 0123456789", nil)
	if err != nil {
		return nil, err
	}
	return saltine.NewSessionData(keys, nil)
}

// opening is what Open has so far.
type opening struct {
	engine string
	stores []*Store
	ends   []func() error
	data   *saltine.SessionData
	folder string
}

// Open starts an engine, and opens the stores that there are for it, each with a table or a folder of its own. stop ends all of it.
func Open(ctx context.Context, engine string) (stores []*Store, stop func() error, err error) {
	opener := openers[engine]
	if opener == nil {
		return nil, nil, fmt.Errorf("contenders: there is no engine %q: take %s", engine, strings.Join(Engines, ", "))
	}
	o := &opening{engine: engine}
	if o.data, err = newData(); err != nil {
		return nil, nil, err
	}
	if o.folder, err = os.MkdirTemp("", "contenders"); err != nil {
		return nil, nil, err
	}
	o.ends = append(o.ends, func() error { return os.RemoveAll(o.folder) })
	if err := opener(ctx, o); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("contenders: %s: %w", engine, err), o.stop())
	}
	return o.stores, o.stop, nil
}

func (o *opening) stop() error {
	var errs []error
	for i := len(o.ends) - 1; i >= 0; i-- {
		errs = append(errs, o.ends[i]())
	}
	return errors.Join(errs...)
}

// add adds a store of this project.
func (o *opening) add(name string, backend saltine.Backend, c *counts) error {
	s, err := newSaltine(o.engine, name, backend)
	if err != nil {
		return err
	}
	o.count(s, c)
	return nil
}

// count adds a store with its counts; c is nil if there are none.
func (o *opening) count(s *Store, c *counts) {
	if c != nil {
		s.Trips = &c.trips
	}
	o.stores = append(o.stores, s)
}

// counted is a database whose statements are counted.
type counted struct {
	*sql.DB
	n *atomic.Int64
}

// ExecContext counts a statement.
func (c counted) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	c.n.Add(1)
	return c.DB.ExecContext(ctx, query, args...)
}

// QueryContext counts a statement.
func (c counted) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.n.Add(1)
	return c.DB.QueryContext(ctx, query, args...)
}

// addSQL makes the table of sqlstore and adds the store over it.
func (o *opening) addSQL(ctx context.Context, db *sql.DB, dialect sqlstore.Dialect, c *counts) error {
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	o.ends = append(o.ends, db.Close)
	backend, err := sqlstore.New(counted{db, &c.statements}, dialect, o.data, nil)
	if err != nil {
		return err
	}
	for line := range strings.Lines(backend.Schema()) {
		if _, err := db.ExecContext(ctx, line); err != nil {
			return err
		}
	}
	if err := o.add("sqlstore", backend, c); err != nil {
		return err
	}
	o.stores[len(o.stores)-1].Statements = &c.statements
	return nil
}

func openPostgreSQL(ctx context.Context, o *opening) error {
	server, err := engines.PostgreSQL(ctx)
	if err != nil {
		return err
	}
	o.ends = append(o.ends, server.Stop)
	config, err := pgx.ParseConfig(server.DSN)
	if err != nil {
		return err
	}
	ours := &counts{}
	config.DialFunc = func(ctx context.Context, _, address string) (net.Conn, error) { return ours.dial(ctx, address) }
	if err := o.addSQL(ctx, stdlib.OpenDB(*config), sqlstore.PostgreSQL, ours); err != nil {
		return err
	}
	o.stores[len(o.stores)-1].Address = server.DSN
	theirs := &counts{}
	pooled, err := pgxpool.ParseConfig(server.DSN)
	if err != nil {
		return err
	}
	pooled.ConnConfig.DialFunc = func(ctx context.Context, _, address string) (net.Conn, error) { return theirs.dial(ctx, address) }
	pooled.MaxConns, pooled.MinConns = connections, connections
	pool, err := pgxpool.NewWithConfig(ctx, pooled)
	if err != nil {
		return err
	}
	o.ends = append(o.ends, func() error { pool.Close(); return nil })
	const table = `CREATE TABLE sessions (token TEXT PRIMARY KEY, data BYTEA NOT NULL, expiry TIMESTAMPTZ NOT NULL);
		CREATE INDEX sessions_expiry_idx ON sessions (expiry)`
	if _, err := pool.Exec(ctx, table); err != nil {
		return err
	}
	o.count(newSCS(o.engine, "scs pgxstore", pgxstore.NewWithCleanupInterval(pool, 0)), theirs)
	return nil
}

func openMariaDB(ctx context.Context, o *opening) error {
	server, err := engines.MariaDB(ctx)
	if err != nil {
		return err
	}
	o.ends = append(o.ends, server.Stop)
	ours, theirs := &counts{}, &counts{}
	open := func(c *counts, parameters string) (*sql.DB, error) {
		config, err := mysql.ParseDSN(server.DSN + parameters)
		if err != nil {
			return nil, err
		}
		config.DialFunc = func(ctx context.Context, _, address string) (net.Conn, error) { return c.dial(ctx, address) }
		connector, err := mysql.NewConnector(config)
		if err != nil {
			return nil, err
		}
		return sql.OpenDB(connector), nil
	}
	db, err := open(ours, "?interpolateParams=true")
	if err != nil {
		return err
	}
	if err := o.addSQL(ctx, db, sqlstore.MySQL, ours); err != nil {
		return err
	}
	o.stores[len(o.stores)-1].Address = server.DSN + "?interpolateParams=true"
	if db, err = open(theirs, "?interpolateParams=true&parseTime=true"); err != nil {
		return err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	o.ends = append(o.ends, db.Close)
	const table = "CREATE TABLE sessions (token CHAR(43) PRIMARY KEY, data BLOB NOT NULL, expiry TIMESTAMP(6) NOT NULL, INDEX (expiry))"
	if _, err := db.ExecContext(ctx, table); err != nil {
		return err
	}
	o.count(newSCS(o.engine, "scs mysqlstore", mysqlstore.NewWithCleanupInterval(db, 0)), theirs)
	return nil
}

func openSQLite(ctx context.Context, o *opening) error {
	dsn := func(name string) string {
		return "file:" + filepath.Join(o.folder, name) + "?_pragma=busy_timeout(20000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)"
	}
	open := func(name string) (*sql.DB, error) { return sql.Open("sqlite", dsn(name)) }
	db, err := open("ours")
	if err != nil {
		return err
	}
	c := &counts{}
	if err := o.addSQL(ctx, db, sqlstore.SQLite, c); err != nil {
		return err
	}
	o.stores[len(o.stores)-1].Trips = nil // there is no connection
	o.stores[len(o.stores)-1].Address = dsn("ours")
	if db, err = open("theirs"); err != nil {
		return err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	o.ends = append(o.ends, db.Close)
	for _, statement := range []string{
		"CREATE TABLE sessions (token TEXT PRIMARY KEY, data BLOB NOT NULL, expiry REAL NOT NULL)",
		"CREATE INDEX sessions_expiry_idx ON sessions (expiry)",
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	o.count(newSCS(o.engine, "scs sqlite3store", sqlite3store.NewWithCleanupInterval(db, 0)), nil)
	return nil
}

func openFile(_ context.Context, o *opening) error {
	backend, err := filestore.New(o.folder, o.data, nil)
	if err != nil {
		return err
	}
	err = o.add("filestore", backend, nil)
	o.stores[0].Address = o.folder
	return err
}

func openMemory(_ context.Context, o *opening) error {
	backend, err := memorystore.New(nil)
	if err != nil {
		return err
	}
	o.count(newSCS(o.engine, "scs memstore", memstore.NewWithCleanupInterval(0)), nil)
	return o.add("memorystore", backend, nil)
}

func openRedis(ctx context.Context, o *opening) error {
	server, err := engines.Redis(ctx)
	if err != nil {
		return err
	}
	o.ends = append(o.ends, server.Stop)
	c := &counts{}
	client := redis.NewClient(&redis.Options{
		Network: "unix", Addr: server.Socket, PoolSize: connections, Protocol: 2, DisableIdentity: true,
		Dialer: func(ctx context.Context, _, address string) (net.Conn, error) { return c.dial(ctx, address) },
	})
	o.ends = append(o.ends, client.Close)
	backend, err := redisstore.New(client, nil)
	if err != nil {
		return err
	}
	if err := o.add("redisstore", backend, c); err != nil {
		return err
	}
	o.count(newSCS(o.engine, "scs goredisstore", goredisstore.New(client)), c)
	return nil
}

func openMemcached(ctx context.Context, o *opening) error {
	server, err := engines.Memcached(ctx)
	if err != nil {
		return err
	}
	o.ends = append(o.ends, server.Stop)
	client := memcache.New(server.DSN)
	client.MaxIdleConns = connections
	o.ends = append(o.ends, client.Close)
	backend, err := memcachestore.New(client, nil)
	if err != nil {
		return err
	}
	return o.add("memcachestore", backend, nil)
}
