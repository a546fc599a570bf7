package messages_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
)

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		keys         saltine.Keyring
		opts         messages.Options
		kind         string
	}{
		{"empty keyring", "with Django's prefix an empty key would be one that everybody knows", saltine.Keyring{}, messages.Options{}, "invalid key"},
		{"empty keyring, all forms", "the same", saltine.Keyring{}, messages.Options{AcceptDjango31: true, AcceptDjango14: true}, "invalid key"},
		{"negative size", "no such size", testKeys, messages.Options{MaxSize: -1}, "invalid option"},
		{"negative token limit", "no such size", testKeys, messages.Options{MaxTokenLen: -1}, "invalid option"},
		{"negative payload limit", "no such size", testKeys, messages.Options{MaxPayloadLen: -1}, "invalid option"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			codec, err := messages.New(tt.keys, &tt.opts)
			if got := kind(t, err); got != tt.kind || codec != nil {
				t.Errorf("got %v, %v, want an error of kind %s: %s", codec, err, tt.kind, tt.reason)
			}
		})
	}
}

// What the codec of every kind of list writes, in JSON, is what Django 4.1 and
// later write.
func TestEncode(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		list         []messages.Message
		want         string
	}{
		{"no tags", "None is no item", []messages.Message{{Level: messages.Info, Text: "hi"}}, `[["__json_message",0,20,"hi"]]`},
		{"empty tags", "since 4.1 an empty text is an item", []messages.Message{{Level: messages.Info, Text: "hi", ExtraTags: new("")}}, `[["__json_message",0,20,"hi",""]]`},
		{"tags", "the fifth item", []messages.Message{{Level: messages.Error, Text: "no", ExtraTags: new("a b")}}, `[["__json_message",0,40,"no","a b"]]`},
		{"safe", "a number, not a bool", []messages.Message{{Level: messages.Debug, Text: "<b>", Safe: true}}, `[["__json_message",1,10,"<b>"]]`},
		{"custom level", "any number is a level", []messages.Message{{Level: -7, Text: ""}}, `[["__json_message",0,-7,""]]`},
		{"not ASCII", "escaped as Python does", []messages.Message{{Level: messages.Warning, Text: "é😀</"}}, `[["__json_message",0,30,"\u00e9\ud83d\ude00</"]]`},
		{"two", "oldest first", []messages.Message{{Level: 1, Text: "a"}, {Level: 2, Text: "b"}}, `[["__json_message",0,1,"a"],["__json_message",0,2,"b"]]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			codec := newCodec(t, nil)
			cookie, err := codec.Encode(tt.list)
			if err != nil {
				t.Fatal(err)
			}
			payload, err := newSigner(t, saltine.Options{}).AppendUnsignPayload(nil, cookie, 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(payload)); diff != "" {
				t.Errorf("payload (-want +got), %s:\n%s", tt.reason, diff)
			}
			list, complete, err := codec.Decode(cookie)
			if err != nil || !complete {
				t.Errorf("Decode: complete %v, %v", complete, err)
			}
			if diff := cmp.Diff(tt.list, list); diff != "" {
				t.Errorf("Decode (-want +got):\n%s", diff)
			}
			if strings.ContainsAny(cookie, "\"\\;, ") {
				t.Errorf("%s needs quotes in a header", cookie)
			}
		})
	}
}

func TestNoMessages(t *testing.T) {
	codec := newCodec(t, nil)
	if cookie, err := codec.Encode(nil); cookie != "" || err != nil {
		t.Errorf("Encode of nothing: %q, %v", cookie, err)
	}
	if cookie, rest, err := codec.Fit(nil); cookie != "" || rest != nil || err != nil {
		t.Errorf("Fit of nothing: %q, %v, %v", cookie, rest, err)
	}
	for _, cookie := range []string{"", cookie32(t, "[]"), cookie32(t, " [ ] ")} {
		if list, complete, err := codec.Decode(cookie); list != nil || !complete || err != nil {
			t.Errorf("Decode of nothing: %v, %v, %v", list, complete, err)
		}
	}
}

// A message may quote what a visitor typed: that must not keep the page from being sent.
func TestEncodeReplaces(t *testing.T) {
	codec := newCodec(t, nil)
	cookie, rest, err := codec.Fit([]messages.Message{{Level: messages.Info, Text: "a\xff"}})
	if err != nil || rest != nil {
		t.Fatalf("Fit: %v, %v", rest, err)
	}
	list, complete, err := codec.Decode(cookie)
	want := []messages.Message{{Level: messages.Info, Text: "a\uFFFD"}}
	if diff := cmp.Diff(want, list); diff != "" || !complete || err != nil {
		t.Errorf("Decode: %v, %v (-want +got):\n%s", complete, err, diff)
	}
}

// hello is a list that is the same in every form.
var hello = []messages.Message{{Level: messages.Info, Text: "hello"}}

const helloJSON = `[["__json_message",0,20,"hello"]]`

func TestForms(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		cookie       string
		form         messages.Form
		without      string // the kind of error where the form is not asked for
	}{
		{"today's", "always read", cookie32(t, helloJSON), messages.Django32, "none"},
		{"3.1", "our own key signed it", cookie31(t, helloJSON), messages.Django31, "malformed"},
		{"3.0", "today's signer did not sign it", cookie14(t, testKey, helloJSON), messages.Django14, "bad signature"},
		{"1.4", "an item less", cookie14(t, testKey, `[["__json_message",20,"hello"]]`), messages.Django14, "bad signature"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := newCodec(t, nil).Decode(tt.cookie); kind(t, err) != tt.without {
				t.Errorf("without asking: %v, want %s: %s", err, tt.without, tt.reason)
			}
			var seen []messages.Verification
			codec := newCodec(t, &messages.Options{
				AcceptDjango31: true,
				AcceptDjango14: true,
				OnVerify:       func(v messages.Verification) { seen = append(seen, v) },
			})
			list, complete, err := codec.Decode(tt.cookie)
			if err != nil || !complete {
				t.Fatalf("complete %v, %v", complete, err)
			}
			if diff := cmp.Diff(hello, list); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if len(seen) != 1 || seen[0].Form != tt.form || seen[0].Size != len(tt.cookie) || seen[0].NeedsResign() != (tt.form != messages.Django32) {
				t.Errorf("OnVerify: %+v", seen)
			}
		})
	}
}

// The text of a message may put the mark of one form where another has it.
func TestFormsAreApart(t *testing.T) {
	text := `[["__json_message",0,20,"costs 12345678 $ or so"]]`
	if text[40] != '$' {
		t.Fatal("the mark is elsewhere")
	}
	codec := newCodec(t, &messages.Options{AcceptDjango31: true, AcceptDjango14: true})
	for _, cookie := range []string{cookie32(t, text), cookie31(t, text), cookie14(t, testKey, text)} {
		if list, _, err := codec.Decode(cookie); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
	}
}

func TestFallbackKeys(t *testing.T) {
	cookies := []string{cookie32(t, helloJSON), cookie31(t, helloJSON), cookie14(t, testKey, helloJSON)}
	for form, cookie := range cookies {
		var seen messages.Verification
		keys := keyring("new key", &saltine.KeyringOptions{Fallbacks: []saltine.Key{"another", testKey}})
		codec, err := messages.New(keys, &messages.Options{
			AcceptDjango31: true,
			AcceptDjango14: true,
			OnVerify:       func(v messages.Verification) { seen = v },
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := codec.Decode(cookie); err != nil {
			t.Errorf("form %d: %v", form, err)
		}
		if int(seen.Form) != form || seen.KeyIndex != 2 || !seen.NeedsResign() {
			t.Errorf("form %d: %+v", form, seen)
		}
	}
}

// Nothing is ever too old.
func TestAge(t *testing.T) {
	old := cookie32(t, helloJSON)
	for _, at := range []time.Time{start.AddDate(200, 0, 0), start.AddDate(-200, 0, 0)} {
		codec := newCodec(t, &messages.Options{Now: func() time.Time { return at }})
		if _, _, err := codec.Decode(old); err != nil {
			t.Errorf("at %v: %v", at, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := cookie32(t, helloJSON)
	for _, tt := range []struct {
		name, reason string
		cookie       string
		kind         string
	}{
		{"altered", "the MAC covers it", "A" + good[1:], "bad signature"},
		{"truncated", "a proxy cut it", good[:len(good)-1], "bad signature"},
		{"quoted", "its quotes belong to the header", `"` + good + `"`, "bad signature"},
		{"session", "another salt", "eyJhIjoxfQ:1r31eq:" + strings.Repeat("A", 43), "bad signature"},
		{"altered 3.1", "the MAC covers it", "[" + cookie31(t, helloJSON), "bad signature"},
		{"altered 3.0", "the MAC covers it", cookie14(t, testKey, helloJSON) + " ", "bad signature"},
		{"3.0, another key", "no key made it", cookie14(t, "another", helloJSON), "bad signature"},
		{"3.0, key of cookies", "its key has no prefix", cookie14(t, cookieKey, helloJSON), "bad signature"},
		{"3.0, upper case", "a signature is text", strings.ToUpper(cookie14(t, testKey, "[]")), "bad signature"},
		{"3.0, no mark", "nothing says where the JSON begins", strings.ReplaceAll(cookie14(t, testKey, helloJSON), "$", ""), "bad signature"},
		{"not JSON", "our own key signed it", cookie32(t, `[["__json_message",0,20,"hello"]`), "malformed"},
		{"not JSON in 3.1", "our own key signed it", cookie31(t, `[["__json_message",0,20,"hello"]`), "malformed"},
		{"not JSON in 3.0", "our own key signed it", cookie14(t, testKey, `[["__json_message",0,20,"hello"]`), "malformed"},
		{"large", "over the limit", cookie32(t, `["`+strings.Repeat("x", 1000)+`"]`), "too large"},
		{"large 3.1", "over the limit", cookie31(t, `["`+strings.Repeat("x", 1000)+`"]`), "too large"},
		{"large 3.0", "over the limit", cookie14(t, testKey, `["`+strings.Repeat("x", 1000)+`"]`), "too large"},
		{"large junk", "junk is junk whatever its size", strings.Repeat("$", 2000), "bad signature"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			codec := newCodec(t, &messages.Options{AcceptDjango31: true, AcceptDjango14: true, MaxTokenLen: 1000})
			list, complete, err := codec.Decode(tt.cookie)
			if got := kind(t, err); got != tt.kind || list != nil || complete {
				t.Errorf("%v, %v, %v, want an error of kind %s: %s", list, complete, err, tt.kind, tt.reason)
			}
		})
	}
}

// What is no list of messages is malformed, in every form.
func TestDecodeShapes(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		json         string
		want         []messages.Message // nil: malformed
		incomplete   bool
	}{
		{"not finished", "the mark is no message", `[["__json_message",0,20,"a"],"__messagesnotfinished__"]`, []messages.Message{{Level: 20, Text: "a"}}, true},
		{"nothing fits", "the mark alone", `["__messagesnotfinished__"]`, []messages.Message{}, true},
		{"mark first", "Django writes it last", `["__messagesnotfinished__",["__json_message",0,20,"a"]]`, nil, false},
		{"two marks", "Django writes one", `["__messagesnotfinished__","__messagesnotfinished__"]`, nil, false},
		{"null", "no list", `null`, nil, false},
		{"object", "no list", `{"a":[]}`, nil, false},
		{"text", "no list", `"__messagesnotfinished__"`, nil, false},
		{"number in the list", "no message", `[1]`, nil, false},
		{"empty item", "no message", `[[]]`, nil, false},
		{"other mark", "no message", `[["json",0,20,"a"]]`, nil, false},
		{"nested", "no message", `[[["__json_message",0,20,"a"]]]`, nil, false},
		{"no text", "too few items", `[["__json_message",0,20]]`, nil, false},
		{"mark alone in an item", "too few items", `[["__json_message"]]`, nil, false},
		{"sixth item", "too many items", `[["__json_message",0,20,"a","b","c"]]`, nil, false},
		{"level is text", "levels are ints", `[["__json_message",0,"20","a","b"]]`, nil, false},
		{"level is a float", "levels are ints", `[["__json_message",0,20.0,"a"]]`, nil, false},
		{"huge level", "beyond every int", `[["__json_message",0,20000000000000000000,"a"]]`, nil, false},
		{"safe is a bool", "Django writes a number", `[["__json_message",true,20,"a"]]`, nil, false},
		{"safe is two", "what is not zero is true in Python", `[["__json_message",2,20,"a"]]`, []messages.Message{{Level: 20, Text: "a", Safe: true}}, false},
		{"text is a number", "Django makes texts of messages", `[["__json_message",0,20,1]]`, nil, false},
		{"tags are null", "None is no item", `[["__json_message",0,20,"a",null]]`, nil, false},
		{"lone surrogate", "no character in Go", `[["__json_message",0,20,"\ud800"]]`, []messages.Message{{Level: 20, Text: "\ufffd"}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			codec := newCodec(t, &messages.Options{AcceptDjango31: true, AcceptDjango14: true})
			cookies := []string{cookie32(t, tt.json), cookie14(t, testKey, tt.json)}
			if tt.json[0] == '[' {
				cookies = append(cookies, cookie31(t, tt.json))
			}
			for form, cookie := range cookies {
				list, complete, err := codec.Decode(cookie)
				if tt.want == nil {
					if kind(t, err) != "malformed" {
						t.Errorf("cookie %d: %v, %v, want malformed: %s", form, list, err, tt.reason)
					}
					continue
				}
				if err != nil || complete == tt.incomplete {
					t.Errorf("cookie %d: complete %v, %v: %s", form, complete, err, tt.reason)
				}
				if diff := cmp.Diff(tt.want, append([]messages.Message{}, list...)); diff != "" {
					t.Errorf("cookie %d (-want +got), %s:\n%s", form, tt.reason, diff)
				}
			}
		})
	}
}

// Items without safe are those of Django 1.4, and of no other form.
func TestDjango14Items(t *testing.T) {
	const text = `[["__json_message",20,"a"],["__json_message",25,"b","c"],["__json_message",1,25,"d"]]`
	codec := newCodec(t, &messages.Options{AcceptDjango31: true, AcceptDjango14: true})
	list, complete, err := codec.Decode(cookie14(t, testKey, text))
	if err != nil || !complete {
		t.Fatalf("complete %v, %v", complete, err)
	}
	want := []messages.Message{{Level: 20, Text: "a"}, {Level: 25, Text: "b", ExtraTags: new("c")}, {Level: 25, Text: "d", Safe: true}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	for _, cookie := range []string{cookie31(t, text), cookie32(t, text)} {
		if _, _, err := codec.Decode(cookie); kind(t, err) != "malformed" {
			t.Errorf("in a later form: %v", err)
		}
	}
}

// noise makes messages that no compressor shortens by much.
func noise(n int) []messages.Message {
	rng := rand.New(rand.NewPCG(1, 2))
	list := make([]messages.Message, n)
	for i := range list {
		var text strings.Builder
		for range 100 {
			text.WriteByte(byte('!' + rng.IntN(90)))
		}
		list[i] = messages.Message{Level: messages.Level(i), Text: text.String()}
	}
	return list
}

func TestFit(t *testing.T) {
	list := noise(100)
	for _, tt := range []struct {
		name, reason string
		opts         messages.Options
	}{
		{"newest", "CookieStorage alone lets the oldest go", messages.Options{}},
		{"oldest", "FallbackStorage keeps the newest in the session", messages.Options{KeepOldest: true}},
		{"other size", "MaxSize is the limit", messages.Options{MaxSize: 500}},
		{"all but one", "one byte is missing", messages.Options{MaxSize: sizeOf(t, list) - 1}},
		{"payload limit", "what cannot be read back is not written", messages.Options{MaxSize: 1 << 20, MaxPayloadLen: 1000}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			codec := newCodec(t, &tt.opts)
			cookie, rest, err := codec.Fit(list)
			if err != nil {
				t.Fatal(err)
			}
			kept, complete, err := codec.Decode(cookie)
			if err != nil || complete || len(rest) == 0 {
				t.Errorf("complete %v, rest of %d, %v", complete, len(rest), err)
			}
			got := slices.Concat(rest, kept)
			if tt.opts.KeepOldest {
				got = slices.Concat(kept, rest)
			}
			if diff := cmp.Diff(list, got); diff != "" {
				t.Errorf("rest and kept (-want +got), %s:\n%s", tt.reason, diff)
			}
			limit := tt.opts.MaxSize
			if limit == 0 {
				limit = messages.DefaultMaxSize
			}
			if len(cookie) > limit {
				t.Errorf("cookie of %d bytes, limit %d", len(cookie), limit)
			}
			if _, err := codec.Encode(list); kind(t, err) != "too large" {
				t.Errorf("Encode: %v", err)
			}
		})
	}
}

func sizeOf(t *testing.T, list []messages.Message) int {
	t.Helper()
	cookie, err := newCodec(t, &messages.Options{MaxSize: 1 << 20}).Encode(list)
	if err != nil {
		t.Fatal(err)
	}
	return len(cookie)
}

func TestFitEdges(t *testing.T) {
	list := noise(30)
	exact := newCodec(t, &messages.Options{MaxSize: sizeOf(t, list)})
	if cookie, rest, err := exact.Fit(list); len(cookie) != sizeOf(t, list) || rest != nil || err != nil {
		t.Errorf("what just fits: %d bytes, rest of %d, %v", len(cookie), len(rest), err)
	}
	one := []messages.Message{{Level: 20, Text: strings.Repeat("\x01é😀", 10000)}, list[0]}
	cookie, rest, err := newCodec(t, &messages.Options{MaxSize: 100, KeepOldest: true}).Fit(one)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one, rest); diff != "" {
		t.Errorf("rest where nothing fits (-want +got):\n%s", diff)
	}
	if list, complete, err := newCodec(t, nil).Decode(cookie); list != nil || complete || err != nil {
		t.Errorf("cookie where nothing fits: %v, %v, %v", list, complete, err)
	}
	cookie, rest, err = newCodec(t, &messages.Options{MaxSize: 50}).Fit(list)
	size, ok := errors.AsType[*saltine.SizeError](err)
	if kind(t, err) != "too large" || !ok || size.Limit != 50 || cookie != "" || rest != nil {
		t.Errorf("no room for the mark: %q, %v, %v", cookie, rest, err)
	}
}

func TestTags(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		m            messages.Message
		want         string
	}{
		{"none", "the level's", messages.Message{Level: messages.Debug}, "debug"},
		{"empty", "the level's", messages.Message{Level: messages.Info, ExtraTags: new("")}, "info"},
		{"both", "extra tags first", messages.Message{Level: messages.Success, ExtraTags: new("a b")}, "a b success"},
		{"custom level", "it has none", messages.Message{Level: 35, ExtraTags: new("a")}, "a"},
		{"nothing", "no tag at all", messages.Message{}, ""},
		{"warning", "the level's", messages.Message{Level: messages.Warning}, "warning"},
		{"error", "the level's", messages.Message{Level: messages.Error}, "error"},
	} {
		if got := tt.m.Tags(); got != tt.want {
			t.Errorf("%s: %q, want %q: %s", tt.name, got, tt.want, tt.reason)
		}
	}
}

func TestPrintsNoKey(t *testing.T) {
	opts := &messages.Options{AcceptDjango31: true, AcceptDjango14: true}
	codec, err := messages.New(keyring("new key", &saltine.KeyringOptions{Fallbacks: []saltine.Key{testKey}}), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, v := range []any{codec, opts, struct{ C *messages.Codec }{codec}} {
			got := fmt.Sprintf(verb, v)
			for _, secret := range []string{string(testKey), fmt.Sprintf("%x", string(testKey)), "django.http.cookies"} {
				if strings.Contains(got, secret) {
					t.Errorf("%s of %T shows the key", verb, v)
				}
			}
		}
	}
}

// No text of a message and no cookie is in an error.
func TestErrorsKeepTheTextToThemselves(t *testing.T) {
	codec := newCodec(t, &messages.Options{AcceptDjango31: true, AcceptDjango14: true})
	for _, cookie := range []string{
		cookie32(t, `["swordfish"]`), cookie31(t, `["swordfish"]`), cookie14(t, testKey, `["swordfish`),
		cookie14(t, "other", `["swordfish"]`), cookie32(t, `swordfish`), "swordfish",
	} {
		if _, _, err := codec.Decode(cookie); err == nil || strings.Contains(err.Error(), "swordfish") || strings.Contains(err.Error(), cookie) {
			t.Errorf("error: %v", err)
		}
	}
}

// The zero Codec has no key to sign with.
func TestZero(t *testing.T) {
	var codec messages.Codec
	if cookie, err := codec.Encode(hello); cookie != "" || kind(t, err) != "invalid key" {
		t.Errorf("Encode: %q, %v, want an invalid key", cookie, err)
	}
	if cookie, rest, err := codec.Fit(hello); cookie != "" || rest != nil || kind(t, err) != "invalid key" {
		t.Errorf("Fit: %q, %v, %v, want an invalid key", cookie, rest, err)
	}
	for _, cookie := range []string{cookie32(t, helloJSON), cookie31(t, helloJSON), cookie14(t, testKey, helloJSON)} {
		if list, complete, err := codec.Decode(cookie); list != nil || complete || kind(t, err) != "invalid key" {
			t.Errorf("Decode: %v, %v, %v, want an invalid key", list, complete, err)
		}
	}
}
