package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// web serves several sites over TLS: login.test is the example, and any other
// name a page that embeds it.
type web struct {
	port string
}

func serveWeb(t *testing.T, site *program) *web {
	t.Helper()
	address, err := url.Parse(site.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(address)
		r.Out.Host = r.In.Host
	}}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host, port, _ := strings.Cut(r.Host, ":"); host != "login.test" {
			fmt.Fprintf(w, "<!doctype html><h1>%s</h1><iframe src='https://login.test:%s/' width=700 height=450></iframe>", host, port)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return &web{server.URL[strings.LastIndexByte(server.URL, ':')+1:]}
}

func (w *web) url(host string) string { return "https://" + host + ":" + w.port + "/" }

// Without TLS a browser takes Secure cookies, and with it Partitioned ones,
// from this machine only.
func TestPartitionedWithoutTLS(t *testing.T) {
	site, b := startLogin(t, "-partitioned"), openBrowser(t)
	b.open(site.url)
	b.signIn("ann", true)
	expectPartitions(t, b.cookies(), "127.0.0.1", partition{"http://127.0.0.1", false})
	b.click("sign-out")
	b.expectSignedIn("")
	b.expectNoCookie()
}

// A person who goes to the program itself, and to two sites that embed it, has
// three sessions.
func TestPartitioned(t *testing.T) {
	w, b := serveWeb(t, startLogin(t, "-partitioned")), openBrowser(t)
	b.open(w.url("login.test"))
	b.signIn("direct", true)
	for _, host := range []string{"news.test", "blog.test"} {
		b.open(w.url(host))
		frame := b.frame()
		frame.expectSignedIn("")
		frame.signIn("reader of "+host, true)
		b.screenshot("embedded-in-" + host)
	}
	expectPartitions(t, b.cookies(), "login.test",
		partition{"https://login.test", false}, partition{"https://news.test", true}, partition{"https://blog.test", true})

	b.open(w.url("news.test"))
	frame := b.frame()
	frame.expectSignedIn("reader of news.test")
	frame.click("sign-out")
	frame.expectSignedIn("")
	b.open(w.url("blog.test"))
	b.frame().expectSignedIn("reader of blog.test")
	b.open(w.url("login.test"))
	b.expectSignedIn("direct")
	expectPartitions(t, b.cookies(), "login.test", partition{"https://login.test", false}, partition{"https://blog.test", true})
}

// The control: the cookie of the defaults stays out of frames.
func TestNotPartitioned(t *testing.T) {
	w, b := serveWeb(t, startLogin(t)), openBrowser(t)
	b.open(w.url("login.test"))
	b.signIn("direct", true)
	b.open(w.url("news.test"))
	b.frame().expectSignedIn("")
	expectAttributes(t, b.cookie(), attributes{
		Domain: "login.test", Path: "/", Secure: true, HTTPOnly: true, SameSite: network.CookieSameSiteLax,
	})
}

// partition is where a browser keeps a cookie: by the site in the address bar,
// and whether another one was between it and the cookie's.
type partition struct {
	site    string
	foreign bool
}

// expectPartitions compares all cookies there are, in any order.
func expectPartitions(t *testing.T, cookies []*network.Cookie, domain string, want ...partition) {
	t.Helper()
	if len(cookies) != len(want) {
		t.Errorf("the browser has %d cookies, want %d", len(cookies), len(want))
	}
	got := map[partition]*network.Cookie{}
	for _, c := range cookies {
		if c.PartitionKey == nil {
			t.Errorf("a cookie of %s is not partitioned", c.Domain)
			continue
		}
		got[partition{c.PartitionKey.TopLevelSite, c.PartitionKey.HasCrossSiteAncestor}] = c
	}
	for _, p := range want {
		c := got[p]
		if c == nil {
			t.Errorf("no cookie in the partition %+v", p)
			continue
		}
		expectAttributes(t, c, attributes{
			Domain: domain, Path: "/", Secure: true, HTTPOnly: true, SameSite: network.CookieSameSiteNone,
		})
		t.Logf("%+v: partition %+v", attributesOf(c), p)
	}
}
