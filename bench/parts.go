package bench

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"hash"
	"strings"
	"sync"
	"time"

	"github.com/seed-52756201/saltine/internal/pybase64"
	"github.com/seed-52756201/saltine/internal/zlib"
)

// Parts are the bare calculations inside an operation of saltine, with nothing
// around them: what an operation costs beyond them is saltine's own overhead.
type Parts struct {
	// HMAC of what is signed in the cookie, by a pooled hash.
	HMAC func() error
	// Verify signs that again, compares the text, and looks at the clock.
	Verify func() error
	// Decode signs again what is signed in the cookie, compares, and decodes and
	// inflates the envelope with this build's own decompressor.
	Decode func() error
	// Encode compresses the JSON with this build's own compressor, and encodes
	// and signs the result.
	Encode func() error
}

// OpenParts makes the parts ready for the cookie of ops.
func OpenParts(p Payload, ops *Ops) Parts {
	end := strings.LastIndex(ops.Cookie, ":")
	signed, signature := []byte(ops.Cookie[:end]), []byte(ops.Cookie[end+1:])
	envelope, _, _ := strings.Cut(string(signed), ":")
	rest := signed[len(envelope):]
	text, compressed := strings.CutPrefix(envelope, ".")

	key := sha256.Sum256([]byte(salt + "signer" + secret))
	macs := sync.Pool{New: func() any { return &pooledMAC{h: hmac.New(sha256.New, key[:])} }}
	var packed, token, payload []byte
	verify := func() error {
		m := macs.Get().(*pooledMAC)
		token = base64.RawURLEncoding.AppendEncode(token[:0], m.sum(signed))
		macs.Put(m)
		if subtle.ConstantTimeCompare(token, signature) != 1 {
			return errBadSignature
		}
		return nil
	}
	return Parts{
		HMAC: func() error {
			m := macs.Get().(*pooledMAC)
			m.sum(signed)
			macs.Put(m)
			return nil
		},
		Verify: func() error {
			if time.Now().IsZero() {
				return errNoClock
			}
			return verify()
		},
		Decode: func() error {
			err := verify()
			if err != nil {
				return err
			}
			if !compressed {
				payload, err = pybase64.AppendDecode(payload[:0], text)
				return err
			}
			if packed, err = pybase64.AppendDecode(packed[:0], text); err != nil {
				return err
			}
			payload, err = zlib.AppendDecompress(payload[:0], packed, len(p.JSON))
			return err
		},
		Encode: func() error {
			token = token[:0]
			body := p.JSON
			if compressed {
				packed = compress(packed[:0], p.JSON)
				token, body = append(token, '.'), packed
			}
			token = append(pybase64.AppendEncode(token, body), rest...)
			m := macs.Get().(*pooledMAC)
			token = base64.RawURLEncoding.AppendEncode(append(token, ':'), m.sum(token))
			macs.Put(m)
			return nil
		},
	}
}

// compress is what sessions are compressed with.
func compress(dst, src []byte) []byte { return zlib.AppendCompress(dst, src, zlib.Best) }

var errNoClock = errors.New("the clock stands at zero")

type pooledMAC struct {
	h      hash.Hash
	digest [sha256.Size]byte
}

func (m *pooledMAC) sum(text []byte) []byte {
	m.h.Reset()
	m.h.Write(text)
	return m.h.Sum(m.digest[:0])
}
