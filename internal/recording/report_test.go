package recording_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/recording"
)

func TestDiffer(t *testing.T) {
	type facts = recording.Facts
	for _, tt := range []struct {
		name, reason string
		want, got    facts
		mismatch     *recording.Mismatch
	}{
		{"nothing", "there is nothing to compare", nil, nil, nil},
		{"equal", "all is as it should be", facts{"a": "1"}, facts{"a": "1"}, nil},
		{"value", "the first name counts", facts{"b": "1", "a": "1"}, facts{"b": "2", "a": "2"}, &recording.Mismatch{Want: `a "1"`, Got: `a "2"`}},
		{"missing", "an empty fact is not the same as none", facts{"a": ""}, nil, &recording.Mismatch{Want: `a ""`, Got: "no a"}},
		{"too much", "what nobody expects differs", nil, facts{"a": ""}, &recording.Mismatch{Want: "no a", Got: `a ""`}},
		{"long", "a report is read on a screen", facts{"a": strings.Repeat("x", 500)}, facts{"a": "x"}, &recording.Mismatch{Want: `a "` + strings.Repeat("x", 400) + `"... (500 bytes)`, Got: `a "x"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.mismatch, tt.want.Differ(tt.got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestIn(t *testing.T) {
	got := recording.Facts{"a": "1", "b": "2"}
	want := recording.Facts{"a": "", "c": ""}
	if diff := cmp.Diff(recording.Facts{"a": "1"}, got.In(want)); diff != "" {
		t.Errorf("In (-want +got):\n%s", diff)
	}
	if m := want.Differ(got.In(want)); m == nil || m.Want != `a ""` {
		t.Errorf("%+v, want a difference in a", m)
	}
}

func TestReport(t *testing.T) {
	var r recording.Report
	r.Add(recording.Result{ID: 1, Rules: []string{"x"}}, nil)
	r.Add(recording.Result{ID: 2, Rules: []string{"x", "y"}}, &recording.Mismatch{Want: "a", Got: "b"})
	want := recording.Report{
		Passed: 1, Failed: 1, ByRule: map[string]int{"x": 1},
		Results: []recording.Result{
			{ID: 1, Rules: []string{"x"}, Passed: true},
			{ID: 2, Rules: []string{"x", "y"}, Want: "a", Got: "b"},
		},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}
