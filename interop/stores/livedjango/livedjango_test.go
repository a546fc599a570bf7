package livedjango_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/interop/stores/livedjango"
)

var (
	postgresql = engines.Share(engines.PostgreSQL)
	mariadb    = engines.Share(engines.MariaDB)
	redis      = engines.Share(engines.Redis)
	memcached  = engines.Share(engines.Memcached)
)

func TestMain(m *testing.M) {
	code := m.Run()
	for _, server := range []*engines.Shared{postgresql, mariadb, redis, memcached} {
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// storeOn is a store on an engine.
type storeOn struct {
	name   string
	config func(t *testing.T) livedjango.Config
}

// stores are those that Django can have.
var stores = []storeOn{
	{"db on PostgreSQL", func(t *testing.T) livedjango.Config {
		return livedjango.Config{Store: livedjango.DB, Database: livedjango.DatabaseOn(postgresql.Need(t))}
	}},
	{"db on MariaDB", func(t *testing.T) livedjango.Config {
		return livedjango.Config{Store: livedjango.DB, Database: livedjango.DatabaseOn(mariadb.Need(t))}
	}},
	{"db on SQLite", func(t *testing.T) livedjango.Config {
		return livedjango.Config{Store: livedjango.DB, Database: sqlite(t)}
	}},
	{"cache on Redis", func(t *testing.T) livedjango.Config {
		return livedjango.Config{Store: livedjango.Cache, Cache: livedjango.CacheOn(redis.Need(t))}
	}},
	{"cache on memcached", func(t *testing.T) livedjango.Config {
		return livedjango.Config{Store: livedjango.Cache, Cache: livedjango.CacheOn(memcached.Need(t))}
	}},
	{"cached_db on SQLite and Redis", func(t *testing.T) livedjango.Config {
		return livedjango.Config{Store: livedjango.CachedDB, Database: sqlite(t), Cache: livedjango.CacheOn(redis.Need(t))}
	}},
	{"cached_db on SQLite and memcached", func(t *testing.T) livedjango.Config {
		return livedjango.Config{Store: livedjango.CachedDB, Database: sqlite(t), Cache: livedjango.CacheOn(memcached.Need(t))}
	}},
	{"file", func(t *testing.T) livedjango.Config {
		return livedjango.Config{Store: livedjango.File, Folder: t.TempDir()}
	}},
}

func sqlite(t *testing.T) map[string]any {
	return livedjango.SQLite(filepath.Join(t.TempDir(), "db.sqlite3"))
}

// start starts a Django until the test ends, on an empty store.
func start(t *testing.T, c livedjango.Config) *livedjango.Django {
	t.Helper()
	begin := time.Now()
	d, err := livedjango.Start(c)
	engines.Require(t, err)
	t.Cleanup(func() { check(t, "Stop", d.Stop()) })
	t.Logf("Django %s answers after %v", d.Version, time.Since(begin).Round(time.Millisecond))
	check(t, "Reset", d.Reset())
	return d
}

func check(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// client makes requests that must get a reply.
type client struct {
	t *testing.T
	*livedjango.Session
}

func (c client) open(key string) *livedjango.Outcome {
	c.t.Helper()
	o, err := c.Open(key)
	check(c.t, "open", err)
	return o
}

func (c client) call(call string, args ...any) *livedjango.Outcome {
	c.t.Helper()
	o, err := c.Call(call, args...)
	check(c.t, call, err)
	return o
}

func (c client) returns(want, call string, args ...any) *livedjango.Outcome {
	c.t.Helper()
	o := c.call(call, args...)
	if o.Raised != nil {
		c.t.Fatalf("%s raised %s: %s", call, o.Raised.Class, o.Raised.Message)
	}
	if diff := cmp.Diff(want, compact(c.t, o.Returned)); diff != "" {
		c.t.Errorf("%s%v returned (-want +got):\n%s", call, args, diff)
	}
	return o
}

func (c client) raises(want, call string, args ...any) {
	c.t.Helper()
	o := c.call(call, args...)
	if o.Raised == nil || o.Raised.Class != want {
		c.t.Errorf("%s%v raised %v, want %s", call, args, o.Raised, want)
	}
}

// compact rewrites JSON in the way of encoding/json.
func compact(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var value any
	check(t, "JSON", json.Unmarshal(raw, &value))
	text, err := json.Marshal(value)
	check(t, "JSON", err)
	return string(text)
}

const (
	clock = 1800000000.25
	age   = 1209600
)

// TestSignIn signs a user in on every store, reads the session back in another process, and looks at what is stored.
func TestSignIn(t *testing.T) {
	for _, tt := range stores {
		t.Run(tt.name, func(t *testing.T) {
			config := tt.config(t)
			first, second := start(t, config), start(t, config)
			now, keys := clock, []string{strings.Repeat("k", 32), strings.Repeat("n", 32)}
			for _, d := range []*livedjango.Django{first, second} {
				d.SetClock(&now)
			}
			first.SetKeys(keys)

			s := client{t, first.Session("s")}
			o := s.open("")
			if diff := cmp.Diff(livedjango.State{IsEmpty: true}, o.State); diff != "" {
				t.Errorf("the state of a new session (-want +got):\n%s", diff)
			}
			s.returns("null", "[]=", "_auth_user_id", "1")
			s.returns("null", "update", map[string]any{"n": 1.5, "text": "é\U0001f600"})
			o = s.returns("null", "save")
			if diff := cmp.Diff(keys[:1], o.Issued); diff != "" {
				t.Errorf("keys drawn (-want +got):\n%s", diff)
			}
			const data = `{"_auth_user_id":"1","n":1.5,"text":"é😀"}`
			if o.State.Key == nil || *o.State.Key != keys[0] || !o.State.Accessed || !o.State.Modified || !o.State.Loaded || o.State.IsEmpty {
				t.Errorf("the state after save is %+v", o.State)
			}
			if diff := cmp.Diff(data, compact(t, o.State.Data)); diff != "" {
				t.Errorf("the data after save (-want +got):\n%s", diff)
			}
			expectStored(t, first, config, keys[0], data)

			other := client{t, second.Session("other")}
			other.open(keys[0])
			o = other.returns(`"1"`, "get", "_auth_user_id")
			if o.State.Modified || !o.State.Accessed {
				t.Errorf("the state after get is %+v", o.State)
			}
			other.returns(`"é😀"`, "pop", "text")
			other.returns(`["_auth_user_id","n"]`, "keys")
			other.returns("true", "exists", keys[0])
			other.returns("1209600", "get_expiry_age")
			other.raises("KeyError", "[]", "text")
			other.returns("null", "save")

			o = s.returns("null", "cycle_key")
			if diff := cmp.Diff(keys[1:], o.Issued); diff != "" {
				t.Errorf("keys drawn (-want +got):\n%s", diff)
			}
			expectStored(t, first, config, keys[1], data)
			other.raises("UpdateError", "save")
			s.returns("null", "flush")
			expectStored(t, first, config, "", "")
		})
	}
}

// expectStored checks that the store holds that session alone, with the default age; or nothing, if key is empty.
func expectStored(t *testing.T, d *livedjango.Django, c livedjango.Config, key, data string) {
	t.Helper()
	contents, err := d.Dump()
	check(t, "Dump", err)
	got := map[string]string{}
	for _, row := range contents.Rows {
		got["row "+row.SessionKey] = compact(t, row.Data)
		if want := "2027-01-29 08:00:00.25"; !strings.HasPrefix(row.ExpireDate, want) {
			t.Errorf("expire_date is %s, want %s", row.ExpireDate, want)
		}
		if !strings.Contains(row.SessionData, ":") {
			t.Errorf("session_data is %q", row.SessionData)
		}
	}
	for name, entry := range contents.Cache {
		got["cache "+strings.TrimPrefix(name, ":1:django.contrib.sessions."+string(c.Store))] = compact(t, entry.Data)
		if entry.TTL > age || entry.TTL < age-5 {
			t.Errorf("the entry has %d seconds left, want %d", entry.TTL, age)
		}
		if len(entry.Value) == 0 || entry.Value[0] != 0x80 {
			t.Errorf("the entry is %x, want a pickle", entry.Value)
		}
		if entry.Flags != nil && *entry.Flags != 1 {
			t.Errorf("the flags are %d, want 1", *entry.Flags)
		}
	}
	for name, file := range contents.Files {
		got["file "+strings.TrimPrefix(name, "sessionid")] = compact(t, file.Data)
		if file.Mode != "0600" || file.MTime != clock || !strings.Contains(string(file.Content), ":") {
			t.Errorf("the file is %+v", file)
		}
	}
	want := map[string]string{}
	for _, part := range map[livedjango.Store][]string{
		livedjango.DB: {"row "}, livedjango.Cache: {"cache "}, livedjango.CachedDB: {"row ", "cache "}, livedjango.File: {"file "},
	}[c.Store] {
		if key != "" {
			want[part+key] = data
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the store holds (-want +got):\n%s", diff)
	}
}

// Types that JSON does not have come back from a pickle as they went in.
func TestTaggedData(t *testing.T) {
	for _, server := range []*engines.Shared{redis, memcached} {
		d := start(t, livedjango.Config{Store: livedjango.Cache, Cache: livedjango.CacheOn(server.Need(t))})
		for _, text := range []string{
			`{"$tuple":[1,{"$tuple":[]}]}`, `{"$set":[1,2]}`, `{"$frozenset":["a"]}`, `{"$bytes":"00ff"}`, `{"$bytearray":"6162"}`,
			`{"$int":"9007199254740992"}`, `{"$float":"-inf"}`, `{"$float":"nan"}`, `{"$utf8":"eda080"}`,
			`{"$dict":[[1,"one"],[{"$tuple":[1]},null],["$t",{"$dict":[["$",1]]}]]}`,
			`{"$datetime":"2026-11-21T10:04:05.000006"}`, `{"$date":"2026-02-03"}`, `{"$time":"04:05:06.000007"}`,
			`{"$timedelta":[-1,3,9]}`, `{"$decimal":"1E+9"}`, `{"$uuid":"12345678-1234-5678-9234-567812345678"}`,
			`{"$datetime":"2026-07-01T10:04:05+02:00","tz":"datetime.timezone"}`,
		} {
			s := client{t, d.Session("s")}
			s.open("")
			s.returns("null", "[]=", "v", json.RawMessage(text))
			key := *s.returns("null", "save").State.Key
			s.open(key)
			if diff := cmp.Diff(text, string(rewrite(t, s.call("[]", "v").Returned))); diff != "" {
				t.Errorf("came back (-want +got):\n%s", diff)
			}
		}
		s := client{t, d.Session("s")}
		s.open("")
		s.returns("null", "[]=", "v", livedjango.Plain(map[string]any{"$t": []any{1, map[string]any{"a": nil}}}))
		s.returns(`{"$dict":[["$t",[1,{"a":null}]]]}`, "[]", "v")
	}
}

func rewrite(t *testing.T, raw json.RawMessage) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(raw)
	check(t, "JSON", err)
	return text
}

// Without SetKeys and SetClock keys are random and time is real.
func TestRealKeysAndTime(t *testing.T) {
	d := start(t, livedjango.Config{Store: livedjango.DB, Database: sqlite(t)})
	seen := map[string]bool{}
	for range 3 {
		s := client{t, d.Session("s")}
		s.open("")
		s.call("set_expiry", 300)
		seen[*s.returns("null", "create").State.Key] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d different keys, want 3", len(seen))
	}
	contents, err := d.Dump()
	check(t, "Dump", err)
	for _, row := range contents.Rows {
		expires, err := time.Parse(time.DateTime, row.ExpireDate[:len(time.DateTime)])
		check(t, "expire_date", err)
		if left := time.Until(expires); left > 301*time.Second || left < 240*time.Second {
			t.Errorf("the row expires in %v, want 5 minutes", left)
		}
	}
}

// Planted entries are there for sessions, and what is deleted is not.
func TestPlant(t *testing.T) {
	now := clock
	key := strings.Repeat("p", 32)
	data := map[string]any{"a": 1}
	for _, tt := range stores {
		t.Run(tt.name, func(t *testing.T) {
			config := tt.config(t)
			d := start(t, config)
			d.SetClock(&now)
			s := client{t, d.Session("s")}
			get := func() string {
				s.open(key)
				return compact(t, s.call("get", "a").Returned)
			}
			if config.Store == livedjango.DB || config.Store == livedjango.CachedDB {
				check(t, "PlantRow", d.PlantRow(key, data, 1))
				expect(t, "a planted row", "1", get())
				check(t, "DeleteRow", d.DeleteRow(key))
				expect(t, "a deleted row", map[bool]string{true: "1", false: "null"}[config.Store == livedjango.CachedDB], get())
				check(t, "Reset", d.Reset())
				check(t, "PlantRow", d.PlantRow(key, data, 0))
				expect(t, "an expired row", "null", get())
				check(t, "PlantRowText", d.PlantRowText(key, "junk", 1))
				expect(t, "a row that cannot be read", "null", get())
				check(t, "PlantRow", d.PlantRow(key, data, -1))
				_, err := d.ClearExpired()
				check(t, "ClearExpired", err)
				contents, err := d.Dump()
				check(t, "Dump", err)
				if len(contents.Rows) != 0 {
					t.Errorf("after ClearExpired there are %d rows", len(contents.Rows))
				}
				check(t, "Reset", d.Reset())
			}
			if config.Store == livedjango.Cache || config.Store == livedjango.CachedDB {
				check(t, "PlantCache", d.PlantCache(key, data, 1000))
				expect(t, "a planted entry", "1", get())
				check(t, "DeleteCache", d.DeleteCache(key))
				expect(t, "a deleted entry", "null", get())
			}
			if config.Store == livedjango.File {
				check(t, "PlantFile", d.PlantFile(key, data, 1-age))
				expect(t, "a planted file", "1", get())
				check(t, "DeleteFile", d.DeleteFile(key))
				expect(t, "a deleted file", "null", get())
				check(t, "PlantFileText", d.PlantFileText(key, []byte("junk"), 0))
				expect(t, "a file that cannot be read", "null", get())
			}
		})
	}
}

func expect(t *testing.T, what, want, got string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}

// A transaction hides its rows from others until it commits, and a server that restarts is found again.
func TestTransactionAndRestart(t *testing.T) {
	for _, server := range []*engines.Shared{postgresql, mariadb} {
		s := server.Need(t)
		config := livedjango.Config{Store: livedjango.DB, Database: livedjango.DatabaseOn(s)}
		writer, reader := start(t, config), start(t, config)
		count := func() int {
			contents, err := reader.Dump()
			check(t, "Dump", err)
			return len(contents.Rows)
		}
		create := func() {
			c := client{t, writer.Session("s")}
			c.open("")
			c.returns("null", "create")
		}
		for _, end := range []struct {
			name string
			end  func() error
			want int
		}{{"Rollback", writer.Rollback, 0}, {"Commit", writer.Commit, 1}} {
			check(t, "Begin", writer.Begin())
			create()
			if got := count(); got != 0 {
				t.Errorf("%s, before %s: %d rows, want 0", s.Name, end.name, got)
			}
			check(t, end.name, end.end())
			if got := count(); got != end.want {
				t.Errorf("%s, after %s: %d rows, want %d", s.Name, end.name, got, end.want)
			}
		}
		check(t, "Kill", s.Kill())
		c := client{t, writer.Session("s")}
		c.raises("OperationalError", "exists", strings.Repeat("k", 32))
		check(t, "Restart", s.Restart(t.Context()))
		for _, d := range []*livedjango.Django{writer, reader} {
			check(t, "Disconnect", d.Disconnect())
		}
		create()
		if got := count(); got != 2 {
			t.Errorf("%s, after Kill and Restart: %d rows, want 2", s.Name, got)
		}
	}
}

// A request that does not fit ends the process with what it says, and not as an outcome.
func TestBadRequests(t *testing.T) {
	for name, request := range map[string]func(*livedjango.Django) error{
		"unknown call": func(d *livedjango.Django) error {
			_, err := d.Session("s").Call("__class__")
			return err
		},
		"too few keys": func(d *livedjango.Django) error {
			d.SetKeys([]string{})
			_, err := d.Session("s").Call("create")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := livedjango.Start(livedjango.Config{Store: livedjango.File, Folder: t.TempDir()})
			engines.Require(t, err)
			client{t, d.Session("s")}.open("")
			if err := request(d); err == nil || !strings.Contains(err.Error(), "exit status 1") {
				t.Errorf("the error is %v, want that of a process that ended", err)
			}
			if err := d.Reset(); err == nil {
				t.Error("a process that ended answers")
			}
			check(t, "Stop", d.Stop())
		})
	}
}

func TestMissingPython(t *testing.T) {
	t.Setenv("SALTINE_PYTHON", "/nonexistent/python3")
	_, err := livedjango.Start(livedjango.Config{Store: livedjango.File, Folder: t.TempDir()})
	if missing, ok := errors.AsType[*engines.MissingError](err); !ok || missing.Package != "python3-django" {
		t.Errorf("the error is %v, want the package python3-django", err)
	}
}

// A Python that lacks a module is told from one that fails.
func TestMissingModule(t *testing.T) {
	start(t, livedjango.Config{Store: livedjango.File, Folder: t.TempDir()}) // or skip
	script := filepath.Join(t.TempDir(), "python")
	text := "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'pymemcache'\" >&2\nexit 1\n"
	check(t, "script", os.WriteFile(script, []byte(text), 0o700))
	t.Setenv("SALTINE_PYTHON", script)
	_, err := livedjango.Start(livedjango.Config{Store: livedjango.File, Folder: t.TempDir()})
	if missing, ok := errors.AsType[*engines.MissingError](err); !ok || missing.Package != "python3-pymemcache" {
		t.Errorf("the error is %v, want the package python3-pymemcache", err)
	}
}
