package zlib

import (
	"encoding/binary"
	"hash/adler32"
	"sync"
)

// AppendDecompress appends the decompressed content of src to dst. It accepts what Python's zlib.decompress accepts:
// any window size, and any bytes after the end of the stream.
//
// At most limit bytes are appended, which is checked as they are produced; the memory in use is bounded by limit, not by
// what src claims to hold. On an error, which is ErrLimit or matches ErrCorrupt, it returns dst as it was, though the
// bytes between its length and its capacity may have been written to. src and dst must not overlap.
func AppendDecompress(dst, src []byte, limit int) ([]byte, error) {
	if err := checkHeader(src); err != nil {
		return dst, err
	}
	f := inflaters.Get().(*inflater)
	f.start(dst, src, limit)
	err := f.stream()
	if err == nil {
		dst = f.dst[:len(f.dst)+f.n]
	}
	f.src, f.rest, f.dst, f.out = nil, nil, nil, nil
	inflaters.Put(f)
	return dst, err
}

var inflaters = sync.Pool{New: func() any { return new(inflater) }}

// checkHeader checks the two bytes in front of the deflate data (RFC 1950, 2.2).
func checkHeader(src []byte) error {
	switch {
	case len(src) < headerSize:
		return errTruncated
	case binary.BigEndian.Uint16(src)%headerModulus != 0, src[0]&15 != methodDeflate, src[0]>>4 > maxWindowInfo:
		return errHeader
	case src[1]&presetDictFlag != 0:
		return errDictionary
	}
	return nil
}

// An inflater is the state of one decompression.
type inflater struct {
	src  []byte
	rest []byte // the part of src that bits has not read yet
	bits bitBuffer

	dst   []byte // what the caller gave, possibly moved
	out   []byte // the room behind it, never more than limit
	n     int    // how much of out is written
	limit int

	litLen  decodeTable
	dist    decodeTable // until there is a code for distances, the code for code lengths
	lengths [maxCodeLengths]codeLength
}

func (f *inflater) start(dst, src []byte, limit int) {
	f.src = src
	f.seek(headerSize)
	f.limit = max(limit, 0)
	f.n = 0
	f.dst = dst
	f.out = dst[len(dst):cap(dst)]
	if len(f.out) > f.limit {
		f.out = f.out[:f.limit]
	}
}

// seek goes on reading at src[pos:].
func (f *inflater) seek(pos int) {
	f.rest = f.src[pos:]
	f.bits = bitBuffer{}
}

// align skips the rest of the current byte, and returns the position in src of the next one.
func (f *inflater) align() int {
	return len(f.src) - len(f.rest) - f.bits.count>>3
}

// stream inflates all blocks and compares the checksum.
func (f *inflater) stream() error {
	for final := false; !final; {
		b, rest := f.bits.fill(f.rest)
		if b.count < blockHeaderBits {
			return errTruncated
		}
		header := b.peek(blockHeaderBits)
		f.bits, f.rest = b.drop(blockHeaderBits), rest
		final = header&blockLast != 0
		if err := f.block(header >> blockTypeShift); err != nil {
			return err
		}
	}
	pos := f.align()
	if pos+trailerSize > len(f.src) {
		return errTruncated
	}
	if binary.BigEndian.Uint32(f.src[pos:]) != adler32.Checksum(f.out[:f.n]) {
		return errChecksum
	}
	return nil
}

func (f *inflater) block(kind uint) error {
	switch kind {
	case blockStored:
		return f.stored()
	case blockFixed:
		return f.symbols(fixedDecodeTables())
	case blockDynamic:
		if err := f.readTables(); err != nil {
			return err
		}
		return f.symbols(&f.litLen, &f.dist)
	}
	return errBlockType
}

// stored copies a stored block (RFC 1951, 3.2.4).
func (f *inflater) stored() error {
	pos := f.align()
	if pos+storedHeaderSize > len(f.src) {
		return errTruncated
	}
	size := binary.LittleEndian.Uint16(f.src[pos:])
	if size != ^binary.LittleEndian.Uint16(f.src[pos+2:]) {
		return errStoredLen
	}
	pos += storedHeaderSize
	if pos+int(size) > len(f.src) {
		return errTruncated
	}
	if err := f.reserve(int(size)); err != nil {
		return err
	}
	f.n += copy(f.out[f.n:], f.src[pos:pos+int(size)])
	f.seek(pos + int(size))
	return nil
}

// minGrowth keeps the first steps of grow from being small.
const minGrowth = 512

// grow at least doubles out, within the limit.
func (f *inflater) grow() error {
	if len(f.out) == f.limit {
		return ErrLimit
	}
	size := f.n + min(max(f.n, 2*len(f.src), minGrowth), f.limit-f.n)
	dst := make([]byte, len(f.dst)+size)
	copy(dst, f.dst)
	f.dst = dst[:len(f.dst)]
	out := dst[len(f.dst):]
	copy(out, f.out[:f.n])
	f.out = out
	return nil
}

// symbols inflates the compressed data of a block up to the end-of-block code (RFC 1951, 3.2.3).
func (f *inflater) symbols(litLen, dist *decodeTable) error {
	for {
		f.run(litLen, dist)
		end, err := f.symbol(litLen, dist)
		if end || err != nil {
			return err
		}
	}
}

// matchBits is what a length and a distance take at most, if none of their codes is longer than tableBits.
const matchBits = tableBits + maxLengthExtra + tableBits + maxDistExtra

// run inflates symbols for as long as nothing out of the ordinary comes: no code longer than tableBits, no end, no fault,
// no lack of room. What stopped it is left for symbol. But for the last bytes of src there is no call in the loop, so that
// its variables stay in registers.
func (f *inflater) run(litLen, dist *decodeTable) {
	out, n, b, rest := f.out, f.n, f.bits, f.rest
	litLenMask, distMask := litLen.mask&tableMask, dist.mask&tableMask
loop:
	for {
		if len(rest) >= loadSize {
			b, rest = b.load(rest)
		} else if b, rest = b.fill(rest); b.count < matchBits {
			break
		}
		e := litLen.fast[b.bits&litLenMask]
		for e&entryLiteral != 0 {
			if uint(n) >= uint(len(out)) {
				break loop
			}
			b = b.drop(e.total())
			out[n] = byte(e >> entryBaseShift)
			n++
			if b.count < matchBits {
				continue loop
			}
			e = litLen.fast[b.bits&litLenMask]
		}
		if e&entrySpecial != 0 {
			break
		}
		next := b.drop(e.total())
		d := dist.fast[next.bits&distMask]
		if d&entrySpecial != 0 {
			break
		}
		length, distance := e.value(b), d.value(next)
		if distance > n || length > len(out)-n {
			break
		}
		b = next.drop(d.total())
		copyMatch(out, n, distance, length)
		n += length
	}
	f.n, f.bits, f.rest = n, b, rest
}

// symbol inflates one symbol of any kind, and reports whether it was the end of the block.
func (f *inflater) symbol(litLen, dist *decodeTable) (end bool, err error) {
	b, rest := f.bits.fill(f.rest)
	e := litLen.lookup(b)
	next := b.drop(e.total())
	if next.count < 0 {
		return false, errTruncated
	}
	f.bits, f.rest = next, rest
	switch {
	case e&entryInvalid != 0:
		return false, errLitLenSymbol
	case e&entryEnd != 0:
		return true, nil
	case e&entryLiteral != 0:
		if err := f.reserve(1); err != nil {
			return false, err
		}
		f.out[f.n] = byte(e.base())
		f.n++
		return false, nil
	}
	d := dist.lookup(next)
	f.bits = next.drop(d.total())
	switch {
	case f.bits.count < 0:
		return false, errTruncated
	case d&entryInvalid != 0:
		return false, errDistSymbol
	}
	length, distance := e.value(b), d.value(next)
	if distance > f.n {
		return false, errDistTooFar
	}
	if err := f.reserve(length); err != nil {
		return false, err
	}
	copyMatch(f.out, f.n, distance, length)
	f.n += length
	return false, nil
}

// copyMatch copies length bytes to out[n:] from distance bytes before. The two may overlap: then copied bytes are copied
// again (RFC 1951, 3.2.3). It may write to what follows in out.
func copyMatch(out []byte, n, distance, length int) {
	end := n + length
	if distance < copySize || end > len(out)-copySize {
		for ; n < end; n++ {
			out[n] = out[n-distance]
		}
		return
	}
	for ; n < end; n += copySize {
		binary.LittleEndian.PutUint64(out[n:], binary.LittleEndian.Uint64(out[n-distance:]))
	}
}

// copySize is the number of bytes that are copied at a time.
const copySize = 8

// reserve makes room for size more bytes.
func (f *inflater) reserve(size int) error {
	for len(f.out)-f.n < size {
		if err := f.grow(); err != nil {
			return err
		}
	}
	return nil
}
