package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

// Append appends the pickle of a dict with the members, in their order, to dst: of
// protocol 2, which Django reads on every Python, without memo and frames, the same
// for the same members. Foreign values of protocol 3 and later make it protocol 4,
// which Python 2 does not read.
//
// A member with a Value is written as that came, but for values of which a pickle held
// one at several places: they are written at each. One without is written from Raw.
// An error leaves dst as it was: the reason why a Value cannot be written
// ([*ForeignError], [ErrRecursive], [ErrMixed]), ErrTooLarge, or what pyjson says about
// RawKey or Raw.
func Append(dst []byte, members []Member) ([]byte, error) {
	w := writer{dst: dst, protocol: 2}
	for _, m := range members {
		if m.Value.refused != nil {
			return dst, m.Value.refused
		}
		w.protocol = max(w.protocol, m.Value.protocol)
	}
	w.dst = append(w.dst, 0x80, w.protocol, '}')
	if len(members) == 0 {
		return append(w.dst, '.'), nil
	}
	w.dst = append(w.dst, '(')
	for _, m := range members {
		if m.Value.protocol != 0 && m.Value.protocol != w.protocol {
			return dst, ErrMixed
		}
		if m.Value.node != nil {
			w.node(m.Value.key)
			w.node(m.Value.node)
			continue
		}
		key, err := pyjson.UnquoteSurrogates(m.RawKey)
		if err == nil {
			err = pyjson.Check(m.Raw)
		}
		if err != nil {
			return dst, err
		}
		w.text(key)
		w.json(m.Raw, 1)
		if w.err != nil {
			return dst, w.err
		}
	}
	return append(w.dst, 'u', '.'), nil
}

type writer struct {
	dst      []byte
	protocol byte
	err      error
}

// sized writes an opcode for a length below 256, if there is one, or another, and s.
func (w *writer) sized(short, long byte, s string) {
	if short != 0 && len(s) < 256 {
		w.dst = append(w.dst, short, byte(len(s)))
	} else {
		w.dst = binary.LittleEndian.AppendUint32(append(w.dst, long), uint32(len(s)))
	}
	w.dst = append(w.dst, s...)
}

func (w *writer) text(s string) { w.sized(0, 'X', s) }
func (w *writer) int(v int64) {
	switch {
	case v >= 0 && v < 1<<8:
		w.dst = append(w.dst, 'K', byte(v))
	case v >= 0 && v < 1<<16:
		w.dst = binary.LittleEndian.AppendUint16(append(w.dst, 'M'), uint16(v))
	case v == int64(int32(v)):
		w.dst = binary.LittleEndian.AppendUint32(append(w.dst, 'J'), uint32(v))
	default:
		w.long(big.NewInt(v))
	}
}

func (w *writer) long(v *big.Int)   { w.sized(0x8a, 0x8b, formatLong(v)) }
func (w *writer) float(bits uint64) { w.dst = binary.BigEndian.AppendUint64(append(w.dst, 'G'), bits) }

// global writes the name of a callable that this package knows. Python 2 has another
// name for builtins.
func (w *writer) global(text string) {
	module, name, _ := strings.Cut(text, "\n")
	if module == "builtins" && w.protocol == 2 {
		module = "__builtin__"
	} else if module == "__builtin__" && w.protocol > 2 {
		module = "builtins"
	}
	w.dst = append(w.dst, "c"+module+"\n"+name+"\n"...)
}

// items writes values between a mark and an opcode, or nothing.
func (w *writer) items(op byte, items []*node) {
	if len(items) == 0 {
		return
	}
	w.dst = append(w.dst, '(')
	for _, n := range items {
		w.node(n)
	}
	w.dst = append(w.dst, op)
}

func (w *writer) node(n *node) {
	switch n.kind {
	case kindNone, kindFalse, kindTrue:
		w.dst = append(w.dst, "N\x89\x88"[n.kind])
	case kindInt:
		w.int(int64(n.num))
	case kindLong:
		v, _ := new(big.Int).SetString(n.text, 10)
		w.long(v)
	case kindFloat:
		w.float(n.num)
	case kindText:
		w.text(n.text)
	case kindStr:
		w.sized('U', 'T', n.text)
	case kindBytes:
		w.bytes(n.text)
	case kindByteArray:
		w.global("builtins\nbytearray")
		w.bytes(n.text)
		w.dst = append(w.dst, 0x85, 'R')
	case kindSafe:
		w.node(n.items[0])
		w.text(n.text)
		w.dst = append(w.dst, 0x85, 0x81)
	case kindTuple:
		w.tuple(n.items)
	case kindList:
		w.dst = append(w.dst, ']')
		w.items('e', n.items)
	case kindDict:
		w.dst = append(w.dst, '}')
		w.items('u', n.items)
	case kindSet, kindFrozenSet:
		w.global("builtins\n" + n.typeName())
		w.dst = append(w.dst, ']')
		w.items('e', n.items)
		w.dst = append(w.dst, 0x85, 'R')
	case kindOrdered:
		w.global("collections\nOrderedDict")
		w.dst = append(w.dst, ')', 'R')
		w.items('u', n.items)
	default:
		w.object(n)
	}
}

// bytes writes what Python 2 reads as a str.
func (w *writer) bytes(s string) {
	if s == "" {
		w.global("builtins\nbytes")
		w.dst = append(w.dst, ')', 'R')
		return
	}
	w.global("_codecs\nencode")
	b := make([]byte, 0, len(s)+len(s)/2)
	for _, c := range []byte(s) {
		b = utf8.AppendRune(b, rune(c))
	}
	w.text(string(b))
	w.text("latin1")
	w.dst = append(w.dst, 0x86, 'R')
}

func (w *writer) tuple(items []*node) {
	if len(items) > 3 {
		w.items('t', items)
		return
	}
	for _, item := range items {
		w.node(item)
	}
	w.dst = append(w.dst, ")\x85\x86\x87"[len(items)])
}

func (w *writer) object(n *node) {
	switch n.kind {
	case kindGlobal:
		if n.known != "" {
			w.global(n.text)
		} else {
			w.dst = append(w.dst, "c"+n.text+"\n"...)
		}
		return
	case kindStep:
		if n.num == 'b' {
			w.node(n.items[0])
			w.dst = append(w.dst, 'b')
		} else {
			w.items(byte(n.num), n.items)
		}
		return
	}
	made := 1 // after the arguments
	if n.num == 0x92 {
		made = 2 // and the keywords
	}
	for i, part := range n.items {
		w.node(part)
		if i == made {
			w.dst = append(w.dst, byte(n.num))
		}
	}
}

const jsonSpace = " \t\r\n"

// json writes the value at the beginning of a valid text, and returns the text after it.
func (w *writer) json(text string, depth int) string {
	text = strings.TrimLeft(text, jsonSpace)
	switch text[0] {
	case '"':
		end := 1
		for ; text[end] != '"'; end++ {
			if text[end] == '\\' {
				end++
			}
		}
		s, _ := pyjson.UnquoteSurrogates(text[:end+1])
		w.text(s)
		return text[end+1:]
	case '[':
		return w.jsonItems(text[1:], depth+1, ']', 'e')
	case '{':
		return w.jsonItems(text[1:], depth+1, '}', 'u')
	}
	end := strings.IndexAny(text, ",]}"+jsonSpace)
	if end < 0 {
		end = len(text)
	}
	switch v, _ := pyjson.Decode(text[:end]); v := v.(type) {
	case nil:
		w.dst = append(w.dst, 'N')
	case bool:
		w.dst = append(w.dst, map[bool]byte{false: 0x89, true: 0x88}[v])
	case int64:
		w.int(v)
	case *big.Int:
		w.long(v)
	case float64:
		w.float(math.Float64bits(v))
	}
	return text[end:]
}

// jsonItems writes the items of an array or an object, up to its end, which is also the
// opcode for an empty one. op adds the items.
func (w *writer) jsonItems(text string, depth int, end, op byte) string {
	w.dst = append(w.dst, end)
	if depth > MaxDepth {
		w.err = ErrTooLarge
		return ""
	}
	mark := len(w.dst)
	for {
		text = strings.TrimLeft(text, jsonSpace+",:")
		if w.err != nil {
			return ""
		}
		if text[0] == end {
			break
		}
		if len(w.dst) == mark {
			w.dst = append(w.dst, '(')
		}
		text = w.json(text, depth)
	}
	if len(w.dst) > mark {
		w.dst = append(w.dst, op)
	}
	return text[1:]
}
