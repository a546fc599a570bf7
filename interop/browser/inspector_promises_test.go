package browser_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// requests are what the browser asked for, and what it logged.
type requests struct {
	mu   sync.Mutex
	urls []string
	logs []string
}

// watch keeps what the browser asks for from now on.
func (b *tab) watch() *requests {
	b.t.Helper()
	r := &requests{}
	err := chromedp.Listen(b.ctx, func(event any) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			r.urls = append(r.urls, e.Request.URL)
		case *network.EventWebSocketCreated:
			r.urls = append(r.urls, e.URL)
		case *log.EventEntryAdded:
			r.logs = append(r.logs, e.Entry.Text)
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := chromedp.Call(b.ctx, network.Enable, network.EnableParams{}); err != nil {
		b.t.Fatal(err)
	}
	return r
}

// complaints are what the browser logged.
func (r *requests) complaints() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.logs)
}

// outside are the requests that are not for the page itself, nor for what stands in it.
func (r *requests) outside(page string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.urls), func(url string) bool { return url == page || strings.HasPrefix(url, "data:") })
}

// leaks are the ways by which a script could send something away.
func leaks(target string) map[string]string {
	return map[string]string{
		"fetch":      fmt.Sprintf("fetch(%q).catch(() => {})", target+"/fetch"),
		"xhr":        fmt.Sprintf("const x = new XMLHttpRequest(); x.open('GET', %q); x.send()", target+"/xhr"),
		"beacon":     fmt.Sprintf("navigator.sendBeacon(%q, 'x')", target+"/beacon"),
		"image":      fmt.Sprintf("new Image().src = %q", target+"/image"),
		"style":      fmt.Sprintf("const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = %q; document.head.append(l)", target+"/style"),
		"script":     fmt.Sprintf("const s = document.createElement('script'); s.src = %q; document.head.append(s)", target+"/script"),
		"frame":      fmt.Sprintf("const f = document.createElement('iframe'); f.src = %q; document.body.append(f)", target+"/frame"),
		"form":       fmt.Sprintf("const f = document.createElement('form'); f.action = %q; f.target = 'sink'; const i = document.createElement('iframe'); i.name = 'sink'; document.body.append(i, f); f.submit()", target+"/form"),
		"socket":     fmt.Sprintf("new WebSocket(%q)", strings.Replace(target, "http", "ws", 1)+"/socket"),
		"source":     fmt.Sprintf("new EventSource(%q)", target+"/source"),
		"prefetch":   fmt.Sprintf("const l = document.createElement('link'); l.rel = 'prefetch'; l.href = %q; document.head.append(l)", target+"/prefetch"),
		"object":     fmt.Sprintf("const o = document.createElement('object'); o.data = %q; document.body.append(o)", target+"/object"),
		"font":       fmt.Sprintf("new FontFace('x', 'url(%s/font)').load().catch(() => {})", target),
		"background": fmt.Sprintf("document.body.style.backgroundImage = 'url(%s/background)'", target),
	}
}

// leak runs every way, and goes on where one is refused.
func (b *tab) leak(ways map[string]string) {
	b.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		b.run("try { " + ways[name] + " } catch (e) {}")
	}
}

// listener is a server that nothing should reach.
type listener struct {
	url  string
	mu   sync.Mutex
	seen map[string]bool
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{seen: map[string]bool{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		l.seen[strings.TrimPrefix(r.URL.Path, "/")] = true
		l.mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", "*")
		fmt.Fprint(w, "<!doctype html><title>open</title><body>")
	}))
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

// heard returns what arrived.
func (l *listener) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.seen))
}

// Nothing leaves the page: it asks for nothing while it works, and its policy refuses
// what a script in it might try.
func TestInspectorMakesNoRequest(t *testing.T) {
	url := inspectorURL(t)
	ear := listen(t)
	b := openBrowser(t)
	seen := b.watch()
	b.openInspector(url)
	b.verify(inspectorValue, inspectorKey, inspectorNow)
	b.waitForText("banner", "Valid")
	if got := seen.outside(url); len(got) > 0 {
		t.Errorf("the page asks for %q", got)
	}
	if got := seen.complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
	b.leak(leaks(ear.url))
	waitForQuiet(b)
	if got := ear.heard(); len(got) > 0 {
		t.Errorf("the policy let through %q", got)
	}
	if got := seen.complaints(); len(got) < len(leaks(""))/2 {
		t.Errorf("the browser tells of %d refusals only, so its silence before shows nothing: %q", len(got), got)
	}

	// The control: without the policy every way is open.
	b.open(ear.url + "/open")
	b.leak(leaks(ear.url))
	var closed []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		closed = slices.DeleteFunc(slices.Sorted(maps.Keys(leaks(""))), func(way string) bool { return slices.Contains(ear.heard(), way) })
		if len(closed) == 0 {
			return
		}
		waitForQuiet(b)
	}
	t.Errorf("these ways lead nowhere, so this shows nothing: %q", closed)
}

// waitForQuiet gives requests of the page half a second.
func waitForQuiet(b *tab) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("new Promise((done) => setTimeout(() => done(true), 500))", chromedp.EvalAwaitPromise)); err != nil {
		b.t.Fatal(err)
	}
}

// Nothing is kept, and nothing is in the address.
func TestInspectorKeepsNothing(t *testing.T) {
	url := inspectorURL(t)
	b := openBrowser(t)
	b.openInspector(url)
	b.verify(inspectorValue, inspectorKey, inspectorNow)
	b.waitForText("banner", "Valid")
	kept := value[[]int](b, "[localStorage.length, sessionStorage.length, document.cookie.length, history.length]")
	if diff := cmp.Diff([]int{0, 0, 0, 2}, kept); diff != "" {
		t.Errorf("something is kept (-want +got):\n%s", diff)
	}
	if got := value[string](b, "location.href"); got != url {
		t.Errorf("the address is %q, want %q", got, url)
	}
	if !value[bool](b, "[...document.querySelectorAll('form, textarea, input:not([type=checkbox])')].every((e) => e.autocomplete === 'off' && !e.name)") {
		t.Error("a field would be remembered")
	}
	if !value[bool](b, "['key', 'older'].every((id) => document.getElementById(id).type === 'password')") {
		t.Error("a key can be read on the screen")
	}
	b.do(chromedp.Navigate("about:blank"), chromedp.NavigateBack(), chromedp.WaitEnabled(chromedp.ID("value")))
	if got := value[string](b, "document.getElementById('value').value + document.getElementById('key').value"); got != "" {
		t.Errorf("behind the back button there is still %q", got)
	}
}
