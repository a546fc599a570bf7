package pybase64_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-52756201/saltine/internal/pybase64"
)

func TestAppendEncode(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		in, want     string
	}{
		{"empty", "nothing to write", "", ""},
		{"one byte", "two characters and no pads", "{", "ew"},
		{"two bytes", "three characters and no pad", "{}", "e30"},
		{"three bytes", "a whole quantum", "{}\n", "e30K"},
		{"62 and 63", "the URL-safe alphabet", "\xfb\xef\xff", "--__"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(pybase64.AppendEncode([]byte("."), []byte(tt.in)))
			if diff := cmp.Diff("."+tt.want, got); diff != "" {
				t.Errorf("AppendEncode (%s) (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestAppendDecode(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		in, want     string
		err          error
	}{
		{"empty", "empty bytes, not an error", "", "", nil},
		{"one byte", "two characters", "ew", "{", nil},
		{"two bytes", "three characters", "e30", "{}", nil},
		{"three bytes", "four characters", "e30K", "{}\n", nil},
		{"URL-safe", "- is 62 and _ is 63", "--__", "\xfb\xef\xff", nil},
		{"standard", "so are + and /", "++//", "\xfb\xef\xff", nil},
		{"mixed", "both alphabets in one text", "-+_/", "\xfb\xef\xff", nil},
		{"unused bits", "they are ignored", "e31", "{}", nil},
		{"unused bits of one byte", "they are ignored", "ez", "{", nil},
		{"padded", "pads of its own are right too", "e30=", "{}", nil},
		{"padded twice", "more pads follow a complete padding", "ew==", "{", nil},
		{"text after padding", "it is ignored", "e30=W10", "{}", nil},
		{"junk after padding", "it is ignored as well", "ew==\x00\xff!", "{", nil},
		{"pad at the start", "skipped, and the length is a multiple of 4", "=e30", "", pybase64.ErrPadding},
		{"pads at the start", "skipped, and Django pads for the raw length", "==e30", "{}", nil},
		{"pad in second place", "skipped", "e=30", "", pybase64.ErrPadding},
		{"single pad inside", "a character after it takes it back", "ew=0", "{", pybase64.ErrPadding},
		{"single pad inside, padded", "the later pads count", "ew=00", "{\r4", nil},
		{"single pad at two", "the padding Django adds completes it", "ew=", "{", nil},
		{"newline at the end", "the pad it costs is missing", "e30\n", "", pybase64.ErrPadding},
		{"newline in a whole text", "skipped, and the pads come at the start of a quantum", "e30K\n", "{}\n", nil},
		{"carriage return", "as the newline", "ew\r", "", pybase64.ErrPadding},
		{"newlines", "two cost two pads", "e30\r\n", "{}", nil},
		{"space", "skipped and counted", "e3 0K", "{}\n", nil},
		{"quotes", "skipped and counted", `"e30K"`, "{}\n", nil},
		{"dot", "only the caller's first dot has a meaning", "e3.0K", "{}\n", nil},
		{"UTF-8", "each byte counts", "e30é", "{}", nil},
		{"four junk bytes", "the padding comes out right", "e3!!!!0", "{}", nil},
		{"only junk", "no characters are no bytes", "!\n ", "", nil},
		{"only pads", "no characters are no bytes", "====", "", nil},
		{"one character", "too little for a byte", "e", "", pybase64.ErrLength},
		{"five characters", "the last is too little for a byte", "e30Ke", "", pybase64.ErrLength},
		{"one character and pads", "pads do not help it", "e===", "", pybase64.ErrLength},
		{"one character and junk", "junk does not help it", "e\n\n\n", "", pybase64.ErrLength},
		{"two characters and two junk bytes", "no pads are added", "ew!!", "", pybase64.ErrPadding},
		{"two characters and junk", "one pad is not enough", "ew!", "", pybase64.ErrPadding},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := "dst" + tt.want
			if tt.err != nil {
				want = "dst"
			}
			got, err := pybase64.AppendDecode([]byte("dst"), tt.in)
			if !errors.Is(err, tt.err) {
				t.Errorf("AppendDecode (%s): error %v, want %v", tt.reason, err, tt.err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("AppendDecode (%s) (-want +got):\n%s", tt.reason, diff)
			}
			fromBytes, err := pybase64.AppendDecode([]byte("dst"), []byte(tt.in))
			if !errors.Is(err, tt.err) || !bytes.Equal(fromBytes, got) {
				t.Errorf("AppendDecode of []byte (%s) = %q, %v", tt.reason, fromBytes, err)
			}
		})
	}
}

func TestDecodedLen(t *testing.T) {
	for n := range 100 {
		for _, c := range []string{"A", "=", "!"} {
			got, err := pybase64.AppendDecode(nil, strings.Repeat(c, n))
			if err == nil && len(got) > pybase64.DecodedLen(n) {
				t.Errorf("%d times %q: %d bytes, more than DecodedLen %d", n, c, len(got), pybase64.DecodedLen(n))
			}
		}
	}
}

func TestDecodeKeepsLength(t *testing.T) {
	dst := make([]byte, 3, 64)
	copy(dst, "dst")
	for _, in := range []string{"e30", "e30\n", "e3!!!!0", "e"} {
		if _, err := pybase64.AppendDecode(dst, in); string(dst) != "dst" {
			t.Errorf("AppendDecode(%q): dst became %q (%v)", in, dst, err)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	raw := bytes.Repeat([]byte("\xfb\xefx"), 100)
	encoded := pybase64.AppendEncode(nil, raw)
	text := string(encoded)
	dst := make([]byte, 0, 1024)
	for name, f := range map[string]func(){
		"AppendEncode":        func() { pybase64.AppendEncode(dst, raw) },
		"AppendDecode []byte": func() { _, _ = pybase64.AppendDecode(dst, encoded) },
		"AppendDecode string": func() { _, _ = pybase64.AppendDecode(dst, text) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}

func FuzzAppendDecode(f *testing.F) {
	for _, s := range []string{"", "e30", "e31", "e30=W10", "e30\n", "++//", "ew=0", "e", "é"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := pybase64.AppendDecode(nil, in)
		fromString, errString := pybase64.AppendDecode(nil, string(in))
		if !cmp.Equal(got, fromString, cmpopts.EquateEmpty()) || !errors.Is(err, errString) {
			t.Fatalf("[]byte and string differ: %q %v, %q %v", got, err, fromString, errString)
		}
		if err != nil {
			if !errors.Is(err, pybase64.ErrPadding) && !errors.Is(err, pybase64.ErrLength) {
				t.Fatalf("unknown error: %v", err)
			}
			return
		}
		if len(got) > pybase64.DecodedLen(len(in)) {
			t.Fatalf("%d bytes, more than DecodedLen %d", len(got), pybase64.DecodedLen(len(in)))
		}
		again, err := pybase64.AppendDecode(nil, pybase64.AppendEncode(nil, got))
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("decode(encode(x)) = %q, %v, want %q", again, err, got)
		}
	})
}
