package messageshttp_test

import (
	_ "embed"
	"flag"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/sessionhttp"
)

var liveVisits = flag.Int("livevisits", 300, "visits of each live test with Django")

//go:embed testdata/oracle.py
var oracle string

// question is what Django's site is asked for, by a browser with cookies.
type question struct {
	Storage string `json:"storage"`
	Cookie  string `json:"cookie"`
	Add     []told `json:"add"`
	Show    bool   `json:"show"`
}

// told is a message, as it is added, and as it is shown: with all of its tags.
type told struct {
	Level messages.Level `json:"level"`
	Text  string         `json:"text"`
	Safe  bool           `json:"safe"`
	Tags  string         `json:"tags"`
}

type answer struct {
	Shown     []told   `json:"shown"`
	SetCookie []string `json:"set_cookie"`
}

// shown is the message as it comes out.
func (m told) shown() told {
	m.Tags = messages.Message{Level: m.Level, ExtraTags: &m.Tags}.Tags()
	return m
}

// goSite does what Django's site does.
type goSite struct {
	*site
	t        *testing.T
	question question
	shown    []told
}

func (s *goSite) serve(_ http.ResponseWriter, r *http.Request) {
	v := messages.FromContext(r.Context())
	for _, m := range s.question.Add {
		if err := v.Add(messages.Message{Level: m.Level, Text: m.Text, Safe: m.Safe, ExtraTags: &m.Tags}); err != nil {
			s.t.Error(err)
		}
	}
	s.shown = []told{}
	if s.question.Show {
		for _, m := range messages.Take(r.Context()) {
			s.shown = append(s.shown, told{m.Level, m.Text, m.Safe, m.Tags()})
		}
	}
	const visits saltine.Field[int] = "visits"
	session := sessionhttp.FromContext(r.Context())
	n, _ := visits.Get(session)
	visits.Set(session, n+1)
}

func (s *goSite) answer(q question) answer {
	s.question = q
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	if q.Cookie != "" {
		r.Header.Set("Cookie", q.Cookie)
	}
	w := httptest.NewRecorder()
	s.Handler(http.HandlerFunc(s.serve)).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.t.Errorf("status %d", w.Code)
	}
	return answer{s.shown, w.Header()["Set-Cookie"]}
}

// keep keeps the cookies of an answer.
func (b browser) keep(t *testing.T, lines []string) {
	t.Helper()
	for _, line := range lines {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			t.Fatal(err)
		}
		if b[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b, c.Name)
		}
	}
}

func (b browser) header() string {
	var pairs []string
	for name, value := range b {
		pairs = append(pairs, name+"="+value)
	}
	return strings.Join(pairs, "; ")
}

// A browser goes back and forth between Django and Go, which add and show messages. Each
// shows what both added, once and in order.
func TestLiveDjango(t *testing.T) {
	python := testkit.Django(t)
	live := testkit.StartPython(t, python, oracle, string(testKey))
	for name, storage := range storages {
		t.Run(name, func(t *testing.T) {
			sessions := newSessions(t, nil, &sessionhttp.Options{Cookie: sessionhttp.CookieOptions{MaxLine: 1 << 16}})
			s := &goSite{site: newSite(t, sessions, messages.Options{Storage: storage}), t: t}
			random := rand.New(rand.NewPCG(1, uint64(storage)))
			b, pending := browser{}, []told(nil)
			crossed, overflowed, last := 0, 0, -1
			for i := range *liveVisits {
				// A cookie alone loses what does not fit, and the two encoders do not agree to the byte what
				// does: not so many there.
				q := question{Storage: name, Cookie: b.header(), Show: random.IntN(20) == 0 || storage == messages.CookieOnly && len(pending) > 5}
				for range random.IntN(4) {
					q.Add = append(q.Add, randomMessage(random))
				}
				for _, m := range q.Add {
					if m.Level >= messages.Info && m.Text != "" {
						pending = append(pending, m.shown())
					}
				}
				got, where := answer{}, random.IntN(2)
				if where == 0 {
					got = s.answer(q)
				} else if err := live.Ask(q, &got); err != nil {
					t.Fatal(err)
				}
				b.keep(t, got.SetCookie)
				if len(pending) > 0 && last >= 0 && last != where {
					crossed++
				}
				last = where
				if strings.Count(b["messages"], ":") == 2 && len(b["sessionid"]) > 200 {
					overflowed++
				}
				want := []told{}
				if q.Show {
					want, pending = append(want, pending...), nil
				}
				if diff := cmp.Diff(want, got.Shown); diff != "" {
					t.Fatalf("visit %d, at %s (-want +got):\n%s", i, [...]string{"Go", "Django"}[where], diff)
				}
			}
			s.reported(t, nil)
			if crossed == 0 || storage == messages.CookieThenSession && overflowed == 0 {
				t.Errorf("%d messages crossed, %d overflowed: nothing was tested", crossed, overflowed)
			}
			t.Logf("%d visits, %d of them with messages of the other site, %d with messages in both places", *liveVisits, crossed, overflowed)
		})
	}
}

// randomMessage makes a message that Django can add.
func randomMessage(random *rand.Rand) told {
	const letters = "abcdefghij ,;\"'\\<>&=é日😀\u2028\x00\x7f\n"
	runes := []rune(letters)
	text := make([]rune, random.IntN(120))
	for i := range text {
		text[i] = runes[random.IntN(len(runes))]
	}
	return told{
		Level: []messages.Level{messages.Debug, messages.Info, messages.Success, 35, messages.Error}[random.IntN(5)],
		Text:  string(text), Safe: random.IntN(4) == 0,
		Tags: []string{"", "", "a", "a b"}[random.IntN(4)],
	}
}
