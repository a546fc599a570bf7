package sealed

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/seed-52756201/saltine"
)

// label separates the keys of this package from everything that Django signs.
const label = "saltine.sealed"

// defaultSalt is that of Django's session cookies.
const defaultSalt saltine.Salt = "django.contrib.sessions.backends.signed_cookies"

// version is the first byte of everything sealed. No text of JSON starts with it.
const version = 1

// What is sealed: the byte after the version in the additional data, so that neither
// can stand for the other.
const (
	formSession = 's'
	formValue   = 'v' // the name of the value follows
)

const (
	defaultPadding = 64
	maxPadding     = 4096
	textEnd        = 0x80 // stands after the text, before the zeros of the padding
)

// minSealed is the length of what is sealed without text and padding, in bytes.
const minSealed = 1 + overhead + 1

// Options are the settings of a [Box]. The zero value, and a nil *Options, seals
// Django's session cookies.
type Options struct {
	// Salt names the purpose. What one salt sealed, another does not open. Empty
	// means that of Django's session cookies,
	// "django.contrib.sessions.backends.signed_cookies". A store with a salt of its
	// own should have a Box with that salt.
	Salt saltine.Salt

	// Padding is a number of bytes: texts are made longer, to a multiple of it, so
	// that the length of a cookie says less. 0 means 64, 1 means no padding, and
	// 4096 is the most. Any padding can be read.
	Padding int

	// AcceptPlainUntil is for moving to encryption: until then the Box also takes
	// what was signed without it. What it writes is always sealed. The zero time
	// means never. Put it one cookie age after the last service began to seal.
	AcceptPlainUntil time.Time

	// Now is the clock for AcceptPlainUntil. nil means time.Now.
	Now func() time.Time

	// OnOpen is called after the Box has opened something, or taken something
	// plain. It may be called by several goroutines at once.
	OnOpen func(Opened)
}

// Opened tells how something was opened: a counter of it shows when an old key, or
// the end of AcceptPlainUntil, has no users left.
type Opened struct {
	// KeyIndex is 0 for the signing key, and n for the nth fallback. It is 0 for
	// what was plain.
	KeyIndex int
	// Plain says that it was not sealed, and accepted by AcceptPlainUntil.
	Plain bool
	// Name of the value that a [Field] read. Empty for a session.
	Name string
}

// Box seals and opens. It is a [saltine.Serializer] for payloads that are Python's
// JSON, sealed; sessions stay lossless through it. It is immutable, safe for
// concurrent use, and prints as "sealed.Box([redacted])". The zero Box has no key: its
// errors are of kind [saltine.ErrInvalidKey].
type Box struct {
	keys       *keysPointer
	padding    int
	plainUntil time.Time
	now        func() time.Time
	onOpen     func(Opened)
}

// keysPointer is a second pointer: inside another struct fmt follows one, where the
// verb does not fit pointers, and never two.
type keysPointer struct{ *keyList }

// keyList is what a Box hides. The first key seals.
type keyList struct{ all []xaes }

var _ saltine.Serializer = (*Box)(nil)

// The errors for what cannot be opened. None of them tells what was inside.
var (
	errPlain  = fmt.Errorf("%w: it is not sealed, and AcceptPlainUntil is not set or has passed", saltine.ErrMalformed)
	errOpen   = fmt.Errorf("%w: no key opens it with this salt and name, or it was altered", saltine.ErrMalformed)
	errEnd    = fmt.Errorf("%w: its text was sealed without an end", saltine.ErrMalformed)
	errNoKeys = fmt.Errorf("%w: sealed.New makes a Box", saltine.ErrInvalidKey)
)

// New returns a Box. The first key of the Keyring seals, and all of them open. The
// error is of kind [saltine.ErrInvalidKey] or [saltine.ErrInvalidOption].
func New(keys saltine.Keyring, opts *Options) (*Box, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if err := o.complete(); err != nil {
		return nil, err
	}
	derived, err := keys.DeriveKeys(label, string(o.Salt))
	if err != nil {
		return nil, err
	}
	hidden := &keyList{make([]xaes, len(derived))}
	for i, key := range derived {
		if hidden.all[i], err = newXAES(key); err != nil {
			return nil, fmt.Errorf("%w: %w", saltine.ErrInvalidOption, err)
		}
	}
	return &Box{&keysPointer{hidden}, o.Padding, o.AcceptPlainUntil, o.Now, o.OnOpen}, nil
}

// complete fills in the defaults, and refuses what is wrong.
func (o *Options) complete() error {
	if o.Salt == "" {
		o.Salt = defaultSalt
	}
	if o.Padding == 0 {
		o.Padding = defaultPadding
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnOpen == nil {
		o.OnOpen = func(Opened) {}
	}
	if o.Padding < 0 || o.Padding > maxPadding {
		return fmt.Errorf("%w: Padding must be 0 to %d bytes", saltine.ErrInvalidOption, maxPadding)
	}
	return nil
}

// Format writes the type's name only, whatever the verb: a Box holds keys.
func (Box) Format(f fmt.State, _ rune) {
	io.WriteString(f, "sealed.Box([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// check refuses a Box that New did not make.
func (b *Box) check() error {
	if b == nil || b.keys == nil {
		return errNoKeys
	}
	return nil
}

// seal appends the sealed text to dst.
func (b *Box) seal(dst, text, ad []byte) ([]byte, error) {
	if err := b.check(); err != nil {
		return dst, err
	}
	padded := len(text) + b.padding - len(text)%b.padding // at least one byte more
	dst = append(slices.Grow(dst, 1+overhead+padded), version)
	start := len(dst) + halfNonce
	plaintext := dst[start : start+padded] // in the room for the ciphertext
	clear(plaintext[copy(plaintext, text):])
	plaintext[len(text)] = textEnd
	return b.keys.all[0].seal(dst, plaintext, ad)
}

// open appends the text in what was sealed to dst.
func (b *Box) open(dst, sealed, ad []byte, by *Opened) ([]byte, error) {
	if len(sealed) < minSealed {
		return dst, errOpen
	}
	room := slices.Grow(dst, len(sealed))
	for i := range b.keys.all {
		opened, err := b.keys.all[i].open(room, sealed[1:], ad)
		if err != nil {
			continue
		}
		by.KeyIndex = i
		end, err := textLen(opened[len(dst):])
		if err != nil {
			return dst, err
		}
		return opened[:len(dst)+end], nil
	}
	return dst, errOpen
}

// textLen returns the length of a plaintext without its padding.
func textLen(plaintext []byte) (int, error) {
	end := len(bytes.TrimRight(plaintext, "\x00")) - 1
	if end < 0 || plaintext[end] != textEnd {
		return 0, errEnd
	}
	return end, nil
}

// isSealed reports whether payload is marked as sealed.
func isSealed(payload []byte) bool { return len(payload) > 0 && payload[0] == version }

// acceptsPlain reports whether what is not sealed is good now.
func (b *Box) acceptsPlain() bool { return b.now().Before(b.plainUntil) }

// sessionData is the additional data of sessions.
func sessionData() []byte { return []byte{version, formSession} }

// valueData is the additional data of the value of a name.
func valueData(name string) []byte { return append([]byte{version, formValue}, name...) }
