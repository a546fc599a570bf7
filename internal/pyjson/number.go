package pyjson

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// MaxDigits is how many digits an integer may have, its sign not counted, as in
// the Pythons since September 2022 (sys.int_info.default_max_str_digits), both
// when reading and when writing. Floats may have any number of digits.
const MaxDigits = 4300

const tooManyDigits = "an integer of more than 4300 digits"

// maxBits is enough for the largest integer of MaxDigits digits.
const maxBits = MaxDigits*10/3 + 1

// skipNumber returns the index after the number that begins at text[i]. integer
// tells that it has neither fraction nor exponent.
func skipNumber(text string, i int) (end int, integer bool, err error) {
	start := i
	if text[i] == '-' {
		i++
	}
	digits := i
	switch {
	case i < len(text) && text[i] == '0':
		i++
	case i < len(text) && isDigit(text[i]):
		i = skipDigits(text, i)
	default:
		return 0, false, syntaxError(start, "a minus sign without a number")
	}
	whole := i
	if i+1 < len(text) && text[i] == '.' && isDigit(text[i+1]) {
		i = skipDigits(text, i+1)
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		exponent := i + 1
		if exponent < len(text) && (text[exponent] == '+' || text[exponent] == '-') {
			exponent++
		}
		if after := skipDigits(text, exponent); after > exponent {
			i = after
		}
	}
	integer = i == whole
	if integer && whole-digits > MaxDigits {
		return 0, false, syntaxError(start, tooManyDigits)
	}
	return i, integer, nil
}

func skipDigits(text string, i int) int {
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// parseInt returns the value of a valid integer text: an int64, or a *big.Int
// where that is too small.
func parseInt(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	n, _ := new(big.Int).SetString(text, 10)
	return n
}

// maxParseFloat is the length up to which strconv.ParseFloat reads every float.
// Beyond 800 digits before the point it can lose count of them (Go 1.26), and of
// an exponent it reads five digits, which more zeros than that outweigh.
const maxParseFloat = 800

// parseFloat returns the value of a valid float text. Like Python's, it overflows
// to an infinity and underflows to zero.
func parseFloat(text string) float64 {
	if len(text) > maxParseFloat {
		text = scientific(text)
	}
	f, _ := strconv.ParseFloat(text, 64) // the only error left is the overflow
	return f
}

// scientific writes a valid number as 0.DIGITSeN, where the first digit is not
// zero unless all are.
func scientific(text string) string {
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		e, _ := strconv.ParseInt(text[i+1:], 10, 32) // an overflow gives the limit
		mantissa, exponent = text[:i], int(e)
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	point := len(digits) - len(fraction)
	sign := ""
	if negative {
		sign = "-"
	}
	return sign + "0." + digits + "0e" + strconv.FormatInt(int64(exponent)+int64(point), 10)
}

// appendFloat writes Python's repr of a float: the fewest digits that read back
// as the same number, positional from 0.0001 up to 1e16. bits is 32 for a
// number that only has to read back as a float32.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	abs := math.Abs(f)
	small := abs < 1e-4
	if bits == 32 {
		small = float32(abs) < 1e-4
	}
	if abs != 0 && small || abs >= 1e16 {
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
	if slices.Contains(dst[start:], '.') {
		return dst
	}
	return append(dst, ".0"...)
}

// appendBig writes an integer of any size that Python would write. A nil pointer
// is null, as for encoding/json.
func appendBig(dst []byte, n *big.Int) ([]byte, error) {
	if n == nil {
		return append(dst, "null"...), nil
	}
	if n.BitLen() > maxBits { // the digits of a huge one need not be counted
		return dst, unsupported[*big.Int](tooManyDigits)
	}
	out := n.Append(dst, 10)
	digits := len(out) - len(dst)
	if n.Sign() < 0 {
		digits--
	}
	if digits > MaxDigits {
		return dst, unsupported[*big.Int](tooManyDigits)
	}
	return out, nil
}
