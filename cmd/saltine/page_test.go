package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	main "github.com/seed-52756201/saltine/cmd/saltine"
)

// pageReport is what the page is told.
type pageReport struct {
	State, Title, Message, Summary, Form string
	Findings                             []struct {
		Cause string
		Next  []string
	}
	Origin  []struct{ Name, Text string }
	Parts   []struct{ Kind, Text, Name, About string }
	Payload *struct{ About, Text string }
	Time    *struct {
		Signed, End, Rule string
		Marks             *struct{ Now, End float64 }
	}
	Size *struct {
		Text         string
		Total, Limit int
		Pieces       []struct {
			Kind string
			Size float64
		}
		Values []struct {
			Name string
			Size int
		}
	}
	Text, Key string // of an example
}

type question map[string]any

// ask asks what the page asks, two days after the cookies were signed.
func ask(t *testing.T, q question) pageReport {
	t.Helper()
	text, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	answer := main.Answer(string(text), func() time.Time { return time.Unix(signedAt, 0).Add(48 * time.Hour) })
	var found pageReport
	if err := json.Unmarshal([]byte(answer), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPageStates(t *testing.T) {
	keys := []string{testKey}
	for _, tt := range []struct {
		name   string
		ask    question
		state  string
		says   string // somewhere in message and findings
		reason string
	}{
		{"no key", question{"text": djangoCookie}, "open", "Nobody checked", "nothing is proved"},
		{"right key", question{"text": djangoCookie, "keys": keys}, "valid", "signed by key 1 of 1", "Django signed it"},
		{"older key", question{"text": djangoCookie, "keys": []string{strongKey, testKey}}, "valid", "signed by key 2 of 2", "a fallback"},
		{"wrong key", question{"text": djangoCookie, "keys": []string{strongKey}}, "bad_signature", "most likely another key", "another one"},
		{"header", question{"text": "Cookie: a=b; sessionid=" + djangoCookie, "keys": keys}, "valid", "signed by", "the value is found in it"},
		{"quoted", question{"text": `"` + djangoCookie + `"`, "keys": keys}, "valid", "signed by", "the quotes are undone"},
		{"expired", question{"text": djangoCookie, "keys": keys, "now": threeWeeksOff}, "expired", "older than --max-age", "three weeks"},
		{"no age", question{"text": djangoCookie, "keys": keys, "now": threeWeeksOff, "max_age": "none", "kind": "dumps", "salt": "django.contrib.sessions.backends.signed_cookies"}, "valid", "signed by", "no age is checked"},
		{"age 0", question{"text": djangoCookie, "keys": keys, "max_age": "0"}, "usage", "at least a second", "no session has it"},
		{"percent-encoded", question{"text": strings.ReplaceAll(djangoCookie, ":", "%3A"), "keys": keys}, "valid", "Django refuses it", "Django does not undo that"},
		{"from the future", question{"text": djangoCookie, "keys": keys, "now": "1699900000"}, "valid", "signed in the future", "Django accepts it"},
		{"old messages", question{"text": oldMessages, "keys": keys}, "valid", "cookie of django.contrib.messages", "it can be nothing else"},
		{"other kind", question{"text": djangoCookie, "keys": keys, "kind": "dumps"}, "bad_signature", "the signature is right with --salt", "salts separate purposes"},
		{"SHA-1", question{"text": sha1Cookie, "keys": keys}, "bad_signature", "right with --legacy-algorithm sha1", "it has to be asked for"},
		{"SHA-1 accepted", question{"text": sha1Cookie, "keys": keys, "sha1": true}, "valid", "with sha1", "asked for"},
		{"SHA-1 alone", question{"text": sha1Cookie, "keys": keys, "algorithm": "sha1"}, "valid", "with sha1", "asked for"},
		{"bad algorithm", question{"text": djangoCookie, "keys": keys, "algorithm": "SHA256"}, "usage", "algorithm", "names are Python's"},
		{"bad age", question{"text": djangoCookie, "max_age": "soon"}, "usage", "ot an age", "refused without a key too"},
		{"bad clock", question{"text": djangoCookie, "now": "noon"}, "usage", "ot a time", "refused without a key too"},
		{"separator of a session", question{"text": djangoCookie, "keys": keys, "separator": "::"}, "usage", "separator", "Django's sessions have the colon"},
		{"key with a space", question{"text": djangoCookie, "keys": []string{testKey + " "}}, "usage", "white space", "it must be a part of it on purpose"},
		{"pickle", question{"text": pickleCookie, "keys": keys, "algorithm": "sha1"}, "malformed", "cannot be read", "only Python reads pickles"},
		{"junk", question{"text": "junk"}, "unknown", "", "nothing of Django"},
		{"nothing", question{"text": ""}, "unknown", "", "nothing at all"},
		{"too large", question{"text": strings.Repeat("A", 70000)}, "too_large", "limit 65536", "longer than any cookie"},
		{"bomb", question{"text": bomb(t)}, "too_large", "payload", "it inflates to more than the limit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, tt.ask)
			var said strings.Builder
			said.WriteString(got.Message)
			for _, f := range got.Findings {
				said.WriteString("\n" + f.Cause + "\n" + strings.Join(f.Next, "\n"))
			}
			if got.State != tt.state || !strings.Contains(said.String(), tt.says) {
				t.Errorf("%s: %s, want %s and %q: %s", got.State, said.String(), tt.state, tt.says, tt.reason)
			}
			if got.Title == "" || !strings.HasPrefix(got.Summary, got.Title) {
				t.Errorf("title %q, summary %q", got.Title, got.Summary)
			}
		})
	}
}

// bomb is a value whose payload inflates to more than the limit.
func bomb(t *testing.T) string {
	t.Helper()
	keys, err := saltine.NewKeyring(testKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := keys.Dumps(strings.Repeat("0", 2<<20), &saltine.Options{Compression: saltine.CompressionBest, MaxPayloadLen: 4 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// The parts, put together, are the value, whatever it is.
func TestPagePartsAreTheValue(t *testing.T) {
	example := ask(t, question{"example": true})
	for name, tt := range map[string]struct {
		text, separator, kinds string
	}{
		"session":    {djangoCookie, "", "payload separator timestamp separator signature"},
		"compressed": {example.Text, "", "mark payload separator timestamp separator signature"},
		"text":       {"hello:1r31eq:" + djangoCookie[len(djangoCookie)-43:], "", "payload separator timestamp separator signature"},
		"no time":    {"hello:" + djangoCookie[len(djangoCookie)-43:], "", "payload separator signature"},
		"separator":  {strings.ReplaceAll(djangoCookie, ":", "::"), "::", "payload separator timestamp separator signature"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, question{"text": tt.text, "separator": tt.separator})
			var kinds []string
			var joined strings.Builder
			for _, part := range got.Parts {
				kinds = append(kinds, part.Kind)
				joined.WriteString(part.Text)
				if part.Kind != "separator" && (part.Name == "" || part.About == "") {
					t.Errorf("%s has no name, or nothing is said of it", part.Kind)
				}
			}
			if diff := cmp.Diff(tt.kinds, strings.Join(kinds, " ")); diff != "" {
				t.Errorf("the parts differ (-want +got):\n%s", diff)
			}
			if joined.String() != tt.text {
				t.Errorf("the parts are %q together, want %q", &joined, tt.text)
			}
			room := 0.0
			for _, piece := range got.Size.Pieces {
				room += piece.Size
			}
			if got.Size.Total != len(tt.text) || room < float64(len(tt.text))-1 || room > float64(len(tt.text))+0.001 {
				t.Errorf("the pieces of the bar are %g together, the value has %d", room, len(tt.text))
			}
		})
	}
}

func TestPageTime(t *testing.T) {
	own := sign(t, `{"_session_expiry":86400}`, "--now", "1700000000")
	for _, tt := range []struct {
		name      string
		ask       question
		end       string
		rule      string
		now, stop float64
	}{
		{"two weeks", question{"text": djangoCookie}, "2023-11-28T22:13:20Z (1701209600), in 12 days", "maximum age of 14 days", 2.0 / 14, 1},
		{"a day", question{"text": djangoCookie, "max_age": "24h"}, "2023-11-15T22:13:20Z (1700086400), 1 day ago", "maximum age of 1 day", 1, 0.5},
		{"its own", question{"text": own}, "2023-11-15T22:13:20Z (1700086400), 1 day ago", "the session's own expiry, in _session_expiry", 1, 0.5},
		{"before its time", question{"text": djangoCookie, "now": "1699900000"}, "2023-11-28T22:13:20Z (1701209600), in 15 days 3 hours", "maximum age of 14 days", 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, tt.ask).Time
			if got == nil || got.Marks == nil {
				t.Fatal("there is no time line")
			}
			if got.End != tt.end || got.Rule != tt.rule || got.Marks.Now != tt.now || got.Marks.End != tt.stop {
				t.Errorf("ends %q by %q, marks %v, want %q by %q, {%g %g}", got.End, got.Rule, *got.Marks, tt.end, tt.rule, tt.now, tt.stop)
			}
		})
	}
	for _, q := range []question{
		{"text": djangoCookie, "kind": "dumps"}, {"text": "hello:1r31eq:" + djangoCookie[len(djangoCookie)-43:]}, {"text": djangoCookie, "max_age": "none", "kind": "plain"},
	} {
		if got := ask(t, q).Time; got.End != "never" || got.Marks != nil {
			t.Errorf("%v ends %q", q, got.End)
		}
	}
}

// A key that somebody pasted for a value is not shown, and neither is the key itself.
func TestPageShowsNoKey(t *testing.T) {
	for name, q := range map[string]question{
		"as the key":   {"text": djangoCookie, "keys": []string{strongKey}},
		"as the value": {"text": "SECRET_KEY = '" + testKey + "'"},
		"alone":        {"text": strongKey},
		"refused":      {"text": djangoCookie, "keys": []string{strongKey + " "}},
		"older":        {"text": djangoCookie, "keys": []string{testKey, strongKey}},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(q)
			if err != nil {
				t.Fatal(err)
			}
			answer := main.Answer(string(text), time.Now)
			if strings.Contains(answer, strongKey) || strings.Contains(answer, testKey) {
				t.Error("the report holds the key")
			}
		})
	}
}

// The example is good for its key.
func TestPageExample(t *testing.T) {
	example := ask(t, question{"example": true})
	got := ask(t, question{"text": example.Text, "keys": []string{example.Key}})
	if got.State != "valid" || len(got.Size.Values) < 4 || got.Parts[0].Kind != "mark" {
		t.Errorf("the example is %s, with %d values", got.State, len(got.Size.Values))
	}
}

func TestPageQuestionThatIsNone(t *testing.T) {
	var got pageReport
	if err := json.Unmarshal([]byte(main.Answer("{", time.Now)), &got); err != nil || got.State != "usage" {
		t.Errorf("state %q, %v", got.State, err)
	}
}

// FuzzPage: whatever is pasted, there is a report.
func FuzzPage(f *testing.F) {
	for _, text := range []string{djangoCookie, pickleCookie, oldMessages, oldData, "a:b:c", "::", "Cookie: sessionid=x", "\x00\xff:"} {
		f.Add(text, "session", ":", "")
		f.Add(text, "plain", "::", "10")
	}
	f.Fuzz(func(t *testing.T, text, kind, separator, maxAge string) {
		q, err := json.Marshal(question{"text": text, "kind": kind, "separator": separator, "max_age": maxAge})
		if err != nil {
			t.Skip()
		}
		answer := main.Answer(string(q), time.Now)
		var got pageReport
		if err := json.Unmarshal([]byte(answer), &got); err != nil || got.Title == "" || got.Summary == "" {
			t.Fatalf("%v: %s", err, answer)
		}
	})
}
