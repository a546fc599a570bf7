package sqlusers

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
)

// Dialect is how a database writes placeholders and names.
type Dialect uint8

// The dialects of the databases that Django has.
const (
	// SQLite has ? and "name".
	SQLite Dialect = iota
	// Postgres has $1 and "name".
	Postgres
	// MySQL has ? and `name`: MariaDB, too.
	MySQL
)

// ID is the type of a user table's primary key.
type ID uint8

// The types of primary keys.
const (
	// IntegerID is auth_user's: djangoauth.IntegerID.
	IntegerID ID = iota
	// UUIDID is a UUIDField: djangoauth.UUIDID. Postgres has a type for it; SQLite and
	// MySQL hold 32 hexadecimal digits.
	UUIDID
	// NativeUUIDID is a UUIDField in a database that has a type for it where Dialect's
	// has none: MariaDB 10.7 with Django 5.0.
	NativeUUIDID
	// TextID is a CharField: djangoauth.TextID.
	TextID
)

// Options are the settings of [Users]. The zero value, and a nil *Options, is Django's
// own tables in SQLite. Names of tables and columns are letters, digits and
// underscores, and a schema's name and a dot may stand before a table's.
type Options struct {
	// Dialect is that of the database.
	Dialect Dialect

	// Table is the user table. Empty means auth_user. For AUTH_USER_MODEL =
	// "shop.Customer" it is shop_customer. With a schema it is that Django's: the schema
	// stands before auth_permission, auth_group_permissions and django_content_type too.
	Table string
	// IDColumn, NameColumn, PasswordColumn and ActiveColumn are columns of Table. Empty
	// means id, username, password and is_active. NameColumn is Django's USERNAME_FIELD.
	IDColumn, NameColumn, PasswordColumn, ActiveColumn string
	// NoActiveColumn says that Table has none: all users are active, as in a class
	// made from AbstractBaseUser alone.
	NoActiveColumn bool
	// ID is the type of IDColumn.
	ID ID

	// GroupsTable and PermissionsTable are the tables of a user's groups and
	// permissions. Empty means Table, its schema included, with _groups and
	// _user_permissions behind it. A name that you set needs its own schema.
	GroupsTable, PermissionsTable string
	// UserColumn is the user's column in both. Empty means user_id. For a class of your
	// own it is its name in lower case and _id: customer_id.
	UserColumn string
	// SuperuserColumn is a column of Table. Empty means is_superuser.
	SuperuserColumn string
}

// Users reads the tables. It is immutable and safe for concurrent use. It prints as
// "sqlusers.Users".
type Users struct {
	db          Querier
	opts        Options
	parseID     func(string) (string, error)
	byID        string
	byName      string
	flags       string
	permissions string
}

// Querier is a *sql.DB, *sql.Conn or *sql.Tx.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// New returns Users. opts is copied. The error is of kind [saltine.ErrInvalidOption].
func New(db Querier, opts *Options) (*Users, error) {
	if db == nil {
		return nil, invalidOption("the database is nil")
	}
	u := &Users{db: db}
	if opts != nil {
		u.opts = *opts
	}
	u.opts.setDefaults()
	if err := u.opts.check(); err != nil {
		return nil, err
	}
	u.parseID = map[ID]func(string) (string, error){
		IntegerID: djangoauth.IntegerID, UUIDID: djangoauth.UUIDID, NativeUUIDID: djangoauth.UUIDID, TextID: djangoauth.TextID,
	}[u.opts.ID]
	u.write()
	return u, nil
}

func invalidOption(format string, args ...any) error {
	return fmt.Errorf("%w: sqlusers: "+format, append([]any{saltine.ErrInvalidOption}, args...)...)
}

// Format writes the type's name only, whatever the verb.
func (*Users) Format(f fmt.State, _ rune) {
	io.WriteString(f, "sqlusers.Users") //nolint:errcheck // fmt has nowhere to report it
}

func (o *Options) setDefaults() {
	setDefault(&o.Table, "auth_user")
	setDefault(&o.IDColumn, "id")
	setDefault(&o.NameColumn, "username")
	setDefault(&o.PasswordColumn, "password")
	setDefault(&o.ActiveColumn, "is_active")
	setDefault(&o.SuperuserColumn, "is_superuser")
	setDefault(&o.GroupsTable, o.Table+"_groups")
	setDefault(&o.PermissionsTable, o.Table+"_user_permissions")
	setDefault(&o.UserColumn, "user_id")
}

func setDefault(s *string, text string) {
	if *s == "" {
		*s = text
	}
}

func (o *Options) check() error {
	if o.Dialect > MySQL || o.ID > TextID {
		return invalidOption("there is no such Dialect or ID")
	}
	for _, name := range []string{o.Table, o.GroupsTable, o.PermissionsTable} {
		schema, table, found := strings.Cut(name, ".")
		if !validName(schema) || found && !validName(table) {
			return invalidOption("%q is no name of a table", name)
		}
	}
	for _, name := range []string{o.IDColumn, o.NameColumn, o.PasswordColumn, o.ActiveColumn, o.SuperuserColumn, o.UserColumn} {
		if !validName(name) {
			return invalidOption("%q is no name of a column", name)
		}
	}
	return nil
}

// maxName is the longest name of the databases, MySQL's, in bytes.
const maxName = 64

func validName(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	return s != "" && len(s) <= maxName && strings.Trim(s, letters+"0123456789") == "" && strings.IndexByte(letters, s[0]) >= 0
}

// Load is djangoauth.Options.Load. Which backend it is does not matter: all of Django's
// own read this table. Account.ID is id. An error is of kind [saltine.ErrUnavailable].
//
// Django: ModelBackend.get_user.
func (u *Users) Load(ctx context.Context, _, id string) (account djangoauth.Account, found bool, err error) {
	key, ok := u.key(id)
	if !ok { // no column holds it
		return djangoauth.Account{}, false, nil
	}
	return u.scan(u.db.QueryRowContext(ctx, u.byID, key))
}

// ByName returns the user of a name, as it is stored. It is for a login: check the
// password, and Active. Check it for a name that is not found, too: package passwords
// refuses the empty Password after one run of the preferred hasher. A user whose hash is
// of another hasher, or of another cost, takes another time: passwords.Hashers.Check says
// which do. An error is of kind [saltine.ErrUnavailable].
//
// Django: UserManager.get_by_natural_key.
func (u *Users) ByName(ctx context.Context, name string) (account djangoauth.Account, found bool, err error) {
	return u.scan(u.db.QueryRowContext(ctx, u.byName, name))
}

// scan reads one user.
func (u *Users) scan(row *sql.Row) (account djangoauth.Account, found bool, err error) {
	var id any
	var name sql.NullString // a column of one's own may be empty
	var a djangoauth.Account
	err = row.Scan(&id, &name, &a.Password, &a.Active)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return djangoauth.Account{}, false, nil
	case err != nil:
		return djangoauth.Account{}, false, unavailable(err)
	}
	if a.ID, err = u.id(id); err != nil {
		return djangoauth.Account{}, false, unavailable(err)
	}
	a.Name = name.String
	return a, true, nil
}

func unavailable(err error) error {
	return fmt.Errorf("%w: sqlusers: %w", saltine.ErrUnavailable, err)
}

// key returns an id as an argument of a query. ok is false for what the column cannot
// hold.
func (u *Users) key(id string) (key any, ok bool) {
	id, err := u.parseID(id)
	switch {
	case err != nil:
		return nil, false
	case u.opts.ID == IntegerID:
		n, err := strconv.ParseInt(id, 10, 64)
		return n, err == nil
	case u.opts.ID == UUIDID && u.opts.Dialect != Postgres:
		return strings.ReplaceAll(id, "-", ""), true
	}
	return id, true
}

// id returns what the database gave as Django writes it into a session.
func (u *Users) id(column any) (string, error) {
	var text string
	switch column := column.(type) {
	case int64:
		text = strconv.FormatInt(column, 10)
	case string:
		text = column
	case []byte:
		text = string(column)
	case [16]byte:
		text = hex.EncodeToString(column[:])
	default:
		return "", errors.New("the primary key is of another type than Options.ID says")
	}
	if len(text) == 32 && (u.opts.ID == UUIDID || u.opts.ID == NativeUUIDID) {
		text = text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
	}
	return u.parseID(text)
}
