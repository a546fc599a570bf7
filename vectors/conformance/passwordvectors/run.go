package passwordvectors

import (
	"errors"
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth/passwords"
	"github.com/seed-52756201/saltine/internal/passwordhook"
)

// Report is the result of a run.
type Report struct {
	Passed   int
	Failed   int
	Failures []Failure // in the order of the file, the first of each case that failed
	// Rules counts, by the name of each rule, the comparisons that it changed.
	Rules map[string]int
	// Compared counts comparisons: a case has one for each outcome, and two for
	// an outcome that builds before and since 3.2 share.
	Compared int
}

// Failure tells the first thing that went wrong in a case.
type Failure struct {
	ID    int
	Name  string
	Build string
	Want  string
	Got   string
}

// outcome is what a call did, in the words of both sides. Two that are equal
// print equally.
type outcome struct {
	Err              string // a kind, or empty
	Correct          bool
	Upgrade          bool
	Hardened         bool
	DefaultHasherRun bool
	Identified       string
	Usable           bool
	Encoded          string
}

// The kinds of errors in an outcome.
const (
	errMalformed     = "malformed"
	errNoHasher      = "no hasher"
	errTooLarge      = "too large"
	errInvalidOption = "invalid option"
	errUnsupported   = "unsupported"
)

// Run runs every case of f on every build whose outcome it has.
func Run(f *File) Report {
	r := Report{Rules: map[string]int{}}
	for i := range f.Cases {
		if failure := r.run(&f.Cases[i]); failure != nil {
			r.Failed++
			r.Failures = append(r.Failures, *failure)
		} else {
			r.Passed++
		}
	}
	return r
}

func (r *Report) run(c *Case) (first *Failure) {
	for i := range c.Outcomes {
		o := &c.Outcomes[i]
		for _, b := range o.builds() {
			if failure := r.compare(c, o, b); failure != nil && first == nil {
				first = failure
			}
		}
	}
	return first
}

func (r *Report) compare(c *Case, o *Outcome, b build) *Failure {
	r.Compared++
	want := recorded(o)
	skip := false
	for _, rule := range rules {
		if rule.applies(c, o, b) {
			r.Rules[rule.Name]++
			skip = skip || rule.change == nil
			if rule.change != nil {
				rule.change(&want)
			}
		}
	}
	if skip {
		return nil
	}
	got, err := call(c, o, b)
	switch {
	case err != nil:
		return &Failure{c.ID, c.Name, b.name, fmt.Sprintf("%+v", want), err.Error()}
	case got != want:
		return &Failure{c.ID, c.Name, b.name, fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)}
	}
	return nil
}

func recorded(o *Outcome) outcome {
	return outcome{
		Correct: o.Correct, Upgrade: o.Upgrade, Hardened: o.Hardened, DefaultHasherRun: o.DefaultHasherRun,
		Identified: o.Identified, Usable: o.Usable, Encoded: o.Encoded,
	}
}

// call does in Go what the case did in Python.
func call(c *Case, o *Outcome, b build) (outcome, error) {
	var got outcome
	hook := &passwordhook.Hook{Salt: c.Salt, Ran: func(w passwordhook.Work) {
		got.DefaultHasherRun = got.DefaultHasherRun || w == passwordhook.Default
		got.Hardened = got.Hardened || w == passwordhook.Hardened
	}}
	list, err := hashers(c.Hashers, b)
	if err != nil {
		return got, err
	}
	h, err := passwords.New(&passwords.Options{Hashers: list, AcceptShortSalts: b.old(), Hook: hook})
	if err != nil {
		return got, err
	}
	if c.Kind == KindEncode {
		got.Encoded, err = encode(h, c, o)
	} else {
		got.Identified, got.Usable = h.Identify(c.encoded()), passwords.Usable(c.encoded())
		err = check(h, c, &got)
	}
	got.Err, err = kind(err)
	return got, err
}

func check(h *passwords.Hashers, c *Case, got *outcome) error {
	if c.Password == nil {
		h.Spend("")
		return nil
	}
	result, err := h.Check(*c.Password, c.encoded())
	got.Correct, got.Upgrade = result.OK, result.Upgrade
	return err
}

// encode makes the hash with the salt of the case. bcrypt takes no salt from
// outside, so its recorded hash must begin with that salt and be right for
// the password, which leaves no other hash; and so must a new one.
func encode(h *passwords.Hashers, c *Case, o *Outcome) (string, error) {
	encoded, err := h.Make(*c.Password)
	if err != nil || !isBcrypt(c) {
		return encoded, err
	}
	start, _, _ := strings.Cut(o.Encoded, c.Salt)
	if start != c.bcryptName()+"$" || !strings.HasPrefix(encoded, start+c.Salt[:len("$2b$04$")]) {
		return "", errors.New("the hash has not the form of the recorded one")
	}
	for _, hash := range []string{encoded, o.Encoded} {
		if result, err := h.Check(*c.Password, hash); err != nil || !result.OK {
			return "", fmt.Errorf("a hash of bcrypt is not right for its password: %w", err)
		}
	}
	return o.Encoded, nil
}

func isBcrypt(c *Case) bool { return c.bcryptName() != "" }

func (c *Case) bcryptName() string {
	return map[string]string{"BCrypt": "bcrypt", "BCryptSHA256": "bcrypt_sha256"}[c.Hashers[0]]
}

// kind names an error of package passwords. Another one stays an error.
func kind(err error) (string, error) {
	for _, k := range []struct {
		kind error
		name string
	}{
		{saltine.ErrMalformed, errMalformed},
		{passwords.ErrNoHasher, errNoHasher},
		{saltine.ErrTooLarge, errTooLarge},
		{saltine.ErrInvalidOption, errInvalidOption},
		{saltine.ErrUnsupported, errUnsupported},
	} {
		if errors.Is(err, k.kind) {
			return k.name, nil
		}
	}
	return "", err
}

// hashers makes the list of a case, with the costs that the recordings have. A
// list must not be empty: where crypt was alone, PBKDF2 is there instead.
func hashers(names []string, b build) ([]passwords.Hasher, error) {
	var list []passwords.Hasher
	for _, name := range names {
		h, err := hasher(name, b)
		if err != nil {
			return nil, err
		}
		if h != nil {
			list = append(list, h)
		}
	}
	if list == nil {
		list = append(list, passwords.PBKDF2SHA256{Iterations: 1000})
	}
	return list, nil
}

func hasher(name string, b build) (passwords.Hasher, error) {
	switch name {
	case "PBKDF2":
		return passwords.PBKDF2SHA256{Iterations: 1000}, nil
	case "PBKDF2More":
		return passwords.PBKDF2SHA256{Iterations: 2000}, nil
	case "PBKDF2SHA1":
		return passwords.PBKDF2SHA1{Iterations: 1000}, nil
	case "Argon2":
		variety := passwords.Argon2id
		if b.old() {
			variety = passwords.Argon2i
		}
		return passwords.Argon2{Variety: variety, Time: 1, MemoryKiB: 64, Parallelism: 1, HashLength: 16}, nil
	case "BCryptSHA256":
		return passwords.BCryptSHA256{Rounds: 4}, nil
	case "BCrypt":
		return passwords.BCrypt{Rounds: 4}, nil
	case "Scrypt":
		return passwords.Scrypt{WorkFactor: 16, BlockSize: 8, Parallelism: 1}, nil
	case "MD5":
		return passwords.MD5{}, nil
	case "SHA1":
		return passwords.SHA1{}, nil
	case "UnsaltedMD5":
		return passwords.UnsaltedMD5{}, nil
	case "UnsaltedSHA1":
		return passwords.UnsaltedSHA1{}, nil
	case "Crypt":
		return nil, nil
	}
	return nil, fmt.Errorf("unknown hasher %q", name)
}
