package vectors_test

import (
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/vectors"
)

func TestSealed(t *testing.T) {
	tests, err := vectors.Sealed()
	if err != nil {
		t.Fatal(err)
	}
	makers, results := map[string]int{}, map[vectors.Result]int{}
	comments := map[string]bool{}
	for i := range tests {
		v := &tests[i]
		makers[v.Maker]++
		results[v.Result]++
		if what := v.Maker + ": " + v.Comment; comments[what] {
			t.Errorf("test %d is another %q", v.ID, what)
		} else {
			comments[what] = true
		}
	}
	if makers["go"] != 37 || makers["python"] != 41 || results[vectors.Valid] != 24 || results[vectors.Malformed] != 54 {
		t.Errorf("%v, %v", makers, results)
	}
}

const soundSealed = `{"source": "s", "schema": [], "count": 1, "tests": [{"id": 1, "comment": "c", "maker": "go", "key": "k", "fallbacks": ["f"],
 "salt": "s", "name": null, "now": 1, "plain_until": 0, "payload": "AQ", "result": "valid", "text": "{}", "key_index": 1, "plain": false}]}`

func TestSealedRefuses(t *testing.T) {
	if _, err := vectors.ParseSealed([]byte(soundSealed)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new, want, reason string }{
		{"no JSON", soundSealed, ``, `unexpected end`, "there is nothing to read"},
		{"list", soundSealed, `[]`, `not an object`, "another type"},
		{"count", `"count": 1`, `"count": 2`, `count is 2, but there are 1 tests`, "tests were lost"},
		{"id", `"id": 1`, `"id": 2`, `test 1 has the id 2`, "ids count"},
		{"maker", `"go"`, `"rust"`, `unknown value "rust"`, "there are two"},
		{"unknown field", `"now"`, `"clock": 1, "now"`, `unknown field "clock"`, "a new field needs a new reader"},
		{"unknown field of the file", `"count"`, `"n": 1, "count"`, `unknown field "n"`, "as above"},
		{"base64", `"AQ"`, `"AR"`, `field "payload"`, "bits that mean nothing"},
		{"no text", `"payload": "AQ"`, `"payload": 1`, `field "payload"`, "another type"},
		{"result", `"valid"`, `"expired"`, `unknown value "expired"`, "there are two"},
		{"text beside a fault", `"valid"`, `"malformed"`, `unknown field`, "nothing comes beside an error"},
		{"key", `"key_index": 1`, `"key_index": 2`, `key_index 2 is of no key`, "there is one fallback"},
		{"clock", `"now": 1`, `"now": null`, `field "now": is null`, "another type"},
	} {
		data := strings.Replace(soundSealed, tt.old, tt.new, 1)
		if data == soundSealed {
			t.Fatalf("%s: %q is not in the file", tt.name, tt.old)
		}
		_, err := vectors.ParseSealed([]byte(data))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "vectors: ") {
			t.Errorf("%s: error is %v, want one with %q: %s", tt.name, err, tt.want, tt.reason)
		}
	}
}

// FuzzSealed checks that the reader of sealed.json never panics.
func FuzzSealed(f *testing.F) {
	f.Add([]byte(soundSealed))
	f.Fuzz(func(t *testing.T, data []byte) {
		tests, err := vectors.ParseSealed(data)
		if err != nil && tests != nil {
			t.Errorf("tests beside the error %v", err)
		}
		for i := range tests {
			if v := &tests[i]; v.ID != i+1 || v.KeyIndex > len(v.Fallbacks) {
				t.Errorf("test %d: %+v", i, v)
			}
		}
	})
}
