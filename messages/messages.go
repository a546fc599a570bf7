// Package messages reads and writes the cookie of django.contrib.messages.
//
// Make one [Codec] at start and share it:
//
//	codec, err := messages.New(key, nil)
//
// [Codec.Decode] returns the messages in a request's cookie "messages", and
// [Codec.Fit] makes the value of the cookie to set from as many messages as
// there is room for. Carrying it is the caller's. Django sets the cookie with
// the path "/", without a lifetime, and with the domain, Secure, HttpOnly and
// SameSite of its session cookie. It deletes the cookie when all messages were
// shown, and when it cannot be read.
//
// Messages are signed with a time, but no age is ever checked: a cookie is good
// for as long as its key. Anybody who has it can read it.
//
// # Forms
//
// Django 3.2 and later write a signed and compressed object; that is what this
// package writes, and reads unless asked for more. Its characters need no
// quotes in a cookie.
//
// Django 3.1 wrote JSON in the clear with a signature behind it, and Django 1.4
// to 3.0 wrote it with an HMAC-SHA1 in front: [Options.AcceptDjango31] and
// [Options.AcceptDjango14] read these too. Their JSON has characters that Python
// escapes in a cookie and that net/http's Request.Cookie does not take: take
// such a cookie from the headers with FindCookie of package carrier. What Decode
// takes is the value without quotes and escapes.
package messages

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/cookiesigner"
)

// DefaultMaxSize is the longest cookie value that is written, in bytes, where
// [Options] does not say another. Django: CookieStorage.max_cookie_size.
const DefaultMaxSize = 2048

// Options are the settings of a [Codec]. The zero value, and a nil *Options, is
// the defaults of Django's CookieStorage since 4.1. [New] copies what it needs.
type Options struct {
	// Salt of the signature. Empty means saltine.SaltMessages. The form of
	// Django 1.4 to 3.0 has no other. Django: key_salt.
	Salt saltine.Salt

	// AcceptDjango31 also reads the form of Django 3.1.
	AcceptDjango31 bool

	// AcceptDjango14 also reads the form of Django 1.4 to 3.0, whose signature
	// is HMAC-SHA1 with the keys as they are. New refuses it in FIPS 140-only
	// mode.
	AcceptDjango14 bool

	// Algorithm, Fallbacks and LegacyAlgorithms are those of saltine.Options.
	Algorithm        saltine.Algorithm
	Fallbacks        []saltine.Key
	LegacyAlgorithms []saltine.Algorithm

	// MaxSize is the longest cookie value that is written, in bytes. 0 means
	// DefaultMaxSize.
	MaxSize int

	// KeepOldest has Fit keep the first messages and return the last ones,
	// which belong into a second storage, as Django's default, FallbackStorage,
	// does with the session. By default Fit keeps the last ones, as
	// CookieStorage alone does.
	KeepOldest bool

	// MaxTokenLen is the longest cookie value that is read, in bytes, and
	// MaxPayloadLen the longest JSON. 0 means the defaults of saltine.Options.
	MaxTokenLen   int
	MaxPayloadLen int

	// Now is the clock. nil means time.Now. It must be safe for concurrent
	// use.
	Now func() time.Time

	// OnVerify, if not nil, is told of every cookie whose signature is good,
	// before its messages are read. It is called on the goroutine that
	// decodes and must be safe for concurrent use.
	OnVerify func(Verification)
}

// Verification tells how a cookie was verified.
type Verification struct {
	// Verification is that of the signature. A cookie of Django 1.4 to 3.0 has
	// no time, and no age.
	saltine.Verification
	// Form of the cookie.
	Form Form
}

// NeedsResign says that an older form, a fallback key or a legacy algorithm
// made the signature.
func (v Verification) NeedsResign() bool {
	return v.Form != Django32 || v.Verification.NeedsResign()
}

// Codec reads and writes the cookie's value. It is immutable and safe for
// concurrent use.
//
// Django: django.contrib.messages.storage.cookie.CookieStorage.
type Codec struct {
	signer     *saltine.TimestampSigner
	django31   *saltine.TimestampSigner // nil if not accepted
	django14   []saltine.Key            // nil if not accepted
	maxSize    int
	maxToken   int
	maxPayload int
	keepOldest bool
	onVerify   func(Verification)
}

// New returns a Codec. The keys are Django's SECRET_KEY and
// SECRET_KEY_FALLBACKS as they are. The error is of kind
// [saltine.ErrInvalidKey] or [saltine.ErrInvalidOption].
func New(key saltine.Key, opts *Options) (*Codec, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	if o.Salt == "" {
		o.Salt = saltine.SaltMessages
	}
	if o.MaxSize == 0 {
		o.MaxSize = DefaultMaxSize
	}
	if o.MaxTokenLen == 0 {
		o.MaxTokenLen = saltine.DefaultMaxTokenLen
	}
	if o.MaxPayloadLen == 0 {
		o.MaxPayloadLen = saltine.DefaultMaxPayloadLen
	}
	if o.MaxSize < 0 {
		return nil, fmt.Errorf("%w: MaxSize is negative", saltine.ErrInvalidOption)
	}
	c := &Codec{maxSize: o.MaxSize, maxToken: o.MaxTokenLen, maxPayload: o.MaxPayloadLen, keepOldest: o.KeepOldest, onVerify: o.OnVerify}
	var err error
	if c.signer, err = c.newSigner(key, &o, Django32); err != nil {
		return nil, err
	}
	if o.AcceptDjango31 {
		if c.django31, err = c.newSigner(key, &o, Django31); err != nil {
			return nil, err
		}
	}
	if o.AcceptDjango14 {
		c.django14 = slices.Concat([]saltine.Key{key}, o.Fallbacks)
		if _, err = hexHMAC(key, ""); err != nil { // no SHA-1 in FIPS 140-only mode
			return nil, err
		}
	}
	return c, nil
}

func (c *Codec) newSigner(key saltine.Key, o *Options, form Form) (*saltine.TimestampSigner, error) {
	return cookiesigner.New(key, saltine.Options{
		Salt:             o.Salt,
		Algorithm:        o.Algorithm,
		Fallbacks:        o.Fallbacks,
		LegacyAlgorithms: o.LegacyAlgorithms,
		Compression:      saltine.CompressionBest,
		MaxTokenLen:      o.MaxTokenLen,
		MaxPayloadLen:    o.MaxPayloadLen,
		Now:              o.Now,
		OnVerify:         func(v saltine.Verification) { c.report(v, form) },
	})
}

func (c *Codec) report(v saltine.Verification, form Form) {
	if c.onVerify != nil {
		c.onVerify(Verification{v, form})
	}
}

// Format writes the type's name only, whatever the verb: a Codec holds keys.
func (c *Codec) Format(f fmt.State, _ rune) {
	io.WriteString(f, "messages.Codec([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// Encode returns the cookie's value for all messages of the list, or "" for an
// empty list: delete the cookie then. The error is of kind
// [saltine.ErrTooLarge] where they do not fit, or [saltine.ErrUnsupported] for a
// text that is not UTF-8.
func (c *Codec) Encode(list []Message) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	return c.sign(list, true)
}

// Fit returns the cookie's value for as many messages of the list as fit, and
// the rest, a part of list in its order. Where there is a rest, the cookie is
// marked as not complete. What Django does with the rest depends on its
// storage: see [Options.KeepOldest]. The errors are those of [Codec.Encode],
// but [saltine.ErrTooLarge] only where not even the mark fits.
//
// Django: CookieStorage.update.
func (c *Codec) Fit(list []Message) (cookie string, rest []Message, err error) {
	cookie, err = c.Encode(list)
	if !errors.Is(err, saltine.ErrTooLarge) {
		return cookie, nil, err
	}
	least := sort.Search(len(list), func(i int) bool {
		kept, _ := c.split(list, i+1)
		fitting, tooLarge := c.sign(kept, false)
		if tooLarge == nil {
			cookie = fitting
		}
		return tooLarge == nil
	})
	if least == len(list) {
		return "", nil, err
	}
	_, rest = c.split(list, least+1)
	return cookie, rest, nil
}

// split takes n messages away from the list.
func (c *Codec) split(list []Message, n int) (kept, rest []Message) {
	if c.keepOldest {
		return list[:len(list)-n], list[len(list)-n:]
	}
	return list[n:], list[:n:n]
}

func (c *Codec) sign(list []Message, complete bool) (string, error) {
	token, err := c.signer.SignObject(toJSON(list, complete))
	if err != nil {
		return "", err
	}
	if len(token) > c.maxSize {
		return "", &saltine.SizeError{What: "token", Size: len(token), Limit: c.maxSize}
	}
	return token, nil
}

// Decode returns the messages in a cookie's value, oldest first, and whether
// these are all: if not, the others did not fit, and were kept elsewhere or
// lost. An empty value has no messages. No age is checked.
//
// The error is of kind [saltine.ErrBadSignature], [saltine.ErrMalformed] or
// [saltine.ErrTooLarge]. Django takes a cookie that it refuses for none.
func (c *Codec) Decode(cookie string) (list []Message, complete bool, err error) {
	if cookie == "" {
		return nil, true, nil
	}
	v, form, err := c.open(cookie)
	if err != nil {
		return nil, false, err
	}
	return fromJSON(v, form)
}
