// Package authvectors runs recordings of real Django's logins against package
// djangoauth: every request is made again, step by step, on a session of the same kind,
// and everything that Django recorded is compared.
//
// It is for tests and for the command: no program that uses djangoauth has it.
package authvectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/internal/recording"
)

// File is a file of recordings. Its Schema explains the fields.
type File struct {
	Schema      []string `json:"schema"`
	Hashes      []Hash   `json:"hashes"`
	Calls       []Case   `json:"calls"`
	CustomUsers []Case   `json:"custom_users"`
	Count       int      `json:"count"` // of Calls and CustomUsers
}

// Hash is the session hash of a password column.
type Hash struct {
	Key       string `json:"key"`
	Password  string `json:"password"`
	Algorithm string `json:"algorithm"`
	Hash      string `json:"hash"`
}

// Case is one request.
type Case struct {
	ID                      int             `json:"id"`
	Name                    string          `json:"name"`
	Key                     string          `json:"key"`
	Fallbacks               []string        `json:"fallbacks"`
	HashingAlgorithm        string          `json:"hashing_algorithm"`
	Backends                []string        `json:"backends"`
	Engine                  string          `json:"engine"`     // db or signed_cookies
	UserModel               string          `json:"user_model"` // empty: an integer key
	Users                   []User          `json:"users"`
	UsersAfter              []User          `json:"users_after"`
	Session                 json.RawMessage `json:"session"` // pairs, null without a cookie
	Steps                   []Step          `json:"steps"`
	NoSessionAuthMiddleware bool            `json:"no_session_auth_middleware"`
	Outcomes                []Outcome       `json:"outcomes"`
}

// User is a row of the user table, or a change to one.
type User struct {
	Username string          `json:"username"`
	PK       json.RawMessage `json:"pk"`
	IsActive *bool           `json:"is_active"`
	Password *string         `json:"password"`
	Deleted  bool            `json:"deleted"`
}

// Step is one call.
type Step struct {
	Op          string          `json:"op"`
	User        string          `json:"user"` // empty: None
	Password    string          `json:"password"`
	Backend     json.RawMessage `json:"backend"`
	UserBackend string          `json:"user_backend"`
	Key         string          `json:"key"`
	Value       json.RawMessage `json:"value"`
	Class       string          `json:"class"`
}

// Outcome is what some builds of Django did.
type Outcome struct {
	SeenOn           []string            `json:"seen_on"`
	Steps            []StepOutcome       `json:"steps"`
	Cookie           *string             `json:"cookie"`
	Vary             *string             `json:"vary"`
	Stored           [][]json.RawMessage `json:"stored"`
	LastLoginUpdated []string            `json:"last_login_updated"`
	UsersCreated     []string            `json:"users_created"`
}

// StepOutcome is what a step did.
type StepOutcome struct {
	User        *string `json:"user"`
	Exception   string  `json:"exception"`
	Session     Session `json:"session"`
	CSRFRotated bool    `json:"csrf_rotated"`
}

// Session is a session after a step.
type Session struct {
	Key      *string         `json:"key"` // db only
	Modified bool            `json:"modified"`
	Accessed bool            `json:"accessed"`
	Items    json.RawMessage `json:"items"` // pairs, null if not loaded
}

// Parse reads a file, which may be compressed by gzip. A field that is unknown, an id
// that is there twice, a case without an outcome and a wrong count are errors.
func Parse(data []byte) (*File, error) {
	file := &File{}
	if err := recording.Decode(data, file); err != nil {
		return nil, fmt.Errorf("authvectors: %w", err)
	}
	if err := file.check(); err != nil {
		return nil, err
	}
	return file, nil
}

// cases are all requests of the file.
func (f *File) cases() []*Case {
	var list []*Case
	for _, cases := range [][]Case{f.Calls, f.CustomUsers} {
		for i := range cases {
			list = append(list, &cases[i])
		}
	}
	return list
}

func (f *File) check() error {
	seen := map[int]bool{}
	for _, c := range f.cases() {
		if seen[c.ID] || len(c.Outcomes) == 0 {
			return fmt.Errorf("authvectors: id %d is there twice, or has no outcome", c.ID)
		}
		seen[c.ID] = true
		for i := range c.Outcomes {
			if err := c.Outcomes[i].check(len(c.Steps)); err != nil {
				return fmt.Errorf("authvectors: id %d: %w", c.ID, err)
			}
		}
	}
	if len(seen) != f.Count {
		return fmt.Errorf("authvectors: %d cases, and a count of %d", len(seen), f.Count)
	}
	return nil
}

func (o *Outcome) check(steps int) error {
	if len(o.Steps) != steps || len(o.SeenOn) == 0 {
		return errors.New("an outcome without builds, or with another number of steps")
	}
	for _, name := range o.SeenOn {
		if _, err := parseBuild(name); err != nil {
			return err
		}
	}
	for _, row := range o.Stored {
		if len(row) != 2 {
			return errors.New("a stored row that is no pair")
		}
	}
	return nil
}

// build is a version of Django: its numbers.
type build []int

// mainBuild comes after all others.
const mainBuild = "main-2026-08"

func parseBuild(name string) (build, error) {
	name = strings.TrimSuffix(name, " async")
	if name == mainBuild {
		return build{1 << 20}, nil
	}
	var b build
	for part := range strings.SplitSeq(name, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("unknown build %q", name)
		}
		b = append(b, n)
	}
	return b, nil
}

func (b build) before(numbers ...int) bool { return slices.Compare(b, numbers) < 0 }

// imitated are builds of which options of package djangoauth do what they did, where
// that is not what the newest one does: no fallbacks, SHA-1 read too, SHA-1 alone.
var imitated = []string{"4.1.7", "3.2.25", "3.0.14"}

// builds returns the builds to compare with: the newest that made the recording, and
// those that options imitate. No option has a login of None sign in request.user, as
// Django does to 6.0.
func (c *Case) builds() []string {
	newest, names := "", map[string]bool{}
	var highest build
	for i := range c.Outcomes {
		for _, name := range c.Outcomes[i].SeenOn {
			b, _ := parseBuild(name)
			if names[name] = true; !strings.HasSuffix(name, " async") && (highest == nil || highest.before(b...)) {
				newest, highest = name, b
			}
		}
	}
	list := []string{newest}
	if slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Op == "login" && s.User == "" }) {
		return list
	}
	for _, name := range imitated {
		if names[name] && name != newest {
			list = append(list, name)
		}
	}
	return list
}

// outcome returns that of a build, or of the newest if the build has none.
func (c *Case) outcome(name string) *Outcome {
	for _, name := range []string{name, c.builds()[0]} {
		for i := range c.Outcomes {
			if slices.Contains(c.Outcomes[i].SeenOn, name) {
				return &c.Outcomes[i]
			}
		}
	}
	return &c.Outcomes[0]
}
