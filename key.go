package saltine

import (
	"crypto"
	"crypto/fips140"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Key is a signing key: Django's SECRET_KEY. Any bytes will do. It prints as
// "[redacted]" in fmt, log/slog and JSON, and only an explicit string(key)
// shows it. Four places never ask a string how it wants to be printed: %p, and a
// pointer inside of something else printed with %s or another verb that is not for
// pointers, both of which go vet reports; the names of a JSON object made from a
// map[Key]T; and fmt for an unexported field of a struct of yours.
type Key string

const redacted = "[redacted]"

// minKeyLen is where Django's own system check (security.W009) starts to call
// a key long enough, in bytes.
const minKeyLen = 50

// insecurePrefix marks the keys of django-admin startproject.
const insecurePrefix = "django-insecure-"

// placeholders are texts that stand where a key is meant to be put, in lower
// case and without punctuation.
var placeholders = []string{
	"changeme", "changethis", "replaceme", "secret", "secretkey", "mysecret", "mysecretkey", "yoursecret",
	"yoursecretkey", "yoursecretkeyhere", "supersecret", "supersecretkey", "insertkeyhere", "placeholder",
	"password", "todo", "xxx", "key", "test", "example", "default", "notsecret", "keepitsecret",
}

var errEmptyKey = fmt.Errorf("%w: it is empty", ErrInvalidKey)

// Check reports keys that should not be in use. Its errors are of kind
// [ErrInvalidKey]; none of them shows the key. It reports a key that
//
//   - is empty,
//   - has white space at one of its ends, as a line end or a copied blank leaves it,
//   - stands in quotes, as in an .env file that nobody parsed,
//   - looks like another line of such a file: a comment, or NAME=value,
//   - is a placeholder, such as change-me or your-secret-key,
//   - starts with "django-insecure-", which marks a key for development,
//   - is shorter than 50 bytes, or
//   - has fewer than five different bytes.
//
// Constructors refuse empty keys only, because a service beside Django has to
// take the key that is there: call Check at start, and log what it reports.
//
// Django: the system check security.W009, which looks at the last three.
func (k Key) Check() error {
	text := string(k)
	switch {
	case text == "":
		return errEmptyKey
	case strings.TrimSpace(text) != text:
		return weakKey("it has white space at one of its ends")
	case len(text) > 1 && strings.ContainsAny(text[:1], `"'`) && text[0] == text[len(text)-1]:
		return weakKey("it stands in quotes, which are part of the key")
	case strings.HasPrefix(text, "# "):
		return weakKey("it looks like a comment, and key files have none")
	case isAssignment(text):
		return weakKey("it looks like NAME=value, of which the name is part of the key")
	case slices.Contains(placeholders, unpunctuated(text)):
		return weakKey("it is a placeholder")
	case strings.HasPrefix(text, insecurePrefix):
		return weakKey("it starts with " + insecurePrefix + ", which marks a key for development")
	case len(text) < minKeyLen:
		return weakKey(fmt.Sprintf("it is shorter than %d bytes", minKeyLen))
	case differentBytes(text) < 5:
		return weakKey("it has fewer than five different bytes")
	}
	return nil
}

func weakKey(reason string) error { return fmt.Errorf("%w: %s", ErrInvalidKey, reason) }

// isAssignment reports whether s begins like a line of an .env file.
func isAssignment(s string) bool {
	name, _, ok := strings.Cut(s, "=")
	return ok && len(name) > 2 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// unpunctuated returns s in lower case and without the punctuation of ASCII.
func unpunctuated(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= utf8.RuneSelf:
			return r
		}
		return -1
	}, strings.ToLower(s))
}

func differentBytes(s string) int {
	var seen [256]bool
	n := 0
	for i := range len(s) {
		if !seen[s[i]] {
			seen[s[i]] = true
			n++
		}
	}
	return n
}

// fingerprintLabel separates fingerprints from everything that Django signs.
const fingerprintLabel = "saltine.Key.Fingerprint"

// Fingerprint returns eight hexadecimal characters that are equal where keys
// are equal: two services can log them to find out whether they share a key. They
// are the first four bytes of
//
//	HMAC-SHA256(key: SHA256(label + key), message: label)
//
// where label is "saltine.Key.Fingerprint". A fingerprint shows nothing of a good
// key; somebody who can guess the key can see by it that the guess is right, as by
// any signed cookie.
func (k Key) Fingerprint() string {
	derived := sha256.Sum256([]byte(fingerprintLabel + string(k)))
	mac := hmac.New(sha256.New, derived[:])
	io.WriteString(mac, fingerprintLabel) //nolint:errcheck // a hash.Hash never returns an error
	return hex.EncodeToString(mac.Sum(nil)[:4])
}

// String returns "[redacted]".
func (Key) String() string { return redacted }

// Format writes "[redacted]" for every verb and flag.
func (Key) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) } //nolint:errcheck // fmt has nowhere to report it

// MarshalText returns "[redacted]"; encoding/json and log/slog call it.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Keyring says which keys and hashes sign and verify: the signing key, earlier
// keys, and the hashes of the signatures. Every constructor takes one. It is
// immutable, safe for concurrent use, and copied freely. It prints as
// "saltine.Keyring([redacted])". The zero Keyring is empty: constructors refuse
// it with [ErrInvalidKey].
type Keyring struct {
	ring *ringPointer
}

// ringPointer is a second pointer: inside another struct fmt follows one, where the
// verb does not fit pointers, and never two.
type ringPointer struct{ *ring }

// ring is what a Keyring holds.
type ring struct {
	keys       []Key         // the first one signs
	algorithms []crypto.Hash // the first one signs
}

// KeyringOptions are the settings of a [Keyring]. The zero value, and a nil
// *KeyringOptions, is Django's defaults. The slices are copied.
type KeyringOptions struct {
	// Fallbacks are earlier keys. They verify, in order, after the signing
	// key, and never sign. ParseKeyring puts them after the keys of its text.
	// Django: SECRET_KEY_FALLBACKS.
	Fallbacks []Key

	// Algorithm is the hash that signs, and verifies: it derives the key and is
	// the H of HMAC-H. 0 means crypto.SHA256, the default of Django 3.1 and
	// later. Another one has to be linked into the program, as with
	// import _ "crypto/sha1". [AlgorithmByName] finds it by Django's name.
	// Django: algorithm, DEFAULT_HASHING_ALGORITHM (3.1 and 3.2).
	Algorithm crypto.Hash

	// LegacyAlgorithms verify, in order, after Algorithm, each with every
	// key. They never sign. crypto.SHA1 reads what Django 1.4 to 3.0 signed.
	// Django: legacy_algorithm (3.1 and 3.2).
	LegacyAlgorithms []crypto.Hash

	// KeepSpace takes white space at the ends of a line for a part of the key.
	// Without it ParseKeyring refuses such a line.
	KeepSpace bool
}

// Format writes the type's name only, whatever the verb.
func (KeyringOptions) Format(f fmt.State, _ rune) { formatName(f, "saltine.KeyringOptions") }

// NewKeyring returns the keyring whose key signs. The error is of kind
// [ErrInvalidKey] for an empty key, or [ErrInvalidOption] for a hash that Django
// does not have, that FIPS 140-only mode forbids, or that is not linked; it names
// the import then.
func NewKeyring(key Key, opts *KeyringOptions) (Keyring, error) {
	var o KeyringOptions
	if opts != nil {
		o = *opts
	}
	return newKeyring([]Key{key}, &o)
}

// ParseKeyring returns the keyring in the text of a file or of an environment
// variable: one key a line, of which the first signs and the others are
// fallbacks. A byte order mark at the start is dropped. Lines end with LF or
// CRLF, and blank lines do not count. There are no comments. White space at the start or the end of
// another line is an error, unless KeyringOptions.KeepSpace is set: a blank that
// was copied along would make another key. The errors are those of [NewKeyring];
// one about a line gives its number.
func ParseKeyring(text string, opts *KeyringOptions) (Keyring, error) {
	var o KeyringOptions
	if opts != nil {
		o = *opts
	}
	var keys []Key
	number := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\uFEFF"), "\n") {
		number++
		line = strings.TrimSuffix(line, "\r")
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "":
			continue
		case trimmed != line && !o.KeepSpace:
			return Keyring{}, fmt.Errorf("%w: line %d has white space at its start or end (set KeepSpace if it belongs to the key)", ErrInvalidKey, number)
		}
		keys = append(keys, Key(line))
	}
	if len(keys) == 0 {
		return Keyring{}, fmt.Errorf("%w: the text has no keys: is the variable or the file empty?", ErrInvalidKey)
	}
	return newKeyring(keys, &o)
}

func newKeyring(keys []Key, o *KeyringOptions) (Keyring, error) {
	if o.Algorithm == 0 {
		o.Algorithm = crypto.SHA256
	}
	r := &ring{
		keys:       slices.Concat(keys, o.Fallbacks),
		algorithms: slices.Concat([]crypto.Hash{o.Algorithm}, o.LegacyAlgorithms),
	}
	for i, key := range r.keys {
		switch {
		case key == "" && i >= len(keys):
			return Keyring{}, fmt.Errorf("%w (Fallbacks[%d])", errEmptyKey, i-len(keys))
		case key == "":
			return Keyring{}, errEmptyKey
		}
	}
	for _, algorithm := range r.algorithms {
		if err := checkAlgorithm(algorithm); err != nil {
			return Keyring{}, err
		}
	}
	return Keyring{&ringPointer{r}}, nil
}

var errEmptyKeyring = fmt.Errorf("%w: the Keyring is empty (NewKeyring and ParseKeyring make one)", ErrInvalidKey)

// check refuses the zero Keyring.
func (k Keyring) check() error {
	if k.ring == nil {
		return errEmptyKeyring
	}
	return nil
}

// Check reports the first key that should not be in use: see [Key.Check].
func (k Keyring) Check() error {
	if err := k.check(); err != nil {
		return err
	}
	for i, key := range k.ring.keys {
		if err := key.Check(); err != nil {
			return fmt.Errorf("%w (key %d of %d)", err, i+1, len(k.ring.keys))
		}
	}
	return nil
}

// Fingerprints returns the [Key.Fingerprint] of every key, that of the signing
// key first. The caller owns the slice.
func (k Keyring) Fingerprints() []string {
	if k.ring == nil {
		return nil
	}
	fingerprints := make([]string, len(k.ring.keys))
	for i, key := range k.ring.keys {
		fingerprints[i] = key.Fingerprint()
	}
	return fingerprints
}

// cookiePrefix stands before the keys of Django's cookies other than the session.
const cookiePrefix Key = "django.http.cookies"

// ForCookies returns the keyring that signs Django's cookies other than the
// session: "django.http.cookies" stands before every key. Packages signedcookie
// and messages call it for you.
//
// Django: signing.get_cookie_signer.
func (k Keyring) ForCookies() Keyring {
	if k.ring == nil { // with the prefix an empty key would be one that everybody knows
		return k
	}
	prefixed := make([]Key, len(k.ring.keys))
	for i, key := range k.ring.keys {
		prefixed[i] = cookiePrefix + key
	}
	return Keyring{&ringPointer{&ring{prefixed, k.ring.algorithms}}}
}

// Format writes the type's name only, whatever the verb.
func (Keyring) Format(f fmt.State, _ rune) { formatName(f, "saltine.Keyring") }

// MarshalText returns "saltine.Keyring([redacted])"; encoding/json and log/slog
// call it.
func (Keyring) MarshalText() ([]byte, error) { return []byte("saltine.Keyring(" + redacted + ")"), nil }

// formatName prints a value that holds secrets.
func formatName(f fmt.State, name string) {
	io.WriteString(f, name+"("+redacted+")") //nolint:errcheck // fmt has nowhere to report it
}

// algorithms are the hashes that Django accepts: those that Python's hashlib has
// as attributes and that HMAC can use.
var algorithms = [...]struct {
	hash     crypto.Hash
	name     string // as in Python's hashlib
	path     string // of the package that links it
	approved bool   // by FIPS 140-3
}{
	{crypto.SHA256, "sha256", "crypto/sha256", true},
	{crypto.SHA1, "sha1", "crypto/sha1", false},
	{crypto.MD5, "md5", "crypto/md5", false},
	{crypto.SHA224, "sha224", "crypto/sha256", true},
	{crypto.SHA384, "sha384", "crypto/sha512", true},
	{crypto.SHA512, "sha512", "crypto/sha512", true},
	{crypto.SHA3_224, "sha3_224", "crypto/sha3", true},
	{crypto.SHA3_256, "sha3_256", "crypto/sha3", true},
	{crypto.SHA3_384, "sha3_384", "crypto/sha3", true},
	{crypto.SHA3_512, "sha3_512", "crypto/sha3", true},
	{crypto.BLAKE2b_512, "blake2b", "golang.org/x/crypto/blake2b", false},
	{crypto.BLAKE2s_256, "blake2s", "golang.org/x/crypto/blake2s", false},
}

// maxDigest is the size of the longest digest above, in bytes.
const maxDigest = 64

// AlgorithmByName returns the hash that Django calls name, such as "sha256",
// "sha3_512" or "blake2b". Names are exact, as in Python: "SHA256" and "sha-256"
// are refused with [ErrInvalidOption]. It need not be linked into the program.
func AlgorithmByName(name string) (crypto.Hash, error) {
	for i := range algorithms {
		if algorithms[i].name == name {
			return algorithms[i].hash, nil
		}
	}
	return 0, invalidOption("Django has no algorithm of that name (sha256, sha512, sha1, ...)")
}

// checkAlgorithm refuses what crypto.Hash and crypto/hmac would panic for.
func checkAlgorithm(hash crypto.Hash) error {
	for i := range algorithms {
		a := &algorithms[i]
		switch {
		case a.hash != hash:
			continue
		case fips140.Enforced() && !a.approved:
			return invalidOption("algorithm %s is not allowed in FIPS 140-only mode", a.name)
		case !hash.Available():
			return invalidOption("algorithm %s is not linked into the program: import _ %q", a.name, a.path)
		}
		return nil
	}
	return invalidOption("crypto.Hash %d is not one of Django's algorithms", uint(hash))
}

// signatureLen returns the length of a signature's text in bytes: URL-safe base64
// without padding.
func signatureLen(hash crypto.Hash) int { return (hash.Size()*8 + 5) / 6 }
