package messages_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
)

// text is a message of level Info.
func text(s string) messages.Message { return messages.Message{Level: messages.Info, Text: s} }

// many are messages that do not all fit into a cookie.
func many(n int) []messages.Message {
	list := make([]messages.Message, n)
	for i := range list {
		list[i] = text(fmt.Sprintf("%d %x", i, []byte(strings.Repeat(fmt.Sprint(i*i*7919), 9))))
	}
	return list
}

func mustAdd(t *testing.T, v *messages.Visit, list ...messages.Message) {
	t.Helper()
	for _, m := range list {
		if err := v.Add(m); err != nil {
			t.Fatal(err)
		}
	}
}

// next commits a visit, and opens that of the next request.
func next(t *testing.T, codec *messages.Codec, v *messages.Visit, s *saltine.Session, cookie string) (*messages.Visit, string) {
	t.Helper()
	update, err := v.Commit(200)
	if err != nil || update.Unstored != nil {
		t.Fatalf("%d unstored, %v", len(update.Unstored), err)
	}
	if update.SetCookie {
		cookie = update.Cookie
	}
	return codec.Open([]string{"messages=" + cookie}, s), cookie
}

// The rest goes into the session, in order, and both are cleared when it was shown.
func TestOverflow(t *testing.T) {
	codec, s := newCodec(t, &messages.Options{MaxSize: 400}), newSession(t)
	v := codec.Open(nil, s)
	list := many(50)
	mustAdd(t, v, list...)
	v, cookie := next(t, codec, v, s, "")
	if cookie == "" || len(cookie) > 400 || !s.Has("_messages") {
		t.Fatalf("a cookie of %d bytes, in the session: %t", len(cookie), s.Has("_messages"))
	}
	mustAdd(t, v, text("last"))
	list = append(list, text("last"))
	v, cookie = next(t, codec, v, s, cookie)
	if diff := cmp.Diff(list, v.Take()); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	if _, cookie = next(t, codec, v, s, cookie); cookie != "" || s.Has("_messages") {
		t.Errorf("%q stays, in the session: %t", cookie, s.Has("_messages"))
	}
}

// Where the cookie has no room for the mark, it has the mark all the same: without it
// nobody would look into the session.
func TestMarkIsWritten(t *testing.T) {
	codec, s := newCodec(t, &messages.Options{MaxSize: 1}), newSession(t)
	v := codec.Open(nil, s)
	mustAdd(t, v, text("a"))
	v, _ = next(t, codec, v, s, "")
	if diff := cmp.Diff([]messages.Message{text("a")}, v.Peek()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Without a session there is the cookie.
func TestNoSession(t *testing.T) {
	for _, storage := range []messages.Storage{messages.CookieThenSession, messages.SessionOnly} {
		codec := newCodec(t, &messages.Options{Storage: storage, MaxSize: 400})
		v := codec.Open(nil, nil)
		list := many(50)
		mustAdd(t, v, list...)
		update, err := v.Commit(200)
		if err != nil {
			t.Fatal(err)
		}
		var kept []messages.Message
		if update.SetCookie {
			if kept, _, err = codec.Decode(update.Cookie); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(list, append(kept, update.Unstored...)); diff != "" {
			t.Errorf("kept and unstored (-want +got):\n%s", diff)
		}
		if (len(kept) > 0) != (storage == messages.CookieThenSession) {
			t.Errorf("storage %d keeps %d", storage, len(kept))
		}
	}
}

// Which of the messages a cookie alone keeps.
func TestCookieOnlyKeeps(t *testing.T) {
	for _, keepOldest := range []bool{false, true} {
		codec := newCodec(t, &messages.Options{Storage: messages.CookieOnly, KeepOldest: keepOldest, MaxSize: 400})
		v := codec.Open(nil, nil)
		list := many(50)
		mustAdd(t, v, list...)
		update, err := v.Commit(200)
		if err != nil {
			t.Fatal(err)
		}
		kept, complete, err := codec.Decode(update.Cookie)
		if err != nil || complete || len(kept) == 0 {
			t.Fatalf("%d kept, complete: %t, %v", len(kept), complete, err)
		}
		got := slices.Concat(update.Unstored, kept)
		if keepOldest {
			got = slices.Concat(kept, update.Unstored)
		}
		if diff := cmp.Diff(list, got); diff != "" {
			t.Errorf("keepOldest %t (-want +got):\n%s", keepOldest, diff)
		}
	}
}

// Django looks into the session only where the cookie says that there is more.
func TestCompleteCookieHidesSession(t *testing.T) {
	codec, s := newCodec(t, nil), newSession(t)
	s.Set("_messages", `[["__json_message", 0, 20, "hidden"]]`)
	s.SetAccessed(false)
	v := codec.Open([]string{"messages=" + cookie32(t, `[["__json_message",0,20,"a"]]`)}, s)
	if diff := cmp.Diff([]messages.Message{text("a")}, v.Take()); diff != "" || s.Accessed() {
		t.Errorf("accessed %t (-want +got):\n%s", s.Accessed(), diff)
	}
	if update, err := v.Commit(200); err != nil || !update.SetCookie || update.Cookie != "" || !s.Has("_messages") {
		t.Errorf("%+v, %v", update, err)
	}
}

// What the status does is tested in messageshttp for all of them.
func TestPutBack(t *testing.T) {
	codec, s := newCodec(t, &messages.Options{Storage: messages.SessionOnly}), newSession(t)
	v := codec.Open(nil, s)
	mustAdd(t, v, text("a"))
	v, _ = next(t, codec, v, s, "")
	mustAdd(t, v, text("b"))
	v.Take()
	mustAdd(t, v, text("c"))
	v.PutBack()
	v, _ = next(t, codec, v, s, "")
	if diff := cmp.Diff([]messages.Message{text("a"), text("b"), text("c")}, v.Take()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The slices that are given away are the caller's.
func TestOwnedByCaller(t *testing.T) {
	v := newCodec(t, nil).Open(nil, nil)
	mustAdd(t, v, text("a"))
	v.Peek()[0].Text = "b"
	v.Take()[0].Text = "c"
	if got := v.Take(); got[0].Text != "a" {
		t.Errorf("%v", got)
	}
}

func TestAfterCommit(t *testing.T) {
	s := newSession(t)
	s.Set("_messages", `[["__json_message", 0, 20, "a"]]`)
	v := newCodec(t, &messages.Options{Storage: messages.SessionOnly}).Open(nil, s)
	if _, err := v.Commit(200); err != nil || v.Err() != nil {
		t.Fatal(err, v.Err())
	}
	if got := v.Take(); got != nil || !errors.Is(v.Err(), messages.ErrLate) {
		t.Errorf("Take: %v, %v", got, v.Err())
	}
	if err := v.Add(text("b")); !errors.Is(err, messages.ErrLate) {
		t.Errorf("Add: %v", err)
	}
	if update, err := v.Commit(200); err != nil || update.SetCookie || !strings.Contains(s.Get("_messages").(string), `"a"`) {
		t.Errorf("Commit again: %+v, %v", update, err)
	}
}

// A cookie of 3.1 and of 1.4 is read by the options, and written as since 3.2.
func TestVisitReadsOlderForms(t *testing.T) {
	codec := newCodec(t, &messages.Options{AcceptDjango14: true, AcceptDjango31: true})
	for name, cookie := range map[string]string{"3.1": cookie31(t, helloJSON), "1.4": cookie14(t, testKey, helloJSON)} {
		v := codec.Open([]string{"messages=" + cookie}, nil)
		mustAdd(t, v, text("a"))
		if update, err := v.Commit(200); err != nil || !update.Vary || strings.Contains(update.Cookie, "[") {
			t.Errorf("%s: %+v, %v", name, update, err)
		}
		if n := len(codec.Open([]string{"messages=" + cookie}, nil).Take()); n == 0 {
			t.Errorf("%s: no messages", name)
		}
	}
}

// A cookie whose signature is not good hides the session's messages, and its error is told.
func TestBadCookie(t *testing.T) {
	for _, tt := range []struct {
		name, cookie, kind string
		storage            messages.Storage
		deleted            bool
		reason             string
	}{
		{"signature, alone", "junk", "bad signature", messages.CookieOnly, true, "CookieStorage marks it as used"},
		{"signature", "junk", "bad signature", messages.CookieThenSession, false, "FallbackStorage does not"},
		{"payload, alone", cookie32(t, "{}"), "malformed", messages.CookieOnly, true, "it is no list"},
		{"payload", cookie32(t, "{}"), "malformed", messages.CookieThenSession, false, "the same"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSession(t)
			s.Set("_messages", `[["__json_message", 0, 20, "hidden"]]`)
			codec := newCodec(t, &messages.Options{Storage: tt.storage})
			v := codec.Open([]string{"messages=" + tt.cookie}, s)
			if got := v.Peek(); got != nil || kind(t, v.Err()) != tt.kind {
				t.Errorf("%v, %v", got, v.Err())
			}
			if update, err := v.Commit(200); err != nil || update.SetCookie != tt.deleted || update.Cookie != "" {
				t.Errorf("%+v, %v: %s", update, err, tt.reason)
			}
		})
	}
}

func TestContext(t *testing.T) {
	if err := messages.Add(t.Context(), messages.Info, "a"); kind(t, err) != "invalid option" {
		t.Errorf("Add without a visit: %v", err)
	}
	if list := messages.Take(t.Context()); list != nil || messages.FromContext(t.Context()) != nil {
		t.Errorf("Take without a visit: %v", list)
	}
	v := newCodec(t, nil).Open(nil, nil)
	ctx := messages.NewContext(t.Context(), v)
	for _, add := range []func() error{
		func() error { return messages.Add(ctx, messages.Error, "a", "x", "y") },
		func() error { return messages.Add(ctx, messages.Success, "b") },
		func() error { return messages.Add(ctx, messages.Debug, "below the level") },
		func() error { return messages.Add(ctx, messages.Success, "") },
	} {
		if err := add(); err != nil {
			t.Error(err)
		}
	}
	want := []messages.Message{
		{Level: messages.Error, Text: "a", ExtraTags: new("x y")},
		{Level: messages.Success, Text: "b", ExtraTags: new("")},
	}
	if diff := cmp.Diff(want, messages.Take(ctx)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestZeroCodecCommits(t *testing.T) {
	v := new(messages.Codec).Open([]string{"=x"}, nil)
	mustAdd(t, v, text("a"))
	if update, err := v.Commit(200); kind(t, err) != "invalid key" || update.SetCookie {
		t.Errorf("%+v, %v", update, err)
	}
}

// Values that no Django wrote are errors, and what is false in Python is nothing.
func TestSessionValues(t *testing.T) {
	for _, tt := range []struct {
		name  string
		value any
		kind  string
	}{
		{"nil", nil, ""},
		{"empty text", "", ""},
		{"false", false, ""},
		{"zero", 0, ""},
		{"zero float", 0.0, ""},
		{"empty list", []any{}, ""},
		{"empty object", map[string]any{}, ""},
		{"true", true, "malformed"},
		{"number", 5, "malformed"},
		{"list", []any{"a"}, "malformed"},
		{"object", map[string]any{"a": 1}, "malformed"},
		{"not JSON", "junk", "malformed"},
		{"no list", "5", "malformed"},
		{"three items", `[["__json_message",25,"x"]]`, "malformed"},
		{"large", `["` + strings.Repeat("x", 2<<20) + `"]`, "too large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSession(t)
			s.Set("_messages", tt.value)
			v := newCodec(t, &messages.Options{Storage: messages.SessionOnly}).Open(nil, s)
			list := v.Take()
			if err := v.Err(); list != nil || tt.kind == "" && err != nil || tt.kind != "" && kind(t, err) != tt.kind {
				t.Errorf("%v, %v, want %q", list, err, tt.kind)
			}
			if _, err := v.Commit(200); err != nil || s.Has("_messages") {
				t.Errorf("it stays, %v", err)
			}
		})
	}
}
