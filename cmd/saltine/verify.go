package main

import (
	"crypto"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

var verifyCommand = command{
	name:    "verify",
	args:    " [PASTE]",
	summary: "verify a value with the key, and explain why it fails",
	about: `Takes what inspect takes, finds the cookie in it, and verifies it.

A session cookie is verified as a saltine.CookieStore does it, with the salt of
Django's signed_cookies backend: signature, age, JSON, and the session's own
expiry. With --dumps the value is one of signing.dumps, with --plain text of a
TimestampSigner, with --messages a cookie of django.contrib.messages, with
--session-data a row of the table django_session, and with --name NAME the cookie
of that name by set_signed_cookie, whose salt argument is --salt. Each has
Django's own salt unless --salt says otherwise. Messages and rows that can be
nothing else are recognised without a flag.

On success the payload is printed, and what was undone to find the value: quotes
and white space Django undoes too, percent-encoding and the like it does not. On
failure the cause is named, after other salts, algorithms and spellings of the
key were tried, and what to do next. The exit code tells the kind of failure.`,
	define: defineVerify,
	run:    (*app).verify,
}

// verification is what values are verified with.
type verification struct {
	kind      kind
	name      string // of the cookie
	separator string
	keys      keys
	opts      *saltine.Options
	hashes    []crypto.Hash  // the first one is that of new signatures
	asked     *time.Duration // the maximum age of --max-age
	maxAge    time.Duration
	now       time.Time

	pasted  chosen
	sibling int // the number of a good cookie of the same name, if this one is not
}

// verdict is what verify prints as JSON.
type verdict struct {
	Valid         bool            `json:"valid"`
	Kind          string          `json:"kind"`
	Form          string          `json:"form"`
	Name          string          `json:"name,omitempty"`
	Source        string          `json:"source,omitempty"`
	Undone        []paste.Undone  `json:"undone,omitempty"`
	Size          int             `json:"size"`
	Error         string          `json:"error,omitempty"`
	Message       string          `json:"message,omitempty"`
	Findings      []paste.Finding `json:"findings,omitempty"`
	NearMiss      *nearMiss       `json:"near_miss,omitempty"`
	SignedAt      string          `json:"signed_at,omitempty"`
	SignedAtUnix  *int64          `json:"signed_at_unix,omitempty"`
	AgeSeconds    *int64          `json:"age_seconds,omitempty"`
	FutureSeconds int64           `json:"future_seconds,omitempty"`
	Expires       string          `json:"expires,omitempty"`
	Key           *int            `json:"key,omitempty"`         // 0 signs, the others are fallbacks
	Fingerprint   string          `json:"fingerprint,omitempty"` // of that key
	Algorithm     string          `json:"algorithm,omitempty"`
	NeedsResign   bool            `json:"needs_resign"`
	Compressed    bool            `json:"compressed"`
	Payload       json.RawMessage `json:"payload,omitempty"`
	PayloadText   string          `json:"payload_text,omitempty"`
}

func (a *app) verify(r *request, args []string) (int, error) {
	v, err := a.newVerification(r)
	if err != nil {
		return 0, err
	}
	text, err := a.value(args)
	if err != nil {
		return 0, err
	}
	p := paste.Read(text, r.paste())
	g, err := a.verifyPasted(r, v, text, &p)
	report, reportErr := paste.Describe(p, v.now, r.paste())
	if reportErr != nil && !isSettled(err) || reportErr != nil && err == nil {
		err = reportErr
	}
	if err != nil {
		return refusal(err, report), a.refuse(r, v, report, err)
	}
	if r.json {
		return exitOK, a.writeJSON(v.verdict(g, report))
	}
	a.accept(v, g, report)
	return exitOK, nil
}

// refusal returns the exit code for a value: a bad signature is one of a whole value of
// Django's, whose payload may be altered. Of any other no key can be right.
func refusal(err error, report *paste.Report) int {
	code := exitCode(err)
	if code != exitBadSignature || report == nil || report.Form == "damaged payload" {
		return code
	}
	if !report.Readable() || report.Form == "session key" {
		return exitMalformed
	}
	return code
}

// verifyPasted verifies a text as it is, and then the cookies that were found in it: the
// one that was meant first. It makes p.Best the one that is good.
func (a *app) verifyPasted(r *request, v *verification, text string, p *paste.Pasted) (*good, error) {
	best := p.Cookies[p.Best]
	v.pasted = chosen{text, paste.Cookie{Value: text, Name: v.name}}
	if g, err := v.check(text); isSettled(err) || text == best.Value && !isAuto(r, best) {
		*p = paste.Exactly(text, r.paste())
		return g, err
	}
	if k, ok := plainKind(best.Form()); ok && isAuto(r, best) {
		v.become(k, a.optionsOf(r, k))
	}
	v.pasted = chosen{best.Value, best}
	g, err := v.check(best.Value)
	if err != nil && p.Several > 1 {
		v.sibling = v.goodSibling(p)
	}
	return g, err
}

// goodSibling returns the number, from 1, of a cookie of the same name that is good.
func (v *verification) goodSibling(p *paste.Pasted) int {
	number := 0
	for i, c := range p.Cookies {
		if c.Name != p.Cookies[p.Best].Name {
			continue
		}
		number++
		if _, err := v.check(c.Value); i != p.Best && err == nil {
			return number
		}
	}
	return 0
}

// isSettled reports whether the signature is right, so that no other reading of a text can
// be what was meant.
func isSettled(err error) bool {
	return err == nil || errors.Is(err, saltine.ErrSignatureExpired) || errors.Is(err, saltine.ErrMalformed)
}

// isAuto reports whether a cookie is plainly of another kind than a session, and nothing
// else was asked for.
func isAuto(r *request, c paste.Cookie) bool {
	_, known, _ := r.kind()
	_, other := plainKind(c.Form())
	return !known && other
}

// refuse reports a value that is not good.
func (a *app) refuse(r *request, v *verification, report *paste.Report, err error) error {
	code := refusal(err, report)
	if code == exitUsage {
		return err
	}
	miss, findings := v.explain(err, report)
	if r.json {
		verdict := v.baseVerdict(report)
		verdict.Error, verdict.Message, verdict.Findings, verdict.NearMiss = errorNames[code], message(err), findings, miss
		return a.writeJSON(verdict)
	}
	fmt.Fprintf(&a.err, "NOT VALID: %s\n", message(err))
	for _, f := range findings {
		fmt.Fprintf(&a.err, "cause: %s\n", printable(f.Cause))
		for _, next := range f.Next {
			fmt.Fprintf(&a.err, "  next: %s\n", printable(next))
		}
	}
	return nil
}

// baseVerdict is what is known of any value.
func (v *verification) baseVerdict(report *paste.Report) verdict {
	verdict := verdict{Kind: v.kind.name, Size: len(v.pasted.value)}
	if report != nil {
		verdict.Form, verdict.Name, verdict.Source, verdict.Undone = report.Form, asShown(report.Name, v.name), report.Source, report.Undone
	}
	return verdict
}

func (v *verification) verdict(g *good, report *paste.Report) verdict {
	verdict := v.baseVerdict(report)
	verdict.Valid = true
	verdict.Size = g.Size
	verdict.Findings = v.notes(g, report)
	if !g.timeless {
		unix, seconds := g.SignedAt.Unix(), int64(g.Age.Seconds())
		verdict.SignedAt, verdict.SignedAtUnix, verdict.AgeSeconds = rfc3339(g.SignedAt), &unix, &seconds
		verdict.FutureSeconds = max(0, -seconds)
	}
	verdict.Key = &g.KeyIndex
	verdict.Fingerprint = v.keys.Fingerprints()[g.KeyIndex]
	verdict.Algorithm = algorithmName(g.Algorithm)
	verdict.NeedsResign = g.NeedsResign()
	verdict.Compressed = g.Compressed
	verdict.Payload, verdict.PayloadText = paste.Standard(g.content.Canonical), paste.JSONText(g.content)
	if !g.expires.IsZero() {
		verdict.Expires = rfc3339(g.expires)
	}
	return verdict
}

// accept reports a value that is good.
func (a *app) accept(v *verification, g *good, report *paste.Report) {
	switch {
	case g.noTime():
		a.out.WriteString("VALID, with a time that is none of Django's\n\n")
	case v.fromFuture(g):
		fmt.Fprintf(&a.out, "VALID FROM THE FUTURE by %s\n\n", age(-g.Age))
	case !asDjangoReads(report.Undone):
		a.out.WriteString("VALID, after what was undone below; Django refuses it as it was pasted\n\n")
	default:
		a.out.WriteString("VALID\n\n")
	}
	a.showOrigin(report.Name, report.Source, len(report.Others)+1, report.Undone)
	a.row("kind", "%s", v.kind.reads)
	switch {
	case g.noTime():
		a.row("signed at", "%s: no time of Django's", stamp(g.SignedAt))
	case !g.timeless:
		a.row("signed at", "%s, %s", stamp(g.SignedAt), ago(g.Age))
	}
	if !g.expires.IsZero() && !g.noTime() {
		a.row("expires", "%s, in %s", stamp(g.expires), age(g.expires.Sub(v.now)))
	}
	fingerprints := v.keys.Fingerprints()
	a.row("signed by", "key %d of %d (%s), with %s", g.KeyIndex+1, len(fingerprints), fingerprints[g.KeyIndex], algorithmName(g.Algorithm))
	a.row("size", "%s", sizeOf(report, g.Size))
	a.showPayload(g.content, false)
	if notes := v.notes(g, report); len(notes) > 0 {
		a.out.WriteString("\n")
		a.showFindings(notes)
	}
}

func (v *verification) fromFuture(g *good) bool { return !g.timeless && g.Age <= -time.Second }

// asDjangoReads reports whether Django undoes all of this too.
func asDjangoReads(undone []paste.Undone) bool {
	for _, u := range undone {
		if !u.Django && u.Name != "wrapped lines" {
			return false
		}
	}
	return true
}

// notes are what is worth knowing of a value that is good.
func (v *verification) notes(g *good, report *paste.Report) []paste.Finding {
	var notes []paste.Finding
	add := func(cause string, next ...string) {
		notes = append(notes, paste.Finding{Kind: paste.FromKey, Cause: cause, Next: next})
	}
	if g.noTime() {
		add(paste.NotTime(g.SignedAt.Unix())+": Django takes it, and it never expires", paste.NextTime)
	} else if v.fromFuture(g) {
		add("it was signed in the future by this clock: the clocks of two machines differ by "+age(-g.Age)+" or more. Django accepts it, a store with MaxClockSkew may not",
			"compare date -u here and on the server that signed it, and run NTP on both")
	}
	if g.KeyIndex > 0 {
		add(fmt.Sprintf("it was signed by a fallback, key %d, and not by the first key: it is of before the change of the key, or another service has the keys in another order", g.KeyIndex+1),
			"if it is new: compare the fingerprints of the first keys of all services; they have to sign with the same one",
			"before you drop that key: sign it anew, and see with saltine rotate whether any cookie still needs it")
	}
	if v.hashes[0] != g.Algorithm && !g.timeless {
		add("it was signed with an older algorithm, "+algorithmName(g.Algorithm), "sign it anew before you drop that algorithm")
	}
	if g.note != "" {
		add(g.note, "let the service write it anew, which a save does")
	}
	if report != nil && len(report.Findings) > 0 {
		for _, f := range report.Findings[:len(report.Findings)-1] {
			if f.Kind == paste.FromCopying || f.Kind == paste.OfAnswer {
				notes = append(notes, f)
			}
		}
	}
	return notes
}

func defineVerify(r *request, fs *flag.FlagSet) {
	defineVerifier(r, fs)
	defineName(r, fs, "`NAME` of the cookie, which is signed by set_signed_cookie;\nof sessionid and messages the name says what they are")
	defineReading(r, fs)
	defineMaxAge(r, fs, "`AGE` in seconds, or as 14d, 36h or 90m, or none\n(default: two weeks for session cookies, none for others)")
}

// defineVerifier defines the kinds that can be verified.
func defineVerifier(r *request, fs *flag.FlagSet) {
	defineSigner(r, fs)
	fs.BoolVar(&r.messages, "messages", false, "the value is a cookie of django.contrib.messages")
	fs.BoolVar(&r.sessionData, "session-data", false, "the value is a row of the table django_session")
}

func defineMaxAge(r *request, fs *flag.FlagSet, usage string) {
	fs.Func("max-age", usage, func(s string) (err error) {
		r.maxAge, err = parseAge(s)
		return err
	})
}

// defineReading defines what commands need that read and do not sign.
func defineReading(r *request, fs *flag.FlagSet) {
	fs.Func("legacy-algorithm", "`NAME` of an older algorithm, accepted too; may be repeated", func(s string) error {
		h, err := saltine.AlgorithmByName(s)
		r.legacy = append(r.legacy, h)
		return err
	})
}
