package conformance_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/vectors"
	"github.com/seed-52756201/saltine/vectors/conformance"
)

// Every claim about signed cookies, messages and session_data is compared: a
// file with one claim changed fails.
func TestRunNoticesCookies(t *testing.T) {
	no := false
	edits := []struct {
		name   string
		id     int
		edit   func(*vectors.Group, *vectors.Test)
		got    string // part of what the failure tells
		reason string
	}{
		{"cookie value", 1333, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage(`"light"`) }, "dark", "values of cookies are compared"},
		{"cookie name", 1333, func(_ *vectors.Group, v *vectors.Test) { v.CookieName = "prof" }, "bad_signature", "the name is part of the salt"},
		{"cookie salt", 1342, func(_ *vectors.Group, v *vectors.Test) { v.CookieSalt = "é" }, "bad_signature", "the salt is counted"},
		{"cookie age", 1338, func(_ *vectors.Group, v *vectors.Test) { v.MaxAge = nil }, "valid", "the age is checked"},
		{"cookie time", 1333, func(_ *vectors.Group, v *vectors.Test) { v.Timestamp = big.NewInt(1) }, "SignedAt 1700000000", "the time in the cookie is compared"},
		{"v1 cookie time by a fallback key", 1109, func(_ *vectors.Group, v *vectors.Test) { v.Timestamp = big.NewInt(1700000000) }, "SignedAt 1700000100", "a fallback key is no exception"},
		{"cookie time by a fallback key", 1347, func(_ *vectors.Group, v *vectors.Test) { v.Timestamp = big.NewInt(1700000000) }, "SignedAt 1700000100", "a fallback key is no exception"},
		{"session_data separator", 1230, func(g *vectors.Group, _ *vectors.Test) { g.Sep = "::" }, "bad_signature", "the separator is compared"},
		{"v1", 1358, func(g *vectors.Group, _ *vectors.Test) { g.LegacySaltFallback = &no }, "bad_signature", "v1 is read on request only"},
		{"v1 is reported", 1358, func(_ *vectors.Group, v *vectors.Test) { v.Flags = nil }, "V1 true", "V1 is compared"},
		{"v2 for v1", 1333, func(g *vectors.Group, _ *vectors.Test) { g.SaltRule = "{name}{salt}" }, "V1 false", "V1 is compared"},
		{"message level", 1245, func(_ *vectors.Group, v *vectors.Test) {
			v.Data = json.RawMessage(`[[25, "Profile updated.", "", false]]`)
		}, "20", "levels are compared"},
		{"message tags", 1245, func(_ *vectors.Group, v *vectors.Test) {
			v.Data = json.RawMessage(`[[20, "Profile updated.", null, false]]`)
		}, "data[0][2]", "None is not an empty text"},
		{"message safe", 1247, func(_ *vectors.Group, v *vectors.Test) {
			v.Data = json.RawMessage(`[[20, "<b>Hi</b>", "", false]]`)
		}, "true", "safe is compared"},
		{"message form", 1245, func(g *vectors.Group, _ *vectors.Test) { g.Format = "TimestampSigner.sign(json)" }, "Form 0", "forms are compared"},
		{"message refusal", 1245, func(_ *vectors.Group, v *vectors.Test) { v.Result, v.Data = vectors.BadSignature, nil }, "valid", "refusals are compared"},
		{"old messages", 1245, func(_ *vectors.Group, v *vectors.Test) { v.Timestamp = big.NewInt(1) }, "SignedAt 1700000000", "the time in the cookie is compared"},
		{"session_data value", 1230, func(_ *vectors.Group, v *vectors.Test) { v.Data = json.RawMessage(`{"n": 2}`) }, "session[n]", "values are compared"},
		{"session_data class", 1230, func(g *vectors.Group, _ *vectors.Test) { other := "other"; g.Salt = &other }, "bad_signature", "the class is part of the salt"},
		{"session_data legacy", 274, func(g *vectors.Group, _ *vectors.Test) { g.LegacyAlgorithm = "" }, "bad_signature", "the old form is read on request only"},
		{"session_data refusal", 113, func(_ *vectors.Group, v *vectors.Test) { v.Result, v.Data = vectors.BadSignature, nil }, "valid", "refusals are compared"},
		{"session_data written", 113, func(_ *vectors.Group, v *vectors.Test) { v.Cookie += "\n" }, "Encode", "the text is written again"},
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
