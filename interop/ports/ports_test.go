package main

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/vectors"
)

// The test program is the adapter of the ports in Go, as the program itself is.
func TestMain(m *testing.M) {
	if name, ok := os.LookupEnv(serveVariable); ok {
		exit(serve(name, os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// The tables in docs/vectors.md are what the program prints. The rows of ports that
// cannot be had here are not checked, and the log says so.
func TestTables(t *testing.T) {
	t.Parallel()
	all, err := runAll(t.Context(), django(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range all.absent {
		t.Logf("WARNING: %s. Its rows in %s are NOT CHECKED.", why, page)
		if !strings.HasPrefix(why, "itsdangerous ") { // the one of Debian, which the checks install
			continue
		}
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Error(why)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _, err := splitPage(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all.tables(), checkedRows(tables, all)); diff != "" {
		t.Errorf("%s differs, run: go run . -write (-program +page):\n%s", page, diff)
	}
}

// checkedRows leaves out the rows of ports that were not run.
func checkedRows(tables string, all outcomes) string {
	var kept strings.Builder
	for line := range strings.Lines(tables) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		name, _, _ = strings.Cut(name, " (")
		isPort := slices.ContainsFunc(ports, func(p port) bool { return p.name == name })
		wasRun := slices.ContainsFunc(all.results, func(o outcome) bool { return o.port.name == name })
		if !isPort || wasRun {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// Every port has its rows in the page, whether it can be had here or not.
func TestPageNamesPorts(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _, err := splitPage(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ports {
		for _, begin := range []string{
			"| " + p.name + " (" + p.language + ") | " + p.version + " | " + p.from + " | " + p.part + " |",
			"| " + p.name + " |",
		} {
			if strings.Count(tables, "\n"+begin) != 1 {
				t.Errorf("%s has not one row that begins with %s", page, begin)
			}
		}
	}
}

// What is missed counts as its kind of miss, and a process that ends or hangs is
// started anew for the next test.
func TestRunCounts(t *testing.T) {
	const crash = `read -r line; echo oh >&2; exit 3`
	const hang = `read -r line; exec sleep 60`
	const refuse = `while read -r line; do id=${line#*:}; echo "{\"id\": ${id%%,*}, \"result\": \"refused\"}"; done`
	const crashOnSecond = `read -r line; id=${line#*:}; echo "{\"id\": ${id%%,*}, \"result\": \"refused\"}"; read -r line; exit 1`
	tests := []struct {
		name, reason, script string
		want                 map[string]int // of the 3 valid tests of a group with objects
	}{
		{"hang", "no answer within the limit", hang, map[string]int{hung: 3}},
		{"refuse", "Django accepts all three", refuse, map[string]int{refusesGood: 3}},
		{"crash", "it ends after every second question", crashOnSecond, map[string]int{refusesGood: 2, crashed: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := shell(tt.script)
			if tt.script == hang {
				a.timeout = 100 * time.Millisecond
			}
			r, err := run(t.Context(), objects(), a, django(t))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for _, m := range r.misses {
				got[m.way]++
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if want := (score{0, 3}); r.score != want {
				t.Errorf("score %v, want %v", r.score, want)
			}
		})
	}
	t.Run("dead", func(t *testing.T) {
		if _, err := run(t.Context(), objects(), shell(crash), django(t)); err == nil {
			t.Error("an adapter that never answers gives no error")
		}
	})
}

// A line that is no answer is a fault of the adapter, and no result of the port.
func TestRunRefusesAdapters(t *testing.T) {
	tests := []struct{ name, reason, script string }{
		{"text", "not JSON", `while read -r line; do echo hello; done`},
		{"other id", "an answer to another question", `while read -r line; do echo '{"id": 0, "result": "valid"}'; done`},
		{"no result", "neither valid nor refused", `while read -r line; do id=${line#*:}; echo "{\"id\": ${id%%,*}}"; done`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := run(t.Context(), objects(), shell(tt.script), django(t)); err == nil {
				t.Errorf("no error: %s", tt.reason)
			}
		})
	}
	if _, err := run(t.Context(), objects(), &adapter{command: []string{"/nonexistent"}, timeout: time.Second}, django(t)); err == nil {
		t.Error("no error: a program that is not there")
	}
	nothing := &port{name: "nothing", claims: func(*vectors.Group, *vectors.Test) bool { return false }}
	if _, err := run(t.Context(), nothing, shell(`cat`), django(t)); err == nil {
		t.Error("no error: a port that claims nothing")
	}
}

// An adapter of another program is run in the same way.
func TestRunAdapter(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	opts := options{adapter: serveVariable + "=saltine '" + self + "'", kinds: "signer,messages"}
	var out strings.Builder
	if err := opts.run(t.Context(), &out, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| 158 of 158 |", "| 77 of 77 |", "| 81 of 81 |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}

func TestServeErrors(t *testing.T) {
	if err := serve("none", strings.NewReader(""), &strings.Builder{}); err == nil {
		t.Error("no error: a port that is not there")
	}
	if err := serve("saltine", strings.NewReader("hello\n"), &strings.Builder{}); err == nil {
		t.Error("no error: a line that is no question")
	}
}

func TestSameJSON(t *testing.T) {
	tests := []struct {
		want, got string
		same      bool
		reason    string
	}{
		{`{"a": [1, "x", null, true]}`, `{"a":[1,"x",null,true]}`, true, "white space says nothing"},
		{`{"a": 1, "b": 2}`, `{"b": 2, "a": 1}`, true, "neither does the order of names"},
		{`{"a": 1}`, `{"a": 1, "b": 2}`, false, "one name more"},
		{`{"a": 1}`, `{"b": 1}`, false, "another name"},
		{`[1, 2]`, `[1]`, false, "a shorter list"},
		{`[1, 2]`, `[2, 1]`, false, "another order"},
		{`1`, `1.0`, true, "JavaScript has one kind of number"},
		{`1.0`, `1`, true, "so has its printer"},
		{`1`, `"1"`, false, "a text is no number"},
		{`1`, `true`, false, "nor is a truth"},
		{`0.1`, `0.10000000000000001`, true, "the same float"},
		{`0.1`, `0.2`, false, "another float"},
		{`1.5`, `1`, false, "a float that lost its fraction"},
		{`-0.0`, `0.0`, false, "the sign of zero"},
		{`9007199254740993`, `9007199254740992`, false, "an integer that went through a float"},
		{`9007199254740993`, `9.007199254740992e15`, false, "and is written as one"},
		{`9007199254740992`, `9.007199254740992e15`, true, "exact as a float"},
		{`1`, `1e999`, false, "out of range"},
		{`"x"`, `x`, false, "not JSON"},
	}
	for _, tt := range tests {
		if got := sameJSON([]byte(tt.want), []byte(tt.got)); got != tt.same {
			t.Errorf("%s and %s: %t, want %t: %s", tt.want, tt.got, got, tt.same, tt.reason)
		}
	}
}

func TestSamePython(t *testing.T) {
	tests := []struct {
		repr, json string
		same       bool
	}{
		{"[inf, -inf]", "[Infinity,-Infinity]", true},
		{"{'n': nan}", `{"n":NaN}`, true},
		{"OrderedDict([('n', nan), ('i', inf)])", `{"i":Infinity,"n":NaN}`, true},
		{"nan", "null", false},
		{"inf", "-Infinity", false},
		{"{'n': nan}", `{"m":NaN}`, false},
	}
	for _, tt := range tests {
		if got := samePython(tt.repr, tt.json); got != tt.same {
			t.Errorf("%s and %s: %t, want %t", tt.repr, tt.json, got, tt.same)
		}
	}
}

// Only a registry that cannot be reached is forgiven.
func TestIsUnreachable(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"npm error code ENOTFOUND\n", true},
		{"npm error code EAI_AGAIN\n", true},
		{"npm error code E403\n", true},
		{"npm error code E503\n", true},
		{"npm error code EINTEGRITY\n", false},
		{"npm error code EUSAGE\n", false},
		{"", false},
	}
	for _, tt := range tests {
		if got := isUnreachable([]byte(tt.text)); got != tt.want {
			t.Errorf("%q: %t, want %t", tt.text, got, tt.want)
		}
	}
}

// An unreachable registry is a port that is absent, and no failure.
func TestNpmUnreachable(t *testing.T) {
	t.Setenv("npm_config_registry", "http://127.0.0.1:1/")
	t.Setenv("npm_config_cache", t.TempDir())
	a := adapters{folder: t.TempDir()}
	i := slices.IndexFunc(ports, func(p port) bool { return p.source == npm })
	_, err := a.of(t.Context(), &ports[i])
	if _, ok := errors.AsType[*absentError](err); !ok {
		t.Errorf("got %v, want an *absentError", err)
	}
}

// The versions that npm installs are those of the table.
func TestNpmVersions(t *testing.T) {
	text, err := nodeFiles.ReadFile("node/package.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ports {
		if p.source == npm && !strings.Contains(string(text), `"`+p.name+`": "`+p.version+`"`) {
			t.Errorf("node/package.json does not have %s %s", p.name, p.version)
		}
	}
}

func TestDebianPort(t *testing.T) {
	t.Parallel()
	i := slices.IndexFunc(ports, func(p port) bool { return p.source == debian })
	other := ports[i]
	if _, err := debianPython(t.Context(), &other); err != nil {
		testkit.Missing(t, err.Error())
	}
	other.version = "0.0.1"
	if _, err := debianPython(t.Context(), &other); err == nil || !strings.Contains(err.Error(), "the table is of 0.0.1") {
		t.Errorf("another version: %v", err)
	}
	other.name = "no-such-module"
	if _, err := debianPython(t.Context(), &other); err == nil {
		t.Error("no module, and no error")
	}
}

func django(t *testing.T) *vectors.File {
	t.Helper()
	file, err := vectors.Django()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// objects claims the three tests of Signer.unsign_object.
func objects() *port {
	return &port{name: "objects", claims: func(g *vectors.Group, _ *vectors.Test) bool { return g.Kind == vectors.KindSigner && g.Object }}
}

func shell(script string) *adapter {
	return &adapter{command: []string{"sh", "-c", script}, timeout: mostTime}
}
