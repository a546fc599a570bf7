package pyjson

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"sync"
)

// writer writes a value that stands inside depth arrays and objects. quoted is the
// string option of a struct tag, which concerns scalars only.
type writer func(dst []byte, v reflect.Value, depth int, quoted bool) ([]byte, error)

// typePlan says how the values of one type are written.
type typePlan struct {
	write    writer
	indirect bool // nothing but a way to another value: a pointer or interface without methods of its own
}

var plans sync.Map // reflect.Type to typePlan

func planOf(t reflect.Type) typePlan {
	if plan, ok := plans.Load(t); ok {
		return plan.(typePlan)
	}
	plan := newPlan(t)
	plans.Store(t, plan)
	return plan
}

func appendValue(dst []byte, v reflect.Value, depth int, quoted bool) ([]byte, error) {
	return planOf(v.Type()).write(dst, v, depth, quoted)
}

var (
	numberType        = reflect.TypeFor[json.Number]()
	bigIntType        = reflect.TypeFor[big.Int]()
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
)

func newPlan(t reflect.Type) typePlan {
	if t == bigIntType || t == reflect.PointerTo(bigIntType) {
		return typePlan{write: appendBigValue}
	}
	byMethod := methodWriter(t)
	if byMethod != nil && t.Kind() == reflect.Pointer {
		return typePlan{write: byMethod}
	}
	plain := byMethod
	if plain == nil {
		plain = kindWriter(t)
	}
	if t.Kind() != reflect.Pointer {
		if byAddress := methodWriter(reflect.PointerTo(t)); byAddress != nil {
			return typePlan{write: func(dst []byte, v reflect.Value, depth int, quoted bool) ([]byte, error) {
				if v.CanAddr() {
					return byAddress(dst, v.Addr(), depth, quoted)
				}
				return plain(dst, v, depth, quoted)
			}}
		}
	}
	indirect := byMethod == nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface)
	return typePlan{write: plain, indirect: indirect}
}

func kindWriter(t reflect.Type) writer {
	switch t.Kind() {
	case reflect.Struct:
		fields, ok := structFields(t)
		if !ok {
			return appendRefused
		}
		return func(dst []byte, v reflect.Value, depth int, _ bool) ([]byte, error) {
			return appendStruct(dst, v, depth, fields)
		}
	case reflect.Map:
		if isKeyType(t.Key()) {
			return appendMapValue
		}
	case reflect.Slice:
		if isBytes(t) {
			return appendBytes
		}
		return appendSliceValue
	case reflect.Array:
		return appendArray
	case reflect.Pointer, reflect.Interface:
		return appendIndirect
	default:
		if isScalar(t.Kind()) {
			return appendScalar
		}
	}
	return appendUnsupported
}

func isScalar(k reflect.Kind) bool {
	return reflect.Bool <= k && k <= reflect.Float64 || k == reflect.String
}

// isBytes tells slices that are written as base64. Elements that write themselves
// make an array.
func isBytes(t reflect.Type) bool {
	return t.Elem().Kind() == reflect.Uint8 && methodWriter(reflect.PointerTo(t.Elem())) == nil
}

func unsupportedValue(v reflect.Value, reason string) error {
	return &UnsupportedError{Type: v.Type(), Reason: reason}
}

func appendUnsupported(dst []byte, v reflect.Value, _ int, _ bool) ([]byte, error) {
	return dst, unsupportedValue(v, "the type has no JSON form")
}

func appendRefused(dst []byte, v reflect.Value, _ int, _ bool) ([]byte, error) {
	return dst, unsupportedValue(v, "a struct tag with an option that encoding/json refuses")
}

func appendScalar(dst []byte, v reflect.Value, _ int, quoted bool) ([]byte, error) {
	if quoted {
		return appendQuoted(dst, v)
	}
	switch k := v.Kind(); {
	case k == reflect.String && v.Type() == numberType:
		return appendNumber(dst, json.Number(v.String()))
	case k == reflect.String:
		return appendReplacing(dst, v.String()), nil
	case k == reflect.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case k <= reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case k <= reflect.Uintptr:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	default:
		return appendFloat(dst, v.Float(), v.Type().Bits()), nil
	}
}

// appendQuoted writes a scalar as a string that holds its JSON text.
func appendQuoted(dst []byte, v reflect.Value) ([]byte, error) {
	text, err := appendScalar(nil, v, 0, false)
	if err != nil {
		return dst, err
	}
	return AppendString(dst, string(text))
}

// maxIndirect is how many pointers and interfaces in a row are followed. Only a
// cycle has more.
const maxIndirect = MaxDepth

func appendIndirect(dst []byte, v reflect.Value, depth int, quoted bool) ([]byte, error) {
	for range maxIndirect {
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		v = v.Elem()
		if plan := planOf(v.Type()); !plan.indirect {
			return plan.write(dst, v, depth, quoted)
		}
	}
	return dst, unsupportedValue(v, "pointers that lead nowhere")
}

func appendBytes(dst []byte, v reflect.Value, _ int, _ bool) ([]byte, error) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, v.Bytes())
	return append(dst, '"'), nil
}

func appendSliceValue(dst []byte, v reflect.Value, depth int, quoted bool) ([]byte, error) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	return appendArray(dst, v, depth, quoted)
}

func appendArray(dst []byte, v reflect.Value, depth int, _ bool) ([]byte, error) {
	if depth == MaxDepth {
		return dst, unsupportedValue(v, tooDeep)
	}
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendValue(dst, v.Index(i), depth+1, false); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendStruct(dst []byte, v reflect.Value, depth int, fields []field) ([]byte, error) {
	if depth == MaxDepth {
		return dst, unsupportedValue(v, tooDeep)
	}
	dst = append(dst, '{')
	empty := len(dst)
	for i := range fields {
		f := &fields[i]
		value, ok := f.find(v)
		if !ok || f.omitted(value) {
			continue
		}
		before := len(dst)
		if before > empty {
			dst = append(dst, ',')
		}
		start := len(dst)
		dst = append(dst, f.key...)
		var err error
		if dst, err = f.write(dst, value, depth+1, f.quoted); err != nil {
			return dst, err
		}
		if len(dst) == start { // the rest of the members, and there are none
			dst = dst[:before]
		}
	}
	return append(dst, '}'), nil
}

func appendMapValue(dst []byte, v reflect.Value, depth int, _ bool) ([]byte, error) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	if depth == MaxDepth {
		return dst, unsupportedValue(v, tooDeep)
	}
	values, err := valuesByText(v)
	if err != nil {
		return dst, err
	}
	dst = append(dst, '{')
	for i, key := range slices.Sorted(maps.Keys(values)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = AppendString(dst, key); err != nil {
			return dst, err
		}
		dst = append(dst, ':')
		if dst, err = appendValue(dst, values[key], depth+1, false); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// valuesByText returns the values of a map by the text of their keys. Two keys with the
// same text are an error: which one Python then took would be chance.
func valuesByText(v reflect.Value) (map[string]reflect.Value, error) {
	values := make(map[string]reflect.Value, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		key, err := mapKey(iter.Key())
		if err != nil {
			return nil, err
		}
		if _, taken := values[key]; taken {
			return nil, unsupportedValue(v, "two keys have the same text")
		}
		values[key] = iter.Value()
	}
	return values, nil
}

func noKey(k reflect.Value) error {
	return unsupportedValue(k, "a map key without a text")
}
