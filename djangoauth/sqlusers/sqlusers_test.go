package sqlusers_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/sqlusers"
	"github.com/seed-52756201/saltine/internal/testkit"
)

//go:embed testdata/oracle.py
var oracle string

// people are users with every way to a permission.
var people = []struct {
	name                          string
	active, superuser, own, group bool
}{
	{"nothing", true, false, false, false},
	{"own", true, false, true, false},
	{"group", true, false, false, true},
	{"both", true, false, true, true},
	{"superuser", true, true, false, false},
	{"inactive", false, false, true, true},
	{"inactive superuser", false, true, true, true},
}

// Users, permissions and their answers are Django's, in its own tables and in custom
// ones, whose names have to be quoted.
func TestLikeDjango(t *testing.T) {
	custom := sqlusers.Options{Table: "user", UserColumn: "customer_id", ID: sqlusers.UUIDID}
	for _, tt := range []struct {
		name, class string
		opts        sqlusers.Options
	}{
		{"SQLite", "auth", sqlusers.Options{}},
		{"Postgres placeholders", "auth", sqlusers.Options{Dialect: sqlusers.Postgres}},
		{"MySQL quotes", "auth", sqlusers.Options{Dialect: sqlusers.MySQL}},
		{"custom class", "custom", custom},
	} {
		t.Run(tt.name, func(t *testing.T) {
			live := testkit.StartPython(t, testkit.Django(t), oracle, tt.class)
			var log []string
			users, err := sqlusers.New(openDB(t, live, &log), &tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range people {
				var row struct{ ID, Password string }
				ask(t, live, map[string]any{
					"op": "create", "name": p.name, "active": p.active, "superuser": p.superuser, "own": p.own, "group": p.group,
				}, &row)
				want := djangoauth.Account{ID: row.ID, Name: p.name, Password: row.Password, Active: p.active}
				for name, find := range map[string]func() (djangoauth.Account, bool, error){
					"Load":   func() (djangoauth.Account, bool, error) { return users.Load(t.Context(), "", row.ID) },
					"ByName": func() (djangoauth.Account, bool, error) { return users.ByName(t.Context(), p.name) },
				} {
					if got, found, err := find(); err != nil || !found || got != want {
						t.Errorf("%s of %s: found %t, id %q, error %v", name, p.name, found, got.ID, err)
					}
				}
				checkPermissions(t, live, users, want, p.name)
			}
			for _, id := range []string{"99", "", "abc", "1 OR 1=1", "00000000-0000-4000-8000-000000000000"} {
				if _, found, err := users.Load(t.Context(), "", id); found || err != nil {
					t.Errorf("Load(%q): found %t, error %v", id, found, err)
				}
				if p, err := users.Permissions(t.Context(), djangoauth.Account{ID: id}); err != nil || p.Has("auth.add_user") {
					t.Errorf("Permissions(%q): %v", id, err)
				}
			}
			if _, found, err := users.ByName(t.Context(), `x' OR '1'='1`); found || err != nil {
				t.Errorf("ByName: found %t, error %v", found, err)
			}
			if dollar := strings.Contains(strings.Join(log, ""), "$1"); dollar != (tt.opts.Dialect == sqlusers.Postgres) {
				t.Errorf("placeholders: %q", log[0])
			}
		})
	}
}

// checkPermissions compares every answer with Django's.
func checkPermissions(t *testing.T, live *testkit.Process, users *sqlusers.Users, account djangoauth.Account, name string) {
	t.Helper()
	var want struct{ Has, Modules map[string]bool }
	ask(t, live, map[string]any{"op": "may", "name": name}, &want)
	permissions, err := users.Permissions(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	has, modules := map[string]bool{}, map[string]bool{}
	for permission := range want.Has {
		has[permission] = permissions.Has(permission)
	}
	for app := range want.Modules {
		modules[app] = permissions.HasModule(app)
	}
	if diff := cmp.Diff(want.Has, has); diff != "" {
		t.Errorf("%s: permissions (-Django +Go):\n%s", name, diff)
	}
	if diff := cmp.Diff(want.Modules, modules); diff != "" {
		t.Errorf("%s: modules (-Django +Go):\n%s", name, diff)
	}
}

// Two Djangos share a database: with a schema before the user table, the other's
// permissions, which the database finds first, do not count. SQLite finds temp first.
func TestSchema(t *testing.T) {
	live := testkit.StartPython(t, testkit.Django(t), oracle, "auth")
	var row struct{ ID string }
	ask(t, live, map[string]any{"op": "create", "name": "ann", "active": true, "superuser": false, "own": true, "group": true}, &row)
	var want struct{ Has map[string]bool }
	ask(t, live, map[string]any{"op": "may", "name": "ann"}, &want)
	var log []string
	db := openDB(t, live, &log)
	for _, table := range []string{
		"auth_user", "auth_user_groups", "auth_user_user_permissions", "auth_group_permissions", "auth_permission", "django_content_type",
	} {
		rows, err := db.QueryContext(t.Context(), "CREATE TEMP TABLE "+table+" AS SELECT * FROM main."+table+" WHERE id > 1")
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for schema, same := range map[string]bool{"": false, "main.": true} {
		users, err := sqlusers.New(db, &sqlusers.Options{Table: schema + "auth_user"})
		if err != nil {
			t.Fatal(err)
		}
		permissions, err := users.Permissions(t.Context(), djangoauth.Account{ID: row.ID})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for permission := range want.Has {
			got[permission] = permissions.Has(permission)
		}
		if diff := cmp.Diff(want.Has, got); (diff == "") != same {
			t.Errorf("schema %q: the answers are Django's %t, want %t (-Django +Go):\n%s", schema, !same, same, diff)
		}
	}
}

// recorder is a database that keeps the text of its queries, and answers the first one.
type recorder struct{ queries []string }

func (r *recorder) Connect(context.Context) (driver.Conn, error) { return recorderConn{r: r}, nil }
func (r *recorder) Driver() driver.Driver                        { return nil }

type recorderConn struct {
	connector
	r *recorder
}

// QueryContext implements driver.QueryerContext.
func (c recorderConn) QueryContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	c.r.queries = append(c.r.queries, query)
	if len(c.r.queries) == 1 {
		return &rows{[]string{"active", "superuser"}, [][]any{{true, false}}}, nil
	}
	return &rows{columns: []string{"app_label", "codename"}}, nil
}

// No table of the queries is left to what the database finds first.
func TestSchemaStandsBeforeEveryTable(t *testing.T) {
	for _, tt := range []struct {
		name string
		opts sqlusers.Options
		want string
	}{
		{"Postgres", sqlusers.Options{Dialect: sqlusers.Postgres, Table: "shopb.auth_user"}, `"shopb"."`},
		{"MySQL", sqlusers.Options{Dialect: sqlusers.MySQL, Table: "shopb.auth_user"}, "`shopb`.`"},
		{"SQLite", sqlusers.Options{Table: "shopb.shop_customer"}, `"shopb"."`},
		{"none", sqlusers.Options{Dialect: sqlusers.Postgres}, `"`},
	} {
		r := &recorder{}
		users, err := sqlusers.New(sql.OpenDB(r), &tt.opts)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := users.Permissions(t.Context(), djangoauth.Account{ID: "1"}); err != nil {
			t.Fatal(err)
		}
		tables := 0
		for _, query := range r.queries {
			for _, found := range afterTableWord.FindAllStringSubmatch(query, -1) {
				tables++
				if !strings.HasPrefix(found[1], tt.want) || strings.Count(found[1], ".") != strings.Count(tt.want, ".") {
					t.Errorf("%s: table %s, want %s before its name", tt.name, found[1], tt.want)
				}
			}
		}
		if tables != 8 {
			t.Errorf("%s: %d tables in %q, want 8", tt.name, tables, r.queries)
		}
	}
}

// afterTableWord finds the names of tables in a query.
var afterTableWord = regexp.MustCompile(`(?:FROM|JOIN) (\S+)`)

// Without the column everybody is active.
func TestNoActiveColumn(t *testing.T) {
	live := testkit.StartPython(t, testkit.Django(t), oracle, "auth")
	var row struct{ ID string }
	ask(t, live, map[string]any{"op": "create", "name": "ann", "active": false, "superuser": false, "own": true, "group": false}, &row)
	for _, without := range []bool{false, true} {
		var log []string
		users, err := sqlusers.New(openDB(t, live, &log), &sqlusers.Options{NoActiveColumn: without})
		if err != nil {
			t.Fatal(err)
		}
		account, _, err := users.Load(t.Context(), "", row.ID)
		if err != nil || account.Active != without {
			t.Errorf("without the column %t: active %t, error %v", without, account.Active, err)
		}
		permissions, err := users.Permissions(t.Context(), account)
		if err != nil || permissions.HasModule("contenttypes") != without {
			t.Errorf("without the column %t: any permission %t, error %v", without, permissions.HasModule("contenttypes"), err)
		}
	}
}

// down is a database that cannot be reached.
type down struct{}

var errDown = errors.New("connection refused")

func (down) Connect(context.Context) (driver.Conn, error) { return nil, errDown }
func (down) Driver() driver.Driver                        { return nil }

// A database that is down is not "no such user".
func TestUnavailable(t *testing.T) {
	users, err := sqlusers.New(sql.OpenDB(down{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() (bool, error){
		"Load":   func() (bool, error) { _, found, err := users.Load(t.Context(), "", "1"); return found, err },
		"ByName": func() (bool, error) { _, found, err := users.ByName(t.Context(), "ann"); return found, err },
		"Permissions": func() (bool, error) {
			p, err := users.Permissions(t.Context(), djangoauth.Account{ID: "1"})
			return p.Has("a.b"), err
		},
	} {
		if found, err := call(); found || !errors.Is(err, saltine.ErrUnavailable) || !errors.Is(err, errDown) {
			t.Errorf("%s: found %t, error %v", name, found, err)
		}
	}
}

// Names go into the text of queries: what is no plain name is refused.
func TestNewRefuses(t *testing.T) {
	for _, name := range []string{`a"b`, "a`b", "a;b", "a b", "1a", "a-b", "é", "a.b.c", ".a", "a.", strings.Repeat("a", 65), "a\x00", "a'"} {
		for field, o := range map[string]sqlusers.Options{
			"Table": {Table: name}, "IDColumn": {IDColumn: name}, "NameColumn": {NameColumn: name}, "PasswordColumn": {PasswordColumn: name},
			"ActiveColumn": {ActiveColumn: name}, "GroupsTable": {GroupsTable: name}, "PermissionsTable": {PermissionsTable: name},
			"UserColumn": {UserColumn: name}, "SuperuserColumn": {SuperuserColumn: name},
		} {
			if _, err := sqlusers.New(sql.OpenDB(down{}), &o); !errors.Is(err, saltine.ErrInvalidOption) {
				t.Errorf("%s %q: error %v", field, name, err)
			}
		}
	}
	for name, o := range map[string]sqlusers.Options{"Dialect": {Dialect: 9}, "ID": {ID: 9}, "schema in a column": {IDColumn: "a.b"}} {
		if _, err := sqlusers.New(sql.OpenDB(down{}), &o); !errors.Is(err, saltine.ErrInvalidOption) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := sqlusers.New(nil, nil); !errors.Is(err, saltine.ErrInvalidOption) {
		t.Errorf("no database: error %v", err)
	}
	if _, err := sqlusers.New(sql.OpenDB(down{}), &sqlusers.Options{Table: "site.auth_user", NoActiveColumn: true}); err != nil {
		t.Errorf("a table in a schema: error %v", err)
	}
}

// Load has the shape of djangoauth.Options.Load.
func ExampleUsers_Load() {
	keys, err := saltine.NewKeyring("example key, as long as Django's own keys have to be", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	db := sql.OpenDB(down{}) // with a driver: sql.Open
	users, err := sqlusers.New(db, &sqlusers.Options{Dialect: sqlusers.Postgres})
	if err != nil {
		fmt.Println(err)
		return
	}
	auth, err := djangoauth.New(&djangoauth.Options{Keys: keys, Load: users.Load})
	fmt.Println(auth, err)
	// Output: djangoauth.Auth <nil>
}

func ExamplePermissions() {
	var permissions sqlusers.Permissions // of Users.Permissions
	fmt.Println(permissions.Has("shop.change_order"), permissions.HasModule("shop"))
	// Output: false false
}

// A table of users whose primary key is a UUIDField.
func ExampleID() {
	db := sql.OpenDB(down{}) // with a driver: sql.Open
	_, err := sqlusers.New(db, &sqlusers.Options{Table: "shop_customer", UserColumn: "customer_id", ID: sqlusers.UUIDID})
	fmt.Println(err)
	// Output: <nil>
}

// Users take a *sql.DB, or a transaction.
func ExampleQuerier() {
	var db sqlusers.Querier = sql.OpenDB(down{}) // with a driver: sql.Open
	_, err := sqlusers.New(db, nil)
	fmt.Println(err)
	// Output: <nil>
}
