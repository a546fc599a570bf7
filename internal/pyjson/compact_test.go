package pyjson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// requireSameWays compares the quick and the slow way of checking and of indexing.
func requireSameWays(t *testing.T, text string) {
	t.Helper()
	end, slowErr := pyjson.SkipValue(text)
	if quick := pyjson.SkipCompact(text); quick >= 0 && (slowErr != nil || quick != end) {
		t.Fatalf("%q: the quick way ends at %d, the slow one at %d, %v", text, quick, end, slowErr)
	}
	if slowErr, err := pyjson.CheckSlowly(text), pyjson.Check(text); !sameError(slowErr, err) {
		t.Fatalf("Check(%q) is %v, the slow way %v", text, err, slowErr)
	}
	if pyjson.Kind(text) != '{' {
		return
	}
	before := pyjson.Member{Key: "k", RawKey: `"k"`, Raw: "0"}
	want, wantErr := pyjson.MembersSlowly([]pyjson.Member{before}, text)
	got, err := pyjson.Members([]pyjson.Member{before}, text)
	if !sameError(wantErr, err) {
		t.Fatalf("Members(%q): error %v, the slow way's %v", text, err, wantErr)
	}
	if !slices.Equal(want, got) { // cmp.Diff takes too long for all
		t.Fatalf("Members(%q) (-slow +quick):\n%s", text, cmp.Diff(want, got))
	}
}

func sameError(a, b error) bool {
	x, isSyntax := errors.AsType[*pyjson.SyntaxError](a)
	if y, both := errors.AsType[*pyjson.SyntaxError](b); isSyntax && both {
		return *x == *y
	}
	return errors.Is(a, b)
}

// requireCompact tells of a text that Append wrote, and that needs the slow way.
func requireCompact(t *testing.T, text string) {
	t.Helper()
	if end := pyjson.SkipCompact(text); end != len(text) {
		t.Errorf("the quick way gives up or ends early, at %d: %q", end, text)
	}
}

func FuzzCompact(f *testing.F) {
	addSeeds(f)
	for _, seed := range compactTokens {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		requireSameWays(t, text)
		// Of what the fuzzer writes, little is compact and without a fault.
		requireSameWays(t, `{"a":[`+text+`],"b":"`+text+`"}`)
		requireSameWays(t, `{"`+text+`":1,"b":`+text+`}`)
	})
}

func FuzzCompactWritten(f *testing.F) {
	addSeeds(f)
	for _, seed := range compactTokens {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := pyjson.Decode(text)
		if err != nil || strings.Count(text, "[")+strings.Count(text, "{") > pyjson.MaxCompact {
			return
		}
		written, err := pyjson.Append(nil, value)
		if err != nil {
			t.Fatal(err)
		}
		requireCompact(t, string(written))
		requireSameWays(t, string(written))
	})
}

// compactTokens are values with and without a fault, and what stands between them.
var compactTokens = []string{
	`""`, `"a"`, `"1234567"`, `"12345678"`, `"123456789012345"`, `"\n"`, `"1234567\""`, `"12345678\\"`, `"\ud800"`, `"é"`, "\"\xe9\"", "\"\x7f\"", "\"\x80\"", "\"\x9f\xa0\xa2\xdc\xff\"", "\"\x1f\"", "\" !#[]\"", `"unclosed`,
	"0", "-0", "01", "7", "-7", "1234567890", "1.5", "-1.5e-7", "1E5", "1.", "1e", "-", "--1", "1_0", "9.9.9", strings.Repeat("9", pyjson.MaxDigits), strings.Repeat("9", pyjson.MaxDigits+1),
	"true", "false", "null", "NaN", "Infinity", "-Infinity", "tru", "nulL", "truefalse", "-NaN",
	"{}", "[]", "[[]]", "[{}]", `{"a":{}}`, `{"a":[]}`, "{]", "[}", "{1}", `{"a"}`, `{"a":}`, `{"a",1}`, `{"a":1,}`, "[1,]", "[,1]", "{,}", `["a":1]`, `{"a":1]`, `[1}`, "]", "}", "", ",", ":", " ", " 1", "1 ", "\x00", "\xff",
}

// compactTexts are texts in which each token stands next to each other one.
func compactTexts() []string {
	var texts []string
	for _, first := range compactTokens {
		for _, second := range compactTokens {
			texts = append(texts, "["+first+","+second+"]", `{`+first+":"+second+"}", `{"a":`+first+`,"a":`+second+`}`, first+second)
		}
	}
	return texts
}

func TestCompactLikeSlow(t *testing.T) {
	for _, text := range compactTexts() {
		requireSameWays(t, text)
		for _, after := range []string{"", "x", ",", "}", "        ", `"abcdefgh"`} {
			requireSameWays(t, `{"key":`+text+`,"other key":[`+text+after+`]}`+after)
		}
	}
	for _, seed := range seeds {
		requireSameWays(t, seed)
	}
}

// A text of every length around the eight bytes that are looked at together, with
// every byte at every place.
func TestCompactStrings(t *testing.T) {
	for n := range 20 {
		for place := range n {
			for c := range 256 {
				body := []byte(strings.Repeat("x", n))
				body[place] = byte(c)
				requireSameWays(t, `"`+string(body)+`"`)
				requireSameWays(t, `{"`+string(body)+`":["`+string(body)+`"],"abcdefg":{"`+string(body)+`":null}}`)
			}
		}
	}
}

func TestCompactCutShort(t *testing.T) {
	text := `{"a":[1,-2.5e7,{"b":"c\n\u00e9","long key, longer than that":[true,false,null,[],{}]}],"d":{"e":{"f":[[[0]]]}}}`
	requireCompact(t, text)
	for i := range text {
		requireSameWays(t, text[:i])
		requireSameWays(t, text[:i]+" "+text[i:])
		requireSameWays(t, text[:i]+text[i+1:])
		requireSameWays(t, text[:i]+"]"+text[i+1:])
		requireSameWays(t, text[:i]+"}"+text[i+1:])
		requireSameWays(t, text[:i]+"\x00"+text[i+1:])
	}
}

func TestCompactDepth(t *testing.T) {
	for depth := range 70 {
		for _, text := range []string{nested(depth), nestedObjects(depth), strings.Repeat(`[{"":`, depth/2) + "1" + strings.Repeat("}]", depth/2)} {
			requireSameWays(t, text)
			requireSameWays(t, text[:len(text)/2])
			if depth > 0 && depth <= pyjson.MaxCompact {
				requireCompact(t, text)
			}
		}
	}
	for _, depth := range []int{pyjson.MaxDepth - 1, pyjson.MaxDepth, pyjson.MaxDepth + 1} {
		requireSameWays(t, nested(depth))
		requireSameWays(t, `{"a":`+nested(depth-1)+"}")
		requireSameWays(t, `{"a":`+nested(depth)+"}")
	}
}

// What Django and this package write goes the quick way.
func TestCompactPayloads(t *testing.T) {
	files, err := filepath.Glob("../../bench/payloads/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no payloads: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		written, err := pyjson.Append(nil, value)
		if err != nil {
			t.Fatal(err)
		}
		requireCompact(t, string(written))
		requireSameWays(t, string(written))
	}
}

// Members after a first try that the quick way gave up late, with an index of keys.
func TestCompactGivesUpLate(t *testing.T) {
	var text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&text, `,"k%d":%d`, i%30, i)
	}
	requireSameWays(t, "{"+text.String()[1:]+"}")
	requireSameWays(t, "{"+text.String()[1:]+" }")
	requireSameWays(t, "{"+text.String()[1:]+",}")
}

func BenchmarkMembers(b *testing.B) {
	for _, name := range []string{"auth", "medium", "large", "rand"} {
		file, err := os.ReadFile("../../bench/payloads/" + name + ".json")
		if err != nil {
			b.Fatal(err)
		}
		text := strings.TrimSpace(string(file))
		dst := make([]pyjson.Member, 0, 16)
		b.Run(name+"/quick", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pyjson.Members(dst, text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/slow", func(b *testing.B) {
			for b.Loop() {
				if _, err := pyjson.MembersSlowly(dst, text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
