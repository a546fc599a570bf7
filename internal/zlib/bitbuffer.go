package zlib

import "encoding/binary"

// A bitBuffer holds bits that were read ahead of a byte slice, least significant first (RFC 1951, 3.1.1). It is a plain
// value, passed and returned, so that a loop can keep it in registers; the slice of bytes to come goes beside it.
//
// Bits may be looked at beyond count. After the last byte these are zeros.
type bitBuffer struct {
	bits  uint64
	count int // how many of bits are valid; negative after dropping more than there were
}

// The bits that are there after a load, and the bytes that load wants to see.
const (
	minLoad  = 56
	loadSize = 8
)

// load reads ahead to at least minLoad bits. in has loadSize bytes or more.
func (b bitBuffer) load(in []byte) (bitBuffer, []byte) {
	b.bits |= binary.LittleEndian.Uint64(in) << (b.count & 63)
	in = in[^b.count>>3&7:]
	b.count |= minLoad
	return b, in
}

// fill reads ahead to at least minLoad bits, or to the end of in.
func (b bitBuffer) fill(in []byte) (bitBuffer, []byte) {
	if len(in) >= loadSize {
		return b.load(in)
	}
	for b.count < minLoad && len(in) > 0 {
		b.bits |= uint64(in[0]) << (b.count & 63)
		b.count += 8
		in = in[1:]
	}
	return b, in
}

// peek returns the next n bits, fewer than 64.
func (b bitBuffer) peek(n uint) uint {
	return uint(b.bits & (1<<(n&63) - 1))
}

// drop takes n bits away.
func (b bitBuffer) drop(n uint) bitBuffer {
	b.bits >>= n & 63
	b.count -= int(n)
	return b
}
