package backends_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/engines"
	"github.com/seed-52756201/saltine/interop/stores/livedjango"
	"github.com/seed-52756201/saltine/sqlstore"
)

var sequences = flag.Int("sequences", 12, "random sequences of calls on Redis, for each engine; memcached, whose entries take long to list, gets a quarter")

// cacheWorlds are the engines with a cache that a Debian has.
var cacheWorlds = []struct {
	name   string
	store  livedjango.Store
	server *engines.Shared
}{
	{"cache on Redis", livedjango.Cache, redisServer},
	{"cache on memcached", livedjango.Cache, memcached},
	{"cached_db on SQLite and Redis", livedjango.CachedDB, redisServer},
	{"cached_db on SQLite and memcached", livedjango.CachedDB, memcached},
}

// world is a Django, and for the Go side the store beside it on the same servers.
type world struct {
	django *livedjango.Django
	store  *saltine.ServerStore
	prefix string // KEY_PREFIX
	clock  time.Time
	keys   []string // that the Go side draws; nil: random
}

func newWorld(t *testing.T, store livedjango.Store, server *engines.Server, prefix string) *world {
	t.Helper()
	w := &world{prefix: prefix}
	config := livedjango.Config{Store: store, Cache: livedjango.CacheOn(server)}
	config.Cache["KEY_PREFIX"] = prefix
	file := filepath.Join(t.TempDir(), "db.sqlite3")
	if store == livedjango.CachedDB {
		config.Database = livedjango.SQLite(file)
	}
	var err error
	w.django, err = livedjango.Start(config)
	engines.Require(t, err)
	t.Cleanup(func() { check(t, w.django.Stop()) })
	b := backendOn(t, server, cacheOptions{prefix: prefix, cachedDB: store == livedjango.CachedDB})
	if store == livedjango.CachedDB {
		b = cached(t, w.rows(t, file), b)
	}
	w.store, err = saltine.NewServerStore(b, &saltine.ServerStoreOptions{Now: w.now, NewKey: w.newKey})
	check(t, err)
	return w
}

func (w *world) rows(t *testing.T, file string) saltine.Backend {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(20000)&_pragma=synchronous(off)")
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	keys, err := saltine.NewKeyring(livedjango.SecretKey, nil)
	check(t, err)
	data, err := saltine.NewSessionData(keys, &saltine.Options{Now: w.now})
	check(t, err)
	b, err := sqlstore.New(db, sqlstore.SQLite, data, &sqlstore.Options{Now: w.now})
	check(t, err)
	return b
}

func (w *world) now() time.Time {
	if w.clock.IsZero() {
		return time.Now()
	}
	return w.clock
}

func (w *world) newKey() string {
	if w.keys == nil {
		return randomKey(rand.N[uint64])
	}
	key := w.keys[0]
	w.keys = w.keys[1:]
	return key
}

func randomKey(number func(uint64) uint64) string {
	return fmt.Sprintf("%016x%016x", number(1<<63), number(1<<63))
}

// Sign in on Django, change in Go, read in Django, and back.
func TestDjangoCaches(t *testing.T) {
	for _, tt := range cacheWorlds {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.store, tt.server.Need(t), "both")
			bothWays(t, w.store, w.django)

			d := openDjango(t, w.django, "types", "")
			call(t, d, "[]=", "n", 1)
			if tt.store == livedjango.Cache { // a row is JSON
				call(t, d, "[]=", "at", map[string]any{"$datetime": "2026-07-01T10:04:05"})
				call(t, d, "[]=", "t", map[string]any{"$tuple": []int{1, 2}})
				call(t, d, "[]=", "b", map[string]any{"$bytes": "00ff"})
				call(t, d, "[]=", "s", map[string]any{"$set": []int{1}})
			}
			call(t, d, "save")
			var key string
			check(t, json.Unmarshal([]byte(call(t, d, "session_key")), &key))
			s := w.store.Open(t.Context(), key)
			s.Set("n", 2)
			check(t, s.Save())
			again := openDjango(t, w.django, "types again", key)
			if got := call(t, again, "get", "n"); got != "2" {
				t.Errorf("Django reads n %s", got)
			}
			if tt.store == livedjango.Cache {
				for name, want := range map[string]string{
					"at": `{"$datetime": "2026-07-01T10:04:05"}`, "t": `{"$tuple": [1, 2]}`, "b": `{"$bytes": "00ff"}`, "s": `{"$set": [1]}`,
				} {
					if got := call(t, again, "get", name); got != want {
						t.Errorf("Django reads %s %s, want %s", name, got, want)
					}
				}
			}

			s = w.store.Open(t.Context(), "")
			s.SetExpiry(saltine.ExpireIdle(-5 * time.Second))
			check(t, s.Save())
			if got := call(t, openDjango(t, w.django, "e", s.Key()), "get", "_session_expiry"); got != "null" {
				t.Errorf("Django reads a session of Go that has ended: %s", got)
			}
		})
	}
}

// Random calls, made in a Django and here. After each the outcome, the session and the whole store are the same, as a second Django
// reads what is stored here.
func TestRandomCalls(t *testing.T) {
	for _, tt := range cacheWorlds {
		t.Run(tt.name, func(t *testing.T) {
			server := tt.server.Need(t)
			r := &random{t: t, cache: tt.store == livedjango.Cache}
			r.want, r.got = newWorld(t, tt.store, server, "django"), newWorld(t, tt.store, server, "go")
			clock := 1800000000.0
			r.got.clock = time.Unix(int64(clock), 0)
			r.want.django.SetClock(&clock)
			r.got.django.SetClock(&clock)
			calls, count := 0, *sequences
			if tt.server == memcached {
				count = (count + 3) / 4
			}
			for i := range count {
				calls += r.run(uint64(i))
				if t.Failed() {
					return
				}
			}
			t.Logf("%d sequences, %d calls", count, calls)
		})
	}
}

// random makes the calls of sequences.
type random struct {
	t         *testing.T
	cache     bool // not cached_db
	want, got *world
	rand      *rand.Rand
	sessions  map[string]*saltine.Session
	known     []string // keys that were drawn, and one that was not
	trace     []string
}

func (r *random) run(seed uint64) (calls int) {
	r.rand = rand.New(rand.NewPCG(seed, 1))
	check(r.t, r.want.django.Reset())
	check(r.t, r.got.django.Reset())
	r.sessions, r.trace, r.known = map[string]*saltine.Session{}, nil, []string{randomKey(r.rand.Uint64N)}
	keys := make([]string, 60)
	for i := range keys {
		keys[i] = randomKey(r.rand.Uint64N)
	}
	r.want.django.SetKeys(keys)
	r.got.keys = keys
	calls = 10 + r.rand.IntN(15)
	for range calls {
		r.step()
		if r.t.Failed() {
			r.t.Logf("seed %d: %s", seed, strings.Join(r.trace, "; "))
			return calls
		}
	}
	return calls
}

func (r *random) pick(from []string) string { return from[r.rand.IntN(len(from))] }

// outcome is what came of a call.
type outcome struct {
	Returned any
	Raised   string
	State    any
}

// step makes a call on both sides.
func (r *random) step() {
	name := r.pick([]string{"s", "t"})
	if r.sessions[name] == nil || r.rand.IntN(8) == 0 {
		key := r.pick(append([]string{""}, r.known...))
		r.trace = append(r.trace, "open "+name)
		r.sessions[name] = r.got.store.Open(r.t.Context(), key)
		_, err := r.want.django.Session(name).Open(key)
		check(r.t, err)
		return
	}
	verb := r.pick(strings.Fields("set set set get get pop clear save save save save_must_create create delete delete_key flush cycle_key exists" +
		" set_expiry get_expiry_age evict"))
	if verb == "save" && r.cache && !r.sessions[name].Accessed() {
		verb = "get" // an unknown key that is saved at once: Django's engine cache alone does not look it up
	}
	r.trace = append(r.trace, verb+" "+name)
	r.call(name, verb)
}

func (r *random) call(name, verb string) {
	s, d := r.sessions[name], r.want.django.Session(name)
	item, key := r.pick([]string{"a", "b", "c"}), r.pick(r.known)
	var returned any
	var err error
	var args []any
	var keywords map[string]any
	method := verb
	switch verb {
	case "set":
		value := r.value()
		s.Set(item, value)
		method, args = "[]=", []any{item, livedjango.Plain(value)}
	case "get":
		returned, args = s.Get(item), []any{item}
	case "pop":
		returned, _ = s.Pop(item)
		args = []any{item, nil}
	case "clear":
		s.Clear()
	case "save":
		err = s.Save()
	case "save_must_create":
		err = r.got.store.SaveNew(s)
		method, keywords = "save", map[string]any{"must_create": true}
	case "create":
		err = s.Create()
	case "delete":
		err = s.Destroy()
	case "delete_key":
		err = r.got.store.Delete(r.t.Context(), key)
		method, args = "delete", []any{key}
	case "flush":
		err = s.Flush()
	case "cycle_key":
		err = s.CycleKey()
	case "exists":
		returned, err = r.got.store.Exists(r.t.Context(), key)
		args = []any{key}
	case "set_expiry":
		seconds := []int{0, 60, 3600, 86400, -5}[r.rand.IntN(5)]
		s.SetExpiry(saltine.ExpireIdle(time.Duration(seconds) * time.Second))
		args = []any{seconds}
	case "get_expiry_age":
		var age time.Duration
		age, err = s.ExpiryAge()
		returned = int64(age / time.Second)
	case "evict":
		check(r.t, r.want.django.DeleteCache(key))
		check(r.t, r.got.django.DeleteCache(key))
		return
	}
	o, djangoErr := d.CallKeywords(method, keywords, args...)
	check(r.t, djangoErr)
	r.known = append(r.known, o.Issued...)
	want := outcome{State: stateOf(r.t, &o.State)}
	if o.Raised != nil {
		want.Raised = o.Raised.Class
	} else {
		check(r.t, json.Unmarshal(o.Returned, &want.Returned))
	}
	got := outcome{Returned: throughJSON(r.t, returned), Raised: raised(err), State: stateHere(r.t, s, o.State.Loaded)}
	if want.Raised != "" {
		got.Returned = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("%s (-Django +Go):\n%s", verb, diff)
	}
	if diff := cmp.Diff(r.want.contents(r.t), r.got.contents(r.t), cmp.Comparer(sameTTL)); diff != "" {
		r.t.Errorf("after %s the stores differ (-Django +Go):\n%s", verb, diff)
	}
}

func (r *random) value() any {
	return []any{
		nil, true, int64(r.rand.IntN(100000)), -7, 0.25, "text é\x00", []any{1, "x", nil}, map[string]any{"k": []any{}}, strings.Repeat("long ", 500), "",
	}[r.rand.IntN(10)]
}

func raised(err error) string {
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

func throughJSON(t *testing.T, value any) (plain any) {
	t.Helper()
	text, err := json.Marshal(value)
	check(t, err)
	check(t, json.Unmarshal(text, &plain))
	return plain
}

type state struct {
	Key                         string
	Accessed, Modified, IsEmpty bool
	Data                        any
}

func stateOf(t *testing.T, s *livedjango.State) state {
	t.Helper()
	found := state{Accessed: s.Accessed, Modified: s.Modified, IsEmpty: s.IsEmpty}
	if s.Key != nil {
		found.Key = *s.Key
	}
	if s.Loaded {
		check(t, json.Unmarshal(s.Data, &found.Data))
	}
	return found
}

// stateHere looks at a session, and at its data if Django has read them, without a trace.
func stateHere(t *testing.T, s *saltine.Session, loaded bool) state {
	t.Helper()
	found := state{Key: s.Key(), Accessed: s.Accessed(), Modified: s.Modified(), IsEmpty: s.IsEmpty()}
	if loaded {
		found.Data = throughJSON(t, maps.Collect(s.Items()))
		s.SetAccessed(found.Accessed)
		s.SetModified(found.Modified)
	}
	return found
}

// ttl is in seconds of a clock that runs on.
type ttl int

func sameTTL(a, b ttl) bool { return a-b <= 10 && b-a <= 10 }

type entry struct {
	Data  any
	TTL   ttl
	Flags int
}

type stored struct {
	Rows  map[string][2]any
	Cache map[string]entry
}

// contents returns what a Django reads in its world.
func (w *world) contents(t *testing.T) stored {
	t.Helper()
	dump, err := w.django.Dump()
	check(t, err)
	found := stored{map[string][2]any{}, map[string]entry{}}
	for _, row := range dump.Rows {
		var data any
		check(t, json.Unmarshal(row.Data, &data))
		found.Rows[row.SessionKey] = [2]any{data, row.ExpireDate}
	}
	for name, e := range dump.Cache {
		name, mine := strings.CutPrefix(name, w.prefix+":")
		if !mine {
			continue
		}
		cached := entry{TTL: ttl(e.TTL)}
		check(t, json.Unmarshal(e.Data, &cached.Data))
		if e.Flags != nil {
			cached.Flags = *e.Flags
		}
		found.Cache[name] = cached
	}
	return found
}
