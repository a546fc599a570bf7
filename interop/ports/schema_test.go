package main

import (
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemas are the JSON Schemas in vectors/schema, each with faults that it must find:
// a text of the file and what takes its place, once.
var schemas = []struct {
	name   string
	faults []fault
}{
	{"django", []fault{
		{"another kind", `"kind": "session"`, `"kind": "sessions"`},
		{"another hash", `"algorithm": "sha256"`, `"algorithm": "SHA256"`},
		{"an unknown field", `"flags": [`, `"flag": 1, "flags": [`},
		{"a field that is missing", `"now": 1700000000,`, ``},
		{"another result", `"result": "expired"`, `"result": "old"`},
		{"an id that is no number", `"id": 1,`, `"id": "1",`},
		{"a valid test without a value", `"data": {},`, ``},
		{"two keys", `"key": `, `"key_hex": "00", "key": `},
		{"a session's field in another kind", `"enforces_session_expiry": false`, `"object": true, "enforces_session_expiry": false`},
		{"an exception without its message", `"exception_message": `, `"exceptionmessage": `},
		{"a count of 0", `"count": 1465`, `"count": 0`},
	}},
	{"middleware", []fault{
		{"a mark that is no truth", `"accessed": true`, `"accessed": 1`},
		{"an unknown setting", `"SESSION_COOKIE_AGE"`, `"SESSION_AGE"`},
		{"a status that is no number", `"status": 200`, `"status": "200"`},
	}},
	{"session-api", []fault{
		{"a mark that is missing", `"loaded": `, `"is_loaded": `},
		{"a result that is no text", `"returns": "`, `"returns": 1, "x": "`},
	}},
	{"session-expiry", []fault{
		{"a result that is missing", `"get_expiry_date": `, `"expiry_date": `},
	}},
	{"sealed", []fault{
		{"a maker of another language", `"maker": "go"`, `"maker": "rust"`},
		{"a value beside a refusal", `"result": "valid"`, `"result": "malformed"`},
	}},
}

type fault struct{ name, text, replacement string }

// Every file of vectors has a schema that it keeps to, and the schema finds faults.
func TestSchemas(t *testing.T) {
	t.Parallel()
	for _, tt := range schemas {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			schema, err := jsonschema.NewCompiler().Compile("../../vectors/schema/" + tt.name + ".schema.json")
			if err != nil {
				t.Fatal(err)
			}
			file, err := os.ReadFile("../../vectors/" + tt.name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(parsed(t, string(file))); err != nil {
				t.Fatal(err)
			}
			for _, f := range tt.faults {
				faulty := strings.Replace(string(file), f.text, f.replacement, 1)
				if faulty == string(file) {
					t.Errorf("%s: %s is not in the file", f.name, f.text)
				} else if schema.Validate(parsed(t, faulty)) == nil {
					t.Errorf("%s: no error", f.name)
				}
			}
		})
	}
}

// Every schema is tested.
func TestSchemasComplete(t *testing.T) {
	entries, err := os.ReadDir("../../vectors/schema")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(schemas) {
		t.Errorf("%d schemas, of which %d are tested", len(entries), len(schemas))
	}
}

func parsed(t *testing.T, text string) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
