package main

import (
	"flag"
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine/internal/paste"
)

var inspectCommand = command{
	name:    "inspect",
	args:    " [PASTE]",
	summary: "show what is in a value, without a key and without verifying it",
	about: `Takes what you copied: a value, a whole Cookie or Set-Cookie header, a curl
command, a row or an export of a browser's developer tools, a row of the table
django_session, a log line. Finds the cookie in it, undoes quotes, escapes and
line breaks, and says what it is, why it may fail and what to do next. It knows
the cookies of other software by their shapes, and what of a cut one can be read.

Nothing is verified: whoever sent the value chose what it says. Exits with 0 if
it is one of Django's, whole; with 4 if it is something else or damaged, 5 if it
is too large.`,
	define: func(r *request, fs *flag.FlagSet) {
		defineNow(r, fs)
		defineSeparator(r, fs)
		defineWeb(r, fs)
		defineName(r, fs, "take the cookie `NAME` of several (default: sessionid)")
	},
	run: (*app).inspect,
}

func (a *app) inspect(r *request, args []string) (int, error) {
	if r.web {
		return a.web(r, args)
	}
	if r.port != 0 {
		return 0, errPort
	}
	text, err := a.value(args)
	if err != nil {
		return 0, err
	}
	report, err := paste.Describe(paste.Read(text, r.paste()), a.clock(r), r.paste())
	if err != nil {
		return 0, err
	}
	report.Name = asShown(report.Name, r.name)
	code := exitOK
	if !report.Readable() {
		code = exitMalformed
	}
	if r.json {
		return code, a.writeJSON(report)
	}
	a.showReportOf(r, report)
	return code, nil
}

// paste are the options for what people paste.
func (r *request) paste() *paste.Options {
	return &paste.Options{Name: r.name, Separator: r.separator}
}

const notVerified = "NOT VERIFIED: nobody checked the signature. Whoever sent this chose what it says."

func (a *app) showReportOf(r *request, report *paste.Report) {
	a.out.WriteString(notVerified + "\n\n")
	a.showOrigin(report.Name, report.Source, len(report.Others)+1, report.Undone)
	a.row("form", "%s", report.What)
	a.row("size", "%s", sizeOf(report, report.Size))
	p := report.Parts
	switch {
	case p.NoTime():
		a.row("signed at", "%s: no time of Django's", stamp(p.SignedAt))
	case p.Stamped:
		a.row("signed at", "%s, %s", stamp(p.SignedAt), ago(a.clock(r).Sub(p.SignedAt)))
	case p.Signature != "":
		a.row("signed at", "no timestamp: made by a Signer, which has none, or not by Django")
	}
	if p.Signature != "" {
		a.row("signature", "%s", signatureText(p.Signature))
	}
	a.showPayload(report.Content, report.Cut != nil)
	for _, other := range report.Others {
		a.row("beside", "%s", otherText(other))
	}
	a.out.WriteString("\n")
	a.showFindings(report.Findings)
}

// showOrigin tells where a value was found, and what was undone to get it.
func (a *app) showOrigin(name, source string, cookies int, undone []paste.Undone) {
	if source != "" {
		text := source
		if name != "" {
			text = "cookie " + printable(name) + " (" + source + ")"
		}
		if cookies > 1 {
			text += fmt.Sprintf(", one of %d", cookies)
		}
		a.row("found", "%s", text)
	}
	for i := 0; i < len(undone); i++ {
		times := 1
		for ; i+1 < len(undone) && undone[i+1] == undone[i]; i++ {
			times++
		}
		text := undone[i].Text
		if times > 1 {
			text += fmt.Sprintf(", %d times", times)
		}
		a.row("undone", "%s", text)
	}
}

func otherText(o paste.Other) string {
	if o.Name == "" {
		return o.What
	}
	if o.Source != "" {
		return printable(o.Name) + " (" + o.Source + "): " + o.What
	}
	return printable(o.Name) + ": " + o.What
}

// showFindings prints causes, and below each what to do.
func (a *app) showFindings(findings []paste.Finding) {
	for _, f := range findings {
		fmt.Fprintf(&a.out, "cause: %s\n", printable(f.Cause))
		for _, next := range f.Next {
			fmt.Fprintf(&a.out, "  next: %s\n", printable(next))
		}
	}
}

// sizeOf tells a size beside the limit of browsers, where it is of a cookie.
func sizeOf(report *paste.Report, size int) string {
	if report.InTable() || !report.IsCookie() {
		return plural(int64(size), "byte")
	}
	return sizeText(size)
}

func sizeText(size int) string {
	text := fmt.Sprintf("%d bytes of %d that browsers keep for name and value", size, paste.BrowserLimit)
	if size > paste.BrowserLimit {
		text += ": TOO LARGE, the cookie is dropped"
	}
	return text
}

func signatureText(s string) string {
	length := plural(int64(len(s)), "character")
	switch names := paste.Signers(len(s)); {
	case len(names) == 0:
		return length + ", which no algorithm of Django makes: truncated, or not signed by Django"
	case !paste.IsSignature(s):
		return length + ", with some that no signature has"
	default:
		return length + ", as from " + strings.Join(names, ", ")
	}
}

// showPayload prints a payload: JSON broken into lines, anything else quoted.
func (a *app) showPayload(p paste.Payload, cut bool) {
	if p.Text == "" {
		return
	}
	kind := "of text"
	switch {
	case p.Pickle:
		kind = fmt.Sprintf("of Python pickle, protocol %d", p.Text[1])
	case p.Canonical != "":
		kind = "of JSON"
	}
	text := fmt.Sprintf("%d bytes %s", len(p.Text), kind)
	switch {
	case cut && p.Canonical == "":
		text = fmt.Sprintf("the first %d bytes, the rest is missing", len(p.Text))
	case p.Compressed:
		text += fmt.Sprintf(", compressed to %d", p.Packed)
	}
	a.row("payload", "%s", text)
	switch {
	case p.Pickle:
		a.out.WriteString("\nReading a pickle runs the code in it, so it is not shown. Django wrote pickles\nuntil 1.5, and to 4.2 with SESSION_SERIALIZER set to PickleSerializer.\n")
	case p.Canonical != "":
		fmt.Fprintf(&a.out, "\n%s\n", pretty(p.Canonical))
	default:
		fmt.Fprintf(&a.out, "\n%s\n", quote(p.Text))
	}
}
