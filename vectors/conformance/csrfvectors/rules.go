package csrfvectors

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine/djangocsrf"
)

// Rule is a difference from Django that is meant. Its name and its reason are for the
// reader of a report.
type Rule struct {
	Name    string
	Reason  string
	applies func(*Request, *Outcome) bool
	change  func(*Request, *expectation)
}

// rules are applied in order.
var rules = []Rule{
	{
		Name:    "trusted hosts",
		Reason:  "before 4.0 CSRF_TRUSTED_ORIGINS holds hosts: New refuses them, and the same hosts as https origins decide alike",
		applies: hasTrustedHosts,
		change:  trustOriginsInstead,
	},
	{
		Name:   "unreadable Referer",
		Reason: "before 4.0 a Referer that cannot be parsed is a 500: it is malformed, as since 4.0",
		applies: func(_ *Request, o *Outcome) bool {
			return o.Exception == "ValueError" && o.ExceptionText == "Invalid IPv6 URL"
		},
		change: func(_ *Request, e *expectation) {
			e.facts = facts{"accepted": "false", "kind": "malformed_referer", "tokens": "", "set_cookie": "none"}
		},
	},
	{
		Name:   "useless trusted origin",
		Reason: "New refuses an entry that no browser's Origin can equal: Django says nothing, and trusts nobody by it",
		applies: func(c *Request, _ *Outcome) bool {
			return !hasTrustedHosts(c, nil) && slices.ContainsFunc(c.Settings.TrustedOrigins, useless)
		},
		change: refuseUseless,
	},
	{
		Name:    "cookie age of zero",
		Reason:  "zero means the default: a cookie with Django's age of 0 is gone before it is sent back",
		applies: func(c *Request, _ *Outcome) bool { return string(c.Settings.CookieAge) == "0" },
		change: func(_ *Request, e *expectation) {
			e.facts["set_cookie"] = strings.NewReplacer("max-age=0", "max-age=31449600",
				"expires=Fri, 15 Jan 2027", "expires=Fri, 14 Jan 2028").Replace(e.facts["set_cookie"])
		},
	},
	{
		Name:    "unreadable session value",
		Reason:  "a stored secret that is none is replaced, and a request refused for it: Django answers 500, or makes tokens that never match",
		applies: func(c *Request, _ *Outcome) bool { return c.Settings.UseSessions && !readable(stored(c)) },
		change:  replaceStored,
	},
}

// Rules returns the rules, for the reader of a report.
func Rules() []Rule { return slices.Clone(rules) }

func hasTrustedHosts(c *Request, _ *Outcome) bool {
	return slices.ContainsFunc(c.Settings.TrustedOrigins, func(s string) bool { return !strings.Contains(s, "://") })
}

// trustOriginsInstead writes hosts as origins. An older Django draws a mask for each
// cookie that it reads, so neither the draws nor the secret's text compare.
func trustOriginsInstead(c *Request, e *expectation) {
	e.refused = c.Settings.TrustedOrigins
	e.trustedOrigins = nil
	for _, host := range e.refused {
		if strings.HasPrefix(host, ".") {
			host = "*" + host
		}
		e.trustedOrigins = append(e.trustedOrigins, "https://"+host)
	}
	e.random = nil
	delete(e.facts, "random")
	delete(e.facts, "secret")
}

// origin is what an Origin header looks like, with a star in front allowed.
var origin = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$`)

func useless(entry string) bool {
	if start, rest, found := strings.Cut(entry, "://*."); found {
		entry = strings.ToLower(start + "://" + rest)
	}
	return !origin.MatchString(entry)
}

// refuseUseless leaves nothing to run. Where the request has an Origin, Django must have
// refused it: an entry that made Django accept one is not useless.
func refuseUseless(c *Request, e *expectation) {
	accepted := e.facts["accepted"]
	e.refused, e.notRun, e.facts = c.Settings.TrustedOrigins, true, facts{}
	if _, hasOrigin := c.Headers["Origin"]; hasOrigin && accepted != "false" {
		e.facts["a useless origin"] = "that Django trusts"
	}
}

// stored is the secret in the session, nil for none.
func stored(c *Request) any {
	var items [][2]any
	if err := json.Unmarshal(c.Session, &items); err != nil {
		return err
	}
	for _, item := range items {
		if item[0] == "_csrftoken" {
			return item[1]
		}
	}
	return nil
}

var secret = regexp.MustCompile(`^([A-Za-z0-9]{32}|[A-Za-z0-9]{64})$`)

func readable(value any) bool {
	s, ok := value.(string)
	return value == nil || ok && secret.MatchString(s)
}

// replaceStored has the session hold a secret, and tokens that fit it.
func replaceStored(c *Request, e *expectation) {
	e.random = nil
	e.facts = facts{"accepted": "true", "kind": "", "set_cookie": "none", "vary": "Cookie", "session_cookie": "set"}
	if c.Method == "" { // POST
		e.facts["accepted"], e.facts["kind"] = "false", "bad_session"
	}
	e.also = func(r *run) *mismatch {
		value, _ := r.session.Items[0][1].(string)
		if len(value) != secretLen || !secret.MatchString(value) || !r.session.Modified {
			return &mismatch{Want: "a secret in a modified session", Got: sessionText(r.session)}
		}
		if len(r.tokens) != len(c.View) {
			return &mismatch{Want: "a token for each call", Got: strings.Join(r.tokens, " ")}
		}
		return checkTokens(value, r.tokens)
	}
}

// checkTokens has a Protection with a cookie take the tokens.
func checkTokens(secret string, tokens []string) *mismatch {
	p, err := djangocsrf.New(nil)
	if err != nil {
		return &mismatch{Want: "a Protection", Got: err.Error()}
	}
	for _, token := range tokens {
		if err := check(p, secret, token); err != nil {
			return &mismatch{Want: "a token of the secret in the session", Got: err.Error()}
		}
	}
	return nil
}
