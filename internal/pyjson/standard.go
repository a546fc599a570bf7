package pyjson

import "unicode/utf8"

// AppendStandard appends text, as Python reads it, as a JSON text of RFC 8259 for
// encoding/json and others: bytes from 0x80 on become the UTF-8 of their latin-1
// characters, and everything else, white space included, stays as it is.
//
// It returns a [*SyntaxError], and dst as it was, for what [Check] refuses and
// for NaN, Infinity and -Infinity, which RFC 8259 has no form for. Escapes of
// lone surrogates stay; encoding/json reads them as U+FFFD.
func AppendStandard(dst []byte, text string) ([]byte, error) {
	if err := Check(text); err != nil {
		return dst, err
	}
	out := dst
	for i := 0; i < len(text); {
		switch text[i] {
		case 'N', 'I':
			return dst, syntaxError(i, "NaN and the infinities are not values of standard JSON")
		case '"':
			end, _, _ := skipString(text, i)
			out = appendLatin1(out, text[i:end])
			i = end
		default:
			out = append(out, text[i])
			i++
		}
	}
	return out, nil
}

func appendLatin1(dst []byte, s string) []byte {
	for _, c := range []byte(s) {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}

// appendCanonical appends a JSON text in UTF-8 as Python would write its value,
// except that numbers keep their text and objects their repeated keys.
func appendCanonical(dst, source []byte, depth int) ([]byte, error) {
	text := string(source)
	if err := checkAt(text, depth); err != nil {
		return dst, err
	}
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			end, _, _ := skipString(text, i)
			var err error
			if dst, err = appendRequoted(dst, text[:end-1], i+1); err != nil {
				return dst, err
			}
			i = end
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst, nil
}

// appendRequoted writes the valid string whose characters are text[i:], without
// the closing quote, in Python's form.
func appendRequoted(dst []byte, text string, i int) ([]byte, error) {
	dst = append(dst, '"')
	for i < len(text) {
		run := plainEnd(text, i)
		dst = append(dst, text[i:run]...)
		if i = run; i == len(text) {
			break
		}
		if text[i] == '\\' {
			var r rune
			r, i = readEscape(text, i)
			dst = appendChar(dst, r)
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			return dst, syntaxError(i, "invalid UTF-8")
		}
		dst = appendEscape(dst, r)
		i += size
	}
	return append(dst, '"'), nil
}

// appendChar writes a character that its source had to escape, or did so without
// need.
func appendChar(dst []byte, r rune) []byte {
	if ' ' <= r && r <= '~' && r != '"' && r != '\\' {
		return append(dst, byte(r))
	}
	return appendEscape(dst, r)
}
