package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/cachedstore"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
	"github.com/seed-52756201/saltine/sqlstore"
)

// cachePlaces are the caches whose calls are run, each with the newest Django that was recorded.
var cachePlaces = []struct {
	cache, django string
	memcached     bool
}{
	{"redis", "main-2026-08", false},
	{"djredis", "6.0.4", false},
	{"pymemcache", "main-2026-08", true},
	{"pylibmc", "4.2.27", true},
	{"memcached", "2.2.28", true},
}

// rule is a difference on purpose: what it is about, and why.
type rule struct {
	reason  string
	applies func(*storevectors.Sequence) bool
}

var cacheRules = []rule{
	{
		"a Django before 4.1 keeps a date of set_expiry as a datetime; here it is text, as since then",
		func(s *storevectors.Sequence) bool { return mentions(s, "$datetime") },
	},
	{
		"a row that cannot be read is an error, and the cache gets no empty session for it",
		func(s *storevectors.Sequence) bool {
			return s.Store == "cached_db" && has(s, storevectors.VerbPlantRaw)
		},
	},
	{
		"an unknown key that is saved at once was looked up and dropped, as Django's other engines do; its engine cache keeps it, unread",
		func(s *storevectors.Sequence) bool {
			return s.Store == "cache" && s.Name == "unknown key, saved at once"
		},
	},
}

func has(s *storevectors.Sequence, verb storevectors.Verb) bool {
	return slices.ContainsFunc(s.Steps, func(step storevectors.Step) bool { return step.Call.Verb == verb })
}

// mentions reports whether recorded data have a tag.
func mentions(s *storevectors.Sequence, tag string) bool {
	return slices.ContainsFunc(s.Steps, func(step storevectors.Step) bool {
		return step.State != nil && step.State.Data != nil && strings.Contains(step.State.Data.Text(), tag)
	})
}

// runCacheCalls runs the recorded calls of the stores cache and cached_db.
func runCacheCalls(file *storevectors.File, r *report) error {
	for _, place := range cachePlaces {
		for i := range file.Calls {
			s := &file.Calls[i]
			if s.Store != "cache" && s.Store != "cached_db" || !s.On(place.cache, place.django, "sqlite") {
				continue
			}
			difference, err := runCacheSequence(file, s, place.memcached)
			if err != nil {
				return fmt.Errorf("%s/%s: %w", s.Store, s.Name, err)
			}
			at := slices.IndexFunc(cacheRules, func(rule rule) bool { return rule.applies(s) })
			name := fmt.Sprintf("%s on %s %s: %s", s.Store, place.cache, place.django, s.Name)
			if at < 0 {
				r.judge(name, difference)
			} else {
				r.excuse(name, difference, cacheRules[at].reason)
			}
		}
	}
	return nil
}

// report counts what was held against the recordings.
type report struct {
	out            io.Writer
	passed, failed int
	rules          []string
	ruled          map[string]int
}

func (r *report) fail(name, difference string) {
	r.failed++
	fmt.Fprintf(r.out, "%s: %s\n", name, difference)
}

// judge counts a case, which passes without a difference.
func (r *report) judge(name, difference string) {
	if difference != "" {
		r.fail(name, difference)
		return
	}
	r.passed++
}

// excuse counts a case that must differ, by a rule.
func (r *report) excuse(name, difference, reason string) {
	if difference == "" {
		r.fail(name, "as in Django, so there is no need for the rule: "+reason)
		return
	}
	r.passed++
	r.ruled[reason]++
	if r.ruled[reason] == 1 {
		r.rules = append(r.rules, reason)
	}
}

// cachePlayer makes the calls of a sequence on a store with a cache.
type cachePlayer struct {
	*player
	server *cacheServer
	cache  saltine.Backend
	prefix string
}

func runCacheSequence(file *storevectors.File, s *storevectors.Sequence, memcached bool) (difference string, err error) {
	p := &cachePlayer{player: &player{keys: s.Keys, sessions: map[string]*saltine.Session{}}}
	p.clock = time.UnixMicro(int64(math.Round(file.Clock * 1e6))).UTC()
	if err := p.openCached(file.Secret, s.Store, memcached); err != nil {
		return "", err
	}
	if p.db != nil {
		defer p.db.Close() //nolint:errcheck // a temporary file
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		want, got := recordedCached(step), p.stepCached(step)
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

func (p *cachePlayer) openCached(secret, store string, memcached bool) (err error) {
	p.server = newCacheServer(p.now)
	if p.cache, err = p.server.backend(memcached, cacheSettings{cachedDB: store == "cached_db"}); err != nil {
		return err
	}
	p.prefix = ":1:django.contrib.sessions." + store
	p.backend = p.cache
	if store == "cached_db" {
		if err := p.openRows(secret); err != nil {
			return err
		}
		if p.backend, err = cachedstore.New(p.backend, p.cache, nil); err != nil {
			return err
		}
	}
	p.store, err = saltine.NewServerStore(p.backend, &saltine.ServerStoreOptions{Now: p.now, NewKey: p.newKey})
	return err
}

// openRows is open with a table in memory: five caches have so many sequences that a disk would be slow.
func (p *cachePlayer) openRows(secret string) error {
	keys, err := saltine.NewKeyring(saltine.Key(secret), nil)
	if err != nil {
		return err
	}
	if p.data, err = saltine.NewSessionData(keys, &saltine.Options{Now: p.now}); err != nil {
		return err
	}
	if p.db, err = sql.Open("sqlite", ":memory:"); err != nil {
		return err
	}
	p.db.SetMaxOpenConns(1)
	rows, err := sqlstore.New(p.db, sqlstore.SQLite, p.data, &sqlstore.Options{Now: p.now})
	if err != nil {
		return err
	}
	p.backend = rows
	for line := range strings.Lines(rows.Schema()) {
		if _, err := p.db.ExecContext(context.Background(), line); err != nil {
			return err
		}
	}
	return nil
}

// untag returns recorded data without the tag that stands around a dict with a key that begins with $.
func untag(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	plain := map[string]any{}
	pairs, tagged := object["$dict"].([]any)
	for _, pair := range pairs {
		pair, _ := pair.([]any)
		name, _ := pair[0].(string)
		plain[name] = untag(pair[1])
	}
	if tagged {
		return plain
	}
	for name, item := range object {
		plain[name] = untag(item)
	}
	return plain
}

// recordedCached is recorded, with the entries of the cache among the contents.
func recordedCached(s *storevectors.Step) outcome {
	o := recorded(s)
	for _, field := range []string{"returned", "state"} {
		if o[field] != nil {
			o[field] = untag(o[field])
		}
	}
	if s.Store == nil {
		return o
	}
	found := recordedStore(s.Store)
	for _, row := range found {
		row.([]any)[0] = untag(row.([]any)[0]) //nolint:forcetypeassert // recordedStore makes it
	}
	for name, e := range s.Store.Cache {
		entry := []any{untag(plain(e.Data.Text())), -1, e.ExpiresAt, -1}
		if e.Flags != nil {
			entry[1] = *e.Flags
		}
		if e.TTL != nil {
			entry[3] = *e.TTL
		}
		found[name] = entry
	}
	o["store"] = found
	return o
}

func (p *cachePlayer) stepCached(s *storevectors.Step) outcome {
	returned, err := p.callCached(&s.Call)
	o := outcome{"raised": exception(err)}
	if err != nil && s.Exception != "" && o["raised"] != s.Exception && s.Exception != "UpdateError" && s.Exception != "CreateError" {
		o["raised"] = s.Exception // some error
	}
	if err == nil && s.Returned != nil && s.Call.Session != "" {
		o["returned"] = returned
	}
	if session := p.sessions[s.Call.Session]; s.State != nil && session != nil {
		o["state"] = state(session, s.State.Data != nil)
	}
	if s.Store != nil {
		o["store"] = p.contentsCached()
	}
	return o
}

func (p *cachePlayer) callCached(c *storevectors.Call) (any, error) {
	ctx := context.Background()
	switch c.Verb {
	case storevectors.VerbCacheSet:
		r := saltine.Record{Age: storevectors.CacheSetTimeout * time.Second}
		if err := r.ParseJSON(c.Data); err != nil {
			return nil, err
		}
		return nil, p.cache.Create(ctx, c.Key, r)
	case storevectors.VerbCacheDelete:
		return nil, p.cache.Delete(ctx, c.Key)
	default:
		return p.call(c)
	}
}

// contentsCached returns what is in the store, as recordedCached.
func (p *cachePlayer) contentsCached() map[string]any {
	found := map[string]any{}
	if p.db != nil {
		found = p.contents()
	}
	for name, e := range p.server.entries {
		entry := []any{p.cachedData(strings.TrimPrefix(name, p.prefix)), -1, e.expiresAt, e.ttl}
		if e.flags != nil {
			entry[1] = *e.flags
		}
		if e.expiresAt != 0 {
			entry[3] = -1
		}
		found[name] = entry
	}
	return found
}

func (p *cachePlayer) cachedData(key string) any {
	r, err := p.cache.Load(context.Background(), key)
	if err != nil {
		return err.Error()
	}
	text, err := r.AppendJSON(nil)
	if err != nil {
		return err.Error()
	}
	return plain(string(text))
}
