// Package vectors holds what real Django did with signed values and signed-cookie sessions, as data that any implementation can be
// tested against.
//
// It depends on the standard library alone and knows nothing of saltine, so a test of another library may import it:
//
//	file, err := vectors.Django()
//	for _, g := range file.Groups {
//		for _, t := range g.Tests {
//			// Read t.Cookie with g.KeyBytes(), g.SaltFor(&t) and the clock at t.Time(), and expect t.Result.
//		}
//	}
//
// The files are read strictly: a field that is missing, unknown, repeated or of another type is an error that names its place. The
// README beside this file describes the format field by field, says where the data come from, and how to add to them.
//
// Every function decodes anew and returns values the caller owns; all are safe for concurrent use.
package vectors

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

//go:embed django.json
var djangoJSON []byte

// Django returns the signed values of django.json.
func Django() (*File, error) { return Parse(djangoJSON) }

// File is a file of signed values.
type File struct {
	Source string   // where the values come from, in one line
	Schema []string // the rules of the format, as the file states them
	Count  int      // number of tests in all groups
	Groups []Group
}

// Kind names the part of Django that wrote and read the values of a group.
type Kind string

// The kinds of group.
const (
	KindSigner          Kind = "signer"           // Signer.sign, unsign, sign_object, unsign_object
	KindTimestampSigner Kind = "timestamp_signer" // the same of TimestampSigner
	KindSigningDumps    Kind = "signing_dumps"    // signing.dumps and loads
	KindSession         Kind = "session"          // SessionStore of the signed_cookies backend
	KindSessionData     Kind = "session_data"     // SessionBase.encode and decode, the text of django_session.session_data
	KindSignedCookie    Kind = "signed_cookie"    // HttpResponse.set_signed_cookie and HttpRequest.get_signed_cookie
	KindMessages        Kind = "messages"         // CookieStorage of django.contrib.messages
)

// Result is what came of reading a value.
type Result string

// The results. In groups of kind session_data and messages Django hides the reason, and BadSignature stands for any refusal.
const (
	Valid        Result = "valid"
	BadSignature Result = "bad_signature" // django.core.signing.BadSignature
	Expired      Result = "expired"       // django.core.signing.SignatureExpired
	Malformed    Result = "malformed"     // any other exception, or no cookie at all
)

// Group is a set of tests that share a Django version, a signer and its keys. A string is empty where the file has no such field.
type Group struct {
	Source          string // the Django and Python version, and the call
	Kind            Kind
	Algorithm       string // name in Python's hashlib
	LegacyAlgorithm string // accepted as well when reading
	Key             string // exactly one of Key and KeyHex is set
	KeyHex          string
	KeyPrefix       string // goes before the key and before each fallback key
	FallbackKeys    []string
	Salt            *string // nil in kind signed_cookie, where SaltRule makes it
	EffectiveSalt   string  // what Django used in place of an empty salt
	SaltRule        string  // kind signed_cookie only
	Sep             string  // empty only in the construction tests of kind signer, which have a Sep each
	Serializer      string  // "pickle", or empty for JSON
	Format          string  // kinds session_data and messages: how the text is put together
	Object          bool    // kind signer: every value was made by sign_object
	Comment         string

	EnforcesSessionExpiry bool  // kind session: load checks _session_expiry in place of the cookie age
	LegacySaltFallback    *bool // kind signed_cookie: SIGNED_COOKIE_LEGACY_SALT_FALLBACK; nil where Django has no such setting

	Tests []Test
}

// Test is one value and what Django made of it.
type Test struct {
	ID      int // unique in the file
	Comment string
	Flags   []string

	Cookie    string   // the exact text; empty in construction tests
	Now       float64  // clock while reading, in Unix seconds
	MaxAge    *float64 // seconds; nil: no age check
	Timestamp *big.Int // Unix seconds of the signature; nil where there is none, or none to trust. 2**63 occurs

	Result           Result
	Exception        string // class of the Python exception, empty if none was seen
	ExceptionMessage string

	Data       json.RawMessage // the value, as the file writes it; nil where absent, "null" for None. Lone surrogates stay escapes
	DataRepr   string          // its Python repr, where JSON cannot hold it
	RawPayload *string         // the serialized text; nil where the serializer was not reached. Payload gives its bytes
	Compressed *bool           // whether Cookie starts with the dot of a compressed payload; nil where not recorded

	// Kind session. Nil in the group of pickles.
	ModifiedAfterLoad    *bool // session.modified right after the load
	ExceptionEscapesLoad *bool // the exception reached the view, as it could before Django 1.9

	// Kind signing_dumps.
	InputRepr  string // Python repr of what was signed, where reading gives another value
	JSONLen    *int   // bytes before compression
	ZlibLen    *int   // bytes after compression, by zlib 1.2.13 at level 6
	PayloadLen *int   // bytes of the serialized text

	// Kind signed_cookie.
	CookieName string
	CookieSalt string // the salt argument

	Sep *string // construction tests of kind signer: the separator given; Malformed means it was refused

	text bool // RawPayload is text, not bytes
}

// KeyBytes returns the main key: KeyPrefix, then Key as UTF-8 or KeyHex decoded.
func (g *Group) KeyBytes() []byte {
	if g.KeyHex == "" {
		return []byte(g.KeyPrefix + g.Key)
	}
	key, err := hex.DecodeString(g.KeyHex)
	if err != nil { // not in a group that Parse returned
		return nil
	}
	return append([]byte(g.KeyPrefix), key...)
}

// FallbackKeyBytes returns the fallback keys in the order Django tries them, each with KeyPrefix before it.
func (g *Group) FallbackKeyBytes() [][]byte {
	keys := make([][]byte, len(g.FallbackKeys))
	for i, key := range g.FallbackKeys {
		keys[i] = []byte(g.KeyPrefix + key)
	}
	return keys
}

// SaltFor returns the salt t is signed with, without the "signer" that Django appends: EffectiveSalt or Salt, and in kind signed_cookie what
// SaltRule makes of the cookie's name and salt.
func (g *Group) SaltFor(t *Test) string {
	switch {
	case g.SaltRule == saltRuleJoined:
		return t.CookieName + t.CookieSalt
	case g.SaltRule == saltRuleCounted:
		return "django.http.cookies.v2:" + strconv.Itoa(utf8.RuneCountInString(t.CookieSalt)) + ":" + t.CookieSalt + t.CookieName
	case g.EffectiveSalt != "":
		return g.EffectiveSalt
	case g.Salt != nil:
		return *g.Salt
	}
	return ""
}

// Payload returns the bytes of RawPayload, nil where that is nil. Where a text was signed as it is (kinds signer and timestamp_signer
// without the flag sign_object) they are its UTF-8; everywhere else each character is one byte.
func (t *Test) Payload() []byte {
	switch {
	case t.RawPayload == nil:
		return nil
	case t.text:
		return []byte(*t.RawPayload)
	}
	payload := make([]byte, 0, len(*t.RawPayload))
	for _, r := range *t.RawPayload {
		payload = append(payload, byte(r))
	}
	return payload
}

// Has reports whether flag is among the test's flags.
func (t *Test) Has(flag string) bool { return slices.Contains(t.Flags, flag) }

// Time returns Now in UTC, to the nanosecond. The sum of its Unix seconds and their fraction as float64 is Now again, exactly.
func (t *Test) Time() time.Time {
	sec := math.Floor(t.Now)
	return time.Unix(int64(sec), int64(math.Round((t.Now-sec)*1e9))).UTC()
}
