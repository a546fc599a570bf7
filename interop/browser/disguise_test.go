package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// shop is a site that keeps a name in a cookie called __Host-sessionid, and beside it a
// site of a stranger on a subdomain.
type shop struct {
	port      string
	sessions  *sessionhttp.Middleware
	headers   []string // the Cookie headers of the last visit
	disguised int      // as OnAmbiguous was told then
}

const visitor saltine.Field[string] = "visitor"

// serveShop serves both sites. The page of the stranger sets script's cookie.
func serveShop(t *testing.T, script func(attackersCookie string) string) *shop {
	t.Helper()
	keys, err := saltine.NewKeyring("a key for tests, and long enough to be a good one: 0123456789", nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Salt: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{}
	s.sessions, err = sessionhttp.New(store, &sessionhttp.Options{
		Cookie:      sessionhttp.CookieOptions{Name: "__Host-sessionid"},
		OnAmbiguous: func(_ *http.Request, _, disguised int) { s.disguised = disguised },
	})
	if err != nil {
		t.Fatal(err)
	}
	attacker := store.New()
	visitor.Set(attacker, "attacker")
	cookie, err := store.Save(attacker)
	if err != nil {
		t.Fatal(err)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("evil.shop.test/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "<!doctype html><meta charset=utf-8><script>document.cookie = %s</script>", script(cookie))
	})
	mux.Handle("shop.test/", s.sessions.Handler(http.HandlerFunc(s.serve)))
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host, _, _ = strings.Cut(r.Host, ":")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.port = server.URL[strings.LastIndexByte(server.URL, ':')+1:]
	return s
}

// serve shows whose session it is, and makes one for who asks for it.
func (s *shop) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" && r.URL.Path != "/sign-in" {
		http.NotFound(w, r) // the browser looks for an icon
		return
	}
	s.headers = r.Header["Cookie"]
	session := sessionhttp.FromContext(r.Context())
	if r.URL.Path == "/sign-in" {
		visitor.Set(session, "victim")
	}
	name, _ := visitor.Get(session)
	fmt.Fprintf(w, "<!doctype html><p id=visitor>%s</p>", name)
}

func (s *shop) url(host string) string { return "https://" + host + ":" + s.port }

// A sibling domain may set cookies for the whole site, but none that begins with
// __Host-. With white space in front of the name it does not begin so for the browser.
// The visitor must keep his own session, and the operator hear of it.
func TestDisguisedCookie(t *testing.T) {
	for _, char := range []string{"\u2000", "\u00a0", "\u0085", "\u3000", "\u2028", "\x1c", "\x0b"} {
		t.Run(fmt.Sprintf("U+%04X", []rune(char)[0]), func(t *testing.T) {
			s := serveShop(t, func(cookie string) string {
				return fmt.Sprintf(`"\u%04x__Host-sessionid=%s; Domain=shop.test; Path=/; Secure"`, []rune(char)[0], cookie)
			})
			b := openBrowser(t)
			b.open(s.url("shop.test") + "/sign-in")
			b.expect("visitor", "victim")
			b.open(s.url("evil.shop.test"))
			s.disguised = 0
			b.open(s.url("shop.test"))
			b.expect("visitor", "victim")
			sent := strings.Contains(strings.Join(s.headers, "; "), char+"__Host-sessionid=")
			t.Logf("the browser sends the disguised cookie: %v; reported: %d", sent, s.disguised)
			if sent != (s.disguised == 1) {
				t.Errorf("%d disguised cookies were reported", s.disguised)
			}
			if !sent && char > "\x7f" {
				t.Errorf("the browser did not send the cookie, so this shows nothing: %q", s.headers)
			}
		})
	}
}

// The control: without the disguise the browser refuses the cookie itself.
func TestUndisguisedCookie(t *testing.T) {
	s := serveShop(t, func(cookie string) string {
		return fmt.Sprintf(`"__Host-sessionid=%s; Domain=shop.test; Path=/; Secure"`, cookie)
	})
	b := openBrowser(t)
	b.open(s.url("shop.test") + "/sign-in")
	b.open(s.url("evil.shop.test"))
	b.do(chromedp.Navigate(s.url("shop.test")))
	b.expect("visitor", "victim")
	if got := strings.Count(strings.Join(s.headers, ""), "__Host-sessionid="); got != 1 || s.disguised != 0 {
		t.Errorf("%d cookies of the name, %d disguised ones, want 1 and 0", got, s.disguised)
	}
}
