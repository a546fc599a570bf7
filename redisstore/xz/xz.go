// Package xz has the compressor of xz, Python's lzma, for package redisstore.
package xz

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/seed-52756201/saltine/redisstore"
	"github.com/seed-52756201/saltine/redisstore/internal/stream"
)

const magic = "\xfd7zXZ\x00"

// Compressor returns the compressor, for entries of more than 100 bytes. It reads what
// lzma.compress writes: one stream of one block, with the filter LZMA2 alone.
//
// django-redis: LzmaCompressor.
func Compressor() redisstore.Compressor {
	return stream.Compressor{
		Over:      100,
		Packed:    stream.Begins(magic[:5]),
		NewReader: newReader,
		NewWriter: func(w io.Writer, size int) (io.WriteCloser, error) {
			return xz.WriterConfig{DictCap: max(size, lzma.MinDictCap)}.NewWriter(w)
		},
	}
}

var errDamaged = errors.New("xz: damaged")

// newReader returns a reader of the block of a stream. The dictionary, for which the block
// may ask 4 GiB, is no larger than what is read can be.
func newReader(data []byte, maxLen int) (io.Reader, error) {
	check, rest, err := streamHeader(data)
	if err != nil {
		return nil, err
	}
	dict, rest, err := blockHeader(rest)
	if err != nil {
		return nil, err
	}
	packed := bytes.NewReader(rest)
	r, err := lzma.Reader2Config{DictCap: int(max(min(dict, int64(maxLen)), lzma.MinDictCap))}.NewReader2(packed)
	if err != nil {
		return nil, err
	}
	return &checked{r: r, packed: packed, size: len(rest), sum: newSum(check)}, nil
}

// streamHeader returns the kind of check of a stream, and what follows its header.
func streamHeader(data []byte) (check byte, rest []byte, err error) {
	if len(data) < 12 || string(data[:6]) != magic || data[6] != 0 || data[7] > 15 || !sealed(data[6:12]) {
		return 0, nil, errDamaged
	}
	return data[7], data[12:], nil
}

// sealed reports whether the last four bytes are the CRC-32 of those before.
func sealed(data []byte) bool {
	end := len(data) - 4
	return crc32.ChecksumIEEE(data[:end]) == binary.LittleEndian.Uint32(data[end:])
}

// blockHeader returns the size of the dictionary of the first block, which must have the
// filter LZMA2 and no other, and what follows its header.
func blockHeader(data []byte) (dict int64, rest []byte, err error) {
	if len(data) == 0 || data[0] == 0 || len(data) < 4*(int(data[0])+1) {
		return 0, nil, errDamaged
	}
	header := data[:4*(int(data[0])+1)]
	if !sealed(header) || header[1]&0x3f != 0 {
		return 0, nil, errDamaged
	}
	fields := header[2 : len(header)-4]
	for _, flag := range []byte{0x40, 0x80} { // the packed and the unpacked size
		if header[1]&flag != 0 {
			_, n := binary.Uvarint(fields)
			if n <= 0 {
				return 0, nil, errDamaged
			}
			fields = fields[n:]
		}
	}
	if len(fields) < 3 || fields[0] != 0x21 || fields[1] != 1 {
		return 0, nil, errDamaged
	}
	dict, err = lzma.DecodeDictCap(fields[2])
	return dict, data[len(header):], err
}
