package proxy_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

const (
	processes = 3
	clients   = 50
	rounds    = 3    // visits of each client after each restart
	maxVisits = 2000 // of each client during each restart
)

const (
	oldKey = "the key to be rotated out, public and worthless: 0123456789abcdefg"
	newKey = "the key to be rotated in, public and worthless: 0123456789abcdefgh"
)

func TestKeyRotation(t *testing.T) {
	before := keys{key: oldKey}
	accept := keys{key: oldKey, fallback: newKey}
	use := keys{key: newKey, fallback: oldKey}
	after := keys{key: newKey}
	for _, tt := range []struct {
		name    string
		deploys []keys
		idle    int // clients that stay away during the deploys
		atLeast int // sessions lost
		atMost  int
		reason  string
	}{
		{"three deploys", []keys{accept, use, after}, 0, 0, 0, "no process meets a signature that it does not accept"},
		{"idle sessions", []keys{accept, use, after}, 10, 10, 10, "the old key must stay until the oldest session that it signed has expired or come back"},
		{"one deploy", []keys{after}, 0, clients, clients, "the old key is gone before anybody came back"},
		{"first deploy left out", []keys{use, after}, 0, 1, clients, "while the second one rolls, a process that still has the old key only meets new signatures"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := startFleet(t, before)
			l := newLoad(t, f.site)
			l.during(0, func() {})
			for i, k := range tt.deploys {
				for number := range f.processes {
					l.during(tt.idle, func() { f.restart(t, number, k) })
				}
				t.Logf("deploy %d of %d: the new key signed %d sessions of %d", i+1, len(tt.deploys), l.signedBy(t, after), clients)
			}
			l.during(0, func() {})
			l.report(t)
			if lost := l.lost(); lost < tt.atLeast || lost > tt.atMost {
				t.Errorf("%d sessions lost, want %d to %d: %s", lost, tt.atLeast, tt.atMost, tt.reason)
			}
			if n := l.signedBy(t, after); n != clients {
				t.Errorf("the new key signed %d sessions in the end, want %d", n, clients)
			}
			t.Logf("nginx passed %d requests on to a second process", f.site.passedOn(t))
		})
	}
}

// fleet are the processes of the Go service.
type fleet struct {
	site      *site
	processes [processes]*program
}

func startFleet(t *testing.T, k keys) *fleet {
	t.Helper()
	f := &fleet{site: startSite(t)}
	for number := range f.processes {
		f.processes[number] = f.site.startCart(t, number, k)
	}
	return f
}

// restart ends a process, and starts it anew with other keys.
func (f *fleet) restart(t *testing.T, number int, k keys) {
	t.Helper()
	f.processes[number].stop()
	f.processes[number] = f.site.startCart(t, number, k)
}

// passedOn returns how many requests nginx sent to more than one process.
func (s *site) passedOn(t *testing.T) int {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(s.dir, "access.log"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(log, []byte(","))
}

// load is many clients, each with a session of its own.
type load struct {
	clients [clients]*client
}

func newLoad(t *testing.T, s *site) *load {
	t.Helper()
	l := &load{}
	for i := range l.clients {
		l.clients[i] = &client{visitor: s.newVisitor(t), reads: i%2 == 0}
	}
	return l
}

// during does something while all clients but those that are idle make one
// request after the other, and a few more when it is done.
func (l *load) during(idle int, do func()) {
	done := make(chan struct{})
	var group sync.WaitGroup
	for _, c := range l.clients[idle:] {
		group.Go(func() { c.visit(done) })
	}
	defer group.Wait()
	defer close(done)
	do()
}

// signedBy returns how many sessions are good for a process with these keys.
func (l *load) signedBy(t *testing.T, k keys) (n int) {
	t.Helper()
	store, err := k.store()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range l.clients {
		if _, err := store.Load(c.cookie()); err == nil {
			n++
		}
	}
	return n
}

func (l *load) lost() (n int) {
	for _, c := range l.clients {
		if c.lost {
			n++
		}
	}
	return n
}

// report says what the clients met, and that no request may fail.
func (l *load) report(t *testing.T) {
	t.Helper()
	requests, failed := 0, 0
	for _, c := range l.clients {
		requests += c.requests
		failed += c.failed
		if c.err != nil {
			t.Error(c.err)
		}
	}
	t.Logf("%d requests by %d clients during rolling deploys of %d processes: %d failed, %d sessions lost", requests, clients, processes, failed, l.lost())
}

// client counts its visits in its session. One that only reads does so in the
// first visit only.
type client struct {
	*visitor
	reads    bool
	count    int // as the session should have it
	requests int
	failed   int
	err      error
	lost     bool
}

func (c *client) visit(done <-chan struct{}) {
	for range maxVisits {
		select {
		case <-done:
			for range rounds {
				c.request()
			}
			return
		default:
			c.request()
		}
	}
}

// request makes one request. Another count than the client's own means that
// the session was lost.
func (c *client) request() {
	want, body := c.count, []string(nil)
	if !c.reads || c.count == 0 {
		want, body = c.count+1, []string{""}
	}
	c.requests++
	a, err := c.send("/cart/count", body...)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("status %d: %.200s", a.status, a.body)
	}
	if err != nil {
		c.failed++
		c.err = err
		return
	}
	got, _ := strconv.Atoi(a.body) // 0 is no count
	c.lost = c.lost || got != want
	c.count = got
}
