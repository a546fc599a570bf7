package xz

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"slices"

	"github.com/ulikunitz/xz/lzma"
)

// newSum returns the hash of a kind of check, or nil for none and for one that is unknown.
func newSum(check byte) hash.Hash {
	switch check {
	case 1:
		return crc32.NewIEEE()
	case 4:
		return crc64.New(crc64.MakeTable(crc64.ECMA))
	case 10:
		return sha256.New()
	}
	return nil
}

// checked reads a block, and its check at the end.
type checked struct {
	r      *lzma.Reader2
	packed *bytes.Reader
	size   int // of packed at the beginning
	sum    hash.Hash
}

// Read implements [io.Reader].
func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.sum == nil {
		return n, err
	}
	c.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && !c.good() {
		err = errDamaged
	}
	return n, err
}

// good reports whether the check that follows the block is that of what was read.
func (c *checked) good() bool {
	for (c.size-c.packed.Len())%4 != 0 { // the padding of the block
		if zero, err := c.packed.ReadByte(); zero != 0 || err != nil {
			return false
		}
	}
	stored, sum := make([]byte, c.sum.Size()), c.sum.Sum(nil)
	if _, err := io.ReadFull(c.packed, stored); err != nil {
		return false
	}
	if len(sum) < sha256.Size { // the CRCs are little-endian
		slices.Reverse(sum)
	}
	return bytes.Equal(stored, sum)
}
