package main

import (
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/seed-52756201/saltine"
)

var verifyCommand = command{
	name:    "verify",
	args:    " [VALUE]",
	summary: "verify a value with the key, and explain why it fails",
	about: `Verifies a session cookie as a saltine.CookieStore does, with the salt of Django's
signed_cookies backend: signature, age, JSON, and the session's own expiry. With
--dumps the value is one of signing.dumps, with --plain text of a TimestampSigner;
each has Django's own salt unless --salt says otherwise.

On success the payload is printed. On failure the reason is explained, and the
usual mix-ups of key, salt, algorithm and quoting are tried. The exit code tells
the kind of failure.`,
	define: defineVerify,
	run:    (*app).verify,
}

// verification is a value and what it is verified with.
type verification struct {
	kind      kind
	value     string
	separator string
	keys      keys
	opts      *saltine.Options
	hashes    []crypto.Hash // the first one is that of new signatures
	signer    *saltine.TimestampSigner
	maxAge    time.Duration
	now       time.Time
}

// verdict is what verify prints as JSON.
type verdict struct {
	Valid        bool            `json:"valid"`
	Kind         string          `json:"kind"`
	Size         int             `json:"size"`
	Error        string          `json:"error,omitempty"`
	Message      string          `json:"message,omitempty"`
	Hints        []string        `json:"hints,omitempty"`
	SignedAt     string          `json:"signed_at,omitempty"`
	SignedAtUnix *int64          `json:"signed_at_unix,omitempty"`
	AgeSeconds   *int64          `json:"age_seconds,omitempty"`
	Expires      string          `json:"expires,omitempty"`
	Key          *int            `json:"key,omitempty"`         // 0 signs, the others are fallbacks
	Fingerprint  string          `json:"fingerprint,omitempty"` // of that key
	Algorithm    string          `json:"algorithm,omitempty"`
	NeedsResign  bool            `json:"needs_resign"`
	Compressed   bool            `json:"compressed"`
	Payload      json.RawMessage `json:"payload,omitempty"`
	PayloadText  string          `json:"payload_text,omitempty"`
}

// good is what is known of a value that is.
type good struct {
	saltine.Verification
	content payload
	expires time.Time // zero: never
}

func (a *app) verify(r *request, args []string) (int, error) {
	v, err := a.newVerification(r)
	if err != nil {
		return 0, err
	}
	if v.value, err = a.value(args); err != nil {
		return 0, err
	}
	g, err := v.check()
	if err != nil {
		return exitCode(err), a.refuse(r, v, err)
	}
	if r.json {
		return exitOK, a.writeJSON(v.verdict(g))
	}
	a.accept(v, g)
	return exitOK, nil
}

func (a *app) newVerification(r *request) (*verification, error) {
	k, keys, opts, err := a.options(r)
	if err != nil {
		return nil, err
	}
	v := &verification{
		kind: k, separator: r.separator, keys: keys, opts: opts, hashes: r.algorithms(), maxAge: k.maxAge, now: a.clock(r),
	}
	if r.maxAge != nil {
		v.maxAge = *r.maxAge
	}
	if k == kindSession && v.maxAge < time.Second {
		return nil, errors.New("the --max-age of a session cookie is at least a second")
	}
	v.signer, err = saltine.NewTimestampSigner(keys.Keyring, opts)
	return v, err
}

// check verifies the value as what it is said to be.
func (v *verification) check() (*good, error) {
	found, err := v.signer.Verify(v.value, v.maxAge)
	if err != nil {
		return nil, err
	}
	g := &good{Verification: found}
	if v.maxAge != saltine.NoMaxAge {
		g.expires = found.SignedAt.Add(v.maxAge)
	}
	if v.kind == kindPlain {
		g.content.text, err = v.signer.Unsign(v.value, v.maxAge)
		return g, err
	}
	text, err := v.signer.AppendUnsignPayload(nil, v.value, v.maxAge)
	if err != nil {
		return nil, err
	}
	if g.content, _, err = unpack(split(v.value, v.separator).body); err != nil {
		return nil, err
	}
	if v.kind == kindSession {
		return g, v.checkSession(g)
	}
	var object any
	return g, saltine.JSONSerializer{}.Loads(text, &object)
}

// checkSession loads the session, and shortens g.expires by its own expiry.
func (v *verification) checkSession(g *good) error {
	store, err := saltine.NewCookieStore(v.keys.Keyring, &saltine.StoreOptions{Salt: v.opts.Salt, Now: v.opts.Now, CookieAge: v.maxAge})
	if err != nil {
		return err
	}
	s, err := store.Load(v.value)
	if err != nil {
		return err
	}
	e, err := s.Expiry()
	if err != nil || e.IsDefault() {
		return err
	}
	if own := store.ExpiryDate(g.SignedAt, e); g.expires.IsZero() || own.Before(g.expires) {
		g.expires = own
	}
	return nil
}

// refuse reports a value that is not good.
func (a *app) refuse(r *request, v *verification, err error) error {
	code := exitCode(err)
	if code == exitUsage {
		return err
	}
	hints := v.explain(err)
	if r.json {
		return a.writeJSON(verdict{Kind: v.kind.name, Size: len(v.value), Error: errorNames[code], Message: message(err), Hints: hints})
	}
	fmt.Fprintf(&a.err, "NOT VALID: %s\n", message(err))
	for _, hint := range hints {
		fmt.Fprintf(&a.err, "  - %s\n", hint)
	}
	return nil
}

func (v *verification) verdict(g *good) verdict {
	unix, seconds := g.SignedAt.Unix(), int64(g.Age.Seconds())
	verdict := verdict{
		Valid:        true,
		Kind:         v.kind.name,
		Size:         g.Size,
		SignedAt:     rfc3339(g.SignedAt),
		SignedAtUnix: &unix,
		AgeSeconds:   &seconds,
		Key:          &g.KeyIndex,
		Fingerprint:  v.keys.Fingerprints()[g.KeyIndex],
		Algorithm:    algorithmName(g.Algorithm),
		NeedsResign:  g.NeedsResign(),
		Compressed:   g.Compressed,
		Payload:      standard(g.content.canonical),
		PayloadText:  jsonText(g.content),
	}
	if !g.expires.IsZero() {
		verdict.Expires = rfc3339(g.expires)
	}
	return verdict
}

// accept reports a value that is good.
func (a *app) accept(v *verification, g *good) {
	a.out.WriteString("VALID\n\n")
	a.row("kind", "%s", v.kind.reads)
	a.row("signed at", "%s, %s", stamp(g.SignedAt), ago(g.Age))
	if !g.expires.IsZero() {
		a.row("expires", "%s, in %s", stamp(g.expires), age(g.expires.Sub(v.now)))
	}
	fingerprints := v.keys.Fingerprints()
	a.row("signed by", "key %d of %d (%s), with %s", g.KeyIndex+1, len(fingerprints), fingerprints[g.KeyIndex], algorithmName(g.Algorithm))
	a.row("size", "%s", sizeText(g.Size))
	a.showPayload(g.content)
	if g.NeedsResign() {
		a.out.WriteString("\nnote: sign it anew before you drop that key or algorithm\n")
	}
}
