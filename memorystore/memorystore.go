// Package memorystore keeps sessions in the memory of one process: for tests, and for
// programs that run once and may lose all sessions when they end.
//
//	backend, err := memorystore.New(nil)
//	if err != nil {
//		return err
//	}
//	store, err := saltine.NewServerStore(backend, nil)
//
// It holds so many sessions at most; beyond, the one goes that would end first, as in a
// cache that is full. Sessions that have expired go by themselves.
//
// Django: the backend cache over django.core.cache.backends.locmem, which is private to
// a process too.
package memorystore

import (
	"container/heap"
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/djangocache"
)

// Options are the settings of a [Backend]. The zero value, and a nil *Options, is the
// defaults.
type Options struct {
	// MaxSessions is how many sessions are kept at most. 0 means 10000.
	// Django: MAX_ENTRIES.
	MaxSessions int

	// MaxPayloadLen is how long a session may be as JSON, in bytes. 0 means 1 MiB.
	MaxPayloadLen int

	// Now is the clock, which must be that of the store. nil means time.Now.
	Now func() time.Time
}

// Backend keeps sessions in memory. It is safe for concurrent use.
type Backend struct{ *hidden }

// hidden is a second pointer to the sessions: inside another struct fmt follows one,
// where the verb does not fit pointers, and never two.
type hidden struct{ *memory }

type memory struct {
	maxSessions, maxPayload int
	now                     func() time.Time

	mu       sync.Mutex
	sessions map[string]*session
	byEnd    queue
}

var _ saltine.Backend = (*Backend)(nil)

// session is what is kept of one. Its fields but index do not change.
type session struct {
	key     string
	data    []byte // JSON
	expires time.Time
	saved   time.Time
	index   int // in the queue
}

// New returns an empty Backend. The error is of kind [saltine.ErrInvalidOption].
func New(opts *Options) (*Backend, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.MaxSessions < 0 || o.MaxPayloadLen < 0 {
		return nil, djangocache.InvalidOption("memorystore: a limit is negative")
	}
	b := &Backend{&hidden{&memory{maxSessions: o.MaxSessions, maxPayload: o.MaxPayloadLen, now: o.Now, sessions: map[string]*session{}}}}
	if b.maxSessions == 0 {
		b.maxSessions = 10000
	}
	if b.maxPayload == 0 {
		b.maxPayload = 1 << 20
	}
	if b.now == nil {
		b.now = time.Now
	}
	return b, nil
}

// Format writes the type's name only, whatever the verb: a Backend holds sessions.
func (*Backend) Format(f fmt.State, _ rune) {
	io.WriteString(f, "memorystore.Backend([redacted])") //nolint:errcheck // fmt's own state does not fail
}

// Len returns how many sessions are kept, with those that have expired since the last
// change.
func (b *Backend) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.sessions)
}

// Load implements [saltine.Backend].
func (b *Backend) Load(ctx context.Context, key string) (saltine.Record, error) {
	var r saltine.Record
	if err := ctx.Err(); err != nil {
		return r, err
	}
	b.mu.Lock()
	s, ok := b.sessions[key]
	b.mu.Unlock()
	now := b.now()
	if !ok || !s.expires.After(now) {
		return r, saltine.ErrNoSession
	}
	r.Expires, r.Age, r.Saved = s.expires, s.expires.Sub(now), s.saved
	err := r.ParseJSON(s.data)
	return r, err
}

// Create implements [saltine.Backend]. The error is also of kind [saltine.ErrTooLarge].
func (b *Backend) Create(ctx context.Context, key string, r saltine.Record) error {
	return b.put(ctx, key, r, false, saltine.ErrKeyTaken)
}

// Update implements [saltine.Backend]. The error is also of kind [saltine.ErrTooLarge].
func (b *Backend) Update(ctx context.Context, key string, r saltine.Record) error {
	return b.put(ctx, key, r, true, saltine.ErrNoSession)
}

// put keeps a record where there is one already, or where there is none; otherwise it
// returns an error.
func (b *Backend) put(ctx context.Context, key string, r saltine.Record, present bool, otherwise error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	data, err := r.AppendJSON(nil)
	if err != nil {
		return err
	}
	if err := djangocache.CheckLen("payload", len(data), b.maxPayload); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.sessions[key]; ok != present {
		return otherwise
	}
	b.remove(key)
	s := &session{key: key, data: data, expires: r.Expires, saved: r.Saved}
	b.sessions[key] = s
	heap.Push(&b.byEnd, s)
	b.clear(b.now())
	for len(b.sessions) > b.maxSessions {
		b.remove(b.byEnd[0].key)
	}
	return nil
}

// Delete implements [saltine.Backend].
func (b *Backend) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.remove(key)
	return nil
}

// Exists implements [saltine.Backend].
func (b *Backend) Exists(ctx context.Context, key string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.sessions[key]
	return ok, ctx.Err()
}

// ClearExpired implements [saltine.Backend].
func (b *Backend) ClearExpired(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear(b.now())
	return nil
}

// clear forgets what ended before now. It is called with the lock.
func (b *memory) clear(now time.Time) {
	for len(b.byEnd) > 0 && b.byEnd[0].expires.Before(now) {
		b.remove(b.byEnd[0].key)
	}
}

// remove forgets a key, if it is there. It is called with the lock.
func (b *memory) remove(key string) {
	if s, ok := b.sessions[key]; ok {
		delete(b.sessions, key)
		heap.Remove(&b.byEnd, s.index)
	}
}

// queue holds sessions, the one first that ends first.
type queue []*session

// Len implements [heap.Interface].
func (q queue) Len() int { return len(q) }

// Less implements [heap.Interface].
func (q queue) Less(i, j int) bool { return q[i].expires.Before(q[j].expires) }

// Swap implements [heap.Interface].
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push implements [heap.Interface].
func (q *queue) Push(x any) {
	s := x.(*session) // nobody pushes anything else
	s.index = len(*q)
	*q = append(*q, s)
}

// Pop implements [heap.Interface].
func (q *queue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return s
}
