// Package passwordvectors runs recordings of Django's password hashers against
// package passwords. It stands above that package, as conformance stands above
// saltine, and is internal because only tests and the command need it.
package passwordvectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/internal/recording"
)

// File is a file of recordings.
type File struct {
	Schema   []string   `json:"schema"`
	Cases    []Case     `json:"cases"`
	Defaults []Defaults `json:"defaults"`
	Count    int        `json:"count"`
}

// The kinds of cases.
const (
	KindCheck  = "check"  // check_password(password, encoded, setter)
	KindEncode = "encode" // make_password(password, salt)
)

// Case is one call, and what came of it on each build.
type Case struct {
	ID       int       `json:"id"`
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	Password *string   `json:"password"` // nil is None
	Encoded  *string   `json:"encoded"`  // nil is None; KindCheck only
	Salt     string    `json:"salt"`     // KindEncode only
	Hashers  []string  `json:"hashers"`  // the first is preferred
	Needs    []string  `json:"needs"`    // Python packages
	Outcomes []Outcome `json:"outcomes"`
}

// Outcome is what some builds did.
type Outcome struct {
	SeenOn           []string `json:"seen_on"`
	Correct          bool     `json:"correct"`
	Upgrade          bool     `json:"upgrade"`
	Hardened         bool     `json:"hardened"`
	DefaultHasherRun bool     `json:"default_hasher_run"`
	Identified       string   `json:"identified"` // empty for none
	Usable           bool     `json:"usable"`
	Exception        string   `json:"exception"`
	Encoded          string   `json:"encoded"` // KindEncode only
}

// Defaults are the attributes of every hasher of some builds.
type Defaults struct {
	SeenOn         []string                   `json:"seen_on"`
	Hashers        map[string]json.RawMessage `json:"hashers"`
	Settings       []string                   `json:"settings"`
	UnusableLength int                        `json:"unusable_length"`
	UnusablePrefix string                     `json:"unusable_prefix"`
}

// Parse reads a file, which may be compressed by gzip. Unknown fields, repeated ids, a
// wrong count, unknown kinds and cases without outcomes are errors.
func Parse(data []byte) (*File, error) {
	f := &File{}
	if err := recording.Decode(data, f); err != nil {
		return nil, fmt.Errorf("passwordvectors: %w", err)
	}
	if f.Count != len(f.Cases) {
		return nil, fmt.Errorf("passwordvectors: count is %d, but there are %d cases", f.Count, len(f.Cases))
	}
	seen := map[int]bool{}
	for i := range f.Cases {
		c := &f.Cases[i]
		if seen[c.ID] {
			return nil, fmt.Errorf("passwordvectors: case %d: duplicate id", c.ID)
		}
		seen[c.ID] = true
		if err := c.validate(); err != nil {
			return nil, fmt.Errorf("passwordvectors: case %d: %w", c.ID, err)
		}
	}
	return f, nil
}

func (c *Case) validate() error {
	if c.Kind != KindCheck && c.Kind != KindEncode {
		return fmt.Errorf("unknown kind %q", c.Kind)
	}
	if c.Kind == KindEncode && c.Password == nil {
		return errors.New("no password to encode")
	}
	if len(c.Outcomes) == 0 || len(c.Hashers) == 0 {
		return errors.New("no outcomes or no hashers")
	}
	for _, o := range c.Outcomes {
		if len(o.SeenOn) == 0 {
			return errors.New("an outcome that no build has")
		}
		for _, name := range o.SeenOn {
			if _, err := parseBuild(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// encoded is the stored hash: a column that is NULL is empty in Go.
func (c *Case) encoded() string {
	if c.Encoded == nil {
		return ""
	}
	return *c.Encoded
}

// build is a version of Django. Its main branch comes after all others.
type build struct {
	name         string
	major, minor int
}

func parseBuild(name string) (build, error) {
	if strings.HasPrefix(name, "main") {
		return build{name, 1 << 20, 0}, nil
	}
	parts := strings.Split(name, ".")
	if len(parts) < 2 {
		return build{}, fmt.Errorf("unknown build %q", name)
	}
	major, err := strconv.Atoi(parts[0])
	if err != nil {
		return build{}, fmt.Errorf("unknown build %q", name)
	}
	minor, err := strconv.Atoi(parts[1])
	if err != nil {
		return build{}, fmt.Errorf("unknown build %q", name)
	}
	return build{name, major, minor}, nil
}

func (b build) before(major, minor int) bool {
	return b.major < major || b.major == major && b.minor < minor
}

// old tells whether options of package passwords imitate the build: before 3.2
// salts were shorter and Argon2 was argon2i.
func (b build) old() bool { return b.before(3, 2) }

// builds returns the newest build of an outcome, and the newest of those before
// 3.2, where options of package passwords differ.
func (o *Outcome) builds() []build {
	var old, recent *build
	for _, name := range o.SeenOn {
		b, err := parseBuild(name)
		if err != nil {
			continue // Parse has refused it
		}
		newest := &recent
		if b.old() {
			newest = &old
		}
		if *newest == nil || !b.before((*newest).major, (*newest).minor) {
			*newest = &b
		}
	}
	var list []build
	for _, b := range []*build{recent, old} {
		if b != nil {
			list = append(list, *b)
		}
	}
	return list
}
