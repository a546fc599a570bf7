package sessionhttp_test

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// hostile are Cookie headers that nobody should send.
func hostile(good string) map[string][]string {
	return map[string][]string{
		"nothing":             {""},
		"semicolons":          {strings.Repeat(";", 5000)},
		"no equals sign":      {"sessionid"},
		"short":               {"sessionid=x"},
		"empty":               {"sessionid="},
		"NUL":                 {"sessionid=\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		"control characters":  {"sessionid=\x01\x02\x7f\x1b[31m\r\n\t\v\f;\x00=\x00"},
		"not UTF-8":           {"sessionid=" + strings.Repeat("\xff\xfe", 20)},
		"quotes":              {`sessionid="` + good[:20] + `\"\\\377\054"; "="; ="`},
		"percent":             {"sessionid=%00%0d%0aSet-Cookie%3a+x"},
		"separators":          {"sessionid=" + strings.Repeat(":", 5000)},
		"dots":                {"sessionid=" + strings.Repeat(".", 5000)},
		"altered":             {"sessionid=" + good[:len(good)-2] + "AA"},
		"cut off":             {"sessionid=" + good[:len(good)-1]},
		"longer":              {"sessionid=" + good + "="},
		"duplicate, last bad": {"sessionid=" + good + "; sessionid=not:a:session"},
		"two headers":         {"sessionid=" + good, "sessionid=not:a:session"},
		"3000 cookies":        {strings.Repeat("a=1; ", 3000) + "sessionid=not:a:session"},
		"3000 sessions":       {strings.Repeat("sessionid=not:a:session; ", 3000)},
		"3001 good ones":      {strings.Repeat("sessionid="+good+"; ", 3000)},
		"1 MB of value":       {"sessionid=" + strings.Repeat("A", 1<<20-100)},
		"1 MB of escapes":     {`sessionid="` + strings.Repeat(`\054`, 1<<18-100) + `"`},
		"1 MB of session":     {"sessionid=" + strings.Repeat("A", 1<<20-200) + good},
		"over 1 MB":           {"sessionid=" + strings.Repeat("A", 2<<20)},
	}
}

// handled is how the requests of a hostile client are served.
func handled(t *testing.T, do func(*saltine.Session)) http.Handler {
	return newMiddleware(t, newStore(t, nil), strict(t)).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		do(sessionhttp.FromContext(r.Context()))
		io.WriteString(w, "fine") //nolint:errcheck // the client tells
	}))
}

// A bad cookie is a new session, whatever it looks like.
func TestHostileCookies(t *testing.T) {
	store := newStore(t, nil)
	for name, headers := range hostile(cookie(t, store)) {
		t.Run(name, func(t *testing.T) {
			resp := handle(t, handled(t, func(*saltine.Session) {}), headers)
			checkUntouched(t, resp)
			resp = handle(t, handled(t, func(s *saltine.Session) {
				if s.Len() != 0 {
					t.Error("the session is not empty")
				}
				s.Set("b", 2)
			}), headers)
			if resp.Status != http.StatusOK {
				t.Errorf("status %d", resp.Status)
			}
			if s := sessionOf(t, store, resp.Header); s == nil || s.Get("b") != int64(2) {
				t.Errorf("no new session: %q", resp.Header["Set-Cookie"])
			}
		})
	}
}

// checkUntouched allows what Django does to a request that nobody touched:
// nothing, but for the deletion of a cookie that is too short for a session.
func checkUntouched(t *testing.T, resp answer) {
	t.Helper()
	if resp.Status != http.StatusOK {
		t.Errorf("status %d", resp.Status)
	}
	for _, c := range cookiesOf(t, resp.Header) {
		if c.Value != "" || c.MaxAge >= 0 {
			t.Errorf("Set-Cookie is %q", resp.Header["Set-Cookie"])
		}
	}
}

// The same over a connection, where net/http has its say first.
func TestHostileCookiesOverNetwork(t *testing.T) {
	store := newStore(t, nil)
	server := newServer(t, "HTTP/1.1", handled(t, func(s *saltine.Session) { s.Get("a") }))
	for name, headers := range hostile(cookie(t, store)) {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close() //nolint:errcheck // it was read to its end
			var request strings.Builder
			request.WriteString("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
			for _, h := range headers {
				request.WriteString("Cookie: " + h + "\r\n")
			}
			go io.WriteString(conn, request.String()+"\r\n") //nolint:errcheck // the server may hang up
			answer, _ := io.ReadAll(conn)                    // a reset connection is an answer too
			if status, _, _ := strings.Cut(string(answer), "\r\n"); strings.Contains(status, " 50") {
				t.Errorf("status line %q", status)
			}
		})
	}
}

// The last of several cookies with one name counts, as in Django.
func TestDuplicateCookies(t *testing.T) {
	store := newStore(t, nil)
	good, bad := "sessionid="+cookie(t, store), "sessionid=not:a:session"
	for _, tt := range []struct {
		name    string
		cookies []string
		want    any
	}{
		{"good last", []string{bad + "; " + good}, int64(1)},
		{"bad last", []string{good + "; " + bad}, nil},
		{"good last, two headers", []string{bad, good}, int64(1)},
		{"bad last, two headers", []string{good, bad}, nil},
	} {
		var got any
		handle(t, handled(t, func(s *saltine.Session) { got = s.Get("a") }), tt.cookies)
		if got != tt.want {
			t.Errorf("%s: a = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Django on Python 2 wrote the value in quotes.
func TestQuotedCookie(t *testing.T) {
	value := cookie(t, newStore(t, nil))
	for _, header := range []string{`sessionid="` + value + `"`, `sessionid="` + strings.ReplaceAll(value, ":", `\072`) + `"`} {
		var got any
		handle(t, handled(t, func(s *saltine.Session) { got = s.Get("a") }), []string{header})
		if got != int64(1) {
			t.Errorf("%.20q: a = %v, want 1", header, got)
		}
	}
}

// No header makes a panic, an error or a cookie that nobody asked for.
func FuzzCookieHeader(f *testing.F) {
	store := newStore(f, nil)
	good := cookie(f, store)
	for _, headers := range hostile(good) {
		if all := strings.Join(headers, ";"); len(all) < 1000 {
			f.Add(all, "")
			f.Add("sessionid="+good, all)
		}
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		headers := []string{first, second}
		checkUntouched(t, handle(t, handled(t, func(*saltine.Session) {}), headers))
		resp := handle(t, handled(t, func(s *saltine.Session) { s.Get("a") }), headers)
		if resp.Status != http.StatusOK || !slices.Equal(resp.Header["Vary"], []string{"Cookie"}) {
			t.Errorf("status %d, Vary %q", resp.Status, resp.Header["Vary"])
		}
	})
}
