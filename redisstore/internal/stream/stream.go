// Package stream makes compressors of readers and writers.
package stream

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/seed-52756201/saltine"
)

// Compressor packs data of more than so many bytes.
type Compressor struct {
	Over      int
	Packed    func(data []byte) bool // whether data begin as packed data do
	NewReader func(data []byte, maxLen int) (io.Reader, error)
	NewWriter func(w io.Writer, size int) (io.WriteCloser, error)
}

// Begins returns the function that knows packed data by their first bytes.
func Begins(magic string) func(data []byte) bool {
	return func(data []byte) bool { return strings.HasPrefix(string(data[:min(len(data), len(magic))]), magic) }
}

// Compress implements redisstore.Compressor.
func (c Compressor) Compress(data []byte) ([]byte, error) {
	if len(data) <= c.Over {
		return data, nil
	}
	var packed bytes.Buffer
	w, err := c.NewWriter(&packed, len(data))
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return packed.Bytes(), err
}

// Decompress implements redisstore.Compressor.
func (c Compressor) Decompress(data []byte, maxLen int) ([]byte, error) {
	if !c.Packed(data) {
		return data, nil
	}
	r, err := c.NewReader(data, maxLen)
	var unpacked []byte
	if err == nil {
		unpacked, err = io.ReadAll(io.LimitReader(r, int64(min(maxLen, math.MaxInt-1))+1))
	}
	if len(unpacked) > maxLen {
		return nil, &saltine.SizeError{What: "payload", Size: maxLen + 1, Limit: maxLen}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the packed entry is damaged", saltine.ErrMalformed)
	}
	return unpacked, nil
}
