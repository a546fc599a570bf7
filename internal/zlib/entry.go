package zlib

// An entry of a decodeTable says what a code stands for.
//
//	bits  0–5   how many bits to drop: the code and the extra bits after it
//	bits  8–11  how many of those are the code
//	bits 12–15  flags
//	bits 16–30  the literal, or what the extra bits are added to
//	bit  31     the flag of a literal
type entry uint32

const (
	entryRepeat  entry = 1 << 12 // among code lengths: the last one is repeated, rather than zero
	entryEnd     entry = 1 << 13
	entryInvalid entry = 1 << 14 // a symbol without meaning, or a code without symbol
	entryLong    entry = 1 << 15 // only the beginning of a code, or of none
	entryLiteral entry = 1 << 31

	// Any of these ends the quick way through a block.
	entrySpecial = entryEnd | entryInvalid | entryLong
)

const (
	entryCodeShift = 8
	entryBaseShift = 16
)

// withCode returns e for a code of n bits.
func (e entry) withCode(n uint) entry { return e + entry(n<<entryCodeShift|n) }

func (e entry) total() uint   { return uint(e & 63) }
func (e entry) codeLen() uint { return uint(e >> entryCodeShift & 15) }
func (e entry) base() uint    { return uint(e >> entryBaseShift & 0x7fff) }

// value returns the base with the extra bits added, b being in front of the code.
func (e entry) value(b bitBuffer) int {
	return int(e.base() + b.peek(e.total())>>e.codeLen())
}

// A codeLength is a symbol and the length of its code, which is not zero.
type codeLength uint16

func newCodeLength(symbol, n uint) codeLength { return codeLength(symbol<<4 | n) }

func (c codeLength) symbol() uint { return uint(c >> 4) }
func (c codeLength) len() uint    { return uint(c & 15) }

// An alphabet has the entries of its symbols: the first ones are literals, others has those that follow.
type alphabet struct {
	literals uint
	others   []entry
}

func (a *alphabet) entry(symbol uint) entry {
	if symbol < a.literals {
		return entryLiteral | entry(symbol)<<entryBaseShift
	}
	return a.others[symbol-a.literals]
}

// at is where an entry of the tables below has its base; what is added to that is the number of extra bits. Being
// constants, the tables need no work when a program starts.
const at = entryBaseShift

// The alphabets of literals and lengths, of distances (RFC 1951, 3.2.5), and of code lengths (RFC 1951, 3.2.7).
var (
	litLenAlphabet = alphabet{literals: endOfBlock, others: []entry{
		entryEnd,
		3 << at, 4 << at, 5 << at, 6 << at, 7 << at, 8 << at,
		9 << at, 10 << at, 11<<at | 1, 13<<at | 1, 15<<at | 1, 17<<at | 1,
		19<<at | 2, 23<<at | 2, 27<<at | 2, 31<<at | 2, 35<<at | 3, 43<<at | 3,
		51<<at | 3, 59<<at | 3, 67<<at | 4, 83<<at | 4, 99<<at | 4, 115<<at | 4,
		131<<at | 5, 163<<at | 5, 195<<at | 5, 227<<at | 5, 258 << at,
		entryInvalid, entryInvalid,
	}}
	distAlphabet = alphabet{others: []entry{
		1 << at, 2 << at, 3 << at, 4 << at, 5<<at | 1, 7<<at | 1,
		9<<at | 2, 13<<at | 2, 17<<at | 3, 25<<at | 3, 33<<at | 4, 49<<at | 4,
		65<<at | 5, 97<<at | 5, 129<<at | 6, 193<<at | 6, 257<<at | 7, 385<<at | 7,
		513<<at | 8, 769<<at | 8, 1025<<at | 9, 1537<<at | 9, 2049<<at | 10,
		3073<<at | 10, 4097<<at | 11, 6145<<at | 11, 8193<<at | 12, 12289<<at | 12,
		16385<<at | 13, 24577<<at | 13,
		entryInvalid, entryInvalid,
	}}
	codeLenAlphabet = alphabet{literals: repeatLast, others: []entry{
		repeatLastMin<<at | repeatLastBits | entryRepeat,
		repeatZeroMin<<at | repeatZeroBits,
		repeatLongMin<<at | repeatLongBits,
	}}
)
