package interop_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
)

// What an own key signs and nobody writes: the parts of a token, each of them
// odd now and then. Every function takes the part it may spoil.

// mutate changes a token that was good in one place or a few.
func mutate(r *rand.Rand, token string) string {
	b := []byte(token)
	for range pick(r, 1, 1, 1, 2, 5) {
		b = mutateOnce(r, b)
	}
	return string(b)
}

func mutateOnce(r *rand.Rand, b []byte) []byte {
	if len(b) == 0 {
		return []byte(oddCharacter(r))
	}
	at := r.IntN(len(b))
	switch r.IntN(8) {
	case 0:
		b[at] ^= 1 << r.IntN(8)
	case 1:
		b[at] = byte(r.IntN(256))
	case 2:
		return slices.Delete(b, at, at+1)
	case 3:
		return slices.Insert(b, at, []byte(oddCharacter(r))...)
	case 4:
		return b[:at]
	case 5:
		return append(b, oddCharacter(r)...)
	case 6:
		return append([]byte(oddCharacter(r)), b...)
	default:
		b[at], b[0] = b[0], b[at]
	}
	return b
}

// oddCharacters is what base64, base 62 or JSON takes for something else than a
// letter, or that someone else's base64 would take.
var oddCharacters = []string{
	" ", "\n", "\r\n", "\t", "\x00", ".", ":", "=", "==", "+", "/", "-", "_", "\"", "é", "٣", "\u2028", "😀", "A",
}

func oddCharacter(r *rand.Rand) string { return pick(r, oddCharacters...) }

// craft returns a text to be signed: an envelope, the separator and a timestamp.
func craft(r *rand.Rand, stamp string) string {
	payload := craftJSON(r)
	prefix, dot := "", ""
	if r.IntN(10) == 0 {
		prefix = oddCharacter(r)
	}
	if r.IntN(2) == 0 {
		dot = pick(r, ".", ".", ".", ".", ".", ".", ".", "..", "")
		payload = craftDeflated(r, payload)
	}
	return prefix + dot + craftBase64(r, payload) + ":" + craftStamp(r, stamp)
}

// craftStamp mostly returns the stamp given. It stays below the 4300 decimal
// digits at which Django through 3.2, but not later, refuses a stamp.
func craftStamp(r *rand.Rand, stamp string) string {
	if r.IntN(4) > 0 {
		return stamp
	}
	return pick(r,
		"", "0", "-", "-0", "--1", "-1", "+1", "00000"+stamp, "-"+stamp, " "+stamp, stamp+" ", stamp+"\n", stamp+"=",
		"_", "٣", "1.0", "zzzzzz", "zzzzzzzzzzz", "aZl8N0y58M7", "aZl8N0y58M8", "-aZl8N0y58M8", "-aZl8N0y58M9",
		strings.Repeat("z", 171), strings.Repeat("z", 172), strings.Repeat("z", 173), "-"+strings.Repeat("z", 400),
		strings.Repeat("0", 300)+stamp, stamp+":"+stamp, ":"+stamp,
		string(mutateOnce(r, []byte(stamp)[:1+r.IntN(len(stamp))])),
	)
}

// craftBase64 encodes payload, canonically or with the liberties that Python's
// base64 takes or refuses.
func craftBase64(r *rand.Rand, payload []byte) string {
	text := base64.RawURLEncoding.EncodeToString(payload)
	if text == "" {
		return pick(r, "", "", "=", "A", "===", " ")
	}
	at := r.IntN(len(text) + 1)
	switch r.IntN(16) {
	case 0:
		return base64.StdEncoding.EncodeToString(payload)
	case 1:
		return base64.URLEncoding.EncodeToString(payload) + pick(r, "", "=", "AAAA", "W10", " ")
	case 2:
		return text[:at] + strings.Repeat(oddCharacter(r), 1+r.IntN(5)) + text[at:]
	case 3:
		return text[:at]
	case 4:
		return text[:at] + oddCharacter(r) + text[at:] + oddCharacter(r)
	case 5:
		last := strings.IndexByte(urlAlphabet, text[len(text)-1])
		return text[:len(text)-1] + string(urlAlphabet[last^1])
	default:
		return text
	}
}

const urlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// craftDeflated compresses payload as zlib might, or as it would not.
func craftDeflated(r *rand.Rand, payload []byte) []byte {
	stream := zlibStream(payload, r.IntN(11)-2, nil)
	switch r.IntN(16) {
	case 0:
		return stream[:r.IntN(len(stream)+1)]
	case 1:
		return append(stream, pick(r, "trailing", "\x00", string(stream))...)
	case 2:
		stream[r.IntN(len(stream))] ^= 1 << r.IntN(8)
		return stream
	case 3:
		return stream[2 : len(stream)-4]
	case 4:
		return gzipStream(payload)
	case 5:
		return zlibStream(payload, 9, []byte(`{"a":1,"n":`))
	case 6:
		return withHeader(stream, byte(r.IntN(16)), pick(r, byte(8), 8, 8, 7, 0), pick(r, byte(0), 0, 0x20, 0xC0))
	case 7:
		return []byte(oddCharacter(r))
	default:
		return stream
	}
}

// withHeader replaces the header of a zlib stream; its check bits are right.
func withHeader(stream []byte, window, method, flags byte) []byte {
	stream[0], stream[1] = window<<4|method, flags
	if rest := (uint(stream[0])<<8 | uint(stream[1])) % 31; rest != 0 {
		stream[1] += byte(31 - rest)
	}
	return stream
}

// The writers below write to a buffer, with levels that exist: they cannot fail.

func zlibStream(payload []byte, level int, dictionary []byte) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevelDict(&b, level, dictionary)
	return written(&b, w, payload)
}

func gzipStream(payload []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, flate.BestCompression)
	return written(&b, w, payload)
}

func written(b *bytes.Buffer, w io.WriteCloser, payload []byte) []byte {
	w.Write(payload) //nolint:errcheck // see above
	w.Close()        //nolint:errcheck // see above
	return b.Bytes()
}

// craftJSON returns session data, one of the texts that JSON readers disagree
// about, or either of them spoiled.
func craftJSON(r *rand.Rand) []byte {
	text := pick(r, jsonText(generateSession(r)), `{"a": `+pick(r, oddJSON...)+`}`, pick(r, oddJSON...))
	text = latin1(text)
	switch r.IntN(8) {
	case 0:
		return []byte(mutate(r, text))
	case 1:
		space := pick(r, " ", "\n", "\t\r", "\f", "\v", "\xa0", "\xef\xbb\xbf", "\x00")
		return []byte(pick(r, space+text, text+space, space+text+space))
	default:
		return []byte(text)
	}
}

// latin1 keeps the bytes below 0x100 that a text means, where it means such.
func latin1(text string) string {
	var b []byte
	for _, c := range text {
		if c > 0xFF {
			return text
		}
		b = append(b, byte(c))
	}
	return string(b)
}

var oddJSON = []string{
	// other values at the top, and nothing
	``, `[]`, `null`, `"text"`, `7`, `true`, `{}`, `[[],{}]`, `tru`, `True`, `None`, `nul`, `{`, `[`, `}`, `"`,
	// commas, colons, comments, quotes
	`[1,]`, `[,1]`, `{"a":1,}`, `{,}`, `{"a"}`, `{"a":}`, `{a:1}`, `{'a':1}`, `{1:1}`, `[1 2]`, `{"a":1 "b":2}`, `{}{}`, `[]//`, `/**/[]`, `{"a" : 1 , "b" : [ 1 , 2 ] }`,
	// repeated keys, the empty one, keys that are equal only in Go
	`{"a":1,"a":2}`, `{"a":1,"b":2,"\u0061":3}`, `{"":1,"":{}}`, `{"\ud800":1,"\udfff":2,"\ufffd":3}`,
	// integers
	`0`, `-0`, `00`, `01`, `-01`, `-`, `+1`, `0x10`, `1_000`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775808`, `-9223372036854775809`,
	strings.Repeat("9", 400), strings.Repeat("9", 4300), strings.Repeat("9", 4301), "-" + strings.Repeat("9", 4300), "-" + strings.Repeat("9", 4301), "1" + strings.Repeat("0", 4300) + ".0",
	// floats
	`0.0`, `-0.0`, `-0e0`, `1.`, `.5`, `1.e5`, `1e`, `1e+`, `1E5`, `1e05`, `1E+05`, `1e400`, `-1e400`, `1e-400`, `5e-324`, `2e-324`, `2.4703282292062327e-324`, `2.4703282292062328e-324`,
	`1.7976931348623157e308`, `1.7976931348623159e308`, `0.1`, `1.0`, `100000000000000000000000.0`, `1e16`, `1e15`, `0.0001`, `0.00001`, `1e999999999999`, `1e-999999999999`, `1.5e٣`,
	"0." + strings.Repeat("0", 500) + "1", strings.Repeat("1", 310) + ".5", `9007199254740993.0`,
	// what is no number
	`NaN`, `Infinity`, `-Infinity`, `+Infinity`, `-NaN`, `nan`, `Inf`, `infinity`, `NaNNaN`, `Infinity1`, `[NaN,Infinity,-Infinity]`,
	// strings
	`"\u00e9"`, "\"\u00e9\"", "\"\x7f\"", "\"\x00\"", "\"\x1f\"", "\"\n\"", `"\n\r\t\b\f\/\\\""`, `"\a"`, `"\v"`, `"\x41"`, `"\0"`, `"\'"`, `"\U00000041"`, `"\u12"`, `"\u12G4"`, `"\u+123"`, `"\u 123"`, `"\u0x12"`, `"\uFFFF"`,
	`"\ud83d\ude00"`, `"\uD83D\uDE00"`, `"\ud83d"`, `"\ude00"`, `"\ude00\ud83d"`, `"\ud83d\ud83d\ude00"`, `"\ud83d\u0041"`, `"\ud83dA"`, `"\ud83d\n"`, `"\ud83d\ude0"`, `"\ud83d\uDE0G"`, "\"\u0080\u00ff\"", `"\u2028\u2029<>&"`, `"abc`, `"abc\`, `"abc\"`,
	// depth, far from where a recursion limit would be
	strings.Repeat("[", 300) + strings.Repeat("]", 300), strings.Repeat("[", 3000) + strings.Repeat("]", 3000), strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300), strings.Repeat("[", 300),
	// the keys that sessions give a meaning
	`{"_session_expiry":0}`, `{"_session_expiry":"2023"}`, `{"_language":"de"}`, `{"testcookie":"worked"}`,
	// a pickle
	"\u0080\u0004}\u0094.",
}
