package djangoauth_test

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/internal/testkit"
)

//go:embed testdata/oracle.py
var oracle string

// question is what Django is asked to do for a browser with a cookie.
type question struct {
	Op     string `json:"op"`
	User   string `json:"user"`
	Text   string `json:"text"`
	Cookie string `json:"cookie"`
}

type answer struct {
	Who      string          `json:"who"` // "" is anonymous
	Cookie   string          `json:"cookie"`
	Items    json.RawMessage `json:"items"`
	ID       string          `json:"id"`
	Password string          `json:"password"`
	Active   bool            `json:"active"`
}

// site is a Django and a Go with one SECRET_KEY and one user table.
type site struct {
	t     *testing.T
	live  *testkit.Process
	store *saltine.CookieStore
	auth  *djangoauth.Auth
	users *people
}

func newSite(t *testing.T) *site {
	t.Helper()
	python := testkit.Django(t)
	s := &site{t: t, store: cookieStore(t)}
	s.live = testkit.StartPython(t, python, oracle, string(testKey))
	s.auth, s.users = newAuth(t, djangoauth.Options{})
	created := s.django(question{Op: "create", User: "ann", Text: "correct horse"})
	s.users.accounts = []djangoauth.Account{{ID: created.ID, Password: created.Password, Active: created.Active}}
	return s
}

// django has Django answer.
func (s *site) django(q question) answer {
	s.t.Helper()
	var a answer
	if err := s.live.Ask(q, &a); err != nil {
		s.t.Fatal(err)
	}
	return a
}

// ann is the user as the table has it now.
func (s *site) ann() *djangoauth.Account { return &s.users.accounts[0] }

// open is a request to Go with a cookie.
func (s *site) open(cookie string) *saltine.Session { return s.store.Open(s.t.Context(), cookie) }

// save is the response of Go.
func (s *site) save(session *saltine.Session) string {
	s.t.Helper()
	if session.IsEmpty() {
		return ""
	}
	if err := session.Save(); err != nil {
		s.t.Fatal(err)
	}
	return session.Key()
}

// want checks who is signed in by a cookie, at both sides.
func (s *site) want(why, cookie string, signedIn bool) {
	s.t.Helper()
	_, err := s.auth.User(s.t.Context(), s.open(cookie))
	who := s.django(question{Op: "look", User: "ann", Cookie: cookie}).Who
	if (err == nil) != signedIn || (who == "ann") != signedIn {
		s.t.Errorf("%s: Go says %v, Django %q, want signed in %t", why, err, who, signedIn)
	}
}

// Somebody who signs in at either side is signed in at the other.
func TestLiveLogin(t *testing.T) {
	s := newSite(t)
	there := s.django(question{Op: "login", User: "ann"})
	s.want("a login at Django", there.Cookie, true)

	here := s.open("")
	here.Set("cart", []int{1, 2})
	if err := s.auth.Login(here, *s.ann(), ""); err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal(there.Items, &want); err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal([]byte(content(here)), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a login leaves (-Django +Go):\n%s", diff)
	}
	s.want("a login at Go", s.save(here), true)
}

// A logout at either side ends the session at both.
func TestLiveLogout(t *testing.T) {
	s := newSite(t)
	cookie := s.django(question{Op: "login", User: "ann"}).Cookie
	here := s.open(cookie)
	if err := s.auth.Logout(here); err != nil {
		t.Fatal(err)
	}
	s.want("a logout at Go", s.save(here), false)
	s.want("a logout at Django", s.django(question{Op: "logout", User: "ann", Cookie: cookie}).Cookie, false)
}

// A new password, set at either side, keeps the session that set it and ends the others.
func TestLivePassword(t *testing.T) {
	s := newSite(t)
	phone := s.django(question{Op: "login", User: "ann"}).Cookie
	laptop := s.django(question{Op: "login", User: "ann"}).Cookie

	changed := s.django(question{Op: "password", User: "ann", Text: "battery staple", Cookie: laptop})
	s.ann().Password = changed.Password
	s.want("Django sets the password: its own session", changed.Cookie, true)
	s.want("Django sets the password: another session", phone, false)

	phone = changed.Cookie
	here := s.open(changed.Cookie)
	account, err := s.auth.User(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	s.django(question{Op: "store", User: "ann", Text: newPassword})
	s.ann().Password = newPassword
	if err := s.auth.PasswordChanged(here, account, newPassword); err != nil {
		t.Fatal(err)
	}
	s.want("Go sets the password: its own session", s.save(here), true)
	s.want("Go sets the password: another session", phone, false)
}

// An account that is made inactive is out at once, and in again without a login.
func TestLiveInactive(t *testing.T) {
	s := newSite(t)
	cookie := s.django(question{Op: "login", User: "ann"}).Cookie
	for _, active := range []bool{false, true} {
		s.django(question{Op: "active", User: "ann", Text: map[bool]string{true: "yes", false: "no"}[active]})
		s.ann().Active = active
		s.want("active or not", cookie, active)
	}
}
