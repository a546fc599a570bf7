package pybase64_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pybase64"
)

// decoder is Python's side: one hexadecimal text a line, answered with the
// bytes it decodes to in hexadecimal, or with the message of binascii.Error.
const decoder = `
import base64, binascii, sys
for line in sys.stdin:
    s = bytes.fromhex(line)
    try:
        print("ok", base64.urlsafe_b64decode(s + b"=" * (-len(s) % 4)).hex())
    except binascii.Error as e:
        print("padding" if str(e) == "Incorrect padding" else "length")
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

// randomText returns base64 with some of its characters replaced by, or
// followed by, what is lenient or junk.
func randomText(r *rand.Rand) []byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	const odd = "==\r\n+/ .!\"\x00\x7f\x80\xff\xc3\xa9"
	rate := r.IntN(12)
	var text []byte
	for range r.IntN(24) {
		if r.IntN(12) < rate {
			text = append(text, odd[r.IntN(len(odd))])
			continue
		}
		text = append(text, alphabet[r.IntN(len(alphabet))])
	}
	return text
}

func TestAppendDecodeAgainstPython(t *testing.T) {
	r := rand.New(rand.NewPCG(64, 1))
	var texts [][]byte
	var lines []string
	for range 30_000 {
		text := randomText(r)
		texts = append(texts, text)
		lines = append(lines, fmt.Sprintf("%x", text))
	}
	for i, want := range python(t, decoder, lines) {
		if diff := cmp.Diff(want, answer(t, texts[i])); diff != "" {
			t.Errorf("AppendDecode(%q) (-python +got):\n%s", texts[i], diff)
		}
	}
}

// answer is what the decoder would print, from AppendDecode.
func answer(t *testing.T, text []byte) string {
	t.Helper()
	got, err := pybase64.AppendDecode(nil, text)
	switch {
	case err == nil:
		return fmt.Sprintf("ok %x", got)
	case errors.Is(err, pybase64.ErrPadding):
		return "padding"
	case errors.Is(err, pybase64.ErrLength):
		return "length"
	}
	t.Fatalf("AppendDecode(%q): %v", text, err)
	return ""
}

// encoder is Python's side of AppendEncode.
const encoder = `
import base64, sys
for line in sys.stdin:
    print(base64.urlsafe_b64encode(bytes.fromhex(line)).strip(b"=").decode())
`

func TestAppendEncodeAgainstPython(t *testing.T) {
	r := rand.New(rand.NewPCG(64, 2))
	var texts [][]byte
	var lines []string
	for range 2_000 {
		text := make([]byte, r.IntN(200))
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		texts = append(texts, text)
		lines = append(lines, fmt.Sprintf("%x", text))
	}
	for i, want := range python(t, encoder, lines) {
		if diff := cmp.Diff(want, string(pybase64.AppendEncode(nil, texts[i]))); diff != "" {
			t.Errorf("AppendEncode(%x) (-python +got):\n%s", texts[i], diff)
		}
	}
}
