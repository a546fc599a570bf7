package pickle

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// callables are the ones that this package knows, each with the arguments that it is
// written with; [validArg] knows the letters. It is the whole list: nothing is imported,
// called or looked up anywhere else.
var callables = map[string][]string{
	"datetime.datetime":                  {"D", "DZ"},
	"datetime.date":                      {"d"},
	"datetime.time":                      {"t", "tZ"},
	"datetime.timedelta":                 {"ijk"},
	"datetime.timezone":                  {"T", "Ts"},
	"pytz._UTC":                          {""},
	"pytz._p":                            {"n", "nzzs"},
	"django.utils.timezone.UTC":          {""},
	"django.utils.timezone.FixedOffset":  {""}, // and a state
	"builtins.getattr":                   {"Cu"},
	"zoneinfo.ZoneInfo":                  {"nf"}, // of what getattr gives
	"decimal.Decimal":                    {"N"},
	"uuid.UUID":                          {""}, // and a state
	"_codecs.encode":                     {},   // plainValue makes the value of this and the following
	"builtins.bytes":                     {},
	"builtins.bytearray":                 {},
	"builtins.set":                       {},
	"builtins.frozenset":                 {},
	"collections.OrderedDict":            {},
	"django.utils.safestring.SafeText":   {},
	"django.utils.safestring.SafeString": {},
}

// lookup returns the key of a global in callables, or "" for a foreign one.
func lookup(text string) string {
	if name := dotted(text); callables[name] != nil {
		return name
	}
	return ""
}

// plainValue returns a value that some protocol writes without a call, or to which items
// can be added.
func plainValue(op byte, callable *node, args []*node) (n node, ok bool) {
	one := len(args) == 1
	switch name := callable.known; {
	case callable.kind != kindGlobal:
	case op == 0x81 && strings.HasPrefix(name, "django.utils.safestring.") && one:
		n = node{kind: kindSafe, items: []*node{callable}}
		n.text, ok = args[0].plain()
	case op != 'R':
	case name == "builtins.bytes":
		n.kind, ok = kindBytes, len(args) == 0
	case name == "_codecs.encode" && len(args) == 2:
		n.kind = kindBytes
		n.text, ok = latin1(args)
	case name == "builtins.bytearray" && len(args) == 2:
		n.kind = kindByteArray
		n.text, ok = latin1(args)
	case name == "builtins.bytearray":
		n.kind, ok = kindByteArray, len(args) == 0
		if one && (args[0].kind == kindBytes || args[0].kind == kindStr) {
			n.text, ok = args[0].text, true
		}
	case name == "builtins.set" && one && args[0].kind == kindList:
		return node{kind: kindSet, items: place(nil, args[0].items)}, true
	case name == "builtins.frozenset" && one && args[0].kind == kindList:
		return node{kind: kindFrozenSet, items: place(nil, args[0].items)}, true
	case name == "collections.OrderedDict":
		n.kind, ok = kindOrdered, len(args) == 0 || one && args[0].kind == kindList
		for i := 0; ok && one && i < len(args[0].items); i++ { // Python 2 has its items here
			pair := args[0].items[i]
			n.items, ok = place(n.items, pair.items), pair.kind == kindList && len(pair.items) == 2
		}
	}
	return n, ok
}

// latin1 encodes a text, given with the name of the encoding.
func latin1(args []*node) (string, bool) {
	text, isText := args[0].plain()
	codec, _ := args[1].plain()
	b := make([]byte, 0, len(text))
	for _, r := range text {
		isText = isText && r <= 0xFF
		b = append(b, byte(r))
	}
	return string(b), isText && (codec == "latin1" || codec == "latin-1")
}

// identify returns what the object n is, if Python pickles it in exactly this way.
func identify(n *node) string {
	callable, args, steps := n.items[0], n.items[1].items, n.items[2:]
	name := callable.known
	first := map[string]string{"uuid.UUID": "int", "django.utils.timezone.FixedOffset": "_FixedOffset__offset"}[name]
	switch {
	case n.num == 0x92, (n.num == 0x81) != (name == "uuid.UUID"), len(steps) > 1, (first != "") != (len(steps) == 1):
		return ""
	case first != "" && (steps[0].num != 'b' || !validState(first, steps[0].items[0])):
		return ""
	case callable.kind == kindObject && name == "builtins.getattr":
		name = "zoneinfo.ZoneInfo"
	case callable.kind == kindObject, name == "zoneinfo.ZoneInfo":
		return ""
	}
	if slices.ContainsFunc(callables[name], func(letters string) bool { return validArgs(args, letters) }) {
		return name
	}
	return ""
}

func validArgs(args []*node, letters string) bool {
	for i, arg := range args {
		if len(args) != len(letters) || !validArg(arg, letters[i]) {
			return false
		}
	}
	return len(args) == len(letters)
}

// validArg tells of an argument whether it is what its letter says.
func validArg(n *node, letter byte) (ok bool) {
	text, isText := n.plain()
	switch letter {
	case 'D', 'd', 't': // a clock
		_, ok = clockText(text, string(letter))
		return ok && (n.kind == kindBytes || n.kind == kindStr)
	case 'i': // of a timedelta: days,
		return n.kind == kindInt && max(int64(n.num), -int64(n.num)) <= 999_999_999
	case 'j': // seconds,
		return n.kind == kindInt && n.num < 86400
	case 'k': // microseconds
		return n.kind == kindInt && n.num < 1e6
	case 'T': // a timedelta that is an offset
		if n.kind != kindObject || n.known != "datetime.timedelta" {
			return false
		}
		seconds, micros := offset(n)
		return seconds < 86400 && seconds*1e6+micros > -86400e6
	case 'z': // the offset of a zone in seconds
		return n.kind == kindInt && max(int64(n.num), -int64(n.num)) < 86400
	case 'Z': // a zone
		return n.kind == kindObject && (strings.Contains(n.known, "timezone") || strings.HasPrefix(n.known, "pytz.") || n.known == "zoneinfo.ZoneInfo")
	case 'n': // the name of a zone
		return isText && text != "" && strings.Trim(text, zoneLetters) == ""
	case 'C': // getattr(ZoneInfo, "_unpickle"), and a flag of that method
		return n.kind == kindGlobal && n.known == "zoneinfo.ZoneInfo"
	case 'u':
		return isText && text == "_unpickle"
	case 'f':
		return n.kind == kindTrue || n.kind == kindFalse || n.kind == kindInt && n.num <= 1
	case 'N':
		return isText && validDecimal(text)
	case 'U':
		_, ok = uuidHex(n)
		return ok
	}
	return isText
}

const zoneLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/"

// offset returns the value of a timedelta.
func offset(delta *node) (seconds, micros int64) {
	args := delta.items[1].items
	return int64(args[0].num)*86400 + int64(args[1].num), int64(args[2].num)
}

// attributes are what states hold, with the letters of their values.
var attributes = map[string]byte{"int": 'U', "is_safe": 'i', "_FixedOffset__offset": 'T', "_FixedOffset__name": 's'}

// validState checks a state: a dict of one item that has to be, and one that may be.
func validState(first string, state *node) bool {
	if state.kind != kindDict || len(state.items) != 2 && len(state.items) != 4 {
		return false
	}
	for i := 0; i < len(state.items); i += 2 {
		name, _ := state.items[i].plain()
		if (name == first) != (i == 0) || attributes[name] == 0 || !validArg(state.items[i+1], attributes[name]) {
			return false
		}
	}
	return true
}

// clockText returns what isoformat gives for the fields of a date (d), a time (t) or both
// (D). The highest bit of D's month and t's hour is the fold, which has no text.
func clockText(fields, letter string) (text string, ok bool) {
	b, layout := []byte(fields), "2006-01-02T15:04:05.000000"
	switch {
	case letter == "d" && len(b) == 4:
		layout = layout[:10]
		b = append(b, make([]byte, 6)...)
	case letter == "t" && len(b) == 6:
		layout = layout[11:]
		b = append([]byte{7, 0, 1, 1, b[0] & 0x7F}, b[1:]...)
	case letter == "D" && len(b) == 10:
		b[2] &= 0x7F
	default:
		return "", false
	}
	micros := int(b[7])<<16 | int(b[8])<<8 | int(b[9])
	text = fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d.%06d", int(b[0])<<8|int(b[1]), b[2], b[3], b[4], b[5], b[6], micros)
	at, err := time.Parse("2006-01-02T15:04:05.000000", text)
	return strings.TrimSuffix(at.Format(layout), ".000000"), err == nil && at.Year() > 0
}

// validDecimal checks what str gives for a Decimal.
func validDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if payload, ok := strings.CutPrefix(strings.TrimPrefix(s, "s"), "NaN"); ok {
		return strings.Trim(payload, "0123456789") == ""
	}
	_, err := strconv.ParseFloat(s, 64)
	return s == "Infinity" || (err == nil || errors.Is(err, strconv.ErrRange)) && strings.Trim(s, "0123456789.E+-") == ""
}

// uuidHex returns the digits of a UUID's int.
func uuidHex(n *node) (digits string, ok bool) {
	v := new(big.Int).SetUint64(n.num)
	if n.kind == kindLong {
		v.SetString(n.text, 10)
	}
	ok = n.kind == kindLong || n.kind == kindInt && int64(n.num) >= 0
	return fmt.Sprintf("%032x", v), ok && v.Sign() >= 0 && v.BitLen() <= 128
}
