package pyjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// seeds are texts with one thing each that a reader can get wrong.
var seeds = []string{
	"", " ", "{}", "[]", "null", "true", "false", "0", "-0", "-0.0", "1.0", "1e400", "-1E-400", "01", "1.", "-", "+1",
	"NaN", "Infinity", "-Infinity", "-NaN", "9223372036854775808", `""`, `"a"`, `"\ud83d\ude00"`, `"\ud800"`, `"\udc00\ud800"`,
	`"\u00e9\u00E9\/\b\f\n\r\t\\\""`, "\"\xe9\x7f\x80\"", "\"\t\"", `"\x41"`, `"\u00"`, `"unclosed`, `"12345678\"12345678"`,
	`{"a":1,"b":2,"a":3}`, `{"\ud800":1,"\udbff":2,"\ufffd":3}`, `{"a":[1,{"b":[null,true,{}]},[]]}`, `{"a":1,}`, "[1,]", "[1 2]",
	" {\"a\" :\t1 }\r\n", "{} //x", "\xef\xbb\xbf{}", `{'a':1}`, `{"f":1.0,"n":NaN,"big":100000000000000000000}`, "[[[", "]",
	`{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_session_expiry":1209600}`,
	`{"0":0,"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"10":10,"11":11,"12":12,"13":13,"14":14,"15":15,"16":16,"17":17,"3":33,"17":1717}`,
}

func addSeeds(f *testing.F) {
	f.Helper()
	for _, seed := range seeds {
		f.Add(seed)
	}
}

// requireSyntaxError accepts no other kind of error, and no offset outside the text.
func requireSyntaxError(t *testing.T, text string, err error) {
	t.Helper()
	var syntax *pyjson.SyntaxError
	if !errors.As(err, &syntax) {
		t.Fatalf("error %v, want a SyntaxError", err)
	}
	if syntax.Offset < 0 || syntax.Offset > len(text) {
		t.Fatalf("offset %d in a text of %d bytes", syntax.Offset, len(text))
	}
}

func FuzzCheck(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		err := pyjson.Check(text)
		if err != nil {
			requireSyntaxError(t, text, err)
		}
		if _, decodeErr := pyjson.Decode(text); (decodeErr == nil) != (err == nil) {
			t.Errorf("Check: %v, Decode: %v", err, decodeErr)
		}
		if _, membersErr := pyjson.Members(nil, text); (membersErr == nil || errors.Is(membersErr, pyjson.ErrNotObject)) != (err == nil) {
			t.Errorf("Check: %v, Members: %v", err, membersErr)
		}
		if unquoted, unquoteErr := pyjson.Unquote(text); unquoteErr == nil && (err != nil || !utf8.ValidString(unquoted)) {
			t.Errorf("Check: %v, Unquote: %q", err, unquoted)
		}
		// What encoding/json accepts is JSON for Python too. No limit is reached with
		// fewer bytes than this.
		if err != nil && len(text) <= pyjson.MaxDepth && json.Valid([]byte(text)) {
			t.Errorf("encoding/json accepts it, Check does not: %v", err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		value, err := pyjson.Decode(text)
		if err != nil {
			requireSyntaxError(t, text, err)
			return
		}
		written, err := pyjson.Append(nil, value)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := pyjson.Decode(string(written))
		if err != nil {
			t.Fatalf("%q cannot be read: %v", written, err)
		}
		// The texts of different values differ; and cmp takes too long where arrays
		// are deep.
		if twice, err := pyjson.Append(nil, again); err != nil || !bytes.Equal(twice, written) {
			t.Errorf("read, written and read again: %q, then %q, %v", written, twice, err)
		}
	})
}

func FuzzMembers(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		members, err := pyjson.Members(nil, text)
		if errors.Is(err, pyjson.ErrNotObject) {
			return
		}
		if err != nil {
			requireSyntaxError(t, text, err)
			return
		}
		var object strings.Builder
		for i, m := range members {
			if i > 0 {
				object.WriteByte(',')
			}
			object.WriteString(m.RawKey + ":" + m.Raw)
			if err := pyjson.Check(m.Raw); err != nil {
				t.Errorf("a member's text: %v", err)
			}
			if key, err := pyjson.Unquote(m.RawKey); err != nil || key != m.Key {
				t.Errorf("RawKey %q is %q, %v; Key is %q", m.RawKey, key, err, m.Key)
			}
		}
		again, err := pyjson.Members(nil, "{"+object.String()+"}")
		if err != nil {
			t.Fatalf("the members cannot be read again: %v", err)
		}
		if diff := cmp.Diff(members, again); diff != "" {
			t.Errorf("members, written and read again (-first +second):\n%s", diff)
		}
	})
}

func FuzzAppendStandard(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		standard, err := pyjson.AppendStandard(nil, text)
		if err != nil {
			requireSyntaxError(t, text, err)
			return
		}
		if !json.Valid(standard) || !utf8.Valid(standard) {
			t.Fatalf("encoding/json refuses %q", standard)
		}
		canonical, err := pyjson.Append(nil, json.RawMessage(standard))
		if err != nil {
			t.Fatalf("the standard text cannot be written: %v", err)
		}
		want, wantErr := pyjson.Decode(text)
		got, gotErr := pyjson.Decode(string(canonical))
		if wantErr != nil || gotErr != nil {
			t.Fatalf("Decode of the text: %v; of %q: %v", wantErr, canonical, gotErr)
		}
		if diff := cmp.Diff(want, got, exactly); diff != "" {
			t.Errorf("the value changed (-text +canonical):\n%s", diff)
		}
	})
}

func FuzzAppendString(f *testing.F) {
	addSeeds(f)
	f.Add("é€😀\x00\x1f\x7f\u2028\uFFFD")
	f.Add("1234567é\xff")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := pyjson.AppendString(nil, s)
		if (err == nil) != utf8.ValidString(s) {
			t.Fatalf("AppendString: %v", err)
		}
		if err != nil {
			return
		}
		for _, c := range text {
			if c < ' ' || c > '~' {
				t.Fatalf("byte %#x in the text", c)
			}
		}
		if back, err := pyjson.Unquote(string(text)); err != nil || back != s {
			t.Errorf("the string came back as %q, %v", back, err)
		}
		var standard string
		if err := json.Unmarshal(text, &standard); err != nil || standard != s {
			t.Errorf("encoding/json reads %q, %v", standard, err)
		}
	})
}

func FuzzAppendFloat(f *testing.F) {
	for _, v := range []float64{0, 1, 0.1, 1e15, 1e16, 1e-4, 1e-5, 1.5e300, 5e-324} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float64) {
		text, err := pyjson.Append(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := pyjson.Decode(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(any(v), back, exactly); diff != "" {
			t.Errorf("%s (-written +read):\n%s", text, diff)
		}
	})
}
