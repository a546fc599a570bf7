// Package messages shows messages on the next page that somebody sees, such as "Profile
// updated.", and keeps them as django.contrib.messages does, in a cookie and in the
// session: what a Go handler adds, a page of Django shows, and the other way round. It
// serves sites without Django just as well.
//
// Make one [Codec] at start and share it, and mount the middleware of package
// messageshttp, or open a [Visit] for each request yourself:
//
//	codec, err := messages.New(keys, nil)
//	flash, err := messageshttp.New(sessions, codec, nil)
//	handler := flash.Handler(mux)
//
// A handler adds a message and redirects, and the next page takes what is there:
//
//	err := messages.Add(ctx, messages.Success, "Profile updated.")
//
//	for _, m := range messages.Take(ctx) { … }
//
// # When messages go
//
// A message waits until a page takes it: a handler that neither adds nor takes changes
// nothing. What was taken counts as shown if the response is a page. A redirect, a 204
// or a 304 shows nothing, and keeps what its handler took. A response of 500 or more
// changes nothing, as it does not save the session: what was taken is shown again, and
// what was added is lost; so it is where the handler panics.
//
// Two pages that are loaded at the same time may both show a message, since both
// requests bring it. Of two responses that come side by side the later one says what is
// left, as with every cookie.
//
// Take before the first byte of the response is written. Then the headers are gone, and
// with them the chance to delete what was shown: Take returns nothing after that, the
// messages stay for the next page, and [Visit.Err] is [ErrLate].
//
// # The cookie alone
//
// [Codec.Decode] returns the messages in a request's cookie "messages". [Codec.Fit]
// makes the value of the cookie to set, from as many messages as there is room for. You
// take the value from the Cookie header and put it into the Set-Cookie header yourself.
// Django sets the cookie with the path "/", without a lifetime, and with the domain,
// Secure, HttpOnly and SameSite of its session cookie. It deletes the cookie when all
// messages were shown, and when it cannot read it.
//
// Messages are signed with a time, but no age is ever checked: a cookie is good for as
// long as its key. Anybody who has it can read it.
//
// # Forms
//
// Django 3.2 and later write a signed and compressed object. This package writes the
// same, and reads nothing else by default. Its characters need no quotes in a cookie.
//
// Django 3.1 wrote plain JSON with a signature behind it: [Options.AcceptDjango31]
// reads that too. Django 1.4 to 3.0 wrote plain JSON with an HMAC-SHA1 before it:
// [Options.AcceptDjango14] reads that too. Their JSON has characters that Python
// escapes in a cookie and that net/http's Request.Cookie does not accept: take such a
// cookie from the headers with FindCookie of package sessioncookie. Decode takes the
// value without quotes and escapes.
package messages

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"sort"
	"time"

	"github.com/seed-52756201/saltine"
)

// DefaultMaxSize is the longest cookie value that is written, in bytes, unless
// Options.MaxSize is set. Django: CookieStorage.max_cookie_size.
const DefaultMaxSize = 2048

// saltMessages is the salt of Django's CookieStorage.
const saltMessages saltine.Salt = "django.contrib.messages"

// The limits where [Options] sets none, those of saltine.Options.
const (
	defaultMaxToken   = 64 << 10
	defaultMaxPayload = 1 << 20
)

// Options are the settings of a [Codec]. The zero value, and a nil *Options, is
// the defaults of Django's CookieStorage since 4.1. [New] copies what it needs.
type Options struct {
	// Salt of the signature. Empty means "django.contrib.messages", which is always
	// the salt in the form of Django 1.4 to 3.0. Django: key_salt.
	Salt saltine.Salt

	// AcceptDjango31 also reads the form of Django 3.1.
	AcceptDjango31 bool

	// AcceptDjango14 also reads the form of Django 1.4 to 3.0. Its signature is an
	// HMAC-SHA1, with the keys as they are: import _ "crypto/sha1". New refuses the
	// option in FIPS 140-only mode.
	AcceptDjango14 bool

	// MaxSize is the longest cookie value that is written, in bytes. 0 means
	// DefaultMaxSize.
	MaxSize int

	// KeepOldest makes Fit keep the first messages and return the last ones: store
	// these elsewhere. Django's default, FallbackStorage, puts them into the session.
	// Without KeepOldest Fit keeps the last ones, as Django's CookieStorage does.
	KeepOldest bool

	// MaxTokenLen is the longest cookie value that is read, in bytes, and
	// MaxPayloadLen the longest JSON. 0 means 64 KiB and 1 MiB.
	MaxTokenLen   int
	MaxPayloadLen int

	// Storage says where a Visit keeps messages. The zero value is CookieThenSession.
	// Django: MESSAGE_STORAGE.
	Storage Storage

	// CookieName is the name of the cookie that a Visit reads. Empty means "messages".
	// Django: CookieStorage.cookie_name.
	CookieName string

	// MinLevel is the level below which a Visit drops messages. 0 means Info.
	// Django: MESSAGE_LEVEL.
	MinLevel Level

	// Now is the clock. nil means time.Now. It must be safe for concurrent use.
	Now func() time.Time

	// OnVerify, if not nil, is called for every cookie whose signature is good, before
	// its messages are read. It is called on the goroutine that decodes, and must be
	// safe for concurrent use.
	OnVerify func(Verification)
}

// Verification says how a cookie was verified.
type Verification struct {
	// Verification is that of the signature. A cookie of Django 1.4 to 3.0 has neither
	// a time nor an age.
	saltine.Verification
	// Form of the cookie.
	Form Form
}

// NeedsResign reports whether an older form, a fallback key or a legacy algorithm
// made the signature.
func (v Verification) NeedsResign() bool {
	return v.Form != Django32 || v.Verification.NeedsResign()
}

// Codec reads and writes the cookie's value. It is immutable and safe for
// concurrent use. The zero Codec has no key: its errors are of kind
// [saltine.ErrInvalidKey].
//
// Django: django.contrib.messages.storage.cookie.CookieStorage.
type Codec struct {
	opts     Options // complete
	keys     saltine.Keyring
	signer   *saltine.TimestampSigner
	django31 *saltine.TimestampSigner // nil if not accepted
}

// New returns a Codec. The keyring holds Django's SECRET_KEY and
// SECRET_KEY_FALLBACKS as they are. The error is of kind
// [saltine.ErrInvalidKey] or [saltine.ErrInvalidOption].
func New(keys saltine.Keyring, opts *Options) (*Codec, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	if o.Salt == "" {
		o.Salt = saltMessages
	}
	if o.MaxSize == 0 {
		o.MaxSize = DefaultMaxSize
	}
	if o.MaxTokenLen == 0 {
		o.MaxTokenLen = defaultMaxToken
	}
	if o.MaxPayloadLen == 0 {
		o.MaxPayloadLen = defaultMaxPayload
	}
	if o.CookieName == "" {
		o.CookieName = defaultCookieName
	}
	if o.MinLevel == 0 {
		o.MinLevel = Info
	}
	if o.Storage > SessionOnly {
		return nil, fmt.Errorf("%w: no such Storage", saltine.ErrInvalidOption)
	}
	if o.MaxSize < 0 {
		return nil, fmt.Errorf("%w: MaxSize is negative", saltine.ErrInvalidOption)
	}
	c := &Codec{opts: o, keys: keys}
	var err error
	if c.signer, err = c.newSigner(Django32); err != nil {
		return nil, err
	}
	if o.AcceptDjango31 {
		if c.django31, err = c.newSigner(Django31); err != nil {
			return nil, err
		}
	}
	if o.AcceptDjango14 { // SHA-1 may not be linked, or forbidden in FIPS 140-only mode
		_, err = keys.SaltedHMAC(saltMessages, nil, crypto.SHA1)
	}
	return c, err
}

func (c *Codec) newSigner(form Form) (*saltine.TimestampSigner, error) {
	return saltine.NewTimestampSigner(c.keys.ForCookies(), &saltine.Options{
		Salt:          c.opts.Salt,
		Compression:   saltine.CompressionBest,
		MaxTokenLen:   c.opts.MaxTokenLen,
		MaxPayloadLen: c.opts.MaxPayloadLen,
		Now:           c.opts.Now,
		OnVerify:      func(v saltine.Verification) { c.report(v, form) },
	})
}

func (c *Codec) report(v saltine.Verification, form Form) {
	if c.opts.OnVerify != nil {
		c.opts.OnVerify(Verification{v, form})
	}
}

// CookieName returns the name of the cookie.
func (c *Codec) CookieName() string { return c.opts.CookieName }

// Format writes the type's name only, whatever the verb: a Codec holds keys.
func (c *Codec) Format(f fmt.State, _ rune) {
	io.WriteString(f, "messages.Codec([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

var errZeroCodec = fmt.Errorf("%w: the Codec is the zero value (New makes one)", saltine.ErrInvalidKey)

// Encode returns the cookie's value for all messages of the list. For an empty list it
// is "": delete the cookie then. The error is of kind [saltine.ErrTooLarge] if the
// messages do not fit. Bytes of a text that are not UTF-8 become U+FFFD.
func (c *Codec) Encode(list []Message) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	cookie, err := c.sign(list, true)
	if err == nil {
		err = c.checkSize(cookie)
	}
	if err != nil {
		return "", err
	}
	return cookie, nil
}

// Fit returns the cookie's value for as many messages of the list as fit, and the rest,
// which is a part of the slice list in the same order. If there is a rest, the cookie
// has a mark that it is not complete. Options.KeepOldest says which messages stay. The
// errors are those of [Codec.Encode], but [saltine.ErrTooLarge] only if not even the
// mark fits.
//
// Django: CookieStorage.update.
func (c *Codec) Fit(list []Message) (cookie string, rest []Message, err error) {
	cookie, rest, err = c.fit(list, c.opts.KeepOldest)
	if err == nil {
		err = c.checkSize(cookie)
	}
	if err != nil {
		return "", nil, err
	}
	return cookie, rest, nil
}

// fit is Fit, except that a mark which is too long is returned all the same: without it
// nobody would look for the rest. It searches as Django does since 5.0, and so finds the
// same part where a shorter part compresses to a longer text.
//
// Django: CookieStorage._store.
func (c *Codec) fit(list []Message, keepOldest bool) (cookie string, rest []Message, err error) {
	cookie, err = c.Encode(list)
	if !errors.Is(err, saltine.ErrTooLarge) {
		return cookie, nil, err
	}
	var kept []Message
	if keepOldest {
		n := sort.Search(len(list), func(i int) bool { return !c.fits(list[:i+1]) })
		kept, rest = list[:n], list[n:]
	} else {
		n := sort.Search(len(list), func(i int) bool { return c.fits(list[i:]) })
		kept, rest = list[n:], list[:n:n]
	}
	cookie, err = c.sign(kept, false)
	return cookie, rest, err
}

// fits reports whether there is room for the list and the mark.
func (c *Codec) fits(list []Message) bool {
	cookie, err := c.sign(list, false)
	return err == nil && c.checkSize(cookie) == nil
}

func (c *Codec) sign(list []Message, complete bool) (string, error) {
	if c.signer == nil {
		return "", errZeroCodec
	}
	return c.signer.SignObject(toJSON(list, complete))
}

func (c *Codec) checkSize(cookie string) error {
	if len(cookie) > c.opts.MaxSize {
		return &saltine.SizeError{What: "token", Size: len(cookie), Limit: c.opts.MaxSize}
	}
	return nil
}

// Decode returns the messages in a cookie's value, oldest first, and whether they are
// complete. If not, the others did not fit: they are stored elsewhere, or lost. An empty
// value has no messages. No age is checked.
//
// The error is of kind [saltine.ErrBadSignature], [saltine.ErrMalformed] or
// [saltine.ErrTooLarge]. Django treats a cookie that it refuses as if there were none.
func (c *Codec) Decode(cookie string) (list []Message, complete bool, err error) {
	if cookie == "" {
		return nil, true, nil
	}
	v, form, err := c.unsign(cookie)
	if err != nil {
		return nil, false, err
	}
	return fromJSON(v, form)
}
