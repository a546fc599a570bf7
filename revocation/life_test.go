package revocation_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/revocation"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// interleavings is how many random lives TestNothingOutlivesALogout plays.
var interleavings = flag.Int("interleavings", 2000, "random lives of a session to play")

// After a user signed out everywhere, no cookie that was ever issued opens his session,
// nor one that is issued later by a request that began before. A life is a random
// interleaving of requests that somebody may hold open for long, with any cookie that was
// ever issued, in two processes with a memory of their own; of renewals, rotations of
// keys, sign-outs of one browser and of all, and of clocks that jump.
func TestNothingOutlivesALogout(t *testing.T) {
	for seed := range uint64(*interleavings) {
		l := newLife(t, seed)
		l.play()
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, strings.Join(l.log, "\n"))
		}
	}
	t.Logf("%d interleavings", *interleavings)
}

const (
	staleness = 30 * time.Second
	userName  = "ann"
)

var user saltine.Field[string] = "_auth_user_id"

// life is one interleaving.
type life struct {
	t     *testing.T
	rand  *rand.Rand
	log   []string
	clock time.Time // of both processes
	late  time.Time // the latest time that anybody saw: what is recorded never goes back

	ended     time.Time       // when the user signed out everywhere, in the table that both ask
	endedIDs  map[string]bool // the same for single sessions
	endedOnce bool
	processes [2]*process
	cookies   []string   // every one that was ever issued
	open      []*request // under way
}

// process is one server of the application.
type process struct {
	cookie *sessioncookie.Cookie
	list   *revocation.List
}

// request is one exchange, until it is committed.
type request struct {
	sessioncookie.Exchange
	id     int
	signIn bool // the handler signs in at the end
}

var lifeKeys = []saltine.Key{"the first of the keys", "the second of the keys", "the third of the keys"}

func newLife(t *testing.T, seed uint64) *life {
	l := &life{t: t, rand: rand.New(rand.NewPCG(seed, 1)), clock: time.Unix(1700000000, 0), endedIDs: map[string]bool{}}
	l.late = l.clock
	for i := range l.processes {
		list, err := revocation.New(&revocation.Options{
			Ended:        func(context.Context, string) (time.Time, error) { return l.ended, l.lookUpError() },
			SessionEnded: func(_ context.Context, id string) (bool, error) { return l.endedIDs[id], l.lookUpError() },
			Staleness:    staleness,
			MaxEntries:   2,
			Now:          l.now,
		})
		if err != nil {
			t.Fatal(err)
		}
		l.processes[i] = &process{list: list}
	}
	l.rotate(0)
	return l
}

func (l *life) logf(format string, args ...any) {
	l.log = append(l.log, l.clock.UTC().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

func (l *life) now() time.Time { return l.clock }

// lookUpError fails now and then, as a database does.
func (l *life) lookUpError() error {
	if l.rand.IntN(20) == 0 {
		return errors.New("the database is away")
	}
	return nil
}

// rotate has both processes sign with another key.
func (l *life) rotate(first int) {
	keys, err := saltine.NewKeyring(lifeKeys[first], &saltine.KeyringOptions{
		Fallbacks: append(append([]saltine.Key{}, lifeKeys[first+1:]...), lifeKeys[:first]...),
	})
	if err != nil {
		l.t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: l.now})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, p := range l.processes {
		if p.cookie, err = sessioncookie.New(store, &sessioncookie.Options{RenewAfter: 0.0001}); err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l *life) play() {
	const steps = 40
	endAt := l.rand.IntN(steps)
	for step := range steps {
		if step == endAt {
			l.signOutEverywhere()
		}
		l.step()
	}
	for len(l.open) > 0 {
		l.commit(0)
	}
	l.clock = l.late // staleness counts by the clock; time.Now is not moved by setting it
	l.tick(staleness)
	l.nothingOpens()
}

func (l *life) step() { l.act(l.rand.IntN(10)) }

func (l *life) act(what int) {
	switch what {
	case 0, 1, 2:
		l.begin()
	case 3, 4:
		if len(l.open) > 0 {
			l.use(l.open[l.rand.IntN(len(l.open))])
		}
	case 5, 6:
		if len(l.open) > 0 {
			l.commit(l.rand.IntN(len(l.open)))
		}
	case 7:
		l.rotate(l.rand.IntN(len(lifeKeys)))
		l.logf("keys are rotated")
	case 8:
		l.tick(time.Duration(l.rand.Int64N(int64(40 * time.Second))))
	case 9:
		if l.rand.IntN(4) == 0 { // somebody sets the clock
			l.tick(time.Duration(l.rand.Int64N(int64(time.Hour))) - 30*time.Minute)
			l.logf("the clock jumps")
		}
	}
}

func (l *life) tick(d time.Duration) {
	l.clock = l.clock.Add(d)
	if l.clock.After(l.late) {
		l.late = l.clock
	}
}

// begin opens a request with any cookie that was ever issued, or none.
func (l *life) begin() {
	var headers []string
	if len(l.cookies) > 0 && l.rand.IntN(4) > 0 {
		headers = []string{sessioncookie.DefaultName + "=" + l.cookies[l.rand.IntN(len(l.cookies))]}
	}
	p := l.processes[l.rand.IntN(len(l.processes))]
	r := &request{Exchange: p.cookie.Open(l.t.Context(), headers), id: len(l.log)}
	r.Guard(p.list.Check)
	// After the end nobody signs in: what opens then is old.
	r.signIn = !l.endedOnce && l.rand.IntN(2) == 0
	l.open = append(l.open, r)
	l.logf("request %d begins (cookie: %v)", r.id, headers != nil)
}

// use has the handler look at the session, or change it.
func (l *life) use(r *request) {
	s := r.Session()
	name, _ := user.Get(s)
	if l.rand.IntN(3) == 0 && name != "" {
		s.Set("n", l.rand.IntN(10))
	}
	l.logf("request %d uses the session of %q, %v", r.id, name, s.Err())
}

// commit ends a request. Its cookie is issued.
func (l *life) commit(i int) {
	r := l.open[i]
	l.open = append(l.open[:i], l.open[i+1:]...)
	s := r.Session()
	switch {
	case r.signIn:
		user.Set(s, userName)
		revocation.Mark(s)
	case l.rand.IntN(6) == 0:
		if err := s.Flush(); err != nil {
			l.t.Fatal(err)
		}
	default:
		l.use(r)
	}
	lines, _, err := r.Commit(200)
	for _, line := range lines {
		value, _, _ := strings.Cut(strings.TrimPrefix(line, sessioncookie.DefaultName+"="), ";")
		if value != `""` {
			l.cookies = append(l.cookies, value)
		}
	}
	l.logf("request %d ends: %d cookies, %v", r.id, len(lines), err)
}

// signOutEverywhere writes the latest time that was ever seen. Requests come and go until
// that is committed. Then one process hears of it; the other one finds out when its memory
// is stale.
func (l *life) signOutEverywhere() {
	now := l.late
	l.endedOnce = true
	for range l.rand.IntN(6) {
		l.act(l.rand.IntN(7))
		l.tick(time.Duration(l.rand.Int64N(int64(revocation.DefaultWriteDelay / 5))))
	}
	l.ended = now
	l.processes[0].list.Forget(userName)
	l.logf("the user signs out everywhere: %s", l.ended.UTC().Format("15:04:05.000"))
}

// nothingOpens tries every cookie in both processes, now and whenever it may look new.
func (l *life) nothingOpens() {
	for range 3 {
		for i, value := range l.cookies {
			for _, p := range l.processes {
				e := p.cookie.Open(l.t.Context(), []string{sessioncookie.DefaultName + "=" + value})
				e.Guard(p.list.Check)
				if name, err := user.Get(e.Session()); err == nil {
					l.t.Errorf("cookie %d opens the session of %q, signed at %s", i, name, e.Session().Verification().SignedAt.UTC().Format("15:04:05"))
				}
			}
		}
		l.tick(20 * time.Minute)
	}
}
