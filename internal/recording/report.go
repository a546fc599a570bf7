package recording

import (
	"fmt"
	"maps"
	"slices"
)

// Report is the result of a run of recordings.
type Report struct {
	Passed  int
	Failed  int
	ByRule  map[string]int // comparisons that passed by a rule's outcome in place of Django's
	Results []Result       // in the order of the run
}

// Result is the result of one comparison.
type Result struct {
	ID     int // 0 for what has none
	Name   string
	Build  string   // of Django, empty where the newest is always taken
	Rules  []string // that changed what is expected
	Passed bool
	Want   string // what differs first, if it failed
	Got    string
}

// Add adds a result, with what differs, or nil where nothing does.
func (r *Report) Add(result Result, m *Mismatch) {
	if m != nil {
		result.Want, result.Got = m.Want, m.Got
		r.Failed++
	} else {
		result.Passed = true
		r.Passed++
		for _, rule := range result.Rules {
			if r.ByRule == nil {
				r.ByRule = map[string]int{}
			}
			r.ByRule[rule]++
		}
	}
	r.Results = append(r.Results, result)
}

// Mismatch is what differs first.
type Mismatch struct{ Want, Got string }

// Failure is the mismatch of a run that came to no end.
func Failure(err error) *Mismatch { return &Mismatch{"a run", err.Error()} }

// Facts are what is compared of a case, by name.
type Facts map[string]string

// Differ returns the first fact that differs, by the order of the names, or nil. A fact
// that only one side has differs.
func (f Facts) Differ(got Facts) *Mismatch {
	names := Facts{}
	maps.Copy(names, f)
	maps.Copy(names, got)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		want, wanted := f[name]
		is, found := got[name]
		if want != is || wanted != found {
			return &Mismatch{show(name, want, wanted), show(name, is, found)}
		}
	}
	return nil
}

// In returns the facts that want names, for a comparison of these alone.
func (f Facts) In(want Facts) Facts {
	chosen := maps.Clone(f)
	maps.DeleteFunc(chosen, func(name, _ string) bool {
		_, wanted := want[name]
		return !wanted
	})
	return chosen
}

// show writes a fact on one line, and a long one in part.
func show(name, text string, found bool) string {
	const most = 400
	switch {
	case !found:
		return "no " + name
	case len(text) > most:
		return fmt.Sprintf("%s %.*q... (%d bytes)", name, most, text, len(text))
	}
	return fmt.Sprintf("%s %q", name, text)
}
