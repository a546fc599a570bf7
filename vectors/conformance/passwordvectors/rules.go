package passwordvectors

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/djangoauth/passwords"
)

// Rule is one way in which package passwords differs from Django on purpose. It
// looks at the case and at what Django did, never at what Go does.
type Rule struct {
	Name   string
	Reason string
	// applies tells whether the rule speaks about this outcome.
	applies func(*Case, *Outcome, build) bool
	// change turns what Django did into what Go must do. If it is nil, Go has
	// nothing to compare.
	change func(*outcome)
}

var limits = passwords.DefaultLimits()

// Rules returns the rules in their order: a later one overrides an earlier one.
func Rules() []Rule { return slices.Clone(rules) }

var rules = []Rule{
	{
		"time hidden on every version", "Django runs the preferred hasher for what it cannot check since 4.2; Go always does",
		func(c *Case, o *Outcome, b build) bool {
			return c.Kind == KindCheck && b.before(4, 2) && (c.Password == nil || !usable(c) || o.Identified == "")
		},
		func(want *outcome) { want.DefaultHasherRun = true },
	},
	{
		"unlisted is usable", "is_password_usable asked for a listed hasher before 2.1, and looks at the first character since",
		func(c *Case, o *Outcome, b build) bool {
			return c.Kind == KindCheck && b.before(2, 1) && usable(c) && !o.Usable
		},
		func(want *outcome) { want.Usable = true },
	},
	{
		"exception at a check", "a broken hash is an error of the kind ErrMalformed, and takes the time of a check",
		func(c *Case, o *Outcome, _ build) bool { return c.Kind == KindCheck && o.Exception != "" },
		refuse(errMalformed),
	},
	{
		"exception at an encoding", "a salt that Django cannot write is an error of the kind ErrInvalidOption",
		func(c *Case, o *Outcome, _ build) bool { return c.Kind == KindEncode && o.Exception != "" },
		func(want *outcome) { *want = outcome{Err: errInvalidOption} },
	},
	{
		"never written", "no password is right for a hash that Django would write in another way: ErrMalformed, not a wrong password",
		func(c *Case, o *Outcome, _ build) bool {
			return checks(c) && !o.Correct && neverWritten(o.Identified, c.encoded())
		},
		refuse(errMalformed),
	},
	{
		"hasher unknown", "a hash whose hasher is unknown or not listed is ErrNoHasher, not a wrong password",
		func(c *Case, o *Outcome, _ build) bool { return checks(c) && usable(c) && o.Identified == "" },
		refuse(errNoHasher),
	},
	{
		"no crypt", "Go has no crypt, which Django dropped in 5.0: ErrNoHasher",
		func(c *Case, o *Outcome, _ build) bool { return checks(c) && o.Identified == "crypt" },
		func(want *outcome) {
			refuse(errNoHasher)(want)
			want.Identified = ""
		},
	},
	{
		"no crypt to identify", "the hasher is not there to be named",
		func(c *Case, o *Outcome, _ build) bool {
			return c.Kind == KindCheck && c.Password == nil && o.Identified == "crypt"
		},
		func(want *outcome) { want.Identified = "" },
	},
	{
		"no crypt to make", "there is nothing to compare",
		func(c *Case, _ *Outcome, _ build) bool { return c.Kind == KindEncode && c.Hashers[0] == "Crypt" },
		nil,
	},
	{
		"argon2d and version 16", "golang.org/x/crypto has argon2i and argon2id of version 19: ErrNoHasher",
		func(c *Case, o *Outcome, _ build) bool {
			return checks(c) && o.Identified == "argon2" && argon2Missing.MatchString(c.encoded())
		},
		refuse(errNoHasher),
	},
	{
		"argon2 before 3.2", "Django to 3.1 verifies argon2i only and looks at no hash length; Go does both on every version",
		func(c *Case, o *Outcome, b build) bool {
			return checks(c) && b.old() && o.Identified == "argon2" && forms["argon2"].MatchString(c.encoded()) &&
				!argon2Old.MatchString(c.encoded())
		},
		nil,
	},
	{
		"salt of bcrypt as text", "before 6.0 make_password takes the salt of bcrypt as bytes only: the recorded TypeError is about the call",
		func(c *Case, o *Outcome, _ build) bool {
			return c.Kind == KindEncode && isBcrypt(c) && o.Exception == "TypeError"
		},
		nil,
	},
	{
		"NUL for bcrypt", "a password comes from the client: with a NUL it is wrong, not an exception",
		func(c *Case, o *Outcome, _ build) bool {
			return checks(c) && o.Identified == "bcrypt" && o.Exception != "" && strings.Contains(*c.Password, "\x00") &&
				forms["bcrypt"].MatchString(c.encoded())
		},
		func(want *outcome) { want.Err, want.DefaultHasherRun = "", false },
	},
	{
		"NUL to bcrypt", "bcrypt makes no hash of a password with a NUL: ErrUnsupported",
		func(c *Case, o *Outcome, _ build) bool {
			return c.Kind == KindEncode && c.Hashers[0] == "BCrypt" && o.Exception == "ValueError" && strings.Contains(*c.Password, "\x00")
		},
		func(want *outcome) { *want = outcome{Err: errUnsupported} },
	},
	{
		"beyond the limits", "a hash that claims more than Limits allows, or for scrypt more than OpenSSL does, is ErrTooLarge",
		func(c *Case, o *Outcome, _ build) bool { return checks(c) && beyondLimits(o.Identified, c.encoded()) },
		refuse(errTooLarge),
	},
	{
		"password too long", "a password beyond Limits.MaxPassword is ErrTooLarge, at once",
		func(c *Case, _ *Outcome, _ build) bool {
			return c.Password != nil && len(*c.Password) > limits.MaxPassword
		},
		func(want *outcome) {
			*want = outcome{Err: errTooLarge, Identified: want.Identified, Usable: want.Usable}
		},
	},
}

// checks tells whether the case checks a password that is there.
func checks(c *Case) bool { return c.Kind == KindCheck && c.Password != nil }

func usable(c *Case) bool { return !strings.HasPrefix(c.encoded(), "!") }

// refuse is for a hash that cannot be checked: Go runs the preferred hasher and
// gives an error.
func refuse(kind string) func(*outcome) {
	return func(want *outcome) {
		*want = outcome{Err: kind, DefaultHasherRun: true, Identified: want.Identified, Usable: want.Usable}
	}
}

// Pieces of what Django writes. The last character of base64 has bits that are
// always zero, two or four of them. Argon2 wants 8 bytes of salt and 4 of hash.
const (
	formNumber   = `[1-9][0-9]*`
	formSalt     = `[^$]+`
	form64       = `[A-Za-z0-9+/]`
	formEnd2     = `[AEIMQUYcgkosw048]`
	formEnd4     = `[AQgw]`
	formQuad     = `(?:` + form64 + `{4})`
	formTail     = `(?:` + form64 + formEnd4 + `|` + form64 + `{2}` + formEnd2 + `)`
	formFrom8    = `(?:` + formQuad + `{2}` + form64 + `{2}` + formEnd2 + `|` + formQuad + `{3,}` + formTail + `?)`
	formFrom4    = `(?:` + formQuad + formTail + `|` + formQuad + `{2,}` + formTail + `?)`
	formBcrypt   = `\$\$2[aby]\$(?:0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$`
	formArgon2   = `\$m=` + formNumber + `,t=` + formNumber + `,p=` + formNumber + `\$` + formFrom8 + `\$` + formFrom4 + `$`
	formPBKDF2   = `\$` + formNumber + `\$` + formSalt + `\$`
	formScryptRP = `\$` + formNumber + `\$` + formNumber + `\$`
)

// forms are what each hasher writes, whole, whatever the costs.
var forms = map[string]*regexp.Regexp{
	"pbkdf2_sha256": regexp.MustCompile(`^pbkdf2_sha256` + formPBKDF2 + form64 + `{42}` + formEnd2 + `=$`),
	"pbkdf2_sha1":   regexp.MustCompile(`^pbkdf2_sha1` + formPBKDF2 + form64 + `{26}` + formEnd2 + `=$`),
	"argon2":        regexp.MustCompile(`^argon2\$argon2(?:i|d|id)(?:\$v=1[69])?` + formArgon2),
	"bcrypt_sha256": regexp.MustCompile(`^bcrypt_sha256` + formBcrypt),
	"bcrypt":        regexp.MustCompile(`^bcrypt` + formBcrypt),
	"scrypt":        regexp.MustCompile(`^scrypt\$` + formNumber + `\$` + formSalt + formScryptRP + form64 + `{85}` + formEnd4 + `==$`),
	"md5":           regexp.MustCompile(`^md5\$` + formSalt + `\$[0-9a-f]{32}$`),
	"sha1":          regexp.MustCompile(`^sha1\$` + formSalt + `\$[0-9a-f]{40}$`),
	"unsalted_md5":  regexp.MustCompile(`^(?:md5\$\$)?[0-9a-f]{32}$`),
	"unsalted_sha1": regexp.MustCompile(`^sha1\$\$[0-9a-f]{40}$`),
}

var (
	argon2Missing = regexp.MustCompile(`^argon2\$argon2(?:d\$v=1[69]|id?\$v=16|id?)` + formArgon2)
	argon2Old     = regexp.MustCompile(`^argon2\$argon2i\$v=19.*\$` + form64 + `{21}` + formEnd4 + `$`)
	costArgon2    = regexp.MustCompile(`\$m=(\d+),t=(\d+),p=(\d+)\$`)
	costPBKDF2    = regexp.MustCompile(`^[a-z0-9_]+\$(\d+)\$`)
	costScrypt    = regexp.MustCompile(`^scrypt\$(\d+)\$[^$]+\$(\d+)\$(\d+)\$`)
	costBcrypt    = regexp.MustCompile(`^bcrypt(?:_sha256)?\$\$2.\$(\d+)\$`)
)

// neverWritten tells whether a hash with the name of a hasher is not in its form.
// Argon2 also wants 8 KiB for each lane.
func neverWritten(name, encoded string) bool {
	form, known := forms[name]
	switch {
	case !known:
		return false
	case !form.MatchString(encoded):
		return true
	case name == "argon2":
		n := numbers(costArgon2, encoded)
		return n[0] < 8*n[2]
	}
	return false
}

// beyondLimits tells whether a hash that Django could have written costs more
// than the default limits allow.
func beyondLimits(name, encoded string) bool {
	if len(encoded) > limits.MaxEncoded {
		return name != ""
	}
	if forms[name] == nil || neverWritten(name, encoded) {
		return false
	}
	switch name {
	case "pbkdf2_sha256", "pbkdf2_sha1":
		return numbers(costPBKDF2, encoded)[0] > float64(limits.MaxIterations)
	case "bcrypt", "bcrypt_sha256":
		return numbers(costBcrypt, encoded)[0] > float64(limits.MaxRounds)
	case "argon2":
		n := numbers(costArgon2, encoded)
		return n[0]*1024 > float64(limits.MaxMemory) || n[1] > float64(limits.MaxPasses) || n[2] > 255
	case "scrypt":
		n := numbers(costScrypt, encoded)
		return n[2] > float64(limits.MaxPasses) || 128*n[1]*(n[0]+2+n[2]) > 32<<20
	}
	return false
}

// numbers returns what the groups of cost match.
func numbers(cost *regexp.Regexp, encoded string) []float64 {
	var list []float64
	for _, digits := range cost.FindStringSubmatch(encoded)[1:] {
		n, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			n = math.Inf(1)
		}
		list = append(list, n)
	}
	return list
}
