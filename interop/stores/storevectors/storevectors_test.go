package storevectors_test

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

func load(t *testing.T) *storevectors.File {
	t.Helper()
	file, err := storevectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCounts(t *testing.T) {
	file := load(t)
	got := map[string]int{
		"rows, settings":          len(file.Rows),
		"calls":                   len(file.Calls),
		"pickles":                 len(file.Pickles),
		"cache_values, writers":   len(file.CacheValues),
		"cache_keys":              len(file.CacheKeys),
		"cache_file_names":        len(file.CacheFileNames),
		"session_files, settings": len(file.SessionFiles),
		"interrupted":             len(file.Interrupted),
		"hostile_keys":            len(file.HostileKeys),
		"hostile_file_keys":       len(file.HostileFileKeys),
		"cache_down":              len(file.CacheDown),
		"oversize":                len(file.Oversize),
		"races":                   len(file.Races),
		"ddl":                     len(file.DDL),
		"sql":                     len(file.SQL),
		"custom_model":            len(file.CustomModel),
		"blobs":                   len(file.Blobs),
	}
	for _, s := range file.Rows {
		got["rows"] += len(s.Tests)
	}
	for _, w := range file.CacheValues {
		got["cache_values"] += len(w.Tests)
	}
	for _, s := range file.SessionFiles {
		got["session_files"] += len(s.Tests)
	}
	for _, operations := range file.SQL {
		got["sql, operations"] += len(operations)
	}
	for _, p := range file.Pickles {
		got["pickles, kind "+string(p.Kind)]++
	}
	for _, s := range file.Calls {
		got["calls of "+s.Store]++
		got["calls, steps"] += len(s.Steps)
		for _, step := range s.Steps {
			count(got, &step)
		}
	}
	want := map[string]int{
		"rows, settings": 24, "rows": 360,
		"calls": 416, "calls of db": 59, "calls of cached_db": 172, "calls of cache": 128, "calls of file": 57, "calls, steps": 2312,
		"steps that raise": 73, "steps with a state": 2194, "steps with contents": 1039,
		"steps with rows": 575, "steps with a cache": 501, "steps with files": 139,
		"pickles": 265, "pickles, kind data": 114, "pickles, kind known": 63, "pickles, kind refuse": 87, "pickles, kind python2": 1,
		"cache_values, writers": 57, "cache_values": 2541,
		"cache_keys": 840, "cache_file_names": 6, "session_files, settings": 3, "session_files": 45,
		"interrupted": 7, "hostile_keys": 10, "hostile_file_keys": 8, "cache_down": 6, "oversize": 2, "races": 7,
		"ddl": 5, "sql": 5, "sql, operations": 85, "custom_model": 4, "blobs": 660,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if file.Clock != 1800000000 || file.Secret == "" {
		t.Errorf("the clock is %v, the secret %q", file.Clock, file.Secret)
	}
}

func count(got map[string]int, step *storevectors.Step) {
	if (step.Returned == nil) == (step.Exception == "") {
		got["steps that neither return nor raise"]++
	}
	for name, holds := range map[string]bool{
		"steps that raise":     step.Exception != "",
		"steps with a state":   step.State != nil,
		"steps with contents":  step.Store != nil,
		"steps with rows":      step.Store != nil && step.Store.Rows != nil,
		"steps with a cache":   step.Store != nil && step.Store.Cache != nil,
		"steps with files":     step.Store != nil && step.Store.Files != nil,
		"states without data":  step.State != nil && step.State.Loaded != (step.State.Data != nil),
		"steps with no verb":   step.Call.Verb == "",
		"states of no session": (step.State != nil) != (step.Call.Session != ""),
	} {
		if holds {
			got[name]++
		}
	}
}

// Each form of a call is read into its fields.
func TestCalls(t *testing.T) {
	text := func(s string) *string { return &s }
	number := func(n float64) *float64 { return &n }
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	want := map[string]storevectors.Call{
		`["open","s"]`:                        {Verb: storevectors.VerbOpen, Session: "s"},
		`["open","s","12345678"]`:             {Verb: storevectors.VerbOpen, Session: "s", Key: "12345678"},
		`["set","s","a",{"$t":1}]`:            {Verb: storevectors.VerbSet, Session: "s", Item: "a", Value: raw(`{"$t":1}`)},
		`["get","s","a"]`:                     {Verb: storevectors.VerbGet, Session: "s", Item: "a"},
		`["exists","s","k"]`:                  {Verb: storevectors.VerbExists, Session: "s", Key: "k"},
		`["set_expiry","s",-1]`:               {Verb: storevectors.VerbSetExpiry, Session: "s", Expiry: &storevectors.Expiry{Seconds: number(-1)}},
		`["set_expiry","s",{"delta":60}]`:     {Verb: storevectors.VerbSetExpiry, Session: "s", Expiry: &storevectors.Expiry{Delta: number(60)}},
		`["set_expiry","s",{"at":0.5}]`:       {Verb: storevectors.VerbSetExpiry, Session: "s", Expiry: &storevectors.Expiry{At: number(0.5)}},
		`["clear_expired"]`:                   {Verb: storevectors.VerbClearExpired},
		`["plant","k",{"a":1},-0.5]`:          {Verb: storevectors.VerbPlant, Key: "k", Data: raw(`{"a":1}`), Offset: -0.5},
		`["plant_raw","k","junk",1000]`:       {Verb: storevectors.VerbPlantRaw, Key: "k", Text: text("junk"), Offset: 1000},
		`["cache_set","k",{}]`:                {Verb: storevectors.VerbCacheSet, Key: "k", Data: raw(`{}`)},
		`["file_plant","k","",0]`:             {Verb: storevectors.VerbFilePlant, Key: "k", Text: text("")},
		`["file_plant","k",{"a":1},-1209600]`: {Verb: storevectors.VerbFilePlant, Key: "k", Data: raw(`{"a":1}`), Offset: -1209600},
		`["file_delete","k"]`:                 {Verb: storevectors.VerbFileDelete, Key: "k"},
		`["save_must_create","s"]`:            {Verb: storevectors.VerbSaveMustCreate, Session: "s"},
		`["del","s","a"]`:                     {Verb: storevectors.VerbDel, Session: "s", Item: "a"},
	}
	for form, call := range want {
		file, err := storevectors.Parse([]byte(strings.Replace(sound(t), `["open","s"]`, form, 1)))
		if err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		if diff := cmp.Diff(call, file.Calls[0].Steps[0].Call); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
	}
	for _, form := range []string{
		`[]`, `{}`, `["dance","s"]`, `["open"]`, `["open","s",""]`, `["open","s","k","k"]`, `["set","s","a"]`, `["set_expiry","s",{}]`,
		`["set_expiry","s",{"at":1,"delta":1}]`, `["set_expiry","s",null]`, `["plant","k","text",1]`, `["plant","k",{"a":1,"a":2},1]`,
		`["plant_raw","k",{},1]`, `["clear_expired","s"]`, `["plant","k",{},"1"]`, `[1,"s"]`,
	} {
		if _, err := storevectors.Parse([]byte(strings.Replace(sound(t), `["open","s"]`, form, 1))); err == nil {
			t.Errorf("%s is accepted", form)
		}
	}
}

// sound returns a small file that has an example of everything, without white space.
func sound(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/sound.json")
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := json.Compact(&text, data); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// faults are the ways in which a file can be wrong.
var faults = []struct{ name, old, new, want string }{
	{"unknown field", `"clock":1800000000`, `"clock":1800000000,"clocks":1`, `unknown field "clocks"`},
	{"unknown field below", `"use_tz":true`, `"use_tz":true,"tz":1`, `field "rows": element 0: unknown field "tz"`},
	{"missing field", `"clock":1800000000,`, ``, `field "clock" is missing`},
	{"missing part", `"oversize":`, `"oversized":`, `field "oversize" is missing`},
	{"repeated field", `"clock":1800000000`, `"clock":1,"clock":1800000000`, `duplicate field "clock"`},
	{"other letter case", `"clock":`, `"Clock":`, `field "clock" is missing`},
	{"null", `"use_tz":true`, `"use_tz":null`, `field "use_tz": is null`},
	{"other type", `"use_tz":true`, `"use_tz":1`, `field "use_tz"`},
	{"object for list", `"rows":[`, `"rows":{},"row":[`, `field "rows": not an array`},
	{"unknown kind", `"kind":"data"`, `"kind":"date"`, `unknown value "date"`},
	{"unknown tag", `"\ud800"`, `{"$utf7":"eda080"}`, `unknown tag "$utf7"`},
	{"tag with a member", `"\ud800"`, `{"$utf8":"eda080","x":1}`, `unknown tag "$utf8" with 2 members`},
	{"tag in the middle", `"\ud800"`, `{"x":1,"$utf8":"eda080"}`, `must be in a $dict`},
	{"odd hexadecimal", `"\ud800"`, `{"$utf8":"eda08"}`, `$utf8`},
	{"large count", `"\ud800"`, `{"$repeat":["x",9999999999]}`, `out of range`},
	{"negative count", `"\ud800"`, `{"$range":-1}`, `out of range`},
	{"no place", `"seen_on":["`, `"seen_on":["@`, `not a place`},
	{"missing blob", `"blob":"b0001"`, `"blob":"b9999"`, `blob "b9999" is missing`},
	{"unused blob", `"blobs":{`, `"blobs":{"a":{"hex":""},`, `blob "a" is not used`},
	{"blob of no form", `"blobs":{`, `"blobs":{"a":{},`, `neither hex`},
	{"blob of two forms", `"zlib_base64":`, `"hex":"","zlib_base64":`, `neither hex`},
	{"blob of another size", `"len":`, `"len":1`, `another size`},
	{"text after", "", "", `offset`},
}

func TestFaults(t *testing.T) {
	text := sound(t)
	if _, err := storevectors.Parse([]byte(text)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			bad := strings.Replace(text, tt.old, tt.new, 1)
			if tt.old == "" {
				bad = text + "x"
			}
			if bad == text {
				t.Fatalf("%s does not occur", tt.old)
			}
			file, err := storevectors.Parse([]byte(bad))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %s", err, tt.want)
			}
			if file != nil {
				t.Error("a file beside the error")
			}
		})
	}
}

func TestParsePacked(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(sound(t))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := storevectors.Parse(packed.Bytes()); err != nil {
		t.Error(err)
	}
	if _, err := storevectors.Parse(packed.Bytes()[:packed.Len()-1]); err == nil {
		t.Error("a file that is cut off is accepted")
	}
	if _, err := storevectors.Parse(nil); err == nil {
		t.Error("nothing is accepted")
	}
}

// Tagged data become these values.
func TestValue(t *testing.T) {
	n := big.NewInt
	for _, tt := range []struct {
		text string
		want any
	}{
		{`null`, nil},
		{`true`, true},
		{`-5`, n(-5)},
		{`{"$int":"9007199254740992"}`, n(1 << 53)},
		{`-0.0`, math.Copysign(0, -1)},
		{`1e3`, 1000.0},
		{`{"$float":"-inf"}`, math.Inf(-1)},
		{`"é\ud83d\ude00\\ud800"`, "é😀\\ud800"},
		{`"a\ud800b"`, "a\xed\xa0\x80b"},
		{`"\udc00\ud800"`, "\xed\xb0\x80\xed\xa0\x80"},
		{`"\ufffd"`, "\ufffd"},
		{`{"$utf8":"eda080"}`, "\xed\xa0\x80"},
		{`{"$repeat":["ab",3]}`, "ababab"},
		{`[1,[]]`, storevectors.List{n(1), storevectors.List{}}},
		{`{"$tuple":[null]}`, storevectors.Tuple{nil}},
		{`{"$set":[1]}`, storevectors.Set{n(1)}},
		{`{"$frozenset":[]}`, storevectors.FrozenSet{}},
		{`{"$range":2}`, storevectors.List{n(0), n(1)}},
		{`{"$krange":1}`, &storevectors.Dict{Items: []storevectors.Item{{Key: "k0", Value: n(0)}}}},
		{`{"b":1,"a":{}}`, &storevectors.Dict{Items: []storevectors.Item{{Key: "b", Value: n(1)}, {Key: "a", Value: &storevectors.Dict{}}}}},
		{`{"$dict":[[1,"x"],["$t",2]]}`, &storevectors.Dict{Items: []storevectors.Item{{Key: n(1), Value: "x"}, {Key: "$t", Value: n(2)}}}},
		{`{"$bytes":"00ff"}`, storevectors.Bytes{0, 0xff}},
		{`{"$bytearray":""}`, storevectors.Bytearray{}},
		{`{"$str27":"ff"}`, storevectors.Bytes27{0xff}},
		{`{"$datetime":"2026-11-21T10:04:05"}`, storevectors.Datetime{ISO: "2026-11-21T10:04:05"}},
		{`{"$datetime":"2026-07-01T10:04:05+00:00","tz":"pytz.UTC"}`, storevectors.Datetime{ISO: "2026-07-01T10:04:05+00:00", Zone: "pytz.UTC"}},
		{`{"$date":"2026-02-03"}`, storevectors.Date("2026-02-03")},
		{`{"$time":"04:05:06"}`, storevectors.Time("04:05:06")},
		{`{"$timedelta":[-1,3,9]}`, storevectors.Timedelta{Days: -1, Seconds: 3, Microseconds: 9}},
		{`{"$decimal":"1E+9"}`, storevectors.Decimal("1E+9")},
		{`{"$uuid":"12345678-1234-5678-9234-567812345678"}`, storevectors.UUID("12345678-1234-5678-9234-567812345678")},
		{`{"$object":"a.B"}`, storevectors.Object("a.B")},
		{`{"$recursive":true}`, storevectors.Recursive{}},
		{`{"$undecodable":"Error"}`, storevectors.Undecodable("Error")},
	} {
		file, err := storevectors.Parse([]byte(strings.Replace(sound(t), `"\ud800"`, tt.text, 1)))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		i := slices.IndexFunc(file.Pickles, func(p storevectors.Pickle) bool { return p.Name == "surrogate" })
		got := file.Pickles[i].Data.Value().(*storevectors.Dict).Items[0].Value
		if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
		if want := `{"s":` + tt.text + `}`; file.Pickles[i].Data.Text() != want {
			t.Errorf("Text is %s, want %s", file.Pickles[i].Data.Text(), want)
		}
	}
}

// The names and the bytes of pickles say the same about the protocol; so do those of cache values about their form.
func TestBlobs(t *testing.T) {
	file := load(t)
	for _, p := range file.Pickles {
		blob := file.Blobs[p.Blob]
		if len(blob) < 3 || blob[0] != 0x80 || int(blob[1]) != p.Protocol || blob[len(blob)-1] != '.' {
			t.Errorf("pickle %s of protocol %d is %.20x", p.Name, p.Protocol, blob)
		}
	}
	prefixes := map[string]string{"djredis_gzip": "1f8b", "djredis_lzma": "fd377a585a", "djredis_lz4": "04224d18", "djredis_json": "7b", "filecache": "80"}
	for _, w := range file.CacheValues {
		for _, v := range w.Tests {
			want := prefixes[w.Backend]
			if got := hex.EncodeToString(file.Blobs[v.Blob]); v.Blob != "" && len(got) > 200 && !strings.HasPrefix(got, want) {
				t.Errorf("%s, %s: %.20s, want %s", w.Backend, v.Name, got, want)
			}
		}
	}
}

// Each DDL holds the table and its indexes.
func TestStatements(t *testing.T) {
	for name, ddl := range load(t).DDL {
		statements := ddl.Statements()
		want := 2
		if strings.HasPrefix(name, "pg") {
			want = 3
		}
		if len(statements) != want || !strings.HasPrefix(statements[0], "CREATE TABLE") {
			t.Errorf("%s: %q, want a table and %d indexes", name, statements, want-1)
		}
		for _, index := range statements[1:] {
			if !strings.HasPrefix(index, "CREATE INDEX") {
				t.Errorf("%s: %q", name, index)
			}
		}
	}
}

// At most one sequence of a store and a name was seen at a place.
func TestOn(t *testing.T) {
	seen := map[string]int{}
	for _, s := range load(t).Calls {
		for _, p := range s.SeenOn {
			if !s.On(p.Prefix, p.Django, p.Engine) {
				t.Errorf("%s was not seen on %v", s.Name, p)
			}
			place := fmt.Sprint(s.Store, p, s.Name)
			seen[place]++
			if seen[place] > 1 {
				t.Errorf("%s: two outcomes on %v", s.Name, p)
			}
		}
		if s.On("", "0.9", "sqlite") {
			t.Errorf("%s was seen on Django 0.9", s.Name)
		}
	}
}

func FuzzParse(f *testing.F) {
	text := sound(f)
	f.Add([]byte(text))
	for _, tt := range faults {
		f.Add([]byte(strings.Replace(text, tt.old, tt.new, 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := storevectors.Parse(data)
		if (file == nil) != (err != nil) {
			t.Fatalf("file %v, error %v", file != nil, err)
		}
		if err != nil {
			return
		}
		var compact bytes.Buffer
		if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
			return
		}
		if err := json.Compact(&compact, data); err != nil {
			t.Fatalf("accepted, but not JSON: %v", err)
		}
		if _, err := storevectors.Parse(compact.Bytes()); err != nil {
			t.Errorf("accepted, but not without its white space: %v", err)
		}
	})
}
