package djangoauth

import (
	"errors"

	"github.com/seed-52756201/saltine"
)

// ErrAnonymous says that nobody is signed in. Every [Kind] matches it. All other errors
// of [Auth.User] mean that it could not be found out.
//
// Django: AnonymousUser.
var ErrAnonymous = errors.New("djangoauth: nobody is signed in")

// Kind says why nobody is signed in. It is an error, so that errors.Is finds it:
// errors.Is(err, djangoauth.ErrBadHash). Its text names no user.
type Kind string //nolint:errname // it is named for what it says

// The kinds, in the order of the check.
const (
	// ErrNoLogin says that the session has no id or no backend: an ordinary visitor.
	ErrNoLogin Kind = "no_login"
	// ErrBadID says that the id is not one that Django writes. It matches
	// [saltine.ErrMalformed]: our own key signed it, or our own store held it.
	// Django: ValidationError, or an odd spelling of an id.
	ErrBadID Kind = "bad_id"
	// ErrUnknownBackend says that the backend is not in Options.Backends.
	ErrUnknownBackend Kind = "unknown_backend"
	// ErrNoSuchUser says that Load found no user: it was deleted.
	ErrNoSuchUser Kind = "no_such_user"
	// ErrInactive says that the user is there and not active.
	ErrInactive Kind = "inactive"
	// ErrBadHash says that the hash is missing or wrong: the password was changed, or
	// the key was. The session was flushed, unless Options.ReadOnly is set.
	ErrBadHash Kind = "bad_hash"
)

var texts = map[Kind]string{
	ErrNoLogin:        "the session has no login",
	ErrBadID:          "the session's user id is not one that Django writes",
	ErrUnknownBackend: "the session's authentication backend is not in Backends",
	ErrNoSuchUser:     "the session's user does not exist",
	ErrInactive:       "the session's user is not active",
	ErrBadHash:        "the session's hash does not fit the user's password and the keys",
}

// Error says what is wrong, without the id or anything else that the session holds.
func (k Kind) Error() string { return "djangoauth: nobody is signed in: " + texts[k] }

// Is reports whether target is a kind that k belongs to.
func (k Kind) Is(target error) bool {
	return target == ErrAnonymous || k == ErrBadID && target == saltine.ErrMalformed
}
