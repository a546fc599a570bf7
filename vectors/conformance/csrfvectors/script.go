package csrfvectors

import (
	"io"
	"strings"
)

// alphabet is Django's CSRF_ALLOWED_CHARS.
const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// script is a source of random bytes that gives the texts which Django drew.
type script struct {
	bytes []byte
	short bool // more was asked for than there was
}

// add puts a text at the end. A byte is the index of its character.
func (s *script) add(text string) {
	for i := range len(text) {
		s.bytes = append(s.bytes, byte(strings.IndexByte(alphabet, text[i])))
	}
}

func (s *script) reset() { *s = script{} }

// Read gives what there is, and fails at its end.
func (s *script) Read(p []byte) (int, error) {
	if len(s.bytes) == 0 {
		s.short = true
		return 0, io.EOF
	}
	n := copy(p, s.bytes)
	s.bytes = s.bytes[n:]
	return n, nil
}

// left tells whether Go drew what Django did.
func (s *script) left() string {
	switch {
	case s.short:
		return "too little"
	case len(s.bytes) > 0:
		return "too much"
	default:
		return "all of it"
	}
}
