package main

import (
	"crypto"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

// request is what the flags of a command ask for.
type request struct {
	json      bool
	keyFile   string
	keepSpace bool
	salt      string
	name      string // of a cookie
	separator string
	algorithm crypto.Hash // 0: sha256
	legacy    []crypto.Hash
	maxAge    *time.Duration // nil: the default of the kind
	now       *time.Time     // nil: the clock
	dumps     bool
	plain     bool
	web       bool
	port      int // 0: a free one

	messages    bool
	sessionData bool
}

// flags returns the flags of a command, which set r.
func (c command) flags(r *request) *flag.FlagSet {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors are reported by dispatch
	fs.BoolVar(&r.json, "json", false, "print one JSON object")
	c.define(r, fs)
	return fs
}

func defineNow(r *request, fs *flag.FlagSet) {
	fs.Func("now", "the clock: `TIME` as Unix seconds or RFC 3339", func(s string) (err error) {
		r.now, err = parseTime(s)
		return err
	})
}

func defineName(r *request, fs *flag.FlagSet, usage string) {
	fs.StringVar(&r.name, "name", "", usage)
}

func defineSeparator(r *request, fs *flag.FlagSet) {
	fs.StringVar(&r.separator, "separator", ":", "`TEXT` between value, time and signature")
}

// defineSigner defines what both verify and sign need.
func defineSigner(r *request, fs *flag.FlagSet) {
	defineNow(r, fs)
	defineSeparator(r, fs)
	fs.StringVar(&r.keyFile, "key-file", "", "read the keys from `FILE`, not from SALTINE_KEY")
	fs.BoolVar(&r.keepSpace, "keep-space", false, "white space at the ends of a key is a part of it")
	fs.StringVar(&r.salt, "salt", "", "`SALT` of the signature (default: that of the kind)")
	fs.BoolVar(&r.dumps, "dumps", false, "the value is one of signing.dumps, not a session cookie")
	fs.BoolVar(&r.plain, "plain", false, "the value is text of a TimestampSigner, not a session cookie")
	fs.Func("algorithm", "`NAME` in Python's hashlib (default: sha256)", func(s string) (err error) {
		r.algorithm, err = saltine.AlgorithmByName(s)
		return err
	})
}

// parseFlags returns the arguments that are no flags. Flags may stand anywhere
// before "--".
func parseFlags(fs *flag.FlagSet, args []string) ([]string, error) {
	var values []string
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			return nil, explainFlag(err)
		}
		rest := fs.Args()
		parsed := args[:len(args)-len(rest)]
		if len(parsed) > 0 && parsed[len(parsed)-1] == "--" {
			return append(values, rest...), nil
		}
		if len(rest) == 0 {
			break
		}
		values, args = append(values, rest[0]), rest[1:]
	}
	return values, nil
}

// explainFlag makes errors of package flag say what to do.
func explainFlag(err error) error {
	name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: ")
	m := badValue.FindStringSubmatch(err.Error())
	switch {
	case m != nil: // without the value, which may be a key
		return errors.New("--" + m[1] + ": " + m[2])
	case !ok:
		return err // flag.ErrHelp too
	case strings.Contains(strings.ToLower(name), "key"):
		return errKeyArgument
	case !isShortWord(name):
		return errors.New("there is no such flag")
	}
	return errors.New("there is no flag -" + name)
}

var badValue = regexp.MustCompile(`(?s)^invalid (?:boolean )?value ".*" for (?:flag )?-([a-z-]+): (.*)$`)

var errKeyArgument = errors.New("keys are not taken as arguments: set SALTINE_KEY, or use --key-file FILE")

// isShortWord reports whether a word that nobody knows can be shown: it is too short for a
// key, and plain.
func isShortWord(s string) bool {
	return len(s) <= 20 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
}

// asShown returns the name of a cookie, or nothing for what was given as one and may be a
// key.
func asShown(name, given string) string {
	if name == given && !paste.IsPlainName(name) {
		return ""
	}
	return name
}

var (
	errPort = errors.New("--port is for --web")
	errTime = errors.New("not a time: give Unix seconds, or RFC 3339 as 2023-11-14T22:13:20Z")
	errAge  = errors.New("not an age: give seconds, or a duration as 2w, 14d, 36h or 90m, or none")
)

func parseTime(s string) (*time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return &t, nil
	}
	const far = 1 << 40 // some ten thousand years
	sec, err := strconv.ParseFloat(s, 64)
	if err != nil || !(math.Abs(sec) < far) {
		return nil, errTime
	}
	whole, fraction := math.Modf(sec)
	t := time.Unix(int64(whole), int64(math.Round(fraction*1e9)))
	return &t, nil
}

func parseAge(s string) (*time.Duration, error) {
	if s == "none" {
		d := saltine.NoMaxAge
		return &d, nil
	}
	if d, err := time.ParseDuration(s); err == nil {
		return &d, nil
	}
	unit := 1.0
	switch {
	case strings.HasSuffix(s, "d"):
		unit = 86400
	case strings.HasSuffix(s, "w"):
		unit = 7 * 86400
	}
	if unit > 1 {
		s = s[:len(s)-1]
	}
	sec, err := strconv.ParseFloat(s, 64)
	sec *= unit
	if err != nil || !(math.Abs(sec) < math.MaxInt64/1e9) {
		return nil, errAge
	}
	d := time.Duration(sec * 1e9)
	return &d, nil
}

// clock returns the time that was asked for, or now.
func (a *app) clock(r *request) time.Time {
	if r.now != nil {
		return *r.now
	}
	return a.now()
}

// maxInput is the most that is read from standard input, in bytes.
const maxInput = 4 << 20

// value returns the one value a command works on.
func (a *app) value(args []string) (string, error) {
	switch len(args) {
	case 0:
		return a.readInput()
	case 1:
		return args[0], nil
	}
	return "", fmt.Errorf("one value is wanted, not %d: put it into single quotes", len(args))
}

// readInput reads standard input without its last line break.
func (a *app) readInput() (string, error) {
	data, err := io.ReadAll(io.LimitReader(a.stdin, maxInput+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot read standard input: %w", err)
	case len(data) > maxInput:
		return "", &saltine.SizeError{What: "standard input", Size: len(data), Limit: maxInput}
	}
	return trimLineBreak(string(data)), nil
}

func trimLineBreak(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
}
