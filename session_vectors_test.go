package saltine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// The released Django that the library follows.
const followed = "6.1.x"

// apiClock is the clock of session-api.json.
var apiClock = time.Unix(1700000005, 0)

// calls maps every call of session-api.json to Go. The text returned is what
// Python's str makes of the result.
var calls = map[string]func(*saltine.CookieStore, *saltine.Session) string{
	"(construct)":              func(*saltine.CookieStore, *saltine.Session) string { return "None" },
	"get existing":             func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.Get("k")) },
	"get missing":              func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.Get("missing")) },
	"get missing with default": getDefault,
	"[] existing":              func(_ *saltine.CookieStore, s *saltine.Session) string { return item(s, "k") },
	"[] missing":               func(_ *saltine.CookieStore, s *saltine.Session) string { return item(s, "missing") },
	"[]= ":                     func(_ *saltine.CookieStore, s *saltine.Session) string { s.Set("new", 1); return "None" },
	"[]= same value":           func(_ *saltine.CookieStore, s *saltine.Session) string { s.Set("k", 1); return "None" },
	"del existing":             func(_ *saltine.CookieStore, s *saltine.Session) string { return keyError(s.Delete("k")) },
	"del missing":              func(_ *saltine.CookieStore, s *saltine.Session) string { return keyError(s.Delete("missing")) },
	"in":                       func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.Has("k")) },
	"has_key":                  func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.Has("k")) },
	"pop existing":             func(_ *saltine.CookieStore, s *saltine.Session) string { return pop(s, "k") },
	"pop missing":              func(_ *saltine.CookieStore, s *saltine.Session) string { return pop(s, "missing") },
	"pop missing with default": func(_ *saltine.CookieStore, s *saltine.Session) string { return popDefault(s, 9) },
	"pop missing default None": func(_ *saltine.CookieStore, s *saltine.Session) string { return popDefault(s, nil) },
	"setdefault existing":      func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.SetDefault("k", 2)) },
	"setdefault missing":       func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.SetDefault("missing", 2)) },
	"update": func(_ *saltine.CookieStore, s *saltine.Session) string {
		s.Update(map[string]any{"u": 1})
		return "None"
	},
	"update with {}": func(_ *saltine.CookieStore, s *saltine.Session) string { s.Update(nil); return "None" },
	"keys":           func(_ *saltine.CookieStore, s *saltine.Session) string { return python(slices.Collect(s.Keys())) },
	"values":         func(_ *saltine.CookieStore, s *saltine.Session) string { return python(slices.Collect(s.Values())) },
	"items":          func(_ *saltine.CookieStore, s *saltine.Session) string { return pairs(s) },
	"is_empty":       func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.IsEmpty()) },
	"clear":          func(_ *saltine.CookieStore, s *saltine.Session) string { s.Clear(); return "None" },
	"flush":          func(_ *saltine.CookieStore, s *saltine.Session) string { return raised(s.Flush()) },
	"cycle_key":      func(_ *saltine.CookieStore, s *saltine.Session) string { return raised(s.CycleKey()) },
	"create":         func(_ *saltine.CookieStore, s *saltine.Session) string { return raised(s.Create()) },
	"save":           func(_ *saltine.CookieStore, s *saltine.Session) string { return raised(s.Save()) },
	"delete":         func(_ *saltine.CookieStore, s *saltine.Session) string { return raised(s.Destroy()) },
	"exists":         func(c *saltine.CookieStore, s *saltine.Session) string { return python(c.Exists(s.Key())) },
	"session_key":    func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.Key() == "") },
	"set_test_cookie": func(_ *saltine.CookieStore, s *saltine.Session) string {
		s.SetTestCookie()
		return "None"
	},
	"test_cookie_worked": func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.TestCookieWorked()) },
	"delete_test_cookie": func(_ *saltine.CookieStore, s *saltine.Session) string { return keyError(s.DeleteTestCookie()) },
	"get_expiry_age":     func(_ *saltine.CookieStore, s *saltine.Session) string { return age(s.ExpiryAge()) },
	"get_expiry_age(expiry=None)": func(c *saltine.CookieStore, _ *saltine.Session) string {
		return age(c.ExpiryAge(apiClock, saltine.Expiry{}), nil)
	},
	"get_expiry_age(expiry=0)": func(c *saltine.CookieStore, _ *saltine.Session) string {
		return age(c.ExpiryAge(apiClock, saltine.ExpireAtBrowserClose()), nil)
	},
	"get_expiry_age(expiry=77)": func(c *saltine.CookieStore, _ *saltine.Session) string {
		return age(c.ExpiryAge(apiClock, saltine.ExpireIdle(77*time.Second)), nil)
	},
	"get_expiry_age(modification only)": func(c *saltine.CookieStore, s *saltine.Session) string {
		e, err := s.Expiry()
		return age(c.ExpiryAge(time.Unix(0, 0), e), err)
	},
	"get_expiry_date": func(_ *saltine.CookieStore, s *saltine.Session) string { return date(s.ExpiryDate()) },
	"get_expiry_date(modification, expiry=60)": func(c *saltine.CookieStore, _ *saltine.Session) string {
		modification := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		return date(c.ExpiryDate(modification, saltine.ExpireIdle(time.Minute)), nil)
	},
	"get_expire_at_browser_close": func(_ *saltine.CookieStore, s *saltine.Session) string { return python(s.ExpiresAtBrowserClose()) },
	"set_expiry(60)": func(_ *saltine.CookieStore, s *saltine.Session) string {
		s.SetExpiry(saltine.ExpireIdle(time.Minute))
		return "None"
	},
	"set_expiry(0)": func(_ *saltine.CookieStore, s *saltine.Session) string {
		s.SetExpiry(saltine.ExpireAtBrowserClose())
		return "None"
	},
	"set_expiry(None)": func(_ *saltine.CookieStore, s *saltine.Session) string {
		s.SetExpiry(saltine.Expiry{})
		return "None"
	},
	"get_session_cookie_age": func(c *saltine.CookieStore, _ *saltine.Session) string { return age(c.CookieAge(), nil) },
	"encode": func(c *saltine.CookieStore, _ *saltine.Session) string { // Django's takes a dict, not the session
		data, err := saltine.NewSessionData(testKeys, nil)
		if err != nil {
			return raised(err)
		}
		_, err = data.Encode(c.New())
		return strings.Replace(raised(err), "None", "...", 1)
	},
	"decode": func(*saltine.CookieStore, *saltine.Session) string { // Django's gives {} where ours gives an error
		data, err := saltine.NewSessionData(testKeys, nil)
		if err != nil {
			return raised(err)
		}
		if _, err := data.Decode("x"); err == nil {
			return "a session"
		}
		return "{}"
	},
	"clear_expired": func(c *saltine.CookieStore, _ *saltine.Session) string { return raised(c.ClearExpired()) },
	"key_salt":      func(*saltine.CookieStore, *saltine.Session) string { return "django.contrib.sessions.SessionStore" },
}

// pythonOnly are the calls that Go has no counterpart of.
var pythonOnly = map[string]string{
	"iter": "iterating over a SessionStore fails in Python; in Go there is Keys",
	"len":  "len of a SessionStore fails in Python; Len is ours",
	"bool": "truth of an object; in Go there is IsEmpty",
	"==":   "equality of objects; sessions are pointers in Go",
	"load": "loading again and throwing the result away; in Go the store loads, and Load gives an error for a bad cookie",
}

func TestSessionAPI(t *testing.T) {
	runs, err := vectors.SessionAPI()
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, row := range follow(t, runs) {
		if reason, ok := pythonOnly[row.Call]; ok {
			t.Logf("left to Python: %s: %s", row.Call, reason)
			continue
		}
		call, ok := calls[row.Call]
		if !ok {
			t.Errorf("no mapping for the call %q", row.Call)
			continue
		}
		ran++
		t.Run(row.Call, func(t *testing.T) {
			store := newStore(t, &saltine.StoreOptions{Now: at(apiClock)})
			cookie := store.New()
			cookie.Set("k", 1)
			compareState(t, "new", store, store.New(), call, row.New)
			compareState(t, "from a cookie", store, store.Open(t.Context(), save(t, store, cookie)), call, row.FromCookie)
		})
	}
	t.Logf("%d calls run, %d left to Python", ran, len(pythonOnly))
}

func compareState(t *testing.T, name string, store *saltine.CookieStore, s *saltine.Session,
	call func(*saltine.CookieStore, *saltine.Session) string, want vectors.SessionState,
) {
	t.Helper()
	got := vectors.SessionState{
		Returns:        call(store, s),
		Accessed:       s.Accessed(),
		Modified:       s.Modified(),
		Loaded:         saltine.Loaded(s) && (s.Accessed() || s.Modified()),
		IsEmpty:        s.IsEmpty(),
		SessionKeyNone: s.Key() == "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s session (-Django +Go):\n%s", name, diff)
	}
}

// follow returns the rows of the Django that the library follows.
func follow[R any](t *testing.T, runs []vectors.Run[R]) []R {
	t.Helper()
	for _, run := range runs {
		if strings.HasPrefix(run.Django, followed) {
			return run.Rows
		}
	}
	t.Fatalf("no run of Django %s", followed)
	return nil
}

// python writes a value as Python's str does.
func python(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case []string:
		for i := range v {
			v[i] = "'" + v[i] + "'"
		}
		return "[" + strings.Join(v, ", ") + "]"
	case []any:
		texts := make([]string, len(v))
		for i := range v {
			texts[i] = python(v[i])
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

func item(s *saltine.Session, key string) string {
	v, err := saltine.Field[any](key).Get(s)
	if errors.Is(err, saltine.ErrMissing) {
		return "raises KeyError"
	}
	return python(v)
}

func keyError(found bool) string {
	if !found {
		return "raises KeyError"
	}
	return "None"
}

func getDefault(_ *saltine.CookieStore, s *saltine.Session) string {
	if v, err := saltine.Field[any]("missing").Get(s); err == nil {
		return python(v)
	}
	return "5"
}

func pop(s *saltine.Session, key string) string {
	v, ok := s.Pop(key)
	if !ok {
		return "raises KeyError"
	}
	return python(v)
}

func popDefault(s *saltine.Session, value any) string {
	if v, ok := s.Pop("missing"); ok {
		value = v
	}
	return python(value)
}

func pairs(s *saltine.Session) string {
	var texts []string
	for key, value := range s.Items() {
		texts = append(texts, "('"+key+"', "+python(value)+")")
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func raised(err error) string {
	if err != nil {
		return "raises " + err.Error()
	}
	return "None"
}

func age(d time.Duration, err error) string {
	if err != nil {
		return "raises"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

// date writes a time as datetime.isoformat does.
func date(t time.Time, err error) string {
	if err != nil {
		return "raises"
	}
	if t.Nanosecond() != 0 {
		return t.UTC().Format("2006-01-02T15:04:05.000000-07:00")
	}
	return t.UTC().Format("2006-01-02T15:04:05-07:00")
}

// expiries maps every argument of set_expiry in session-expiry.json to Go.
var expiries = map[string]saltine.Expiry{
	"timedelta 1h":            saltine.ExpireIn(time.Hour),
	"timedelta 0":             saltine.ExpireIn(0),
	"aware":                   saltine.ExpireAt(time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)),
	"aware with microseconds": saltine.ExpireAt(time.Date(2024, 1, 2, 3, 4, 5, 678900999, time.UTC)),
	"naive":                   saltine.ExpireAt(time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)), // with NaiveDates
	"1.5":                     saltine.ExpireIdle(1500 * time.Millisecond),
}

// expiryPythonOnly are the rows of session-expiry.json that Go has no
// counterpart of.
var expiryPythonOnly = map[string]string{
	"set_expiry True":              "a bool counts as seconds in Python",
	"set_expiry 'x'":               "a text is no Expiry in Go",
	`stored "2023-11-14T22:13:20"`: "Python refuses to subtract a naive date from an aware one; ours is taken in Location",
}

func TestSessionExpiry(t *testing.T) {
	runs, err := vectors.SessionExpiry()
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, row := range follow(t, runs) {
		name := "stored " + string(row.Stored)
		if row.SetExpiry != "" {
			name = "set_expiry " + row.SetExpiry
		}
		if reason, ok := expiryPythonOnly[name]; ok {
			t.Logf("left to Python: %s: %s", name, reason)
			continue
		}
		ran++
		t.Run(name, func(t *testing.T) {
			if row.SetExpiry != "" {
				testSetExpiry(t, row)
			} else {
				testStoredExpiry(t, row)
			}
		})
	}
	t.Logf("%d rows run, %d left to Python: %v", ran, len(expiryPythonOnly), slices.Sorted(maps.Keys(expiryPythonOnly)))
}

func testSetExpiry(t *testing.T, row vectors.ExpiryRow) {
	e, ok := expiries[row.SetExpiry]
	if !ok {
		t.Fatalf("no mapping for the argument %q", row.SetExpiry)
	}
	s := newStore(t, &saltine.StoreOptions{NaiveDates: row.SetExpiry == "naive"}).New()
	s.SetExpiry(e)
	got := s.Get("_session_expiry")
	if text, ok := got.(string); ok {
		got = "'" + text + "'"
	}
	var want string // Python's repr
	if err := json.Unmarshal(row.Stored, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, python(got)); diff != "" {
		t.Errorf("stored (-Django +Go):\n%s", diff)
	}
}

func testStoredExpiry(t *testing.T, row vectors.ExpiryRow) {
	store := newStore(t, &saltine.StoreOptions{ExpiryPolicy: saltine.ExpiryCookieAge})
	signer := newTimestampSigner(t, &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies", Now: at(start)})
	cookie, err := signer.AppendSignPayload(nil, slices.Concat([]byte(`{"_session_expiry":`), row.Stored, []byte("}")))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Load(string(cookie))
	if err != nil {
		t.Fatal(err)
	}
	raises := func(text string) string { // the class and message are Python's
		if strings.HasPrefix(text, "raises") {
			return "raises"
		}
		return text
	}
	wantAge := raises(strings.Trim(string(row.Age), `"`))
	if wantAge == "true" { // a number of seconds, in Python
		wantAge = "1"
	}
	if diff := cmp.Diff(wantAge, age(s.ExpiryAge())); diff != "" {
		t.Errorf("get_expiry_age (-Django +Go):\n%s", diff)
	}
	if diff := cmp.Diff(raises(row.Date), date(s.ExpiryDate())); diff != "" {
		t.Errorf("get_expiry_date (-Django +Go):\n%s", diff)
	}
	if diff := cmp.Diff(row.AtBrowserClose, s.ExpiresAtBrowserClose()); diff != "" {
		t.Errorf("get_expire_at_browser_close (-Django +Go):\n%s", diff)
	}
}
