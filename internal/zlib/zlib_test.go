package zlib_test

import (
	"bytes"
	"compress/flate"
	stdzlib "compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/zlib"
)

// noLimit is above every output of these tests.
const noLimit = math.MaxInt

// login is what Django keeps in the session of a user who is logged in.
const login = `"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend",` +
	`"_auth_user_hash":"d9082bdcf7eaf584e640203ff313a74a401cab4bc2167979eedc76a0019c0334"`

// session returns the JSON of a session with n items in its cart.
func session(n int) []byte {
	var items []string
	for i := range n {
		items = append(items, fmt.Sprintf(`{"sku":"A%d","qty":%d,"price":"%d.99"}`, 10031+37*i, 1+i%3, 5+7*i))
	}
	return fmt.Appendf(nil, `{%s,"cart":[%s]}`, login, strings.Join(items, ","))
}

// random returns n bytes that do not compress.
func random(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// token returns n letters and digits in which nothing repeats but by accident.
func token(n int) []byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	data := random(n)
	for i, b := range data {
		data[i] = alphabet[b%64]
	}
	return data
}

// stream wraps raw deflate blocks as a zlib stream of data.
func stream(blocks, data string) string {
	return "\x78\x9c" + blocks + string(binary.BigEndian.AppendUint32(nil, adler32.Checksum([]byte(data))))
}

// deflated returns the raw deflate form of data at a level of the standard
// library.
func deflated(tb testing.TB, data []byte, level int) string {
	tb.Helper()
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, level)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.String()
}

// inflated returns what the standard library reads from a zlib stream.
func inflated(src []byte) ([]byte, error) {
	r, err := stdzlib.NewReader(bytes.NewReader(src))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func TestAppendCompress(t *testing.T) {
	inputs := map[string][]byte{
		"empty":                        nil,
		"session":                      session(10),
		"zeros beyond a block":         make([]byte, 200_000),
		"noise":                        random(1000),
		"noise of one block":           random(1<<15 - 1),
		"noise of two blocks":          random(1 << 15),
		"noise of a whole window":      random(65535),
		"noise beyond a window":        random(65536),
		"noise of many blocks":         random(300_000),
		"token of one block":           token(1<<15 - 1),
		"token of two blocks":          token(1 << 15),
		"text of a whole window":       session(3000)[:65535],
		"text beyond a window":         session(3000)[:65536],
		"text of many blocks":          session(20_000),
		"noise that ends in zeros":     append(random(300), make([]byte, 300)...),
		"zeros that fit a short block": make([]byte, 100),
	}
	for n := 1; n < 300; n++ {
		inputs[fmt.Sprintf("text of %d bytes", n)] = session(10)[:n]
		inputs[fmt.Sprintf("noise of %d bytes", n)] = random(n)
		inputs[fmt.Sprintf("zeros of %d bytes", n)] = make([]byte, n)
	}
	for name, data := range inputs {
		t.Run(name, func(t *testing.T) {
			out := zlib.AppendCompress([]byte("dst"), data)
			packed, ok := bytes.CutPrefix(out, []byte("dst"))
			if !ok || !bytes.HasPrefix(packed, []byte{0x78, 0x9c}) {
				t.Fatalf("starts with %x, want dst and the header of zlib's default level", out[:min(5, len(out))])
			}
			got, err := inflated(packed)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("the standard library reads %d bytes (%v), want %d", len(got), err, len(data))
			}
			got, err = zlib.AppendDecompress(nil, packed, len(data))
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("AppendDecompress gives %d bytes (%v), want %d", len(got), err, len(data))
			}
		})
	}
}

// TestSize compares with the sizes of zlib 1.2.13 at level 6. They decide how
// much of a browser's 4096 bytes a session takes, so ours may be larger by one
// percent, or by the few bytes that matches of length 3 are worth.
func TestSize(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		data         []byte
		zlib         int
	}{
		{"language", "short text with matches", []byte(`{"_language":"en-gb","theme":"dark","next":"/accounts/login/?next=/accounts/login/"}`), 71},
		{"test cookie", "short text without", []byte(`{"testcookie":"worked","_csrftoken":"dNQf4v8xZ0aP2LrTt6ycJ1kEwUuGmH9s"}`), 78},
		{"login", "what most sessions hold", fmt.Appendf(nil, "{%s}", login), 131},
		{"cart", "a session with some data", session(12), 250},
		{"token", "no matches, and less than eight bits a character", fmt.Appendf(nil, `{"token":"%s"}`, token(1500)), 1179},
		{"large cart", "a session that only fits because it compresses", session(90), 741},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(zlib.AppendCompress(nil, tt.data)); got > tt.zlib+max(tt.zlib/100, 4) {
				t.Errorf("%d bytes become %d (%s), zlib's level 6 gives %d", len(tt.data), got, tt.reason, tt.zlib)
			}
		})
	}
}

func TestAppendDecompress(t *testing.T) {
	data := string(session(3))
	packed := string(zlib.AppendCompress(nil, []byte(data)))
	const stored = "\x01\x05\x00\xfa\xffhello"
	for _, tt := range []struct {
		name, reason string
		in           string
		limit        int
		want         string
		err          error
	}{
		{"own output", "what was compressed", packed, noLimit, data, nil},
		{"exact limit", "the limit is the longest output", packed, len(data), data, nil},
		{"one above the limit", "the last byte is too much", packed, len(data) - 1, "", zlib.ErrLimit},
		{"limit zero", "the first byte is too much", packed, 0, "", zlib.ErrLimit},
		{"negative limit", "as zero", packed, -1, "", zlib.ErrLimit},
		{"wrong checksum at the limit", "it is verified there too", packed[:len(packed)-1] + "\x00", len(data), "", zlib.ErrCorrupt},
		{"empty data", "a stream without data", stream("\x03\x00", ""), noLimit, "", nil},
		{"empty data, limit zero", "nothing exceeds zero", stream("\x03\x00", ""), 0, "", nil},
		{"stored block", "level 0", stream(stored, "hello"), noLimit, "hello", nil},
		{"empty stored block", "a flush in between", stream("\x00\x00\x00\xff\xff"+stored, "hello"), noLimit, "hello", nil},
		{"fixed codes", "short data", stream("\xcbH\xcd\xc9\xc9\x07\x00", "hello"), noLimit, "hello", nil},
		{"text behind", "it is ignored", packed + "behind", noLimit, data, nil},
		{"second stream", "it is ignored", packed + packed, noLimit, data, nil},
		{"no bytes", "not even a header", "", noLimit, "", zlib.ErrCorrupt},
		{"half a header", "truncated", "\x78", noLimit, "", zlib.ErrCorrupt},
		{"header only", "truncated", "\x78\x9c", noLimit, "", zlib.ErrCorrupt},
		{"gzip", "another header", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + stored, noLimit, "", zlib.ErrCorrupt},
		{"raw deflate", "no header", stored, noLimit, "", zlib.ErrCorrupt},
		{"plain text", "no header", data, noLimit, "", zlib.ErrCorrupt},
		{"preset dictionary", "nobody has agreed on one", "\x78\xbb" + stream(stored, "hello")[2:], noLimit, "", zlib.ErrCorrupt},
		{"header checksum", "the header is a multiple of 31", "\x78\x9d" + packed[2:], noLimit, "", zlib.ErrCorrupt},
		{"another method", "only deflate is defined", "\x77\x85" + packed[2:], noLimit, "", zlib.ErrCorrupt},
		{"window of 64 KiB", "deflate has no such window", "\x88\x1c" + packed[2:], noLimit, "", zlib.ErrCorrupt},
		{"reserved block type", "no block of type 3", stream("\x07\x00", ""), noLimit, "", zlib.ErrCorrupt},
		{"stored length", "the complement does not match", stream("\x01\x05\x00\xfa\xfehello", "hello"), noLimit, "", zlib.ErrCorrupt},
		{"distance before the start", "a match of data that was never there", stream("\x03\x02\x00", ""), noLimit, "", zlib.ErrCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := zlib.AppendDecompress([]byte("dst"), []byte(tt.in), tt.limit)
			if !errors.Is(err, tt.err) {
				t.Errorf("AppendDecompress (%s): error %v, want %v", tt.reason, err, tt.err)
			}
			if diff := cmp.Diff("dst"+tt.want, string(got)); diff != "" {
				t.Errorf("AppendDecompress (%s) (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestWindowSizes(t *testing.T) {
	data := session(50)
	packed := zlib.AppendCompress(nil, data)
	for window := range byte(16) {
		in := bytes.Clone(packed)
		in[0] = window<<4 | 8
		in[1] = 0
		in[1] = byte(31 - binary.BigEndian.Uint16(in)%31)
		got, err := zlib.AppendDecompress(nil, in, noLimit)
		if window > 7 {
			if !errors.Is(err, zlib.ErrCorrupt) {
				t.Errorf("window %d: error %v, want ErrCorrupt", window, err)
			}
			continue
		}
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("window %d: %d bytes (%v), want %d", window, len(got), err, len(data))
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, data := range [][]byte{session(3), random(500), nil} {
		packed := zlib.AppendCompress(nil, data)
		for n := range packed {
			got, err := zlib.AppendDecompress([]byte("dst"), packed[:n], noLimit)
			if !errors.Is(err, zlib.ErrCorrupt) || string(got) != "dst" {
				t.Errorf("%d of %d bytes: %q, %v, want ErrCorrupt", n, len(packed), got, err)
			}
		}
	}
}

func TestWrongChecksum(t *testing.T) {
	packed := zlib.AppendCompress(nil, session(3))
	for i := len(packed) - 4; i < len(packed); i++ {
		in := bytes.Clone(packed)
		in[i] ^= 0x10
		if _, err := zlib.AppendDecompress(nil, in, noLimit); !errors.Is(err, zlib.ErrCorrupt) {
			t.Errorf("byte %d of %d changed: error %v, want ErrCorrupt", i, len(packed), err)
		}
	}
}

func TestErrorText(t *testing.T) {
	packed := zlib.AppendCompress(nil, session(3))
	packed[len(packed)-1] ^= 1
	_, err := zlib.AppendDecompress(nil, packed, noLimit)
	if diff := cmp.Diff("zlib: corrupt data: wrong checksum", fmt.Sprint(err)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestRoom(t *testing.T) {
	data := session(40)
	packed := zlib.AppendCompress(nil, data)
	for room := range len(data) + 10 {
		dst := make([]byte, 3, 3+room)
		copy(dst, "dst")
		got, err := zlib.AppendDecompress(dst, packed, len(data))
		if err != nil || string(got) != "dst"+string(data) {
			t.Fatalf("room for %d bytes: %d bytes, %v", room, len(got)-3, err)
		}
		if room >= len(data) && &got[0] != &dst[0] {
			t.Errorf("room for %d bytes was not used", room)
		}
		if cap(got) > 3+room && cap(got) > 3+len(data) {
			t.Errorf("room for %d bytes became %d, above the limit", room, cap(got))
		}
	}
}

// TestMemory inflates a thousand times its size into a small limit.
func TestMemory(t *testing.T) {
	const limit = 256 << 10
	bomb := []byte(stream(deflated(t, make([]byte, 64<<20), flate.BestCompression), ""))
	inflate := func() {
		if _, err := zlib.AppendDecompress(nil, bomb, limit); !errors.Is(err, zlib.ErrLimit) {
			t.Errorf("error %v, want ErrLimit", err)
		}
	}
	inflate()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	inflate()
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 2*limit {
		t.Errorf("%d bytes allocated for a limit of %d", used, limit)
	}
}

// TestNothingRetained drops the buffers while the pools still hold what worked
// on them.
func TestNothingRetained(t *testing.T) {
	buffers := func() []weak.Pointer[byte] {
		data, packed := session(12), make([]byte, 0, 4096)
		packed = zlib.AppendCompress(packed, data)
		out, err := zlib.AppendDecompress(make([]byte, 0, 4096), packed, noLimit)
		if err != nil {
			t.Fatal(err)
		}
		cut := bytes.Clone(packed[:len(packed)/2])
		_, _ = zlib.AppendDecompress(nil, cut, noLimit)
		return []weak.Pointer[byte]{weak.Make(&data[0]), weak.Make(&packed[0]), weak.Make(&out[0]), weak.Make(&cut[0])}
	}()
	runtime.GC()
	for i, name := range []string{"compressed", "compressed to", "decompressed to", "truncated"} {
		if buffers[i].Value() != nil {
			t.Errorf("the buffer that was %s is still referenced", name)
		}
	}
}

func TestConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			data := session(n * 3)
			for range 50 {
				got, err := zlib.AppendDecompress(nil, zlib.AppendCompress(nil, data), len(data))
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("%d bytes: got %d, %v", len(data), len(got), err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzAppendDecompress(f *testing.F) {
	for _, data := range [][]byte{nil, session(0), session(3), random(100)} {
		f.Add(zlib.AppendCompress(nil, data))
		f.Add([]byte(stream(deflated(f, data, flate.HuffmanOnly), string(data))))
		f.Add([]byte(stream(deflated(f, data, flate.BestCompression), string(data))))
	}
	f.Add([]byte(stream("\x00\x00\x00\xff\xff\x01\x05\x00\xfa\xffhello", "hello")))
	f.Fuzz(func(t *testing.T, in []byte) {
		const limit = 1 << 16
		got, err := zlib.AppendDecompress(nil, in, limit)
		want, errWant := inflated(in)
		switch {
		case errors.Is(err, zlib.ErrLimit):
			if errWant == nil && len(want) <= limit {
				t.Fatalf("ErrLimit for %d bytes", len(want))
			}
		case errors.Is(err, zlib.ErrCorrupt):
			if errWant == nil {
				t.Fatalf("%v, but the standard library reads %d bytes", err, len(want))
			}
		case err != nil:
			t.Fatalf("unknown error: %v", err)
		case errWant != nil:
			t.Fatalf("%d bytes, but the standard library says %v", len(got), errWant)
		default:
			if !bytes.Equal(got, want) {
				t.Fatalf("%x, want %x", got, want)
			}
			again, err := zlib.AppendDecompress(nil, zlib.AppendCompress(nil, got), len(got))
			if err != nil || !bytes.Equal(again, got) {
				t.Fatalf("decompress(compress(x)) = %x, %v, want %x", again, err, got)
			}
		}
	})
}

func FuzzAppendCompress(f *testing.F) {
	f.Add([]byte(nil), uint16(1))
	f.Add(session(2), uint16(1))
	f.Add([]byte{0}, uint16(127))
	f.Add(random(40), uint16(5000))
	f.Fuzz(func(t *testing.T, unit []byte, times uint16) {
		data := bytes.Repeat(unit, min(int(times), 200_000/max(len(unit), 1)))
		packed := zlib.AppendCompress(nil, data)
		got, err := inflated(packed)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("the standard library reads %d bytes (%v), want %d", len(got), err, len(data))
		}
		got, err = zlib.AppendDecompress(nil, packed, len(data))
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("AppendDecompress gives %d bytes (%v), want %d", len(got), err, len(data))
		}
	})
}
