package zlib

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// expansion is the guess at how many times longer the output is than its input,
// for a dst that has no room.
const expansion = 4

// flateReader is what flate.NewReader returns.
type flateReader interface {
	io.ReadCloser
	flate.Resetter
}

// inflater is a pooled decompressor that reads from a slice.
type inflater struct {
	src   bytes.Reader
	r     flateReader
	probe [1]byte
}

var inflaters = sync.Pool{New: func() any {
	in := new(inflater)
	in.r = flate.NewReader(&in.src).(flateReader)
	return in
}}

// appendInflate appends the data of the raw deflate stream at the start of src
// to dst, at most limit bytes. rest is what follows the stream in src.
func appendInflate(dst, src []byte, limit int) (out, rest []byte, err error) {
	in := inflaters.Get().(*inflater)
	in.src.Reset(src)
	// Reset fails on dictionaries only, and there is none.
	_ = in.r.Reset(&in.src, nil)
	out, err = in.appendAll(dst, max(limit, 0))
	rest = src[len(src)-in.src.Len():]
	in.src.Reset(nil)
	inflaters.Put(in)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errTruncated
	}
	return out, rest, err
}

// appendAll appends everything in.r has to dst, at most limit bytes.
func (in *inflater) appendAll(dst []byte, limit int) ([]byte, error) {
	guess := expansion * in.src.Len()
	for {
		room := dst[len(dst):cap(dst)]
		if len(room) > limit {
			room = room[:limit]
		}
		// Only a byte that has no place shows that more room is needed: a dst
		// of the exact size is not grown, and the limit is not an error while
		// nothing exceeds it.
		full := len(room) == 0
		if full {
			room = in.probe[:]
		}
		n, err := in.r.Read(room)
		if full && n > 0 {
			if limit == 0 {
				return dst, ErrLimit
			}
			dst = grow(dst, min(limit, max(guess, len(dst))))
			dst[:len(dst)+1][len(dst)] = in.probe[0]
		}
		dst = dst[:len(dst)+n]
		limit -= n
		if errors.Is(err, io.EOF) {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
}

// grow returns dst with room for exactly n more bytes, which append and
// slices.Grow would round up past a limit.
func grow(dst []byte, n int) []byte {
	grown := make([]byte, len(dst), len(dst)+n)
	copy(grown, dst)
	return grown
}
