package pyjson_test

import (
	"encoding"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

type (
	appender   int
	byteText   byte
	intPointer *int
	mapKey     string
	embeddings struct {
		Left
		*Right
		A int `json:"V"`
	}
	recursion struct {
		Self *recursion `json:",embed"`
		B    map[string]int
		C    map[string]int `json:",embed,omitempty"`
	}
)

func (appender) AppendText(dst []byte) ([]byte, error) { return append(dst, 'a'), nil }

func (byteText) AppendText(dst []byte) ([]byte, error) { return append(dst, 'b'), nil }

func (mapKey) MarshalText() ([]byte, error) { return []byte("m"), nil }

// members are the values of random fields. A name makes the field an embedded one.
var members = []struct {
	name  string
	value any
}{
	{"", 7},
	{"", ""},
	{"", "text"},
	{"", 0},
	{"", true},
	{"", uint8(0)},
	{"", 2.5},
	{"", new(1)},
	{"", (*int)(nil)},
	{"", new(new(1))},
	{"", intPointer(new(1))},
	{"", new(intPointer(new(1)))},
	{"", any(nil)},
	{"", []int{}},
	{"", []*int{new(2)}},
	{"", [0]string{}},
	{"", map[string]any{}},
	{"", map[string]int{"b": 1, "A": 2, "x": 3}},
	{"", map[text]*Pair{"Pair": {}}},
	{"", new(map[string]bool{"c": true})},
	{"", (*map[string]bool)(nil)},
	{"", map[mapKey]int{"k": 1}},
	{"", map[int]int{1: 1}},
	{"", json.RawMessage(`{"raw" : [1]}`)},
	{"", json.RawMessage(nil)},
	{"", json.RawMessage(`[1]`)},
	{"", new(json.RawMessage(`{}`))},
	{"", json.Number("12")},
	{"", new(json.Number("1e5"))},
	{"", time.Second},
	{"", time.Unix(1, 0).UTC()},
	{"", kilo(2)},
	{"", appender(1)},
	{"", []byteText{1}},
	{"", new(appender(1))},
	{"", map[appender]int{1: 2}},
	{"", odd(1)},
	{"", never{1}},
	{"", pointerMethod{1}},
	{"", textBoth{1}},
	{"", &textBoth{1}},
	{"", Pair{1, 2}},
	{"", &Pair{1, 2}},
	{"", (*Pair)(nil)},
	{"", embeddings{Right: &Right{}}},
	{"", recursion{Self: &recursion{}, C: map[string]int{"c": 1}}},
	{"Pair", Pair{3, 4}},
	{"Pair", &Pair{3, 4}},
	{"Left", Left{}},
	{"Right", (*Right)(nil)},
	{"Tag1", Tag1{1}},
	{"Tag2", Tag2{2}},
	{"NoTag", NoTag{3}},
	{"VTag", VTag{4}},
	{"Inner", Inner{5, 6}},
	{"Number", Number(0)},
	{"Other", new(Other("o"))},
	{"Loop", Loop{N: 1}},
}

// words make up random tags. Some are options, names of members above, or what
// ends a name in one toolchain only.
var words = []string{
	"a", "A", "V", "v", "X", "x", "-", "", "_", "é", "1", "name", "tab\there", `quo"te`, "back`tick", `back\slash`, "'single'", "'", `'it\'s'`, "\xff", "\xff\xfe",
	",", ",", ",", ",,", ":", " ", ";", "<&>", "\u2028", "²", "omitempty", "omitzero", "string", "embed", "inline", "unknown", "case:ignore", "case:strict",
	"case", "case:", "case:'x'", "format:hex", "format:'a,b'", "format:''", "format", "format:", "OmitEmpty", "omit_zero", "strings",
}

// requireLikeEncodingJSON writes a struct with both packages: either both refuse it
// or they agree, and encoding/json reads the same from both.
func requireLikeEncodingJSON(t *testing.T, value reflect.Value) {
	t.Helper()
	want, wantErr := json.Marshal(value.Interface())
	got, err := pyjson.Append(nil, value.Interface())
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("%v:\nencoding/json: %s, %v\npyjson: %s, %v", value.Type(), want, wantErr, got, err)
	}
	if err != nil {
		return
	}
	if diff := cmp.Diff(tokens(t, want), tokens(t, got)); diff != "" {
		t.Fatalf("%v (-encoding/json +pyjson):\n%s\n%s\n%s", value.Type(), diff, want, got)
	}
	fromWant, fromGot := reflect.New(value.Type()), reflect.New(value.Type())
	wantErr, err = json.Unmarshal(want, fromWant.Interface()), json.Unmarshal(got, fromGot.Interface())
	if (err != nil) != (wantErr != nil) || !reflect.DeepEqual(canonical(t, fromWant), canonical(t, fromGot)) {
		t.Fatalf("%v: encoding/json reads %q as %v, %v\n and %q as %v, %v", value.Type(), want, fromWant, wantErr, got, fromGot, err)
	}
}

// canonical is v as encoding/json writes it: the text of a json.RawMessage may
// be of another form.
func canonical(t *testing.T, v reflect.Value) []any {
	t.Helper()
	text, err := json.Marshal(v.Interface())
	if err != nil {
		return []any{err.Error()}
	}
	return tokens(t, text)
}

// structOf makes a struct of the members with the given numbers and tags. It is
// false for what the language does not allow.
func structOf(numbers []int, tags []string, others string) (v reflect.Value, ok bool) {
	defer func() { // reflect does not support all methods of embedded types
		if recover() != nil {
			v, ok = reflect.Value{}, false
		}
	}()
	var fields []reflect.StructField
	for i, n := range numbers {
		m := members[n%len(members)]
		f := reflect.StructField{
			Name: "Field" + strconv.Itoa(i),
			Type: reflect.TypeFor[any](),
			Tag:  reflect.StructTag(others + `json:` + strconv.Quote(tags[i])),
		}
		if m.name != "" {
			f.Name, f.Anonymous = m.name, true
		}
		if m.value != nil {
			f.Type = reflect.TypeOf(m.value)
		}
		fields = append(fields, f)
	}
	v = reflect.New(reflect.StructOf(fields)).Elem()
	for i, n := range numbers {
		if value := members[n%len(members)].value; value != nil {
			v.Field(i).Set(reflect.ValueOf(value))
		}
	}
	return v, true
}

func TestRandomTagsLikeEncodingJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const rounds = 3000
	done := 0
	for range rounds {
		var numbers []int
		var tags []string
		for range 1 + r.IntN(4) {
			var tag strings.Builder
			for range r.IntN(7) {
				tag.WriteString(words[r.IntN(len(words))])
			}
			numbers, tags = append(numbers, r.IntN(len(members))), append(tags, tag.String())
		}
		v, ok := structOf(numbers, tags, "")
		if !ok {
			continue
		}
		done++
		requireLikeEncodingJSON(t, v)
		requireLikeEncodingJSON(t, v.Addr())
	}
	if done < rounds/2 {
		t.Errorf("only %d structs of %d could be made", done, rounds)
	}
}

func FuzzTags(f *testing.F) {
	for i, word := range words {
		f.Add(uint8(i), uint8(2*i), word, words[len(words)-1-i]+",", "")
		f.Add(uint8(3*i), uint8(5*i), "a,"+word, ","+words[i/2]+","+words[i/3], "")
	}
	f.Add(uint8(0), uint8(1), "a", "b", `xml:"x" `)
	f.Fuzz(func(t *testing.T, first, second uint8, firstTag, secondTag, others string) {
		if v, ok := structOf([]int{int(first), int(second)}, []string{firstTag, secondTag}, others); ok {
			requireLikeEncodingJSON(t, v)
		}
	})
}

// Only from Go 1.27 on encoding/json takes some of them.
func TestMapKeysLikeEncodingJSON(t *testing.T) {
	one := 1
	pointer := &one
	key := mapKey("k")
	for _, value := range []any{
		map[mapKey]int{"k": 1},
		map[*mapKey]int{&key: 1},
		map[appender]int{1: 1},
		map[kilo]int{1: 1},
		map[*kilo]int{nil: 1},
		map[*int]int{pointer: 1},
		map[*int]int{nil: 1},
		map[**int]int{&pointer: 1},
		map[any]int{"a": 1, 2: 2, uint8(3): 3, &key: 4},
		map[any]int{nil: 1},
		map[any]int{true: 1},
		map[any]int{struct{}{}: 1},
		map[bool]int{true: 1},
		map[float64]int{1.5: 1, -0.25: 2},
		map[float32]int{0.1: 1},
		map[pointerMethod]int{{}: 1},
		map[*pointerMethod]int{{}: 1},
		map[encoding.TextMarshaler]int{kilo(1): 1},
		map[[1]int]int{{}: 1},
		map[json.Number]int{"1": 1},
	} {
		requireLikeEncodingJSON(t, reflect.ValueOf(value))
	}
}
