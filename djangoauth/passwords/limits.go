package passwords

import "github.com/seed-52756201/saltine"

// Limits bound the work that one call does, whatever a stored hash claims. They
// are checked before the work, and before memory is taken for it. A zero field
// is that of [DefaultLimits]. With those a check takes some seconds at most.
type Limits struct {
	// MaxPassword is the length of a password in bytes.
	MaxPassword int
	// MaxEncoded is the length of a stored hash in bytes. Django's column has
	// 128 characters.
	MaxEncoded int
	// MaxIterations is for PBKDF2.
	MaxIterations int
	// MaxMemory is for Argon2 and scrypt, in bytes. For scrypt the limit is
	// never above 32 MiB, which OpenSSL sets for Django.
	MaxMemory int
	// MaxPasses is how often the memory is gone through: the time cost of
	// Argon2 and the parallelism of scrypt.
	MaxPasses int
	// MaxRounds is the cost of bcrypt. One more doubles the time.
	MaxRounds int
}

// DefaultLimits returns what zero fields of [Limits] stand for. Each leaves room
// above what Django writes by itself.
func DefaultLimits() Limits {
	return Limits{
		MaxPassword:   4096,
		MaxEncoded:    1024,
		MaxIterations: 10_000_000,
		MaxMemory:     128 << 20,
		MaxPasses:     16,
		MaxRounds:     15,
	}
}

func (l *Limits) complete() error {
	standard := DefaultLimits()
	for _, f := range []struct {
		field    *int
		standard int
	}{
		{&l.MaxPassword, standard.MaxPassword},
		{&l.MaxEncoded, standard.MaxEncoded},
		{&l.MaxIterations, standard.MaxIterations},
		{&l.MaxMemory, standard.MaxMemory},
		{&l.MaxPasses, standard.MaxPasses},
		{&l.MaxRounds, standard.MaxRounds},
	} {
		if *f.field < 0 {
			return invalidOption("a limit is negative")
		}
		if *f.field == 0 {
			*f.field = f.standard
		}
	}
	return nil
}

func (l *Limits) checkPassword(password string) error {
	return checkSize("password", len(password), l.MaxPassword)
}

func (l *Limits) checkEncoded(encoded string) error {
	return checkSize("stored password hash", len(encoded), l.MaxEncoded)
}

func checkSize(what string, size, limit int) error {
	if size > limit {
		return &saltine.SizeError{What: what, Size: size, Limit: limit}
	}
	return nil
}

func (l *Limits) checkIterations(n int) error {
	if n > l.MaxIterations {
		return tooLarge("more iterations of PBKDF2 than Limits.MaxIterations")
	}
	return nil
}

func (l *Limits) checkRounds(n int) error {
	if n > l.MaxRounds {
		return tooLarge("a higher cost of bcrypt than Limits.MaxRounds")
	}
	return nil
}

func (l *Limits) checkPasses(n int) error {
	if n > l.MaxPasses {
		return tooLarge("more passes over the memory than Limits.MaxPasses")
	}
	return nil
}

// checkMemory takes a float, which no product of three numbers overflows.
func (l *Limits) checkMemory(size float64) error {
	if size > float64(l.MaxMemory) {
		return tooLarge("more memory than Limits.MaxMemory")
	}
	return nil
}
