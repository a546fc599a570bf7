package fuzz_test

import (
	"encoding/binary"
	"math"
	"math/big"
	"unicode/utf8"
)

// source makes values out of the bytes of a fuzz input. At its end it gives
// zeros.
type source struct{ rest []byte }

func (s *source) isEmpty() bool { return len(s.rest) == 0 }

func (s *source) byte() byte { return s.bytes(1)[0] }

// choice returns a number below n.
func (s *source) choice(n int) int { return int(s.byte()) % n }

func (s *source) bytes(n int) []byte {
	b := make([]byte, n)
	s.rest = s.rest[copy(b, s.rest):]
	return b
}

func (s *source) uint64() uint64 { return binary.LittleEndian.Uint64(s.bytes(8)) }

// text returns up to 255 bytes, which need not be UTF-8.
func (s *source) text() string {
	n := min(int(s.byte()), len(s.rest))
	return string(s.bytes(n))
}

// generated is a Go value, and how it is read from a session. One that cannot be
// written reads as nothing.
type generated struct {
	set, read  any
	isWritable bool
}

// constants are values with one thing each that can go wrong.
var constants = []generated{
	{nil, nil, true},
	{true, true, true},
	{false, false, true},
	{0, int64(0), true},
	{uint8(255), int64(255), true},
	{int64(math.MinInt64), int64(math.MinInt64), true},
	{uint64(math.MaxUint64), new(big.Int).SetUint64(math.MaxUint64), true},
	{1.0, 1.0, true},
	{math.Copysign(0, -1), math.Copysign(0, -1), true},
	{math.NaN(), math.NaN(), true},
	{math.Inf(-1), math.Inf(-1), true},
	{math.MaxFloat64, math.MaxFloat64, true},
	{math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64, true},
	{[]int{}, []any{}, true},
	{[]string{"a", "é"}, []any{"a", "é"}, true},
	{map[string]float64{"b": 2, "a": 1}, map[string]any{"a": 1.0, "b": 2.0}, true},
	{[]byte("base64"), "YmFzZTY0", true},
	{struct {
		A float64 `json:"a"`
		b int
	}{A: 3, b: 4}, map[string]any{"a": 3.0}, true},
	{func() {}, nil, false},
	{make(chan int), nil, false},
	{complex(1, 2), nil, false},
	{map[string]any{"nested": []any{func() {}}}, nil, false},
}

// value makes a value that is nested at most that deep.
func (s *source) value(depth int) generated {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch s.choice(kinds) {
	case 0:
		return constants[s.choice(len(constants))]
	case 1:
		text := s.text()
		return generated{text, replaced(text), true}
	case 2:
		n := int64(s.uint64())
		return generated{n, n, true}
	case 3:
		f := math.Float64frombits(s.uint64())
		return generated{f, f, true}
	case 4:
		n := new(big.Int).SetBytes(s.bytes(1 + s.choice(20)))
		if n.IsInt64() {
			return generated{n, n.Int64(), true}
		}
		return generated{n, new(big.Int).Set(n), true}
	case 5:
		return s.array(depth)
	default:
		return s.object(depth)
	}
}

// replaced has U+FFFD for each byte that is not UTF-8.
func replaced(text string) string { return string([]rune(text)) }

func (s *source) array(depth int) generated {
	set, read, isWritable := []any{}, []any{}, true
	for range s.choice(4) {
		v := s.value(depth - 1)
		set, read, isWritable = append(set, v.set), append(read, v.read), isWritable && v.isWritable
	}
	return generated{set, read, isWritable}.orNothing()
}

func (s *source) object(depth int) generated {
	parts := map[string]generated{}
	for range s.choice(4) {
		key := s.text()
		parts[key] = s.value(depth - 1)
	}
	set, read, isWritable := map[string]any{}, map[string]any{}, true
	for key, v := range parts {
		set[key], read[key] = v.set, v.read
		isWritable = isWritable && v.isWritable && utf8.ValidString(key)
	}
	return generated{set, read, isWritable}.orNothing()
}

func (g generated) orNothing() generated {
	if !g.isWritable {
		g.read = nil
	}
	return g
}
