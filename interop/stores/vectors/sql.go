package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

// recordedTable is where Django's statements are run.
const recordedTable = "recorded_session"

// ruleOtherClass is for what the recording signed otherwise.
const ruleOtherClass = "a row that the recording made with another class of store has that class's signature"

// sql does what the store db did, and runs Django's own statements for it on a second table: after each call both must hold the same.
func (r *runner) sql() error {
	for _, run := range slices.Sorted(maps.Keys(r.file.SQL)) {
		operations := r.file.SQL[run]
		err := r.on(engineOf(run), len(operations), func(db *database) error { return r.sqlRun(db, run, operations) })
		if err != nil {
			return fmt.Errorf("%s: %w", run, err)
		}
	}
	return nil
}

// sqlPlayer has the sessions that go from call to call.
type sqlPlayer struct {
	ctx     context.Context
	db      *database
	data    *saltine.SessionData
	store   *saltine.ServerStore
	keys    []string // that are drawn next
	session *saltine.Session
	fresh   *saltine.Session
	created string // the key that create() made
}

func (r *runner) sqlRun(db *database, run string, operations []storevectors.Operation) error {
	p := &sqlPlayer{ctx: context.Background(), db: db}
	var err error
	if p.data, err = r.sessionData(oldForm(djangoOf(run), nil), "", r.clock()); err != nil {
		return err
	}
	b, err := sqlstore.New(db, db.dialect, p.data, &sqlstore.Options{Now: r.clock})
	if err != nil {
		return err
	}
	if p.store, err = saltine.NewServerStore(b, &saltine.ServerStoreOptions{Now: r.clock, NewKey: p.newKey}); err != nil {
		return err
	}
	schema := b.Schema() + strings.ReplaceAll(b.Schema(), "django_session", recordedTable)
	if err := db.runLines(p.ctx, schema); err != nil {
		return err
	}
	for i := range operations {
		difference, rule, err := p.operation(&operations[i])
		if err != nil {
			return fmt.Errorf("%s: %w", operations[i].Op, err)
		}
		r.result("sql/"+run+"/"+operations[i].Op, difference, rule)
	}
	return nil
}

func (p *sqlPlayer) newKey() string {
	if len(p.keys) == 0 {
		return "the recording draws no more keys"
	}
	key := p.keys[0]
	p.keys = p.keys[1:]
	return key
}

// A statement of the recording with a key: where it asks for one, and where it makes a row.
var (
	askedKey    = regexp.MustCompile(`session_key["` + "`" + `]? (?:= |IN \()'([^']*)'`)
	insertedKey = regexp.MustCompile(`^INSERT .*? VALUES \('([^']*)'`)
)

// keysOf returns the keys in Django's statements by a pattern, each once.
func keysOf(pattern *regexp.Regexp, o *storevectors.Operation) (keys []string) {
	for _, statement := range o.SQL {
		found := pattern.FindStringSubmatch(statement)
		if len(found) == 2 && !slices.Contains(keys, found[1]) {
			keys = append(keys, found[1])
		}
	}
	return keys
}

// operation makes a call and says what is otherwise than in Django.
func (p *sqlPlayer) operation(o *storevectors.Operation) (difference, rule string, err error) {
	if err := p.prepare(o); err != nil {
		return "", "", err
	}
	returned, callErr := p.call(o)
	if errors.Is(callErr, errUnknownCall) {
		return callErr.Error(), "", nil
	}
	if got := exception(callErr); got != orEmpty(o.Exception) {
		return fmt.Sprintf("raised %q, want %q", got, orEmpty(o.Exception)), "", nil
	}
	if want := plain(o.Returned.Text()); !reflect.DeepEqual(want, returned) && callErr == nil {
		return fmt.Sprintf("returned %v, want %v", returned, want), "", nil
	}
	p.replay(o)
	return p.sameTables()
}

// prepare makes the rows that are there before, in both tables, and says which keys are drawn.
func (p *sqlPlayer) prepare(o *storevectors.Operation) error {
	rows, err := p.db.rows(p.ctx, "django_session")
	if err != nil {
		return err
	}
	inserted := keysOf(insertedKey, o)
	asked := keysOf(askedKey, o)
	p.keys = inserted
	switch {
	case strings.HasPrefix(o.Op, "create() when"):
		taken := slices.DeleteFunc(slices.Concat(asked, inserted), func(k string) bool { return k == inserted[len(inserted)-1] })
		if len(taken) == 0 { // the statement that failed was not recorded
			taken = []string{slices.Min(slices.Collect(maps.Keys(rows)))}
		}
		p.keys = append(slices.Compact(taken), inserted[len(inserted)-1])
		return p.plantMissing(rows, taken)
	case strings.HasPrefix(o.Op, "flush() of a stored"):
		p.created = asked[0]
		return p.plantMissing(rows, asked)
	}
	return nil
}

func (p *sqlPlayer) plantMissing(rows map[string]row, keys []string) error {
	text, err := p.data.EncodeRecord(saltine.Record{})
	if err != nil {
		return err
	}
	for _, key := range keys {
		if _, ok := rows[key]; ok {
			continue
		}
		planted := row{key, text, "2027-01-29 08:00:00"}
		if p.db.dialect == sqlstore.PostgreSQL {
			planted.date += "+00"
		}
		if err := errors.Join(p.db.plant(p.ctx, "django_session", planted), p.db.plant(p.ctx, recordedTable, planted)); err != nil {
			return err
		}
	}
	return nil
}

var errUnknownCall = errors.New("this call is not known")

const noSuchKey = "nosuchkey0000000"

// call makes the call of an operation.
func (p *sqlPlayer) call(o *storevectors.Operation) (returned any, err error) {
	get := func(s *saltine.Session) (any, error) {
		text, err := json.Marshal(s.Get("a"))
		if !unknown(s) {
			err = errors.Join(err, s.Err())
		}
		return plain(string(text)), err
	}
	set := func(name string, value int) error {
		p.session.Set(name, value)
		return p.session.Save()
	}
	switch o.Op {
	case "save of a new session":
		p.session = p.store.Open(p.ctx, "")
		return nil, set("a", 1)
	case "first read of a session that is there":
		p.session = p.store.Open(p.ctx, p.session.Key())
		return get(p.session)
	case "save of a session that is there":
		return nil, set("b", 2)
	case "exists(key)":
		return p.store.Exists(p.ctx, p.session.Key())
	case "create()", "create() when the first key is taken (seen by exists)", "create() when the key is taken between exists and insert":
		p.fresh = p.store.Open(p.ctx, "")
		return nil, p.fresh.Create()
	case "cycle_key()":
		return nil, p.session.CycleKey()
	case "save after cycle_key":
		return nil, p.session.Save()
	case "first read of a session that is not there":
		return get(p.store.Open(p.ctx, noSuchKey))
	case "delete()":
		return nil, p.session.Destroy()
	case "save of a session that was deleted meanwhile":
		return nil, set("z", 1)
	case "delete(key) of nothing":
		return nil, p.store.Delete(p.ctx, noSuchKey)
	case "flush() of a new session":
		return nil, p.store.Open(p.ctx, "").Flush()
	case "flush() of a stored session, not read":
		return nil, p.store.Open(p.ctx, p.created).Flush()
	case "clear_expired()":
		return nil, p.store.ClearExpired(p.ctx)
	case "save(must_create=True) of a key that is there":
		return nil, p.store.SaveNew(p.store.Open(p.ctx, p.fresh.Key()))
	}
	return nil, errUnknownCall
}

// replay runs Django's statements on the other table. What failed there fails here.
func (p *sqlPlayer) replay(o *storevectors.Operation) {
	for _, statement := range o.SQL {
		switch {
		case statement == "BEGIN", statement == "COMMIT", statement == "ROLLBACK", statement == "None":
		default:
			_ = p.db.exec(p.ctx, strings.ReplaceAll(statement, "django_session", recordedTable)) // the tables are compared
		}
	}
}

// sameTables says how the table differs from that of Django's statements.
func (p *sqlPlayer) sameTables() (difference, rule string, err error) {
	got, err := p.db.rows(p.ctx, "django_session")
	if err != nil {
		return "", "", err
	}
	want, err := p.db.rows(p.ctx, recordedTable)
	if err != nil {
		return "", "", err
	}
	for key := range maps.Keys(want) {
		g, w := got[key], want[key]
		if _, err := p.data.DecodeRecord(w.data); errors.Is(err, saltine.ErrBadSignature) {
			difference, rule = "signed otherwise", ruleOtherClass
			g.data, _, _ = strings.Cut(g.data, ":")
			w.data, _, _ = strings.Cut(w.data, ":")
		}
		if g.data != w.data || g.date != w.date {
			return fmt.Sprintf("the row is %v, want %v", g, w), "", nil
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%d rows, want %d", len(got), len(want)), "", nil
	}
	return difference, rule, nil
}
