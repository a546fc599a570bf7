package paste

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/base62"
	"github.com/seed-52756201/saltine/internal/pybase64"
	"github.com/seed-52756201/saltine/internal/pyjson"
	"github.com/seed-52756201/saltine/internal/zlib"
)

// The limits of tokens and payloads are those of saltine.Options.
const (
	MaxToken   = 64 << 10
	MaxPayload = 1 << 20
)

// Parts are the parts of a signed value, as they stand there.
type Parts struct {
	Body      string // what is signed, without the timestamp
	Stamped   bool
	SignedAt  time.Time
	Signature string // empty where there is no separator
}

// Split takes a value apart from the right, as Django does. What stands before the
// signature is a timestamp if it can be one.
func Split(value, separator string) Parts {
	at := strings.LastIndex(value, separator)
	if at < 0 {
		return Parts{Body: value}
	}
	p := Parts{Body: value[:at], Signature: value[at+len(separator):]}
	at = strings.LastIndex(p.Body, separator)
	if at < 0 {
		return p
	}
	sec, _, ok := base62.Parse(p.Body[at+len(separator):])
	if !ok {
		return p
	}
	const far = 1 << 50 // package time calculates with such times
	p.Stamped, p.SignedAt = true, time.Unix(min(max(sec, -far), far), 0)
	p.Body = p.Body[:at]
	return p
}

// NoTime reports whether a time of a signature is one that Django does not write: beyond
// year 2200.
func (p Parts) NoTime() bool {
	const year2200 = 7258118400
	return p.Stamped && p.SignedAt.Unix() >= year2200
}

// NextTime says what to do about such a time.
const NextTime = "look at the program that signs: the time is int(time.time()) in base 62, six characters"

// NotTime says of Unix seconds what is wrong with them.
func NotTime(sec int64) string {
	text := fmt.Sprintf("the time in it, %d, is none of Django's, which writes seconds", sec)
	if thousandth := sec / 1000; thousandth > 1e9 && thousandth < 4e9 {
		text += ": it is one in milliseconds (" + date(thousandth) + ")"
	}
	return text
}

// Age tells a duration in its two largest units.
func Age(d time.Duration) string {
	sec := int64(d.Abs() / time.Second)
	units := []struct {
		name string
		size int64
	}{{"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}}
	for i, u := range units {
		n := sec / u.size
		if n == 0 && u.size > 1 {
			continue
		}
		text := Plural(n, u.name)
		if u.size > 1 {
			next := units[i+1]
			if m := sec % u.size / next.size; m > 0 {
				text += " " + Plural(m, next.name)
			}
		}
		return text
	}
	return ""
}

// Plural counts things.
func Plural(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

const (
	digits       = "0123456789"
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	upperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	hexDigits    = "0123456789abcdef"
	base62Digits = digits + upperLetters + lowerLetters
	urlAlphabet  = base62Digits + "-_"
	stdAlphabet  = base62Digits + "+/"
)

// consists reports whether s is made of the characters of a set, and has some.
func consists(s, set string) bool { return s != "" && strings.Trim(s, set) == "" }

// algorithmNames are Django's algorithms in Python's hashlib.
var algorithmNames = [...]string{
	"sha256", "md5", "sha1", "sha224", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s",
}

// AlgorithmNames returns the names of Django's algorithms, sha256 first. The caller owns
// the slice.
func AlgorithmNames() []string { return slices.Clone(algorithmNames[:]) }

// Signers returns the names of the algorithms whose signatures have this length, in
// characters: base64 without padding. The hashes need not be linked.
func Signers(length int) []string {
	var names []string
	for _, name := range algorithmNames {
		if hash, err := saltine.AlgorithmByName(name); err == nil && (hash.Size()*8+5)/6 == length {
			names = append(names, name)
		}
	}
	return names
}

// IsSignature reports whether s can be the signature of any algorithm.
// Hexadecimal is none: Django writes base64.
func IsSignature(s string) bool {
	return consists(s, urlAlphabet) && len(Signers(len(s))) > 0 && !consists(s, hexDigits)
}

// Payload is what an envelope holds, if the body of a value is one.
type Payload struct {
	Text       string
	Canonical  string // JSON in Python's form; empty where the text is none
	Pickle     bool
	Compressed bool
	Packed     int // bytes before inflating, if compressed
}

// Unpack opens an envelope. Text of a TimestampSigner is none: it decodes to neither JSON
// nor a pickle. The error is of kind saltine.ErrTooLarge.
func Unpack(body string) (p Payload, ok bool, err error) {
	envelope, compressed := strings.CutPrefix(body, ".")
	data, bad := pybase64.AppendDecode(nil, envelope)
	packed := len(data)
	if compressed && bad == nil {
		data, bad = zlib.AppendDecompress(nil, data, MaxPayload)
	}
	if bad == nil {
		p = PayloadOf(string(data))
		p.Compressed, p.Packed = compressed, packed
		return p, compressed || p.Canonical != "" || p.Pickle, nil
	}
	if errors.Is(bad, zlib.ErrLimit) {
		err = &saltine.SizeError{What: "payload", Size: MaxPayload + 1, Limit: MaxPayload}
	}
	return Payload{}, false, err
}

// PayloadOf returns a payload that may be JSON or a pickle.
func PayloadOf(text string) Payload {
	form, _ := Canonical(text)
	return Payload{Text: text, Canonical: form, Pickle: isPickle(text)}
}

// isPickle knows a pickle since protocol 2 by its first opcode and its last.
func isPickle(s string) bool { return len(s) > 2 && s[0] == 0x80 && s[1] < 6 && s[len(s)-1] == '.' }

// Canonical returns a payload in Python's own form: ASCII, no spaces. ok is false for a
// payload that is not JSON.
func Canonical(payload string) (text string, ok bool) {
	if pyjson.Check(payload) != nil {
		return "", false
	}
	out, err := pyjson.Append(nil, json.RawMessage(Latin1(payload)))
	return string(out), err == nil
}

// Latin1 returns the characters of bytes that Python decodes as latin-1.
func Latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// HexSigned splits what Django before 3.1 signed in hexadecimal, with SHA-1.
func HexSigned(s, separator string) (digest, text string, ok bool) {
	const length = 40
	if len(s) <= length || !consists(s[:length], hexDigits) {
		return "", "", false
	}
	text, ok = strings.CutPrefix(s[length:], separator)
	return s[:length], text, ok
}

// OldData decodes the text of django_session.session_data before Django 3.1, which
// HexSigned splits at a colon. Django 1.4 broke its lines.
func OldData(s string) (string, bool) {
	data, err := base64.StdEncoding.DecodeString(s)
	return string(data), err == nil && len(data) > 0
}

// decode64 decodes base64 of either alphabet, with or without padding, and nothing else.
func decode64(s string) (string, bool) {
	s = strings.TrimRight(s, "=")
	if s == "" || len(s)%4 == 1 || !consists(s, urlAlphabet+"+/") {
		return "", false
	}
	s = strings.NewReplacer("+", "-", "/", "_").Replace(s)
	data, err := base64.RawURLEncoding.DecodeString(s)
	return string(data), err == nil
}

// isText reports whether s is what a person could read: JSON, names, numbers.
func isText(s string) bool {
	for i := range len(s) {
		if (s[i] < ' ' && !strings.ContainsRune("\t\r\n", rune(s[i]))) || s[i] > '~' {
			return false
		}
	}
	return s != ""
}
