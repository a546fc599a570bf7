package engines

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Database is the name of the database that a PostgreSQL or MariaDB server has from the start, and of PostgreSQL's user.
const Database = "saltine"

// pingTimeout is how long one attempt to reach a starting server may take.
const pingTimeout = 2 * time.Second

var postgresql = engine{
	name:    "PostgreSQL",
	pkg:     "postgresql",
	user:    "postgres",
	signal:  "INT", // the fast shutdown: it does not wait for clients
	program: "/usr/lib/postgresql/[0-9]*/bin/postgres",
	socket:  ".s.PGSQL.5432",
	dsn:     "host={folder} user=" + Database + " dbname=" + Database + " sslmode=disable",
	prepare: func(folder string) []string {
		return []string{
			"initdb", "-D", filepath.Join(folder, "data"), "-U", Database, "-E", "UTF8", "--no-locale", "--auth=trust",
			"--no-sync", "--no-instructions", "--wal-segsize=1",
		}
	},
	// Nothing here has to survive the machine. A killed server loses no commit without fsync, for the system has the pages.
	serve: func(folder string) []string {
		return []string{
			"-D", filepath.Join(folder, "data"), "-k", folder, "-h", "", "-F",
			"-c", "full_page_writes=off", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
			"-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "dynamic_shared_memory_type=mmap",
			"-c", "min_wal_size=2MB", "-c", "max_wal_size=64MB",
		}
	},
	ping: pingPostgreSQL,
}

// PostgreSQL starts a PostgreSQL server with one empty database in UTF-8 and the C locale, whose time zone is UTC. Every local user
// who can reach the socket may connect.
func PostgreSQL(ctx context.Context) (*Server, error) { return start(ctx, &postgresql) }

func pingPostgreSQL(ctx context.Context, s *Server) error {
	err := pingSQL(ctx, "pgx", s.DSN, "")
	if err == nil {
		return nil
	}
	// The first start has no database yet. initdb makes those named postgres and template1.
	return errors.Join(err, pingSQL(ctx, "pgx", s.DSN+" dbname=postgres", "CREATE DATABASE "+Database))
}

var mariadb = engine{
	name:    "MariaDB",
	pkg:     "mariadb-server",
	user:    "mysql",
	signal:  "TERM",
	program: "/usr/sbin/mariadbd",
	socket:  "socket",
	dsn:     "root@unix({socket})/" + Database,
	prepare: func(folder string) []string {
		return []string{
			"../bin/mariadb-install-db", "--no-defaults", "--datadir=" + filepath.Join(folder, "data"),
			"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve",
		}
	},
	serve: func(folder string) []string {
		return []string{
			"--no-defaults", "--datadir=" + filepath.Join(folder, "data"), "--tmpdir=" + folder,
			"--socket=" + filepath.Join(folder, "socket"), "--pid-file=" + filepath.Join(folder, "pid"), "--skip-networking",
			"--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci", "--default-time-zone=+00:00",
			"--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=32M", "--max-connections=200",
		}
	},
	ping: func(ctx context.Context, s *Server) error {
		err := pingSQL(ctx, "mysql", s.DSN, "")
		if err == nil {
			return nil
		}
		return errors.Join(err, pingSQL(ctx, "mysql", "root@unix("+s.Socket+")/", "CREATE DATABASE "+Database))
	},
}

// MariaDB starts a MariaDB server with one empty database in utf8mb4, whose time zone is UTC. Its user root has no password. The
// other settings are MariaDB's own, not Debian's.
func MariaDB(ctx context.Context) (*Server, error) { return start(ctx, &mariadb) }

// pingSQL connects, and then makes the statement, if there is one.
func pingSQL(ctx context.Context, driver, dsn, statement string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if statement == "" {
		return db.PingContext(ctx)
	}
	_, err = db.ExecContext(ctx, statement)
	return err
}

// pingLine sends a line, and expects an answer that begins with want.
func pingLine(line, want string) func(context.Context, *Server) error {
	return func(ctx context.Context, s *Server) (err error) {
		conn, err := (&net.Dialer{Timeout: pingTimeout}).DialContext(ctx, "unix", s.Socket)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, conn.Close()) }()
		if err := conn.SetDeadline(time.Now().Add(pingTimeout)); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(conn, "%s\r\n", line); err != nil {
			return err
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(conn, got); err != nil {
			return err
		}
		if string(got) != want {
			return fmt.Errorf("the answer begins with %q", got)
		}
		return nil
	}
}

var redisServer = engine{
	name:    "Redis",
	pkg:     "redis-server",
	user:    "redis",
	signal:  "TERM",
	program: "/usr/bin/redis-server",
	socket:  "socket",
	dsn:     "unix://{socket}",
	serve: func(folder string) []string {
		return []string{
			"--port", "0", "--unixsocket", filepath.Join(folder, "socket"), "--dir", folder,
			"--save", "", "--appendonly", "no", "--daemonize", "no",
		}
	},
	ping: pingLine("PING", "+PONG"),
}

// Redis starts an empty Redis server that writes nothing to the disk.
func Redis(ctx context.Context) (*Server, error) { return start(ctx, &redisServer) }

var memcached = engine{
	name:    "memcached",
	pkg:     "memcached",
	user:    "memcache",
	signal:  "TERM",
	program: "/usr/bin/memcached",
	socket:  "socket",
	dsn:     "{socket}",
	serve: func(folder string) []string {
		return []string{"-s", filepath.Join(folder, "socket"), "-a", "0700", "-m", "64"}
	},
	ping: pingLine("version", "VERSION "),
}

// Memcached starts an empty memcached with the sizes of Debian: 64 MiB in all, 1 MiB an item.
func Memcached(ctx context.Context) (*Server, error) { return start(ctx, &memcached) }
