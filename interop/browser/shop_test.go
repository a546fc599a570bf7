package browser_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// side is one of the two programs that examples/shop makes one site of: its pages, and
// the names of their fields and buttons.
type side struct {
	name, page, signIn, signOut                       string
	passwordPage, passwordButton                      string
	passwordFields                                    []string // for the old one, then for the new one
	everywherePage, everywhereField, everywhereButton string
}

var django = side{
	name: "Django", page: "/", signIn: "/accounts/login/", signOut: "/",
	passwordPage: "/accounts/password_change/", passwordButton: "go",
	passwordFields: []string{"id_old_password", "id_new_password1", "id_new_password2"},
	everywherePage: "/accounts/everywhere/", everywhereField: "id_password", everywhereButton: "go",
}

var golang = side{
	name: "Go", page: "/cart/", signIn: "/profile/sign-in/", signOut: "/profile/",
	passwordPage: "/profile/", passwordButton: "change", passwordFields: []string{"old", "new"},
	everywherePage: "/profile/", everywhereField: "password", everywhereButton: "everywhere",
}

// buildSQLite compiles most of what examples/shop/run compiles, for which startLimit may
// be too short.
var buildSQLite = sync.OnceValue(func() error {
	out, err := exec.Command("go", "build", "-C", "../../examples/shop", "modernc.org/sqlite").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
})

// startShop runs the one command of examples/shop/README.md.
func startShop(t *testing.T, engine string) *program {
	t.Helper()
	testkit.Django(t)
	if _, err := exec.LookPath("nginx"); err != nil {
		if _, err := os.Stat("/usr/sbin/nginx"); err != nil {
			testkit.Missing(t, "examples/shop needs nginx: apt-get install nginx-light")
		}
	}
	if err := buildSQLite(); err != nil {
		t.Fatal(err)
	}
	return start(t, "ready: ", "env", fmt.Sprint("PORT=", freePorts(t)), "bash", "../../examples/shop/run", engine)
}

// freePorts returns the first of three that nobody listens at, below those that systems
// choose by themselves.
func freePorts(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20000 + rand.IntN(10000)
		if isFree(port) && isFree(port+1) && isFree(port+2) {
			return port
		}
	}
	t.Fatal("no three ports in a row are free")
	return 0
}

func isFree(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// customer is somebody with a browser of their own.
type customer struct {
	*tab
	site string
}

// newCustomer opens a profile in a browser that runs.
func newCustomer(t *testing.T, browser *tab, site string) customer {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return customer{&tab{t, ctx}, site}
}

// visit opens a page, which has to be there.
func (c customer) visit(path string) {
	c.t.Helper()
	if status := c.open(c.site + path); status != http.StatusOK {
		c.t.Errorf("%s: status %d", path, status)
	}
}

// fill puts texts into fields.
func (c customer) fill(texts map[string]string) {
	c.t.Helper()
	for id, text := range texts {
		c.do(chromedp.SetValue(chromedp.ID(id), text))
	}
}

// signIn signs in at one side, by a link with the page to go to.
func (c customer) signIn(s side, user, password, next string) {
	c.t.Helper()
	c.visit(s.signIn + "?next=" + url.QueryEscape(next))
	c.expect("by", s.name)
	c.fill(map[string]string{"id_username": user, "id_password": password})
	c.click("go")
}

// expectUser compares who is signed in, by the pages of both sides. No message is left for
// them: each was shown once.
func (c customer) expectUser(why, want string) {
	c.t.Helper()
	for _, s := range []side{golang, django} {
		c.visit(s.page)
		c.expect("by", s.name)
		c.expect("messages", "")
		if got := c.text("user"); got != want {
			c.t.Errorf("%s: %s shows %q, want %q", why, s.name, got, want)
		}
	}
}

// expectMessage wants a message on a page of one side.
func (c customer) expectMessage(by side, want string) {
	c.t.Helper()
	c.expect("by", by.name)
	c.expect("messages", want)
}

// breakTokens changes the CSRF token of every form on the page.
func (c customer) breakTokens() {
	c.t.Helper()
	_, err := chromedp.Run(c.ctx, chromedp.Evaluate[bool](
		`document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(e => e.value = e.value.split("").reverse().join("")), true`))
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c customer) location() string {
	c.t.Helper()
	location, err := chromedp.Run(c.ctx, chromedp.Evaluate[string]("location.href"))
	if err != nil {
		c.t.Fatal(err)
	}
	return location
}

// A Django shop, some of whose pages have moved to Go, is one site for who visits it.
func TestShop(t *testing.T) {
	for _, engine := range []string{"signed_cookies", "db"} {
		t.Run(engine, func(t *testing.T) {
			chromium(t)
			shop := startShop(t, engine)
			browser := openBrowser(t)
			s := &shopTest{laptop: newCustomer(t, browser, shop.url), phone: newCustomer(t, browser, shop.url), password: "correct horse"}
			s.laptop.expectUser("before a login", "")
			for _, sides := range [][2]side{{django, golang}, {golang, django}} {
				t.Run(sides[0].name, func(t *testing.T) {
					s.laptop.tab, s.phone.tab = s.laptop.with(t), s.phone.with(t)
					s.here, s.there = sides[0], sides[1]
					s.signInAndUseForms()
					s.changePassword()
					s.signOutEverywhere()
					if engine == "signed_cookies" { // where the session is does not matter to these
						s.followLinks()
						s.useAdmin()
					}
				})
			}
			shop.stop()
			for line := range strings.Lines(shop.lines.String()) {
				if strings.Contains(line, "ERROR") || strings.Contains(line, "Traceback") {
					t.Errorf("the shop's log has %s", line)
				}
			}
		})
	}
}

// shopTest is what happens when one side acts, and the other has to follow.
type shopTest struct {
	here, there   side
	laptop, phone customer // of the same person
	password      string   // as it is now
}

// signInAndUseForms signs in here, and posts the forms of each side to the other. The
// CSRF cookie is the one that this side has set at the login.
func (s *shopTest) signInAndUseForms() {
	ann := s.laptop
	ann.signIn(s.here, "ann", s.password, s.there.page)
	ann.expect("by", s.there.name)
	ann.expectUser("signed in at "+s.here.name, "ann")

	ann.visit(django.page)
	ann.click("add-1") // posts to Go, whose message Django shows
	ann.expectMessage(django, "Salt is in your cart.")
	ann.expect("count", "1")
	ann.expectUser("after Go's message", "ann")

	ann.visit(golang.page)
	ann.fill(map[string]string{"text-1": "Salty."})
	ann.click("review-1") // posts to Django, whose message Go shows
	ann.expectMessage(golang, "Thank you for your review of Salt.")
	ann.expectUser("after Django's message", "ann")

	for _, form := range []struct{ page, button string }{{django.page, "add-2"}, {golang.page, "review-1"}} {
		ann.visit(form.page)
		ann.breakTokens()
		if status := ann.click(form.button); status != http.StatusForbidden {
			ann.t.Errorf("%s with a wrong token: status %d, want %d", form.button, status, http.StatusForbidden)
		}
	}

	ann.visit(s.here.signOut)
	ann.click("sign-out")
	ann.expectUser("signed out at "+s.here.name, "")
	ann.expect("count", "0")
}

// changePassword changes the password here: this session goes on, and that of another
// browser, signed in there, ends at both sides. A reader of _auth_user_id alone would let
// the other browser in, for its cookie is as good as before.
func (s *shopTest) changePassword() {
	s.laptop.signIn(s.here, "ann", s.password, "/")
	s.phone.signIn(s.there, "ann", s.password, "/")
	s.phone.expectUser("on the phone", "ann")
	changed := map[string]string{"correct horse": "battery staple", "battery staple": "correct horse"}[s.password]
	s.laptop.visit(s.here.passwordPage)
	texts := map[string]string{s.here.passwordFields[0]: s.password}
	for _, id := range s.here.passwordFields[1:] {
		texts[id] = changed
	}
	s.laptop.fill(texts)
	s.laptop.click(s.here.passwordButton)
	s.laptop.expectUser("the browser that changed the password at "+s.here.name, "ann")

	s.phone.visit("/profile/")
	if got := s.phone.location(); got != s.phone.site+"/profile/sign-in/?next=/profile/" {
		s.phone.t.Errorf("after a change of the password at %s Go sends another browser to %s", s.here.name, got)
	}
	s.phone.expectUser("another browser, after a change of the password at "+s.here.name, "")
	s.phone.signIn(s.there, "ann", s.password, "/")
	s.phone.expect("by", s.there.name) // the form again: that is the old password
	s.phone.expect("user", "")
	s.password = changed
}

// signOutEverywhere ends the sessions of two browsers, at both sides.
func (s *shopTest) signOutEverywhere() {
	s.phone.signIn(s.there, "ann", s.password, "/")
	s.phone.expectUser("the new password", "ann")
	s.laptop.visit(s.here.everywherePage)
	s.laptop.fill(map[string]string{s.here.everywhereField: s.password})
	s.laptop.click(s.here.everywhereButton)
	s.laptop.expectMessage(django, "You are signed out everywhere.")
	s.laptop.expectUser("signed out everywhere at "+s.here.name, "")
	s.phone.expectUser("another browser, signed out everywhere at "+s.here.name, "")
}

// followLinks signs in with links that somebody may have sent, and stays on the site.
func (s *shopTest) followLinks() {
	for _, next := range []string{"//evil.test/", `/./\evil.test/`, "https://evil.test/"} {
		s.laptop.signIn(s.here, "ann", s.password, next)
		if got := s.laptop.location(); !strings.HasPrefix(got, s.laptop.site+"/") {
			s.laptop.t.Errorf("next=%q at %s leads to %s", next, s.here.name, got)
		}
	}
	s.laptop.expectUser("after the links", "ann")
}

// useAdmin signs in here, in place of somebody else, and goes to Django's admin.
func (s *shopTest) useAdmin() {
	s.laptop.signIn(s.here, "admin", "correct horse", "/admin/")
	if got := s.laptop.text("site-name"); !strings.Contains(got, "Django administration") {
		s.laptop.t.Errorf("signed in at %s, the admin shows %q", s.here.name, got)
	}
	s.laptop.screenshot("shop-admin-by-" + s.here.name)
	s.laptop.visit(s.here.signOut)
	s.laptop.click("sign-out")
}
