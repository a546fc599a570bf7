package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/filestore"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

// The recordings that are run: those of this Django, whose dates are ISO text and whose session_data is signed.
const (
	runDjango = "5.2.10"
	runEngine = "sqlite"
)

// rules are the sequences that come out otherwise than in Django, and why. Each must be needed.
var rules = map[string]string{
	"file/file expired by age":                      ruleExpiredFile,
	"file/file with past expiry date":               ruleExpiredFile,
	"file/negative expiry":                          ruleExpiredFile,
	"file/clear_expired of files":                   ruleExpiredFile,
	"file/create after set stores the data as well": ruleRecordedTime,
	"file/cycle_key stores the data at once":        ruleRecordedTime,
	"file/unknown key, must_create at once":         ruleRecordedTime,
	"file/file with expiry in seconds never ages":   "seconds of a file's session count from its last save; Django never ends it",
	"file/file not ASCII":                           "a file that is not ASCII is unreadable, as other junk; Django raises",
}

const (
	ruleExpiredFile  = "an expired file stays until ClearExpired; Django replaces it by an empty session, for which it draws a key"
	ruleRecordedTime = "in the recording the clock was stopped for the files of save alone: others have the time of the recording, and so have expired"
)

// runCalls runs the recorded calls of the stores db, on SQLite, and file. It says what differs.
func runCalls(file *storevectors.File, out io.Writer) (passed, failed int, err error) {
	byRule := map[string]bool{}
	for i := range file.Calls {
		sequence := &file.Calls[i]
		if sequence.Store != "db" && sequence.Store != "file" || !sequence.On("", runDjango, runEngine) {
			continue
		}
		name := sequence.Store + "/" + sequence.Name
		difference, err := runSequence(file, sequence)
		if err != nil {
			return passed, failed, fmt.Errorf("%s: %w", name, err)
		}
		rule := rules[name]
		switch {
		case (difference != "") == (rule != ""):
			passed++
		case rule != "":
			failed++
			fmt.Fprintf(out, "%s: as in Django, so there is no need for the rule: %s\n", name, rule)
		default:
			failed++
			fmt.Fprintf(out, "%s: %s\n", name, difference)
		}
		if rule != "" {
			byRule[rule] = true
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(byRule)) {
		fmt.Fprintf(out, "rule: %s\n", rule)
	}
	return passed, failed, nil
}

// player makes the calls of a sequence.
type player struct {
	clock    time.Time
	store    *saltine.ServerStore
	data     *saltine.SessionData
	backend  saltine.Backend
	db       *sql.DB // nil for files
	folder   string
	keys     []string
	sessions map[string]*saltine.Session
}

// runSequence makes the calls and returns the first difference, or "".
func runSequence(file *storevectors.File, s *storevectors.Sequence) (difference string, err error) {
	folder, err := os.MkdirTemp("", "storevectors")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	p := &player{folder: folder, keys: s.Keys, sessions: map[string]*saltine.Session{}}
	p.clock = time.UnixMicro(int64(math.Round(file.Clock * 1e6))).UTC()
	if err := p.open(file.Secret, s.Store); err != nil {
		return "", err
	}
	if p.db != nil {
		defer p.db.Close() //nolint:errcheck // a temporary file
	}
	for i, step := range s.Steps {
		want, got := recorded(&step), p.step(&step)
		for _, field := range []string{"returned", "raised", "state", "store"} {
			if !reflect.DeepEqual(want[field], got[field]) {
				return fmt.Sprintf("step %d, %s: %s is %v, want %v", i, step.Call.Verb, field, got[field], want[field]), nil
			}
		}
	}
	if drawn := len(s.Keys) - len(p.keys); drawn != len(s.KeysIssued) {
		return fmt.Sprintf("%d keys were drawn, want %d", drawn, len(s.KeysIssued)), nil
	}
	return "", nil
}

func (p *player) open(secret, store string) error {
	keys, err := saltine.NewKeyring(saltine.Key(secret), nil)
	if err != nil {
		return err
	}
	if p.data, err = saltine.NewSessionData(keys, &saltine.Options{Now: p.now}); err != nil {
		return err
	}
	if store == "db" {
		err = p.openTable()
	} else {
		p.backend, err = filestore.New(p.folder, p.data, &filestore.Options{Now: p.now})
	}
	if err != nil {
		return err
	}
	p.store, err = saltine.NewServerStore(p.backend, &saltine.ServerStoreOptions{Now: p.now, NewKey: p.newKey})
	return err
}

func (p *player) openTable() error {
	var err error
	if p.db, err = sql.Open("sqlite", filepath.Join(p.folder, "db.sqlite3")); err != nil {
		return err
	}
	b, err := sqlstore.New(p.db, sqlstore.SQLite, p.data, &sqlstore.Options{Now: p.now})
	if err != nil {
		return err
	}
	p.backend = b
	for line := range strings.Lines(b.Schema()) {
		if _, err := p.db.ExecContext(context.Background(), line); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) now() time.Time { return p.clock }

func (p *player) newKey() string {
	key := p.keys[0]
	p.keys = p.keys[1:]
	return key
}

// outcome is what came of a step, by "returned", "raised", "state" and "store". What is not there was not recorded.
type outcome map[string]any

// plain returns JSON as encoding/json decodes it, so that it can be compared.
func plain(text string) (value any) {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return err.Error()
	}
	return value
}

func recorded(s *storevectors.Step) outcome {
	o := outcome{"raised": s.Exception}
	if s.Returned != nil && s.Call.Session != "" {
		o["returned"] = plain(s.Returned.Text())
	}
	if s.State != nil {
		o["state"] = recordedState(s.State)
	}
	if s.Store != nil {
		o["store"] = recordedStore(s.Store)
	}
	return o
}

func recordedState(s *storevectors.State) map[string]any {
	state := map[string]any{"key": "", "accessed": s.Accessed, "modified": s.Modified, "is_empty": s.IsEmpty}
	if s.Key != nil {
		state["key"] = *s.Key
	}
	if s.Data != nil {
		state["data"] = plain(s.Data.Text())
	}
	return state
}

// recordedStore returns data and date of rows, or data and mode of files, by name.
func recordedStore(c *storevectors.Contents) map[string]any {
	found := map[string]any{}
	if c.Rows != nil {
		for _, row := range *c.Rows {
			found[row.SessionKey] = []any{plain(row.Data.Text()), row.ExpireDate}
		}
	}
	for name, f := range c.Files {
		found[name] = []any{plain(f.Data.Text()), f.Mode}
	}
	return found
}

// step makes a call and returns what the recording has of it.
func (p *player) step(s *storevectors.Step) outcome {
	returned, err := p.call(&s.Call)
	o := outcome{"raised": exception(err)}
	if err == nil && s.Returned != nil && s.Call.Session != "" {
		o["returned"] = returned
	}
	if session := p.sessions[s.Call.Session]; s.State != nil && session != nil {
		o["state"] = state(session, s.State.Data != nil)
	}
	if s.Store != nil {
		o["store"] = p.contents()
	}
	return o
}

// exception returns the class that Django raises.
func exception(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, saltine.ErrInterrupted):
		return "UpdateError"
	case errors.Is(err, saltine.ErrKeyTaken):
		return "CreateError"
	}
	return err.Error()
}

// state looks at a session, and at its data if Django had read them, without leaving a trace.
func state(s *saltine.Session, data bool) map[string]any {
	found := map[string]any{"key": s.Key(), "accessed": s.Accessed(), "modified": s.Modified(), "is_empty": s.IsEmpty()}
	if data {
		accessed, modified := s.Accessed(), s.Modified()
		found["data"] = values(s)
		s.SetAccessed(accessed)
		s.SetModified(modified)
	}
	return found
}

func values(s *saltine.Session) any {
	text, err := json.Marshal(maps.Collect(s.Items()))
	if err != nil {
		return err.Error()
	}
	return plain(string(text))
}

// call makes a call. What it returns can be compared with plain JSON.
func (p *player) call(c *storevectors.Call) (any, error) {
	ctx, s := context.Background(), p.sessions[c.Session]
	switch c.Verb {
	case storevectors.VerbOpen:
		p.sessions[c.Session] = p.store.Open(ctx, c.Key)
		return nil, nil
	case storevectors.VerbSet:
		s.Set(c.Item, c.Value)
		return nil, nil
	case storevectors.VerbGet:
		text, err := json.Marshal(s.Get(c.Item))
		return plain(string(text)), err
	case storevectors.VerbDel:
		s.Delete(c.Item)
		return nil, nil
	case storevectors.VerbClear:
		s.Clear()
		return nil, nil
	case storevectors.VerbSetExpiry:
		s.SetExpiry(p.expiry(c.Expiry))
		return nil, nil
	case storevectors.VerbExpiryAge:
		age, err := s.ExpiryAge()
		return age.Seconds(), err
	case storevectors.VerbSessionKey:
		if s.Key() == "" {
			return nil, nil
		}
		return s.Key(), nil
	case storevectors.VerbExists:
		return p.store.Exists(ctx, c.Key)
	case storevectors.VerbLoad:
		loaded, err := p.store.Load(ctx, s.Key())
		if err != nil {
			return nil, err
		}
		return values(loaded), nil
	}
	return nil, p.change(ctx, c, s)
}

// change makes a call that returns nothing.
func (p *player) change(ctx context.Context, c *storevectors.Call, s *saltine.Session) error {
	switch c.Verb {
	case storevectors.VerbSave:
		return s.Save()
	case storevectors.VerbSaveMustCreate:
		return p.store.SaveNew(s)
	case storevectors.VerbCreate:
		return s.Create()
	case storevectors.VerbDelete:
		return s.Destroy()
	case storevectors.VerbDeleteKey:
		return p.store.Delete(ctx, c.Key)
	case storevectors.VerbFlush:
		return s.Flush()
	case storevectors.VerbCycleKey:
		return s.CycleKey()
	case storevectors.VerbClearExpired:
		return p.store.ClearExpired(ctx)
	case storevectors.VerbSQLDelete:
		_, err := p.db.ExecContext(ctx, "DELETE FROM django_session WHERE session_key = ?", c.Key)
		return err
	case storevectors.VerbFileDelete:
		return os.Remove(filepath.Join(p.folder, "sessionid"+c.Key)) //nolint:gosec // the recording names the file
	case storevectors.VerbPlant, storevectors.VerbPlantRaw, storevectors.VerbFilePlant:
		return p.plant(ctx, c)
	}
	return fmt.Errorf("no call %s", c.Verb)
}

func (p *player) expiry(e *storevectors.Expiry) saltine.Expiry {
	duration := func(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
	switch {
	case e.Seconds != nil:
		return saltine.ExpireIdle(duration(*e.Seconds))
	case e.Delta != nil:
		return saltine.ExpireIn(duration(*e.Delta))
	}
	return saltine.ExpireAt(p.clock.Add(duration(*e.At)))
}

// plant puts a row or a file there without the stores.
func (p *player) plant(ctx context.Context, c *storevectors.Call) error {
	text := c.Text
	if text == nil {
		var r saltine.Record
		if err := r.ParseJSON(c.Data); err != nil {
			return err
		}
		encoded, err := p.data.EncodeRecord(r)
		if err != nil {
			return err
		}
		text = &encoded
	}
	at := p.clock.Add(time.Duration(math.Round(c.Offset*1e6)) * time.Microsecond)
	if c.Verb == storevectors.VerbFilePlant {
		path := filepath.Join(p.folder, "sessionid"+c.Key)
		return errors.Join(os.WriteFile(path, []byte(*text), 0o644), os.Chmod(path, 0o644), os.Chtimes(path, at, at)) //nolint:gosec // as Django's vectors
	}
	layout := "2006-01-02 15:04:05.000000"
	if at.Nanosecond() == 0 {
		layout = "2006-01-02 15:04:05"
	}
	_, err := p.db.ExecContext(ctx, "INSERT INTO django_session VALUES (?, ?, ?)", c.Key, *text, at.Format(layout))
	return err
}

// contents returns what is in the store, as recordedStore.
func (p *player) contents() map[string]any {
	var found map[string]any
	var err error
	if p.db != nil {
		found, err = p.rows()
	} else {
		found, err = p.files()
	}
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	return found
}

// decode returns the data of a text; {} for one that cannot be read, as Django says.
func (p *player) decode(text string) any {
	s, err := p.data.Decode(text)
	if err != nil {
		return map[string]any{}
	}
	return values(s)
}

func (p *player) rows() (found map[string]any, err error) {
	rows, err := p.db.QueryContext(context.Background(), "SELECT session_key, session_data, CAST(expire_date AS TEXT) FROM django_session")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	found = map[string]any{}
	for rows.Next() {
		var key, data, date string
		if err := rows.Scan(&key, &data, &date); err != nil {
			return nil, err
		}
		if strings.Contains(date, ".") {
			date = strings.TrimRight(date, "0")
		}
		found[key] = []any{p.decode(data), date}
	}
	return found, rows.Err()
}

func (p *player) files() (map[string]any, error) {
	entries, err := os.ReadDir(p.folder)
	if err != nil {
		return nil, err
	}
	found := map[string]any{}
	for _, entry := range entries {
		path := filepath.Join(p.folder, entry.Name())
		text, err := os.ReadFile(path) //nolint:gosec // of the temporary folder
		if err != nil {
			return nil, err
		}
		info, err := entry.Info()
		if err != nil {
			return nil, err
		}
		var data any
		if len(bytes.TrimSpace(text)) > 0 {
			data = p.decode(string(text))
		}
		found[entry.Name()] = []any{data, fmt.Sprintf("%04o", info.Mode().Perm())}
	}
	return found, nil
}
