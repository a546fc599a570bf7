package pydate_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine/internal/pydate"
)

// reader is Python's side of Parse: one hexadecimal text a line, answered with
// the microseconds since 1970 in UTC and what was naive, when both the C and the
// Python implementation read it. What releases disagree about is refused.
const reader = `
import datetime as c_or_python, importlib, re, sys

def without_c():
    if sys.version_info >= (3, 12):
        return importlib.import_module("_pydatetime")
    sys.modules["_datetime"] = None
    del sys.modules["datetime"]
    return importlib.import_module("datetime")

IN_C, IN_PYTHON = c_or_python, without_c()
assert IN_C.datetime is not IN_PYTHON.datetime

def read(module, text):
    try:
        date = module.datetime.fromisoformat(text)
    except Exception:
        return None
    offset = date.utcoffset() or module.timedelta(0)
    since = date.replace(tzinfo=None) - module.datetime(1970, 1, 1) - offset
    return date.tzinfo is None, since // module.timedelta(microseconds=1)

# The minutes and seconds of an offset went unchecked in early releases.
UNCHECKED = re.compile(r"[+-]\d\d:?(?:[6-9]\d|\d\d:?[6-9]\d)(?::?\d\d)?(?:[.,]\d+)?\Z")
# An offset of less than a second gets lost in C, up to 3.14.
LOST = re.compile(r"[+-]00:?00:?00[.,]\d+\Z")
# 24:00 is read since 3.14.
MIDNIGHT = re.compile(r"24(?::?00){0,2}(?:[.,]0+)?(?:Z|[+-].*)?\Z") if sys.version_info >= (3, 14) else re.compile(r"(?!)")

for line in sys.stdin:
    text = bytes.fromhex(line).decode()
    in_c, in_python = read(IN_C, text), read(IN_PYTHON, text)
    if in_c is None or in_python is None or (not in_python[0] and UNCHECKED.search(text)) or MIDNIGHT.search(text, 8):
        print("refused")
    elif in_c != in_python and not LOST.search(text):
        print("Python contradicts itself about", ascii(text))
    else:
        print("naive" if in_python[0] else "aware", in_python[1])
`

// writer is Python's side of AppendISO: microseconds since 1970 and an offset
// in seconds a line.
const writer = `
import sys
from datetime import datetime, timedelta, timezone
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
for line in sys.stdin:
    microseconds, offset = map(int, line.split())
    zone = timezone(timedelta(seconds=offset))
    print((EPOCH + timedelta(microseconds=microseconds)).astimezone(zone).isoformat())
`

// python runs script on the lines and returns the lines of its answer.
func python(t *testing.T, script string, lines []string) []string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err == nil {
		err = exec.Command(path, "-c", "import sys; sys.exit(sys.version_info < (3, 11))").Run()
	}
	if err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Fatal("no python3 of 3.11 or later to compare with: ", err)
		}
		t.Skip("no python3 of 3.11 or later to compare with: ", err)
	}
	cmd := exec.Command(path, "-c", script)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, stderr.String())
	}
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(answers) != len(lines) {
		t.Fatalf("python3 answered %d of %d lines", len(answers), len(lines))
	}
	return answers
}

// pick returns one of the choices.
func pick(r *rand.Rand, choices ...string) string { return choices[r.IntN(len(choices))] }

// two returns a number below limit, in two digits.
func two(r *rand.Rand, limit int) string { return fmt.Sprintf("%02d", r.IntN(limit)) }

// randomDate returns a date in one of the forms, now and then one that is not
// in the calendar.
func randomDate(r *rand.Rand) string {
	year := fmt.Sprintf("%04d", 1990+r.IntN(60))
	if r.IntN(10) == 0 {
		year = pick(r, "0000", "0001", "9999", fmt.Sprintf("%04d", r.IntN(10000)))
	}
	hyphen := pick(r, "-", "-", "")
	if r.IntN(3) != 0 {
		return year + hyphen + two(r, 14) + hyphen + two(r, 33)
	}
	week := year + hyphen + "W" + pick(r, two(r, 55), "01", "52", "53")
	if r.IntN(3) == 0 {
		return week
	}
	return week + hyphen + strconv.Itoa(r.IntN(9))
}

// randomTime returns a time or an offset in one of the forms, now and then one
// that is not on the clock.
func randomTime(r *rand.Rand) string {
	fields := []string{two(r, 25)}
	n := r.IntN(4)
	for range min(n, 2) {
		fields = append(fields, pick(r, two(r, 60), two(r, 62), "00"))
	}
	text := strings.Join(fields, pick(r, ":", ":", ""))
	if n == 3 {
		text += pick(r, ".", ",") + fmt.Sprintf("%09d", r.IntN(1_000_000_000))[:1+r.IntN(9)]
	}
	return text
}

// randomText returns a date, most with a time and an offset, some of them with
// a character changed, added or removed.
func randomText(r *rand.Rand) string {
	text := randomDate(r)
	if r.IntN(8) != 0 {
		text += pick(r, "T", "T", "T", " ", "-", "+", ".", "Z", "W", "5", "\x00", "é", "€", "\U0001f36a") + randomTime(r)
		switch r.IntN(4) {
		case 0:
			text += "Z"
		case 1, 2:
			text += pick(r, "+", "-") + pick(r, randomTime(r), "00:00", "00:00:00.000001")
		}
	}
	if r.IntN(2) == 0 {
		return text
	}
	runes, mutations := []rune(text), []rune("0129-+:.,TWZz _x\x00é٣")
	for range 1 + r.IntN(2) {
		i := r.IntN(len(runes))
		c := mutations[r.IntN(len(mutations))]
		switch r.IntN(4) {
		case 0:
			runes[i] = c
		case 1:
			runes = append(runes[:i], append([]rune{c}, runes[i:]...)...)
		case 2:
			runes = append(runes[:i], runes[i+1:]...)
		case 3:
			runes = runes[:i+1]
		}
		if len(runes) == 0 {
			return ""
		}
	}
	return string(runes)
}

func TestParseAgainstPython(t *testing.T) {
	r := rand.New(rand.NewPCG(8601, 1))
	var texts, lines []string
	for range 60_000 {
		text := randomText(r)
		texts = append(texts, text)
		lines = append(lines, fmt.Sprintf("%x", text))
	}
	accepted := 0
	for i, want := range python(t, reader, lines) {
		got := "refused"
		if read, naive, err := pydate.Parse(texts[i], time.UTC); err == nil {
			kind := "aware"
			if naive {
				kind = "naive"
			}
			got = kind + " " + strconv.FormatInt(read.UnixMicro(), 10)
			accepted++
		}
		if got != want {
			t.Errorf("Parse(%q): %s, Python: %s", texts[i], got, want)
		}
	}
	if accepted < len(texts)/4 || accepted > len(texts)*3/4 {
		t.Errorf("%d of %d texts were read, too uneven to compare", accepted, len(texts))
	}
}

func TestAppendISOAgainstPython(t *testing.T) {
	r := rand.New(rand.NewPCG(8601, 2))
	// The years 2 to 9998, so that no offset leads out of Python's range.
	first := time.Date(2, time.January, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	last := time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	var times []time.Time
	var lines []string
	for range 10_000 {
		microseconds := first + r.Int64N(last-first)
		if r.IntN(2) == 0 {
			microseconds -= microseconds % 1_000_000
		}
		offset := r.IntN(2*86400-1) - 86399
		if r.IntN(2) == 0 {
			offset -= offset % 900
		}
		times = append(times, time.UnixMicro(microseconds).In(time.FixedZone("", offset)))
		lines = append(lines, fmt.Sprintf("%d %d", microseconds, offset))
	}
	for i, want := range python(t, writer, lines) {
		if got := string(pydate.AppendISO(nil, times[i])); got != want {
			t.Errorf("AppendISO: %s, Python: %s", got, want)
		}
	}
}
