package pickle

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

const (
	maxName = 256  // bytes of the names of a callable and its module
	maxLong = 1786 // bytes of an int of pyjson.MaxDigits digits
)

// sized are the opcodes that are followed by a length and as many bytes.
var sized = [256]struct {
	width uint64 // of the length
	kind  kind
}{
	0x8c: {1, kindText}, 'X': {4, kindText}, 0x8d: {8, kindText}, // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8
	'C': {1, kindBytes}, 'B': {4, kindBytes}, 0x8e: {8, kindBytes}, // SHORT_BINBYTES, BINBYTES, BINBYTES8
	'U': {1, kindStr}, 'T': {4, kindStr}, 0x96: {8, kindByteArray}, // SHORT_BINSTRING, BINSTRING, BYTEARRAY8
	0x8a: {1, kindLong}, 0x8b: {4, kindLong}, // LONG1, LONG4
}

// decoder is a pickle machine. The first failure ends it; until that is noticed, its
// methods go on with values that are made up.
type decoder struct {
	data    string
	pos     int
	frame   int // where the current frame ends; 0 outside of frames
	op, ops int // where the current opcode stands, how many there were before it
	copied  int // about what calls made of their arguments
	err     error

	stack, memo []*node
	marks       []int
	slab        []node // room for the next nodes
	stackRoom   [16]*node
	memoRoom    [16]*node
}

// decode returns the value that a pickle holds.
func decode(data string) (*node, error) {
	d := decoder{data: data, slab: make([]node, 0, min(len(data)/16, 64))}
	d.stack, d.memo = d.stackRoom[:0], d.memoRoom[:0]
	if proto := d.number(2); proto&0xFF != 0x80 || proto>>8 < 2 || proto>>8 > 5 {
		d.fail("an unknown protocol")
	}
	for ; d.err == nil; d.ops++ {
		if d.pos == d.frame {
			d.frame = 0
		}
		d.op = d.pos
		op := byte(d.number(1))
		if d.err == nil && op == '.' { // STOP
			top := d.pop()
			if d.pos != len(data) || len(d.stack) > 0 || len(d.marks) > 0 {
				d.fail("something is left over at its end")
			}
			return top, d.err
		}
		if s := sized[op]; s.width > 0 {
			d.pushSized(s.kind, d.take(d.number(s.width)))
		} else if d.err == nil {
			d.run(op)
		}
	}
	return nil, d.err
}

func (d *decoder) fail(reason string) {
	if d.err == nil {
		d.err = &SyntaxError{Offset: d.op, Reason: reason}
	}
}

// take returns the next n bytes.
func (d *decoder) take(n uint64) string {
	end := len(d.data)
	if d.frame > 0 {
		end = d.frame
	}
	if n > uint64(end-d.pos) {
		d.fail("it ends too early, or a length is wrong")
		return ""
	}
	d.pos += int(n)
	return d.data[d.pos-int(n) : d.pos]
}

// number reads an unsigned integer of at most eight bytes.
func (d *decoder) number(size uint64) uint64 {
	var b [8]byte
	copy(b[:], d.take(size))
	return binary.LittleEndian.Uint64(b[:])
}

// line reads up to a newline.
func (d *decoder) line() string {
	rest := d.data[d.pos:]
	end := strings.IndexByte(rest[:min(len(rest), maxName+1)], '\n')
	if end < 0 {
		d.fail("a line without an end")
		return ""
	}
	return strings.TrimSuffix(d.take(uint64(end)+1), "\n")
}

// push makes a node and puts it on the stack.
func (d *decoder) push(n node) {
	if len(d.slab) == cap(d.slab) {
		d.slab = make([]node, 0, min(2*cap(d.slab)+4, 256))
	}
	d.slab = append(d.slab, n)
	d.stack = append(d.stack, &d.slab[len(d.slab)-1])
}

// popN takes the n values on top of the stack, n up to 3, which no mark may hide. As for
// popMark, the result is good until the next push.
func (d *decoder) popN(n int) []*node {
	floor := 0
	if len(d.marks) > 0 {
		floor = d.marks[len(d.marks)-1]
	}
	top := len(d.stack) - n
	if top < floor {
		d.fail("a value is missing")
		return []*node{nodeNone, nodeNone, nodeNone}
	}
	items := d.stack[top:]
	d.stack = d.stack[:top]
	return items
}

func (d *decoder) pop() *node { return d.popN(1)[0] }

// peek returns the value on top of the stack.
func (d *decoder) peek() *node {
	top := d.pop()
	d.stack = append(d.stack, top)
	return top
}

// popMark takes the values above the last mark.
func (d *decoder) popMark() []*node {
	if len(d.marks) == 0 {
		d.fail("a mark is missing")
		return nil
	}
	mark := d.marks[len(d.marks)-1]
	items := d.stack[mark:]
	d.stack, d.marks = d.stack[:mark], d.marks[:len(d.marks)-1]
	return items
}

// run runs an opcode that is not in sized.
func (d *decoder) run(op byte) {
	switch op {
	case 'N': // NONE
		d.stack = append(d.stack, nodeNone)
	case 0x88: // NEWTRUE
		d.stack = append(d.stack, nodeTrue)
	case 0x89: // NEWFALSE
		d.stack = append(d.stack, nodeFalse)
	case ')': // EMPTY_TUPLE
		d.stack = append(d.stack, nodeEmptyTuple)
	case 'K': // BININT1
		d.push(node{kind: kindInt, num: d.number(1)})
	case 'M': // BININT2
		d.push(node{kind: kindInt, num: d.number(2)})
	case 'J': // BININT
		d.push(node{kind: kindInt, num: uint64(int32(d.number(4)))})
	case 'I': // INT
		d.pushDecimal(d.line())
	case 'G': // BINFLOAT
		d.push(node{kind: kindFloat, num: bits.ReverseBytes64(d.number(8))})
	case ']': // EMPTY_LIST
		d.push(node{kind: kindList})
	case '}': // EMPTY_DICT
		d.push(node{kind: kindDict})
	case 0x8f: // EMPTY_SET
		d.push(node{kind: kindSet})
	case 0x85, 0x86, 0x87: // TUPLE1 to TUPLE3
		d.push(node{kind: kindTuple, items: place(nil, d.popN(int(op)-0x84))})
	case 't': // TUPLE
		d.push(node{kind: kindTuple, items: place(nil, d.popMark())})
	case 0x91: // FROZENSET
		d.push(node{kind: kindFrozenSet, items: place(nil, d.popMark())})
	case 'a': // APPEND
		d.extend('e', d.popN(1))
	case 's': // SETITEM
		d.extend('u', d.popN(2))
	case 'e', 'u', 0x90: // APPENDS, SETITEMS, ADDITEMS
		d.extend(op, d.popMark())
	case 'b': // BUILD
		d.extend(op, d.popN(1))
	case 'c': // GLOBAL
		d.pushGlobal(d.line(), d.line())
	case 0x93: // STACK_GLOBAL
		name, module := d.pop(), d.pop()
		if name.kind != kindText || module.kind != kindText {
			d.fail("a callable without a name")
		}
		d.pushGlobal(module.text, name.text)
	case 'R': // REDUCE
		d.pushObject(op, d.popN(2))
	case 0x81: // NEWOBJ
		d.pushObject(op, d.popN(2))
	case 0x92: // NEWOBJ_EX
		d.pushObject(op, d.popN(3))
	case '(': // MARK
		d.marks = append(d.marks, len(d.stack))
	case '0': // POP: this and the next stand where a tuple contains itself
		d.pop()
	case '1': // POP_MARK
		d.popMark()
	case 'h': // BINGET
		d.get(d.number(1))
	case 'j': // LONG_BINGET
		d.get(d.number(4))
	case 'q': // BINPUT
		d.put(d.number(1), false)
	case 'r': // LONG_BINPUT
		d.put(d.number(4), false)
	case 0x94: // MEMOIZE
		d.put(uint64(len(d.memo)), true)
	case 0x95: // FRAME
		d.enterFrame(d.number(8))
	default: // a second PROTO, too
		d.fail("an opcode that Django's caches never hold")
	}
}

func (d *decoder) pushSized(k kind, s string) {
	n := node{kind: k, text: s}
	switch {
	case k == kindText && !pyjson.ValidSurrogates(s):
		d.fail("a text that is not UTF-8")
	case k == kindLong && len(s) > maxLong:
		d.fail("an int of too many digits")
	case k == kindLong:
		v := parseLong(s)
		if digits, err := pyjson.Append(nil, v); err != nil {
			d.fail("an int of too many digits")
		} else if n.text = string(digits); v.IsInt64() {
			n = node{kind: kindInt, num: uint64(v.Int64())}
		}
	}
	d.push(n)
}

// pushDecimal is for ints of more than 32 bits from Python 2.
func (d *decoder) pushDecimal(text string) {
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(v, 10) != text {
		d.fail("an int that is not a number")
	}
	d.push(node{kind: kindInt, num: uint64(v)})
}

// place appends items to those of another node.
func place(dst, items []*node) []*node {
	for _, n := range items {
		if n.kind >= kindList {
			n.placed = true
		}
	}
	return append(slices.Grow(dst, len(items)), items...)
}

// extend gives items to the container on top of the stack. An object remembers them with
// the opcode.
func (d *decoder) extend(op byte, items []*node) {
	n := d.peek()
	switch k := n.kind; {
	case op == 'u' && len(items)%2 != 0:
		d.fail("a key without a value")
	case k == kindList && op == 'e', k == kindSet && op == 0x90, (k == kindDict || k == kindOrdered) && op == 'u':
		n.items = place(n.items, items)
	case k == kindObject:
		n.items = append(n.items, &node{kind: kindStep, num: uint64(op), items: place(nil, items)})
		n.known = identify(n)
	case k == kindSafe && op == 'b' && items[0].kind == kindDict && len(items[0].items) == 0:
		return // Python 2 gives a SafeText an empty state
	default:
		d.fail("a change of a value that cannot change so")
		return
	}
	n.changed = n.changed || n.placed
}

func (d *decoder) pushGlobal(module, name string) {
	text := module + "\n" + name
	if module == "" || name == "" || len(text) > maxName || !utf8.ValidString(text) || strings.Count(text, "\n") > 1 {
		d.fail("a callable without a usable name")
	}
	d.push(node{kind: kindGlobal, text: text, known: lookup(text)})
}

// pushObject makes an object of a callable, its arguments and its keyword arguments.
func (d *decoder) pushObject(op byte, parts []*node) {
	callable, args := parts[0], parts[1]
	if k := callable.kind; k != kindGlobal && k != kindObject || args.kind != kindTuple || op == 0x92 && parts[2].kind != kindDict {
		d.fail("a call of what is not callable, or without arguments")
		return
	}
	// Arguments may be shared: what calls copy and check is not more than the pickle has.
	for _, arg := range args.items {
		d.copied += len(arg.text) + 3*len(arg.items)
	}
	if d.copied > 16*len(d.data) {
		d.fail("too much is copied by calls")
		return
	}
	n, ok := plainValue(op, callable, args.items)
	if !ok {
		n = node{kind: kindObject, num: uint64(op), items: place(nil, parts)}
		n.known = identify(&n)
	}
	d.push(n)
}

func (d *decoder) get(i uint64) {
	if i >= uint64(len(d.memo)) || d.memo[i] == nil {
		d.fail("a memo entry is missing")
		return
	}
	d.stack = append(d.stack, d.memo[i])
}

// put remembers the value on top of the stack. Some indexes are left out, but none is
// larger than the number of opcodes. Protocol 4 has one opcode for it, which counts.
func (d *decoder) put(i uint64, counts bool) {
	if counts != (d.data[1] >= 4) || i > uint64(d.ops)+1 || i < uint64(len(d.memo)) && d.memo[i] != nil {
		d.fail("a memo entry out of order")
		return
	}
	if room := int(i) + 1 - len(d.memo); room > 0 {
		d.memo = append(d.memo, make([]*node, room)...)
	}
	d.memo[i] = d.peek()
}

func (d *decoder) enterFrame(size uint64) {
	if d.frame > 0 || size > uint64(len(d.data)-d.pos) {
		d.fail("a frame of a wrong length")
		return
	}
	d.frame = d.pos + int(size)
}
