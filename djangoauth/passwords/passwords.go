package passwords

import (
	"crypto/fips140"
	"strings"
	"unicode/utf8"

	"github.com/seed-52756201/saltine/internal/passwordhook"
)

// Options are the settings of [New]. The zero value is that of a new Django
// project.
type Options struct {
	// Hashers are Django's PASSWORD_HASHERS: the first makes new hashes, all of
	// them check. The slice is copied. Empty is DjangoHashers("").
	Hashers []Hasher
	// Limits bound what a stored hash may cost.
	Limits Limits
	// AcceptShortSalts takes a salt of fewer than 128 bits for no reason to
	// upgrade, as Django before 3.2, which writes such salts. New salts have
	// 128 bits all the same.
	AcceptShortSalts bool
	// Hook is for the tests of this module. Its type is internal: leave it nil.
	Hook *passwordhook.Hook
}

// Hashers checks and makes password hashes. It never changes, and all of its
// methods may be called at the same time. It holds no secrets.
type Hashers struct {
	preferred Hasher
	byName    map[string]Hasher
	policy    policy
	hook      *passwordhook.Hook
}

// Result is what [Hashers.Check] finds.
type Result struct {
	// OK tells that the password is right.
	OK bool
	// Upgrade tells that the password is right, and that its hash should be
	// made again with [Hashers.Make] and saved: the preferred hasher did not
	// make it, or has other parameters now. Save it only where the column still
	// has the hash that was checked, or a change in between is undone: UPDATE …
	// WHERE id = … AND password = the old hash. Where sql.Result.RowsAffected is
	// 0, read the user and check again.
	//
	// A new hash logs the user out on other devices: the session's hash is made
	// of it. Set djangoauth.Account.Password to it before djangoauth.Auth.Login,
	// or the new session ends at its next request, with all that it holds.
	// Django: the setter of check_password is called.
	Upgrade bool
}

// New returns hashers. A nil opts is the zero value. Options that cannot work,
// two hashers of one name and hashers beyond the limits are
// [saltine.ErrInvalidOption] or [saltine.ErrTooLarge].
func New(opts *Options) (*Hashers, error) {
	if opts == nil {
		opts = &Options{}
	}
	list := opts.Hashers
	if len(list) == 0 {
		list = newest.hashers()
	}
	s := &Hashers{
		byName: map[string]Hasher{},
		policy: policy{opts.Limits, opts.AcceptShortSalts},
		hook:   opts.Hook,
	}
	if err := s.policy.limits.complete(); err != nil {
		return nil, err
	}
	for _, h := range list {
		if err := s.add(h); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Hashers) add(h Hasher) error {
	if h == nil {
		return invalidOption("a hasher is nil")
	}
	h = h.complete()
	if err := h.fits(&s.policy.limits); err != nil {
		return err
	}
	if s.byName[h.name()] != nil {
		return invalidOption("two hashers are called " + h.name())
	}
	s.byName[h.name()] = h
	if s.preferred == nil {
		s.preferred = h
	}
	return nil
}

// Check tells whether encoded, the column password of Django's user table, is a
// hash of password. A wrong password is no error, and neither is a hash that
// [Usable] refuses: the zero Result. Beside an error the Result is zero too.
//
// Errors are about the stored hash and concern whoever runs the site:
// [saltine.ErrMalformed] for one that is cut off or otherwise not as Django
// writes it, [ErrNoHasher] for one that no listed hasher made, and
// [saltine.ErrTooLarge] for one beyond the limits. A password beyond
// Limits.MaxPassword is ErrTooLarge too. Answer all of them as a wrong password.
//
// Check takes one run of the preferred hasher, as [Hashers.Spend] does, where
// [Usable] refuses encoded, after every error but the last, and for a hash that
// the preferred hasher made with the parameters it has now: nobody can tell
// these from each other, or from a user who does not exist, by the time. It
// adds what a cheaper hash of the preferred hasher spared where the password is
// wrong, for PBKDF2 and bcrypt.
//
// Every other hash takes its own time, as in Django, and shows by it that there
// is such a user: a hash of another hasher, a costlier one of the preferred
// hasher, a cheaper one of Argon2 and scrypt. Save a new hash at sign-in where
// Result.Upgrade says so: users who come back are alike then. Users who never
// do keep their hash, and show, until you give them one that is [Unusable].
// Django: check_password.
func (s *Hashers) Check(password, encoded string) (Result, error) {
	if err := s.policy.limits.checkPassword(password); err != nil {
		return Result{}, err
	}
	if !Usable(encoded) {
		s.Spend(password)
		return Result{}, nil
	}
	h, hash, err := s.read(encoded)
	var result Result
	if err == nil {
		result, err = s.verify(password, h, hash)
	}
	if err != nil {
		s.Spend(password)
		return Result{}, err
	}
	return result, nil
}

func (s *Hashers) read(encoded string) (Hasher, *stored, error) {
	if err := s.policy.limits.checkEncoded(encoded); err != nil {
		return nil, nil, err
	}
	h, ok := s.byName[hasherName(encoded)]
	if !ok {
		return nil, nil, noHasher("its name is unknown or not listed")
	}
	if err := checkFIPS(h); err != nil {
		return nil, nil, err
	}
	hash, err := h.read(encoded, &s.policy)
	return h, hash, err
}

func (s *Hashers) verify(password string, h Hasher, hash *stored) (Result, error) {
	ok, err := hash.verify(password)
	if err != nil {
		return Result{}, err
	}
	changed := h.name() != s.preferred.name()
	if !ok && !changed && hash.outdated {
		if hash.harden != nil {
			hash.harden(password)
		}
		s.hook.Report(passwordhook.Hardened)
	}
	return Result{OK: ok, Upgrade: ok && (changed || hash.outdated)}, nil
}

// Make returns a new hash of password, made by the first hasher with a random
// salt. An empty password is one like any other: refuse it before, if you do
// not want it. A password that is too long is [saltine.ErrTooLarge], one that
// the hasher cannot take [saltine.ErrUnsupported], and a hasher that FIPS 140
// does not allow [ErrNoHasher].
// Django: make_password.
func (s *Hashers) Make(password string) (string, error) {
	if err := s.policy.limits.checkPassword(password); err != nil {
		return "", err
	}
	if err := checkFIPS(s.preferred); err != nil {
		return "", err
	}
	return s.preferred.encode(password, s.hook.Salted(func() string { return randomText(saltLength) }))
}

// Spend takes the time of a check and finds nothing. Call it when there is no
// such user: the answer then takes as long as for one whose hash the preferred
// hasher made with the parameters it has now. [Hashers.Check] says which hashes
// take another time, and does the same for those that it cannot check. Spend
// takes one run of the preferred hasher, whatever the password holds. It takes
// no time for a password beyond Limits.MaxPassword, as Check, and where FIPS 140
// does not allow the preferred hasher.
func (s *Hashers) Spend(password string) {
	password = strings.ReplaceAll(password, "\x00", "0") // Make of bcrypt refuses a NUL at once
	if _, err := s.Make(password); err == nil {
		s.hook.Report(passwordhook.Default)
	}
}

// Identify returns the name of the hasher that made encoded, as "argon2", or ""
// if none of the listed ones did. It looks at the name alone.
// Django: identify_hasher.
func (s *Hashers) Identify(encoded string) string {
	if h, ok := s.byName[hasherName(encoded)]; ok {
		return h.name()
	}
	return ""
}

// hasherName finds two of the names by shape: Django once wrote them without.
func hasherName(encoded string) string {
	name, _, dollar := strings.Cut(encoded, "$")
	switch n := utf8.RuneCountInString(encoded); {
	case n == 32 && !dollar, n == 37 && strings.HasPrefix(encoded, "md5$$"):
		return "unsalted_md5"
	case n == 46 && strings.HasPrefix(encoded, "sha1$$"):
		return "unsalted_sha1"
	}
	return name
}

// checkFIPS refuses what FIPS 140 has not approved, before it panics.
func checkFIPS(h Hasher) error {
	if fips140.Enforced() && h.name() != (PBKDF2SHA256{}).name() {
		return noHasher("FIPS 140 does not allow it")
	}
	return nil
}

// unusablePrefix begins what stands in the column when there is no password.
const unusablePrefix = "!"

// Usable tells whether encoded is anything but what [Unusable] writes. A hash
// that is broken or empty is usable in this sense.
// Django: is_password_usable.
func Usable(encoded string) bool { return !strings.HasPrefix(encoded, unusablePrefix) }

// Unusable returns what to save for a user without a password: an exclamation
// mark and 40 random characters. No password is ever right for it.
// Django: make_password(None), set_unusable_password.
func Unusable() string { return unusablePrefix + randomText(40) }
