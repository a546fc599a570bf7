package main

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/passwords"
	"github.com/seed-52756201/saltine/sqlstore"
)

// The tests here need no Django; TestShop in interop/browser drives both.

const testKey saltine.Key = "an example key, public and therefore worthless: 0123456789"

const password = "correct horse"

// tables are those of Django that the pages use.
const tables = `
CREATE TABLE auth_user (id integer PRIMARY KEY, username text UNIQUE, password text, is_active bool, last_login datetime);
CREATE TABLE shop_product (id integer PRIMARY KEY, name text);
INSERT INTO shop_product VALUES (1, 'Salt');
`

// serve starts the shop with the users ann, who may sign in, and bob, who may not.
func serve(t *testing.T, engine string) (*httptest.Server, *sql.DB) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "db.sqlite3"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := saltine.NewKeyring(testKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := saltine.NewSessionData(keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := sqlstore.New(db, sqlstore.SQLite, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(tables + sessions.Schema()); err != nil {
		t.Fatal(err)
	}
	encoded, err := cheapHashers(t).Make(password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO auth_user VALUES (1, 'ann', ?, true, NULL), (2, 'bob', ?, false, NULL)", encoded, encoded); err != nil {
		t.Fatal(err)
	}
	handler, err := newShop(db, keys, engine)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	return server, db
}

// cheapHashers make hashes that the shop's own find outdated.
func cheapHashers(t *testing.T) *passwords.Hashers {
	t.Helper()
	cheap, err := passwords.New(&passwords.Options{Hashers: []passwords.Hasher{passwords.PBKDF2SHA256{Iterations: 1000}}})
	if err != nil {
		t.Fatal(err)
	}
	return cheap
}

// column is ann's hash.
func column(t *testing.T, db *sql.DB) (encoded string) {
	t.Helper()
	if err := db.QueryRow("SELECT password FROM auth_user WHERE username = 'ann'").Scan(&encoded); err != nil {
		t.Fatal(err)
	}
	return encoded
}

// visitor is a browser, behind nginx.
type visitor struct {
	t      *testing.T
	client *http.Client
	site   string
}

func newVisitor(t *testing.T, server *httptest.Server) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t, &http.Client{Jar: jar}, server.URL}
	v.client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("Origin", server.URL)
		return server.Client().Transport.RoundTrip(r)
	})
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return v
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answer reads a response: its status, where it leads to, and its text.
func (v *visitor) answer(resp *http.Response, err error) (status int, location, text string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Location"), string(body)
}

func (v *visitor) get(path string) (status int, location, text string) {
	v.t.Helper()
	return v.answer(v.client.Get(v.site + path))
}

var token = regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`)

// post sends a form with the token of a page.
func (v *visitor) post(page, path string, form url.Values) (status int, location, text string) {
	v.t.Helper()
	_, _, shown := v.get(page)
	if match := token.FindStringSubmatch(shown); match != nil {
		form.Set("csrfmiddlewaretoken", match[1])
	}
	return v.answer(v.client.PostForm(v.site+path, form))
}

func (v *visitor) signIn(name, password, next string) (status int, location, text string) {
	v.t.Helper()
	return v.post("/profile/sign-in/", "/profile/sign-in/", url.Values{"username": {name}, "password": {password}, "next": {next}})
}

// expectUser compares who is signed in: "" is nobody.
func (v *visitor) expectUser(why, want string) {
	v.t.Helper()
	_, _, text := v.get("/cart/")
	if got := strings.Contains(text, `<b id="user">ann</b>`); got != (want == "ann") {
		v.t.Errorf("%s: ann is signed in %t", why, got)
	}
}

func engines(t *testing.T, test func(t *testing.T, server *httptest.Server, db *sql.DB)) {
	for _, engine := range []string{"signed_cookies", "db"} {
		t.Run(engine, func(t *testing.T) {
			server, db := serve(t, engine)
			test(t, server, db)
		})
	}
}

func TestSignIn(t *testing.T) {
	engines(t, func(t *testing.T, server *httptest.Server, db *sql.DB) {
		for _, tt := range []struct{ name, user, password, reason string }{
			{"wrong password", "ann", "battery staple", "it is another one"},
			{"no password", "ann", "", "an empty one is not right either"},
			{"nobody", "eve", password, "there is no such user"},
			{"nobody at all", "", "", "the hash of nobody is nothing"},
			{"inactive", "bob", password, "ModelBackend refuses"},
		} {
			v := newVisitor(t, server)
			if status, _, text := v.signIn(tt.user, tt.password, "/cart/"); status != http.StatusOK || !strings.Contains(text, "Please enter a correct") {
				t.Errorf("%s: status %d: %s", tt.name, status, tt.reason)
			}
			v.expectUser(tt.name, "")
		}
		ann := newVisitor(t, server)
		if status, location, _ := ann.signIn("ann", password, "/cart/"); status != http.StatusSeeOther || location != "/cart/" {
			t.Errorf("status %d, Location %q", status, location)
		}
		_, _, text := ann.get("/cart/")
		if !strings.Contains(text, "Welcome, ann!") {
			t.Errorf("no welcome in %s", text)
		}
		ann.expectUser("signed in", "ann")
		var logins int
		if err := db.QueryRow("SELECT count(*) FROM auth_user WHERE last_login IS NOT NULL").Scan(&logins); err != nil || logins != 1 {
			t.Errorf("%d users have a last login, error %v", logins, err)
		}
		ann.post("/profile/", "/profile/sign-out/", url.Values{})
		ann.expectUser("signed out", "")
	})
}

// A login replaces a hash that is outdated, once, and stays signed in.
func TestSignInUpgradesTheHash(t *testing.T) {
	engines(t, func(t *testing.T, server *httptest.Server, db *sql.DB) {
		hashes := []string{column(t, db)}
		for _, password := range []string{"wrong", password, password} {
			ann := newVisitor(t, server)
			ann.signIn("ann", password, "")
			ann.expectUser("password "+password, map[bool]string{true: "", false: "ann"}[password == "wrong"])
			hashes = append(hashes, column(t, db))
		}
		if hashes[1] != hashes[0] || hashes[2] == hashes[1] || hashes[3] != hashes[2] {
			t.Errorf("a wrong password, a login and another one left the hash changed: %t, %t, %t, want false, true, false",
				hashes[1] != hashes[0], hashes[2] != hashes[1], hashes[3] != hashes[2])
		}
	})
}

func TestFormNeedsToken(t *testing.T) {
	server, _ := serve(t, "signed_cookies")
	v := newVisitor(t, server)
	form := url.Values{"username": {"ann"}, "password": {password}}
	if status, _, _ := v.answer(v.client.PostForm(v.site+"/profile/sign-in/", form)); status != http.StatusForbidden {
		t.Errorf("status %d, want %d", status, http.StatusForbidden)
	}
	if status, location, _ := v.post("/profile/sign-in/", "/cart/add/", url.Values{"product": {"1"}}); status != http.StatusSeeOther || location != "/" {
		t.Errorf("status %d, Location %q", status, location)
	}
	if status, _, _ := v.post("/profile/sign-in/", "/cart/add/", url.Values{"product": {"7"}}); status != http.StatusNotFound {
		t.Errorf("status %d, want %d", status, http.StatusNotFound)
	}
	if _, _, text := v.get("/cart/"); strings.Count(text, ">Salt\n") != 1 {
		t.Errorf("the cart shows %s", text)
	}
}

func TestNextStaysHere(t *testing.T) {
	server, _ := serve(t, "signed_cookies")
	for next, want := range map[string]string{
		"/cart/": "/cart/", "": "/profile/", "//evil.test/": "/profile/", `/./\evil.test/`: "/profile/", "https://evil.test/": "/profile/",
		"javascript:alert(1)": "/profile/", "/\t/evil.test/": "/profile/", server.URL + "/cart/": server.URL + "/cart/",
	} {
		if _, location, _ := newVisitor(t, server).signIn("ann", password, next); location != want {
			t.Errorf("next=%q leads to %q, want %q", next, location, want)
		}
	}
}

// A new password, and a new hash of the same one, end the sessions of other browsers.
func TestOtherBrowsersAreSignedOut(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		form       url.Values
		want       string // who the browser that did it is signed in as
		works      bool
		reason     string
	}{
		{"new password", "/profile/password/", url.Values{"password": {password}, "new": {"battery staple"}}, "ann", true, "the hash in the session is of the old one"},
		{"wrong old password", "/profile/password/", url.Values{"password": {"wrong"}, "new": {"battery staple"}}, "ann", false, "nothing is stored"},
		{"short new password", "/profile/password/", url.Values{"password": {password}, "new": {"short"}}, "ann", false, "nothing is stored"},
		{"everywhere", "/profile/everywhere/", url.Values{"password": {password}}, "", true, "a new salt makes a new hash"},
		{"everywhere, wrong password", "/profile/everywhere/", url.Values{"password": {"wrong"}}, "ann", false, "nothing is stored"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engines(t, func(t *testing.T, server *httptest.Server, _ *sql.DB) {
				laptop, phone := newVisitor(t, server), newVisitor(t, server)
				laptop.signIn("ann", password, "")
				phone.signIn("ann", password, "")
				phone.expectUser("before", "ann")
				laptop.post("/profile/", tt.path, tt.form)
				laptop.expectUser("the browser itself: "+tt.reason, tt.want)
				phone.expectUser("another browser: "+tt.reason, map[bool]string{true: "", false: "ann"}[tt.works])
			})
		})
	}
}

// A view that has loaded the account before the owner changed the password does not write
// the old password back.
func TestOldPasswordIsNotWrittenBack(t *testing.T) {
	_, db := serve(t, "signed_cookies")
	hashers := cheapHashers(t)
	s := &shop{db: db, passwords: hashers, turns: make(chan struct{}, 1)}
	loaded := djangoauth.Account{ID: "1", Password: column(t, db), Active: true}
	changed, err := hashers.Make("battery staple")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE auth_user SET password = ? WHERE id = 1", changed); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/profile/everywhere/", http.NoBody)
	view(func(_ http.ResponseWriter, r *http.Request) error { return s.changeHash(r, &loaded, password) }).ServeHTTP(w, r)
	if w.Code != http.StatusConflict {
		t.Errorf("status %d, want %d", w.Code, http.StatusConflict)
	}
	if column(t, db) != changed {
		t.Error("the old password is back")
	}
}

// Who has a short password, from before there was a rule, can sign out everywhere.
func TestShortPasswordSignsOutEverywhere(t *testing.T) {
	server, db := serve(t, "signed_cookies")
	short, err := cheapHashers(t).Make("short")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE auth_user SET password = ? WHERE id = 1", short); err != nil {
		t.Fatal(err)
	}
	ann := newVisitor(t, server)
	ann.signIn("ann", "short", "")
	ann.expectUser("before", "ann")
	ann.post("/profile/", "/profile/everywhere/", url.Values{"password": {"short"}})
	ann.expectUser("after", "")
}

// No more hashes run at the same time than there are turns, and nobody waits for ever.
func TestHashesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{turns: make(chan struct{}, 2)}
		var running, done, late atomic.Int32
		for range 20 {
			go func() {
				err := s.inTurn(t.Context(), func() error {
					if n := running.Add(1); n > 2 {
						t.Errorf("%d run at the same time", n)
					}
					<-time.After(maxWait / 4)
					running.Add(-1)
					done.Add(1)
					return nil
				})
				if errors.Is(err, context.DeadlineExceeded) {
					late.Add(1)
				}
			}()
		}
		<-time.After(2 * maxWait)
		if done.Load() < 8 || late.Load() < 10 || done.Load()+late.Load() != 20 { // one at a time would be 5
			t.Errorf("%d ran, %d gave up, want 8 to 10, and the others", done.Load(), late.Load())
		}
		if len(s.turns) != 0 {
			t.Errorf("%d turns are not given back", len(s.turns))
		}
	})
}

// All that hashes a password waits for its turn.
func TestHashingWaits(t *testing.T) {
	s := &shop{passwords: cheapHashers(t), turns: make(chan struct{})} // it is never one's turn
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", http.NoBody)
	if result, err := s.check(r, djangoauth.Account{Active: true}, password); !errors.Is(err, context.Canceled) || result.OK {
		t.Errorf("check: %v, error %v", result, err)
	}
	if err := s.changeHash(r, &djangoauth.Account{}, password); !errors.Is(err, context.Canceled) {
		t.Errorf("changeHash: error %v", err)
	}
}

// Who is not signed in is sent to the form, and back.
func TestProfileNeedsUser(t *testing.T) {
	server, _ := serve(t, "signed_cookies")
	if status, location, _ := newVisitor(t, server).get("/profile/"); status != http.StatusFound || location != "/profile/sign-in/?next=/profile/" {
		t.Errorf("status %d, Location %q", status, location)
	}
}

// A database that is gone is not "nobody".
func TestDatabaseIsGone(t *testing.T) {
	server, db := serve(t, "signed_cookies")
	ann := newVisitor(t, server)
	ann.signIn("ann", password, "")
	if _, err := db.Exec("ALTER TABLE auth_user RENAME TO gone"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/cart/", "/profile/"} {
		if status, _, _ := ann.get(path); status != http.StatusServiceUnavailable {
			t.Errorf("%s: status %d, want %d", path, status, http.StatusServiceUnavailable)
		}
	}
}
