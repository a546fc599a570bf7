package mutants_test

var serverStoreMutants = []mutant{
	{
		file: "moving.go", name: "one look at the new store",
		old: `	return m.Store.read(s) // another request may have moved it between the two looks`, new: `	return err`,
		reason: "a visitor of two requests is signed out while his session moves",
	},
	{
		file: "moving.go", name: "moved after a logout",
		old: `	if err == nil && !exists {`, new: `	if err == nil && !exists && false {`,
		reason: "a session that moves comes back after its logout",
	},
	{
		file: "moving.go", name: "logout in the wrong order",
		old: `	s.moving = false // there is nothing left to move
`, new: `	s.moving = false // there is nothing left to move
	if err := m.Store.remove(s); err != nil {
		return err
	}
`,
		reason: "a session that moves comes back after its logout",
	},
	{
		file: "moving.go", name: "logout of the new store alone",
		old: `	if err := m.deleteOld(s, oldKey(s)); err != nil {`, new: `	if err := m.deleteOld(s, s.movedKey); err != nil {`,
		reason: "the old store has the session still",
	},
	{
		file: "moving.go", name: "retired after a logout",
		old: `		return ErrInterrupted // somebody signed out`, new: `		return nil`,
		reason: "a session that moves into a cookie comes back after its logout",
	},
	{
		file: "moving.go", name: "the old key opens what it opened before the sign-in",
		old: `	if err := m.deleteOld(s, old); err != nil {`, new: `	if err := m.deleteOld(s, old[:0]); err != nil {`,
		reason: "whoever planted the old key is signed in too",
	},
	{
		file: "moving.go", name: "what was refused is dropped",
		old: `	case m.oldServer != nil: // its record stays, until something is saved in its place`, new: `	case false:`,
		reason: "a mere look loses a session that a setting keeps from being read",
	},
	{
		file: "moving.go", name: "no end",
		old: `func (m *moving) asksOld() bool { return m.Now().Before(m.until) }`, new: `func (m *moving) asksOld() bool { return true }`,
		reason: "sessions of a store that should be gone open for ever",
	},
	{
		file: "moving.go", name: "expired cookies are unknown",
		old: ` || errors.Is(err, ErrBadSignature) && !errors.Is(err, ErrSignatureExpired)`, new: ` || errors.Is(err, ErrBadSignature)`,
		reason: "an old store with a longer age opens what has expired",
	},
	{
		file: "moving.go", name: "retire before the cookie is made",
		old: `	old := s.key
	s.key = ""`, new: `	old := s.key
	if m.oldServer != nil {
		m.retire(s)
	}
	s.key = ""`,
		reason: "a session too large for a cookie is lost",
	},
	{
		file: "moving.go", name: "the row stays",
		old: `	err := m.oldServer.keepFor(s, left, Backend.Update)`, new: `	_, err := left, m.oldServer.keep(s, Backend.Update)`,
		reason: "the old key opens the session for two weeks",
	},
	{
		file: "moving.go", name: "the minute is renewed",
		old: `	if !s.ends.IsZero() {`, new: `	if false {`,
		reason: "a thief keeps the session by coming again",
	},
	{
		file: "moving.go", name: "the old key after a move into a cookie is forgotten",
		old: `	s.key, s.movedKey = kept, old`, new: `	s.key = kept`,
		reason: "a logout in the same request leaves the old record",
	},
	{
		file: "moving.go", name: "the old key after a sign-in that failed is forgotten",
		old: `	s.moving, s.movedKey = false, old // for a logout, if what follows fails`, new: `	s.moving = false`,
		reason: "a logout in the same request leaves the old record",
	},
	{
		file: "moving.go", name: "a session too long for a cookie moves",
		old: `	if m.server == nil && len(token) > maxMoved {`, new: `	if false {`,
		reason: "its record ends, and no browser takes the cookie",
	},
	{
		file: "cookie_store.go", name: "a session belongs to the store inside",
		old: `	if err := c.sign(s, s.stamp(c.Now())); err != nil {
		return err
	}
	s.modified = true`, new: `	if err := c.sign(s, s.stamp(c.Now())); err != nil {
		return err
	}
	s.store, s.modified = c, true`,
		reason: "a logout after the second save leaves the old record",
	},
	{
		file: "moving.go", name: "cycle the new store first",
		old: `	s.moving, s.movedKey = false, old // for a logout, if what follows fails
	if err := m.deleteOld(s, old); err != nil {
		return err
	}
	if m.server == nil || key == "" {
		return nil
	}
	return m.server.Delete(s.Context(), key)`, new: `	s.moving, s.movedKey = false, old // for a logout, if what follows fails
	if m.server != nil && key != "" {
		if err := m.server.Delete(s.Context(), key); err != nil {
			return err
		}
	}
	return m.deleteOld(s, old)`,
		reason: "a session that moves comes back under the key that a sign-in should end",
	},
	{
		file: "moving.go", name: "Clear does not know where from",
		old: `	s.store, s.readFirst = m, true`, new: `	s.store = m`,
		reason: "the old key opens what was there before",
	},
	{
		file: "moving.go", name: "what cannot be read is unknown",
		old: `		s.moving = true // it is there, and cannot be read`, new: ``,
		reason: "a mere look replaces the cookie of a session that a setting keeps from being read",
	},
	{
		file: "internal/pickle/read.go", name: "calls copy for nothing",
		old: `	if d.copied > 16*len(d.data) {`, new: `	if d.copied < 0 {`,
		reason: "a pickle of 300 KB takes gigabytes",
	},
	{
		file: "server_store.go", name: "every key asked for",
		old: `	return st.validKey(key), nil`, new: `	return true, nil`,
		reason: "junk from cookies reaches the engine: NUL, paths, capitals",
	},
	{
		file: "server_store.go", name: "longer keys",
		old: `len(key) <= 40 &&`, new: `len(key) <= 4000 &&`,
		reason: "an engine cuts off what its column does not hold",
	},
	{
		file: "server_store.go", name: "unknown key adopted",
		old: `	case errors.Is(err, ErrNoSession), errors.Is(err, ErrRevoked), errors.Is(err, ErrSignatureExpired):
		s.key = ""`, new: `	case errors.Is(err, ErrRevoked), errors.Is(err, ErrSignatureExpired):
		s.key = ""`,
		reason: "a visitor saves under a key that somebody else planted",
	},
	{
		file: "server_store.go", name: "revoked key kept",
		old: `errors.Is(err, ErrNoSession), errors.Is(err, ErrRevoked), errors.Is(err, ErrSignatureExpired):
		s.key`, new: `errors.Is(err, ErrNoSession), errors.Is(err, ErrSignatureExpired):
		s.key`,
		reason: "a session that was refused is saved over, under the key that a thief has",
	},
	{
		file: "server_store.go", name: "outlived key kept",
		old: `errors.Is(err, ErrRevoked), errors.Is(err, ErrSignatureExpired):`, new: `errors.Is(err, ErrRevoked):`,
		reason: "after its absolute lifetime a key goes on",
	},
	{
		file: "server_store.go", name: "large row saved over",
		old: `		s.unreadable = err`, new: `		_ = err`,
		reason: "a session that Django can read is lost",
	},
	{
		file: "server_store.go", name: "failure is no session",
		old: `	default:
		return unavailable(err)
	}
	if r.hidden`, new: `	default:
		return ErrNoSession
	}
	if r.hidden`,
		reason: "while the database is away everybody is signed out, and sessions are saved anew",
	},
	{
		file: "server_store.go", name: "deleted session saved anew",
		old: `	err := st.keep(s, Backend.Update)
	if errors.Is(err, ErrNoSession) {
		return ErrInterrupted
	}`, new: `	err := st.keep(s, Backend.Update)
	if errors.Is(err, ErrNoSession) {
		return st.create(s)
	}`,
		reason: "a session comes back after its logout",
	},
	{
		file: "server_store.go", name: "unknown key saved at once",
		old: `		s.key = st.newKey()
		return ErrInterrupted`, new: `		return st.create(s)`,
		reason: "Django answers 400, and so must Go",
	},
	{
		file: "server_store.go", name: "taken key overwritten",
		old: `		err := st.keep(s, Backend.Create)`, new: `		err := st.keep(s, Backend.Update)`,
		reason: "a new session takes over another",
	},
	{
		file: "server_store.go", name: "retries for ever",
		old: `	for range maxTries {`, new: `	for range maxTries * 1000 {`,
		reason: "an engine that is broken holds every request",
	},
	{
		file: "server_store.go", name: "old key good after a sign-in",
		old: `	return st.Delete(s.Context(), old)`, new: `	return nil`,
		reason: "session fixation",
	},
	{
		file: "server_store.go", name: "failed delete of the old key hidden",
		old: `	return st.Delete(s.Context(), old)`, new: `	_ = st.Delete(s.Context(), old)
	return nil`,
		reason: "nobody learns that the old key is good",
	},
	{
		file: "server_store.go", name: "unread session saved over",
		old: `	if err := s.check(); err != nil {
		return err
	}
	if ask`, new: `	if err := s.values.check(); err != nil {
		return err
	}
	if ask`,
		reason: "what could not be read is replaced by nothing",
	},
	{
		file: "server_store.go", name: "absolute lifetime not checked",
		old: `	return s.checkBorn(st.Now())`, new: `	return nil`,
		reason: "a stolen key is renewed for ever",
	},
	{
		file: "server_store.go", name: "absolute lifetime not passed on",
		old: `		r.Expires = now.Add(left)`, new: `		_ = left`,
		reason: "a Django keeps the session beyond its life",
	},
	{
		file: "server_store.go", name: "biased keys",
		old: `			if int(b) >= even {`, new: `			if int(b) > 255 {`,
		reason: "some keys are likelier",
	},
	{
		file: "server_store.go", name: "short keys",
		old: `	const length = 32`, new: `	const length = 8`,
		reason: "keys can be guessed",
	},
	{
		file: "server_store.go", name: "guard's time not kept",
		old: `		Saved:   s.stamp(now),`, new: `		Saved:   now,`,
		reason: "a slow request outlives a sign-out everywhere",
	},
	{
		file: "server_store.go", name: "record prints",
		old: `func (Record) Format(f fmt.State, _ rune) { formatName(f, "saltine.Record") }`, new: ``,
		reason: "sessions in logs",
	},
	{
		file: "server_store.go", name: "large text decoded",
		old: `	err := checkSize("token", len(data), d.MaxTokenLen())`, new: `	err := checkSize("token", len(data), 1<<30)`,
		reason: "the beginning of a large row counts as junk, and is saved over",
	},
	{
		file: "sqlstore/dialect.go", name: "any identifier",
		old: `|| strings.Trim(identifier, identifierChars) != ""`, new: ``,
		reason: "an option injects SQL",
	},
	{
		file: "sqlstore/sqlstore.go", name: "other writer's expired row",
		old: `	if !expires.After(now.Truncate(time.Microsecond)) {`, new: `	if expires.IsZero() {`,
		reason: "a text of another form is good beyond its end",
	},
	{
		file: "sqlstore/sqlstore.go", name: "read of the past",
		old: `q.add(" FOR UPDATE")`, new: `q`,
		reason: "in a transaction a deleted session seems to be saved",
	},
	{
		file: "sqlstore/sqlstore.go", name: "NUL in a key",
		old: ` && !strings.Contains(key, "\x00")`, new: ``,
		reason: "a cookie ends the caller's transaction",
	},
	{
		file: "sqlstore/sqlstore.go", name: "length below zero",
		old: `min(b.data.MaxTokenLen(), most-1)+1`, new: `b.data.MaxTokenLen()+1`,
		reason: "with the largest limit no row can be read",
	},
	{
		file: "sqlstore/sqlstore.go", name: "index without its schema",
		old: `	if b.dialect == SQLite && found {`, new: `	if b.dialect == SQLite && !found {`,
		reason: "a table in a schema gets no index on SQLite",
	},
	{
		file: "filestore/filestore.go", name: "name before the session",
		old: `	err := link(beside, path)`, new: `	err := errors.ErrUnsupported`,
		reason: "a reader gets an empty session while it is made",
	},
	{
		file: "filestore/filestore.go", name: "date beyond the end",
		old: `	if date, ok := r.Get(expiryName).(string); ok {`, new: `	if date, ok := r.Get(expiryName).(string); ok && b == nil {`,
		reason: "a session that has moved lives on",
	},
	{
		file: "filestore/filestore.go", name: "no folder, no session",
		old: `	if _, err := os.Stat(b.folder); err != nil {`, new: `	if _, err := os.Stat(b.folder); err != nil && b == nil {`,
		reason: "a disk that is not there signs everybody out",
	},
	{
		file: "filestore/filestore.go", name: "length below zero",
		old: `math.MaxInt64-1)`, new: `math.MaxInt64)`,
		reason: "with the largest limit every session is empty",
	},
	{
		file: "filestore/filestore.go", name: "any key is a path",
		old: `|| strings.Trim(key, keyChars) != "" {`, new: `{`,
		reason: "a cookie names any file",
	},
	{
		file: "filestore/filestore.go", name: "any cookie name is a path",
		old: ` || strings.Trim(b.prefix, nameChars) != ""`, new: ``,
		reason: "files land in another folder",
	},
	{
		file: "filestore/filestore.go", name: "key in errors",
		old: `		return fmt.Errorf("filestore: %s: %w", path.Op, path.Err)`, new: `		return path`,
		reason: "session keys in logs",
	},
	{
		file: "filestore/filestore.go", name: "seconds without end",
		old: `	if left < time.Second {`, new: `	if left < -time.Hour*1e6 {`,
		reason: "sessions never end",
	},
	{
		file: "filestore/filestore.go", name: "symbolic links read",
		old: `	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err`, new: `	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err`,
		reason: "a link in the folder shows a file from elsewhere",
	},
	{
		file: "filestore/filestore.go", name: "no lock",
		old: `	unlock, err := lockFolder(b.folder)`, new: `	unlock, err := func() {}, error(nil)`,
		reason: "a deleted session comes back",
	},
	{
		file: "memorystore/memorystore.go", name: "no bound",
		old: `	for len(b.sessions) > b.maxSessions {`, new: `	for len(b.sessions) > 1<<30 {`,
		reason: "visitors fill the memory",
	},
	{
		file: "memorystore/memorystore.go", name: "deleted session put back",
		old: `	if _, ok := b.sessions[key]; ok != present {`, new: `	if _, ok := b.sessions[key]; ok && !present {`,
		reason: "a session comes back after its logout",
	},
}
