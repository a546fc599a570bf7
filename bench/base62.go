package bench

import (
	"bytes"
	"errors"
	"slices"
)

var base62Digits = []byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

// appendBase62 appends a number that is not negative.
func appendBase62(dst []byte, n int64) []byte {
	from := len(dst)
	for {
		dst = append(dst, base62Digits[n%62])
		if n /= 62; n == 0 {
			break
		}
	}
	slices.Reverse(dst[from:])
	return dst
}

var errBase62 = errors.New("not a base 62 number")

func parseBase62(s []byte) (int64, error) {
	n := int64(0)
	for _, c := range s {
		digit := bytes.IndexByte(base62Digits, c)
		if digit < 0 {
			return 0, errBase62
		}
		n = n*62 + int64(digit)
	}
	return n, nil
}
