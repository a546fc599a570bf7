package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/vectors"
)

// differData compares a value that was read with the one of the vector. The
// expected side is read by encoding/json, not by saltine.
func differData(t *vectors.Test, got any) error {
	if t.DataRepr != "" {
		return differ("values in data_repr", strings.Join(reprAtoms(t.DataRepr), " "), strings.Join(atoms(nil, got), " "))
	}
	want, err := readJSON(t.Data)
	if err != nil {
		return err
	}
	return differValue("data", want, got)
}

// readJSON keeps numbers as they are written. A lone surrogate becomes U+FFFD,
// as in saltine.
func readJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

// differValue compares a value of readJSON with one of saltine, and tells ints
// from floats. path names the value.
func differValue(path string, want, got any) error {
	switch want := want.(type) {
	case json.Number:
		if isNumber(got, string(want)) {
			return nil
		}
		return &mismatch{path + " " + string(want), fmt.Sprintf("%s %v (%T)", path, got, got)}
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return &mismatch{fmt.Sprintf("%s: a list of %d", path, len(want)), path + " " + show(got)}
		}
		for i := range want {
			if err := differValue(path+"["+strconv.Itoa(i)+"]", want[i], list[i]); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		return differObject(path, want, got)
	}
	return differ(path, want, got)
}

func differObject(path string, want map[string]any, got any) error {
	object, ok := got.(map[string]any)
	if !ok || len(object) != len(want) {
		return &mismatch{fmt.Sprintf("%s: an object of %d", path, len(want)), path + " " + show(got)}
	}
	for key := range want {
		value, ok := object[key]
		if !ok {
			return &mismatch{fmt.Sprintf("%s: key %q", path, key), path + " " + show(got)}
		}
		if err := differValue(path+"["+strconv.Quote(key)+"]", want[key], value); err != nil {
			return err
		}
	}
	return nil
}

// isNumber reports whether got is the number in text, an int for an int and a
// float for a float.
func isNumber(got any, text string) bool {
	switch got := got.(type) {
	case int64:
		return strconv.FormatInt(got, 10) == text
	case *big.Int:
		return got.String() == text && !got.IsInt64()
	case float64:
		f, err := strconv.ParseFloat(text, 64)
		return err == nil && strings.ContainsAny(text, ".eE") && math.Float64bits(f) == math.Float64bits(got)
	}
	return false
}

// reprAtoms returns the scalars and keys of a Python repr, sorted: their
// structure is proved by raw_payload, which is compared byte for byte.
func reprAtoms(repr string) []string {
	found := strings.FieldsFunc(repr, func(r rune) bool { return strings.ContainsRune("()[]{},: ", r) })
	found = slices.DeleteFunc(found, func(s string) bool { return s == "OrderedDict" })
	slices.Sort(found)
	return found
}

// atoms appends the same of a value of saltine, and sorts.
func atoms(dst []string, v any) []string {
	switch v := v.(type) {
	case float64:
		dst = append(dst, strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+")))
	case []any:
		for _, item := range v {
			dst = atoms(dst, item)
		}
	case map[string]any:
		for key, item := range v {
			dst = atoms(append(dst, "'"+key+"'"), item)
		}
	default:
		dst = append(dst, fmt.Sprint(v))
	}
	slices.Sort(dst)
	return dst
}

// member is one key of an object in JSON text.
type member struct {
	key string
	raw json.RawMessage
}

// members returns the members of an object in their order, or nil for another
// value.
func members(text []byte) []member {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	list := []member{}
	for d.More() {
		var m member
		key, err := d.Token()
		if err != nil {
			return nil
		}
		m.key = key.(string) // as every token before a value of an object
		if err := d.Decode(&m.raw); err != nil {
			return nil
		}
		list = append(list, m)
	}
	return list
}
