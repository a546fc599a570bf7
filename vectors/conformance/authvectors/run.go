package authvectors

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Report is the result of a run.
type Report struct {
	Passed  int
	Failed  int
	ByRule  map[string]int // comparisons that passed by what a rule expects in place of Django's outcome
	Results []Result       // hashes first, then the cases, each for every build that it is compared with
}

// Result is the result of one comparison.
type Result struct {
	ID     int // 0 for a hash
	Name   string
	Build  string   // of Django
	Rules  []string // that changed what is expected
	Passed bool
	Want   string // what differs first, if it failed
	Got    string
}

// Run runs every case of f.
func Run(f *File) Report {
	r := Report{ByRule: map[string]int{}}
	for i, h := range f.Hashes {
		r.add(Result{Name: fmt.Sprintf("hash %d", i)}, runHash(h))
	}
	for _, c := range f.cases() {
		for _, name := range c.builds() {
			want := factsOf(c, c.outcome(name))
			applied := applyRules(f, c, name, want)
			r.add(Result{ID: c.ID, Name: c.Name, Build: name, Rules: applied}, runCase(c, name, want))
		}
	}
	return r
}

func (r *Report) add(result Result, m *mismatch) {
	if m != nil {
		result.Want, result.Got = m.want, m.got
		r.Failed++
	} else {
		result.Passed = true
		r.Passed++
		for _, rule := range result.Rules {
			r.ByRule[rule]++
		}
	}
	r.Results = append(r.Results, result)
}

// mismatch is what differs first.
type mismatch struct{ want, got string }

// facts are what is compared of a case, by name.
type facts map[string]string

// differ returns the first fact that differs, by the order of the names.
func (f facts) differ(got facts) *mismatch {
	names := maps.Clone(f)
	maps.Copy(names, got)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if f[name] != got[name] {
			return &mismatch{fmt.Sprintf("%s %q", name, f[name]), fmt.Sprintf("%s %q", name, got[name])}
		}
	}
	return nil
}

// factsOf writes an outcome as facts. Which exception it was is Python's own.
func factsOf(c *Case, o *Outcome) facts {
	f := facts{
		"cookie":     text(o.Cookie),
		"vary":       text(o.Vary),
		"last login": strings.Join(o.LastLoginUpdated, " "),
		"created":    strings.Join(o.UsersCreated, " "),
	}
	for i := range o.Steps {
		s := &o.Steps[i]
		f.addStep(i, c, s.Exception != "", text(s.User), s.CSRFRotated, s.Session)
	}
	if c.Engine == engineDB {
		f["stored"] = storedText(o.Stored)
	}
	return f
}

func storedText(rows [][]json.RawMessage) string {
	lines := make([]string, 0, len(rows))
	for _, row := range rows {
		lines = append(lines, strings.Trim(string(row[0]), `"`)+" "+normal(row[1]))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// addStep writes what a step did. Only some steps say who is signed in.
func (f facts) addStep(i int, c *Case, failed bool, user string, rotated bool, s Session) {
	prefix := strconv.Itoa(i) + " " + c.Steps[i].Op + " "
	f[prefix+"failed"] = strconv.FormatBool(failed)
	if c.Steps[i].asks() && !failed {
		f[prefix+"user"] = user
	}
	f[prefix+"csrf rotated"] = strconv.FormatBool(rotated)
	f[prefix+"modified"] = strconv.FormatBool(s.Modified)
	f[prefix+"accessed"] = strconv.FormatBool(s.Accessed)
	f[prefix+"items"] = normal(s.Items)
	if c.Engine == engineDB {
		f[prefix+"key"] = text(s.Key)
	}
}

// asks reports whether a step finds out who is signed in.
func (s *Step) asks() bool { return s.Op == "get_user" || s.Op == "user" || s.Op == "remote_user" }

const none = "none"

func text(s *string) string {
	if s == nil {
		return none
	}
	return *s
}

// normal writes JSON in one way.
func normal(raw json.RawMessage) string {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	var value any
	if len(raw) == 0 || decoder.Decode(&value) != nil {
		return "null"
	}
	out, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(out)
}
