package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/redisstore"
	"github.com/seed-52756201/saltine/redisstore/lz4"
	"github.com/seed-52756201/saltine/redisstore/msgpack"
	"github.com/seed-52756201/saltine/redisstore/xz"
)

// cacheWriters are the caches with a Backend, each with the settings that read what it wrote.
var cacheWriters = map[string]struct {
	memcached bool
	settings  cacheSettings
}{
	"redis": {}, "redis_p2": {}, "redis_p4": {}, "djredis": {}, "djredis_p2": {}, "djredis_pmax": {},
	"djredis_json":    {false, cacheSettings{serializer: redisstore.JSON()}},
	"djredis_msgpack": {false, cacheSettings{serializer: msgpack.Serializer()}},
	"djredis_zlib":    {false, cacheSettings{compressor: redisstore.Zlib()}},
	"djredis_gzip":    {false, cacheSettings{compressor: redisstore.Gzip()}},
	"djredis_lzma":    {false, cacheSettings{compressor: xz.Compressor()}},
	"djredis_lz4":     {false, cacheSettings{compressor: lz4.Compressor()}},
	"pymemcache":      {memcached: true}, "pylibmc": {memcached: true}, "memcached": {memcached: true},
}

// textRaised reports whether a Django is older than 4.1.
func textRaised(django string) bool {
	return slices.Contains([]string{"1.11.29", "2.2.28", "3.2.25-debian", "4.0.10"}, django)
}

const (
	ruleExpiryText = "an expiry of text is the date that Django has since 4.1; before, saving it raises"
	ruleNoBackend  = "the database cache and the file cache have no Backend: they are read as pickles alone"
	ruleForeign    = "a value of another class keeps its session from being saved until it goes; Django writes it back"
)

// valueTest is a recorded value of a cache.
type valueTest struct {
	file   *storevectors.File
	writer *storevectors.CacheWriter
	value  *storevectors.CacheValue
	want   []any // the data that were saved: in Python 2 and in Python 3 a name can have others
	clock  time.Time
}

// runCacheValues reads the recorded values of caches and saves each session again.
func runCacheValues(file *storevectors.File, r *report) error {
	data := map[string][]any{}
	for _, p := range file.Pickles {
		data[p.Name] = append(data[p.Name], p.Data.Value())
	}
	clock := time.UnixMicro(int64(math.Round(file.Clock * 1e6))).UTC()
	for i := range file.CacheValues {
		w := &file.CacheValues[i]
		for j := range w.Tests {
			t := &valueTest{file, w, &w.Tests[j], data[w.Tests[j].Name], clock}
			name := fmt.Sprintf("%s %s: %s", w.Backend, w.Django, t.value.Name)
			_, backed := cacheWriters[w.Backend]
			switch {
			case t.value.Exception != "" && t.value.Name == "expiry_text" && textRaised(w.Django):
				r.excuse(name, t.refused(), ruleExpiryText)
			case t.value.Exception != "":
				r.judge(name, t.refused())
			case !backed:
				r.ruled[ruleNoBackend]++
				r.judge(name, t.pickled())
			default:
				difference, foreign := t.run()
				if foreign {
					r.ruled[ruleForeign]++
				}
				r.judge(name, difference)
			}
		}
	}
	r.rules = append(r.rules, ruleNoBackend, ruleForeign)
	return nil
}

// store returns a server, and the store on it, that this writer writes to.
func (t *valueTest) store() (*cacheServer, *saltine.ServerStore, error) {
	now := func() time.Time { return t.clock }
	server, w := newCacheServer(now), cacheWriters[t.writer.Backend]
	backend, err := server.backend(w.memcached, w.settings)
	if err != nil {
		return nil, nil, err
	}
	store, err := saltine.NewServerStore(backend, &saltine.ServerStoreOptions{Now: now})
	return server, store, err
}

// run reads a value, and saves its session again. It reports whether that is refused for a foreign value.
func (t *valueTest) run() (difference string, foreign bool) {
	server, store, err := t.store()
	if err != nil {
		return err.Error(), false
	}
	server.entries[t.value.CacheKey] = cacheEntry{value: t.file.Blobs[t.value.Blob], flags: t.value.Flags}
	s := store.Open(context.Background(), t.value.SessionKey)
	if s.Err() != nil && t.value.DjangoCannotRead != "" {
		return unless(errors.Is(s.Err(), saltine.ErrMalformed) && s.Key() == "", s.Err(), "a session that cannot be read, and no key"), false
	}
	if s.Err() != nil {
		return s.Err().Error(), false
	}
	if difference := t.compare(s); difference != "" {
		return difference, false
	}
	err = s.Save()
	field, isField := errors.AsType[*saltine.FieldError](err)
	if isField && errors.Is(err, saltine.ErrUnsupported) && t.isForeign() && s.Get(field.Name) == nil {
		s.Delete(field.Name)
		return asText(s.Save()), true
	}
	if err != nil {
		return err.Error(), false
	}
	saved := server.entries[t.value.CacheKey]
	if difference := t.sameEnd(saved) + t.sameJSON(saved); difference != "" {
		return difference, false
	}
	return t.compare(store.Open(context.Background(), t.value.SessionKey)), false
}

func asText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// isForeign reports whether the pickle of this name needs another class than those of the list.
func (t *valueTest) isForeign() bool {
	for _, p := range t.file.Pickles {
		if p.Name == t.value.Name && p.Kind == storevectors.PickleRefuse {
			return true
		}
	}
	return false
}

// compare compares the session with what was saved.
func (t *valueTest) compare(s *saltine.Session) string {
	if t.writer.Backend == "djredis_json" {
		return "" // it has another form for some of it: see sameJSON
	}
	return differs(s, t.want...)
}

// sameJSON compares the text of a JSON entry that was saved again.
func (t *valueTest) sameJSON(e cacheEntry) string {
	if t.writer.Backend != "djredis_json" {
		return ""
	}
	got, want := withoutBlanks(e.value), withoutBlanks(t.file.Blobs[t.value.Blob])
	return unless(got == want, got, want)
}

// withoutBlanks returns JSON without the blanks between its tokens.
func withoutBlanks(text []byte) string {
	var b strings.Builder
	inside, escaped := false, false
	for _, c := range text {
		if inside || c != ' ' {
			b.WriteByte(c)
		}
		if c == '"' && !escaped {
			inside = !inside
		}
		escaped = c == '\\' && !escaped
	}
	return b.String()
}

// sameEnd compares the end and the flags that an entry was saved with.
func (t *valueTest) sameEnd(e cacheEntry) string {
	switch {
	case !reflect.DeepEqual(e.flags, t.value.Flags):
		return "the flags differ"
	case e.expiresAt != t.value.ExpiresAt || e.expiresAt == 0 && e.ttl != t.value.TTL:
		return fmt.Sprintf("it ends after %d s, or at %d, want %d, %d", e.ttl, e.expiresAt, t.value.TTL, t.value.ExpiresAt)
	}
	return ""
}

// refused checks that what Django could not save cannot be saved here: the session comes from a pickle of this name. Python 2 made
// something else of some.
func (t *valueTest) refused() string {
	saved := "no pickle has this name"
	for _, p := range t.file.Pickles {
		if p.Name != t.value.Name {
			continue
		}
		if saved = t.savedFrom(t.file.Blobs[p.Blob]); saved == "" {
			return ""
		}
	}
	return saved
}

// savedFrom returns "" if the session of a pickle cannot be saved in this cache.
func (t *valueTest) savedFrom(pickle []byte) string {
	_, store, err := t.store()
	if err != nil {
		return err.Error()
	}
	other, err := openPickle(t.value.SessionKey, pickle)
	if err != nil {
		return err.Error()
	}
	s := store.Open(context.Background(), "")
	s.Replace(other)
	err = s.Save()
	return unless(errors.Is(err, saltine.ErrUnsupported) || errors.Is(err, saltine.ErrWrongType), err, t.value.Exception)
}

// pickled reads the pickle of a value of the other caches.
func (t *valueTest) pickled() string {
	blob := t.file.Blobs[t.value.Blob]
	if t.writer.Backend == "filecache" {
		var err error
		if blob, err = fileValue(blob); err != nil {
			return err.Error()
		}
	}
	return readPickle(t.value.SessionKey, blob, t.want...)
}

// fileValue returns the pickle of the value in a file: that of its end stands before, and it is deflated.
func fileValue(file []byte) ([]byte, error) {
	_, packed, _ := bytes.Cut(file, []byte{'.', 0x78})
	r, err := zlib.NewReader(io.MultiReader(strings.NewReader("\x78"), bytes.NewReader(packed)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// openPickle returns the session of a pickle.
func openPickle(key string, data []byte) (*saltine.Session, error) {
	server := newCacheServer(time.Now)
	backend, err := server.backend(false, cacheSettings{})
	if err != nil {
		return nil, err
	}
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		return nil, err
	}
	server.entries[":1:django.contrib.sessions.cache"+key] = cacheEntry{value: data}
	s := store.Open(context.Background(), key)
	err = s.Err()
	return s, err
}

// readPickle holds the session of a pickle against its data.
func readPickle(key string, data []byte, want ...any) string {
	s, err := openPickle(key, data)
	if err != nil {
		return err.Error()
	}
	return differs(s, want...)
}
