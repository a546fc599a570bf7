package paste_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

// A cookie of Django 6.0.4, and a key of a session on the server.
const (
	cookie     = "eyJuIjoxfQ:1r31eq:W3Q8bozYtBHheHKKpXsXvA7tXnsNMJuX90kGZVxpRS0"
	sessionKey = "0123456789abcdefghijklmnopqrstuv"
	signedAt   = 1700000000
)

var now = time.Unix(signedAt, 0).Add(48 * time.Hour)

// A cookie is found wherever people copy it from, and comes out as Django would see it.
func TestRead(t *testing.T) {
	encoded := strings.ReplaceAll(cookie, ":", "%3A")
	for _, tt := range []struct {
		name   string
		text   string
		source string
		undone string // names, with commas
		reason string
	}{
		{"value", cookie, "", "", "the value itself"},
		{"pair", "sessionid=" + cookie, "name=value pair", "", "a double-click in a header"},
		{"header", "Cookie: a=b; sessionid=" + cookie + "; csrftoken=x", "Cookie header", "", "a whole header"},
		{"header without its name", "a=b; sessionid=" + cookie + "; c=d", "name=value pair", "", "document.cookie"},
		{"set", "Set-Cookie: sessionid=" + cookie + "; HttpOnly; Path=/", "Set-Cookie header", "", "a whole response header"},
		{"set without its name", "sessionid=" + cookie + "; HttpOnly; Path=/", "Set-Cookie header", "", "the attributes tell"},
		{"curl", "curl 'https://a.test/' \\\n  -H 'accept: */*' \\\n  -H 'cookie: a=b; sessionid=" + cookie + "' \\\n  --compressed", "Cookie header", "", "Copy as cURL"},
		{"curl -b", "curl 'https://a.test/' -b 'a=b; sessionid=" + cookie + "' -v", "curl command", "", "Copy as cURL of newer Chromes"},
		{"curl of cmd", `curl ^"https://a.test/^" ^` + "\n" + `  -H ^"cookie: a=b; sessionid=` + encoded[:10] + "^" + encoded[10:] + `^"`, "Cookie header", "percent-encoding", "Copy as cURL (cmd) has carets"},
		{"powershell", `$session.Cookies.Add((New-Object System.Net.Cookie("sessionid", "` + cookie + `", "/", "a.test")))`, "PowerShell command", "", "Copy as PowerShell"},
		{"export", `[{"domain":"a.test","name":"sessionid","value":"` + cookie + `","httpOnly":true}]`, "JSON export of cookies", "", "extensions write it"},
		{"HAR", `{"log":{"entries":[{"request":{"headers":[{"name":"Cookie","value":"sessionid=` + cookie + `"}]}}]}}`, "Cookie header in JSON of a request", "", "Save all as HAR"},
		{"part of a HAR", `"headers": [` + "\n" + `{"name": "Cookie", "value": "a=b; sessionid=` + cookie + `"},`, "Cookie header in JSON", "", "a part of it"},
		{"row", "sessionid\t" + cookie + "\ta.test\t/\t2023-11-28T22:13:20.000Z\t72\t✓\t\tLax", "row of the developer tools", "", "a row of Chrome"},
		{"firefox", "sessionid:\"" + cookie + "\"\nCreated:\"Tue, 14 Nov 2023\"\nDomain:\"a.test\"", "row of the developer tools", "", "a row of Firefox"},
		{"jar", "# Netscape HTTP Cookie File\n#HttpOnly_a.test\tFALSE\t/\tTRUE\t1701209600\tsessionid\t" + cookie, "cookie jar of curl", "", "curl -c"},
		{"python", "{'csrftoken': 'abcd', 'sessionid': '" + cookie + "'}", "Python object", "", "print(request.COOKIES)"},
		{"log", `10.0.0.1 - "GET / HTTP/1.1" 200 "sessionid=` + cookie + `" 0.01`, "log line", "", "an access log"},
		{"psql", " " + sessionKey + " | " + cookie + " | 2023-11-28 22:13:20+00", "row of django_session", "", "a row of psql"},
		{"insert", "INSERT INTO django_session VALUES ('" + sessionKey + "', '" + cookie + "', '2023-11-28');", "row of django_session", "", "a dump"},
		{"percent", encoded, "", "percent-encoding", "a tool encodes"},
		{"percent twice", strings.ReplaceAll(encoded, "%", "%25"), "", "percent-encoding,percent-encoding", "two tools do"},
		{"escapes", strings.ReplaceAll(cookie, ":", `\u003a`), "", `\u escapes`, "a log of JSON"},
		{"octal", `"` + strings.ReplaceAll(cookie, ":", `\072`) + `"`, "", "octal escapes", "Python quotes so"},
		{"quotes", `"` + cookie + `"`, "", "double quotes", "a cookie writer"},
		{"bytes", "b'" + cookie + "'", "", "bytes literal", "repr"},
		{"wrapped", cookie[:30] + "\n    " + cookie[30:], "", "wrapped lines", "a terminal"},
		{"header wrapped", "Cookie: a=b; sessionid=" + cookie[:30] + "\n" + cookie[30:] + "\nAccept: */*", "Cookie header", "wrapped lines", "a mail"},
		{"invisible", cookie[:20] + "\u200b" + cookie[20:], "", "invisible characters", "a wiki"},
		{"base64", "ZXlKdUlqb3hmUToxcjMxZXE6VzNROGJvell0QkhoZUhLS3BYc1h2QTd0WG5zTk1KdVg5MGtHWlZ4cFJTMA==", "", "base64", "a secret of Kubernetes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := paste.Read(tt.text, nil)
			c := p.Cookies[p.Best]
			var undone []string
			for _, u := range c.Undone {
				undone = append(undone, u.Name)
			}
			got := []string{c.Value, c.Source, strings.Join(undone, ",")}
			if diff := cmp.Diff([]string{cookie, tt.source, tt.undone}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// A double-click leaves the dot out that says that a payload is compressed.
func TestLostDot(t *testing.T) {
	signed := compressed(t)
	p := paste.Read(signed[1:], nil)
	if got := p.Cookies[p.Best].Value; got != signed {
		t.Errorf("read %q, want %q", got, signed)
	}
}

func compressed(t *testing.T) string {
	t.Helper()
	keys, err := saltine.NewKeyring("a public key for the tests of this package alone", nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := keys.Dumps(map[string]string{"text": strings.Repeat("ten letters ", 20)}, &saltine.Options{Compression: saltine.CompressionBest})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// Of several cookies the one is taken that Django would take.
func TestBest(t *testing.T) {
	other := "eyJuIjoyfQ" + cookie[10:]
	for _, tt := range []struct {
		name, text string
		options    *paste.Options
		want       string
		several    int
		reason     string
	}{
		{"two of one name", "Cookie: sessionid=" + other + "; sessionid=" + cookie, nil, cookie, 2, "the last"},
		{"another name", "Cookie: a=" + other + "; sessionid=" + cookie + "; b=" + other, nil, cookie, 1, "sessionid is the default"},
		{"wanted", "Cookie: a=" + other + "; sessionid=" + cookie, &paste.Options{Name: "a"}, other, 1, "it was asked for"},
		{"no sessionid", "Cookie: _ga=GA1.2.3.4; sid=" + cookie + "; csrftoken=abc", nil, cookie, 1, "the one that Django signs"},
	} {
		p := paste.Read(tt.text, tt.options)
		if got := p.Cookies[p.Best].Value; got != tt.want || p.Several != tt.several {
			t.Errorf("%s: %q of %d, want %q of %d: %s", tt.name, got, p.Several, tt.want, tt.several, tt.reason)
		}
	}
}

// What is too large is refused, and so is what inflates beyond the limit.
func TestDescribeRefuses(t *testing.T) {
	for _, text := range []string{strings.Repeat("A", paste.MaxToken+1) + cookie[10:], "Cookie: sessionid=" + strings.Repeat("A", paste.MaxToken+1)} {
		if _, err := paste.Describe(paste.Read(text, nil), now, nil); !errors.Is(err, saltine.ErrTooLarge) {
			t.Errorf("%.30s: %v, want ErrTooLarge", text, err)
		}
	}
}

// Any text can be read: no panic, a cookie in it, a form that is listed, a cause and a
// thing to do, and no secret in the report.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", cookie, "sessionid=" + cookie, "Cookie: a=b; sessionid=" + cookie, `[{"name":"sessionid","value":"` + cookie + `"}]`, "\"\\072\"", "%253A", ".eJx", "eyJhIjp7",
		"curl -b 'a=b' -H \"cookie: x\"", "a\tb\tc.d\te", "-- ", "=\n=3A", "b''", "SECRET_KEY=x", "a|b\n" + sessionKey + "|" + cookie, "😊", "Fe26.2*", "v4.public.AAAA", "\xff\xfe",
	} {
		f.Add(seed)
	}
	forms := map[string]bool{}
	for _, name := range paste.Forms() {
		forms[name] = true
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := paste.Read(text, nil)
		r, err := paste.Describe(p, now, nil)
		if err != nil {
			if !errors.Is(err, saltine.ErrTooLarge) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if !forms[r.Form] || r.What == "" || r.Verified {
			t.Errorf("form %q, what %q, verified %t", r.Form, r.What, r.Verified)
		}
		for _, finding := range r.Findings {
			if finding.Cause == "" || len(finding.Next) == 0 {
				t.Errorf("a finding without a cause or a thing to do: %+v", finding)
			}
		}
	})
}

// A value survives each of the ways in which it is copied.
func FuzzWrapped(f *testing.F) {
	f.Add([]byte("{}"), uint8(0))
	f.Add([]byte(`{"a":"`+strings.Repeat("x", 300)+`"}`), uint8(3))
	wrappers := []func(string) string{
		func(s string) string { return "sessionid=" + s },
		func(s string) string { return "Cookie: a=b; sessionid=" + s + "; c=d" },
		func(s string) string { return "Set-Cookie: sessionid=" + s + "; Path=/" },
		func(s string) string { return `{"cookies":[{"name":"sessionid","value":"` + s + `","domain":"a"}]}` },
		func(s string) string { return `"` + s + `"` },
		func(s string) string { return strings.ReplaceAll(s, ":", "%3A") },
		func(s string) string { return "sessionid\t" + s + "\ta.test\t/" },
	}
	f.Fuzz(func(t *testing.T, payload []byte, n uint8) {
		keys, err := saltine.NewKeyring("a public key for the tests of this package alone", nil)
		if err != nil {
			t.Fatal(err)
		}
		token, err := keys.Dumps(map[string]string{"v": string(payload)}, &saltine.Options{Compression: saltine.CompressionBest})
		if err != nil || len(token) > 4000 {
			return
		}
		text := wrappers[int(n)%len(wrappers)](token)
		p := paste.Read(text, nil)
		if got := p.Cookies[p.Best].Value; got != token {
			t.Errorf("from %q came %q, want %q", text, got, token)
		}
	})
}

// Whatever the text, there is a cookie, and no more of them than are of use.
func TestReadIsBounded(t *testing.T) {
	for name, text := range map[string]string{
		"blanks":   strings.Repeat("a ", 10000),
		"percents": strings.Repeat("%25", 10000),
		"headers":  strings.Repeat("Cookie: a=b\n", 10000),
		"colons":   strings.Repeat("a:b:", 30000),
		"brackets": strings.Repeat("[", 100000),
		"wrapped":  "hello there\n" + strings.Repeat("A", 40) + strings.Repeat("\nAb", 10000), // took minutes when each line copied those before it
		"objects":  strings.Repeat(`{"cookie":`, 1000) + `"a=b"` + strings.Repeat("}", 1000),
		"exports":  `[` + strings.Repeat(`{"name":"sessionid","value":"x","domain":"a"},`, 10000) + `{}]`,
	} {
		if n := len(paste.Read(text, nil).Cookies); n < 1 || n > 200 {
			t.Errorf("%s: %d cookies", name, n)
		}
	}
}
