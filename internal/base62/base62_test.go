package base62_test

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/base62"
)

func TestAppend(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		n            int64
		want         string
	}{
		{"zero", "zero has a digit", 0, "0"},
		{"last of each range", "digits come before capitals", 9, "9"},
		{"first capital", "capitals follow the digits", 10, "A"},
		{"last capital", "capitals come before small letters", 35, "Z"},
		{"first small letter", "small letters follow the capitals", 36, "a"},
		{"last digit", "the largest digit", 61, "z"},
		{"carry", "most significant digit first", 62, "10"},
		{"timestamp", "the usual length", 1700000000, "1r31eq"},
		{"last of six digits", "year 3769", 56800235583, "zzzzzz"},
		{"first of seven digits", "year 3769", 56800235584, "1000000"},
		{"negative", "the sign and the absolute value", -62, "-10"},
		{"maximum", "the longest without a sign", math.MaxInt64, "AzL8n0Y58m7"},
		{"minimum", "its absolute value is no int64", math.MinInt64, "-AzL8n0Y58m8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(base62.Append([]byte("x"), tt.n))
			if diff := cmp.Diff("x"+tt.want, got); diff != "" {
				t.Errorf("Append (%s) (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// parsed is the result of Parse.
type parsed struct {
	N  int64
	F  float64
	OK bool
}

func parse(s string) parsed {
	n, f, ok := base62.Parse(s)
	return parsed{n, f, ok}
}

// digits returns n in base 62.
func digits(n *big.Int) string {
	// The standard library puts small letters before capitals.
	swap := func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}
	return strings.Map(swap, n.Text(62))
}

// near returns 2^exp + step·2^shift + unit in base 62.
func near(exp uint, step int64, shift uint, unit int64) string {
	n := new(big.Int).Lsh(big.NewInt(1), exp)
	n.Add(n, new(big.Int).Lsh(big.NewInt(step), shift))
	return digits(n.Add(n, big.NewInt(unit)))
}

func TestParse(t *testing.T) {
	inf := math.Inf(1)
	for _, tt := range []struct {
		name, reason string
		in           string
		want         parsed
	}{
		{"zero", "a single digit", "0", parsed{0, 0, true}},
		{"timestamp", "the usual length", "1r31eq", parsed{1700000000, 1700000000, true}},
		{"negative", "one minus is the sign", "-10", parsed{-62, -62, true}},
		{"sign alone", "no digits are zero", "-", parsed{0, 0, true}},
		{"negative zero", "an integer has no negative zero", "-0", parsed{0, 0, true}},
		{"leading zeros", "they are digits as any other", "0001r31eq", parsed{1700000000, 1700000000, true}},
		{"many leading zeros", "length alone is not size", strings.Repeat("0", 5000) + "z", parsed{61, 61, true}},
		{"many zeros", "nothing is left after the zeros", "-" + strings.Repeat("0", 5000), parsed{0, 0, true}},
		{"ten digits", "the longest that always fits", "zzzzzzzzzz", parsed{839299365868340223, 839299365868340223, true}},
		{"maximum", "the last that fits", "AzL8n0Y58m7", parsed{math.MaxInt64, 1 << 63, true}},
		{"above maximum", "held, while the float is exact", "AzL8n0Y58m8", parsed{math.MaxInt64, 1 << 63, true}},
		{"minimum", "the last that fits", "-AzL8n0Y58m8", parsed{math.MinInt64, -1 << 63, true}},
		{"below minimum", "held", "-AzL8n0Y58m9", parsed{math.MinInt64, -1 << 63, true}},
		{"uint64", "no wrapping at 64 bits", near(64, 0, 0, 0), parsed{math.MaxInt64, 1 << 64, true}},
		{"tie to even below", "half way between 2^53 and the next", near(53, 0, 0, 1), parsed{1<<53 + 1, 1 << 53, true}},
		{"tie to even above", "half way, the upper is even", near(53, 0, 0, 3), parsed{1<<53 + 3, 1<<53 + 4, true}},
		{"tie beyond int64", "the exact integer decides", near(80, 1, 27, 0), parsed{math.MaxInt64, 1 << 80, true}},
		{"above a tie beyond int64", "one more than half rounds up", near(80, 1, 27, 1), parsed{math.MaxInt64, 1<<80 + 1<<28, true}},
		{"largest float", "2^1024 - 2^971", near(1024, -1, 971, 0), parsed{math.MaxInt64, math.MaxFloat64, true}},
		{"last before overflow", "2^1024 - 2^970 - 1 rounds down", near(1024, -1, 970, -1), parsed{math.MaxInt64, math.MaxFloat64, true}},
		{"overflow by one", "2^1024 - 2^970 rounds up", near(1024, -1, 970, 0), parsed{math.MaxInt64, inf, true}},
		{"172 digits", "the first length beyond a float64", strings.Repeat("z", 172), parsed{math.MaxInt64, inf, true}},
		{"negative overflow", "the sign of the infinity", "-" + strings.Repeat("z", 172), parsed{math.MinInt64, -inf, true}},
		{"171 digits", "still a float64", strings.Repeat("z", 171), parsed{math.MaxInt64, 3.1548513731530156e+306, true}},
		{"173 digits", "beyond every float64", "1" + strings.Repeat("0", 172), parsed{math.MaxInt64, inf, true}},
		{"empty", "IndexError", "", parsed{}},
		{"second minus", "ValueError", "--1", parsed{}},
		{"minus inside", "ValueError", "1-1", parsed{}},
		{"plus", "ValueError", "+1", parsed{}},
		{"space", "ValueError", " 1", parsed{}},
		{"underscore", "Python's int() would take it", "1_1", parsed{}},
		{"newline", "ValueError", "1r31eq\n", parsed{}},
		{"full-width digit", "ValueError", "１", parsed{}},
		{"NUL", "ValueError", "\x00", parsed{}},
		{"bad among many", "long texts are checked to the end", strings.Repeat("z", 5000) + "!", parsed{}},
		{"bad among eleven", "as above, short of a float's range", "zzzzzzzzzz-", parsed{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parse(tt.in)); diff != "" {
				t.Errorf("Parse (%s) (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestParseKinds(t *testing.T) {
	type text string
	type raw []byte
	want := parsed{1700000000, 1700000000, true}
	for name, got := range map[string]func() parsed{
		"string":       func() parsed { return parse("1r31eq") },
		"[]byte":       func() parsed { n, f, ok := base62.Parse([]byte("1r31eq")); return parsed{n, f, ok} },
		"named string": func() parsed { n, f, ok := base62.Parse(text("1r31eq")); return parsed{n, f, ok} },
		"named []byte": func() parsed { n, f, ok := base62.Parse(raw("1r31eq")); return parsed{n, f, ok} },
	} {
		if diff := cmp.Diff(want, got()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	text, raw := "-zzzzzzzzzz", []byte("-zzzzzzzzzz")
	dst := make([]byte, 0, 16)
	for name, f := range map[string]func(){
		"Parse string": func() { base62.Parse(text) },
		"Parse []byte": func() { base62.Parse(raw) },
		"Append":       func() { base62.Append(dst, math.MinInt64) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "-", "0", "-0", "1r31eq", "-AzL8n0Y58m8", "--1", "AzL8n0Y58m8", "１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, x, ok := base62.Parse(s)
		nb, xb, okb := base62.Parse([]byte(s))
		if n != nb || x != xb || ok != okb {
			t.Fatalf("string and []byte differ: %d %v %v, %d %v %v", n, x, ok, nb, xb, okb)
		}
		if !ok || n == math.MinInt64 || n == math.MaxInt64 {
			return
		}
		if float64(n) != x {
			t.Fatalf("%d and %v are not one number", n, x)
		}
		again := string(base62.Append(nil, n))
		sign, abs := "", s
		if s[0] == '-' {
			sign, abs = "-", s[1:]
		}
		abs = strings.TrimLeft(abs, "0")
		if abs == "" {
			sign, abs = "", "0"
		}
		if diff := cmp.Diff(sign+abs, again); diff != "" {
			t.Fatalf("not the canonical form (-want +got):\n%s", diff)
		}
	})
}

func FuzzAppend(f *testing.F) {
	f.Add(int64(0))
	f.Add(int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, n int64) {
		got, _, ok := base62.Parse(base62.Append(nil, n))
		if got != n || !ok {
			t.Fatalf("Parse(Append(%d)) = %d, %v", n, got, ok)
		}
	})
}
