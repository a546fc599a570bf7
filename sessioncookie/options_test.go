package sessioncookie_test

import (
	"cmp"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

func TestOptions(t *testing.T) {
	const life = "; Max-Age=1209600; Expires=Tue, 28 Nov 2023 22:13:20 GMT"
	const deleted = `=""; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT`
	for _, tt := range []struct {
		name   string
		opts   *sessioncookie.Options
		set    string // after name and value, without the life
		delete string // after name and value
		reason string
	}{
		{"nil", nil, "; Path=/; SameSite=Lax; HttpOnly; Secure", "; Path=/; SameSite=Lax", "safe defaults"},
		{"zero", &sessioncookie.Options{}, "; Path=/; SameSite=Lax; HttpOnly; Secure", "; Path=/; SameSite=Lax", "the same"},
		{"Name", &sessioncookie.Options{Name: "sid"}, "; Path=/; SameSite=Lax; HttpOnly; Secure", "; Path=/; SameSite=Lax", "another cookie"},
		{"Path", &sessioncookie.Options{Path: "/app/"}, "; Path=/app/; SameSite=Lax; HttpOnly; Secure", "; Path=/app/; SameSite=Lax", "the deletion must name it too"},
		{"NoPath", &sessioncookie.Options{NoPath: true}, "; SameSite=Lax; HttpOnly; Secure", "; SameSite=Lax", "Django's None"},
		{"Domain", &sessioncookie.Options{Domain: ".example.com"}, "; Domain=.example.com; Path=/; SameSite=Lax; HttpOnly; Secure", "; Domain=.example.com; Path=/; SameSite=Lax", "as it is, as in Django"},
		{"Insecure", &sessioncookie.Options{Insecure: true}, "; Path=/; SameSite=Lax; HttpOnly", "; Path=/; SameSite=Lax", "Django's default"},
		{"ScriptAccess", &sessioncookie.Options{ScriptAccess: true}, "; Path=/; SameSite=Lax; Secure", "; Path=/; SameSite=Lax", "Django's HTTPONLY = False"},
		{"Strict", &sessioncookie.Options{SameSite: sessioncookie.SameSiteStrict}, "; Path=/; SameSite=Strict; HttpOnly; Secure", "; Path=/; SameSite=Strict", ""},
		{"None", &sessioncookie.Options{SameSite: sessioncookie.SameSiteNone}, "; Path=/; SameSite=None; HttpOnly; Secure", "; Path=/; SameSite=None; Secure", "browsers refuse the deletion without Secure"},
		{"Omitted", &sessioncookie.Options{SameSite: sessioncookie.SameSiteOmitted}, "; Path=/; HttpOnly; Secure", "; Path=/", "Django's None value"},
		{"Partitioned", &sessioncookie.Options{Partitioned: true}, "; Path=/; SameSite=Lax; HttpOnly; Secure; Partitioned", "; Path=/; SameSite=Lax; Secure; Partitioned", "a deletion finds a cookie in its partition only"},
		{"__Host-", &sessioncookie.Options{Name: "__Host-sid"}, "; Path=/; SameSite=Lax; HttpOnly; Secure", "; Path=/; SameSite=Lax; Secure", "browsers refuse the deletion without Secure"},
		{"__secure-", &sessioncookie.Options{Name: "__secure-sid", Domain: "example.com", Path: "/x"}, "; Domain=example.com; Path=/x; SameSite=Lax; HttpOnly; Secure", "; Domain=example.com; Path=/x; SameSite=Lax; Secure", "browsers ignore the case of the prefix"},
		{"__Http-", &sessioncookie.Options{Name: "__Http-sid"}, "; Path=/; SameSite=Lax; HttpOnly; Secure", "; Path=/; SameSite=Lax; HttpOnly; Secure", "browsers refuse the deletion without HttpOnly"},
		{"__Host-Http-", &sessioncookie.Options{Name: "__Host-Http-sid"}, "; Path=/; SameSite=Lax; HttpOnly; Secure", "; Path=/; SameSite=Lax; HttpOnly; Secure", "the same"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name := sessioncookie.DefaultName
			if tt.opts != nil && tt.opts.Name != "" {
				name = tt.opts.Name
			}
			c := newCookie(t, newStore(t, testKeys, saltine.StoreOptions{Salt: ownSalt}), tt.opts)
			e := c.Open(t.Context(), nil)
			e.Session().Set("a", 1)
			got := commit(t, &e, 200)
			pair, attributes, _ := strings.Cut(got.SetCookie[0], ";")
			if want := name + "=eyJhIjoxfQ:1r31eq:"; !strings.HasPrefix(pair, want) {
				t.Errorf("set: %q does not begin with %q", pair, want)
			}
			if want := life + tt.set; ";"+attributes != want {
				t.Errorf("set: %q, want %q: %s", ";"+attributes, want, tt.reason)
			}
			e = c.Open(t.Context(), []string{name + "=short"})
			if diff := gocmp.Diff(response{[]string{name + deleted + tt.delete}, true}, commit(t, &e, 200)); diff != "" {
				t.Errorf("deletion (-want +got): %s\n%s", tt.reason, diff)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		opts   sessioncookie.Options
		reason string
	}{
		{"name with equals sign", sessioncookie.Options{Name: "a=b"}, "it would end the name"},
		{"name with space", sessioncookie.Options{Name: "a b"}, "no token"},
		{"name with colon", sessioncookie.Options{Name: "a:b"}, "Python takes it, RFC 6265 does not"},
		{"name with line break", sessioncookie.Options{Name: "a\r\nX-Y: z"}, "another header"},
		{"name not ASCII", sessioncookie.Options{Name: "é"}, "no token"},
		{"relative path", sessioncookie.Options{Path: "app"}, "browsers ignore it"},
		{"path with semicolon", sessioncookie.Options{Path: "/;Domain=x"}, "another attribute"},
		{"path with a space", sessioncookie.Options{Path: "/my app"}, "requests come with %20: the cookie would never be sent"},
		{"path with a space at its end", sessioncookie.Options{Path: "/app "}, "browsers cut it off: it is another path then"},
		{"path with a quote", sessioncookie.Options{Path: `/"`}, "requests come with %22"},
		{"path with a query", sessioncookie.Options{Path: "/app?a=1"}, "no part of the path"},
		{"path with line break", sessioncookie.Options{Path: "/\nX:y"}, "another header"},
		{"path and no path", sessioncookie.Options{Path: "/", NoPath: true}, "one or the other"},
		{"domain with port", sessioncookie.Options{Domain: "example.com:8000"}, "cookies have no ports: a login that never holds"},
		{"domain with semicolon", sessioncookie.Options{Domain: "a; Path=/b"}, "another attribute"},
		{"domain not ASCII", sessioncookie.Options{Domain: "münchen.example"}, "it has to be xn--"},
		{"no such SameSite", sessioncookie.Options{SameSite: 4}, "Django: ValueError with every response"},
		{"SameSite=None without Secure", sessioncookie.Options{SameSite: sessioncookie.SameSiteNone, Insecure: true}, "browsers drop it in silence"},
		{"Partitioned without Secure", sessioncookie.Options{Partitioned: true, Insecure: true}, "browsers drop it in silence"},
		{"__Host- without Secure", sessioncookie.Options{Name: "__Host-sid", Insecure: true}, "browsers drop it in silence"},
		{"__Host- with Domain", sessioncookie.Options{Name: "__Host-sid", Domain: "example.com"}, "a login that never holds"},
		{"__Host- with Path", sessioncookie.Options{Name: "__Host-sid", Path: "/app"}, "a login that never holds"},
		{"__Host- without Path", sessioncookie.Options{Name: "__Host-sid", NoPath: true}, "a login that never holds"},
		{"__host- with Domain", sessioncookie.Options{Name: "__host-sid", Domain: "example.com"}, "browsers ignore the case of the prefix"},
		{"__Secure- without Secure", sessioncookie.Options{Name: "__Secure-sid", Insecure: true}, "browsers drop it in silence"},
		{"__Http- without HttpOnly", sessioncookie.Options{Name: "__Http-sid", ScriptAccess: true}, "browsers drop it in silence"},
		{"__Host-Http- without HttpOnly", sessioncookie.Options{Name: "__Host-Http-sid", ScriptAccess: true}, "browsers drop it in silence"},
		{"RenewAfter negative", sessioncookie.Options{RenewAfter: -0.1}, "no part"},
		{"RenewAfter 1", sessioncookie.Options{RenewAfter: 1}, "too late for any renewal"},
		{"RenewAfter NaN", sessioncookie.Options{RenewAfter: math.NaN()}, "no number"},
		{"MaxLine negative", sessioncookie.Options{MaxLine: -1}, "no length"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := sessioncookie.New(newStore(t, testKeys, saltine.StoreOptions{Salt: ownSalt}), &tt.opts)
			if c != nil || !errors.Is(err, saltine.ErrInvalidOption) {
				t.Errorf("New = %v, %v, want an invalid option: %s", c, err, tt.reason)
			}
		})
	}
}

// Whatever the options are made of: New refuses them, or net/http reads from
// the headers what the options say, and nothing else.
func FuzzSetCookie(f *testing.F) {
	f.Add("", "", "", uint8(0), false, false, false, "a", "1")
	f.Add("__Host-sid", "/", "", uint8(2), false, true, false, "é", "\x00")
	f.Add("sid", "/a%20b", ".example.com", uint8(3), true, false, true, "", "; Path=/")
	f.Add("a;b", "x", "a\nb", uint8(4), true, true, true, "k", "\xff")
	f.Fuzz(func(t *testing.T, name, path, domain string, sameSite uint8, insecure, partitioned, script bool, key, value string) {
		store := newStore(t, testKeys, saltine.StoreOptions{Salt: ownSalt})
		opts := &sessioncookie.Options{
			Name: name, Path: path, Domain: domain, SameSite: sessioncookie.SameSite(sameSite),
			Insecure: insecure, Partitioned: partitioned, ScriptAccess: script, MaxLine: 1 << 20,
		}
		c, err := sessioncookie.New(store, opts)
		if err != nil {
			if !errors.Is(err, saltine.ErrInvalidOption) {
				t.Errorf("New: %v is no invalid option", err)
			}
			return
		}
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			return // Save refuses it
		}
		e := c.Open(t.Context(), nil)
		e.Session().Set(key, value)
		got := parse(t, commit(t, &e, 200).SetCookie[0])
		want := setCookie{
			Name: cmp.Or(name, sessioncookie.DefaultName), Value: got.Value, Path: cmp.Or(path, sessioncookie.DefaultPath), Domain: domain,
			Secure: !insecure, HTTPOnly: !script, Partitioned: partitioned, MaxAge: 1209600,
			SameSite: []http.SameSite{http.SameSiteLaxMode, http.SameSiteStrictMode, http.SameSiteNoneMode, 0}[sameSite],
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("set (-want +got):\n%s", diff)
		}

		e = c.Open(t.Context(), []string{want.Name + "=" + got.Value})
		if _, err := saltine.Field[string](key).Get(e.Session()); err != nil || e.Session().Err() != nil {
			t.Errorf("the cookie is not read: %v, %v", err, e.Session().Err())
		}
		flush(t)(e.Session())
		got = parse(t, commit(t, &e, 200).SetCookie[0])
		want.Value, want.MaxAge = "", -1                      // net/http's word for 0
		want.Secure, want.HTTPOnly = got.Secure, got.HTTPOnly // see TestOptions
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("deletion (-want +got):\n%s", diff)
		}
	})
}

// setCookie is a Set-Cookie header as net/http reads it.
type setCookie struct {
	Name, Value, Path, Domain     string
	Secure, HTTPOnly, Partitioned bool
	MaxAge                        int
	SameSite                      http.SameSite
}

func parse(t *testing.T, line string) setCookie {
	t.Helper()
	c, err := http.ParseSetCookie(line)
	if err != nil {
		t.Fatalf("%v: %q", err, line)
	}
	if len(c.Unparsed) > 0 {
		t.Errorf("unknown attributes %q in %q", c.Unparsed, line)
	}
	return setCookie{c.Name, c.Value, c.Path, c.Domain, c.Secure, c.HttpOnly, c.Partitioned, c.MaxAge, c.SameSite}
}
