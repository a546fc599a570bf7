package djangoauth_test

import (
	"crypto"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangocsrf"
)

// login is the end of a session's content.
func login(id, hash string) string {
	return fmt.Sprintf(`["_auth_user_id",%q],["_auth_user_backend",%q],["_auth_user_hash",%q]`, id, djangoauth.ModelBackend, hash)
}

// What a login does with the session that was there: values, order and key are Django's.
func TestLogin(t *testing.T) {
	good := hashBy(t, testKey, password, crypto.SHA256)
	other := hashBy(t, testKey, newPassword, crypto.SHA256)
	const cart, theme = `["cart",3],`, `,["theme","dark"]`
	for _, tt := range []struct {
		name    string
		edit    func(*saltine.Session, *people)
		account djangoauth.Account
		want    string
		key     string // same, new or none
		reason  string
	}{
		{
			"visitor", func(s *saltine.Session, p *people) {
				del("_auth_user_id")(s, p)
				del("_auth_user_backend")(s, p)
				del("_auth_user_hash")(s, p)
			},
			ann(), `[` + cart + `["theme","dark"],` + login("1", good) + `]`, "new", "a visitor's cart stays, under a new key",
		},
		{"same user, same hash", func(*saltine.Session, *people) {}, ann(), `[` + cart + login("1", good) + theme + `]`, "same", "nothing to protect: the key stays, and the order"},
		{"same user, id a number", set("_auth_user_id", 1), ann(), `[` + cart + login("1", good) + theme + `]`, "same", "Django converts both"},
		{"same user, hash of a fallback", set("_auth_user_hash", hashBy(t, oldKey, password, crypto.SHA256)), ann(), `[` + login("1", good) + `]`, "none", "login does not look at fallbacks"},
		{"same user, no hash", del("_auth_user_hash"), ann(), `[` + login("1", good) + `]`, "none", "missing is another hash"},
		{"same user, empty hash", set("_auth_user_hash", ""), ann(), `[` + login("1", good) + `]`, "none", "an empty hash is no hash"},
		{"same user, new password", func(*saltine.Session, *people) {}, djangoauth.Account{ID: "1", Password: newPassword}, `[` + login("1", other) + `]`, "none", "the session is of the old password"},
		{"other user", func(*saltine.Session, *people) {}, djangoauth.Account{ID: "2", Password: newPassword}, `[` + login("2", other) + `]`, "none", "the cart is somebody else's"},
		{"bad id", set("_auth_user_id", "abc"), ann(), `[` + login("1", good) + `]`, "none", "no error: somebody else's"},
		{
			"left-overs", func(s *saltine.Session, p *people) { del("_auth_user_id")(s, p); set("_auth_user_hash", "x")(s, p) }, ann(),
			`[["cart",3],["_auth_user_backend","` + djangoauth.ModelBackend + `"],["_auth_user_hash","` + good + `"],["theme","dark"],["_auth_user_id","1"]]`, "new", "names keep their places",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store, _ := serverStore(t)
			auth, p := newAuth(t, djangoauth.Options{})
			s := withLogin(t, store, good)
			tt.edit(s, p)
			s = again(t, store, s)
			before := s.Key()
			var rotated counter
			if err := auth.Login(s, tt.account, "", &rotated); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, content(s)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			key := map[bool]string{true: "same", false: "new"}[s.Key() == before]
			if s.Key() == "" {
				key = "none"
			}
			if key != tt.key || !s.Modified() || rotated != 1 {
				t.Errorf("key %s, want %s; modified %t, rotated %d: %s", key, tt.key, s.Modified(), rotated, tt.reason)
			}
		})
	}
}

// A login that is put together wrongly is refused before anything is touched.
func TestLoginRefuses(t *testing.T) {
	two := []string{djangoauth.ModelBackend, "app.Other"}
	for _, tt := range []struct {
		name     string
		backends []string
		account  djangoauth.Account
		backend  string
		reason   string
	}{
		{"unknown backend", nil, ann(), "app.Other", "User would not accept it"},
		{"none of two", two, ann(), "", "nobody knows which"},
		{"no id", nil, djangoauth.Account{Password: password}, "", "there is no user"},
		{"bad id", nil, djangoauth.Account{ID: "01"}, "", "User would not accept it"},
	} {
		auth, _ := newAuth(t, djangoauth.Options{Backends: tt.backends})
		s := withLogin(t, cookieStore(t), "wrong")
		var rotated counter
		if err := auth.Login(s, tt.account, tt.backend, &rotated); !errors.Is(err, saltine.ErrInvalidOption) || s.Accessed() || s.Modified() || rotated != 0 {
			t.Errorf("%s: error %v, accessed %t, modified %t, rotated %d: %s", tt.name, err, s.Accessed(), s.Modified(), rotated, tt.reason)
		}
	}
	auth, _ := newAuth(t, djangoauth.Options{Backends: two})
	s := cookieStore(t).New()
	if err := auth.Login(s, ann(), "app.Other"); err != nil || s.Get("_auth_user_backend") != "app.Other" {
		t.Errorf("one of two: error %v", err)
	}
	for name, id := range map[string]any{"a visitor": nil, "another user": "2", "the same user": "1"} {
		s := &saltine.Session{}
		s.Set("cart", 3)
		if id != nil {
			s.Set("_auth_user_id", id)
			s.Set("_auth_user_hash", hashBy(t, testKey, password, crypto.SHA256))
		}
		before := content(s)
		var rotated counter
		if err := auth.Login(s, ann(), two[0], &rotated); !errors.Is(err, saltine.ErrInvalidOption) || content(s) != before || rotated != 0 {
			t.Errorf("a session of %s without a store: error %v, %s, rotated %d", name, err, content(s), rotated)
		}
	}
}

func TestLogout(t *testing.T) {
	store, rows := serverStore(t)
	auth, _ := newAuth(t, djangoauth.Options{})
	s := withLogin(t, store, "any")
	if err := auth.Logout(s); err != nil {
		t.Fatal(err)
	}
	if s.Len() != 0 || s.Key() != "" || !s.Modified() || len(rows.rows) != 0 {
		t.Errorf("not flushed: %s, %d rows", content(s), len(rows.rows))
	}
}

// A new password keeps this session, ends the others, and signs nobody in.
func TestPasswordChanged(t *testing.T) {
	good, changed := hashBy(t, testKey, password, crypto.SHA256), hashBy(t, testKey, newPassword, crypto.SHA256)
	bob := djangoauth.Account{ID: "2", Password: "!bob", Active: true}
	for _, tt := range []struct {
		name     string
		hash     string
		account  djangoauth.Account
		want     djangoauth.Kind
		wantHash any
		reason   string
	}{
		{"own", good, ann(), "", changed, "the session goes on"},
		{"own, hash of a fallback", hashBy(t, oldKey, password, crypto.SHA256), ann(), "", changed, "User would have renewed it"},
		{"of somebody else", good, bob, "", good, "an administrator stays who they are"},
		{"not signed in", "wrong", ann(), djangoauth.ErrBadHash, nil, "a session that had ended must not come back"},
		{"hash missing", "", ann(), djangoauth.ErrBadHash, nil, "the same"},
	} {
		store, _ := serverStore(t)
		auth, _ := newAuth(t, djangoauth.Options{})
		s := withLogin(t, store, tt.hash)
		before := s.Key()
		if err := auth.PasswordChanged(s, tt.account, newPassword); kindOf(err) != tt.want || (err == nil) != (tt.want == "") {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
		if got := s.Get("_auth_user_hash"); got != tt.wantHash || s.Key() == before {
			t.Errorf("%s: hash %v, want %v; key changed %t: %s", tt.name, got, tt.wantHash, s.Key() != before, tt.reason)
		}
	}
	auth, _ := newAuth(t, djangoauth.Options{})
	s := cookieStore(t).New()
	s.Set("cart", 1)
	if err := auth.PasswordChanged(s, ann(), newPassword); err != nil || content(s) != `[["cart",1]]` {
		t.Errorf("a visitor: error %v, %s", err, content(s))
	}
}

// The Visit of djangocsrf is a Rotator: a form that was open at the login is no good.
func TestLoginRotatesCSRF(t *testing.T) {
	protection, err := djangocsrf.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	visit := protection.Open(djangocsrf.Request{})
	before := visit.Token()
	auth, _ := newAuth(t, djangoauth.Options{})
	if err := auth.Login(cookieStore(t).New(), ann(), "", visit); err != nil {
		t.Fatal(err)
	}
	line, _ := visit.SetCookie()
	after := protection.Open(djangocsrf.Request{
		Method: "POST", Cookies: []string{line[:len("csrftoken=")+32]},
		Token: func() (form, header string, hasHeader bool) { return before, "", false },
	})
	if err := after.Check(); !errors.Is(err, djangocsrf.ErrTokenIncorrect) {
		t.Errorf("a token of before the login: %v", err)
	}
}
