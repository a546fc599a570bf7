package redisstore

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"

	"github.com/seed-52756201/saltine/redisstore/internal/stream"
)

// Compressor packs entries and unpacks them. [Zlib], [Gzip] and the packages zstd, lz4 and
// xz have those of django-redis. It must be safe for concurrent use.
type Compressor interface {
	// Compress returns the packed data, or data as they are.
	Compress(data []byte) ([]byte, error)
	// Decompress unpacks data. What does not begin as packed data do is returned as it
	// is: such entries were too short to pack, or are older than the setting. The error
	// is of kind saltine.ErrMalformed, or saltine.ErrTooLarge for what unpacks to more
	// than maxLen bytes.
	Decompress(data []byte, maxLen int) ([]byte, error)
}

// Zlib returns the compressor of zlib, for entries of more than 15 bytes.
//
// django-redis: ZlibCompressor.
func Zlib() Compressor {
	return stream.Compressor{
		Over: 15,
		Packed: func(data []byte) bool {
			return len(data) >= 2 && data[0] == 0x78 && (int(data[0])<<8|int(data[1]))%31 == 0
		},
		NewReader: func(data []byte, _ int) (io.Reader, error) { return zlib.NewReader(bytes.NewReader(data)) },
		NewWriter: func(w io.Writer, _ int) (io.WriteCloser, error) { return zlib.NewWriterLevel(w, 6) },
	}
}

// Gzip returns the compressor of gzip, for entries of more than 15 bytes.
//
// django-redis: GzipCompressor.
func Gzip() Compressor {
	return stream.Compressor{
		Over:      15,
		Packed:    stream.Begins("\x1f\x8b"),
		NewReader: func(data []byte, _ int) (io.Reader, error) { return gzip.NewReader(bytes.NewReader(data)) },
		NewWriter: func(w io.Writer, _ int) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, 9) },
	}
}
