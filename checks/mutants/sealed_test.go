package mutants_test

var sealedMutants = []mutant{
	{
		file: "salt.go", name: "label not in derived keys",
		old: `saltedHMAC(key, Salt(label), []byte(purpose), crypto.SHA256)`, new: `saltedHMAC(key, Salt(""), []byte(purpose), crypto.SHA256)`,
		reason: "keys of two kinds are one",
	},
	{
		file: "salt.go", name: "purpose not in derived keys",
		old: `saltedHMAC(key, Salt(label), []byte(purpose), crypto.SHA256)`, new: `saltedHMAC(key, Salt(label), []byte(label), crypto.SHA256)`,
		reason: "keys of two purposes are one",
	},
	{
		file: "salt.go", name: "fallbacks derive the first key",
		old: `		derived[i] = saltedHMAC(key,`, new: `		key = k.ring.keys[0]
		derived[i] = saltedHMAC(key,`,
		reason: "nothing that an earlier key sealed opens",
	},
	{
		file: "salt.go", name: "empty keyring derives",
		old: `	if err := k.check(); err != nil {
		return nil, err
	}
	derived :=`, new: `	if k.ring == nil {
		return nil, nil
	}
	derived :=`,
		reason: "a Box without keys",
	},
	{
		file: "sealed/xaes.go", name: "nonce not drawn",
		old: `	rand.Read(half)`, new: `	_ = rand.Reader`,
		reason: "nonces are those of AES-GCM, good for 2^32 sessions",
	},
	{
		file: "sealed/xaes.go", name: "no carry in CMAC",
		old: `b[len(b)-1] ^= carry * 0x87`, new: `_ = carry`,
		reason: "half of the keys are not XAES-256-GCM",
	},
	{
		file: "sealed/xaes.go", name: "no subkey in CMAC",
		old: `subtle.XORBytes(block, block, x.subkey[:])`, new: `_ = subtle.XORBytes`,
		reason: "keys are a plain encryption of the nonce",
	},
	{
		file: "sealed/xaes.go", name: "nonce not in the key",
		old: `copy(block[4:], half)`, new: `copy(block[4:], half[:0])`,
		reason: "one AES key for all sessions, with short nonces",
	},
	{
		file: "sealed/xaes.go", name: "one block twice",
		old: `block[1], block[2] = byte(i+1), 'X'`, new: `block[1], block[2] = 1, 'X'`,
		reason: "a key of 128 bits",
	},
	{
		file: "sealed/box.go", name: "length not checked",
		old: `len(sealed) < minSealed`, new: `len(sealed) < 0`,
		reason: "short input panics",
	},
	{
		file: "sealed/xaes.go", name: "additional data not sealed",
		old: `return gcm.Seal(sealed, nil, plaintext, ad), nil`, new: `return gcm.Seal(sealed, nil, plaintext, ad[:1]), nil`,
		reason: "values move between names",
	},
	{
		file: "sealed/box.go", name: "salt not bound",
		old: `DeriveKeys(label, string(o.Salt))`, new: `DeriveKeys(label, string(o.Salt[:0]))`,
		reason: "sessions move between stores",
	},
	{
		file: "sealed/box.go", name: "another label",
		old: `const label = "saltine.sealed"`, new: `const label = "saltine.seale"`,
		reason: "Django does not read it",
	},
	{
		file: "sealed/box.go", name: "last key seals",
		old: `return b.keys.all[0].seal`, new: `return b.keys.all[len(b.keys.all)-1].seal`,
		reason: "old keys stay in use",
	},
	{
		file: "sealed/box.go", name: "fallbacks do not open",
		old: `for i := range b.keys.all {`, new: `for i := range b.keys.all[:1] {`,
		reason: "a rotation signs everybody out",
	},
	{
		file: "sealed/box.go", name: "key slot not told",
		old: `by.KeyIndex = i`, new: `by.KeyIndex = 0 * i`,
		reason: "nobody knows when an old key can go",
	},
	{
		file: "sealed/box.go", name: "no padding",
		old: `padded := len(text) + b.padding - len(text)%b.padding`, new: `padded := len(text) + 1`,
		reason: "the length of a cookie is that of the session",
	},
	{
		file: "sealed/box.go", name: "old bytes as padding",
		old: `clear(plaintext[copy(plaintext, text):])`, new: `copy(plaintext, text)`,
		reason: "the padding holds what was in the buffer before",
	},
	{
		file: "sealed/box.go", name: "end not checked",
		old: `if end < 0 || plaintext[end] != textEnd {`, new: `if end < 0 {`,
		reason: "the last byte of a text is lost in silence",
	},
	{
		file: "sealed/box.go", name: "empty plaintext",
		old: `if end < 0 || plaintext[end] != textEnd {`, new: `if plaintext[end] != textEnd {`,
		reason: "a panic",
	},
	{
		file: "sealed/box.go", name: "plain accepted at the end",
		old: `return b.now().Before(b.plainUntil)`, new: `return !b.now().After(b.plainUntil)`,
		reason: "the end date is a moment late",
	},
	{
		file: "sealed/box.go", name: "padding without limit",
		old: `o.Padding < 0 || o.Padding > maxPadding`, new: `o.Padding < 0`,
		reason: "no cookie holds it",
	},
	{
		file: "sealed/box.go", name: "negative padding",
		old: `o.Padding < 0 || o.Padding > maxPadding`, new: `o.Padding > maxPadding`,
		reason: "a panic on the first session",
	},
	{
		file: "sealed/box.go", name: "zero Box seals",
		old: `if b == nil || b.keys == nil {`, new: `if b == nil {`,
		reason: "a panic",
	},
	{
		file: "sealed/box.go", name: "Box prints its keys",
		old: `func (Box) Format(f fmt.State, _ rune)`, new: `func (Box) format(f fmt.State, _ rune)`,
		reason: "what is in a Box is in the log",
	},
	{
		file: "sealed/box.go", name: "sessions and values alike",
		old: `formValue   = 'v'`, new: `formValue   = 's'`,
		reason: "a session stands for the value without a name",
	},
	{
		file: "sealed/box.go", name: "name not bound",
		old: `append([]byte{version, formValue}, name...)`, new: `append([]byte{version, formValue}, name[:0]...)`,
		reason: "a value moves to another name",
	},
	{
		file: "sealed/serializer.go", name: "plain always accepted",
		old: `case b.acceptsPlain():`, new: `case b.acceptsPlain() || len(payload) > 0:`,
		reason: "the end date ends nothing",
	},
	{
		file: "sealed/serializer.go", name: "plain not told",
		old: `by.Plain = true`, new: `by.Plain = false`,
		reason: "nobody knows when plain sessions are gone",
	},
	{
		file: "sealed/field.go", name: "plain value always accepted",
		old: `if !f.Box.acceptsPlain() {`, new: `if false {`,
		reason: "whoever writes the rest of the session writes this value",
	},
	{
		file: "sealed/field.go", name: "line breaks skipped",
		old: `err != nil || strings.ContainsAny(text, "\r\n")`, new: `err != nil || strings.ContainsAny(text, "\t")`,
		reason: "many texts for one value",
	},
	{
		file: "sealed/field.go", name: "plain in place of an error",
		old: `s.Set(f.Name, refused{err})`, new: `s.Set(f.Name, value)`,
		reason: "a value that could not be sealed is written plain",
	},
	{
		file: "sealed/field.go", name: "value beside an error",
		old: `		var zero T
		return zero, f.failed(err)
	}
	f.Box`, new: `		return v, f.failed(err)
	}
	f.Box`,
		reason: "half a value is taken for a good one",
	},
	{
		file: "sealed/field.go", name: "value lost",
		old: `	if err == nil {
		s.Delete(f.Name)`, new: `	if err == nil || err != nil {
		s.Delete(f.Name)`,
		reason: "Pop removes what it could not open",
	},
}
