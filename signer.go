package saltine

import (
	"cmp"
	"crypto"
	"crypto/hmac"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
	"sync"
	"time"
)

// The limits where [Options] sets none.
const (
	defaultMaxToken   = 64 << 10
	defaultMaxPayload = 1 << 20
)

// Options are the settings of a signer. The zero value, and a nil *Options,
// is Django's defaults. Constructors copy what they need: you may change or reuse
// the struct afterwards.
type Options struct {
	// Salt separates purposes. Empty means the default of the constructor or
	// function. (Django's dumps and loads take an empty salt for that of
	// TimestampSigner, "django.core.signing.TimestampSigner".)
	Salt Salt

	// Separator stands between value, timestamp and signature. Empty means
	// ":". At least one character must be none of A-Z a-z 0-9 - _ = [ \ ] ^ `
	// (Django's rule). Django: sep.
	Separator string

	// Serializer makes payloads out of objects. nil means JSONSerializer.
	// Django: serializer, SESSION_SERIALIZER.
	Serializer Serializer

	// Compression says when objects are compressed on writing; reading takes
	// both forms. Django: compress.
	Compression Compression

	// MinCompress is the length in bytes from which payloads are compressed. 0
	// means 48. With 1 every payload is compressed that gets shorter by it.
	MinCompress int

	// MaxTokenLen is the longest token that is read or that an object is
	// signed into, in bytes. 0 means 64 KiB, far above what any browser or proxy
	// lets through.
	MaxTokenLen int

	// MaxPayloadLen is the longest payload, in bytes, before compression and
	// after inflation. 0 means 1 MiB.
	MaxPayloadLen int

	// Now is the clock. nil means time.Now. It must be safe for concurrent
	// use.
	Now func() time.Time

	// OnVerify, if not nil, is called for every token whose signature and age
	// are good, before its payload is read. Count by it which old keys and
	// algorithms are still in use. It is called on the goroutine that verifies and
	// must be safe for concurrent use.
	OnVerify func(Verification)
}

// Verification says how a token was verified.
type Verification struct {
	// KeyIndex is 0 for the signing key, and n for the nth fallback.
	KeyIndex int
	// Algorithm that made the signature. It is 0 where no token was verified.
	Algorithm crypto.Hash
	// Legacy says that Algorithm is one of KeyringOptions.LegacyAlgorithms.
	Legacy bool
	// SignedAt is the time in the token, in whole seconds; the zero time where
	// the format has none. It saturates some billion years away from now.
	SignedAt time.Time
	// Age of the token by the signer's clock, negative for one from the
	// future. It saturates at about 292 years.
	Age time.Duration
	// Size of the token in bytes.
	Size int
	// Compressed says that the value starts with the dot of a compressed
	// payload.
	Compressed bool
}

// NeedsResign reports whether a fallback key or a legacy algorithm made the
// signature. Once no token needs it, the old key or algorithm may go.
func (v Verification) NeedsResign() bool { return v.KeyIndex > 0 || v.Legacy }

// Signer signs text, without a timestamp. It is immutable and safe for
// concurrent use. The zero Signer has no key: methods that return an error return
// one of kind [ErrInvalidKey], and Sign panics.
//
// Django: signing.Signer.
type Signer struct {
	sep        string
	slots      []*slot // the first one signs; pointers, which fmt does not follow
	serializer Serializer
	envelope   envelope
	maxToken   int
	now        func() time.Time
	onVerify   func(Verification)
	states     sync.Pool // of *state
}

// slot is one key under one algorithm.
type slot struct {
	derived   []byte
	algorithm crypto.Hash
	length    int // of a signature's text, in bytes
	keyIndex  int
	legacy    bool
}

// NewSigner returns a Signer. The error is of kind [ErrInvalidKey] or
// [ErrInvalidOption].
//
// Django: Signer(key=..., salt=..., ...); the default salt is
// "django.core.signing.Signer".
func NewSigner(keys Keyring, opts *Options) (*Signer, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	s := &Signer{}
	if err := s.init(keys, o, saltSigner, CompressionNone); err != nil {
		return nil, err
	}
	return s, nil
}

// init makes the zero Signer ready. The salt and the compression stand where the
// options have none.
func (s *Signer) init(keys Keyring, o Options, salt Salt, compression Compression) error {
	o.complete(salt, compression)
	if err := o.check(); err != nil {
		return err
	}
	if err := keys.check(); err != nil {
		return err
	}
	s.sep = o.Separator
	s.slots = newSlots(keys, o.Salt)
	s.serializer = o.Serializer
	s.envelope = envelope{o.Compression, o.MinCompress, o.MaxPayloadLen}
	s.maxToken = o.MaxTokenLen
	s.now = o.Now
	s.onVerify = o.OnVerify
	return nil
}

// complete puts defaults where nothing is set.
func (o *Options) complete(salt Salt, compression Compression) {
	o.Salt = cmp.Or(o.Salt, salt)
	o.Separator = cmp.Or(o.Separator, ":")
	o.Compression = cmp.Or(o.Compression, compression)
	o.MinCompress = cmp.Or(o.MinCompress, minCompress)
	o.MaxTokenLen = cmp.Or(o.MaxTokenLen, defaultMaxToken)
	o.MaxPayloadLen = cmp.Or(o.MaxPayloadLen, defaultMaxPayload)
	if o.Serializer == nil {
		o.Serializer = JSONSerializer{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// check refuses complete options that are wrong.
func (o *Options) check() error {
	switch {
	case !safeSeparator(o.Separator):
		return invalidOption("unsafe Separator: it needs a character other than A-Z a-z 0-9 - _ = [ \\ ] ^ `")
	case isNil(o.Serializer):
		return invalidOption("Serializer is a nil pointer")
	case o.MinCompress < 0:
		return invalidOption("MinCompress is negative")
	case o.MaxTokenLen < 0:
		return invalidOption("MaxTokenLen is negative")
	case o.MaxPayloadLen < 0:
		return invalidOption("MaxPayloadLen is negative")
	}
	return o.Compression.check()
}

// safeSeparator reports whether a separator cannot occur in a timestamp or a
// signature. It is Django's `^[A-z0-9-_=]*$`, negated: that range also holds
// the six characters between Z and a, and its $ also matches before a final
// newline.
func safeSeparator(sep string) bool {
	sep = strings.TrimSuffix(sep, "\n")
	return strings.ContainsFunc(sep, func(r rune) bool {
		return !(r >= 'A' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '=')
	})
}

// newSlots derives every key once: each algorithm in turn, with every key.
func newSlots(keys Keyring, salt Salt) []*slot {
	ring := keys.ring
	rows := make([]slot, 0, len(ring.algorithms)*len(ring.keys))
	slots := make([]*slot, 0, cap(rows))
	for i, algorithm := range ring.algorithms {
		for j, key := range ring.keys {
			rows = append(rows, slot{derive(algorithm, salt, signerSuffix, key), algorithm, signatureLen(algorithm), j, i > 0})
			slots = append(slots, &rows[len(rows)-1])
		}
	}
	return slots
}

// Format writes the type's name only, whatever the verb: a Signer holds keys.
func (s *Signer) Format(f fmt.State, _ rune) { formatName(f, "saltine.Signer") }

// state is the scratch of one call. States are pooled; nothing in one outlives its
// call.
type state struct {
	macs   []hash.Hash // by slot, made on first use
	digest [maxDigest]byte
	sig    [(maxDigest*8 + 5) / 6]byte // the right signature
	chunk  [2048]byte                  // of what is hashed
	packed []byte                      // compressed payload
	out    []byte                      // payload
	token  []byte
}

// maxRetained is the largest buffer that a pooled state keeps, in bytes.
const maxRetained = 16 << 10

func (s *Signer) get() *state {
	if st, ok := s.states.Get().(*state); ok {
		return st
	}
	return &state{macs: make([]hash.Hash, len(s.slots))}
}

func (s *Signer) put(st *state) {
	if cap(st.packed) > maxRetained {
		st.packed = nil
	}
	if cap(st.out) > maxRetained {
		st.out = nil
	}
	if cap(st.token) > maxRetained {
		st.token = nil
	}
	s.states.Put(st)
}

// signature returns the signature of msg by slot i, in st.
func signature[T string | []byte](s *Signer, st *state, i int, msg T) []byte {
	slot, mac := s.slots[i], st.macs[i]
	if mac == nil {
		mac = hmac.New(slot.algorithm.New, slot.derived)
		st.macs[i] = mac
	}
	mac.Reset()
	for len(msg) > 0 { // by chunks, so that msg does not escape to the heap
		n := copy(st.chunk[:], msg)
		mac.Write(st.chunk[:n])
		msg = msg[n:]
	}
	digest := mac.Sum(st.digest[:0])
	sig := st.sig[:slot.length]
	base64.RawURLEncoding.Encode(sig, digest)
	return sig
}

// time returns the time of the signer's clock.
func (s *Signer) time() time.Time {
	if s.now == nil {
		return time.Now()
	}
	return s.now()
}

// check refuses the zero Signer.
func (s *Signer) check() error {
	if len(s.slots) == 0 {
		return errEmptyKeyring
	}
	return nil
}

// verify checks the signature of token and returns the value that it signs, and the
// slot that signed. Nothing else of the token is looked at before.
//
// A signature's length is known and its alphabet holds no legal separator, so
// the last separator, if the signature is good, stands just before it.
func (s *Signer) verify(st *state, token string) (value string, by *slot, err error) {
	if err := s.check(); err != nil {
		return "", nil, err
	}
	err = errNoSeparator
	for i, slot := range s.slots {
		end := len(token) - slot.length - len(s.sep)
		if end < 0 || token[end:end+len(s.sep)] != s.sep {
			continue
		}
		given := token[len(token)-slot.length:]
		if len(token) > s.maxToken {
			if isSignatureText(given) {
				err = &SizeError{What: "token", Size: len(token), Limit: s.maxToken}
			}
			continue
		}
		if subtle.ConstantTimeCompare([]byte(given), signature(s, st, i, token[:end])) == 1 {
			return token[:end], slot, nil
		}
		err = errMismatch
	}
	return "", nil, err
}

// isSignatureText separates a token that is only too long from junk, which is a
// bad signature whatever its size.
func isSignatureText(given string) bool {
	for i := range len(given) {
		c := given[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// report puts into v how a value, in a token of this size, was verified, by which slot,
// and calls the hook.
func (s *Signer) report(v *Verification, by *slot, size int, value string) {
	v.KeyIndex = by.keyIndex
	v.Algorithm = by.algorithm
	v.Legacy = by.legacy
	v.Size = size
	v.Compressed = isCompressed(value)
	if s.onVerify != nil {
		s.onVerify(*v)
	}
}

// Sign returns value, the separator and the signature of value. Any value can
// be signed; Django can read only those that are UTF-8.
//
// Django: Signer.sign.
func (s *Signer) Sign(value string) string {
	st := s.get()
	defer s.put(st)
	st.token = s.appendSignature(append(st.token[:0], value...), 0, st)
	return string(st.token)
}

// appendSignature signs dst[from:] and appends separator and signature.
func (s *Signer) appendSignature(dst []byte, from int, st *state) []byte {
	if err := s.check(); err != nil {
		panic(err)
	}
	sig := signature(s, st, 0, dst[from:])
	dst = append(dst, s.sep...)
	return append(dst, sig...)
}

// Unsign returns the value that was signed. The error is of kind [ErrBadSignature]
// or, for a token over the limit, [ErrTooLarge].
//
// Django: Signer.unsign.
func (s *Signer) Unsign(token string) (string, error) {
	st := s.get()
	defer s.put(st)
	value, _, err := s.unsign(st, token)
	return value, err
}

// unsign verifies token and returns the value.
func (s *Signer) unsign(st *state, token string) (string, Verification, error) {
	value, by, err := s.verify(st, token)
	if err != nil {
		return "", Verification{}, err
	}
	var v Verification
	s.report(&v, by, len(token), value)
	return value, v, nil
}

// Verify checks the signature of token and returns how it was verified. The
// errors are those of [Signer.Unsign]. It allocates nothing.
func (s *Signer) Verify(token string) (Verification, error) {
	st := s.get()
	defer s.put(st)
	_, v, err := s.unsign(st, token)
	return v, err
}

// SignObject serializes v, compresses it if the options say so, and signs it.
// The error is of kind [ErrUnsupported] or [ErrTooLarge].
//
// Django: Signer.sign_object.
func (s *Signer) SignObject(v any) (string, error) {
	st := s.get()
	defer s.put(st)
	payload, err := s.dumps(st, v)
	if err != nil {
		return "", err
	}
	if st.token, err = s.envelope.wrap(st.token[:0], payload, &st.packed); err != nil {
		return "", err
	}
	if st.token, err = s.seal(st.token, 0, st); err != nil {
		return "", err
	}
	return string(st.token), nil
}

// UnsignObject verifies token and reads its object into v, as the serializer
// does. v is changed only after the signature is verified. The error is of kind
// [ErrBadSignature], [ErrMalformed], [ErrTooLarge] or [ErrWrongType].
//
// Django: Signer.unsign_object.
func (s *Signer) UnsignObject(token string, v any) error {
	st := s.get()
	defer s.put(st)
	value, _, err := s.unsign(st, token)
	if err != nil {
		return err
	}
	if st.out, err = s.envelope.unwrap(st.out[:0], value, &st.packed); err != nil {
		return err
	}
	return s.serializer.Loads(st.out, v)
}

// dumps returns the payload for v, which is good until st is used again. Only a
// slice of our own serializer goes back into the pool: another one's may be its own.
func (s *Signer) dumps(st *state, v any) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	payload, err := s.serializer.Dumps(st.out[:0], v)
	if err != nil {
		return nil, err
	}
	if isPlainJSON(s.serializer) {
		st.out = payload
	}
	return payload, nil
}

// seal signs dst[from:] and refuses a token that it would not read itself.
func (s *Signer) seal(dst []byte, from int, st *state) ([]byte, error) {
	dst = s.appendSignature(dst, from, st)
	if err := checkSize("token", len(dst)-from, s.maxToken); err != nil {
		return dst[:from], err
	}
	return dst, nil
}
