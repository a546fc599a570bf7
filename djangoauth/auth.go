package djangoauth

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/seed-52756201/saltine"
)

// The backends of Django that people have.
const (
	// ModelBackend is the default of Options.Backends.
	ModelBackend = "django.contrib.auth.backends.ModelBackend"

	allowAllModel  = "django.contrib.auth.backends.AllowAllUsersModelBackend"
	allowAllRemote = "django.contrib.auth.backends.AllowAllUsersRemoteUserBackend"
)

// Options are the settings of an [Auth]. Keys and Load must be set. It is copied. The
// functions must be safe for concurrent use.
type Options struct {
	// Keys make and verify the session hash. The signing key makes it. A hash by a
	// fallback key is good once: it is replaced, as by Django 4.1.8 and later. The
	// keyring's algorithm makes the hash: crypto.SHA256 is that of Django 3.1 and
	// later, crypto.SHA1 that of the versions before, which have no fallbacks.
	// Django: SECRET_KEY, SECRET_KEY_FALLBACKS, DEFAULT_HASHING_ALGORITHM.
	Keys saltine.Keyring

	// LegacyAlgorithms verify hashes too, by the signing key alone, and leave them as
	// they are. crypto.SHA1 is what Django 3.1 and 3.2 do, and keeps people signed in
	// who signed in at Django 3.0 or before.
	LegacyAlgorithms []crypto.Hash

	// Backends are the paths of authentication backends whose logins count. Empty means
	// ModelBackend. Django: AUTHENTICATION_BACKENDS.
	Backends []string

	// Load finds the user of a login by an id that ParseID let through. found is false
	// for one that does not exist. An error means that it could not be found out: it
	// passes through [Auth.User], as a kind of saltine.ErrUnavailable, and changes
	// nothing. Its text is wrapped as it is, since an operator needs it; a driver's may
	// hold the id. Django: backend.get_user.
	Load func(ctx context.Context, backend, id string) (account Account, found bool, err error)

	// AllowInactive reports whether a backend lets inactive users in. nil means
	// Django's two AllowAllUsers backends.
	AllowInactive func(backend string) bool

	// ParseID checks an id from the session and returns it as Load and Account.ID have
	// it. nil means IntegerID. UUIDID and TextID are for other keys.
	// Django: user._meta.pk.to_python.
	ParseID func(text string) (id string, err error)

	// ReadOnly is for a service that may not write sessions. User then neither flushes
	// a session with a wrong hash nor renews one with the hash of a fallback key, which
	// Django does at its next request; and Login, Logout and PasswordChanged fail.
	ReadOnly bool
}

// Auth finds out who is signed in, and signs people in and out. It is immutable and
// safe for concurrent use. It prints as "djangoauth.Auth".
//
// Django: django.contrib.auth.
type Auth struct {
	opts Options
}

// New returns an Auth. The error is of kind [saltine.ErrInvalidKey] for an empty
// keyring, and otherwise [saltine.ErrInvalidOption].
func New(opts *Options) (*Auth, error) {
	if opts == nil || opts.Load == nil {
		return nil, invalidOption("Load is not set")
	}
	a := &Auth{*opts}
	a.opts.Backends = slices.Clone(opts.Backends)
	a.opts.LegacyAlgorithms = slices.Clone(opts.LegacyAlgorithms)
	if len(a.opts.Backends) == 0 {
		a.opts.Backends = []string{ModelBackend}
	}
	if slices.Contains(a.opts.Backends, "") {
		return nil, invalidOption("a backend's path is empty")
	}
	if a.opts.AllowInactive == nil {
		a.opts.AllowInactive = func(backend string) bool { return backend == allowAllModel || backend == allowAllRemote }
	}
	if a.opts.ParseID == nil {
		a.opts.ParseID = IntegerID
	}
	for _, algorithm := range append([]crypto.Hash{0}, a.opts.LegacyAlgorithms...) {
		if _, err := a.opts.Keys.SaltedHMAC(hashSalt, nil, algorithm); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// ReadOnly returns an Auth that differs in Options.ReadOnly alone, which is set. It is for
// a request whose headers went out: what User leaves undone is done at the next request.
func (a *Auth) ReadOnly() *Auth {
	readOnly := *a
	readOnly.opts.ReadOnly = true
	return &readOnly
}

// Format writes the type's name only, whatever the verb.
func (*Auth) Format(f fmt.State, _ rune) {
	io.WriteString(f, "djangoauth.Auth") //nolint:errcheck // fmt has nowhere to report it
}

func invalidOption(text string) error {
	return fmt.Errorf("%w: djangoauth: %s", saltine.ErrInvalidOption, text)
}

// User returns the account that is signed in. An error that matches [ErrAnonymous] says
// that nobody is, and its [Kind] why. Every other error means that it could not be
// found out: it is of kind [saltine.ErrUnavailable] where the session's store or Load
// failed, and nothing was changed, or one of [saltine.Session.CycleKey]'s. No account
// comes with an error.
//
// A wrong hash flushes the session: what else it holds goes with it. The hash of a
// fallback key gives the session a new key and hash. In all other cases the session is
// only read. Ask once in a request, before its headers go out: later the browser does not
// learn of the new key, which signs the visitor out. Where it is too late, ask the Auth
// that [Auth.ReadOnly] returns, as authhttp does.
//
// Django: auth.get_user.
func (a *Auth) User(ctx context.Context, s *saltine.Session) (Account, error) {
	account, err := a.find(ctx, s)
	if err != nil {
		return Account{}, err
	}
	switch a.verify(s, account.Password) {
	case current:
		return account, nil
	case fallback:
		err = a.renew(s, account.Password)
	case wrong:
		err = a.flush(s)
	}
	if err != nil {
		return Account{}, err
	}
	return account, nil
}

// find returns the session's account, whose hash is still to be verified: a hash proves
// nothing about a user that is not there.
func (a *Auth) find(ctx context.Context, s *saltine.Session) (Account, error) {
	if err := readable(s); err != nil {
		return Account{}, err
	}
	if !s.Has(idName) || !s.Has(backendName) {
		return Account{}, ErrNoLogin
	}
	id, ok := a.id(s)
	if !ok {
		return Account{}, ErrBadID
	}
	backend, _ := s.Get(backendName).(string)
	if !slices.Contains(a.opts.Backends, backend) {
		return Account{}, ErrUnknownBackend
	}
	account, found, err := a.opts.Load(ctx, backend, id)
	switch {
	case err != nil:
		return Account{}, unavailable(err)
	case !found:
		return Account{}, ErrNoSuchUser
	case !account.Active && !a.opts.AllowInactive(backend):
		return Account{}, ErrInactive
	}
	return account, nil
}

// renew gives a session with the hash of a fallback key a new key and hash.
func (a *Auth) renew(s *saltine.Session, password string) error {
	if a.opts.ReadOnly {
		return nil
	}
	if err := s.CycleKey(); err != nil {
		return err
	}
	s.Set(hashName, a.hash(password))
	return nil
}

// flush ends a session with a wrong hash.
func (a *Auth) flush(s *saltine.Session) error {
	if a.opts.ReadOnly {
		return ErrBadHash
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return ErrBadHash
}

// Rotator has a new CSRF secret made: djangocsrf.Visit.
type Rotator interface{ Rotate() }

// Login signs an account in: it writes the id, the backend and the hash, and has every
// rotator make a new CSRF secret. backend may be empty where Options.Backends has one
// entry alone. As in Django, nobody looks at the password, or at Active: check both
// before. The user's last_login is the caller's to update.
//
// account.Password is the column as it is stored now: the hash is made of it. Where
// passwords.Result.Upgrade had you store a new one for this sign-in, set account.Password
// to the new text first. With the old text the next request is [ErrBadHash], and the
// session is flushed. Let the UPDATE say AND password = the old text, and look at
// RowsAffected, so that a change in between is not undone.
//
// Who was signed in before decides what becomes of the session. A visitor's keeps its
// values, under a new key. That of another user is flushed. That of the same user with
// the same hash stays as it is, key included; with another hash, as after a change of
// the password or of SECRET_KEY, it is flushed too, unless [Auth.User] has renewed it
// before.
//
// The error is of kind [saltine.ErrInvalidOption] for a backend that is not allowed, an
// account whose ID is none, or a session without a store, and the session is as it was;
// of [saltine.ErrUnavailable]; or one of [saltine.Session.CycleKey]'s. Nobody is signed
// in then.
//
// Django: auth.login.
func (a *Auth) Login(s *saltine.Session, account Account, backend string, rotators ...Rotator) error {
	backend, err := a.checkLogin(account, backend)
	if err != nil {
		return err
	}
	if err := readable(s); err != nil {
		return err
	}
	if !s.HasStore() {
		return invalidOption("the session belongs to no store")
	}
	hash := a.hash(account.Password)
	switch {
	case !s.Has(idName):
		err = s.CycleKey()
	case !a.signedIn(s, account) || !sameText(s, hash):
		err = s.Flush()
	}
	if err != nil {
		return err
	}
	s.Set(idName, account.ID)
	s.Set(backendName, backend)
	s.Set(hashName, hash)
	for _, r := range rotators {
		r.Rotate()
	}
	return nil
}

// checkLogin returns the backend to write.
func (a *Auth) checkLogin(account Account, backend string) (string, error) {
	if err := a.checkWrite(); err != nil {
		return "", err
	}
	if backend == "" && len(a.opts.Backends) == 1 {
		backend = a.opts.Backends[0]
	}
	if !slices.Contains(a.opts.Backends, backend) {
		return "", invalidOption("the backend of a login must be one of Backends")
	}
	if id, err := a.opts.ParseID(account.ID); err != nil || id != account.ID {
		return "", invalidOption("the account's ID is not one that ParseID gives")
	}
	return backend, nil
}

func (a *Auth) checkWrite() error {
	if a.opts.ReadOnly {
		return invalidOption("ReadOnly is set")
	}
	return nil
}

// Logout flushes the session, also that of a visitor who is not signed in: everything
// in it is gone. With a [saltine.CookieStore] a copy of the cookie stays good until its
// age or the next change of the password; package revocation ends it sooner. On an
// error, which is of kind [saltine.ErrUnavailable], or [saltine.ErrInvalidOption] under
// ReadOnly, the visitor is not signed out.
//
// Django: auth.logout, since 3.0: the language goes too.
func (a *Auth) Logout(s *saltine.Session) error {
	if err := a.checkWrite(); err != nil {
		return err
	}
	return s.Flush()
}

// PasswordChanged keeps a session signed in whose user has a new password. account is
// as [Auth.User] returned it, before the change; password is the new text of the
// password column. Store it first: other sessions of the user end at their next
// request. The session gets a new key in any case. It gets the new hash if it is the
// account's own; that of somebody else who changed the account's password, as an
// administrator does, keeps its login.
//
// A session of the account whose hash does not fit account.Password was not signed in:
// it is flushed, and the error is [ErrBadHash]. Other errors are of kind
// [saltine.ErrUnavailable] or [saltine.ErrInvalidOption], or one of
// [saltine.Session.CycleKey]'s: the session ends at its next request then.
//
// Django: update_session_auth_hash.
func (a *Auth) PasswordChanged(s *saltine.Session, account Account, password string) error {
	if err := errors.Join(a.checkWrite(), readable(s)); err != nil {
		return err
	}
	own := a.signedIn(s, account)
	if own && a.verify(s, account.Password) == wrong {
		return a.flush(s)
	}
	if err := s.CycleKey(); err != nil {
		return err
	}
	if own {
		s.Set(hashName, a.hash(password))
	}
	return nil
}
