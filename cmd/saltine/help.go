package main

import (
	"flag"
	"fmt"
	"strings"
)

const keysAndCodes = `
Keys come from the environment variable SALTINE_KEY or from --key-file, one key
a line: the first signs, the others are fallbacks. Blank lines do not count, and
white space at the ends of a key is refused unless --keep-space is given. There
is no flag for a key: everybody on a machine can read the arguments of a program.
Output names a key by its fingerprint, as 3f2a9c01, which does not show it.
Values come from the argument or from standard input, which may hold whatever
was copied: pbpaste | saltine inspect. With --json every command prints one
object; causes and what to do next are its findings.

Exit codes: 0 good, 1 bad signature, 2 wrong usage, 3 expired, 4 malformed, or
not a whole value of Django's, 5 too large.
`

// overview is the help of the program.
func overview() string {
	var b strings.Builder
	b.WriteString("saltine looks at Django's signed cookies, verifies them, says why they fail, and\nsigns new ones.\n\nUsage: saltine COMMAND [flags] [value]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-12s%s\n", c.name, c.summary)
	}
	b.WriteString("  help        tell more: saltine help verify\n")
	b.WriteString("  version     tell the version\n")
	b.WriteString(keysAndCodes)
	b.WriteString("\nNew here? Run 'saltine demo'. A cookie fails? Pipe it into 'saltine inspect'.\n")
	return b.String()
}

func (a *app) help(args []string) int {
	if len(args) == 0 {
		a.out.WriteString(overview())
		return exitOK
	}
	c, err := lookUp(args[0])
	if err != nil {
		return a.fail("saltine help", "saltine help", err)
	}
	a.out.WriteString(c.help())
	return exitOK
}

// help is the help of one command.
func (c command) help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: saltine %s [flags]%s\n\n%s\n\nFlags:\n", c.name, c.args, strings.TrimSpace(c.about))
	c.flags(&request{}).VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		name := strings.TrimRight("--"+f.Name+" "+value, " ")
		fmt.Fprintf(&b, "  %-25s %s\n", name, strings.ReplaceAll(usage, "\n", "\n"+strings.Repeat(" ", 28)))
	})
	b.WriteString("\nA value that begins with a hyphen goes after --, or to standard input.\n")
	return b.String()
}
