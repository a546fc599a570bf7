package pyjson

import (
	"encoding/json"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Append appends what Python's json.dumps(v, separators=(",", ":")) writes for
// the value v to dst: ASCII only, no white space, floats with a fraction or an
// exponent, NaN and infinities bare. The keys of Go maps are sorted, so that the
// output depends on the input alone.
//
// Go types become JSON as in encoding/json of the Go release that builds the
// program: struct tags, embedded fields, json.Marshaler, encoding.TextMarshaler,
// from Go 1.27 on also MarshalerTo of encoding/json/v2 and encoding.TextAppender,
// []byte as base64, nil as null, also where these are nested. The text of a
// json.Marshaler, json.RawMessage included, is JSON in UTF-8, may have NaN and the
// infinities, and is written in Python's form; numbers in it and in json.Number
// keep their text. A float32 is written with the digits that tell it from other
// float32 numbers.
//
// U+FFFD stands for bytes of a text that are not UTF-8, as in encoding/json. A value
// without a JSON form is an [*UnsupportedError], and dst is then returned as it was:
// channels, functions, complex numbers, keys of a map that are not UTF-8 or have the
// same text, integers beyond [MaxDigits], and nesting beyond [MaxDepth], which is how
// cycles end.
func Append(dst []byte, v any) ([]byte, error) { return AppendNested(dst, v, 0) }

// AppendNested is [Append] for a value that stands inside depth arrays and objects, which
// count towards [MaxDepth].
func AppendNested(dst []byte, v any, depth int) ([]byte, error) {
	out, err := appendAny(dst, v, depth)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// appendAny writes a value inside depth arrays and objects. The cases are those
// which need no reflection.
func appendAny(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return appendReplacing(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v, 64), nil
	case *big.Int:
		return appendBig(dst, v)
	case json.Number:
		return appendNumber(dst, v)
	case []any:
		return appendSlice(dst, v, depth, appendAny)
	case []string:
		return appendSlice(dst, v, depth, appendText)
	case map[string]any:
		return appendMap(dst, v, depth, appendAny)
	case map[string]string:
		return appendMap(dst, v, depth, appendText)
	}
	return appendValue(dst, reflect.ValueOf(v), depth, false)
}

func appendText(dst []byte, s string, _ int) ([]byte, error) {
	return appendReplacing(dst, s), nil
}

func appendSlice[T any](dst []byte, items []T, depth int, write func([]byte, T, int) ([]byte, error)) ([]byte, error) {
	if items == nil {
		return append(dst, "null"...), nil
	}
	if depth == MaxDepth {
		return dst, unsupported[[]T](tooDeep)
	}
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = write(dst, item, depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendMap[T any](dst []byte, m map[string]T, depth int, write func([]byte, T, int) ([]byte, error)) ([]byte, error) {
	if m == nil {
		return append(dst, "null"...), nil
	}
	if depth == MaxDepth {
		return dst, unsupported[map[string]T](tooDeep)
	}
	var room [16]string
	keys := slices.AppendSeq(room[:0], maps.Keys(m))
	slices.Sort(keys) // and not entries: each type of them would link a sort of its own
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = AppendString(dst, key); err != nil {
			return dst, err
		}
		dst = append(dst, ':')
		if dst, err = write(dst, m[key], depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// appendNumber writes the text of a number as it is, if Python reads it. The empty
// one is 0, as for encoding/json.
func appendNumber(dst []byte, n json.Number) ([]byte, error) {
	text := string(n)
	if text == "" {
		return append(dst, '0'), nil
	}
	if !isDigit(text[0]) && text[0] != '-' {
		return dst, unsupported[json.Number]("not a number")
	}
	end, _, err := skipNumber(text, 0)
	if err == nil && end < len(text) {
		err = syntaxError(end, "text after the number")
	}
	if err != nil {
		return dst, &UnsupportedError{Type: reflect.TypeFor[json.Number](), Reason: "not a number", Err: err}
	}
	return append(dst, text...), nil
}

// AppendString appends s as Python's json.dumps writes a str: everything but
// printable ASCII as \uXXXX with lower-case digits, or as one of the short
// escapes, and no more than that (HTML characters stay). A string that is not
// valid UTF-8 is an [*UnsupportedError] and leaves dst as it was: as the key of an
// object it could become equal to another one.
func AppendString(dst []byte, s string) ([]byte, error) {
	if i := invalidAt(s); i >= 0 {
		return dst, unsupported[string]("invalid UTF-8 at byte " + strconv.Itoa(i))
	}
	return appendReplacing(dst, s), nil
}

// invalidAt returns the index of the first byte that is not UTF-8, or -1.
func invalidAt(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			return i
		}
	}
	return -1
}

// appendReplacing is AppendString for the text of a value, in which U+FFFD stands for
// each byte that is not UTF-8, as in encoding/json.
func appendReplacing(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		run := plainEnd(s, i)
		dst = append(dst, s[i:run]...)
		if i = run; i == len(s) {
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		dst = appendEscape(dst, r)
		i += size
	}
	return append(dst, '"')
}

const hexDigits = "0123456789abcdef"

// appendEscape writes a character that is not plain. It may be a lone surrogate.
func appendEscape(dst []byte, r rune) []byte {
	if short := strings.IndexRune("\"\\\b\f\n\r\t", r); short >= 0 {
		return append(dst, '\\', `"\bfnrt`[short])
	}
	if r > 0xFFFF {
		r -= 0x10000
		dst = appendEscape(dst, 0xD800|r>>10)
		r = 0xDC00 | r&0x3FF
	}
	return append(dst, '\\', 'u', hexDigits[r>>12], hexDigits[r>>8&0xF], hexDigits[r>>4&0xF], hexDigits[r&0xF])
}
