package pickle

import (
	"math/big"
	"slices"
	"strings"
)

// kind tells what a node is, and where its value stands.
type kind uint8

const (
	kindNone kind = iota
	kindFalse
	kindTrue
	kindInt       // num
	kindLong      // text: the decimal digits of an int beyond int64
	kindFloat     // num: the bits
	kindText      // text: UTF-8, with surrogates in three bytes each
	kindStr       // text: a byte str of Python 2
	kindBytes     // text
	kindByteArray // text
	kindSafe      // text; items: the class SafeString
	kindGlobal    // text: module, newline, name
	kindTuple     // items
	kindFrozenSet // items
	kindList      // items; this and the following change while a pickle is read
	kindSet       // items
	kindDict      // items: key, value, key, value ...
	kindOrdered   // as kindDict: an OrderedDict
	kindObject    // num: the opcode that makes it; items: callable, tuple[, dict], steps
	kindStep      // num: an opcode that changes the object; items: what it takes
)

// node is a value of a pickle. It does not change once the pickle is read.
type node struct {
	kind    kind
	placed  bool // it stands in another value
	changed bool // after that it was changed, as only what contains itself is
	num     uint64
	text    string
	known   string // of a global and an object: a key of callables; "" if foreign
	items   []*node
}

// Values without content are shared; nothing changes them.
var (
	nodeNone       = &node{kind: kindNone}
	nodeFalse      = &node{kind: kindFalse}
	nodeTrue       = &node{kind: kindTrue}
	nodeEmptyTuple = &node{kind: kindTuple}
)

// plain returns the text of a value that is a str for Python 3.
func (n *node) plain() (text string, ok bool) {
	if n.kind == kindStr {
		return n.text, strings.IndexFunc(n.text, func(r rune) bool { return r >= 0x80 }) < 0
	}
	return n.text, n.kind == kindText || n.kind == kindSafe
}

// typeName is Python's name for the type of n, or the callable that makes it.
func (n *node) typeName() string {
	names := [...]string{
		kindStr: "str", kindBytes: "bytes", kindByteArray: "bytearray", kindTuple: "tuple",
		kindFrozenSet: "frozenset", kindSet: "set",
	}
	if int(n.kind) < len(names) && names[n.kind] != "" {
		return names[n.kind]
	}
	for n.known == "" && n.kind == kindObject {
		n = n.items[0]
	}
	if n.known != "" {
		return n.known
	}
	return dotted(n.text)
}

// dotted turns the text of a global into a key of callables. Python 2 has another name
// for builtins.
func dotted(text string) string {
	module, name, _ := strings.Cut(text, "\n")
	if module == "__builtin__" {
		module = "builtins"
	}
	return module + "." + name
}

// parseLong reads a little-endian two's complement.
func parseLong(s string) *big.Int {
	b := []byte(s)
	slices.Reverse(b)
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return v
}

// formatLong is the opposite of parseLong.
func formatLong(v *big.Int) string {
	size := v.BitLen()/8 + 1
	if v.Sign() < 0 {
		v = new(big.Int).Add(v, new(big.Int).Lsh(big.NewInt(1), uint(8*size)))
	}
	b := v.FillBytes(make([]byte, size))
	slices.Reverse(b)
	return string(b)
}
