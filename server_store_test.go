package saltine_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

// table is a Backend in memory that counts what it is asked, and fails when it is told to.
type table struct {
	rows  map[string]row
	asked []string // methods, in order
	fail  map[string]error
	now   func() time.Time
	data  *saltine.SessionData // nil: JSON without a signature
}

type row struct {
	data    string
	expires time.Time
	age     time.Duration
}

func newTable() *table {
	return &table{rows: map[string]row{}, fail: map[string]error{}, now: at(start)}
}

// ask notes a call, and returns its failure: that of the context, or one that was ordered.
func (b *table) ask(ctx context.Context, method string) error {
	b.asked = append(b.asked, method)
	if err := ctx.Err(); err != nil {
		return err
	}
	return b.fail[method]
}

func (b *table) encode(r saltine.Record) (row, error) {
	var data []byte
	var err error
	if b.data != nil {
		var text string
		text, err = b.data.EncodeRecord(r)
		data = []byte(text)
	} else {
		data, err = r.AppendJSON(nil)
	}
	return row{string(data), r.Expires, r.Age}, err
}

func (b *table) Load(ctx context.Context, key string) (r saltine.Record, err error) {
	if err := b.ask(ctx, "load"); err != nil {
		return r, err
	}
	found, ok := b.rows[key]
	if !ok || !found.expires.After(b.now()) {
		return r, fmt.Errorf("table: %w", saltine.ErrNoSession)
	}
	if b.data != nil {
		return b.data.DecodeRecord(found.data)
	}
	err = r.ParseJSON([]byte(found.data))
	return r, err
}

func (b *table) Create(ctx context.Context, key string, r saltine.Record) error {
	if err := b.ask(ctx, "create"); err != nil {
		return err
	}
	if _, ok := b.rows[key]; ok {
		return fmt.Errorf("table: %w", saltine.ErrKeyTaken)
	}
	return b.put(key, r)
}

func (b *table) Update(ctx context.Context, key string, r saltine.Record) error {
	if err := b.ask(ctx, "update"); err != nil {
		return err
	}
	if _, ok := b.rows[key]; !ok {
		return fmt.Errorf("table: %w", saltine.ErrNoSession)
	}
	return b.put(key, r)
}

func (b *table) put(key string, r saltine.Record) error {
	encoded, err := b.encode(r)
	if err == nil {
		b.rows[key] = encoded
	}
	return err
}

func (b *table) Delete(ctx context.Context, key string) error {
	err := b.ask(ctx, "delete")
	if err == nil {
		delete(b.rows, key)
	}
	return err
}

func (b *table) Exists(ctx context.Context, key string) (bool, error) {
	err := b.ask(ctx, "exists")
	_, ok := b.rows[key]
	return ok && err == nil, err
}

func (b *table) ClearExpired(ctx context.Context) error {
	err := b.ask(ctx, "clear")
	maps.DeleteFunc(b.rows, func(_ string, r row) bool { return err == nil && r.expires.Before(b.now()) })
	return err
}

// plant puts a session into the table, good for an hour.
func (b *table) plant(key, data string) {
	b.rows[key] = row{data, start.Add(time.Hour), time.Hour}
}

// data returns key and data of each row.
func (b *table) contents() map[string]string {
	found := map[string]string{}
	for key, r := range b.rows {
		found[key] = r.data
	}
	return found
}

// knownKey is in the table of a test that plants it, strangeKey never is.
const (
	knownKey   = "knownknownknownknownknownknown00"
	strangeKey = "strangestrangestrangestrange0000"
)

// newKeys hands out key1key1, key2key2 and so on.
func newKeys() func() string {
	n := 0
	return func() string {
		n++
		return strings.Repeat(fmt.Sprintf("key%d", n), 2)
	}
}

func newServerStore(t testing.TB, b saltine.Backend, opts *saltine.ServerStoreOptions) *saltine.ServerStore {
	t.Helper()
	var o saltine.ServerStoreOptions
	if opts != nil {
		o = *opts
	}
	if o.Now == nil {
		o.Now = at(start)
	}
	if o.NewKey == nil {
		o.NewKey = newKeys()
	}
	store, err := saltine.NewServerStore(b, &o)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// serverState is what a call leaves: the session's and the table's.
type serverState struct {
	Err                         string
	Key                         string
	Accessed, Modified, IsEmpty bool
	Rows                        map[string]string
}

// What each method does to a session, its key and the table: Django's SessionBase over any
// store that has keys.
func TestServerStoreMethods(t *testing.T) {
	const saved = `{"a":1}`
	planted := map[string]string{knownKey: saved}
	type (
		session = saltine.Session
		store   = saltine.ServerStore
		rows    = map[string]string
	)
	read := func(s *session, _ *table) { s.Get("a"); s.SetAccessed(false) }
	for _, tt := range []struct {
		name, reason string
		cookie       string
		before       func(s *session, b *table)
		call         func(s *session, st *store) error
		want         serverState
		asked        string
	}{
		{
			"new", "nothing is read or stored", "",
			nil, nil,
			serverState{"none", "", false, false, true, planted},
			"",
		},
		{
			"open", "nothing is read before it is used", knownKey,
			nil, nil,
			serverState{"none", knownKey, false, false, false, planted},
			"",
		},
		{
			"open an unknown key", "it counts as a cookie until somebody looks", strangeKey,
			nil, nil,
			serverState{"none", strangeKey, false, false, false, planted},
			"",
		},
		{
			"open a short key", "it counts as no cookie", "sevench",
			nil, func(s *session, _ *store) error { s.Get("a"); return nil },
			serverState{"none", "", true, false, true, planted},
			"",
		},
		{
			"read", "the first use reads", knownKey,
			nil, func(s *session, _ *store) error { s.Get("a"); s.Get("b"); s.Has("a"); return nil },
			serverState{"none", knownKey, true, false, false, planted},
			"load",
		},
		{
			"read an unknown key", "it is dropped, and nothing is to be saved", strangeKey,
			nil, func(s *session, _ *store) error { s.Get("a"); return s.Err() },
			serverState{"no session", "", true, false, true, planted},
			"load",
		},
		{
			"set on a new session", "nothing is stored before it is saved", "",
			nil, func(s *session, _ *store) error { s.Set("b", 2); return nil },
			serverState{"none", "", true, true, false, planted},
			"",
		},
		{
			"set", "it reads first", knownKey,
			nil, func(s *session, _ *store) error { s.Set("b", 2); return nil },
			serverState{"none", knownKey, true, true, false, planted},
			"load",
		},
		{
			"delete a value", "it reads first", knownKey,
			nil, func(s *session, _ *store) error { s.Delete("a"); return nil },
			serverState{"none", knownKey, true, true, false, planted},
			"load",
		},
		{
			"pop", "it reads first", knownKey,
			nil, func(s *session, _ *store) error { s.Pop("a"); return nil },
			serverState{"none", knownKey, true, true, false, planted},
			"load",
		},
		{
			"pop of nothing", "nothing changed", knownKey,
			nil, func(s *session, _ *store) error { s.Pop("b"); return nil },
			serverState{"none", knownKey, true, false, false, planted},
			"load",
		},
		{
			"update with nothing", "it counts as a change", knownKey,
			nil, func(s *session, _ *store) error { s.Update(nil); return nil },
			serverState{"none", knownKey, true, true, false, planted},
			"load",
		},
		{
			"save a new session", "it gets a key", "",
			func(s *session, _ *table) { s.Set("b", 2) }, func(s *session, _ *store) error { return s.Save() },
			serverState{"none", "key1key1", true, true, false, rows{knownKey: saved, "key1key1": `{"b":2}`}},
			"create",
		},
		{
			"save a new session unused", "it is stored empty", "",
			nil, func(s *session, _ *store) error { return s.Save() },
			serverState{"none", "key1key1", true, true, false, rows{knownKey: saved, "key1key1": `{}`}},
			"create",
		},
		{
			"save what was not changed", "it keeps its key, and is not marked", knownKey,
			nil, func(s *session, _ *store) error { return s.Save() },
			serverState{"none", knownKey, true, false, false, planted},
			"load update",
		},
		{
			"save", "it keeps its key", knownKey,
			func(s *session, _ *table) { s.Set("b", 2) }, func(s *session, _ *store) error { return s.Save() },
			serverState{"none", knownKey, true, true, false, rows{knownKey: `{"a":1,"b":2}`}},
			"load update",
		},
		{
			"save twice", "the second is an update, and nothing resets the mark", "",
			func(s *session, _ *table) { s.Set("b", 2) },
			func(s *session, _ *store) error { return errors.Join(s.Save(), s.Save()) },
			serverState{"none", "key1key1", true, true, false, rows{knownKey: saved, "key1key1": `{"b":2}`}},
			"create update",
		},
		{
			"save what was deleted meanwhile", "it does not come back, and stays in memory", knownKey,
			func(s *session, b *table) { s.Set("b", 2); delete(b.rows, knownKey) },
			func(s *session, _ *store) error { return s.Save() },
			serverState{"interrupted", knownKey, true, true, false, rows{}},
			"load update",
		},
		{
			"save again what was deleted meanwhile", "every later save fails too", knownKey,
			func(s *session, b *table) { s.Set("b", 2); delete(b.rows, knownKey) },
			func(s *session, _ *store) error { s.Save(); return s.Save() }, //nolint:errcheck // the second is looked at
			serverState{"interrupted", knownKey, true, true, false, rows{}},
			strings.Join([]string{"load", "update", "update"}, " "),
		},
		{
			"save an unknown key at once", "the key of a stranger is never adopted", strangeKey,
			nil, func(s *session, _ *store) error { return s.Save() },
			serverState{"interrupted", "key1key1", true, false, false, planted},
			"load",
		},
		{
			"save an unknown key that was read", "it is a new session", strangeKey,
			func(s *session, _ *table) { s.Set("b", 2) }, func(s *session, _ *store) error { return s.Save() },
			serverState{"none", "key1key1", true, true, false, rows{knownKey: saved, "key1key1": `{"b":2}`}},
			"load create",
		},
		{
			"create", "what is in memory goes under a new key", knownKey,
			func(s *session, _ *table) { s.Set("b", 2) }, func(s *session, _ *store) error { return s.Create() },
			serverState{"none", "key1key1", true, true, false, rows{knownKey: saved, "key1key1": `{"a":1,"b":2}`}},
			"load create",
		},
		{
			"create unread", "nothing is read, and nothing is in memory", knownKey,
			nil, func(s *session, _ *store) error { return s.Create() },
			serverState{"none", "key1key1", true, true, false, rows{knownKey: saved, "key1key1": `{}`}},
			"create",
		},
		{
			"create where keys are taken", "another is drawn, and the other session stays", "",
			func(_ *session, b *table) { b.plant("key1key1", `{"x":1}`); b.plant("key2key2", `{}`) },
			func(s *session, _ *store) error { return s.Create() },
			serverState{
				"none", "key3key3", true, true, false,
				rows{knownKey: saved, "key1key1": `{"x":1}`, "key2key2": `{}`, "key3key3": `{}`},
			},
			strings.Repeat("create ", 2) + "create",
		},
		{
			"save new under an unknown key", "it is kept under the key that it has, unread", strangeKey,
			nil, func(s *session, st *store) error { return st.SaveNew(s) },
			serverState{"none", strangeKey, true, false, false, rows{knownKey: saved, strangeKey: `{}`}},
			"create",
		},
		{
			"save new under a known key", "the other stays, and this one reads as empty", knownKey,
			nil, func(s *session, st *store) error {
				err := st.SaveNew(s)
				if s.Len() != 0 {
					t.Error("after SaveNew the session is read")
				}
				return err
			},
			serverState{"key taken", knownKey, true, false, false, planted},
			"create",
		},
		{
			"save new without a key", "it draws one", "",
			nil, func(s *session, st *store) error { return st.SaveNew(s) },
			serverState{"none", "key1key1", true, true, false, rows{knownKey: saved, "key1key1": `{}`}},
			"create",
		},
		{
			"cycle key", "the data move, and the old key is good no more", knownKey,
			nil, func(s *session, _ *store) error { return s.CycleKey() },
			serverState{"none", "key1key1", true, true, false, rows{"key1key1": saved}},
			"load create delete",
		},
		{
			"cycle key of a new session", "it gets a key", "",
			nil, func(s *session, _ *store) error { return s.CycleKey() },
			serverState{"none", "key1key1", true, true, false, rows{knownKey: saved, "key1key1": `{}`}},
			"create",
		},
		{
			"cycle an unknown key", "a new empty session is stored", strangeKey,
			nil, func(s *session, _ *store) error { return s.CycleKey() },
			serverState{"none", "key1key1", true, true, false, rows{knownKey: saved, "key1key1": `{}`}},
			"load create",
		},
		{
			"cycle key of what was deleted meanwhile", "it is stored again", knownKey,
			func(s *session, b *table) { read(s, b); delete(b.rows, knownKey) },
			func(s *session, _ *store) error { return s.CycleKey() },
			serverState{"none", "key1key1", true, true, false, rows{"key1key1": saved}},
			"load create delete",
		},
		{
			"destroy", "memory, key and marks stay", knownKey,
			read, func(s *session, _ *store) error {
				err := s.Destroy()
				if accessed := s.Accessed(); accessed || s.Get("a") != int64(1) {
					t.Errorf("accessed %t, a is %v", accessed, s.Get("a"))
				}
				s.SetAccessed(false)
				return err
			},
			serverState{"none", knownKey, false, false, false, rows{}},
			"load delete",
		},
		{
			"destroy unread, then read", "nothing is there any more", knownKey,
			nil, func(s *session, _ *store) error { err := s.Destroy(); s.Get("a"); return err },
			serverState{"none", "", true, false, true, rows{}},
			"delete load",
		},
		{
			"destroy a new session", "there is nothing to delete", "",
			nil, func(s *session, _ *store) error { return s.Destroy() },
			serverState{"none", "", false, false, true, planted},
			"",
		},
		{
			"delete another key", "the session has nothing to do with it", strangeKey,
			nil, func(s *session, st *store) error { return st.Delete(s.Context(), knownKey) },
			serverState{"none", strangeKey, false, false, false, rows{}},
			"delete",
		},
		{
			"delete an absent key", "it is no error", "",
			nil, func(s *session, st *store) error { return st.Delete(s.Context(), strangeKey) },
			serverState{"none", "", false, false, true, planted},
			"delete",
		},
		{
			"flush", "data, row and key are gone", knownKey,
			nil, func(s *session, _ *store) error { return s.Flush() },
			serverState{"none", "", true, true, true, rows{}},
			"delete",
		},
		{
			"flush and save", "a new empty session is stored", knownKey,
			nil, func(s *session, _ *store) error { return errors.Join(s.Flush(), s.Save()) },
			serverState{"none", "key1key1", true, true, false, rows{"key1key1": `{}`}},
			"delete create",
		},
		{
			"clear", "nothing is read, the key stays", knownKey,
			nil, func(s *session, _ *store) error { s.Clear(); return nil },
			serverState{"none", knownKey, true, true, false, planted},
			"",
		},
		{
			"clear and save", "the row is emptied", knownKey,
			nil, func(s *session, _ *store) error { s.Clear(); return s.Save() },
			serverState{"none", knownKey, true, true, false, rows{knownKey: `{}`}},
			"update",
		},
		{
			"a row that cannot be read", "it reads as empty and keeps its key", knownKey,
			func(_ *session, b *table) { b.plant(knownKey, "junk") },
			func(s *session, _ *store) error { s.Get("a"); return s.Err() },
			serverState{"malformed", knownKey, true, false, false, rows{knownKey: "junk"}},
			"load",
		},
		{
			"save over a row that cannot be read", "the next save replaces it", knownKey,
			func(s *session, b *table) { b.plant(knownKey, "junk"); s.Set("b", 2) },
			func(s *session, _ *store) error { return s.Save() },
			serverState{"none", knownKey, true, true, false, rows{knownKey: `{"b":2}`}},
			"load update",
		},
		{
			"an expiry in the past", "it is stored, and has ended", knownKey,
			func(s *session, _ *table) { s.SetExpiry(saltine.ExpireIdle(-time.Second)) },
			func(s *session, st *store) error {
				if err := s.Save(); err != nil {
					return err
				}
				_, err := st.Load(s.Context(), knownKey)
				return err
			},
			serverState{"no session", knownKey, true, true, false, rows{knownKey: `{"a":1,"_session_expiry":-1}`}},
			"load update load",
		},
		{
			"a value that cannot be written", "the session is as it was, and so is the row", knownKey,
			func(s *session, _ *table) { s.Set("f", func() {}) }, func(s *session, _ *store) error { return s.Save() },
			serverState{"unsupported", knownKey, true, true, false, planted},
			"load",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newTable()
			b.plant(knownKey, saved)
			st := newServerStore(t, b, nil)
			s := st.Open(t.Context(), tt.cookie)
			if tt.before != nil {
				tt.before(s, b)
			}
			var err error
			if tt.call != nil {
				err = tt.call(s, st)
			}
			got := serverState{kind(t, err), s.Key(), s.Accessed(), s.Modified(), s.IsEmpty(), b.contents()}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
			if got := strings.Join(b.asked, " "); got != tt.asked {
				t.Errorf("%s: the table was asked to %q, want %q", tt.reason, got, tt.asked)
			}
		})
	}
}

func TestServerStoreExists(t *testing.T) {
	b := newTable()
	b.plant(knownKey, "{}")
	b.rows[strangeKey] = row{data: "{}", expires: start.Add(-time.Second)}
	b.rows["keepkeep"] = row{data: "{}", expires: start}
	st := newServerStore(t, b, nil)
	for _, tt := range []struct {
		name, key string
		want      bool
	}{
		{"known", knownKey, true},
		{"expired", strangeKey, true},
		{"expiring now", "keepkeep", true},
		{"absent", "absentabsent", false},
		{"no key", "", false},
	} {
		if got, err := st.Exists(t.Context(), tt.key); got != tt.want || err != nil {
			t.Errorf("%s: %t, %v, want %t", tt.name, got, err, tt.want)
		}
	}
	if err := st.ClearExpired(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"keepkeep", knownKey}, slices.Sorted(maps.Keys(b.rows))); diff != "" {
		t.Errorf("after ClearExpired (-want +got)\n%s", diff)
	}
}

// A text that no Django made a key of is an unknown key, and the engine never sees it.
func TestServerStoreHostileKeys(t *testing.T) {
	for _, tt := range []struct{ name, key string }{
		{"NUL", "abcdefgh\x00"},
		{"long", strings.Repeat("a", 5000)},
		{"41 characters", strings.Repeat("a", 41)},
		{"capitals", strings.ToUpper(knownKey)},
		{"full width", strings.Replace(knownKey, "k", "ｋ", 1)},
		{"path", "../../etc/passwd"},
		{"dots", "........"},
		{"slash", "abcdefgh/ijklmnop"},
		{"backslash", `abcdefgh\ijklmnop`},
		{"blank at the end", knownKey + " "},
		{"blank at the beginning", " " + knownKey},
		{"line break", knownKey + "\n"},
		{"not UTF-8", "abcdefgh\xff"},
		{"quote", "abcdefgh'--"},
		{"wildcard", "%%%%%%%%"},
		{"colon", "abcdefgh:ijklmnop"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newTable()
			b.plant(tt.key, `{"a":1}`)
			b.plant(knownKey, `{"a":1}`)
			before := b.contents()
			st := newServerStore(t, b, nil)
			s := st.Open(t.Context(), tt.key)
			if s.Get("a") != nil || kind(t, s.Err()) != "no session" || s.Key() != "" {
				t.Error("it was read")
			}
			if exists, err := st.Exists(t.Context(), tt.key); exists || err != nil {
				t.Errorf("exists: %t, %v", exists, err)
			}
			if _, err := st.Load(t.Context(), tt.key); kind(t, err) != "no session" {
				t.Errorf("load: %v", err)
			}
			unread := st.Open(t.Context(), tt.key)
			if err := errors.Join(st.Delete(t.Context(), tt.key), unread.Destroy()); err != nil {
				t.Errorf("delete: %v", err)
			}
			if err := st.SaveNew(unread); kind(t, err) != "no session" {
				t.Errorf("save new: %v", err)
			}
			if err := st.Open(t.Context(), tt.key).Save(); kind(t, err) != "interrupted" {
				t.Errorf("save: %v", err)
			}
			if diff := cmp.Diff(before, b.contents()); diff != "" {
				t.Errorf("the table (-want +got)\n%s", diff)
			}
			if len(b.asked) != 0 {
				t.Errorf("the table was asked to %v", b.asked)
			}
		})
	}
}

// An engine that fails is not "no session": nothing is saved over, nothing is created.
func TestServerStoreFailure(t *testing.T) {
	down := errors.New("connection refused")
	const saved = `{"a":1}`
	open := func(t *testing.T, method string) (*table, *saltine.ServerStore, *saltine.Session) {
		t.Helper()
		b := newTable()
		b.plant(knownKey, saved)
		if method != "" {
			b.fail[method] = down
		}
		st := newServerStore(t, b, nil)
		s := st.Open(t.Context(), knownKey)
		return b, st, s
	}
	for _, tt := range []struct {
		name, fails string
		call        func(s *saltine.Session, st *saltine.ServerStore) error
		key         string
		rows        map[string]string
	}{
		{"save", "load", func(s *saltine.Session, _ *saltine.ServerStore) error { s.Set("b", 2); return s.Save() }, knownKey, nil},
		{"save of an unread session", "load", func(s *saltine.Session, _ *saltine.ServerStore) error { return s.Save() }, knownKey, nil},
		{"create", "load", func(s *saltine.Session, _ *saltine.ServerStore) error { s.Set("b", 2); return s.Create() }, knownKey, nil},
		{"cycle key", "load", func(s *saltine.Session, _ *saltine.ServerStore) error { return s.CycleKey() }, knownKey, nil},
		{"save new", "load", func(s *saltine.Session, st *saltine.ServerStore) error { s.Get("a"); return st.SaveNew(s) }, knownKey, nil},
		{"save after clear", "load", func(s *saltine.Session, _ *saltine.ServerStore) error { s.Get("a"); s.Clear(); return s.Save() }, knownKey, nil},
		{"load", "load", func(_ *saltine.Session, st *saltine.ServerStore) error {
			_, err := st.Load(t.Context(), knownKey)
			return err
		}, knownKey, nil},
		{"update", "update", func(s *saltine.Session, _ *saltine.ServerStore) error { s.Set("b", 2); return s.Save() }, knownKey, nil},
		{"insert", "create", func(s *saltine.Session, _ *saltine.ServerStore) error { s.Set("b", 2); return s.CycleKey() }, knownKey, nil},
		{"destroy", "delete", func(s *saltine.Session, _ *saltine.ServerStore) error { return s.Destroy() }, knownKey, nil},
		{"flush", "delete", func(s *saltine.Session, _ *saltine.ServerStore) error { return s.Flush() }, knownKey, nil},
		{
			"delete of the old key", "delete", func(s *saltine.Session, _ *saltine.ServerStore) error { return s.CycleKey() }, "key1key1",
			map[string]string{knownKey: saved, "key1key1": saved},
		},
		{"exists", "exists", func(_ *saltine.Session, st *saltine.ServerStore) error {
			_, err := st.Exists(t.Context(), knownKey)
			return err
		}, knownKey, nil},
		{"clear expired", "clear", func(_ *saltine.Session, st *saltine.ServerStore) error { return st.ClearExpired(t.Context()) }, knownKey, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, st, s := open(t, tt.fails)
			err := tt.call(s, st)
			if kind(t, err) != "unavailable" || !errors.Is(err, down) {
				t.Errorf("error %v, want one that is unavailable and has the cause", err)
			}
			if tt.rows == nil {
				tt.rows = map[string]string{knownKey: saved}
			}
			if diff := cmp.Diff(tt.rows, b.contents()); diff != "" {
				t.Errorf("the table (-want +got)\n%s", diff)
			}
			if s.Key() != tt.key {
				t.Errorf("another key than %s", tt.key)
			}
		})
	}

	t.Run("read", func(t *testing.T) {
		b, _, s := open(t, "load")
		if s.Get("a") != nil || s.Len() != 0 || s.IsEmpty() || s.Modified() || !errors.Is(s.Err(), down) {
			t.Errorf("values %d, empty %t, modified %t, %v", s.Len(), s.IsEmpty(), s.Modified(), s.Err())
		}
		delete(b.fail, "load") // it is back, and yet this session was not read
		s.Set("b", 2)
		if err := s.Save(); kind(t, err) != "unavailable" {
			t.Errorf("save: %v", err)
		}
		if diff := cmp.Diff(map[string]string{knownKey: saved}, b.contents()); diff != "" {
			t.Errorf("the table (-want +got)\n%s", diff)
		}
	})
	t.Run("flush after a failed read", func(t *testing.T) {
		b, _, s := open(t, "load")
		s.Get("a")
		if err := errors.Join(s.Flush(), s.Save()); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(map[string]string{"key1key1": "{}"}, b.contents()); diff != "" {
			t.Errorf("the table (-want +got)\n%s", diff)
		}
	})
	t.Run("between load and save", func(t *testing.T) {
		b, _, s := open(t, "")
		s.Set("b", 2)
		b.fail["update"] = down
		if err := s.Save(); kind(t, err) != "unavailable" {
			t.Errorf("save: %v", err)
		}
		delete(b.fail, "update")
		if err := s.Save(); err != nil {
			t.Errorf("save again: %v", err)
		}
		if diff := cmp.Diff(map[string]string{knownKey: `{"a":1,"b":2}`}, b.contents()); diff != "" {
			t.Errorf("the table (-want +got)\n%s", diff)
		}
	})
	t.Run("after the deadline", func(t *testing.T) {
		b := newTable()
		b.plant(knownKey, saved)
		st := newServerStore(t, b, nil)
		ctx, cancel := context.WithCancel(t.Context())
		s, unread := st.Open(ctx, knownKey), st.Open(ctx, knownKey)
		s.Set("b", 2)
		cancel()
		for name, err := range map[string]error{"save": s.Save(), "cycle": s.CycleKey(), "flush": s.Flush(), "unread": unread.Err(), "unread save": unread.Save()} {
			if kind(t, err) != "unavailable" || !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if diff := cmp.Diff(map[string]string{knownKey: saved}, b.contents()); diff != "" {
			t.Errorf("the table (-want +got)\n%s", diff)
		}
	})
}

// A row that is over a limit here may be good for others: it is not saved over.
func TestServerStoreTooLarge(t *testing.T) {
	b := newTable()
	b.data = newSessionData(t, testKeys, &saltine.Options{MaxTokenLen: 200, Now: at(start)})
	big, err := newSessionData(t, testKeys, nil).EncodeRecord(parsed(t, `{"a": "`+random(400)+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	b.plant(knownKey, big)
	st := newServerStore(t, b, nil)
	s := st.Open(t.Context(), knownKey)
	s.Set("b", 2)
	if err := s.Save(); kind(t, err) != "too large" {
		t.Errorf("save over it: %v", err)
	}
	if b.rows[knownKey].data != big || s.Key() != knownKey {
		t.Error("it was replaced")
	}
	s.Clear()
	s.Set("c", random(400))
	err = s.Save()
	if size, ok := errors.AsType[*saltine.SizeError](err); !ok || len(size.Values) != 1 || size.Values[0].Name != "c" {
		t.Errorf("save of much: %v", err)
	}
	s.Set("c", 1)
	if err := s.Save(); err != nil {
		t.Errorf("save after Clear: %v", err)
	}
}

// random returns a text that does not compress, always the same.
func random(n int) string {
	var b strings.Builder
	for i, x := 0, uint32(1); i < n; i++ {
		x = x*1664525 + 1013904223
		b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[x>>26])
	}
	return b.String()
}

func parsed(t testing.TB, text string) saltine.Record {
	t.Helper()
	var r saltine.Record
	if err := r.ParseJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return r
}

// An engine that says of every key that it is taken must not hold a request for ever.
func TestServerStoreBoundsRetries(t *testing.T) {
	b := newTable()
	b.fail["create"] = saltine.ErrKeyTaken
	s := newServerStore(t, b, nil).Open(t.Context(), "")
	s.Set("a", 1)
	err := s.Save()
	if !errors.Is(err, saltine.ErrUnavailable) || s.Key() != "" || len(b.asked) != 10 {
		t.Errorf("%v after %d tries, and a key %t", err, len(b.asked), s.Key() != "")
	}
}

func TestServerStoreNewKey(t *testing.T) {
	b := newTable()
	st, err := saltine.NewServerStore(b, &saltine.ServerStoreOptions{Now: at(start)})
	if err != nil {
		t.Fatal(err)
	}
	const sessions, length = 3000, 32
	counts := map[rune]int{}
	for range sessions {
		if err := st.Open(t.Context(), "").Create(); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.rows) != sessions {
		t.Errorf("%d keys of %d are different", len(b.rows), sessions)
	}
	for key := range b.rows {
		if len(key) != length {
			t.Errorf("a key of %d characters", len(key))
		}
		for _, r := range key {
			counts[r]++
		}
	}
	const chars = "abcdefghijklmnopqrstuvwxyz0123456789"
	mean := float64(sessions) * length / float64(len(chars))
	var chi float64
	for _, r := range chars {
		d := float64(counts[r]) - mean
		chi += d * d / mean
		delete(counts, r)
	}
	if len(counts) != 0 {
		t.Errorf("other characters: %v", counts)
	}
	// 35 degrees of freedom: beyond 90 once in a million; bytes modulo 36 give over 300.
	if chi > 90 {
		t.Errorf("the characters are not equally likely: chi squared is %.0f", chi)
	}

	refuses := newServerStore(t, b, &saltine.ServerStoreOptions{NewKey: func() string { return "UPPERCASE" }})
	s := refuses.Open(t.Context(), "")
	if err := s.Save(); kind(t, err) != "invalid option" || s.Key() != "" {
		t.Errorf("a new key that is none: %v", err)
	}
	own := newServerStore(t, b, &saltine.ServerStoreOptions{
		NewKey:   func() string { return "Own-Key-1" },
		ValidKey: func(key string) bool { return strings.HasPrefix(key, "Own-") },
	})
	s = own.Open(t.Context(), "")
	if err := s.Save(); err != nil || s.Key() != "Own-Key-1" {
		t.Errorf("keys of one's own: %v", err)
	}
	if kind(t, own.Open(t.Context(), knownKey).Err()) != "no session" {
		t.Error("Django's key is taken where ValidKey refuses it")
	}
}

func TestServerStoreMaxLifetime(t *testing.T) {
	clock := start
	b := newTable()
	b.now = func() time.Time { return clock }
	st := newServerStore(t, b, &saltine.ServerStoreOptions{MaxLifetime: 24 * time.Hour, Now: b.now})
	s := st.Open(t.Context(), "")
	s.Set("a", 1)
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	key := s.Key()
	check := func(left time.Duration) {
		t.Helper()
		r := b.rows[key]
		if r.age != left || !r.expires.Equal(clock.Add(left)) {
			t.Errorf("good for %v until %v, want %v", r.age, r.expires, left)
		}
	}
	check(24 * time.Hour)
	for hours := 8; hours < 24; hours += 8 { // renewed, and yet not for ever
		clock = start.Add(time.Duration(hours) * time.Hour)
		s = st.Open(t.Context(), key)
		s.Set("hours", hours)
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		check(24*time.Hour - time.Duration(hours)*time.Hour)
	}
	b.plant(key, b.rows[key].data) // an engine that keeps it for longer
	r := b.rows[key]
	r.expires = start.Add(48 * time.Hour)
	b.rows[key] = r
	clock = start.Add(24 * time.Hour)
	s = st.Open(t.Context(), key)
	if s.Get("a") != nil || kind(t, s.Err()) != "expired" || s.Key() != "" {
		t.Errorf("after its life: %v", s.Err())
	}
	s.Set("b", 1)
	if err := s.Save(); err != nil || s.Key() == key {
		t.Errorf("the new session has the old key, or %v", err)
	}
}

func TestServerStoreGuard(t *testing.T) {
	down := fmt.Errorf("%w: the list is away", saltine.ErrUnavailable)
	for _, tt := range []struct {
		name   string
		guard  func(s *saltine.Session) error
		want   string
		key    string
		a      any
		saving string
	}{
		{"lets through", func(*saltine.Session) error { return nil }, "none", knownKey, int64(1), "none"},
		{"refuses", func(*saltine.Session) error { return errors.New("signed out") }, "revoked", "", nil, "none"},
		{"cannot say", func(*saltine.Session) error { return down }, "unavailable", knownKey, nil, "unavailable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clock := start
			b := newTable()
			b.data = newSessionData(t, testKeys, &saltine.Options{Now: at(start)})
			text, err := b.data.EncodeRecord(parsed(t, `{"a":1}`))
			if err != nil {
				t.Fatal(err)
			}
			b.plant(knownKey, text)
			st := newServerStore(t, b, &saltine.ServerStoreOptions{Now: func() time.Time { return clock }})
			s := st.Open(t.Context(), knownKey)
			calls := 0
			s.Guard(func(s *saltine.Session) error {
				calls++
				if s.Get("a") != int64(1) || !s.Verification().SignedAt.Equal(start) {
					t.Errorf("the guard sees %v, signed %v", s.Get("a"), s.Verification().SignedAt)
				}
				return tt.guard(s)
			})
			clock = start.Add(time.Minute) // a slow request
			if got := s.Get("a"); got != tt.a || calls != 1 {
				t.Errorf("a is %v, want %v, after %d calls", got, tt.a, calls)
			}
			if got := kind(t, s.Err()); got != tt.want || s.Key() != tt.key {
				t.Errorf("the error is %s, want %s", got, tt.want)
			}
			s.Set("b", 2)
			if got := kind(t, s.Save()); got != tt.saving {
				t.Fatalf("saving gives %s, want %s", got, tt.saving)
			}
			if tt.saving != "none" {
				return
			}
			again := st.Open(t.Context(), s.Key())
			if signed := again.Verification().SignedAt; !signed.Equal(start) {
				t.Errorf("signed %v after the guard looked", signed.Sub(start))
			}
		})
	}
}

// What the engine is given: Django's get_expiry_date and get_expiry_age.
func TestServerStoreExpiry(t *testing.T) {
	for _, tt := range []struct {
		name    string
		expiry  saltine.Expiry
		expires time.Duration // from the clock
		age     time.Duration
	}{
		{"none", saltine.Expiry{}, cookieAge, cookieAge},
		{"browser close", saltine.ExpireAtBrowserClose(), cookieAge, cookieAge},
		{"idle", saltine.ExpireIdle(90 * time.Second), 90 * time.Second, 90 * time.Second},
		{"past", saltine.ExpireIdle(-time.Second), -time.Second, -time.Second},
		{"date", saltine.ExpireAt(start.Add(1500 * time.Millisecond)), 1500 * time.Millisecond, time.Second},
		{"delta", saltine.ExpireIn(time.Hour), time.Hour, time.Hour},
	} {
		b := newTable()
		s := newServerStore(t, b, nil).Open(t.Context(), "")
		s.SetExpiry(tt.expiry)
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		if r := b.rows[s.Key()]; r.expires.Sub(start) != tt.expires || r.age != tt.age {
			t.Errorf("%s: ends in %v, age %v, want %v, %v", tt.name, r.expires.Sub(start), r.age, tt.expires, tt.age)
		}
	}
}

func TestNewServerStoreOptions(t *testing.T) {
	for _, tt := range []struct {
		name    string
		backend saltine.Backend
		opts    *saltine.ServerStoreOptions
		want    string
	}{
		{"defaults", newTable(), nil, "none"},
		{"no backend", nil, nil, "invalid option"},
		{"short age", newTable(), &saltine.ServerStoreOptions{CookieAge: 1209600}, "invalid option"},
		{"short life", newTable(), &saltine.ServerStoreOptions{MaxLifetime: 3600}, "invalid option"},
	} {
		st, err := saltine.NewServerStore(tt.backend, tt.opts)
		if got := kind(t, err); got != tt.want || (st == nil) != (err != nil) {
			t.Errorf("%s: %v, and a store %t", tt.name, err, st != nil)
		}
	}
}

// The zero ServerStore has no engine: it fails, and does not panic.
func TestServerStoreZero(t *testing.T) {
	var st saltine.ServerStore
	ctx := t.Context()
	_, loaded := st.Load(ctx, knownKey)
	_, exists := st.Exists(ctx, knownKey)
	s := st.Open(ctx, knownKey)
	for name, err := range map[string]error{
		"load": loaded, "exists": exists, "delete": st.Delete(ctx, knownKey), "clear": st.ClearExpired(ctx),
		"read": s.Err(), "save": s.Save(), "create": st.Open(ctx, "").Create(), "new": st.SaveNew(st.Open(ctx, knownKey)),
		"cycle": st.Open(ctx, "").CycleKey(), "flush": s.Flush(),
	} {
		if kind(t, err) != "unavailable" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if st.CookieAge() != 0 || (*saltine.ServerStore)(nil).CookieAge() != 0 || st.Now().IsZero() {
		t.Error("a zero store has an age, or no clock")
	}
}

// A record and a store show nothing of a session, nested, by value or by pointer.
func TestRecordRedacted(t *testing.T) {
	const canary = "canary-in-the-session"
	r := parsed(t, `{"`+canary+`": "`+canary+`"}`)
	b := newTable()
	b.plant(knownKey, `{"a": "`+canary+`"}`)
	st := newServerStore(t, b, nil)
	s := st.Open(t.Context(), knownKey)
	s.Get("a")
	type nest struct {
		r  saltine.Record
		p  *saltine.Record
		R  saltine.Record
		st *saltine.ServerStore
		s  *saltine.Session
		in any
	}
	n := nest{r, &r, r, st, s, r}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "r", r, "p", &r, "n", n, "st", st)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "r", r, "p", &r, "n", n, "st", st)
	shown := []string{log.String()}
	for _, value := range []any{r, &r, st, *st, n, &n, []saltine.Record{r}, map[string]saltine.Record{"k": r}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%e", "%p", "%T"} {
			shown = append(shown, fmt.Sprintf(verb, value))
		}
		if text, err := json.Marshal(value); err == nil {
			shown = append(shown, string(text))
		}
	}
	for _, text := range shown {
		if strings.Contains(text, "canary") || strings.Contains(text, knownKey) || strings.Contains(text, fmt.Sprintf("%x", "canary")) {
			t.Errorf("it shows: %.300s", text)
		}
	}
	if got := fmt.Sprint(r); got != "saltine.Record([redacted])" {
		t.Errorf("a record prints as %q", got)
	}
}

func TestRecordValues(t *testing.T) {
	const text = `{"a": 1.50, "b": [1,2],"\u00e9": null}`
	r := parsed(t, text)
	got, err := r.AppendJSON([]byte("x"))
	if want := `x{"a":1.50,"b":[1,2],"\u00e9":null}`; string(got) != want || err != nil {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if r.Get("a") != 1.5 || r.Get("none") != nil || (saltine.Record{}).Get("a") != nil {
		t.Errorf("a is %v", r.Get("a"))
	}
	if got, err := (saltine.Record{}).AppendJSON(nil); string(got) != "{}" || err != nil {
		t.Errorf("the zero Record: %s, %v", got, err)
	}
	for _, bad := range []string{"", "[]", "null", "{", `{"a": }`, "{}x"} {
		var r saltine.Record
		if err := r.ParseJSON([]byte(bad)); kind(t, err) != "malformed" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// Without a time of its own a record is signed with the clock's.
	data := newSessionData(t, testKeys, &saltine.Options{Now: at(start)})
	for _, r := range []saltine.Record{r, {}} {
		text, err := data.EncodeRecord(r)
		if err != nil {
			t.Fatal(err)
		}
		s, err := data.Decode(text)
		if err != nil || !s.Verification().SignedAt.Equal(start) {
			t.Errorf("signed %v, %v", s.Verification().SignedAt, err)
		}
	}
	if got := data.MaxTokenLen(); got != maxTokenLen {
		t.Errorf("%d bytes are read", got)
	}
	cut := strings.Repeat("x", maxTokenLen+1) // of a text whose end was not fetched
	if _, err := data.DecodeRecord(cut); kind(t, err) != "too large" {
		t.Errorf("the beginning of a large text: %v", err)
	}
	if _, err := data.DecodeRecord("junk"); kind(t, err) != "bad signature" {
		t.Errorf("junk: %v", err)
	}
}

func TestRecordExpiryDate(t *testing.T) {
	zone := time.FixedZone("", 3600)
	for _, tt := range []struct {
		name, text string
		want       time.Time
		kind       string
	}{
		{"none", `{}`, start.Add(time.Hour), "none"},
		{"browser close", `{"_session_expiry": 0}`, start.Add(time.Hour), "none"},
		{"seconds", `{"_session_expiry": 90.5}`, start.Add(90500 * time.Millisecond), "none"},
		{"date", `{"_session_expiry": "2023-11-14T23:00:00+00:00"}`, time.Date(2023, 11, 14, 23, 0, 0, 0, time.UTC), "none"},
		{"naive date", `{"_session_expiry": "2023-11-14T23:00:00"}`, time.Date(2023, 11, 14, 22, 0, 0, 0, time.UTC), "none"},
		{"junk", `{"_session_expiry": "soon"}`, time.Time{}, "malformed"},
	} {
		got, err := parsed(t, tt.text).ExpiryDate(start, time.Hour, zone)
		if !got.Equal(tt.want) || kind(t, err) != tt.kind {
			t.Errorf("%s: %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

// Whatever panics between a store and its guard, the values are nobody's then.
func TestClockPanicsBeforeTheGuard(t *testing.T) {
	memory, broken := newTable(), false
	store, err := saltine.NewServerStore(memory, &saltine.ServerStoreOptions{MaxLifetime: time.Hour, Now: func() time.Time {
		if broken {
			panic("a clock")
		}
		return start
	}})
	if err != nil {
		t.Fatal(err)
	}
	s := store.Open(t.Context(), "")
	s.Set("secret", 1)
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	s = store.Open(t.Context(), s.Key())
	s.Guard(func(*saltine.Session) error { return saltine.ErrRevoked })
	broken = true
	func() {
		defer func() { recover() }() //nolint:errcheck // it is the panic that was provoked
		s.Get("secret")
	}()
	broken = false
	if s.Has("secret") || kind(t, s.Err()) != "unavailable" {
		t.Errorf("the guard was passed by: %v", s.Err())
	}
}

// Pickles that Python wrote.
const (
	// {'n': 1, 't': (1, 'x'), 'at': datetime(2026, 7, 1, 10, 4, 5), 'b': b'\x00\xff', 's': {1}, 'd': Decimal('1.50')}
	richPickle = "8005957d000000000000007d94288c016e944b018c0174944b018c01789486948c026174948c086461746574696d65948c08646174657469" +
		"6d65949394430a07ea07010a040500000094859452948c016294430200ff948c0173948f94284b01908c0164948c07646563696d616c948c07446563696d61" +
		"6c9493948c04312e35309485945294752e"
	// {'a': 1, 'f': Fraction(1, 2), 'b': 2}
	foreignPickle = "80059536000000000000007d94288c0161944b018c0166948c096672616374696f6e73948c084672616374696f6e9493944b014b02869452948c" +
		"0162944b02752e"
	// {'a': 1, 'r': a list that holds itself}
	recursivePickle = "80049517000000000000007d94288c0161944b018c0172945d94284b01680365752e"
)

func parsePickle(t testing.TB, text string, keepForeign bool) saltine.Record {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	var r saltine.Record
	if err := r.ParsePickle(data, 1<<20, keepForeign); err != nil {
		t.Fatal(err)
	}
	return r
}

// What came in a pickle reads as text, keeps its Python type, and is no JSON.
func TestRecordPickle(t *testing.T) {
	r := parsePickle(t, richPickle, false)
	want := map[string]any{
		"n": int64(1), "t": []any{int64(1), "x"}, "at": "2026-07-01T10:04:05", "b": "00ff", "s": []any{int64(1)}, "d": "1.50", "none": nil,
	}
	for name, value := range want {
		if diff := cmp.Diff(value, r.Get(name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	_, err := r.AppendJSON(nil)
	field, ok := errors.AsType[*saltine.FieldError](err)
	if !ok || field.Name != "at" || !errors.Is(err, saltine.ErrUnsupported) {
		t.Errorf("AppendJSON: %v", err)
	}
	data, err := r.AppendPickle([]byte("before"))
	if err != nil || !strings.HasPrefix(string(data), "before\x80\x02}") {
		t.Fatalf("AppendPickle: %q, %v", data, err)
	}
	for _, class := range []string{"datetime\ndatetime\n", "decimal\nDecimal\n", "__builtin__\nset\n", "_codecs\nencode\n", "\x86"} {
		if !strings.Contains(string(data), class) {
			t.Errorf("%q is not in %q", class, data)
		}
	}
}

// pickles is a Backend of pickles.
type pickles struct {
	*table
	keepForeign bool
}

func (b pickles) Load(_ context.Context, key string) (r saltine.Record, err error) {
	row, ok := b.rows[key]
	if !ok {
		return r, saltine.ErrNoSession
	}
	err = r.ParsePickle([]byte(row.data), 1<<20, b.keepForeign)
	return r, err
}

func (b pickles) Update(_ context.Context, key string, r saltine.Record) error {
	data, err := r.AppendPickle(nil)
	if err == nil {
		b.rows[key] = row{data: string(data)}
	}
	return err
}

func openPickle(t *testing.T, text string, keepForeign bool) (pickles, *saltine.Session) {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	b := pickles{newTable(), keepForeign}
	const key = "0123456789abcdefghijklmnopqrstuv"
	b.rows[key] = row{data: string(data)}
	store, err := saltine.NewServerStore(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b, store.Open(t.Context(), key)
}

func (b pickles) only() string {
	for _, r := range b.rows {
		return r.data
	}
	return ""
}

// What is set again is of JSON; the rest stays as it was, also in another session.
func TestSessionOfPickle(t *testing.T) {
	b, s := openPickle(t, richPickle, false)
	s.Set("at", "never")
	s.Set("t", []int{1, 2})
	s.Delete("s")
	copied := saltine.Session{}
	copied.Replace(s)
	s.Clear()
	s.Replace(&copied)
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	for class, want := range map[string]bool{"datetime": false, "\x86R": true, "set": false, "_codecs\nencode\n": true, "Decimal": true, "never": true} {
		if strings.Contains(b.only(), class) != want {
			t.Errorf("%q is there: %t, in %q", class, !want, b.only())
		}
	}
}

// A struct reads a foreign value no more than a Field does.
func TestForeignValueInAStruct(t *testing.T) {
	for _, keepForeign := range []bool{false, true} {
		_, s := openPickle(t, foreignPickle, keepForeign)
		var v struct {
			A int  `json:"a"`
			F bool `json:"f"`
		}
		if err := s.GetStruct(&v); !errors.Is(err, saltine.ErrWrongType) || v.A != 0 {
			t.Errorf("GetStruct: %v, %v", v, err)
		}
	}
}

// A foreign value, and one that holds itself, keep the session from being saved until they go.
func TestForeignValue(t *testing.T) {
	for name, text := range map[string]string{"f": foreignPickle, "r": recursivePickle} {
		_, s := openPickle(t, text, false)
		if s.Get("a") != int64(1) || s.Get(name) != nil || !s.Has(name) {
			t.Errorf("%s: a is %v, %s is %v", name, s.Get("a"), name, s.Get(name))
		}
		_, err := saltine.Field[string](name).Get(s)
		if field, ok := errors.AsType[*saltine.FieldError](err); !ok || field.Name != name || !errors.Is(err, saltine.ErrWrongType) {
			t.Errorf("%s: Field.Get: %v", name, err)
		}
		if n, err := saltine.Field[int]("a").Get(s); n != 1 || err != nil {
			t.Errorf("%s: a is %d, %v", name, n, err)
		}
		s.Set("a", 2)
		if err := s.Save(); !errors.Is(err, saltine.ErrUnsupported) || !strings.Contains(err.Error(), `"`+name+`"`) {
			t.Errorf("%s: Save: %v", name, err)
		}
		s.Delete(name)
		if err := s.Save(); err != nil {
			t.Errorf("%s: Save without it: %v", name, err)
		}
	}
	_, s := openPickle(t, foreignPickle, false)
	s.Set("f", "mine")
	if err := s.Save(); err != nil {
		t.Errorf("set again: %v", err)
	}
	b, s := openPickle(t, foreignPickle, true)
	s.Set("a", 2)
	if err := s.Save(); err != nil || !strings.Contains(b.only(), "fractions\nFraction\n") {
		t.Errorf("kept: %v, %q", err, b.only())
	}
	if err := openKept(t).Save(); !errors.Is(err, saltine.ErrUnsupported) {
		t.Errorf("kept, in a store of JSON: %v", err)
	}
	_, s = openPickle(t, recursivePickle, true)
	s.Set("a", 2)
	if err := s.Save(); !errors.Is(err, saltine.ErrUnsupported) {
		t.Errorf("what holds itself is kept: %v", err)
	}
}

// openKept returns a session of JSON that has the values of a pickle.
func openKept(t *testing.T) *saltine.Session {
	t.Helper()
	_, from := openPickle(t, foreignPickle, true)
	store, err := saltine.NewCookieStore(testKeys, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := store.Open(t.Context(), "")
	s.Replace(from)
	return s
}

func TestParsePickleErrors(t *testing.T) {
	for _, tt := range []struct {
		name, reason, data string
		maxLen             int
		want               error
	}{
		{"nothing", "a dict has three bytes at least", "", 100, saltine.ErrMalformed},
		{"junk", "it is no pickle", "junk", 100, saltine.ErrMalformed},
		{"list", "a session is a dict", "\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00]\x94K\x01a.", 100, saltine.ErrMalformed},
		{"int", "Django's raw int", "42", 100, saltine.ErrMalformed},
		{"int key", "names are text", "\x80\x04\x95\x08\x00\x00\x00\x00\x00\x00\x00}\x94K\x01K\x02s.", 100, saltine.ErrMalformed},
		{"too long", "the limit is looked at first", "\x80\x02}.", 3, saltine.ErrTooLarge},
		{"bomb", "one value at many places", "\x80\x02}X\x01\x00\x00\x00a]q\x00(" + "X\x40\x00\x00\x00" + strings.Repeat("x", 64) + "q\x01" + strings.Repeat("h\x01", 100) + "es.", 400, saltine.ErrTooLarge},
	} {
		r := saltine.Record{}
		if err := r.ParseJSON([]byte(`{"kept":1}`)); err != nil {
			t.Fatal(err)
		}
		err := r.ParsePickle([]byte(tt.data), tt.maxLen, false)
		if !errors.Is(err, tt.want) || r.Get("kept") != int64(1) {
			t.Errorf("%s: %s: %v, kept is %v", tt.name, tt.reason, err, r.Get("kept"))
		}
	}
}
