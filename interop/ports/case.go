package main

import (
	"encoding/hex"
	"encoding/json"

	"github.com/seed-52756201/saltine/vectors"
)

// question is a test without its answer, as an adapter reads it: one line of JSON.
type question struct {
	ID              int          `json:"id"`
	Kind            vectors.Kind `json:"kind"`
	Object          bool         `json:"object"` // the value is JSON in base64, not a text
	Cookie          *string      `json:"cookie"` // null: only make a signer with the separator sep
	Keys            []string     `json:"keys"`   // in hexadecimal: the main key, then the fallback keys
	Salt            string       `json:"salt"`   // without the "signer" that Django appends
	Sep             string       `json:"sep"`
	Algorithm       string       `json:"algorithm"` // by its name in Python's hashlib
	LegacyAlgorithm string       `json:"legacy_algorithm"`
	Now             float64      `json:"now"`
	MaxAge          *float64     `json:"max_age"`        // in seconds; null: no limit
	SessionExpiry   bool         `json:"session_expiry"` // kind session: _session_expiry rules
	Format          string       `json:"format"`
	Source          string       `json:"source"`
	CookieName      string       `json:"cookie_name"`
	CookieSalt      string       `json:"cookie_salt"`
	AcceptOldSalt   bool         `json:"accept_old_salt"` // kind signed_cookie: name and salt joined
}

// answer is what a port made of a question: one line of JSON.
type answer struct {
	ID     int     `json:"id"`
	Result string  `json:"result"` // "valid" or "refused"
	Text   *string `json:"text"`   // the value of a valid answer: a text that was signed,
	JSON   *string `json:"json"`   // or the text of a JSON value
}

func newQuestion(g *vectors.Group, t *vectors.Test) question {
	q := question{
		ID:              t.ID,
		Kind:            g.Kind,
		Object:          isObject(g, t),
		Cookie:          &t.Cookie,
		Keys:            []string{hex.EncodeToString(g.KeyBytes())},
		Salt:            g.SaltFor(t),
		Sep:             g.Sep,
		Algorithm:       g.Algorithm,
		LegacyAlgorithm: g.LegacyAlgorithm,
		Now:             t.Now,
		MaxAge:          t.MaxAge,
		SessionExpiry:   g.EnforcesSessionExpiry,
		Format:          g.Format,
		Source:          g.Source,
		CookieName:      t.CookieName,
		CookieSalt:      t.CookieSalt,
		AcceptOldSalt:   g.SaltRule != "" && (g.LegacySaltFallback == nil || *g.LegacySaltFallback),
	}
	for _, key := range g.FallbackKeyBytes() {
		q.Keys = append(q.Keys, hex.EncodeToString(key))
	}
	if isConstruction(g) {
		q.Cookie, q.Sep = nil, *t.Sep
	}
	return q
}

// isObject tells a value that was serialized from one that is a plain text.
func isObject(g *vectors.Group, t *vectors.Test) bool {
	switch g.Kind {
	case vectors.KindSigningDumps, vectors.KindSession, vectors.KindSessionData, vectors.KindMessages:
		return true
	case vectors.KindSigner, vectors.KindTimestampSigner:
		return g.Object || t.Has("sign_object")
	}
	return false
}

// isConstruction tells the groups whose tests make a signer and read nothing.
func isConstruction(g *vectors.Group) bool { return g.Kind == vectors.KindSigner && g.Sep == "" }

// The ways to miss what Django does.
const (
	refusesGood = "refuses what Django accepts"
	acceptsBad  = "accepts what Django refuses"
	otherValue  = "reads another value"
	crashed     = "crashes"
	hung        = "hangs"
)

// judge compares an answer with what Django did. It returns "" or a way to miss it.
func judge(g *vectors.Group, t *vectors.Test, a answer) string {
	switch want := wantsValid(g, t); {
	case want && a.Result != "valid":
		return refusesGood
	case !want && a.Result == "valid":
		return acceptsBad
	case want && !isConstruction(g) && !sameValue(g, t, a):
		return otherValue
	}
	return ""
}

// wantsValid tells what a reader of JSON must accept: it refuses pickles.
func wantsValid(g *vectors.Group, t *vectors.Test) bool {
	return t.Result == vectors.Valid && g.Serializer == ""
}

func sameValue(g *vectors.Group, t *vectors.Test, a answer) bool {
	if !isObject(g, t) {
		var want string
		return a.Text != nil && json.Unmarshal(t.Data, &want) == nil && *a.Text == want
	}
	if a.JSON == nil {
		return false
	}
	if t.DataRepr != "" {
		return samePython(t.DataRepr, *a.JSON)
	}
	return sameJSON(t.Data, []byte(*a.JSON))
}
