package bench

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Loopback is a server of one middleware on 127.0.0.1, asked over connections that stay.
type Loopback struct {
	server *http.Server
	client *http.Client
	url    string
	cookie string
}

// connections is how many ask at a time.
const connections = 8

// OpenLoopback starts a server for one use of its sessions.
func OpenLoopback(s *Site, u Use) (*Loopback, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	handler := s.Handler(u)
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
	})}
	go server.Serve(listener) //nolint:errcheck // Close ends it
	return &Loopback{
		server: server,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}},
		url:    fmt.Sprintf("http://%s/", listener.Addr()),
		cookie: s.Cookie,
	}, nil
}

// Ask makes so many requests, and returns how long they took together.
func (l *Loopback) Ask(count int) (time.Duration, error) {
	var left atomic.Int64
	left.Store(int64(count))
	errs := make([]error, connections)
	var done sync.WaitGroup
	start := time.Now()
	for i := range connections {
		done.Go(func() {
			for left.Add(-1) >= 0 && errs[i] == nil {
				errs[i] = l.ask()
			}
		})
	}
	done.Wait()
	return time.Since(start), errors.Join(errs...)
}

func (l *Loopback) ask() error {
	r, err := http.NewRequest(http.MethodGet, l.url, nil)
	if err != nil {
		return err
	}
	if l.cookie != "" {
		r.Header["Cookie"] = []string{l.cookie}
	}
	response, err := l.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

// Close stops the server.
func (l *Loopback) Close() error {
	l.client.CloseIdleConnections()
	return l.server.Close()
}
