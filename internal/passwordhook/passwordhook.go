// Package passwordhook lets the recordings of package passwords choose a salt
// and watch what a check spends. It is internal, so that no program can: a
// salt that is not random is a hole.
package passwordhook

// Hook is what passwords.Options.Hook points to.
type Hook struct {
	// Salt takes the place of the random one, unless it is empty. The bcrypt
	// hashers draw their own all the same.
	Salt string
	// Ran is called after each piece of work that only spends time, unless it
	// is nil.
	Ran func(Work)
}

// Work is what Django does to hide how a check ended.
type Work int

// The two kinds of work.
const (
	// Default is a run of the preferred hasher in place of a check.
	Default Work = iota + 1
	// Hardened is the work that the stored hash spared, after a wrong
	// password. Django: harden_runtime.
	Hardened
)

// Salted returns the salt of h, or else what random gives.
func (h *Hook) Salted(random func() string) string {
	if h == nil || h.Salt == "" {
		return random()
	}
	return h.Salt
}

// Report tells h that work was done.
func (h *Hook) Report(w Work) {
	if h != nil && h.Ran != nil {
		h.Ran(w)
	}
}
