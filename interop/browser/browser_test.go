// Package browser_test holds examples/login against a real Chromium, which is
// the judge of the cookies: what it stores, sends, keeps and drops. It also
// holds the page of saltine inspect --web to what docs/inspector.md promises.
//
// The tests need chromium or google-chrome. Without one they are skipped, or
// fail if SALTINE_REQUIRE_LIVE=1. Screenshots go to the directory
// SALTINE_ARTIFACTS, or to a new one whose name is logged. The browser reaches
// nothing but this machine.
package browser_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// limit is when a browser is given up.
const limit = 100 * time.Second

const howToGetChromium = "the tests of interop/browser need Chromium: apt-get install chromium"

// scratch is where programs are built and browsers keep their profiles.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "saltine-browser")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	os.RemoveAll(dir) //nolint:errcheck // the system clears what is left
	os.Exit(code)
}

// artifacts is where screenshots go.
var artifacts = sync.OnceValues(func() (string, error) {
	dir := os.Getenv("SALTINE_ARTIFACTS")
	if dir == "" {
		return os.MkdirTemp("", "saltine-artifacts")
	}
	return dir, os.MkdirAll(dir, 0o750)
})

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "google-chrome"} {
		if file, err := exec.LookPath(name); err == nil {
			return file
		}
	}
	if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
		t.Fatal(howToGetChromium)
	}
	t.Skip(howToGetChromium)
	return ""
}

// tab is one tab, the only one of its browser, or a frame in it.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// openBrowser starts a browser with a new profile, until the test ends.
func openBrowser(t *testing.T) *tab {
	t.Helper()
	b, _ := openProfile(t, newProfile(t))
	return b
}

func newProfile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "profile") //nolint:usetesting // the browser may write to it when it has ended
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// openProfile starts a browser with the profile in dir, and returns a function
// that closes it as its user would: the profile is on disk then.
func openProfile(t *testing.T, dir string) (b *tab, shut func()) {
	t.Helper()
	file := chromium(t)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), limit)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(file),
		chromedp.UserDataDir(dir),
		chromedp.Env("HOME="+scratch),
		chromedp.Headless,
		chromedp.NoSandbox, // tests run as root, and load pages of their own only
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
		chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("host-resolver-rules", "MAP * 127.0.0.1"), // whatever it looks for is here
	)
	ctx, cancelTab := chromedp.NewContext(ctx)
	shut = sync.OnceFunc(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("the browser did not close: %v", err)
		}
		cancelTab()
		cancelAllocator()
		cancel()
	})
	t.Cleanup(shut)
	b = &tab{t, ctx}
	b.do(chromedp.EmulateViewport(800, 600))
	return b, shut
}

// with returns the tab for a part of its test.
func (b *tab) with(t *testing.T) *tab { return &tab{t, b.ctx} }

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// load performs steps that lead to another page, and returns its status.
func (b *tab) load(steps ...chromedp.Action[chromedp.Void]) int64 {
	b.t.Helper()
	response, err := chromedp.RunResponse(b.ctx, steps...)
	if err != nil {
		b.t.Fatal(err)
	}
	return response.Status
}

func (b *tab) open(url string) int64 {
	b.t.Helper()
	return b.load(chromedp.Navigate(url))
}

// frame returns the frame of another site that the page embeds.
func (b *tab) frame() *tab {
	b.t.Helper()
	targets, err := chromedp.Targets(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	i := slices.IndexFunc(targets, func(info *target.Info) bool { return info.Type == "iframe" })
	if i < 0 {
		b.t.Fatal("the page embeds no other site")
	}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(targets[i].TargetID))
	b.t.Cleanup(cancel)
	return &tab{b.t, ctx}
}

func (b *tab) click(id string) int64 {
	b.t.Helper()
	return b.load(chromedp.Click(chromedp.ID(id)))
}

// text returns the text of an element, or "" where there is none.
func (b *tab) text(id string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](
		fmt.Sprintf("document.getElementById(%q)?.textContent ?? ''", id)))
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

// expect compares the text of an element, which "" says is not there.
func (b *tab) expect(id, want string) {
	b.t.Helper()
	if got := b.text(id); got != want {
		b.t.Errorf("#%s is %q, want %q", id, got, want)
	}
}

// expectSignedIn tells who is to be signed in: "" is nobody.
func (b *tab) expectSignedIn(user string) {
	b.t.Helper()
	signedOut := ""
	if user == "" {
		signedOut = "Not signed in."
	}
	b.expect("user", user)
	b.expect("signed-out", signedOut)
}

func (b *tab) signIn(name string, remember bool) {
	b.t.Helper()
	b.do(chromedp.SetValue(chromedp.ID("name"), name))
	if remember {
		b.do(chromedp.Click(chromedp.ID("remember")))
	}
	b.click("sign-in")
	b.expectSignedIn(name)
}

// cookies returns all that the browser has stored.
func (b *tab) cookies() []*network.Cookie {
	b.t.Helper()
	result, err := chromedp.Call(b.ctx, storage.GetCookies, storage.GetCookiesParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	return result.Cookies
}

// cookie returns the only cookie that the browser has stored.
func (b *tab) cookie() *network.Cookie {
	b.t.Helper()
	cookies := b.cookies()
	if len(cookies) != 1 {
		b.t.Fatalf("the browser has %d cookies, want 1", len(cookies))
	}
	return cookies[0]
}

func (b *tab) expectNoCookie() {
	b.t.Helper()
	if n := len(b.cookies()); n != 0 {
		b.t.Errorf("the browser has %d cookies, want none", n)
	}
}

// putCookie stores a cookie with another value.
func (b *tab) putCookie(c *network.Cookie, value string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{
		Name: c.Name, Value: value, Domain: c.Domain, Path: c.Path,
		Secure: &c.Secure, HTTPOnly: &c.HTTPOnly, SameSite: c.SameSite, SourceScheme: c.SourceScheme,
		Expires: cdp.TimeSinceEpoch(float64(time.Now().Add(time.Hour).Unix())),
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) screenshot(name string) {
	b.t.Helper()
	dir, err := artifacts()
	if err != nil {
		b.t.Fatal(err)
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	file := filepath.Join(dir, name+".png")
	if err := os.WriteFile(file, png, 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.t.Logf("screenshot %s, %d bytes", file, len(png))
}
