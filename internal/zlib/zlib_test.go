package zlib_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/zlib"
)

// sizes are the bytes that payloads take: level by level, and with Python's zlib.compress.
type sizes struct {
	Plain, Best, Fast, Python int
}

var goldenSizes = map[string]sizes{
	"tiny":   {Plain: 9, Best: 17, Fast: 17, Python: 17},
	"auth":   {Plain: 172, Best: 131, Fast: 143, Python: 131},
	"medium": {Plain: 666, Best: 291, Fast: 344, Python: 291},
	"large":  {Plain: 3700, Best: 801, Fast: 1022, Python: 802},
	"rand":   {Plain: 1490, Best: 1156, Fast: 1476, Python: 1156},
}

func TestSizes(t *testing.T) {
	for _, name := range payloads {
		data := payload(t, name)
		got := sizes{
			Plain:  len(data),
			Best:   len(zlib.AppendCompress(nil, data, zlib.Best)),
			Fast:   len(zlib.AppendCompress(nil, data, zlib.Fast)),
			Python: goldenSizes[name].Python,
		}
		if diff := cmp.Diff(goldenSizes[name], got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// TestSizesPython checks that a cookie is no more than a hundredth longer than with Python's zlib.
func TestSizesPython(t *testing.T) {
	const script = `
import sys, zlib
for line in sys.stdin:
    print(len(zlib.compress(bytes.fromhex(line))))
`
	// A cookie has base64 of the payload, a dot, and 52 bytes of time and signature.
	cookie := func(size int) int { return 1 + (4*size+2)/3 + 52 }
	var in strings.Builder
	for _, name := range payloads {
		in.WriteString(hexLine(payload(t, name)))
	}
	i := 0
	for line := range strings.Lines(python(t, script, in.String())) {
		name := payloads[i]
		i++
		size, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		got, want := cookie(goldenSizes[name].Best), cookie(size)
		if got > want+want/100 {
			t.Errorf("%s: %d bytes, Python: %d", name, got, want)
		}
	}
}

func TestHeader(t *testing.T) {
	for _, level := range []zlib.Level{zlib.Best, zlib.Fast} {
		stream := zlib.AppendCompress([]byte("prefix"), []byte("content"), level)
		if !bytes.HasPrefix(stream, []byte("prefix\x78\x9c")) {
			t.Errorf("level %d: %x", level, stream)
		}
	}
}

// TestEdges compresses what lies on a limit of the format or of this package.
func TestEdges(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	noise := make([]byte, 3<<16)
	for i := range noise {
		noise[i] = byte(r.IntN(256))
	}
	far := func(distance int) []byte {
		return append(bytes.Clone(noise[:distance]), noise[:300]...)
	}
	tests := []struct {
		name, reason string
		data         []byte
		atMost       int
	}{
		{"nothing", "a block without symbols", nil, 8},
		{"one byte", "less than a hash", []byte("a"), 9},
		{"three bytes", "a match of the least length, too late to be hashed", []byte("aaa"), 11},
		{"zeros", "matches of 258 bytes, overlapping themselves", make([]byte, 10000), 64},
		{"noise", "stored: it cannot be made smaller", noise[:1000], 1000 + 11},
		{"far match", "as far as a distance here can be, and the description of a code for noise", far(zlib.MaxOneShot - 300), zlib.MaxOneShot - 300 + 80},
		{"longest", "all tables are in use", noise[:zlib.MaxOneShot], zlib.MaxOneShot + 11},
		{"one longer", "the other encoder", noise[:zlib.MaxOneShot+1], zlib.MaxOneShot + 1 + 16},
		{"long", "several blocks", noise, len(noise) + 100},
		{"long repetitions", "the other encoder finds them too", bytes.Repeat([]byte("0123456789abcdef"), 10000), 1000},
		{"rare symbols", "a code that would be longer than 15 bits", fibonacciText(r, 22), 1 << 20},
	}
	for _, test := range tests {
		for _, level := range []zlib.Level{zlib.Best, zlib.Fast} {
			t.Run(fmt.Sprint(test.name, " ", level), func(t *testing.T) {
				stream := zlib.AppendCompress(nil, test.data, level)
				if len(test.data) <= zlib.MaxOneShot && len(stream) > zlib.Bound(len(test.data)) {
					t.Errorf("%s: %d bytes, more than Bound says", test.reason, len(stream))
				}
				if level == zlib.Best && len(stream) > test.atMost {
					t.Errorf("%s: %d bytes, want at most %d", test.reason, len(stream), test.atMost)
				}
				got, err := zlib.AppendDecompress(nil, stream, len(test.data))
				if err != nil || !bytes.Equal(got, test.data) {
					t.Errorf("%s: %v", test.reason, err)
				}
				got, err = stdDecompress(stream)
				if err != nil || !bytes.Equal(got, test.data) {
					t.Errorf("%s: compress/zlib: %v", test.reason, err)
				}
			})
		}
	}
}

// fibonacciText has n letters, of which each is as frequent as the two before it together: the tree of such a code has a
// level for each letter.
func fibonacciText(r *rand.Rand, n int) []byte {
	var text []byte
	a, b := 1, 1
	for letter := range n {
		text = append(text, bytes.Repeat([]byte{byte('a' + letter)}, a)...)
		a, b = b, a+b
	}
	r.Shuffle(len(text), func(i, j int) { text[i], text[j] = text[j], text[i] })
	return text
}

func TestChecksum(t *testing.T) {
	for _, c := range []byte{0, 1, 0xff} {
		for n := range 400 {
			data := bytes.Repeat([]byte{c}, n*(1+n/300*(n-300)))
			stream := zlib.AppendCompress(nil, data, zlib.Fast)
			got := binary.BigEndian.Uint32(stream[len(stream)-4:])
			if want := adler32.Checksum(data); got != want {
				t.Fatalf("%d times %d: got %x, want %x", len(data), c, got, want)
			}
		}
	}
}

func TestLimit(t *testing.T) {
	text := payload(t, "large")
	streams := map[string][]byte{
		"best":   zlib.AppendCompress(nil, text, zlib.Best),
		"fast":   zlib.AppendCompress(nil, text, zlib.Fast),
		"stored": stdCompress(t, text, 0),
		"level9": stdCompress(t, text, 9),
	}
	tests := []struct {
		name, reason string
		limit        int
		fits         bool
	}{
		{"exact", "the limit may be reached", len(text), true},
		{"more", "the limit need not be reached", len(text) + 1, true},
		{"no limit", "the largest number is as good as none", math.MaxInt, true},
		{"one less", "the last byte is too much", len(text) - 1, false},
		{"half", "stops in the middle", len(text) / 2, false},
		{"zero", "nothing fits", 0, false},
		{"negative", "as zero", -1, false},
	}
	for _, test := range tests {
		for kind, stream := range streams {
			for _, room := range []int{0, 10, len(text), 2 * len(text)} {
				dst := append(make([]byte, 0, 6+room), "prefix"...)
				got, err := zlib.AppendDecompress(dst, stream, test.limit)
				want := "prefix"
				if test.fits {
					want += string(text)
				}
				if test.fits != (err == nil) || err != nil && !errors.Is(err, zlib.ErrLimit) {
					t.Errorf("%s, %s, room %d: %v; %s", test.name, kind, room, err, test.reason)
				}
				if diff := cmp.Diff(want, string(got)); diff != "" {
					t.Errorf("%s, %s, room %d: (-want +got)\n%s", test.name, kind, room, diff)
				}
			}
		}
	}
}

// TestLimitEmpty checks that what is empty fits into nothing.
func TestLimitEmpty(t *testing.T) {
	got, err := zlib.AppendDecompress(nil, zlib.AppendCompress(nil, nil, zlib.Best), 0)
	if err != nil || len(got) != 0 {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestRoom checks that no byte outside of the room for the limit is written to.
func TestRoom(t *testing.T) {
	text := payload(t, "medium")
	stream := zlib.AppendCompress(nil, text, zlib.Best)
	for limit := range len(text) + 20 {
		buf := bytes.Repeat([]byte{'#'}, len(text)+100)
		_, _ = zlib.AppendDecompress(buf[:10], stream, limit)
		if strings.Trim(string(buf[:10]), "#") != "" || strings.Trim(string(buf[10+limit:]), "#") != "" {
			t.Fatalf("limit %d: written outside of it", limit)
		}
	}
}

// TestBomb checks that the limit also bounds the memory that a thousandfold inflation takes.
func TestBomb(t *testing.T) {
	const limit = 16 << 10
	bomb := stdCompress(t, make([]byte, 16<<20), 9)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := zlib.AppendDecompress(nil, bomb, limit)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, zlib.ErrLimit) {
		t.Errorf("got %v", err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 3*limit {
		t.Errorf("%d bytes allocated for a limit of %d", allocated, limit)
	}
}

func TestAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("pools forget under the race detector")
	}
	text := payload(t, "large")
	stream := zlib.AppendCompress(nil, text, zlib.Best)
	cut := stream[:len(stream)-1]
	fixed := zlib.AppendCompress(nil, text, zlib.Fast)
	noise := bytes.Repeat([]byte("no repeats"), zlib.MaxOneShot/10)
	buf := make([]byte, 0, 2*zlib.MaxOneShot)
	tests := []struct {
		name string
		want float64
		call func()
	}{
		{"compress", 0, func() { zlib.AppendCompress(buf, text, zlib.Best) }},
		{"compress fast", 0, func() { zlib.AppendCompress(buf, text, zlib.Fast) }},
		{"compress the largest kept", 0, func() { zlib.AppendCompress(buf, noise, zlib.Best) }},
		{"compress without room", 1, func() { zlib.AppendCompress(nil, text, zlib.Best) }},
		{"decompress", 0, func() { _, _ = zlib.AppendDecompress(buf, stream, len(text)) }},
		{"decompress fast", 0, func() { _, _ = zlib.AppendDecompress(buf, fixed, len(text)) }},
		{"refuse", 0, func() { _, _ = zlib.AppendDecompress(buf, cut, len(text)) }},
		{"reach the limit", 0, func() { _, _ = zlib.AppendDecompress(buf, stream, 100) }},
	}
	for _, test := range tests {
		if got := testing.AllocsPerRun(100, test.call); got != test.want {
			t.Errorf("%s: %v allocations, want %v", test.name, got, test.want)
		}
	}
}

// TestKept checks how much memory stays behind after calls of any size: that of a fresh state for both ways.
func TestKept(t *testing.T) {
	if raceEnabled {
		t.Skip("pools forget under the race detector")
	}
	const want = 41 << 10
	text := payload(t, "large")
	buf := make([]byte, 0, zlib.Bound(len(text)))
	stream := zlib.AppendCompress(nil, text, zlib.Best)
	runtime.GC() // twice: a pool is emptied in two steps
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	zlib.AppendCompress(buf, text, zlib.Best)
	_, err := zlib.AppendDecompress(buf[:0], stream, len(text))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > want {
		t.Errorf("%d bytes, want at most %d", got, want)
	}
}

func TestConcurrency(t *testing.T) {
	var wait sync.WaitGroup
	for _, name := range payloads {
		text := payload(t, name)
		wait.Go(func() {
			for i := range 200 {
				stream := zlib.AppendCompress(nil, text, zlib.Level(i%2))
				got, err := zlib.AppendDecompress(nil, stream, len(text))
				if err != nil || !bytes.Equal(got, text) {
					t.Errorf("%s: %v", name, err)
					return
				}
			}
		})
	}
	wait.Wait()
}
