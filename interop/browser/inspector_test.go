package browser_test

import (
	"encoding/base64"
	"encoding/json"
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
	"github.com/google/go-cmp/cmp"
)

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

// partsShown are the parts as the page shows them, without their numbers.
const partsShown = `[...document.querySelectorAll('#parts > .part')].map(
	(part) => part.className.replace('part ', '') + ' ' + [...part.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join(''))`

// verify has the page verify a value with a key at a time.
func (b *tab) verify(text, key, now string) {
	b.t.Helper()
	b.run("document.getElementById('clear').click()")
	b.fill("now", now)
	b.fill("value", text)
	b.fill("key", key)
	b.run("document.getElementById('verify').click()")
}

// inspect runs tests on one page, one after the other, in a browser of their own.
func inspect(t *testing.T, tests map[string]func(*tab)) {
	t.Helper()
	url := inspectorURL(t)
	b := openBrowser(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := b.with(t)
			b.emulate(800, 600, "light")
			b.openInspector(url)
			test(b)
		})
	}
}

// The page says what is so.
func TestInspectorReports(t *testing.T) {
	inspect(t, map[string]func(*tab){"reports": (*tab).inspectorReports, "pastes": (*tab).inspectorPastes})
}

func (b *tab) inspectorReports() {
	t := b.t
	t.Run("parts", func(t *testing.T) {
		b := b.with(t)
		b.fill("value", inspectorValue)
		b.waitForText("content", "Not verified")
		want := []string{"payload eyJuIjoxfQ", "timestamp 1r31eq", "signature W3Q8bozYtBHheHKKpXsXvA7tXnsNMJuX90kGZVxpRS0"}
		if diff := cmp.Diff(want, value[[]string](b, partsShown)); diff != "" {
			t.Errorf("the parts differ (-want +got):\n%s", diff)
		}
		b.expect("payload", "{\n  \"n\": 1\n}")
		b.waitForText("time", "2023-11-14T22:13:20Z")
		b.waitForText("size", "61 bytes of 4096")
	})
	t.Run("compressed", func(t *testing.T) {
		b := b.with(t)
		b.run("document.getElementById('example').click()")
		b.waitForText("legend", "Mark")
		if got := value[[]string](b, partsShown); len(got) != 4 || got[0] != "mark ." {
			t.Errorf("the parts are %q, want a mark and three more", got)
		}
		b.waitForText("sizes", "_auth_user_backend")
		if got := value[string](b, "document.querySelector('#parts').textContent.replace(/^1/, '')"); strings.Contains(got, "<") {
			t.Errorf("the parts show %q", got)
		}
		if !value[bool](b, "document.querySelectorAll('#bar > .payload').length === 6") {
			t.Error("the bar has not a piece for each value of the session")
		}
	})
	for _, tt := range []struct{ name, text, key, now, title, says, reason string }{
		{"right key", inspectorValue, inspectorKey, inspectorNow, "Valid", "signed by key 1 of 1", "Django signed it with this key"},
		{"wrong key", inspectorValue, "another key, which is long enough but wrong: 0123456789", inspectorNow, "Not valid", "ost likely another key", "another key"},
		{"key in quotes", inspectorValue, `"` + inspectorKey + `"`, inspectorNow, "Not valid", "the signature is right with", "a usual mix-up is found"},
		{"tampered", "eyJuIjoyfQ" + inspectorValue[10:], inspectorKey, inspectorNow, "Not valid", "one altered or lost character", "the payload says 2 and not 1"},
		{"expired", inspectorValue, inspectorKey, "1702000000", "Expired", "older than", "three weeks later"},
		{"bad clock", inspectorValue, inspectorKey, "yesterday", "Not possible", "ot a time", "the setting is refused"},
		{"key with a space", inspectorValue, inspectorKey + " ", inspectorNow, "Not possible", "white space", "it must be said that it is a part of the key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := b.with(t)
			b.verify(tt.text, tt.key, tt.now)
			b.waitForText("banner", tt.says)
			if got := value[string](b, "document.querySelector('#banner h3').textContent"); got != tt.title {
				t.Errorf("the verdict is %q, want %q: %s", got, tt.title, tt.reason)
			}
			b.waitForText("status", tt.title)
			if page := value[string](b, "document.body.textContent"); strings.Contains(page, tt.key) {
				t.Error("the page shows the key")
			}
		})
	}
	t.Run("a change takes the verdict back", func(t *testing.T) {
		b := b.with(t)
		b.verify(inspectorValue, inspectorKey, inspectorNow)
		b.waitForText("banner", "Valid")
		b.fill("key", "x")
		b.waitForText("banner", "Not verified")
	})
	t.Run("hostile text", func(t *testing.T) {
		b := b.with(t)
		b.run("globalThis.hacked = false")
		for _, text := range []string{
			`<img src=x onerror="hacked = true"><script>hacked = true</script>`,
			`{"<b>":"</pre><img src=x onerror='hacked = true'>"}`,
			base64.RawURLEncoding.EncodeToString([]byte(`{"<img src=x onerror='hacked = true'>":"<svg onload='hacked = true'>\u202e"}`)) + inspectorValue[10:],
			strings.Repeat("A", 70000), strings.Repeat(":", 1000), "\u202e\x01:\u2028:",
		} {
			b.verify(text, inspectorKey, inspectorNow)
			b.waitFor("document.getElementById('banner')?.className !== 'banner open'")
			if value[bool](b, "hacked || document.querySelectorAll('#content img, #content svg, #content script, #content b').length > 0") {
				t.Errorf("the text %.40q is a part of the page", text)
			}
		}
	})
}

// The page says of every paste what the command says: that is in golden files.
func (b *tab) inspectorPastes() {
	t := b.t
	type paste struct{ Name, Paste string }
	var list []paste
	table, err := os.ReadFile("../../internal/paste/testdata/pastes.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(table, &list); err != nil || len(list) < 90 {
		t.Fatalf("%d pastes: %v", len(list), err)
	}
	reports := value[[]struct {
		Findings []struct {
			Cause string
			Next  []string
		}
	}](b, fmt.Sprintf("%s.map((p) => JSON.parse(saltine(JSON.stringify({text: p.paste, now: '1700172800'}))))", table))
	for i, p := range list {
		golden, err := os.ReadFile(filepath.Join("..", "..", "cmd", "saltine", "testdata", "pastes", p.Name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		var want, got strings.Builder
		for line := range strings.Lines(string(golden)) {
			if strings.HasPrefix(line, "cause: ") || strings.HasPrefix(line, "  next: ") {
				want.WriteString(line)
			}
		}
		for _, f := range reports[i].Findings {
			got.WriteString("cause: " + f.Cause + "\n")
			for _, next := range f.Next {
				got.WriteString("  next: " + next + "\n")
			}
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("%s: the page differs from the command (-command +page):\n%s", p.Name, diff)
		}
	}
}
