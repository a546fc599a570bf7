//go:build !js

package main

import (
	"encoding/json"
	"strings"

	"github.com/seed-52756201/saltine/internal/recording"
	"github.com/seed-52756201/saltine/vectors"
	"github.com/seed-52756201/saltine/vectors/conformance"
	"github.com/seed-52756201/saltine/vectors/conformance/authvectors"
	"github.com/seed-52756201/saltine/vectors/conformance/csrfvectors"
	"github.com/seed-52756201/saltine/vectors/conformance/messagevectors"
	"github.com/seed-52756201/saltine/vectors/conformance/passwordvectors"
)

// runVectors runs a file of any of the formats, which may be compressed by gzip.
func (v *vectorsReport) runVectors(name string, data []byte) error {
	data, err := recording.Inflate(data)
	if err != nil {
		return err
	}
	switch vectorsFormat(data) {
	case "auth":
		return v.runAuth(name, data)
	case "csrf":
		return v.runCSRF(name, data)
	case "messages":
		return v.runMessages(name, data)
	case "password":
		return v.runPasswords(name, data)
	}
	file, err := vectors.Parse(data)
	if err != nil {
		return err
	}
	v.add(name, conformance.Run(file))
	return nil
}

// vectorsFormat tells the recordings of Django's neighbours by what only they have. It
// is "" for a file of signed values, and for what is no file of vectors.
func vectorsFormat(data []byte) string {
	var parts map[string]json.RawMessage
	if json.Unmarshal(data, &parts) != nil {
		return ""
	}
	for _, format := range []struct{ part, name string }{
		{"custom_users", "auth"}, {"same_domain", "csrf"}, {"defaults", "password"}, {"cases", "messages"},
	} {
		if _, found := parts[format.part]; found {
			return format.name
		}
	}
	return ""
}

func (v *vectorsReport) runAuth(name string, data []byte) error {
	file, err := authvectors.Parse(data)
	if err != nil {
		return err
	}
	v.addNeighbour(name, "auth", authvectors.Run(file))
	return nil
}

func (v *vectorsReport) runCSRF(name string, data []byte) error {
	file, err := csrfvectors.Parse(data)
	if err != nil {
		return err
	}
	v.addNeighbour(name, "csrf", csrfvectors.Run(file))
	return nil
}

func (v *vectorsReport) runMessages(name string, data []byte) error {
	file, err := messagevectors.Parse(data)
	if err != nil {
		return err
	}
	v.addNeighbour(name, "messages", messagevectors.Run(file))
	return nil
}

// addNeighbour adds a report of one of Django's neighbours.
func (v *vectorsReport) addNeighbour(name, kind string, r recording.Report) {
	v.count(kind, r.Passed, r.Failed, r.ByRule)
	for _, f := range r.Results {
		if !f.Passed {
			source := strings.TrimSpace("Django " + f.Build)
			v.Failures = append(v.Failures, vectorsFailure{name, source, kind, f.ID, f.Name, f.Want, f.Got})
		}
	}
}

func (v *vectorsReport) runPasswords(name string, data []byte) error {
	file, err := passwordvectors.Parse(data)
	if err != nil {
		return err
	}
	r := passwordvectors.Run(file)
	v.count("password", r.Passed, r.Failed, r.Rules)
	for _, f := range r.Failures {
		v.Failures = append(v.Failures, vectorsFailure{name, "Django " + f.Build, "password", f.ID, f.Name, f.Want, f.Got})
	}
	return nil
}

// count adds what passed and failed, and by which rules.
func (v *vectorsReport) count(kind string, passed, failed int, byRule map[string]int) {
	v.Passed += passed
	v.Failed += failed
	sum := v.ByKind[kind]
	v.ByKind[kind] = vectorsCount{sum.Passed + passed, sum.Failed + failed}
	for rule, n := range byRule {
		v.ByRule[kind+": "+rule] += n
	}
}
