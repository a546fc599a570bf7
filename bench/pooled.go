package bench

import (
	"bytes"
	stdzlib "compress/zlib"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"hash"
	"io"
	"slices"
	"sync"
	"time"

	fastzlib "github.com/klauspost/compress/zlib"
)

// PooledStd is the same port made with care from the standard library alone:
// the key is derived once, and HMAC, zlib writer, zlib reader and buffers are
// pooled and reset.
func PooledStd() Peer {
	return pooledPeer("pooled-std",
		func(w io.Writer) zlibWriter { return stdzlib.NewWriter(w) },
		stdzlib.NewReader)
}

// PooledKlauspost is PooledStd with klauspost/compress in the place of
// compress/zlib.
func PooledKlauspost() Peer {
	return pooledPeer("pooled-klauspost",
		func(w io.Writer) zlibWriter { return fastzlib.NewWriter(w) },
		fastzlib.NewReader)
}

func pooledPeer(name string, newWriter func(io.Writer) zlibWriter, newReader func(io.Reader) (io.ReadCloser, error)) Peer {
	return Peer{Name: name, Open: func(p Payload) (*Ops, error) {
		return openPooled(p, newPooled(newWriter, newReader))
	}}
}

func openPooled(p Payload, codec *pooled) (*Ops, error) {
	var payload, buf []byte
	cookie, err := codec.appendSigned(nil, p.JSON)
	if err != nil {
		return nil, err
	}
	forged := []byte(forge(string(cookie)))
	loads := func(cookie []byte) (m map[string]any, err error) {
		if payload, err = codec.appendPayload(payload[:0], cookie); err != nil {
			return nil, err
		}
		err = json.Unmarshal(payload, &m)
		return m, err
	}
	return &Ops{
		Cookie: string(cookie),
		Verify: func() error { return codec.verify(cookie) },
		Forged: func() error { return codec.verify(forged) },
		DecodeRaw: func() (_ []byte, err error) {
			payload, err = codec.appendPayload(payload[:0], cookie)
			return payload, err
		},
		DecodeKey: func() (string, error) {
			m, err := loads(cookie)
			if err != nil {
				return "", err
			}
			return textIn(m[p.Key])
		},
		DecodeMap: func() (any, error) { return loads(cookie) },
		EncodeRaw: func() (_ []byte, err error) {
			buf, err = codec.appendSigned(buf[:0], p.JSON)
			return buf, err
		},
		EncodeMap: func() (string, error) {
			text, err := json.Marshal(p.Map)
			if err != nil {
				return "", err
			}
			buf, err = codec.appendSigned(buf[:0], text)
			return string(buf), err
		},
		Read: func(cookie string) (any, error) { return loads([]byte(cookie)) },
	}, nil
}

// zlibWriter is what both zlib packages write with.
type zlibWriter interface {
	io.WriteCloser
	Reset(io.Writer)
}

// pooled signs and reads Django's cookies with pooled parts.
type pooled struct {
	scratch   sync.Pool // of *pooledScratch
	newReader func(io.Reader) (io.ReadCloser, error)
}

type pooledScratch struct {
	mac    hash.Hash
	writer zlibWriter
	reader io.ReadCloser // made by the first stream: it needs one to start with
	source bytes.Reader
	packed bytes.Buffer
	digest [sha256.Size]byte
	sig    []byte
	text   []byte
}

func newPooled(newWriter func(io.Writer) zlibWriter, newReader func(io.Reader) (io.ReadCloser, error)) *pooled {
	key := sha256.Sum256([]byte(salt + "signer" + secret))
	c := &pooled{newReader: newReader}
	c.scratch.New = func() any {
		return &pooledScratch{mac: hmac.New(sha256.New, key[:]), writer: newWriter(io.Discard)}
	}
	return c
}

// signature returns the signature of value, in s.
func (s *pooledScratch) signature(value []byte) []byte {
	s.mac.Reset()
	s.mac.Write(value)
	s.sig = base64.RawURLEncoding.AppendEncode(s.sig[:0], s.mac.Sum(s.digest[:0]))
	return s.sig
}

func (c *pooled) appendSigned(dst, payload []byte) ([]byte, error) {
	s := c.scratch.Get().(*pooledScratch)
	defer c.scratch.Put(s)
	s.packed.Reset()
	s.writer.Reset(&s.packed)
	if _, err := s.writer.Write(payload); err != nil {
		return nil, err
	}
	if err := s.writer.Close(); err != nil {
		return nil, err
	}
	from := len(dst)
	if s.packed.Len() < len(payload)-1 {
		dst = append(dst, '.')
		payload = s.packed.Bytes()
	}
	dst = base64.RawURLEncoding.AppendEncode(dst, payload)
	dst = appendBase62(append(dst, ':'), time.Now().Unix())
	sig := s.signature(dst[from:])
	return append(append(dst, ':'), sig...), nil
}

func (c *pooled) verify(cookie []byte) error {
	s := c.scratch.Get().(*pooledScratch)
	defer c.scratch.Put(s)
	_, err := s.verify(cookie)
	return err
}

// verify returns the envelope in the cookie.
func (s *pooledScratch) verify(cookie []byte) ([]byte, error) {
	at := bytes.LastIndexByte(cookie, ':')
	if at < 0 || subtle.ConstantTimeCompare(cookie[at+1:], s.signature(cookie[:at])) != 1 {
		return nil, errBadSignature
	}
	value := cookie[:at]
	if at = bytes.LastIndexByte(value, ':'); at < 0 {
		return nil, errBadSignature
	}
	stamp, err := parseBase62(value[at+1:])
	if err != nil {
		return nil, err
	}
	if time.Since(time.Unix(stamp, 0)) > maxAge {
		return nil, errExpired
	}
	return value[:at], nil
}

func (c *pooled) appendPayload(dst, cookie []byte) ([]byte, error) {
	s := c.scratch.Get().(*pooledScratch)
	defer c.scratch.Put(s)
	envelope, err := s.verify(cookie)
	if err != nil {
		return nil, err
	}
	envelope, compressed := bytes.CutPrefix(envelope, []byte("."))
	s.text, err = base64.RawURLEncoding.AppendDecode(s.text[:0], envelope)
	switch {
	case err != nil:
		return nil, err
	case compressed:
		return c.appendInflated(dst, s)
	default:
		return append(dst, s.text...), nil
	}
}

// appendInflated appends what the stream in s.text holds.
func (c *pooled) appendInflated(dst []byte, s *pooledScratch) (_ []byte, err error) {
	s.source.Reset(s.text)
	if s.reader == nil {
		s.reader, err = c.newReader(&s.source)
	} else {
		err = s.reader.(stdzlib.Resetter).Reset(&s.source, nil)
	}
	for err == nil {
		dst = slices.Grow(dst, 512)
		var n int
		n, err = s.reader.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
	}
	if err == io.EOF { //nolint:errorlint // a Reader returns io.EOF itself
		return dst, nil
	}
	return nil, err
}
