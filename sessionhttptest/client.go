package sessionhttptest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// Client is one visitor. It keeps the cookies that responses set, and sends them with the
// next request, as a browser does with HTTPS. It calls the handler directly, without a
// network, and does not follow redirects. It is not safe for concurrent use, and prints as
// its name.
//
// Django: django.test.Client.
type Client struct{ *hidden }

// hidden is a second pointer to the cookies: inside another struct fmt follows one, where
// the verb does not fit pointers, and never two.
type hidden struct{ *visitor }

type visitor struct {
	tb       testing.TB
	sessions *sessionhttp.Middleware
	handler  http.Handler
	now      func() time.Time
	jar      jar
}

// NewClient returns a visitor without cookies. handler is the program under test, and
// sessions is the middleware in it. clock says when cookies end; it must be the clock of
// the store. nil means the real time.
func NewClient(tb testing.TB, sessions *sessionhttp.Middleware, handler http.Handler, clock *Clock) *Client {
	v := &visitor{tb: tb, sessions: sessions, handler: handler, now: time.Now}
	if clock != nil {
		v.now = clock.Now
	}
	return &Client{&hidden{v}}
}

// Format writes the type's name only, whatever the verb: a visitor's cookies are secrets.
func (*Client) Format(f fmt.State, _ rune) {
	io.WriteString(f, "sessionhttptest.Client([redacted])") //nolint:errcheck // fmt has nowhere to report it
}

// Do sends a request, with the visitor's cookies beside those that it has. r is not
// changed.
func (c *Client) Do(r *http.Request) *httptest.ResponseRecorder {
	r = r.Clone(r.Context())
	c.jar.add(r, c.now())
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	c.keep(r, w)
	return w
}

// Get sends a GET request for a path on example.com. The path may have a query.
func (c *Client) Get(target string) *httptest.ResponseRecorder {
	return c.Do(httptest.NewRequest(http.MethodGet, target, http.NoBody))
}

// PostForm sends a form to a path on example.com.
func (c *Client) PostForm(target string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.Do(r)
}

// Session returns the session that the visitor's next request for / will have: an empty
// one where there is no cookie. To change it, use [Client.SetSession].
func (c *Client) Session() *saltine.Session { return open(c.sessions, c.root()) }

// SetSession changes the visitor's session by fill. A visitor who needs to be signed in
// needs no form for it. A session that cannot be saved fails the test.
//
// Django: Client.force_login, and Client.session with its save.
func (c *Client) SetSession(fill func(*saltine.Session)) {
	c.tb.Helper()
	r := c.root()
	c.keep(r, save(c.tb, c.sessions, r, fill))
}

// Restart forgets the cookies that end with the browser, as a browser does when it is
// closed.
func (c *Client) Restart() { c.jar.restart() }

// root returns a request for the page / with the visitor's cookies.
func (c *Client) root() *http.Request {
	r := newRequest()
	c.jar.add(r, c.now())
	return r
}

// keep keeps the cookies of a response.
func (c *Client) keep(r *http.Request, w *httptest.ResponseRecorder) {
	response := w.Result()
	c.jar.set(host(r), path(r), response.Cookies(), c.now())
}
