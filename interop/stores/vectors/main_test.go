package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
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

// A recording of something else is noticed, in every part.
func TestRunNotices(t *testing.T) {
	packed, err := os.ReadFile(recordings)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.NewDecoder(unpacked).Decode(&file); err != nil {
		t.Fatal(err)
	}
	// at returns the part of a value under names and indexes.
	at := func(value any, path ...any) map[string]any {
		for _, step := range path {
			switch step := step.(type) {
			case string:
				value = value.(map[string]any)[step]
			case int:
				value = value.([]any)[step]
			}
		}
		return value.(map[string]any)
	}
	changes := map[string]func(){
		"rows":          func() { at(file, "rows", 0, "tests", 0)["expire_date"] = "2027-01-29 08:00:01" },
		"pickles":       func() { at(file, "pickles", 0)["data"] = map[string]any{"other": 1} },
		"session_files": func() { at(file, "session_files", 0, "tests", 0)["data"] = map[string]any{"other": 1} },
		"hostile_keys":  func() { at(file, "hostile_keys", 0)["key_after"] = "abcdefgh\x00x" },
		"hostile_file":  func() { at(file, "hostile_file_keys", 0)["key_after"] = "../../etc/passwd" },
		"ddl":           func() { at(file, "ddl", "lite-5.2.10-py3.11")["django_session"] = []any{"CREATE TABLE x (y)"} },
		"sql":           func() { at(file, "sql", "lite-5.2.10-py3.11", 0)["exception"] = "CreateError" },
		"custom_model": func() {
			at(file, "custom_model", "lite-5.2.10-py3.11")["rows"].([]any)[0].([]any)[2] = 44
		},
		"interrupted": func() {
			for i := range file["interrupted"].([]any) {
				at(file, "interrupted", i)["status"] = 201
			}
		},
		"calls": func() {
			for i := range file["calls"].([]any) {
				steps := at(file, "calls", i)["steps"].([]any)
				at(steps[len(steps)-1])["exception"] = "UpdateError"
				delete(at(steps[len(steps)-1]), "returned")
			}
		},
	}
	for _, change := range changes {
		change()
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "stores.json")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run(name, []string{"sqlite", "files"}, &out); err == nil {
		t.Error("nothing failed")
	}
	for part := range changes {
		if !regexp.MustCompile(`(?m)^` + part + `[a-z_]*/.*: `).MatchString(out.String()) {
			t.Errorf("a change in %s was not noticed", part)
		}
	}
}
