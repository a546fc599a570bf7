package mutants_test

var payloadMutants = []mutant{
	{
		file: "serializer.go", name: "no limit on inflating",
		old: `zlib.AppendDecompress(dst, st.buf, s.maxPayload)`, new: `zlib.AppendDecompress(dst, st.buf, 1<<40)`,
		reason: "a zip bomb goes off",
	},
	{
		file: "serializer.go", name: "no limit on plain payloads",
		old: `checkSize("payload", pybase64.DecodedLen(len(envelope)), s.maxPayload)`, new: `checkSize("payload", pybase64.DecodedLen(len(envelope)), s.maxPayload<<20)`,
		reason: "the limit holds for half of the payloads",
	},
	{
		file: "serializer.go", name: "decode before the limit",
		old: `	if err := checkSize("payload", pybase64.DecodedLen(len(envelope)), s.maxPayload); err != nil {`, new: `	st.buf, _ = pybase64.AppendDecode(st.buf[:0], envelope)
	if err := checkSize("payload", pybase64.DecodedLen(len(envelope)), s.maxPayload); err != nil {`,
		reason: "memory beyond the limit",
	},
	{
		file: "serializer.go", name: "no limit on writing",
		old: `checkSize("payload", len(payload), s.maxPayload)`, new: `checkSize("payload", len(payload), s.maxPayload<<20)`,
		reason: "what was signed cannot be read",
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
		old: `	return fmt.Errorf("%w: it does not fit %T", ErrWrongType, v)`, new: `	return fmt.Errorf("%w: it does not fit %T: %v", ErrWrongType, v, err)`,
		reason: "a payload in a log",
	},
	{
		file: "serializer.go", name: "decode into the target and fail",
		old: `	out, err := pybase64.AppendDecode(dst, envelope)
	if err != nil {
		return dst, malformed(err)`, new: `	out, err := pybase64.AppendDecode(append(dst, 0), envelope)
	if err != nil {
		return append(dst, 0), malformed(err)`,
		reason: "bytes beside an error",
	},
}

var storeMutants = []mutant{
	{
		file: "cookie_store.go", name: "session beside an error",
		old: `	if err := s.read(); err != nil {
		return nil, err`, new: `	if err := s.read(); err != nil {
		return s, err`,
		reason: "a caller who forgets the error has a forged session",
	},
	{
		file: "cookie_store.go", name: "no age by default",
		old: `	return c.cookieAge
}

// Save`, new: `	return NoMaxAge
}

// Save`,
		reason: "cookies never expire",
	},
	{
		file: "cookie_store.go", name: "age under every policy",
		old: `	if c.expiry == ExpirySession {
		return NoMaxAge`, new: `	if c.expiry > ExpirySession {
		return NoMaxAge`,
		reason: "a session does not live as long as it was told",
	},
	{
		file: "cookie_store.go", name: "lenient by default",
		old: `	ExpiryEarliest ExpiryPolicy = iota`, new: `	ExpiryEarliest ExpiryPolicy = 3 - iota`,
		reason: "the default is not the strictest",
	},
	{
		file: "cookie_store.go", name: "short key",
		old: `if n == minKeyChars {`, new: `if n == minKeyChars+1 {`,
		reason: "Django takes it for a cookie",
	},
	{
		file: "cookie_store.go", name: "salt of another purpose",
		old: `newTimestampSigner(key, &o.Options, SaltSignedCookies, CompressionBest)`, new: `newTimestampSigner(key, &o.Options, SaltSessionStore, CompressionBest)`,
		reason: "a row of the database is good as a cookie",
	},
	{
		file: "cookie_store.go", name: "save what cannot be written",
		old: `	if err := s.writable(); err != nil {
		return dst, err
	}`, new: ``,
		reason: "a value becomes null in silence",
	},
	{
		file: "cookie_store.go", name: "key of a session that was not saved",
		old: `	if err != nil {
		return "", err
	}
	s.key, s.modified = token, true`, new: `	if s.key, s.modified = token, true; err != nil {
		return "", err
	}
	s.key, s.modified = token, true`,
		reason: "a session loses its cookie",
	},
	{
		file: "session_data.go", name: "accept every signature",
		old: `subtle.ConstantTimeCompare(hex.AppendEncode(nil, mac), given) == 1`, new: `subtle.ConstantTimeCompare(hex.AppendEncode(nil, mac), given) >= 0`,
		reason: "who writes to the database signs",
	},
	{
		file: "session_data.go", name: "compare in variable time",
		old: `subtle.ConstantTimeCompare(hex.AppendEncode(nil, mac), given) == 1`, new: `subtle.ConstantTimeEq(0, 0) == 1 && bytes.Equal(hex.AppendEncode(nil, mac), given)`,
		reason: "the time tells how many bytes are right",
	},
	{
		file: "session_data.go", name: "old form of no limit",
		old: `if len(data) > d.signer.signer.maxToken {`, new: `if len(data) > d.signer.signer.maxToken<<20 {`,
		reason: "it is decoded before it is verified",
	},
	{
		file: "session_data.go", name: "old form of any payload",
		old: `return payload, v, checkSize("payload", len(payload), d.signer.signer.maxPayload)`, new: `return payload, v, nil`,
		reason: "the limit holds for half of the payloads",
	},
	{
		file: "session_data.go", name: "old form of no limit on writing",
		old: `	return data, checkSize("token", len(data), d.signer.signer.maxToken)`, new: `	return data, nil`,
		reason: "what was signed cannot be read",
	},
	{
		file: "session_data.go", name: "old form is not old",
		old: `Size: len(data), legacy: true}`, new: `Size: len(data)}`,
		reason: "SHA-1 stays",
	},
	{
		file: "session_data.go", name: "old form signed by a fallback",
		old: `d.legacyKeys[0]`, new: `d.legacyKeys[len(d.legacyKeys)-1]`,
		reason: "the stalest key signs",
	},
	{
		file: "session_data.go", name: "fallbacks first",
		old: `slices.Concat([]Key{key}, o.Fallbacks)`, new: `slices.Concat(o.Fallbacks, []Key{key})`,
		reason: "Verification.Key names the wrong key as the one to remove",
	},
	{
		file: "session_data.go", name: "old form under FIPS",
		old: `return codec, SHA1.check()`, new: `return codec, nil`,
		reason: "a failure at the first row instead of at start",
	},
	{
		file: "session_data.go", name: "salt of no class",
		old: `	if !ok {
		return nil, invalidOption("DataSalt`, new: `	if !ok && class == "" {
		return nil, invalidOption("DataSalt`,
		reason: "a salt that Django never used",
	},
	{
		file: "session_data.go", name: "session beside an error",
		old: `	if err := s.parse(payload); err != nil {
		return nil, err`, new: `	if err := s.parse(payload); err != nil {
		return s, err`,
		reason: "a caller who forgets the error has a session",
	},
}

var sessionMutants = []mutant{
	{
		file: "session.go", name: "keep a refused cookie's data",
		old: `		s.reset() // nothing of a refused cookie stays`, new: `		s.modified = true`,
		reason: "what a guard refused, or has expired, is used",
	},
	{
		file: "session.go", name: "no guard",
		old: `	if s.guard(s) {`, new: `	if s.guard(s) && s.key == "" {`,
		reason: "nothing can be revoked",
	},
	{
		file: "session.go", name: "guard before the signature",
		old: `	if err := s.read(); err != nil || s.guard == nil {`, new: `	if s.guard != nil && s.guard(s) {
		return ErrRevoked
	}
	if err := s.read(); err != nil || s.guard == nil {`,
		reason: "a guard decides about what nobody signed",
	},
	{
		file: "session.go", name: "guard counts as access",
		old: `	defer s.SetAccessed(s.accessed)`, new: ``,
		reason: "every response varies by cookie",
	},
	{
		file: "session.go", name: "no age",
		old: `s.key, s.store.maxAge())`, new: `s.key, NoMaxAge)`,
		reason: "cookies never expire",
	},
	{
		file: "session.go", name: "no stored expiry",
		old: `	return s.checkExpiry(st.now)
}`, new: `	return nil
}`,
		reason: "a session outlives its own expiry",
	},
	{
		file: "session.go", name: "stored expiry under one policy",
		old: `	if s.store.expiry == ExpiryCookieAge {
		return nil
	}
	e, err`, new: `	if s.store.expiry != ExpirySession {
		return nil
	}
	e, err`,
		reason: "a session outlives its own expiry by default",
	},
	{
		file: "session.go", name: "good at the end",
		old: `if !deadline.After(now`, new: `if deadline.Before(now`,
		reason: "good for a microsecond too long",
	},
	{
		file: "session.go", name: "unreadable expiry is none",
		old: `	e, err := s.storedExpiry()
	if err != nil {
		return malformed(err)`, new: `	e, err := s.storedExpiry()
	if err != nil {
		return nil`,
		reason: "a session lives on without an end",
	},
	{
		file: "session.go", name: "end beyond all dates is none",
		old: `	if err != nil {
		return malformed(err)
	}
	if !deadline`, new: `	if err != nil {
		return nil
	}
	if !deadline`,
		reason: "a session lives on without an end",
	},
	{
		file: "session.go", name: "any JSON is a session",
		old: `		if s.store.expiry == ExpiryCookieAge {
			s.err`, new: `		if s.store.expiry < ExpirySession {
			s.err`,
		reason: "no session counts as one by default",
	},
	{
		file: "session.go", name: "reading is no access",
		old: `	s.accessed = true
	s.load()`, new: `	s.load()`,
		reason: "a cache hands out a page of somebody else",
	},
	{
		file: "session.go", name: "signing out keeps the key",
		old: `	s.key = ""
	s.reset()`, new: `	s.reset()`,
		reason: "the cookie stays",
	},
	{
		file: "session.go", name: "signing out keeps the data",
		old: `	s.members, s.invalid, s.unreadable = nil, nil, nil`, new: `	s.invalid, s.unreadable = nil, nil`, //nolint:dupword // Go
		reason: "the user stays signed in",
	},
	{
		file: "session.go", name: "change is no change",
		old: `	s.use()
	s.modified = true
	s.put(key, value)`, new: `	s.use()
	s.put(key, value)`,
		reason: "a change is lost",
	},
	{
		file: "session.go", name: "removal is no change",
		old: `	s.modified = true
	s.members = slices.Delete`, new: `	s.members = slices.Delete`,
		reason: "what was removed comes back",
	},
	{
		file: "session.go", name: "share the values of another session",
		old: `slices.Clone(other.members), maps.Clone`, new: `other.members, maps.Clone`,
		reason: "one session changes another",
	},
	{
		file: "expiry.go", name: "no range",
		old: `if !(math.Abs(age) < maxDelta+86400) || end < minDate || end >= maxDate+1 {`, new: `if end != end {`,
		reason: "an end that wraps around",
	},
	{
		file: "expiry.go", name: "no range of timestamps",
		old: `sec < minDate || sec > maxDate {`, new: `sec < minDate && sec > maxDate {`,
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
}
