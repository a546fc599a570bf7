package contenders

import (
	"context"
	"net"
	"sync/atomic"
)

// counts are what goes over the connections of one store.
type counts struct{ statements, trips atomic.Int64 }

// dial connects to a Unix socket, and counts on the connection.
func (c *counts) dial(ctx context.Context, socket string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	return &countedConn{Conn: conn, trips: &c.trips}, nil
}

// countedConn counts how often it is read from after it was written to: each time somebody waits for the engine.
type countedConn struct {
	net.Conn
	trips   *atomic.Int64
	written atomic.Bool
}

// Write implements net.Conn.
func (c *countedConn) Write(b []byte) (int, error) {
	c.written.Store(true)
	return c.Conn.Write(b)
}

// Read implements net.Conn.
func (c *countedConn) Read(b []byte) (int, error) {
	if c.written.Swap(false) {
		c.trips.Add(1)
	}
	return c.Conn.Read(b)
}
