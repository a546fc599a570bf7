package mutants_test

var payloadMutants = []mutant{
	{
		file: "envelope.go", name: "no limit on inflating",
		old: `zlib.AppendDecompress(dst, *scratch, e.maxPayload)`, new: `zlib.AppendDecompress(dst, *scratch, 1<<40)`,
		reason: "a zip bomb goes off",
	},
	{
		file: "envelope.go", name: "no limit on plain payloads",
		old: `pybase64.DecodedLen(len(text)), e.maxPayload)`, new: `pybase64.DecodedLen(len(text)), e.maxPayload<<20)`,
		reason: "the limit holds for half of the payloads",
	},
	{
		file: "envelope.go", name: "decode before the limit",
		old: `	if err := checkSize("payload", pybase64`, new: `	*scratch, _ = pybase64.AppendDecode((*scratch)[:0], text)
	if err := checkSize("payload", pybase64`,
		reason: "memory beyond the limit",
	},
	{
		file: "envelope.go", name: "no limit on writing",
		old: `checkSize("payload", len(payload), e.maxPayload)`, new: `checkSize("payload", len(payload), e.maxPayload<<20)`,
		reason: "what was signed cannot be read",
	},
	{
		file: "envelope.go", name: "decode into the target and fail",
		old: `	out, err := pybase64.AppendDecode(dst, text)
	if err != nil {
		return dst, malformed(err)`, new: `	out, err := pybase64.AppendDecode(dst, text)
	if err != nil {
		return append(dst, 0), malformed(err)`,
		reason: "bytes beside an error",
	},
	{
		file: "serializer.go", name: "JSON is not checked",
		old: `	if err := pyjson.Check(text); err != nil {
		return unreadable(text, err)
	}`, new: ``,
		reason: "damage is read as something",
	},
	{
		file: "serializer.go", name: "repeat the payload in an error",
		old: `%v was asked for", ErrWrongType, kindName(text), t.Elem())`, new: `%v was asked for: %v", ErrWrongType, kindName(text), t.Elem(), err)`,
		reason: "a payload in a log",
	},
	{
		file: "values.go", name: "save what cannot be written",
		old: `if len(v.invalid) == 0 {`, new: `if len(v.invalid) >= 0 {`,
		reason: "a value becomes null in silence",
	},
	{
		file: "values.go", name: "signing out keeps the data",
		old: `func (v *values) clear() { v.replace(nil) }`, new: `func (v *values) clear() { v.invalid = nil }`,
		reason: "the user stays signed in",
	},
	{
		file: "values.go", name: "share the values of another session",
		old: `members: slices.Clone(v.all())`, new: `members: v.all()`,
		reason: "one session changes another",
	},
	{
		file: "values.go", name: "twins in the table",
		old: `if v.places != nil && len(v.places) == v.len() {`, new: `if v.places != nil {`,
		reason: "of two values with one name the second is lost with the first",
	},
	{
		file: "values.go", name: "removed values are saved",
		old: `	if v.removed > 0 {`, new: `	if v.removed > 10 {`,
		reason: "what was deleted goes out again, or the JSON is broken",
	},
	{
		file: "values.go", name: "half a change",
		old: `	e := encode(name, value)`, new: `	null := encode(name, nil)
	v.put(&null)
	e := encode(name, value)`,
		reason: "a marshaler that panics leaves what nobody set",
	},
	{
		file: "values.go", name: "half an update",
		old: `all[i] = encode(name, object[name])`, new: `all[i] = encode(name, object[name])
		v.put(&all[i])`,
		reason: "a marshaler that panics leaves what nobody set",
	},
	{
		file: "values.go", name: "any name",
		old: `	if nameErr != nil {`, new: `	if nameErr == nil && name == "" {`,
		reason: "Python reads another name than was set",
	},
}

var storeMutants = []mutant{
	{
		file: "cookie_store.go", name: "session beside an error",
		old: `	if err := c.read(s); err != nil {
		return nil, err`, new: `	if err := c.read(s); err != nil {
		return s, err`,
		reason: "a caller who forgets the error has a forged session",
	},
	{
		file: "cookie_store.go", name: "lenient by default",
		old: `o.ExpiryPolicy,`, new: `[]ExpiryPolicy{ExpiryCookieAge, ExpiryCookieAge, ExpirySession, 3}[min(o.ExpiryPolicy, 3)],`,
		reason: "the default is not the strictest",
	},
	{
		file: "cookie_store.go", name: "short key",
		old: `if n == minKeyChars {`, new: `if n == minKeyChars+1 {`,
		reason: "Django takes it for a cookie",
	},
	{
		file: "cookie_store.go", name: "salt of another purpose",
		old: `o.Salt = saltSignedCookies`, new: `o.Salt = saltSessionStore`,
		reason: "a row of the database is good as a cookie",
	},
	{
		file: "cookie_store.go", name: "key of a session that was not saved",
		old: `	if err != nil {
		return withSizes(err, s)
	}
	s.key = token`, new: `	s.key = token
	if err != nil {
		return withSizes(err, s)
	}`,
		reason: "a session loses its cookie",
	},
	{
		file: "cookie_store.go", name: "no age",
		old: `s.key, c.expiry.maxAge())`, new: `s.key, NoMaxAge)`,
		reason: "cookies never expire",
	},
	{
		file: "cookie_store.go", name: "no stored expiry",
		old: `checkStored(stored, `, new: `checkStored(stored[:0], `,
		reason: "a session outlives its own expiry",
	},
	{
		file: "cookie_store.go", name: "any JSON is a session",
		old: `c.expiry.policy == ExpiryCookieAge)`, new: `c.expiry.policy < ExpirySession)`,
		reason: "no session counts as one by default",
	},
	{
		file: "cookie_store.go", name: "destroying keeps the key",
		old: `s.key, s.born = "", time.Time{}`, new: `s.born = time.Time{}`,
		reason: "the cookie stays",
	},
	{
		file: "cookie_store.go", name: "no limit of the clock",
		old: `	if err := c.expiry.checkSkew(token.verification.SignedAt, token.now); err != nil {
		return err
	}`, new: ``,
		reason: "a cookie from the future never expires",
	},
	{
		file: "cookie_store.go", name: "no limit of the clock in Verify",
		old: `if err := c.expiry.checkSkew(v.SignedAt, v.SignedAt.Add(v.Age)); err != nil {`, new: `if err := c.expiry.checkSkew(v.SignedAt, v.SignedAt.Add(v.Age)); err != nil && v.Size == 0 {`,
		reason: "a cookie from the future never expires",
	},
	{
		file: "cookie_store.go", name: "no greatest lifetime",
		old: `	return s.checkBorn(token.now)`, new: `	s.checkBorn(token.now)
	return nil`,
		reason: "a copied cookie is renewed without end",
	},
	{
		file: "cookie_store.go", name: "born before it was destroyed",
		old: `s.key, s.born = "", time.Time{}`, new: `s.key = ""`,
		reason: "a session that was ended lends its age to the next one",
	},
	{
		file: "cookie_store.go", name: "signed later than it may be",
		old: `c.sign(s, s.stamp(c.Now()))`, new: `c.sign(s, c.Now())`,
		reason: "a session that was revoked is signed anew",
	},
	{
		file: "cookie_store.go", name: "signed again with the time of now",
		old: `c.sign(s, v.SignedAt)`, new: `c.sign(s, c.Now())`,
		reason: "a session that is only read never ends",
	},
	{
		file: "cookie_store.go", name: "signed again for a whole life",
		old: `c.expiry.age(v.SignedAt, e) - v.Age`, new: `c.expiry.age(v.SignedAt, e)`,
		reason: "a browser keeps what is no longer good",
	},
	{
		file: "cookie_store.go", name: "signed again beyond the greatest lifetime",
		old: `return min(left, c.expiry.lifetimeLeft(s.born, c.Now())), nil`, new: `return left, nil`,
		reason: "a browser keeps what is no longer good",
	},
	{
		file: "cookie_store.go", name: "unavailable is modified",
		old: `s.modified = s.modified || !errors.Is(err, ErrUnavailable)`, new: `s.modified = s.modified || err != nil`,
		reason: "a cookie is lost because a database was down",
	},
	{
		file: "cookie_store.go", name: "refused is not modified",
		old: `s.modified = s.modified || !errors.Is(err, ErrUnavailable)`, new: `s.modified = s.modified || errors.Is(err, ErrUnavailable)`,
		reason: "a refused cookie stays with the browser",
	},
	{
		file: "cookie_store.go", name: "salt that is not told",
		old: `return c.salt }`, new: `return saltSignedCookies }`,
		reason: "cookies of two purposes are interchangeable",
	},
	{
		file: "session_data.go", name: "old form of no limit",
		old: `if len(data) > d.signer.signer.maxToken ||`, new: `if len(data) > d.signer.signer.maxToken<<20 ||`,
		reason: "it is decoded before it is verified",
	},
	{
		file: "session_data.go", name: "old form of any payload",
		old: `err = checkSize("payload", len(payload), signer.envelope.maxPayload)`, new: `err = nil`,
		reason: "the limit holds for half of the payloads",
	},
	{
		file: "session_data.go", name: "old form of no limit on writing",
		old: `checkSize("token", len(data), d.signer.signer.maxToken)`, new: `checkSize("token", len(data), d.signer.signer.maxToken<<20)`,
		reason: "what was signed cannot be read",
	},
	{
		file: "session_data.go", name: "old form is not old",
		old: `Legacy: true, Size: len(data)}`, new: `Size: len(data)}`,
		reason: "SHA-1 stays",
	},
	{
		file: "session_data.go", name: "salt of no class",
		old: `if !ok {
		return nil, invalidOption(`, new: `if !ok && class == "" {
		return nil, invalidOption(`,
		reason: "a salt that Django never used",
	},
	{
		file: "session_data.go", name: "session beside an error",
		old: `if s.verification, err = d.decode(&s.values, data); err != nil {
		return nil, err`, new: `if s.verification, err = d.decode(&s.values, data); err != nil {
		return s, err`,
		reason: "a caller who forgets the error has a session",
	},
	{
		file: "session_data.go", name: "old form without being asked",
		old: `if !slices.Contains(keys.ring.algorithms, crypto.SHA1) {`, new: `if !slices.Contains(keys.ring.algorithms, crypto.SHA1) && o.Salt == "" {`,
		reason: "SHA-1 is accepted",
	},
	{
		file: "session_data.go", name: "old form is written where it is only read",
		old: `keys.ring.algorithms[0] == crypto.SHA1`, new: `keys.ring.algorithms[0] > 0`,
		reason: "SHA-1 stays",
	},
	{
		file: "session_data.go", name: "old form of a large payload",
		old: `checkSize("payload", len(payload), d.signer.signer.envelope.maxPayload)`, new: `checkSize("payload", len(payload), d.signer.signer.envelope.maxPayload<<20)`,
		reason: "what was signed cannot be read",
	},
	{
		file: "session_data.go", name: "signed later than it may be",
		old: `s.stamp(d.signer.signer.time())`, new: `d.signer.signer.time()`,
		reason: "a session that was revoked is signed anew",
	},
}

var sessionMutants = []mutant{
	{
		file: "session.go", name: "keep a refused cookie's data",
		old: `	modified := s.modified
	s.reset()`, new: `	modified := s.modified`,
		reason: "what a guard refused, or has expired, is used",
	},
	{
		file: "session.go", name: "no guard",
		old: `if err == nil && s.guard != nil {`, new: `if err == nil && s.guard != nil && s.key == "" {`,
		reason: "nothing can be revoked",
	},
	{
		file: "session.go", name: "guard before the signature",
		old: `	err := s.readOnce()`, new: `	if s.guard != nil && s.guard(s) != nil {
		s.refuse(ErrRevoked)
		return data
	}
	err := s.readOnce()`,
		reason: "a guard decides about what nobody signed",
	},
	{
		file: "session.go", name: "guard counts as access",
		old: `s.accessed, s.modified = accessed, modified`, new: `_, s.modified = accessed, modified`,
		reason: "every response varies by cookie",
	},
	{
		file: "session.go", name: "reading is no access",
		old: `	s.accessed = true
	return data`, new: `	return data`,
		reason: "a cache hands out a page of somebody else",
	},
	{
		file: "session.go", name: "change is no change",
		old: `	data.set(name, value)
	s.modified, s.changed = true, true`, new: `	data.set(name, value)`,
		reason: "a change is lost",
	},
	{
		file: "session.go", name: "removal is no change",
		old: `s.modified, s.changed = s.modified || removed, s.changed || removed`, new: `s.changed = s.changed || removed`,
		reason: "what was removed comes back",
	},
	{
		file: "session.go", name: "guard counts as change",
		old: `s.accessed, s.modified = accessed, modified`, new: `s.accessed, _ = accessed, modified`,
		reason: "every response has a cookie",
	},
	{
		file: "session.go", name: "guard that panics lets through",
		old: `if panicked {
			s.refuse`, new: `if panicked && s.guard == nil {
			s.refuse`,
		reason: "whoever recovers has what may be revoked",
	},
	{
		file: "session.go", name: "guard that could not ask refuses",
		old: `errors.Is(err, ErrRevoked) || errors.Is(err, ErrUnavailable) {`, new: `errors.Is(err, ErrRevoked) {`,
		reason: "a cookie is lost because a database was down",
	},
	{
		file: "session.go", name: "guard that refuses could not ask",
		old: `return fmt.Errorf("%w: %w", ErrRevoked, err)`, new: `return fmt.Errorf("%w: %w", ErrUnavailable, err)`,
		reason: "a refused cookie stays with the browser",
	},
	{
		file: "session.go", name: "guarded session is signed later",
		old: `	if check != nil {`, new: `	if check == nil {`,
		reason: "a session that was revoked is signed anew",
	},
	{
		file: "session.go", name: "SignNotAfter goes unnoticed",
		old: `s.notAfter.Before(now) {`, new: `s.notAfter.After(now) {`,
		reason: "a session that was revoked is signed anew",
	},
	{
		file: "session.go", name: "latest time holds",
		old: `t.Before(s.notAfter) {`, new: `t.After(s.notAfter) {`,
		reason: "a session that was revoked is signed anew",
	},
	{
		file: "session.go", name: "sign again what cannot be read", tests: "sessioncookie",
		old: `Size == 0 || s.err != nil ||`, new: `Size == 0 ||`,
		reason: "a page that only looks is answered with an error",
	},
	{
		file: "session.go", name: "sign again what was changed",
		old: `s.err != nil || s.changed {`, new: `s.err != nil {`,
		reason: "a session that was signed out has a cookie again",
	},
	{
		file: "session.go", name: "moved session looks new",
		old: `s.SignNotAfter(v.SignedAt)`, new: `s.SignNotAfter(s.now())`,
		reason: "a row from before a sign-out everywhere opens a session after it",
	},
	{
		file: "session.go", name: "moved session is born again",
		old: `(s.born.IsZero() || born.Before(s.born)) {`, new: `born.IsZero() {`,
		reason: "an absolute lifetime starts anew",
	},
	{
		file: "session.go", name: "unknown values are none",
		old: `		s.open()
		s.err = other.err
		return`, new: ``,
		reason: "an empty session is saved over a full one",
	},
	{
		file: "session.go", name: "no time is no limit",
		old: `t = time.Unix(0, 0)`, new: `return`,
		reason: "a session without a time is signed as new",
	},
	{
		file: "session.go", name: "values of a read that panicked",
		old: `s.values.clear() // nobody`, new: `s.changed = false // nobody`,
		reason: "the guard is passed by",
	},
	{
		file: "djangoauth/authhttp/authhttp.go", name: "somebody after a panic",
		old: `l.asked, l.err = true, errPanicked`, new: `l.asked = true`,
		reason: "a session with any hash is signed in",
	},
	{
		file: "revocation/revocation.go", name: "cancelled by the visitor",
		old: ` && s.Context().Err() == nil {`, new: ` {`,
		reason: "a thief who hangs up reads the page",
	},
	{
		file: "revocation/revocation.go", name: "older answer replaces the newer",
		old: `ok && old.asked.After(a.asked)`, new: `ok && c == nil && old.asked.After(a.asked)`,
		reason: "what was refused is accepted again",
	},
	{
		file: "sessionhttp/middleware.go", name: "opened inside of its handler",
		old: `mounted {
		return r`, new: `mounted && m == nil {
		return r`,
		reason: "a sign-out is undone by the outer renewal",
	},
	{
		file: "sessionhttp/visit.go", name: "hooks before the cookie",
		old: `defer v.report()`, new: `v.report()`,
		reason: "a hook that panics costs the deletion",
	},
	{
		file: "session.go", name: "save what could not be read",
		old: `case errors.Is(s.Err(), ErrUnavailable):`, new: `case errors.Is(s.Err(), ErrUnavailable) && s.store == nil:`,
		reason: "a database that was down costs the session",
	},
	{
		file: "session.go", name: "save what is no object",
		old: `case s.unreadable != nil:`, new: `case s.unreadable != nil && s.err == nil:`,
		reason: "something is lost in silence",
	},
	{
		file: "session.go", name: "born anew when cleared",
		old: `s.opened, s.modified = true, true`, new: `s.opened, s.modified, s.born = true, true, time.Time{}`,
		reason: "a copied cookie is renewed without end",
	},
	{
		file: "session.go", name: "born before it was refused",
		old: `s.modified, s.err, s.born = modified, err, time.Time{}`, new: `s.modified, s.err = modified, err`,
		reason: "a new session ends with the one that was refused",
	},
	{
		file: "session.go", name: "born at every save",
		old: `	if s.born.IsZero() {
		s.born = at`, new: `	if s.born = at; s.born.IsZero() {
		s.born = at`,
		reason: "a copied cookie is renewed without end",
	},
	{
		file: "session.go", name: "older sessions are never born",
		old: `born = s.verification.SignedAt //`, new: `born = now //`,
		reason: "a copied cookie is renewed without end",
	},
	{
		file: "session.go", name: "unreadable birth is none",
		old: `	born, err := parseBorn(stored)
	if err != nil {`, new: `	born, err := parseBorn(stored)
	if err != nil && stored == "" {`,
		reason: "a copied cookie is renewed without end",
	},
	{
		file: "session.go", name: "age beyond the greatest lifetime",
		old: `return min(rules.age(now, e), rules.lifetimeLeft(s.born, now)), nil`, new: `return rules.age(now, e), nil`,
		reason: "a browser keeps what is no longer good",
	},
	{
		file: "session.go", name: "update is no change",
		old: `	data.setAll(object)
	s.modified, s.changed = true, true`, new: `	data.setAll(object)`,
		reason: "a change is lost",
	},
	{
		file: "session.go", name: "print the session",
		old: `formatName(f, "saltine.Session")`, new: `fmt.Fprint(f, s.Key())`,
		reason: "a session in a log",
	},
}

var expiryMutants = []mutant{
	{
		file: "expiry.go", name: "no age by default",
		old: `		return NoMaxAge
	}
	return r.cookieAge`, new: `		return NoMaxAge
	}
	return NoMaxAge`,
		reason: "cookies never expire",
	},
	{
		file: "expiry.go", name: "age under every policy",
		old: `if r.policy == ExpirySession {`, new: `if r.policy > ExpirySession {`,
		reason: "a session does not live as long as it was told",
	},
	{
		file: "expiry.go", name: "stored expiry under one policy",
		old: `if r.policy == ExpiryCookieAge {`, new: `if r.policy != ExpirySession {`,
		reason: "a session outlives its own expiry by default",
	},
	{
		file: "expiry.go", name: "good at the end",
		old: `if !deadline.After(now`, new: `if deadline.Before(now`,
		reason: "good for a microsecond too long",
	},
	{
		file: "expiry.go", name: "unreadable expiry is none",
		old: `	e, err := parseExpiry(raw, r.location)
	if err != nil {
		return malformed(err)`, new: `	e, err := parseExpiry(raw, r.location)
	if err != nil {
		return nil`,
		reason: "a session lives on without an end",
	},
	{
		file: "expiry.go", name: "end beyond all dates is none",
		old: `	deadline, err := r.deadline(signedAt, e)
	if err != nil {
		return malformed(err)`, new: `	deadline, err := r.deadline(signedAt, e)
	if err != nil {
		return nil`,
		reason: "a session lives on without an end",
	},
	{
		file: "expiry.go", name: "no range",
		old: `if !(math.Abs(age) < maxDelta+86400) || end < minDate || end >= maxDate+1 {`, new: `if end != end {`,
		reason: "an end that wraps around",
	},
	{
		file: "expiry.go", name: "no range of timestamps",
		old: `sec := signedAt.Unix(); sec < minDate || sec > maxDate {`, new: `sec := signedAt.Unix(); sec < minDate && sec > maxDate {`,
		reason: "Python raises for it",
	},
	{
		file: "expiry.go", name: "browser close at once",
		old: `	if e.isFalsy() {
		age`, new: `	if e.kind == expiryDefault {
		age`,
		reason: "sessions end at once",
	},
	{
		file: "expiry.go", name: "browser close lives on",
		old: `return e.kind == expirySeconds && e.seconds == 0`, new: `return e.kind == expirySeconds && e.seconds < 0`,
		reason: "a browser keeps what it was to forget",
	},
	{
		file: "expiry.go", name: "idle for a second more",
		old: `return time.Unix(signedAt.Unix()+int64(whole), int64(seconds(fraction))), nil`, new: `return time.Unix(signedAt.Unix()+int64(whole)+1, int64(seconds(fraction))), nil`,
		reason: "good for a second too long",
	},
	{
		file: "expiry.go", name: "a list is no expiry",
		old: `		if len(value) == 0 {
			return Expiry{}, nil
		}
	case map`, new: `		return Expiry{}, nil
	case map`,
		reason: "a session lives on without its end",
	},
	{
		file: "expiry.go", name: "an empty text is no expiry",
		old: `return Expiry{}, errExpiryEmpty`, new: `return Expiry{}, nil`,
		reason: "Python raises for it",
	},
	{
		file: "expiry.go", name: "good at the end of its lifetime",
		old: `if r.lifetimeLeft(born, now) <= 0 {`, new: `if r.lifetimeLeft(born, now) < 0 {`,
		reason: "good for a second too long",
	},
	{
		file: "expiry.go", name: "limit of the clock less one",
		old: `signedAt.After(now.Add(r.maxClockSkew))`, new: `!signedAt.Before(now.Add(r.maxClockSkew))`,
		reason: "a cookie that is within the limit is refused",
	},
	{
		file: "expiry.go", name: "expiry that is not honoured",
		old: `r.policy == ExpiryEarliest && r.age(now, e) > r.cookieAge`, new: `r.policy == ExpiryEarliest && r.age(now, e) > r.cookieAge<<8`,
		reason: "somebody is signed out before the time that was promised",
	},
	{
		file: "expiry.go", name: "expiry at the limit is not honoured",
		old: `r.age(now, e) > r.cookieAge {`, new: `r.age(now, e) >= r.cookieAge {`,
		reason: "what the store can keep is refused",
	},
	{
		file: "expiry.go", name: "short lifetime",
		old: `case r.maxLifetime < 0 || r.maxLifetime > 0 && r.maxLifetime < time.Second:`, new: `case r.maxLifetime < 0:`,
		reason: "a number without a unit ends sessions at once",
	},
}

var structMutants = []mutant{
	{
		file: "field.go", name: "a fallback for what is there",
		old: `if v, err := f.Get(s); err == nil {`, new: `if v, err := f.Get(s); err != nil {`,
		reason: "everybody gets the default",
	},
	{
		file: "struct.go", name: "write a target that does not fit",
		old: `		if err := fields.Read(loaded, i, raw); err != nil {`, new: `		if err := fields.Read(target, i, raw); err != nil {`,
		reason: "the half of a session is used",
	},
	{
		file: "struct.go", name: "keep what the target held",
		old: `data, loaded := s.access(), reflect.New(t)`, new: `data, loaded := s.access(), reflect.New(t)
	loaded.Elem().Set(target.Elem())`,
		reason: "a struct that is used again has another visitor's values",
	},
	{
		file: "struct.go", name: "set each value at once",
		old: `			set = append(set, encoded{member: member})`, new: `			s.change([]encoded{{member: member}}, nil)`,
		reason: "an error leaves half a change",
	},
	{
		file: "struct.go", name: "write all values anew",
		old: `	if written && raw == text {
		return true
	}`, new: `	if written {
		return raw == text
	}`,
		reason: "1 becomes 1.0, and what Django nested is lost",
	},
	{
		file: "struct.go", name: "keep what was left out",
		old: `			remove = append(remove, name)`, new: `			_ = name`,
		reason: "what was removed comes back",
	},
	{
		file: "struct.go", name: "keep what cannot be saved",
		old: `ok && data.invalid[name] == nil && holds`, new: `ok && holds`,
		reason: "the session cannot be saved though every value is good",
	},
	{
		file: "struct.go", name: "a change that is not saved",
		old: `if len(set)+len(remove) > 0 {`, new: `if len(set) > 0 {`,
		reason: "what was removed comes back",
	},
	{
		file: "struct.go", name: "no change is a change",
		old: `if len(set)+len(remove) > 0 {`, new: `if len(set)+len(remove) >= 0 {`,
		reason: "every request overwrites what another one changes",
	},
	{
		file: "internal/pyjson/object.go", name: "structs that write themselves", tests: ".",
		old: `methodWriter(reflect.PointerTo(t)) != nil || readsItself`, new: `readsItself`,
		reason: "fields are stored that nobody reads back",
	},
	{
		file: "internal/pyjson/object.go", name: "structs that read themselves", tests: ".",
		old: `!= nil || readsItself(reflect.PointerTo(t)):`, new: `!= nil:`,
		reason: "fields are stored that nobody reads back",
	},
	{
		file: "sessionhttptest/sessionhttptest.go", name: "a session that cannot be saved passes",
		old: `if err := sessions.Commit(w, r, http.StatusOK); err != nil {`, new: `if err := sessions.Commit(w, r, http.StatusOK); err == nil && r == nil {`,
		reason: "a test goes on without its session",
	},
	{
		file: "sessionhttptest/jar.go", name: "cookies of other hosts",
		old: `if !domainMatches(&c, host) {`, new: `if host == "" {`,
		reason: "a test passes where a browser refuses the cookie",
	},
	{
		file: "sessionhttptest/jar.go", name: "cookies never end",
		old: `!c.end.IsZero() && !now.Before(c.end) })`, new: `!c.end.IsZero() && now.IsZero() })`,
		reason: "a test passes where the browser has dropped the cookie",
	},
}
