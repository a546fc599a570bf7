package csrfvectors_test

import (
	_ "embed"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/vectors/conformance/csrfvectors"
)

//go:embed testdata/csrf.json.gz
var recordings []byte

func parse(t testing.TB) *csrfvectors.File {
	t.Helper()
	file, err := csrfvectors.Parse(recordings)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Everything that real Django did, djangocsrf does, except by the rules.
func TestDjango(t *testing.T) {
	file := parse(t)
	report := csrfvectors.Run(file)
	for _, r := range report.Results {
		if !r.Passed {
			t.Errorf("%d %s %v\nwant %s\ngot  %s", r.ID, r.Name, r.Rules, r.Want, r.Got)
		}
	}
	if ran, want := len(report.Results), len(file.Masks)+file.Count; ran != want {
		t.Errorf("%d cases ran, want %d", ran, want)
	}
	want := map[string]int{
		"cookie age of zero":       5,
		"trusted hosts":            39,
		"unreadable Referer":       1,
		"unreadable session value": 10,
		"useless trusted origin":   14,
	}
	if diff := cmp.Diff(want, report.ByRule); diff != "" {
		t.Errorf("cases by rule (-want +got):\n%s", diff)
	}
}

// Every claim of a recording is compared: a file with one claim changed fails.
func TestRunNotices(t *testing.T) {
	text := func(s string) *string { return &s }
	for _, tt := range []struct {
		name   string
		find   func(*csrfvectors.Outcome) bool
		edit   func(*csrfvectors.Outcome)
		reason string
	}{
		{"accepted", isAccepted, func(o *csrfvectors.Outcome) { o.Accepted = false }, "a request that passes is told from one that does not"},
		{"refused", func(o *csrfvectors.Outcome) bool { return o.Kind == "bad_origin" }, func(o *csrfvectors.Outcome) { o.Accepted = true }, "the same the other way round"},
		{"kind", func(o *csrfvectors.Outcome) bool { return o.Kind == "no_cookie" }, func(o *csrfvectors.Outcome) { o.Kind = "cookie_length" }, "kinds are apart"},
		{"token", func(o *csrfvectors.Outcome) bool { return len(o.Tokens) == 1 }, func(o *csrfvectors.Outcome) { o.Tokens[0] = o.Tokens[0][1:] + "a" }, "tokens are compared"},
		{"number of tokens", func(o *csrfvectors.Outcome) bool { return len(o.Tokens) == 2 }, func(o *csrfvectors.Outcome) { o.Tokens = o.Tokens[:1] }, "every token is compared"},
		{"no cookie", hasCookie, func(o *csrfvectors.Outcome) { o.SetCookie = nil }, "a cookie that is set is noticed"},
		{"cookie", isAccepted, func(o *csrfvectors.Outcome) { o.SetCookie = text("csrftoken=a; Path=/") }, "a cookie that is not set is noticed"},
		{"attribute", hasCookie, func(o *csrfvectors.Outcome) { *o.SetCookie += "; Partitioned" }, "attributes are compared"},
		{"vary", hasCookie, func(o *csrfvectors.Outcome) { o.Vary = nil }, "Vary is compared"},
		{"secret", func(o *csrfvectors.Outcome) bool { return o.SecretInUse != nil }, func(o *csrfvectors.Outcome) { o.SecretInUse = nil }, "the secret in use is compared"},
		{"random", hasCookie, func(o *csrfvectors.Outcome) { o.Random = append(o.Random, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") }, "draws are counted"},
		{"session", hasSession, func(o *csrfvectors.Outcome) { o.Session.Modified = !o.Session.Modified }, "modified is compared"},
		{"access", hasSession, func(o *csrfvectors.Outcome) { o.Session.Accessed = !o.Session.Accessed }, "accessed is compared"},
		{"items", hasSession, func(o *csrfvectors.Outcome) { o.Session.Items = append(o.Session.Items, [2]any{"x", 1}) }, "items are compared"},
		{"session cookie", hasSession, func(o *csrfvectors.Outcome) { o.SessionCookie = text("delete") }, "the session's cookie is compared"},
		{"exception", isAccepted, func(o *csrfvectors.Outcome) { o.Exception = "KeyError" }, "an exception without a rule is no pass"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := single(t, tt.find)
			if before := csrfvectors.Run(file); before.Passed != 1 || before.Failed != 0 {
				t.Fatalf("the recording does not pass unedited: %+v", before)
			}
			tt.edit(&file.Requests[0].Outcomes[0])
			if after := csrfvectors.Run(file); after.Failed != 1 {
				t.Errorf("the edit passes: %s", tt.reason)
			}
		})
	}
}

func isAccepted(o *csrfvectors.Outcome) bool { return o.Accepted }
func hasCookie(o *csrfvectors.Outcome) bool  { return o.SetCookie != nil && o.Vary != nil }
func hasSession(o *csrfvectors.Outcome) bool { return o.Session != nil && o.SessionCookie == nil }

// single returns a file with the first recording whose one outcome is what find looks
// for.
func single(t *testing.T, find func(*csrfvectors.Outcome) bool) *csrfvectors.File {
	t.Helper()
	for _, r := range parse(t).Requests {
		r.Outcomes = r.Outcomes[len(r.Outcomes)-1:]
		if find(&r.Outcomes[0]) && r.Settings.TrustedOrigins == nil {
			return &csrfvectors.File{Requests: []csrfvectors.Request{r}, Count: 1}
		}
	}
	t.Fatal("there is no such recording")
	return nil
}

// A rule is held to what it says: it does not cover another difference.
func TestRulesNotice(t *testing.T) {
	file := parse(t)
	for i := range file.Requests {
		r := &file.Requests[i]
		if len(r.Settings.TrustedOrigins) == 1 && r.Settings.TrustedOrigins[0] == "https://a.test/" && r.Headers["Origin"] != "" {
			last := &r.Outcomes[len(r.Outcomes)-1]
			last.Accepted = !last.Accepted
		}
	}
	if got := csrfvectors.Run(file).Failed; got != 1 {
		t.Errorf("%d cases fail, want 1: an origin that Django trusts is no useless one", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct{ name, file, reason string }{
		{"nothing", "", "there is no object"},
		{"unknown field", `{"count": 0, "x": 1}`, "a field of a newer schema would go unnoticed"},
		{"wrong count", `{"count": 1}`, "cases are missing"},
		{"same id", `{"count": 2, "same_domain": [{"id": 1, "outcomes": [{}]}, {"id": 1, "outcomes": [{}]}]}`, "a report would not say which"},
		{"no outcome", `{"count": 1, "requests": [{"id": 1}]}`, "there is nothing to compare"},
		{"two objects", `{"count": 0} {}`, "the second would go unnoticed"},
		{"half a gzip", string(recordings[:1000]), "the rest is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := csrfvectors.Parse([]byte(tt.file)); err == nil {
				t.Errorf("Parse takes it: %s", tt.reason)
			}
		})
	}
}

func TestRulesHaveReasons(t *testing.T) {
	for _, rule := range csrfvectors.Rules() {
		if rule.Name == "" || rule.Reason == "" {
			t.Errorf("%+v: a rule without name or reason", rule)
		}
	}
}
