package browser_test

import (
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// attributes are what a browser stores beside a cookie's name and value.
type attributes struct {
	Domain, Path              string
	Secure, HTTPOnly, Session bool
	SameSite                  network.CookieSameSite
}

func attributesOf(c *network.Cookie) attributes {
	return attributes{c.Domain, c.Path, c.Secure, c.HTTPOnly, c.Session, c.SameSite}
}

func expectAttributes(t *testing.T, c *network.Cookie, want attributes) {
	t.Helper()
	if got := attributesOf(c); got != want {
		t.Errorf("the browser stored %+v, want %+v", got, want)
	}
}

func TestSignInAndVisits(t *testing.T) {
	site, b := startLogin(t), openBrowser(t)
	b.open(site.url)
	b.expectSignedIn("")
	b.expectNoCookie()
	b.screenshot("signed-out")

	b.signIn("ann", true)
	b.expect("flash", "Welcome, ann!")
	b.expect("visits", "1")
	b.screenshot("signed-in")
	for _, visits := range []string{"2", "3", "4", "5"} {
		b.open(site.url)
		b.expectSignedIn("ann")
		b.expect("visits", visits)
		b.expect("flash", "")
	}
	t.Logf("5 visits counted, the flash shown with the first only")
}

func TestBrowserClose(t *testing.T) {
	for _, tt := range []struct {
		name     string
		remember bool
		after    string
		reason   string
	}{
		{"remembered", true, "ann", "the cookie has an expiry"},
		{"not remembered", false, "", "the cookie ends with the browser"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			site, profile := startLogin(t), newProfile(t)
			b, shut := openProfile(t, profile)
			b.open(site.url)
			b.signIn("ann", tt.remember)
			c := b.cookie()
			expectAttributes(t, c, attributes{
				Domain: "127.0.0.1", Path: "/", Secure: true, HTTPOnly: true, Session: !tt.remember, SameSite: network.CookieSameSiteLax,
			})
			left := time.Until(time.Unix(int64(c.Expires), 0)).Round(time.Minute)
			if tt.remember && left != 14*24*time.Hour {
				t.Errorf("the cookie expires in %v, want two weeks", left)
			}
			if !tt.remember && c.Expires != -1 {
				t.Errorf("the cookie expires in %v, want no expiry", left)
			}
			shut()

			b, _ = openProfile(t, profile)
			b.open(site.url)
			b.expectSignedIn(tt.after)
			t.Logf("%+v, expires %v: after the browser was closed and opened again, signed in as %q: %s", attributesOf(c), c.Expires, tt.after, tt.reason)
		})
	}
}

func TestSignOut(t *testing.T) {
	site, b := startLogin(t), openBrowser(t)
	b.open(site.url)
	b.signIn("ann", true)
	stolen := b.cookie()

	b.click("sign-out")
	b.expectSignedIn("")
	b.expectNoCookie()

	b.putCookie(stolen, stolen.Value)
	b.open(site.url)
	b.expectSignedIn("ann")
	t.Log("a copied cookie is good after Sign out, which only takes it from the browser")

	b.click("everywhere")
	b.expectSignedIn("")
	b.expectNoCookie()

	b.putCookie(stolen, stolen.Value)
	b.open(site.url)
	b.expectSignedIn("")
	b.screenshot("revoked")
	t.Log("the same cookie is refused after Sign out everywhere")

	b.signIn("ann", true)
	t.Log("a new sign-in is good")
}

func TestTampered(t *testing.T) {
	site, b := startLogin(t), openBrowser(t)
	b.open(site.url)
	b.signIn("ann", true)
	good := b.cookie()
	for _, tt := range []struct {
		name   string
		value  string
		want   string
		reason string
	}{
		{"another user", withUser(t, good.Value, "eve"), "", "the signature is that of ann's session"},
		{"signature cut", good.Value[:len(good.Value)-1], "", "a browser or proxy that cuts cookies"},
		{"in lower case", strings.ToLower(good.Value), "", "every character counts"},
		{"no signature", good.Value[:strings.LastIndexByte(good.Value, ':')], "", "nothing to compare"},
		{"untouched", good.Value, "ann", "the control: it was none of the others' putting that ended the session"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := b.with(t)
			b.putCookie(good, tt.value)
			if status := b.open(site.url); status != http.StatusOK {
				t.Errorf("status %d, want %d", status, http.StatusOK)
			}
			b.expectSignedIn(tt.want)
			t.Logf("signed in as %q: %s", tt.want, tt.reason)
		})
	}
}

// withUser returns ann's cookie with another name in the payload.
func withUser(t *testing.T, token, name string) string {
	t.Helper()
	payload, signature, _ := strings.Cut(token, ":")
	data, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.ReplaceAll(string(data), "ann", name)
	if changed == string(data) {
		t.Fatal("the name is not in the payload")
	}
	return base64.RawURLEncoding.EncodeToString([]byte(changed)) + ":" + signature
}

func TestTooLarge(t *testing.T) {
	site, b := startLogin(t), openBrowser(t)
	b.open(site.url)
	b.signIn("ann", true)
	b.do(chromedp.SetValue(chromedp.ID("note"), "a small note"))
	b.click("keep")
	before := b.cookie().Value

	b.do(chromedp.SetValue(chromedp.ID("note"), incompressible(5000)))
	if status := b.click("keep"); status != http.StatusInternalServerError {
		t.Errorf("status %d, want %d", status, http.StatusInternalServerError)
	}
	message := b.text("error")
	if !strings.Contains(message, "note") {
		t.Errorf("the error does not name the value to blame: %q", message)
	}
	if b.cookie().Value != before {
		t.Error("the cookie changed")
	}
	b.screenshot("too-large")
	t.Logf("%q; the cookie of %d bytes stayed", message, len(before))

	b.open(site.url)
	b.expectSignedIn("ann")
	b.expect("note", "a small note")
	site.stop()
	if log := site.lines.String(); strings.Contains(log, before) || !strings.Contains(log, "Set-Cookie line") {
		t.Errorf("the log has the cookie, or lacks the error:\n%s", log)
	}
}

// incompressible returns n random characters.
func incompressible(n int) string {
	const chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	rng := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, n)
	for i := range text {
		text[i] = chars[rng.IntN(len(chars))]
	}
	return string(text)
}
