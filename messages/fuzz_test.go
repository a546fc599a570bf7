package messages_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/messages"
)

// Whatever our own key signed, and whatever it did not: no panic, an error of
// one kind, and what is accepted encodes to what decodes to the same.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		"", "[]", "null", helloJSON, `[["__json_message",1,25,"<b>","a b"],"__messagesnotfinished__"]`,
		`[["__json_message",20,"a"],["__json_message",25,"b","c"]]`, `[["__json_message",0,20,"\ud800\u00e9"]]`,
		`[["__json_message",0,-1e5,[]]]`, `{"a":[NaN]}`, `["__messagesnotfinished__",[]]`,
		cookie32(f, helloJSON), cookie31(f, helloJSON), cookie14(f, testKey, helloJSON),
	} {
		f.Add(text)
	}
	codec, err := messages.New(testKeys, &messages.Options{
		AcceptDjango31: true,
		AcceptDjango14: true,
		MaxSize:        64 << 10,
		Now:            now,
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, cookie := range []string{text, cookie32(t, text), cookie31(t, text), cookie14(t, testKey, text)} {
			list, complete, err := codec.Decode(cookie)
			if err != nil {
				if k := kind(t, err); k == "invalid key" || k == "invalid option" || list != nil || complete {
					t.Errorf("%v, %v, %v", list, complete, err)
				}
				continue
			}
			again, err := codec.Encode(list)
			if err != nil {
				t.Fatalf("what was accepted cannot be encoded: %v", err)
			}
			back, _, err := codec.Decode(again)
			if err != nil {
				t.Fatalf("what was encoded cannot be decoded: %v", err)
			}
			if diff := cmp.Diff(list, back); diff != "" {
				t.Errorf("decoded again (-want +got):\n%s", diff)
			}
		}
	})
}
