package zlib_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/adler32"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/zlib"
)

// python runs script on the lines and returns the lines of its answer.
func python(t *testing.T, script string, lines []string) []string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
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
	s := bufio.NewScanner(bytes.NewReader(out))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		answers = append(answers, s.Text())
	}
	if len(answers) != len(lines) {
		t.Fatalf("python3 answered %d of %d lines (%v)", len(answers), len(lines), s.Err())
	}
	return answers
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// randomData returns bytes that compress more or less: text, runs, noise, and
// copies from any distance.
func randomData(r *rand.Rand, limit int) []byte {
	var data []byte
	for n := r.IntN(limit + 1); len(data) < n; {
		switch r.IntN(4) {
		case 0:
			data = append(data, session(r.IntN(3))...)
		case 1:
			data = append(data, bytes.Repeat([]byte{byte(r.Uint32())}, r.IntN(600))...)
		case 2:
			for range r.IntN(100) {
				data = append(data, byte(r.Uint32()))
			}
		case 3:
			if len(data) > 0 {
				from := r.IntN(len(data))
				data = append(data, data[from:min(len(data), from+r.IntN(300))]...)
			}
		}
	}
	return data
}

// compressor is Python's side: each line is level, window bits, memory level,
// strategy, length of a part between flushes, and data; the answer is its zlib
// stream.
const compressor = `
import sys, zlib
for line in sys.stdin:
    *numbers, data = line.rstrip("\n").split(" ")
    level, window, memory, strategy, part = map(int, numbers)
    data = bytes.fromhex(data)
    c = zlib.compressobj(level, zlib.DEFLATED, window, memory, strategy)
    packed = b""
    for i in range(0, len(data), part):
        packed += c.compress(data[i:i + part])
        packed += c.flush((zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_PARTIAL_FLUSH)[i % 3])
    print((packed + c.flush()).hex())
`

// pythonStreams returns n pairs of data and a zlib stream of Python, over all
// levels, strategies, window sizes and memory levels.
func pythonStreams(t *testing.T, r *rand.Rand, n, limit int) (data, packed [][]byte) {
	t.Helper()
	var lines []string
	for i := range n {
		d := randomData(r, limit)
		part := len(d) + 1
		if i%4 == 0 {
			part = 1 + r.IntN(part)
		}
		data = append(data, d)
		lines = append(lines, fmt.Sprintf("%d %d %d %d %d %x",
			i%11-1, 9+r.IntN(7), 1+r.IntN(9), i%5, part, d))
	}
	for _, line := range python(t, compressor, lines) {
		packed = append(packed, unhex(t, line))
	}
	return data, packed
}

func TestReadsPython(t *testing.T) {
	data, packed := pythonStreams(t, rand.New(rand.NewPCG(1950, 1)), 1100, 4000)
	longData, longPacked := pythonStreams(t, rand.New(rand.NewPCG(1950, 2)), 55, 100_000)
	data, packed = append(data, longData...), append(packed, longPacked...)
	for i, want := range data {
		got, err := zlib.AppendDecompress(nil, packed[i], len(want))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("stream %d: %d bytes (%v), want %d", i, len(got), err, len(want))
		}
	}
}

// decompressor is Python's side of AppendDecompress: the data, or that there is
// none.
const decompressor = `
import sys, zlib
for line in sys.stdin:
    d = zlib.decompressobj()
    try:
        data = d.decompress(bytes.fromhex(line))
    except zlib.error:
        print("refused")
    else:
        print(data.hex() if d.eof else "refused")
`

func TestPythonReads(t *testing.T) {
	r := rand.New(rand.NewPCG(1950, 3))
	var want, lines []string
	for i := range 600 {
		limit := 300
		if i%10 == 0 {
			limit = 100_000
		}
		data := randomData(r, limit)
		want = append(want, fmt.Sprintf("%x", data))
		lines = append(lines, fmt.Sprintf("%x", zlib.AppendCompress(nil, data)))
	}
	for i, got := range python(t, decompressor, lines) {
		if got != want[i] {
			t.Errorf("stream %d: python reads %.40s, want %.40s", i, got, want[i])
		}
	}
}

// damage returns a copy of a stream that is cut, extended, or has other bits.
func damage(r *rand.Rand, packed []byte) []byte {
	out := bytes.Clone(packed)
	switch r.IntN(4) {
	case 0:
		return out[:r.IntN(len(out)+1)]
	case 1:
		return append(out, randomData(r, 20)...)
	case 2:
		out[r.IntN(2)] = byte(r.Uint32())
	default:
		for range 1 + r.IntN(3) {
			out[r.IntN(len(out))] ^= 1 << r.IntN(8)
		}
	}
	return out
}

func TestDamagedAgainstPython(t *testing.T) {
	r := rand.New(rand.NewPCG(1950, 4))
	_, packed := pythonStreams(t, r, 550, 300)
	var lines []string
	for i := range 6_000 {
		lines = append(lines, fmt.Sprintf("%x", damage(r, packed[i%len(packed)])))
	}
	for i, want := range python(t, decompressor, lines) {
		got, err := zlib.AppendDecompress(nil, unhex(t, lines[i]), noLimit)
		switch {
		case errors.Is(err, zlib.ErrCorrupt):
			if want != "refused" {
				t.Errorf("%s: %v, python reads %s", lines[i], err, want)
			}
		case err != nil:
			t.Errorf("%s: unknown error: %v", lines[i], err)
		case fmt.Sprintf("%x", got) != want:
			t.Errorf("%s: %x, python says %s", lines[i], got, want)
		}
	}
}

// inflater is Python's side of the deflate blocks alone: the data and the
// number of bytes they take, or that they are no deflate stream.
const inflater = `
import sys, zlib
for line in sys.stdin:
    blocks = bytes.fromhex(line)
    d = zlib.decompressobj(-15)
    try:
        data = d.decompress(blocks)
    except zlib.error:
        print("refused")
    else:
        print(len(blocks) - len(d.unused_data), data.hex()) if d.eof else print("refused")
`

// TestDamagedBlocksAgainstPython gives every damaged stream that inflates the
// checksum of what it inflates to, so that the checksum does not hide how the
// blocks are read.
func TestDamagedBlocksAgainstPython(t *testing.T) {
	r := rand.New(rand.NewPCG(1951, 1))
	_, packed := pythonStreams(t, r, 550, 300)
	var lines []string
	for i := range 6_000 {
		blocks := bytes.Clone(packed[i%len(packed)])
		blocks = blocks[2 : len(blocks)-4]
		// The code lengths of dynamic blocks are at the start.
		for range 1 + r.IntN(3) {
			blocks[r.IntN(min(len(blocks), 1+r.IntN(60)))] ^= 1 << r.IntN(8)
		}
		lines = append(lines, fmt.Sprintf("%x", blocks))
	}
	accepted := 0
	for i, answer := range python(t, inflater, lines) {
		var data []byte
		used := len(lines[i]) / 2
		if answer != "refused" {
			length, text, _ := strings.Cut(answer, " ")
			if _, err := fmt.Sscan(length, &used); err != nil {
				t.Fatal(err)
			}
			data = unhex(t, text)
			accepted++
		}
		in := append([]byte{0x78, 0x9c}, unhex(t, lines[i])[:used]...)
		in = binary.BigEndian.AppendUint32(in, adler32.Checksum(data))
		got, err := zlib.AppendDecompress(nil, in, noLimit)
		switch {
		case answer == "refused" && (!errors.Is(err, zlib.ErrCorrupt) || strings.Contains(err.Error(), "checksum")):
			t.Errorf("%s: %x, %v, python refuses the blocks", lines[i], got, err)
		case answer != "refused" && (err != nil || !bytes.Equal(got, data)):
			t.Errorf("%s: %x, %v, python reads %x", lines[i], got, err, data)
		}
	}
	if accepted < 500 {
		t.Errorf("only %d damaged streams inflate: the damage is too heavy to compare", accepted)
	}
}
