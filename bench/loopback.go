package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Loopback is a server of one middleware on 127.0.0.1, asked over connections that stay.
// The client writes prepared bytes and looks for the end of each answer alone: what it
// costs is on both sides of a ratio, and a slow one would hide the difference.
type Loopback struct {
	server  *http.Server
	request []byte
	clients [8]client
}

type client struct {
	net.Conn
	reader *bufio.Reader
}

// OpenLoopback starts a server for one use of its sessions.
func OpenLoopback(s *Site, u Use) (*Loopback, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &Loopback{
		server:  &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: s.Handler(u)},
		request: fmt.Appendf(nil, "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n", s.Cookie),
	}
	go l.server.Serve(listener) //nolint:errcheck // Close ends it
	for i := range l.clients {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		l.clients[i] = client{conn, bufio.NewReader(conn)}
	}
	return l, nil
}

// Ask makes so many requests over all connections, and returns how long they took
// together.
func (l *Loopback) Ask(count int) (time.Duration, error) {
	var left atomic.Int64
	left.Store(int64(count))
	errs := make([]error, len(l.clients))
	var done sync.WaitGroup
	start := time.Now()
	for i := range l.clients {
		done.Go(func() {
			for left.Add(-1) >= 0 && errs[i] == nil {
				errs[i] = l.clients[i].ask(l.request)
			}
		})
	}
	done.Wait()
	return time.Since(start), errors.Join(errs...)
}

// ask sends a request and reads the answer, whose body is empty.
func (c *client) ask(request []byte) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	status, err := c.reader.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("the answer is %q", status)
	}
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil || len(line) == len("\r\n") {
			return err
		}
	}
}

// Close ends the connections and stops the server.
func (l *Loopback) Close() error {
	for _, c := range l.clients {
		if c.Conn != nil {
			c.Close() //nolint:errcheck // every answer is there
		}
	}
	return l.server.Close()
}
