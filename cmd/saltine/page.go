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
		json: true, keepSpace: q.KeepSpace, salt: q.Salt, separator: q.Separator,
		dumps: q.Kind == kindDumps.name, plain: q.Kind == kindPlain.name,
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
	State   string       `json:"state"` // "open", "valid", or the name of an error
	Title   string       `json:"title"`
	Message string       `json:"message,omitempty"`
	Advice  []string     `json:"advice,omitempty"`
	Summary string       `json:"summary"` // for who does not see the page
	Form    string       `json:"form,omitempty"`
	Parts   []pagePart   `json:"parts,omitempty"`
	Payload *pagePayload `json:"payload,omitempty"`
	Time    *pageTime    `json:"time,omitempty"`
	Size    *pageSize    `json:"size,omitempty"`
}

// pagePart is a piece of the value: "mark", "payload", "timestamp", "signature",
// "separator" or "other".
type pagePart struct {
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Name  string `json:"name,omitempty"`
	About string `json:"about,omitempty"`
}

type pagePayload struct {
	About string `json:"about"`
	Text  string `json:"text,omitempty"`
}

type pageTime struct {
	Signed string     `json:"signed"`
	End    string     `json:"end"`
	Rule   string     `json:"rule,omitempty"`
	Marks  *pageMarks `json:"marks,omitempty"`
}

// pageMarks are places on a line from the time of signing, 0, to the later of now and
// the end, 1.
type pageMarks struct {
	Now float64 `json:"now"`
	End float64 `json:"end"`
}

type pageSize struct {
	Text    string      `json:"text"`
	Total   int         `json:"total"`
	Limit   int         `json:"limit"`
	Pieces  []pagePiece `json:"pieces"`
	Caption string      `json:"caption,omitempty"`
	Values  []pageValue `json:"values,omitempty"`
}

// pagePiece is a part of the bar, in bytes of the value.
type pagePiece struct {
	Kind string  `json:"kind"`
	Size float64 `json:"size"`
}

type pageValue struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

func (p pageReport) failed(err error) pageReport {
	p.State, p.Title, p.Message = errorNames[exitCode(err)], "Not possible", printable(message(err))
	p.Summary = p.Title + ": " + p.Message
	return p
}

// report looks at the text, and verifies it where there are keys.
func (q *question) report(now func() time.Time) pageReport {
	a := q.app(now)
	r, err := q.request()
	if err != nil {
		return pageReport{}.failed(err)
	}
	value, err := a.value(nil)
	if err == nil && len(value) > maxTokenLen {
		err = &saltine.SizeError{What: "token", Size: len(value), Limit: maxTokenLen}
	}
	if err != nil {
		return pageReport{}.failed(err)
	}
	q.Text = value
	r.separator = cmp.Or(r.separator, ":")
	return q.look(a, r)
}

// look describes a value.
func (q *question) look(a *app, r *request) pageReport {
	p := split(q.Text, r.separator)
	content, form, err := recognise(q.Text, &p)
	if err != nil {
		return pageReport{}.failed(err)
	}
	report := pageReport{
		State: "open", Title: "Not verified", Message: "Nobody checked the signature: whoever made this chose what it says.",
		Advice: valueHints(q.Text), Form: formTexts[form],
	}
	if form == formUnknown {
		report.State, report.Title, report.Message = "unknown", "Not readable", "This is nothing that Django signs, or it is damaged."
	}
	report.Payload = pagePayloadOf(content)
	session := q.session(r, p, content)
	if form == formObject || form == formText {
		report.Parts = pageParts(q.Text, r.separator, p, content)
		report.Time = session.time(a.clock(r), p)
	}
	report.Size = session.size(q.Text, p, content)
	if len(q.Keys) > 0 {
		q.verify(a, r, &report)
	}
	report.Summary = report.summary()
	return report
}

func (report *pageReport) summary() string {
	parts := []string{report.Title, report.Message, report.Form}
	if report.Time != nil {
		parts = append(parts, "Signed "+report.Time.Signed, "Ends "+report.Time.End)
	}
	if n := len(report.Advice); n > 0 {
		parts = append(parts, report.Advice[0])
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	for i, s := range parts {
		parts[i] = strings.TrimRight(s, ".")
	}
	return strings.Join(parts, ". ") + "."
}

// verify verifies the value, and puts the verdict into the report.
func (q *question) verify(a *app, r *request, report *pageReport) {
	v, err := a.newVerification(r)
	if err != nil {
		*report = report.failed(err)
		return
	}
	v.value = q.Text
	g, err := v.check()
	if err != nil {
		report.State, report.Title, report.Message = errorNames[exitCode(err)], "Not valid", sentence(message(err))
		if exitCode(err) == exitExpired {
			report.Title = "Expired"
		}
		report.Advice = v.explain(err)
	} else {
		fingerprints := v.keys.Fingerprints()
		report.State, report.Title = "valid", "Valid"
		report.Message = fmt.Sprintf("A good %s, signed by key %d of %d (fingerprint %s), with %s.", v.kind.reads, g.KeyIndex+1, len(fingerprints), fingerprints[g.KeyIndex], algorithmName(g.Algorithm))
		report.Advice = nil
		if g.NeedsResign() {
			report.Advice = append(report.Advice, "sign it anew before you drop that key or algorithm")
		}
	}
	for line := range strings.Lines(a.err.String()) {
		report.Advice = append(report.Advice, strings.TrimPrefix(strings.TrimSpace(line), "saltine: "))
	}
}

// sentence makes a sentence of the text of an error.
func sentence(s string) string {
	s = printable(s)
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// pageParts takes a value apart for the eye: together they are the value.
func pageParts(value, separator string, p parts, content payload) []pagePart {
	var list []pagePart
	add := func(kind, text, name, about string) {
		list = append(list, pagePart{kind, printable(text), name, about})
	}
	body := p.body
	if content.compressed {
		add("mark", ".", "Mark", "a dot: the payload is compressed")
		body = body[1:]
	}
	if body != "" {
		add("payload", body, "Payload", payloadText(body, content))
	}
	rest, ok := strings.CutPrefix(value[len(p.body):], separator)
	if !ok {
		return list
	}
	add("separator", separator, "", "")
	if p.stamped {
		stampText := strings.TrimSuffix(rest, separator+p.signature)
		add("timestamp", stampText, "Timestamp", stamp(p.signedAt)+", in base 62")
		add("separator", separator, "", "")
	}
	if p.signature != "" {
		add("signature", p.signature, "Signature", signatureText(p.signature))
	}
	return list
}

func payloadText(body string, content payload) string {
	if content.text == body {
		return plural(int64(len(body)), "byte") + " of text"
	}
	return plural(int64(len(body)), "character") + " of base64"
}
