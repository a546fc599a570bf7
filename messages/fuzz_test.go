package messages_test

import (
	"math"
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

// Whatever the session holds: no panic, an error of one kind or a list, and what is read is
// read again after it was stored.
func FuzzSession(f *testing.F) {
	for _, text := range []string{
		"", "[]", "null", "5", "junk", `[["__json_message", 1, 25, "<b>", "a b"], "__messagesnotfinished__"]`,
		`[["__json_message",25,"a"]]`, `[["__json_message",0,20,"\ud800\u00e9"]]`, `[[["__json_message",0,20,"x"]]]`,
		`[["__json_message",0,20,"x","y","z"]]`, `[["__json_message",0,"20","x"]]`, `{"a":["__json_message",0,20,"x"]}`,
	} {
		f.Add(text)
	}
	codec, err := messages.New(testKeys, &messages.Options{Storage: messages.SessionOnly, MinLevel: math.MinInt})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newSession(t)
		s.Set("_messages", text)
		v := codec.Open(nil, s)
		list := v.Peek()
		if err := v.Err(); err != nil {
			if k := kind(t, err); k != "malformed" && k != "too large" || list != nil {
				t.Errorf("%v, %v", list, err)
			}
			return
		}
		if err := v.Add(messages.Message{Text: "added"}); err != nil {
			t.Fatal(err)
		}
		if update, err := v.Commit(200); err != nil || update.SetCookie || update.Unstored != nil {
			t.Fatalf("%+v, %v", update, err)
		}
		again := codec.Open(nil, s)
		got := again.Take()
		if diff := cmp.Diff(append(list, messages.Message{Text: "added"}), got); diff != "" || again.Err() != nil {
			t.Errorf("read again, %v (-want +got):\n%s", again.Err(), diff)
		}
		if _, err := again.Commit(200); err != nil || s.Has("_messages") {
			t.Errorf("what was shown stays, %v", err)
		}
	})
}
