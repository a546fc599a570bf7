package vectors_test

import (
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/vectors"
)

// sound is a small file that Parse accepts, with a group of each kind whose fields differ.
const sound = `{"source": "made up", "schema": ["one rule"], "count": 6, "groups": [
{"source": "dumps", "kind": "signing_dumps", "algorithm": "sha256", "key": "k1", "fallback_keys": ["f1"], "salt": "s1", "sep": ":",
 "comment": "about dumps", "tests": [
{"id": 1, "comment": "one", "data": {"a": "\ud800"}, "raw_payload": "{}", "compressed": false, "timestamp": 1700000000, "cookie": "c1",
 "now": 1700000000.5, "max_age": 60, "result": "valid", "payload_len": null, "flags": ["size"]},
{"id": 2, "comment": "two", "raw_payload": null, "timestamp": null, "cookie": "c2", "now": 1700000001, "max_age": null,
 "result": "bad_signature", "exception": "E", "exception_message": "", "flags": []}]},
{"source": "store", "kind": "session", "algorithm": "sha1", "key_hex": "ff00", "fallback_keys": [], "salt": "s2", "sep": ":",
 "enforces_session_expiry": false, "tests": [
{"id": 3, "comment": "three", "data": null, "raw_payload": "é", "timestamp": 1, "cookie": "c3", "now": 1, "max_age": 60,
 "result": "valid", "modified_after_load": false, "exception_escapes_load": false, "flags": ["session"]}]},
{"source": "data", "kind": "session_data", "algorithm": "sha1", "key": "k3", "fallback_keys": [], "salt": "s3", "sep": ":",
 "format": "f", "tests": [
{"id": 4, "comment": "four", "raw_payload": null, "timestamp": null, "cookie": "c4", "now": 1, "max_age": null,
 "result": "bad_signature", "flags": []}]},
{"source": "cookie", "kind": "signed_cookie", "algorithm": "sha256", "key": "k4", "key_prefix": "p", "fallback_keys": [], "salt": null,
 "sep": ":", "salt_rule": "{name}{salt}", "legacy_salt_fallback": null, "tests": [
{"id": 5, "comment": "five", "data": "v", "raw_payload": null, "timestamp": 1, "cookie": "c5", "now": 1, "max_age": null,
 "result": "valid", "cookie_name": "n", "cookie_salt": "", "flags": []}]},
{"source": "seps", "kind": "signer", "algorithm": "sha256", "key": "k5", "fallback_keys": [], "salt": "s5", "sep": null, "tests": [
{"id": 6, "comment": "six", "raw_payload": null, "timestamp": null, "cookie": null, "now": 1, "max_age": null,
 "result": "malformed", "exception": "ValueError", "exception_message": "m", "sep": "a", "flags": []}]}
]}`

// lastTest is the only test of the last group of sound.
const lastTest = `
{"id": 6, "comment": "six", "raw_payload": null, "timestamp": null, "cookie": null, "now": 1, "max_age": null,
 "result": "malformed", "exception": "ValueError", "exception_message": "m", "sep": "a", "flags": []}]`

// faults are edits of sound, each of which breaks one rule.
var faults = []struct {
	name, old, new, want, reason string
}{
	{"no JSON", sound, ``, `unexpected end`, "there is nothing to read"},
	{"syntax", `"count": 6`, `"count": `, `offset 56`, "the place is told"},
	{"not UTF-8", `"made up"`, "\"made \xff\"", `not UTF-8`, "encoding/json would put U+FFFD"},
	{"trailing data", "]}\n]}", "]}\n]} {}", `after top-level value`, "one value is the whole file"},
	{"array for file", sound, `[]`, `not an object`, "another type"},
	{"null for file", sound, `null`, `not an object`, "encoding/json takes null for anything"},

	{"unknown field of the file", `"count": 6`, `"count": 6, "x": 1`, `unknown field "x"`, "a new field needs a new reader"},
	{"unknown field of a group", `"comment": "about dumps"`, `"note": ""`, `group 0 (dumps): unknown field "note"`, "a misspelt option is not ignored"},
	{"unknown field of a test", `"payload_len": null`, `"length": 1`, `group 0 (dumps): test 1: unknown field "length"`, "as above"},
	{"letter case", `"count": 6`, `"Count": 6`, `field "count" is missing`, "encoding/json would let it pass"},
	{"field of another kind of group", `"comment": "about dumps"`, `"salt_rule": "{name}{salt}"`, `group 0 (dumps): unknown field "salt_rule"`, "only kind signed_cookie has it"},
	{"field of another kind of test", `"payload_len": null`, `"cookie_name": "n"`, `test 1: unknown field "cookie_name"`, "only kind signed_cookie has it"},
	{"separator in both", `"payload_len": null`, `"sep": ":"`, `test 1: unknown field "sep"`, "only construction tests have their own"},

	{"duplicate field of the file", `"count": 6`, `"count": 6, "count": 6`, `duplicate field "count"`, "the last would win in silence"},
	{"duplicate field of a group", `"salt": "s1"`, `"salt": "s1", "salt": "s0"`, `group 0 (dumps): duplicate field "salt"`, "as above"},
	{"duplicate field of a test", `"cookie": "c2"`, `"cookie": "c2", "cookie": "c"`, `test 2: duplicate field "cookie"`, "as above"},
	{"escaped duplicate", `"count": 6`, `"count": 6, "\u0063ount": 6`, `duplicate field "count"`, "the name is what it means, not how it is spelt"},
	{"duplicate id", `"id": 5`, `"id": 3`, `group 3 (cookie): test 3: duplicate id`, "an id names one test of the file"},
	{"count too high", `"count": 6`, `"count": 7`, `count is 7, but there are 6 tests`, "a test was lost"},
	{"count too low", `"count": 6`, `"count": 5`, `count is 5, but there are 6 tests`, "a test was not counted"},

	{"unknown kind", `"session_data"`, `"sessions"`, `group 2 (data): field "kind": unknown value "sessions"`, "no reader knows what to do"},
	{"unknown result", `"malformed"`, `"broken"`, `group 4 (seps): test 6: field "result": unknown value "broken"`, "as above"},
	{"unknown algorithm", `"sha1", "key_hex"`, `"SHA1", "key_hex"`, `field "algorithm": unknown value "SHA1"`, "Python's names are in small letters"},
	{"unknown salt rule", `"{name}{salt}"`, `"{salt}{name}"`, `field "salt_rule": unknown value`, "a rule is code, not text"},
	{"unknown serializer", `"comment": "about dumps"`, `"serializer": "yaml"`, `field "serializer": unknown value "yaml"`, "pickle is the only other one"},

	{"no source", `"source": "made up", `, ``, `field "source" is missing`, "provenance is not optional"},
	{"empty source", `"made up"`, `""`, `field "source": is empty`, "as above"},
	{"no groups", `"groups"`, `"group"`, `field "groups" is missing`, "a file has groups"},
	{"no kind", `"kind": "session", `, ``, `group 1 (store): field "kind" is missing`, "every group has one"},
	{"no format", `"format": "f", `, ``, `group 2 (data): field "format" is missing`, "this kind needs it"},
	{"no expiry rule", `"enforces_session_expiry": false, `, ``, `field "enforces_session_expiry" is missing`, "this kind needs it"},
	{"no cookie name", `"cookie_name": "n", `, ``, `test 5: field "cookie_name" is missing`, "this kind needs it"},
	{"no id", `"id": 2, `, ``, `group 0 (dumps): test at index 1: field "id" is missing`, "the place is told without it"},
	{"no cookie", `"cookie": "c1",`, ``, `test 1: field "cookie" is missing`, "a test is about one"},
	{"no max_age", `"max_age": 60, "result": "valid", "payload_len"`, `"result": "valid", "payload_len"`, `test 1: field "max_age" is missing`, "no check is written as null"},
	{"no raw_payload", `"raw_payload": "{}", `, ``, `test 1: field "raw_payload" is missing`, "not reached is written as null"},
	{"no separator", `"sep": "a", `, ``, `test 6: field "sep" is missing`, "a construction test is about one"},
	{"exception without message", `"exception": "E", "exception_message": ""`, `"exception": "E"`, `test 2: field "exception_message" is missing`, "they were seen together"},
	{"message without exception", `"exception": "E", "exception_message": ""`, `"exception_message": ""`, `test 2: field "exception" is missing`, "as above"},

	{"null cookie", `"c1"`, `null`, `test 1: field "cookie": is null`, "only construction tests have none"},
	{"cookie in a construction test", `"cookie": null`, `"cookie": "c"`, `test 6: field "cookie" is not null`, "no value was signed"},
	{"null key", `"key": "k1"`, `"key": null`, `field "key": is null`, "null is not a key"},
	{"null flag", `["size"]`, `[null]`, `test 1: field "flags": element 0: is null`, "encoding/json would make it empty"},
	{"null flags", `["size"]`, `null`, `test 1: field "flags": not an array`, "no flags is an empty array"},
	{"null now", `"now": 1700000000.5`, `"now": null`, `test 1: field "now": is null`, "every reading has a clock"},
	{"null boolean", `"compressed": false`, `"compressed": null`, `test 1: field "compressed": is null`, "not recorded is written as absent"},
	{"null separator", `"sep": ":",` + "\n" + ` "comment"`, `"sep": null,` + "\n" + ` "comment"`, `group 0 (dumps): field "sep" is null`, "only kind signer has construction tests"},
	{"null salt", `"salt": "s1"`, `"salt": null`, `group 0 (dumps): field "salt" is null`, "only a rule can stand in for it"},
	{"salt and rule", `"salt": null`, `"salt": "s4"`, `group 3 (cookie): field "salt" is null`, "the rule makes it"},

	{"text for number", `"id": 2`, `"id": "2"`, `test at index 1: field "id"`, "another type"},
	{"text for now", `"now": 1700000000.5`, `"now": "1"`, `test 1: field "now"`, "another type"},
	{"number for text", `"cookie": "c1"`, `"cookie": 1`, `test 1: field "cookie"`, "another type"},
	{"object for list", `"schema": ["one rule"]`, `"schema": {}`, `field "schema": not an array`, "another type"},
	{"number for group", `"groups": [`, `"groups": [1, `, `group 0 (): not an object`, "another type"},
	{"number for test", `"tests": [`, `"tests": [1, `, `test at index 0: not an object`, "another type"},
	{"id 0", `"id": 2`, `"id": 0`, `field "id": 0 is not positive`, "ids count from 1"},
	{"fraction in a timestamp", `"timestamp": 1700000000`, `"timestamp": 1.5`, `test 1: field "timestamp": not an integer`, "Django signs whole seconds"},
	{"negative size", `"payload_len": null`, `"payload_len": -1`, `field "payload_len": -1 is negative`, "sizes count from 0"},
	{"now past float64", `"now": 1700000000.5`, `"now": 1e999`, `test 1: field "now"`, "no clock shows it"},
	{"now past time", `"now": 1700000000.5`, `"now": 1e300`, `test 1: field "now" is not a time`, "no clock shows it"},
	{"now too fine", `"now": 1700000000.5`, `"now": 1e-12`, `test 1: field "now" is not a time`, "a time.Time cannot carry it"},
	{"key_hex not hex", `"ff00"`, `"ff0"`, `field "key_hex"`, "no bytes come of it"},

	{"no key", `"key": "k1", `, ``, `group 0 (dumps): one of the fields "key" and "key_hex"`, "nothing to verify with"},
	{"two keys", `"key": "k1"`, `"key": "k1", "key_hex": "00"`, `group 0 (dumps): one of the fields "key" and "key_hex"`, "which of them?"},
	{"empty key", `"k1"`, `""`, `field "key": is empty`, "Django takes it for another key"},
	{"empty separator", `"sep": ":",` + "\n" + ` "comment"`, `"sep": "",` + "\n" + ` "comment"`, `field "sep": is empty`, "nothing can be split at it"},
	{"no tests", lastTest, "]", `group 4 (seps): no tests`, "a group without tests says nothing"},

	{"valid without data", `"data": "v", `, ``, `test 5: a valid test has`, "a reader could return anything"},
	{"data and repr", `"payload_len": null`, `"data_repr": "nan"`, `test 1: a valid test has`, "which of them?"},
	{"data of a refused value", `"cookie": "c2"`, `"cookie": "c2", "data": null`, `test 2: a value, but the result is "bad_signature"`, "there is no object beside an error"},
	{"exception of a valid value", `"payload_len": null`, `"exception": "E", "exception_message": ""`, `test 1: an exception, but`, "one of them is wrong"},
	{"payload above a byte", `"é"`, `"Ā"`, `test 3: field "raw_payload" has a character above U+00FF`, "each character is one byte"},

	{"lone high surrogate", `"c1"`, `"\ud800"`, `test 1: field "cookie": lone surrogate`, "encoding/json would put U+FFFD"},
	{"lone low surrogate", `"c1"`, `"\\\udfff"`, `test 1: field "cookie": lone surrogate`, "as above, after an escaped backslash"},
	{"high surrogate twice", `"c1"`, `"\ud83d\ud83d\ude00"`, `test 1: field "cookie": lone surrogate`, "only the second has its half"},
	{"lone surrogate in a list", `["size"]`, `["\udc00"]`, `element 0: lone surrogate`, "lists of texts are read alike"},
}

func TestParse(t *testing.T) {
	if _, err := vectors.Parse([]byte(sound)); err != nil {
		t.Fatalf("the file that the faults are put into: %v", err)
	}
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			data := strings.Replace(sound, tt.old, tt.new, 1)
			if data == sound {
				t.Fatalf("%q is not in the file", tt.old)
			}
			file, err := vectors.Parse([]byte(data))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "vectors: ") {
				t.Errorf("error is %v, want one with %q: %s", err, tt.want, tt.reason)
			}
			if file != nil {
				t.Errorf("a file beside the error %v", err)
			}
		})
	}
}

func TestParseAccepts(t *testing.T) {
	for _, tt := range []struct {
		name, old, new, reason string
	}{
		{"white space", sound, " \n" + sound + "\t ", "JSON allows it around the value"},
		{"surrogate pair", `"c1"`, `"\ud83d\ude00"`, "both halves are there"},
		{"two surrogate pairs", `"c1"`, `"\ud83d\ude00\ud83d\ude00"`, "the second is looked at too"},
		{"escaped backslash", `"c1"`, `"\\ud800"`, "a backslash and five letters, no escape"},
		{"replacement character", `"c1"`, `"\ufffd"`, "written on purpose it is a character like others"},
		{"huge timestamp", `"timestamp": 1700000000`, `"timestamp": 9223372036854775808`, "Django signs 2**63"},
		{"negative clock", `"now": 1700000000.5`, `"now": -0.5`, "before 1970"},
		{"repr in place of data", `"data": {"a": "\ud800"}`, `"data_repr": "nan"`, "JSON has no NaN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := strings.Replace(sound, tt.old, tt.new, 1)
			if data == sound {
				t.Fatalf("%q is not in the file", tt.old)
			}
			if _, err := vectors.Parse([]byte(data)); err != nil {
				t.Errorf("%v, want no error: %s", err, tt.reason)
			}
		})
	}
}
