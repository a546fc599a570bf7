// Package pybase64 is URL-safe base64 without padding as Django uses it:
// signing.b64_encode writes it strictly, and signing.b64_decode reads it with
// all the leniency of Python's base64.urlsafe_b64decode.
package pybase64

import (
	"encoding/base64"
	"errors"
	"slices"
)

var (
	// ErrPadding is Python's "Incorrect padding": the text ends inside a
	// quantum, with fewer pads than it needs.
	ErrPadding = errors.New("base64: incorrect padding")
	// ErrLength is Python's error for a last quantum of one character, which
	// is not enough for a byte.
	ErrLength = errors.New("base64: a single character is left over")
)

// AppendEncode appends the encoding of src to dst and returns the extended
// slice.
func AppendEncode(dst, src []byte) []byte {
	return base64.RawURLEncoding.AppendEncode(dst, src)
}

// DecodedLen returns the largest number of bytes that n characters decode to.
func DecodedLen(n int) int {
	return base64.RawURLEncoding.DecodedLen(n)
}

// AppendDecode appends what src decodes to, to dst, and returns the extended
// slice. dst is returned as it came when src is refused with ErrPadding or
// ErrLength; the bytes beyond its length may have been written to. They must
// not overlap src.
//
// Everything Python takes is taken: + for -, / for _, characters outside the
// alphabet (skipped, though the padding Django adds counts them), pads, any
// text after a complete padding, and unused bits that are not zero.
func AppendDecode[T ~string | ~[]byte](dst []byte, src T) ([]byte, error) {
	dst = slices.Grow(dst, DecodedLen(len(src)))
	// The standard decoder skips \r and \n, which Python counts. Every skipped
	// character shortens the output, except one where a single character would
	// have been left over.
	if len(src)%4 != 1 {
		room := dst[len(dst):cap(dst)]
		n, err := base64.RawURLEncoding.Decode(room, []byte(src))
		if err == nil && n == DecodedLen(len(src)) {
			return dst[:len(dst)+n], nil
		}
	}
	return appendLenient(dst, src)
}

// skipped marks the characters outside the alphabet.
const skipped = 0xff

// appendLenient decodes src and the padding Django adds to it, character by
// character as Python's binascii.a2b_base64 does.
func appendLenient[T ~string | ~[]byte](dst []byte, src T) ([]byte, error) {
	out := dst
	var (
		quantum uint32 // the bits of the characters read, lowest last
		read    int    // how many characters of the quantum were read
		pads    int    // how many pads followed the last of them
	)
	padded := len(src) + (4-len(src)%4)%4
	for i := range padded {
		c := byte('=')
		if i < len(src) {
			c = src[i]
		}
		if c == '=' {
			if read < 2 {
				continue
			}
			pads++
			if read+pads == 4 {
				return out, nil
			}
			continue
		}
		v := value(c)
		if v == skipped {
			continue
		}
		pads = 0
		quantum = quantum<<6 | uint32(v)
		switch read {
		case 0:
			read = 1
		case 1:
			out = append(out, byte(quantum>>4))
			read = 2
		case 2:
			out = append(out, byte(quantum>>2))
			read = 3
		case 3:
			out = append(out, byte(quantum))
			read = 0
		}
	}
	switch read {
	case 0:
		return out, nil
	case 1:
		return dst, ErrLength
	default:
		return dst, ErrPadding
	}
}

// value returns the six bits of c, or skipped.
func value(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c - 'A'
	case 'a' <= c && c <= 'z':
		return c - 'a' + 26
	case '0' <= c && c <= '9':
		return c - '0' + 52
	case c == '-' || c == '+':
		return 62
	case c == '_' || c == '/':
		return 63
	default:
		return skipped
	}
}
