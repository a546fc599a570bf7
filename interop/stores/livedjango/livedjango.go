// Package livedjango runs a real Django with one of its server-side session stores, for tests that hold Go's stores against it.
//
// The process needs a Python with Django: Debian's python3-django, or the interpreter that SALTINE_PYTHON names. It ends with Stop,
// and when the Go process ends in any other way.
//
//	django, err := livedjango.Start(livedjango.Config{Store: livedjango.DB, Database: livedjango.DatabaseOn(server)})
//	if err != nil {
//		return err
//	}
//	defer django.Stop()
//	s := django.Session("a name for it")
//	_, err = s.Open("")
//	_, err = s.Call("[]=", "user", "ann")
//	outcome, err := s.Call("save")
package livedjango

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/seed-52756201/saltine/interop/stores/engines"
)

//go:embed djangostore.py
var program string

// replyTimeout is when a silent Django is given up.
const replyTimeout = 60 * time.Second

// Store is one of Django's session engines.
type Store string

// The stores, each named as the last part of SESSION_ENGINE.
const (
	DB       Store = "db"
	Cache    Store = "cache"
	CachedDB Store = "cached_db"
	File     Store = "file"
)

// SecretKey is Django's SECRET_KEY unless Config.Settings has another. It is public and worthless.
const SecretKey = "the key of the store tests, public and worthless"

// Config says which store a Django has.
type Config struct {
	Store    Store
	Database map[string]any // DATABASES["default"], for DB and CachedDB; see DatabaseOn and SQLite
	Cache    map[string]any // CACHES["default"], for Cache and CachedDB; see CacheOn
	Folder   string         // SESSION_FILE_PATH, for File; it must exist
	Settings map[string]any // further settings; they win over those that follow from the fields above
}

// DatabaseOn returns the setting for the database of a server that engines.PostgreSQL or engines.MariaDB started.
func DatabaseOn(server *engines.Server) map[string]any {
	if server.Name == "MariaDB" {
		return map[string]any{
			"ENGINE": "django.db.backends.mysql", "NAME": engines.Database, "USER": "root", "HOST": server.Socket,
			"OPTIONS": map[string]any{"charset": "utf8mb4"},
		}
	}
	return map[string]any{
		"ENGINE": "django.db.backends.postgresql", "NAME": engines.Database, "USER": engines.Database, "HOST": filepath.Dir(server.Socket),
	}
}

// SQLite returns the setting for a database in a file, which Django creates if there is none.
func SQLite(file string) map[string]any {
	return map[string]any{"ENGINE": "django.db.backends.sqlite3", "NAME": file}
}

// CacheOn returns the setting for the cache of a server that engines.Redis or engines.Memcached started: django-redis for Redis, since
// Django 3.2 has no backend of its own, and PyMemcacheCache for memcached.
func CacheOn(server *engines.Server) map[string]any {
	if server.Name == "Redis" {
		return map[string]any{"BACKEND": "django_redis.cache.RedisCache", "LOCATION": server.DSN}
	}
	return map[string]any{"BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache", "LOCATION": "unix:" + server.Socket}
}

func (c *Config) settings() map[string]any {
	settings := map[string]any{
		"SECRET_KEY":          SecretKey,
		"INSTALLED_APPS":      []string{"django.contrib.sessions"},
		"SESSION_ENGINE":      "django.contrib.sessions.backends." + string(c.Store),
		"SESSION_FILE_PATH":   c.Folder,
		"SESSION_COOKIE_NAME": "sessionid",
		"CACHES":              map[string]any{"default": map[string]any{"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},
		"USE_TZ":              true,
		"TIME_ZONE":           "UTC",
	}
	if c.Database != nil {
		settings["DATABASES"] = map[string]any{"default": c.Database}
	}
	if c.Cache != nil {
		settings["CACHES"] = map[string]any{"default": c.Cache}
	}
	maps.Copy(settings, c.Settings)
	return settings
}

// Django is a running Django. Its methods are safe for concurrent use; requests wait for one another.
type Django struct {
	// Version is Django's, Python that of its interpreter.
	Version, Python string

	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer // to be read after cmd.Wait

	mu        sync.Mutex
	clock     *float64
	fileClock *float64
	keys      []string
	ended     error // why there are no more answers
}

// Start starts a Django. On a database it creates the table django_session if it is not there. The error is an
// *engines.MissingError where a Debian package is missing.
func Start(c Config) (*Django, error) {
	text, err := json.Marshal(c.settings())
	if err != nil {
		return nil, fmt.Errorf("livedjango: %w", err)
	}
	python := os.Getenv("SALTINE_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	d := &Django{cmd: exec.Command(python, "-B", "-c", program, string(text))} //nolint:gosec // the caller of a test names its Python
	d.cmd.Stderr = &d.stderr
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("livedjango: %w", err)
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("livedjango: %w", err)
	}
	d.out = bufio.NewReader(out)
	if err := d.cmd.Start(); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = &engines.MissingError{Program: python, Package: "python3-django"}
		}
		return nil, fmt.Errorf("livedjango: %w", err)
	}
	var hello struct{ Django, Python string }
	if err := d.do("hello", nil, &hello); err != nil {
		return nil, err
	}
	d.Version, d.Python = hello.Django, hello.Python
	return d, nil
}

// Stop ends the process, and waits for it. The error says what it printed, if it ended badly.
func (d *Django) Stop() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended != nil {
		return nil
	}
	d.ended = errors.New("livedjango: stopped")
	err := errors.Join(d.in.Close(), d.cmd.Wait())
	if err != nil {
		return fmt.Errorf("livedjango: %w\n%s", err, &d.stderr)
	}
	return nil
}

// SetClock stops Django's time at that many Unix seconds, until the next SetClock; nil lets it run. Files that Django writes meanwhile get
// that time. The server's own clocks run on: an entry of a cache ages in real time.
func (d *Django) SetClock(seconds *float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock, d.fileClock = seconds, seconds
}

// SetFileClock stops the time of the files that Django writes, until the next SetClock or SetFileClock; nil lets it run.
func (d *Django) SetFileClock(seconds *float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fileClock = seconds
}

// SetKeys gives the session keys that the generator draws next, in order. To draw more than these ends the process. Nil, as it is at
// first, lets the generator draw random keys.
func (d *Django) SetKeys(keys []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keys = keys
}

// RaisedError is an exception that an operation raised.
type RaisedError struct {
	Class   string `json:"class"`
	Message string `json:"message"`
}

// Error names the class alone, for a message may hold a session key.
func (r *RaisedError) Error() string { return "Django raised " + r.Class }

// Outcome is what came of a call on a session.
type Outcome struct {
	Returned json.RawMessage // tagged data; nil if it raised
	Raised   *RaisedError    // nil if it returned
	Issued   []string        // the session keys that were drawn
	State    State           // after the call
}

// State is the state of a session.
type State struct {
	Key      *string         `json:"key"` // nil: None
	Accessed bool            `json:"accessed"`
	Modified bool            `json:"modified"`
	Loaded   bool            `json:"loaded"`   // the data were read, or set
	IsEmpty  bool            `json:"is_empty"` // what is_empty() says
	Data     json.RawMessage `json:"data"`     // tagged data; nil if not loaded
}

// reply is a line from the process.
type reply struct {
	OK     json.RawMessage `json:"ok"`
	Error  *RaisedError    `json:"error"`
	State  State           `json:"state"`
	Issued []string        `json:"issued"`
}

// request is a line to the process.
type request struct {
	Op        string         `json:"op"`
	Args      map[string]any `json:"args,omitempty"`
	Clock     *float64       `json:"clock,omitempty"`
	FileClock *float64       `json:"file_clock,omitempty"`
	Keys      []string       `json:"keys,omitzero"` // an empty list is one, too
}

// exchange makes a request. The error says why there is no reply at all.
func (d *Django) exchange(op string, args map[string]any) (*reply, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended != nil {
		return nil, d.ended
	}
	line, err := json.Marshal(request{op, args, d.clock, d.fileClock, d.keys})
	if err != nil {
		return nil, fmt.Errorf("livedjango: %s: %w", op, err)
	}
	giveUp := time.AfterFunc(replyTimeout, func() { d.cmd.Process.Kill() }) //nolint:errcheck // then it is gone already
	defer giveUp.Stop()
	if _, err := d.in.Write(append(line, '\n')); err != nil {
		return nil, d.lost(op, err)
	}
	if line, err = d.out.ReadBytes('\n'); err != nil {
		return nil, d.lost(op, err)
	}
	r := &reply{}
	if err := json.Unmarshal(line, r); err != nil {
		return nil, fmt.Errorf("livedjango: %s: %w", op, err)
	}
	if d.keys != nil {
		d.keys = d.keys[len(r.Issued):]
	}
	return r, nil
}

var missingModule = regexp.MustCompile(`No module named '(\w+)`)

// packages are the Debian packages of the Python modules.
var packages = map[string]string{
	"django": "python3-django", "psycopg2": "python3-psycopg2", "MySQLdb": "python3-mysqldb",
	"django_redis": "python3-django-redis", "pymemcache": "python3-pymemcache",
}

// lost says what became of a process that no longer answers.
func (d *Django) lost(op string, err error) error {
	d.in.Close() //nolint:errcheck // the first error tells more
	d.cmd.Wait() //nolint:errcheck // ProcessState says the same
	d.ended = fmt.Errorf("livedjango: %s: no answer: %w; the process: %v\n%s", op, err, d.cmd.ProcessState, &d.stderr)
	for _, module := range missingModule.FindAllSubmatch(d.stderr.Bytes(), 1) {
		if name := string(module[1]); packages[name] != "" {
			return fmt.Errorf("livedjango: %w", &engines.MissingError{Program: "Python's module " + name, Package: packages[name]})
		}
	}
	return d.ended
}

// do makes a request and decodes its result. The error is a *RaisedError, or says why there is no result at all.
func (d *Django) do(op string, args map[string]any, result any) error {
	r, err := d.exchange(op, args)
	if err != nil {
		return err
	}
	if r.Error != nil {
		return r.Error
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(r.OK, result); err != nil {
		return fmt.Errorf("livedjango: %s: %w", op, err)
	}
	return nil
}

// Session is a session of a Django, known there by a name. Open makes it.
type Session struct {
	django *Django
	name   string
}

// Session returns the session of that name, which need not be open.
func (d *Django) Session(name string) *Session { return &Session{d, name} }

// Open makes a session of this name, SessionStore(key), in place of one that there may be. An empty key stands for None.
func (s *Session) Open(key string) (*Outcome, error) {
	args := map[string]any{"session": s.name}
	if key != "" {
		args["key"] = key
	}
	return s.django.outcome("open", args)
}

// Call makes a call on the session. It is the name of a method of Django's SessionStore, or one of these: "[]" (a key), "[]=" (a key, a
// value), "del" (a key), "in" (a key), "len", "session_key". The arguments are marshalled to tagged data; Plain helps where a map may
// have keys that begin with $.
func (s *Session) Call(call string, args ...any) (*Outcome, error) {
	return s.CallKeywords(call, nil, args...)
}

// CallKeywords is Call with keyword arguments as well, for example must_create of save.
func (s *Session) CallKeywords(call string, keywords map[string]any, args ...any) (*Outcome, error) {
	if args == nil {
		args = []any{}
	}
	if keywords == nil {
		keywords = map[string]any{}
	}
	return s.django.outcome("call", map[string]any{"session": s.name, "call": call, "args": args, "kwargs": keywords})
}

func (d *Django) outcome(op string, args map[string]any) (*Outcome, error) {
	r, err := d.exchange(op, args)
	if err != nil {
		return nil, err
	}
	return &Outcome{Returned: r.OK, Raised: r.Error, Issued: r.Issued, State: r.State}, nil
}

// Plain returns the tagged data of a JSON value as encoding/json decodes it into an any.
func Plain(value any) any {
	switch value := value.(type) {
	case []any:
		items := make([]any, len(value))
		for i := range value {
			items[i] = Plain(value[i])
		}
		return items
	case map[string]any:
		items := [][2]any{}
		for key, item := range value {
			items = append(items, [2]any{key, Plain(item)})
		}
		return map[string]any{"$dict": items}
	}
	return value
}

// Contents are what a store holds. The parts that a store does not have are nil.
type Contents struct {
	Rows  []Row                `json:"rows"`  // by session_key
	Cache map[string]Entry     `json:"cache"` // by the full key in the cache
	Files map[string]FileEntry `json:"files"` // by name
}

// Row is a row of django_session.
type Row struct {
	SessionKey  string          `json:"session_key"`
	SessionData string          `json:"session_data"`
	ExpireDate  string          `json:"expire_date"` // the engine's own text of it. PostgreSQL and MariaDB: in UTC, unless Config says else
	Data        json.RawMessage `json:"data"`        // what Django decodes, as tagged data
}

// Entry is an entry of a cache.
type Entry struct {
	Value []byte          `json:"value"` // as the server has it
	Flags *int            `json:"flags"` // memcached only
	TTL   int             `json:"ttl"`   // seconds left, on the server's clock. Redis: rounded up. -1: for ever
	Data  json.RawMessage `json:"data"`  // what Django reads, as tagged data; nil if the key is not one of Django's
}

// FileEntry is a file of the file store.
type FileEntry struct {
	Content []byte          `json:"content"`
	Mode    string          `json:"mode"`  // as in ls, in octal: "0600"
	MTime   float64         `json:"mtime"` // Unix seconds
	Data    json.RawMessage `json:"data"`  // what Django decodes, as tagged data; nil if it is not ASCII
}

// Dump returns what the store holds.
func (d *Django) Dump() (*Contents, error) {
	contents := &Contents{}
	if err := d.do("dump", nil, contents); err != nil {
		return nil, err
	}
	return contents, nil
}

// Reset empties the store and forgets all sessions.
func (d *Django) Reset() error { return d.do("reset", nil, nil) }

// ClearExpired calls SessionStore.clear_expired. The state of the outcome is empty, for the call is on no session.
func (d *Django) ClearExpired() (*Outcome, error) { return d.outcome("clear_expired", nil) }

// Disconnect closes the connections to the servers. The next request opens new ones, as it must after a Restart of the server.
func (d *Django) Disconnect() error { return d.do("disconnect", nil, nil) }

// Begin opens a transaction of the database, in which all requests work until Commit or Rollback. Transactions nest.
func (d *Django) Begin() error { return d.do("begin", nil, nil) }

// Commit commits the transaction of the last Begin.
func (d *Django) Commit() error { return d.do("commit", nil, nil) }

// Rollback rolls the transaction of the last Begin back.
func (d *Django) Rollback() error { return d.do("rollback", nil, nil) }

// PlantRow writes a row of these data, which are marshalled to tagged data. It expires offset seconds from Django's now.
func (d *Django) PlantRow(key string, data any, offset float64) error {
	return d.do("plant_row", map[string]any{"key": key, "data": data, "offset": offset}, nil)
}

// PlantRowText writes a row whose session_data is this very text.
func (d *Django) PlantRowText(key, text string, offset float64) error {
	return d.do("plant_row", map[string]any{"key": key, "text": text, "offset": offset}, nil)
}

// DeleteRow deletes a row, and leaves the cache alone.
func (d *Django) DeleteRow(key string) error {
	return d.do("delete_row", map[string]any{"key": key}, nil)
}

// PlantCache puts these data into the cache, and leaves the table alone. The timeout is in seconds.
func (d *Django) PlantCache(key string, data any, timeout float64) error {
	return d.do("plant_cache", map[string]any{"key": key, "data": data, "timeout": timeout}, nil)
}

// DeleteCache deletes an entry of the cache, and leaves the table alone.
func (d *Django) DeleteCache(key string) error {
	return d.do("delete_cache", map[string]any{"key": key}, nil)
}

// PlantFile writes a file of these data, with the mode 0644. Its time of change is offset seconds from Django's now.
func (d *Django) PlantFile(key string, data any, offset float64) error {
	return d.do("plant_file", map[string]any{"key": key, "data": data, "offset": offset}, nil)
}

// PlantFileText writes a file of this very content.
func (d *Django) PlantFileText(key string, content []byte, offset float64) error {
	return d.do("plant_file", map[string]any{"key": key, "text": content, "offset": offset}, nil)
}

// DeleteFile deletes the file of a session.
func (d *Django) DeleteFile(key string) error {
	return d.do("delete_file", map[string]any{"key": key}, nil)
}
