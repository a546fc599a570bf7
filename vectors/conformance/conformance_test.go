package conformance_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/vectors"
	"github.com/seed-52756201/saltine/vectors/conformance"
)

func django(t *testing.T) *vectors.File {
	t.Helper()
	file, err := vectors.Django()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// one returns a file with a single test of file.
func one(t *testing.T, file *vectors.File, id int) *vectors.File {
	t.Helper()
	for _, g := range file.Groups {
		for _, v := range g.Tests {
			if v.ID == id {
				g.Tests = []vectors.Test{v}
				return &vectors.File{Groups: []vectors.Group{g}}
			}
		}
	}
	t.Fatalf("there is no test %d", id)
	return nil
}

func TestRunCounts(t *testing.T) {
	file := django(t)
	report := conformance.Run(file)
	total, failures := conformance.Count{}, map[vectors.Kind]int{}
	for _, count := range report.ByKind {
		total.Passed += count.Passed
		total.Failed += count.Failed
	}
	for _, f := range report.Failures {
		failures[f.Kind]++
	}
	if diff := cmp.Diff(report.Count, total); diff != "" {
		t.Errorf("counts by kind do not add up (-total +sum):\n%s", diff)
	}
	if ran := report.Passed + report.Failed; ran != file.Count {
		t.Errorf("%d tests ran, want %d", ran, file.Count)
	}
	for kind, count := range report.ByKind {
		if failures[kind] != count.Failed {
			t.Errorf("kind %s: %d failures listed, want %d", kind, failures[kind], count.Failed)
		}
	}
}

// A kind without a check fails, and says why: nothing is passed over.
func TestRunUnknownKind(t *testing.T) {
	file := one(t, django(t), 647)
	file.Groups[0].Kind = "fortune"
	want := conformance.Report{
		Count:  conformance.Count{Failed: 1},
		ByKind: map[vectors.Kind]conformance.Count{"fortune": {Failed: 1}},
		Failures: []conformance.Failure{{
			Source:  file.Groups[0].Source,
			Kind:    "fortune",
			ID:      647,
			Comment: "empty object",
			Want:    "valid",
			Got:     "not implemented by this library",
		}},
	}
	if diff := cmp.Diff(want, conformance.Run(file)); diff != "" {
		t.Errorf("Run (-want +got):\n%s", diff)
	}
	if slices.Contains(conformance.Kinds(), "fortune") {
		t.Error("Kinds names a kind without a check")
	}
}

// Every claim of a vector is compared: a file with one claim changed fails.
func TestRunNotices(t *testing.T) {
	yes, no := true, false
	text := func(s string) *string { return &s }
	edits := []struct {
		name   string
		id     int
		edit   func(*vectors.Group, *vectors.Test)
		got    string // part of what the failure tells
		reason string
	}{
		{"result", 647, func(_ *vectors.Group, v *vectors.Test) { v.Result, v.Data = vectors.Expired, nil }, "valid", "the kinds of outcome are apart"},
		{"refusal", 1047, func(_ *vectors.Group, v *vectors.Test) { v.Result = vectors.Malformed }, "bad_signature", "a bad signature is not malformed"},
		{"expiry", 1043, func(_ *vectors.Group, v *vectors.Test) { v.Result = vectors.BadSignature }, "expired", "an expired signature is told from a bad one"},
		{"int for float", 687, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage("1") }, "float64", "1.0 is no int in Python"},
		{"float for int", 657, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage(`{"a":1.0}`) }, "int64", "1 is no float in Python"},
		{"last digit", 686, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage("9007199254740992") }, "9007199254740993", "ints are exact"},
		{"missing value", 657, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage(`{"b":1}`) }, "map[a:1]", "names are compared"},
		{"longer list", 649, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage(`[0]`) }, "[]", "lengths are compared"},
		{"sign of infinity", 859, func(_ *vectors.Group, v *vectors.Test) { v.DataRepr = "[inf, inf]" }, "-inf inf", "data_repr is compared"},
		{"payload", 657, func(_ *vectors.Group, v *vectors.Test) { v.RawPayload = text(`{"a": 1}`) }, "payload", "payloads are compared byte for byte"},
		{"timestamp", 657, func(_ *vectors.Group, v *vectors.Test) { v.Timestamp = big.NewInt(1700000057) }, "SignedAt 1700000056", "the time in the token is compared"},
		{"huge timestamp", 759, func(_ *vectors.Group, v *vectors.Test) { v.Timestamp = new(big.Int).Neg(v.Timestamp) }, "SignedAt 1", "a saturated time keeps its direction"},
		{"expired timestamp", 1043, func(_ *vectors.Group, v *vectors.Test) { v.Timestamp = big.NewInt(1) }, "SignedAt 1700000000", "the error of an expired token tells its time"},
		{"compressed", 657, func(_ *vectors.Group, v *vectors.Test) { v.Compressed = &yes }, "Compressed false", "the dot is compared"},
		{"written compressed", 673, func(_ *vectors.Group, v *vectors.Test) { v.Compressed = &no }, "Compressed true", "the dot is compared"},
		{"rotated", 657, func(_ *vectors.Group, v *vectors.Test) { v.Flags = []string{"rotated"} }, "fallback", "a rotated key is a fallback"},
		{"session value", 1036, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage(`{"n":2}`) }, "session[n]", "values of sessions are compared"},
		{"session order", 1039, func(_ *vectors.Group, v *vectors.Test) {
			v.Data = json.RawMessage(`{"a": {"q": 1.0}, "z": [1, 2, 3], "M": null}`)
		}, "z a M", "order is part of a session"},
		{"modified", 1036, func(_ *vectors.Group, v *vectors.Test) { v.ModifiedAfterLoad = &yes }, "Modified", "Open is compared"},
		{"session that is no object", 1055, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage(`{}`) }, "malformed", "such a session cannot be used"},
		{"session separator", 1036, func(g *vectors.Group, _ *vectors.Test) { g.Sep = "::" }, "separator", "sessions have the colon"},
		{"expiry policy", 1438, func(g *vectors.Group, _ *vectors.Test) { g.EnforcesSessionExpiry = false }, "valid", "the stored expiry counts in one policy only"},
		{"no cookie", 1052, func(_ *vectors.Group, v *vectors.Test) { v.Cookie = "abcdefgh" }, "bad_signature", "eight characters are a cookie"},
		{"signed text", 907, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage(`"x"`) }, "data", "texts are compared"},
		{"separator", 1000, func(_ *vectors.Group, v *vectors.Test) { v.Result = vectors.Malformed }, "valid", "constructors are compared"},
		{"pickle", 1, func(g *vectors.Group, _ *vectors.Test) { g.Serializer = "" }, "malformed", "a pickle is never read"},
		{"algorithm name", 657, func(g *vectors.Group, _ *vectors.Test) { g.Algorithm = "sha-256" }, "invalid option", "names are Python's"},
		{"legacy algorithm name", 657, func(g *vectors.Group, _ *vectors.Test) { g.LegacyAlgorithm = "sha-1" }, "invalid option", "names are Python's"},
	}
	all := django(t)
	for _, tt := range edits {
		t.Run(tt.name, func(t *testing.T) {
			file := one(t, all, tt.id)
			if got := conformance.Run(file).Count; got != (conformance.Count{Passed: 1}) {
				t.Fatalf("test %d unedited: %+v, want one that passes", tt.id, got)
			}
			tt.edit(&file.Groups[0], &file.Groups[0].Tests[0])
			report := conformance.Run(file)
			if report.Failed != 1 {
				t.Fatalf("the edit passes: %s", tt.reason)
			}
			if got := report.Failures[0].Got; !strings.Contains(got, tt.got) {
				t.Errorf("Got = %q, which does not tell %q: %s", got, tt.got, tt.reason)
			}
		})
	}
}

// Failures stay on one line of bounded length whatever the vector holds.
func TestFailureText(t *testing.T) {
	file := one(t, django(t), 657)
	long := strings.Repeat("\x1b\n", 10000)
	file.Groups[0].Tests[0].RawPayload = &long
	got := conformance.Run(file).Failures[0].Want
	if strings.ContainsAny(got, "\x1b\n") || len(got) > 1000 {
		t.Errorf("Want is %d bytes: %.100q", len(got), got)
	}
}
