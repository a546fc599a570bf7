package djangoauth_test

import (
	"crypto"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
)

// Every way in which nobody is signed in has its kind, and only a wrong hash flushes.
func TestUserKinds(t *testing.T) {
	good := hashBy(t, testKey, password, crypto.SHA256)
	for _, tt := range []struct {
		name    string
		edit    func(*saltine.Session, *people)
		want    djangoauth.Kind
		flushed bool
		reason  string
	}{
		{"signed in", func(*saltine.Session, *people) {}, "", false, "the login is good"},
		{"fallback", set("_auth_user_hash", hashBy(t, oldKey, password, crypto.SHA256)), "", false, "the key was rotated"},
		{"visitor", del("_auth_user_id"), djangoauth.ErrNoLogin, false, "most requests"},
		{"no backend", del("_auth_user_backend"), djangoauth.ErrNoLogin, false, "Django needs both"},
		{"id of another form", set("_auth_user_id", "abc"), djangoauth.ErrBadID, false, "Django answers 500"},
		{"id with a blank", set("_auth_user_id", " 1"), djangoauth.ErrBadID, false, "Django reads 1"},
		{"id with a zero", set("_auth_user_id", "01"), djangoauth.ErrBadID, false, "Django reads 1"},
		{"id beyond 64 bits", set("_auth_user_id", "9223372036854775808"), djangoauth.ErrBadID, false, "no column holds it"},
		{"id null", set("_auth_user_id", nil), djangoauth.ErrBadID, false, "no user has it"},
		{"id list", set("_auth_user_id", []int{1}), djangoauth.ErrBadID, false, "Django answers 500"},
		{"id number", set("_auth_user_id", 1), "", false, "Django to 1.6 wrote numbers"},
		{"id fraction", set("_auth_user_id", 1.5), djangoauth.ErrBadID, false, "Django reads 1"},
		{"unknown backend", set("_auth_user_backend", "app.Other"), djangoauth.ErrUnknownBackend, false, "the allow-list"},
		{"backend in lower case", set("_auth_user_backend", strings.ToLower(djangoauth.ModelBackend)), djangoauth.ErrUnknownBackend, false, "paths are exact"},
		{"backend number", set("_auth_user_backend", 7), djangoauth.ErrUnknownBackend, false, "paths are texts"},
		{"backend empty", set("_auth_user_backend", ""), djangoauth.ErrUnknownBackend, false, "an empty path is none"},
		{"user deleted", func(_ *saltine.Session, p *people) { p.accounts = nil }, djangoauth.ErrNoSuchUser, false, "Django leaves the session alone"},
		{"user inactive", func(_ *saltine.Session, p *people) { p.accounts[0].Active = false }, djangoauth.ErrInactive, false, "Django leaves the session alone"},
		{"hash missing", del("_auth_user_hash"), djangoauth.ErrBadHash, true, "the id alone is no login"},
		{"hash empty", set("_auth_user_hash", ""), djangoauth.ErrBadHash, true, "two empty texts are equal, too"},
		{"hash null", set("_auth_user_hash", nil), djangoauth.ErrBadHash, true, "null is no hash"},
		{"hash true", set("_auth_user_hash", true), djangoauth.ErrBadHash, true, "true is no hash"},
		{"hash in upper case", set("_auth_user_hash", strings.ToUpper(good)), djangoauth.ErrBadHash, true, "texts are compared, not numbers"},
		{"hash with a blank", set("_auth_user_hash", good+" "), djangoauth.ErrBadHash, true, "the same"},
		{"hash cut", set("_auth_user_hash", good[:63]), djangoauth.ErrBadHash, true, "a beginning proves nothing"},
		{"hash of another key", set("_auth_user_hash", hashBy(t, "another key", password, crypto.SHA256)), djangoauth.ErrBadHash, true, "no key of ours made it"},
		{"SHA-1", set("_auth_user_hash", hashBy(t, testKey, password, crypto.SHA1)), djangoauth.ErrBadHash, true, "Django 4.0 refuses it"},
		{"password changed", func(_ *saltine.Session, p *people) { p.accounts[0].Password = newPassword }, djangoauth.ErrBadHash, true, "the session must end"},
	} {
		for _, kind := range []string{"cookie", "server"} {
			t.Run(tt.name+", "+kind, func(t *testing.T) {
				var store saltine.Store = cookieStore(t)
				if kind == "server" {
					store, _ = serverStore(t)
				}
				auth, p := newAuth(t, djangoauth.Options{})
				s := withLogin(t, store, good)
				tt.edit(s, p)
				s = again(t, store, s)
				before := content(again(t, store, s))
				s = again(t, store, s)
				account, err := auth.User(t.Context(), s)
				if kindOf(err) != tt.want || (err != nil) != (tt.want != "") || errors.Is(err, djangoauth.ErrAnonymous) != (tt.want != "") {
					t.Fatalf("error %v, want %q: %s", err, tt.want, tt.reason)
				}
				if (account.ID == "1") != (err == nil) || account.ID == "" && account.Password != "" {
					t.Errorf("account %q beside error %v", account.ID, err)
				}
				switch {
				case tt.flushed:
					if content(s) != "[]" || s.Key() != "" || !s.Modified() {
						t.Errorf("the session is not flushed: %s", content(s))
					}
				case tt.name != "fallback":
					if s.Modified() || content(s) != before {
						t.Errorf("the session was changed: %s", content(s))
					}
				}
			})
		}
	}
}

func set(name string, value any) func(*saltine.Session, *people) {
	return func(s *saltine.Session, _ *people) { s.Set(name, value) }
}

func del(name string) func(*saltine.Session, *people) {
	return func(s *saltine.Session, _ *people) { s.Delete(name) }
}

// A reader that believes the id alone would let the session live on: ours ends it.
func TestPasswordChangeEndsOtherSessions(t *testing.T) {
	store := cookieStore(t)
	auth, p := newAuth(t, djangoauth.Options{})
	s := withLogin(t, store, hashBy(t, testKey, password, crypto.SHA256))
	copied := s.Key()
	if _, err := auth.User(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	p.accounts[0].Password = newPassword
	s = store.Open(t.Context(), copied)
	if s.Get("_auth_user_id") != "1" || s.Err() != nil {
		t.Fatal("the cookie itself is still good: a reader of _auth_user_id alone accepts it")
	}
	for range 2 { // the copy stays readable, and stays refused
		if _, err := auth.User(t.Context(), store.Open(t.Context(), copied)); kindOf(err) != djangoauth.ErrBadHash {
			t.Errorf("error %v after the password changed, want %v", err, djangoauth.ErrBadHash)
		}
	}
}

// The hash proves nothing about a user that is not there: it is looked at last.
func TestHashIsVerifiedAfterTheUser(t *testing.T) {
	for name, edit := range map[string]func(*people){
		"deleted":  func(p *people) { p.accounts = nil },
		"inactive": func(p *people) { p.accounts[0].Active = false },
	} {
		auth, p := newAuth(t, djangoauth.Options{})
		edit(p)
		s := withLogin(t, cookieStore(t), "wrong")
		if _, err := auth.User(t.Context(), s); kindOf(err) == djangoauth.ErrBadHash || s.Modified() {
			t.Errorf("%s: error %v, modified %t: the session of such a user is left alone", name, err, s.Modified())
		}
	}
}

// Nothing equals nothing: a session without a hash belongs to no user that is not there,
// and to none whose password column is empty.
func TestEmptyHashIsNobodys(t *testing.T) {
	for name, edit := range map[string]func(*people){
		"no user":         func(p *people) { p.accounts = nil },
		"empty column":    func(p *people) { p.accounts[0].Password = "" },
		"unusable column": func(p *people) { p.accounts[0].Password = "!" },
	} {
		for _, hash := range []any{"", nil, false, 0, []any{}} {
			auth, p := newAuth(t, djangoauth.Options{})
			edit(p)
			if account, err := auth.User(t.Context(), withLogin(t, cookieStore(t), hash)); !errors.Is(err, djangoauth.ErrAnonymous) || account.ID != "" {
				t.Errorf("%s, hash %v: error %v", name, hash, err)
			}
		}
	}
}

// A fallback key's hash is renewed in its place, and the CSRF secret is not.
func TestFallbackRenewsTheHash(t *testing.T) {
	store, rows := serverStore(t)
	auth, _ := newAuth(t, djangoauth.Options{})
	s := withLogin(t, store, hashBy(t, oldKey, password, crypto.SHA256))
	before := s.Key()
	if _, err := auth.User(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`[["cart",3],["_auth_user_id","1"],["_auth_user_backend",%q],["_auth_user_hash",%q],["theme","dark"]]`,
		djangoauth.ModelBackend, hashBy(t, testKey, password, crypto.SHA256))
	if got := content(s); got != want || s.Key() == before || s.Key() == "" || !s.Modified() {
		t.Errorf("got %s, key changed %t", got, s.Key() != before)
	}
	if _, found := rows.rows[before]; found {
		t.Error("the old key is still good")
	}
}

// No Django accepts SHA-1 by a fallback key, even where it makes SHA-1.
func TestSHA1IsNotOfAFallback(t *testing.T) {
	for _, o := range []djangoauth.Options{
		{LegacyAlgorithms: []crypto.Hash{crypto.SHA1}},
		{},
	} {
		keys, err := saltine.NewKeyring(testKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{oldKey}})
		if o.LegacyAlgorithms == nil {
			keys, err = saltine.NewKeyring(testKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{oldKey}, Algorithm: crypto.SHA1})
		}
		if err != nil {
			t.Fatal(err)
		}
		p := &people{accounts: []djangoauth.Account{ann()}}
		o.Keys, o.Load = keys, p.load
		auth, err := djangoauth.New(&o)
		if err != nil {
			t.Fatal(err)
		}
		s := withLogin(t, cookieStore(t), hashBy(t, oldKey, password, crypto.SHA1))
		if _, err := auth.User(t.Context(), s); kindOf(err) != djangoauth.ErrBadHash {
			t.Errorf("fallback: error %v", err)
		}
		s = withLogin(t, cookieStore(t), hashBy(t, testKey, password, crypto.SHA1))
		if _, err := auth.User(t.Context(), s); err != nil || s.Modified() {
			t.Errorf("signing key: error %v, modified %t: it is accepted as it is", err, s.Modified())
		}
	}
}

// A service that may not write leaves to Django what is to be written.
func TestReadOnly(t *testing.T) {
	auth, _ := newAuth(t, djangoauth.Options{ReadOnly: true})
	for hash, want := range map[string]djangoauth.Kind{
		hashBy(t, oldKey, password, crypto.SHA256): "",
		"wrong": djangoauth.ErrBadHash,
	} {
		store, _ := serverStore(t)
		s := withLogin(t, store, hash)
		before := s.Key()
		if _, err := auth.User(t.Context(), s); kindOf(err) != want || (err == nil) != (want == "") {
			t.Errorf("error %v, want %q", err, want)
		}
		if s.Modified() || s.Key() != before || s.Len() != 5 {
			t.Error("the session was changed")
		}
	}
	s := cookieStore(t).New()
	for name, err := range map[string]error{
		"Login": auth.Login(s, ann(), ""), "Logout": auth.Logout(s), "PasswordChanged": auth.PasswordChanged(s, ann(), newPassword),
	} {
		if !errors.Is(err, saltine.ErrInvalidOption) || s.Modified() {
			t.Errorf("%s: error %v, modified %t", name, err, s.Modified())
		}
	}
}

// What cannot be found out is not "nobody", and changes nothing.
func TestUnavailable(t *testing.T) {
	down := errors.New("connection refused")
	auth, p := newAuth(t, djangoauth.Options{})
	store, rows := serverStore(t)

	s := withLogin(t, store, "wrong")
	p.err = down
	if _, err := auth.User(t.Context(), s); !errors.Is(err, saltine.ErrUnavailable) || !errors.Is(err, down) || errors.Is(err, djangoauth.ErrAnonymous) || s.Modified() {
		t.Errorf("Load fails: error %v, modified %t", err, s.Modified())
	}
	p.err = nil

	rows.down = down
	s = store.Open(t.Context(), s.Key())
	for name, call := range map[string]func() error{
		"User":            func() error { _, err := auth.User(t.Context(), s); return err },
		"Login":           func() error { return auth.Login(s, ann(), "") },
		"PasswordChanged": func() error { return auth.PasswordChanged(s, ann(), newPassword) },
	} {
		if err := call(); !errors.Is(err, saltine.ErrUnavailable) || errors.Is(err, djangoauth.ErrAnonymous) || s.Modified() {
			t.Errorf("%s: error %v, modified %t", name, err, s.Modified())
		}
	}
	if err := auth.Logout(s); !errors.Is(err, saltine.ErrUnavailable) {
		t.Errorf("Logout: error %v: somebody who is still signed in must hear of it", err)
	}

	rows.down = nil
	s = store.Open(t.Context(), s.Key())
	s.Len()
	rows.down = down
	if account, err := auth.User(t.Context(), s); !errors.Is(err, saltine.ErrUnavailable) || account.ID != "" {
		t.Errorf("a flush that fails: account %q, error %v", account.ID, err)
	}
}

// Errors and texts hold nothing of a session or an account.
func TestRedacted(t *testing.T) {
	const canary = "canary"
	account := djangoauth.Account{ID: canary, Password: canary, User: canary}
	auth, _ := newAuth(t, djangoauth.Options{})
	s := withLogin(t, cookieStore(t), canary)
	s.Set("_auth_user_id", canary)
	_, err := auth.User(t.Context(), s)
	text, _ := account.MarshalText()
	for _, printed := range []string{
		fmt.Sprintf("%v %+v %#v %s %q", account, account, account, &account, account), string(text), err.Error(),
		fmt.Sprint(auth.Login(s, account, canary)), fmt.Sprintf("%+v %#v", auth, auth),
	} {
		if strings.Contains(printed, canary) || strings.Contains(printed, string(testKey)) {
			t.Errorf("%q shows what it should not", printed)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	load := (&people{}).load
	for _, tt := range []struct {
		name   string
		opts   *djangoauth.Options
		want   error
		reason string
	}{
		{"nothing", nil, saltine.ErrInvalidOption, "users have to come from somewhere"},
		{"no Load", &djangoauth.Options{Keys: keyring(t)}, saltine.ErrInvalidOption, "the same"},
		{"no keys", &djangoauth.Options{Load: load}, saltine.ErrInvalidKey, "everybody knows the empty key"},
		{"empty backend", &djangoauth.Options{Keys: keyring(t), Load: load, Backends: []string{""}}, saltine.ErrInvalidOption, "a session without a backend would count"},
		{"unknown algorithm", &djangoauth.Options{Keys: keyring(t), Load: load, LegacyAlgorithms: []crypto.Hash{99}}, saltine.ErrInvalidOption, "it would panic later"},
	} {
		if _, err := djangoauth.New(tt.opts); !errors.Is(err, tt.want) {
			t.Errorf("%s: error %v, want %v: %s", tt.name, err, tt.want, tt.reason)
		}
	}
}

func TestIDs(t *testing.T) {
	for _, tt := range []struct {
		name  string
		parse func(string) (string, error)
		good  []string
		bad   []string
	}{
		{"IntegerID", djangoauth.IntegerID, []string{"0", "1", "-1", "9223372036854775807"}, []string{"", "+1", "01", "-0", "1_0", "1.0", "٣", " 1", "1\n", "0x1", "9223372036854775808"}},
		{"UUIDID", djangoauth.UUIDID, []string{"6f1c2b3a-0000-4000-8000-000000000001"}, []string{
			"", "6F1C2B3A-0000-4000-8000-000000000001", "6f1c2b3a000040008000000000000001", "6f1c2b3a-0000-4000-8000-00000000000g",
			"6f1c2b3a-0000-4000-80000-00000000001", "{6f1c2b3a-0000-4000-8000-00000000001}", "6f1c2b3a-0000-4000-8000-0000000000-1",
		}},
		{"TextID", djangoauth.TextID, []string{"a", " b\x00", "é"}, []string{""}},
	} {
		for _, id := range tt.good {
			if got, err := tt.parse(id); err != nil || got != id {
				t.Errorf("%s(%q) = %q, %v", tt.name, id, got, err)
			}
		}
		for _, id := range tt.bad {
			if got, err := tt.parse(id); !errors.Is(err, saltine.ErrMalformed) || got != "" {
				t.Errorf("%s(%q) = %q, %v, want an error", tt.name, id, got, err)
			}
		}
	}
}

func TestClaim(t *testing.T) {
	s := withLogin(t, cookieStore(t), "wrong")
	if id, backend, ok := djangoauth.Claim(s); id != "1" || backend != djangoauth.ModelBackend || !ok {
		t.Errorf("got %q, %q, %t", id, backend, ok)
	}
	s.Delete("_auth_user_backend")
	if _, _, ok := djangoauth.Claim(s); ok {
		t.Error("half a login is a claim")
	}
}

// Whatever a session holds, nobody is signed in without the right hash, and nothing
// panics.
func FuzzUser(f *testing.F) {
	good := hashBy(f, testKey, password, crypto.SHA256)
	for _, seed := range []string{
		`{}`, `{"_auth_user_id":"1","_auth_user_backend":"` + djangoauth.ModelBackend + `","_auth_user_hash":"` + good + `"}`,
		`{"_auth_user_id":"1","_auth_user_backend":"` + djangoauth.ModelBackend + `","_auth_user_hash":""}`,
		`{"_auth_user_id":1,"_auth_user_backend":"` + djangoauth.ModelBackend + `","_auth_user_hash":"` + hashBy(f, oldKey, password, crypto.SHA256) + `"}`,
		`{"_auth_user_id":1e400,"_auth_user_backend":[],"_auth_user_hash":{"a":null}}`,
		`{"_auth_user_id":"1","_auth_user_id":"2","_auth_user_backend":"x","_auth_user_hash":"\ud800"}`,
	} {
		f.Add(seed)
	}
	store, rows := serverStore(f)
	auth, _ := newAuth(f, djangoauth.Options{})
	right := []string{good, hashBy(f, oldKey, password, crypto.SHA256)}
	f.Fuzz(func(t *testing.T, object string) {
		const key = "fuzzfuzzfuzzfuzz"
		clear(rows.rows)
		rows.rows[key] = object
		s := store.Open(t.Context(), key)
		stored, _ := s.Get("_auth_user_hash").(string)
		account, err := auth.User(t.Context(), s)
		switch {
		case err != nil && !errors.Is(err, djangoauth.ErrAnonymous) && s.Err() == nil:
			t.Errorf("error %v is of no kind", err)
		case err != nil && account.ID != "":
			t.Error("an account beside an error")
		case err == nil && stored != right[0] && stored != right[1]:
			t.Errorf("signed in by the hash %q", stored)
		case kindOf(err) == djangoauth.ErrBadHash && s.Len() != 0:
			t.Error("a wrong hash is not flushed")
		}
		if err := auth.Login(s, ann(), ""); err == nil {
			if account, err := auth.User(t.Context(), s); err != nil || account.ID != "1" {
				t.Errorf("not signed in after a login: %v", err)
			}
		}
	})
}
