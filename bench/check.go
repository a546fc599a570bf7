package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

var (
	errForged = errors.New("a forged cookie was accepted")
	errNoOps  = errors.New("the peer offers neither DecodeMap nor EncodeMap")
)

// Check holds every operation of a peer to its result. Nothing that fails it
// is worth timing.
func Check(p Payload, ops *Ops) error {
	if ops.DecodeMap == nil || ops.EncodeMap == nil {
		return errNoOps
	}
	for _, op := range Operations() {
		f := checks[op](p, ops)
		if f == nil {
			continue
		}
		// Twice: the second time with pooled state.
		for range 2 {
			if err := f(); err != nil {
				return fmt.Errorf("%s: %w", op, err)
			}
		}
	}
	return nil
}

// checks give a function that performs an operation and judges its result, or
// nil where the peer does not offer it.
var checks = map[Operation]func(Payload, *Ops) func() error{
	Verify:    func(_ Payload, o *Ops) func() error { return o.Verify },
	Forged:    func(_ Payload, o *Ops) func() error { return refusing(o.Forged) },
	DecodeRaw: func(p Payload, o *Ops) func() error { return judge(o.DecodeRaw, p.isJSON) },
	DecodeKey: func(p Payload, o *Ops) func() error { return judge(o.DecodeKey, p.isText) },
	DecodeMap: func(p Payload, o *Ops) func() error { return judge(o.DecodeMap, p.isMap) },
	EncodeRaw: func(p Payload, o *Ops) func() error {
		return judge(o.EncodeRaw, func(cookie []byte) error { return p.isCookie(o, string(cookie)) })
	},
	AppendMap: func(p Payload, o *Ops) func() error {
		return judge(o.AppendMap, func(cookie []byte) error { return p.isCookie(o, string(cookie)) })
	},
	EncodeMap: func(p Payload, o *Ops) func() error {
		return judge(o.EncodeMap, func(cookie string) error { return p.isCookie(o, cookie) })
	},
}

func judge[T any](f func() (T, error), verdict func(T) error) func() error {
	if f == nil {
		return nil
	}
	return func() error {
		v, err := f()
		if err != nil {
			return err
		}
		return verdict(v)
	}
}

func (p Payload) isCookie(o *Ops, cookie string) error {
	v, err := o.Read(cookie)
	if err != nil {
		return err
	}
	return p.isMap(v)
}

func (p Payload) isText(text string) error {
	if text != p.Text {
		return fmt.Errorf("got %q, want %q", text, p.Text)
	}
	return nil
}

func (p Payload) isJSON(text []byte) error {
	if !bytes.Equal(text, p.JSON) {
		return fmt.Errorf("got %q, want %q", text, p.JSON)
	}
	return nil
}

// isMap compares as JSON, because peers read numbers as different Go types.
func (p Payload) isMap(v any) error {
	if m, ok := v.(map[any]any); ok {
		named := make(map[string]any, len(m))
		for k, value := range m {
			named[fmt.Sprint(k)] = value
		}
		v = named
	}
	got, err := json.Marshal(v)
	if err != nil {
		return err
	}
	want, err := json.Marshal(p.Map)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("got %s, want %s", got, want)
	}
	return nil
}
