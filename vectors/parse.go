package vectors

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
)

// The two rules for the salt of a signed cookie: to Django 5.2.14 and 6.0.5, and after.
const (
	saltRuleJoined  = "{name}{salt}"
	saltRuleCounted = "django.http.cookies.v2:{len(salt)}:{salt}{name}"
)

var (
	readKind      = oneOf(KindSigner, KindTimestampSigner, KindSigningDumps, KindSession, KindSessionData, KindSignedCookie, KindMessages)
	readResult    = oneOf(Valid, BadSignature, Expired, Malformed)
	readAlgorithm = oneOf("md5", "sha1", "sha224", "sha256", "sha384", "sha512",
		"sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s")
	readSaltRule   = oneOf(saltRuleJoined, saltRuleCounted)
	readSerializer = oneOf("pickle")
)

// Parse reads a file of signed values in the format of django.json. It accepts nothing that the format does not name: the error says which
// group (counted from 0, with its source) and which test is at fault.
func Parse(data []byte) (*File, error) {
	raw, err := document(data)
	if err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	o := newObject(raw)
	f := &File{
		Source: required(o, "source", filled),
		Schema: required(o, "schema", list(text)),
		Count:  required(o, "count", scalar[int]),
	}
	groups := required(o, "groups", list(verbatim))
	if err := o.end(); err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	if err := f.parseGroups(groups); err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	return f, nil
}

func (f *File) parseGroups(groups []json.RawMessage) error {
	seen := map[int]bool{}
	for i, raw := range groups {
		g, err := parseGroup(raw)
		if err != nil {
			return fmt.Errorf("group %d (%s): %w", i, g.Source, err)
		}
		for _, t := range g.Tests {
			if seen[t.ID] {
				return fmt.Errorf("group %d (%s): test %d: duplicate id", i, g.Source, t.ID)
			}
			seen[t.ID] = true
		}
		f.Groups = append(f.Groups, g)
	}
	if f.Count != len(seen) {
		return fmt.Errorf("count is %d, but there are %d tests", f.Count, len(seen))
	}
	return nil
}

// parseGroup returns what it has of the group beside an error, for the source in the message.
func parseGroup(raw json.RawMessage) (Group, error) {
	o := newObject(raw)
	g := Group{
		Source:          required(o, "source", filled),
		Kind:            required(o, "kind", readKind),
		Algorithm:       required(o, "algorithm", readAlgorithm),
		LegacyAlgorithm: orZero(optional(o, "legacy_algorithm", readAlgorithm)),
		Key:             orZero(optional(o, "key", filled)),
		KeyHex:          orZero(optional(o, "key_hex", hexText)),
		KeyPrefix:       orZero(optional(o, "key_prefix", filled)),
		FallbackKeys:    required(o, "fallback_keys", list(filled)),
		Salt:            nullable(o, "salt", text),
		EffectiveSalt:   orZero(optional(o, "effective_salt", filled)),
		Sep:             orZero(nullable(o, "sep", filled)),
		Serializer:      orZero(optional(o, "serializer", readSerializer)),
		Comment:         orZero(optional(o, "comment", filled)),
	}
	g.parseKindFields(o)
	tests := required(o, "tests", list(verbatim))
	err := o.end()
	if err == nil {
		err = g.check(tests)
	}
	if err != nil {
		return g, err
	}
	for i, raw := range tests {
		t, err := g.parseTest(raw)
		if err != nil && t.ID == 0 {
			return g, fmt.Errorf("test at index %d: %w", i, err)
		}
		if err != nil {
			return g, fmt.Errorf("test %d: %w", t.ID, err)
		}
		g.Tests = append(g.Tests, t)
	}
	return g, nil
}

// parseKindFields takes the fields that only groups of one kind have. In another kind they are left over, and so unknown.
func (g *Group) parseKindFields(o *object) {
	switch g.Kind {
	case KindSigner:
		g.Object = orZero(optional(o, "object", scalar[bool]))
	case KindSession:
		g.EnforcesSessionExpiry = required(o, "enforces_session_expiry", scalar[bool])
	case KindSessionData, KindMessages:
		g.Format = required(o, "format", filled)
	case KindSignedCookie:
		g.SaltRule = required(o, "salt_rule", readSaltRule)
		g.LegacySaltFallback = nullable(o, "legacy_salt_fallback", scalar[bool])
	}
}

func (g *Group) check(tests []json.RawMessage) error {
	switch {
	case (g.Key == "") == (g.KeyHex == ""):
		return errors.New("one of the fields \"key\" and \"key_hex\" must be there")
	case (g.Salt == nil) != (g.Kind == KindSignedCookie):
		return errors.New("field \"salt\" is null in kind signed_cookie, and nowhere else")
	case g.Sep == "" && g.Kind != KindSigner:
		return errors.New("field \"sep\" is null outside kind signer")
	case len(tests) == 0:
		return errors.New("no tests")
	}
	return nil
}

// parseTest returns what it has of the test beside an error, for the id in the message.
func (g *Group) parseTest(raw json.RawMessage) (Test, error) {
	o := newObject(raw)
	t := Test{
		ID:         required(o, "id", positive),
		Comment:    required(o, "comment", filled),
		Flags:      required(o, "flags", list(filled)),
		Now:        required(o, "now", scalar[float64]),
		MaxAge:     nullable(o, "max_age", scalar[float64]),
		Timestamp:  orZero(nullable(o, "timestamp", integer)),
		Result:     required(o, "result", readResult),
		Data:       orZero(optional(o, "data", verbatim)),
		RawPayload: nullable(o, "raw_payload", text),
		Compressed: optional(o, "compressed", scalar[bool]),
	}
	if o.has("exception") || o.has("exception_message") {
		t.Exception = required(o, "exception", filled)
		t.ExceptionMessage = required(o, "exception_message", text)
	}
	t.parseCookie(o, g.Sep == "")
	t.parseKindFields(o, g.Kind)
	t.text = (g.Kind == KindSigner || g.Kind == KindTimestampSigner) && !t.Has("sign_object")
	err := o.end()
	if err == nil {
		err = t.check()
	}
	return t, err
}

// parseCookie takes the cookie, or in a construction test the separator in place of it.
func (t *Test) parseCookie(o *object, construction bool) {
	if !construction {
		t.Cookie = required(o, "cookie", text)
		return
	}
	sep := required(o, "sep", text)
	t.Sep = &sep
	if nullable(o, "cookie", text) != nil {
		o.fail("field %q is not null, but the group has no separator", "cookie")
	}
}

// parseKindFields takes the fields that only tests of one kind have. In another kind they are left over, and so unknown.
func (t *Test) parseKindFields(o *object, kind Kind) {
	switch kind {
	case KindSession:
		t.ModifiedAfterLoad = optional(o, "modified_after_load", scalar[bool])
		t.ExceptionEscapesLoad = optional(o, "exception_escapes_load", scalar[bool])
	case KindSigningDumps:
		t.DataRepr = orZero(optional(o, "data_repr", filled))
		t.InputRepr = orZero(optional(o, "input_repr", filled))
		t.JSONLen = optional(o, "json_len", size)
		t.ZlibLen = optional(o, "zlib_len", size)
		if o.has("payload_len") {
			t.PayloadLen = nullable(o, "payload_len", size)
		}
	case KindSignedCookie:
		t.CookieName = required(o, "cookie_name", filled)
		t.CookieSalt = required(o, "cookie_salt", text)
	}
}

func (t *Test) check() error {
	switch {
	case t.Result == Valid && (t.Data == nil) == (t.DataRepr == ""):
		return errors.New("a valid test has one of the fields \"data\" and \"data_repr\"")
	case t.Result != Valid && (t.Data != nil || t.DataRepr != ""):
		return fmt.Errorf("a value, but the result is %q", t.Result)
	case t.Result == Valid && t.Exception != "":
		return errors.New("an exception, but the result is \"valid\"")
	case !t.timeIsExact():
		return errors.New("field \"now\" is not a time to the nanosecond")
	case !t.text && t.RawPayload != nil && !isBytes(*t.RawPayload):
		return errors.New("field \"raw_payload\" has a character above U+00FF")
	}
	return nil
}

// timeIsExact reports whether Time keeps Now. Beyond 2**53 a float64 no longer counts seconds.
func (t *Test) timeIsExact() bool {
	if math.Abs(t.Now) >= 1<<53 {
		return false
	}
	at := t.Time()
	return float64(at.Unix())+float64(at.Nanosecond())/1e9 == t.Now
}

func isBytes(s string) bool {
	for _, r := range s {
		if r > 0xFF {
			return false
		}
	}
	return true
}

// integer reads a whole number of any size.
func integer(raw json.RawMessage) (*big.Int, error) {
	if n, ok := new(big.Int).SetString(string(raw), 10); ok {
		return n, nil
	}
	return nil, errors.New("not an integer")
}

func positive(raw json.RawMessage) (int, error) {
	n, err := scalar[int](raw)
	if err == nil && n < 1 {
		err = fmt.Errorf("%d is not positive", n)
	}
	return n, err
}

func size(raw json.RawMessage) (int, error) {
	n, err := scalar[int](raw)
	if err == nil && n < 0 {
		err = fmt.Errorf("%d is negative", n)
	}
	return n, err
}

func hexText(raw json.RawMessage) (string, error) {
	s, err := filled(raw)
	if err != nil {
		return "", err
	}
	_, err = hex.DecodeString(s)
	return s, err
}
