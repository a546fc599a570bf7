package pyjson_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

func TestMembers(t *testing.T) {
	tests := []struct {
		name   string
		reason string
		text   string
		want   []pyjson.Member
	}{
		{"empty", "no members", "{}", nil},
		{"order", "as written, never sorted", `{"z":1,"a":2,"M":null}`, []pyjson.Member{
			{"z", `"z"`, "1"},
			{"a", `"a"`, "2"},
			{"M", `"M"`, "null"},
		}},
		{"texts", "values stay what they are", `{"f":1.0,"big":100000000000000000000,"n":NaN,"s":"\ud800","e":1E5}`, []pyjson.Member{
			{"f", `"f"`, "1.0"},
			{"big", `"big"`, "100000000000000000000"},
			{"n", `"n"`, "NaN"},
			{"s", `"s"`, `"\ud800"`},
			{"e", `"e"`, "1E5"},
		}},
		{"white space", "outside the texts only", " { \"a\" : [1, 2] , \"b\" :{ } } ", []pyjson.Member{
			{"a", `"a"`, "[1, 2]"},
			{"b", `"b"`, "{ }"},
		}},
		{"repeated key", "first place, last value", `{"a":1,"b":2,"a":3}`, []pyjson.Member{
			{"a", `"a"`, "3"},
			{"b", `"b"`, "2"},
		}},
		{"repeated key, other escapes", "the key counts, not its text, and the first text stays", `{"\u0061":1,"a":2}`, []pyjson.Member{
			{"a", `"\u0061"`, "2"},
		}},
		{"latin-1 key", "the byte and its escape are one key", "{\"\xe9\":1,\"\\u00e9\":2}", []pyjson.Member{
			{"é", "\"\xe9\"", "2"},
		}},
		{"lone surrogates", "different keys for Python, though equal in Go", `{"\ud800":1,"\ud801":2,"\ufffd":3,"\uD800":4}`, []pyjson.Member{
			{"\uFFFD", `"\ud800"`, "4"},
			{"\uFFFD", `"\ud801"`, "2"},
			{"\uFFFD", `"\ufffd"`, "3"},
		}},
		{"empty key", "a key like any other", `{"":1,"":2}`, []pyjson.Member{
			{"", `""`, "2"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := pyjson.Members(nil, test.text)
			if err != nil {
				t.Fatalf("Members: %v (%s)", err, test.reason)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// Beyond 16 members repeated keys are found through an index. The numbers of keys
// are around that change.
func TestMembersManyKeys(t *testing.T) {
	for _, n := range []int{15, 16, 17, 18, 5000} {
		var text strings.Builder
		var want []pyjson.Member
		for round := range 2 {
			for i := range n {
				key, raw := fmt.Sprintf("k%d", i), fmt.Sprintf("%d", round*n+i)
				rawKey := `"` + key + `"`
				if i%3 == 0 {
					key, rawKey = key+"\uFFFD", fmt.Sprintf(`"k%d\ud8%02x"`, i, i%256)
				}
				text.WriteString("," + rawKey + ":" + raw)
				if round == 0 {
					want = append(want, pyjson.Member{Key: key, RawKey: rawKey})
				}
				want[i].Raw = raw
			}
		}
		got, err := pyjson.Members(nil, "{"+text.String()[1:]+"}")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d keys, each twice (-want +got):\n%s", n, diff)
		}
	}
}

func TestMembersAppends(t *testing.T) {
	before := pyjson.Member{Key: "a", RawKey: `"a"`, Raw: "0"}
	got, err := pyjson.Members([]pyjson.Member{before}, `{"a":1}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []pyjson.Member{before, {Key: "a", RawKey: `"a"`, Raw: "1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members that were there are no part of the object (-want +got):\n%s", diff)
	}
}

func TestMembersNotObject(t *testing.T) {
	dst := make([]pyjson.Member, 1, 4)
	for _, text := range []string{"[]", `"{}"`, "1", "null", "true", " NaN", `[{"a":1}]`} {
		got, err := pyjson.Members(dst, text)
		if !errors.Is(err, pyjson.ErrNotObject) {
			t.Errorf("Members(%q): error %v, want ErrNotObject", text, err)
		}
		if len(got) != len(dst) {
			t.Errorf("Members(%q) returned %d members, want those given", text, len(got))
		}
	}
	for _, text := range []string{"[", "nul", "", `{"a":1,"b"}`, `{"a":1}}`} {
		got, err := pyjson.Members(dst, text)
		if err == nil || errors.Is(err, pyjson.ErrNotObject) {
			t.Errorf("Members(%q): error %v, want a SyntaxError", text, err)
		}
		if len(got) != len(dst) {
			t.Errorf("Members(%q) returned %d members, want those given", text, len(got))
		}
	}
}

func TestMembersDoesNotAllocate(t *testing.T) {
	var text strings.Builder
	for i := range 16 {
		fmt.Fprintf(&text, `,"key%d":[%d,"\u00e9"]`, i, i)
	}
	object := "{" + text.String()[1:] + "}"
	dst := make([]pyjson.Member, 0, 16)
	allocs := testing.AllocsPerRun(100, func() {
		members, err := pyjson.Members(dst, object)
		if err != nil || len(members) != 16 {
			t.Fatal(len(members), err)
		}
	})
	if allocs != 0 {
		t.Errorf("Members: %v allocations, want 0", allocs)
	}
}
