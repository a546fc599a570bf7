package browser_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

var pictures = flag.String("pictures", "", "take pictures of the inspector, and keep them in this `folder`")

// buildInspector makes the page of saltine inspect --web once; TestMain removes it.
var buildInspector = sync.OnceValues(func() (string, error) {
	file := filepath.Join(scratch, "inspector.html")
	out, err := exec.Command("go", "run", "-C", "../..", "./cmd/saltine/inspector", "-o", file).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go run ./cmd/saltine/inspector: %w\n%s", err, out)
	}
	return file, nil
})

// The key of the vectors, and a session that real Django 6.0.4 signed with it at
// 1700000000. Two hours later it is good.
const (
	inspectorKey   = "django-insecure-p0b!k=3x&(v2#9s+public-vector-secret-key-00000001"
	inspectorValue = "eyJuIjoxfQ:1r31eq:W3Q8bozYtBHheHKKpXsXvA7tXnsNMJuX90kGZVxpRS0"
	inspectorNow   = "1700007200"
)

// inspectorURL is the page as a file.
func inspectorURL(t *testing.T) string {
	t.Helper()
	chromium(t)
	file, err := buildInspector()
	if err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

// openInspector loads the page, and waits for the library in it.
func (b *tab) openInspector(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url), chromedp.WaitEnabled(chromedp.ID("value")))
}

// insert puts text where the focus is, as a person pastes it.
func (b *tab) insert(text string) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		b.t.Fatal(err)
	}
}

// fill replaces the text of a field by another, as a person pastes it.
func (b *tab) fill(id, text string) {
	b.t.Helper()
	b.run(fmt.Sprintf("const f = document.getElementById(%q); f.closest('details')?.setAttribute('open', ''); f.focus(); f.select()", id))
	b.insert(text)
}

// run runs statements in the page.
func (b *tab) run(script string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("(() => {"+script+"; return true})()")); err != nil {
		b.t.Fatal(err)
	}
}

// value returns what an expression is in the page.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("JSON.stringify("+expression+")"))
	if err != nil {
		b.t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		b.t.Fatalf("%s is %q: %v", expression, text, err)
	}
	return v
}

// waitFor waits until an expression is true in the page.
func (b *tab) waitFor(expression string) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); !value[bool](b, "!!("+expression+")"); {
		if time.Now().After(end) {
			b.t.Fatalf("%s is not true; the page says %q", expression, b.text("content"))
		}
	}
}

func (b *tab) waitForText(id, want string) {
	b.t.Helper()
	b.waitFor(fmt.Sprintf("document.getElementById(%q)?.textContent.includes(%q)", id, want))
}

func (b *tab) emulate(width, height int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// Pictures for a person to look at.
func TestInspectorPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("no folder: -pictures names one")
	}
	b := openBrowser(t)
	b.openInspector(inspectorURL(t))
	for name, steps := range map[string]func(){
		"empty":   func() { b.run("document.getElementById('clear').click()") },
		"example": func() { b.run("document.getElementById('example').click()") },
		"valid": func() {
			b.run("document.getElementById('example').click()")
			b.run("document.getElementById('verify').click()")
		},
		"wrong": func() {
			b.run("document.getElementById('example').click()")
			b.fill("key", "another key, which is long enough but wrong: 0123456789")
			b.run("document.getElementById('verify').click()")
		},
		"expired": func() {
			b.run("document.getElementById('clear').click()")
			b.fill("value", inspectorValue)
			b.fill("key", inspectorKey)
			b.run("document.getElementById('verify').click()")
		},
		"large": func() {
			b.run("document.getElementById('clear').click()")
			b.fill("value", strings.Repeat("A", 5000)+":1r31eq:"+strings.Repeat("x", 43))
		},
		"junk": func() {
			b.run("document.getElementById('clear').click()")
			b.fill("value", `"sessionid=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc; Path=/`)
		},
	} {
		b.run("document.querySelector('details').open = false")
		steps()
		b.run("document.activeElement.blur(); scrollTo(0, 0)")
		b.waitFor("document.getElementById('banner') || document.getElementById('waiting')")
		for _, width := range []int64{360, 768, 1440} {
			for _, scheme := range []string{"light", "dark"} {
				b.emulate(width, 900, scheme)
				png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(*pictures, fmt.Sprintf("%s-%d-%s.png", name, width, scheme))
				if err := os.WriteFile(file, png, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
