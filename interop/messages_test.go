package interop_test

import (
	"crypto"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
)

const saltMessages saltine.Salt = "django.contrib.messages"

const notFinished = "__messagesnotfinished__"

func newCodec(t *testing.T, set *setting, opts messages.Options) *messages.Codec {
	t.Helper()
	opts.Now = set.clock
	codec, err := messages.New(set.keyring(t), &opts)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

func generateMessages(r *rand.Rand) []messages.Message {
	list := make([]messages.Message, r.IntN(6))
	for i := range list {
		list[i] = messages.Message{
			Level:     pick(r, messages.Debug, messages.Info, messages.Success, messages.Warning, messages.Error, 0, -1, 1<<30),
			Text:      generateText(r, 60),
			ExtraTags: pick(r, nil, new("save"), new(generateText(r, 10)+"!")),
			Safe:      r.IntN(2) == 0,
		}
	}
	return list
}

// djangoMessages are messages as djangoserver.py takes and gives them.
func djangoMessages(list []messages.Message, complete bool) string {
	items := make([]any, 0, len(list)+1)
	for _, m := range list {
		var tags any
		if m.ExtraTags != nil {
			tags = *m.ExtraTags
		}
		items = append(items, []any{int64(m.Level), m.Text, tags, m.Safe})
	}
	if !complete {
		items = append(items, notFinished)
	}
	return jsonValue(items)
}

func TestMessages(t *testing.T) {
	eachSetting(t, twoWay, func(t *testing.T, set *setting) {
		const cookies = 500
		codec := newCodec(t, set, messages.Options{MaxSize: 1 << 16})
		for number := range cookies {
			r := random(number)
			list, complete := generateMessages(r), r.IntN(4) > 0
			text := djangoMessages(list, complete)
			theirs := ask[*string](t, set.env(), "messages_encode", args{"messages": text})
			if theirs == nil { // no messages, no cookie
				theirs = new("")
			}
			checkDecode(t, codec, *theirs, text)
			ours, err := codec.Encode(list)
			if err != nil {
				t.Fatal(err)
			}
			checkMessagesCookie(t, set, ours, djangoMessages(list, true))
			if complete && ours != "" {
				wantText, _ := payload(t, *theirs)
				gotText, _ := payload(t, ours)
				if diff := cmp.Diff(wantText, gotText); diff != "" {
					t.Errorf("JSON (-Django +Go):\n%s", diff)
				}
			}
			if t.Failed() {
				t.Fatalf("messages %d: %s", number, text)
			}
		}
		t.Logf("%d cookies in each direction", cookies)
	})
}

// checkDecode compares what Go finds in a cookie.
func checkDecode(t *testing.T, codec *messages.Codec, cookie, want string) {
	t.Helper()
	list, complete, err := codec.Decode(cookie)
	if err != nil {
		t.Errorf("Decode: %v", err)
		return
	}
	if diff := cmp.Diff(want, djangoMessages(list, complete)); diff != "" {
		t.Errorf("what Go decodes (-want +got):\n%s", diff)
	}
}

// checkMessagesCookie compares what Django finds in a cookie.
func checkMessagesCookie(t *testing.T, set *setting, cookie, want string) {
	t.Helper()
	got := ask[string](t, set.env(), "messages_decode", args{"cookie": []byte(cookie)})
	if cookie == "" {
		want = "null"
	}
	want = ask[string](t, set.env(), "json_rewrite", args{"text": want})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what Django decodes (-want +got):\n%s", diff)
	}
}

// What does not fit is marked so that Django knows.
func TestFitMessages(t *testing.T) {
	needDjango(t)
	set := &twoWay[0]
	full := 0
	for number := range 200 {
		r := random(number)
		var list []messages.Message
		for range 1 + r.IntN(10) {
			list = append(list, generateMessages(r)...)
		}
		keepOldest := r.IntN(2) == 0
		codec := newCodec(t, set, messages.Options{MaxSize: 500, KeepOldest: keepOldest})
		cookie, rest, err := codec.Fit(list)
		if err != nil {
			t.Fatal(err)
		}
		if len(cookie) > 500 {
			t.Errorf("a cookie of %d bytes", len(cookie))
		}
		kept := list[len(rest):]
		if keepOldest {
			kept = list[:len(list)-len(rest)]
		}
		if len(rest) > 0 {
			full++
		}
		checkMessagesCookie(t, set, cookie, djangoMessages(kept, len(rest) == 0))
		if t.Failed() {
			t.Fatalf("messages %d, rest of %d", number, len(rest))
		}
	}
	t.Logf("200 lists, of which %d did not fit", full)
}

// reads tells which older forms this Django reads.
func (p *process) reads() (opts messages.Options) {
	opts.AcceptDjango14 = p.knowsSHA1() // 3.1 and 3.2
	opts.AcceptDjango31 = opts.AcceptDjango14 || strings.HasPrefix(p.Django, "4.0")
	return opts
}

// The older forms, and all forms changed on the way.
func TestMutatedMessages(t *testing.T) {
	p := needDjango(t)
	const cookies = 2000
	set := oddSetting(p)
	codec := newCodec(t, set, p.reads())
	read := 0
	for number := range cookies {
		r := random(number)
		cookie := inForm(t, set, r.IntN(3), djangoArrays(generateMessages(r)))
		if r.IntN(4) > 0 {
			cookie = mutate(r, cookie)
		}
		want, exception := try[string](t, set.env(), "messages_decode", args{"cookie": []byte(cookie)})
		list, complete, err := codec.Decode(cookie)
		if err != nil && kindOf(t, err) == "valid" {
			t.Fatalf("error of no kind: %v", err)
		}
		isRefused := exception != nil || want == "null"
		if isRefused != (err != nil || cookie == "") {
			t.Fatalf("cookie %q: Django %q, %v; Go %v", cookie, want, exception, err)
		}
		if isRefused {
			continue
		}
		read++
		if diff := cmp.Diff(want, ask[string](t, set.env(), "json_rewrite", args{"text": djangoMessages(list, complete)})); diff != "" {
			t.Fatalf("cookie %q (-Django +Go):\n%s", cookie, diff)
		}
	}
	t.Logf("%d cookies, of which %d are read", cookies, read)
}

// djangoArrays is the JSON text of messages in the cookie.
func djangoArrays(list []messages.Message) string {
	items := make([]any, len(list))
	for i, m := range list {
		safe := int64(0)
		if m.Safe {
			safe = 1
		}
		item := []any{"__json_message", safe, int64(m.Level), m.Text}
		if m.ExtraTags != nil {
			item = append(item, *m.ExtraTags)
		}
		items[i] = item
	}
	return jsonValue(items)
}

// inForm signs a JSON text in one of the three forms.
func inForm(t *testing.T, set *setting, form int, text string) string {
	t.Helper()
	text = ask[string](t, set.env(), "json_rewrite", args{"text": text}) // as ASCII
	if form == 2 {
		mac, err := set.keyring(t).SaltedHMAC(saltMessages, []byte(text), crypto.SHA1)
		if err != nil {
			t.Fatal(err)
		}
		return hex.EncodeToString(mac) + "$" + text
	}
	opts := set.options(saltine.CompressionBest)
	opts.Salt = saltMessages
	signer, err := saltine.NewTimestampSigner(set.keyringOf(t, "django.http.cookies"+set.key), &opts)
	if err != nil {
		t.Fatal(err)
	}
	if form == 1 {
		return signer.Sign(text)
	}
	token, err := signer.SignObject(json.RawMessage(text))
	if err != nil {
		t.Fatal(err)
	}
	return token
}
