package storevectors

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Data is a Python value, written as tagged data: what JSON has no type for is an object whose first key begins with $. The field
// schema of the file lists the tags. Value gives it as Go values; Text is for messages and comparisons.
type Data struct {
	text  json.RawMessage
	value any
}

// Text returns the tagged data as they stand in the file, white space included.
func (d *Data) Text() string { return string(d.text) }

// Value returns the value. It is one of these, and the caller must not change it:
//
//	nil, bool, *big.Int, float64, string    None, bool, int, float, str
//	List, Tuple, Set, FrozenSet, *Dict      list, tuple, set, frozenset, dict
//	Bytes, Bytearray, Bytes27               bytes, bytearray, str of Python 2 that is not ASCII
//	Datetime, Date, Time, Timedelta         those of module datetime
//	Decimal, UUID                           decimal.Decimal, uuid.UUID
//	Object, Recursive, Undecodable          what has no data
//
// A str may hold lone surrogates, which stand in the string as three bytes each, as Python's surrogatepass writes them.
func (d *Data) Value() any { return d.value }

type (
	// List is a list.
	List []any
	// Tuple is a tuple.
	Tuple []any
	// Set is a set, in any order.
	Set []any
	// FrozenSet is a frozenset, in any order.
	FrozenSet []any
	// Bytes is a bytes.
	Bytes []byte
	// Bytearray is a bytearray.
	Bytearray []byte
	// Bytes27 is a byte string of Python 2, which Python 3 refuses, or gives as bytes.
	Bytes27 []byte

	// Dict is a dict in its order. No key occurs twice.
	Dict struct{ Items []Item }
	// Item is an entry of a Dict.
	Item struct{ Key, Value any }

	// Datetime is a moment: what isoformat() says, and the class and name of its tzinfo. Zone is empty for a naive one.
	Datetime struct{ ISO, Zone string }
	// Date is what isoformat() says.
	Date string
	// Time is what isoformat() says.
	Time string
	// Timedelta is normalized as Python does: only Days can be negative.
	Timedelta struct{ Days, Seconds, Microseconds int64 }
	// Decimal is what str() says.
	Decimal string
	// UUID is what str() says.
	UUID string

	// Object is a value of another class, which it names. There are no data of it.
	Object string
	// Recursive stands where a container holds itself.
	Recursive struct{}
	// Undecodable stands for data that Django could not read. It names the exception.
	Undecodable string
)

func (d *Data) read(raw json.RawMessage) (err error) {
	d.text = slices.Clone(raw)
	d.value, err = readValue(raw)
	return err
}

func readValue(raw json.RawMessage) (any, error) {
	switch raw[0] {
	case '[':
		list, err := readValues(raw)
		return List(list), err
	case '{':
		return readObject(raw)
	case '"':
		return readText(raw)
	case 'n':
		return nil, nil
	case 't', 'f':
		return raw[0] == 't', nil
	}
	if strings.ContainsAny(string(raw), ".eE") {
		return strconv.ParseFloat(string(raw), 64)
	}
	return readInt(string(raw))
}

func readInt(text string) (*big.Int, error) {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, fmt.Errorf("not an int: %.50q", text)
	}
	return n, nil
}

func readValues(raw json.RawMessage) ([]any, error) {
	found, err := elements(raw)
	if err != nil {
		return nil, err
	}
	values := make([]any, len(found))
	for i, element := range found {
		if values[i], err = readValue(element); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// readText reads a string. A lone surrogate becomes three bytes, where encoding/json would put U+FFFD.
func readText(raw json.RawMessage) (string, error) {
	if raw[0] != '"' {
		return "", errors.New("not a string")
	}
	var text []byte
	inside := raw[1 : len(raw)-1]
	begin := 0 // of what is not in text yet
	flush := func(end int) error {
		var part string
		err := json.Unmarshal(slices.Concat([]byte{'"'}, inside[begin:end], []byte{'"'}), &part)
		text = append(text, part...)
		return err
	}
	for i := 0; i < len(inside); {
		unit := escaped(inside[i:])
		switch {
		case inside[i] != '\\':
			i++
		case !utf16.IsSurrogate(unit):
			i += 2
		case utf16.DecodeRune(unit, escaped(inside[i+6:])) != utf8.RuneError:
			i += 12
		default:
			if err := flush(i); err != nil {
				return "", err
			}
			text = append(text, 0xe0|byte(unit>>12), 0x80|byte(unit>>6)&0x3f, 0x80|byte(unit)&0x3f)
			i += 6
			begin = i
		}
	}
	err := flush(len(inside))
	return string(text), err
}

// escaped returns the code unit of the \uXXXX at the start of text, or -1.
func escaped(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(unit)
}

func readObject(raw json.RawMessage) (any, error) {
	found, err := members(raw)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 && strings.HasPrefix(found[0].name, "$") {
		return readTagged(found)
	}
	dict := &Dict{}
	for _, m := range found {
		if strings.HasPrefix(m.name, "$") {
			return nil, fmt.Errorf("key %q must be in a $dict", m.name)
		}
		value, err := readValue(m.value)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", m.name, err)
		}
		dict.Items = append(dict.Items, Item{m.name, value})
	}
	return dict, nil
}

// tags are the readers of tagged objects with one member.
var tags map[string]func(json.RawMessage) (any, error)

// The map refers to functions that refer to it.
func init() { //nolint:gochecknoinits // a variable cannot be initialized with what refers to it
	tags = map[string]func(json.RawMessage) (any, error){
		"$tuple":       values[Tuple],
		"$set":         values[Set],
		"$frozenset":   values[FrozenSet],
		"$bytes":       hexadecimal[Bytes],
		"$bytearray":   hexadecimal[Bytearray],
		"$str27":       hexadecimal[Bytes27],
		"$date":        text[Date],
		"$time":        text[Time],
		"$decimal":     text[Decimal],
		"$uuid":        text[UUID],
		"$object":      text[Object],
		"$undecodable": text[Undecodable],
		"$int":         func(raw json.RawMessage) (any, error) { return fromText(raw, readInt) },
		"$float":       func(raw json.RawMessage) (any, error) { return fromText(raw, readFloat) },
		"$utf8":        readUTF8,
		"$repeat":      readRepeat,
		"$range":       readRange,
		"$krange":      readKeyRange,
		"$dict":        readDict,
		"$datetime":    func(raw json.RawMessage) (any, error) { return readDatetime(raw, nil) },
		"$timedelta":   readTimedelta,
		"$recursive": func(raw json.RawMessage) (any, error) {
			if string(raw) != "true" {
				return nil, errors.New("not true")
			}
			return Recursive{}, nil
		},
	}
}

func readTagged(found []member) (any, error) {
	name := found[0].name
	if name == "$datetime" && len(found) == 2 && found[1].name == "tz" {
		return readDatetime(found[0].value, found[1].value)
	}
	reader, ok := tags[name]
	if !ok || len(found) != 1 {
		return nil, fmt.Errorf("unknown tag %q with %d members", name, len(found))
	}
	value, err := reader(found[0].value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return value, nil
}

func values[T ~[]any](raw json.RawMessage) (any, error) {
	found, err := readValues(raw)
	return T(found), err
}

func fromText[T any](raw json.RawMessage, parse func(string) (T, error)) (any, error) {
	s, err := readText(raw)
	if err != nil {
		return nil, err
	}
	return parse(s)
}

func text[T ~string](raw json.RawMessage) (any, error) {
	s, err := readText(raw)
	return T(s), err
}

func hexadecimal[T ~[]byte](raw json.RawMessage) (any, error) {
	return fromText(raw, func(s string) (T, error) {
		b, err := hex.DecodeString(s)
		return T(b), err
	})
}

func readUTF8(raw json.RawMessage) (any, error) {
	return fromText(raw, func(s string) (string, error) {
		b, err := hex.DecodeString(s)
		return string(b), err
	})
}

func readFloat(s string) (float64, error) { return strconv.ParseFloat(s, 64) }

// maxCount bounds what a short text can stand for.
const maxCount = 1 << 20

func readCount(raw json.RawMessage) (int, error) {
	var n int
	err := json.Unmarshal(raw, &n)
	if err == nil && (n < 0 || n > maxCount) {
		err = fmt.Errorf("%d is out of range", n)
	}
	return n, err
}

func readRepeat(raw json.RawMessage) (any, error) {
	found, err := elements(raw)
	if err != nil {
		return nil, err
	}
	if len(found) != 2 {
		return nil, errors.New("not a pair")
	}
	s, err := readText(found[0])
	if err != nil {
		return nil, err
	}
	n, err := readCount(found[1])
	if err != nil {
		return nil, err
	}
	return strings.Repeat(s, n), nil
}

func readRange(raw json.RawMessage) (any, error) {
	n, err := readCount(raw)
	if err != nil {
		return nil, err
	}
	list := make(List, n)
	for i := range list {
		list[i] = big.NewInt(int64(i))
	}
	return list, nil
}

func readKeyRange(raw json.RawMessage) (any, error) {
	n, err := readCount(raw)
	if err != nil {
		return nil, err
	}
	dict := &Dict{Items: make([]Item, n)}
	for i := range dict.Items {
		dict.Items[i] = Item{"k" + strconv.Itoa(i), big.NewInt(int64(i))}
	}
	return dict, nil
}

func readDict(raw json.RawMessage) (any, error) {
	found, err := elements(raw)
	if err != nil {
		return nil, err
	}
	dict := &Dict{}
	for _, element := range found {
		pair, err := readValues(element)
		if err != nil {
			return nil, err
		}
		if len(pair) != 2 {
			return nil, errors.New("not a pair")
		}
		dict.Items = append(dict.Items, Item{pair[0], pair[1]})
	}
	return dict, nil
}

func readDatetime(iso, zone json.RawMessage) (any, error) {
	d := Datetime{}
	var err error
	if d.ISO, err = readText(iso); err != nil {
		return nil, err
	}
	if zone == nil {
		return d, nil
	}
	d.Zone, err = readText(zone)
	if err == nil && d.Zone == "" {
		err = errors.New("empty tz")
	}
	return d, err
}

func readTimedelta(raw json.RawMessage) (any, error) {
	var parts []int64
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	if len(parts) != 3 {
		return nil, errors.New("not three numbers")
	}
	return Timedelta{parts[0], parts[1], parts[2]}, nil
}
