package saltine_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// Text that is no JSON is malformed, whatever it was to be read into, and is
// not handed to encoding/json.
func TestNoJSONIsMalformed(t *testing.T) {
	signer := newTimestampSigner(t, nil)
	for _, payload := range []string{"", "{", `{"a":1}}`, `{"a":01}`, `{'a':1}`, `"\x"`, "[1,]", strings.Repeat("[", 2000) + strings.Repeat("]", 2000)} {
		token, err := signer.AppendSignPayload(nil, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []any{new(any), new(struct{ A int }), new(map[string]int), new(json.RawMessage), new(string)} {
			if err := signer.UnsignObject(string(token), target, saltine.NoMaxAge); kind(t, err) != "malformed" {
				t.Errorf("%.20s into a %T: %v", payload, target, err)
			}
		}
	}
}

// An object read into what cannot take it is an error, never a panic.
func TestUnfitTargets(t *testing.T) {
	signer := newTimestampSigner(t, nil)
	token, err := signer.SignObject(map[string]any{"a": 1})
	if err != nil {
		t.Fatal(err)
	}
	var (
		object map[string]any
		value  any
	)
	for _, target := range []any{
		nil, object, value, 1, "text",
		struct{ A int }{},
		(*any)(nil), (*map[string]any)(nil), (*struct{ A int })(nil),
		new(int), new(string), new([]any), new(chan int), new(func()), make(chan int),
	} {
		if err := signer.UnsignObject(token, target, saltine.NoMaxAge); kind(t, err) != "wrong type" {
			t.Errorf("into a %T: %v", target, err)
		}
	}
}

// A failed read leaves the target alone, and says which Go type did not fit
// without repeating what was there.
func TestUnsignObjectErrors(t *testing.T) {
	signer := newTimestampSigner(t, &saltine.Options{Now: at(start)})
	sign := func(payload string) string {
		token, err := signer.AppendSignPayload(nil, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		return string(token)
	}
	for _, tt := range []struct {
		name, payload string
		target        any
		kind          string
	}{
		{"a text for an int", `"secret-payload"`, new(int), "wrong type"},
		{"a large number for a small one", `{"A":98765}`, new(struct{ A int8 }), "wrong type"},
		{"a float for an int", `98765.5`, new(int), "wrong type"},
		{"NaN for a struct", `{"A":NaN}`, new(struct{ A float64 }), "wrong type"},
		{"a bad time", `"secret-payload"`, new(time.Time), "wrong type"},
		{"a list for a map", `["secret-payload"]`, new(map[string]any), "wrong type"},
		{"not JSON", `{"secret-payload"`, new(any), "malformed"},
		{"nothing", ``, new(any), "malformed"},
		{"a pickle", "\x80\x04}\x94.secret-payload", new(any), "malformed"},
		{"no pointer", `1`, 1, "wrong type"},
		{"nil", `1`, nil, "wrong type"},
		{"a nil pointer", `1`, (*any)(nil), "wrong type"},
		{"a nil pointer to a map", `{}`, (*map[string]any)(nil), "wrong type"},
	} {
		err := signer.UnsignObject(sign(tt.payload), tt.target, saltine.NoMaxAge)
		if got := kind(t, err); got != tt.kind {
			t.Errorf("%s: %v, want kind %s", tt.name, err, tt.kind)
		}
		for _, leak := range []string{"secret-payload", "98765"} {
			if err != nil && strings.Contains(err.Error(), leak) {
				t.Errorf("%s: the error repeats the payload: %v", tt.name, err)
			}
		}
		if tt.name == "a pickle" && !strings.Contains(err.Error(), "pickle") {
			t.Errorf("a pickle is not named: %v", err)
		}
	}
	target := "before"
	if err := signer.UnsignObject("x"+sign(`"after"`), &target, saltine.NoMaxAge); err == nil || target != "before" {
		t.Error("a forged token reached the target")
	}
}
