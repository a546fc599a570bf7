// Package zlib compresses and decompresses RFC 1950 data from buffer to buffer.
//
// It is a thin layer of pooled state over a deflate implementation: it adds the
// header and the checksum, bounds the output, and allocates nothing once warm.
// All functions are safe for concurrent use and keep no reference to their
// arguments.
package zlib

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
)

var (
	// ErrLimit says that the decompressed data would be longer than the limit.
	ErrLimit = errors.New("zlib: decompressed data exceeds the limit")
	// ErrCorrupt says that the data is not one complete zlib stream. Errors
	// that match it also wrap the cause.
	ErrCorrupt = errors.New("zlib: corrupt data")

	errTruncated  = errors.New("truncated")
	errHeader     = errors.New("not a zlib header")
	errDictionary = errors.New("preset dictionary")
	errChecksum   = errors.New("wrong checksum")
)

const (
	// header announces a window of 32 KiB and the default level, as zlib does
	// at level 6.
	header = "\x78\x9c"
	// trailerLen is the size of the Adler-32 checksum.
	trailerLen = 4

	methodDeflate = 8
	maxWindowBits = 7 // 32 KiB, as log2 minus 8
	flagDict      = 0x20
)

// AppendCompress appends the zlib form of src to dst and returns the extended
// slice, as zlib.compress(src) at Python's default level; the two differ in
// bytes but decompress to the same. src must not overlap the bytes of dst
// beyond its length.
func AppendCompress(dst, src []byte) []byte {
	dst = append(dst, header...)
	dst = appendDeflate(dst, src)
	return binary.BigEndian.AppendUint32(dst, adler32.Checksum(src))
}

// AppendDecompress appends the data of the zlib stream at the start of src to
// dst and returns the extended slice, as zlib.decompressobj().decompress(src)
// would, had it reached the end of the stream: bytes after the stream are
// ignored, and every window size is accepted.
//
// At most limit bytes are appended; a longer stream is an ErrLimit, found
// before memory beyond limit is used. Anything that is not a complete stream
// with a right checksum is an ErrCorrupt. On error dst is returned as it came;
// the bytes beyond its length, which must not overlap src, may have been
// written to.
func AppendDecompress(dst, src []byte, limit int) ([]byte, error) {
	if err := checkHeader(src); err != nil {
		return dst, corrupt(err)
	}
	out, rest, err := appendInflate(dst, src[len(header):], limit)
	switch {
	case errors.Is(err, ErrLimit):
		return dst, ErrLimit
	case err != nil:
		return dst, corrupt(err)
	case len(rest) < trailerLen:
		return dst, corrupt(errTruncated)
	case binary.BigEndian.Uint32(rest) != adler32.Checksum(out[len(dst):]):
		return dst, corrupt(errChecksum)
	}
	return out, nil
}

// checkHeader refuses what inflate refuses in the first two bytes, and the
// preset dictionary that nobody has agreed on.
func checkHeader(src []byte) error {
	if len(src) < len(header) {
		return errTruncated
	}
	method, flags := src[0], src[1]
	switch {
	case method&0x0f != methodDeflate, method>>4 > maxWindowBits, binary.BigEndian.Uint16(src)%31 != 0:
		return errHeader
	case flags&flagDict != 0:
		return errDictionary
	}
	return nil
}

func corrupt(cause error) error {
	return fmt.Errorf("%w: %w", ErrCorrupt, cause)
}
