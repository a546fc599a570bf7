package memcachestore_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/backendtest"
	"github.com/seed-52756201/saltine/memcachestore"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	session = "0123456789abcdefghijklmnopqrstuv"
	full    = ":1:django.contrib.sessions.cache" + session
)

// fake is a memcached in memory, which fails when it is told to.
type fake struct {
	mu    sync.Mutex
	items map[string]memcache.Item
	fail  error
}

func newFake() *fake { return &fake{items: map[string]memcache.Item{}} }

func (f *fake) Get(key string) (*memcache.Item, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	item, ok := f.items[key]
	if f.fail == nil && !ok {
		return nil, memcache.ErrCacheMiss
	}
	return &item, f.fail
}

func (f *fake) set(item *memcache.Item, there bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return f.fail
	}
	if _, ok := f.items[item.Key]; ok != there {
		return memcache.ErrNotStored
	}
	if f.items[item.Key] = *item; item.Expiration < 0 {
		delete(f.items, item.Key)
	}
	return nil
}

func (f *fake) Add(item *memcache.Item) error     { return f.set(item, false) }
func (f *fake) Replace(item *memcache.Item) error { return f.set(item, true) }

func (f *fake) Delete(key string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.items[key]; f.fail == nil && !ok {
		return memcache.ErrCacheMiss
	}
	delete(f.items, key)
	return f.fail
}

func newBackend(t testing.TB, client memcachestore.Client, opts *memcachestore.Options) *memcachestore.Backend {
	t.Helper()
	b, err := memcachestore.New(client, opts)
	check(t, err)
	return b
}

func record(t testing.TB, text string, age time.Duration) saltine.Record {
	t.Helper()
	r := saltine.Record{Age: age}
	check(t, r.ParseJSON([]byte(text)))
	return r
}

func TestBackend(t *testing.T) {
	f := newFake()
	backendtest.Run(t, func() saltine.Backend { return newBackend(t, f, nil) })
}

func TestExpiration(t *testing.T) {
	const now, days = 1800000000, 24 * time.Hour
	f := newFake()
	clock := int64(now)
	b := newBackend(t, f, &memcachestore.Options{Now: func() time.Time { return time.Unix(clock, 0) }})
	for _, tt := range []struct {
		name, reason string
		now          int64
		age          time.Duration
		want         int32
	}{
		{"two weeks", "Django's default", now, 1209600 * time.Second, 1209600},
		{"30 days", "memcached counts them", now, 30 * days, 2592000},
		{"a second more", "it is a date for memcached", now, 30*days + time.Second, now + 2592001},
		{"half a second", "0 would be for ever", now, 500 * time.Millisecond, 1},
		{"a second and a half", "it is not cut short", now, 1500 * time.Millisecond, 2},
		{"for ever", "no number of the client is larger", now, math.MaxInt64, math.MaxInt32},
		{"a year in 2037", "30 days are less than what is left", math.MaxInt32 - 2592001, 365 * days, math.MaxInt32},
		{"a year, 30 days before the last date", "30 days are as much", math.MaxInt32 - 2592000, 365 * days, 2592000},
		{"31 days after the last date", "a date would be over at once", math.MaxInt32 + 1, 31 * days, 2592000},
		{"two weeks after the last date", "no date is needed", math.MaxInt32 + 1, 1209600 * time.Second, 1209600},
	} {
		clock = tt.now
		check(t, b.Create(t.Context(), session, record(t, `{"a":1}`, tt.age)))
		if item := f.items[full]; item.Expiration != tt.want || item.Flags != 1 {
			t.Errorf("%s: %s: %d with the flags %d, want %d", tt.name, tt.reason, item.Expiration, item.Flags, tt.want)
		}
		check(t, b.Delete(t.Context(), session))
	}
	for _, age := range []time.Duration{0, -1, -time.Hour} {
		check(t, b.Create(t.Context(), session, record(t, `{"a":1}`, age)))
		if len(f.items) > 0 {
			t.Errorf("%v: a session that has ended is kept", age)
		}
	}
}

// What is no session is none, of a kind that says so, and stays.
func TestJunk(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		flags       uint32
		want        error
	}{
		{"junk", "junk", 1, saltine.ErrMalformed},
		{"nothing", "", 1, saltine.ErrMalformed},
		{"list", "\x80\x02].", 1, saltine.ErrMalformed},
		{"too long", strings.Repeat("x", 1<<20+1), 1, saltine.ErrTooLarge},
		{"a bytes of pymemcache", "\x80\x02}.", 0, saltine.ErrMalformed},
		{"an int of pymemcache", "42", 2, saltine.ErrMalformed},
		{"a str of pymemcache", "text", 16, saltine.ErrMalformed},
	} {
		f := newFake()
		f.items[full] = memcache.Item{Key: full, Value: []byte(tt.value), Flags: tt.flags}
		b := newBackend(t, f, nil)
		if _, err := b.Load(t.Context(), session); !errors.Is(err, tt.want) || !errors.Is(err, saltine.ErrNoSession) {
			t.Errorf("%s: %v, want %v and no session", tt.name, err, tt.want)
		}
		store, err := saltine.NewServerStore(b, nil)
		check(t, err)
		s := store.Open(t.Context(), session)
		s.Set("a", 1)
		check(t, s.Save())
		if string(f.items[full].Value) != tt.value || s.Key() == session {
			t.Errorf("%s: it was written over", tt.name)
		}
	}
}

// Foreign values go out as they came, if that was asked for.
func TestKeepForeign(t *testing.T) {
	const pickled = "\x80\x02}(X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00fcfractions\nFraction\nK\x01K\x02\x86Ru."
	for keep, want := range map[bool]error{false: saltine.ErrUnsupported, true: nil} {
		f := newFake()
		f.items[full] = memcache.Item{Key: full, Value: []byte(pickled), Flags: 1}
		b := newBackend(t, f, &memcachestore.Options{KeepForeign: keep})
		r, err := b.Load(t.Context(), session)
		check(t, err)
		r.Age = time.Hour
		if err := b.Update(t.Context(), session, r); !errors.Is(err, want) {
			t.Errorf("keep %t: Update: %v", keep, err)
		}
		if got := string(f.items[full].Value); got != pickled {
			t.Errorf("keep %t: %q", keep, got)
		}
	}
}

// No error holds a key, though the client's can; each is one for the store.
func TestFailures(t *testing.T) {
	network := &net.OpError{Op: "dial", Net: "unix", Err: errors.New("connection refused")}
	for _, fail := range []error{
		network, io.EOF, memcache.ErrServerError, memcache.ErrNoServers, &memcache.ConnectTimeoutError{Addr: &net.UnixAddr{Name: "socket"}},
		fmt.Errorf("memcache: unexpected line in get response: %q", "VALUE "+full+" 1 x"),
	} {
		f := newFake()
		b := newBackend(t, f, nil)
		check(t, b.Create(t.Context(), session, record(t, `{"user":"ann"}`, time.Hour)))
		store, err := saltine.NewServerStore(b, nil)
		check(t, err)
		s := store.Open(t.Context(), session)
		s.Set("n", 1)
		f.fail = fail
		unread := store.Open(t.Context(), session)
		unread.Set("n", 2)
		_, exists := store.Exists(t.Context(), session)
		for method, err := range map[string]error{
			"Save": s.Save(), "Err": unread.Err(), "Save, unread": unread.Save(), "Exists": exists, "Delete": store.Delete(t.Context(), session), "Flush": s.Flush(),
		} {
			if !errors.Is(err, saltine.ErrUnavailable) || strings.Contains(err.Error(), session) {
				t.Errorf("%v: %s: %v", fail, method, err)
			}
		}
		f.fail = nil
		if err := unread.Save(); !errors.Is(err, saltine.ErrUnavailable) {
			t.Errorf("%v: Save of what could not be read: %v", fail, err)
		}
	}
}

func TestOversize(t *testing.T) {
	f := newFake()
	b := newBackend(t, f, nil)
	check(t, b.Create(t.Context(), session, record(t, `{"a":1}`, time.Hour)))
	err := b.Update(t.Context(), session, record(t, `{"a":"`+strings.Repeat("x", 1<<20)+`"}`, time.Hour))
	if size, ok := errors.AsType[*saltine.SizeError](err); !ok || size.Limit != 1<<20 {
		t.Errorf("beyond MaxLen: %v", err)
	}
	f.fail = errors.New(`memcache: unexpected response line from "replace": "SERVER_ERROR object too large for cache\r\n"`)
	err = b.Update(t.Context(), session, record(t, `{"a":2}`, time.Hour))
	if size, ok := errors.AsType[*saltine.SizeError](err); !ok || size.Size <= size.Limit || !strings.Contains(err.Error(), "does not say its limit") {
		t.Errorf("beyond what the server takes: %v", err)
	}
	f.fail = nil
	if r, err := b.Load(t.Context(), session); err != nil || r.Get("a") != int64(1) {
		t.Errorf("afterwards: %v, %v", r.Get("a"), err)
	}
}

func TestKeys(t *testing.T) {
	f := newFake()
	for want, opts := range map[string]memcachestore.Options{
		":1:django.contrib.sessions.cache":      {},
		":1:django.contrib.sessions.cached_db":  {CachedDB: true},
		"café:v1:django.contrib.sessions.cache": {KeyPrefix: "café", Version: "v1"},
		":1:mine.":                              {SessionPrefix: "mine."},
	} {
		b := newBackend(t, f, &opts)
		check(t, b.Create(t.Context(), session, record(t, `{"a":1}`, time.Hour)))
		if _, ok := f.items[want+session]; !ok {
			t.Errorf("there is no %s", want)
		}
		if want != b.SessionPrefix() && !strings.HasSuffix(want, b.SessionPrefix()) {
			t.Errorf("SessionPrefix is %s", b.SessionPrefix())
		}
	}
	b, ctx := newBackend(t, f, nil), t.Context()
	for _, key := range []string{"with blank", "ctrl\x01", "del\x7f", strings.Repeat("k", 219), "line\r\nset x 0 0 1\r\n"} {
		if _, err := b.Load(ctx, key); err != saltine.ErrNoSession {
			t.Errorf("%.20q: Load: %v", key, err)
		}
		if exists, err := b.Exists(ctx, key); exists || err != nil {
			t.Errorf("%.20q: Exists: %t, %v", key, exists, err)
		}
		if err := b.Create(ctx, key, record(t, `{}`, time.Hour)); err == nil || strings.Contains(err.Error(), key) {
			t.Errorf("%.20q: Create: %v", key, err)
		}
		if err := b.Update(ctx, key, record(t, `{}`, time.Hour)); !errors.Is(err, saltine.ErrNoSession) {
			t.Errorf("%.20q: Update: %v", key, err)
		}
		check(t, b.Delete(ctx, key))
	}
	check(t, b.Create(ctx, strings.Repeat("k", 218), record(t, `{}`, time.Hour))) // 250 bytes
}

func TestNew(t *testing.T) {
	f := newFake()
	for name, opts := range map[string]*memcachestore.Options{
		"negative MaxLen": {MaxLen: -1}, "prefix with a blank": {KeyPrefix: "my site"}, "long prefix": {KeyPrefix: strings.Repeat("p", 190)},
		"function that makes nothing": {KeyFunction: func(string, string, string) string { return "" }},
	} {
		if _, err := memcachestore.New(f, opts); !errors.Is(err, saltine.ErrInvalidOption) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := memcachestore.New(nil, nil); !errors.Is(err, saltine.ErrInvalidOption) {
		t.Errorf("no client: %v", err)
	}
	b := newBackend(t, f, &memcachestore.Options{KeyPrefix: "canary"})
	for _, v := range []any{b, *b, struct{ B *memcachestore.Backend }{b}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%s"} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "canary") {
				t.Errorf("%s prints %s", verb, got)
			}
		}
	}
}
