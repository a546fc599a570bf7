// Package lz4 has the compressor of LZ4 for package redisstore.
package lz4

import (
	"bytes"
	"io"

	"github.com/pierrec/lz4/v4"

	"github.com/seed-52756201/saltine/redisstore"
	"github.com/seed-52756201/saltine/redisstore/internal/stream"
)

// Compressor returns the compressor, which writes frames, for entries of more than 15
// bytes. Unpacking takes up to 8 MiB, whatever the entry says.
//
// django-redis: Lz4Compressor.
func Compressor() redisstore.Compressor {
	return stream.Compressor{
		Over:      15,
		Packed:    stream.Begins("\x04\x22\x4d\x18"),
		NewReader: func(data []byte, _ int) (io.Reader, error) { return lz4.NewReader(bytes.NewReader(data)), nil },
		NewWriter: func(w io.Writer, _ int) (io.WriteCloser, error) {
			lw := lz4.NewWriter(w)
			err := lw.Apply(lz4.BlockSizeOption(lz4.Block64Kb))
			return lw, err
		},
	}
}
