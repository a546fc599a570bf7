package sessionhttp_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/vectors"
)

// columns are the builds of Django that the middleware follows: the released
// one, and the unreleased change that holds sessions to their own expiry.
var columns = []struct {
	django string
	policy saltine.ExpiryPolicy
}{
	{"6.1.x", saltine.ExpiryCookieAge},
	{"main-expiry", saltine.ExpirySession},
}

// scenarioClock is the clock of most scenarios, which stored dates count from.
var scenarioClock = time.Unix(1700000010, 0)

// view does with the session what a scenario's view does, and returns what the
// view got, as Python text.
type view func(*saltine.Session) string

func untouched(*saltine.Session) string { return "" }

func read(s *saltine.Session) string {
	if v, err := saltine.Field[int]("a").Get(s); err == nil && v == 1 {
		return "1"
	}
	return "None"
}

func clearAll(s *saltine.Session) string { s.Clear(); return "None" }

// calling is the view that calls a method without arguments.
func calling(method func(*saltine.Session) error) view {
	return func(s *saltine.Session) string {
		if err := method(s); err != nil {
			return "raises"
		}
		return "None"
	}
}

var (
	flush    = calling((*saltine.Session).Flush)
	destroy  = calling((*saltine.Session).Destroy)
	cycleKey = calling((*saltine.Session).CycleKey)
)

func set(key string, value any) view {
	return func(s *saltine.Session) string {
		s.Set(key, value)
		return "None"
	}
}

func del(key string) view {
	return func(s *saltine.Session) string {
		s.Delete(key)
		return "None"
	}
}

func expire(e saltine.Expiry) view {
	return func(s *saltine.Session) string {
		s.SetExpiry(e)
		return "None"
	}
}

func both(first, second view) view {
	return func(s *saltine.Session) string {
		first(s)
		return second(s)
	}
}

// changeInPlace changes the list that it got, and not the session's.
func changeInPlace(s *saltine.Session) string {
	list, _ := s.Get("l").([]any)
	list[0] = 2
	return "None"
}

var setA = set("a", 1)

// views maps every scenario of middleware.json to Go.
var views = map[string]view{
	"no cookie, session untouched":                    untouched,
	"no cookie, read":                                 read,
	"no cookie, set a=1":                              setA,
	"no cookie, set then delete the key":              both(setA, del("a")),
	"no cookie, clear()":                              clearAll,
	"no cookie, flush()":                              flush,
	"no cookie, cycle_key()":                          cycleKey,
	"good cookie, untouched":                          untouched,
	"good cookie, read":                               read,
	"good cookie, set b=2":                            set("b", 2),
	"good cookie, change a nested list in place":      changeInPlace,
	"good cookie, delete the only key":                del("a"),
	"good cookie, clear()":                            clearAll,
	"good cookie, flush()":                            flush,
	"good cookie, flush() then set":                   both(flush, set("n", 1)),
	"good cookie, cycle_key()":                        cycleKey,
	"good cookie, read then cycle_key()":              both(read, cycleKey),
	"good cookie, delete()":                           destroy,
	"good cookie, set_test_cookie()":                  func(s *saltine.Session) string { s.SetTestCookie(); return "None" },
	"cookie of an empty session, untouched":           untouched,
	"cookie of an empty session, read":                read,
	"cookie of an empty session, flush()":             flush,
	"bad signature, untouched":                        untouched,
	"bad signature, read":                             read,
	"bad signature, set b=2":                          set("b", 2),
	"bad signature, flush()":                          flush,
	"too old, untouched":                              untouched,
	"too old, read":                                   read,
	"cookie of 7 characters, untouched":               untouched,
	"cookie of 7 characters, read":                    read,
	"cookie of 7 characters, set":                     setA,
	"empty cookie value, untouched":                   untouched,
	"old db key of 32 characters, read":               read,
	"set a=1, response status 301":                    setA,
	"set a=1, response status 404":                    setA,
	"set a=1, response status 499":                    setA,
	"set a=1, response status 500":                    setA,
	"set a=1, response status 502":                    setA,
	"set a=1, response status 503":                    setA,
	"set a=1, response status 599":                    setA,
	"flush() with a good cookie, response status 500": flush,
	"set_expiry(0)":                                   both(setA, expire(saltine.ExpireAtBrowserClose())),
	"set_expiry(300)":                                 both(setA, expire(saltine.ExpireIdle(300*time.Second))),
	"set_expiry(-5)":                                  both(setA, expire(saltine.ExpireIdle(-5*time.Second))),
	"set_expiry(12.7)":                                both(setA, expire(saltine.ExpireIdle(12700*time.Millisecond))),
	"set_expiry(None) with nothing stored":            expire(saltine.Expiry{}),
	"set_expiry(None) removes it":                     expire(saltine.Expiry{}),
	"stored expiry 300, change another key":           set("b", 1),
	"stored expiry 0, change another key":             set("b", 1),
	"set_expiry(timedelta 1h)":                        expire(saltine.ExpireIn(time.Hour)),
	"set_expiry(aware datetime +1h)":                  expire(saltine.ExpireAt(scenarioClock.Add(time.Hour).UTC())),
	"set_expiry(aware datetime with microseconds)":    expire(saltine.ExpireAt(scenarioClock.Add(time.Hour + 250*time.Microsecond).UTC())),
	"set_expiry(date in the past)":                    expire(saltine.ExpireAt(scenarioClock.Add(-time.Hour).UTC())),
	"EXPIRE_AT_BROWSER_CLOSE":                         setA,
	"EXPIRE_AT_BROWSER_CLOSE and set_expiry(300)":     expire(saltine.ExpireIdle(300 * time.Second)),
	"SAVE_EVERY_REQUEST, no cookie":                   untouched,
	"SAVE_EVERY_REQUEST, good cookie untouched":       untouched,
	"SAVE_EVERY_REQUEST, good cookie read":            read,
	"SAVE_EVERY_REQUEST, bad signature untouched":     untouched,
	"SAVE_EVERY_REQUEST, good cookie, status 500":     untouched,
	"all cookie settings":                             setA,
	"all cookie settings, deletion":                   flush,
	"samesite 'None' string":                          setA,
	"samesite 'None' string, deletion":                flush,
	"samesite None value":                             setA,
	"samesite False value":                            setA,
	"samesite 'bogus'":                                setA,
	"__Host- name, deletion":                          flush,
	"SESSION_COOKIE_AGE as a float":                   setA,
	"SESSION_COOKIE_AGE 60, cookie 61 s old, read":    read,
	"stored expiry 300, cookie 400 s old, read":       read,
	"value not JSON serializable":                     set("a", func() {}),
	"path None":                                       setA,
}

// pythonOnly are the scenarios that Go has no counterpart of.
var pythonOnly = map[string]string{
	"set_expiry(naive datetime) with USE_TZ": "a Go time always has an offset, so the TypeError of Python cannot happen",
}

// exceptions are the scenarios whose exception is an error in Go: of New, or of
// Commit, to which the handler answers 500.
var exceptions = map[string]error{
	"samesite 'bogus'":            saltine.ErrInvalidOption,
	"value not JSON serializable": saltine.ErrUnsupported,
}

func TestScenarios(t *testing.T) {
	for _, column := range columns {
		t.Run(column.django, func(t *testing.T) {
			ran := 0
			for _, row := range scenarios(t, column.django) {
				if reason, ok := pythonOnly[row.Name]; ok {
					t.Logf("left to Python: %s: %s", row.Name, reason)
					continue
				}
				do, ok := views[row.Name]
				if !ok {
					t.Errorf("no mapping for the scenario %q", row.Name)
					continue
				}
				ran++
				t.Run(row.Name, func(t *testing.T) { testScenario(t, row, column.policy, do) })
			}
			t.Logf("%d scenarios run, each in %d ways; %d left to Python", ran, len(ways), len(pythonOnly))
			if ran+len(pythonOnly) != 74 {
				t.Errorf("%d scenarios run and %d left to Python, want 74 in all", ran, len(pythonOnly))
			}
		})
	}
}

func scenarios(t *testing.T, django string) []vectors.Scenario {
	t.Helper()
	runs, err := vectors.Middleware()
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		if strings.HasPrefix(run.Django, django) {
			return run.Rows
		}
	}
	t.Fatalf("no run of Django %s", django)
	return nil
}

// outcome is what a scenario records of a response, and of the session before
// it.
type outcome struct {
	ViewResult         string
	Accessed, Modified bool
	Cookie             map[string]string // the attributes, and the value under the name
	Vary               []string
}

// ways are those through which every scenario has to go.
var ways = map[string]func(*testing.T, *saltine.CookieStore, *sessionhttp.Options, vectors.Scenario, view) (outcome, error){
	"Cookie":      throughCookie,
	"Open/Commit": throughCommit,
	"Handler":     throughHandler,
}

func testScenario(t *testing.T, row vectors.Scenario, policy saltine.ExpiryPolicy, do view) {
	store, opts := settings(t, row, policy)
	wantErr := exceptions[row.Name]
	if (wantErr != nil) != (row.ResponseException != "") {
		t.Fatalf("Python raises %q, Go returns %v", row.ResponseException, wantErr)
	}
	if errors.Is(wantErr, saltine.ErrInvalidOption) {
		if _, err := sessionhttp.New(store, opts); !errors.Is(err, wantErr) {
			t.Errorf("New returns %v, want %v", err, wantErr)
		}
		return
	}
	want := outcome{ViewResult: row.ViewResult, Accessed: row.Accessed, Modified: row.Modified}
	if row.SetCookie != nil {
		want.Cookie = attributes(t, *row.SetCookie)
		want.Cookie[opts.Cookie.Name] = resign(want.Cookie[opts.Cookie.Name])
	}
	if row.Vary != nil {
		want.Vary = []string{*row.Vary}
	}
	for name, through := range ways {
		t.Run(name, func(t *testing.T) {
			got, err := through(t, store, opts, row, do)
			if !errors.Is(err, wantErr) {
				t.Fatalf("error is %v, want %v", err, wantErr)
			}
			if err != nil {
				got.Vary = nil // what an exception leaves of the response is another story
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-Django +Go):\n%s", diff)
			}
		})
	}
}

func settings(t *testing.T, row vectors.Scenario, policy saltine.ExpiryPolicy) (*saltine.CookieStore, *sessionhttp.Options) {
	t.Helper()
	set := row.Settings
	store := newStore(t, &saltine.StoreOptions{
		Now:                  func() time.Time { return time.Unix(row.Now, 0) },
		CookieAge:            time.Duration(set.CookieAge * float64(time.Second)),
		ExpireAtBrowserClose: set.ExpireAtBrowserClose,
		ExpiryPolicy:         policy,
	})
	sameSite, ok := map[string]sessioncookie.SameSite{
		"Lax": sessioncookie.SameSiteLax, "Strict": sessioncookie.SameSiteStrict, "None": sessioncookie.SameSiteNone, "": sessioncookie.SameSiteOmitted,
	}[set.CookieSameSite]
	if !ok {
		sameSite = sessioncookie.SameSiteOmitted + 1 // no such SameSite
	}
	return store, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{
		Name:             set.CookieName,
		SharedWithDjango: true,
		Path:             set.CookiePath,
		NoPath:           set.CookiePath == "",
		Domain:           set.CookieDomain,
		Insecure:         !set.CookieSecure,
		ScriptAccess:     !set.CookieHTTPOnly,
		SameSite:         sameSite,
		SaveEveryRequest: set.SaveEveryRequest,
	}}
}

// resign signs with the tests' key what a cookie of the vectors signs.
func resign(value string) string {
	if strings.Count(value, ":") != 2 {
		return value
	}
	return testSigner().Sign(value[:strings.LastIndexByte(value, ':')])
}

// attributes takes a Set-Cookie header apart. Names are in lower case but for
// the cookie's own.
func attributes(t *testing.T, header string) map[string]string {
	t.Helper()
	attributes := map[string]string{}
	for i, part := range strings.Split(header, "; ") {
		name, value, ok := strings.Cut(part, "=")
		if i > 0 {
			name = strings.ToLower(name)
			if _, twice := attributes[name]; twice {
				t.Errorf("attribute %s is there twice", name)
			}
		}
		if !ok {
			value = "(flag)"
		}
		attributes[name] = value
	}
	return attributes
}

func cookieHeader(row vectors.Scenario) []string {
	if row.RequestCookie == nil {
		return nil
	}
	value := *row.RequestCookie
	if !strings.Contains(row.Name, "bad signature") {
		value = resign(value)
	}
	return []string{"other=1; " + row.Settings.CookieName + "=" + value}
}

func (o *outcome) look(s *saltine.Session, do view) {
	o.ViewResult = do(s)
	o.Accessed, o.Modified = s.Accessed(), s.Modified()
}

func (o *outcome) setCookie(t *testing.T, headers []string) {
	t.Helper()
	if len(headers) > 1 {
		t.Errorf("%d Set-Cookie headers, want 1 at most", len(headers))
	}
	for _, header := range headers {
		o.Cookie = attributes(t, header)
	}
}

func throughCookie(t *testing.T, store *saltine.CookieStore, opts *sessionhttp.Options, row vectors.Scenario, do view) (o outcome, err error) {
	c, err := sessioncookie.New(store, &opts.Cookie)
	if err != nil {
		t.Fatal(err)
	}
	exchange := c.Open(t.Context(), cookieHeader(row))
	if row.ViewResult != "" {
		o.look(exchange.Session(), do)
	}
	setCookie, vary, err := exchange.Commit(row.Status)
	o.setCookie(t, setCookie)
	if vary {
		o.Vary = []string{"Cookie"}
	}
	return o, err
}

func throughCommit(t *testing.T, store *saltine.CookieStore, opts *sessionhttp.Options, row vectors.Scenario, do view) (o outcome, err error) {
	m := newMiddleware(t, store, opts)
	r := m.Open(newRequest(cookieHeader(row)))
	o.look(sessionhttp.FromContext(r.Context()), do)
	h := http.Header{}
	err = m.Commit(discard{h}, r, row.Status)
	o.setCookie(t, h["Set-Cookie"])
	o.Vary = h["Vary"]
	return o, err
}

func throughHandler(t *testing.T, store *saltine.CookieStore, opts *sessionhttp.Options, row vectors.Scenario, do view) (o outcome, err error) {
	hooked := *opts
	hooked.OnError = func(_ *http.Request, reported error) { err = reported }
	w := httptest.NewRecorder()
	newMiddleware(t, store, &hooked).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.look(sessionhttp.FromContext(r.Context()), do)
		w.WriteHeader(row.Status)
	})).ServeHTTP(w, newRequest(cookieHeader(row)))
	resp := answerOf(t, w.Result())
	o.setCookie(t, resp.Header["Set-Cookie"])
	o.Vary = resp.Header["Vary"]
	if want := map[bool]int{false: row.Status, true: http.StatusInternalServerError}[err != nil]; resp.Status != want {
		t.Errorf("status is %d, want %d", resp.Status, want)
	}
	return o, err
}
