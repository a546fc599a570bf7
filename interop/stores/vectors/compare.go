package main

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/pyjson"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

// pythonText returns a recorded value as JSON in Python's form, by the rules of package pickle for what JSON does not have. There is none
// for an object, or for a dict with keys that have none.
func pythonText(value any) (text string, ok bool) {
	switch v := value.(type) {
	case *big.Int:
		return v.String(), true
	case string:
		b, err := pyjson.AppendSurrogates(nil, v)
		return string(b), err == nil
	case storevectors.List:
		return pythonArray(v)
	case storevectors.Tuple:
		return pythonArray(v)
	case storevectors.Set:
		return pythonArray(v)
	case storevectors.FrozenSet:
		return pythonArray(v)
	case *storevectors.Dict:
		return pythonObject(v)
	case storevectors.Bytes:
		return quoted(hex.EncodeToString(v)), true
	case storevectors.Bytearray:
		return quoted(hex.EncodeToString(v)), true
	case storevectors.Bytes27:
		return python2Text(v), true
	case storevectors.Datetime:
		return quoted(v.ISO), true
	case storevectors.Date:
		return quoted(string(v)), true
	case storevectors.Time:
		return quoted(string(v)), true
	case storevectors.Decimal:
		return quoted(string(v)), true
	case storevectors.UUID:
		return quoted(string(v)), true
	case storevectors.Timedelta:
		return fmt.Sprintf("[%d,%d,%d]", v.Days, v.Seconds, v.Microseconds), true
	case nil, bool, float64:
		b, err := pyjson.Append(nil, v)
		return string(b), err == nil
	}
	return "", false
}

func quoted(s string) string { return `"` + s + `"` }

// python2Text returns a byte string of Python 2 as Python 3 reads it: text, or bytes if it is not ASCII.
func python2Text(b []byte) string {
	if slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 }) {
		return quoted(hex.EncodeToString(b))
	}
	text, err := pyjson.Append(nil, string(b))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func pythonArray(items []any) (string, bool) {
	texts := make([]string, 0, len(items))
	for _, item := range items {
		text, ok := pythonText(item)
		if !ok {
			return "", false
		}
		texts = append(texts, text)
	}
	return "[" + strings.Join(texts, ",") + "]", true
}

func pythonObject(dict *storevectors.Dict) (string, bool) {
	texts := make([]string, 0, len(dict.Items))
	for _, item := range dict.Items {
		key, isKey := pythonKey(item.Key)
		value, ok := pythonText(item.Value)
		if !ok || !isKey {
			return "", false
		}
		texts = append(texts, key+":"+value)
	}
	return "{" + strings.Join(texts, ",") + "}", true
}

// pythonKey returns a key as json.dumps writes it: numbers and constants become texts.
func pythonKey(key any) (string, bool) {
	switch key.(type) {
	case string, storevectors.Bytes27:
		return pythonText(key)
	case nil, bool, float64, *big.Int:
		text, ok := pythonText(key)
		return quoted(text), ok
	}
	return "", false
}

// sorted returns a JSON text with its members in order, since Python 2 has none.
func sorted(text string) string {
	value, err := pyjson.Decode(text)
	if err != nil {
		return err.Error()
	}
	b, err := pyjson.Append(nil, value)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// recordDiffers says how the values of a record differ from those that were recorded.
func recordDiffers(r saltine.Record, want *storevectors.Data) string {
	got, err := r.AppendJSON(nil)
	if err != nil {
		return err.Error()
	}
	text, ok := pythonText(want.Value())
	if !ok {
		return "the recording has no JSON of these values"
	}
	if sorted(text) != sorted(string(got)) {
		return fmt.Sprintf("the values are %.300s, want %.300s", got, text)
	}
	return ""
}
