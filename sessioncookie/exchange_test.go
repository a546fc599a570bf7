package sessioncookie_test

import (
	"crypto"
	_ "crypto/sha1" // of sessions before Django 3.1
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/memorystore"
	"github.com/seed-52756201/saltine/sessioncookie"
)

func read(s *saltine.Session) { s.Get("a") }

func flush(t *testing.T) func(*saltine.Session) {
	return func(s *saltine.Session) {
		if err := s.Flush(); err != nil {
			t.Error(err)
		}
	}
}

// A session that is only read is saved again when RenewAfter says so.
func TestRenewal(t *testing.T) {
	const half = 0.5
	day := 24 * time.Hour
	for _, tt := range []struct {
		name   string
		after  float64
		expiry saltine.Expiry
		age    time.Duration
		do     func(*saltine.Session)
		want   bool
		reason string
	}{
		{"off", 0, saltine.Expiry{}, 13 * day, read, false, "Django never renews what is only read"},
		{"young", half, saltine.Expiry{}, 7*day - time.Second, read, false, "less than half of 14 days"},
		{"old", half, saltine.Expiry{}, 7 * day, read, true, "half of 14 days"},
		{"old and untouched", half, saltine.Expiry{}, 13 * day, nil, false, "nobody looked at it"},
		{"old and not looked at", half, saltine.Expiry{}, 13 * day, func(*saltine.Session) {}, false, "nobody looked at it"},
		{"too old", half, saltine.Expiry{}, 15 * day, read, true, "a bad cookie that was read is replaced, as in Django"},
		{"idle, young", half, saltine.ExpireIdle(time.Hour), 29 * time.Minute, read, false, "the session's own life counts"},
		{"idle, old", half, saltine.ExpireIdle(time.Hour), 30 * time.Minute, read, true, "half of an hour"},
		{"idle longer than cookies live", half, saltine.ExpireIdle(60 * day), 7 * day, read, true, "the cookie ends after 14 days all the same"},
		{"browser close, young", half, saltine.ExpireAtBrowserClose(), time.Hour, read, false, "its life is that of cookies"},
		{"browser close, old", half, saltine.ExpireAtBrowserClose(), 7 * day, read, true, "its signature ends after 14 days"},
		{"date soon", half, saltine.ExpireAt(start.Add(10 * day)), 9 * day, read, false, "a new signature would not move the end"},
		{"date far off", half, saltine.ExpireAt(start.Add(60 * day)), 9 * day, read, true, "without a new signature it would end after 14 days"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := &clock{start}
			store := newStore(t, testKeys, saltine.StoreOptions{Now: now.now})
			django := newStore(t, testKeys, saltine.StoreOptions{Now: now.now, ExpiryPolicy: saltine.ExpiryCookieAge})
			cookies := signed(t, django, func(s *saltine.Session) { s.SetExpiry(tt.expiry) }) // whatever it is
			now.wait(tt.age)
			e := newCookie(t, store, &sessioncookie.Options{RenewAfter: tt.after}).Open(t.Context(), cookies)
			if tt.do != nil {
				tt.do(e.Session())
			}
			if got := commit(t, &e, 200); (len(got.SetCookie) > 0) != tt.want {
				t.Errorf("Set-Cookie is %q: %s", got.SetCookie, tt.reason)
			}
		})
	}
}

// A store on a server that tells when a session was saved renews it as well.
func TestRenewalOnAServer(t *testing.T) {
	now := &clock{start}
	backend, err := memorystore.New(&memorystore.Options{Now: now.now})
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewServerStore(backend, &saltine.ServerStoreOptions{Now: now.now})
	if err != nil {
		t.Fatal(err)
	}
	c := newCookie(t, store, &sessioncookie.Options{RenewAfter: 0.5})
	s := store.Open(t.Context(), "")
	s.Set("a", 1)
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[int]bool{3: false, 8: true} {
		now.Time = start.Add(time.Duration(day) * 24 * time.Hour)
		e := c.Open(t.Context(), []string{sessioncookie.DefaultName + "=" + s.Key()})
		read(e.Session())
		if got := commit(t, &e, 200); (len(got.SetCookie) > 0) != want {
			t.Errorf("after %d of 14 days Set-Cookie is %q", day, got.SetCookie)
		}
	}
}

func TestNoRefresh(t *testing.T) {
	now := &clock{start}
	keys := keyring(testKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{oldKey}})
	store := newStore(t, keys, saltine.StoreOptions{Now: now.now})
	cookies := signed(t, newStore(t, oldKeys, saltine.StoreOptions{}), nil)
	now.wait(13 * 24 * time.Hour)
	c := newCookie(t, store, &sessioncookie.Options{RenewAfter: 0.1})
	for _, tt := range []struct {
		name   string
		do     func(*saltine.Session)
		want   bool
		reason string
	}{
		{"read", read, false, "a refresh can wait for another response"},
		{"changed", func(s *saltine.Session) { s.Set("b", 2) }, true, "a change cannot"},
	} {
		e := c.Open(t.Context(), cookies)
		e.NoRefresh()
		tt.do(e.Session())
		if got := commit(t, &e, 200); (len(got.SetCookie) > 0) != tt.want {
			t.Errorf("%s: Set-Cookie is %q: %s", tt.name, got.SetCookie, tt.reason)
		}
	}
}

// What a fallback key or a legacy algorithm signed is signed again when it is
// used.
func TestResign(t *testing.T) {
	current := newStore(t, keyring(testKey, &saltine.KeyringOptions{
		Fallbacks: []saltine.Key{oldKey}, LegacyAlgorithms: []crypto.Hash{crypto.SHA1},
	}), saltine.StoreOptions{})
	sha1 := keyring(testKey, &saltine.KeyringOptions{Algorithm: crypto.SHA1})
	for _, tt := range []struct {
		name    string
		cookies []string
		opts    sessioncookie.Options
		do      func(*saltine.Session)
		status  int
		want    bool
		reason  string
	}{
		{"current key", signed(t, current, nil), sessioncookie.Options{}, read, 200, false, "nothing to do"},
		{"fallback key", signed(t, newStore(t, oldKeys, saltine.StoreOptions{}), nil), sessioncookie.Options{}, read, 200, true, "the old key may go sooner"},
		{"legacy algorithm", signed(t, newStore(t, sha1, saltine.StoreOptions{}), nil), sessioncookie.Options{}, read, 200, true, "SHA-1 may go sooner"},
		{"untouched", signed(t, newStore(t, oldKeys, saltine.StoreOptions{}), nil), sessioncookie.Options{}, nil, 200, false, "nobody looked at it"},
		{"error", signed(t, newStore(t, oldKeys, saltine.StoreOptions{}), nil), sessioncookie.Options{}, read, 500, false, "nothing is saved with an error"},
		{"KeepOldSignatures", signed(t, newStore(t, oldKeys, saltine.StoreOptions{}), nil), sessioncookie.Options{KeepOldSignatures: true}, read, 200, false, "as Django does"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newCookie(t, current, &tt.opts).Open(t.Context(), tt.cookies)
			if tt.do != nil {
				tt.do(e.Session())
			}
			got := commit(t, &e, tt.status)
			if (len(got.SetCookie) > 0) != tt.want {
				t.Fatalf("Set-Cookie is %q: %s", got.SetCookie, tt.reason)
			}
			if !tt.want {
				return
			}
			value, _ := sessioncookie.FindCookie(got.SetCookie, sessioncookie.DefaultName)
			v, err := current.Verify(value)
			if err != nil || v.NeedsResign() {
				t.Errorf("the new cookie: %+v, %v, want one of the current key", v, err)
			}
			s, err := current.Load(value)
			if err != nil || s.Get("a") != int64(1) {
				t.Errorf("the new cookie has lost its data (%v)", err)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	store := newStore(t, testKeys, saltine.StoreOptions{Compression: saltine.CompressionNone})
	e := newCookie(t, store, nil).Open(t.Context(), nil)
	e.Session().Set("small", 1)
	e.Session().Set("cart", strings.Repeat("x", 4000))
	e.Session().Set("notes", strings.Repeat("y", 100))
	setCookie, vary, err := e.Commit(200)
	size, ok := errors.AsType[*saltine.SizeError](err)
	if !ok || !errors.Is(err, saltine.ErrTooLarge) {
		t.Fatalf("error is %v, want one of sizes", err)
	}
	if len(setCookie) != 0 || !vary {
		t.Errorf("Set-Cookie is %q, vary %v, want none and true", setCookie, vary)
	}
	want := &saltine.SizeError{
		What: "Set-Cookie line", Size: size.Size, Limit: 4096,
		Values: []saltine.ValueSize{{Name: "cart", Size: 4010}, {Name: "notes", Size: 111}, {Name: "small", Size: 10}},
	}
	if diff := cmp.Diff(want, size); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e.Session().Set("more", 1)
	if late := e.Late(); late != nil {
		t.Errorf("Late after a failed Commit: %v, want nil", late)
	}
}

// The limit is that of the whole header.
func TestMaxLine(t *testing.T) {
	store := newStore(t, testKeys, saltine.StoreOptions{Compression: saltine.CompressionNone})
	line := func(maxLine int) (string, error) {
		e := newCookie(t, store, &sessioncookie.Options{MaxLine: maxLine, Domain: "example.com"}).Open(t.Context(), nil)
		e.Session().Set("k", strings.Repeat("x", 300))
		setCookie, _, err := e.Commit(200)
		return strings.Join(setCookie, "\n"), err
	}
	long, err := line(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := line(len(long)); err != nil {
		t.Errorf("a header of just the limit: %v", err)
	}
	if _, err := line(len(long) - 1); !errors.Is(err, saltine.ErrTooLarge) {
		t.Errorf("a header of a byte more than the limit: %v, want too large", err)
	}
}

func TestLate(t *testing.T) {
	store := newStore(t, testKeys, saltine.StoreOptions{})
	good, bad := signed(t, store, nil), []string{"sessionid=not:a:session"}
	change := func(s *saltine.Session) { s.Set("b", 2) }
	for _, tt := range []struct {
		name          string
		cookies       []string
		before, after func(*saltine.Session)
		want          error
		reason        string
	}{
		{"nothing", good, nil, nil, nil, "nobody looked at it"},
		{"before only", good, change, nil, nil, "in time"},
		{"changed after", good, nil, change, sessioncookie.ErrLateChange, "lost"},
		{"changed before and after", good, change, change, sessioncookie.ErrLateChange, "the second change is lost"},
		{"read before, changed after", good, read, change, sessioncookie.ErrLateChange, "lost"},
		{"flushed after", good, read, flush(t), sessioncookie.ErrLateChange, "the cookie stays"},
		{"read after", good, nil, read, sessioncookie.ErrLateAccess, "there was no Vary"},
		{"read before and after", good, read, read, nil, "there was a Vary"},
		{"new, changed after", nil, nil, change, sessioncookie.ErrLateChange, "lost"},
		{"bad, read after", bad, nil, read, sessioncookie.ErrLateAccess, "there was no Vary, and nothing was changed"},
		{"bad, read before and after", bad, read, read, nil, "it was replaced in time"},
		{"bad, changed after", bad, nil, change, sessioncookie.ErrLateChange, "lost"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newCookie(t, store, nil).Open(t.Context(), tt.cookies)
			if tt.before != nil {
				tt.before(e.Session())
			}
			commit(t, &e, 200)
			if tt.after != nil {
				tt.after(e.Session())
			}
			if got := e.Late(); got != tt.want {
				t.Errorf("Late() = %v, want %v: %s", got, tt.want, tt.reason)
			}
			if setCookie, vary, err := e.Commit(200); len(setCookie) > 0 || vary || err != tt.want {
				t.Errorf("second Commit = %q, %v, %v, want nothing but %v", setCookie, vary, err, tt.want)
			}
		})
	}
}

// A response whose headers never came: a connection that was hijacked.
func TestLateWithoutCommit(t *testing.T) {
	c := newCookie(t, newStore(t, testKeys, saltine.StoreOptions{}), nil)
	e := c.Open(t.Context(), nil)
	read(e.Session())
	if err := e.Late(); err != nil {
		t.Errorf("read: %v, want nil", err)
	}
	e.Session().Set("a", 1)
	if err := e.Late(); err != sessioncookie.ErrLateChange {
		t.Errorf("changed: %v, want %v", err, sessioncookie.ErrLateChange)
	}
}

func TestGuard(t *testing.T) {
	store := newStore(t, testKeys, saltine.StoreOptions{})
	c := newCookie(t, store, nil)
	for _, tt := range []struct {
		name    string
		cookies []string
		do      func(*saltine.Session)
		asked   bool
		want    string // value of the new cookie, up to its time
		reason  string
	}{
		{"untouched", signed(t, store, nil), nil, false, "", "nobody looked at it"},
		{"read", signed(t, store, nil), read, true, "e30", "replaced, as a bad one is"},
		{"set", signed(t, store, nil), func(s *saltine.Session) { s.Set("b", 2) }, true, "eyJiIjoyfQ", "nothing of the old one is left"},
		{"bad", []string{"sessionid=not:a:session"}, read, false, "e30", "refused already"},
		{"none", nil, read, false, "", "there is nothing to refuse"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := false
			e := c.Open(t.Context(), tt.cookies)
			e.Guard(func(s *saltine.Session) error {
				asked = true
				if s.Has("a") && s.Verification().SignedAt.Equal(start) {
					return saltine.ErrRevoked
				}
				return nil
			})
			if tt.do != nil {
				tt.do(e.Session())
			}
			got := commit(t, &e, 200)
			if asked != tt.asked {
				t.Errorf("asked: %v, want %v: %s", asked, tt.asked, tt.reason)
			}
			value, _ := sessioncookie.FindCookie(got.SetCookie, sessioncookie.DefaultName)
			if payload, _, _ := strings.Cut(value, ":"); payload != tt.want {
				t.Errorf("new cookie %q, want %q: %s", payload, tt.want, tt.reason)
			}
			if _, err := e.Verification(); tt.asked && !errors.Is(err, saltine.ErrRevoked) {
				t.Errorf("Verification: %v, want revoked", err)
			}
		})
	}
}

func TestVerification(t *testing.T) {
	now := &clock{start}
	store := newStore(t, testKeys, saltine.StoreOptions{Now: now.now})
	good := signed(t, store, nil)
	now.wait(time.Minute)
	c := newCookie(t, store, nil)
	for _, tt := range []struct {
		name    string
		cookies []string
		do      func(*saltine.Session)
		age     time.Duration
		err     error
		reason  string
	}{
		{"none", nil, read, 0, nil, "there was no cookie"},
		{"untouched", good, nil, 0, nil, "it was not read"},
		{"session made, not used", good, func(*saltine.Session) {}, 0, nil, "it was not read"},
		{"read", good, read, time.Minute, nil, ""},
		{"bad", []string{"sessionid=not:a:session"}, read, 0, saltine.ErrBadSignature, ""},
	} {
		e := c.Open(t.Context(), tt.cookies)
		if tt.do != nil {
			tt.do(e.Session())
		}
		if v, err := e.Verification(); v.Age != tt.age || !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, %v, want age %v and %v: %s", tt.name, v.Age, err, tt.age, tt.err, tt.reason)
		}
	}
}

// A response without the session is what most of a site's responses are.
func TestUntouchedAllocatesNothing(t *testing.T) {
	store := newStore(t, testKeys, saltine.StoreOptions{})
	c, cookies := newCookie(t, store, nil), signed(t, store, nil)
	n := testing.AllocsPerRun(100, func() {
		e := c.Open(t.Context(), cookies)
		if _, _, err := e.Commit(200); err != nil {
			t.Error(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// Python raises for a stored expiry that is no date, unless nothing is saved.
func TestUnreadableExpiry(t *testing.T) {
	store := newStore(t, testKeys, saltine.StoreOptions{ExpiryPolicy: saltine.ExpiryCookieAge})
	cookies := signed(t, store, func(s *saltine.Session) { s.Set("_session_expiry", "tomorrow") })
	e := newCookie(t, store, &sessioncookie.Options{RenewAfter: 0.5}).Open(t.Context(), cookies)
	read(e.Session())
	if got := commit(t, &e, 200); len(got.SetCookie) > 0 {
		t.Errorf("Set-Cookie is %q", got.SetCookie)
	}
	e = newCookie(t, store, nil).Open(t.Context(), cookies)
	e.Session().Set("b", 2)
	if _, _, err := e.Commit(200); !errors.Is(err, saltine.ErrWrongType) {
		t.Errorf("error is %v, want wrong type", err)
	}
	e = newCookie(t, store, nil).Open(t.Context(), cookies)
	e.Session().Set("b", 2)
	commit(t, &e, 500)
}

// A session that cannot be read is not refreshed, however old its key: it could
// not be saved, and every page would fail.
func TestUnreadableIsNotRefreshed(t *testing.T) {
	old, err := saltine.NewTimestampSigner(oldKeys, &saltine.Options{
		Salt: "django.contrib.sessions.backends.signed_cookies",
		Now:  func() time.Time { return start },
	})
	if err != nil {
		t.Fatal(err)
	}
	value, err := old.SignObject([]int{1})
	if err != nil {
		t.Fatal(err)
	}
	keys := keyring(testKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{oldKey}})
	store := newStore(t, keys, saltine.StoreOptions{
		ExpiryPolicy: saltine.ExpiryCookieAge, // which takes any JSON for a session
	})
	e := newCookie(t, store, &sessioncookie.Options{RenewAfter: 0.5}).Open(t.Context(), []string{sessioncookie.DefaultName + "=" + value})
	read(e.Session())
	if got := commit(t, &e, 200); len(got.SetCookie) > 0 {
		t.Errorf("Set-Cookie is %q", got.SetCookie)
	}
}

// unavailableSerializer is one that cannot read now: say, what holds its key is down.
type unavailableSerializer struct{ saltine.JSONSerializer }

func (unavailableSerializer) Loads([]byte, any) error {
	return fmt.Errorf("%w: no answer", saltine.ErrUnavailable)
}

// A session whose store could not be asked is never saved over, and whoever used it
// gets an error.
func TestUnavailable(t *testing.T) {
	store := newStore(t, testKeys, saltine.StoreOptions{Serializer: unavailableSerializer{}})
	cookies := signed(t, store, nil)
	type result struct {
		Response response
		Failed   bool
	}
	for _, tt := range []struct {
		name   string
		opts   sessioncookie.Options
		do     func(*saltine.Session)
		status int
		want   result
		reason string
	}{
		{"untouched", sessioncookie.Options{}, nil, 200, result{}, "nobody asked the store"},
		{"read", sessioncookie.Options{}, read, 200, result{response{Vary: true}, true}, "the page shows nobody signed in"},
		{"read, renewed", sessioncookie.Options{RenewAfter: 0.1}, read, 200, result{response{Vary: true}, true}, "there is nothing to renew"},
		{"changed", sessioncookie.Options{}, func(s *saltine.Session) { s.Set("b", 2) }, 200, result{response{Vary: true}, true}, "the rest of it would be lost"},
		{"cleared after reading", sessioncookie.Options{}, func(s *saltine.Session) { read(s); s.Clear() }, 200, result{response{Vary: true}, true}, "nobody knows what was cleared"},
		{"read, error", sessioncookie.Options{}, read, 500, result{response{Vary: true}, true}, "the error of the response may be another one"},
		{"saved with every request", sessioncookie.Options{SaveEveryRequest: true}, nil, 200, result{response{}, true}, "an empty session would take its place"},
		{
			"flushed unread",
			sessioncookie.Options{},
			flush(t), 200,
			result{response{[]string{`sessionid=""; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; SameSite=Lax`}, true}, false},
			"a sign-out needs nothing of what was there",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newCookie(t, store, &tt.opts).Open(t.Context(), cookies)
			if tt.do != nil {
				tt.do(e.Session())
			}
			setCookie, vary, err := e.Commit(tt.status)
			if diff := cmp.Diff(tt.want, result{response{setCookie, vary}, err != nil}); diff != "" {
				t.Errorf("Commit (-want +got): %s\n%s", tt.reason, diff)
			}
			if tt.want.Failed && !errors.Is(err, saltine.ErrUnavailable) {
				t.Errorf("Commit: %v, want unavailable", err)
			}
			if _, err := e.Verification(); errors.Is(err, saltine.ErrUnavailable) != tt.want.Failed {
				t.Errorf("Verification: %v", err)
			}
			if err := e.Late(); err != nil {
				t.Errorf("Late: %v", err)
			}
		})
	}
}
