package authvectors_test

import (
	_ "embed"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/vectors/conformance/authvectors"
)

//go:embed testdata/auth.json.gz
var recordings []byte

func parse(t testing.TB) *authvectors.File {
	t.Helper()
	file, err := authvectors.Parse(recordings)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Everything that real Django did, djangoauth does, except by the rules.
func TestDjango(t *testing.T) {
	file := parse(t)
	report := authvectors.Run(file)
	ran := map[int]bool{}
	for _, r := range report.Results {
		ran[r.ID] = true
		if !r.Passed {
			t.Errorf("%d %s, Django %s %v\nwant %s\ngot  %s", r.ID, r.Name, r.Build, r.Rules, r.Want, r.Got)
		}
	}
	delete(ran, 0)
	if len(ran) != file.Count {
		t.Errorf("%d cases ran, want %d", len(ran), file.Count)
	}
	t.Logf("%d cases and %d hashes, %d comparisons, %d failed", len(ran), len(file.Hashes), len(report.Results), report.Failed)
	want := map[string]int{
		"every login has a hash":                28,
		"ids as Django writes them":             114,
		"ids as Django writes them, at a login": 67,
		"no backends":                           4,
		"the backend is looked at first":        12,
		"the hash is always verified":           1,
	}
	if diff := cmp.Diff(want, report.ByRule); diff != "" {
		t.Errorf("comparisons by rule (-want +got):\n%s", diff)
	}
}

// Every claim of a recording is compared: a file with one claim changed fails.
func TestRunNotices(t *testing.T) {
	text := func(s string) *string { return &s }
	for _, tt := range []struct {
		name   string
		id     int
		edit   func(*authvectors.Outcome)
		reason string
	}{
		{"user", 42, func(o *authvectors.Outcome) { o.Steps[0].User = text("bob") }, "who is signed in is compared"},
		{"nobody", 42, func(o *authvectors.Outcome) { o.Steps[0].User = nil }, "that somebody is signed in is compared"},
		{"somebody", 51, func(o *authvectors.Outcome) { o.Steps[0].User = text("alice") }, "that nobody is signed in is compared"},
		{"second step", 42, func(o *authvectors.Outcome) { o.Steps[1].User = nil }, "every step is compared"},
		{"exception", 42, func(o *authvectors.Outcome) { o.Steps[0].Exception = "KeyError" }, "an exception without a rule is no pass"},
		{"key", 74, func(o *authvectors.Outcome) { o.Steps[0].Session.Key = text("old") }, "a new key is told from the old one"},
		{"no key", 50, func(o *authvectors.Outcome) { o.Steps[0].Session.Key = text("old") }, "a flush is noticed"},
		{"modified", 42, func(o *authvectors.Outcome) { o.Steps[0].Session.Modified = true }, "modified is compared"},
		{"accessed", 42, func(o *authvectors.Outcome) { o.Steps[0].Session.Accessed = false }, "accessed is compared"},
		{"items", 58, func(o *authvectors.Outcome) { o.Steps[0].Session.Items = []byte("[]") }, "items are compared"},
		{"order", 183, func(o *authvectors.Outcome) {
			hash := `["_auth_user_hash", "78ab90e4aa78e2228617dd84b15a7f2dec1fb1cb992adc75b986a23d384eec4f"]`
			o.Steps[0].Session.Items = []byte(`[["k", 1], ` + hash + `, ["_auth_user_backend", "django.contrib.auth.backends.ModelBackend"], ["_auth_user_id", "1"]]`)
		}, "the order of the keys is compared"},
		{"rotated", 58, func(o *authvectors.Outcome) { o.Steps[0].CSRFRotated = false }, "a login rotates the CSRF secret"},
		{"not rotated", 74, func(o *authvectors.Outcome) { o.Steps[0].CSRFRotated = true }, "a fallback key does not"},
		{"cookie", 42, func(o *authvectors.Outcome) { o.Cookie = text("delete") }, "the cookie is compared"},
		{"vary", 42, func(o *authvectors.Outcome) { o.Vary = nil }, "Vary is compared"},
		{"stored", 42, func(o *authvectors.Outcome) { o.Stored = nil }, "stored rows are compared"},
		{"last login", 58, func(o *authvectors.Outcome) { o.LastLoginUpdated = nil }, "who signed in is compared"},
		{"created", 229, func(o *authvectors.Outcome) { o.UsersCreated = nil }, "who was made is compared"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := single(t, tt.id)
			if before := authvectors.Run(file); before.Passed != 1 || before.Failed != 0 {
				t.Fatalf("the recording does not pass unedited: %+v", before)
			}
			tt.edit(&file.Calls[0].Outcomes[0])
			if after := authvectors.Run(file); after.Failed != 1 {
				t.Errorf("the edit passes: %s", tt.reason)
			}
		})
	}
}

// single returns a file with one recording, of the newest build.
func single(t *testing.T, id int) *authvectors.File {
	t.Helper()
	for _, c := range parse(t).Calls {
		for _, o := range c.Outcomes {
			if c.ID == id && o.SeenOn[len(o.SeenOn)-1][:4] == "main" {
				o.SeenOn = []string{"main-2026-08"}
				c.Outcomes = []authvectors.Outcome{o}
				return &authvectors.File{Calls: []authvectors.Case{c}, Count: 1}
			}
		}
	}
	t.Fatalf("there is no recording %d", id)
	return nil
}

// A wrong hash in the file is noticed.
func TestRunNoticesHashes(t *testing.T) {
	file := &authvectors.File{Hashes: parse(t).Hashes[:1]}
	file.Hashes[0].Hash = file.Hashes[0].Hash[1:] + "0"
	if got := authvectors.Run(file).Failed; got != 1 {
		t.Errorf("%d hashes fail, want 1", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct{ name, file, reason string }{
		{"nothing", "", "there is no object"},
		{"unknown field", `{"count": 0, "x": 1}`, "a field of a newer schema would go unnoticed"},
		{"wrong count", `{"count": 1}`, "cases are missing"},
		{"same id", `{"count": 2, "calls": [{"id": 1, "outcomes": [{"seen_on": ["6.0.4"]}]}, {"id": 1, "outcomes": [{"seen_on": ["6.0.4"]}]}]}`, "a report would not say which"},
		{"no outcome", `{"count": 1, "calls": [{"id": 1}]}`, "there is nothing to compare"},
		{"no build", `{"count": 1, "calls": [{"id": 1, "outcomes": [{"seen_on": ["six"]}]}]}`, "nobody knows what to imitate"},
		{"a step too few", `{"count": 1, "calls": [{"id": 1, "steps": [{"op": "user"}], "outcomes": [{"seen_on": ["6.0.4"]}]}]}`, "a step would not be compared"},
		{"two objects", `{"count": 0} {}`, "the second would go unnoticed"},
		{"half a gzip", string(recordings[:1000]), "the rest is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := authvectors.Parse([]byte(tt.file)); err == nil {
				t.Errorf("Parse takes it: %s", tt.reason)
			}
		})
	}
}

func TestRulesHaveReasons(t *testing.T) {
	for _, rule := range authvectors.Rules() {
		if rule.Name == "" || rule.Reason == "" {
			t.Errorf("%+v: a rule without name or reason", rule)
		}
	}
}
