package fuzz_test

import (
	"crypto"
	"encoding/hex"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
)

// FuzzMessages makes lists of messages. What fits into a cookie comes back, in
// the forms of all Djangos where they are accepted, with U+FFFD for bytes that are
// not UTF-8; Fit loses nothing and says what it left out; and a cookie with one byte
// changed is a forgery in every form.
func FuzzMessages(f *testing.F) {
	f.Add([]byte{}, uint(0), byte(1), false)
	f.Add([]byte("\x00\x00\x05Hello\x00"), uint(3), byte(1), false)
	f.Add([]byte("\x01\x01\x0cPay 15 $ now\x01\x04tags\x02\x02\x02\xc3\xa9\x02\x01\xff"), uint(0), byte(0x20), true)
	f.Add([]byte("\x04\x00\x03a,b\x01\x00\x05\x01\x23############################################"), uint(41), byte(3), true)
	// A text with a $ where the oldest form has one.
	f.Add([]byte("\x01\x00\x10XXXXXXXXXXXXXXX$\x00"), uint(0), byte(0), false)
	for _, keepOldest := range []bool{false, true} {
		var program []byte
		for i := range 40 { // texts that compress badly
			text := strconv.FormatUint(uint64(i+1)*0x9E3779B97F4A7C15, 36)
			program = append(append(program, byte(i), byte(i), byte(len(text))), text...)
			program = append(program, 0)
		}
		f.Add(program, uint(0), byte(1), keepOldest)
	}
	f.Fuzz(func(t *testing.T, program []byte, at uint, with byte, keepOldest bool) {
		var list []messages.Message
		for src := (&source{program}); !src.isEmpty() && len(list) < 50; { // more are slow, and find nothing more
			list = append(list, generateMessage(src))
		}
		all := newCodec(keepOldest, true)
		checkEncode(t, all, list)
		checkFit(t, all, list, keepOldest)
		if text, err := (saltine.JSONSerializer{}).Dumps(nil, messageList(list)); err == nil && len(list) > 0 {
			checkForms(t, string(text), list, at, with)
		}
	})
}

// messageLimit is the size of a cookie, and of the JSON in it, here.
const messageLimit = 400

func newCodec(keepOldest, acceptAll bool) *messages.Codec {
	return must(messages.New(testKeys, &messages.Options{
		AcceptDjango31: acceptAll,
		AcceptDjango14: acceptAll,
		MaxSize:        messageLimit,
		MaxPayloadLen:  3 * messageLimit,
		KeepOldest:     keepOldest,
		Now:            startClock,
	}))
}

func generateMessage(s *source) messages.Message {
	levels := []messages.Level{messages.Debug, messages.Info, messages.Success, messages.Warning, messages.Error, 0, -1, 1 << 30}
	m := messages.Message{Level: levels[s.choice(len(levels))], Safe: s.choice(2) == 1, Text: s.text()}
	if s.choice(2) == 1 {
		tags := s.text()
		m.ExtraTags = &tags
	}
	return m
}

// readBack is a list as it is read.
func readBack(list []messages.Message) []messages.Message {
	read := slices.Clone(list)
	for i := range read {
		read[i].Text = replaced(read[i].Text)
		if tags := read[i].ExtraTags; tags != nil {
			read[i].ExtraTags = new(replaced(*tags))
		}
	}
	return read
}

// messageList is what Django's MessageEncoder makes of a list.
func messageList(list []messages.Message) []any {
	items := []any{}
	for _, m := range list {
		item := []any{"__json_message", 0, int(m.Level), m.Text}
		if m.Safe {
			item[1] = 1
		}
		if m.ExtraTags != nil {
			item = append(item, *m.ExtraTags)
		}
		items = append(items, item)
	}
	return items
}

func checkEncode(t *testing.T, codec *messages.Codec, list []messages.Message) {
	t.Helper()
	cookie, err := codec.Encode(list)
	requireKind(t, "Encode", err, good, tooLarge)
	if (cookie == "") != (err != nil || len(list) == 0) || len(cookie) > messageLimit {
		t.Fatalf("Encode gives %q, %v", cookie, err)
	}
	if err == nil {
		requireMessages(t, codec, cookie, list, true)
	}
}

func checkFit(t *testing.T, codec *messages.Codec, list []messages.Message, keepOldest bool) {
	t.Helper()
	cookie, rest, err := codec.Fit(list)
	requireKind(t, "Fit", err, good)
	if len(cookie) > messageLimit {
		t.Fatalf("Fit gives %d bytes", len(cookie))
	}
	kept := list[len(rest):]
	wantRest := list[:len(rest)]
	if keepOldest {
		kept, wantRest = list[:len(list)-len(rest)], list[len(list)-len(rest):]
	}
	if len(rest) > 0 && !cmp.Equal(wantRest, rest) {
		t.Fatalf("the rest is another (-want +got):\n%s", cmp.Diff(wantRest, rest))
	}
	requireMessages(t, codec, cookie, kept, len(rest) == 0)
}

func requireMessages(t *testing.T, codec *messages.Codec, cookie string, want []messages.Message, wantComplete bool) {
	t.Helper()
	want = readBack(want)
	got, complete, err := codec.Decode(cookie)
	requireKind(t, "Decode", err, good)
	if complete != wantComplete || len(got) != len(want) || len(want) > 0 && !cmp.Equal(want, got) {
		t.Fatalf("complete is %v, want %v; messages (-want +got):\n%s", complete, wantComplete, cmp.Diff(want, got))
	}
}

// checkForms signs the JSON of a list as every Django did.
func checkForms(t *testing.T, text string, list []messages.Message, at uint, with byte) {
	t.Helper()
	const salt = "django.contrib.messages"
	signer := newCookieSigner(salt)
	mac := must(testKeys.SaltedHMAC(salt, []byte(text), crypto.SHA1))
	for _, form := range []struct {
		cookie  string
		without string // the kind of error where the form is not accepted
	}{
		{string(must(signer.AppendSignPayload(nil, []byte(text)))), good},
		{signer.Sign(text), malformed},
		{hex.EncodeToString(mac) + "$" + text, badSignature},
	} {
		_, _, err := newCodec(false, false).Decode(form.cookie)
		if err == nil || len(text) <= 3*messageLimit {
			requireKind(t, "Decode by default", err, form.without)
		}
		all := newCodec(false, true)
		if len(text) > 3*messageLimit {
			_, _, err := all.Decode(form.cookie)
			requireKind(t, "Decode over the limit", err, tooLarge)
			continue
		}
		requireMessages(t, all, form.cookie, list, true)
		forged := []byte(form.cookie)
		forged[at%uint(len(forged))] ^= with
		if with != 0 {
			_, _, err = all.Decode(string(forged))
			requireKind(t, "Decode of a forgery", err, badSignature)
			requireSecrecy(t, err, form.cookie)
		}
	}
}
