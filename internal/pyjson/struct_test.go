package pyjson_test

import (
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

//lint:file-ignore SA5008 users write odd struct tags, and encoding/json says what they mean

// The types below are awkward on purpose.

type tagged struct {
	Plain    int
	Renamed  int `json:"renamed"`
	Skipped  int `json:"-"`
	Dash     int `json:"-,"`
	OnlyOpts int `json:",omitempty"`
	Quote    int `json:"a\"b"`
	Punct    int `json:"$%-/ .;<>"`
	Comma    int `json:"a,b"`
	Letters  int `json:"ключ"`
	Other    int `xml:"other" json:"o"`
	Bad      int `json:"tab\there"`
	hidden   string
}

type omitting struct {
	Bool    bool           `json:",omitempty"`
	Int     int            `json:",omitempty"`
	Uint    uint8          `json:",omitempty"`
	Float   float64        `json:",omitempty"`
	String  string         `json:",omitempty"`
	Slice   []int          `json:",omitempty"`
	Map     map[string]int `json:",omitempty"`
	Array   [0]int         `json:",omitempty"`
	Full    [1]int         `json:",omitempty"`
	Pointer *int           `json:",omitempty"`
	Any     any            `json:",omitempty"`
	Struct  struct{}       `json:",omitempty"`
	Time    time.Time      `json:",omitempty"`
}

type never struct{ N int }

func (never) IsZero() bool { return false }

type odd int

func (o *odd) IsZero() bool { return *o%2 == 1 }

type zeroing struct {
	Int     int                         `json:",omitzero"`
	Slice   []int                       `json:",omitzero"`
	Struct  struct{ A, B int }          `json:",omitzero"`
	Time    time.Time                   `json:",omitzero"`
	Never   never                       `json:",omitzero"`
	Odd     odd                         `json:",omitzero"`
	Pointer *odd                        `json:",omitzero"`
	Zeroer  interface{ IsZero() bool }  `json:",omitzero"`
	Nil     *never                      `json:",omitzero"`
	Both    []int                       `json:",omitzero,omitempty"`
	Channel chan int                    `json:",omitzero"`
	Func    func()                      `json:",omitzero"`
	Array   [2]struct{ P *int }         `json:",omitzero"`
	Map     map[string]map[string]never `json:",omitzero"`
}

type quoting struct {
	Bool    bool        `json:",string"`
	Int     int         `json:",string"`
	Uint    uintptr     `json:",string"`
	String  string      `json:",string"`
	Named   text        `json:",string"`
	Number  json.Number `json:",string"`
	Pointer *int        `json:",string"`
	Nil     *int        `json:",string"`
	Twice   **int       `json:",string"`
	Slice   []int       `json:",string"`
	Method  kilo        `json:",string"`
	Any     any         `json:",string"`
	Empty   json.Number `json:"empty,string,omitempty"`
}

type (
	inner struct {
		A int
		B int `json:"b"`
		c int
	}
	Inner struct {
		A int
		D int
	}
	deep struct {
		Inner
		E int
	}
	Number  int
	Other   string
	unnamed int
	Pair    struct{ X, Y int }
	Left    struct{ Pair }
	Right   struct{ Pair }
	Tag1    struct {
		V int `json:"v"`
	}
	Tag2 struct {
		V int `json:"v"`
	}
	NoTag struct {
		V int
	}
	VTag struct {
		W int `json:"V"`
	}
	Loop struct {
		*Loop
		N int
	}
	Method struct{ method }
)

type embeddedValue struct {
	inner
	C int
}

type embeddedPointers struct {
	*inner
	*Inner
	Z int
}

type embeddedKinds struct {
	Number
	unnamed
	*Other
	io.Reader
}

type embeddedTagged struct {
	inner `json:"in"`
	Inner `json:"out"`
	Pair  `json:"-"`
}

type shadowing struct {
	deep
	A string
	D *int `json:"D,omitempty"`
}

type twice struct {
	Left
	Right
	Z int
}

// bothTagged has two fields of one name at one depth, which go vet does not let
// pass in source code.
func bothTagged() any {
	var fields []reflect.StructField
	for _, t := range []reflect.Type{reflect.TypeFor[Tag1](), reflect.TypeFor[Tag2](), reflect.TypeFor[NoTag]()} {
		fields = append(fields, reflect.StructField{Name: t.Name(), Type: t, Anonymous: true})
	}
	return reflect.Zero(reflect.StructOf(fields)).Interface()
}

type oneTagged struct {
	NoTag
	VTag
}

type holders struct {
	Value   pointerMethod
	Pointer *pointerMethod
	Slice   []pointerMethod
	Map     map[string]pointerMethod
	Text    textBoth
	Nil     *pointerMethod
	Iface   json.Marshaler
	Texter  encoding.TextMarshaler
	NilFace json.Marshaler
	Any     any
	Raw     json.RawMessage
	Big     *big.Int
	Bytes   []byte
	Methods []byteMethod
}

// pointerMethod writes itself where it can be addressed only, as in encoding/json.
type pointerMethod struct{ N int }

func (*pointerMethod) MarshalJSON() ([]byte, error) { return []byte(`"by pointer"`), nil }

// textBoth is a text by value and JSON by pointer.
type textBoth struct{ N int }

func (textBoth) MarshalText() ([]byte, error)  { return []byte("text"), nil }
func (*textBoth) MarshalJSON() ([]byte, error) { return []byte(`["json"]`), nil }

type byteMethod byte

func (byteMethod) MarshalText() ([]byte, error) { return []byte("b"), nil }

type generic[T any] struct {
	Value T `json:"value"`
	List  []T
}

func structs() []any {
	seven := 7
	sevens := &seven
	even, uneven := odd(2), odd(3)
	other := Other("o")
	held := holders{
		Pointer: &pointerMethod{1},
		Slice:   []pointerMethod{{2}},
		Map:     map[string]pointerMethod{"k": {3}},
		Iface:   &pointerMethod{4},
		Texter:  &textBoth{1},
		Any:     pointerMethod{5},
		Raw:     json.RawMessage(`{"a" : [1, 2]}`),
		Big:     big.NewInt(7),
		Bytes:   []byte("bytes"),
		Methods: []byteMethod{1, 2},
	}
	return []any{
		tagged{Plain: 1, Renamed: 2, Skipped: 3, Dash: 4, Quote: 5, Punct: 6, Comma: 7, Letters: 8, Other: 9, Bad: 10, hidden: "x"},
		omitting{},
		omitting{Bool: true, Int: 1, Uint: 1, Float: 0.5, String: "s", Slice: []int{0}, Map: map[string]int{"": 0}, Pointer: new(int), Any: 0},
		omitting{Slice: []int{}, Map: map[string]int{}, Any: (*int)(nil)},
		zeroing{},
		&zeroing{Odd: uneven},
		zeroing{Int: 1, Slice: []int{}, Struct: struct{ A, B int }{0, 1}, Odd: uneven, Pointer: &uneven, Zeroer: (*odd)(nil)},
		zeroing{Odd: even, Pointer: &even, Zeroer: &even, Both: []int{}, Array: [2]struct{ P *int }{{sevens}}},
		quoting{Bool: true, Int: -1, Uint: 2, String: "a\"\n", Named: "n", Number: "1e5", Pointer: sevens, Twice: &sevens, Slice: []int{1}, Method: 2, Any: "x"},
		quoting{},
		embeddedValue{inner: inner{A: 1, B: 2, c: 3}, C: 4},
		embeddedPointers{},
		embeddedPointers{inner: &inner{A: 1, B: 2}, Inner: &Inner{A: 3, D: 4}, Z: 5},
		embeddedKinds{},
		embeddedKinds{Number: 1, unnamed: 2, Other: &other, Reader: strings.NewReader("")},
		embeddedTagged{inner: inner{A: 1}, Inner: Inner{D: 2}, Pair: Pair{3, 4}},
		shadowing{deep: deep{Inner: Inner{1, 2}, E: 3}, A: "a"},
		twice{Left{Pair{1, 2}}, Right{Pair{3, 4}}, 5},
		bothTagged(),
		oneTagged{NoTag{1}, VTag{2}},
		Loop{Loop: &Loop{N: 1}, N: 2},
		cycle{Next: &cycle{}},
		Method{method{`{"promoted":true}`}},
		held,
		&held,
		[]any{held, &held},
		[]holders{held},
		map[string]holders{"k": held},
		generic[any]{Value: generic[*int]{Value: sevens}, List: []any{generic[string]{}}},
		struct{}{},
		struct {
			Pair
			*Left
		}{Pair: Pair{1, 2}},
		map[text]map[kilo][]*Pair{"x": {1: {nil, {1, 2}}}},
	}
}

// tokens makes outputs comparable that differ in the form of strings and floats.
func tokens(t *testing.T, text []byte) []any {
	t.Helper()
	var list []any
	for decoder := json.NewDecoder(strings.NewReader(string(text))); ; {
		token, err := decoder.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("encoding/json refuses %q: %v", text, err)
		}
		list = append(list, token)
	}
}

func TestStructsLikeEncodingJSON(t *testing.T) {
	for _, value := range structs() {
		want, err := json.Marshal(value)
		if err != nil {
			t.Fatalf("%T: encoding/json: %v", value, err)
		}
		got, err := pyjson.Append(nil, value)
		if err != nil {
			t.Errorf("%T: %v", value, err)
			continue
		}
		if diff := cmp.Diff(tokens(t, want), tokens(t, got)); diff != "" {
			t.Errorf("%T (-encoding/json +pyjson):\n%s\n%s\n%s", value, diff, want, got)
		}
	}
}

func TestStructPythonForm(t *testing.T) {
	type item struct {
		Price float64  `json:"price"`
		Ratio float32  `json:"ratio,string"`
		Maybe *float64 `json:"maybe"`
		Any   any      `json:"any"`
		Text  string   `json:"é,string"`
	}
	one := 1.0
	got, err := pyjson.Append(nil, []item{{Price: 1, Ratio: 2, Maybe: &one, Any: one, Text: "é"}})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"price":1.0,"ratio":"2.0","maybe":1.0,"any":1.0,"\u00e9":"\"\\u00e9\""}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("floats and strings in Python's form (-want +got):\n%s", diff)
	}
}

type (
	unreadable struct{ N int }
	sometimes  struct{ N int }
)

func (*unreadable) UnmarshalJSON([]byte) error { return nil }

func (sometimes) IsZero() bool { return false }

// Their methods cannot be called. Before Go 1.27 encoding/json panics for some of
// them; from then on it leaves them out.
func TestStructUnexportedMethod(t *testing.T) {
	for _, value := range []any{
		struct {
			method  `json:"name"`
			failing `json:"-"` // keeps the method of the other from being the struct's own
		}{},
		struct {
			unreadable `json:"name"`
		}{},
		struct {
			*unreadable `json:"name"`
		}{&unreadable{1}},
		struct {
			sometimes `json:"name,omitzero"`
		}{},
		struct {
			sometimes `json:"name"`
		}{},
		struct {
			inner `json:"name,omitzero"`
		}{},
	} {
		want, panics := marshal(t, value)
		got, err := pyjson.Append(nil, value)
		if panics {
			var unsupported *pyjson.UnsupportedError
			if !errors.As(err, &unsupported) && string(got) != "{}" {
				t.Errorf("%T: encoding/json panics; %s, %v, want an UnsupportedError or nothing written", value, got, err)
			}
			continue
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" || err != nil {
			t.Errorf("%T: %v (-encoding/json +pyjson):\n%s", value, err, diff)
		}
	}
}

func marshal(t *testing.T, value any) (text []byte, panics bool) {
	t.Helper()
	defer func() { panics = recover() != nil }()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatalf("%T: encoding/json: %v", value, err)
	}
	return text, false
}

func TestStructsConcurrently(t *testing.T) {
	want, err := pyjson.Append(nil, structs())
	if err != nil {
		t.Fatal(err)
	}
	type fresh struct{ Values []any }
	results := make(chan string)
	for range 4 {
		go func() {
			got, err := pyjson.Append(nil, fresh{structs()})
			if err != nil {
				got = []byte(err.Error())
			}
			results <- string(got)
		}()
	}
	for range 4 {
		if diff := cmp.Diff(`{"Values":`+string(want)+"}", <-results); diff != "" {
			t.Errorf("concurrent calls (-want +got):\n%s", diff)
		}
	}
}
