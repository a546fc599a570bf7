// Package base62 writes and reads the integers Django puts into its signed
// timestamps: base 62 with the digits 0-9, A-Z, a-z in that order, most
// significant digit first, and a leading minus for negative numbers. It is
// django.utils.baseconv.base62 through 3.2 and signing.b62_encode and
// signing.b62_decode since 4.0.
package base62

import (
	"math"
	"math/big"
)

const (
	base     = 62
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

	// maxLen is the length of math.MinInt64 with its sign.
	maxLen = 12
	// maxInt64Digits is how many digits never overflow an int64: 62^10 < 2^63.
	maxInt64Digits = 10
	// maxFloatDigits is how many significant digits a number below
	// math.MaxFloat64 can have: 62^172 is already beyond it.
	maxFloatDigits = 172
)

// values maps a character to its digit plus one, so that zero marks the
// characters outside the alphabet.
var values = [256]uint8{
	'0': 1, '1': 2, '2': 3, '3': 4, '4': 5, '5': 6, '6': 7, '7': 8, '8': 9, '9': 10,
	'A': 11, 'B': 12, 'C': 13, 'D': 14, 'E': 15, 'F': 16, 'G': 17, 'H': 18, 'I': 19,
	'J': 20, 'K': 21, 'L': 22, 'M': 23, 'N': 24, 'O': 25, 'P': 26, 'Q': 27, 'R': 28,
	'S': 29, 'T': 30, 'U': 31, 'V': 32, 'W': 33, 'X': 34, 'Y': 35, 'Z': 36,
	'a': 37, 'b': 38, 'c': 39, 'd': 40, 'e': 41, 'f': 42, 'g': 43, 'h': 44, 'i': 45,
	'j': 46, 'k': 47, 'l': 48, 'm': 49, 'n': 50, 'o': 51, 'p': 52, 'q': 53, 'r': 54,
	's': 55, 't': 56, 'u': 57, 'v': 58, 'w': 59, 'x': 60, 'y': 61, 'z': 62,
}

// Append appends n to dst and returns the extended slice.
func Append(dst []byte, n int64) []byte {
	abs := uint64(n)
	if n < 0 {
		abs = -abs
	}
	var buf [maxLen]byte
	i := len(buf)
	for {
		i--
		buf[i] = alphabet[abs%base]
		abs /= base
		if abs == 0 {
			break
		}
	}
	if n < 0 {
		i--
		buf[i] = '-'
	}
	return append(dst, buf[i:]...)
}

// Parse reads s as Django does: any number of digits after at most one minus,
// leading zeros included; "-" alone is 0. ok is false where Django raises, on
// the empty text and on any character outside the alphabet.
//
// Python's integers have no bounds, so the result comes in two forms. n is the
// integer, held at math.MinInt64 and math.MaxInt64. f is the float64 nearest to
// the exact integer, ties to even, as Python's float() gives it, and an
// infinity of the integer's sign where float() raises OverflowError.
//
// Up to ten digits nothing is allocated; the time is linear in len(s).
func Parse[T ~string | ~[]byte](s T) (n int64, f float64, ok bool) {
	if len(s) == 0 {
		return 0, 0, false
	}
	start := 0
	if s[0] == '-' {
		start = 1
	}
	if len(s)-start > maxInt64Digits {
		return parseLong(s, start)
	}
	for i := start; i < len(s); i++ {
		v := values[s[i]]
		if v == 0 {
			return 0, 0, false
		}
		n = n*base + int64(v-1)
	}
	if start == 1 {
		n = -n
	}
	return n, float64(n), true
}

// parseLong reads a number whose digits, from start on, may overflow an int64.
func parseLong[T ~string | ~[]byte](s T, start int) (n int64, f float64, ok bool) {
	for i := start; i < len(s); i++ {
		if values[s[i]] == 0 {
			return 0, 0, false
		}
	}
	negative := start == 1
	for start < len(s) && s[start] == '0' {
		start++
	}
	if len(s)-start > maxFloatDigits {
		if negative {
			return math.MinInt64, math.Inf(-1), true
		}
		return math.MaxInt64, math.Inf(1), true
	}
	exact, digit, radix := new(big.Int), new(big.Int), big.NewInt(base)
	for i := start; i < len(s); i++ {
		exact.Mul(exact, radix)
		exact.Add(exact, digit.SetUint64(uint64(values[s[i]]-1)))
	}
	if negative {
		exact.Neg(exact)
	}
	f, _ = exact.Float64()
	return saturate(exact), f, true
}

// saturate returns the int64 closest to x.
func saturate(x *big.Int) int64 {
	switch {
	case x.IsInt64():
		return x.Int64()
	case x.Sign() < 0:
		return math.MinInt64
	default:
		return math.MaxInt64
	}
}
