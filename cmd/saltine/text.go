package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-52756201/saltine/internal/paste"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

// writeJSON prints v as one line of ASCII.
func (a *app) writeJSON(v any) error {
	line, err := pyjson.Append(nil, v)
	if err != nil {
		return err
	}
	a.out.Write(append(line, '\n'))
	return nil
}

// row prints one line of a table.
func (a *app) row(name, format string, args ...any) {
	fmt.Fprintf(&a.out, "%-11s%s\n", name, fmt.Sprintf(format, args...))
}

// quote shows text of others on one line, in part if it is long.
func quote(s string) string {
	const most = 2000
	if len(s) <= most {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%s... (%d bytes)", strconv.Quote(s[:most]), len(s))
}

// printable escapes what a terminal might act on, and nothing else.
func printable(s string) string {
	var b strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
		s = s[n:]
	}
	return b.String()
}

// age tells a duration in its two largest units.
func age(d time.Duration) string { return paste.Age(d) }

func plural(n int64, unit string) string { return paste.Plural(n, unit) }

// ago tells how far a time lies from now.
func ago(d time.Duration) string {
	if d < 0 {
		return age(d) + " in the future"
	}
	return age(d) + " ago"
}

// stamp shows a time as a date and as Unix seconds.
func stamp(t time.Time) string {
	if date := rfc3339(t); date != "" {
		return fmt.Sprintf("%s (%d)", date, t.Unix())
	}
	return strconv.FormatInt(t.Unix(), 10)
}

// rfc3339 returns a time as a date, empty beyond the years of dates.
func rfc3339(t time.Time) string {
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
