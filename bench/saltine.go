package bench

import (
	"github.com/seed-52756201/saltine"
)

// keyring returns the keys of every peer as this library takes them.
func keyring() saltine.Keyring {
	keys, err := saltine.NewKeyring(secret, nil)
	if err != nil {
		panic(err) // secret is not empty, and SHA-256 is there
	}
	return keys
}

// NewStore returns a function that makes a store of a keyring, as a program does that has
// one for each tenant.
func NewStore() func() error {
	keys := keyring()
	return func() error {
		_, err := saltine.NewCookieStore(keys, nil)
		return err
	}
}

// Saltine is this library, compressing as it does for sessions.
func Saltine() Peer { return saltinePeer("saltine", saltine.CompressionBest) }

// SaltineUncompressed is this library without compression.
func SaltineUncompressed() Peer { return saltinePeer("saltine-uncompressed", saltine.CompressionNone) }

func saltinePeer(name string, compression saltine.Compression) Peer {
	return Peer{Name: name, Open: func(p Payload) (*Ops, error) {
		return openSaltine(p, saltine.Options{Salt: salt, Compression: compression})
	}}
}

// openSaltine reads one key as a handler does, from a session. The rest is the
// signer, which Django's signing.dumps and loads correspond to.
func openSaltine(p Payload, opts saltine.Options) (*Ops, error) {
	signer, err := saltine.NewTimestampSigner(keyring(), &opts)
	if err != nil {
		return nil, err
	}
	store, err := saltine.NewCookieStore(keyring(), &saltine.StoreOptions{Compression: opts.Compression, CookieAge: maxAge})
	if err != nil {
		return nil, err
	}
	cookie, err := signer.AppendSignPayload(nil, p.JSON)
	if err != nil {
		return nil, err
	}

	token, forged := string(cookie), forge(string(cookie))
	field := saltine.Field[string](p.Key)
	read := func(token string) (any, error) {
		var m map[string]any
		err := signer.UnsignObject(token, &m, maxAge)
		return m, err
	}
	var payload, text, buf []byte

	return &Ops{
		Cookie: token,
		Verify: func() error {
			_, err := signer.Verify(token, maxAge)
			return err
		},
		Forged: func() error {
			_, err := signer.AppendUnsignPayload(payload[:0], forged, maxAge)
			return err
		},
		DecodeRaw: func() (_ []byte, err error) {
			payload, err = signer.AppendUnsignPayload(payload[:0], token, maxAge)
			return payload, err
		},
		DecodeKey: func() (string, error) {
			s, err := store.Load(token)
			if err != nil {
				return "", err
			}
			return field.Get(s)
		},
		DecodeMap: func() (any, error) { return read(token) },
		EncodeRaw: func() (_ []byte, err error) {
			buf, err = signer.AppendSignPayload(buf[:0], p.JSON)
			return buf, err
		},
		EncodeMap: func() (string, error) { return signer.SignObject(p.Map) },
		AppendMap: func() (_ []byte, err error) {
			if text, err = (saltine.JSONSerializer{}).Dumps(text[:0], p.Map); err != nil {
				return nil, err
			}
			buf, err = signer.AppendSignPayload(buf[:0], text)
			return buf, err
		},
		Read: read,
	}, nil
}
