package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttptest"
)

// newTestApp returns the shop, and the clock that it goes by.
func newTestApp(t *testing.T) (*app, *sessionhttptest.Clock) {
	t.Helper()
	keys, err := saltine.NewKeyring("a key for tests only, fifty bytes or more, not a secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	clock := sessionhttptest.NewClock(time.Unix(1700000000, 0))
	a, err := newApp(keys, &accounts{}, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return a, clock
}

func TestCart(t *testing.T) {
	a, _ := newTestApp(t)
	ann := sessionhttptest.NewClient(t, a.sessions, a.handler, nil)
	for range 2 {
		if w := ann.PostForm("/cart", url.Values{"item": {"tea"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	}
	if got := cart.Or(ann.Session(), nil)["tea"]; got != 2 {
		t.Errorf("%d × tea, want 2", got)
	}
}

// A message is shown once.
func TestMessages(t *testing.T) {
	a, _ := newTestApp(t)
	ann := sessionhttptest.NewClient(t, a.sessions, a.handler, nil)
	ann.PostForm("/cart", url.Values{"item": {"tea"}})
	for i, want := range []bool{true, false} {
		if got := strings.Contains(ann.Get("/").Body.String(), "You have 1 × tea."); got != want {
			t.Errorf("page %d: the message is there: %v, want %v", i+1, got, want)
		}
	}
}

func TestSignOutEverywhere(t *testing.T) {
	a, clock := newTestApp(t)
	phone := sessionhttptest.NewClient(t, a.sessions, a.handler, clock)
	laptop := sessionhttptest.NewClient(t, a.sessions, a.handler, clock)
	for _, c := range []*sessionhttptest.Client{phone, laptop} {
		c.SetSession(func(s *saltine.Session) { user.Set(s, "ann") })
	}
	clock.Advance(time.Minute)
	phone.PostForm("/sign-out-everywhere", nil)
	if strings.Contains(laptop.Get("/").Body.String(), "ann") {
		t.Error("the laptop is still signed in")
	}
}
