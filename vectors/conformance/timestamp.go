package conformance

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/vectors"
)

// timestamped is a value of a TimestampSigner, and how to read it.
type timestamped struct {
	*vectors.Test
	keys   saltine.Keyring
	opts   *saltine.Options
	signer *saltine.TimestampSigner
	maxAge time.Duration
}

// checkTimestampSigner checks a TimestampSigner, and for objects Dumps and
// Loads too.
func checkTimestampSigner(g *vectors.Group, t *vectors.Test) error {
	keys, opts, err := options(g, t)
	if err != nil {
		return err
	}
	signer, err := saltine.NewTimestampSigner(keys, opts)
	if err != nil {
		return err
	}
	c := &timestamped{t, keys, opts, signer, maxAge(t)}
	isObject := g.Kind == vectors.KindSigningDumps || t.Has("sign_object")
	write := func() error { return nil }
	if isWritable(g, t) {
		write = func() error { return c.write(isObject) }
	}
	if isObject {
		return all(c.verify, c.payload, c.object, c.loads, write)
	}
	return all(c.verify, c.text, write)
}

// verify checks signature and age. What comes after them may be malformed: that
// is for the payload to tell.
func (c *timestamped) verify() error {
	v, err := c.signer.Verify(c.Cookie, c.maxAge)
	if c.Result != vectors.Malformed || outcome(err) != vectors.Valid {
		if err := differOutcome("Verify", c.Result, err); err != nil {
			return err
		}
	}
	text, textErr := c.signer.Unsign(c.Cookie, c.maxAge)
	if err := differOutcome("Unsign", outcome(err), textErr); err != nil {
		return err
	}
	if err != nil {
		return all(
			func() error { return differExpired(c.Test, err) },
			func() error { return differ("value beside an error", "", text) },
		)
	}
	return differVerification(c.Test, v)
}

// text checks the value of a signer of text.
func (c *timestamped) text() error {
	text, err := c.signer.Unsign(c.Cookie, c.maxAge)
	if err := differOutcome("Unsign", c.Result, err); err != nil || c.Result != vectors.Valid {
		return err
	}
	return differData(c.Test, text)
}

// payload checks the serialized text. A value that is malformed without one
// failed before the serializer.
func (c *timestamped) payload() error {
	want := c.Result
	if want == vectors.Malformed && c.RawPayload != nil {
		want = vectors.Valid
	}
	const before = "before"
	got, err := c.signer.AppendUnsignPayload([]byte(before), c.Cookie, c.maxAge)
	if err := differOutcome("AppendUnsignPayload", want, err); err != nil {
		return err
	}
	rest, ok := bytes.CutPrefix(got, []byte(before))
	switch {
	case !ok:
		return differ("AppendUnsignPayload keeps what was there", before, string(got))
	case err != nil:
		return differ("payload beside an error", "", string(rest))
	case c.RawPayload == nil:
		return nil // too long for the file
	}
	return differ("payload", string(c.Payload()), string(rest))
}

func (c *timestamped) object() error {
	var got any
	err := c.signer.UnsignObject(c.Cookie, &got, c.maxAge)
	return c.differObject("UnsignObject", got, err)
}

// loads checks Loads, whose salt for an empty one is not that of the class.
func (c *timestamped) loads() error {
	if c.opts.Salt == "" {
		return nil
	}
	var got any
	err := c.keys.Loads(c.Cookie, &got, c.maxAge, c.opts)
	return c.differObject("Loads", got, err)
}

func (c *timestamped) differObject(call string, got any, err error) error {
	if err := differOutcome(call, c.Result, err); err != nil {
		return err
	}
	if c.Result != vectors.Valid {
		return differ("value beside an error", nil, got)
	}
	return differData(c.Test, got)
}

// write signs at the time of the cookie what the cookie holds.
func (c *timestamped) write(isObject bool) error {
	opts, ok := writeOptions(c.opts, c.Test)
	if !ok {
		return nil
	}
	signer, err := saltine.NewTimestampSigner(c.keys, opts)
	if err != nil {
		return err
	}
	if !isObject {
		return c.writeText(signer)
	}
	return c.writeObject(signer, opts)
}

func (c *timestamped) writeText(signer *saltine.TimestampSigner) error {
	var value string
	if err := json.Unmarshal(c.Data, &value); err != nil {
		return err
	}
	return differ("Sign", c.Cookie, signer.Sign(value))
}

func (c *timestamped) writeObject(signer *saltine.TimestampSigner, opts *saltine.Options) error {
	object := json.RawMessage(c.Payload())
	written := func(call string, token string, err error) error {
		if err != nil {
			return err
		}
		return differToken(call, c.Test, signer, token)
	}
	return all(
		func() error {
			token, err := signer.AppendSignPayload(nil, c.Payload())
			return written("AppendSignPayload", string(token), err)
		},
		func() error {
			token, err := signer.SignObject(object)
			return written("SignObject", token, err)
		},
		func() error {
			if opts.Salt == "" { // which Dumps takes for a salt of its own
				return nil
			}
			token, err := c.keys.Dumps(object, opts)
			return written("Dumps", token, err)
		},
	)
}

// differToken compares a token that signer wrote: byte for byte, or if it is
// compressed after inflating, because every compressor has bytes of its own.
func differToken(call string, t *vectors.Test, signer *saltine.TimestampSigner, token string) error {
	if !isCompressed(t.Cookie) {
		return differ(call, t.Cookie, token)
	}
	payload, err := signer.AppendUnsignPayload(nil, token, 0)
	if err := differOutcome("reading what "+call+" wrote", vectors.Valid, err); err != nil {
		return err
	}
	return differ(call, string(t.Payload()), string(payload))
}
