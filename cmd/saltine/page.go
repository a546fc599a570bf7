package main

import (
	"cmp"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

// question is what the page of inspect --web asks: a text, the keys where it is to be
// verified, and the flags of the command by other names.
type question struct {
	Example   bool     `json:"example"` // for an example instead
	Text      string   `json:"text"`
	Keys      []string `json:"keys"` // none: the text is looked at only
	Kind      string   `json:"kind"`
	Salt      string   `json:"salt"`
	Separator string   `json:"separator"`
	Name      string   `json:"name"` // of the cookie
	Algorithm string   `json:"algorithm"`
	MaxAge    string   `json:"max_age"`
	Now       string   `json:"now"`
	SHA1      bool     `json:"sha1"`
	KeepSpace bool     `json:"keep_space"`
}

// answer answers a question of the page. Both are JSON.
func answer(text string, now func() time.Time) string {
	var q question
	var found any
	err := json.Unmarshal([]byte(text), &q)
	switch {
	case err != nil:
		found = pageReport{}.failed(errors.New("the question is not JSON"))
	case q.Example:
		found, err = newPageExample(now)
	default:
		found = q.report(now)
	}
	out, bad := json.Marshal(found)
	if err := errors.Join(err, bad); err != nil {
		out, _ = json.Marshal(pageReport{}.failed(err)) //nolint:errchkjson // texts alone
	}
	return string(out)
}

// pageExample is a cookie to begin with, and its key.
type pageExample struct {
	Text string `json:"text"`
	Key  string `json:"key"`
}

const (
	pageExampleKey     = "example key: real ones are random, and not in the source"
	pageExampleSession = `{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend",` +
		`"_auth_user_hash":"8d1f0c6b1a9e4e5c7a2b3d4f5061728394a5b6c7d8e9fa0b1c2d3e4f50617283",` +
		`"cart":[{"sku":"T-0815","title":"Bücher","quantity":2,"price":19.0},{"sku":"T-0816","title":"Tee","quantity":1,"price":4.5}],` +
		`"language":"de","theme":"dark"}`
)

// newPageExample signs a session as it was two days ago.
func newPageExample(now func() time.Time) (pageExample, error) {
	q := question{Keys: []string{pageExampleKey}, Text: pageExampleSession}
	a := q.app(func() time.Time { return now().Add(-50 * time.Hour) })
	_, err := a.sign(&request{json: true}, nil)
	var made signed
	err = errors.Join(err, json.Unmarshal([]byte(a.out.String()), &made))
	return pageExample{made.Token, pageExampleKey}, err
}

// app returns the command with the text and the keys of a question.
func (q *question) app(now func() time.Time) *app {
	keys := strings.Join(q.Keys, "\n")
	return &app{stdin: strings.NewReader(q.Text), getenv: func(string) string { return keys }, now: now}
}

// request returns what the flags of the command would ask for.
func (q *question) request() (*request, error) {
	r := &request{
		json: true, keepSpace: q.KeepSpace, salt: q.Salt, separator: cmp.Or(q.Separator, ":"),
		name: q.Name, dumps: q.Kind == kindDumps.name, plain: q.Kind == kindPlain.name,
		messages: q.Kind == kindMessages.name, sessionData: q.Kind == kindData.name,
	}
	var err error
	if q.Algorithm != "" {
		r.algorithm, err = saltine.AlgorithmByName(q.Algorithm)
	}
	if q.SHA1 {
		r.legacy = append(r.legacy, crypto.SHA1)
	}
	if q.MaxAge != "" && err == nil {
		r.maxAge, err = parseAge(q.MaxAge)
	}
	if q.Now != "" && err == nil {
		r.now, err = parseTime(q.Now)
	}
	return r, err
}

// pageReport is what the page shows, in the words of the command.
type pageReport struct {
	State    string          `json:"state"` // "open", "valid", "unknown", or the name of an error
	Title    string          `json:"title"`
	Message  string          `json:"message,omitempty"`
	Findings []paste.Finding `json:"findings,omitempty"`
	Summary  string          `json:"summary"` // for who does not see the page
	Form     string          `json:"form,omitempty"`
	Origin   []pageFact      `json:"origin,omitempty"`
	Parts    []pagePart      `json:"parts,omitempty"`
	Payload  *pagePayload    `json:"payload,omitempty"`
	Time     *pageTime       `json:"time,omitempty"`
	Size     *pageSize       `json:"size,omitempty"`
}

// failed is the report of what could not be done.
func (p pageReport) failed(err error) pageReport {
	p.State, p.Title, p.Message = errorNames[exitCode(err)], "Not possible", sentence(message(err))
	p.Findings = nil
	p.Summary = p.summary()
	return p
}

// summary tells the report in one breath.
func (p *pageReport) summary() string {
	said := []string{p.Title, p.Message, p.Form}
	if p.Time != nil {
		said = append(said, "Signed "+p.Time.Signed, "Ends "+p.Time.End)
	}
	if len(p.Findings) > 0 {
		said = append(said, p.Findings[0].Cause)
	}
	said = slices.DeleteFunc(said, func(s string) bool { return s == "" })
	for i, s := range said {
		said[i] = strings.TrimSuffix(s, ".")
	}
	return strings.Join(said, ". ") + "."
}

// maxPageText is the most that the page looks at, in bytes: a browser does one thing at a
// time, and is some times slower than the command, which takes more.
const maxPageText = paste.MaxToken

// report looks at the text, and verifies it where there are keys.
func (q *question) report(now func() time.Time) pageReport {
	a := q.app(now)
	r, err := q.request()
	if err != nil {
		return pageReport{}.failed(err)
	}
	text, err := a.value(nil)
	if err == nil && len(text) > maxPageText {
		err = &saltine.SizeError{What: "text", Size: len(text), Limit: maxPageText}
	}
	if err != nil {
		return pageReport{}.failed(err)
	}
	pasted := paste.Read(text, r.paste())
	var verdict func(*pageReport, *paste.Report)
	if len(q.Keys) > 0 {
		if verdict, err = a.verdictOf(r, text, &pasted); err != nil {
			return pageReport{}.failed(err)
		}
	}
	found, err := paste.Describe(pasted, a.clock(r), r.paste())
	if err != nil {
		return pageReport{}.failed(err)
	}
	report := a.describe(r, found, pasted.Cookies[pasted.Best].Value)
	if verdict != nil {
		verdict(&report, found)
	}
	report.warn(a.err.String())
	report.Findings = printableFindings(report.Findings)
	report.Summary = report.summary()
	return report
}

// describe shows what is known without a key.
func (a *app) describe(r *request, found *paste.Report, value string) pageReport {
	report := pageReport{
		State: "open", Title: "Not verified", Message: "Nobody checked the signature: whoever made this chose what it says.",
		Findings: found.Findings, Form: sentence(found.What), Origin: pageOrigin(found), Payload: newPagePayload(found),
	}
	if !found.Readable() {
		report.State, report.Title, report.Message, report.Form = "unknown", "Not readable", report.Form, ""
	}
	if found.Parts.Body == "" {
		return report // nothing of it is to be shown
	}
	s := readPageSession(r, found)
	report.Parts = newPageParts(value, r.separator, found)
	report.Time = s.time(a.clock(r), found.Parts)
	report.Size = s.size(value, found)
	return report
}

// verdictOf verifies a text, and returns what puts the verdict into a report.
func (a *app) verdictOf(r *request, text string, pasted *paste.Pasted) (func(*pageReport, *paste.Report), error) {
	v, err := a.newVerification(r)
	if err != nil {
		return nil, err
	}
	g, err := a.verifyPasted(r, v, text, pasted)
	switch {
	case err == nil:
		return func(p *pageReport, found *paste.Report) { p.accept(v, g, found) }, nil
	case exitCode(err) == exitUsage:
		return nil, err
	}
	return func(p *pageReport, found *paste.Report) { p.refuse(v, err, found) }, nil
}

func (p *pageReport) refuse(v *verification, err error, found *paste.Report) {
	p.State, p.Title, p.Message = errorNames[exitCode(err)], "Not valid", sentence(message(err))
	if exitCode(err) == exitExpired {
		p.Title = "Expired"
	}
	_, p.Findings = v.explain(err, found)
}

func (p *pageReport) accept(v *verification, g *good, found *paste.Report) {
	fingerprints := v.keys.Fingerprints()
	p.State, p.Title = "valid", "Valid"
	if v.fromFuture(g) {
		p.Title += ", from the future"
	}
	p.Message = fmt.Sprintf("A good %s, signed by key %d of %d (fingerprint %s), with %s.",
		v.kind.reads, g.KeyIndex+1, len(fingerprints), fingerprints[g.KeyIndex], algorithmName(g.Algorithm))
	if !asDjangoReads(found.Undone) {
		p.Message += " But not as it was pasted: Django refuses it without what was undone below."
	}
	p.Findings = v.notes(g, found)
}

// warn adds the warnings of the command.
func (p *pageReport) warn(lines string) {
	for line := range strings.Lines(lines) {
		p.Findings = append(p.Findings, paste.Finding{Kind: paste.FromKey, Cause: strings.TrimPrefix(strings.TrimSpace(line), "saltine: ")})
	}
}

// printableFindings returns findings as the command prints them.
func printableFindings(findings []paste.Finding) []paste.Finding {
	list := make([]paste.Finding, 0, len(findings))
	for _, f := range findings {
		next := make([]string, 0, len(f.Next))
		for _, text := range f.Next {
			next = append(next, printable(text))
		}
		list = append(list, paste.Finding{Kind: f.Kind, Cause: printable(f.Cause), Next: next})
	}
	return list
}

// sentence makes a sentence of a text of the command.
func sentence(s string) string {
	if s = printable(s); s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
