// Package revocation ends sessions before they expire: all sessions of a user that
// began before some moment, or a single one. A signed cookie cannot be taken back; what
// a server can do is to keep a short list of what it no longer accepts, and to ask it
// when a session is read.
//
//	list, err := revocation.New(&revocation.Options{
//		Ended: func(ctx context.Context, user string) (time.Time, error) {
//			var ended sql.NullTime
//			err := db.QueryRowContext(ctx, "SELECT sessions_ended FROM users WHERE id = $1", user).Scan(&ended)
//			return ended.Time, err
//		},
//	})
//	sessions, err := sessionhttp.New(store, &sessionhttp.Options{Guard: list.Check})
//
// To sign a user out everywhere write the time of now into that column, and call
// [List.Forget]. A session is refused that was signed at that time or before, and no
// request that was under way gets a later signature: what it saves is signed with the
// time at which it arrived, or with that of the look-up less Options.WriteDelay,
// whichever is earlier. A look-up may miss a time that was written and is not committed
// yet, or has not reached the replica; with that time the session is refused later.
//
// # What it costs and promises
//
// With the default, every request that uses a session of somebody signed in asks
// Ended once. Options.Staleness keeps answers in memory for that long. A session that
// was ended is then accepted by this process for at most that long, and what it saves
// meanwhile is refused later. [List.Forget] drops the answer of one user at once, in
// this process.
//
// Signatures have whole seconds: somebody who signs in within the same second in which
// all of his sessions were ended has to sign in again. The clocks of your servers and
// of what writes the times should agree; where they do not, write a time that is late
// rather than early.
//
// Sessions that are kept on a server need a store that keeps the time at which they were
// saved: sqlstore, filestore and memorystore do. With one that does not, only single
// sessions can be ended, by Options.SessionEnded.
//
// A look-up that fails refuses nobody for ever: the session is unavailable for this
// request, which is answered with an error, and its cookie stays. Options.FailOpen
// accepts the session instead.
package revocation

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/seed-52756201/saltine"
)

// What a [List] does where [Options] does not say.
const (
	DefaultMaxEntries = 10000           // answers that are kept
	DefaultWriteDelay = 5 * time.Second // until a time that was written is seen
)

// Options are the settings of a [List]. At least one of Ended and SessionEnded is
// needed. Functions are called on the goroutine of the request and must be safe for
// concurrent use.
type Options struct {
	// User returns whose session it is, or "" where nobody is signed in: then there
	// is nothing to look up. nil reads "_auth_user_id", Django's.
	User func(s *saltine.Session) string

	// Ended returns when all sessions of the user were last ended, or the zero time
	// for never. ctx is that of the request.
	Ended func(ctx context.Context, user string) (time.Time, error)

	// SessionEnded reports whether the one session was ended that [Mark] gave this
	// identifier. Sessions without an identifier are not looked up.
	SessionEnded func(ctx context.Context, id string) (bool, error)

	// WriteDelay is the longest time from the moment that somebody calls now, and writes
	// it for Ended to find, until every look-up finds it: until the transaction is
	// committed, and the replica has it. Take rather more. A session that is saved is
	// signed with a time that is earlier by so much, but never earlier than before. 0
	// means DefaultWriteDelay.
	WriteDelay time.Duration

	// Staleness is how long an answer is believed, by Now. 0 asks every time.
	Staleness time.Duration

	// MaxEntries is the most answers that are kept. 0 means DefaultMaxEntries.
	MaxEntries int

	// FailOpen accepts sessions for which a look-up failed, but not where it failed
	// because the visitor went away.
	FailOpen bool

	// OnError, if not nil, is called with the error of a look-up.
	OnError func(ctx context.Context, err error)

	// Now is the clock, which must be that of the store. nil means time.Now.
	Now func() time.Time
}

// List knows which sessions are no longer accepted. It is safe for concurrent use.
type List struct {
	opts  Options
	users *cache[time.Time]
	ids   *cache[bool]
}

// New returns a List. opts is copied. The error is of kind [saltine.ErrInvalidOption].
func New(opts *Options) (*List, error) {
	if opts == nil || opts.Ended == nil && opts.SessionEnded == nil {
		return nil, fmt.Errorf("%w: neither Ended nor SessionEnded is set", saltine.ErrInvalidOption)
	}
	o := *opts
	if o.Staleness < 0 || o.MaxEntries < 0 || o.WriteDelay < 0 {
		return nil, fmt.Errorf("%w: Staleness, MaxEntries or WriteDelay is negative", saltine.ErrInvalidOption)
	}
	if o.WriteDelay == 0 {
		o.WriteDelay = DefaultWriteDelay
	}
	if o.User == nil {
		o.User = djangoUser
	}
	if o.MaxEntries == 0 {
		o.MaxEntries = DefaultMaxEntries
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &List{opts: o, users: newCache[time.Time](&o), ids: newCache[bool](&o)}, nil
}

// djangoUser also knows a number, which others than Django may have stored: nobody may be
// signed in whom the list does not see.
func djangoUser(s *saltine.Session) string {
	user := s.Get("_auth_user_id")
	if user == nil {
		return ""
	}
	return fmt.Sprint(user)
}

// identifier is where [Mark] puts the identifier of a session.
const identifier saltine.Field[string] = "_saltine_id"

// Mark gives the session a random identifier of its own, and returns it: call it when
// somebody signs in, and keep the identifier with what you show as "your devices". A
// session that has one gets another. It is no secret that opens anything.
func Mark(s *saltine.Session) string {
	id := rand.Text()
	identifier.Set(s, id)
	return id
}

// ID returns the identifier that [Mark] gave the session, or "".
func ID(s *saltine.Session) string {
	id, _ := identifier.Get(s)
	return id
}

// Check is a guard for sessionhttp.Options, [saltine.Session.Guard] and
// sessioncookie.Exchange. The error is of kind [saltine.ErrRevoked] for a session that
// was ended, or [saltine.ErrUnavailable] where a look-up failed.
func (l *List) Check(s *saltine.Session) error {
	if user := l.opts.User(s); user != "" && l.opts.Ended != nil {
		ended, err := ask(l, s, l.users, user, l.opts.Ended)
		if err != nil {
			return err
		}
		switch signed := s.Verification().SignedAt; {
		case ended.IsZero():
		case signed.IsZero():
			return fmt.Errorf("%w: revocation: the store keeps no time of saving, which Ended needs: use SessionEnded and Mark", saltine.ErrUnavailable)
		case !signed.After(ended):
			return saltine.ErrRevoked
		}
	}
	if id := ID(s); id != "" && l.opts.SessionEnded != nil {
		ended, err := ask(l, s, l.ids, id, l.opts.SessionEnded)
		if err != nil {
			return err
		}
		if ended {
			return saltine.ErrRevoked
		}
	}
	return nil
}

// Forget drops what this process remembers of a user: call it after you have ended his
// sessions.
func (l *List) Forget(user string) { l.users.forget(user) }

// ForgetSession drops what this process remembers of a session: call it after you have
// ended it.
func (l *List) ForgetSession(id string) { l.ids.forget(id) }

// ask returns the answer for key, from memory or by a look-up, and keeps the session
// from being signed with a time that a sign-out may have which the answer misses.
func ask[T any](l *List, s *saltine.Session, c *cache[T], key string, lookUp func(context.Context, string) (T, error)) (T, error) {
	now := l.opts.Now() // before the look-up: what happens during it is not seen
	if a, ok := c.find(key, now); ok {
		l.signNotAfter(s, a.asked)
		return a.value, nil
	}
	began := c.begin()
	value, err := lookUp(s.Context(), key)
	if err == nil {
		l.signNotAfter(s, now)
		c.keep(key, answer[T]{value, now}, began, l.opts.Now())
		return value, nil
	}
	if l.opts.OnError != nil {
		l.opts.OnError(s.Context(), err)
	}
	// A visitor who goes away cancels the look-up: that must not open anything.
	if l.opts.FailOpen && s.Context().Err() == nil {
		// Nobody knows, so nothing may look newer than it is.
		s.SignNotAfter(s.Verification().SignedAt)
		var zero T
		return zero, nil
	}
	return value, fmt.Errorf("%w: revocation: %w", saltine.ErrUnavailable, err)
}

// signNotAfter is about a session that was accepted by what was asked at a time. With the
// time that it has it may be signed again: what refuses that refuses this.
func (l *List) signNotAfter(s *saltine.Session, asked time.Time) {
	t := asked.Add(-l.opts.WriteDelay)
	if signed := s.Verification().SignedAt; signed.After(t) {
		t = signed
	}
	s.SignNotAfter(t)
}

// answer is what a look-up found, and when it was asked.
type answer[T any] struct {
	value T
	asked time.Time
}

// cache keeps answers for a while.
type cache[T any] struct {
	staleness  time.Duration
	maxEntries int

	mu        sync.Mutex
	answers   map[string]answer[T]
	forgotten uint64 // how often something was forgotten
}

func newCache[T any](o *Options) *cache[T] {
	return &cache[T]{staleness: o.Staleness, maxEntries: o.MaxEntries, answers: map[string]answer[T]{}}
}

func (c *cache[T]) find(key string, now time.Time) (answer[T], bool) {
	if c.staleness == 0 {
		return answer[T]{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.answers[key]
	return a, ok && c.isFresh(a, now)
}

func (c *cache[T]) isFresh(a answer[T], now time.Time) bool {
	age := now.Sub(a.asked)
	return age >= 0 && age < c.staleness
}

// begin returns a mark for keep: an answer that was asked for before something was
// forgotten is not kept after it.
func (c *cache[T]) begin() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.forgotten
}

// keep keeps an answer, unless something was forgotten since began, or a later look-up was
// quicker. An answer from the future is none: the clock was set back.
func (c *cache[T]) keep(key string, a answer[T], began uint64, now time.Time) {
	if c.staleness == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.answers[key]; c.forgotten != began || ok && old.asked.After(a.asked) && c.isFresh(old, now) {
		return
	}
	if len(c.answers) >= c.maxEntries {
		c.makeRoom(a.asked)
	}
	c.answers[key] = a
}

// makeRoom drops what is stale, and everything if that is not enough.
func (c *cache[T]) makeRoom(now time.Time) {
	for key, a := range c.answers {
		if !c.isFresh(a, now) {
			delete(c.answers, key)
		}
	}
	if len(c.answers) >= c.maxEntries {
		clear(c.answers)
	}
}

func (c *cache[T]) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgotten++
	delete(c.answers, key)
}
