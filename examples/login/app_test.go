package main

import (
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
)

const testKey saltine.Key = "an example key, public and therefore worthless: 0123456789"

// visitor is a browser, as far as cookies go.
type visitor struct {
	t      *testing.T
	client *http.Client
	site   *url.URL
}

var testKeys = func() saltine.Keyring {
	keys, err := saltine.NewKeyring(testKey, nil)
	if err != nil {
		panic(err)
	}
	return keys
}()

func serve(t *testing.T, cookie *sessionhttp.CookieOptions) *httptest.Server {
	t.Helper()
	handler, err := newApp(testKeys, cookie)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	return server
}

func newVisitor(t *testing.T, server *httptest.Server) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	site, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, &http.Client{Transport: server.Client().Transport, Jar: jar}, site}
}

// shown is a page: the texts of its elements by their ids.
type shown map[string]string

var element = regexp.MustCompile(`<(?:b|p|textarea)\b[^>]* id="([^"]*)"[^>]*>([^<]*)`)

func (v *visitor) read(res *http.Response, err error) (int, shown) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read, or is not of interest
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	page := shown{}
	for _, m := range element.FindAllStringSubmatch(string(body), -1) {
		page[m[1]] = html.UnescapeString(m[2])
	}
	return res.StatusCode, page
}

func (v *visitor) post(path string, form url.Values) (int, shown) {
	v.t.Helper()
	return v.read(v.client.PostForm(v.site.String()+path, form))
}

// expectHome opens the first page and compares it.
func (v *visitor) expectHome(want shown) {
	v.t.Helper()
	_, got := v.read(v.client.Get(v.site.String()))
	if diff := cmp.Diff(want, got); diff != "" {
		v.t.Errorf("page (-want +got):\n%s", diff)
	}
}

func (v *visitor) signIn(name string) {
	v.t.Helper()
	_, got := v.post("/sign-in", url.Values{"name": {name}, "remember": {"on"}})
	want := home(name, "1")
	want["flash"] = "Welcome, " + name + "!"
	if diff := cmp.Diff(want, got); diff != "" {
		v.t.Fatalf("page (-want +got):\n%s", diff)
	}
}

func (v *visitor) cookies() []*http.Cookie { return v.client.Jar.Cookies(v.site) }

// copyTo gives somebody else the cookie.
func (v *visitor) copyTo(thief *visitor) {
	cookies := v.cookies()
	for _, c := range cookies {
		c.Path, c.Secure = "/", true
	}
	thief.client.Jar.SetCookies(v.site, cookies)
}

var signedOut = shown{"signed-out": "Not signed in."}

func home(name, visits string) shown {
	return shown{"user": name, "visits": visits, "note": ""}
}

func TestVisits(t *testing.T) {
	ann := newVisitor(t, serve(t, &sessionhttp.CookieOptions{}))
	ann.expectHome(signedOut)
	if n := len(ann.cookies()); n != 0 {
		t.Errorf("%d cookies before anybody signed in, want none", n)
	}
	ann.signIn("<ann>")
	ann.expectHome(home("<ann>", "2"))
	ann.expectHome(home("<ann>", "3"))
	ann.signIn("bob") // nothing of the other one is left
	ann.post("/sign-out", nil)
	ann.expectHome(signedOut)
	if n := len(ann.cookies()); n != 0 {
		t.Errorf("%d cookies after the sign-out, want none", n)
	}
}

func TestSignOutEverywhere(t *testing.T) {
	server := serve(t, &sessionhttp.CookieOptions{})
	ann, thief, bob := newVisitor(t, server), newVisitor(t, server), newVisitor(t, server)
	ann.signIn("ann")
	bob.signIn("bob")
	ann.copyTo(thief)
	thief.expectHome(home("ann", "2"))
	ann.post("/sign-out-everywhere", nil)
	ann.expectHome(signedOut)
	thief.expectHome(signedOut)
	bob.expectHome(home("bob", "2"))
	ann.signIn("ann")
	ann.expectHome(home("ann", "2"))
	thief.expectHome(signedOut)
}

func TestNote(t *testing.T) {
	ann := newVisitor(t, serve(t, &sessionhttp.CookieOptions{}))
	ann.signIn("ann")
	ann.post("/note", url.Values{"note": {"a small note"}})
	before := ann.cookies()[0].Value
	status, got := ann.post("/note", url.Values{"note": {incompressible(5000)}})
	if status != http.StatusInternalServerError {
		t.Errorf("status %d, want %d", status, http.StatusInternalServerError)
	}
	if !strings.Contains(got["error"], "note") || strings.Contains(got["error"], incompressible(50)) {
		t.Errorf("the error must have the key and not the value: %.200s", got["error"])
	}
	if ann.cookies()[0].Value != before {
		t.Error("the cookie changed")
	}
	want := home("ann", "3")
	maps.Copy(want, shown{"note": "a small note"})
	ann.expectHome(want)
}

// incompressible returns n characters of what looks like a signature.
func incompressible(n int) string {
	signer, err := saltine.NewSigner(testKeys, nil)
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	for token := ""; b.Len() < n; b.WriteString(token[strings.LastIndexByte(token, ':')+1:]) {
		token = signer.Sign(token)
	}
	return b.String()[:n]
}

func TestSignInRefuses(t *testing.T) {
	for _, tt := range []struct{ name, user, reason string }{
		{"nothing", "", "nobody"},
		{"spaces", " \t", "nobody, either"},
		{"101 bytes", strings.Repeat("a", 101), "every cookie would carry it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := newVisitor(t, serve(t, &sessionhttp.CookieOptions{}))
			if status, _ := v.post("/sign-in", url.Values{"name": {tt.user}}); status != http.StatusBadRequest {
				t.Errorf("status %d, want %d: %s", status, http.StatusBadRequest, tt.reason)
			}
			v.expectHome(signedOut)
		})
	}
}

// A form of another site is refused, whatever the cookie's SameSite.
func TestCrossOrigin(t *testing.T) {
	ann := newVisitor(t, serve(t, &sessionhttp.CookieOptions{SameSite: sessioncookie.SameSiteNone, Partitioned: true}))
	ann.signIn("ann")
	req, err := http.NewRequest(http.MethodPost, ann.site.String()+"/sign-out", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if status, _ := ann.read(ann.client.Do(req)); status != http.StatusForbidden {
		t.Errorf("status %d, want %d", status, http.StatusForbidden)
	}
	ann.expectHome(home("ann", "2"))
}

func TestCookieAttributes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		cookie sessionhttp.CookieOptions
		form   url.Values
		want   string
		reason string
	}{
		{"remembered", sessionhttp.CookieOptions{}, url.Values{"name": {"ann"}, "remember": {"on"}}, "sessionid=…; Max-Age=1209600; Expires=…; Path=/; SameSite=Lax; HttpOnly; Secure", "the defaults"},
		{"not remembered", sessionhttp.CookieOptions{}, url.Values{"name": {"ann"}}, "sessionid=…; Path=/; SameSite=Lax; HttpOnly; Secure", "it ends with the browser"},
		{"embedded", sessionhttp.CookieOptions{SameSite: sessioncookie.SameSiteNone, Partitioned: true}, url.Values{"name": {"ann"}}, "sessionid=…; Path=/; SameSite=None; HttpOnly; Secure; Partitioned", "browsers keep a Lax cookie out of frames"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := newVisitor(t, serve(t, &tt.cookie))
			v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			res, err := v.client.PostForm(v.site.String()+"/sign-in", tt.form)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close() //nolint:errcheck // it was read, or is not of interest
			line := regexp.MustCompile(`(sessionid|Expires)=[^;]*`).ReplaceAllString(res.Header.Get("Set-Cookie"), "$1=…")
			if diff := cmp.Diff(tt.want, line); diff != "" {
				t.Errorf("Set-Cookie (-want +got): %s\n%s", tt.reason, diff)
			}
		})
	}
}

func TestRunRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		addr   string
		cookie sessionhttp.CookieOptions
		reason string
	}{
		{"no address", "nowhere", sessionhttp.CookieOptions{}, "there is nothing to listen on"},
		{"no cookie", "127.0.0.1:0", sessionhttp.CookieOptions{Name: "a b"}, "a browser would refuse it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := run(tt.addr, &tt.cookie); err == nil {
				t.Errorf("no error: %s", tt.reason)
			}
		})
	}
}

// A visitor may send any bytes. The note that is kept shows where they were not text.
func TestNoteOfAnyBytes(t *testing.T) {
	v := newVisitor(t, serve(t, &sessionhttp.CookieOptions{}))
	v.signIn("ann")
	status, page := v.post("/note", url.Values{"note": {"caf\xe9"}})
	if status != http.StatusOK || page["note"] != "caf\uFFFD" {
		t.Errorf("status %d, note %q", status, page["note"])
	}
}
