package livedjango_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/interop/stores/livedjango"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

// recorded are the places of the recordings that a Debian has, beside the stores that this package offers.
var recorded = []struct {
	store  string // as in stores
	cache  string // as in the recordings
	engine string
	count  int // sequences of the recordings
}{
	{"db on PostgreSQL", "", "postgresql", 52},
	{"db on MariaDB", "", "mysql", 52},
	{"db on SQLite", "", "sqlite", 52},
	{"cache on Redis", "djredis", "sqlite", 43},
	{"cache on memcached", "pymemcache", "sqlite", 43},
	{"cached_db on SQLite and Redis", "djredis", "sqlite", 59},
	{"cached_db on SQLite and memcached", "pymemcache", "sqlite", 59},
	{"file", "", "sqlite", 52},
}

// TestRecordedCalls makes the recorded calls again: the live Django must do what the recorded one did. That proves the process, its
// clock, its keys and its dumps.
func TestRecordedCalls(t *testing.T) {
	file, err := storevectors.Load()
	check(t, "Load", err)
	for _, tt := range recorded {
		t.Run(tt.store, func(t *testing.T) {
			i := slices.IndexFunc(stores, func(s storeOn) bool { return s.name == tt.store })
			config := stores[i].config(t)
			config.Settings = map[string]any{"SECRET_KEY": file.Secret}
			d := start(t, config)
			if d.Version != "3.2.25" {
				t.Skipf("the recordings are of Django 3.2.25, this is %s", d.Version)
			}
			clock, count := file.Clock, 0
			for _, sequence := range file.Calls {
				if sequence.Store == string(config.Store) && sequence.On(tt.cache, "3.2.25-debian", tt.engine) {
					count++
					check(t, "Reset", d.Reset())
					d.SetClock(&clock)
					(&replay{t: t, django: d, clock: clock}).run(&sequence)
				}
			}
			if count != tt.count {
				t.Errorf("%d sequences, want %d", count, tt.count)
			}
			t.Logf("%d sequences", count)
		})
	}
}

// replay makes the calls of a sequence.
type replay struct {
	t      *testing.T
	django *livedjango.Django
	clock  float64
	issued []string
}

func (r *replay) run(s *storevectors.Sequence) {
	r.django.SetKeys(s.Keys)
	for i, step := range s.Steps {
		outcome := r.step(&step.Call)
		r.issued = append(r.issued, outcome.Issued...)
		if diff := cmp.Diff(recordedOutcome(r.t, &step), r.outcome(&step, outcome)); diff != "" {
			r.t.Errorf("%s, step %d, %s (-want +got):\n%s", s.Name, i, step.Call.Verb, diff)
			return
		}
	}
	if diff := cmp.Diff(append([]string{}, s.KeysIssued...), append([]string{}, r.issued...)); diff != "" {
		r.t.Errorf("%s: keys drawn (-want +got):\n%s", s.Name, diff)
	}
}

// step makes a call.
func (r *replay) step(c *storevectors.Call) *livedjango.Outcome {
	s := r.django.Session(c.Session)
	var outcome *livedjango.Outcome
	var err error
	r.setFileClock(c.Verb)
	switch c.Verb {
	case storevectors.VerbOpen:
		outcome, err = s.Open(c.Key)
	case storevectors.VerbSet:
		outcome, err = s.Call("[]=", c.Item, plain(r.t, c.Value))
	case storevectors.VerbGet:
		outcome, err = s.Call("get", c.Item)
	case storevectors.VerbDel:
		outcome, err = s.Call("del", c.Item)
	case storevectors.VerbSaveMustCreate:
		outcome, err = s.CallKeywords("save", map[string]any{"must_create": true})
	case storevectors.VerbDeleteKey:
		outcome, err = s.Call("delete", c.Key)
	case storevectors.VerbExists:
		outcome, err = s.Call("exists", c.Key)
	case storevectors.VerbSetExpiry:
		outcome, err = s.Call("set_expiry", r.expiry(c.Expiry))
	case storevectors.VerbClearExpired:
		outcome, err = r.django.ClearExpired()
	case storevectors.VerbExpiryAge:
		outcome, err = s.Call("get_expiry_age")
	default:
		if c.Session == "" {
			outcome, err = &livedjango.Outcome{Returned: json.RawMessage("null")}, r.change(c)
			break
		}
		outcome, err = s.Call(string(c.Verb))
	}
	check(r.t, string(c.Verb), err)
	return outcome
}

// setFileClock lets files have the age that they had in the recording. Its clock was stopped for the files of save alone; all others had
// the time of the recording, which lies so far back that the next read finds them expired.
func (r *replay) setFileClock(verb storevectors.Verb) {
	then := r.clock
	if verb != storevectors.VerbSave {
		then -= 2 * storevectors.CookieAge
	}
	r.django.SetFileClock(&then)
}

// change makes a call that does not go through a session.
func (r *replay) change(c *storevectors.Call) error {
	switch c.Verb {
	case storevectors.VerbPlant:
		return r.django.PlantRow(c.Key, plain(r.t, c.Data), c.Offset)
	case storevectors.VerbPlantRaw:
		return r.django.PlantRowText(c.Key, *c.Text, c.Offset)
	case storevectors.VerbSQLDelete:
		return r.django.DeleteRow(c.Key)
	case storevectors.VerbCacheSet:
		return r.django.PlantCache(c.Key, plain(r.t, c.Data), storevectors.CacheSetTimeout)
	case storevectors.VerbCacheDelete:
		return r.django.DeleteCache(c.Key)
	case storevectors.VerbFilePlant:
		if c.Text != nil {
			return r.django.PlantFileText(c.Key, []byte(*c.Text), c.Offset)
		}
		return r.django.PlantFile(c.Key, plain(r.t, c.Data), c.Offset)
	default:
		return r.django.DeleteFile(c.Key)
	}
}

func (r *replay) expiry(e *storevectors.Expiry) any {
	if e.Delta != nil {
		return map[string]any{"$timedelta": []float64{0, *e.Delta, 0}}
	}
	if e.Seconds == nil {
		r.t.Fatal("a set_expiry that does not occur in the recordings of 3.2.25")
	}
	return *e.Seconds
}

func plain(t *testing.T, raw json.RawMessage) any {
	t.Helper()
	var value any
	check(t, "JSON", json.Unmarshal(raw, &value))
	return livedjango.Plain(value)
}

// result is an outcome in a form that is the same for the recorded and the live one.
type result struct {
	Returned, Raised string
	State            *state
	Rows             map[string][2]string // data and expire_date
	Cache            map[string]entry
	Files            map[string][2]string // data and mode
}

type state struct {
	Key                                 *string
	Accessed, Modified, Loaded, IsEmpty bool
	Data                                string
}

type entry struct {
	Data  string
	TTL   int // 0 if it is absolute
	Flags int
}

// text rewrites tagged data: without white space, and the keys of objects sorted.
func text(t *testing.T, raw string) string {
	t.Helper()
	if raw == "" {
		return ""
	}
	return compact(t, json.RawMessage(raw))
}

func dataText(t *testing.T, d *storevectors.Data) string {
	t.Helper()
	if d == nil {
		return ""
	}
	return text(t, d.Text())
}

func recordedOutcome(t *testing.T, s *storevectors.Step) result {
	t.Helper()
	c := result{Returned: dataText(t, s.Returned), Raised: s.Exception}
	if s.Call.Session == "" {
		c.Returned = "null" // the recording has what the client of a cache returned
	}
	if s.State != nil {
		c.State = &state{s.State.Key, s.State.Accessed, s.State.Modified, s.State.Loaded, s.State.IsEmpty, dataText(t, s.State.Data)}
	}
	if s.Store == nil {
		return c
	}
	if s.Store.Rows != nil {
		c.Rows = map[string][2]string{}
		for _, row := range *s.Store.Rows {
			c.Rows[row.SessionKey] = [2]string{dataText(t, &row.Data), row.ExpireDate}
		}
	}
	if s.Store.Cache != nil {
		c.Cache = map[string]entry{}
		for name, e := range s.Store.Cache {
			found := entry{Data: dataText(t, &e.Data)}
			if e.TTL != nil {
				found.TTL = *e.TTL
			}
			if e.Flags != nil {
				found.Flags = *e.Flags
			}
			c.Cache[name] = found
		}
	}
	if s.Store.Files != nil {
		c.Files = map[string][2]string{}
		for name, f := range s.Store.Files {
			c.Files[name] = [2]string{dataText(t, f.Data), f.Mode}
		}
	}
	return c
}

// outcome looks at the parts of the store that the recording has.
func (r *replay) outcome(s *storevectors.Step, o *livedjango.Outcome) result {
	r.t.Helper()
	c := result{Returned: text(r.t, string(o.Returned))}
	if o.Raised != nil {
		c.Returned, c.Raised = "", o.Raised.Class
	}
	if s.State != nil {
		c.State = &state{o.State.Key, o.State.Accessed, o.State.Modified, o.State.Loaded, o.State.IsEmpty, text(r.t, string(o.State.Data))}
	}
	if s.Store == nil {
		return c
	}
	contents, err := r.django.Dump()
	check(r.t, "Dump", err)
	if s.Store.Rows != nil {
		c.Rows = map[string][2]string{}
		for _, row := range contents.Rows {
			c.Rows[row.SessionKey] = [2]string{text(r.t, string(row.Data)), dateText(row.ExpireDate)}
		}
	}
	if s.Store.Cache != nil {
		c.Cache = map[string]entry{}
		for name, e := range contents.Cache {
			c.Cache[name] = r.entry(e, s.Store.Cache[name])
		}
	}
	if s.Store.Files != nil {
		c.Files = map[string][2]string{}
		for name, f := range contents.Files {
			c.Files[name] = [2]string{fileText(r.t, &f), f.Mode}
		}
	}
	return c
}

// entry takes the recorded time that is left if the live one is at most ten seconds less: the caches have clocks of their own.
func (r *replay) entry(e livedjango.Entry, want storevectors.Entry) entry {
	r.t.Helper()
	found := entry{Data: text(r.t, string(e.Data)), TTL: e.TTL}
	if e.Flags != nil {
		found.Flags = *e.Flags
	}
	switch {
	case want.ExpiresAt != 0:
		found.TTL = 0 // absolute, of the stopped clock
	case want.TTL != nil && e.TTL <= *want.TTL && e.TTL > *want.TTL-10:
		found.TTL = *want.TTL
	}
	return found
}

// dateText is the text of a row without its zone, which is UTC, and trailing zeros.
func dateText(s string) string {
	s = strings.TrimSuffix(s, "+00")
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// fileText is the data of a file. The recording has null for an empty one, and {} for one that is not ASCII.
func fileText(t *testing.T, f *livedjango.FileEntry) string {
	t.Helper()
	switch {
	case len(f.Content) == 0:
		return "null"
	case f.Data == nil:
		return "{}"
	}
	return text(t, string(f.Data))
}
