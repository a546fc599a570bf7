package vectors

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
)

var (
	//go:embed middleware.json
	middlewareJSON []byte
	//go:embed session-api.json
	sessionAPIJSON []byte
	//go:embed session-expiry.json
	sessionExpiryJSON []byte
)

// Middleware returns the scenarios of middleware.json: one request through SessionMiddleware each, over the signed_cookies backend.
// The key of their cookies is not recorded; the README says how to replay them with another.
func Middleware() ([]Run[Scenario], error) {
	return parseRuns(middlewareJSON, "scenarios", parseScenario)
}

// SessionAPI returns the calls of session-api.json.
func SessionAPI() ([]Run[APICall], error) { return parseRuns(sessionAPIJSON, "rows", parseAPICall) }

// SessionExpiry returns the rows of session-expiry.json. The clock is 1700000000 and SESSION_COOKIE_AGE 1209600.
func SessionExpiry() ([]Run[ExpiryRow], error) {
	return parseRuns(sessionExpiryJSON, "rows", parseExpiryRow)
}

// Run is what one build of Django did. Every run of a file has the same rows in the same order.
type Run[Row any] struct {
	Django string // version, or branch and commit
	Python string
	Rows   []Row
}

// Scenario is one request and its response. What the view did is told by Name alone.
type Scenario struct {
	Name          string
	Settings      Settings
	Now           int64   // clock, in Unix seconds
	RequestCookie *string // value of the session cookie in the request; nil: none

	ViewResult string // what the view got from the session, as Python text; empty where it left the session alone
	Accessed   bool   // session.accessed after the view
	Modified   bool   // session.modified after the view
	Status     int    // status the view gave the response

	ResponseException string  // class of the exception the middleware raised; then the three below are nil
	SetCookie         *string // the whole value of Set-Cookie; nil: none
	CookiePayload     *string // the session in SetCookie as json.dumps(session, sort_keys=True) writes it; nil where SetCookie deletes or is nil
	Vary              *string // nil: none
}

// Settings are Django's settings in force, its defaults included. Where Django has None or False for "leave it out", the text is empty.
type Settings struct {
	CookieName           string  // SESSION_COOKIE_NAME
	CookieAge            float64 // SESSION_COOKIE_AGE, in seconds
	CookieDomain         string  // SESSION_COOKIE_DOMAIN
	CookiePath           string  // SESSION_COOKIE_PATH
	CookieSecure         bool    // SESSION_COOKIE_SECURE
	CookieHTTPOnly       bool    // SESSION_COOKIE_HTTPONLY
	CookieSameSite       string  // SESSION_COOKIE_SAMESITE, which may be one that Django refuses
	SaveEveryRequest     bool    // SESSION_SAVE_EVERY_REQUEST
	ExpireAtBrowserClose bool    // SESSION_EXPIRE_AT_BROWSER_CLOSE
}

// APICall is one call of the session API, on two sessions.
type APICall struct {
	Call       string
	New        SessionState // on a session without a key
	FromCookie SessionState // on a session from a good cookie that holds {"k": 1}, not loaded yet
}

// SessionState is a session after a call.
type SessionState struct {
	Returns        string // str() of the result, a date as ISO 8601; "raises X"; or "..." where it is not recorded
	Accessed       bool
	Modified       bool
	Loaded         bool // the session data are in memory
	IsEmpty        bool // is_empty()
	SessionKeyNone bool // session_key is None
}

// ExpiryRow is either a call of set_expiry and what it stores (SetExpiry is set), or a stored value and what is read from it.
type ExpiryRow struct {
	SetExpiry string          // what was given to set_expiry
	Stored    json.RawMessage // the value of _session_expiry; after set_expiry a JSON string with its Python repr

	// Not set after set_expiry.
	Age            json.RawMessage // get_expiry_age(): a number, true, a text, or the text "raises X: message"
	Date           string          // get_expiry_date() as ISO 8601 text, or "raises X: message"
	AtBrowserClose bool            // get_expire_at_browser_close()
}

// row is a row with a label that is unique in its run.
type row interface{ label() string }

func (s Scenario) label() string { return s.Name }
func (c APICall) label() string  { return c.Call }
func (r ExpiryRow) label() string {
	if r.SetExpiry != "" {
		return "set_expiry " + r.SetExpiry
	}
	return "stored " + string(r.Stored)
}

func parseRuns[R row](data []byte, rows string, parse func(json.RawMessage) (R, error)) ([]Run[R], error) {
	raw, err := document(data)
	if err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	elements, err := list(verbatim)(raw)
	if err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	runs := make([]Run[R], len(elements))
	for i, element := range elements {
		if runs[i], err = parseRun(element, rows, parse); err != nil {
			return nil, fmt.Errorf("vectors: run %d (%s): %w", i, runs[i].Django, err)
		}
	}
	return runs, nil
}

// parseRun returns what it has of the run beside an error, for the version in the message.
func parseRun[R row](raw json.RawMessage, rows string, parse func(json.RawMessage) (R, error)) (Run[R], error) {
	o := newObject(raw)
	run := Run[R]{
		Django: required(o, "django", filled),
		Python: required(o, "python", filled),
	}
	elements := required(o, rows, list(verbatim))
	if err := o.end(); err != nil {
		return run, err
	}
	seen := map[string]bool{}
	for i, element := range elements {
		r, err := parse(element)
		if err == nil && seen[r.label()] {
			err = errors.New("duplicate row")
		}
		if err != nil {
			return run, fmt.Errorf("row %d (%s): %w", i, r.label(), err)
		}
		seen[r.label()] = true
		run.Rows = append(run.Rows, r)
	}
	return run, nil
}

func parseScenario(raw json.RawMessage) (Scenario, error) {
	o := newObject(raw)
	s := Scenario{
		Name:              required(o, "scenario", filled),
		Settings:          required(o, "settings", parseSettings),
		Now:               int64(required(o, "now", positive)),
		RequestCookie:     nullable(o, "request_cookie", text),
		ViewResult:        orZero(optional(o, "view_result", filled)),
		Accessed:          required(o, "accessed", scalar[bool]),
		Modified:          required(o, "modified", scalar[bool]),
		Status:            required(o, "status", positive),
		ResponseException: orZero(optional(o, "response_exception", filled)),
	}
	if s.ResponseException == "" {
		s.SetCookie = nullable(o, "set_cookie", filled)
		s.Vary = nullable(o, "vary", filled)
	}
	if s.SetCookie != nil {
		s.CookiePayload = nullable(o, "cookie_payload", filled)
	}
	return s, o.end()
}

func parseSettings(raw json.RawMessage) (Settings, error) {
	o := newObject(raw)
	s := Settings{
		CookieName:           orDefault(optional(o, "SESSION_COOKIE_NAME", filled), "sessionid"),
		CookieAge:            orDefault(optional(o, "SESSION_COOKIE_AGE", scalar[float64]), 1209600),
		CookieDomain:         orZero(optional(o, "SESSION_COOKIE_DOMAIN", textOrNone)),
		CookiePath:           orDefault(optional(o, "SESSION_COOKIE_PATH", textOrNone), "/"),
		CookieSecure:         orZero(optional(o, "SESSION_COOKIE_SECURE", scalar[bool])),
		CookieHTTPOnly:       orDefault(optional(o, "SESSION_COOKIE_HTTPONLY", scalar[bool]), true),
		CookieSameSite:       orDefault(optional(o, "SESSION_COOKIE_SAMESITE", textOrNone), "Lax"),
		SaveEveryRequest:     orZero(optional(o, "SESSION_SAVE_EVERY_REQUEST", scalar[bool])),
		ExpireAtBrowserClose: orZero(optional(o, "SESSION_EXPIRE_AT_BROWSER_CLOSE", scalar[bool])),
	}
	return s, o.end()
}

func parseAPICall(raw json.RawMessage) (APICall, error) {
	o := newObject(raw)
	c := APICall{
		Call:       required(o, "call", filled),
		New:        required(o, "new", parseSessionState),
		FromCookie: required(o, "from_cookie", parseSessionState),
	}
	return c, o.end()
}

func parseSessionState(raw json.RawMessage) (SessionState, error) {
	o := newObject(raw)
	s := SessionState{
		Returns:        required(o, "returns", filled),
		Accessed:       required(o, "accessed", scalar[bool]),
		Modified:       required(o, "modified", scalar[bool]),
		Loaded:         required(o, "loaded", scalar[bool]),
		IsEmpty:        required(o, "is_empty_after", scalar[bool]),
		SessionKeyNone: required(o, "session_key_none_after", scalar[bool]),
	}
	return s, o.end()
}

func parseExpiryRow(raw json.RawMessage) (ExpiryRow, error) {
	o := newObject(raw)
	r := ExpiryRow{
		SetExpiry: orZero(optional(o, "set_expiry", filled)),
		Stored:    required(o, "stored", verbatim),
	}
	if r.SetExpiry == "" {
		r.Age = required(o, "get_expiry_age", verbatim)
		r.Date = required(o, "get_expiry_date", filled)
		r.AtBrowserClose = required(o, "get_expire_at_browser_close", scalar[bool])
	}
	return r, o.end()
}

// orDefault is the value, or fallback where there is none.
func orDefault[T any](value *T, fallback T) T {
	if value == nil {
		return fallback
	}
	return *value
}

// textOrNone reads a string, or what Django takes for "leave it out": None and False.
func textOrNone(raw json.RawMessage) (string, error) {
	if s := string(raw); s == "null" || s == "false" {
		return "", nil
	}
	return text(raw)
}
