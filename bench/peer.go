package bench

import "time"

// secret is the key of every peer, and salt and maxAge are those of Django's
// sessions.
const (
	secret = "a key for benchmarks only, fifty bytes or more, no secret" //nolint:gosec // as it says
	salt   = "django.contrib.sessions.backends.signed_cookies"
	maxAge = 1209600 * time.Second
)

// cookieName is bound into the cookie by some peers.
const cookieName = "sessionid"

// Peer is one way to keep a session in a cookie.
type Peer struct {
	Name string
	// Open makes the operations on one payload ready. An error says that the
	// peer refuses it.
	Open func(Payload) (*Ops, error)
}

// Ops are what one peer does with one payload. A nil function is what the peer
// does not offer.
type Ops struct {
	// Cookie is the payload as the peer writes it.
	Cookie string

	// Verify checks the signature and the age of Cookie, and reads no payload.
	Verify func() error
	// Forged reads Cookie with one character of its signature changed. It must
	// fail.
	Forged func() error
	// DecodeRaw verifies Cookie and returns its payload as JSON.
	DecodeRaw func() ([]byte, error)
	// DecodeKey verifies Cookie and returns one text in it.
	DecodeKey func() (string, error)
	// DecodeMap verifies Cookie and returns it as a map.
	DecodeMap func() (any, error)
	// EncodeRaw makes a cookie of the payload's JSON.
	EncodeRaw func() ([]byte, error)
	// EncodeMap makes a cookie of the payload's map.
	EncodeMap func() (string, error)
	// AppendMap is EncodeMap into a buffer that the caller keeps.
	AppendMap func() ([]byte, error)

	// Read decodes any cookie of this peer, for checking what it wrote.
	Read func(cookie string) (any, error)
}

// mapOps makes the operations of a peer that writes a map and reads it back.
func mapOps(p Payload, encode func() (string, error), read func(cookie string) (map[string]any, error)) (*Ops, error) {
	cookie, err := encode()
	if err != nil {
		return nil, err
	}
	forged := forge(cookie)
	return &Ops{
		Cookie: cookie,
		Forged: func() error {
			_, err := read(forged)
			return err
		},
		DecodeKey: func() (string, error) {
			m, err := read(cookie)
			if err != nil {
				return "", err
			}
			return textIn(m[p.Key])
		},
		DecodeMap: func() (any, error) { return read(cookie) },
		EncodeMap: encode,
		Read:      func(cookie string) (any, error) { return read(cookie) },
	}, nil
}

// Operation is the name of one of the functions of [Ops].
type Operation string

// The operations, as the benchmarks name them.
const (
	Verify    Operation = "Verify"
	Forged    Operation = "Forged"
	DecodeRaw Operation = "DecodeRaw"
	DecodeKey Operation = "DecodeKey"
	DecodeMap Operation = "DecodeMap"
	EncodeRaw Operation = "EncodeRaw"
	EncodeMap Operation = "EncodeMap"
	AppendMap Operation = "AppendMap"
)

// Operations returns all of them.
func Operations() []Operation {
	return []Operation{Verify, Forged, DecodeRaw, DecodeKey, DecodeMap, EncodeRaw, EncodeMap, AppendMap}
}

// Func returns the operation as a function to repeat, or nil if the peer does
// not offer it. It returns no error for what must fail, and does.
func (o *Ops) Func(op Operation) func() error {
	switch op {
	case Verify:
		return o.Verify
	case Forged:
		return refusing(o.Forged)
	case DecodeRaw:
		return discard(o.DecodeRaw)
	case DecodeKey:
		return discard(o.DecodeKey)
	case DecodeMap:
		return discard(o.DecodeMap)
	case EncodeRaw:
		return discard(o.EncodeRaw)
	case EncodeMap:
		return discard(o.EncodeMap)
	case AppendMap:
		return discard(o.AppendMap)
	}
	return nil
}

func discard[T any](f func() (T, error)) func() error {
	if f == nil {
		return nil
	}
	return func() error {
		_, err := f()
		return err
	}
}

func refusing(f func() error) func() error {
	if f == nil {
		return nil
	}
	return func() error {
		if f() == nil {
			return errForged
		}
		return nil
	}
}

// Peers returns saltine and every peer of the same process.
func Peers() []Peer {
	return []Peer{
		Saltine(),
		SaltineUncompressed(),
		Port(),
		PooledStd(),
		PooledKlauspost(),
		GorillaJSON(),
		GorillaGob(),
		GorillaSessions(),
		GolangJWT(),
		Paseto(),
	}
}

// forge changes one character of a cookie, ten before its end, where every peer
// has its signature.
func forge(cookie string) string {
	b := []byte(cookie)
	at := len(b) - 10
	if b[at] == 'A' {
		b[at] = 'B'
	} else {
		b[at] = 'A'
	}
	return string(b)
}
