// Package csrfvectors runs recordings of real Django's CsrfViewMiddleware against
// package djangocsrf: every request goes through its handler, with the random texts
// that Django drew, and everything that Django recorded is compared.
//
// It is for tests and for the command: no program that uses djangocsrf has it.
package csrfvectors

import (
	"encoding/json"
	"fmt"

	"github.com/seed-52756201/saltine/internal/recording"
)

// File is a file of recordings. Its Schema explains the fields.
type File struct {
	Schema     []string     `json:"schema"`
	Masks      []Mask       `json:"masks"`
	SameDomain []SameDomain `json:"same_domain"`
	Requests   []Request    `json:"requests"`
	Count      int          `json:"count"` // of SameDomain and Requests
}

// Mask is a secret and a token of it.
type Mask struct {
	Secret string `json:"secret"`
	Mask   string `json:"mask"`
	Token  string `json:"token"`
}

// SameDomain is a call of is_same_domain.
type SameDomain struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Host     string `json:"host"`
	Pattern  string `json:"pattern"`
	Outcomes []struct {
		SeenOn []string `json:"seen_on"`
		Result bool     `json:"result"`
	} `json:"outcomes"`
}

// Request is one request through the middleware.
type Request struct {
	ID              int               `json:"id"`
	Name            string            `json:"name"`
	Host            string            `json:"host"`
	Port            string            `json:"port"`
	Method          string            `json:"method"` // POST if empty
	Path            string            `json:"path"`
	Secure          bool              `json:"secure"`
	Headers         map[string]string `json:"headers"`
	Cookies         map[string]string `json:"cookies"`
	Post            [][2]string       `json:"post"`
	ContentType     string            `json:"content_type"`
	Session         json.RawMessage   `json:"session"` // pairs, null without a cookie, absent without sessions
	Settings        Settings          `json:"settings"`
	Exempt          bool              `json:"exempt"`
	BeforeView      []string          `json:"before_view"`
	View            []string          `json:"view"`
	FailureView     []string          `json:"failure_view"`
	ResponseHeaders map[string]string `json:"response_headers"`
	Outcomes        []Outcome         `json:"outcomes"`
}

// Settings are Django's. What is not here has Django's default.
type Settings struct {
	AllowedHosts      []string        `json:"ALLOWED_HOSTS"`
	CookieAge         json.RawMessage `json:"CSRF_COOKIE_AGE"` // a number or null
	CookieDomain      string          `json:"CSRF_COOKIE_DOMAIN"`
	CookieHTTPOnly    bool            `json:"CSRF_COOKIE_HTTPONLY"`
	CookieMasked      bool            `json:"CSRF_COOKIE_MASKED"`
	CookieName        string          `json:"CSRF_COOKIE_NAME"`
	CookiePath        string          `json:"CSRF_COOKIE_PATH"`
	CookieSameSite    json.RawMessage `json:"CSRF_COOKIE_SAMESITE"` // a text, false or null
	CookieSecure      bool            `json:"CSRF_COOKIE_SECURE"`
	HeaderName        string          `json:"CSRF_HEADER_NAME"`
	TrustedOrigins    []string        `json:"CSRF_TRUSTED_ORIGINS"`
	UseSessions       bool            `json:"CSRF_USE_SESSIONS"`
	ProxySSLHeader    []string        `json:"SECURE_PROXY_SSL_HEADER"`
	SessionDomain     string          `json:"SESSION_COOKIE_DOMAIN"`
	UseXForwardedHost bool            `json:"USE_X_FORWARDED_HOST"`
}

// Outcome is what some builds of Django did with a request.
type Outcome struct {
	SeenOn        []string `json:"seen_on"`
	Exception     string   `json:"exception"`
	ExceptionText string   `json:"exception_text"`
	Accepted      bool     `json:"accepted"`
	Reason        string   `json:"reason"` // Django's text, which repeats headers; ours do not
	Kind          string   `json:"kind"`
	Tokens        []string `json:"tokens"`
	SetCookie     *string  `json:"set_cookie"`
	CookieValue   *string  `json:"cookie_value"`
	Vary          *string  `json:"vary"`
	SecretInUse   *string  `json:"secret_in_use"`
	Session       *Session `json:"session"`
	SessionCookie *string  `json:"session_cookie"` // "set" or "delete"
	Random        []string `json:"random"`
}

// Session is a session after the response.
type Session struct {
	Modified bool     `json:"modified"`
	Accessed bool     `json:"accessed"`
	Items    [][2]any `json:"items"`
}

// Parse reads a file, which may be compressed by gzip. A field that is unknown, an id
// that is there twice and a wrong count are errors.
func Parse(data []byte) (*File, error) {
	file := &File{}
	if err := recording.Decode(data, file); err != nil {
		return nil, fmt.Errorf("csrfvectors: %w", err)
	}
	if err := file.check(); err != nil {
		return nil, err
	}
	return file, nil
}

func (f *File) check() error {
	seen := map[int]bool{}
	for _, s := range f.SameDomain {
		if seen[s.ID] || len(s.Outcomes) == 0 {
			return fmt.Errorf("csrfvectors: id %d is there twice, or has no outcome", s.ID)
		}
		seen[s.ID] = true
	}
	for i := range f.Requests {
		r := &f.Requests[i]
		if seen[r.ID] || len(r.Outcomes) == 0 {
			return fmt.Errorf("csrfvectors: id %d is there twice, or has no outcome", r.ID)
		}
		seen[r.ID] = true
	}
	if len(seen) != f.Count {
		return fmt.Errorf("csrfvectors: %d cases, and a count of %d", len(seen), f.Count)
	}
	return nil
}
