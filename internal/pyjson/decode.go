package pyjson

import "math"

// Decode returns the value of text as nil, bool, string, int64, *big.Int (an
// integer beyond int64), float64, []any or map[string]any. It refuses what
// [Check] refuses.
//
// Strings and keys without escapes and non-ASCII bytes are substrings of text, so
// they keep it in memory. A lone surrogate becomes U+FFFD; keys that differ in
// lone surrogates only are one key of the map then, with the last value. Of
// a repeated key the last value counts, as in Python.
func Decode(text string) (any, error) {
	d := decoder{text: text}
	v, end, err := d.value(skipSpace(text, 0), 0)
	if err != nil {
		return nil, err
	}
	if err := checkEnd(text, end); err != nil {
		return nil, err
	}
	return v, nil
}

type decoder struct {
	text  string
	items []any // of the arrays that are not complete yet
}

// value returns the value that begins at text[i] and the index after it.
func (d *decoder) value(i, depth int) (any, int, error) {
	text := d.text
	if i == len(text) {
		return nil, 0, syntaxError(i, "expected a value")
	}
	switch c := text[i]; {
	case c == '"':
		end, plain, err := skipString(text, i)
		if err != nil {
			return nil, 0, err
		}
		return stringValue(text[i:end], plain), end, nil
	case c == '{':
		return d.object(i, depth+1)
	case c == '[':
		return d.array(i, depth+1)
	case isDigit(c):
		return d.number(i)
	}
	switch word := literal(text, i); word {
	case "null":
		return nil, i + len(word), nil
	case "true", "false":
		return word == "true", i + len(word), nil
	case "NaN":
		return math.NaN(), i + len(word), nil
	case "Infinity":
		return math.Inf(1), i + len(word), nil
	case "-Infinity":
		return math.Inf(-1), i + len(word), nil
	}
	if text[i] == '-' {
		return d.number(i)
	}
	return nil, 0, syntaxError(i, "expected a value")
}

func (d *decoder) number(i int) (any, int, error) {
	end, integer, err := skipNumber(d.text, i)
	switch {
	case err != nil:
		return nil, 0, err
	case integer:
		return parseInt(d.text[i:end]), end, nil
	default:
		return parseFloat(d.text[i:end]), end, nil
	}
}

func (d *decoder) object(i, depth int) (any, int, error) {
	next, more, err := openBracket(d.text, i, '}', depth)
	if err != nil {
		return nil, 0, err
	}
	object := make(map[string]any)
	for more {
		start := next
		end, plain, err := skipKey(d.text, start)
		if err != nil {
			return nil, 0, err
		}
		key := stringValue(d.text[start:end], plain)
		if next, err = skipColon(d.text, end); err != nil {
			return nil, 0, err
		}
		var v any
		if v, next, err = d.value(next, depth); err != nil {
			return nil, 0, err
		}
		object[key] = v
		if next, more, err = skipComma(d.text, next, '}'); err != nil {
			return nil, 0, err
		}
	}
	return object, next, nil
}

// array collects its items on top of those of the arrays around it, to allocate
// each slice once and in its final size.
func (d *decoder) array(i, depth int) (any, int, error) {
	next, more, err := openBracket(d.text, i, ']', depth)
	if err != nil {
		return nil, 0, err
	}
	if more && d.items == nil {
		d.items = make([]any, 0, 16)
	}
	base := len(d.items)
	for more {
		var v any
		if v, next, err = d.value(next, depth); err != nil {
			return nil, 0, err
		}
		d.items = append(d.items, v)
		if next, more, err = skipComma(d.text, next, ']'); err != nil {
			return nil, 0, err
		}
	}
	array := make([]any, len(d.items)-base)
	copy(array, d.items[base:])
	clear(d.items[base:])
	d.items = d.items[:base]
	return array, next, nil
}
