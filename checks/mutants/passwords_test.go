package mutants_test

var passwordMutants = []mutant{
	{
		file: "djangoauth/passwords/hasher.go", name: "every password",
		old: `subtle.ConstantTimeCompare(a, b) == 1`, new: `subtle.ConstantTimeCompare(a, b) >= 0`,
		reason: "anybody can sign in",
	},
	{
		file: "djangoauth/passwords/hasher.go", name: "compare in variable time",
		old: `subtle.ConstantTimeCompare(a, b) == 1`, new: `subtle.ConstantTimeEq(0, 0) == 1 && string(a) == string(b)`,
		reason: "the time tells how many bytes are right", tests: ".",
	},
	{
		file: "djangoauth/passwords/hasher.go", name: "hash that is cut off",
		old: `err == nil && len(raw) != size`, new: `err == nil && len(raw) > size`,
		reason: "damage is read as something",
	},
	{
		file: "djangoauth/passwords/hasher.go", name: "any number",
		old: `text == "" || text[0] == '0' || `, new: `text == "" || `,
		reason: "another outcome than Django's",
	},
	{
		file: "djangoauth/passwords/hasher.go", name: "empty salt",
		old: `	if salt == "" {
		return false,`, new: `	if salt == "$" {
		return false,`,
		reason: "equal passwords have equal hashes",
	},
	{
		file: "djangoauth/passwords/hasher.go", name: "some letters are likelier",
		old: `if int(b) >= unbiased {`, new: `if int(b) >= unbiased+62 {`,
		reason: "a salt that can be guessed",
	},
	{
		file: "djangoauth/passwords/argon2.go", name: "empty hash",
		old: `len(salt) < argon2MinSalt || len(want) < argon2MinHash {`, new: `len(salt) < argon2MinSalt {`,
		reason: "every password is right",
	},
	{
		file: "djangoauth/passwords/argon2.go", name: "any memory",
		old: `return l.checkMemory(float64(h.MemoryKiB) * 1024)`, new: `return nil`,
		reason: "one stored hash takes all memory",
	},
	{
		file: "djangoauth/passwords/bcrypt.go", name: "hash with a tail",
		old: "CGKOSWaeimquy26]$`", new: "CGKOSWaeimquy26]`",
		reason: "another outcome than Django's",
	},
	{
		file: "djangoauth/passwords/bcrypt.go", name: "password with a NUL",
		old: `return ok && !hasNUL(password), err`, new: `return ok, err`,
		reason: "what follows it is not looked at",
	},
	{
		file: "djangoauth/passwords/bcrypt.go", name: "any cost",
		old: `	if err := p.limits.checkRounds(rounds); err != nil {
		return nil, err
	}`, new: ``,
		reason: "one stored hash takes all the time it likes",
	},
	{
		file: "djangoauth/passwords/pbkdf2.go", name: "any number of iterations",
		old: `	if err := p.limits.checkIterations(iterations); err != nil {
		return nil, err
	}`, new: ``,
		reason: "one stored hash takes all the time it likes",
	},
	{
		file: "djangoauth/passwords/scrypt.go", name: "any cost",
		old: `if err := made.checkCost(&p.limits); err != nil {`, new: `if err := made.checkCost(&p.limits); err != nil && h.WorkFactor < 0 {`,
		reason: "one stored hash takes all memory",
	},
	{
		file: "djangoauth/passwords/limits.go", name: "iterations less one",
		old: `if n > l.MaxIterations {`, new: `if n >= l.MaxIterations {`,
		reason: "what the limit allows is refused",
	},
	{
		file: "djangoauth/passwords/passwords.go", name: "unusable password",
		old: `!strings.HasPrefix(encoded, unusablePrefix) }`, new: `encoded != unusablePrefix }`,
		reason: "a user without a password is taken for a mistake",
	},
	{
		file: "djangoauth/passwords/passwords.go", name: "unusable password costs nothing",
		old: `		s.Spend(password)
		return Result{}, nil`, new: `		return Result{}, nil`,
		reason: "the time tells who has a password",
	},
	{
		file: "djangoauth/passwords/passwords.go", name: "broken hash costs nothing",
		old: `		s.Spend(password)
		return Result{}, err`, new: `		return Result{}, err`,
		reason: "the time tells whose hash is broken",
	},
	{
		file: "djangoauth/passwords/passwords.go", name: "NUL costs nothing",
		old: `strings.ReplaceAll(password, "\x00", "0")`, new: `strings.ReplaceAll(password, "\x00", "\x00")`,
		reason: "the time tells who has an account",
	},
	{
		file: "djangoauth/passwords/passwords.go", name: "password of any length",
		old: `	if err := s.policy.limits.checkPassword(password); err != nil {
		return Result{}, err
	}`, new: ``,
		reason: "a password takes all the time it likes",
	},
	{
		file: "djangoauth/passwords/passwords.go", name: "hash of any length",
		old: `	if err := s.policy.limits.checkEncoded(encoded); err != nil {
		return nil, nil, err
	}`, new: ``,
		reason: "a stored hash takes all the time it likes",
	},
	{
		file: "djangoauth/passwords/passwords.go", name: "upgrade of a wrong password",
		old: `Upgrade: ok && (changed || hash.outdated)`, new: `Upgrade: changed || hash.outdated`,
		reason: "a wrong password replaces the right one",
	},
	{
		file: "djangoauth/passwords/passwords.go", name: "weak hash under FIPS",
		old: `fips140.Enforced() && h.name()`, new: `fips140.Enforced() && h.name() == "" && h.name()`,
		reason: "a panic",
	},
}
