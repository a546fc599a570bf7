package vectors_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/vectors"
)

// FuzzParse checks that Parse never panics, that what it accepts keeps its promises, and that the layout of the text does not matter.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sound))
	for _, fault := range faults {
		f.Add([]byte(strings.Replace(sound, fault.old, fault.new, 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := vectors.Parse(data)
		if err != nil {
			if file != nil {
				t.Errorf("a file beside the error %v", err)
			}
			return
		}
		checkPromises(t, file)
		var compact bytes.Buffer
		if err := json.Compact(&compact, data); err != nil {
			t.Fatalf("accepted, but not JSON: %v", err)
		}
		if _, err := vectors.Parse(compact.Bytes()); err != nil {
			t.Errorf("accepted, but not without its white space: %v", err)
		}
	})
}

func checkPromises(t *testing.T, file *vectors.File) {
	t.Helper()
	ids := map[int]bool{}
	for _, g := range file.Groups {
		if len(g.KeyBytes()) == 0 || len(g.FallbackKeyBytes()) != len(g.FallbackKeys) {
			t.Errorf("group %q: keys are lost", g.Source)
		}
		for _, v := range g.Tests {
			ids[v.ID] = true
			if at := v.Time(); float64(at.Unix())+float64(at.Nanosecond())/1e9 != v.Now {
				t.Errorf("test %d: Time is %v, Now %v", v.ID, at, v.Now)
			}
			if (v.Payload() == nil) != (v.RawPayload == nil) {
				t.Errorf("test %d: Payload is %q", v.ID, v.Payload())
			}
			if v.Data != nil && !json.Valid(v.Data) {
				t.Errorf("test %d: Data is not JSON", v.ID)
			}
			g.SaltFor(&v)
		}
	}
	if len(ids) != file.Count {
		t.Errorf("%d ids, Count is %d", len(ids), file.Count)
	}
}

// FuzzRuns checks that the readers of the run files never panic.
func FuzzRuns(f *testing.F) {
	for _, r := range readers {
		f.Add(r.sound)
	}
	for _, fault := range runFaults {
		f.Add(strings.Replace(readers[fault.reader].sound, fault.old, fault.new, 1))
	}
	f.Fuzz(func(t *testing.T, data string) {
		for _, r := range readers {
			if err := r.parse(data); err == nil && !json.Valid([]byte(data)) {
				t.Error("accepted, but not JSON")
			}
		}
	})
}
