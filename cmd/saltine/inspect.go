package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine"
)

var inspectCommand = command{
	name:    "inspect",
	args:    " [VALUE]",
	summary: "show what is in a value, without a key and without verifying it",
	about: `Shows the payload, the time and the size of a value, and what its signature
tells of the algorithm. Nothing is verified: whoever sent the value chose what it
says. Exits with 0 if the value can be read, 4 if not, 5 if it is too large.`,
	define: func(r *request, fs *flag.FlagSet) {
		defineNow(r, fs)
		defineSeparator(r, fs)
		defineWeb(r, fs)
	},
	run: (*app).inspect,
}

// browserLimit is what browsers keep of one cookie, name and value together,
// in bytes.
const browserLimit = 4096

// The forms of a value.
const (
	formObject      = "object"
	formText        = "text"
	formSessionKey  = "session key"
	formOldMessages = "messages before Django 3.1"
	formOldData     = "session_data before Django 3.1"
	formUnknown     = "unknown"
)

var formTexts = map[string]string{
	formObject:      "signed object, as in a session cookie or from signing.dumps",
	formText:        "signed text, as from Signer.sign or set_signed_cookie",
	formSessionKey:  "session key, not a signed value",
	formOldMessages: "cookie of django.contrib.messages, Django 1.4 to 3.0, signed with SHA-1",
	formOldData:     "django_session.session_data, Django 1.4 to 3.0, signed with SHA-1",
	formUnknown:     "nothing that Django signs, or damaged",
}

// inspection is what inspect prints as JSON.
type inspection struct {
	Verified        bool            `json:"verified"` // always false
	Form            string          `json:"form"`
	Size            int             `json:"size"`
	BrowserLimit    int             `json:"browser_limit"`
	SignedAt        string          `json:"signed_at,omitempty"`
	SignedAtUnix    *int64          `json:"signed_at_unix,omitempty"`
	AgeSeconds      *int64          `json:"age_seconds,omitempty"`
	SignatureLength int             `json:"signature_length"`
	Algorithms      []string        `json:"algorithms,omitempty"`
	Compressed      bool            `json:"compressed"`
	Pickle          bool            `json:"pickle"`
	PayloadSize     int             `json:"payload_size"`
	Payload         json.RawMessage `json:"payload,omitempty"`
	PayloadText     string          `json:"payload_text,omitempty"`
	Hints           []string        `json:"hints,omitempty"`
}

func (a *app) inspect(r *request, args []string) (int, error) {
	if r.web {
		return a.web(r, args)
	}
	if r.port != 0 {
		return 0, errPort
	}
	value, err := a.value(args)
	if err != nil {
		return 0, err
	}
	if len(value) > maxTokenLen {
		return 0, &saltine.SizeError{What: "token", Size: len(value), Limit: maxTokenLen}
	}
	if r.separator == "" {
		r.separator = ":"
	}
	p := split(value, r.separator)
	content, form, err := recognise(value, &p)
	if err != nil {
		return 0, err
	}
	code := exitOK
	if form == formUnknown {
		code = exitMalformed
	}
	found := inspection{
		Form:            form,
		Size:            len(value),
		BrowserLimit:    browserLimit,
		SignatureLength: len(p.signature),
		Compressed:      content.compressed,
		Pickle:          content.pickle,
		PayloadSize:     len(content.text),
		Hints:           valueHints(value),
	}
	if isSignature(p.signature) {
		found.Algorithms = signers(len(p.signature))
	}
	if p.stamped {
		unix, seconds := p.signedAt.Unix(), int64(a.clock(r).Sub(p.signedAt).Seconds())
		found.SignedAt, found.SignedAtUnix, found.AgeSeconds = rfc3339(p.signedAt), &unix, &seconds
	}
	if r.json {
		found.Payload, found.PayloadText = standard(content.canonical), jsonText(content)
		return code, a.writeJSON(found)
	}
	a.showInspection(r, found, p, content)
	return code, nil
}

// recognise tells the form of a value, and opens what it holds. It empties the
// parts of a value that has others.
func recognise(value string, p *parts) (payload, string, error) {
	if content, form := recogniseOther(value); form != "" {
		*p = parts{}
		return content, form, nil
	}
	content, ok, err := unpack(p.body)
	switch {
	case err != nil:
		return payload{}, "", err
	case p.signature != "" && ok:
		return content, formObject, nil
	case isSignature(p.signature):
		return payload{text: p.body}, formText, nil
	}
	return payload{text: p.body}, formUnknown, nil
}

// recogniseOther knows the forms without the parts of today's signatures.
func recogniseOther(value string) (payload, string) {
	if isSessionKey(value) {
		return payload{}, formSessionKey
	}
	if text, ok := hexSigned(value, "$"); ok {
		return jsonPayload(text), formOldMessages
	}
	if text, ok := oldSessionData(value); ok {
		return jsonPayload(text), formOldData
	}
	return payload{}, ""
}

// jsonText returns the exact text of a payload for a field of our JSON, where
// bytes of JSON are latin-1, as Python reads them.
func jsonText(p payload) string {
	if p.canonical != "" {
		return latin1(p.text)
	}
	return strings.ToValidUTF8(p.text, "\uFFFD")
}

const notVerified = "NOT VERIFIED: nobody checked the signature. Whoever sent this chose what it says."

func (a *app) showInspection(r *request, found inspection, p parts, content payload) {
	a.out.WriteString(notVerified + "\n\n")
	a.row("form", "%s", formTexts[found.Form])
	a.row("size", "%s", sizeText(found.Size))
	switch {
	case p.stamped:
		a.row("signed at", "%s, %s", stamp(p.signedAt), ago(a.clock(r).Sub(p.signedAt)))
	case p.signature != "":
		a.row("signed at", "no timestamp: made by a Signer, which has none, or not by Django")
	}
	if p.signature != "" {
		a.row("signature", "%s", signatureText(p.signature))
	}
	a.showPayload(content)
	for _, hint := range found.Hints {
		fmt.Fprintf(&a.out, "hint: %s\n", hint)
	}
}

func sizeText(size int) string {
	text := fmt.Sprintf("%d bytes of %d that browsers keep for name and value", size, browserLimit)
	if size > browserLimit {
		text += ": TOO LARGE, the cookie is dropped"
	}
	return text
}

func signatureText(s string) string {
	length := plural(int64(len(s)), "character")
	switch names := signers(len(s)); {
	case len(names) == 0:
		return length + ", which no algorithm of Django makes: truncated, or not signed by Django"
	case !isSignature(s):
		return length + ", with some that no signature has"
	default:
		return length + ", as from " + strings.Join(names, ", ")
	}
}

// showPayload prints a payload: JSON broken into lines, anything else quoted.
func (a *app) showPayload(p payload) {
	if p.text == "" {
		return
	}
	kind := "of text"
	switch {
	case p.pickle:
		kind = fmt.Sprintf("of Python pickle, protocol %d", p.text[1])
	case p.canonical != "":
		kind = "of JSON"
	}
	text := fmt.Sprintf("%d bytes %s", len(p.text), kind)
	if p.compressed {
		text += fmt.Sprintf(", compressed to %d", p.packed)
	}
	a.row("payload", "%s", text)
	switch {
	case p.pickle:
		a.out.WriteString("\nReading a pickle runs the code in it, so it is not shown. Django wrote pickles\nuntil 1.5, and to 4.2 with SESSION_SERIALIZER set to PickleSerializer.\n")
	case p.canonical != "":
		fmt.Fprintf(&a.out, "\n%s\n", pretty(p.canonical))
	default:
		fmt.Fprintf(&a.out, "\n%s\n", quote(p.text))
	}
}
