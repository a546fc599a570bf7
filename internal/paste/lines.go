package paste

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// textTrials are done to a whole text, and kept where they show more than the text itself.
var textTrials = []step{
	decodeMail,
	{"wrapped cell", "the + signs and bars of a cell that psql breaks into lines were removed", false, "", "", func(s string) string {
		return brokenCell.ReplaceAllString(s, "")
	}},
	{joinLines.name, joinLines.did, false, joinLines.cause, joinLines.next, joinWrapped},
}

// decodeMail undoes quoted-printable. Other text has = at line ends too: old rows and links.
var decodeMail = step{"quoted-printable", "quoted-printable of a mail (=3A, = at line ends) was decoded", false, "the value went through a mail as quoted-printable", "send values as an attachment or in a chat as code", func(s string) string {
	if !quotedPrintable.MatchString(s) {
		return s
	}
	return hexPair(strings.ReplaceAll(s, "=\n", ""), '=')
}}

var (
	quotedPrintable = regexp.MustCompile(`=3[ADad]|=\n`)
	brokenCell      = regexp.MustCompile(`[ \t]*\+[ \t]*\n[^|\n]*\|[ \t]*`)
)

var (
	valueLine = regexp.MustCompile(`^[A-Za-z0-9_:.=+/%-]+$`)
	longEnd   = regexp.MustCompile(`[A-Za-z0-9_:.+/%-]{30}\s*$`)
	signedEnd = regexp.MustCompile(`:[0-9A-Za-z]{5,7}:[A-Za-z0-9_-]{43}\s*$`)
)

// joinWrapped joins lines in a text with those that a long value begins on, up to its
// signature.
func joinWrapped(text string) string {
	const longest = 64                     // of what longEnd and signedEnd look for
	joined := make([]byte, 0, len(text)+1) // each line with its newline before it
	var end string                         // of the line so far, which may have been joined
	for line := range strings.SplitSeq(text, "\n") {
		piece := strings.TrimSpace(line)
		if longEnd.MatchString(end) && !signedEnd.MatchString(end) && valueLine.MatchString(piece) {
			joined = append(bytes.TrimRight(joined, " \t"), piece...)
			end = strings.TrimRight(end, " \t") + piece
		} else {
			joined = append(append(joined, '\n'), line...)
			end = line
		}
		end = end[max(0, len(strings.TrimSpace(end))-longest):] // blanks at the end stay
	}
	return string(joined[1:])
}

var borders = regexp.MustCompile(`^\s*[│┃║]\s?(.*?)\s*[│┃║]?\s*$`)

// withoutBorders removes what boxes have at both ends of each line.
func withoutBorders(text string) string {
	return eachLine(text, func(line string) (string, bool) {
		if strings.Trim(line, " \t─━═┌┐└┘├┤┬┴┼╭╮╯╰╔╗╚╝") == "" {
			return "", true
		}
		m := borders.FindStringSubmatch(line)
		if m == nil {
			return "", false
		}
		return strings.NewReplacer("│", "|", "┃", "|", "║", "|").Replace(m[1]), true
	})
}

var numbered = regexp.MustCompile(`^\s*(\d{1,6})(?:[:\t]| {1,2})(.*)$`)

// withoutNumbers removes the numbers of cat -n and grep -n, which count up by one.
func withoutNumbers(text string) string {
	last := -1
	return eachLine(text, func(line string) (string, bool) {
		m := numbered.FindStringSubmatch(line)
		if m == nil {
			return "", false
		}
		n, err := strconv.Atoi(m[1])
		follows := last < 0 || n == last+1
		last = n
		return m[2], err == nil && follows
	})
}

// eachLine changes every line of a text of two or more, or none where one does not fit.
func eachLine(text string, change func(string) (string, bool)) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		next, ok := change(line)
		if !ok || len(lines) < 2 {
			return text
		}
		lines[i] = next
	}
	return strings.Join(lines, "\n")
}
