package pyjson

import (
	"math/bits"
	"strings"
)

// maxCompact is how many arrays and objects may enclose each other in skipCompact.
const maxCompact = 63

// skipCompact returns the index after the value that begins at text[i], as
// skipValue does, in one loop over the tokens. It gives up, with -1, on what Python
// does not write for Django: white space between tokens, more than maxCompact
// levels, and every fault. The functions in scan.go then start anew and find the
// error.
func skipCompact(text string, i int) int {
	open := uint64(1) // a bit for each open bracket, the innermost lowest: 1 is an object
	key := false      // the next token must be a key
	for uint(i) < uint(len(text)) {
		switch c := text[i]; {
		case c == '"':
			i++
			if i+8 <= len(text) { // where most strings end
				if ends := stringEnds(load8(text[i : i+8])); ends != 0 {
					i += bits.TrailingZeros64(ends) / 8
				} else {
					i += 8
				}
			}
			if i < len(text) && text[i] == '"' {
				i++
			} else if i, _ = skipLong(text, i); i < 0 {
				return -1
			}
			if key {
				if i == len(text) || text[i] != ':' {
					return -1
				}
				i++
				key = false
				continue
			}
		case key:
			return -1
		case isDigit(c):
			if i = skipCompactNumber(text, i); i < 0 {
				return -1
			}
		case c == '{' || c == '[':
			if open>>maxCompact != 0 || i+1 == len(text) {
				return -1
			}
			i++
			if text[i] != c+2 { // the closing bracket
				open = open<<1 | uint64(c>>5&1)
				key = c == '{'
				continue
			}
			i++
		case c == 't' && strings.HasPrefix(text[i:], "true"), c == 'n' && strings.HasPrefix(text[i:], "null"):
			i += len("true")
		case c == 'f' && strings.HasPrefix(text[i:], "false"):
			i += len("false")
		default: // a negative number, NaN or an infinity
			if i = skipCompactOther(text, i); i < 0 {
				return -1
			}
		}
		for {
			if open == 1 {
				return i
			}
			if i == len(text) {
				return -1
			}
			c := text[i]
			i++
			if c == ',' {
				key = open&1 != 0
				break
			}
			if c != ']'|byte(open&1)<<5 {
				return -1
			}
			open >>= 1
		}
	}
	return -1
}

// skipLong returns the index after the string whose characters from text[i] on are
// left, or -1. plain is what skipString says of those.
func skipLong(text string, i int) (end int, plain bool) {
	for ; i+8 <= len(text); i += 8 {
		if special := stringEnds(load8(text[i : i+8])); special != 0 {
			i += bits.TrailingZeros64(special) / 8
			if text[i] == '"' {
				return i + 1, true
			}
			break
		}
	}
	end, plain, err := skipString(text, i-1)
	if err != nil {
		return -1, false
	}
	return end, plain
}

// stringEnds sets the top bit of the bytes that are a quote, a backslash, a control
// character or not ASCII. As in specialBytes, only the lowest one counts. Flipping
// a bit puts the quote next to the control characters, and every byte beyond ASCII
// has its top bit in one of the two terms.
func stringEnds(w uint64) uint64 {
	quote := (w ^ everyByte*('"'^' ')) - everyByte*(' '+1)
	backslash := (w ^ everyByte*'\\') - everyByte
	return (quote | backslash) & (everyByte * 0x80)
}

func skipCompactNumber(text string, i int) int {
	end := skipDigits(text, i)
	if text[i] != '0' && end-i <= MaxDigits && end < len(text) && text[end] != '.' && text[end]|0x20 != 'e' {
		return end
	}
	end, _, err := skipNumber(text, i)
	if err != nil {
		return -1
	}
	return end
}

func skipCompactOther(text string, i int) int {
	if word := literal(text, i); word != "" {
		return i + len(word)
	}
	if text[i] == '-' {
		if end, _, err := skipNumber(text, i); err == nil {
			return end
		}
	}
	return -1
}
