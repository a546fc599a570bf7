package proxy_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/sessioncookie"
)

const sharedKey = "the key that Django and Go share, public and worthless: 0123456789"

// person is a visitor of the tests that stop at the first thing that is wrong.
type person struct {
	*visitor
	t *testing.T
}

// shop starts a site with Django and Go under one key.
func shop(t *testing.T) *site {
	t.Helper()
	s := startSite(t)
	s.startDjango(t, sharedKey)
	for number := range processes {
		s.startCart(t, number, keys{key: sharedKey})
	}
	return s
}

func (p *person) get(path string) answer {
	p.t.Helper()
	return p.good(p.send(path))
}

func (p *person) post(path, body string) answer {
	p.t.Helper()
	return p.good(p.send(path, body))
}

func (p *person) good(a answer, err error) answer {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	if a.status != http.StatusOK {
		p.t.Fatalf("status %d: %.500s", a.status, a.body)
	}
	return a
}

// seen is what Django sees.
type seen struct {
	User    string `json:"user"`
	Session string `json:"session"`
}

func (p *person) django() seen {
	p.t.Helper()
	return p.parse(p.get("/django/"))
}

func (p *person) parse(a answer) (s seen) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(a.body), &s); err != nil {
		p.t.Fatal(err)
	}
	return s
}

func (p *person) signIn() {
	p.t.Helper()
	if s := p.parse(p.post("/django/sign-in", "name=ann&password=correct+horse")); s.User != "ann" {
		p.t.Fatalf("Django signed in %q", s.User)
	}
}

func (p *person) expect(what string, want, got any) {
	p.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// expectSignedOut asks both sides.
func (p *person) expectSignedOut() {
	p.t.Helper()
	p.expect("the cookie", "", p.cookie())
	p.expect("what Django sees", seen{"", "{}"}, p.django())
	p.expect("what Go sees", "", p.get("/cart/").body)
}

// values are those that a service in another language tends to change.
const values = `{"price": 1.0, "tiny": 1e-07, "huge": 1180591620717411303424, "half": "\ud83d", "z": null, "a": {"y": [true, 2.50], "b": "\u00e9<&>"}}`

// Python writes 2.50 as 2.5.
var written = strings.Trim(strings.Replace(values, "2.50", "2.5", 1), "{}")

func TestOneSession(t *testing.T) {
	s := shop(t)
	ann := &person{s.newVisitor(t), t}
	ann.expectSignedOut()
	ann.signIn()
	ann.post("/django/update", values)
	before := ann.django()

	lines := strings.Split(ann.get("/cart/").body, "\n")
	ann.expect("what Go sees of the values", []string{
		"price float64 1",
		"tiny float64 1e-07",
		"huge *big.Int 1180591620717411303424",
		"half string \ufffd",
		"z <nil> <nil>",
		"a map[string]interface {} map[b:é<&> y:[true 2.5]]",
		"",
	}, lines[3:])
	ann.expect("what Go sees first", "_auth_user_id string 1", lines[0])

	ann.post("/cart/add", "item=pear")
	ann.post("/cart/add", "item=apple")
	want := seen{"ann", strings.TrimSuffix(before.Session, "}") + `, "cart": ["pear", "apple"]}`}
	ann.expect("what Django sees of the cart", want, ann.django())
	if !strings.Contains(want.Session, written) {
		t.Errorf("Django's text is\n%s\nwithout\n%s", want.Session, written)
	}
	t.Logf("signed in on Django, cart filled in Go: Django still sees ann and, byte for byte, %s", ann.django().Session)

	ann.post("/django/update", `{"price": 2.5}`)
	ann.post("/cart/add", "item=plum")
	want.Session = strings.NewReplacer("1.0", "2.5", `"apple"`, `"apple", "plum"`).Replace(want.Session)
	ann.expect("both changes", want, ann.django())

	for _, path := range []string{"/django/cycle-key", "/cart/cycle-key"} {
		if a := ann.post(path, ""); len(a.setCookie) != 1 {
			t.Errorf("%s set %d cookies, want 1", path, len(a.setCookie))
		}
		ann.expect("the session after "+path, want, ann.django())
		if body := ann.get("/cart/").body; !strings.Contains(body, "cart []interface {} [pear apple plum]") {
			t.Errorf("after %s Go sees\n%s", path, body)
		}
	}
	t.Log("cycle_key on either side: the session stays, on both")
}

func TestSignOut(t *testing.T) {
	s := shop(t)
	for _, path := range []string{"/cart/sign-out", "/django/sign-out", "/django/flush"} {
		t.Run(path[1:], func(t *testing.T) {
			ann := &person{s.newVisitor(t), t}
			ann.signIn()
			ann.post("/cart/add", "item=pear")
			if got := ann.django().User; got != "ann" {
				t.Fatalf("Django sees %q, want ann", got)
			}
			ann.post(path, "")
			ann.expectSignedOut()
		})
	}
}

// What one side would not accept from a browser, the other must not either.
func TestTamperedOnOneOrigin(t *testing.T) {
	s := shop(t)
	ann := &person{s.newVisitor(t), t}
	ann.signIn()
	ann.post("/cart/add", "item=pear")
	good := ann.cookie()
	for _, bad := range []string{good[:len(good)-1], good + "A", "A" + good} {
		ann.setCookie(bad)
		ann.expect("what Django sees", seen{"", "{}"}, ann.django())
		ann.setCookie(bad)
		ann.expect("what Go sees", "", ann.get("/cart/").body)
	}
	ann.setCookie(good)
	ann.expect("what Django sees of the good cookie", "ann", ann.django().User)
}

// A session as large as a browser takes must pass the proxy.
func TestLargestCookie(t *testing.T) {
	s := shop(t)
	ann := &person{s.newVisitor(t), t}
	ann.signIn()
	line := ""
	for n := 0; len(line) < sessioncookie.DefaultMaxLine-60 && n < 200; n++ {
		signature := ann.cookie()[len(ann.cookie())-30:] // as good as random: it does not compress
		line = ann.post("/cart/add", "item="+signature).setCookie[0]
	}
	ann.expect("what Django sees", "ann", ann.django().User)
	refused, err := ann.send("/cart/default-buffer/cycle-key", "")
	if err != nil {
		t.Fatal(err)
	}
	if refused.status != http.StatusBadGateway {
		t.Errorf("with nginx's default buffer the status is %d, want %d", refused.status, http.StatusBadGateway)
	}
	t.Logf("a Set-Cookie line of %d bytes passes with proxy_buffer_size 8k; with nginx's default the status is %d", len(line), refused.status)
}
