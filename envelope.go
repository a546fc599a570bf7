package saltine

import (
	"errors"

	"github.com/seed-52756201/saltine/internal/pybase64"
	"github.com/seed-52756201/saltine/internal/zlib"
)

// Compression says when payloads are compressed on writing. Django reads all
// of them. The zero value is what Django does in the same place: CompressionBest
// for sessions and messages, CompressionNone for signers and [Dumps].
type Compression uint8

// The compression settings.
const (
	// CompressionNone never compresses: compress=False.
	CompressionNone Compression = iota + 1
	// CompressionBest compresses with zlib where that saves at least two
	// bytes: compress=True.
	CompressionBest
	// CompressionFast compresses with deflate's fixed code alone: everybody,
	// Django included, reads that faster, and it takes a third of the time to
	// write. Cookies get a few percent longer.
	CompressionFast
)

func (c Compression) check() error {
	if c > CompressionFast {
		return invalidOption("no such Compression")
	}
	return nil
}

// minCompress is the length from which payloads are worth compressing, in bytes.
const minCompress = 48

// envelope says how payloads become the text that is signed, and back. That text is
// URL-safe base64, with a dot in front where the payload is compressed.
type envelope struct {
	compression Compression
	minCompress int
	maxPayload  int
}

const compressedMark = '.'

func isCompressed(text string) bool { return text != "" && text[0] == compressedMark }

// wrap appends the envelope of payload to dst. scratch is room that it may grow.
func (e *envelope) wrap(dst, payload []byte, scratch *[]byte) ([]byte, error) {
	if err := checkSize("payload", len(payload), e.maxPayload); err != nil {
		return dst, err
	}
	if e.compression != CompressionNone && len(payload) >= e.minCompress {
		level := zlib.Best
		if e.compression == CompressionFast {
			level = zlib.Fast
		}
		*scratch = zlib.AppendCompress((*scratch)[:0], payload, level)
		if len(*scratch) < len(payload)-1 { // Django's rule: with the dot it must be shorter
			dst = append(dst, compressedMark)
			payload = *scratch
		}
	}
	return pybase64.AppendEncode(dst, payload), nil
}

// unwrap appends the payload in an envelope to dst. scratch is room that it may
// grow. On an error dst is returned as it was.
func (e *envelope) unwrap(dst []byte, text string, scratch *[]byte) ([]byte, error) {
	if isCompressed(text) {
		return e.inflate(dst, text[1:], scratch)
	}
	// Junk that Python skips counts as well: only our own keys can sign it.
	if err := checkSize("payload", pybase64.DecodedLen(len(text)), e.maxPayload); err != nil {
		return dst, err
	}
	out, err := pybase64.AppendDecode(dst, text)
	if err != nil {
		return dst, malformed(err)
	}
	return out, nil
}

func (e *envelope) inflate(dst []byte, text string, scratch *[]byte) ([]byte, error) {
	var err error
	if *scratch, err = pybase64.AppendDecode((*scratch)[:0], text); err != nil {
		return dst, malformed(err)
	}
	out, err := zlib.AppendDecompress(dst, *scratch, e.maxPayload)
	switch {
	case errors.Is(err, zlib.ErrLimit):
		return dst, &SizeError{What: "payload", Size: e.maxPayload + 1, Limit: e.maxPayload}
	case err != nil:
		return dst, malformed(err)
	}
	return out, nil
}
