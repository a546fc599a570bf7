package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run("../storevectors/testdata/stores.json.gz", &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"rows                 360 read\n", "calls                416 read\n", "cache_values        2541 read\n", "\n4266 passed, 0 failed\n",
		"calls on caches      510 passed\n", "values of caches    2541 passed\n", "pickles              265 passed\n",
		"keys of caches       840 passed\n", "names of files         6 passed\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
	if got := strings.Count(out.String(), " read\n"); got != 17 {
		t.Errorf("%d lines, want one for each of 17 parts", got)
	}
	if err := run(filepath.Join(t.TempDir(), "none"), &out); err == nil {
		t.Error("a file that is not there gives no error")
	}
	if err := run("main.go", &out); err == nil {
		t.Error("a file of another format gives no error")
	}
}
