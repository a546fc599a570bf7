package redisstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/backendtest"
	"github.com/seed-52756201/saltine/redisstore"
	"github.com/seed-52756201/saltine/redisstore/lz4"
	"github.com/seed-52756201/saltine/redisstore/msgpack"
	"github.com/seed-52756201/saltine/redisstore/xz"
	"github.com/seed-52756201/saltine/redisstore/zstd"
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

func newServer(t testing.TB) (*miniredis.Miniredis, *redis.Client) {
	t.Helper()
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})
	t.Cleanup(func() { check(t, client.Close()) })
	return server, client
}

func newBackend(t testing.TB, client redisstore.Client, opts *redisstore.Options) *redisstore.Backend {
	t.Helper()
	b, err := redisstore.New(client, opts)
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
	_, client := newServer(t)
	backendtest.Run(t, func() saltine.Backend { return newBackend(t, client, nil) })
}

// settings are all serializers and compressors.
var settings = map[string]redisstore.Options{
	"pickle": {}, "JSON": {Serializer: redisstore.JSON()}, "MessagePack": {Serializer: msgpack.Serializer()},
	"zlib": {Compressor: redisstore.Zlib()}, "gzip": {Compressor: redisstore.Gzip()}, "zstd": {Compressor: zstd.Compressor()},
	"lz4": {Compressor: lz4.Compressor()}, "xz": {Compressor: xz.Compressor()},
}

var values = []string{
	`{}`, `{"a":1}`, `{"z":1,"a":-2,"m":[1,[2,{"k":null}]],"t":true,"f":false,"x":0.5,"e":""}`, `{"t":"\u00e9\u65e5\ud83d\ude00 \"quoted\" \\ \u0000 \n"}`,
	`{"i":[0,255,256,65535,65536,-1,-32,-33,-128,-129,2147483648,9223372036854775807,-9223372036854775808,18446744073709551615]}`,
	`{"long":"` + strings.Repeat("0123456789abcdef", 3000) + `"}`,
}

func TestSettings(t *testing.T) {
	for name, opts := range settings {
		server, client := newServer(t)
		b := newBackend(t, client, &opts)
		for _, text := range values {
			check(t, b.Delete(t.Context(), session))
			check(t, b.Create(t.Context(), session, record(t, text, time.Hour)))
			r, err := b.Load(t.Context(), session)
			check(t, err)
			got, err := r.AppendJSON(nil)
			check(t, err)
			if string(got) != text {
				t.Errorf("%s: %.200s, want %.200s", name, got, text)
			}
		}
		stored, err := server.Get(full)
		check(t, err)
		if opts.Compressor != nil && len(stored) > 5000 {
			t.Errorf("%s: %d bytes are not packed", name, len(stored))
		}
	}
}

// Bytes keep their type in MessagePack; what it has no type for cannot be written.
func TestMessagePack(t *testing.T) {
	server, client := newServer(t)
	b := newBackend(t, client, &redisstore.Options{Serializer: msgpack.Serializer()})
	const packed = "\x84\xa1b\xc4\x02\x00\xff\xa1n\x07\xa1f\xca\x3f\x00\x00\x00\xa1m\x81\x05\xa1x"
	check(t, server.Set(full, packed))
	r, err := b.Load(t.Context(), session)
	check(t, err)
	r.Age = time.Hour
	if r.Get("b") != "00ff" || r.Get("n") != int64(7) || r.Get("f") != 0.5 {
		t.Errorf("b is %v, n is %v, f is %v", r.Get("b"), r.Get("n"), r.Get("f"))
	}
	if diff := cmp.Diff(map[string]any{"5": "x"}, r.Get("m")); diff != "" {
		t.Errorf("an int key (-want +got):\n%s", diff)
	}
	check(t, b.Update(t.Context(), session, r))
	again, err := server.Get(full)
	check(t, err)
	if want := "\x84\xa1b\xc4\x02\x00\xff\xa1n\x07\xa1f\xcb\x3f\xe0\x00\x00\x00\x00\x00\x00\xa1m\x81\x05\xa1x"; again != want {
		t.Errorf("written again: %q, want %q", again, want)
	}
	for _, text := range []string{`{"n":18446744073709551616}`, `{"s":"\ud800"}`} {
		if err := b.Update(t.Context(), session, record(t, text, time.Hour)); !errors.Is(err, saltine.ErrUnsupported) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// What is no session is none, of a kind that says so, and stays.
func TestJunk(t *testing.T) {
	packed := func(c redisstore.Compressor, data string) string {
		b, err := c.Compress([]byte(data))
		check(t, err)
		return string(b)
	}
	bomb := string(bytes.Repeat([]byte("x"), 3<<20))
	for _, tt := range []struct {
		name, setting, value string
		want                 error
	}{
		{"text", "pickle", "junk", saltine.ErrMalformed},
		{"int", "pickle", "42", saltine.ErrMalformed},
		{"list", "pickle", "\x80\x02].", saltine.ErrMalformed},
		{"JSON for a pickle", "pickle", `{"a": 1}`, saltine.ErrMalformed},
		{"too long", "pickle", bomb, saltine.ErrTooLarge},
		{"packed, without a compressor", "pickle", packed(redisstore.Zlib(), "\x80\x02}X\x0a\x00\x00\x00abcdefghijK\x01s."), saltine.ErrMalformed},
		{"list", "JSON", "[]", saltine.ErrMalformed},
		{"int", "JSON", "1", saltine.ErrMalformed},
		{"cut off", "JSON", `{"a":`, saltine.ErrMalformed},
		{"int", "MessagePack", "1", saltine.ErrMalformed},
		{"more", "MessagePack", "\x80\x80", saltine.ErrMalformed},
		{"cut off", "MessagePack", "\x81\xa1a", saltine.ErrMalformed},
		{"lying length", "MessagePack", "\xdf\xff\xff\xff\xff", saltine.ErrMalformed},
		{"lying length of a text", "MessagePack", "\x81\xdb\xff\xff\xff\xffa", saltine.ErrMalformed},
		{"not UTF-8", "MessagePack", "\x81\xa1a\xa1\xff", saltine.ErrMalformed},
		{"extension", "MessagePack", "\x81\xa1a\xd4\x01\x00", saltine.ErrMalformed},
		{"never used", "MessagePack", "\x81\xa1a\xc1", saltine.ErrMalformed},
		{"name is an int", "MessagePack", "\x81\x01\x01", saltine.ErrMalformed},
		{"key is a map", "MessagePack", "\x81\x80\x01", saltine.ErrMalformed},
		{"nested", "MessagePack", "\x81\xa1a" + strings.Repeat("\x91", 5000) + "\xc0", saltine.ErrMalformed},
		{"nested keys", "MessagePack", "\x81" + strings.Repeat("\x91", 5000) + "\x01\x01", saltine.ErrMalformed},
		{"bomb", "zlib", packed(redisstore.Zlib(), bomb), saltine.ErrTooLarge},
		{"bomb", "gzip", packed(redisstore.Gzip(), bomb), saltine.ErrTooLarge},
		{"bomb", "zstd", packed(zstd.Compressor(), bomb), saltine.ErrTooLarge},
		{"bomb", "lz4", packed(lz4.Compressor(), bomb), saltine.ErrTooLarge},
		{"bomb", "xz", packed(xz.Compressor(), bomb), saltine.ErrTooLarge},
		{"cut off", "zlib", packed(redisstore.Zlib(), bomb)[:200], saltine.ErrMalformed},
		{"cut off", "gzip", packed(redisstore.Gzip(), bomb)[:200], saltine.ErrMalformed},
		{"cut off", "zstd", packed(zstd.Compressor(), bomb)[:12], saltine.ErrMalformed},
		{"cut off", "lz4", packed(lz4.Compressor(), bomb)[:200], saltine.ErrMalformed},
		{"cut off", "xz", packed(xz.Compressor(), bomb)[:200], saltine.ErrMalformed},
		{"head alone", "xz", "\xfd7zXZ\x00", saltine.ErrMalformed},
		{"large window", "zstd", "\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", saltine.ErrMalformed},
	} {
		server, client := newServer(t)
		opts := settings[tt.setting]
		b := newBackend(t, client, &opts)
		check(t, server.Set(full, tt.value))
		_, err := b.Load(t.Context(), session)
		if !errors.Is(err, tt.want) || !errors.Is(err, saltine.ErrNoSession) || strings.Contains(err.Error(), session) {
			t.Errorf("%s: %s: %v, want %v and no session", tt.setting, tt.name, err, tt.want)
		}
		store, err := saltine.NewServerStore(b, nil)
		check(t, err)
		s := store.Open(t.Context(), session)
		s.Set("a", 1)
		check(t, s.Save())
		if kept, err := server.Get(full); err != nil || kept != tt.value || s.Key() == session {
			t.Errorf("%s: %s: it was written over", tt.setting, tt.name)
		}
	}
	server, client := newServer(t)
	_, err := server.Push(full, "x")
	check(t, err)
	if _, err := newBackend(t, client, nil).Load(t.Context(), session); !errors.Is(err, saltine.ErrMalformed) || !errors.Is(err, saltine.ErrNoSession) {
		t.Errorf("a list of Redis: %v", err)
	}
}

// Short entries are not packed, as in django-redis, and are read beside packed ones.
func TestThresholds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		c     redisstore.Compressor
		over  int
		magic string
	}{
		{"zlib", redisstore.Zlib(), 15, "\x78\x9c"},
		{"gzip", redisstore.Gzip(), 15, "\x1f\x8b"},
		{"zstd", zstd.Compressor(), 15, "\x28\xb5\x2f\xfd"},
		{"lz4", lz4.Compressor(), 15, "\x04\x22\x4d\x18"},
		{"xz", xz.Compressor(), 100, "\xfd7zXZ\x00"},
	} {
		for size, packed := range map[int]bool{0: false, 1: false, tt.over: false, tt.over + 1: true, 10000: true} {
			data := bytes.Repeat([]byte("{"), size)
			got, err := tt.c.Compress(data)
			check(t, err)
			if strings.HasPrefix(string(got), tt.magic) != packed {
				t.Errorf("%s: %d bytes: packed is %t, want %t", tt.name, size, !packed, packed)
			}
			again, err := tt.c.Decompress(got, size)
			if err != nil || !bytes.Equal(again, data) {
				t.Errorf("%s: %d bytes: unpacked, they are %d, %v", tt.name, size, len(again), err)
			}
			if _, err := tt.c.Decompress(got, size-1); packed && !errors.Is(err, saltine.ErrTooLarge) {
				t.Errorf("%s: %d bytes: one beyond the limit: %v", tt.name, size, err)
			}
		}
	}
}

// A bit that is wrong somewhere in an entry is an error or changes nothing, and no panic.
func TestDamagedEntries(t *testing.T) {
	data := []byte(strings.Repeat("a session of some length ", 20))
	for name, opts := range settings {
		if opts.Compressor == nil {
			continue
		}
		packed, err := opts.Compressor.Compress(data)
		check(t, err)
		for i := range 8 * len(packed) {
			damaged := bytes.Clone(packed)
			damaged[i/8] ^= 1 << (i % 8)
			got, err := opts.Compressor.Decompress(damaged, 1<<20)
			if err != nil && !errors.Is(err, saltine.ErrMalformed) && !errors.Is(err, saltine.ErrTooLarge) {
				t.Errorf("%s: bit %d: %v", name, i, err)
			}
			if err == nil && len(got) > 1<<20 {
				t.Errorf("%s: bit %d: %d bytes", name, i, len(got))
			}
		}
	}
}

func TestTTL(t *testing.T) {
	server, client := newServer(t)
	b, ctx := newBackend(t, client, nil), t.Context()
	for _, tt := range []struct {
		name, reason string
		age, want    time.Duration
	}{
		{"two weeks", "Django's default", 1209600 * time.Second, 1209600 * time.Second},
		{"a part of a second", "milliseconds count, as in django-redis", 1500 * time.Millisecond, 1500 * time.Millisecond},
		{"less than a millisecond is lost", "Redis has no more", 1500*time.Millisecond + 999*time.Microsecond, 1500 * time.Millisecond},
	} {
		check(t, b.Create(ctx, session, record(t, `{"a":1}`, tt.age)))
		if got := server.TTL(full); got != tt.want {
			t.Errorf("%s: %s: Create: %v", tt.name, tt.reason, got)
		}
		check(t, b.Update(ctx, session, record(t, `{"a":1}`, tt.age)))
		if got := server.TTL(full); got != tt.want {
			t.Errorf("%s: %s: Update: %v", tt.name, tt.reason, got)
		}
		check(t, b.Delete(ctx, session))
	}
	for _, age := range []time.Duration{0, -time.Second, 999 * time.Microsecond} {
		check(t, b.Create(ctx, session, record(t, `{"a":1}`, age)))
		if server.Exists(full) {
			t.Errorf("%v: a session that has ended is kept", age)
		}
		check(t, b.Create(ctx, session, record(t, `{"a":1}`, time.Hour)))
		if err := b.Create(ctx, session, record(t, `{"a":1}`, age)); !errors.Is(err, saltine.ErrKeyTaken) {
			t.Errorf("%v: Create of a key that is taken: %v", age, err)
		}
		check(t, b.Update(ctx, session, record(t, `{"a":2}`, age)))
		if server.Exists(full) {
			t.Errorf("%v: a session that has ended stays", age)
		}
		if err := b.Update(ctx, session, record(t, `{"a":2}`, age)); !errors.Is(err, saltine.ErrNoSession) {
			t.Errorf("%v: Update of nothing: %v", age, err)
		}
	}
}

// A value beyond the limit is not saved, and what was there stays.
func TestOversize(t *testing.T) {
	_, client := newServer(t)
	for _, opts := range []redisstore.Options{{MaxLen: 1000}, {MaxLen: 1000, Compressor: redisstore.Zlib()}} {
		b := newBackend(t, client, &opts)
		store, err := saltine.NewServerStore(b, nil)
		check(t, err)
		s := store.Open(t.Context(), "")
		s.Set("user", "ann")
		check(t, s.Save())
		s.Set("large", strings.Repeat("x", 2000))
		err = s.Save()
		size, ok := errors.AsType[*saltine.SizeError](err)
		if !ok || size.Limit != 1000 || len(size.Values) != 2 || size.Values[0].Name != "large" {
			t.Errorf("Save: %v", err)
		}
		if again := store.Open(t.Context(), s.Key()); again.Get("user") != "ann" || again.Len() != 1 {
			t.Errorf("afterwards there are %d values, %v", again.Len(), again.Err())
		}
	}
}

// What does not shrink grows by the compressor's frame. It is not saved if it could not be
// read again.
func TestGrowsBeyondMaxLen(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	text := make([]byte, 4000)
	for i := range text {
		text[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-"[random.Uint64()%64]
	}
	opts := redisstore.Options{Serializer: redisstore.JSON(), Compressor: lz4.Compressor(), MaxLen: 4008}
	_, client := newServer(t)
	b := newBackend(t, client, &opts)
	err := b.Create(t.Context(), session, record(t, `{"a":"`+string(text)+`"}`, time.Hour))
	size, ok := errors.AsType[*saltine.SizeError](err)
	if !ok || size.Size <= 4008 || size.Limit != 4008 {
		t.Errorf("Create: %v", err)
	}
	if exists, err := b.Exists(t.Context(), session); exists || err != nil {
		t.Errorf("Exists: %t, %v", exists, err)
	}
}

// No number is too large for a limit.
func TestMaxLen(t *testing.T) {
	for name, opts := range settings {
		for _, limit := range []int{math.MaxInt, math.MaxInt - 1, math.MaxInt / 3} {
			opts.MaxLen = limit
			_, client := newServer(t)
			b := newBackend(t, client, &opts)
			for _, text := range values {
				check(t, b.Delete(t.Context(), session))
				check(t, b.Create(t.Context(), session, record(t, text, time.Hour)))
				if _, err := b.Load(t.Context(), session); err != nil {
					t.Errorf("%s: a limit of %d: %v", name, limit, err)
				}
			}
		}
	}
}

// A server that dies between load and save is an error, and nothing is saved over.
func TestServerDies(t *testing.T) {
	server, client := newServer(t)
	store, err := saltine.NewServerStore(newBackend(t, client, nil), nil)
	check(t, err)
	s := store.Open(t.Context(), "")
	s.Set("user", "ann")
	check(t, s.Save())
	s = store.Open(t.Context(), s.Key())
	s.Set("n", 1)
	server.SetError("LOADING Redis is loading the dataset in memory")
	if err := s.Save(); !errors.Is(err, saltine.ErrUnavailable) || strings.Contains(err.Error(), s.Key()) {
		t.Errorf("Save: %v", err)
	}
	unread := store.Open(t.Context(), s.Key())
	if unread.Get("user") != nil || !errors.Is(unread.Err(), saltine.ErrUnavailable) {
		t.Errorf("Get: %v, %v", unread.Get("user"), unread.Err())
	}
	if _, err := store.Exists(t.Context(), s.Key()); !errors.Is(err, saltine.ErrUnavailable) {
		t.Errorf("Exists: %v", err)
	}
	if err := store.Delete(t.Context(), s.Key()); !errors.Is(err, saltine.ErrUnavailable) {
		t.Errorf("Delete: %v", err)
	}
	server.SetError("")
	unread.Set("n", 2)
	if err := unread.Save(); !errors.Is(err, saltine.ErrUnavailable) {
		t.Errorf("Save of what could not be read: %v", err)
	}
	if again := store.Open(t.Context(), s.Key()); again.Get("user") != "ann" || again.Len() != 1 {
		t.Errorf("afterwards there are %d values", again.Len())
	}
}

func TestKeys(t *testing.T) {
	server, client := newServer(t)
	for want, opts := range map[string]redisstore.Options{
		":1:django.contrib.sessions.cache":      {},
		":1:django.contrib.sessions.cached_db":  {CachedDB: true},
		"café:v1:django.contrib.sessions.cache": {KeyPrefix: "café", Version: "v1"},
		":1:mine.":                              {SessionPrefix: "mine."},
		"1/p/django.contrib.sessions.cache":     {KeyPrefix: "p", KeyFunction: func(key, prefix, version string) string { return version + "/" + prefix + "/" + key }},
	} {
		server.FlushAll()
		b := newBackend(t, client, &opts)
		check(t, b.Create(t.Context(), session, record(t, `{"a":1}`, time.Hour)))
		if diff := cmp.Diff([]string{want + session}, server.Keys()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		exists, err := b.Exists(t.Context(), session)
		if !exists || err != nil {
			t.Errorf("%s: Exists: %t, %v", want, exists, err)
		}
	}
}

func TestNew(t *testing.T) {
	_, client := newServer(t)
	if _, err := redisstore.New(nil, nil); !errors.Is(err, saltine.ErrInvalidOption) {
		t.Errorf("no client: %v", err)
	}
	if _, err := redisstore.New(client, &redisstore.Options{MaxLen: -1}); !errors.Is(err, saltine.ErrInvalidOption) {
		t.Errorf("negative MaxLen: %v", err)
	}
	b := newBackend(t, client, &redisstore.Options{KeyPrefix: "canary"})
	for _, v := range []any{b, *b, struct{ B *redisstore.Backend }{b}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%s"} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "canary") {
				t.Errorf("%s prints %s", verb, got)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.ClearExpired(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ClearExpired: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range values {
		for name, opts := range settings {
			client := &oneValue{}
			b := newBackend(f, client, &opts)
			check(f, b.Create(f.Context(), session, record(f, text, time.Hour)))
			f.Add(name, client.value)
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		opts, ok := settings[name]
		if !ok || len(data) == 0 {
			return
		}
		opts.MaxLen = 1 << 16
		b := newBackend(t, &oneValue{data}, &opts)
		r, err := b.Load(t.Context(), session)
		if err != nil {
			if !errors.Is(err, saltine.ErrNoSession) || !errors.Is(err, saltine.ErrMalformed) && !errors.Is(err, saltine.ErrTooLarge) {
				t.Errorf("%v", err)
			}
			return
		}
		again := &oneValue{}
		r.Age = time.Hour
		if err := newBackend(t, again, &redisstore.Options{Serializer: opts.Serializer}).Create(t.Context(), session, r); err != nil {
			return // a foreign value, or one that unfolds
		}
		if _, err := newBackend(t, again, &redisstore.Options{Serializer: opts.Serializer, MaxLen: 1 << 24}).Load(t.Context(), session); err != nil {
			t.Errorf("written again, it cannot be read: %v", err)
		}
	})
}

// oneValue is a server of one value, under whatever key.
type oneValue struct{ value []byte }

func (o *oneValue) GetRange(context.Context, string, int64, int64) *redis.StringCmd {
	return redis.NewStringResult(string(o.value), nil)
}

func (o *oneValue) SetArgs(_ context.Context, _ string, value any, _ redis.SetArgs) *redis.StatusCmd {
	o.value, _ = value.([]byte)
	return redis.NewStatusResult("OK", nil)
}

func (o *oneValue) Del(context.Context, ...string) *redis.IntCmd { return redis.NewIntResult(1, nil) }

func (o *oneValue) Exists(context.Context, ...string) *redis.IntCmd {
	return redis.NewIntResult(1, nil)
}
