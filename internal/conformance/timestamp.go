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
	key    saltine.Key
	opts   *saltine.Options
	signer *saltine.TimestampSigner
	maxAge time.Duration
}

// checkTimestampSigner checks a TimestampSigner, and for objects Dumps and
// Loads too.
func checkTimestampSigner(g *vectors.Group, t *vectors.Test) error {
	key, opts, err := options(g, t)
	if err != nil {
		return err
	}
	signer, err := saltine.NewTimestampSigner(key, opts)
	if err != nil {
		return err
	}
	c := &timestamped{t, key, opts, signer, maxAge(t)}
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

// verify checks signature and age, as string and as bytes. What comes after
// them may be malformed: that is for the payload to tell.
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
	b, bytesErr := c.signer.UnsignBytes([]byte(c.Cookie), c.maxAge)
	if err := differOutcome("UnsignBytes", outcome(err), bytesErr); err != nil {
		return err
	}
	if err != nil {
		return all(
			func() error { return differExpired(c.Test, err) },
			func() error { return differ("value beside an error", "", text+string(b)) },
		)
	}
	return all(
		func() error { return differVerification(c.Test, v) },
		func() error { return differ("UnsignBytes", text, string(b)) },
	)
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
	got, err := c.signer.AppendPayload([]byte(before), c.Cookie, c.maxAge)
	if err := differOutcome("AppendPayload", want, err); err != nil {
		return err
	}
	rest, ok := bytes.CutPrefix(got, []byte(before))
	switch {
	case !ok:
		return differ("AppendPayload keeps what was there", before, string(got))
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
	err := saltine.Loads(c.key, c.Cookie, &got, c.maxAge, c.opts)
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
	signer, err := saltine.NewTimestampSigner(c.key, opts)
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
	return all(
		func() error { return differ("Sign", c.Cookie, signer.Sign(value)) },
		func() error { return differ("SignAt", c.Cookie, c.signer.SignAt(value, unix(c.Timestamp))) },
		func() error { return differ("AppendSign", c.Cookie, string(signer.AppendSign(nil, []byte(value)))) },
	)
}

func (c *timestamped) writeObject(signer *saltine.TimestampSigner, opts *saltine.Options) error {
	object := json.RawMessage(c.Payload())
	writers := []struct {
		call  string
		write func() ([]byte, error)
	}{
		{"AppendSignPayload", func() ([]byte, error) { return signer.AppendSignPayload(nil, c.Payload()) }},
		{"AppendSignObject", func() ([]byte, error) { return signer.AppendSignObject(nil, object) }},
		{"SignObject", func() ([]byte, error) {
			token, err := signer.SignObject(object)
			return []byte(token), err
		}},
		{"Dumps", func() ([]byte, error) {
			if opts.Salt == "" {
				return signer.AppendSignObject(nil, object)
			}
			token, err := saltine.Dumps(c.key, object, opts)
			return []byte(token), err
		}},
	}
	for _, w := range writers {
		token, err := w.write()
		if err != nil {
			return err
		}
		if err := differToken(w.call, c.Test, signer, string(token)); err != nil {
			return err
		}
	}
	return nil
}

// differToken compares a token that signer wrote: byte for byte, or if it is
// compressed after inflating, because every compressor has bytes of its own.
func differToken(call string, t *vectors.Test, signer *saltine.TimestampSigner, token string) error {
	if !isCompressed(t.Cookie) {
		return differ(call, t.Cookie, token)
	}
	payload, err := signer.AppendPayload(nil, token, 0)
	if err := differOutcome("reading what "+call+" wrote", vectors.Valid, err); err != nil {
		return err
	}
	return differ(call, string(t.Payload()), string(payload))
}
