package zlib_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/zlib"
)

// pythonReasons are the reasons of this package in the words of Python's zlib.
func pythonReasons() map[string]string {
	reasons := map[string]string{}
	for _, test := range streamTests {
		if test.refused != "" {
			reasons["zlib: corrupt data: "+test.refused] = test.python
		}
	}
	// For what is wrong with a header zlib has several reasons; it reads the number of a dictionary, and lengths in a
	// code that has none, before it refuses.
	delete(reasons, "zlib: corrupt data: not a zlib header")
	delete(reasons, "zlib: corrupt data: a preset dictionary is needed")
	delete(reasons, "zlib: corrupt data: no codes for code lengths")
	return reasons
}

// mutate returns data with a few changes near the front, where the codes are described, or cut short.
func mutate(r *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	if r.IntN(8) == 0 {
		return data[:r.IntN(len(data)+1)]
	}
	for range 1 + r.IntN(3) {
		i := r.IntN(len(data))
		if r.IntN(4) != 0 {
			i = r.IntN(min(len(data), 60))
		}
		data[i] ^= 1 << r.IntN(8)
	}
	return data
}

// mutants returns damaged streams.
func mutants(t *testing.T, r *rand.Rand, n int) [][]byte {
	t.Helper()
	var sources [][]byte
	for _, test := range streamTests {
		if len(test.data) > 0 {
			sources = append(sources, test.data)
		}
	}
	for range 60 {
		text := randomText(r, r.IntN(3000))
		sources = append(sources,
			zlib.AppendCompress(nil, text, zlib.Best),
			zlib.AppendCompress(nil, text, zlib.Fast),
			stdCompress(t, text, r.IntN(12)-2))
	}
	out := make([][]byte, n)
	for i := range out {
		out[i] = mutate(r, sources[r.IntN(len(sources))])
	}
	return out
}

// maxMutant is more than a mutant of those sources inflates to.
const maxMutant = 1 << 22

// TestMutantsPython compares the outcome of damaged streams, down to the reason of the refusal, with Python.
func TestMutantsPython(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	inputs := mutants(t, r, 20000)
	reasons := pythonReasons()
	seen := map[string]int{}
	for i, result := range pythonDecompress(t, inputs) {
		got, err := zlib.AppendDecompress(nil, inputs[i], maxMutant)
		if err == nil {
			seen["accepted"]++
			if result.err != "" || !bytes.Equal(got, result.out) {
				t.Errorf("%x: accepted, Python: %s", inputs[i], result.err)
			}
			continue
		}
		seen[err.Error()]++
		want, ok := reasons[err.Error()]
		if !ok {
			want = result.err
		}
		if result.err == "" || want != result.err {
			t.Errorf("%x: %v, Python: %s", inputs[i], err, result.err)
		}
	}
	for reason := range reasons {
		if seen[reason] == 0 {
			t.Errorf("no mutant for %q", reason)
		}
	}
}

// TestMutants compares damaged streams with the two Go implementations.
func TestMutants(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, data := range mutants(t, r, 5000) {
		got, err := zlib.AppendDecompress(nil, data, maxMutant)
		for name, peer := range map[string]func([]byte) ([]byte, error){
			"compress/zlib": stdDecompress,
			"klauspost":     klauspostDecompress,
		} {
			want, wantErr := peer(data)
			if (err == nil) != (wantErr == nil) {
				t.Errorf("%x: %v, %s: %v", data, err, name, wantErr)
			} else if err == nil && !bytes.Equal(got, want) {
				t.Errorf("%x: other output than %s", data, name)
			}
		}
	}
}

// TestRoundTrip compresses text of many kinds, and lets everyone decompress it.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var texts, streams [][]byte
	for i := range 400 {
		text := randomText(r, r.IntN(1+r.IntN(6000)))
		if i%40 == 0 {
			text = randomText(r, r.IntN(200000)) // several segments
		}
		for _, level := range []zlib.Level{zlib.Best, zlib.Fast} {
			texts = append(texts, text)
			streams = append(streams, zlib.AppendCompress(nil, text, level))
		}
	}
	for i, stream := range streams {
		decompressors := map[string]func([]byte) ([]byte, error){
			"saltine": func(data []byte) ([]byte, error) {
				return zlib.AppendDecompress(nil, data, len(texts[i]))
			},
			"compress/zlib": stdDecompress,
			"klauspost":     klauspostDecompress,
		}
		for name, decompress := range decompressors {
			got, err := decompress(stream)
			if err != nil || !bytes.Equal(got, texts[i]) {
				t.Fatalf("%s: %d bytes: %v", name, len(texts[i]), err)
			}
		}
	}
	for i, result := range pythonDecompress(t, streams) {
		if result.err != "" || !bytes.Equal(result.out, texts[i]) {
			t.Fatalf("Python: %d bytes: %s", len(texts[i]), result.err)
		}
	}
}

// TestPythonStreams decompresses what Python's zlib makes with all its settings.
func TestPythonStreams(t *testing.T) {
	const script = `
import sys, zlib
for line in sys.stdin:
    text = bytes.fromhex(line)
    for level in range(10):
        for wbits in (9, 12, 15):
            for strategy in range(5):
                for flush in (zlib.Z_NO_FLUSH, zlib.Z_SYNC_FLUSH, zlib.Z_PARTIAL_FLUSH, zlib.Z_BLOCK):
                    c = zlib.compressobj(level, zlib.DEFLATED, wbits, 8, strategy)
                    half = len(text) // 2
                    print((c.compress(text[:half]) + c.flush(flush) + c.compress(text[half:]) + c.flush()).hex())
`
	const perText = 10 * 3 * 5 * 4
	r := rand.New(rand.NewPCG(7, 8))
	var texts [][]byte
	var in strings.Builder
	for range 12 {
		text := randomText(r, r.IntN(4000))
		texts = append(texts, text)
		in.WriteString(hexLine(text))
	}
	for i, stream := range unhexLines(t, python(t, script, in.String())) {
		text := texts[i/perText]
		got, err := zlib.AppendDecompress(nil, stream, len(text))
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("stream %d: %v", i, err)
		}
	}
}

// FuzzInflate checks that any input is accepted if, and only if, compress/zlib accepts it, with the same output, and that
// the limit holds.
func FuzzInflate(f *testing.F) {
	for _, test := range streamTests {
		f.Add(test.data, 1000)
	}
	for _, name := range payloads {
		f.Add(stdCompress(f, payload(f, name), 6), 4000)
	}
	f.Fuzz(func(t *testing.T, data []byte, limit int) {
		limit = min(limit, 1<<20)
		prefix := []byte("prefix")
		got, err := zlib.AppendDecompress(prefix, data, limit)
		if !bytes.HasPrefix(got, prefix) {
			t.Fatalf("the prefix is gone: %q", got)
		}
		content := got[len(prefix):]
		if len(content) > max(limit, 0) {
			t.Fatalf("%d bytes, limit %d", len(content), limit)
		}
		switch {
		case errors.Is(err, zlib.ErrLimit):
			if _, err := zlib.AppendDecompress(nil, data, max(limit, 0)); !errors.Is(err, zlib.ErrLimit) {
				t.Fatalf("not the limit again: %v", err)
			}
			return
		case err != nil && !errors.Is(err, zlib.ErrCorrupt):
			t.Fatalf("an error of no kind: %v", err)
		}
		want, wantErr := stdDecompress(data)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%v, compress/zlib: %v", err, wantErr)
		}
		if err != nil {
			want = nil
		}
		if !bytes.Equal(want, content) {
			t.Fatalf("got %q, compress/zlib: %q", content, want)
		}
		if err != nil || len(content) == 0 {
			return
		}
		if _, err := zlib.AppendDecompress(nil, data, len(content)-1); !errors.Is(err, zlib.ErrLimit) {
			t.Fatalf("one byte less than the output: %v", err)
		}
	})
}

// FuzzDeflate checks that what is compressed is what this package and compress/zlib give back.
func FuzzDeflate(f *testing.F) {
	for _, name := range payloads {
		f.Add(payload(f, name), true)
		f.Add(payload(f, name), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, fast bool) {
		level := zlib.Best
		if fast {
			level = zlib.Fast
		}
		stream := zlib.AppendCompress(nil, data, level)
		if len(data) <= zlib.MaxOneShot && len(stream) > zlib.Bound(len(data)) {
			t.Fatalf("%d bytes for %d", len(stream), len(data))
		}
		got, err := zlib.AppendDecompress(nil, stream, len(data))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(data), string(got)); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		got, err = stdDecompress(stream)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("compress/zlib: %q, %v", got, err)
		}
	})
}
