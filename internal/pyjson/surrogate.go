package pyjson

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// UnquoteSurrogates is [Unquote] but for lone surrogates, which it encodes in
// three bytes each as Python's error handler "surrogatepass" does.
func UnquoteSurrogates(text string) (string, error) {
	s, err := Unquote(text)
	if err != nil || utf8.ValidString(s) && len(s) == len(text)-2 {
		return s, err
	}
	return decodeString(text[1:len(text)-1], true), nil
}

// AppendSurrogates is [AppendString] for a text that may have lone surrogates,
// each encoded in three bytes.
func AppendSurrogates(dst []byte, s string) ([]byte, error) {
	before := dst
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		run := plainEnd(s, i)
		dst = append(dst, s[i:run]...)
		if i = run; i == len(s) {
			break
		}
		r, size := decodeSurrogate(s[i:])
		if size == 0 {
			return before, unsupported[string]("invalid UTF-8 at byte " + strconv.Itoa(i))
		}
		dst = appendEscape(dst, r)
		i += size
	}
	return append(dst, '"'), nil
}

// ValidSurrogates reports whether s is UTF-8 but for lone surrogates, each
// encoded in three bytes.
func ValidSurrogates(s string) bool {
	for i := 0; i < len(s) && !utf8.ValidString(s[i:]); {
		_, size := decodeSurrogate(s[i:])
		if size == 0 {
			return false
		}
		i += size
	}
	return true
}

// decodeSurrogate returns the first character of s, which may be a surrogate,
// and its size, or 0.
func decodeSurrogate(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r != utf8.RuneError || size != 1 {
		return r, size
	}
	if len(s) < 3 || s[0] != 0xED || s[1]>>5 != 0x80>>5|1 || s[2]>>6 != 0x80>>6 {
		return r, 0
	}
	r = 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
	if !utf16.IsSurrogate(r) {
		return r, 0
	}
	return r, 3
}
