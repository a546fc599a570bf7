// Package zstd has the compressor of Zstandard for package redisstore.
package zstd

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/seed-52756201/saltine/redisstore"
	"github.com/seed-52756201/saltine/redisstore/internal/stream"
)

// maxWindow is the most memory that the head of an entry can ask for.
const maxWindow = 8 << 20

// Compressor returns the compressor, for entries of more than 15 bytes. Entries that need
// a window of more than 8 MiB are malformed.
//
// django-redis: ZStdCompressor.
func Compressor() redisstore.Compressor {
	return stream.Compressor{
		Over:   15,
		Packed: stream.Begins("\x28\xb5\x2f\xfd"),
		NewReader: func(data []byte, _ int) (io.Reader, error) {
			return zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		},
		NewWriter: func(w io.Writer, _ int) (io.WriteCloser, error) {
			return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20))
		},
	}
}
