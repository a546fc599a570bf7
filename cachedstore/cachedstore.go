// Package cachedstore keeps sessions in one Backend, such as a table, and a copy of each
// in a second one, such as Redis, which answers first.
//
//	rows, err := sqlstore.New(db, sqlstore.PostgreSQL, data, nil)
//	…
//	cache, err := redisstore.New(client, &redisstore.Options{CachedDB: true})
//	…
//	backend, err := cachedstore.New(rows, cache, &cachedstore.Options{OnCacheError: report})
//	…
//	store, err := saltine.NewServerStore(backend, nil)
//
// What the cache says is believed: the row is not looked at, not even for its end. A row
// that is deleted by hand therefore answers from the cache until its entry ends.
//
// A cache that fails costs no session: reads go to the rows. Saves and deletes return an
// error where the cache can neither take the session nor drop its entry. The row has
// changed then, but the older entry would answer as soon as the cache does, and the next
// save would write it over the row.
//
// So while the cache is down sessions can be read, and not saved. If that may take long,
// make the store over the rows alone, and empty the cache before it comes back.
//
// Django: the engine cached_db, which since 5.1 logs a cache that fails at a save. Beyond
// Django, a cache that fails where it is filled after a read is no error, an entry that
// cannot be replaced is deleted, and a session that is deleted while somebody reads or
// saves it does not come back by way of the cache.
package cachedstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/djangocache"
)

// Options are the settings of a [Backend]. The zero value, and a nil *Options, is the
// defaults.
type Options struct {
	// OnCacheError is told of each failure of the cache that no request fails for, but
	// not of requests that were cancelled. It must be safe for concurrent use. The error
	// holds no key and no value.
	OnCacheError func(ctx context.Context, err error)
}

// Backend keeps sessions in two others. It is immutable and safe for concurrent use.
type Backend struct{ *hidden }

// hidden is a second pointer to the backends: inside another struct fmt follows one,
// where the verb does not fit pointers, and never two.
type hidden struct{ *backends }

type backends struct {
	rows, cache saltine.Backend
	report      func(ctx context.Context, err error)
}

var _ saltine.Backend = (*Backend)(nil)

// New returns a Backend over the one that has every session, and the one that has copies.
// The error is of kind [saltine.ErrInvalidOption], also for a cache of redisstore or
// memcachestore whose keys are those of Django's engine cache: Django would not see what
// is deleted here.
func New(rows, cache saltine.Backend, opts *Options) (*Backend, error) {
	if rows == nil || cache == nil {
		return nil, djangocache.InvalidOption("cachedstore: a Backend is nil")
	}
	if c, ok := cache.(interface{ SessionPrefix() string }); ok && c.SessionPrefix() == djangocache.CachePrefix {
		return nil, djangocache.InvalidOption("cachedstore: the cache has the keys of the engine cache: set its option CachedDB")
	}
	b := &backends{rows: rows, cache: cache, report: func(context.Context, error) {}}
	if opts != nil && opts.OnCacheError != nil {
		b.report = opts.OnCacheError
	}
	return &Backend{&hidden{b}}, nil
}

// Format writes the type's name only, whatever the verb: a Backend may hold sessions.
func (*Backend) Format(f fmt.State, _ rune) {
	io.WriteString(f, "cachedstore.Backend([redacted])") //nolint:errcheck // fmt's own state does not fail
}

// failed reports a failure of the cache, if it is one: not where the request was cancelled.
func (b *backends) failed(ctx context.Context, doing string, err error) {
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		b.report(ctx, fmt.Errorf("cachedstore: %s: %w", doing, err))
	}
}

// Load implements [saltine.Backend]: the cache's session, or else that of the row, which
// the cache gets for the whole seconds that it is still good: its Age, or the time until
// it Expires where the rows leave Age zero.
//
// Django: load.
func (b *Backend) Load(ctx context.Context, key string) (saltine.Record, error) {
	if err := ctx.Err(); err != nil {
		return saltine.Record{}, err
	}
	r, cacheErr := b.cache.Load(ctx, key)
	if cacheErr == nil {
		return r, nil
	}
	if !missing(cacheErr) {
		b.failed(ctx, "load", cacheErr)
	}
	r, err := b.rows.Load(ctx, key)
	if err != nil {
		return r, err
	}
	copied := r
	copied.Age = cmp.Or(r.Age, time.Until(r.Expires)).Truncate(time.Second)
	if copied.Age <= 0 || !errors.Is(cacheErr, saltine.ErrNoSession) { // a cache that fails is not asked twice
		return r, nil
	}
	there, err := b.refill(ctx, key, copied, !missing(cacheErr))
	b.failed(ctx, "fill after a read", err)
	if !there {
		return saltine.Record{}, saltine.ErrNoSession
	}
	return r, nil
}

// missing reports whether an error says that there is no entry, and not that the entry
// cannot be read.
func missing(err error) bool {
	return errors.Is(err, saltine.ErrNoSession) && !errors.Is(err, saltine.ErrMalformed) && !errors.Is(err, saltine.ErrTooLarge)
}

// refill puts a record that was read from its row into the cache, and returns whether the
// row is still there. An entry that somebody saved meanwhile is newer and stays; one that
// cannot be read goes.
func (b *backends) refill(ctx context.Context, key string, r saltine.Record, unreadable bool) (there bool, err error) {
	err = b.cache.Create(ctx, key, r)
	switch taken := errors.Is(err, saltine.ErrKeyTaken); {
	case taken && unreadable: // by the entry, or by a newer one: the next read fills it again
		return true, b.cache.Delete(ctx, key)
	case taken:
		return true, nil
	case err != nil:
		return true, err
	}
	return b.recheck(ctx, key)
}

// recheck looks after an entry was made whether its row is still there. Whoever deletes
// the row after this look deletes the entry, too.
func (b *backends) recheck(ctx context.Context, key string) (there bool, err error) {
	there, err = b.rows.Exists(ctx, key)
	if there {
		return true, nil
	}
	ctx, cancel := finish(ctx)
	defer cancel()
	return err != nil, errors.Join(err, b.cache.Delete(ctx, key))
}

// finish returns a context for what the cache must hear of although the request has ended:
// the row has changed.
func finish(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}

// Create implements [saltine.Backend]: the row, then the cache. The error is also that of
// a cache that can neither take the session nor drop an older entry.
//
// Django: save(must_create=True).
func (b *Backend) Create(ctx context.Context, key string, r saltine.Record) error {
	if err := b.rows.Create(ctx, key, r); err != nil {
		return err
	}
	ctx, cancel := finish(ctx)
	defer cancel()
	return b.stale(ctx, key, b.fill(ctx, key, r))
}

// Update implements [saltine.Backend]: the row, then the cache. The error is also that of
// a cache that can neither take the session nor drop the older entry.
//
// Django: save.
func (b *Backend) Update(ctx context.Context, key string, r saltine.Record) error {
	if err := b.rows.Update(ctx, key, r); err != nil {
		return err
	}
	ctx, cancel := finish(ctx)
	defer cancel()
	return b.stale(ctx, key, b.replace(ctx, key, r))
}

// replace puts a record that was saved into the cache. Where there is no entry, it has
// ended, or somebody is deleting the session.
func (b *backends) replace(ctx context.Context, key string, r saltine.Record) error {
	err := b.cache.Update(ctx, key, r)
	if errors.Is(err, saltine.ErrNoSession) {
		return b.fill(ctx, key, r)
	}
	return err
}

// fill makes an entry of a record that was saved, if its row is still there.
func (b *backends) fill(ctx context.Context, key string, r saltine.Record) error {
	err := b.cache.Create(ctx, key, r)
	switch {
	case errors.Is(err, saltine.ErrKeyTaken): // by a read of what was there before, or without a row
		return b.cache.Update(ctx, key, r)
	case err != nil:
		return err
	}
	_, err = b.recheck(ctx, key)
	return err
}

// stale takes a failure to fill the cache after a save, and deletes the entry: what it
// holds is older than the row.
func (b *backends) stale(ctx context.Context, key string, err error) error {
	if err == nil || errors.Is(err, saltine.ErrNoSession) {
		return nil
	}
	if err := b.forget(ctx, key, "saved"); err != nil {
		return err
	}
	b.failed(ctx, "save", err)
	return nil
}

// forget deletes an entry after what was done to its row.
func (b *backends) forget(ctx context.Context, key, done string) error {
	if err := b.cache.Delete(ctx, key); err != nil {
		return fmt.Errorf("cachedstore: the row is %s and the cache's entry is not: %w", done, err)
	}
	return nil
}

// Delete implements [saltine.Backend]: the row, then the entry. The error is also that of
// the cache, which would go on to answer.
//
// Django: delete; the main branch of August 2026 logs a failure of the cache.
func (b *Backend) Delete(ctx context.Context, key string) error {
	if err := b.rows.Delete(ctx, key); err != nil {
		return err
	}
	ctx, cancel := finish(ctx)
	defer cancel()
	return b.forget(ctx, key, "deleted")
}

// Exists implements [saltine.Backend]: an entry, or else a row.
//
// Django: exists.
func (b *Backend) Exists(ctx context.Context, key string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	exists, err := b.cache.Exists(ctx, key)
	if err == nil && exists {
		return true, nil
	}
	b.failed(ctx, "exists", err)
	return b.rows.Exists(ctx, key)
}

// ClearExpired implements [saltine.Backend]. A failure of the cache is reported.
//
// Django: clear_expired, of the rows alone.
func (b *Backend) ClearExpired(ctx context.Context) error {
	b.failed(ctx, "clear expired", b.cache.ClearExpired(ctx))
	return b.rows.ClearExpired(ctx)
}
