package main

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/filestore"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

// calls makes the recorded calls of the stores db, on each engine, and file.
func (r *runner) calls() error {
	for _, store := range []string{"db", "file"} {
		sequences := slices.DeleteFunc(slices.Clone(r.file.Calls), func(s storevectors.Sequence) bool { return s.Store != store })
		outcomes := newestOutcomes(sequences, func(s *storevectors.Sequence) string { return s.Name },
			func(s *storevectors.Sequence) []storevectors.Place { return s.SeenOn }, "")
		for _, g := range sortedGroups(outcomes) {
			if err := r.sequence(outcomes[g], g); err != nil {
				return fmt.Errorf("%s/%s: %w", store, g.of, err)
			}
		}
	}
	return nil
}

// sequence runs a sequence on an engine, or on files whatever the engine is.
func (r *runner) sequence(s *storevectors.Sequence, g group) error {
	if s.Store == "db" {
		return r.on(g.engine, 1, func(db *database) error { return r.runSequence(s, g, db) })
	}
	if !r.places.hasFiles() {
		r.leftOut++
		return nil
	}
	return r.runSequence(s, g, nil)
}

func (r *runner) runSequence(s *storevectors.Sequence, g group, db *database) error {
	d, err := r.play(s, db)
	if err != nil {
		return err
	}
	if d == nil {
		r.result("", "", "")
		return nil
	}
	r.result(fmt.Sprintf("calls/%s/%s/%s", s.Store, g.engine, s.Name), d.String(), callRule(s, d))
	return nil
}

// player makes the calls of a sequence.
type player struct {
	clock    time.Time
	store    *saltine.ServerStore
	data     *saltine.SessionData
	backend  saltine.Backend
	db       *sql.DB          // nil for files
	dialect  sqlstore.Dialect // of db; 0 is SQLite
	folder   string
	keys     []string
	sessions map[string]*saltine.Session
}

// callDifference is the first step that comes out otherwise, or, after the last one, how many keys were drawn.
type callDifference struct {
	step      int
	verb      storevectors.Verb
	field     string
	got, want any
}

func (d *callDifference) String() string {
	return fmt.Sprintf("step %d, %s: %s is %v, want %v", d.step, d.verb, d.field, d.got, d.want)
}

// play makes the calls and returns the first difference, or nil.
func (r *runner) play(s *storevectors.Sequence, db *database) (*callDifference, error) {
	p := &player{clock: r.clock(), keys: s.Keys, sessions: map[string]*saltine.Session{}}
	if db != nil {
		p.db, p.dialect = db.DB, db.dialect
	}
	if err := p.open(r); err != nil {
		return nil, err
	}
	for i, step := range s.Steps {
		want, got := recorded(&step), p.step(&step)
		for _, field := range []string{"returned", "raised", "state", "store"} {
			if !reflect.DeepEqual(want[field], got[field]) {
				return &callDifference{i, step.Call.Verb, field, got[field], want[field]}, nil
			}
		}
	}
	if drawn := len(s.Keys) - len(p.keys); drawn != len(s.KeysIssued) {
		return &callDifference{len(s.Steps), "", "the number of keys drawn", drawn, len(s.KeysIssued)}, nil
	}
	return nil, nil
}

func (p *player) open(r *runner) (err error) {
	if p.data, err = r.sessionData(false, "", p.clock); err != nil {
		return err
	}
	if p.db != nil {
		err = p.openTable()
	} else {
		err = p.openFolder(r)
	}
	if err != nil {
		return err
	}
	p.store, err = saltine.NewServerStore(p.backend, &saltine.ServerStoreOptions{Now: p.now, NewKey: p.newKey})
	return err
}

func (p *player) openFolder(r *runner) (err error) {
	if p.folder, err = os.MkdirTemp(r.places.folder, "calls"); err != nil {
		return err
	}
	p.backend, err = filestore.New(p.folder, p.data, &filestore.Options{Now: p.now})
	return err
}

// table returns the database with what is known of its engine.
func (p *player) table() *database { return &database{p.db, cmp.Or(p.dialect, sqlstore.SQLite)} }

func (p *player) openTable() error {
	b, err := sqlstore.New(p.db, p.dialect, p.data, &sqlstore.Options{Now: p.now})
	if err != nil {
		return err
	}
	p.backend = b
	return p.table().runLines(context.Background(), b.Schema())
}

func (p *player) now() time.Time { return p.clock }

func (p *player) newKey() string {
	if len(p.keys) == 0 {
		return "the recording draws no more keys"
	}
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
		return p.table().exec(ctx, "DELETE FROM django_session WHERE session_key = ?", c.Key)
	case storevectors.VerbFileDelete:
		return os.Remove(filepath.Join(p.folder, "sessionid"+c.Key))
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
	if p.dialect == sqlstore.PostgreSQL {
		layout += "Z07"
	}
	return p.table().plant(ctx, "django_session", row{c.Key, *text, at.Format(layout)})
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

func (p *player) rows() (map[string]any, error) {
	rows, err := p.table().rows(context.Background(), "django_session")
	found := map[string]any{}
	for key, r := range rows {
		found[key] = []any{p.decode(r.data), r.date}
	}
	return found, err
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
