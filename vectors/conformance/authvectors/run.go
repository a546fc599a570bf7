package authvectors

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/internal/recording"
)

// Report is the result of a run. Its results are those of the hashes first, then of the
// cases, each for every build that it is compared with.
type Report = recording.Report

// Run runs every case of f.
func Run(f *File) Report {
	var r Report
	for i, h := range f.Hashes {
		r.Add(recording.Result{Name: fmt.Sprintf("hash %d", i)}, runHash(h))
	}
	for _, c := range f.cases() {
		for _, name := range c.builds() {
			want := factsOf(c, c.outcome(name))
			applied := applyRules(f, c, name, want)
			r.Add(recording.Result{ID: c.ID, Name: c.Name, Build: name, Rules: applied}, runCase(c, name, want))
		}
	}
	return r
}

type facts = recording.Facts

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
		addStep(f, i, c, s.Exception != "", text(s.User), s.CSRFRotated, s.Session)
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
func addStep(f facts, i int, c *Case, failed bool, user string, rotated bool, s Session) {
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
