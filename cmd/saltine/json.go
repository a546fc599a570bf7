package main

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// brokenLevels is how deep values are broken into lines.
const brokenLevels = 8

// pretty breaks canonical JSON into lines and shows the letters that it
// escapes. Whatever could move the cursor or turn the direction stays escaped.
func pretty(text string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			end := i + 1 + stringEnd(text[i+1:])
			b.WriteString(readable(text[i:end]))
			i = end - 1
		case '{', '[':
			b.WriteByte(c)
			depth++
			if closing := text[i+1]; closing == c+2 { // } and ] follow two after { and [
				b.WriteByte(closing)
				depth--
				i++
				continue
			}
			breakLine(&b, depth, depth)
		case '}', ']':
			breakLine(&b, depth, depth-1)
			depth--
			b.WriteByte(c)
		case ',':
			b.WriteByte(c)
			if depth > brokenLevels {
				b.WriteByte(' ')
			}
			breakLine(&b, depth, depth)
		case ':':
			b.WriteString(": ")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// breakLine begins a line inside an array or object at level, indented for
// depth.
func breakLine(b *strings.Builder, level, depth int) {
	if level <= brokenLevels {
		b.WriteString("\n" + strings.Repeat("  ", depth))
	}
}

// stringEnd returns the length of a JSON string without its first quote.
func stringEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// readable shows the printable characters that a canonical JSON string
// escapes.
func readable(s string) string {
	var b strings.Builder
	for s != "" {
		r, n := escape(s)
		switch {
		case n == 0 && s[0] == '\\':
			n = 2
			b.WriteString(s[:n])
		case n == 0:
			n = 1
			b.WriteByte(s[0])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// escape returns the character of the \u escapes that s begins with, and their
// length, which is 0 where there are none.
func escape(s string) (r rune, n int) {
	const length = len(`\u0000`)
	r, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) {
		low, _ := unit(s[length:])
		if pair := utf16.DecodeRune(r, low); pair != '\uFFFD' {
			return pair, 2 * length
		}
	}
	return r, length
}

// unit reads one \u escape.
func unit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}
