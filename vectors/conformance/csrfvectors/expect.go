package csrfvectors

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// expectation is what a case should give, after the rules.
type expectation struct {
	rules          []string
	facts          facts
	random         []string // what Rand gives; nil is crypto/rand
	trustedOrigins []string // of the run
	refused        []string // TrustedOrigins that New must refuse; nil for none
	notRun         bool     // there is nothing but refused
	also           func(*run) *mismatch
}

// expect returns what Django did, changed by each rule that applies.
func expect(c *Request) *expectation {
	o := outcome(c)
	e := &expectation{facts: factsOf(o), random: o.Random, trustedOrigins: c.Settings.TrustedOrigins}
	for _, r := range rules {
		if r.applies(c, o) {
			e.rules = append(e.rules, r.Name)
			r.change(c, e)
		}
	}
	return e
}

// outcome is that of the newest build: the last version listed, unless main is.
func outcome(c *Request) *Outcome {
	for i := range c.Outcomes {
		if slices.Contains(c.Outcomes[i].SeenOn, "main-2026-08") {
			return &c.Outcomes[i]
		}
	}
	return &c.Outcomes[len(c.Outcomes)-1]
}

// factsOf writes an outcome as facts. The text of the reason is Django's own and the
// kind stands for it.
func factsOf(o *Outcome) facts {
	if o.Exception != "" {
		return facts{"exception": o.Exception}
	}
	f := facts{
		"accepted":   strconv.FormatBool(o.Accepted),
		"kind":       o.Kind,
		"random":     "all of it",
		"secret":     text(o.SecretInUse),
		"set_cookie": normal(text(o.SetCookie)),
		"tokens":     strings.Join(o.Tokens, " "),
		"vary":       text(o.Vary),
	}
	if len(text(o.SecretInUse)) == 2*secretLen { // a masked cookie: as it is to be sent
		f["secret"] = "masked"
	}
	if o.Session != nil {
		f["session"] = sessionText(*o.Session)
		f["session_cookie"] = text(o.SessionCookie)
	}
	return f
}

const secretLen = 32

func text(s *string) string {
	if s == nil {
		return "none"
	}
	return *s
}

func sessionText(s Session) string {
	items, err := json.Marshal(s.Items)
	if err != nil {
		return err.Error()
	}
	if s.Items == nil {
		items = []byte("[]")
	}
	return fmt.Sprintf("accessed %t, modified %t, %s", s.Accessed, s.Modified, items)
}

// normal writes a Set-Cookie header with its attributes in order, their names in small
// letters: both are Python's own.
func normal(line string) string {
	parts := strings.Split(line, "; ")
	for i, part := range parts[1:] {
		name, value, _ := strings.Cut(part, "=")
		parts[i+1] = strings.ToLower(name) + "=" + value
	}
	slices.Sort(parts[1:])
	return strings.Join(parts, "; ")
}
