package pickle_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/pickle"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

// maxFuzz is short: what one input unfolds to takes time.
const maxFuzz = 1 << 14

func addSeeds(f *testing.F) {
	f.Helper()
	for _, r := range recordings(f) {
		if len(r.Pickle) < maxFuzz {
			f.Add(r.Pickle)
		}
	}
	for _, test := range hostile {
		if len(test.data) < maxFuzz {
			f.Add([]byte(test.data))
		}
	}
}

func FuzzMembers(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		options := pickle.Options{MaxSize: maxFuzz, KeepForeign: true}
		members, err := pickle.Members(nil, data, options)
		if kind(t, err) != "" {
			return
		}
		for _, m := range members {
			if key, err := pyjson.Unquote(m.RawKey); err != nil || key != m.Key {
				t.Errorf("the key %q is %q: %v", m.Key, m.RawKey, err)
			}
			if m.Raw == "" && m.Err == nil || m.Raw != "" && pyjson.Check(m.Raw) != nil {
				t.Errorf("%q is no JSON", m.Raw)
			}
		}
		written, err := pickle.Append(nil, members)
		if err != nil {
			return // it contains itself
		}
		options.MaxSize = 100 * maxFuzz // without a memo
		again, err := pickle.Members(nil, written, options)
		if err != nil || !slices.Equal(forms(members), forms(again)) {
			t.Fatalf("%q, written %q, %v:\n%q, then\n%q", data, written, err, forms(members), forms(again))
		}
		if twice := write(t, again); !slices.Equal(twice, written) {
			t.Errorf("%q, then %q", written, twice)
		}
	})
}

// FuzzJSON writes members of JSON and reads them again.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{"{}", `{"a":[1,-1,1.5,1e400,NaN,{"b":{},"c":[]}],"d":"\ud800é\u00e9","a":null}`, `{"\ud800":[[],[ true , false ]],"x":123456789012345678901234567890}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		members, err := pyjson.Members(nil, text)
		if err != nil {
			return
		}
		var session []pickle.Member
		for _, m := range members {
			session = append(session, pickle.Member{Member: m})
		}
		data, err := pickle.Append(nil, session)
		if err != nil {
			return // nested too deep
		}
		again, err := pickle.Members(nil, data, pickle.Options{MaxSize: 10*len(text) + 100})
		if err != nil || len(again) != len(members) {
			t.Fatalf("%q: %v", data, err)
		}
		for i, m := range again {
			if m.Err != nil || m.Key != members[i].Key || canonical(t, m.Raw) != canonical(t, members[i].Raw) {
				t.Errorf("%q became %q: %q, %v", members[i].Raw, m.RawKey, m.Raw, m.Err)
			}
		}
	})
}

func canonical(t *testing.T, text string) string {
	t.Helper()
	v, err := pyjson.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	written, err := pyjson.Append(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

// FuzzPython has Python read what this package reads, and what it writes then.
func FuzzPython(f *testing.F) {
	addSeeds(f)
	p := startPython(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		members, err := pickle.Members(nil, data, pickle.Options{MaxSize: maxFuzz})
		if err != nil {
			return
		}
		written, err := pickle.Append(nil, members)
		if err != nil {
			return
		}
		a := p.ask(t, request{Pickle: hex.EncodeToString(data), Written: hex.EncodeToString(written)})
		switch {
		case a.Different:
			t.Fatalf("%q, written %q: Python reads another value: %s", data, written, a.Refused)
		case a.Refused == "":
			compare(t, a, members, false)
		case !slices.ContainsFunc(mayRefuse, func(s string) bool { return strings.Contains(a.Refused, s) }):
			t.Errorf("Python refuses %q: %s", data, a.Refused)
		}
	})
}

// mayRefuse are Python's reasons to refuse what this package takes.
var mayRefuse = []string{
	"unhashable type",         // a key; nothing is hashed here
	"Cannot hash a signaling", // the same
	"ZoneInfoNotFoundError",   // zones are not looked up here
	"ValueError ZoneInfo keys",
	"UnicodeDecodeError", // a str of Python 2
	"RecursionError",     // of the comparison
}
