package base62_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/base62"
)

// decoder is Python's side: one hexadecimal text a line, answered with the
// integer held to 64 bits and the float, or with what was raised.
const decoder = `
import sys
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LOW, HIGH = -2**63, 2**63 - 1

def b62_decode(text):
    if text[0] == "-":
        return -positive(text[1:])
    return positive(text)

def positive(text):
    n = 0
    for char in text:
        n = n * 62 + ALPHABET.index(char)
    return n

def to_float(n):
    try:
        return float(n).hex()
    except OverflowError:
        return "inf" if n > 0 else "-inf"

for line in sys.stdin:
    try:
        n = b62_decode(bytes.fromhex(line).decode("latin-1"))
    except (IndexError, ValueError):
        print("refused")
    else:
        print(min(max(n, LOW), HIGH), to_float(n))
`

// python runs script on the lines and returns the lines of its answer.
func python(t *testing.T, script string, lines []string) []string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Fatal("no python3 to compare with")
		}
		t.Skip("no python3 to compare with")
	}
	cmd := exec.Command(path, "-c", script)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, stderr.String())
	}
	var answers []string
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		answers = append(answers, s.Text())
	}
	if len(answers) != len(lines) {
		t.Fatalf("python3 answered %d of %d lines", len(answers), len(lines))
	}
	return answers
}

// randomText returns digits of any length up to beyond a float64, some signed,
// some with leading zeros, some with a character that is no digit.
func randomText(r *rand.Rand) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	n := r.IntN(14)
	if r.IntN(3) == 0 {
		n = r.IntN(180)
	}
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	if n > 0 && r.IntN(10) == 0 {
		text[r.IntN(n)] = "-+ _.\x00\n\xb2"[r.IntN(8)]
	}
	prefix := strings.Repeat("-", r.IntN(4)/2) + strings.Repeat("0", r.IntN(4)/3*r.IntN(200))
	return prefix + string(text)
}

func TestParseAgainstPython(t *testing.T) {
	r := rand.New(rand.NewPCG(62, 1))
	var texts, lines []string
	for range 10_000 {
		texts = append(texts, randomText(r))
	}
	// Numbers around the float64 that two roundings would miss.
	for range 2_000 {
		texts = append(texts, near(uint(60+r.IntN(965)), -1, uint(r.IntN(60)), r.Int64N(5)-2))
	}
	for _, text := range texts {
		lines = append(lines, fmt.Sprintf("%x", text))
	}
	for i, want := range python(t, decoder, lines) {
		got := parse(texts[i])
		if diff := cmp.Diff(answer(t, want), got); diff != "" {
			t.Errorf("Parse(%q) (-python +got):\n%s", texts[i], diff)
		}
	}
}

// answer reads a line of the decoder.
func answer(t *testing.T, line string) parsed {
	t.Helper()
	if line == "refused" {
		return parsed{}
	}
	integer, float, _ := strings.Cut(line, " ")
	n, err := strconv.ParseInt(integer, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	f, err := strconv.ParseFloat(float, 64)
	if err != nil {
		t.Fatal(err)
	}
	return parsed{n, f, true}
}

// encoder is Python's side of Append.
const encoder = `
import sys
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
for line in sys.stdin:
    n = int(line)
    sign, n, text = "-" if n < 0 else "", abs(n), ""
    while n or not text:
        n, digit = divmod(n, 62)
        text = ALPHABET[digit] + text
    print(sign + text)
`

func TestAppendAgainstPython(t *testing.T) {
	r := rand.New(rand.NewPCG(62, 2))
	numbers := []int64{0, -1, math.MinInt64, math.MaxInt64}
	var lines []string
	for range 5_000 {
		numbers = append(numbers, int64(r.Uint64())>>r.IntN(64))
	}
	for _, n := range numbers {
		lines = append(lines, strconv.FormatInt(n, 10))
	}
	for i, want := range python(t, encoder, lines) {
		if diff := cmp.Diff(want, string(base62.Append(nil, numbers[i]))); diff != "" {
			t.Errorf("Append(%d) (-python +got):\n%s", numbers[i], diff)
		}
	}
}
