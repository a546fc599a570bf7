package redisstore

import (
	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/djangocache"
)

// Serializer turns sessions into bytes and back. [Pickle], [JSON] and package msgpack have
// those of Django and django-redis. It must be safe for concurrent use.
type Serializer interface {
	// Append appends the bytes of a record's values.
	Append(dst []byte, r saltine.Record) ([]byte, error)
	// Parse takes a record's values from data, which it must not keep. The error is of
	// kind saltine.ErrMalformed for what it cannot read, or saltine.ErrTooLarge for
	// what has, or unfolds to, more than maxLen bytes.
	Parse(r *saltine.Record, data []byte, maxLen int) error
}

// Pickle returns the serializer of Python's pickle: see [saltine.Record.ParsePickle], to
// which keepForeign goes. It writes protocol 2, which every Python reads.
//
// Django: RedisSerializer; django-redis: PickleSerializer.
func Pickle(keepForeign bool) Serializer { return pickled{keepForeign} }

type pickled struct{ keepForeign bool }

// Append implements [Serializer].
func (pickled) Append(dst []byte, r saltine.Record) ([]byte, error) { return r.AppendPickle(dst) }

// Parse implements [Serializer].
func (p pickled) Parse(r *saltine.Record, data []byte, maxLen int) error {
	return r.ParsePickle(data, maxLen, p.keepForeign)
}

// JSON returns the serializer of JSON. Writing to the cache runs no code in a Django that
// uses it.
//
// django-redis: JSONSerializer.
func JSON() Serializer { return jsonText{} }

type jsonText struct{}

// Append implements [Serializer].
func (jsonText) Append(dst []byte, r saltine.Record) ([]byte, error) { return r.AppendJSON(dst) }

// Parse implements [Serializer].
func (jsonText) Parse(r *saltine.Record, data []byte, maxLen int) error {
	if err := djangocache.CheckLen("payload", len(data), maxLen); err != nil {
		return err
	}
	return r.ParseJSON(data)
}
