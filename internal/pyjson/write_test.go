package pyjson_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

type text string

type kilo int

func (k kilo) MarshalText() ([]byte, error) { return []byte(strings.Repeat("k", int(k))), nil }

type method struct{ json string }

func (m method) MarshalJSON() ([]byte, error) { return []byte(m.json), nil }

var errMethod = errors.New("a text that must not be repeated")

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, errMethod }

type failingText struct{}

func (failingText) MarshalText() ([]byte, error) { return nil, errMethod }

func TestAppend(t *testing.T) {
	one := 1
	pointer := &one
	tests := []struct {
		name   string
		reason string
		value  any
		want   string
	}{
		{"nil", "None", nil, "null"},
		{"true", "True", true, "true"},
		{"int", "exact decimal", -42, "-42"},
		{"int64", "exact decimal", int64(math.MinInt64), "-9223372036854775808"},
		{"uint64", "exact decimal", uint64(math.MaxUint64), "18446744073709551615"},
		{"small ints", "all kinds", []any{int8(-1), int16(-2), int32(-3), uint(4), uint8(5), uint16(6), uint32(7), uintptr(8)}, "[-1,-2,-3,4,5,6,7,8]"},
		{"big.Int", "ints have any size", new(big.Int).Lsh(big.NewInt(1), 70), "1180591620717411303424"},
		{"big.Int value", "not a struct without fields", *big.NewInt(-7), "-7"},
		{"big.Int in a struct", "as an int, addressable or not", []struct{ N big.Int }{{*big.NewInt(7)}}, `[{"N":7}]`},
		{"nil big.Int", "a nil pointer", (*big.Int)(nil), "null"},

		{"integral float", "a float stays a float", 1.0, "1.0"},
		{"zero float", "a float stays a float", 0.0, "0.0"},
		{"minus zero", "keeps its sign", math.Copysign(0, -1), "-0.0"},
		{"fraction", "shortest digits", 0.1, "0.1"},
		{"below 1e16", "positional", 1e15, "1000000000000000.0"},
		{"just below 1e16", "positional", 9999999999999998.0, "9999999999999998.0"},
		{"1e16", "exponent of two digits with a sign", 1e16, "1e+16"},
		{"many digits", "shortest digits", 123456789012345680.0, "1.2345678901234568e+17"},
		{"0.0001", "positional", 0.0001, "0.0001"},
		{"0.00001", "exponent of two digits", 0.00001, "1e-05"},
		{"just below 0.0001", "exponent", math.Nextafter(0.0001, 0), "9.999999999999999e-05"},
		{"negative", "the sign first", -1.25e-7, "-1.25e-07"},
		{"largest", "three digits where needed", math.MaxFloat64, "1.7976931348623157e+308"},
		{"smallest", "three digits where needed", math.SmallestNonzeroFloat64, "5e-324"},
		{"NaN", "bare", math.NaN(), "NaN"},
		{"infinities", "bare", []float64{math.Inf(1), math.Inf(-1)}, "[Infinity,-Infinity]"},
		{"float32", "its own shortest digits, not those of the float64", float32(0.1), "0.1"},
		{"float32 0.0001", "positional, although its float64 is smaller", float32(0.0001), "0.0001"},
		{"float32 1e16", "exponent", float32(1e16), "1e+16"},
		{"float32 integral", "a float stays a float", float32(3), "3.0"},

		{"string", "printable ASCII", "a/b <i>&'~", `"a/b <i>&'~"`},
		{"quote and backslash", "escaped", `"\`, `"\"\\"`},
		{"short escapes", "five of them", "\b\f\n\r\t", `"\b\f\n\r\t"`},
		{"control characters", "lower-case hexadecimal", "\x00\x0b\x1b\x1f", `"\u0000\u000b\u001b\u001f"`},
		{"DEL", "escaped by Python", "\x7f", `"\u007f"`},
		{"latin-1", "ASCII only", "é\u0080ÿ", `"\u00e9\u0080\u00ff"`},
		{"beyond the BMP", "a surrogate pair", "😀\U0010FFFF", `"\ud83d\ude00\udbff\udfff"`},
		{"line separators", "like any other", "\u2028\u2029", `"\u2028\u2029"`},
		{"U+FFFD", "valid when encoded", "\uFFFD", `"\ufffd"`},
		{"long string", "runs of eight bytes and the rest", strings.Repeat("abcdefghi", 3) + "é" + strings.Repeat("j", 9), `"` + strings.Repeat("abcdefghi", 3) + `\u00e9` + strings.Repeat("j", 9) + `"`},

		{"slice", "array", []any{1, "a", nil}, `[1,"a",null]`},
		{"nil slice", "as in encoding/json", []any(nil), "null"},
		{"empty slice", "as in encoding/json", []any{}, "[]"},
		{"strings", "no detour", []string{"a", "é"}, `["a","\u00e9"]`},
		{"map", "keys are sorted", map[string]any{"b": 1, "a": 2, "B": 3}, `{"B":3,"a":2,"b":1}`},
		{"nil map", "as in encoding/json", map[string]any(nil), "null"},
		{"map of strings", "no detour", map[string]string{"b": "x", "a": "y"}, `{"a":"y","b":"x"}`},
		{"map of a named type", "by kind", map[text]int{"b": 1, "a": 2}, `{"a":2,"b":1}`},
		{"int keys", "sorted as texts, as in encoding/json", map[int]bool{10: true, 9: false, -1: true}, `{"-1":true,"10":true,"9":false}`},
		{"uint keys", "decimal", map[uint8]int{200: 1}, `{"200":1}`},
		{"text keys", "MarshalText wins over the kind", map[kilo]int{2: 1, 1: 2}, `{"k":2,"kk":1}`},
		{"nil text key", "the empty text, as in encoding/json", map[*netip.Addr]int{nil: 1}, `{"":1}`},
		{"bytes", "base64", []byte{0xFB, 0xFF}, `"+/8="`},
		{"nil bytes", "as in encoding/json", []byte(nil), "null"},
		{"byte array", "numbers, as in encoding/json", [2]byte{1, 2}, "[1,2]"},
		{"pointer", "its value", &pointer, "1"},
		{"nil pointer", "None", (*int)(nil), "null"},

		{"json.Number", "its own text", []json.Number{"1.50", "-0", "1E5", ""}, "[1.50,-0,1E5,0]"},
		{"json.RawMessage", "white space dropped, strings in Python's form", json.RawMessage(" {\"é\" : [ 1.0 ,\"\\/\\u00E9\\u0041\x7f\" ]}\n"), `{"\u00e9":[1.0,"/\u00e9A\u007f"]}`},
		{"json.RawMessage, escapes", "the quote and backslash stay escaped", json.RawMessage(`"\u0022\u005c\u000a\ud83d\ude00\ud800"`), `"\"\\\n\ud83d\ude00\ud800"`},
		{"json.RawMessage, constants", "Python reads them", json.RawMessage("[NaN, -Infinity]"), "[NaN,-Infinity]"},
		{"nil json.RawMessage", "as in encoding/json", json.RawMessage(nil), "null"},
		{"json.Marshaler", "its text", method{`{"a": "é"}`}, `{"a":"\u00e9"}`},
		{"nil json.Marshaler", "a nil pointer is null", (*method)(nil), "null"},
		{"time", "a json.Marshaler of everyday use", time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC), `"2023-11-14T22:13:20Z"`},
		{"encoding.TextMarshaler", "a string", netip.MustParseAddr("::1"), `"::1"`},
		{"nil encoding.TextMarshaler", "a nil pointer is null", (*netip.Addr)(nil), "null"},
		{"nil map of a named type", "as in encoding/json", map[text]int(nil), "null"},
		{"named string", "by kind", text("a"), `"a"`},
		{"interface slice", "the dynamic type counts", []error{nil}, "[null]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := pyjson.Append([]byte("x"), test.value)
			if err != nil {
				t.Fatalf("Append: %v (%s)", err, test.reason)
			}
			if diff := cmp.Diff("x"+test.want, string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			if err := pyjson.Check(test.want); err != nil {
				t.Errorf("the result cannot be read: %v", err)
			}
		})
	}
}

type cycle struct{ Next *cycle }

type (
	pointerCycle *pointerCycle
	cyclicList   []cyclicList
	cyclicTree   map[text]cyclicTree
)

type badText struct{}

func (badText) MarshalText() ([]byte, error) { return []byte{0xFF}, nil }

// A visitor may send any bytes: what is not UTF-8 must not keep a session from being
// saved, and must be seen.
func TestAppendReplaces(t *testing.T) {
	type named string
	for _, tt := range []struct {
		name, reason string
		value        any
		want         string
	}{
		{"one byte", "latin-1", "caf\xe9", `"caf\ufffd"`},
		{"each byte", "as encoding/json does", "\xff\xfe", `"\ufffd\ufffd"`},
		{"encoded surrogate", "three bytes, none of them UTF-8", "\xed\xa0\x80", `"\ufffd\ufffd\ufffd"`},
		{"the character itself", "it is UTF-8", "\uFFFD", `"\ufffd"`},
		{"in a list", "the quick way", []string{"\xff"}, `["\ufffd"]`},
		{"in a map", "the quick way", map[string]string{"a": "\xff"}, `{"a":"\ufffd"}`},
		{"by reflection", "a named type", []named{"\xff"}, `["\ufffd"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := pyjson.Append(nil, tt.value)
			if err != nil || string(got) != tt.want {
				t.Errorf("Append: %s, %v, want %s (%s)", got, err, tt.want, tt.reason)
			}
		})
	}
}

func TestAppendUnsupported(t *testing.T) {
	loop := &cycle{}
	loop.Next = loop
	var pointers pointerCycle
	pointers = &pointers
	var self any
	self = &self
	slice := make([]any, 1)
	slice[0] = slice
	object := map[string]any{}
	object["a"] = object
	list := cyclicList{nil}
	list[0] = list
	tree := cyclicTree{}
	tree["a"] = tree
	rawMessage := reflect.TypeFor[json.RawMessage]().String() // differs between toolchains
	tests := []struct {
		name   string
		reason string
		value  any
		typ    string
	}{
		{"channel", "no JSON form", make(chan int), "chan int"},
		{"nil function", "the type counts", (func())(nil), "func()"},
		{"complex", "no JSON form", 1i, "complex128"},
		{"nested", "the innermost type is named", map[string]any{"a": []any{struct{ C chan bool }{}}}, "chan bool"},
		{"bool keys", "as in encoding/json", map[bool]int{true: 1}, "map[bool]int"},
		{"nil interface key", "it has no text", map[interface{ MarshalText() ([]byte, error) }]int{nil: 1}, "interface { MarshalText() ([]uint8, error) }"},
		{"colliding keys", "which one Python took would be chance", map[interface {
			MarshalText() ([]byte, error)
		}]int{kilo(0): 1, netip.Addr{}: 2}, "map[interface { MarshalText() ([]uint8, error) }]int"},
		{"invalid UTF-8 in a key", "Python has no such str", map[string]any{"\xff": 1}, "string"},
		{"encoded surrogate in a key", "not UTF-8", map[string]string{"\xed\xa0\x80": ""}, "string"},
		{"invalid UTF-8 in a text", "not JSON", json.RawMessage("\"\xe9\""), rawMessage},
		{"4301 digits", "Python's ValueError", new(big.Int).Exp(big.NewInt(10), big.NewInt(4300), nil), "*big.Int"},
		{"huge int", "refused without counting its digits", new(big.Int).Lsh(big.NewInt(1), 1<<24), "*big.Int"},
		{"number of 4301 digits", "Python's ValueError", json.Number(strings.Repeat("1", 4301)), "json.Number"},
		{"bad number", "not a number", json.Number("1."), "json.Number"},
		{"word as number", "not a number", json.Number("NaN"), "json.Number"},
		{"minus as number", "not a number", json.Number("-"), "json.Number"},
		{"infinity as number", "not a number", json.Number("-Infinity"), "json.Number"},
		{"number with space", "not a number", json.Number("1 "), "json.Number"},
		{"bad text", "not JSON", json.RawMessage("{"), rawMessage},
		{"empty text", "not JSON", json.RawMessage{}, rawMessage},
		{"bad method", "not JSON", method{"nope"}, "pyjson_test.method"},
		{"failing method", "its error is wrapped", failing{}, "pyjson_test.failing"},
		{"failing text method", "its error is wrapped", failingText{}, "pyjson_test.failingText"},
		{"pointer cycle", "ends at the limit", loop, "pyjson_test.cycle"},
		{"pointers only", "ends at the limit", pointers, "pyjson_test.pointerCycle"},
		{"pointer to itself", "ends at the limit", self, "*interface {}"},
		{"slice cycle", "ends at the limit", slice, "[]interface {}"},
		{"map cycle", "ends at the limit", object, "map[string]interface {}"},
		{"cycle of a named slice", "ends at the limit", list, "pyjson_test.cyclicList"},
		{"cycle of a named map", "ends at the limit", tree, "pyjson_test.cyclicTree"},
		{"text method without UTF-8", "Python has no such str", badText{}, "pyjson_test.badText"},
		{"bad number in a quoted field", "not a number", struct {
			N json.Number `json:",string"`
		}{"x"}, "json.Number"},
		{"bad key in a map of ints", "Python has no such str", map[text]int{"\xff": 1}, "string"},
		{"bad value in a map of channels", "no JSON form", map[text]chan int{"a": nil}, "chan int"},
		{"deep text", "counted from the outside", []any{json.RawMessage(nested(pyjson.MaxDepth))}, rawMessage},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := pyjson.Append([]byte("x"), test.value)
			var unsupported *pyjson.UnsupportedError
			if !errors.As(err, &unsupported) {
				t.Fatalf("Append: error %v, want an UnsupportedError (%s)", err, test.reason)
			}
			if diff := cmp.Diff(test.typ, unsupported.Type.String()); diff != "" {
				t.Errorf("type (-want +got):\n%s", diff)
			}
			if !strings.Contains(err.Error(), test.typ) {
				t.Errorf("the message does not name the type: %v", err)
			}
			if string(got) != "x" {
				t.Errorf("dst is now %q", got)
			}
		})
	}
}

func TestAppendWrapsMethodErrors(t *testing.T) {
	for _, value := range []any{failing{}, failingText{}, map[failingText]int{{}: 1}} {
		_, err := pyjson.Append(nil, value)
		if !errors.Is(err, errMethod) {
			t.Errorf("%T: error %v, want one that wraps the method's", value, err)
		}
		if err != nil && strings.Contains(err.Error(), errMethod.Error()) {
			t.Errorf("%T: the message repeats the method's: %v", value, err)
		}
	}
}

func TestAppendString(t *testing.T) {
	got, err := pyjson.AppendString([]byte("x"), "é")
	if err != nil || string(got) != `x"\u00e9"` {
		t.Errorf("AppendString = %q, %v", got, err)
	}
	got, err = pyjson.AppendString([]byte("x"), "abc\xc3")
	var unsupported *pyjson.UnsupportedError
	if !errors.As(err, &unsupported) {
		t.Errorf("AppendString: error %v, want an UnsupportedError", err)
	}
	if string(got) != "x" {
		t.Errorf("dst is now %q", got)
	}
}

func TestAppendDoesNotAllocate(t *testing.T) {
	value := map[string]any{
		"_auth_user_id":      "42",
		"_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
		"cart":               []any{int64(1), 2.5, true, nil, "é"},
	}
	dst := make([]byte, 0, 256)
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := pyjson.Append(dst, value); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("Append: %v allocations, want 0", allocs)
	}
}
