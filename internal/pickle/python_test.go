package pickle_test

import (
	"bufio"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pickle"
)

//go:embed testdata/oracle.py
var oracle string

// request is for one of the oracle's two functions, generate and check.
type request struct {
	Seed    int               `json:"seed,omitempty"`
	Pickle  string            `json:"pickle,omitempty"`
	Written string            `json:"written,omitempty"`
	Changes map[string]string `json:"changes"` // JSON texts of keys and their new values
}

type answer struct {
	Pickle    string       `json:"pickle"`
	Keys      []string     `json:"keys"`  // JSON texts
	Texts     [][2]*string `json:"texts"` // of json.dumps, and as the package shows it; null if there is none
	Refused   string       `json:"refused"`
	Different bool         `json:"different"`
}

// python is a running Python.
type python struct {
	in  io.Writer
	out *bufio.Reader
}

func startPython(t testing.TB) *python {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Fatal("no python3 to compare with")
		}
		t.Skip("no python3 in PATH: the comparison with Python's pickle module is left out")
	}
	command := exec.Command(path, "-c", oracle)
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), command.Wait()); err != nil {
			t.Error(err)
		}
	})
	return &python{in: in, out: bufio.NewReader(out)}
}

func (p *python) ask(t testing.TB, r request) (a answer) {
	t.Helper()
	line, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	if line, err = p.out.ReadBytes('\n'); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// compare compares the members with Python's keys and texts. exact says that the order
// in sets is the same.
func compare(t testing.TB, a answer, members []pickle.Member, exact bool) {
	t.Helper()
	var keys []string
	for i, m := range members {
		keys = append(keys, m.RawKey)
		if i >= len(a.Texts) {
			continue
		}
		dumped, shown := a.Texts[i][0], a.Texts[i][1]
		if (m.Err == nil) != (dumped != nil) {
			t.Errorf("%s: %v, and Python has a text: %v", m.RawKey, m.Err, dumped != nil)
		}
		if dumped != nil && *dumped != m.Raw {
			t.Errorf("%s (-Python +Go):\n%s", m.RawKey, cmp.Diff(*dumped, m.Raw))
		}
		if (shown == nil) != (m.Raw == "") || exact && shown != nil && *shown != m.Raw {
			t.Errorf("%s is shown (-Python +Go):\n%s", m.RawKey, cmp.Diff(shown, &m.Raw))
		}
	}
	if len(a.Keys) == 0 {
		a.Keys = nil
	}
	if diff := cmp.Diff(a.Keys, keys); diff != "" {
		t.Errorf("keys (-Python +Go):\n%s", diff)
	}
}

func TestExchangesRandomSessionsWithPython(t *testing.T) {
	p := startPython(t)
	const count = 300
	values, changed, odd := 0, 0, 0
	for seed := range count {
		given := p.ask(t, request{Seed: seed + 1})
		data, err := hex.DecodeString(given.Pickle)
		if err != nil {
			t.Fatal(err)
		}
		members, err := pickle.Members(nil, data, pickle.Options{MaxSize: 16 * maxSize})
		if err != nil {
			t.Fatalf("seed %d: %v", seed+1, err)
		}
		compare(t, given, members, true)

		// Every third value is set to its own text, as if it came from JSON.
		changes := make(map[string]string)
		for i, m := range members {
			values++
			var none *pickle.NoJSONError
			if errors.As(m.Err, &none) {
				odd++
			} else if i%3 == 0 && m.Err == nil && !strings.Contains(m.RawKey, `\udfff`) { // as JSON, the last two become one
				members[i].Value = pickle.Value{}
				changes[m.RawKey] = m.Raw
				changed++
			}
		}
		written := hex.EncodeToString(write(t, members))
		if a := p.ask(t, request{Pickle: given.Pickle, Written: written, Changes: changes}); a.Different || a.Refused != "" {
			t.Errorf("seed %d: Python reads another value: %s", seed+1, a.Refused)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed+1)
		}
	}
	t.Logf("%d sessions with %d values, %d of them without a JSON form, %d set again", count, values, odd, changed)
	if odd < values/5 || odd > values*4/5 || changed < values/10 {
		t.Error("that is not a good mixture")
	}
}

// TestPythonReadsWhatIsWrittenForRecordings leaves out what only Python 2 reads.
func TestPythonReadsWhatIsWrittenForRecordings(t *testing.T) {
	p := startPython(t)
	compared := 0
	for _, r := range recordings(t) {
		if r.Kind == "refuse" || r.Kind == "python2" {
			continue
		}
		members, err := read(r.Pickle)
		if err != nil {
			t.Fatal(err)
		}
		a := p.ask(t, request{Pickle: hex.EncodeToString(r.Pickle), Written: hex.EncodeToString(write(t, members))})
		switch {
		case a.Different:
			t.Errorf("%v: Python reads another value: %s", &r, a.Refused)
		case a.Refused == "":
			compared++
			compare(t, a, members, false)
		}
	}
	if compared < 175 {
		t.Errorf("Python read %d recordings", compared)
	}
}
