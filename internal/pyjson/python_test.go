package pyjson_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pyjson"
)

//go:embed testdata/oracle.py
var oracle string

type request struct {
	Call      string  `json:"call"`
	Text      string  `json:"text"`
	Bits      string  `json:"bits,omitempty"`
	Standard  *string `json:"standard,omitempty"`
	Canonical *string `json:"canonical,omitempty"`
}

type answer struct {
	Refused   bool        `json:"refused"`
	Value     string      `json:"value"`
	Members   [][2]string `json:"members"`
	Standard  bool        `json:"standard"`
	Canonical bool        `json:"canonical"`
}

// ask has one Python process answer all requests.
func ask(t *testing.T, requests []request) []answer {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Fatal("no python3 to compare with")
		}
		t.Skip("no python3 in PATH: the comparison with Python's json module is left out")
	}
	var input bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, r := range requests {
		if err := encoder.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(python, "-c", oracle)
	command.Stdin = &input
	output, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("python3: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(output, []byte("\n")), []byte("\n"))
	if len(lines) != len(requests) {
		t.Fatalf("python3 gave %d answers to %d requests", len(lines), len(requests))
	}
	answers := make([]answer, len(lines))
	for i, line := range lines {
		if err := json.Unmarshal(line, &answers[i]); err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

// generator makes texts that are JSON, or nearly so.
type generator struct{ *rand.Rand }

func newGenerator() generator { return generator{rand.New(rand.NewPCG(6, 2026))} }

func (g generator) pick(options ...string) string { return options[g.IntN(len(options))] }

func (g generator) space() string {
	return g.pick("", "", "", "", "", " ", "\n", "\t", "\r", " \r\n")
}

func (g generator) char() string {
	switch g.IntN(12) {
	case 0:
		return g.pick(`\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`)
	case 1:
		return fmt.Sprintf(`\u%04x`, g.IntN(0x10000))
	case 2:
		return fmt.Sprintf(`\u%04X\u%04X`, 0xD800+g.IntN(0x400), 0xDC00+g.IntN(0x400))
	case 3:
		return g.pick(`\ud83d`, `\uDE00`, `\ud800`, `\udfff`, `\u007f`, `\u0041`)
	case 4:
		return string([]byte{byte(0x7F + g.IntN(0x81))})
	case 5:
		return g.pick("abcdefgh", "0123456789abcdef", "<&>", "'")
	default:
		return string(rune(' ' + g.IntN(0x5F)))
	}
}

func (g generator) str() string {
	var b strings.Builder
	for range g.IntN(10) {
		if c := g.char(); c != `"` && c != `\` {
			b.WriteString(c)
		}
	}
	return `"` + b.String() + `"`
}

func (g generator) digits() string {
	n := 1 + g.IntN(25)
	if g.IntN(200) == 0 {
		n = 4299 + g.IntN(4)
	}
	b := []byte{'1' + byte(g.IntN(9))}
	for len(b) < n {
		b = append(b, '0'+byte(g.IntN(10)))
	}
	return string(b)
}

func (g generator) number() string {
	text := g.pick("", "-") + g.pick("0", "7", g.digits(), g.digits())
	if g.IntN(2) == 0 {
		text += "." + g.pick("0", "00", g.digits(), "000000"+g.digits())
	}
	if g.IntN(3) == 0 {
		text += g.pick("e", "E") + g.pick("", "+", "-") + g.pick("0", "00", "5", "16", "17", "300", "324", "400", "99999999999999999999")
	}
	return text
}

func (g generator) value(depth int) string {
	kinds := 8
	if depth == 0 {
		kinds = 6
	}
	switch g.IntN(kinds) {
	case 0:
		return g.pick("null", "true", "false")
	case 1:
		return g.pick("NaN", "Infinity", "-Infinity", "0", "-0", "-0.0", "1.0")
	case 2, 3:
		return g.number()
	case 4, 5:
		return g.str()
	case 6:
		return g.list("[", "]", func() string { return g.value(depth - 1) })
	default:
		return g.list("{", "}", func() string {
			return g.pick(g.str(), `"a"`, `"\u0061"`, `"b"`) + g.space() + ":" + g.space() + g.value(depth-1)
		})
	}
}

func (g generator) list(opening, closing string, item func() string) string {
	var b strings.Builder
	b.WriteString(opening + g.space())
	for i := range g.IntN(5) {
		if i > 0 {
			b.WriteString("," + g.space())
		}
		b.WriteString(item() + g.space())
	}
	b.WriteString(closing)
	return b.String()
}

// damage changes one place of a text, which often remains JSON.
func (g generator) damage(text string) string {
	const interesting = "\"\\{}[]:,.-+eE0123456789 \t\n\x00\x1f\x7f\x80\xa0\xe9\xffntfNIu/'ax"
	i := g.IntN(len(text) + 1)
	c := interesting[g.IntN(len(interesting))]
	switch {
	case i == len(text) || g.IntN(3) == 0:
		return text[:i] + string([]byte{c}) + text[i:]
	case g.IntN(2) == 0:
		return text[:i] + text[i+1:]
	default:
		return text[:i] + string([]byte{c}) + text[i+1:]
	}
}

// latin1 is text as Python sees it.
func latin1(text string) string {
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

func readingTexts() []string {
	g := newGenerator()
	texts := []string{
		"", " ", "\f{}", "\xef\xbb\xbf{}", "{}\x00", nested(300), strings.Repeat("[", 100000),
		strings.Repeat("1", 4300), strings.Repeat("1", 4301), "-" + strings.Repeat("1", 4300),
		strings.Repeat("9", 801) + "e-801", strings.Repeat("9", 4301) + ".5e-4301",
		"0." + strings.Repeat("0", 12000) + "1e12001", "1" + strings.Repeat("0", 12000) + "e-12000",
		"1." + strings.Repeat("0", 6000) + "1e-99999999999999999999",
	}
	for i := range 5000 {
		text := g.space() + g.value(4) + g.space()
		for range i % 3 {
			text = g.damage(text)
		}
		texts = append(texts, text)
	}
	return texts
}

func TestReadsLikePython(t *testing.T) {
	texts := readingTexts()
	requests := make([]request, len(texts))
	for i, text := range texts {
		requests[i] = request{Call: "loads", Text: latin1(text)}
		if standard, err := pyjson.AppendStandard(nil, text); err == nil {
			canonical, err := pyjson.Append(nil, json.RawMessage(standard))
			if err != nil {
				t.Fatalf("Append of the standard text of %q: %v", text, err)
			}
			requests[i].Standard = new(string(standard))
			requests[i].Canonical = new(string(canonical))
		}
	}
	accepted := 0
	for i, want := range ask(t, requests) {
		text := texts[i]
		if len(text) > 200 {
			text = text[:200] + "..."
		}
		if !compareReading(t, texts[i], want) {
			t.Errorf("in the text %q", text)
		}
		if r := requests[i]; r.Standard != nil && !want.Standard || r.Canonical != nil && !want.Canonical {
			t.Errorf("%q has another value as standard text (%v) or in Python's form (%v)", text, want.Standard, want.Canonical)
		}
		if !want.Refused {
			accepted++
		}
	}
	if accepted < len(texts)/4 || accepted > len(texts)*3/4 {
		t.Errorf("Python accepts %d of %d texts: that is no good mixture", accepted, len(texts))
	}
}

// compareReading compares what this package makes of a text with Python's answer.
func compareReading(t *testing.T, text string, want answer) bool {
	t.Helper()
	ok := true
	value, err := pyjson.Decode(text)
	checkErr := pyjson.Check(text)
	members, membersErr := pyjson.Members(nil, text)
	if want.Refused {
		if err == nil || checkErr == nil || membersErr == nil || errors.Is(membersErr, pyjson.ErrNotObject) {
			t.Errorf("Python refuses; Decode: %v, Check: %v, Members: %v", err, checkErr, membersErr)
			ok = false
		}
		return ok
	}
	if err != nil || checkErr != nil {
		t.Errorf("Python accepts; Decode: %v, Check: %v", err, checkErr)
		return false
	}
	if diff := cmp.Diff(want.Value, appended(t, value)); diff != "" {
		t.Errorf("value (-Python +Go):\n%s", diff)
		ok = false
	}
	if errors.Is(membersErr, pyjson.ErrNotObject) {
		members = nil
	} else if membersErr != nil {
		t.Errorf("Members: %v", membersErr)
		ok = false
	}
	var got [][2]string
	for _, m := range members {
		value, err := pyjson.Decode(m.Raw)
		if err != nil {
			t.Errorf("a member's text: %v", err)
			return false
		}
		got = append(got, [2]string{appended(t, m.Key), appended(t, value)})
	}
	if len(want.Members) == 0 {
		want.Members = nil
	}
	if diff := cmp.Diff(want.Members, got); diff != "" {
		t.Errorf("members (-Python +Go):\n%s", diff)
		ok = false
	}
	return ok
}

func appended(t *testing.T, value any) string {
	t.Helper()
	text, err := pyjson.Append(nil, value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWritesFloatsLikePython(t *testing.T) {
	g := newGenerator()
	values := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}
	for exponent := -8; exponent < 24; exponent++ {
		power := math.Pow10(exponent)
		values = append(values, power, -power, math.Nextafter(power, 0), math.Nextafter(power, math.Inf(1)), 1.5*power)
	}
	for range 2000 {
		values = append(values, math.Float64frombits(g.Uint64()), float64(g.Int64N(1<<40))/1000, float64(g.Uint64()))
	}
	requests := make([]request, len(values))
	for i, v := range values {
		requests[i] = request{Call: "floats", Bits: fmt.Sprintf("%016x", math.Float64bits(v))}
	}
	for i, want := range ask(t, requests) {
		if diff := cmp.Diff(want.Value, appended(t, values[i])); diff != "" {
			t.Errorf("%s (-Python +Go):\n%s", requests[i].Bits, diff)
		}
	}
}

func TestWritesStringsLikePython(t *testing.T) {
	g := newGenerator()
	var texts []string
	for c := range rune(0x200) {
		texts = append(texts, string(c), "01234567"+string(c)+"89")
	}
	for range 1000 {
		var b strings.Builder
		for range g.IntN(20) {
			b.WriteRune(rune(g.IntN([]int{0x80, 0x80, 0x100, 0x10000, 0x110000}[g.IntN(5)]))) // a surrogate becomes U+FFFD
		}
		texts = append(texts, b.String())
	}
	requests := make([]request, len(texts))
	for i, text := range texts {
		requests[i] = request{Call: "strings", Text: text}
	}
	for i, want := range ask(t, requests) {
		got := appended(t, texts[i])
		if diff := cmp.Diff(want.Value, got); diff != "" {
			t.Errorf("%q (-Python +Go):\n%s", texts[i], diff)
		}
		if back, err := pyjson.Unquote(got); err != nil || back != texts[i] {
			t.Errorf("%q comes back as %q, %v", texts[i], back, err)
		}
	}
}
