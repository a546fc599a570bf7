package main

import (
	"encoding/json"
	"testing"

	"github.com/seed-52756201/saltine/vectors"
)

func TestJudge(t *testing.T) {
	text := &vectors.Group{Kind: vectors.KindTimestampSigner, Sep: ":"}
	object := &vectors.Group{Kind: vectors.KindSigningDumps, Sep: ":"}
	pickle := &vectors.Group{Kind: vectors.KindSession, Sep: ":", Serializer: "pickle"}
	construction := &vectors.Group{Kind: vectors.KindSigner}
	valid := func(data string) *vectors.Test {
		return &vectors.Test{Result: vectors.Valid, Data: json.RawMessage(data)}
	}
	refused := answer{Result: "refused"}
	asText := func(s string) answer { return answer{Result: "valid", Text: &s} }
	asJSON := func(s string) answer { return answer{Result: "valid", JSON: &s} }
	tests := []struct {
		name, reason string
		group        *vectors.Group
		test         *vectors.Test
		answer       answer
		want         string
	}{
		{"text", "the same text", text, valid(`"a"`), asText("a"), ""},
		{"other text", "another text", text, valid(`"a"`), asText("b"), otherValue},
		{"JSON for a text", "a text was signed, not JSON", text, valid(`"a"`), asJSON(`"a"`), otherValue},
		{"object", "the same value", object, valid(`{"a": 1}`), asJSON(`{"a":1}`), ""},
		{"other object", "another value", object, valid(`{"a": 1}`), asJSON(`{"a":2}`), otherValue},
		{"text for JSON", "JSON was signed, not a text", object, valid(`"a"`), asText("a"), otherValue},
		{"refused", "Django accepts it", object, valid(`{}`), refused, refusesGood},
		{"bad signature", "Django refuses it", object, &vectors.Test{Result: vectors.BadSignature}, refused, ""},
		{"forged", "Django refuses it", object, &vectors.Test{Result: vectors.BadSignature}, asJSON("1"), acceptsBad},
		{"expired", "too old is refused", text, &vectors.Test{Result: vectors.Expired}, asText("a"), acceptsBad},
		{"malformed", "so is what cannot be read", object, &vectors.Test{Result: vectors.Malformed}, asJSON("1"), acceptsBad},
		{"pickle", "a reader of JSON must refuse it, though Django reads it", pickle, valid(`{}`), asJSON("{}"), acceptsBad},
		{"pickle refused", "as it must", pickle, valid(`{}`), refused, ""},
		{"NaN", "JSON has no word for it", object, &vectors.Test{Result: vectors.Valid, DataRepr: "nan"}, asJSON("NaN"), ""},
		{"null for NaN", "the value is lost", object, &vectors.Test{Result: vectors.Valid, DataRepr: "nan"}, asJSON("null"), otherValue},
		{"separator", "a signer was made, and there is no value", construction, valid(`null`), answer{Result: "valid"}, ""},
		{"separator refused", "Django takes it", construction, valid(`null`), refused, refusesGood},
	}
	for _, tt := range tests {
		if got := judge(tt.group, tt.test, tt.answer); got != tt.want {
			t.Errorf("%s: got %q, want %q: %s", tt.name, got, tt.want, tt.reason)
		}
	}
}

// A question holds no part of its answer.
func TestQuestionHoldsNoAnswer(t *testing.T) {
	secret := "the value"
	g := &vectors.Group{Kind: vectors.KindSigningDumps, Sep: ":", Key: "k", FallbackKeys: []string{"f"}}
	v := &vectors.Test{
		ID: 7, Result: vectors.Valid, Data: json.RawMessage(`"` + secret + `"`), RawPayload: &secret, Exception: secret, Comment: secret,
		Flags: []string{secret}, Cookie: "c",
	}
	text, err := json.Marshal(newQuestion(g, v))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":7,"kind":"signing_dumps","object":true,"cookie":"c","keys":["6b","66"],"salt":"","sep":":","algorithm":"",` +
		`"legacy_algorithm":"","now":0,"max_age":null,"session_expiry":false,"format":"","source":"","cookie_name":"","cookie_salt":"",` +
		`"accept_old_salt":false}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}
