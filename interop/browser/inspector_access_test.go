package browser_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

var pictures = flag.String("pictures", "", "take pictures of the inspector, and keep them in this `folder`")

// Everybody can use the page.
func TestInspectorAccess(t *testing.T) {
	inspect(t, map[string]func(*tab){
		"keyboard": (*tab).inspectorKeyboard, "aria": (*tab).inspectorAria, "screens": (*tab).inspectorScreens,
	})
}

// All can be done with the keyboard, and the focus can be seen.
func (b *tab) inspectorKeyboard() {
	t := b.t
	b.do(chromedp.KeyEvent(kb.Tab))
	if got := value[string](b, "document.activeElement.className"); got != "skip" {
		t.Errorf("the first stop is %q, want the way to the report", got)
	}
	var stops []string
	for range 40 {
		b.do(chromedp.KeyEvent(kb.Tab))
		stop := value[string](b, "document.activeElement.id || document.activeElement.tagName")
		if stop == "BODY" {
			break
		}
		stops = append(stops, stop)
		if !value[bool](b, "getComputedStyle(document.activeElement).outlineStyle !== 'none' && parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2") {
			t.Errorf("the focus on %s cannot be seen", stop)
		}
		switch stop {
		case "value":
			b.insert(inspectorValue)
		case "key":
			b.insert(inspectorKey)
		case "SUMMARY":
			b.do(chromedp.KeyEvent(" "))
		case "now":
			b.do(chromedp.KeyEvent(inspectorNow))
		case "verify":
			b.do(chromedp.KeyEvent(kb.Enter))
			b.waitForText("banner", "Valid")
		}
	}
	want := []string{
		"value", "example", "clear", "key", "SUMMARY", "kind", "older", "cookie-name", "salt", "algorithm", "separator", "max-age", "now", "sha1", "keep-space",
		"verify", "parts", "payload",
	}
	if diff := cmp.Diff(want, stops); diff != "" {
		t.Errorf("the stops of the Tab key differ (-want +got):\n%s", diff)
	}
	b.run("document.getElementById('key').focus()")
	b.do(chromedp.KeyEvent("x" + kb.Enter)) // the form is sent from a field, too
	b.waitForText("banner", "Not valid")
}

// node is what a screen reader knows of a thing.
type node struct{ Role, Name string }

func (b *tab) accessible() []node {
	b.t.Helper()
	tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	text := func(v *accessibility.Value) (s string) {
		if v != nil {
			json.Unmarshal(v.Value, &s) //nolint:errcheck // what is no text has no name
		}
		return s
	}
	var nodes []node
	for _, n := range tree.Nodes {
		if !n.Ignored {
			nodes = append(nodes, node{text(n.Role), text(n.Name)})
		}
	}
	return nodes
}

// A screen reader finds the parts of the page, and a name for all that can be used.
func (b *tab) inspectorAria() {
	t := b.t
	b.run("document.querySelector('details').open = true")
	b.verify(inspectorValue, inspectorKey, inspectorNow)
	b.waitForText("banner", "Valid")
	var landmarks, headings, unnamed []string
	for _, n := range b.accessible() {
		switch n.Role {
		case "banner", "main", "contentinfo", "form", "status":
			landmarks = append(landmarks, n.Role)
		case "region":
			landmarks = append(landmarks, n.Role+" "+n.Name)
		case "heading":
			headings = append(headings, n.Name)
		case "textbox", "button", "combobox", "checkbox", "link", "DisclosureTriangle":
			if n.Name == "" {
				unnamed = append(unnamed, n.Role)
			}
		}
	}
	wantLandmarks := []string{
		"banner", "main", "form", "region Report", "region Parts", "region Payload", "region Time", "region Size", "status", "contentinfo",
	}
	slices.Sort(wantLandmarks)
	slices.Sort(landmarks)
	if diff := cmp.Diff(wantLandmarks, landmarks); diff != "" {
		t.Errorf("the landmarks differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"saltine inspector", "Report", "Valid", "Parts", "Payload", "Time", "Size"}, headings); diff != "" {
		t.Errorf("the headings differ (-want +got):\n%s", diff)
	}
	if len(unnamed) > 0 {
		t.Errorf("without a name: %q", unnamed)
	}
	b.expect("status", b.text("status"))
	if got := value[string](b, "document.getElementById('status').textContent"); !strings.HasPrefix(got, "Valid. ") {
		t.Errorf("the live region says %q", got)
	}
	if got := value[[]string](b, "[document.documentElement.lang, document.title]"); got[0] != "en" || got[1] == "" {
		t.Errorf("language and title are %q", got)
	}
	if got := value[[]string](b, "[...document.querySelectorAll('#parts > .part .number')].map((n) => n.textContent)"); len(got) < 3 {
		t.Errorf("the parts have the numbers %q, want one each: colour is not enough", got)
	}
}

// dim lists text whose contrast to what is behind it is below 4.5 to 1.
const dim = `(() => {
	const rgb = (s) => s.match(/[\d.]+/g).map(Number);
	const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = (e) => {
		for (; e; e = e.parentElement) {
			const c = rgb(getComputedStyle(e).backgroundColor);
			if (c.length === 3 || c[3] === 1) return c;
		}
		return [255, 255, 255];
	};
	const found = [];
	let texts = 0;
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.closest('script, option')) continue;
		texts++;
		const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
		const ratio = (a + 0.05) / (b + 0.05);
		if (ratio < 4.5) found.push(ratio.toFixed(2) + ' ' + e.className + ' ' + walk.currentNode.data.trim().slice(0, 30));
	}
	return {texts, found};
})()`

// On screens of every width and in both schemes all can be read, and nothing is cut off.
func (b *tab) inspectorScreens() {
	t := b.t
	b.run("document.querySelector('details').open = true")
	b.run("document.getElementById('example').click()")
	example := value[string](b, "document.getElementById('value').value")
	for _, tt := range []struct{ name, text, key, now, verdict string }{
		{"empty", "", "", "", ""},
		{"valid", inspectorValue, inspectorKey, inspectorNow, "Valid"},
		{"example", example, "", "", "Not verified"},
		{"wrong key", example, strings.Repeat("wrong ", 12) + "key", "", "Not valid"},
		{"expired", inspectorValue, inspectorKey, "1702000000", "Expired"},
		{"too large", strings.Repeat("A", 5000) + inspectorValue[10:], "", "", "Not verified"},
		{"damaged", `"` + example[:len(example)-20] + `"; Path=/`, "", "", "Not"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := b.with(t)
			b.verify(tt.text, tt.key, tt.now)
			b.run("document.querySelector('details').open = " + strconv.FormatBool(tt.name == "valid"))
			if tt.verdict != "" {
				b.waitForText("banner", tt.verdict)
			}
			for _, width := range []int64{320, 360, 768, 1440} {
				for _, scheme := range []string{"light", "dark"} {
					b.emulate(width, 900, scheme)
					at := fmt.Sprintf("%d pixels, %s: ", width, scheme)
					b.picture(fmt.Sprintf("%s-%d-%s", tt.name, width, scheme))
					if got := value[int64](b, "document.documentElement.scrollWidth"); got > width {
						t.Errorf("%sthe page has %d pixels", at, got)
					}
					const wide = "[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && !e.closest('.unseen, .skip') && (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible' && !['INPUT', 'TEXTAREA', 'SELECT'].includes(e.tagName) || e.getBoundingClientRect().right > innerWidth)).map((e) => e.tagName + ' ' + e.id + ' ' + e.className)"
					if got := value[[]string](b, wide); len(got) > 0 {
						t.Errorf("%scut off: %q", at, got)
					}
					got := value[struct {
						Texts int
						Found []string
					}](b, dim)
					if len(got.Found) > 0 || got.Texts < 10 {
						t.Errorf("%sof %d texts too dim: %q", at, got.Texts, got.Found)
					}
				}
			}
			colors := value[string](b, "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color")
			b.emulate(1440, 900, "light")
			if colors == value[string](b, "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color") {
				t.Error("light and dark look the same")
			}
		})
	}
}

// picture keeps a picture of the page, for a person to look at, if there is a folder.
func (b *tab) picture(name string) {
	b.t.Helper()
	if *pictures == "" {
		return
	}
	b.run("document.activeElement.blur(); scrollTo(0, 0)")
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*pictures, strings.ReplaceAll(name, " ", "-")+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
