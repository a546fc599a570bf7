package pyjson_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// requireScalar reads raw into a T as Scalar does and as encoding/json does.
func requireScalar[T bool | string | int | int64 | uint | uint64 | float64](t *testing.T, raw string, before T) {
	t.Helper()
	got, want := before, before
	known, err := pyjson.Scalar(raw, &got)
	if !known {
		t.Fatalf("%T is not known", got)
	}
	standard, wantErr := pyjson.AppendStandard(nil, raw)
	if wantErr == nil {
		if json.Unmarshal(standard, &want) != nil {
			wantErr = pyjson.ErrNoFit
			want = before
		}
	}
	if !sameError(err, wantErr) {
		t.Errorf("%.60q into %T: %v, want %v", raw, got, err, wantErr)
	}
	if !same(got, want) {
		t.Errorf("%.60q into %T: %v, want %v", raw, got, got, want)
	}
}

func same(a, b any) bool {
	x, ok := a.(float64)
	if !ok {
		return a == b
	}
	return math.Float64bits(x) == math.Float64bits(b.(float64))
}

func requireScalars(t *testing.T, raw string) {
	t.Helper()
	requireScalar(t, raw, true)
	requireScalar(t, raw, false)
	requireScalar(t, raw, "before")
	requireScalar(t, raw, 7)
	requireScalar(t, raw, int64(-7))
	requireScalar(t, raw, uint(7))
	requireScalar(t, raw, uint64(7))
	requireScalar(t, raw, 0.7)
}

// scalars are texts at the borders of types.
var scalars = []string{
	"null", "true", "false", `""`, `"a"`, `"1"`, `"true"`, `"null"`, `"\u00e9\ud83d\ude00"`, `"\ud800"`, "\"\xe9\"", "[]", "[1]", "[NaN]", "{}", `{"a":1}`, `{"a":-Infinity}`,
	"0", "-0", "1", "-1", "127", "128", "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296",
	"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
	"1.0", "-0.0", "1e0", "1e2", "1E2", "1.5", "1e-400", "-1e-400", "1e308", "1e309", "-1e309", "1e99999999999999999999", "0e99999999999999999999", "5e-324", "2e-324",
	"1.7976931348623157e308", "1.7976931348623159e308", "9007199254740993", "NaN", "Infinity", "-Infinity",
	strings.Repeat("9", 300), strings.Repeat("9", 400), strings.Repeat("9", pyjson.MaxDigits), "0." + strings.Repeat("0", 900) + "1e901", "1" + strings.Repeat("0", 900) + "e-900", "1" + strings.Repeat("0", 900) + ".5e-900",
}

func TestScalar(t *testing.T) {
	for _, raw := range scalars {
		requireScalars(t, raw)
	}
}

func FuzzScalar(f *testing.F) {
	for _, raw := range scalars {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if trimmed := strings.Trim(raw, " \t\r\n"); pyjson.Check(trimmed) == nil {
			requireScalars(t, trimmed)
		}
	})
}

func TestScalarUnknown(t *testing.T) {
	type named int
	for _, v := range []any{nil, 1, new(named), new(any), new([]int), new(*int), new(json.Number), new(int8)} {
		if known, err := pyjson.Scalar("1", v); known || err != nil {
			t.Errorf("%T: known %v, %v", v, known, err)
		}
	}
}

func TestScalarDoesNotAllocate(t *testing.T) {
	allocs := testing.AllocsPerRun(100, func() {
		var s struct {
			i   int
			i64 int64
			u   uint
			u64 uint64
			f   float64
			b   bool
			s   string
		}
		_, err1 := pyjson.Scalar("-1234567", &s.i)
		_, err2 := pyjson.Scalar("-1234567", &s.i64)
		_, err3 := pyjson.Scalar("1234567", &s.u)
		_, err4 := pyjson.Scalar("1234567", &s.u64)
		_, err5 := pyjson.Scalar("-1.5e7", &s.f)
		_, err6 := pyjson.Scalar("true", &s.b)
		_, err7 := pyjson.Scalar(`"text"`, &s.s)
		if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("Scalar: %v allocations, want 0", allocs)
	}
}
