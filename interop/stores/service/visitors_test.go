package service_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const origin = "http://example.com/"

// site is the service as visitors see it, and what they saw.
type site struct {
	transport                       *http.Transport
	requests                        atomic.Int64
	statuses                        [600]atomic.Int64
	lost, emptied, others, failures atomic.Int64
	django400                       atomic.Int64 // answers of a Django that took a failure of the database for a session that is gone
	killed, restarted               int
	mu                              sync.Mutex
	firstFailures                   []string
}

func newSite(dir string) *site {
	return &site{transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(dir, "site.sock"))
		},
		MaxIdleConnsPerHost: 100,
	}}
}

// visitor is somebody with a browser. He knows how many of his visits were counted for sure, and how many may have been.
type visitor struct {
	name       string
	client     *http.Client
	jar        *cookiejar.Jar
	sure, most int
}

func (s *site) newVisitor(name string) (*visitor, error) {
	jar, err := cookiejar.New(nil)
	return &visitor{name: name, jar: jar, client: &http.Client{Transport: s.transport, Jar: jar, Timeout: 30 * time.Second}}, err
}

// firstVisits returns visitors who have a session each.
func (s *site) firstVisits(t *testing.T, count int) (visitors []*visitor) {
	t.Helper()
	for i := range count {
		v, err := s.newVisitor(fmt.Sprintf("visitor%d", i))
		check(t, err)
		s.visit(t.Context(), v, http.MethodPost)
		if v.sure != 1 {
			t.Fatalf("the first visit: %v", s.firstFailures)
		}
		visitors = append(visitors, v)
	}
	return visitors
}

// keepVisiting lets each visitor come, one request after the other, until ctx ends.
func (s *site) keepVisiting(ctx context.Context, visitors []*visitor) *sync.WaitGroup {
	var done sync.WaitGroup
	for _, v := range visitors {
		done.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				method := http.MethodPost
				if i%3 == 0 {
					method = http.MethodGet
				}
				s.visit(context.WithoutCancel(ctx), v, method)
			}
		})
	}
	return &done
}

// moreVisits returns after that many requests.
func (s *site) moreVisits(t *testing.T, count int64) {
	t.Helper()
	until, tick := s.requests.Load()+count, time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for s.requests.Load() < until {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("nobody comes any more")
		}
	}
}

// visit is one request, and what the visitor makes of the answer.
func (s *site) visit(ctx context.Context, v *visitor, method string) {
	status, upstream, body, err := s.send(ctx, v, method)
	s.requests.Add(1)
	if err != nil {
		s.fail("%s: no answer: %v", v.name, err)
		return
	}
	s.statuses[status].Add(1)
	if method == http.MethodPost {
		v.most++
	}
	switch {
	case status >= 500: // loud; the visit may have been counted
		return
	case status == http.StatusBadRequest && strings.HasSuffix(upstream, "django.sock"):
		// Django's db store raises UpdateError whenever its UPDATE fails, also because the database is away.
		s.django400.Add(1)
		return
	case status != http.StatusOK:
		s.others.Add(1)
		s.fail("%s: status %d from %s", v.name, status, upstream)
		return
	}
	var name string
	var visits int
	if _, err := fmt.Sscanf(body, "%s %d", &name, &visits); err != nil || name != v.name {
		s.emptied.Add(1)
		s.fail("%s: the session is of %.50q", v.name, body)
		return
	}
	least := v.sure
	if method == http.MethodPost {
		least++
	}
	if visits < least || visits > v.most {
		s.lost.Add(1)
		s.fail("%s: %d visits, want %d to %d", v.name, visits, least, v.most)
	}
	v.sure = visits
	v.most = visits
}

func (s *site) send(ctx context.Context, v *visitor, method string) (status int, upstream, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, origin+"?who="+v.name, http.NoBody)
	if err != nil {
		return 0, "", "", err
	}
	response, err := v.client.Do(request)
	if err != nil {
		return 0, "", "", err
	}
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header.Get("X-Upstream"), string(text), errors.Join(err, response.Body.Close())
}

func (s *site) fail(format string, args ...any) {
	s.failures.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.firstFailures) < 10 {
		s.firstFailures = append(s.firstFailures, fmt.Sprintf(format, args...))
	}
}

// counts returns a line of what was seen.
func (s *site) counts(sessions int) string {
	return fmt.Sprintf("%d requests on %d sessions, %d processes killed, %d restarts of the database: %d answers of 200, %d of 500, %d of 502, %d of Django's 400; %d lost, %d emptied, %d others",
		s.requests.Load(), sessions, s.killed, s.restarted, s.statuses[http.StatusOK].Load(), s.statuses[http.StatusInternalServerError].Load(),
		s.statuses[http.StatusBadGateway].Load(), s.django400.Load(), s.lost.Load(), s.emptied.Load(), s.others.Load())
}

// checkSessions looks at the table: there is the session of each visitor, with all his visits, and no other.
func checkSessions(t *testing.T, s *site, dsn string, visitors []*visitor) {
	t.Helper()
	for _, failure := range s.firstFailures {
		t.Error(failure)
	}
	db, err := sql.Open("pgx", dsn)
	check(t, err)
	defer db.Close() //nolint:errcheck // it was only read
	store, err := newStore(db)
	check(t, err)
	for _, v := range visitors {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin, http.NoBody)
		check(t, err)
		cookies := v.jar.Cookies(request.URL)
		if len(cookies) != 1 {
			t.Fatalf("%s has %d cookies", v.name, len(cookies))
		}
		session, err := store.Load(t.Context(), cookies[0].Value)
		check(t, err)
		name, _ := who.Get(session)
		visits, _ := n.Get(session)
		if name != v.name || visits < v.sure || visits > v.most {
			s.lost.Add(1)
			t.Errorf("the session of %s is that of %q after %d visits, want %d to %d", v.name, name, visits, v.sure, v.most)
		}
	}
	var rows int
	check(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM django_session").Scan(&rows))
	if rows != len(visitors) {
		t.Errorf("%d rows for %d visitors", rows, len(visitors))
	}
}
