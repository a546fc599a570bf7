package shop_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/examples/lambda/shop"
)

const testKey saltine.Key = "an example key, public and therefore worthless: 0123456789"

var now = time.Date(2023, time.November, 14, 22, 13, 20, 0, time.UTC)

func keyring(t *testing.T, key saltine.Key) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newStore(t *testing.T, key saltine.Key, at time.Time) *saltine.CookieStore {
	t.Helper()
	store, err := saltine.NewCookieStore(keyring(t, key), &saltine.StoreOptions{
		Now: func() time.Time { return at },
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// token is the cookie of a session with a cart.
func token(t *testing.T, store *saltine.CookieStore, cart any) string {
	t.Helper()
	session := store.New()
	session.Set("cart", cart)
	value, err := store.Save(session)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// function is a deployed function: JSON goes in and comes out.
type function struct {
	source  source
	handler lambda.Handler
	log     bytes.Buffer
}

func deploy(t *testing.T, src source) *function {
	t.Helper()
	return deployOn(t, src, newStore(t, testKey, now))
}

func deployOn(t *testing.T, src source, store saltine.Store) *function {
	t.Helper()
	f := &function{source: src}
	log := slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := shop.New(store, log)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := s.Handler(src.handler)
	if err != nil {
		t.Fatal(err)
	}
	f.handler = lambda.NewHandler(handler)
	return f
}

// call is one HTTP request.
type call struct {
	method, path string
	cookies      []string // name=value
	body         string
	isBase64     bool
}

// reply is what a client gets.
type reply struct {
	Status    int
	Vary      string
	SetCookie []string
	Body      string
}

func (f *function) call(t *testing.T, c call) reply {
	t.Helper()
	return f.source.reply(t, f.invoke(t, f.source.event(t, c)))
}

// invocation is what the context of an event is told by.
type invocation struct{}

// invoke runs the function on an event as Lambda does.
func (f *function) invoke(t *testing.T, event map[string]any) map[string]any {
	t.Helper()
	payload, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	out, err := f.handler.Invoke(context.WithValue(t.Context(), invocation{}, true), payload)
	if err != nil {
		t.Fatal(err)
	}
	var response map[string]any
	if err := json.Unmarshal(out, &response); err != nil {
		t.Fatal(err)
	}
	return response
}

// source is one kind of event.
type source struct {
	name       string
	reason     string
	handler    string
	file       string
	setCookies func(event map[string]any, cookies []string)
}

var sources = []source{
	{
		name: "REST API", reason: "headers in multiValueHeaders, as the client wrote them",
		handler: "rest", file: "rest.json", setCookies: restCookies("Cookie"),
	},
	{
		name: "REST API, lower case", reason: "browsers that speak HTTP/2 write lower case",
		handler: "rest", file: "rest.json", setCookies: restCookies("cookie"),
	},
	{
		name: "HTTP API", reason: "payload format 2.0 has an array of cookies",
		handler: "http", file: "http.json", setCookies: cookieArray,
	},
	{
		name: "function URL", reason: "the same format in another Go type",
		handler: "url", file: "url.json", setCookies: cookieArray,
	},
	{
		name: "ALB, multi-value headers", reason: "the attribute is true",
		handler: "alb", file: "alb-multi-value.json", setCookies: multiValueCookie,
	},
	singleALB,
}

var singleALB = source{
	name: "ALB, single-value headers", reason: "the attribute is false, its default",
	handler: "alb", file: "alb.json", setCookies: singleValueCookie,
}

func restCookies(name string) func(map[string]any, []string) {
	return func(event map[string]any, cookies []string) {
		header := strings.Join(cookies, "; ")
		object(event["headers"])[name] = header
		object(event["multiValueHeaders"])[name] = []string{header}
	}
}

func cookieArray(event map[string]any, cookies []string) { event["cookies"] = cookies }

func multiValueCookie(event map[string]any, cookies []string) {
	object(event["multiValueHeaders"])["cookie"] = []string{strings.Join(cookies, "; ")}
}

func singleValueCookie(event map[string]any, cookies []string) {
	object(event["headers"])["cookie"] = strings.Join(cookies, "; ")
}

// object is a JSON object, empty where there is none.
func object(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}

// event is the source's recorded event, made that of a call.
func (s source) event(t *testing.T, c call) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", s.file))
	if err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatal(err)
	}
	if http := object(object(event["requestContext"])["http"]); http != nil {
		event["rawPath"], http["path"], http["method"] = c.path, c.path, c.method
	} else {
		event["path"], event["httpMethod"] = c.path, c.method
	}
	if len(c.cookies) > 0 {
		s.setCookies(event, c.cookies)
	}
	event["body"], event["isBase64Encoded"] = c.body, c.isBase64
	return event
}

// reply reads a response as the source does.
func (s source) reply(t *testing.T, response map[string]any) reply {
	t.Helper()
	text, err := json.Marshal(response)
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		StatusCode        int                 `json:"statusCode"`
		Headers           map[string]string   `json:"headers"`
		MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
		Cookies           []string            `json:"cookies"`
		Body              string              `json:"body"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	out := reply{Status: r.StatusCode, Body: r.Body}
	switch s.file {
	case "rest.json", "alb-multi-value.json":
		out.SetCookie = r.MultiValueHeaders["Set-Cookie"]
		out.Vary = strings.Join(r.MultiValueHeaders["Vary"], ", ")
	case "alb.json":
		if line, ok := r.Headers["Set-Cookie"]; ok {
			out.SetCookie = []string{line}
		}
		out.Vary = r.Headers["Vary"]
	default:
		out.SetCookie = r.Cookies
		out.Vary = r.Headers["Vary"]
	}
	return out
}

// cookies are what a browser that got the Set-Cookie headers sends.
func cookies(setCookie []string) []string {
	var pairs []string
	for _, line := range setCookie {
		pair, _, _ := strings.Cut(line, ";")
		pairs = append(pairs, pair)
	}
	return pairs
}
