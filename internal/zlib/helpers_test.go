package zlib_test

import (
	"bytes"
	stdzlib "compress/zlib"
	"encoding/hex"
	"errors"
	"hash/adler32"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	kzlib "github.com/klauspost/compress/zlib"
)

// payloads are the files of testdata: the JSON of sessions.
var payloads = []string{"tiny", "auth", "medium", "large", "rand"}

func payload(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// stdCompress compresses with compress/zlib.
func stdCompress(tb testing.TB, data []byte, level int) []byte {
	tb.Helper()
	var out bytes.Buffer
	w, err := stdzlib.NewWriterLevel(&out, level)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// stdDecompress decompresses with compress/zlib.
func stdDecompress(data []byte) ([]byte, error) {
	r, err := stdzlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if data[1]&0x20 != 0 { // it takes the empty dictionary for none, unlike zlib
		return nil, stdzlib.ErrDictionary
	}
	return io.ReadAll(r)
}

// klauspostDecompress decompresses with klauspost/compress.
func klauspostDecompress(data []byte) ([]byte, error) {
	r, err := kzlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// A pythonResult is what zlib.decompress did: its output or its error.
type pythonResult struct {
	out []byte
	err string
}

// pythonDecompress decompresses each input with Python's zlib, which is the real one.
func pythonDecompress(t *testing.T, inputs [][]byte) []pythonResult {
	t.Helper()
	const script = `
import sys, zlib
for line in sys.stdin:
    try:
        print("ok", zlib.decompress(bytes.fromhex(line)).hex())
    except zlib.error as e:
        print("error", e)
`
	var in strings.Builder
	for _, data := range inputs {
		in.WriteString(hexLine(data))
	}
	var results []pythonResult
	for line := range strings.Lines(python(t, script, in.String())) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		result := pythonResult{err: rest}
		if kind == "ok" {
			out, err := hex.DecodeString(rest)
			if err != nil {
				t.Fatal(err)
			}
			result = pythonResult{out: out}
		}
		results = append(results, result)
	}
	if len(results) != len(inputs) {
		t.Fatalf("%d results for %d inputs", len(results), len(inputs))
	}
	return results
}

func hexLine(data []byte) string {
	return hex.EncodeToString(data) + "\n"
}

func unhexLines(t *testing.T, text string) [][]byte {
	t.Helper()
	var lines [][]byte
	for line := range strings.Lines(text) {
		data, err := hex.DecodeString(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, data)
	}
	return lines
}

// python runs a script, if there is a python3 to run it.
func python(t *testing.T, script, in string) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Fatal("no python3 to compare with")
		}
		t.Skip("no python3 to compare with")
	}
	cmd := exec.Command(path, "-c", script)
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		t.Fatalf("%v: %s", err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// randomText returns n bytes that compress, in a way that depends on r: few or many letters, common and rare ones, and
// repetitions near and far.
func randomText(r *rand.Rand, n int) []byte {
	letters := 1 + r.IntN(256)
	repeat := r.IntN(20)
	text := make([]byte, 0, n)
	for len(text) < n {
		if len(text) > 0 && r.IntN(20) < repeat {
			distance := 1 + r.IntN(min(len(text), 1+r.IntN(40000)))
			for range min(3+r.IntN(1+r.IntN(300)), n-len(text)) {
				text = append(text, text[len(text)-distance])
			}
			continue
		}
		text = append(text, byte(r.IntN(1+r.IntN(letters))))
	}
	return text
}

// field is a number of the deflate format as the bits of the stream, least significant first.
func field(value, width int) string {
	var s strings.Builder
	for i := range width {
		s.WriteByte('0' + byte(value>>i&1))
	}
	return s.String()
}

// codeLengths describes codes with the given lengths, those of distances after those of literals and lengths. In front
// is a code for lengths in which each is its own number in four bits.
func codeLengths(litLen, dist []int) string {
	var s strings.Builder
	s.WriteString(field(len(litLen)-257, 5) + field(len(dist)-1, 5) + field(19-4, 4) +
		strings.Repeat(field(0, 3), 3) + strings.Repeat(field(4, 3), 16)) // no repeats, then zero to fifteen
	for _, lengths := range [][]int{litLen, dist} {
		for _, n := range lengths {
			s.WriteString(huffman(n, 4))
		}
	}
	return s.String()
}

// huffman is a code as the bits of the stream, most significant first.
func huffman(code, width int) string {
	var s strings.Builder
	for i := width - 1; i >= 0; i-- {
		s.WriteByte('0' + byte(code>>i&1))
	}
	return s.String()
}

// lengths returns n code lengths, all zero but for those given as pairs of symbol and length.
func lengths(n int, pairs ...int) []int {
	all := make([]int, n)
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

// pack makes bytes of bits.
func pack(bits ...string) []byte {
	var out []byte
	for i, bit := range strings.ReplaceAll(strings.Join(bits, ""), " ", "") {
		if i%8 == 0 {
			out = append(out, 0)
		}
		out[i/8] |= byte(bit-'0') << (i % 8)
	}
	return out
}

// wrap puts deflate data into the zlib format.
func wrap(deflated []byte, content string) []byte {
	sum := adler32.Checksum([]byte(content))
	out := append([]byte{0x78, 0x9c}, deflated...)
	return append(out, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
}
