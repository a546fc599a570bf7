package pyjson_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// exactly compares values so that 0.0 and -0.0 differ and NaN is itself.
var exactly = cmp.Options{
	cmp.Comparer(func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
	}),
	cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 }),
}

func bigInt(t *testing.T, digits string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		t.Fatalf("not an integer: %q", digits)
	}
	return n
}

func nested(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

func nestedObjects(depth int) string {
	return strings.Repeat(`{"":`, depth) + "0" + strings.Repeat("}", depth)
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name   string
		reason string
		text   string
		want   any
	}{
		{"null", "None", "null", nil},
		{"true", "True", "true", true},
		{"false", "False", "false", false},
		{"empty object", "the empty session", "{}", map[string]any{}},
		{"empty array", "not nil, which would be null", "[]", []any{}},
		{"white space", "all four characters are skipped everywhere", " \t\r\n{ \"a\"\t:\r[\n1 , 2 ] } ", map[string]any{"a": []any{int64(1), int64(2)}}},
		{"repeated key", "the last value counts", `{"a":1,"b":2,"a":3}`, map[string]any{"a": int64(3), "b": int64(2)}},
		{"nested", "each array keeps its own items", `[1,[2,[3],4],{"a":[5]},6]`, []any{
			int64(1),
			[]any{int64(2), []any{int64(3)}, int64(4)},
			map[string]any{"a": []any{int64(5)}},
			int64(6),
		}},

		{"int", "no fraction, no exponent", "7", int64(7)},
		{"minus zero int", "Python's int has no minus zero", "-0", int64(0)},
		{"largest int64", "still an int64", "9223372036854775807", int64(math.MaxInt64)},
		{"smallest int64", "still an int64", "-9223372036854775808", int64(math.MinInt64)},
		{"beyond int64", "ints have any size", "9223372036854775808", bigInt(t, "9223372036854775808")},
		{"far below int64", "ints have any size", "-1000000000000000000000000000000", bigInt(t, "-1000000000000000000000000000000")},
		{"4300 digits", "Python's limit", strings.Repeat("9", 4300), bigInt(t, strings.Repeat("9", 4300))},
		{"4300 digits, negative", "the sign is not counted", "-" + strings.Repeat("9", 4300), bigInt(t, "-"+strings.Repeat("9", 4300))},

		{"float", "a fraction makes a float", "1.0", 1.0},
		{"exponent", "an exponent makes a float", "1e2", 100.0},
		{"exponent forms", "upper case and signs", "[1E2,1e+2,1e-2,1.5E-02]", []any{100.0, 100.0, 0.01, 0.015}},
		{"minus zero float", "keeps its sign", "[-0.0,-0e0]", []any{math.Copysign(0, -1), math.Copysign(0, -1)}},
		{"overflow", "gives infinity", "[1e400,-1e400]", []any{math.Inf(1), math.Inf(-1)}},
		{"underflow", "gives zero", "[1e-400,-1e-400]", []any{0.0, math.Copysign(0, -1)}},
		{"smallest float", "a denormal number", "5e-324", 5e-324},
		{"float of many digits", "the limit is for ints only", strings.Repeat("9", 4301) + ".5e-4301", 1.0},
		{"float of 801 digits", "strconv.ParseFloat takes it for 0.1", strings.Repeat("9", 801) + "e-801", 1.0},
		{"zeros against exponent", "the value counts, however it is written", "0." + strings.Repeat("0", 100000) + "1e100001", 1.0},
		{"digits against exponent", "the value counts, however it is written", "-1" + strings.Repeat("0", 50000) + "e-50000", -1.0},
		{"long zero", "no digit but zeros", "-0." + strings.Repeat("0", 6000) + "e99999999999999999999", math.Copysign(0, -1)},
		{"long overflow", "an exponent beyond every int", "1." + strings.Repeat("0", 6000) + "e99999999999999999999", math.Inf(1)},
		{"constants", "Python writes and reads them", "[NaN,Infinity,-Infinity]", []any{math.NaN(), math.Inf(1), math.Inf(-1)}},

		{"string", "plain ASCII", `"hello"`, "hello"},
		{"escapes", "all short ones", `"\"\\\/\b\f\n\r\t"`, "\"\\/\b\f\n\r\t"},
		{"unicode escapes", "either case", `"\u00e9\u00E9\u20ac"`, "éé€"},
		{"surrogate pair", "two escapes, one character", `"\ud83d\ude00\uD834\uDD1E"`, "😀𝄞"},
		{"lone high surrogate", "no such Go string", `"\ud800"`, "\uFFFD"},
		{"lone low surrogate", "no such Go string", `"x\udfffy"`, "x\uFFFDy"},
		{"swapped surrogates", "no pair", `"\udc00\ud800"`, "\uFFFD\uFFFD"},
		{"two high surrogates", "the second one begins the pair", `"\ud83d\ud83d\ude00"`, "\uFFFD😀"},
		{"high surrogate and letter", "the next escape stands for itself", `"\ud800\u0041\ud800\n"`, "\uFFFDA\uFFFD\n"},
		{"escaped U+FFFD", "an ordinary character", `"\ufffd"`, "\uFFFD"},
		{"latin-1", "a byte is a character", "\"\xe9\x80\x9f\xff\"", "é\u0080\u009fÿ"},
		{"UTF-8", "read as latin-1: two characters", "\"\xc3\xa9\"", "Ã©"},
		{"DEL", "not a control character for Python", "\"\x7f\"", "\x7f"},
		{"NUL escape", "fine when escaped", `"\u0000\u001f"`, "\x00\x1f"},
		{"long string", "runs of eight bytes and the rest", `"` + strings.Repeat("abcdefghi", 9) + "\xe9" + `\n"`, strings.Repeat("abcdefghi", 9) + "é\n"},
		{"escaped key", "keys are strings", `{"\u043a":1,"` + "\xe9" + `":2}`, map[string]any{"к": int64(1), "é": int64(2)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := pyjson.Check(test.text); err != nil {
				t.Errorf("Check: %v (%s)", err, test.reason)
			}
			got, err := pyjson.Decode(test.text)
			if err != nil {
				t.Fatalf("Decode: %v (%s)", err, test.reason)
			}
			if diff := cmp.Diff(test.want, got, exactly); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestDepth(t *testing.T) {
	for _, text := range []string{nested(pyjson.MaxDepth), nestedObjects(pyjson.MaxDepth)} {
		if err := pyjson.Check(text); err != nil {
			t.Errorf("Check at the limit: %v", err)
		}
		v, err := pyjson.Decode(text)
		if err != nil {
			t.Fatalf("Decode at the limit: %v", err)
		}
		again, err := pyjson.Append(nil, v)
		if err != nil {
			t.Fatalf("Append at the limit: %v", err)
		}
		if string(again) != text {
			t.Error("the value at the limit is written differently")
		}
	}
}

func TestRefused(t *testing.T) {
	tests := []struct {
		name   string
		reason string
		text   string
		offset int
	}{
		{"empty", "no value", "", 0},
		{"white space only", "no value", " \n", 2},
		{"word", "not JSON", "hello", 0},
		{"half a word", "not JSON", "tru", 0},
		{"wrong case", "exact case only", "True", 0},
		{"nan", "exact case only", "nan", 0},
		{"minus NaN", "NaN has no sign", "-NaN", 0},
		{"plus Infinity", "no plus sign", "+Infinity", 0},
		{"half an infinity", "exact words only", "-Inf", 0},
		{"byte order mark", "bytes are latin-1, so it is three characters", "\xef\xbb\xbf{}", 0},
		{"form feed", "no white space for JSON", "\f{}", 0},
		{"no-break space", "no white space for JSON", "{}\xa0", 2},
		{"comment", "none in JSON", "{} //x", 3},
		{"text after the value", "one value only", `{"a":1} x`, 8},
		{"binary after the value", "one value only", "{\"a\":1}\x07\xb2&\x12#\xa3\x17\xd0", 7},
		{"zlib data", "not JSON", "x\x9c\xabVJT\xb2R*", 0},
		{"pickle", "not JSON", "\x80\x02}q\x01.", 0},

		{"unclosed array", "the end is missing", "[[[", 3},
		{"unclosed after item", "the end is missing", "[1", 2},
		{"unclosed object", "the end is missing", "{", 1},
		{"no colon", "the end is missing", `{"a"`, 4},
		{"no value", "the end is missing", `{"a":`, 5},
		{"no next key", "the end is missing", `{"a":1,`, 7},
		{"trailing comma, array", "an item must follow", "[1,]", 3},
		{"trailing comma, object", "a key must follow", `{"a":1,}`, 7},
		{"leading comma", "an item comes first", "[,1]", 1},
		{"missing comma", "items are separated", "[1 2]", 3},
		{"semicolon", "keys end with a colon", `{"a";1}`, 4},
		{"single quotes", "double quotes only", "{'a':1}", 1},
		{"bare key", "keys are strings", "{a:1}", 1},
		{"number key", "keys are strings", "{1:1}", 1},
		{"wrong bracket", "brackets match", "[1}", 2},
		{"bracket only", "no value", "]", 0},

		{"leading zero", "the number ends after the zero", "01", 1},
		{"minus leading zero", "the number ends after the zero", "-01", 2},
		{"no fraction", "digits must follow the point", "1.", 1},
		{"no fraction before exponent", "digits must follow the point", "1.e5", 1},
		{"no whole part", "digits must precede the point", ".5", 0},
		{"no exponent", "digits must follow the e", "1e", 1},
		{"no exponent after sign", "digits must follow the sign", "[1e+]", 2},
		{"plus sign", "no plus sign", "+1", 0},
		{"minus only", "digits must follow", "-", 0},
		{"two minus signs", "digits must follow", "--1", 0},
		{"hexadecimal", "decimal only", "0x10", 1},
		{"underscore", "digits only", "1_000", 1},
		{"superscript two", "a digit for latin-1 text, not for JSON", "1\xb2", 1},
		{"4301 digits", "Python's ValueError", "[" + strings.Repeat("9", 4301) + "]", 1},
		{"4301 digits, negative", "Python's ValueError", "-" + strings.Repeat("9", 4301), 0},

		{"unclosed string", "the quote is missing", `"abc`, 4},
		{"quote only", "the quote is missing", `"`, 1},
		{"escaped end", "the quote is missing", `"abc\"`, 6},
		{"backslash at the end", "half an escape", `"\`, 1},
		{"unknown escape", "eight short escapes only", `"\x41"`, 1},
		{"escaped single quote", "eight short escapes only", `"\'"`, 1},
		{"upper-case U", "lower case only", `"\U0041"`, 1},
		{"short unicode escape", "four digits", `"\u00"`, 1},
		{"unicode escape at the end", "four digits", `"\u00e`, 1},
		{"bad digit", "hexadecimal digits", `"\u00g0"`, 1},
		{"bad digit after surrogate", "the second escape is checked too", `"\ud800\uxxxx"`, 7},
		{"tab", "control characters are escaped", "\"\t\"", 1},
		{"newline", "control characters are escaped", "\"0123456789\n\"", 11},
		{"NUL", "control characters are escaped", "\"\x00\"", 1},
		{"unit separator", "the last control character", "\"\x1f\"", 1},
		{"bad nested value", "every value is checked", `{"a":{"b":[1,tru]}}`, 13},

		{"arrays beyond the limit", "Python's RecursionError", nested(pyjson.MaxDepth + 1), pyjson.MaxDepth},
		{"objects beyond the limit", "Python's RecursionError", nestedObjects(pyjson.MaxDepth + 1), pyjson.MaxDepth * len(`{"":`)},
		{"endless nesting", "refused at the limit, not at the end", strings.Repeat("[", 1<<20), pyjson.MaxDepth},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, decodeErr := pyjson.Decode(test.text)
			_, membersErr := pyjson.Members(nil, test.text)
			_, standardErr := pyjson.AppendStandard(nil, test.text)
			for call, err := range map[string]error{
				"Check":          pyjson.Check(test.text),
				"Decode":         decodeErr,
				"Members":        membersErr,
				"AppendStandard": standardErr,
			} {
				var syntax *pyjson.SyntaxError
				if !errors.As(err, &syntax) {
					t.Fatalf("%s: error %v, want a SyntaxError (%s)", call, err, test.reason)
				}
				if syntax.Offset != test.offset {
					t.Errorf("%s: offset %d, want %d (%s)", call, syntax.Offset, test.offset, test.reason)
				}
			}
		})
	}
}

func TestErrorsKeepTheTextToThemselves(t *testing.T) {
	const secret = "hunter2"
	for _, text := range []string{
		`{"` + secret + `":` + secret + `}`,
		secret,
		`"` + secret,
		`["` + secret + `"` + secret,
		`"\u` + secret + `"`,
	} {
		err := pyjson.Check(text)
		if err == nil {
			t.Fatalf("%q was accepted", text)
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error repeats the text: %v", err)
		}
	}
}

func TestDecodeSharesTheText(t *testing.T) {
	allocs := testing.AllocsPerRun(100, func() {
		v, err := pyjson.Decode(`"a string that would be worth a copy"`)
		if err != nil || v == nil {
			t.Fatal(v, err)
		}
	})
	if allocs > 1 { // the interface value
		t.Errorf("Decode of a plain string: %v allocations, want 1", allocs)
	}
}

func TestCheckDoesNotAllocate(t *testing.T) {
	text := `{"a":[1,-2.5e3,"b\u00e9\n` + "\xe9" + `",true,null,NaN,-Infinity,{"c":{}}]}`
	allocs := testing.AllocsPerRun(100, func() {
		if err := pyjson.Check(text); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("Check: %v allocations, want 0", allocs)
	}
}

func TestKind(t *testing.T) {
	tests := map[string]byte{
		`{"a":1}`: '{', " \n[1]": '[', `"a"`: '"', "true": 't', "false": 'f', "null": 'n',
		"0": '0', "-7": '0', "1.5": '0', "NaN": '0', "Infinity": '0', "-Infinity": '0',
		"": 0, "  ": 0, "}": 0, "hello": 0,
	}
	for text, want := range tests {
		if got := pyjson.Kind(text); got != want {
			t.Errorf("Kind(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestUnquote(t *testing.T) {
	tests := []struct {
		name   string
		reason string
		text   string
		want   string
		ok     bool
	}{
		{"plain", "a substring", `"abc"`, "abc", true},
		{"empty", "a string without characters", `""`, "", true},
		{"escapes", "resolved", `"a\u00e9\n"`, "aé\n", true},
		{"latin-1", "a byte is a character", "\"\xe9\"", "é", true},
		{"number", "not a string", "1", "", false},
		{"nothing", "not a string", "", "", false},
		{"space before", "the text of a string only", ` "a"`, "", false},
		{"space after", "the text of a string only", `"a" `, "", false},
		{"unclosed", "not a string yet", `"a`, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := pyjson.Unquote(test.text)
			if (err == nil) != test.ok || got != test.want {
				t.Errorf("Unquote(%q) = %q, %v (%s)", test.text, got, err, test.reason)
			}
			var syntax *pyjson.SyntaxError
			if err != nil && !errors.As(err, &syntax) {
				t.Errorf("error %v, want a SyntaxError", err)
			}
		})
	}
}
