package bench

import (
	"bytes"
	"fmt"

	"github.com/seed-52756201/saltine/internal/zlib"
)

// Compressors return this build's own compression and decompression of a payload, beside
// those of C libdeflate at level 6, which needs no copies: all sides write into room that
// they have. The error says why there is no libdeflate.
func Compressors(p Payload) (deflate, inflate map[string]func() error, err error) {
	c, err := newLibdeflate()
	if err != nil {
		return nil, nil, err
	}
	packed := zlib.AppendCompress(nil, p.JSON, zlib.Best)
	room := make([]byte, zlib.Bound(len(p.JSON))+64)
	plain := make([]byte, len(p.JSON))
	if theirs, err := c.compress(room, p.JSON); err != nil {
		return nil, nil, err
	} else if back, err := zlib.AppendDecompress(nil, theirs, len(p.JSON)); err != nil || !bytes.Equal(back, p.JSON) {
		return nil, nil, fmt.Errorf("libdeflate's own bytes do not come back: %w", err)
	}
	if back, err := c.decompress(plain, packed); err != nil || !bytes.Equal(back, p.JSON) {
		return nil, nil, fmt.Errorf("libdeflate does not read ours: %w", err)
	}
	deflate = map[string]func() error{
		"saltine": func() error {
			zlib.AppendCompress(room[:0], p.JSON, zlib.Best)
			return nil
		},
		"libdeflate": func() error {
			_, err := c.compress(room, p.JSON)
			return err
		},
	}
	inflate = map[string]func() error{
		"saltine": func() error {
			_, err := zlib.AppendDecompress(plain[:0], packed, len(p.JSON))
			return err
		},
		"libdeflate": func() error {
			_, err := c.decompress(plain, packed)
			return err
		},
	}
	return deflate, inflate, nil
}
