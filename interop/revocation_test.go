package interop_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os/exec"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/revocation"
)

// visit is a request to revocationsite.py, and answer what came back.
type visit struct {
	Now       float64  `json:"now"`
	Ended     *float64 `json:"ended"`
	EndDuring *float64 `json:"end_during,omitempty"`
	Path      string   `json:"path"`
	Cookie    string   `json:"cookie,omitempty"`
}

type answer struct {
	User      *string `json:"user"`
	SetCookie *string `json:"set_cookie"`
}

// site starts a Django with revocation.py, and returns how to ask it.
func site(t *testing.T, key saltine.Key) func(visit) answer {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), testkit.Django(t), "-B", "revocationsite.py", string(key))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() //nolint:errcheck // the process ends by it, or is gone
		if err := cmd.Wait(); err != nil {
			t.Errorf("Django: %v", err)
		}
	})
	lines, questions := bufio.NewScanner(out), json.NewEncoder(in)
	return func(v visit) (a answer) {
		t.Helper()
		if err := questions.Encode(v); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() {
			t.Fatalf("Django is gone: %v", lines.Err())
		}
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
}

// Django with revocation.py and Go with package revocation accept and refuse the same
// cookies by the same column, whoever signed them.
func TestRevocationBothSides(t *testing.T) {
	const key saltine.Key = "a key for tests only, fifty bytes or more, not a secret"
	ask := site(t, key)
	clock, ended := 1700000000.5, (*float64)(nil)
	now := func() time.Time { return time.UnixMilli(int64(clock * 1000)) }
	keys, err := saltine.NewKeyring(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	list, err := revocation.New(&revocation.Options{
		Ended: func(context.Context, string) (time.Time, error) {
			if ended == nil {
				return time.Time{}, nil
			}
			return time.UnixMilli(int64(*ended * 1000)), nil
		},
		Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	goUser := func(cookie string) bool {
		s := store.Open(t.Context(), cookie)
		s.Guard(list.Check)
		return s.Has("_auth_user_id")
	}
	expect := func(what, cookie string, want bool) {
		t.Helper()
		a := ask(visit{Now: clock, Ended: ended, Path: "show", Cookie: cookie})
		if got := a.User != nil; got != want {
			t.Errorf("%s: Django accepts it: %v, want %v", what, got, want)
		}
		if got := goUser(cookie); got != want {
			t.Errorf("%s: Go accepts it: %v, want %v", what, got, want)
		}
	}

	signedIn := ask(visit{Now: clock, Path: "sign-in"}).SetCookie
	if signedIn == nil {
		t.Fatal("Django set no cookie")
	}
	expect("a cookie of Django", *signedIn, true)
	clock += 10
	s := store.Open(t.Context(), *signedIn)
	s.Set("n", 1)
	byGo, err := store.Save(s)
	if err != nil {
		t.Fatal(err)
	}
	expect("a cookie that Go renewed", byGo, true)

	clock += 10
	ended = &[]float64{clock}[0]
	expect("a stolen cookie after the sign-out", *signedIn, false)
	expect("the renewed one", byGo, false)
	clock += 10
	again := ask(visit{Now: clock, Ended: ended, Path: "sign-in"}).SetCookie
	if again == nil {
		t.Fatal("Django set no cookie")
	}
	expect("a sign-in after it", *again, true)

	// The sessions end while a view runs that changes the session.
	during := clock + 5
	slow := ask(visit{Now: clock, Ended: ended, EndDuring: &during, Path: "show", Cookie: *again})
	clock, ended = during+1, &during
	if slow.SetCookie != nil && *slow.SetCookie != "" {
		expect("what a slow view of Django set", *slow.SetCookie, false)
	}
	expect("what the slow view came with", *again, false)
}
