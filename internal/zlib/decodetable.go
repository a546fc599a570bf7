package zlib

import "math/bits"

// A decodeTable finds what a code stands for. It is built from the symbols in use alone: a short text uses few of the
// 288, and going over the others one by one would take longer than decompressing it.
type decodeTable struct {
	// fast is indexed by the next bits under mask: tableBits of them, or fewer if no code is that long.
	fast [1 << tableBits]entry
	mask uint64

	// sorted has an entry for each symbol in use, in the order of the codes; count is the number of codes of each length.
	sorted [numLitLen]entry
	count  [maxCodeLen + 1]uint16

	// The codes longer than tableBits are sorted[sortedLong:], and their first tableBits bits are firstLong or more.
	firstLong, sortedLong uint
}

// tableBits is the length of the codes that are found in one step.
const (
	tableBits = 9
	tableMask = 1<<tableBits - 1
)

// build makes the table for the given code lengths, which are in the order of their symbols. It reports whether they
// make a complete code. As in zlib an incomplete one is let through if all it has is one code of one bit, or none.
func (t *decodeTable) build(lengths []codeLength, a *alphabet) bool {
	t.count = [maxCodeLen + 1]uint16{}
	for _, c := range lengths {
		t.count[c.len()]++
	}
	var next [maxCodeLen + 1]uint16 // where in sorted the next code of a length goes
	var index uint16
	left, longest := 1, 1
	for n, count := range t.count[1:] {
		next[n+1] = index
		index += count
		left = left<<1 - int(count)
		if left < 0 {
			return false
		}
		if count != 0 {
			longest = n + 1
		}
	}
	if left > 0 && len(lengths) != int(t.count[1]) {
		return false
	}
	for _, c := range lengths {
		n := c.len()
		t.sorted[next[n]] = a.entry(c.symbol()).withCode(n)
		next[n]++
	}
	t.fill(uint(min(longest, tableBits)))
	return true
}

// fill writes fast for codes of up to size bits. Codes of one length are consecutive numbers, and the first of a length
// follows from the last of the length before (RFC 1951, 3.2.2). An index can have any bits after a shorter code, so that
// the code stands in the table many times: that comes from doubling the table with each length.
func (t *decodeTable) fill(size uint) {
	var code, index uint
	for n := uint(1); n <= size; n++ {
		code <<= 1
		if index > 0 {
			half := 1 << (n - 1)
			copy(t.fast[half:2*half], t.fast[:half])
		}
		for range t.count[n] {
			t.fast[reverse(code, n)&tableMask] = t.sorted[index]
			code++
			index++
		}
	}
	t.mask = 1<<size - 1
	t.firstLong, t.sortedLong = code<<(tableBits-size), index
	for ; code < 1<<size; code++ {
		t.fast[reverse(code, size)&tableMask] = entryLong
	}
}

// lookup finds the entry of the next code in b.
func (t *decodeTable) lookup(b bitBuffer) entry {
	e := t.fast[b.bits&t.mask&tableMask]
	if e&entryLong != 0 {
		e = t.long(b.bits)
	}
	return e
}

// long finds the entry of a code that is longer than tableBits: length by length, it compares the code with the first
// one of that length.
func (t *decodeTable) long(next uint64) entry {
	code := reverse(uint(next)&tableMask, tableBits) - t.firstLong
	index := t.sortedLong
	for n := tableBits + 1; n <= maxCodeLen; n++ {
		code = code<<1 | uint(next>>(n-1))&1
		count := uint(t.count[n])
		if code < count {
			return t.sorted[index+code]
		}
		code -= count
		index += count
	}
	return entryInvalid.withCode(1)
}

// reverse turns the n bits of a code around: codes are packed with their first bit first (RFC 1951, 3.1.1).
func reverse(code, n uint) uint {
	return uint(bits.Reverse16(uint16(code)) >> (16 - n))
}
