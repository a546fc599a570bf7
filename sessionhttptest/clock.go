package sessionhttptest

import (
	"sync"
	"time"
)

// Clock stands still until it is moved on. Its method Now is for saltine.StoreOptions.Now
// and its like; a store on a server, its Backend and a Guard need the same one. It is safe
// for concurrent use. A program that asks time.Now itself is tested in testing/synctest.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a Clock that shows the time start. Signatures have whole seconds, so a
// start without a fraction gives the same cookies every time.
func NewClock(start time.Time) *Clock { return &Clock{now: start} }

// Now returns the time that the Clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the Clock on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
