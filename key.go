package saltine

import (
	"fmt"
	"io"
	"strings"
)

// Key is a signing key: Django's SECRET_KEY. Any bytes will do. It prints as
// "[redacted]" in fmt, log/slog and JSON, and only an explicit string(key)
// shows it. Three places never ask a string how it wants to be printed: %p,
// which go vet reports, the names of a JSON object made from a map[Key]T, and
// fmt for an unexported field of a struct of yours.
type Key string

const redacted = "[redacted]"

// minKeyLen is where Django's own system check (security.W009) starts to call
// a key long enough, in bytes.
const minKeyLen = 50

// insecurePrefix marks the keys of django-admin startproject.
const insecurePrefix = "django-insecure-"

var errEmptyKey = fmt.Errorf("%w: it is empty", ErrInvalidKey)

// Check reports weak keys: empty, shorter than 50 bytes, with fewer than five
// different bytes, or starting with "django-insecure-". Its errors are of kind
// [ErrInvalidKey]. Constructors refuse empty keys only, because a service
// beside Django has to take the key that is there: call Check at start, and
// log what it says.
//
// Django: the system check security.W009.
func (k Key) Check() error {
	switch {
	case k == "":
		return errEmptyKey
	case strings.HasPrefix(string(k), insecurePrefix):
		return fmt.Errorf("%w: it starts with %s, which marks a key for development", ErrInvalidKey, insecurePrefix)
	case len(k) < minKeyLen:
		return fmt.Errorf("%w: it is shorter than %d bytes", ErrInvalidKey, minKeyLen)
	case differentBytes(string(k)) < 5:
		return fmt.Errorf("%w: it has fewer than five different bytes", ErrInvalidKey)
	}
	return nil
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

// String returns "[redacted]".
func (Key) String() string { return redacted }

// Format writes "[redacted]" for every verb and flag.
func (Key) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) } //nolint:errcheck // fmt has nowhere to report it

// MarshalText returns "[redacted]"; encoding/json and log/slog call it.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
