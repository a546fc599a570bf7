// Package conformance runs every vector of real Django over the exported API of
// saltine: it reads every value, and writes again what Django wrote.
//
//	file, err := vectors.Django()
//	report := conformance.Run(file)
//
// Unlike package vectors, which any library can test itself with, it tests saltine
// alone. It links every hash that Django has.
package conformance

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/seed-52756201/saltine/vectors"
)

// checks has the check of each kind. A check returns what it found first, as a
// *mismatch, or nil.
var checks = map[vectors.Kind]func(*vectors.Group, *vectors.Test) error{
	vectors.KindMessages:        checkMessages,
	vectors.KindSession:         checkSession,
	vectors.KindSessionData:     checkSessionData,
	vectors.KindSignedCookie:    checkSignedCookie,
	vectors.KindSigner:          checkSigner,
	vectors.KindSigningDumps:    checkTimestampSigner,
	vectors.KindTimestampSigner: checkTimestampSigner,
}

// Kinds returns the kinds that have a check, sorted.
func Kinds() []vectors.Kind { return slices.Sorted(maps.Keys(checks)) }

// Report is the result of a run.
type Report struct {
	Count
	ByKind   map[vectors.Kind]Count
	Failures []Failure // in the order of the file, one for each test that failed
}

// Count counts tests.
type Count struct {
	Passed int
	Failed int
}

// Failure tells the first thing that went wrong in a test.
type Failure struct {
	Source  string // of the group
	Kind    vectors.Kind
	ID      int
	Comment string // of the test
	Want    string
	Got     string
}

// Run runs every test of f.
func Run(f *vectors.File) Report {
	r := Report{ByKind: map[vectors.Kind]Count{}}
	for i := range f.Groups {
		g := &f.Groups[i]
		for j := range g.Tests {
			r.add(g, &g.Tests[j])
		}
	}
	return r
}

func (r *Report) add(g *vectors.Group, t *vectors.Test) {
	count := r.ByKind[g.Kind]
	if err := run(g, t); err == nil {
		r.Passed++
		count.Passed++
	} else {
		r.Failed++
		count.Failed++
		r.Failures = append(r.Failures, newFailure(g, t, err))
	}
	r.ByKind[g.Kind] = count
}

func run(g *vectors.Group, t *vectors.Test) error {
	check, ok := checks[g.Kind]
	if !ok {
		return &mismatch{want: string(t.Result), got: "not implemented by this library"}
	}
	return check(g, t)
}

func newFailure(g *vectors.Group, t *vectors.Test, err error) Failure {
	f := Failure{Source: g.Source, Kind: g.Kind, ID: t.ID, Comment: t.Comment, Want: string(t.Result), Got: err.Error()}
	if m, ok := errors.AsType[*mismatch](err); ok {
		f.Want, f.Got = m.want, m.got
	}
	return f
}

// mismatch is the error of a check that found something else than Django did.
type mismatch struct{ want, got string }

func (m *mismatch) Error() string { return "want " + m.want + ", got " + m.got }

// differ compares what a call gave with what it should have given.
func differ[T comparable](what string, want, got T) error {
	if want == got {
		return nil
	}
	return &mismatch{what + " " + show(want), what + " " + show(got)}
}

// show writes a value on one line, and long ones in part.
func show(v any) string {
	const most = 400
	text := fmt.Sprintf("%v", v)
	if s, ok := v.(string); ok {
		text = fmt.Sprintf("%q", s)
	}
	if len(text) > most {
		return fmt.Sprintf("%s... (%d bytes)", text[:most], len(text))
	}
	return text
}

// all runs steps until one fails.
func all(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
