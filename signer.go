package saltine

import (
	"crypto/hmac"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits that apply where [Options] sets none.
const (
	// DefaultMaxTokenLen is far above what any browser or proxy lets through.
	DefaultMaxTokenLen = 64 << 10
	// DefaultMaxPayloadLen is the most that a token may inflate to.
	DefaultMaxPayloadLen = 1 << 20
)

// Options are the settings of a signer. The zero value, and a nil *Options,
// is Django's defaults. NewX copies what it needs: the struct and its slices
// may be changed or reused afterwards.
type Options struct {
	// Salt separates purposes. Empty means the default of the constructor or
	// function. (Django's dumps and loads take an empty salt for that of
	// TimestampSigner: pass SaltTimestampSigner for it.)
	Salt Salt

	// Separator stands between value, timestamp and signature. Empty means
	// ":". At least one character must be none of A-Z a-z 0-9 - _ = [ \ ] ^ `
	// (Django's rule). Django: sep.
	Separator string

	// Algorithm signs, and verifies. The zero value is SHA256.
	// Django: algorithm, DEFAULT_HASHING_ALGORITHM (3.1 and 3.2).
	Algorithm Algorithm

	// Fallbacks are earlier keys. They verify, in order, after the signing
	// key, and never sign. Django: SECRET_KEY_FALLBACKS.
	Fallbacks []Key

	// LegacyAlgorithms verify, in order, after Algorithm, each with every
	// key. They never sign. SHA1 reads what Django 1.4 to 3.0 signed.
	// Django: legacy_algorithm (3.1 and 3.2).
	LegacyAlgorithms []Algorithm

	// Serializer makes payloads out of objects. nil means JSONSerializer.
	// Django: serializer, SESSION_SERIALIZER.
	Serializer Serializer

	// Compression says when objects are compressed on writing; reading takes
	// both forms. Django: compress.
	Compression Compression

	// MinCompress is the length in bytes from which payloads are compressed. 0
	// means DefaultMinCompress, 1 every payload that it makes shorter.
	MinCompress int

	// MaxTokenLen is the longest token that is read or that an object is
	// signed into, in bytes. 0 means DefaultMaxTokenLen.
	MaxTokenLen int

	// MaxPayloadLen is the longest payload, in bytes, before compression and
	// after inflation. 0 means DefaultMaxPayloadLen.
	MaxPayloadLen int

	// Now is the clock. nil means time.Now. It must be safe for concurrent
	// use.
	Now func() time.Time

	// OnVerify, if not nil, is told of every token whose signature and age
	// are good, before its payload is read: which key may go, which algorithm
	// is still in use. It is called on the goroutine that verifies and must be
	// safe for concurrent use.
	OnVerify func(Verification)
}

// Verification tells how a token was verified.
type Verification struct {
	// Key is 0 for the signing key, and n for Fallbacks[n-1].
	Key int
	// Algorithm that made the signature.
	Algorithm Algorithm
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

	legacy bool
}

// NeedsResign says that a fallback key or a legacy algorithm made the
// signature: signing the value again lets the old key or algorithm go.
func (v Verification) NeedsResign() bool { return v.Key > 0 || v.legacy }

// Signer signs text, without a timestamp. It is immutable and safe for
// concurrent use.
//
// Django: signing.Signer.
type Signer struct {
	sep         string
	slots       []slot // the first one signs
	serializer  Serializer
	compression Compression
	minCompress int
	maxToken    int
	maxPayload  int
	now         func() time.Time
	onVerify    func(Verification)
	states      sync.Pool // of *state
}

// slot is one key under one algorithm.
type slot struct {
	derived   []byte
	algorithm Algorithm
	key       int
	legacy    bool
}

// NewSigner returns a Signer. The error is of kind [ErrInvalidKey] or
// [ErrInvalidOption].
//
// Django: Signer(key=..., salt=..., ...); the default salt is [SaltSigner].
func NewSigner(key Key, opts *Options) (*Signer, error) {
	return newSigner(key, opts, SaltSigner, CompressionNone)
}

func newSigner(key Key, opts *Options, salt Salt, compression Compression) (*Signer, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	if o.Salt == "" {
		o.Salt = salt
	}
	if o.Separator == "" {
		o.Separator = ":"
	}
	if o.Serializer == nil {
		o.Serializer = JSONSerializer{}
	}
	if o.Compression == CompressionDefault {
		o.Compression = compression
	}
	if o.MinCompress == 0 {
		o.MinCompress = DefaultMinCompress
	}
	if o.MaxTokenLen == 0 {
		o.MaxTokenLen = DefaultMaxTokenLen
	}
	if o.MaxPayloadLen == 0 {
		o.MaxPayloadLen = DefaultMaxPayloadLen
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	slots, err := newSlots(key, &o)
	if err != nil {
		return nil, err
	}
	return &Signer{
		sep:         o.Separator,
		slots:       slots,
		serializer:  o.Serializer,
		compression: o.Compression,
		minCompress: o.MinCompress,
		maxToken:    o.MaxTokenLen,
		maxPayload:  o.MaxPayloadLen,
		now:         o.Now,
		onVerify:    o.OnVerify,
	}, nil
}

// check validates what newSlots does not.
func (o *Options) check() error {
	switch {
	case !safeSeparator(o.Separator):
		return invalidOption("unsafe Separator: it needs a character other than A-Z a-z 0-9 - _ = [ \\ ] ^ `")
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
func newSlots(key Key, o *Options) ([]slot, error) {
	var slots []slot
	for i, algorithm := range slices.Concat([]Algorithm{o.Algorithm}, o.LegacyAlgorithms) {
		if err := algorithm.check(); err != nil {
			return nil, err
		}
		for j, k := range slices.Concat([]Key{key}, o.Fallbacks) {
			if k == "" && j > 0 {
				return nil, fmt.Errorf("%w (Fallbacks[%d])", errEmptyKey, j-1)
			}
			if k == "" {
				return nil, errEmptyKey
			}
			slots = append(slots, slot{derive(algorithm, o.Salt, signerSuffix, k), algorithm, j, i > 0})
		}
	}
	return slots, nil
}

// Format writes the type's name only, whatever the verb: a Signer holds keys.
func (s *Signer) Format(f fmt.State, _ rune) { formatName(f, "saltine.Signer") }

func formatName(f fmt.State, name string) {
	io.WriteString(f, name+"("+redacted+")") //nolint:errcheck // fmt has nowhere to report it
}

// text is what tokens come as. Functions over it copy nothing.
type text interface{ ~string | ~[]byte }

// state is the scratch of one call. States are pooled and hold nothing of a
// call that is still meant for anyone.
type state struct {
	macs   []hash.Hash // by slot, made on first use
	digest [maxDigest]byte
	sig    [(maxDigest*8 + 5) / 6]byte // the right signature
	chunk  [2048]byte                  // of what is hashed
	buf    []byte                      // compressed payload
	out    []byte                      // payload
	token  []byte
	now    time.Time // when the age of the token was checked
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
	if cap(st.buf) > maxRetained {
		st.buf = nil
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
func signature[T text](s *Signer, st *state, i int, msg T) []byte {
	mac := st.macs[i]
	if mac == nil {
		mac = hmac.New(s.slots[i].algorithm.hash, s.slots[i].derived)
		st.macs[i] = mac
	}
	mac.Reset()
	for len(msg) > 0 {
		n := copy(st.chunk[:], msg)
		mac.Write(st.chunk[:n])
		msg = msg[n:]
	}
	digest := mac.Sum(st.digest[:0])
	sig := st.sig[:s.slots[i].algorithm.SignatureLen()]
	base64.RawURLEncoding.Encode(sig, digest)
	return sig
}

// verify checks the signature of token and returns what it signs, and the slot
// that signed. Nothing else of the token is looked at before.
//
// A signature's length is known and its alphabet holds no legal separator, so
// the last separator, if the signature is good, stands just before it.
func verify[T text](s *Signer, st *state, token T) (value T, by *slot, err error) {
	err = errNoSeparator
	for i := range s.slots {
		n := s.slots[i].algorithm.SignatureLen()
		end := len(token) - n - len(s.sep)
		if !hasAt(token, end, s.sep) {
			continue
		}
		given := token[len(token)-n:]
		if len(token) > s.maxToken {
			if isSignatureText(given) {
				err = &SizeError{What: "token", Size: len(token), Limit: s.maxToken}
			}
			continue
		}
		if subtle.ConstantTimeCompare([]byte(given), signature(s, st, i, token[:end])) == 1 {
			return token[:end], &s.slots[i], nil
		}
		err = errMismatch
	}
	return value, nil, err
}

// hasAt reports whether sep stands in s at i.
func hasAt[T text](s T, i int, sep string) bool {
	if i < 0 || len(s)-i < len(sep) {
		return false
	}
	for j := range len(sep) {
		if s[i+j] != sep[j] {
			return false
		}
	}
	return true
}

// isSignatureText tells junk, a bad signature whatever its size, from a token
// that is only too long to be verified.
func isSignatureText[T text](given T) bool {
	for i := range len(given) {
		c := given[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// report fills v for a value that by signed, and tells the hook.
func report[T text](s *Signer, v *Verification, by *slot, token, value T) {
	v.Key = by.key
	v.Algorithm = by.algorithm
	v.legacy = by.legacy
	v.Size = len(token)
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
	return value + s.sep + string(signature(s, st, 0, value))
}

// AppendSign appends the signed value to dst and returns it. It allocates
// nothing where dst has room. value may be what dst already ends with, as in
// AppendSign(buf[:0], buf), but may not overlap dst in another way.
func (s *Signer) AppendSign(dst, value []byte) []byte {
	st := s.get()
	defer s.put(st)
	return s.appendSignature(append(dst, value...), len(dst), st)
}

// appendSignature signs dst[from:] and appends separator and signature.
func (s *Signer) appendSignature(dst []byte, from int, st *state) []byte {
	sig := signature(s, st, 0, dst[from:])
	dst = append(dst, s.sep...)
	return append(dst, sig...)
}

// Unsign returns the value that token was made of. The error is of kind
// [ErrBadSignature] or, for a token over the limit, [ErrTooLarge].
//
// Django: Signer.unsign.
func (s *Signer) Unsign(token string) (string, error) { return unsign(s, token) }

// UnsignBytes is Unsign for bytes. It returns a sub-slice of token and
// allocates nothing.
func (s *Signer) UnsignBytes(token []byte) ([]byte, error) { return unsign(s, token) }

func unsign[T text](s *Signer, token T) (T, error) {
	st := s.get()
	defer s.put(st)
	var v Verification
	return open(s, st, token, &v)
}

// open verifies token, fills v and returns the value.
func open[T text](s *Signer, st *state, token T, v *Verification) (T, error) {
	value, by, err := verify(s, st, token)
	if err == nil {
		report(s, v, by, token, value)
	}
	return value, err
}

// Verify checks the signature of token and tells how it was verified. The
// errors are those of [Signer.Unsign]. It allocates nothing.
func (s *Signer) Verify(token string) (Verification, error) {
	st := s.get()
	defer s.put(st)
	var v Verification
	_, err := open(s, st, token, &v)
	return v, err
}

// SignObject serializes v, compresses it if the options say so, and signs it.
// The error is of kind [ErrUnsupported] or [ErrTooLarge].
//
// Django: Signer.sign_object.
func (s *Signer) SignObject(v any) (string, error) {
	st := s.get()
	defer s.put(st)
	payload, err := s.serialize(st, v)
	if err != nil {
		return "", err
	}
	if st.token, err = s.appendEnvelope(st.token[:0], st, payload); err != nil {
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
	value, err := open(s, st, token, new(Verification))
	if err != nil {
		return err
	}
	st.out, err = appendPayload(s, st, st.out[:0], value)
	if err != nil {
		return err
	}
	return s.serializer.Loads(st.out, v)
}

// seal signs dst[from:] and refuses a token that it would not read itself.
func (s *Signer) seal(dst []byte, from int, st *state) ([]byte, error) {
	dst = s.appendSignature(dst, from, st)
	if err := checkSize("token", len(dst)-from, s.maxToken); err != nil {
		return dst[:from], err
	}
	return dst, nil
}
