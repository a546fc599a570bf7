package djangoauth

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine"
)

// Account is what a login needs of a user. It prints as
// "djangoauth.Account([redacted])".
type Account struct {
	// ID is the primary key as Django writes it into the session: a number in decimal,
	// a UUID in lower case with hyphens, or the text itself.
	// Django: user._meta.pk.value_to_string(user).
	ID string
	// Name is what the user signs in with, for pages. A login does not need it.
	// Django: get_username.
	Name string
	// Password is the password column, as it is stored: a hash, never the password.
	Password string
	// Active is the column is_active.
	Active bool
	// User is for the caller: what Load found besides.
	User any
}

const redacted = "djangoauth.Account([redacted])"

// Format writes the type's name only, whatever the verb.
func (Account) Format(f fmt.State, _ rune) {
	io.WriteString(f, redacted) //nolint:errcheck // fmt has nowhere to report it
}

// MarshalText returns the type's name only; encoding/json and log/slog call it.
func (Account) MarshalText() ([]byte, error) { return []byte(redacted), nil }

var errBadID = fmt.Errorf("%w: not an id that Django writes", saltine.ErrMalformed)

// IntegerID is the Options.ParseID of integer keys, such as auth_user's: decimal, 64
// bits, without blanks, plus sign or leading zeros. The error is of kind
// [saltine.ErrMalformed].
func IntegerID(text string) (string, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text {
		return "", errBadID
	}
	return text, nil
}

// UUIDID is the Options.ParseID of UUID keys: 32 lower-case hexadecimal digits, with
// hyphens after the 8th, 12th, 16th and 20th. The error is of kind
// [saltine.ErrMalformed].
func UUIDID(text string) (string, error) {
	const form = "00000000-0000-0000-0000-000000000000"
	if len(text) != len(form) {
		return "", errBadID
	}
	for i := range len(text) {
		if (form[i] == '-') != (text[i] == '-') || form[i] == '0' && strings.IndexByte("0123456789abcdef", text[i]) < 0 {
			return "", errBadID
		}
	}
	return text, nil
}

// TextID is the Options.ParseID of text keys: every text but the empty one. The error
// is of kind [saltine.ErrMalformed].
func TextID(text string) (string, error) {
	if text == "" {
		return "", errBadID
	}
	return text, nil
}
