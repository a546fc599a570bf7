package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth/passwords"
	"github.com/seed-52756201/saltine/sessionhttptest"
)

// What the page does not show: the rest of the program.

func TestSignIn(t *testing.T) {
	a, clock := newTestApp(t)
	quick := []passwords.Hasher{passwords.PBKDF2SHA256{Iterations: 1}}
	hashers, err := passwords.New(&passwords.Options{Hashers: quick})
	if err != nil {
		t.Fatal(err)
	}
	hash, err := hashers.Make("password")
	if err != nil {
		t.Fatal(err)
	}
	*a.accounts = accounts{hashers, map[string]string{"ann": hash}}
	ann := sessionhttptest.NewClient(t, a.sessions, a.handler, clock)
	ann.SetSession(func(s *saltine.Session) {
		s.Set("left", "behind")
		cart.Set(s, map[string]int{"tea": 1})
	})
	for _, tt := range []struct {
		name, password string
		code           int
		user           string
	}{
		{"ann", "wrong", http.StatusForbidden, ""},
		{"bob", "password", http.StatusForbidden, ""},
		{"ann", "password", http.StatusSeeOther, "ann"},
	} {
		w := ann.PostForm("/sign-in", url.Values{"name": {tt.name}, "password": {tt.password}})
		if got := user.Or(ann.Session(), ""); w.Code != tt.code || got != tt.user {
			t.Errorf("%s, %s: status %d, want %d; user %q, want %q", tt.name, tt.password, w.Code, tt.code, got, tt.user)
		}
	}
	if s := ann.Session(); s.Has("left") || cart.Or(s, nil)["tea"] != 1 {
		t.Error("signing in must keep the cart and nothing else")
	}
	if body := ann.Get("/").Body.String(); !strings.Contains(body, "Welcome, ann!") || !strings.Contains(body, "tea: 1") {
		t.Errorf("the page is %s", body)
	}
	ann.PostForm("/sign-out", nil)
	if !ann.Session().IsEmpty() {
		t.Error("still signed in")
	}
}

func TestCartRefuses(t *testing.T) {
	a, _ := newTestApp(t)
	ann := sessionhttptest.NewClient(t, a.sessions, a.handler, nil)
	full := map[string]int{}
	for i := range maxItems {
		full[strings.Repeat("x", 38)+strconv.Itoa(10+i)] = 1000
	}
	ann.SetSession(func(s *saltine.Session) { cart.Set(s, full) })
	for item, code := range map[string]int{
		"":                             http.StatusBadRequest,
		strings.Repeat("x", 41):        http.StatusBadRequest,
		"one more":                     http.StatusBadRequest,
		strings.Repeat("x", 38) + "10": http.StatusSeeOther,
	} {
		if w := ann.PostForm("/cart", url.Values{"item": {item}}); w.Code != code {
			t.Errorf("%q: status %d, want %d", item, w.Code, code)
		}
	}
}

func TestReadKeys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret.key")
	for _, tt := range []struct {
		text, reason string
		ok           bool
	}{
		{"the new key of fifty bytes or more, public and worthless\nthe old one\n", "one key a line", true},
		{"", "there is no key", false},
		{"a key with a blank at its end \n", "it was copied wrongly", false},
	} {
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readKeys(file); (err == nil) != tt.ok {
			t.Errorf("%q: %v: %s", tt.text, err, tt.reason)
		}
	}
	if err := run("127.0.0.1:0", filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("the program starts without its keys")
	}
}
