package mutants_test

var keyMutants = []mutant{
	{
		file: "key.go", name: "fallback signs",
		old: `slices.Concat(keys, o.Fallbacks)`, new: `slices.Concat(o.Fallbacks, keys)`,
		reason: "the stalest key signs, and can never go",
	},
	{
		file: "key.go", name: "fallbacks in reverse",
		old: `slices.Concat(keys, o.Fallbacks)`, new: `func() []Key { k := slices.Clone(o.Fallbacks); slices.Reverse(k); return slices.Concat(keys, k) }()`,
		reason: "Verification.KeyIndex names the wrong key as the one to remove",
	},
	{
		file: "key.go", name: "legacy algorithm signs",
		old: `slices.Concat([]crypto.Hash{o.Algorithm}, o.LegacyAlgorithms)`, new: `slices.Concat(o.LegacyAlgorithms, []crypto.Hash{o.Algorithm})`,
		reason: "SHA-1 signs",
	},
	{
		file: "key.go", name: "empty fallback",
		old: `case key == "" && i >= len(keys):`, new: `case key == "" && i >= len(keys):
			continue
		case key == "" && i < 0:`,
		reason: "a variable that is not set goes unnoticed",
	},
	{
		file: "key.go", name: "empty key",
		old: `		case key == "":`, new: `		case key == "" && i < 0:`,
		reason: "anybody can sign",
	},
	{
		file: "key.go", name: "any algorithm",
		old: `if err := checkAlgorithm(algorithm); err != nil {`, new: `if err := checkAlgorithm(algorithm); err != nil && len(keys) == 0 {`,
		reason: "a panic at the first token",
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
		old: `case strings.HasPrefix(text, insecurePrefix):`, new: `case strings.HasSuffix(text, insecurePrefix):`,
		reason: "a key from a repository goes unnoticed",
	},
	{
		file: "key.go", name: "short key",
		old: `case len(text) < minKeyLen:`, new: `case len(text) < minKeyLen-1:`,
		reason: "a key that can be guessed goes unnoticed",
	},
	{
		file: "key.go", name: "any hash",
		old: `return invalidOption("crypto.Hash %d is not one of Django's algorithms", uint(hash))`, new: `return nil`,
		reason: "a panic at the first token",
	},
	{
		file: "key.go", name: "weak hash under FIPS",
		old: `fips140.Enforced() && !a.approved`, new: `fips140.Enforced() && a.name == ""`,
		reason: "a panic at the first token",
	},
	{
		file: "key.go", name: "zero Keyring for cookies",
		old: `if k.ring == nil { // with`, new: `if k.ring == nil {
		k, _ = NewKeyring(cookiePrefix, nil)
	}
	if k.ring == nil { // with`,
		reason: "with the prefix it is a key that everybody knows",
	},
	{
		file: "key.go", name: "no prefix",
		old: `prefixed[i] = cookiePrefix + key`, new: `prefixed[i] = key`,
		reason: "another key than Django's",
	},
	{
		file: "key.go", name: "fallback without prefix",
		old: `prefixed[i] = cookiePrefix + key`, new: `if prefixed[i] = key; i == 0 {
			prefixed[i] = cookiePrefix + key
		}`,
		reason: "another key than Django's",
	},
	{
		file: "key.go", name: "white space in a key",
		old: `case strings.TrimSpace(text) != text:`, new: `case strings.TrimLeft(text, " ") != text:`,
		reason: "a blank that was copied along makes another key",
	},
	{
		file: "key.go", name: "quotes in a key",
		old: `case len(text) > 1 && strings`, new: `case len(text) < 1 && strings`,
		reason: "quotes that were copied along make another key",
	},
	{
		file: "key.go", name: "placeholder",
		old: `case slices.Contains(placeholders, unpunctuated(text)):`, new: `case slices.Contains(placeholders, text):`,
		reason: "a key that everybody knows goes unnoticed",
	},
	{
		file: "key.go", name: "a few different bytes",
		old: `differentBytes(text) < 5`, new: `differentBytes(text) < 4`,
		reason: "a key that can be guessed goes unnoticed",
	},
	{
		file: "key.go", name: "fingerprint is a hash of the key",
		old: `	return hex.EncodeToString(mac.Sum(nil)[:4])`, new: `	sum := sha256.Sum256([]byte(k))
	return hex.EncodeToString(sum[:4])`,
		reason: "a table of hashes finds the key",
	},
	{
		file: "key.go", name: "fingerprint of no purpose of its own",
		old: `fingerprintLabel + string(k)`, new: `string(k)`,
		reason: "it is a part of what something else signs",
	},
	{
		file: "key.go", name: "fingerprint without a label",
		old: `	io.WriteString(mac, fingerprintLabel)`, new: `	io.WriteString(mac, "")`,
		reason: "it is a part of what something else signs",
	},
	{
		file: "key.go", name: "print the Keyring",
		old: `func (Keyring) Format(f fmt.State, _ rune) { formatName(f, "saltine.Keyring") }`, new: `func (k Keyring) Format(f fmt.State, _ rune) { io.WriteString(f, string(k.ring.keys[0])) }`,
		reason: "the key in a log",
	},
	{
		file: "key.go", name: "marshal the Keyring",
		old: `func (Keyring) MarshalText() ([]byte, error) { return []byte("saltine.Keyring(" + redacted + ")"), nil }`, new: `func (k Keyring) MarshalText() ([]byte, error) { return []byte(k.ring.keys[0]), nil }`,
		reason: "the key in a log",
	},
	{
		file: "key.go", name: "last line signs",
		old: `keys = append(keys, Key(line))`, new: `keys = append([]Key{Key(line)}, keys...)`,
		reason: "the stalest key signs, and can never go",
	},
	{
		file: "key.go", name: "fallbacks before the lines",
		old: `	return newKeyring(keys, &o)
}

func`, new: `	keys, o.Fallbacks = slices.Concat(o.Fallbacks, keys), nil
	return newKeyring(keys, &o)
}

func`,
		reason: "the stalest key signs, and can never go",
	},
	{
		file: "key.go", name: "white space in a line",
		old: `case trimmed != line && !o.KeepSpace:`, new: `case trimmed != line && !o.KeepSpace && number < 0:`,
		reason: "a blank that was copied along makes another key",
	},
	{
		file: "key.go", name: "no white space is kept",
		old: `keys = append(keys, Key(line))`, new: `keys = append(keys, Key(trimmed))`,
		reason: "another key than Django's",
	},
	{
		file: "key.go", name: "byte order mark is a part of the key",
		old: `strings.TrimPrefix(text, "\uFEFF")`, new: `text`,
		reason: "another key than Django's",
	},
	{
		file: "key.go", name: "blank lines count",
		old: `case trimmed == "":`, new: `case trimmed == "" && number < 0:`,
		reason: "a file that ends with a line end is refused",
	},
	{
		file: "key.go", name: "blank lines with white space count",
		old: `case trimmed == "":`, new: `case line == "":`,
		reason: "a blank that nobody sees is a key that everybody knows",
	},
	{
		file: "key.go", name: "carriage return is a part of the key",
		old: `line = strings.TrimSuffix(line, "\r")`, new: `line += ""`,
		reason: "another key than Django's",
	},
	{
		file: "key.go", name: "no key at all",
		old: `	if len(keys) == 0 {
		return Keyring{}, fmt`, new: `	if len(keys) == 0 && number == 0 {
		return Keyring{}, fmt`,
		reason: "a panic",
	},
	{
		file: "key.go", name: "zero Keyring",
		old: `return errEmptyKeyring`, new: `return nil`,
		reason: "a panic",
	},
	{
		file: "key.go", name: "signing key alone is checked",
		old: `	for i, key := range k.ring.keys {
		if err := key.Check()`, new: `	for i, key := range k.ring.keys[:1] {
		if err := key.Check()`,
		reason: "a fallback that can be guessed goes unnoticed",
	},
	{
		file: "key.go", name: "hash that is not linked",
		old: `case !hash.Available():`, new: `case !hash.Available() && a.name == "":`,
		reason: "a panic at the first token", tests: "checks",
	},
	{
		file: "key.go", name: "name of a hash in any case",
		old: `algorithms[i].name == name`, new: `strings.EqualFold(algorithms[i].name, name)`,
		reason: "another name than Python's",
	},
	{
		file: "salt.go", name: "one salt for all",
		old: `string(salt), suffix, string(key)`, new: `suffix, string(key)`,
		reason: "a token for one purpose is good for every other",
	},
	{
		file: "salt.go", name: "HMAC of the zero Keyring",
		old: `	if err := k.check(); err != nil {
		return 0, err
	}
	if algorithm == 0 {`, new: `	if err := k.check(); err != nil && algorithm > 99 {
		return 0, err
	}
	if algorithm == 0 {`,
		reason: "a panic",
	},
	{
		file: "salt.go", name: "accept every signature",
		old: `subtle.ConstantTimeCompare([]byte(hexdigest), want) == 1`, new: `subtle.ConstantTimeCompare([]byte(hexdigest), want) >= 0`,
		reason: "who writes to the database signs",
	},
	{
		file: "salt.go", name: "compare in variable time",
		old: `subtle.ConstantTimeCompare([]byte(hexdigest), want) == 1`, new: `subtle.ConstantTimeEq(0, 0) == 1 && hexdigest == string(want)`,
		reason: "the time tells how many bytes are right",
	},
	{
		file: "salt.go", name: "HMAC by the last key",
		old: `saltedHMAC(k.ring.keys[0], salt`, new: `saltedHMAC(k.ring.keys[len(k.ring.keys)-1], salt`,
		reason: "the stalest key signs",
	},
	{
		file: "salt.go", name: "any hash for an HMAC",
		old: `return algorithm, checkAlgorithm(algorithm)`, new: `return algorithm, nil`,
		reason: "a panic",
	},
	{
		file: "salt.go", name: "HMAC of no fallback",
		old: `for i, key := range k.ring.keys {
		want`, new: `for i, key := range k.ring.keys[:1] {
		want`,
		reason: "a new key ends everything at once",
	},
	{
		file: "salt.go", name: "HMAC by any key",
		old: `return i, nil`, new: `return i * 0, nil`,
		reason: "nobody learns when an old key may go",
	},
	{
		file: "salt.go", name: "HMAC of another value",
		old: `	mac.Write(value)`, new: `	mac.Write(value[min(1, len(value)):])`,
		reason: "the first byte is anybody's",
	},
}

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
		old: `		return "", Verification{}, err`, new: `		return token, Verification{}, err`,
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
		old: `if end < 0 || token[end:end+len(s.sep)] != s.sep {`, new: `if end < 0 {`,
		reason: "a byte of the token is anybody's",
	},
	{
		file: "signer.go", name: "half a separator",
		old: `token[end:end+len(s.sep)] != s.sep`, new: `token[end] != s.sep[0]`,
		reason: "a byte of the token is anybody's",
	},
	{
		file: "signer.go", name: "last key signs",
		old: `sig := signature(s, st, 0, dst[from:])`, new: `sig := signature(s, st, len(s.slots)-1, dst[from:])`,
		reason: "the stalest key signs",
	},
	{
		file: "signer.go", name: "salt without suffix",
		old: `derive(algorithm, salt, signerSuffix, key)`, new: `derive(algorithm, salt, "", key)`,
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
		old: `cmp.Or(o.MaxTokenLen, defaultMaxToken)`, new: `cmp.Or(o.MaxTokenLen, 1<<40)`,
		reason: "no limit without an option",
	},
	{
		file: "signer.go", name: "no default payload limit",
		old: `cmp.Or(o.MaxPayloadLen, defaultMaxPayload)`, new: `cmp.Or(o.MaxPayloadLen, 1<<40)`,
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
		old: `if cap(st.packed) > maxRetained {`, new: `if cap(st.packed) > 1<<40 {`,
		reason: "one large token takes its room forever, per processor",
	},
	{
		file: "signer.go", name: "keep large tokens",
		old: `	if cap(st.token) > maxRetained {`, new: `	if cap(st.token) > 1<<40 {`,
		reason: "one large token takes its room forever, per processor",
	},
	{
		file: "signer.go", name: "old key needs no new signature",
		old: `return v.KeyIndex > 0 || v.Legacy`, new: `return v.Legacy`,
		reason: "a rotation never ends",
	},
	{
		file: "signer.go", name: "old algorithm needs no new signature",
		old: `return v.KeyIndex > 0 || v.Legacy`, new: `return v.KeyIndex > 0`,
		reason: "SHA-1 stays",
	},
	{
		file: "signer.go", name: "print the keys",
		old: `formatName(f, "saltine.Signer")`, new: `fmt.Fprintf(f, "%s", s.slots)`,
		reason: "derived keys in a log",
	},
}

var timestampMutants = []mutant{
	{
		file: "timestamp.go", name: "no age check",
		old: `if clock(now)-stamp > maxAge.Seconds() {`, new: `if clock(now)-stamp > maxAge.Seconds()*1e9 {`,
		reason: "old tokens are good",
	},
	{
		file: "timestamp.go", name: "age at the limit",
		old: `if clock(now)-stamp > maxAge.Seconds() {`, new: `if clock(now)-stamp >= maxAge.Seconds() {`,
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
		old: `	if !ok {`, new: `	if !ok && maxAge == 0 {`,
		reason: "a token without a time has no age",
	},
	{
		file: "timestamp.go", name: "no timestamp",
		old: `	if at < 0 {`, new: `	if at < 0 {
		o.value = signed
		return nil
	}
	if at < 0 {`,
		reason: "a token without a time has no age",
	},
	{
		file: "timestamp.go", name: "first separator",
		old: `strings.LastIndex(signed, t.signer.sep)`, new: `strings.Index(signed, t.signer.sep)`,
		reason: "the value can hold a time of its own",
	},
	{
		file: "timestamp.go", name: "return the value of an old token",
		old: `			return &ExpiredError{`, new: `			o.value = signed[:at]
			return &ExpiredError{`,
		reason: "a caller who forgets the error has an old value",
	},
	{
		file: "timestamp.go", name: "return the value of a bad token",
		old: `	signed, by, err := t.signer.verify(st, token)
	if err != nil {
		return err`, new: `	signed, by, err := t.signer.verify(st, token)
	if err != nil {
		o.value = token
		return err`,
		reason: "a caller who forgets the error has a forged value",
	},
	{
		file: "timestamp.go", name: "report before the age",
		old: `	now, signedAt := t.signer.time(), stampTime(sec)`, new: `	now, signedAt := t.signer.time(), stampTime(sec)
	t.signer.report(&Verification{SignedAt: signedAt}, by, len(token), signed[:at])`,
		reason: "the hook counts expired tokens among the good ones",
	},
	{
		file: "timestamp.go", name: "expiry of a bad signature",
		old: `	signed, by, err := t.signer.verify(st, token)`, new: `	signed, by, err := t.signer.verify(st, token)
	if err != nil && maxAge < time.Hour {
		return &ExpiredError{}
	}`,
		reason: "a forged token passes for one that was good",
	},
	{
		file: "timestamp.go", name: "no saturation",
		old: `time.Unix(min(max(sec, -maxStamp), maxStamp), 0)`, new: `time.Unix(sec, 0)`,
		reason: "a time that wraps around",
	},
	{
		file: "timestamp.go", name: "payload before the age",
		old: `if err := t.unsign(o, st, token, maxAge); err`, new: `if err := t.unsign(o, st, token, NoMaxAge); err`,
		reason: "the payloads of old tokens are good",
	},
}
