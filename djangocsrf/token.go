package djangocsrf

import (
	"crypto/rand"
	"crypto/subtle"
	"io"
	"strings"
	"unicode/utf8"
)

// What secrets and tokens are made of. Django: CSRF_ALLOWED_CHARS,
// CSRF_SECRET_LENGTH, CSRF_TOKEN_LENGTH.
const (
	alphabet  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	secretLen = 32
	tokenLen  = 2 * secretLen
)

// fault says what is wrong with the form of a secret or a token.
type fault uint8

const (
	wellFormed fault = iota
	wrongLength
	wrongCharacters
)

// formOf looks at the form of a text that is a secret or a token. Length counts
// characters, as in Django. Django: _check_token_format.
func formOf(text string) fault {
	if len(text) > tokenLen*utf8.UTFMax {
		return wrongLength
	}
	if n := utf8.RuneCountInString(text); n != secretLen && n != tokenLen {
		return wrongLength
	}
	for i := range len(text) {
		if strings.IndexByte(alphabet, text[i]) < 0 {
			return wrongCharacters
		}
	}
	return wellFormed
}

// unmask returns the secret of a well-formed text: that of a token, or the secret
// itself. Django: _unmask_cipher_token.
func unmask(text string) string {
	if len(text) == secretLen {
		return text
	}
	var secret [secretLen]byte
	for i := range secret {
		difference := strings.IndexByte(alphabet, text[secretLen+i]) - strings.IndexByte(alphabet, text[i])
		secret[i] = alphabet[(difference+len(alphabet))%len(alphabet)]
	}
	return string(secret[:])
}

// maskWith returns the token of a secret and a mask. Django:
// _mask_cipher_secret.
func maskWith(secret, mask string) string {
	token := []byte(mask + secret)
	for i := range secretLen {
		sum := strings.IndexByte(alphabet, secret[i]) + strings.IndexByte(alphabet, mask[i])
		token[secretLen+i] = alphabet[sum%len(alphabet)]
	}
	return string(token)
}

// matches compares a well-formed token with a secret. Django: _does_token_match.
func matches(token, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(unmask(token)), []byte(secret)) == 1
}

// draw returns a random text for a secret or a mask. What random cannot give,
// crypto/rand does, whose Reader never fails.
func draw(random io.Reader) string {
	var text [secretLen]byte
	if random == nil || !fill(&text, random) {
		for !fill(&text, rand.Reader) {
		}
	}
	return string(text[:])
}

// fill turns bytes into characters that are equally likely. It fails where the
// bytes end, or after more rejected bytes than chance explains.
func fill(text *[secretLen]byte, random io.Reader) bool {
	const most = 256 / len(alphabet) * len(alphabet)
	filled := 0
	for range 64 {
		var buf [secretLen]byte
		need := buf[:secretLen-filled]
		if _, err := io.ReadFull(random, need); err != nil {
			return false
		}
		for _, b := range need {
			if int(b) < most {
				text[filled] = alphabet[int(b)%len(alphabet)]
				filled++
			}
		}
		if filled == secretLen {
			return true
		}
	}
	return false
}
