package main

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/interop/stores/engines"
)

const recordings = "../storevectors/testdata/stores.json.gz"

func TestRun(t *testing.T) {
	var out strings.Builder
	err := run(recordings, engineNames, &out)
	if missing, ok := errors.AsType[*engines.MissingError](err); ok {
		engines.Require(t, missing)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	t.Log("\n" + out.String())
	for _, p := range parts {
		if p.run != nil && regexp.MustCompile(p.name+` +\d+ read, +0 passed`).MatchString(out.String()) {
			t.Errorf("nothing of %s was run", p.name)
		}
	}
	if got := strings.Count(out.String(), " read, "); got != 17 {
		t.Errorf("%d lines, want one for each of 17 parts", got)
	}
}

func TestRunRefuses(t *testing.T) {
	var out strings.Builder
	if err := run(filepath.Join(t.TempDir(), "none"), nil, &out); err == nil {
		t.Error("a file that is not there gives no error")
	}
	if err := run("main.go", nil, &out); err == nil {
		t.Error("a file of another format gives no error")
	}
	if err := run(recordings, []string{"oracle"}, &out); err == nil {
		t.Error("an engine that is not known gives no error")
	}
}
