package zlib

import (
	"sync"

	"github.com/klauspost/compress/zlib"
)

// The levels of klauspost/compress that come closest in size.
var largeDeflaters = [...]sync.Pool{
	Best: {New: func() any { return newLargeDeflater(6) }},
	Fast: {New: func() any { return newLargeDeflater(zlib.BestSpeed) }},
}

// A largeDeflater compresses what is longer than a cookie.
type largeDeflater struct {
	writer *zlib.Writer
	out    []byte
}

func newLargeDeflater(level int) *largeDeflater {
	d := new(largeDeflater)
	d.writer, _ = zlib.NewWriterLevel(d, level) // fails for levels that do not exist
	return d
}

// Write implements io.Writer; it never fails.
func (d *largeDeflater) Write(p []byte) (int, error) {
	d.out = append(d.out, p...)
	return len(p), nil
}

func appendLarge(dst, src []byte, level Level) []byte {
	d := largeDeflaters[level].Get().(*largeDeflater)
	d.out = dst
	d.writer.Reset(d)
	// These fail only when d.Write does.
	_, _ = d.writer.Write(src)
	_ = d.writer.Close()
	dst, d.out = d.out, nil
	largeDeflaters[level].Put(d)
	return dst
}
