package run_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-52756201/saltine"
)

const testKey saltine.Key = "an example key, public and therefore worthless: 0123456789"

func keyring(t *testing.T) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(testKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

const (
	greeted  = "greeted=1; Path=/; SameSite=Lax; Secure"
	deletion = `sessionid=""; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; SameSite=Lax`
)

// request and response are the JSON of the program.
type request struct {
	Path   string   `json:"path"`
	Cookie []string `json:"cookie"`
}

type response struct {
	Status    int      `json:"status"`
	SetCookie []string `json:"setCookie"`
	Vary      bool     `json:"vary"`
	Body      string   `json:"body"`
}

// output is what a program wrote until its end.
type output struct{ stdout, stderr string }

// host runs the program with a key on lines of JSON.
type host func(t *testing.T, key saltine.Key, requests []byte) (output, error)

// serve passes a request and returns its response.
func (h host) serve(t *testing.T, path string, cookie ...string) (resp response, log string) {
	t.Helper()
	line, err := json.Marshal(request{Path: path, Cookie: cookie})
	if err != nil {
		t.Fatal(err)
	}
	out, err := h(t, testKey, append(line, '\n'))
	if err != nil {
		t.Fatalf("%v\n%s", err, out.stderr)
	}
	if err := json.Unmarshal([]byte(out.stdout), &resp); err != nil {
		t.Fatalf("%v in %q", err, out.stdout)
	}
	return resp, out.stderr
}

// check holds a host to what the program does anywhere.
func (h host) check(t *testing.T) {
	t.Helper()
	store, err := saltine.NewCookieStore(keyring(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("first visit", func(t *testing.T) {
		first, _ := h.serve(t, "/")
		checkVisits(t, store, first, 1)
		if len(first.SetCookie) != 2 || first.SetCookie[1] != greeted {
			t.Errorf("got cookies %q, want the session and %q, each in a header of its own", first.SetCookie, greeted)
		}
		second, _ := h.serve(t, "/", "theme=dark", cookieOf(first), "greeted=1")
		checkVisits(t, store, second, 2)
	})

	token := save(t, store, "visits", 41)
	t.Run("native session", func(t *testing.T) {
		resp, _ := h.serve(t, "/", "sessionid="+token)
		checkVisits(t, store, resp, 42)
	})
	t.Run("forget", func(t *testing.T) {
		want := response{Status: 200, SetCookie: []string{deletion}, Vary: true, Body: "who are you?\n"}
		got, _ := h.serve(t, "/forget", "sessionid="+token)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("untouched", func(t *testing.T) {
		got, _ := h.serve(t, "/nowhere", "sessionid="+token)
		if diff := cmp.Diff(response{Status: 404, Body: "not found\n"}, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("many requests", func(t *testing.T) {
		const n = 1000
		out, err := h(t, testKey, bytes.Repeat([]byte(`{"path":"/","cookie":["sessionid=`+token+`"]}`+"\n"), n))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(out.stdout, `"visit 42\n"`); got != n {
			t.Errorf("one instance answered %d of %d requests", got, n)
		}
	})
	t.Run("no key", func(t *testing.T) {
		out, err := h(t, "", []byte(`{"path":"/"}`+"\n"))
		if err == nil || !strings.Contains(out.stderr, "invalid key") {
			t.Errorf("without a key: got %q, error %v and log %q", out.stdout, err, out.stderr)
		}
	})
	h.checkTrouble(t, store)
}

// checkTrouble: what goes wrong answers a request all the same, and the log
// says what it is, without the cookie.
func (h host) checkTrouble(t *testing.T, store *saltine.CookieStore) {
	t.Helper()
	signer, err := saltine.NewTimestampSigner(keyring(t), &saltine.Options{Salt: "django.contrib.sessions.backends.signed_cookies"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, reason, token string
		want                response
		log                 string
	}{
		{
			"tampered", "the signature no longer fits",
			"X" + save(t, store, "visits", 41)[1:],
			response{Status: 200, Vary: true, Body: "visit 1\n"},
			"",
		},
		{
			"another type", "another service may write the same key",
			save(t, store, "visits", "many"),
			response{Status: 200, Vary: true, Body: "visit 1\n"},
			"",
		},
		{
			"no session", "our own key signed what is no session",
			signer.Sign("not-JSON"),
			response{Status: 200, Vary: true, Body: "visit 1\n"},
			"cookie unreadable: ",
		},
		{
			"too large", "a browser would drop the cookie in silence",
			save(t, store, "note", incompressible(4000)),
			response{Status: 500, Vary: true, Body: "the session could not be saved\n"},
			`largest values: "note" `,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, log := h.serve(t, "/", "sessionid="+test.token)
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(response{}, "SetCookie")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			if (got.Status == 200) != (len(got.SetCookie) > 0) {
				t.Errorf("%s: got status %d and cookies %q", test.reason, got.Status, got.SetCookie)
			}
			if !strings.Contains(log, test.log) || (log == "") != (test.log == "") || strings.Contains(log, test.token) {
				t.Errorf("%s: log is %q, want %q and no cookie", test.reason, log, test.log)
			}
		})
	}
}

// save returns the cookie of a session with one value.
func save(t *testing.T, store *saltine.CookieStore, key string, value any) string {
	t.Helper()
	session := store.New()
	session.Set(key, value)
	token, err := store.Save(session)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// incompressible returns text that zlib makes no shorter than n/2.
func incompressible(n int) string {
	var b strings.Builder
	for state := uint32(1); b.Len() < n; {
		state = state*1664525 + 1013904223
		b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[state>>26])
	}
	return b.String()
}

// cookieOf returns the first cookie that a response sets, as a browser sends it.
func cookieOf(r response) string {
	if len(r.SetCookie) == 0 {
		return ""
	}
	pair, _, _ := strings.Cut(r.SetCookie[0], ";")
	return pair
}

// checkVisits lets a native store read the session that a response sets.
func checkVisits(t *testing.T, store *saltine.CookieStore, r response, want int64) {
	t.Helper()
	if r.Status != 200 || !r.Vary {
		t.Errorf("got status %d, vary %t and body %q, want 200 and true", r.Status, r.Vary, r.Body)
	}
	session, err := store.Load(strings.TrimPrefix(cookieOf(r), "sessionid="))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(any(want), session.Get("visits")); diff != "" {
		t.Errorf("visits (-want +got):\n%s", diff)
	}
}

// checkVectors reads what the vectors printed that ran in a host.
func checkVectors(t *testing.T, out output, err error) {
	t.Helper()
	if err != nil || !strings.Contains(out.stdout, "--- PASS: TestVectors ") {
		t.Fatalf("%v\n%s%s", err, out.stdout, out.stderr)
	}
	t.Logf("%d groups of vectors passed", strings.Count(out.stdout, "--- PASS: TestVectors/"))
}
