package zlib_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/zlib"
)

// The parts of hand-made streams. A block starts with its final bit and its type in two bits.
const (
	notLast = "0"
	last    = "1"
	stored  = "00"
	fixed   = "10"
	dynamic = "01"

	fixedEnd   = "0000000"  // the end-of-block code of a fixed block
	fixedA     = "10010001" // the letter a
	fixedLen3  = "0000001"  // length 3
	fixedDist1 = "00000"    // distance 1
	fixedDist2 = "00001"
)

// A streamTest is a stream, and either what it holds or why it is refused: in the words of this package and in those of
// Python's zlib.
type streamTest struct {
	name    string
	reason  string
	data    []byte
	content string
	refused string
	python  string
}

const (
	incomplete = "Error -5 while decompressing data: incomplete or truncated stream"
	dataError  = "Error -3 while decompressing data: "
)

var streamTests = []streamTest{
	// Headers.
	{
		name: "no data", reason: "there is no header",
		data:    nil,
		refused: "truncated", python: incomplete,
	},
	{
		name: "half a header", reason: "the header has two bytes",
		data:    []byte{0x78},
		refused: "truncated", python: incomplete,
	},
	{
		name: "header alone", reason: "a block has to follow",
		data:    []byte{0x78, 0x9c},
		refused: "truncated", python: incomplete,
	},
	{
		name: "check bits", reason: "the header is no multiple of 31",
		data:    append([]byte{0x78, 0x9d}, pack(last, fixed, fixedEnd)...),
		refused: "not a zlib header", python: dataError + "incorrect header check",
	},
	{
		name: "method 7", reason: "deflate is method 8",
		data:    append([]byte{0x77, 0x09}, pack(last, fixed, fixedEnd)...),
		refused: "not a zlib header", python: dataError + "unknown compression method",
	},
	{
		name: "window of 64 KiB", reason: "the format has windows of 32 KiB at most",
		data:    append([]byte{0x88, 0x1c}, pack(last, fixed, fixedEnd)...),
		refused: "not a zlib header", python: dataError + "invalid window size",
	},
	{
		name: "gzip", reason: "another format",
		data:    []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		refused: "not a zlib header", python: dataError + "incorrect header check",
	},
	{
		name: "preset dictionary", reason: "there is none to use, the empty one included, which other readers take for none",
		data:    slices.Concat([]byte{0x78, 0xbb, 0, 0, 0, 1}, pack(last, fixed, fixedEnd), []byte{0, 0, 0, 1}),
		refused: "a preset dictionary is needed", python: "Error 2 while decompressing data",
	},
	{
		name: "window of 256 bytes", reason: "a window smaller than a distance is no reason to refuse",
		data: append([]byte{0x08, 0x1d}, wrap(pack(
			last, fixed, strings.Repeat(fixedA, 300),
			fixedLen3, huffman(16, 5), field(0, 7), // distance 257
			fixedEnd,
		), strings.Repeat("a", 303))[2:]...),
		content: strings.Repeat("a", 303),
	},

	// Blocks.
	{
		name: "empty fixed block", reason: "the shortest stream",
		data: wrap(pack(last, fixed, fixedEnd), ""),
	},
	{
		name: "block type 3", reason: "there is no such type",
		data:    wrap(pack(last, "11"), ""),
		refused: "invalid block type", python: dataError + "invalid block type",
	},
	{
		name: "many blocks", reason: "all types, empty ones too, and bits that end anywhere",
		data: wrap(pack(
			notLast, fixed, fixedA, fixedEnd,
			notLast, stored, "000", field(2, 16), field(2^0xffff, 16), field('b', 8), field('c', 8),
			notLast, stored, "00000", field(0, 16), field(0xffff, 16),
			notLast, dynamic, codeLengths(lengths(257, 'd', 1, 256, 1), lengths(1)), "0", "1",
			last, fixed, fixedLen3, fixedDist2, fixedEnd,
		), "abcdcdc"),
		content: "abcdcdc",
	},
	{
		name: "stored length", reason: "the complement does not fit",
		data:    wrap(pack(last, stored, "00000", field(1, 16), field(1, 16), field('a', 8)), "a"),
		refused: "invalid length of a stored block", python: dataError + "invalid stored block lengths",
	},
	{
		name: "stored header cut", reason: "four bytes are needed",
		data:    append([]byte{0x78, 0x9c}, pack(last, stored, "00000", field(1, 16), field(1, 8))...),
		refused: "truncated", python: incomplete,
	},
	{
		name: "stored data cut", reason: "less data than the length says",
		data:    append([]byte{0x78, 0x9c}, pack(last, stored, "00000", field(9, 16), field(9^0xffff, 16), field('a', 8))...),
		refused: "truncated", python: incomplete,
	},

	// Descriptions of codes.
	{
		name: "287 literals and lengths", reason: "there are 286",
		data:    wrap(pack(last, dynamic, field(287-257, 5), field(0, 5), field(0, 4), field(0, 64)), ""),
		refused: "too many length or distance symbols", python: dataError + "too many length or distance symbols",
	},
	{
		name: "31 distances", reason: "there are 30",
		data:    wrap(pack(last, dynamic, field(0, 5), field(31-1, 5), field(0, 4), field(0, 64)), ""),
		refused: "too many length or distance symbols", python: dataError + "too many length or distance symbols",
	},
	{
		name: "no code for lengths", reason: "all its lengths are zero",
		data:    wrap(pack(last, dynamic, field(0, 5), field(0, 5), field(0, 4), field(0, 12), field(0, 400)), ""),
		refused: "no codes for code lengths", python: dataError + "invalid code -- missing end-of-block",
	},
	{
		name: "one code for lengths", reason: "half of the codes are left over, which only the other codes may",
		data:    wrap(pack(last, dynamic, field(0, 5), field(0, 5), field(0, 4), field(0, 9), field(1, 3), field(0, 400)), ""),
		refused: "invalid set of code lengths", python: dataError + "invalid code lengths set",
	},
	{
		name: "too many codes for lengths", reason: "three of one bit",
		data:    wrap(pack(last, dynamic, field(0, 5), field(0, 5), field(0, 4), field(1, 3), field(1, 3), field(1, 3), field(0, 64)), ""),
		refused: "invalid set of code lengths", python: dataError + "invalid code lengths set",
	},
	{
		name: "too few codes for lengths", reason: "one of one bit, one of two",
		data:    wrap(pack(last, dynamic, field(0, 5), field(0, 5), field(0, 4), field(1, 3), field(2, 3), field(0, 64)), ""),
		refused: "invalid set of code lengths", python: dataError + "invalid code lengths set",
	},
	{
		name: "repeat of nothing", reason: "the first length cannot be like the last",
		data:    wrap(pack(last, dynamic, field(0, 5), field(0, 5), field(0, 4), field(1, 3), field(1, 3), field(0, 3), field(0, 3), "0", field(0, 64)), ""),
		refused: "invalid repeat of a code length", python: dataError + "invalid bit length repeat",
	},
	{
		name: "zeros beyond the end", reason: "two times 138 zeros are more than 258",
		data:    wrap(pack(last, dynamic, field(0, 5), field(0, 5), field(0, 4), field(0, 3), field(1, 3), field(1, 3), field(0, 3), "1", field(127, 7), "1", field(127, 7), field(0, 64)), ""),
		refused: "invalid repeat of a code length", python: dataError + "invalid bit length repeat",
	},
	{
		name: "repeat across the alphabets", reason: "the lengths of both are one sequence",
		data: wrap(pack(
			last, dynamic, field(0, 5), field(4-1, 5), field(18-4, 4),
			// The codes of lengths 1 and 2 and of repeats 16 and 18, in this order, have two bits.
			field(2, 3), field(0, 3), field(2, 3), strings.Repeat("000", 12), field(2, 3), field(0, 3), field(2, 3),
			"11", field(97-11, 7), "00", // nothing, then one bit for the letter a
			"11", field(138-11, 7), "11", field(19-11, 7), "01", // nothing, then two bits for 255
			"10", field(5-3, 2), // again for the end of the block and four distances
			"0", "11",
		), "a"),
		content: "a",
	},
	{
		name: "no end of block", reason: "the block could not end",
		data:    wrap(pack(last, dynamic, codeLengths(lengths(257, 'a', 1, 'b', 1), lengths(1)), "0", field(0, 64)), "a"),
		refused: "no code for the end of the block", python: dataError + "invalid code -- missing end-of-block",
	},
	{
		name: "too many literal codes", reason: "three of one bit",
		data:    wrap(pack(last, dynamic, codeLengths(lengths(257, 'a', 1, 'b', 1, 256, 1), lengths(1)), field(0, 64)), ""),
		refused: "invalid set of literal and length codes", python: dataError + "invalid literal/lengths set",
	},
	{
		name: "too few literal codes", reason: "two of two bits",
		data:    wrap(pack(last, dynamic, codeLengths(lengths(257, 'a', 2, 256, 2), lengths(1)), "00", "01", field(0, 64)), "a"),
		refused: "invalid set of literal and length codes", python: dataError + "invalid literal/lengths set",
	},
	{
		name: "too many distance codes", reason: "three of one bit",
		data:    wrap(pack(last, dynamic, codeLengths(lengths(257, 'a', 1, 256, 1), lengths(3, 0, 1, 1, 1, 2, 1)), "0", "1"), "a"),
		refused: "invalid set of distance codes", python: dataError + "invalid distances set",
	},
	{
		name: "too few distance codes", reason: "one of two bits: alone it may only have one",
		data:    wrap(pack(last, dynamic, codeLengths(lengths(257, 'a', 1, 256, 1), lengths(1, 0, 2)), "0", "1"), "a"),
		refused: "invalid set of distance codes", python: dataError + "invalid distances set",
	},
	{
		name: "end of block alone", reason: "a code alone is let through with one bit",
		data: wrap(pack(last, dynamic, codeLengths(lengths(257, 256, 1), lengths(1)), "0"), ""),
	},
	{
		name: "end of block alone, other bit", reason: "no code starts with it",
		data:    wrap(pack(last, dynamic, codeLengths(lengths(257, 256, 1), lengths(1)), "1", field(0, 64)), ""),
		refused: "invalid literal or length", python: dataError + "invalid literal/length code",
	},
	{
		name: "one distance", reason: "a code alone is let through with one bit",
		data: wrap(pack(last, dynamic, codeLengths(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(1, 0, 1)),
			"10", "0", "0", "11"), "aaaa"),
		content: "aaaa",
	},
	{
		name: "one distance, other bit", reason: "no code starts with it",
		data: wrap(pack(last, dynamic, codeLengths(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(1, 0, 1)),
			"10", "0", "1", "11", field(0, 64)), "aaaa"),
		refused: "invalid distance", python: dataError + "invalid distance code",
	},
	{
		name: "no distances, none used", reason: "a block of literals needs no distances",
		data:    wrap(pack(last, dynamic, codeLengths(lengths(257, 'a', 1, 256, 1), lengths(1)), "0", "1"), "a"),
		content: "a",
	},
	{
		name: "no distances, one used", reason: "a length needs a distance",
		data: wrap(pack(last, dynamic, codeLengths(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(1)),
			"10", "0", "0", "11", field(0, 64)), "aaaa"),
		refused: "invalid distance", python: dataError + "invalid distance code",
	},
	{
		name: "codes of 15 bits", reason: "longer than any table is wide",
		data: wrap(pack(
			last, dynamic,
			codeLengths(
				lengths(259, 'a', 1, 'b', 2, 'c', 3, 'd', 4, 'e', 5, 'f', 6, 'g', 7, 'h', 8, 'i', 9, 'j', 10, 'k', 11,
					'l', 12, 'm', 13, 'n', 14, 256, 15, 258, 15),
				lengths(16, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 15),
			),
			"0", "10", "110", strings.Repeat("1", 13)+"0", // a, b, c, n
			strings.Repeat("1", 15), strings.Repeat("1", 3)+"0", // length 4, distance 4
			strings.Repeat("1", 14)+"0",
		), "abcnabcn"),
		content: "abcnabcn",
	},

	// Symbols.
	{
		name: "length symbol 286", reason: "it has a fixed code and no meaning",
		data:    wrap(pack(last, fixed, fixedA, huffman(0b11000110, 8), field(0, 64)), "a"),
		refused: "invalid literal or length", python: dataError + "invalid literal/length code",
	},
	{
		name: "length symbol 287", reason: "it has a fixed code and no meaning",
		data:    wrap(pack(last, fixed, fixedA, huffman(0b11000111, 8), field(0, 64)), "a"),
		refused: "invalid literal or length", python: dataError + "invalid literal/length code",
	},
	{
		name: "distance symbol 30", reason: "it has a fixed code and no meaning",
		data:    wrap(pack(last, fixed, fixedA, fixedLen3, huffman(30, 5), field(0, 64)), "a"),
		refused: "invalid distance", python: dataError + "invalid distance code",
	},
	{
		name: "distance symbol 31", reason: "it has a fixed code and no meaning",
		data:    wrap(pack(last, fixed, fixedA, fixedLen3, huffman(31, 5), field(0, 64)), "a"),
		refused: "invalid distance", python: dataError + "invalid distance code",
	},
	{
		name: "distance into nothing", reason: "there is no output yet",
		data:    wrap(pack(last, fixed, fixedLen3, fixedDist1, fixedEnd), ""),
		refused: "distance beyond the start of the output", python: dataError + "invalid distance too far back",
	},
	{
		name: "distance by one too far", reason: "there is one byte of output",
		data:    wrap(pack(last, fixed, fixedA, fixedLen3, fixedDist2, fixedEnd, field(0, 64)), "a"),
		refused: "distance beyond the start of the output", python: dataError + "invalid distance too far back",
	},
	{
		name: "longest match", reason: "length 258 has a symbol of its own",
		data:    wrap(pack(last, fixed, fixedA, huffman(0b11000101, 8), fixedDist1, fixedEnd), strings.Repeat("a", 259)),
		content: strings.Repeat("a", 259),
	},
	{
		name: "length 258 in another way", reason: "symbol 284 with all its extra bits",
		data:    wrap(pack(last, fixed, fixedA, huffman(0b11000100, 8), field(31, 5), fixedDist1, fixedEnd), strings.Repeat("a", 259)),
		content: strings.Repeat("a", 259),
	},

	// Ends.
	{
		name: "end of block missing", reason: "the data is cut in the middle of a block",
		data:    append([]byte{0x78, 0x9c}, pack(last, fixed, fixedA)...),
		refused: "truncated", python: incomplete,
	},
	{
		name: "last block missing", reason: "no block says that it is the last",
		data:    append([]byte{0x78, 0x9c}, pack(notLast, stored, "00000", field(0, 16), field(0xffff, 16))...),
		refused: "truncated", python: incomplete,
	},
	{
		name: "checksum missing", reason: "it belongs to the stream",
		data:    append([]byte{0x78, 0x9c}, pack(last, fixed, fixedEnd)...),
		refused: "truncated", python: incomplete,
	},
	{
		name: "checksum cut", reason: "it has four bytes",
		data:    append([]byte{0x78, 0x9c}, append(pack(last, fixed, fixedEnd), 0, 0, 0)...),
		refused: "truncated", python: incomplete,
	},
	{
		name: "wrong checksum", reason: "it belongs to another content",
		data:    wrap(pack(last, fixed, fixedA, fixedEnd), "b"),
		refused: "wrong checksum", python: dataError + "incorrect data check",
	},
	{
		name: "bytes after the end", reason: "they are ignored, be they a second stream",
		data:    append(wrap(pack(last, fixed, fixedA, fixedEnd), "a"), wrap(pack(last, fixed, fixedA, fixedEnd), "b")...),
		content: "a",
	},
}

func TestStreams(t *testing.T) {
	for _, test := range streamTests {
		t.Run(test.name, func(t *testing.T) {
			got, err := zlib.AppendDecompress(nil, test.data, 1000)
			if test.refused != "" {
				if !errors.Is(err, zlib.ErrCorrupt) || err.Error() != "zlib: corrupt data: "+test.refused {
					t.Fatalf("%s: got %q, %v; want %s", test.reason, got, err, test.refused)
				}
				if errors.Is(err, zlib.ErrLimit) || len(got) > 0 {
					t.Fatalf("%s: got %q, %v", test.reason, got, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", test.reason, err)
			}
			if diff := cmp.Diff(test.content, string(got)); diff != "" {
				t.Fatalf("%s: (-want +got)\n%s", test.reason, diff)
			}
		})
	}
}

// TestStreamsPython checks the table of streams against Python.
func TestStreamsPython(t *testing.T) {
	var inputs [][]byte
	for _, test := range streamTests {
		inputs = append(inputs, test.data)
	}
	for i, result := range pythonDecompress(t, inputs) {
		test := streamTests[i]
		if diff := cmp.Diff(test.python, result.err); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
		if diff := cmp.Diff(test.content, string(result.out)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}
