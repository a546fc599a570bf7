package zlib

import (
	"encoding/binary"
	"hash/adler32"
	"slices"
	"sync"
)

// A Level is how AppendCompress compresses.
type Level uint8

const (
	// Best takes the shortest form of each block.
	Best Level = iota
	// Fast keeps to the fixed code, or stores: less work to write and to read, for a longer result.
	Fast
)

// MaxOneShot is the longest input that is compressed here. For longer ones klauspost/compress takes about half the time;
// for shorter ones it takes longer, and keeps thirty times as much memory.
const MaxOneShot = 4096

// Bound returns the room that AppendCompress needs for an input of n bytes, at most MaxOneShot.
func Bound(n int) int {
	return headerSize + 1 + storedHeaderSize + n + trailerSize + flushSize
}

// streamHeader announces a window of 32 KiB and the default level, as Python's zlib.compress does.
const streamHeader = "\x78\x9c"

// AppendCompress appends the zlib form of src to dst. It allocates only if dst has less room than Bound(len(src)), or
// if src is longer than MaxOneShot. src and dst must not overlap.
func AppendCompress(dst, src []byte, level Level) []byte {
	if len(src) > MaxOneShot {
		return appendLarge(dst, src, level)
	}
	d := deflaters.Get().(*deflater)
	d.writer.start(append(slices.Grow(dst, Bound(len(src))), streamHeader...))
	d.block(src, level)
	dst = binary.BigEndian.AppendUint32(d.writer.finish(), adler32.Checksum(src))
	deflaters.Put(d)
	return dst
}

var deflaters = sync.Pool{New: func() any { return new(deflater) }}

// A deflater is the state of one compression.
type deflater struct {
	writer      bitWriter
	finder      matchFinder
	builder     codeBuilder
	frequencies struct {
		litLen [numLitLen]uint16
		dist   [numDist]uint16
	}
	codes       blockCodes
	description description
}

// blockCodes are the two codes of a block.
type blockCodes struct {
	litLen [numLitLen]code
	dist   [numDist]code
}

// block writes segment as the only block.
func (d *deflater) block(segment []byte, level Level) {
	d.finder.find(segment)
	extraBits := d.countSymbols(segment)
	stored := d.storedBits(segment)
	best := min(stored, d.fixedBits()+extraBits)
	dynamic := stored // as good as out of the question
	if level != Fast {
		dynamic = d.buildCodes() + extraBits
	}
	switch {
	case dynamic < best:
		d.blockHeader(blockDynamic)
		d.description.write(&d.writer)
		d.symbols(segment, &d.codes)
	case stored <= best:
		d.blockHeader(blockStored)
		d.writer.writeStored(segment)
	default:
		d.blockHeader(blockFixed)
		d.symbols(segment, fixedBlockCodes())
	}
}

func (d *deflater) blockHeader(kind uint64) {
	d.writer.write(kind<<blockTypeShift|blockLast, blockHeaderBits)
}

// countSymbols counts how often each symbol occurs, and returns the number of their extra bits.
func (d *deflater) countSymbols(segment []byte) (extraBits int) {
	litLen, dist := &d.frequencies.litLen, &d.frequencies.dist
	clear(litLen[:])
	clear(dist[:])
	pos := 0
	for _, m := range d.finder.matches {
		for _, c := range segment[pos:m.pos] {
			litLen[c]++
		}
		length, distance := lengthSymbol(m), distSymbol(m)
		litLen[length.symbol]++
		dist[distance.symbol]++
		extraBits += int(length.extraBits + distance.extraBits)
		pos = m.end()
	}
	for _, c := range segment[pos:] {
		litLen[c]++
	}
	litLen[endOfBlock] = 1
	return extraBits
}

// storedBits is the size of segment in a stored block, after its header.
func (d *deflater) storedBits(segment []byte) int {
	padding := -(d.writer.queue.count + blockHeaderBits) & 7
	return int(padding) + 8*(storedHeaderSize+len(segment))
}

// fixedBits is the size of the symbols in the fixed code.
func (d *deflater) fixedBits() int {
	size := uint(0)
	for _, r := range fixedRanges {
		for _, n := range d.frequencies.litLen[r.first:r.end] {
			size += uint(n) * r.bits
		}
	}
	for _, n := range d.frequencies.dist {
		size += uint(n) * fixedDistBits
	}
	return int(size)
}

// buildCodes makes the codes of a dynamic block and returns the size of the symbols in them and of their description.
func (d *deflater) buildCodes() int {
	b := &d.builder
	d.description.reset()
	size := b.build(d.codes.litLen[:], d.frequencies.litLen[:], maxCodeLen)
	d.description.litLenCount = d.description.addCode(b.used, d.codes.litLen[:])
	size += b.build(d.codes.dist[:], d.frequencies.dist[:], maxCodeLen)
	d.description.distCount = d.description.addCode(b.used, d.codes.dist[:])
	return size + d.description.finish(b)
}

// symbols writes the symbols of segment.
func (d *deflater) symbols(segment []byte, codes *blockCodes) {
	q, room := d.writer.queue, d.writer.room
	pos := 0
	for _, m := range d.finder.matches {
		for _, c := range segment[pos:m.pos] {
			q, room = q.addCode(codes.litLen[c]).flush(room)
		}
		length, distance := lengthSymbol(m), distSymbol(m)
		q = q.addCode(codes.litLen[length.symbol]).add(length.extra, length.extraBits)
		q = q.addCode(codes.dist[distance.symbol]).add(distance.extra, distance.extraBits)
		q, room = q.flush(room)
		pos = m.end()
	}
	for _, c := range segment[pos:] {
		q, room = q.addCode(codes.litLen[c]).flush(room)
	}
	d.writer.queue, d.writer.room = q.addCode(codes.litLen[endOfBlock]).flush(room)
}
