package vectors_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/vectors"
)

var versions = []string{"3.2.25 (Debian)", "6.0.4", "6.1.x 42a5108e37", "main-expiry"}

// checkRuns checks that every version has the same count rows, in the same order.
func checkRuns[Row any](t *testing.T, runs []vectors.Run[Row], err error, count int, label func(Row) string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var django []string
	var first []string
	for i, run := range runs {
		django = append(django, run.Django)
		var labels []string
		for _, row := range run.Rows {
			labels = append(labels, label(row))
		}
		if i == 0 {
			first = labels
		}
		if diff := cmp.Diff(first, labels); diff != "" || len(labels) != count {
			t.Errorf("%s: %d rows, want %d (-first +this):\n%s", run.Django, len(labels), count, diff)
		}
	}
	if diff := cmp.Diff(versions, django); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestMiddleware(t *testing.T) {
	runs, err := vectors.Middleware()
	checkRuns(t, runs, err, 74, func(s vectors.Scenario) string { return s.Name })

	want := vectors.Settings{CookieName: "sessionid", CookieAge: 1209600, CookiePath: "/", CookieHTTPOnly: true, CookieSameSite: "Lax"}
	if diff := cmp.Diff(want, runs[0].Rows[0].Settings); diff != "" {
		t.Errorf("settings where none is given (-want +got):\n%s", diff)
	}
	for name, want := range map[string]vectors.Settings{
		"all cookie settings": {
			CookieName: "sid", CookieAge: 60, CookieDomain: ".example.com", CookiePath: "/app/",
			CookieSecure: true, CookieSameSite: "Strict",
		},
		"samesite None value":  {CookieName: "sessionid", CookieAge: 1209600, CookiePath: "/", CookieHTTPOnly: true},
		"samesite False value": {CookieName: "sessionid", CookieAge: 1209600, CookiePath: "/", CookieHTTPOnly: true},
		"path None":            {CookieName: "sessionid", CookieAge: 1209600, CookieHTTPOnly: true, CookieSameSite: "Lax"},
	} {
		if diff := cmp.Diff(want, scenario(t, runs, name).Settings); diff != "" {
			t.Errorf("settings of %q (-want +got):\n%s", name, diff)
		}
	}
	if s := scenario(t, runs, "samesite 'bogus'"); s.ResponseException != "ValueError" || s.SetCookie != nil || s.Vary != nil {
		t.Errorf("a refused SameSite gives %+v, want the exception alone", s)
	}
	if s := scenario(t, runs, "empty cookie value, untouched"); s.RequestCookie == nil || *s.RequestCookie != "" {
		t.Errorf("an empty cookie is not told from none: %v", s.RequestCookie)
	}
}

func scenario(t *testing.T, runs []vectors.Run[vectors.Scenario], name string) vectors.Scenario {
	t.Helper()
	for _, s := range runs[0].Rows {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no scenario %q", name)
	return vectors.Scenario{}
}

func TestSessionAPI(t *testing.T) {
	runs, err := vectors.SessionAPI()
	checkRuns(t, runs, err, 56, func(c vectors.APICall) string { return c.Call })

	want := vectors.APICall{
		Call:       "get existing",
		New:        vectors.SessionState{Returns: "None", Accessed: true, Loaded: true, IsEmpty: true, SessionKeyNone: true},
		FromCookie: vectors.SessionState{Returns: "1", Accessed: true, Loaded: true},
	}
	if diff := cmp.Diff(want, runs[0].Rows[1]); diff != "" {
		t.Errorf("second call (-want +got):\n%s", diff)
	}
}

func TestSessionExpiry(t *testing.T) {
	runs, err := vectors.SessionExpiry()
	checkRuns(t, runs, err, 20, func(r vectors.ExpiryRow) string {
		if r.SetExpiry != "" {
			return r.SetExpiry
		}
		return string(r.Stored)
	})

	rows := runs[1].Rows
	for _, tt := range []struct {
		name      string
		want, got vectors.ExpiryRow
	}{
		{"nothing stored", vectors.ExpiryRow{Stored: []byte(`null`), Age: []byte(`1209600`), Date: "2023-11-28T22:13:20+00:00"}, rows[0]},
		{"zero", vectors.ExpiryRow{Stored: []byte(`0`), Age: []byte(`1209600`), Date: "2023-11-28T22:13:20+00:00", AtBrowserClose: true}, rows[1]},
		{"set", vectors.ExpiryRow{SetExpiry: "timedelta 1h", Stored: []byte(`"'2023-11-14T23:13:20+00:00'"`)}, rows[12]},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

const (
	soundMiddleware = `[{"django": "v", "python": "p", "scenarios": [
{"scenario": "one", "settings": {"SESSION_COOKIE_AGE": 60}, "now": 1, "request_cookie": null, "accessed": true, "modified": true,
 "status": 200, "set_cookie": "a=b", "cookie_payload": "{}", "vary": null, "view_result": "None"},
{"scenario": "two", "settings": {}, "now": 1, "request_cookie": "", "accessed": false, "modified": false, "status": 200,
 "response_exception": "E"}]}]`

	soundAPI = `[{"django": "v", "python": "p", "rows": [{"call": "one",
 "new": {"returns": "None", "accessed": true, "modified": true, "loaded": true, "is_empty_after": true, "session_key_none_after": true},
 "from_cookie": {"returns": "1", "accessed": true, "modified": true, "loaded": true, "is_empty_after": true, "session_key_none_after": true}}]}]`

	soundExpiry = `[{"django": "v", "python": "p", "rows": [
{"stored": null, "get_expiry_age": 1, "get_expiry_date": "d", "get_expire_at_browser_close": false},
{"set_expiry": "naive", "stored": "s"}]}]`
)

// readers are the formats of the run files, each with a small file that is accepted.
var readers = map[string]struct {
	sound string
	parse func(string) error
}{
	"middleware": {soundMiddleware, func(data string) error { _, err := vectors.ParseMiddleware([]byte(data)); return err }},
	"api":        {soundAPI, func(data string) error { _, err := vectors.ParseSessionAPI([]byte(data)); return err }},
	"expiry":     {soundExpiry, func(data string) error { _, err := vectors.ParseSessionExpiry([]byte(data)); return err }},
}

var runFaults = []struct {
	name, reader, old, new, want, reason string
}{
	{"no JSON", "middleware", soundMiddleware, ``, `unexpected end`, "there is nothing to read"},
	{"object for runs", "middleware", soundMiddleware, `{}`, `not an array`, "another type"},
	{"not UTF-8", "api", `"v"`, "\"\xff\"", `not UTF-8`, "encoding/json would put U+FFFD"},
	{"trailing data", "expiry", soundExpiry, soundExpiry + `1`, `after top-level value`, "one value is the whole file"},
	{"number for run", "middleware", soundMiddleware, `[1]`, `run 0 (): not an object`, "another type"},
	{"no version", "middleware", `"django": "v", `, ``, `run 0 (): field "django" is missing`, "provenance is not optional"},
	{"rows of another file", "middleware", `"scenarios"`, `"rows"`, `run 0 (v): field "scenarios" is missing`, "the names differ"},
	{"unknown field of a run", "api", `"python": "p"`, `"python": "p", "os": "o"`, `run 0 (v): unknown field "os"`, "a new field needs a new reader"},

	{"unknown field of a scenario", "middleware", `"view_result"`, `"result"`, `run 0 (v): row 0 (one): unknown field "result"`, "as above"},
	{"unknown setting", "middleware", `SESSION_COOKIE_AGE`, `SESSION_AGE`, `field "settings": unknown field "SESSION_AGE"`, "a misspelt setting is not ignored"},
	{"text for age", "middleware", `"SESSION_COOKIE_AGE": 60`, `"SESSION_COOKIE_AGE": "60"`, `field "settings": field "SESSION_COOKIE_AGE"`, "another type"},
	{"true for path", "middleware", `"SESSION_COOKIE_AGE": 60`, `"SESSION_COOKIE_PATH": true`, `field "SESSION_COOKIE_PATH"`, "only None and False leave it out"},
	{"duplicate field", "middleware", `"status": 200,`, `"status": 200, "status": 500,`, `row 0 (one): duplicate field "status"`, "the last would win in silence"},
	{"duplicate scenario", "middleware", `"two"`, `"one"`, `row 1 (one): duplicate row`, "a name is what a scenario is known by"},
	{"no set_cookie", "middleware", `"set_cookie": "a=b", "cookie_payload": "{}", `, ``, `row 0 (one): field "set_cookie" is missing`, "none is written as null"},
	{"no vary", "middleware", `"vary": null, `, ``, `row 0 (one): field "vary" is missing`, "as above"},
	{"no payload", "middleware", `"cookie_payload": "{}", `, ``, `row 0 (one): field "cookie_payload" is missing`, "as above"},
	{"payload without cookie", "middleware", `"a=b"`, `null`, `row 0 (one): unknown field "cookie_payload"`, "there is nothing to decode"},
	{"cookie beside an exception", "middleware", `"response_exception": "E"`, `"response_exception": "E", "set_cookie": null`, `row 1 (two): unknown field "set_cookie"`, "no response came"},
	{"null for boolean", "middleware", `"accessed": true`, `"accessed": null`, `row 0 (one): field "accessed": is null`, "another type"},
	{"clock with a fraction", "middleware", `"now": 1,`, `"now": 1.5,`, `row 0 (one): field "now"`, "these clocks are whole"},

	{"missing state", "api", `"new"`, `"old"`, `row 0 (one): field "new" is missing`, "both sessions are called"},
	{"unknown field of a state", "api", `"loaded"`, `"loading"`, `field "new": field "loaded" is missing`, "as above"},
	{"null for return", "api", `"1"`, `null`, `field "from_cookie": field "returns": is null`, "None is written as text"},
	{"lone surrogate", "api", `"1"`, `"\ud800"`, `field "returns": lone surrogate`, "encoding/json would put U+FFFD"},

	{"no age", "expiry", `"get_expiry_age": 1, `, ``, `row 0 (stored null): field "get_expiry_age" is missing`, "a stored value is read three ways"},
	{"date after set_expiry", "expiry", `"stored": "s"`, `"stored": "s", "get_expiry_date": "d"`, `row 1 (set_expiry naive): unknown field "get_expiry_date"`, "only the stored value was looked at"},
	{"nothing stored", "expiry", `, "stored": "s"`, ``, `row 1 (set_expiry naive): field "stored" is missing`, "the row is about it"},
}

func TestRunFaults(t *testing.T) {
	for name, r := range readers {
		if err := r.parse(r.sound); err != nil {
			t.Fatalf("%s: the file that the faults are put into: %v", name, err)
		}
	}
	for _, tt := range runFaults {
		t.Run(tt.reader+"/"+tt.name, func(t *testing.T) {
			r := readers[tt.reader]
			data := strings.Replace(r.sound, tt.old, tt.new, 1)
			if data == r.sound {
				t.Fatalf("%q is not in the file", tt.old)
			}
			err := r.parse(data)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "vectors: ") {
				t.Errorf("error is %v, want one with %q: %s", err, tt.want, tt.reason)
			}
		})
	}
}
