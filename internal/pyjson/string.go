package pyjson

import (
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Unquote returns the value of text, which must be one JSON string with its
// quotes and nothing around it. Without escapes and non-ASCII bytes the result
// is a substring of text. A lone surrogate becomes U+FFFD.
func Unquote(text string) (string, error) {
	if text == "" || text[0] != '"' {
		return "", syntaxError(0, "not a string")
	}
	end, plain, err := skipString(text, 0)
	if err != nil {
		return "", err
	}
	if end != len(text) {
		return "", syntaxError(end, "text after the string")
	}
	return stringValue(text, plain), nil
}

// skipString returns the index after the string that begins at text[i]. plain
// tells that its value is what stands between the quotes.
func skipString(text string, i int) (end int, plain bool, err error) {
	plain = true
	for i++; ; {
		i = plainEnd(text, i)
		if i == len(text) {
			return 0, false, syntaxError(i, "a string without an end")
		}
		switch c := text[i]; {
		case c == '"':
			return i + 1, plain, nil
		case c == '\\':
			plain = false
			if i, err = skipEscape(text, i); err != nil {
				return 0, false, err
			}
		case c < ' ':
			return 0, false, syntaxError(i, "a control character in a string")
		default:
			plain = plain && c < utf8.RuneSelf
			i++
		}
	}
}

func skipEscape(text string, i int) (int, error) {
	if i+1 < len(text) {
		switch text[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			return i + 2, nil
		case 'u':
			if _, ok := hex4(text, i+2); ok {
				return i + 6, nil
			}
		}
	}
	return 0, syntaxError(i, "an invalid escape in a string")
}

// stringValue returns the value of a valid string text. plain is what skipString
// said about it.
func stringValue(text string, plain bool) string {
	body := text[1 : len(text)-1]
	if plain {
		return body
	}
	return decodeString(body, false)
}

// decodeString resolves the escapes of a valid string, given without quotes, and
// turns its latin-1 bytes to UTF-8. With exact, a lone surrogate is encoded as if
// it were a character, so that results are equal only where Python's are.
func decodeString(body string, exact bool) string {
	var b strings.Builder
	b.Grow(len(body))
	for i := 0; i < len(body); {
		run := plainEnd(body, i)
		b.WriteString(body[i:run])
		if i = run; i == len(body) {
			break
		}
		r := rune(body[i])
		if r == '\\' {
			r, i = readEscape(body, i)
		} else {
			i++
		}
		if exact && utf16.IsSurrogate(r) {
			b.Write([]byte{0xE0 | byte(r>>12), 0x80 | byte(r>>6)&0x3F, 0x80 | byte(r)&0x3F})
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// readEscape returns the character of the valid escape at text[i], and the index
// after it. Two escapes that make a surrogate pair are one character.
func readEscape(text string, i int) (r rune, next int) {
	switch c := text[i+1]; c {
	case 'b':
		return '\b', i + 2
	case 'f':
		return '\f', i + 2
	case 'n':
		return '\n', i + 2
	case 'r':
		return '\r', i + 2
	case 't':
		return '\t', i + 2
	case 'u':
		r, _ = hex4(text, i+2)
	default:
		return rune(c), i + 2
	}
	i += 6
	if strings.HasPrefix(text[i:], `\u`) {
		low, _ := hex4(text, i+2)
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, i + 6
		}
	}
	return r, i
}

// hex4 reads the four hexadecimal digits of a \u escape.
func hex4(text string, i int) (rune, bool) {
	if len(text)-i < 4 {
		return 0, false
	}
	var r rune
	for _, c := range []byte(text[i : i+4]) {
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// plainEnd returns the index of the first byte from text[i] on that is not a
// printable ASCII character, or is a quote or backslash: everything else is the
// same in a JSON string and in its value, whether reading or writing.
func plainEnd(text string, i int) int {
	for ; i+8 <= len(text); i += 8 {
		if special := specialBytes(load8(text[i : i+8])); special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	for i < len(text) && specialBytes(uint64(text[i])|everyByte*' '&^0xFF) == 0 {
		i++
	}
	return i
}

// everyByte times a byte is eight of that byte.
const everyByte = 0x0101010101010101

// specialBytes looks at eight bytes at once. The lowest byte whose top bit is set
// in the result is the first one that is not plain; those above may be wrong,
// because carries and borrows go upwards.
func specialBytes(w uint64) uint64 {
	quote := w ^ everyByte*'"'
	backslash := w ^ everyByte*'\\'
	special := (w - everyByte*' ') &^ w // below the space
	special |= w | (w + everyByte)      // DEL and above
	special |= (quote - everyByte) &^ quote
	special |= (backslash - everyByte) &^ backslash
	return special & (everyByte * 0x80)
}

// load8 is one load instruction where the machine has it.
func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
