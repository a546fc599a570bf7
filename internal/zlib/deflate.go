package zlib

import (
	"math/bits"
	"sync"

	"github.com/klauspost/compress/flate"
)

// fastLevel comes close to zlib's sizes, but looks for no matches below
// minFastLen, and does without Huffman codes where it finds none, as in a long
// random token. thoroughLevel handles both, after clearing large tables.
const (
	fastLevel     = 6
	thoroughLevel = 7
	minFastLen    = 128
)

// maxBlockLen is the longest input that always becomes a single block.
const maxBlockLen = 1<<15 - 1

// deflater is a pooled compressor that writes to a slice.
type deflater struct {
	w   *flate.Writer
	out []byte
}

var (
	fastDeflaters     = sync.Pool{New: func() any { return newDeflater(fastLevel) }}
	thoroughDeflaters = sync.Pool{New: func() any { return newDeflater(thoroughLevel) }}
)

func newDeflater(level int) *deflater {
	d := new(deflater)
	// The only possible error is a level that does not exist.
	d.w, _ = flate.NewWriter(d, level)
	return d
}

// Write implements io.Writer; it never fails.
func (d *deflater) Write(p []byte) (int, error) {
	d.out = append(d.out, p...)
	return len(p), nil
}

// appendDeflate appends the raw deflate form of src to dst.
func appendDeflate(dst, src []byte) []byte {
	if len(src) >= minFastLen {
		out := deflate(&fastDeflaters, dst, src)
		if len(out)-len(dst) < len(src) {
			return out
		}
		// Keep the room that was made.
		dst = out[:len(dst)]
	}
	return deflate(&thoroughDeflaters, dst, src)
}

// deflate appends what a compressor of the pool makes of src to dst.
func deflate(pool *sync.Pool, dst, src []byte) []byte {
	d := pool.Get().(*deflater)
	d.out = dst
	d.w.Reset(d)
	// These fail only when d.Write does.
	_, _ = d.w.Write(src)
	_ = d.w.Close()
	out := d.out
	d.out = nil
	pool.Put(d)

	if len(src) == 0 || len(src) > maxBlockLen {
		return out
	}
	stream := dropEmptyBlock(out[len(dst):])
	return out[:len(dst)+len(stream)]
}

// dropEmptyBlock shortens a stream of two blocks, of which the second is the
// empty one that the encoder closes every stream with. The first becomes the
// last. It saves a byte or two, which on a short message is a percent.
func dropEmptyBlock(stream []byte) []byte {
	// The empty block is 1 (final), 1 0 (fixed codes, low bit first) and seven
	// zeros; zeros up to a whole byte follow. So the last bit set is its second.
	end := len(stream)
	for stream[end-1] == 0 {
		end--
	}
	start := (end-1)*8 + bits.Len8(stream[end-1]) - 2
	stream = stream[:(start+7)/8]
	if used := start % 8; used != 0 {
		stream[len(stream)-1] &= 1<<used - 1
	}
	stream[0] |= 1
	return stream
}
