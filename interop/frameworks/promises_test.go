package frameworks_test

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/coder/websocket"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// The names of the promises, for framework.not.
const (
	saved   = "saved once, and comes back"
	answers = "the handler answers 500: no cookie, nothing saved"
	fails   = "the framework answers 5xx: no cookie"
	forgets = "the framework answers 5xx: nothing is saved in a store on the server"
	whole   = "session cannot be saved: the 500 is whole, and nothing of the handler's stays"
	late    = "change after the headers: reported"
	stream  = "server-sent events: each arrives before the next, and the cookie comes first"
	upgrade = "WebSocket: the 101 has the cookie"
	hijack  = "Hijack: the change is reported as lost"
	inner   = "panic, recovered inside: no cookie, nothing saved"
	outer   = "panic, recovered outside: no cookie, nothing saved"
	twice   = "mounted twice: one session, and the inner Flush stands"
)

// promise is a column of the table.
type promise struct {
	name  string
	check func(*testing.T, framework)
}

var promises = []promise{
	{saved, checkSaved},
	{answers, checkAnswers},
	{fails, checkFails},
	{forgets, checkForgets},
	{whole, checkWhole},
	{late, checkLate},
	{stream, checkStream},
	{upgrade, checkUpgrade},
	{hijack, checkHijack},
	{inner, func(t *testing.T, f framework) { checkPanic(t, f, sessions, recoverer) }},
	{outer, func(t *testing.T, f framework) { checkPanic(t, f, recoverer, sessions) }},
	{twice, checkTwice},
}

// results are the cells of the table that were tested, by framework and promise.
var results = map[[2]string]string{}

// The table comes after everything else.
func TestMain(m *testing.M) {
	status := m.Run()
	if testing.Verbose() {
		fmt.Println(table())
	}
	os.Exit(status)
}

// Every promise holds with every framework, or the table says why it does not (no), or why
// there is nothing to test (-).
func TestPromises(t *testing.T) {
	for _, f := range frameworksUnderTest {
		for _, p := range promises {
			if f.not[p.name] != "" {
				continue
			}
			t.Run(f.name+"/"+p.name, func(t *testing.T) {
				cell := [2]string{f.name, p.name}
				results[cell] = "FAILED"
				p.check(t, f)
				if !t.Failed() {
					results[cell] = "ok"
				}
			})
		}
	}
}

// Each reason belongs to a column.
func TestReasonsNamePromises(t *testing.T) {
	for _, f := range frameworksUnderTest {
		for name := range f.not {
			if !slices.ContainsFunc(promises, func(p promise) bool { return p.name == name }) {
				t.Errorf("%s: there is no promise %q", f.name, name)
			}
		}
	}
}

// table has a line for each framework, a column for each promise, and the reasons below.
func table() string {
	var columns, rows strings.Builder
	w := tabwriter.NewWriter(&rows, 0, 0, 2, ' ', 0)
	for i, p := range promises {
		fmt.Fprintf(&columns, "%c  %s\n", 'A'+i, p.name)
		fmt.Fprintf(w, "\t%c", 'A'+i)
	}
	fmt.Fprintln(w)
	var reasons []string
	for _, f := range frameworksUnderTest {
		fmt.Fprint(w, f.name)
		for i, p := range promises {
			result := cmp.Or(results[[2]string{f.name, p.name}], "not run")
			reason := f.not[p.name]
			switch {
			case reason != "":
				result = "-"
			case p.name == forgets && f.saves != "" && result == "ok":
				result, reason = "no", f.saves
			}
			if reason != "" {
				reasons = append(reasons, fmt.Sprintf("%-2s  %s, %c: %s", result, f.name, 'A'+i, reason))
			}
			fmt.Fprintf(w, "\t%s", result)
		}
		fmt.Fprintln(w)
	}
	w.Flush() //nolint:errcheck // a strings.Builder takes everything
	return columns.String() + rows.String() + strings.Join(reasons, "\n")
}

// checkSaved: one Set-Cookie of the session beside the handler's own, and the value comes
// back with the next request.
func checkSaved(t *testing.T, f framework) {
	s := newSite(t)
	var visits []any
	s.before = func(session *saltine.Session) {
		visits = append(visits, session.Get("visits"))
		session.Set("visits", len(visits))
	}
	s.answer = func(w http.ResponseWriter, _ *http.Request) error {
		http.SetCookie(w, &http.Cookie{Name: "own", Value: "1", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		_, err := io.WriteString(w, "done")
		return err
	}
	server := serve(t, f.build(t, s))
	cookie := ""
	for range 3 {
		resp := visit(t, server, cookie)
		expectStatus(t, resp, http.StatusOK)
		values := sessionCookies(resp)
		if len(values) != 1 || len(resp.Header["Set-Cookie"]) != 2 {
			t.Fatalf("Set-Cookie is %q, want one of the session and one of the handler", resp.Header["Set-Cookie"])
		}
		cookie = values[0]
	}
	if got := fmt.Sprint(visits); got != "[<nil> 1 2]" {
		t.Errorf("the handler read %s, want [<nil> 1 2]", got)
	}
	s.expectQuiet(t)
}

// set is what a handler does with its session.
func set(s *saltine.Session) { s.Set("a", 1) }

// checkAnswers: a 500 sets no cookie and saves nothing, with a body and without.
func checkAnswers(t *testing.T, f framework) {
	for _, body := range []string{"failed", ""} {
		s := newServerSite(t)
		s.before = set
		s.answer = func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusInternalServerError)
			if body == "" {
				return nil
			}
			_, err := io.WriteString(w, body)
			return err
		}
		resp := visit(t, serve(t, f.build(t, s)), "")
		expectStatus(t, resp, http.StatusInternalServerError)
		expectNoCookie(t, resp)
		s.expectNothingKept(t)
		s.expectQuiet(t)
	}
}

func checkFails(t *testing.T, f framework) { checkFailsOn(t, f, newSite(t)) }

func checkForgets(t *testing.T, f framework) {
	s := newServerSite(t)
	checkFailsOn(t, f, s)
	if f.saves != "" {
		s.expectKept(t)
		return
	}
	s.expectNothingKept(t)
}

func checkFailsOn(t *testing.T, f framework, s *site) {
	t.Helper()
	s.before = set
	s.answer = f.fail
	s.limit = 50 * time.Millisecond
	resp := visit(t, serve(t, f.build(t, s)), "")
	if resp.StatusCode < http.StatusInternalServerError {
		t.Errorf("the status is %d, want a 5xx", resp.StatusCode)
	}
	expectNoCookie(t, resp)
	s.expectQuiet(t)
}

// own are header fields that describe the handler's response, and no other.
var own = map[string]string{
	"Content-Disposition": `attachment; filename="file.txt"`,
	"Content-Encoding":    "br",
	"Content-Range":       "bytes 0-9/10",
	"Location":            "/elsewhere",
}

func checkWhole(t *testing.T, f framework) {
	s := newSite(t)
	s.before = func(session *saltine.Session) { session.Set("x", make(chan int)) }
	s.answer = func(w http.ResponseWriter, _ *http.Request) error {
		for field, value := range own {
			if !f.gzips || field == "Content-Disposition" || field == "Location" { // the others keep gzhttp from its work
				w.Header().Set(field, value)
			}
		}
		_, err := io.WriteString(w, strings.Repeat("the handler's own response\n", 10_000))
		return err
	}
	resp := visit(t, serve(t, f.build(t, s)), "")
	expectStatus(t, resp, http.StatusInternalServerError)
	if body, err := io.ReadAll(decoded(t, resp)); err != nil || string(body) != "Internal Server Error\n" {
		t.Errorf("the body is %.60q, %v", body, err)
	}
	for field, value := range own {
		if got := resp.Header.Get(field); got == value {
			t.Errorf("%s: %s stayed", field, got)
		}
	}
	expectNoCookie(t, resp)
	s.expectReported(t, saltine.ErrUnsupported)
}

// decoded is the body of a response as a browser sees it.
func decoded(t *testing.T, resp *http.Response) io.Reader {
	t.Helper()
	switch encoding := resp.Header.Get("Content-Encoding"); encoding {
	case "":
		return resp.Body
	case "gzip":
		r, err := gzip.NewReader(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r
	default:
		t.Fatalf("Content-Encoding is %s", encoding)
		return nil
	}
}

func checkLate(t *testing.T, f framework) {
	s := newSite(t)
	s.before = func(session *saltine.Session) { session.Get("a") }
	s.answer = func(w http.ResponseWriter, _ *http.Request) error {
		if _, err := io.WriteString(w, "done"); err != nil {
			return err
		}
		http.NewResponseController(w).Flush() //nolint:errcheck // around http.TimeoutHandler the headers stand all the same
		return nil
	}
	s.after = set
	resp := visit(t, serve(t, f.build(t, s)), "")
	expectStatus(t, resp, http.StatusOK)
	expectNoCookie(t, resp)
	s.expectReported(t, sessioncookie.ErrLateChange)
}

// checkStream: an event arrives before the next one is written.
func checkStream(t *testing.T, f framework) {
	s := newSite(t)
	s.before = set
	const events = 3
	arrived := make(chan struct{})
	sent := 0
	s.events = func(w io.Writer) bool {
		if sent > 0 {
			select {
			case <-arrived:
			case <-time.After(patience):
				return false
			}
		}
		sent++
		fmt.Fprintf(w, "data: %d\n\n", sent)
		return sent < events
	}
	resp := visit(t, serve(t, f.build(t, s)), "")
	expectStatus(t, resp, http.StatusOK)
	if values := sessionCookies(resp); len(values) != 1 {
		t.Errorf("Set-Cookie is %q, want one session", resp.Header["Set-Cookie"])
	}
	lines := bufio.NewReader(decoded(t, resp))
	for i := range events {
		event, err := lines.ReadString('\n')
		if want := fmt.Sprintf("data: %d\n", i+1); err != nil || event != want {
			t.Fatalf("event %d is %q, %v", i+1, event, err)
		}
		if _, err := lines.Discard(1); err != nil {
			t.Fatal(err)
		}
		if i < events-1 {
			arrived <- struct{}{}
		}
	}
	if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
		t.Errorf("after the events: %q, %v", rest, err)
	}
	s.expectQuiet(t)
}

// echoMessage is a WebSocket that sends back what it gets.
func echoMessage(w http.ResponseWriter, r *http.Request) error {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return err
	}
	defer conn.CloseNow() //nolint:errcheck // it is closed already
	kind, message, err := conn.Read(r.Context())
	if err != nil {
		return err
	}
	if err := conn.Write(r.Context(), kind, message); err != nil {
		return err
	}
	return conn.Close(websocket.StatusNormalClosure, "")
}

// talk opens a WebSocket, sends a message, and expects it back.
func talk(t *testing.T, url string) *http.Response {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), url+"/group/page", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow() //nolint:errcheck // it is closed already
	if err := conn.Write(t.Context(), websocket.MessageText, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, message, err := conn.Read(t.Context()); err != nil || string(message) != "hello" {
		t.Errorf("the socket sent %q, %v", message, err)
	}
	conn.Close(websocket.StatusNormalClosure, "") //nolint:errcheck // the other end may be first
	return resp
}

func checkUpgrade(t *testing.T, f framework) {
	s := newSite(t)
	s.before = set
	s.answer = echoMessage
	resp := talk(t, serve(t, f.build(t, s)).URL)
	expectStatus(t, resp, http.StatusSwitchingProtocols)
	if values := sessionCookies(resp); len(values) != 1 {
		t.Errorf("Set-Cookie is %q, want one session", resp.Header["Set-Cookie"])
	}
	s.expectQuiet(t)
}

// checkHijack: a handler that takes the connection writes the headers without the cookie.
func checkHijack(t *testing.T, f framework) {
	s := newSite(t)
	s.before = set
	if f.not[upgrade] == proxied101 {
		s.answer = echoMessage
		expectNoCookie(t, talk(t, serve(t, f.build(t, s)).URL))
		s.expectReported(t, sessioncookie.ErrLateChange)
		return
	}
	s.answer = func(w http.ResponseWriter, _ *http.Request) error {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return err
		}
		defer conn.Close() //nolint:errcheck // the client has what it needs
		fmt.Fprint(rw, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nraw\n")
		return rw.Flush()
	}
	resp := visit(t, serve(t, f.build(t, s)), "")
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "raw\n" {
		t.Errorf("the body is %q, %v", body, err)
	}
	expectNoCookie(t, resp)
	s.expectReported(t, sessioncookie.ErrLateChange)
}

func checkPanic(t *testing.T, f framework, layers ...layer) {
	s := newServerSite(t)
	s.layers = layers
	s.before = func(session *saltine.Session) {
		set(session)
		panic("on purpose")
	}
	resp := visit(t, serve(t, f.build(t, s)), "")
	expectStatus(t, resp, http.StatusInternalServerError)
	expectNoCookie(t, resp)
	s.expectNothingKept(t)
	s.expectQuiet(t)
}

// checkTwice: what lies between the two has the same session as the handler, and a
// handler that flushes it has the last word.
func checkTwice(t *testing.T, f framework) {
	s := newSite(t)
	s.layers = []layer{sessions, between, sessions}
	var found []*saltine.Session
	s.between = func(session *saltine.Session) {
		found = append(found, session)
		session.Set("between", 1)
	}
	flush := false
	s.before = func(session *saltine.Session) {
		found = append(found, session)
		if !flush {
			session.Set("handler", session.Get("between"))
		} else if err := session.Flush(); err != nil {
			t.Error(err)
		}
	}
	server := serve(t, f.build(t, s))
	resp := visit(t, server, "")
	expectStatus(t, resp, http.StatusOK)
	values := sessionCookies(resp)
	if len(values) != 1 || values[0] == "" {
		t.Fatalf("Set-Cookie is %q, want one session", resp.Header["Set-Cookie"])
	}
	flush = true
	resp = visit(t, server, values[0])
	if values := sessionCookies(resp); len(values) != 1 || values[0] != `""` {
		t.Errorf("Set-Cookie is %q, want one that deletes the session", resp.Header["Set-Cookie"])
	}
	if len(found) != 4 || found[0] != found[1] || found[2] != found[3] {
		t.Errorf("the two requests have the sessions %p", found)
	}
	s.expectQuiet(t)
}
