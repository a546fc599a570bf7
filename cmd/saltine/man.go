package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"
)

// manCommand is a function because it lists all commands, itself included.
func manCommand() command {
	return command{
		name:    "man",
		summary: "print the manual page",
		about: `Prints the manual page of all commands, for man:

  saltine man > ~/.local/share/man/man1/saltine.1`,
		define: func(*request, *flag.FlagSet) {},
		run:    (*app).man,
	}
}

// manual is what man prints as JSON.
type manual struct {
	Page string `json:"page"`
}

func (a *app) man(r *request, args []string) (int, error) {
	if len(args) > 0 {
		return 0, errors.New("man takes no value")
	}
	if r.json {
		return exitOK, a.writeJSON(manual{manPage()})
	}
	a.out.WriteString(manPage())
	return exitOK, nil
}

// manPage is the manual page in the macros of man(7).
func manPage() string {
	var b strings.Builder
	b.WriteString(".TH SALTINE 1\n.SH NAME\nsaltine \\- look at Django's signed cookies, verify them and sign new ones\n")
	b.WriteString(".SH SYNOPSIS\n.B saltine\n.I COMMAND\n[flags] [value]\n.SH DESCRIPTION\n")
	b.WriteString("saltine finds out why a session of Django or of the library saltine fails.\nIt takes what was copied from a browser, a log or a database.\n.SH COMMANDS\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, ".SS saltine %s [flags]%s\n", roff(c.name), roff(c.args))
		writeParagraphs(&b, c.about)
		c.flags(&request{}).VisitAll(func(f *flag.Flag) {
			value, usage := flag.UnquoteUsage(f)
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", strings.TrimRight(roff("--"+f.Name+" "+value), " "), roff(strings.ReplaceAll(usage, "\n", " ")))
		})
	}
	b.WriteString(".SH KEYS AND EXIT CODES\n")
	writeParagraphs(&b, keysAndCodes)
	b.WriteString(".SH ENVIRONMENT\n.TP\n.B SALTINE_KEY\nThe keys, one a line, where there is no \\-\\-key\\-file.\n")
	b.WriteString(".SH EXAMPLES\n.nf\npbpaste | saltine inspect\nsaltine verify \\-\\-key\\-file keys.txt < header.txt\nzcat \\-f access.log* | saltine rotate \\-\\-key\\-file keys.txt\n.fi\n")
	return b.String()
}

// writeParagraphs writes text; lines that are indented stay as they are.
func writeParagraphs(b *strings.Builder, text string) {
	verbatim := false
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		indented := strings.HasPrefix(line, "  ")
		switch {
		case line == "":
			b.WriteString(".PP\n")
			continue
		case indented && !verbatim:
			b.WriteString(".nf\n")
		case !indented && verbatim:
			b.WriteString(".fi\n")
		}
		verbatim = indented
		b.WriteString(roff(line) + "\n")
	}
	if verbatim {
		b.WriteString(".fi\n")
	}
}

// roff escapes what the macros would act on.
func roff(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\e`), "-", `\-`)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		return `\&` + text
	}
	return text
}
