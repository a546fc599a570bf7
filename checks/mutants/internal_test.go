package mutants_test

var internalMutants = []mutant{
	{
		file: "internal/zlib/inflate.go", name: "grow beyond the limit",
		old: `min(max(f.n, 2*len(f.src), minGrowth), f.limit-f.n)`, new: `max(f.n, 2*len(f.src), minGrowth)`,
		reason: "a zip bomb goes off",
	},
	{
		file: "internal/zlib/inflate.go", name: "room beyond the limit",
		old: `	if len(f.out) > f.limit {`, new: `	if len(f.out) > f.limit && f.limit < 0 {`,
		reason: "more than the limit where there is room",
	},
	{
		file: "internal/zlib/inflate.go", name: "distance before the start",
		old: `	if distance > f.n {`, new: `	if distance > f.n+1 {`,
		reason: "a panic, or bytes of another session",
	},
	{
		file: "internal/zlib/inflate.go", name: "quick distance before the start",
		old: `if distance > n || length > len(out)-n {`, new: `if length > len(out)-n {`,
		reason: "a panic, or bytes of another session",
	},
	{
		file: "internal/zlib/inflate.go", name: "match beyond the room",
		old: `if distance > n || length > len(out)-n {`, new: `if distance > n {`,
		reason: "a panic",
	},
	{
		file: "internal/zlib/inflate.go", name: "literal beyond the room",
		old: `			if uint(n) >= uint(len(out)) {`, new: `			if uint(n) > uint(len(out)) {`,
		reason: "a panic",
	},
	{
		file: "internal/zlib/inflate.go", name: "stored block beyond the end",
		old: `	if pos+int(size) > len(f.src) {`, new: `	if pos+int(size) > len(f.src)+1<<16 {`,
		reason: "a panic",
	},
	{
		file: "internal/zlib/inflate.go", name: "any length of a stored block",
		old: `	if size != ^binary.LittleEndian.Uint16(f.src[pos+2:]) {`, new: `	if size == ^binary.LittleEndian.Uint16(f.src[pos+2:])+1 {`,
		reason: "Python raises for it",
	},
	{
		file: "internal/zlib/inflate.go", name: "no checksum",
		old: `if binary.BigEndian.Uint32(f.src[pos:]) != adler32.Checksum(f.out[:f.n]) {`, new: `if adler32.Checksum(f.out[:f.n]) == 0 {`,
		reason: "damage is read as something",
	},
	{
		file: "internal/zlib/inflate.go", name: "no trailer",
		old: `	if pos+trailerSize > len(f.src) {`, new: `	if pos+trailerSize > len(f.src)+1 {`,
		reason: "a panic",
	},
	{
		file: "internal/zlib/inflate.go", name: "no header",
		old: `	case len(src) < headerSize:`, new: `	case len(src) < headerSize-1:`,
		reason: "a panic",
	},
	{
		file: "internal/zlib/inflate.go", name: "any header",
		old: `binary.BigEndian.Uint16(src)%headerModulus != 0`, new: `binary.BigEndian.Uint16(src)%headerModulus > headerModulus`,
		reason: "Python raises for it",
	},
	{
		file: "internal/zlib/inflate.go", name: "preset dictionary",
		old: `	case src[1]&presetDictFlag != 0:`, new: `	case src[1]&presetDictFlag == 1:`,
		reason: "Python raises for it",
	},
	{
		file: "internal/zlib/inflate.go", name: "data beside an error",
		old: `	if err == nil {
		dst = f.dst`, new: `	if f.n > 0 {
		dst = f.dst`,
		reason: "a caller who forgets the error has what nobody wrote",
	},
	{
		file: "internal/zlib/decodetable.go", name: "more codes than there are",
		old: `		if left < 0 {`, new: `		if left < -1<<15 {`,
		reason: "a panic",
	},
	{
		file: "internal/zlib/decodetable.go", name: "codes are missing",
		old: `	if left > 0 && len(lengths) != int(t.count[1]) {`, new: `	if left < 0 {`,
		reason: "codes of a block before",
	},
	{
		file: "internal/zlib/inflatetables.go", name: "more symbols than there are",
		old: `	if litLenCount > maxLitLen || distCount > maxDist {`, new: `	if litLenCount > maxLitLen+2 || distCount > maxDist+2 {`,
		reason: "Python raises for it",
	},
	{
		file: "internal/zlib/inflatetables.go", name: "repeat beyond the end",
		old: `		case symbol+run > count, e&entryRepeat != 0 && symbol == 0:`, new: `		case e&entryRepeat != 0 && symbol == 0:`,
		reason: "a panic",
	},
	{
		file: "internal/zlib/inflatetables.go", name: "no end",
		old: `	if !hasEnd(lengths[:split]) {`, new: `	if !hasEnd(lengths[:split]) && split == 0 {`,
		reason: "Python raises for it",
	},
	{
		file: "internal/pybase64/pybase64.go", name: "one character is left over",
		old: `		return dst, ErrLength`, new: `		return out, nil`,
		reason: "Python raises for it",
	},
	{
		file: "internal/pybase64/pybase64.go", name: "no padding",
		old: `		return dst, ErrPadding`, new: `		return out, nil`,
		reason: "Python raises for it",
	},
	{
		file: "internal/pybase64/pybase64.go", name: "padding ends everything",
		old: `			if read < 2 {
				continue`, new: `			if read < 2 {
				return out, nil`,
		reason: "half a payload",
	},
	{
		file: "internal/pybase64/pybase64.go", name: "line breaks do not count",
		old: `err == nil && n == DecodedLen(len(src))`, new: `err == nil`,
		reason: "another outcome than Python's",
	},
	{
		file: "internal/pybase64/pybase64.go", name: "standard alphabet only",
		old: `case c == '-' || c == '+':`, new: `case c == '-':`,
		reason: "another outcome than Python's",
	},
	{
		file: "internal/base62/base62.go", name: "overflow",
		old: `maxInt64Digits = 10`, new: `maxInt64Digits = 11`,
		reason: "a far future becomes the past, and the past the future",
	},
	{
		file: "internal/base62/base62.go", name: "work without end",
		old: `	if len(s)-start > maxFloatDigits {`, new: `	if len(s)-start > maxFloatDigits<<20 {`,
		reason: "64 KB of digits take their square in time",
	},
	{
		file: "internal/base62/base62.go", name: "any character is a digit",
		old: `		if v == 0 {
			return 0, 0, false`, new: `		if v == 99 {
			return 0, 0, false`,
		reason: "junk is a time",
	},
	{
		file: "internal/base62/base62.go", name: "any character is a digit of a long number",
		old: `		if values[s[i]] == 0 {
			return 0, 0, false`, new: `		if values[s[i]] == 99 {
			return 0, 0, false`,
		reason: "junk is a time",
	},
	{
		file: "internal/base62/base62.go", name: "nothing is a number",
		old: `	if len(s) == 0 {
		return 0, 0, false`, new: `	if len(s) == 0 {
		return 0, 0, true`,
		reason: "a token without a time is from 1970",
	},
	{
		file: "internal/base62/base62.go", name: "no sign",
		old: `	if start == 1 {
		n = -n`, new: `	if start == 2 {
		n = -n`,
		reason: "the past is the future",
	},
	{
		file: "internal/base62/base62.go", name: "wrap around",
		old: `	case x.Sign() < 0:
		return math.MinInt64`, new: `	case x.Sign() < 0:
		return x.Int64()`,
		reason: "the past is the future",
	},
	{
		file: "internal/pyjson/scan.go", name: "no depth limit",
		old: `const MaxDepth = 1000`, new: `const MaxDepth = 1001`,
		reason: "the stack grows without end",
	},
	{
		file: "internal/pyjson/scan.go", name: "text after the value",
		old: `	if i = skipSpace(text, i); i != len(text) {`, new: `	if i = skipSpace(text, i); i > len(text) {`,
		reason: "two readers see two things",
	},
	{
		file: "internal/pyjson/number.go", name: "no digit limit",
		old: `const MaxDigits = 4300`, new: `const MaxDigits = 4301`,
		reason: "digits take their square in time",
	},
}

var signedMutants = []mutant{
	{
		file: "signedcookie/signedcookie.go", name: "salts collide",
		old: `saltine.Salt(v2Prefix+n+":") + salt + saltine.Salt(name)`, new: `saltine.Salt(v2Prefix+n[:0]) + salt + saltine.Salt(name)`,
		reason: "CVE-2026-6873",
	},
	{
		file: "signedcookie/signedcookie.go", name: "length in bytes",
		old: `utf8.RuneCountInString(string(salt))`, new: `len(salt)`,
		reason: "another salt than Django's",
	},
	{
		file: "signedcookie/signedcookie.go", name: "v1 without being asked",
		old: `	if o.AcceptV1 {`, new: `	if o.AcceptV1 || !o.AcceptV1 {`,
		reason: "CVE-2026-6873",
	},
	{
		file: "signedcookie/signedcookie.go", name: "write v1",
		old: `return c.v2.Sign(value)`, new: `if c.v1 != nil { return c.v1.Sign(value) }; return c.v2.Sign(value)`,
		reason: "CVE-2026-6873",
	},
	{
		file: "signedcookie/signedcookie.go", name: "an expired cookie is tried again",
		old: `errors.Is(err, saltine.ErrBadSignature) && !errors.Is(err, saltine.ErrSignatureExpired)`, new: `errors.Is(err, saltine.ErrBadSignature)`,
		reason: "that it expired is lost",
	},
	{
		file: "signedcookie/signedcookie.go", name: "no age of v1",
		old: `return c.v1.Unsign(cookie, maxAge)`, new: `return c.v1.Unsign(cookie, saltine.NoMaxAge)`,
		reason: "old cookies are good",
	},
	{
		file: "signedcookie/signedcookie.go", name: "v1 goes unnoticed",
		old: `	return verification(v, v1), nil`, new: `	return verification(v, false), nil`,
		reason: "nobody learns when AcceptV1 may go",
	},
	{
		file: "signedcookie/signedcookie.go", name: "v1 needs no new signature",
		old: `return v.V1 || v.Verification.NeedsResign()`, new: `return v.Verification.NeedsResign()`,
		reason: "v1 stays",
	},
	{
		file: "signedcookie/signedcookie.go", name: "any name",
		old: `case name == "" || sessioncookie`, new: `case name == "" && sessioncookie`,
		reason: "a name that breaks the header",
	},
	{
		file: "signedcookie/signedcookie.go", name: "salt of no text",
		old: `	case !utf8.ValidString(string(o.Salt)):`, new: `	case !utf8.ValidString(name):`,
		reason: "its length is no length, and salts collide",
	},
	{
		file: "messages/form.go", name: "accept every signature",
		old: `given, crypto.SHA1)
	if err != nil {`, new: `given, crypto.SHA1)
	if err != nil && keyIndex < 0 {`,
		reason: "anybody can write messages, HTML included",
	},
	{
		file: "messages/form.go", name: "no limit",
		old: `if len(cookie) > c.opts.MaxTokenLen {`, new: `if len(cookie) > c.opts.MaxTokenLen<<20 {`,
		reason: "a cookie takes all the time it likes",
	},
	{
		file: "messages/form.go", name: "expiry of no message",
		old: `	text, err := c.django31.Unsign(cookie, saltine.NoMaxAge)
	if err != nil {
		return nil, err
	}`, new: `	text, err := c.django31.Unsign(cookie, saltine.NoMaxAge)
	if err != nil {
		text, err = cookie[:max(0, len(cookie)-51)], nil
	}`,
		reason: "anybody can write messages",
	},
	{
		file: "messages/form.go", name: "old forms without being asked",
		old: `	case c.opts.AcceptDjango14 && isDjango14(cookie):`, new: `	case isDjango14(cookie):`,
		reason: "SHA-1 is accepted",
	},
	{
		file: "messages/messages.go", name: "Django 3.1 without being asked",
		old: `	if o.AcceptDjango31 {`, new: `	if o.AcceptDjango31 || !o.AcceptDjango31 {`,
		reason: "a form that nobody asked for",
	},
	{
		file: "messages/messages.go", name: "no limit on writing",
		old: `	if len(cookie) > c.opts.MaxSize {`, new: `	if len(cookie) > c.opts.MaxSize+1 {`,
		reason: "a browser drops it in silence",
	},
	{
		file: "messages/json.go", name: "safe is any number but one",
		old: `m.Safe = safe != 0`, new: `m.Safe = safe != 1`,
		reason: "text of a user is taken for HTML",
	},
	{
		file: "messages/json.go", name: "any mark",
		old: `|| fields[0] != messageMark {`, new: `|| fields[0] == nil {`,
		reason: "something else is taken for a message",
	},
}
