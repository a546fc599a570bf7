package fuzz_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
)

// FuzzInflate signs any bytes as a compressed payload. What the standard library
// inflates comes out, what it refuses is malformed, what is over the limit is too
// large, and what is both is one or the other. The memory that is used depends on
// the limit and the token, and not on what they would inflate to.
func FuzzInflate(f *testing.F) {
	for _, stream := range streams() {
		f.Add(stream)
	}
	s := newInflating()
	f.Fuzz(func(t *testing.T, stream []byte) {
		if base64.RawURLEncoding.EncodedLen(len(stream)) > maxTokenLen-64 {
			t.Skip("too long for a token")
		}
		token := s.signer.Sign("." + base64.RawURLEncoding.EncodeToString(stream) + ":1r31eq")
		want, kinds := inflate(stream)

		before := allocated()
		got, err := s.timestamp.AppendUnsignPayload(nil, token, saltine.NoMaxAge)
		requireMemory(t, before, 4*inflatedLimit)

		requireKind(t, "AppendUnsignPayload", err, kinds...)
		if !bytes.Equal(want, got) {
			t.Fatalf("%d bytes came out, want %d", len(got), len(want))
		}
		checkLimit(t, err)
		checkDecodedMemory(t, s, token, kindOf(t, err))
	})
}

// inflatedLimit is the limit of payloads here. The seeds reach beyond it.
const inflatedLimit = 32 << 10

type inflating struct {
	signer    *saltine.Signer
	timestamp *saltine.TimestampSigner
	store     *saltine.CookieStore
}

func newInflating() *inflating {
	opts := saltine.Options{
		Salt: "django.contrib.sessions.backends.signed_cookies", MaxTokenLen: maxTokenLen, MaxPayloadLen: inflatedLimit, Now: startClock,
	}
	return &inflating{
		signer:    must(saltine.NewSigner(testKeys, &opts)),
		timestamp: must(saltine.NewTimestampSigner(testKeys, &opts)),
		store: must(saltine.NewCookieStore(testKeys, &saltine.StoreOptions{
			MaxTokenLen: opts.MaxTokenLen, MaxPayloadLen: opts.MaxPayloadLen, Now: opts.Now,
		})),
	}
}

// maxInflated is how much of a stream over the limit is looked at for faults.
const maxInflated = 16 << 20

// inflate is what the standard library makes of a stream, up to the limit, and
// how reading it may end.
func inflate(stream []byte) (payload []byte, kinds []string) {
	r, err := zlib.NewReader(bytes.NewReader(stream))
	if err != nil || stream[1]&0x20 != 0 { // package zlib takes the empty dictionary for none
		return nil, []string{malformed}
	}
	payload, err = io.ReadAll(io.LimitReader(r, inflatedLimit+1))
	switch {
	case len(payload) > inflatedLimit:
		if _, err = io.Copy(io.Discard, io.LimitReader(r, maxInflated)); err != nil {
			return nil, []string{tooLarge, malformed}
		}
		return nil, []string{tooLarge}
	case err != nil && len(puff(stream, inflatedLimit)) > inflatedLimit:
		return nil, []string{tooLarge, malformed}
	case err != nil:
		return nil, []string{malformed}
	}
	return payload, []string{good}
}

// checkLimit checks what an error says about the limit.
func checkLimit(t *testing.T, err error) {
	t.Helper()
	size, ok := errors.AsType[*saltine.SizeError](err)
	if ok && (size.What != "payload" || size.Size != inflatedLimit+1 || size.Limit != inflatedLimit || size.Values != nil) {
		t.Fatalf("%+v", size)
	}
}

// checkDecodedMemory reads the payload as a value and as a session. Go's values
// take more room than the text they were read from, for every byte at most this.
func checkDecodedMemory(t *testing.T, s *inflating, token, payloadKind string) {
	t.Helper()
	const perByte = 150
	before := allocated()
	var value any
	err := s.timestamp.UnsignObject(token, &value, saltine.NoMaxAge)
	requireMemory(t, before, perByte*inflatedLimit)
	if payloadKind == good {
		requireKind(t, "UnsignObject", err, good, malformed)
	} else {
		requireKind(t, "UnsignObject", err, payloadKind)
	}

	before = allocated()
	session, err := s.store.Load(token)
	requireMemory(t, before, perByte*inflatedLimit)
	if (session == nil) != (err != nil) {
		t.Fatalf("Load gives %p beside %v", session, err)
	}
}

// allocated is how many bytes were allocated on the heap so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// requireMemory fails if more was allocated, besides the state of a decompressor
// and the test's own.
func requireMemory(t *testing.T, before, most uint64) {
	t.Helper()
	const fixed = 512 << 10
	if used := allocated() - before; used > most+fixed {
		t.Fatalf("%d bytes were allocated, want at most %d", used, most+fixed)
	}
}

// streams are zlib streams, good and bad, and what is none.
func streams() [][]byte {
	texts := []string{
		``, `{}`, `{"a":1}`, `{"a":"` + strings.Repeat("ab", 500) + `"}`,
		strings.Repeat(" ", inflatedLimit), strings.Repeat(" ", inflatedLimit+1), strings.Repeat("\x00", 4<<20),
		strings.Repeat("[", inflatedLimit), "[" + strings.Repeat("[],", inflatedLimit/3-1) + "0]", "[" + strings.Repeat("0,", inflatedLimit/2-1) + "0]",
	}
	var all [][]byte
	for i, text := range texts {
		for level := zlib.HuffmanOnly; level <= zlib.BestCompression; level += 1 + i%3 {
			all = append(all, deflated(level, text, nil))
		}
	}
	sound := deflated(zlib.BestCompression, texts[3], nil)
	for _, at := range []int{0, 1, 2, 3, len(sound) / 2, len(sound) - 4, len(sound) - 1} {
		spoiled := bytes.Clone(sound)
		spoiled[at] ^= 0x40
		all = append(all, spoiled, sound[:at])
	}
	return append(all,
		cutAtLimit(),
		append(bytes.Clone(sound), "trailing"...),
		append(bytes.Clone(sound), sound...),
		sound[2:len(sound)-4],
		deflated(zlib.BestCompression, texts[3], []byte("dictionary")),
	)
}

// cutAtLimit returns a stream that ends in its middle, with some output beyond the limit:
// so far zlib itself inflates it, and package compress/zlib does not.
func cutAtLimit() []byte {
	return must(base64.StdEncoding.DecodeString("eNrtyEEBwCAMBDAvmEMBbXeY3yRMQPLM3gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
}

func deflated(level int, text string, dictionary []byte) []byte {
	var b bytes.Buffer
	w := must(zlib.NewWriterLevelDict(&b, level, dictionary))
	must(io.WriteString(w, text))
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}
