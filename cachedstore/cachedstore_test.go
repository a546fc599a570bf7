package cachedstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/backendtest"
	"github.com/seed-52756201/saltine/cachedstore"
	"github.com/seed-52756201/saltine/internal/djangocache"
	"github.com/seed-52756201/saltine/memorystore"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func memory(t testing.TB, opts *memorystore.Options) *memorystore.Backend {
	t.Helper()
	b, err := memorystore.New(opts)
	check(t, err)
	return b
}

func TestBackend(t *testing.T) {
	backendtest.Run(t, func() saltine.Backend {
		b, err := cachedstore.New(memory(t, nil), memory(t, nil), nil)
		check(t, err)
		return b
	})
}

// errDead is what a server says that is not there.
var errDead = errors.New("connection refused")

// flaky is a Backend whose calls fail, or do something first.
type flaky struct {
	saltine.Backend
	fail   map[string]error // by method
	before map[string]func()
	calls  []string
}

func (f *flaky) call(name string) error {
	f.calls = append(f.calls, name)
	if do := f.before[name]; do != nil {
		delete(f.before, name)
		do()
	}
	if err := f.fail["*"]; err != nil {
		return err
	}
	return f.fail[name]
}

func (f *flaky) Load(ctx context.Context, key string) (saltine.Record, error) {
	if err := f.call("Load"); err != nil {
		return saltine.Record{}, err
	}
	return f.Backend.Load(ctx, key)
}

func (f *flaky) Create(ctx context.Context, key string, r saltine.Record) error {
	if err := f.call("Create"); err != nil {
		return err
	}
	return f.Backend.Create(ctx, key, r)
}

func (f *flaky) Update(ctx context.Context, key string, r saltine.Record) error {
	if err := f.call("Update"); err != nil {
		return err
	}
	return f.Backend.Update(ctx, key, r)
}

func (f *flaky) Delete(ctx context.Context, key string) error {
	if err := f.call("Delete"); err != nil {
		return err
	}
	return f.Backend.Delete(ctx, key)
}

func (f *flaky) Exists(ctx context.Context, key string) (bool, error) {
	if err := f.call("Exists"); err != nil {
		return false, err
	}
	return f.Backend.Exists(ctx, key)
}

func (f *flaky) ClearExpired(ctx context.Context) error {
	if err := f.call("ClearExpired"); err != nil {
		return err
	}
	return f.Backend.ClearExpired(ctx)
}

// both are two flaky Backends, the store over them, and what was reported.
type both struct {
	t           *testing.T
	rows, cache *flaky
	backend     *cachedstore.Backend
	reported    []string
}

const key = "0123456789abcdefghijklmnopqrstuv"

func newBoth(t *testing.T) *both {
	t.Helper()
	b := &both{t: t}
	b.rows = &flaky{Backend: memory(t, nil), fail: map[string]error{}, before: map[string]func(){}}
	b.cache = &flaky{Backend: memory(t, nil), fail: map[string]error{}, before: map[string]func(){}}
	backend, err := cachedstore.New(b.rows, b.cache, &cachedstore.Options{
		OnCacheError: func(_ context.Context, err error) { b.reported = append(b.reported, err.Error()) },
	})
	check(t, err)
	b.backend = backend
	return b
}

func record(t testing.TB, text string, age time.Duration) saltine.Record {
	t.Helper()
	r := saltine.Record{Age: age, Expires: time.Now().Add(age)}
	check(t, r.ParseJSON([]byte(text)))
	return r
}

// in returns the JSON that a Backend has under the key, without its failures.
func in(t testing.TB, f *flaky) string {
	t.Helper()
	r, err := f.Backend.Load(context.Background(), key)
	if errors.Is(err, saltine.ErrNoSession) {
		return "nothing"
	}
	check(t, err)
	text, err := r.AppendJSON(nil)
	check(t, err)
	return string(text)
}

func (b *both) mustHold(rows, cache string) {
	b.t.Helper()
	if got := in(b.t, b.rows); got != rows {
		b.t.Errorf("the rows have %s, want %s", got, rows)
	}
	if got := in(b.t, b.cache); got != cache {
		b.t.Errorf("the cache has %s, want %s", got, cache)
	}
}

func (b *both) mustReport(want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.reported); diff != "" {
		b.t.Errorf("reported (-want +got):\n%s", diff)
	}
}

// A cache that is down costs no read. A save and a delete return its error, for the entry
// would answer again.
func TestDeadCache(t *testing.T) {
	b, ctx := newBoth(t), t.Context()
	check(t, b.backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
	b.mustHold(`{"a":1}`, `{"a":1}`)
	b.cache.fail["*"] = errDead
	b.cache.calls = nil

	r, err := b.backend.Load(ctx, key)
	check(t, err)
	if r.Get("a") != int64(1) {
		t.Errorf("a is %v", r.Get("a"))
	}
	if diff := cmp.Diff([]string{"Load"}, b.cache.calls); diff != "" {
		t.Errorf("a cache that fails is asked once (-want +got):\n%s", diff)
	}
	if err := b.backend.Update(ctx, key, record(t, `{"a":2}`, time.Hour)); !errors.Is(err, errDead) {
		t.Errorf("Update that the cache did not hear of: %v", err)
	}
	exists, err := b.backend.Exists(ctx, key)
	check(t, err)
	if !exists {
		t.Error("the row does not exist")
	}
	check(t, b.backend.ClearExpired(ctx))
	b.mustHold(`{"a":2}`, `{"a":1}`)
	dead := ": " + errDead.Error()
	b.mustReport("cachedstore: load"+dead, "cachedstore: exists"+dead, "cachedstore: clear expired"+dead)
	if err := b.backend.Delete(ctx, key); !errors.Is(err, errDead) || errors.Is(err, saltine.ErrNoSession) {
		t.Errorf("Delete that the cache did not hear of: %v", err)
	}
	b.mustHold("nothing", `{"a":1}`)
	if err := b.backend.Create(ctx, key, record(t, `{"a":3}`, time.Hour)); !errors.Is(err, errDead) {
		t.Errorf("Create beside an older entry that the cache does not drop: %v", err)
	}
	b.mustHold(`{"a":3}`, `{"a":1}`)
}

// What is taken from a session while the cache is down does not come back unheard of.
func TestSaveWhileDown(t *testing.T) {
	b := newBoth(t)
	store, err := saltine.NewServerStore(b.backend, nil)
	check(t, err)
	check(t, b.backend.Create(t.Context(), key, record(t, `{"admin":true}`, time.Hour)))
	demote := func() error {
		s := store.Open(t.Context(), key)
		s.Delete("admin")
		return s.Save()
	}
	b.cache.fail["*"] = errDead
	if err := demote(); !errors.Is(err, saltine.ErrUnavailable) || !errors.Is(err, errDead) {
		t.Errorf("Save: %v", err)
	}
	if s := store.Open(t.Context(), key); s.Has("admin") || s.Err() != nil {
		t.Errorf("the row is not read: %v", s.Err())
	}
	delete(b.cache.fail, "*") // the program tries again
	b.cache.fail["Update"] = errDead
	check(t, demote())
	b.mustHold(`{}`, "nothing")
	b.mustReport("cachedstore: load: "+errDead.Error(), "cachedstore: load: "+errDead.Error(), "cachedstore: save: "+errDead.Error())
}

func TestDeadRows(t *testing.T) {
	b, ctx := newBoth(t), t.Context()
	check(t, b.backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
	b.rows.fail["*"] = errDead
	_, err := b.backend.Load(ctx, key)
	check(t, err) // the cache is believed
	other := strings.Repeat("k", 32)
	_, err = b.backend.Load(ctx, other)
	for method, err := range map[string]error{
		"Load": err, "Create": b.backend.Create(ctx, other, record(t, `{}`, time.Hour)), "Update": b.backend.Update(ctx, key, record(t, `{}`, time.Hour)),
		"Delete": b.backend.Delete(ctx, key), "ClearExpired": b.backend.ClearExpired(ctx),
	} {
		if !errors.Is(err, errDead) {
			t.Errorf("%s: %v", method, err)
		}
	}
	if got := in(t, b.cache); got != `{"a":1}` {
		t.Errorf("the cache has %s: nothing was saved", got)
	}
	b.mustReport()
}

// What does not fit into the cache stands in the row alone, and nothing older in the cache.
func TestOversize(t *testing.T) {
	b, ctx := newBoth(t), t.Context()
	b.cache.Backend = memory(t, &memorystore.Options{MaxPayloadLen: 100})
	check(t, b.backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
	large := `{"a":"` + strings.Repeat("x", 200) + `"}`
	check(t, b.backend.Update(ctx, key, record(t, large, time.Hour)))
	b.mustHold(large, "nothing")
	for range 2 {
		r, err := b.backend.Load(ctx, key)
		check(t, err)
		if r.Get("a") != strings.Repeat("x", 200) {
			t.Error("it is not read from its row")
		}
	}
	if len(b.reported) != 3 { // the save and two reads
		t.Errorf("reported: %q", b.reported)
	}
	check(t, b.backend.Update(ctx, key, record(t, `{"a":3}`, time.Hour)))
	b.mustHold(`{"a":3}`, `{"a":3}`)
}

// A session that is deleted while somebody reads or saves it does not come back.
func TestDeletedMeanwhile(t *testing.T) {
	ctx := t.Context()
	t.Run("read", func(t *testing.T) {
		b := newBoth(t)
		check(t, b.rows.Backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
		b.cache.before["Create"] = func() { check(t, b.backend.Delete(ctx, key)) }
		if _, err := b.backend.Load(ctx, key); !errors.Is(err, saltine.ErrNoSession) {
			t.Errorf("Load: %v", err)
		}
		b.mustHold("nothing", "nothing")
	})
	t.Run("save", func(t *testing.T) {
		b := newBoth(t)
		check(t, b.backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
		b.cache.before["Update"] = func() { check(t, b.backend.Delete(ctx, key)) }
		check(t, b.backend.Update(ctx, key, record(t, `{"a":2}`, time.Hour)))
		b.mustHold("nothing", "nothing")
	})
	t.Run("create", func(t *testing.T) {
		b := newBoth(t)
		b.cache.before["Create"] = func() { check(t, b.backend.Delete(ctx, key)) }
		check(t, b.backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
		b.mustHold("nothing", "nothing")
	})
	t.Run("rows cannot say", func(t *testing.T) {
		b := newBoth(t)
		check(t, b.rows.Backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
		b.rows.fail["Exists"] = errDead
		_, err := b.backend.Load(ctx, key)
		check(t, err)
		b.mustHold(`{"a":1}`, "nothing")
		b.mustReport("cachedstore: fill after a read: " + errDead.Error())
	})
}

// Of a read and a save at the same time the cache ends with what was saved.
func TestSavedMeanwhile(t *testing.T) {
	ctx := t.Context()
	t.Run("before the read fills the cache", func(t *testing.T) {
		b := newBoth(t)
		check(t, b.rows.Backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
		b.cache.before["Create"] = func() { check(t, b.backend.Update(ctx, key, record(t, `{"a":2}`, time.Hour))) }
		_, err := b.backend.Load(ctx, key)
		check(t, err)
		b.mustHold(`{"a":2}`, `{"a":2}`)
	})
	t.Run("after it", func(t *testing.T) {
		b := newBoth(t)
		check(t, b.rows.Backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
		b.cache.before["Create"] = func() { check(t, b.cache.Backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour))) }
		check(t, b.backend.Update(ctx, key, record(t, `{"a":2}`, time.Hour)))
		b.mustHold(`{"a":2}`, `{"a":2}`)
	})
	b := newBoth(t)
	check(t, b.cache.Backend.Create(ctx, key, record(t, `{"old":1}`, time.Hour))) // an entry without a row
	check(t, b.backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
	b.mustHold(`{"a":1}`, `{"a":1}`)
	b.mustReport()
}

// An entry that cannot be read is reported, and goes: the next read brings that of its row.
func TestUnreadableEntry(t *testing.T) {
	for _, kind := range []error{saltine.ErrMalformed, saltine.ErrTooLarge} {
		b, ctx := newBoth(t), t.Context()
		check(t, b.backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
		check(t, b.cache.Backend.Update(ctx, key, record(t, `{"junk":1}`, time.Hour)))
		b.cache.fail["Load"] = djangocache.Unreadable(kind)
		r, err := b.backend.Load(ctx, key)
		check(t, err)
		if r.Get("a") != int64(1) {
			t.Errorf("a is %v", r.Get("a"))
		}
		b.mustHold(`{"a":1}`, "nothing")
		b.mustReport("cachedstore: load: " + djangocache.Unreadable(kind).Error())
		delete(b.cache.fail, "Load")
		_, err = b.backend.Load(ctx, key)
		check(t, err)
		b.mustHold(`{"a":1}`, `{"a":1}`)

		b.cache.fail["Load"] = djangocache.Unreadable(kind) // and meanwhile somebody saves
		b.cache.before["Create"] = func() { check(t, b.backend.Update(ctx, key, record(t, `{"a":2}`, time.Hour))) }
		_, err = b.backend.Load(ctx, key)
		check(t, err)
		if got := in(t, b.cache); got == `{"a":1}` {
			t.Errorf("the cache has %s, which is older than the row", got)
		}
	}
	b, ctx := newBoth(t), t.Context()
	check(t, b.backend.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
	b.rows.fail["Load"] = saltine.ErrBadSignature
	check(t, b.cache.Backend.Delete(ctx, key))
	if _, err := b.backend.Load(ctx, key); !errors.Is(err, saltine.ErrBadSignature) {
		t.Errorf("a row that cannot be read: %v", err)
	}
	if got := in(t, b.cache); got != "nothing" {
		t.Errorf("the cache has %s for a row that cannot be read", got)
	}
}

// The copy ends with the row, in whole seconds as in Django.
func TestRefillEnds(t *testing.T) {
	b, ctx := newBoth(t), t.Context()
	ages := &ages{Backend: b.cache.Backend}
	b.cache.Backend = ages
	check(t, b.rows.Backend.Create(ctx, key, record(t, `{"a":1}`, 90*time.Minute+900*time.Millisecond)))
	_, err := b.backend.Load(ctx, key)
	check(t, err)
	if len(ages.created) != 1 || ages.created[0] != 90*time.Minute {
		t.Errorf("the copy is good for %v, want 90 minutes", ages.created)
	}
	check(t, b.backend.Delete(ctx, key))
	check(t, b.rows.Backend.Create(ctx, key, record(t, `{"a":1}`, 900*time.Millisecond)))
	_, err = b.backend.Load(ctx, key)
	check(t, err)
	if len(ages.created) != 1 {
		t.Errorf("a row of less than a second has a copy for %v", ages.created[1:])
	}
}

// A Backend may say when the session ends, and not how long it is good.
func TestRefillWithoutAge(t *testing.T) {
	b, ctx := newBoth(t), t.Context()
	ages := &ages{Backend: b.cache.Backend}
	b.cache.Backend, b.rows.Backend = ages, ageless{b.rows.Backend}
	check(t, b.rows.Create(ctx, key, record(t, `{"a":1}`, 90*time.Minute)))
	_, err := b.backend.Load(ctx, key)
	check(t, err)
	b.mustHold(`{"a":1}`, `{"a":1}`)
	if len(ages.created) != 1 || ages.created[0] > 90*time.Minute || ages.created[0] < 89*time.Minute {
		t.Errorf("the copy is good for %v, want 90 minutes", ages.created)
	}
}

type ageless struct{ saltine.Backend }

func (a ageless) Load(ctx context.Context, key string) (saltine.Record, error) {
	r, err := a.Backend.Load(ctx, key)
	r.Age = 0
	return r, err
}

type ages struct {
	saltine.Backend
	created []time.Duration
}

func (a *ages) Create(ctx context.Context, key string, r saltine.Record) error {
	a.created = append(a.created, r.Age)
	return a.Backend.Create(ctx, key, r)
}

// A request that ends just after its row was changed leaves nothing older in the cache.
func TestRequestEndsMeanwhile(t *testing.T) {
	for _, tt := range []struct {
		method      string
		call        func(context.Context, *cachedstore.Backend) error
		rows, cache string
	}{
		{"Update", func(ctx context.Context, b *cachedstore.Backend) error {
			return b.Update(ctx, key, record(t, `{"a":2}`, time.Hour))
		}, `{"a":2}`, `{"a":2}`},
		{"Delete", func(ctx context.Context, b *cachedstore.Backend) error { return b.Delete(ctx, key) }, "nothing", "nothing"},
	} {
		b := newBoth(t)
		check(t, b.backend.Create(t.Context(), key, record(t, `{"a":1}`, time.Hour)))
		ctx, cancel := context.WithCancel(t.Context())
		b.cache.before[tt.method] = cancel
		check(t, tt.call(ctx, b.backend))
		b.mustHold(tt.rows, tt.cache)
		b.mustReport()
	}
}

// A request that has ended says nothing about the cache.
func TestCanceledIsNotReported(t *testing.T) {
	for _, method := range []string{"before", "Load", "Create", "Exists", "ClearExpired"} {
		b := newBoth(t)
		check(t, b.rows.Create(t.Context(), key, record(t, `{"a":1}`, time.Hour)))
		ctx, cancel := context.WithCancel(t.Context())
		b.cache.before[method] = cancel
		if method == "before" {
			cancel()
		}
		_, load := b.backend.Load(ctx, key)
		_, exists := b.backend.Exists(ctx, key)
		clearing := b.backend.ClearExpired(ctx)
		cancel()
		if method == "before" && (!errors.Is(load, context.Canceled) || !errors.Is(exists, context.Canceled) || !errors.Is(clearing, context.Canceled)) {
			t.Errorf("Load: %v, Exists: %v, ClearExpired: %v", load, exists, clearing)
		}
		b.mustReport()
	}
}

// A deadline that has passed says nothing either, but a cache that lets it pass is told of.
func TestDeadlines(t *testing.T) {
	b := newBoth(t)
	late, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	b.backend.Load(late, key)   //nolint:errcheck // what it returns does not matter
	b.backend.Exists(late, key) //nolint:errcheck // likewise
	b.mustReport()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	b.cache.before["Load"] = func() { <-ctx.Done() }
	if _, err := b.backend.Load(ctx, key); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Load: %v", err)
	}
	b.mustReport("cachedstore: load: " + context.DeadlineExceeded.Error())
}

// No empty session is saved over one that could not be read.
func TestNothingEmptyIsSaved(t *testing.T) {
	b := newBoth(t)
	store, err := saltine.NewServerStore(b.backend, nil)
	check(t, err)
	check(t, b.backend.Create(t.Context(), key, record(t, `{"user":"ann"}`, time.Hour)))
	b.cache.fail["*"], b.rows.fail["Load"] = errDead, errDead
	s := store.Open(t.Context(), key)
	s.Set("n", 1)
	if err := s.Save(); !errors.Is(err, saltine.ErrUnavailable) {
		t.Errorf("Save: %v", err)
	}
	b.mustHold(`{"user":"ann"}`, `{"user":"ann"}`)
	b.rows.fail["Load"] = nil // the cache dies between load and save
	b.cache.fail["*"] = nil
	s = store.Open(t.Context(), key)
	s.Set("n", 1)
	b.cache.fail["*"] = errDead
	if err := s.Save(); !errors.Is(err, saltine.ErrUnavailable) {
		t.Errorf("a save that the cache did not hear of: %v", err)
	}
	if got := in(t, b.rows); got != `{"user":"ann","n":1}` {
		t.Errorf("the row has %s", got)
	}
	if err := s.Flush(); !errors.Is(err, saltine.ErrUnavailable) {
		t.Errorf("a logout that the cache did not hear of: %v", err)
	}
}

func TestNew(t *testing.T) {
	some := memory(t, nil)
	for name, err := range map[string]error{
		"no rows": second(cachedstore.New(nil, some, nil)), "no cache": second(cachedstore.New(some, nil, nil)),
		"keys of the engine cache": second(cachedstore.New(some, prefixed{some, djangocache.CachePrefix}, nil)),
	} {
		if !errors.Is(err, saltine.ErrInvalidOption) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b, err := cachedstore.New(some, prefixed{some, djangocache.CachedDBPrefix}, nil)
	check(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%s"} {
		if got := fmt.Sprintf(verb, b); got != "cachedstore.Backend([redacted])" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func second[T any](_ T, err error) error { return err }

type prefixed struct {
	saltine.Backend
	prefix string
}

func (p prefixed) SessionPrefix() string { return p.prefix }

// Reads, saves and deletes of one session, all at once: when they are over, the cache has
// nothing or what the row has.
func TestTogether(t *testing.T) {
	rows, cache, ctx := memory(t, nil), memory(t, nil), t.Context()
	b, err := cachedstore.New(rows, cache, nil)
	check(t, err)
	for range 2000 {
		check(t, b.Create(ctx, key, record(t, `{"a":1}`, time.Hour)))
		check(t, cache.Delete(ctx, key))
		var wg sync.WaitGroup
		wg.Go(func() { b.Load(ctx, key) })                                    //nolint:errcheck // what it finds does not matter
		wg.Go(func() { b.Load(ctx, key) })                                    //nolint:errcheck // likewise
		wg.Go(func() { b.Update(ctx, key, record(t, `{"a":2}`, time.Hour)) }) //nolint:errcheck // likewise
		wg.Go(func() { cache.Delete(ctx, key) })                              //nolint:errcheck // the entry is evicted
		wg.Go(func() { b.Delete(ctx, key) })                                  //nolint:errcheck // it must go
		wg.Wait()
		if _, err := b.Load(ctx, key); !errors.Is(err, saltine.ErrNoSession) {
			t.Fatalf("a deleted session came back: %v", err)
		}
	}
}
