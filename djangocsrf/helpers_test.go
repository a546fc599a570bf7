package djangocsrf_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangocsrf"
)

// A secret, a token of it and one of another secret, as Django made them.
const (
	secret     = "BJO9KMngWctbGE6aEdfrHjeyHkQAUIFw"
	masked     = "KzIeY7fjmE1Nordaww2acaxoa5aSCFUIb8mdyJsp8GkOUV9a0z7rJjBMHfQimdp4"
	maskedElse = "ZP0LHT4bbbTvffw9M3ogQma2NzapbQNf3btVHTXTaiVB18crj22CvTqpqUJ3uu3O" // of another secret
)

// start is the clock of the tests.
var start = time.Unix(1800000000, 0)

func startClock() time.Time { return start }

func protect(t testing.TB, opts djangocsrf.Options) *djangocsrf.Protection {
	t.Helper()
	if opts.Now == nil {
		opts.Now = startClock
	}
	p, err := djangocsrf.New(&opts)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// post is a good request over plain HTTP, as a change of it.
func post(change func(*djangocsrf.Request)) djangocsrf.Request {
	r := djangocsrf.Request{
		Method: "POST", Host: "example.com",
		Cookies: []string{"csrftoken=" + secret}, Token: form(masked),
	}
	if change != nil {
		change(&r)
	}
	return r
}

func form(token string) func() (form, header string, hasHeader bool) {
	return func() (string, string, bool) { return token, "", false }
}

func header(token string) func() (form, header string, hasHeader bool) {
	return func() (string, string, bool) { return "", token, true }
}

// kindOf returns the kind of err, which must be an *Error and hold nothing of the
// request.
func kindOf(t testing.TB, err error) djangocsrf.Kind {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := err.(*djangocsrf.Error)
	if !ok || !errors.Is(err, e.Kind) {
		t.Fatalf("%T %v, want an *Error that matches its Kind", err, err)
	}
	return e.Kind
}

func newStore(t testing.TB) *saltine.CookieStore {
	t.Helper()
	keys, err := saltine.NewKeyring("a key for tests only, fifty bytes or more, not a secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// valueOf returns the value of a Set-Cookie header for name.
func valueOf(t testing.TB, line, name string) string {
	t.Helper()
	value, found := strings.CutPrefix(line, name+"=")
	if !found {
		t.Fatalf("no cookie %s in %q", name, line)
	}
	value, _, _ = strings.Cut(value, ";")
	return value
}
