package mutants_test

var cacheStoreMutants = []mutant{
	{
		file: "cachedstore/cachedstore.go", name: "deleted while it is read",
		old: `	there, err = b.rows.Exists(ctx, key)
	if there {`, new: `	there, err = true, nil
	if there {`,
		reason: "a session comes back from the cache after its logout",
	},
	{
		file: "cachedstore/cachedstore.go", name: "deleted while it is made",
		old: `	_, err = b.recheck(ctx, key)
	return err`, new: `	return nil`,
		reason: "a session that moves to a new store comes back from the cache after its logout",
	},
	{
		file: "cachedstore/cachedstore.go", name: "logout that the cache did not hear of",
		old: `	if err := b.cache.Delete(ctx, key); err != nil {`, new: `	if err := b.cache.Delete(ctx, key); err != nil && b.rows == nil {`,
		reason: "a logout looks well, and the session goes on",
	},
	{
		file: "cachedstore/cachedstore.go", name: "older entry stays",
		old: `	if err := b.forget(ctx, key, "saved"); err != nil {`, new: `	if err := error(nil); err != nil {`,
		reason: "rights that were taken from a session are back at the next read",
	},
	{
		file: "cachedstore/cachedstore.go", name: "save that the cache did not hear of",
		old: `	return b.stale(ctx, key, b.replace(ctx, key, r))`, new: `	b.failed(ctx, "save", b.stale(ctx, key, b.replace(ctx, key, r)))
	return nil`,
		reason: "rights that were taken while the cache was down are back, and the next save writes them to the row",
	},
	{
		file: "cachedstore/cachedstore.go", name: "request that ends",
		old: `context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)`, new: `context.WithTimeout(ctx, 5*time.Second)`,
		reason: "a visitor who closes the connection keeps the session that was to be deleted",
	},
	{
		file: "cachedstore/cachedstore.go", name: "read overwrites",
		old: `	case taken && unreadable:`, new: `	case taken:`,
		reason: "a save is lost to a read that began before it",
		tests:  "cachedstore",
	},
	{
		file: "cachedstore/cachedstore.go", name: "copy outlives its row",
		old: `time.Until(r.Expires)).Truncate(time.Second)`, new: `time.Until(r.Expires)).Round(time.Minute) + time.Minute`,
		reason: "a session goes on after its end",
	},
	{
		file: "cachedstore/cachedstore.go", name: "keys of the engine cache",
		old: `c.SessionPrefix() == djangocache.CachePrefix`, new: `c.SessionPrefix() == ""`,
		reason: "Django deletes its entry, and goes on to believe the one of Go",
	},
	{
		file: "cachedstore/cachedstore.go", name: "cache alone",
		old: `	if err := b.rows.Update(ctx, key, r); err != nil {
		return err
	}`, new: `	if err := b.rows.Update(ctx, key, r); err != nil && b.cache == nil {
		return err
	}`,
		reason: "a session that was deleted is saved",
	},
	{
		file: "internal/djangocache/djangocache.go", name: "unreadable entry is a session",
		old: `	return fmt.Errorf("%w: the cache's entry cannot be read: %w", saltine.ErrNoSession, err)`, new: `	return err`,
		reason: "what another program keeps there is written over",
	},
	{
		file: "internal/djangocache/djangocache.go", name: "one engine's keys for both",
		old: `	if k.CachedDB {`, new: `	if k.CachedDB && k.SessionPrefix != "" {`,
		reason: "Django does not see what is saved and deleted here",
	},
	{
		file: "internal/djangocache/djangocache.go", name: "no limit",
		old: `	if size > limit {`, new: `	if size > 1000*limit {`,
		reason: "an entry of any size is unpacked and parsed",
	},
	{
		file: "values.go", name: "foreign value dropped",
		old: `		if foreign && !options.KeepForeign || errors.Is(m.Err, pickle.ErrRecursive) {`, new: `		if foreign && options.KeepForeign || errors.Is(m.Err, pickle.ErrRecursive) {`,
		reason: "values of unknown Python classes are written without having been asked for",
	},
	{
		file: "values.go", name: "old pickle of a new value",
		old: `		delete(v.pickled, v.members[i].RawKey)
	}`, new: `	}`,
		reason: "what a program sets is lost, and the old value stays",
	},
	{
		file: "values.go", name: "Python types as JSON",
		old: `		if p := v.pickled[m.RawKey]; p.Err != nil {`, new: `		if p := v.pickled[m.RawKey]; p.Err != nil && p.Raw == "" {`,
		reason: "a date becomes a text for good, without a word",
	},
}
