package authvectors

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine/djangoauth"
)

// Rule is a difference from Django that is meant. It looks at the case and at what
// Django did, never at what Go does.
type Rule struct {
	Name    string
	Reason  string
	applies func(*Case, facts) bool
	change  func(f *File, c *Case, build string, want facts)
}

// rules are applied in order.
var rules = []Rule{
	{
		Name:   "every login has a hash",
		Reason: "Django signs in a user class without get_session_auth_hash by the id alone, and fails at its login since 6.1: here it is as any other user",
		applies: func(c *Case, _ facts) bool {
			return c.UserModel == "NoHashUser"
		},
		change: asUUIDUser,
	},
	{
		Name:    "the hash is always verified",
		Reason:  "Django 1.8 and 1.9 looked at the hash only where SessionAuthenticationMiddleware was installed",
		applies: func(c *Case, _ facts) bool { return c.NoSessionAuthMiddleware },
		change: func(f *File, c *Case, _ string, want facts) {
			as("get_user hash of another user, sha1")(f, c, "3.0.14", want) // 1.9 left Vary out of a deletion
		},
	},
	{
		Name:    "ids as Django writes them",
		Reason:  "an id of another spelling or type is an error and nobody's: Django takes some for the same, and answers 500 to others",
		applies: func(c *Case, want facts) bool { return c.Steps[0].Op == "get_user" && oddID(c) && notRefused(want) },
		change:  refuse,
	},
	{
		Name:    "ids as Django writes them, at a login",
		Reason:  "such an id is another user's: the session is flushed, and the login works",
		applies: func(c *Case, want facts) bool { return c.Steps[0].Op == "login" && oddID(c) && notFlushed(want) },
		change:  as("login with id None in the session"),
	},
	{
		Name:    "no backends",
		Reason:  "no backends mean ModelBackend: Django's empty list keeps everybody out",
		applies: func(c *Case, _ facts) bool { return len(c.Backends) == 0 },
		change:  asWithModelBackend,
	},
	{
		Name:    "the backend is looked at first",
		Reason:  "a login with a backend that does not count is an error, and leaves the session alone: Django has changed its key by then, and stores the path",
		applies: func(c *Case, _ facts) bool { return c.Steps[0].Op == "login" && badBackend(c) },
		change:  refuseLogin,
	},
}

// Rules returns the rules, for the reader of a report.
func Rules() []Rule { return slices.Clone(rules) }

func applyRules(f *File, c *Case, build string, want facts) []string {
	var applied []string
	for _, r := range rules {
		if r.applies(c, want) {
			r.change(f, c, build, want)
			applied = append(applied, r.Name)
		}
	}
	return applied
}

// as has a case expect what Django did in another one.
func as(name string) func(*File, *Case, string, facts) {
	return func(f *File, _ *Case, build string, want facts) { replace(want, f.named(name), build, nil) }
}

// asWithModelBackend is as for the first step of a case that has the backend, and a hash
// that is wrong before Django 3.1.
func asWithModelBackend(f *File, c *Case, build string, want facts) {
	other := "get_user valid, sha256"
	if b, _ := parseBuild(build); b.before(3, 1) {
		other = "get_user hash of another user, sha1"
	}
	as(other)(f, c, build, want)
	maps.DeleteFunc(want, func(name, _ string) bool { return strings.HasPrefix(name, "1 ") })
}

// asUUIDUser is as for the case of the same name with UUID keys.
func asUUIDUser(f *File, c *Case, build string, want facts) {
	other := f.named("UUIDUser:" + strings.TrimPrefix(c.Name, "NoHashUser:"))
	if other == nil {
		replace(want, nil, build, nil)
		return
	}
	var ids []string
	for i := range c.Users {
		ids = append(ids, plainText(other.Users[i].PK), plainText(c.Users[i].PK))
	}
	replace(want, other, build, strings.NewReplacer(ids...))
}

// replace puts the facts of another case in place of want's. A case that is not there
// leaves nothing that could pass.
func replace(want facts, other *Case, build string, edit *strings.Replacer) {
	clear(want)
	if other == nil {
		want["the case to compare with"] = "is missing"
		return
	}
	for name, value := range factsOf(other, other.outcome(build)) {
		if edit != nil {
			value = edit.Replace(value)
		}
		want[name] = value
	}
}

func (f *File) named(name string) *Case {
	for _, c := range f.cases() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// plainText is a JSON text, or another value, as text.
func plainText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// stored returns a value of the case's session as JSON, nil for none.
func (c *Case) stored(name string) json.RawMessage {
	var items [][2]json.RawMessage
	if json.Unmarshal(c.Session, &items) != nil {
		return nil
	}
	for _, item := range items {
		if string(item[0]) == `"`+name+`"` {
			return item[1]
		}
	}
	return nil
}

// oddID reports whether the session has an id that Django would not have written.
func oddID(c *Case) bool {
	raw := c.stored("_auth_user_id")
	if raw == nil {
		return false
	}
	var id string
	if json.Unmarshal(raw, &id) != nil || string(raw) == "null" {
		id = string(raw) // whole numbers are what Django to 1.6 wrote
		if _, err := djangoauth.IntegerID(id); err != nil {
			return true
		}
	}
	_, err := parseID(c)(id)
	return err != nil
}

func notRefused(want facts) bool {
	return want["0 get_user failed"] == "true" || want["0 get_user user"] != none || want["0 get_user modified"] == "true"
}

func notFlushed(want facts) bool {
	return want["0 login failed"] == "true" || want["0 login key"] == "old"
}

// refuse has every step find nobody, in a session that is only read.
func refuse(_ *File, c *Case, _ string, want facts) {
	clear(want)
	key := "old"
	for i := range c.Steps {
		addStep(want, i, c, false, none, false, Session{Key: &key, Accessed: true, Items: c.Session})
	}
	untouched(want, c)
}

// untouched has nothing set or stored.
func untouched(f facts, c *Case) {
	f["cookie"], f["vary"], f["last login"], f["created"] = none, "Cookie", "", ""
	f["stored"] = "old " + normal(c.Session)
}

// badBackend reports whether a login names no backend that counts.
func badBackend(c *Case) bool {
	s := &c.Steps[0]
	backend := s.backend()
	return backend == "" && len(c.Backends) != 1 || backend != "" && !slices.Contains(c.Backends, backend)
}

// backend returns the backend that a step names, or that the user has.
func (s *Step) backend() string {
	if s.Backend == nil {
		return s.UserBackend
	}
	return plainText(s.Backend) // of a number, the text
}

// refuseLogin has the login fail, and what follows find nobody.
func refuseLogin(_ *File, c *Case, _ string, want facts) {
	clear(want)
	key := "old"
	addStep(want, 0, c, true, none, false, Session{Key: &key})
	for i := range c.Steps[1:] {
		addStep(want, i+1, c, false, none, false, Session{Key: &key, Accessed: true, Items: c.Session})
	}
	untouched(want, c)
	if len(c.Steps) == 1 {
		want["vary"] = none
	}
}
