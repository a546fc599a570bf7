// Package cookiesigner makes the signer of Django's cookies other than the
// session.
package cookiesigner

import (
	"fmt"

	"github.com/seed-52756201/saltine"
)

// keyPrefix stands before every key, so that the cookies of a project are not
// signed as its other values are.
const keyPrefix saltine.Key = "django.http.cookies"

// New returns the signer for key and opts, which need not have the prefix. The
// error is of kind [saltine.ErrInvalidKey] or [saltine.ErrInvalidOption].
//
// Django: signing.get_cookie_signer.
func New(key saltine.Key, opts saltine.Options) (*saltine.TimestampSigner, error) {
	if key == "" { // with the prefix it would be a key that everybody knows
		return nil, fmt.Errorf("%w: it is empty", saltine.ErrInvalidKey)
	}
	prefixed := make([]saltine.Key, len(opts.Fallbacks))
	for i, fallback := range opts.Fallbacks {
		if fallback == "" {
			return nil, fmt.Errorf("%w: it is empty (Fallbacks[%d])", saltine.ErrInvalidKey, i)
		}
		prefixed[i] = keyPrefix + fallback
	}
	opts.Fallbacks = prefixed
	return saltine.NewTimestampSigner(keyPrefix+key, &opts)
}
