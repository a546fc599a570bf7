//go:build !js

package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
	"github.com/seed-52756201/saltine/internal/pyjson"
	"github.com/seed-52756201/saltine/vectors"
)

var demoCommand = command{
	name:    "demo",
	summary: "sign a session, read it, read one of real Django, break both",
	about: `Shows in a minute what the library does. It signs with a random key of its own,
needs no key of yours, and changes nothing.`,
	define: func(*request, *flag.FlagSet) {},
	run:    (*app).demo,
}

// demoSession is a session as Django keeps it for somebody who is logged in,
// with a cart.
var demoSession = map[string]any{
	"_auth_user_id":      "42",
	"_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
	"cart":               []any{map[string]any{"sku": "T-0815", "title": "Bücher", "quantity": 2, "price": 19.0}},
	"theme":              "dark",
}

// demoVector is a session that Django 6.0 wrote for somebody who is logged in.
const demoVector = 1257

// demonstration is what demo finds, and prints as JSON.
type demonstration struct {
	Cookie   string         `json:"cookie"`
	Session  map[string]any `json:"session"`
	Sizes    demoSizes      `json:"sizes"`
	Tampered demoRefusal    `json:"tampered"`
	Expired  demoRefusal    `json:"expired"`
	Django   demoDjango     `json:"django"`
}

type demoSizes struct {
	JSON         int `json:"json"`
	Cookie       int `json:"cookie"`
	BrowserLimit int `json:"browser_limit"`
}

type demoRefusal struct {
	Error   string `json:"error"`
	Message string `json:"message"`
}

type demoDjango struct {
	Source  string         `json:"source"`
	Cookie  string         `json:"cookie"`
	Session map[string]any `json:"session"`
}

func (a *app) demo(r *request, args []string) (int, error) {
	if len(args) > 0 {
		return 0, errors.New("demo takes no value")
	}
	d, err := newDemonstration(a.now())
	if err != nil {
		return 0, err
	}
	if r.json {
		return exitOK, a.writeJSON(d)
	}
	a.showDemo(d)
	return exitOK, nil
}

func newDemonstration(now time.Time) (*demonstration, error) {
	clock := now
	keys, err := saltine.NewKeyring(randomKey(), nil)
	if err != nil {
		return nil, err
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: func() time.Time { return clock }})
	if err != nil {
		return nil, err
	}
	cookie, size, err := demoCookie(store)
	if err != nil {
		return nil, err
	}
	d := &demonstration{Cookie: cookie, Sizes: demoSizes{size, len(cookie), paste.BrowserLimit}}
	if d.Session, err = load(store, cookie); err != nil {
		return nil, err
	}
	_, err = store.Load(tamper(cookie))
	d.Tampered = newRefusal(err)
	clock = now.Add(cookieAge + time.Second)
	_, err = store.Load(cookie)
	d.Expired = newRefusal(err)
	d.Django, err = readDjango()
	return d, err
}

// demoCookie saves a new session, and tells the size of its JSON.
func demoCookie(store *saltine.CookieStore) (cookie string, size int, err error) {
	s := store.New()
	s.Update(demoSession)
	if cookie, err = store.Save(s); err != nil {
		return "", 0, err
	}
	text, err := saltine.JSONSerializer{}.Dumps(nil, demoSession)
	return cookie, len(text), err
}

// load returns the values of a cookie's session.
func load(store *saltine.CookieStore, cookie string) (map[string]any, error) {
	s, err := store.Load(cookie)
	if err != nil {
		return nil, err
	}
	return maps.Collect(s.Items()), nil
}

// tamper changes one character of the payload.
func tamper(cookie string) string {
	at := len(cookie) / 4
	other := "A"
	if cookie[at] == 'A' {
		other = "B"
	}
	return cookie[:at] + other + cookie[at+1:]
}

func newRefusal(err error) demoRefusal {
	if err == nil {
		return demoRefusal{}
	}
	return demoRefusal{errorNames[exitCode(err)], message(err)}
}

// readDjango reads a cookie that real Django wrote, at the time it was read
// there, with the key that was published with it.
func readDjango() (demoDjango, error) {
	file, err := vectors.Django()
	if err != nil {
		return demoDjango{}, err
	}
	for _, g := range file.Groups {
		for _, t := range g.Tests {
			if t.ID != demoVector {
				continue
			}
			session, err := readVector(&g, &t)
			return demoDjango{Source: g.Source, Cookie: t.Cookie, Session: session}, err
		}
	}
	return demoDjango{}, fmt.Errorf("there is no vector %d", demoVector)
}

func readVector(g *vectors.Group, t *vectors.Test) (map[string]any, error) {
	keys, err := saltine.NewKeyring(saltine.Key(g.KeyBytes()), nil)
	if err != nil {
		return nil, err
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: t.Time})
	if err != nil {
		return nil, err
	}
	return load(store, t.Cookie)
}

func (a *app) showDemo(d *demonstration) {
	show := func(session map[string]any) string {
		text, _ := pyjson.Append(nil, session)
		return pretty(string(text))
	}
	fmt.Fprintf(&a.out, `saltine keeps sessions in signed cookies, as Django does.

1. A session, signed with a fresh random key. This is the cookie's value:

%s

   Anybody can read it (try 'saltine inspect'), nobody without the key can change it.

2. Loaded again. The signature is checked first, then the age, then the JSON:

%s

   %d bytes of JSON became a cookie of %d. Browsers keep %d for name and value.

3. One character changed on the way:

   %s

4. The same cookie two weeks and a second later:

   %s

5. A cookie that real Django wrote: %s

%s

   reads as

%s

Next: 'saltine help', and SALTINE_KEY=... saltine verify 'a cookie of yours'.
`,
		indent(fold(d.Cookie)), indent(show(d.Session)),
		d.Sizes.JSON, d.Sizes.Cookie, d.Sizes.BrowserLimit,
		d.Tampered.Message, d.Expired.Message,
		d.Django.Source, indent(fold(d.Django.Cookie)), indent(show(d.Django.Session)))
}

// fold breaks a long value into lines.
func fold(s string) string {
	const width = 76
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + "\n")
		s = s[width:]
	}
	return b.String() + s
}

func indent(s string) string { return "   " + strings.ReplaceAll(s, "\n", "\n   ") }
