package djangocsrf_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangocsrf"
)

//go:embed testdata/oracle.py
var oracle string

// liveKey signs the sessions of the live tests, here and there.
const liveKey = "a key for live tests only, fifty bytes or more, no secret"

// ask has one process of Python with Django answer all questions, in order.
func ask[Question, Answer any](t *testing.T, call string, questions []Question) []Answer {
	t.Helper()
	python := os.Getenv("SALTINE_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import django").CombinedOutput(); err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Fatalf("no Python with Django: %v\n%s", err, out)
		}
		t.Skip("no Python with Django: apt-get install python3-django, or set SALTINE_PYTHON to one that has it")
	}
	var input, stderr bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, question := range questions {
		if err := encoder.Encode(question); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), python, "-c", oracle, call, liveKey)
	command.Stdin, command.Stderr = &input, &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	decoder := json.NewDecoder(bytes.NewReader(output))
	answers := make([]Answer, len(questions))
	for i := range answers {
		if err := decoder.Decode(&answers[i]); err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

// sent is what a browser sends to Django.
type sent struct {
	Cookie  string `json:"cookie"` // a Cookie header
	Form    string `json:"form"`
	Header  string `json:"header"`
	Session bool   `json:"session"` // CSRF_USE_SESSIONS
}

// Django's middleware takes the cookies, sessions and tokens of Go.
func TestDjangoTakesGo(t *testing.T) {
	var questions []sent
	var want []bool
	add := func(good bool, s sent) { questions, want = append(questions, s), append(want, good) }
	for i := range 200 {
		p := protect(t, djangocsrf.Options{MaskedCookie: i%2 == 0})
		v, other := p.Open(djangocsrf.Request{}), p.Open(djangocsrf.Request{})
		token, wrong := v.Token(), other.Token()
		line, _ := v.SetCookie()
		cookie, _, _ := strings.Cut(line, ";")
		_, value, _ := strings.Cut(cookie, "=")
		add(true, sent{Cookie: cookie, Form: token})
		add(true, sent{Cookie: cookie, Header: v.Token()})
		add(true, sent{Cookie: cookie, Header: value})
		add(false, sent{Cookie: cookie, Form: wrong})
		add(false, sent{Cookie: cookie, Form: wrong, Header: token})
		v.Rotate()
		add(false, sent{Cookie: cookie, Form: v.Token()})
	}
	for i := range 50 {
		// Django before 4.1 keeps a token of 64 characters in the session.
		p := protect(t, djangocsrf.Options{UseSessions: true, MaskedCookie: true})
		s := liveStore(t).New()
		s.Set("n", i)
		v := p.Open(djangocsrf.Request{Session: s})
		token := v.Token()
		v.SetCookie()
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		add(true, sent{Cookie: "sessionid=" + s.Key(), Form: token, Session: true})
		add(true, sent{Cookie: "sessionid=" + s.Key(), Header: token, Session: true})
		add(false, sent{Cookie: "sessionid=" + s.Key(), Form: protect(t, djangocsrf.Options{}).Open(djangocsrf.Request{}).Token(), Session: true})
	}
	for i, got := range ask[sent, bool](t, "check", questions) {
		if got != want[i] {
			t.Errorf("Django says %v to %+v, want %v", got, questions[i], want[i])
		}
	}
	t.Logf("%d requests", len(questions))
}

func liveStore(t *testing.T) *saltine.CookieStore {
	t.Helper()
	keys, err := saltine.NewKeyring(liveKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// page is what Django answers to a GET.
type page struct {
	Cookie string `json:"cookie"` // the value that it sets
	Token  string `json:"token"`  // what a template renders
	Field  string `json:"field"`  // {% csrf_token %}
}

// Go takes the cookies, sessions and tokens of Django's pages.
func TestGoTakesDjango(t *testing.T) {
	questions := make([]sent, 200)
	for i := range questions {
		questions[i].Session = i%2 == 1
		if i%4 == 2 {
			questions[i].Cookie = "csrftoken=" + secret // an old cookie, of Django 4.1 or Go
		}
	}
	pages := ask[sent, page](t, "page", questions)
	for i, page := range pages {
		next := pages[(i+2)%len(pages)]
		wrongFits := i%4 == 2 && (i+2)%4 == 2
		for _, tt := range []struct {
			name  string
			token func() (form, header string, hasHeader bool)
			want  djangocsrf.Kind
		}{
			{"form", form(page.Token), ""},
			{"header", header(page.Token), ""},
			{"wrong", form(next.Token), djangocsrf.ErrTokenIncorrect},
		} {
			if tt.name == "wrong" && wrongFits {
				continue
			}
			p := protect(t, djangocsrf.Options{UseSessions: questions[i].Session})
			request := post(func(r *djangocsrf.Request) { r.Cookies, r.Token = []string{"csrftoken=" + page.Cookie}, tt.token })
			if questions[i].Session {
				s, err := liveStore(t).Load(page.Cookie)
				if err != nil {
					t.Fatal(err)
				}
				request.Session = s
			}
			if got := kindOf(t, p.Open(request).Check()); got != tt.want {
				t.Errorf("page %d, %s: %q, want %q", i, tt.name, got, tt.want)
			}
		}
		if want := fmt.Sprintf(`<input type="hidden" name=%q value=%q>`, djangocsrf.DefaultFieldName, page.Token); page.Field != want {
			t.Errorf("Django's field is %q, want %q", page.Field, want)
		}
	}
}

// A session goes from Django to Go, which makes a token and saves it, and back.
func TestSessionGoesBackToDjango(t *testing.T) {
	pages := ask[sent, page](t, "page", slices.Repeat([]sent{{Session: true}}, 50))
	answers := make([]sent, len(pages))
	for i, page := range pages {
		s, err := liveStore(t).Load(page.Cookie)
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 { // what Go without MaskedCookie, or Django 4.1, has left
			s.Set(djangocsrf.SessionKey, secret)
		}
		v := protect(t, djangocsrf.Options{UseSessions: true, MaskedCookie: true}).Open(djangocsrf.Request{Session: s})
		answers[i] = sent{Session: true, Form: v.Token()}
		v.SetCookie()
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		answers[i].Cookie = "sessionid=" + s.Key()
	}
	for i, good := range ask[sent, bool](t, "check", answers) {
		if !good {
			t.Errorf("Django refuses %+v", answers[i])
		}
	}
}

// split is what becomes of a URL, or its part of a Referer check.
type split struct {
	Scheme    string `json:"scheme"`
	Authority string `json:"authority"`
	OK        bool   `json:"ok"`
	Same      bool   `json:"same"` // is_same_domain
}

type address struct {
	URL     string `json:"url"`
	Pattern string `json:"pattern"`
}

// Python splits every URL alike, and Django compares alike.
func TestSplitLikePython(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	questions := make([]address, 20000)
	for i := range questions {
		questions[i] = address{randomText(rng, urlStarts, 1) + randomText(rng, hostPieces, 3) + randomText(rng, urlPieces, 4), randomText(rng, hostPieces, 3)}
	}
	parsed, same := 0, 0
	for i, want := range ask[address, split](t, "split", questions) {
		q := questions[i]
		scheme, authority, ok := djangocsrf.SplitURL(q.URL)
		got := split{OK: ok}
		if ok {
			got = split{scheme, authority, true, djangocsrf.SameDomain(authority, q.Pattern)}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q, pattern %q (-Python +Go):\n%s", q.URL, q.Pattern, diff)
		}
		if want.OK && want.Authority != "" {
			parsed++
		}
		if want.Same {
			same++
		}
	}
	t.Logf("%d URLs, %d with an authority, %d in the domain", len(questions), parsed, same)
}

// What the URLs of the live test are made of: Latin-1, as headers are to Django.
var urlPieces = []string{
	"https://", "https://", "https://", "http://", "HTTPS://", "//", "https:", "://", "a.test", "A.TEST", "b.a.test", ".a.test", "x.",
	":", ":443", ":8443", "@", "/", "/", "?", "#", "\\", "[", "]", "[::1]", "[::ffff:1.2.3.4]", "[1.2.3.4]", "[v1.x]", "[vz.x]", "[fe80::1%e]",
	"[fe80::1%e%f]", "[::1%]", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7::]", "[::12345]", "[::1.2.3.04]", "::1", "v1.", "%", "1", "+", "-", ".", " ", "\t", "\n", "\r", "\x00", "\x1f",
	"\x7f", "\u0085", "\u00a0", "\u00e9", "\u00bc", "\u00b9", "null", "javascript",
}

var (
	urlStarts  = []string{"https://", "https://", "HTTP://", "//", " \thttps://", "ht\ntps:/\r/"}
	hostPieces = []string{".", "a.test", "A.TEST", "a.test", "b.", ":8443", "@", "\u00e9"}
)

func randomText(rng *rand.Rand, pieces []string, most int) string {
	var b strings.Builder
	for range rng.IntN(most + 1) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}
