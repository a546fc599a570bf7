package shop_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/examples/lambda/shop"
)

const (
	attributes = "; Max-Age=1209600; Expires=Tue, 28 Nov 2023 22:13:20 GMT; Path=/; SameSite=Lax; HttpOnly; Secure"
	deletion   = `sessionid=""; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; SameSite=Lax`
)

func countLine(n int) string { return fmt.Sprintf("cart_count=%d; Path=/; SameSite=Lax; Secure", n) }

// sessionLine is the Set-Cookie header of a session with a cart.
func sessionLine(t *testing.T, cart ...string) string {
	t.Helper()
	return "sessionid=" + token(t, newStore(t, testKey, now), cart) + attributes
}

func TestRoundTrip(t *testing.T) {
	for _, src := range sources {
		t.Run(src.name, func(t *testing.T) {
			f := deploy(t, src)
			want := reply{
				Status: 201, Vary: "Cookie", Body: "shoes\n",
				SetCookie: []string{sessionLine(t, "shoes"), countLine(1)},
			}
			if src.name == singleALB.name {
				want.SetCookie = want.SetCookie[:1]
			}
			added := f.call(t, call{method: "POST", path: "/cart", body: "shoes"})
			if diff := cmp.Diff(want, added); diff != "" {
				t.Errorf("first item (-want +got):\n%s", diff)
			}

			jar := append([]string{"theme=dark"}, cookies(added.SetCookie)...)
			want = reply{Status: 200, Vary: "Cookie", Body: "shoes\n"}
			if diff := cmp.Diff(want, f.call(t, call{method: "GET", path: "/cart", cookies: jar})); diff != "" {
				t.Errorf("list (-want +got):\n%s", diff)
			}

			added = f.call(t, call{method: "POST", path: "/cart", cookies: jar, body: "laces"})
			if diff := cmp.Diff("shoes\nlaces\n", added.Body); diff != "" {
				t.Errorf("second item (-want +got):\n%s", diff)
			}

			want = reply{Status: 200, Vary: "Cookie", Body: "empty\n", SetCookie: []string{deletion, countLine(0)}}
			if src.name == singleALB.name {
				want.SetCookie = want.SetCookie[:1]
			}
			if diff := cmp.Diff(want, f.call(t, call{method: "DELETE", path: "/cart", cookies: jar})); diff != "" {
				t.Errorf("empty the cart (-want +got):\n%s", diff)
			}
		})
	}
}

// The responses to one request, as they go out.
func TestResponse(t *testing.T) {
	setCookie := []any{sessionLine(t, "shoes"), countLine(1)}
	const contentType = "text/plain; charset=utf-8"
	multi := map[string]any{"Content-Type": []any{contentType}, "Vary": []any{"Cookie"}, "Set-Cookie": setCookie}
	single := map[string]any{"Content-Type": contentType, "Vary": "Cookie"}
	tests := []struct {
		file   string
		reason string
		want   map[string]any
	}{
		{"rest.json", "multiValueHeaders keeps both cookies", map[string]any{
			"statusCode": 201.0, "headers": nil, "multiValueHeaders": multi, "body": "shoes\n",
		}},
		{"http.json", "cookies is the only field for more than one", map[string]any{
			"statusCode": 201.0, "headers": single, "multiValueHeaders": nil, "cookies": setCookie, "body": "shoes\n",
		}},
		{"url.json", "the same format without multiValueHeaders", map[string]any{
			"statusCode": 201.0, "headers": single, "cookies": setCookie, "body": "shoes\n", "isBase64Encoded": false,
		}},
		{"alb-multi-value.json", "multiValueHeaders in, multiValueHeaders out", map[string]any{
			"statusCode": 201.0, "statusDescription": "201 Created", "headers": nil, "multiValueHeaders": multi,
			"body": "shoes\n", "isBase64Encoded": false,
		}},
		{"alb.json", "headers in, headers out: one cookie", map[string]any{
			"statusCode": 201.0, "statusDescription": "201 Created", "multiValueHeaders": nil,
			"headers": map[string]any{"Content-Type": contentType, "Vary": "Cookie", "Set-Cookie": setCookie[0]},
			"body":    "shoes\n", "isBase64Encoded": false,
		}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			src := sourceOf(t, test.file)
			got := deploy(t, src).invoke(t, src.event(t, call{method: "POST", path: "/cart", body: "shoes"}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func sourceOf(t *testing.T, file string) source {
	t.Helper()
	for _, src := range sources {
		if src.file == file {
			return src
		}
	}
	t.Fatalf("no source has %s", file)
	return source{}
}

// Where headers have one value only the session's cookie wins, and the log
// says what went missing.
func TestSingleValueHeadersLoseCookies(t *testing.T) {
	f := deploy(t, singleALB)
	f.call(t, call{method: "POST", path: "/cart", body: "shoes"})
	const want = "lambda.multi_value_headers.enabled is false\" cookie=cart_count\n"
	if !strings.HasSuffix(f.log.String(), want) {
		t.Errorf("log is %q, want it to end with %q", f.log.String(), want)
	}
}

func TestHeaderNames(t *testing.T) {
	session := "sessionid=" + token(t, newStore(t, testKey, now), []string{"shoes"})
	tests := []struct {
		name, reason string
		multi        map[string]any
		single       map[string]any
	}{
		{"upper case", "names ignore case", map[string]any{"COOKIE": []string{session}}, nil},
		{"two values", "HTTP/2 may send a header for each cookie", map[string]any{"cookie": []string{"a=1", session, "b=2"}}, nil},
		{"two cases", "two headers that differ in case are two keys", map[string]any{"Cookie": []string{"a=1"}, "cookie": []string{session}}, nil},
		{"single only", "an event typed by hand may lack multiValueHeaders", nil, map[string]any{"Cookie": session}},
	}
	src := sourceOf(t, "rest.json")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			event := src.event(t, call{method: "GET", path: "/cart"})
			event["multiValueHeaders"], event["headers"] = test.multi, test.single
			got := src.reply(t, deploy(t, src).invoke(t, event))
			if diff := cmp.Diff("shoes\n", got.Body); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestBadCookies(t *testing.T) {
	store := newStore(t, testKey, now)
	good := token(t, store, []string{"shoes"})
	signer, err := saltine.NewTimestampSigner(keyring(t, testKey), &saltine.Options{
		Salt: "django.contrib.sessions.backends.signed_cookies", Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, reason, value, log string
	}{
		{"foreign", "anybody may send anything", "not-one-of-ours", "level=DEBUG msg=\"cookie refused\""},
		{"tampered", "the signature no longer fits", "X" + good[1:], "level=DEBUG msg=\"cookie refused\""},
		{"cut off", "a proxy cut the header", good[:len(good)-4], "level=DEBUG msg=\"cookie refused\""},
		{
			"another key", "somebody else's cookie",
			token(t, newStore(t, "another key that is long enough not to be called weak: 0123", now), []string{"shoes"}),
			"level=DEBUG msg=\"cookie refused\"",
		},
		{
			"expired", "signed two weeks and a second ago",
			token(t, newStore(t, testKey, now.Add(-14*24*time.Hour-time.Second)), []string{"shoes"}),
			"level=DEBUG msg=\"cookie refused\"",
		},
		{"no session", "our own key signed what is no session", signer.Sign("not-JSON"), "level=ERROR msg=\"cookie unreadable\""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, src := range sources {
				f := deploy(t, src)
				got := f.call(t, call{method: "GET", path: "/cart", cookies: []string{"sessionid=" + test.value}})
				if got.Status != 200 || got.Body != "\n" || got.Vary != "Cookie" {
					t.Errorf("%s: %s: got status %d, Vary %q and body %q, want an empty cart", src.name, test.reason, got.Status, got.Vary, got.Body)
				}
				if log := f.log.String(); !strings.Contains(log, test.log) || strings.Contains(log, test.value) {
					t.Errorf("%s: log is %q, want %q and no cookie", src.name, log, test.log)
				}
			}
		})
	}
}

func TestWrongType(t *testing.T) {
	f := deploy(t, sources[0])
	session := "sessionid=" + token(t, newStore(t, testKey, now), 7)
	want := reply{Status: 500, Vary: "Cookie", Body: "internal error\n"}
	if diff := cmp.Diff(want, f.call(t, call{method: "GET", path: "/cart", cookies: []string{session}})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if log := f.log.String(); !strings.Contains(log, `value \"cart\"`) {
		t.Errorf("log does not name the value: %q", log)
	}
}

// A session that no browser would keep is an error that its author sees.
func TestTooLarge(t *testing.T) {
	item := incompressible(4000)
	for _, src := range sources {
		t.Run(src.name, func(t *testing.T) {
			f := deploy(t, src)
			want := reply{Status: 500, Vary: "Cookie", Body: "the session could not be saved\n"}
			if diff := cmp.Diff(want, f.call(t, call{method: "POST", path: "/cart", body: item})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			log := f.log.String()
			if !strings.Contains(log, `largest values: \"cart\" `) || strings.Contains(log, item[:20]) {
				t.Errorf("log is %q, want the name of the value, and not the value", log)
			}
		})
	}
}

// incompressible returns text that zlib makes no shorter than n/2.
func incompressible(n int) string {
	var b strings.Builder
	for state := uint32(1); b.Len() < n; {
		state = state*1664525 + 1013904223
		b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[state>>26])
	}
	return b.String()
}

func TestRoutes(t *testing.T) {
	session := "sessionid=" + token(t, newStore(t, testKey, now), []string{"shoes"})
	tests := []struct {
		name, reason string
		call         call
		want         reply
	}{
		{
			"untouched", "a response that did not look at the session does not vary",
			call{method: "GET", path: "/health", cookies: []string{session}},
			reply{Status: 200, Body: "ok\n"},
		},
		{"not found", "likewise", call{method: "GET", path: "/", cookies: []string{session}}, reply{Status: 404, Body: "not found\n"}},
		{"empty", "no session is made for a reader", call{method: "GET", path: "/cart"}, reply{Status: 200, Vary: "Cookie", Body: "\n"}},
		{
			"base64", "gateways encode bodies that may not be text",
			call{method: "POST", path: "/cart", body: base64.StdEncoding.EncodeToString([]byte("shoes")), isBase64: true},
			reply{Status: 201, Vary: "Cookie", Body: "shoes\n", SetCookie: []string{sessionLine(t, "shoes"), countLine(1)}},
		},
		{
			"bad base64", "an event may be typed by hand",
			call{method: "POST", path: "/cart", body: "%", isBase64: true},
			reply{Status: 400, Body: "the body is not base64\n"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, deploy(t, sources[0]).call(t, test.call)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestHandlerUnknownSource(t *testing.T) {
	s, err := shop.New(newStore(t, testKey, now), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Handler("sqs"); err == nil {
		t.Error("Handler took a source that there is none of")
	}
}

// contextStore keeps the context that a session was last opened with.
type contextStore struct {
	saltine.Store
	ctx context.Context //nolint:containedctx // to look at it
}

func (c *contextStore) Open(ctx context.Context, cookie string) *saltine.Session {
	c.ctx = ctx
	return c.Store.Open(ctx, cookie)
}

// A session is bound to the context of its event: a store that asks a database gives
// up when the function's time is over.
func TestContext(t *testing.T) {
	for _, src := range sources {
		store := &contextStore{Store: newStore(t, testKey, now)}
		deployOn(t, src, store).call(t, call{method: "GET", path: "/cart"})
		if store.ctx == nil || store.ctx.Value(invocation{}) == nil {
			t.Errorf("%s: the session does not have the context of the event", src.name)
		}
	}
}
