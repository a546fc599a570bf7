package mutants_test

var signerMutants = []mutant{
	{
		file: "signer.go", name: "accept every signature",
		old: `subtle.ConstantTimeCompare([]byte(given), signature(s, st, i, token[:end])) == 1`, new: `subtle.ConstantTimeCompare([]byte(given), signature(s, st, i, token[:end])) >= 0`,
		reason: "anybody can sign",
	},
	{
		file: "signer.go", name: "compare the first byte",
		old: `subtle.ConstantTimeCompare([]byte(given), signature(s, st, i, token[:end])) == 1`, new: `subtle.ConstantTimeCompare([]byte(given[:1]), signature(s, st, i, token[:end])[:1]) == 1`,
		reason: "one guess in 64 is good",
	},
	{
		file: "signer.go", name: "leave out the last byte",
		old: `subtle.ConstantTimeCompare([]byte(given), signature(s, st, i, token[:end])) == 1`, new: `subtle.ConstantTimeCompare([]byte(given[1:]), signature(s, st, i, token[:end])[1:]) == 1`,
		reason: "an altered signature is good",
	},
	{
		file: "signer.go", name: "compare in variable time",
		old: `subtle.ConstantTimeCompare([]byte(given), signature(s, st, i, token[:end])) == 1`, new: `subtle.ConstantTimeEq(0, 0) == 1 && string(given) == string(signature(s, st, i, token[:end]))`,
		reason: "the time tells how many bytes are right",
	},
	{
		file: "signer.go", name: "sign less than what is returned",
		old: `subtle.ConstantTimeCompare([]byte(given), signature(s, st, i, token[:end])) == 1`, new: `subtle.ConstantTimeCompare([]byte(given), signature(s, st, i, token[min(1, end):end])) == 1`,
		reason: "the first byte is anybody's",
	},
	{
		file: "signer.go", name: "return the value of a bad token",
		old: `	return value, nil, err
}`, new: `	return token, nil, err
}`,
		reason: "a caller who forgets the error has a forged value",
	},
	{
		file: "signer.go", name: "no token limit",
		old: `if len(token) > s.maxToken {`, new: `if len(token) > s.maxToken && s.maxToken < 0 {`,
		reason: "a token takes all the time it likes",
	},
	{
		file: "signer.go", name: "token limit less one",
		old: `if len(token) > s.maxToken {`, new: `if len(token) >= s.maxToken {`,
		reason: "what was signed within the limit cannot be read",
	},
	{
		file: "signer.go", name: "hash before the limit",
		old: `if len(token) > s.maxToken {`, new: `if signature(s, st, i, token[:end]); len(token) > s.maxToken {`,
		reason: "junk of a megabyte costs a megabyte of hashing",
	},
	{
		file: "signer.go", name: "all junk is too large",
		old: `if isSignatureText(given) {`, new: `if len(given) > 0 {`,
		reason: "junk looks like a mistake in the limits",
	},
	{
		file: "signer.go", name: "no separator needed",
		old: `if !hasAt(token, end, s.sep) {`, new: `if end < 0 {`,
		reason: "a byte of the token is anybody's",
	},
	{
		file: "signer.go", name: "half a separator",
		old: `	for j := range len(sep) {`, new: `	for j := range len(sep) - 1 {`,
		reason: "a byte of the token is anybody's",
	},
	{
		file: "signer.go", name: "fallback signs",
		old: `slices.Concat([]Key{key}, o.Fallbacks)`, new: `slices.Concat(o.Fallbacks, []Key{key})`,
		reason: "the stalest key signs, and can never go",
	},
	{
		file: "signer.go", name: "fallbacks in reverse",
		old: `slices.Concat([]Key{key}, o.Fallbacks)`, new: `func() []Key { k := slices.Clone(o.Fallbacks); slices.Reverse(k); return slices.Concat([]Key{key}, k) }()`,
		reason: "Verification.Key names the wrong key as the one to remove",
	},
	{
		file: "signer.go", name: "legacy algorithm signs",
		old: `slices.Concat([]Algorithm{o.Algorithm}, o.LegacyAlgorithms)`, new: `slices.Concat(o.LegacyAlgorithms, []Algorithm{o.Algorithm})`,
		reason: "SHA-1 signs",
	},
	{
		file: "signer.go", name: "last key signs",
		old: `string(signature(s, st, 0, value))`, new: `string(signature(s, st, len(s.slots)-1, value))`,
		reason: "the stalest key signs",
	},
	{
		file: "signer.go", name: "last key signs bytes",
		old: `sig := signature(s, st, 0, dst[from:])`, new: `sig := signature(s, st, len(s.slots)-1, dst[from:])`,
		reason: "the stalest key signs",
	},
	{
		file: "signer.go", name: "empty fallback",
		old: `if k == "" && j > 0 {`, new: `if k == "" && j > 0 && j < 0 {} else if k == "" && j > 0 { continue } else if k != k {`,
		reason: "a variable that is not set goes unnoticed",
	},
	{
		file: "signer.go", name: "empty key",
		old: `			if k == "" {`, new: `			if k == "" && j < 0 {`,
		reason: "anybody can sign",
	},
	{
		file: "signer.go", name: "any algorithm",
		old: `if err := algorithm.check(); err != nil {`, new: `if err := algorithm.check(); err != nil && i < 0 {`,
		reason: "a panic at the first token",
	},
	{
		file: "signer.go", name: "salt without suffix",
		old: `derive(algorithm, o.Salt, signerSuffix, k)`, new: `derive(algorithm, o.Salt, "", k)`,
		reason: "SaltedHMAC signs what a Signer takes",
	},
	{
		file: "signer.go", name: "any separator",
		old: `case !safeSeparator(o.Separator):`, new: `case o.Separator == "":`,
		reason: "a separator stands in the signature",
	},
	{
		file: "signer.go", name: "separator before a newline",
		old: `sep = strings.TrimSuffix(sep, "\n")`, new: `sep += ""`,
		reason: "a separator stands in the signature",
	},
	{
		file: "signer.go", name: "separator between Z and a",
		old: `r >= 'A' && r <= 'z' ||`, new: `r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' ||`,
		reason: "Django refuses it",
	},
	{
		file: "signer.go", name: "no default token limit",
		old: `o.MaxTokenLen = DefaultMaxTokenLen`, new: `o.MaxTokenLen = 1 << 40`,
		reason: "no limit without an option",
	},
	{
		file: "signer.go", name: "no default payload limit",
		old: `o.MaxPayloadLen = DefaultMaxPayloadLen`, new: `o.MaxPayloadLen = 1 << 40`,
		reason: "a zip bomb goes off",
	},
	{
		file: "signer.go", name: "own limit does not hold for signing",
		old: `checkSize("token", len(dst)-from, s.maxToken)`, new: `checkSize("token", len(dst)-from, s.maxToken+1)`,
		reason: "what was signed cannot be read",
	},
	{
		file: "signer.go", name: "keep large buffers",
		old: `if cap(st.out) > maxRetained {`, new: `if cap(st.out) > 1<<40 {`,
		reason: "one large session takes its room forever, per processor",
	},
	{
		file: "signer.go", name: "keep large compressed buffers",
		old: `if cap(st.buf) > maxRetained {`, new: `if cap(st.buf) > 1<<40 {`,
		reason: "one large token takes its room forever, per processor",
	},
	{
		file: "signer.go", name: "keep large tokens",
		old: `	if cap(st.token) > maxRetained {`, new: `	if cap(st.token) > 1<<40 {`,
		reason: "one large token takes its room forever, per processor",
	},
	{
		file: "signer.go", name: "old key needs no new signature",
		old: `return v.Key > 0 || v.legacy`, new: `return v.legacy`,
		reason: "a rotation never ends",
	},
	{
		file: "signer.go", name: "old algorithm needs no new signature",
		old: `return v.Key > 0 || v.legacy`, new: `return v.Key > 0`,
		reason: "SHA-1 stays",
	},
	{
		file: "signer.go", name: "print the keys",
		old: `formatName(f, "saltine.Signer")`, new: `fmt.Fprintf(f, "%s", s.slots)`,
		reason: "derived keys in a log",
	},
	{
		file: "key.go", name: "print the key",
		old: `func (Key) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }`, new: `func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, string(k)) }`,
		reason: "the key in a log",
	},
	{
		file: "key.go", name: "marshal the key",
		old: `func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }`, new: `func (k Key) MarshalText() ([]byte, error) { return []byte(k), nil }`,
		reason: "the key in a log",
	},
	{
		file: "key.go", name: "development key",
		old: `case strings.HasPrefix(string(k), insecurePrefix):`, new: `case strings.HasSuffix(string(k), insecurePrefix):`,
		reason: "a key from a repository goes unnoticed",
	},
	{
		file: "key.go", name: "short key",
		old: `case len(k) < minKeyLen:`, new: `case len(k) < minKeyLen-1:`,
		reason: "a key that can be guessed goes unnoticed",
	},
	{
		file: "salt.go", name: "one salt for all",
		old: `string(salt), suffix, string(key)`, new: `suffix, string(key)`,
		reason: "a token for one purpose is good for every other",
	},
	{
		file: "salt.go", name: "HMAC with an empty key",
		old: `	if key == "" {`, new: `	if key == "x" {`,
		reason: "anybody can sign",
	},
	{
		file: "algorithm.go", name: "out of range",
		old: `	if int(a) >= len(algorithms) {
		return invalidOption`, new: `	if int(a) > len(algorithms) {
		return invalidOption`,
		reason: "a panic at the first token",
	},
	{
		file: "algorithm.go", name: "weak hash under FIPS",
		old: `fips140.Enforced() && !algorithms[a].approved`, new: `fips140.Enforced() && algorithms[a].name == ""`,
		reason: "a panic at the first token",
	},
}

var timestampMutants = []mutant{
	{
		file: "timestamp.go", name: "no age check",
		old: `if clock(st.now)-stamp > maxAge.Seconds() {`, new: `if clock(st.now)-stamp > maxAge.Seconds()*1e9 {`,
		reason: "old tokens are good",
	},
	{
		file: "timestamp.go", name: "age at the limit",
		old: `if clock(st.now)-stamp > maxAge.Seconds() {`, new: `if clock(st.now)-stamp >= maxAge.Seconds() {`,
		reason: "Django takes it",
	},
	{
		file: "timestamp.go", name: "clock in whole seconds",
		old: `float64(t.Unix()) + float64(t.Nanosecond())/1e9`, new: `float64(t.Unix())`,
		reason: "good for up to a second too long",
	},
	{
		file: "timestamp.go", name: "zero age means none",
		old: `if maxAge != NoMaxAge {`, new: `if maxAge != NoMaxAge && maxAge != 0 {`,
		reason: "0 is how a caller asks for nothing old",
	},
	{
		file: "timestamp.go", name: "negative age means none",
		old: `if maxAge != NoMaxAge {`, new: `if maxAge != NoMaxAge && maxAge >= 0 {`,
		reason: "a remaining time that became negative makes old tokens good",
	},
	{
		file: "timestamp.go", name: "endless timestamp",
		old: `if math.IsInf(stamp, 0) {`, new: `if math.IsInf(stamp, -1) {`,
		reason: "Python raises for it",
	},
	{
		file: "timestamp.go", name: "timestamp is not parsed",
		old: `	if !ok {
		return value, malformed(errBadTimestamp)`, new: `	if !ok && maxAge == 0 {
		return value, malformed(errBadTimestamp)`,
		reason: "a token without a time has no age",
	},
	{
		file: "timestamp.go", name: "no timestamp",
		old: `	if at < 0 {
		return value, malformed(errNoTimestamp)`, new: `	if at < 0 {
		return signed, nil
	}
	if at < 0 {
		return value, malformed(errNoTimestamp)`,
		reason: "a token without a time has no age",
	},
	{
		file: "timestamp.go", name: "first separator",
		old: `	for i := len(s) - len(sep); i >= 0; i-- {`, new: `	for i := range len(s) {`,
		reason: "the value can hold a time of its own",
	},
	{
		file: "timestamp.go", name: "return the value of an old token",
		old: `return value, &ExpiredError{`, new: `return signed[:at], &ExpiredError{`,
		reason: "a caller who forgets the error has an old value",
	},
	{
		file: "timestamp.go", name: "return the value of a bad token",
		old: `	if err != nil {
		return value, err
	}
	at := lastIndex`, new: `	if err != nil {
		return token, err
	}
	at := lastIndex`,
		reason: "a caller who forgets the error has a forged value",
	},
	{
		file: "timestamp.go", name: "report before the age",
		old: `	st.now = t.signer.now()`, new: `	report(t.signer, v, by, token, signed[:at])
	st.now = t.signer.now()`,
		reason: "the hook counts expired tokens among the good ones",
	},
	{
		file: "timestamp.go", name: "expiry of a bad signature",
		old: `	signed, by, err := verify(t.signer, st, token)
	if err != nil {`, new: `	signed, by, err := verify(t.signer, st, token)
	if err != nil && maxAge < time.Hour {
		return value, &ExpiredError{}
	}
	if err != nil {`,
		reason: "a forged token passes for one that was good",
	},
	{
		file: "timestamp.go", name: "no saturation",
		old: `time.Unix(min(max(sec, -maxStamp), maxStamp), 0)`, new: `time.Unix(sec, 0)`,
		reason: "a time that wraps around",
	},
	{
		file: "timestamp.go", name: "payload before the age",
		old: `envelope, err := openTimestamp(t, st, token, maxAge, &v)`, new: `envelope, err := openTimestamp(t, st, token, NoMaxAge, &v)`,
		reason: "the payloads of old tokens are good",
	},
}
