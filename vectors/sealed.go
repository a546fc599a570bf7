package vectors

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

//go:embed sealed.json
var sealedJSON []byte

// Sealed returns the tests of sealed.json: sessions and values that package sealed, or
// its counterpart for Django, encrypted.
func Sealed() ([]SealedTest, error) { return parseSealed(sealedJSON) }

// SealedTest is one text that was sealed. It has one fault at most.
type SealedTest struct {
	ID         int
	Comment    string   // the fault, or what is special
	Maker      string   // "go" or "python"
	Key        string   // opens first
	Fallbacks  []string // open after it
	Salt       string
	Name       *string // nil: a session; else a value of that name
	Now        int     // clock, in Unix seconds
	PlainUntil int     // what is not sealed is accepted before; 0: never
	Payload    []byte  // what was sealed, or not
	Result     Result  // Valid or Malformed
	Text       string  // JSON, for Valid
	KeyIndex   int     // of the key that opens it: 0 for Key and plain payloads, n for the nth fallback
	Plain      bool    // accepted without being sealed
}

func parseSealed(data []byte) ([]SealedTest, error) {
	raw, err := document(data)
	if err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	o := newObject(raw)
	required(o, "source", filled)
	required(o, "schema", list(text))
	count := required(o, "count", scalar[int])
	tests := required(o, "tests", list(parseSealedTest))
	if err := o.end(); err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	if count != len(tests) {
		return nil, fmt.Errorf("vectors: count is %d, but there are %d tests", count, len(tests))
	}
	for i, t := range tests {
		if t.ID != i+1 {
			return nil, fmt.Errorf("vectors: test %d has the id %d", i+1, t.ID)
		}
	}
	return tests, nil
}

func parseSealedTest(raw json.RawMessage) (SealedTest, error) {
	o := newObject(raw)
	t := SealedTest{
		ID:         required(o, "id", scalar[int]),
		Comment:    required(o, "comment", filled),
		Maker:      required(o, "maker", oneOf("go", "python")),
		Key:        required(o, "key", filled),
		Fallbacks:  required(o, "fallbacks", list(filled)),
		Salt:       required(o, "salt", filled),
		Name:       nullable(o, "name", text),
		Now:        required(o, "now", scalar[int]),
		PlainUntil: required(o, "plain_until", scalar[int]),
		Payload:    required(o, "payload", base64url),
		Result:     required(o, "result", oneOf(Valid, Malformed)),
	}
	if t.Result == Valid {
		t.Text = required(o, "text", filled)
		t.KeyIndex = required(o, "key_index", scalar[int])
		t.Plain = required(o, "plain", scalar[bool])
	}
	if t.KeyIndex < 0 || t.KeyIndex > len(t.Fallbacks) {
		o.fail("key_index %d is of no key", t.KeyIndex)
	}
	return t, o.end()
}

// base64url reads bytes in URL-safe base64 without padding.
func base64url(raw json.RawMessage) ([]byte, error) {
	s, err := text(raw)
	if err != nil {
		return nil, err
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}
