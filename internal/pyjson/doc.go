// Package pyjson reads and writes JSON exactly as Python's json module does for
// Django's JSONSerializer.
//
// Three things set that dialect apart from encoding/json:
//
//   - The bytes of a text are latin-1: a raw byte 0xE9 in a string is "é", and
//     the two bytes of "é" in UTF-8 are the two characters "Ã©". What is written
//     is ASCII only.
//   - NaN, Infinity and -Infinity are values, integers have any size, and 1 and
//     1.0 are different: a Go float is written with a fraction or an exponent.
//   - A lone surrogate is a character. In a Go string it can only be U+FFFD, but
//     the functions that hand out texts instead of values ([Members],
//     [AppendStandard]) keep it.
//
// [Check] and [Members] look at a text without building values, [Decode] builds
// them, [Scalar] reads one into a Go variable, [Append] writes any Go value by the
// rules of encoding/json (tags, Marshaler, TextMarshaler) in Python's form, and
// [AppendStandard] turns a Python text into one that encoding/json reads.
//
// Those rules are in fields.go, reflect.go and methods.go, and what differs between
// Go releases in rules_v1.go and rules_v2.go.
//
// Nothing here keeps state between calls except the field lists of struct types;
// every function is safe for concurrent use. Errors say what is wrong and where,
// and never repeat the text.
package pyjson
