package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

// differs returns how the values of a session differ from all of these recorded data, or "". What has no data is not compared.
func differs(s *saltine.Session, want ...any) string {
	difference := "no data are recorded"
	for _, data := range want {
		if _, recursive := data.(storevectors.Recursive); recursive {
			return unless(s.Len() == 1, s.Len(), "one value that cannot be read")
		}
		if difference = compare(maps.Collect(s.Items()), data); difference == "" {
			return ""
		}
	}
	return difference
}

// compare compares a value that a session gives with a recorded one.
func compare(got, want any) string {
	switch want := want.(type) {
	case nil, bool:
		return unless(got == want, got, want)
	case *big.Int:
		return unless(fmt.Sprint(got) == want.String(), got, want)
	case float64:
		f, ok := got.(float64)
		return unless(ok && (f == want || math.IsNaN(f) && math.IsNaN(want)), got, want)
	case storevectors.List:
		return compareItems(got, want)
	case storevectors.Tuple:
		return compareItems(got, want)
	case storevectors.Timedelta:
		return compareItems(got, []any{big.NewInt(want.Days), big.NewInt(want.Seconds), big.NewInt(want.Microseconds)})
	case storevectors.Set:
		return compareSets(got, want)
	case storevectors.FrozenSet:
		return compareSets(got, want)
	case *storevectors.Dict:
		return compareDicts(got, want)
	case storevectors.Object, storevectors.Recursive, storevectors.Undecodable:
		return ""
	default:
		text, ok := got.(string)
		return unless(ok && sameText(text, want), got, want)
	}
}

func unless(same bool, got, want any) string {
	if same {
		return ""
	}
	return fmt.Sprintf("%.100v, want %.100v", got, want)
}

// sameText compares a value that is a text here.
func sameText(got string, want any) bool {
	switch want := want.(type) {
	case string:
		return got == want || !utf8.ValidString(want) && strings.ContainsRune(got, utf8.RuneError) // a lone surrogate
	case storevectors.Bytes:
		return got == hex.EncodeToString(want)
	case storevectors.Bytearray:
		return got == hex.EncodeToString(want)
	case storevectors.Bytes27:
		return got == hex.EncodeToString(want) || got == string(want)
	case storevectors.Datetime:
		local, _, named := strings.Cut(got, "[") // the offset of a named zone is in no pickle
		return got == want.ISO || named && strings.HasPrefix(want.ISO, local)
	case storevectors.Date:
		return got == string(want)
	case storevectors.Time:
		return got == string(want)
	case storevectors.Decimal:
		return got == string(want)
	case storevectors.UUID:
		return got == string(want)
	}
	return false
}

func compareItems(got any, want []any) string {
	items, ok := got.([]any)
	if !ok || len(items) != len(want) {
		return unless(false, got, want)
	}
	for i := range want {
		if difference := compare(items[i], want[i]); difference != "" {
			return difference
		}
	}
	return ""
}

func compareSets(got any, want []any) string {
	items, ok := got.([]any)
	if !ok || len(items) != len(want) {
		return unless(false, got, want)
	}
	for _, w := range want {
		found := false
		for _, g := range items {
			found = found || compare(g, w) == ""
		}
		if !found {
			return unless(false, got, w)
		}
	}
	return ""
}

func compareDicts(got any, want *storevectors.Dict) string {
	object, ok := got.(map[string]any)
	for _, item := range want.Items {
		if _, hasText := keyText(item.Key); !hasText {
			return unless(got == nil, got, nil) // JSON has no text for it
		}
	}
	if !ok || len(object) != len(want.Items) {
		return unless(false, got, want)
	}
	for _, item := range want.Items {
		name, _ := keyText(item.Key)
		value, ok := object[name]
		if !ok {
			return "there is no " + strconv.Quote(name)
		}
		if difference := compare(value, item.Value); difference != "" {
			return difference
		}
	}
	return ""
}

// keyText returns the text that Python's json makes of a key.
func keyText(key any) (string, bool) {
	switch key := key.(type) {
	case nil:
		return "null", true
	case bool:
		return strconv.FormatBool(key), true
	case string:
		return strings.ToValidUTF8(key, "\uFFFD"), true
	case *big.Int:
		return key.String(), true
	case float64:
		text, err := json.Marshal(key)
		if key == math.Trunc(key) {
			return string(text) + ".0", err == nil
		}
		return string(text), err == nil
	}
	return "", false
}
