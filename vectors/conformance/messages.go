package conformance

import (
	"crypto"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/vectors"
)

// messagesCookie is a cookie of messages, and how to read it.
type messagesCookie struct {
	*vectors.Test
	group    *vectors.Group
	keys     saltine.Keyring
	opts     messages.Options
	verified messages.Verification // of the last cookie that was read
}

// checkMessages checks a messages.Codec.
func checkMessages(g *vectors.Group, t *vectors.Test) error {
	keys, opts, err := bareOptions(g, t)
	if err != nil {
		return err
	}
	c := &messagesCookie{Test: t, group: g, keys: keys}
	c.opts = messages.Options{
		Salt:     opts.Salt,
		MaxSize:  64 << 10, // the longest cookie that is read
		Now:      opts.Now,
		OnVerify: func(v messages.Verification) { c.verified = v },
	}
	c.opts.AcceptDjango31, c.opts.AcceptDjango14 = acceptedForms(g.Source)
	codec, err := messages.New(keys, &c.opts)
	if err != nil {
		return err
	}
	list, complete, err := codec.Decode(t.Cookie)
	if t.Result != vectors.Valid {
		return all(
			func() error { return differRefusal("Decode", err) },
			func() error { return differ("messages beside an error", 0, len(list)) },
		)
	}
	if err := differOutcome("Decode", t.Result, err); err != nil {
		return err
	}
	return all(
		func() error { return differ("complete", true, complete) },
		func() error { return c.differMessages(list) },
		func() error { return differVerification(t, c.verified.Verification) },
		func() error { return differ("Form", c.form(), c.verified.Form) },
		func() error { return c.write(list) },
	)
}

// differRefusal compares an error where Django hides the reason: any refusal of
// the value will do.
func differRefusal(call string, err error) error {
	if outcome(err) == vectors.Malformed {
		return nil
	}
	return differOutcome(call, vectors.BadSignature, err)
}

// acceptedForms tells the older forms that a Django reads: 3.1 and 3.2 all of
// them, 4.0 that of 3.1.
func acceptedForms(source string) (django31, django14 bool) {
	var major, minor int
	if n, _ := fmt.Sscanf(source, "Django %d.%d", &major, &minor); n < 2 {
		return false, false // a branch, newer than any of these
	}
	return major == 3 && minor > 0 || major == 4 && minor == 0, major < 4
}

// form is the form of the cookie.
func (c *messagesCookie) form() messages.Form {
	switch {
	case c.isDjango14() || c.Has("legacy_format"):
		return messages.Django14
	case c.isDjango31() || c.Has("format_3_1"):
		return messages.Django31
	}
	return messages.Django32
}

func (c *messagesCookie) isDjango14() bool { return strings.Contains(c.group.Format, "hmac") }

func (c *messagesCookie) isDjango31() bool {
	return c.group.Format == "TimestampSigner.sign(json)"
}

// differMessages compares messages with [level, message, extra_tags, is_safe].
func (c *messagesCookie) differMessages(list []messages.Message) error {
	got := make([]any, len(list))
	for i, m := range list {
		var tags any
		if m.ExtraTags != nil {
			tags = *m.ExtraTags
		}
		got[i] = []any{int64(m.Level), m.Text, tags, m.Safe}
	}
	return differData(c.Test, got)
}

// write writes the messages again. The older forms, which the package only
// reads, are written by what signs them.
func (c *messagesCookie) write(list []messages.Message) error {
	keys, opts, err := options(c.group, c.Test)
	if err != nil || !isWritable(c.group, c.Test) || c.RawPayload == nil {
		return err
	}
	if c.isDjango14() {
		return c.writeHMAC(keys, opts.Salt)
	}
	opts, ok := writeOptions(opts, c.Test)
	if !ok {
		return nil
	}
	signer, err := saltine.NewTimestampSigner(keys, opts)
	if err != nil {
		return err
	}
	if c.isDjango31() {
		return differ("TimestampSigner.Sign", c.Cookie, signer.Sign(string(c.Payload())))
	}
	return all(
		func() error { return c.writeObject(signer) },
		func() error { return c.encode(signer, opts, list) },
	)
}

// writeHMAC writes the form of Django 1.4 to 3.0, and verifies its HMAC.
func (c *messagesCookie) writeHMAC(keys saltine.Keyring, salt saltine.Salt) error {
	mac, err := keys.SaltedHMAC(salt, c.Payload(), crypto.SHA1)
	if err != nil {
		return err
	}
	hexdigest := hex.EncodeToString(mac)
	keyIndex, err := keys.VerifySaltedHMAC(salt, c.Payload(), hexdigest, crypto.SHA1)
	return all(
		func() error {
			return differ("SaltedHMAC", c.Cookie, hexdigest+c.group.Sep+string(c.Payload()))
		},
		func() error { return differOutcome("VerifySaltedHMAC", vectors.Valid, err) },
		func() error { return differ("key of VerifySaltedHMAC", 0, keyIndex) },
	)
}

func (c *messagesCookie) writeObject(signer *saltine.TimestampSigner) error {
	token, err := signer.SignObject(json.RawMessage(c.Payload()))
	if err != nil {
		return err
	}
	return differToken("SignObject", c.Test, signer, token)
}

// encode compares what Encode writes: all of it where neither is compressed,
// and else after inflating.
func (c *messagesCookie) encode(signer *saltine.TimestampSigner, opts *saltine.Options, list []messages.Message) error {
	written := c.opts
	written.Now = opts.Now
	codec, err := messages.New(c.keys, &written)
	if err != nil {
		return err
	}
	token, err := codec.Encode(list)
	if err != nil {
		return err
	}
	if isCompressed(token) == isCompressed(c.Cookie) {
		return differToken("Encode", c.Test, signer, token)
	}
	payload, err := signer.AppendUnsignPayload(nil, token, 0)
	if err != nil {
		return err
	}
	return differ("Encode", string(c.Payload()), string(payload))
}
