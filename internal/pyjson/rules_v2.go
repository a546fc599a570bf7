//go:build go1.27 && goexperiment.jsonv2

package pyjson

import (
	"encoding"
	"encoding/json"
	jsonv2 "encoding/json/v2"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The rules of encoding/json from Go 1.27 on, where it stands on
// encoding/json/v2 and they differ from those in rules_v1.go.

// readTag reads a malformed tag as encoding/json does: it takes what it can.
func readTag(tag string) tagOptions {
	var o tagOptions
	if tag != "" && tag[0] != ',' {
		o.name, tag = tagName(tag)
	}
	for tag != "" {
		var option string
		switch option, tag, _ = tagWord(strings.TrimPrefix(tag, ",")); option {
		case "omitempty":
			o.omitEmpty = true
		case "omitzero":
			o.omitZero = true
		case "string":
			o.quoted = true
		case "embed":
			o.embed = o.name == ""
		case "format":
			if rest, ok := tagFormat(tag); ok {
				o.format, tag = true, rest
			}
		}
	}
	return o
}

// tagName cuts the name off a tag. It is whatever stands before a comma or the
// end, but before a quote or a backslash only a word.
func tagName(tag string) (name, rest string) {
	if end := strings.IndexAny(tag+",", ",\\'\"`"); end == len(tag) || tag[end] == ',' {
		return string([]rune(tag[:end])), tag[end:] // U+FFFD for bytes that are not UTF-8
	}
	word, rest, ok := tagWord(tag)
	if !ok {
		word = ""
	}
	return word, rest
}

// tagWord cuts a word off a tag, or what stands before the comma.
func tagWord(tag string) (word, rest string, ok bool) {
	if c, _ := utf8.DecodeRuneInString(tag); c == '_' || unicode.IsLetter(c) {
		rest = strings.TrimLeftFunc(tag, func(c rune) bool {
			return c == '_' || unicode.IsLetter(c) || unicode.IsNumber(c)
		})
		return tag[:len(tag)-len(rest)], rest, true
	}
	end := strings.IndexByte(tag+",", ',')
	return tag[:end], tag[end:], false
}

// tagFormat cuts a colon and the value of the option format off a tag.
func tagFormat(tag string) (rest string, ok bool) {
	value, ok := strings.CutPrefix(tag, ":")
	if !ok {
		return tag, false
	}
	if quoted, ok := strings.CutPrefix(value, "'"); ok {
		return tagQuoted(quoted)
	}
	_, rest, ok = tagWord(value)
	return rest, ok
}

// tagQuoted cuts a text and its closing quote off a tag: a string of Go, but in
// single quotes.
func tagQuoted(tag string) (rest string, ok bool) {
	literal := []byte{'"'}
	for i := 0; i < len(tag); i++ {
		switch c := tag[i]; {
		case c == '\'':
			text, err := strconv.Unquote(string(literal) + `"`)
			return tag[i+1:], err == nil && text != ""
		case c == '\\' && i+1 < len(tag):
			i++
			if tag[i] != '\'' {
				literal = append(literal, '\\')
			}
			literal = append(literal, tag[i])
		case c == '"':
			literal = append(literal, `\"`...)
		default:
			literal = append(literal, c)
		}
	}
	return "", false
}

// isQuotable tells the types of fields for which the string option counts.
func isQuotable(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return isScalar(t.Kind())
}

var (
	marshalerToType  = reflect.TypeFor[jsonv2.MarshalerTo]()
	textAppenderType = reflect.TypeFor[encoding.TextAppender]()
	methodTypes      = []reflect.Type{
		marshalerToType, marshalerType, textAppenderType, textMarshalerType,
		reflect.TypeFor[jsonv2.UnmarshalerFrom](), reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
	}
)

func hasMethods(t reflect.Type, of ...reflect.Type) bool {
	for _, methods := range of {
		if t.Implements(methods) || reflect.PointerTo(t).Implements(methods) {
			return true
		}
	}
	return false
}

// leftOut tells an unexported embedded struct with a name that has no member,
// because its methods decide and cannot be called.
func leftOut(t reflect.Type, o tagOptions) bool {
	return hasMethods(t, methodTypes...) || o.omitZero && hasMethods(t, reflect.TypeFor[zeroer]())
}

var rawType = reflect.TypeFor[json.RawMessage]()

// isRest tells the type of a field that holds members instead of being one.
func isRest(t reflect.Type) bool {
	return t == rawType || t.Kind() == reflect.Map && t.Key().Kind() == reflect.String && !hasMethods(t.Key(), methodTypes...)
}

// appendRest writes the members that v holds.
func appendRest(dst []byte, v reflect.Value, depth int, _ bool) ([]byte, error) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() || v.Len() == 0 {
		return dst, nil
	}
	object, err := appendValue(nil, v, depth-1, false)
	if err != nil {
		return dst, err
	}
	if object[0] != '{' {
		return dst, unsupportedValue(v, "a text with the option embed that is not an object")
	}
	return append(dst, object[1:len(object)-1]...), nil
}

// methodWriter returns the writer of a type that writes itself, or nil. Of an
// interface the value decides.
func methodWriter(t reflect.Type) writer {
	switch {
	case t.Kind() == reflect.Interface, t == numberType, t == reflect.PointerTo(numberType):
		return nil
	case t.Implements(marshalerToType):
		return appendMarshalerTo
	case t.Implements(marshalerType):
		return appendMarshaler
	case t.Implements(textAppenderType):
		return appendTextAppender
	case t.Implements(textMarshalerType):
		return appendTextMarshaler
	}
	return nil
}

// appendMarshalerTo leaves the call to encoding/json, as the method's documentation
// demands.
func appendMarshalerTo(dst []byte, v reflect.Value, depth int, _ bool) ([]byte, error) {
	return appendJSONMethod(dst, v, depth, "MarshalJSONTo", func() ([]byte, error) {
		return json.Marshal(v.Interface())
	})
}

func appendTextAppender(dst []byte, v reflect.Value, _ int, _ bool) ([]byte, error) {
	return appendTextMethod(dst, v, "AppendText", func() ([]byte, error) {
		return v.Interface().(encoding.TextAppender).AppendText(nil)
	})
}

// isKeyType tells whether values of the type can be keys of an object.
func isKeyType(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		if isTextType(t) {
			return true
		}
		t = t.Elem()
	}
	return t.Kind() == reflect.Interface || isTextType(t) || isScalar(t.Kind()) && t.Kind() != reflect.Bool
}

func isTextType(t reflect.Type) bool {
	return t.Kind() != reflect.Interface && (t.Implements(textAppenderType) || t.Implements(textMarshalerType))
}

func mapKey(k reflect.Value) (string, error) {
	if k.Kind() == reflect.Pointer && k.IsNil() && isTextType(k.Type()) {
		return "", nil
	}
	for range maxIndirect {
		t := k.Type()
		isPointer := k.Kind() == reflect.Pointer
		switch {
		case k.Kind() == reflect.String:
			return k.String(), nil
		case isNil(k) || !k.CanInterface():
			return "", noKey(k)
		case isTextType(t) && !(isPointer && t.Elem().Kind() == reflect.String):
			return textKey(k)
		case isPointer || k.Kind() == reflect.Interface:
			k = k.Elem()
		case k.CanInt():
			return strconv.FormatInt(k.Int(), 10), nil
		case k.CanUint():
			return strconv.FormatUint(k.Uint(), 10), nil
		case k.CanFloat() && k.Float()-k.Float() == 0: // finite
			return string(appendFloat(nil, k.Float(), t.Bits())), nil
		default:
			return "", noKey(k)
		}
	}
	return "", noKey(k)
}

func textKey(k reflect.Value) (string, error) {
	if appender, ok := k.Interface().(encoding.TextAppender); ok {
		text, err := appender.AppendText(nil)
		if err != nil {
			return "", methodError(k, "AppendText", err)
		}
		return string(text), nil
	}
	text, err := k.Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return "", methodError(k, "MarshalText", err)
	}
	return string(text), nil
}

// readsItselfFrom reports whether encoding/json/v2 has a method of the type read it.
func readsItselfFrom(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[jsonv2.UnmarshalerFrom]())
}
