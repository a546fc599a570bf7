// Package msgpack has the serializer of MessagePack for package redisstore.
package msgpack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/djangocache"
	"github.com/seed-52756201/saltine/internal/pickle"
	"github.com/seed-52756201/saltine/redisstore"
)

// Serializer returns the serializer. Bytes keep their type until they are set again.
// Extensions are malformed, and so is a session whose names are not text. An int of more than 64
// bits, or a text that is not UTF-8, cannot be written, as in Python.
//
// django-redis: MSGPackSerializer.
func Serializer() redisstore.Serializer { return serializer{} }

// serializer goes by way of pickles, which have every type that MessagePack has.
type serializer struct{}

// Append implements [redisstore.Serializer].
func (serializer) Append(dst []byte, r saltine.Record) ([]byte, error) {
	pickled, err := r.AppendPickle(nil)
	if err != nil {
		return dst, err
	}
	values, err := pickle.Tree(pickled)
	if err != nil {
		return dst, fmt.Errorf("%w: %w", saltine.ErrUnsupported, err)
	}
	packed := bytes.NewBuffer(dst)
	if err := encode(msgpack.NewEncoder(packed), values); err != nil {
		return dst, fmt.Errorf("%w: %w", saltine.ErrUnsupported, err)
	}
	return packed.Bytes(), nil
}

var errNotUTF8 = errors.New("msgpack: a text is not UTF-8")

// encode writes a value of [pickle.Tree].
func encode(e *msgpack.Encoder, value any) error {
	switch value := value.(type) {
	case nil:
		return e.EncodeNil()
	case bool:
		return e.EncodeBool(value)
	case int64:
		return e.EncodeInt(value)
	case uint64:
		return e.EncodeUint(value)
	case float64:
		return e.EncodeFloat64(value)
	case []byte:
		return e.EncodeBytes(value)
	case string:
		if !utf8.ValidString(value) {
			return errNotUTF8
		}
		return e.EncodeString(value)
	case []any:
		return errors.Join(e.EncodeArrayLen(len(value)), encodeAll(e, value))
	default:
		pairs := value.(pickle.Pairs) // there is nothing else
		return errors.Join(e.EncodeMapLen(len(pairs)/2), encodeAll(e, pairs))
	}
}

func encodeAll(e *msgpack.Encoder, values []any) error {
	for _, value := range values {
		if err := encode(e, value); err != nil {
			return err
		}
	}
	return nil
}

// Parse implements [redisstore.Serializer].
func (serializer) Parse(r *saltine.Record, data []byte, maxLen int) error {
	if err := djangocache.CheckLen("payload", len(data), maxLen); err != nil {
		return err
	}
	in := bytes.NewReader(data)
	t := transcoder{d: msgpack.NewDecoder(in), out: []byte{0x80, 3}}
	if err := t.value(1); err != nil {
		return fmt.Errorf("%w: %w", saltine.ErrMalformed, err)
	}
	if in.Len() > 0 {
		return fmt.Errorf("%w: msgpack: there is more after the value", saltine.ErrMalformed)
	}
	// A text of no characters is one byte here, and five in a pickle.
	return r.ParsePickle(append(t.out, '.'), 5*min(maxLen, (math.MaxInt-3)/5)+3, false)
}

// transcoder writes what it reads as a pickle of protocol 3.
type transcoder struct {
	d   *msgpack.Decoder
	out []byte
}

var (
	errDamaged = errors.New("msgpack: damaged")
	errKey     = errors.New("msgpack: a key is a map")
	errType    = errors.New("msgpack: an extension")
	errDeep    = errors.New("msgpack: nested too deeply")
)

// value reads a value. No error of the decoder goes on: some quote what they read.
func (t *transcoder) value(depth int) error {
	if depth > pickle.MaxDepth {
		return errDeep
	}
	code, err := t.d.PeekCode()
	switch {
	case err != nil:
		return errDamaged
	case code <= 0x7f, code >= 0xe0, code >= 0xcc && code <= 0xd3:
		return t.int(code)
	case code == 0xca, code == 0xcb:
		f, err := t.d.DecodeFloat64()
		t.out = binary.BigEndian.AppendUint64(append(t.out, 'G'), math.Float64bits(f))
		return damaged(err)
	case code <= 0x8f, code == 0xde, code == 0xdf:
		n, err := t.d.DecodeMapLen()
		return t.items(n, '}', 'u', depth, err)
	case code <= 0x9f, code == 0xdc, code == 0xdd:
		n, err := t.d.DecodeArrayLen()
		return t.items(n, ']', 'e', depth, err)
	case code <= 0xbf, code >= 0xd9 && code <= 0xdb:
		s, err := t.d.DecodeString()
		if err == nil && !utf8.ValidString(s) {
			return errDamaged
		}
		t.sized('X', s)
		return damaged(err)
	case code >= 0xc4 && code <= 0xc6:
		b, err := t.d.DecodeBytes()
		t.sized('B', string(b))
		return damaged(err)
	case code == 0xc0:
		t.out = append(t.out, 'N')
		return damaged(t.d.DecodeNil())
	case code == 0xc2, code == 0xc3:
		b, err := t.d.DecodeBool()
		t.out = append(t.out, map[bool]byte{false: 0x89, true: 0x88}[b])
		return damaged(err)
	}
	return errType
}

func damaged(err error) error {
	if err != nil {
		return errDamaged
	}
	return nil
}

func (t *transcoder) sized(op byte, s string) {
	t.out = append(binary.LittleEndian.AppendUint32(append(t.out, op), uint32(len(s))), s...)
}

// int reads an int, the only one of nine bytes being a large uint64.
func (t *transcoder) int(code byte) error {
	if code == 0xcf {
		u, err := t.d.DecodeUint64()
		t.out = append(binary.LittleEndian.AppendUint64(append(t.out, 0x8a, 9), u), 0)
		return damaged(err)
	}
	i, err := t.d.DecodeInt64()
	if i >= 0 && i <= 0xff {
		t.out = append(t.out, 'K', byte(i))
	} else {
		t.out = binary.LittleEndian.AppendUint64(append(t.out, 0x8a, 8), uint64(i))
	}
	return damaged(err)
}

// items reads so many values, or pairs.
func (t *transcoder) items(n int, empty, add byte, depth int, err error) error {
	t.out = append(t.out, empty)
	if err != nil || n <= 0 {
		return damaged(err)
	}
	t.out = append(t.out, '(')
	for range n {
		if add == 'u' {
			if err := t.key(depth + 1); err != nil {
				return err
			}
		}
		if err := t.value(depth + 1); err != nil {
			return err
		}
	}
	t.out = append(t.out, add)
	return nil
}

// key reads a key. Python's msgpack took every one that has a hash before its version 1.0,
// and wrote tuples as arrays.
func (t *transcoder) key(depth int) error {
	code, err := t.d.PeekCode()
	switch {
	case depth > pickle.MaxDepth:
		return errDeep
	case err != nil, code < 0x80, code > 0x9f && code < 0xdc, code > 0xdf:
		return t.value(depth)
	case code <= 0x8f, code >= 0xde:
		return errKey
	}
	n, err := t.d.DecodeArrayLen()
	if err != nil {
		return errDamaged
	}
	t.out = append(t.out, '(')
	for range n {
		if err := t.key(depth + 1); err != nil {
			return err
		}
	}
	t.out = append(t.out, 't')
	return nil
}
