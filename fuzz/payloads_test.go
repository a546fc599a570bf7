package fuzz_test

import (
	"strings"

	"github.com/seed-52756201/saltine/vectors"
)

// payloadSeeds are texts with one thing each that a reader of JSON or a session
// can get wrong.
var payloadSeeds = []string{
	``, ` `, `{}`, `[]`, `null`, `true`, `1`, `-0`, `-0.0`, `1.0`, `1e400`, `01`, `1.`, `NaN`, `-Infinity`, `-NaN`, `9223372036854775808`,
	`""`, `"a"`, `"\ud83d\ude00"`, `"\ud800"`, `"\u00e9\/\b\f\n\r\t\\\""`, "\"\xe9\x7f\x80\"", "\"\t\"", `"\x41"`, `"open`,
	`{"a":1}`, `{"a":1,"b":2,"a":3}`, `{"\ud800":1,"\udbff":2,"\ufffd":3}`, `{"a":[1,{"b":[null,true,{}]},[]]}`, `{"a":1,}`, `[1 2]`,
	" {\"a\" :\t1 }\r\n", `{} //x`, "\xef\xbb\xbf{}", `{'a':1}`, `{"f":1.0,"n":NaN,"big":1180591620717411303424}`,
	`{"_session_expiry":0}`, `{"_session_expiry":1}`, `{"_session_expiry":-1}`, `{"_session_expiry":2.5}`, `{"_session_expiry":1209601}`,
	`{"_session_expiry":true}`, `{"_session_expiry":false}`, `{"_session_expiry":null}`, `{"_session_expiry":""}`, `{"_session_expiry":"soon"}`,
	`{"_session_expiry":[]}`, `{"_session_expiry":[1]}`, `{"_session_expiry":{}}`, `{"_session_expiry":NaN}`, `{"_session_expiry":1e300}`,
	`{"_session_expiry":1e-7}`, `{"_session_expiry":86400000000000}`, `{"_session_expiry":1180591620717411303424}`,
	`{"_session_expiry":"2023-11-14T22:13:20+00:00"}`, `{"_session_expiry":"2023-11-14T22:13:21"}`, `{"_session_expiry":"20240101T00Z"}`,
	`{"_session_expiry":"0001-01-01T00:00:00+14:00"}`, `{"_session_expiry":"9999-12-31T23:59:59.999999-14:00"}`,
	`{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_auth_user_hash":"0123456789abcdef"}`,
	"\x80\x04}\x94.", "\x80\x05\x95\x0f\x00\x00\x00\x00\x00\x00\x00}\x94.",
	strings.Repeat("[", 1001) + strings.Repeat("]", 1001), strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000), strings.Repeat("9", 4301),
	`{"a":"` + strings.Repeat("a", 1000) + `"}`,
}

// vectorPayloads are what Django serialized, each of them once.
func vectorPayloads() [][]byte {
	var payloads [][]byte
	seen := map[string]bool{}
	for _, g := range must(vectors.Django()).Groups {
		for _, t := range g.Tests {
			payload := t.Payload()
			if payload != nil && !seen[string(payload)] {
				seen[string(payload)] = true
				payloads = append(payloads, payload)
			}
		}
	}
	return payloads
}
