// Command saltine looks at Django's signed cookies, verifies them and signs
// new ones, and runs the vectors of real Django.
//
//	saltine help
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
)

// The exit codes.
const (
	exitOK           = 0
	exitBadSignature = 1
	exitUsage        = 2
	exitExpired      = 3
	exitMalformed    = 4
	exitTooLarge     = 5
)

// command is one command. Its flags are those that define gives it.
type command struct {
	name    string
	args    string // of the usage line
	summary string
	about   string
	define  func(*request, *flag.FlagSet)
	run     func(*app, *request, []string) (int, error)
}

// app is one run of the program. What it prints is collected first, so that a
// command has no write that can fail.
type app struct {
	stdin  io.Reader
	getenv func(string) string
	now    func() time.Time
	out    strings.Builder
	err    strings.Builder
	after  func() error // runs when the output is printed, unless nil
}

// run is main without the process.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string, now func() time.Time) int {
	a := &app{stdin: stdin, getenv: getenv, now: now}
	code := a.dispatch(args)
	if _, err := io.WriteString(stderr, a.err.String()); err != nil && code == exitOK {
		code = exitUsage
	}
	if _, err := io.WriteString(stdout, a.out.String()); err != nil && code == exitOK {
		code = exitUsage
	}
	if code == exitOK && a.after != nil && a.after() != nil {
		code = exitUsage
	}
	return code
}

func (a *app) dispatch(args []string) int {
	if len(args) == 0 {
		a.err.WriteString(overview())
		return exitUsage
	}
	name, args := args[0], args[1:]
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, name) {
		return a.help(args)
	}
	if slices.Contains([]string{"version", "-version", "--version"}, name) {
		a.out.WriteString(version())
		return exitOK
	}
	c, err := lookUp(name)
	if err != nil {
		return a.fail("saltine", "saltine help", err)
	}
	return a.execute(c, args)
}

// version tells the versions of the module and of Go.
func version() string {
	number := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		number = info.Main.Version
	}
	return "saltine " + number + " " + runtime.Version() + "\n"
}

func lookUp(name string) (command, error) {
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
	}
	switch {
	case meant[name] != "":
		return command{}, errors.New("there is no command " + name + ": did you mean " + meant[name] + "?")
	case strings.Contains(name, "="), !isShortWord(name):
		return command{}, errors.New("there is no such command; a key or a value does not go in its place: saltine verify takes the key from SALTINE_KEY or --key-file FILE")
	}
	return command{}, errors.New("there is no command " + name)
}

// meant are commands that people try.
var meant = map[string]string{
	"explain": "inspect", "decode": "inspect", "show": "inspect", "debug": "inspect", "read": "inspect",
	"check": "verify", "validate": "verify", "test": "verify", "encode": "sign", "dumps": "sign", "loads": "verify",
}

func (a *app) execute(c command, args []string) int {
	r := &request{}
	args, err := parseFlags(c.flags(r), args)
	if errors.Is(err, flag.ErrHelp) {
		a.out.WriteString(c.help())
		return exitOK
	}
	code := exitOK
	if err == nil {
		code, err = c.run(a, r, args)
	}
	if err == nil {
		return code
	}
	if r.json && a.writeJSON(failure{errorNames[exitCode(err)], message(err)}) == nil {
		return exitCode(err)
	}
	return a.fail("saltine "+c.name, "saltine help "+c.name, err)
}

// failure is what every command prints as JSON that could not do its work.
type failure struct {
	Error   string `json:"error"`
	Message string `json:"message"`
}

// fail reports an error that keeps a command from its work.
func (a *app) fail(who, help string, err error) int {
	fmt.Fprintf(&a.err, "%s: %s\n", who, printable(message(err)))
	code := exitCode(err)
	if code == exitUsage {
		fmt.Fprintf(&a.err, "Run '%s' to see how it is used.\n", help)
	}
	return code
}

// message is the text of an error behind our name.
func message(err error) string { return strings.TrimPrefix(err.Error(), "saltine: ") }

// errorNames are the names of failures in JSON.
var errorNames = map[int]string{
	exitBadSignature: "bad_signature",
	exitUsage:        "usage",
	exitExpired:      "expired",
	exitMalformed:    "malformed",
	exitTooLarge:     "too_large",
}

// exitCode returns the code for what a value was refused with.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, saltine.ErrSignatureExpired): // a bad signature too
		return exitExpired
	case errors.Is(err, saltine.ErrBadSignature):
		return exitBadSignature
	case errors.Is(err, saltine.ErrMalformed):
		return exitMalformed
	case errors.Is(err, saltine.ErrTooLarge):
		return exitTooLarge
	}
	return exitUsage
}
