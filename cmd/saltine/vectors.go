//go:build !js

package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/seed-52756201/saltine/vectors/conformance"
)

var vectorsCommand = command{
	name:    "vectors",
	args:    " FILE...",
	summary: "run files of vectors, as vectors/django.json",
	about: `Reads every value of the files as they say, writes again what Django wrote, and
prints what differs and the counts. Files of logins, CSRF tokens, messages and
passwords are recognised by what is in them; differences from Django that are meant
are counted by rule. Exits with 1 if a test fails, 2 if a file cannot be read.`,
	define: func(*request, *flag.FlagSet) {},
	run:    (*app).vectors,
}

// vectorsReport is what vectors prints as JSON.
type vectorsReport struct {
	Passed   int                     `json:"passed"`
	Failed   int                     `json:"failed"`
	ByKind   map[string]vectorsCount `json:"by_kind"`
	ByRule   map[string]int          `json:"by_rule,omitempty"` // differences that are meant
	Failures []vectorsFailure        `json:"failures"`
}

type vectorsCount struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
}

type vectorsFailure struct {
	File    string `json:"file"`
	Source  string `json:"source"`
	Kind    string `json:"kind"`
	ID      int    `json:"id"`
	Comment string `json:"comment"`
	Want    string `json:"want"`
	Got     string `json:"got"`
}

func (a *app) vectors(r *request, files []string) (int, error) {
	if len(files) == 0 {
		return 0, errors.New("which file? The vectors of Django are vectors/django.json")
	}
	report := &vectorsReport{ByKind: map[string]vectorsCount{}, ByRule: map[string]int{}, Failures: []vectorsFailure{}}
	for number, name := range files {
		data, err := os.ReadFile(name) //nolint:gosec // G304: the user names the files
		if path, ok := errors.AsType[*fs.PathError](err); ok {
			err = path.Err // the path may be a key
		}
		if err != nil {
			return 0, fmt.Errorf("file %d of %d: %w", number+1, len(files), err)
		}
		if err := report.runVectors(name, data); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	code := exitOK
	if report.Failed > 0 {
		code = exitBadSignature
	}
	if r.json {
		return code, a.writeJSON(report)
	}
	a.showReport(report)
	return code, nil
}

func (v *vectorsReport) add(file string, r conformance.Report) {
	for kind, count := range r.ByKind {
		v.count(string(kind), count.Passed, count.Failed, nil)
	}
	for _, f := range r.Failures {
		v.Failures = append(v.Failures, vectorsFailure{file, f.Source, string(f.Kind), f.ID, f.Comment, f.Want, f.Got})
	}
}

func (a *app) showReport(v *vectorsReport) {
	for _, f := range v.Failures {
		fmt.Fprintf(&a.out, "FAIL %s, test %d of %s\n  comment %s\n  want    %s\n  got     %s\n", printable(f.File), f.ID, printable(f.Source), printable(f.Comment), printable(f.Want), printable(f.Got))
	}
	for _, kind := range slices.Sorted(maps.Keys(v.ByKind)) {
		if count := v.ByKind[kind]; count.Failed > 0 {
			fmt.Fprintf(&a.out, "kind %s: %d passed, %d failed\n", kind, count.Passed, count.Failed)
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(v.ByRule)) {
		fmt.Fprintf(&a.out, "%s: %d\n", rule, v.ByRule[rule])
	}
	fmt.Fprintf(&a.out, "%d passed, %d failed\n", v.Passed, v.Failed)
}
