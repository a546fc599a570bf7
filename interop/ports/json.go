package main

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// sameJSON compares two texts of JSON as values. 1 and 1.0 are the same number, for
// many languages have no way to tell them apart; an integer that lost digits is
// another one.
func sameJSON(want, got []byte) bool {
	w, err := readJSON(want)
	if err != nil {
		return false
	}
	g, err := readJSON(got)
	return err == nil && same(w, g)
}

// readJSON keeps numbers as they are written.
func readJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

// samePython compares a value that JSON has no words for with its Python repr: the
// names, words and numbers in both, sorted. NaN and infinities in JSON are written as
// Python writes them there.
func samePython(repr, text string) bool {
	text = strings.NewReplacer("NaN", "nan", "Infinity", "inf", `"`, "'").Replace(text)
	return slices.Equal(atoms(repr), atoms(text))
}

func atoms(text string) []string {
	found := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("()[]{},: ", r) })
	found = slices.DeleteFunc(found, func(s string) bool { return s == "OrderedDict" })
	slices.Sort(found)
	return found
}

func same(want, got any) bool {
	switch want := want.(type) {
	case json.Number:
		got, ok := got.(json.Number)
		return ok && sameNumber(string(want), string(got))
	case []any:
		got, ok := got.([]any)
		if !ok || len(want) != len(got) {
			return false
		}
		for i := range want {
			if !same(want[i], got[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok || len(want) != len(got) {
			return false
		}
		for key := range want {
			value, ok := got[key]
			if !ok || !same(want[key], value) {
				return false
			}
		}
		return true
	}
	return want == got
}

func sameNumber(want, got string) bool {
	w, g := integer(want), integer(got)
	switch {
	case w != nil && g != nil:
		return w.Cmp(g) == 0
	case w != nil:
		return isFloatOf(got, w)
	case g != nil:
		return isFloatOf(want, g)
	}
	x, err := strconv.ParseFloat(want, 64)
	if err != nil {
		return want == got
	}
	y, err := strconv.ParseFloat(got, 64)
	return err == nil && math.Float64bits(x) == math.Float64bits(y)
}

// integer returns nil for a number that is written as a float.
func integer(text string) *big.Int {
	if strings.ContainsAny(text, ".eE") {
		return nil
	}
	i, _ := new(big.Int).SetString(text, 10)
	return i
}

// isFloatOf tells whether a float is an integer, exactly.
func isFloatOf(text string, i *big.Int) bool {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) {
		return false
	}
	exact, _ := big.NewFloat(f).Int(nil)
	return exact.Cmp(i) == 0
}
