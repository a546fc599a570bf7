package djangocsrf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangocsrf"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*djangocsrf.Request)
		want   djangocsrf.Kind
		reason string
	}{
		{"good", nil, "", "secret and token fit"},
		{"get", func(r *djangocsrf.Request) { r.Method, r.Cookies = "get", nil }, "", "Django writes methods in capitals"},
		{"other method", func(r *djangocsrf.Request) { r.Method, r.Token = "PROPFIND", nil }, djangocsrf.ErrTokenMissing, "four methods pass, and no other"},
		{"no method", func(r *djangocsrf.Request) { r.Method, r.Token = "", nil }, djangocsrf.ErrTokenMissing, "a Request that was not filled in is refused"},
		{"header", func(r *djangocsrf.Request) { r.Token = header(masked) }, "", "scripts send a header"},
		{"secret as token", func(r *djangocsrf.Request) { r.Token = header(secret) }, "", "the cookie's own text is a token"},
		{"empty header", func(r *djangocsrf.Request) { r.Token = header("") }, djangocsrf.ErrTokenLength, "it was sent"},
		{"no token", func(r *djangocsrf.Request) { r.Token = nil }, djangocsrf.ErrTokenMissing, "a nil Token has none"},
		{"two cookies", func(r *djangocsrf.Request) {
			r.Cookies = []string{"csrftoken=" + maskedElse + "; csrftoken=" + secret}
		}, "", "the last counts"},
		{"two cookies, other order", func(r *djangocsrf.Request) {
			r.Cookies = []string{"csrftoken=" + secret, "csrftoken=" + maskedElse}
		}, djangocsrf.ErrTokenIncorrect, "the last counts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := protect(t, djangocsrf.Options{}).Open(post(tt.change)).Check()
			if got := kindOf(t, err); got != tt.want {
				t.Errorf("Check = %v, want %q: %s", err, tt.want, tt.reason)
			}
		})
	}
}

// Django: login calls rotate_token.
func TestSecretRotatedAtLogin(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	v := p.Open(post(nil))
	if err := v.Check(); err != nil {
		t.Fatal(err)
	}
	v.Rotate()
	line, vary := v.SetCookie()
	rotated := valueOf(t, line, "csrftoken")
	if rotated == secret || !vary {
		t.Fatalf("SetCookie = %q, %v after Rotate: the planted secret lives on", line, vary)
	}
	old := p.Open(post(func(r *djangocsrf.Request) { r.Cookies = []string{"csrftoken=" + rotated} }))
	if err := old.Check(); !errors.Is(err, djangocsrf.ErrTokenIncorrect) {
		t.Errorf("a token of before the login: %v, want it refused", err)
	}
	if err := p.Open(post(func(r *djangocsrf.Request) {
		r.Cookies, r.Token = []string{"csrftoken=" + rotated}, form(v.Token())
	})).Check(); err != nil {
		t.Errorf("a token of after the login: %v", err)
	}
}

// Two tokens of one secret have no text in common, and are the same token.
func TestTokenComparedAfterUnmasking(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	v := p.Open(post(nil))
	one, two := v.Token(), v.Token()
	if one == two {
		t.Error("two tokens are one text: a page that is compressed gives it away")
	}
	for _, token := range []string{one, two} {
		if err := p.Open(post(func(r *djangocsrf.Request) { r.Token = form(token) })).Check(); err != nil {
			t.Errorf("Check = %v", err)
		}
	}
}

// The cookie of an older Django is read, and written in the new form only when it is
// sent anyway.
func TestMaskedCookieNotWrittenBack(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	request := post(func(r *djangocsrf.Request) { r.Cookies = []string{"csrftoken=" + masked} })
	v := p.Open(request)
	if err := v.Check(); err != nil {
		t.Fatal(err)
	}
	if line, vary := v.SetCookie(); line != "" || vary {
		t.Errorf("SetCookie = %q, %v, want nothing: no token was made", line, vary)
	}
	v = p.Open(request)
	v.Token()
	line, _ := v.SetCookie()
	if got := valueOf(t, line, "csrftoken"); got != secret {
		t.Errorf("the cookie is %q, want the secret of 32 characters", got)
	}
}

// An empty cookie is a bad one, which is replaced; no cookie is none.
func TestEmptyCookieIsBad(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	for _, tt := range []struct {
		name     string
		cookies  []string
		want     djangocsrf.Kind
		replaced bool
	}{
		{"none", nil, djangocsrf.ErrNoCookie, false},
		{"empty", []string{"csrftoken="}, djangocsrf.ErrCookieLength, true},
		{"quotes only", []string{`csrftoken=""`}, djangocsrf.ErrCookieLength, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := p.Open(post(func(r *djangocsrf.Request) { r.Cookies = tt.cookies }))
			if got := kindOf(t, v.Check()); got != tt.want {
				t.Errorf("Check = %q, want %q", got, tt.want)
			}
			line, _ := v.SetCookie()
			if replaced := line != ""; replaced != tt.replaced || (v.Err() != nil) != tt.replaced {
				t.Errorf("SetCookie = %q, Err = %v, want replaced %v", line, v.Err(), tt.replaced)
			}
		})
	}
}

func TestSetCookie(t *testing.T) {
	const expires = "; Max-Age=31449600; Expires=Fri, 14 Jan 2028 08:00:00 GMT"
	for _, tt := range []struct {
		name   string
		opts   djangocsrf.Options
		want   string
		reason string
	}{
		{"defaults", djangocsrf.Options{}, "csrftoken=" + secret + expires + "; Path=/; SameSite=Lax; Secure", "Django's, and Secure"},
		{"all", djangocsrf.Options{
			CookieName: "xsrf", CookiePath: "/app/", CookieDomain: ".example.com", CookieAge: 10 * time.Minute,
			Insecure: true, HTTPOnly: true, SameSite: djangocsrf.SameSiteStrict,
		}, "xsrf=" + secret + "; Max-Age=600; Expires=Fri, 15 Jan 2027 08:10:00 GMT; Domain=.example.com; Path=/app/; SameSite=Strict; HttpOnly", "every setting"},
		{"browser closes", djangocsrf.Options{UntilBrowserCloses: true, SameSite: djangocsrf.SameSiteOmitted}, "csrftoken=" + secret + "; Path=/; Secure", "no age"},
		{"prefix", djangocsrf.Options{CookieName: "__Host-csrf"}, "__Host-csrf=" + secret + expires + "; Path=/; SameSite=Lax; Secure", "no sibling domain can plant it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name, _, _ := strings.Cut(tt.want, "=")
			v := protect(t, tt.opts).Open(djangocsrf.Request{Cookies: []string{name + "=" + secret}})
			v.Token()
			line, vary := v.SetCookie()
			if diff := cmp.Diff(tt.want, line); diff != "" || !vary {
				t.Errorf("SetCookie (vary %v) (-want +got): %s\n%s", vary, tt.reason, diff)
			}
			if line, vary := v.SetCookie(); line != "" || vary {
				t.Errorf("SetCookie = %q, %v when called again, want nothing", line, vary)
			}
		})
	}
}

// A cookie of 64 characters whose secret is the one in use.
func TestMaskedCookieOption(t *testing.T) {
	p := protect(t, djangocsrf.Options{MaskedCookie: true})
	v := p.Open(djangocsrf.Request{})
	token := v.Token()
	line, _ := v.SetCookie()
	cookie := valueOf(t, line, "csrftoken")
	if len(cookie) != 64 || cookie == token {
		t.Fatalf("the cookie is %q, want 64 characters with a mask of their own", cookie)
	}
	if err := p.Open(post(func(r *djangocsrf.Request) {
		r.Cookies, r.Token = []string{"csrftoken=" + cookie}, form(token)
	})).Check(); err != nil {
		t.Error(err)
	}
}

// The session keeps the secret, without another change of it than is needed.
func TestSessionSecretNotWrittenUnchanged(t *testing.T) {
	for _, tt := range []struct {
		name         string
		masked       bool
		stored       any
		use          bool
		want         any // nil: a new secret
		wantModified bool
		reason       string
	}{
		{"unused", false, secret, false, secret, false, "nothing happened"},
		{"used", false, secret, true, secret, false, "what is there already is not written"},
		{"unused token", false, masked, false, masked, false, "the form of an older Django may stay"},
		{"used token", false, masked, true, secret, true, "it is written anyway, in the new form"},
		{"none", false, nil, true, nil, true, "a token needs a secret"},
		{"number", false, 5, false, nil, true, "what is no secret is replaced"},
		{"list", false, []any{secret}, true, nil, true, "the same, and no panic"},
		{"unused secret, masked", true, secret, false, secret, false, "nothing happened"},
		{"used token, masked", true, masked, true, masked, false, "it has the form already"},
		{"used secret, masked", true, secret, true, nil, true, "Django before 4.1 could not read it"},
		{"none, masked", true, nil, true, nil, true, "a token needs a secret"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore(t).New()
			if tt.stored != nil {
				s.Set(djangocsrf.SessionKey, tt.stored)
			}
			s.SetModified(false)
			p := protect(t, djangocsrf.Options{UseSessions: true, MaskedCookie: tt.masked})
			v := p.Open(djangocsrf.Request{Session: s})
			var token string
			if tt.use {
				token = v.Token()
			}
			if line, vary := v.SetCookie(); line != "" || vary {
				t.Errorf("SetCookie = %q, %v, want nothing: the secret is in the session", line, vary)
			}
			got, _ := s.Get(djangocsrf.SessionKey).(string)
			length := 32
			if tt.masked {
				length = 64
			}
			if tt.want != nil && got != tt.want || tt.want == nil && len(got) != length {
				t.Errorf("the session holds %q, want %v: %s", got, tt.want, tt.reason)
			}
			if err := p.Open(djangocsrf.Request{Method: "POST", Session: s, Token: form(token)}).Check(); tt.use && err != nil {
				t.Errorf("the token that was made: %v", err)
			}
			if s.Modified() != tt.wantModified {
				t.Errorf("Modified = %v, want %v: %s", s.Modified(), tt.wantModified, tt.reason)
			}
		})
	}
}

// A logout empties the session; the page that follows has a token of the same secret,
// which the new session holds.
func TestSessionTokenSurvivesFlush(t *testing.T) {
	p := protect(t, djangocsrf.Options{UseSessions: true})
	s := newStore(t).New()
	s.Set(djangocsrf.SessionKey, secret)
	v := p.Open(djangocsrf.Request{Session: s})
	token := v.Token()
	s.Clear()
	v.SetCookie()
	next := p.Open(djangocsrf.Request{Method: "POST", Session: s, Token: form(token)})
	if err := next.Check(); err != nil {
		t.Errorf("Check = %v", err)
	}
}

func TestSessionIsMissing(t *testing.T) {
	v := protect(t, djangocsrf.Options{UseSessions: true}).Open(djangocsrf.Request{Method: "GET"})
	for _, err := range []error{v.Err(), v.Check()} {
		if !errors.Is(err, djangocsrf.ErrNoSession) || !errors.Is(err, saltine.ErrInvalidOption) {
			t.Errorf("%v, want ErrNoSession: every request shows the mistake", err)
		}
	}
	v.Token()
	if line, vary := v.SetCookie(); line != "" || vary {
		t.Errorf("SetCookie = %q, %v, want nothing", line, vary)
	}
}

// A session's value that is no secret is loud: our own key signed it.
func TestBadSession(t *testing.T) {
	p := protect(t, djangocsrf.Options{UseSessions: true})
	for _, value := range []any{"", "x", strings.Repeat("-", 32), strings.Repeat("é", 16), 5, true, []any{}, map[string]any{}} {
		s := newStore(t).New()
		s.Set(djangocsrf.SessionKey, value)
		v := p.Open(djangocsrf.Request{Method: "POST", Session: s, Token: form(masked)})
		for _, err := range []error{v.Err(), v.Check()} {
			if !errors.Is(err, djangocsrf.ErrBadSession) || !errors.Is(err, saltine.ErrMalformed) {
				t.Errorf("%v holds: %v, want ErrBadSession", value, err)
			}
		}
	}
}

// A rotation before the check does not spoil it: the request's own secret counts.
func TestRotateBeforeCheck(t *testing.T) {
	v := protect(t, djangocsrf.Options{}).Open(post(nil))
	v.Rotate()
	if err := v.Check(); err != nil {
		t.Errorf("Check = %v", err)
	}
}

// Tokens of every length but the two, in each place, whatever they are made of.
func TestEveryWrongLength(t *testing.T) {
	p := protect(t, djangocsrf.Options{})
	for n := range 300 {
		if n == 32 || n == 64 {
			continue
		}
		for _, char := range []string{"a", "-", "é", "\u0663", "😀", "\x00", "\xff"} {
			text := strings.Repeat(char, n)
			if n > 0 {
				if got := kindOf(t, p.Open(post(func(r *djangocsrf.Request) { r.Token = form(text) })).Check()); got != djangocsrf.ErrTokenLength {
					t.Errorf("form token of %d times %q: %q", n, char, got)
				}
			}
			if got := kindOf(t, p.Open(post(func(r *djangocsrf.Request) { r.Token = header(text) })).Check()); got != djangocsrf.ErrTokenLength {
				t.Errorf("header token of %d times %q: %q", n, char, got)
			}
			cookie := strings.NewReplacer("\x00", "_").Replace(text)
			if got := kindOf(t, p.Open(post(func(r *djangocsrf.Request) { r.Cookies = []string{"csrftoken=" + cookie} })).Check()); got != djangocsrf.ErrCookieLength {
				t.Errorf("cookie of %d times %q: %q", n, char, got)
			}
		}
	}
	for _, n := range []int{32, 64} {
		for _, char := range []string{"-", "é", "\u0663", "\x00", "\xff", "/", ":", "@", "[", "`", "{"} {
			if got := kindOf(t, p.Open(post(func(r *djangocsrf.Request) { r.Token = form(strings.Repeat(char, n)) })).Check()); got != djangocsrf.ErrTokenCharacters {
				t.Errorf("form token of %d times %q: %q", n, char, got)
			}
		}
	}
}

// Headers as large as servers let through cost no memory of their size.
func TestFloods(t *testing.T) {
	p := protect(t, djangocsrf.Options{TrustedOrigins: []string{"https://*.wild.test", "https://a.test"}})
	const size = 1 << 20
	long := strings.Repeat("a", size)
	for _, tt := range []struct {
		name   string
		change func(*djangocsrf.Request)
		want   djangocsrf.Kind
	}{
		{"form", func(r *djangocsrf.Request) { r.Token = form(long) }, djangocsrf.ErrTokenLength},
		{"header", func(r *djangocsrf.Request) { r.Token = header(strings.Repeat("é", size/2)) }, djangocsrf.ErrTokenLength},
		{"cookie", func(r *djangocsrf.Request) { r.Cookies = []string{"csrftoken=" + long[:size-100]} }, djangocsrf.ErrCookieLength},
		{"too many bytes", func(r *djangocsrf.Request) { r.Cookies = []string{"csrftoken=" + secret, long, long} }, djangocsrf.ErrNoCookie},
		{"too many cookies", func(r *djangocsrf.Request) {
			r.Cookies = []string{strings.Repeat("a=1;", 4000) + "csrftoken=" + secret}
		}, djangocsrf.ErrNoCookie},
		{"origin", func(r *djangocsrf.Request) { r.HasOrigin, r.Origin = true, "https://"+long }, djangocsrf.ErrBadOrigin},
		{"origin of colons", func(r *djangocsrf.Request) { r.HasOrigin, r.Origin = true, strings.Repeat(":", size) }, djangocsrf.ErrBadOrigin},
		{"origin of brackets", func(r *djangocsrf.Request) { r.HasOrigin, r.Origin = true, "https://"+strings.Repeat("[", size)+"]" }, djangocsrf.ErrBadOrigin},
		{"referer", func(r *djangocsrf.Request) { r.Secure, r.HasReferer, r.Referer = true, true, "https://"+long+"/" }, djangocsrf.ErrBadReferer},
		{"referer of spaces", func(r *djangocsrf.Request) { r.Secure, r.HasReferer, r.Referer = true, true, strings.Repeat(" ", size) }, djangocsrf.ErrMalformedReferer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			request := post(tt.change)
			if got := kindOf(t, p.Open(request).Check()); got != tt.want {
				t.Errorf("Check = %q, want %q", got, tt.want)
			}
			if got := allocated(func() { p.Open(request).Check() }); got > 4096 { //nolint:errcheck // checked above
				t.Errorf("%d bytes allocated for one request", got)
			}
		})
	}
}

// allocated returns how many bytes a call of f allocates, the least of some calls:
// others may be at work.
func allocated(f func()) uint64 {
	least := uint64(math.MaxUint64)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

// What Rand cannot give, crypto/rand does.
func TestRand(t *testing.T) {
	index := bytes.Repeat([]byte{0, 1, 61, 62, 247}, 100)
	for _, tt := range []struct {
		name   string
		rand   io.Reader
		want   string // of the secret; empty: any
		reason string
	}{
		{"bytes are indexes", bytes.NewReader(index), "ab9a9ab9a9ab9a9ab9a9ab9a9ab9a9ab", "248 is four times 62"},
		{"rejected", bytes.NewReader(append([]byte{248, 255}, index...)), "ab9a9ab9a9ab9a9ab9a9ab9a9ab9a9ab", "they would make eight characters likelier"},
		{"one byte at a time", iotest.OneByteReader(bytes.NewReader(index)), "ab9a9ab9a9ab9a9ab9a9ab9a9ab9a9ab", "readers may"},
		{"at its end", bytes.NewReader(index[:10]), "", "crypto/rand stands in"},
		{"failing", iotest.ErrReader(errors.New("no entropy")), "", "crypto/rand stands in"},
		{"all rejected", repeated(255), "", "crypto/rand stands in, after a while"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := protect(t, djangocsrf.Options{Rand: tt.rand}).Open(djangocsrf.Request{})
			v.Rotate()
			line, _ := v.SetCookie()
			got := valueOf(t, line, "csrftoken")
			if len(got) != 32 || tt.want != "" && got != tt.want {
				t.Errorf("the secret is %q, want %q: %s", got, tt.want, tt.reason)
			}
			v.Rotate()
			line, _ = v.SetCookie()
			if again := valueOf(t, line, "csrftoken"); tt.want == "" && again == got {
				t.Errorf("the secret is %q twice: %s", got, tt.reason)
			}
		})
	}
}

// repeated gives one byte for ever.
type repeated byte

func (b repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

// Every character is as likely as the next: a mask that is not leaves a trace of the
// secret.
func TestDrawIsEven(t *testing.T) {
	counts := map[rune]int{}
	v := protect(t, djangocsrf.Options{}).Open(djangocsrf.Request{})
	const draws = 4000
	for range draws {
		for _, char := range v.Token()[:32] {
			counts[char]++
		}
	}
	const mean = draws * 32 / 62
	for char, n := range counts {
		if n < mean*8/10 || n > mean*12/10 {
			t.Errorf("%q is drawn %d times, the mean is %d", char, n, mean)
		}
	}
	if len(counts) != 62 {
		t.Errorf("%d characters are drawn, want 62", len(counts))
	}
}

// Printing shows no secret, cookie or token, whatever the verb, by value and nested.
func TestPrint(t *testing.T) {
	r := post(nil)
	v := protect(t, djangocsrf.Options{}).Open(r)
	v.Token()
	err := protect(t, djangocsrf.Options{}).Open(post(func(r *djangocsrf.Request) { r.Token = form(maskedElse) })).Check()
	values := []any{v, *v, &v, struct{ V *djangocsrf.Visit }{v}, struct{ v djangocsrf.Visit }{*v}, []any{v}, r, &r, []djangocsrf.Request{r}, err}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			text := fmt.Sprintf(verb, value)
			for _, canary := range []string{secret, masked, maskedElse, fmt.Sprintf("%x", secret)} {
				if strings.Contains(text, canary) {
					t.Errorf("%s of %T holds %q: %s", verb, value, canary, text)
				}
			}
		}
		text, _ := json.Marshal(value)
		if strings.Contains(string(text), secret) {
			t.Errorf("JSON of %T holds the secret: %s", value, text)
		}
	}
}
