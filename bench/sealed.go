package bench

import (
	"crypto/sha256"

	"github.com/gorilla/securecookie"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sealed"
)

// SealedPeers are the ways to keep a session in a cookie that its holder cannot
// read. They encrypt with AES-256.
func SealedPeers() []Peer {
	return []Peer{
		SealedSaltine(),
		GorillaEncrypted("gorilla-json-aes", securecookie.JSONEncoder{}),
		GorillaEncrypted("gorilla-gob-aes", securecookie.GobEncoder{}),
	}
}

// SealedSaltine is this library with package sealed.
func SealedSaltine() Peer {
	return Peer{Name: "saltine-sealed", Open: func(p Payload) (*Ops, error) {
		keys, err := saltine.NewKeyring(secret, nil)
		if err != nil {
			return nil, err
		}
		box, err := sealed.New(keys, nil)
		if err != nil {
			return nil, err
		}
		return openSealed(p, keys, box)
	}}
}

// openSealed reads one value as a handler does, from a session. The rest is the
// signer.
func openSealed(p Payload, keys saltine.Keyring, box *sealed.Box) (*Ops, error) {
	signer, err := saltine.NewTimestampSigner(keys, &saltine.Options{Salt: salt, Serializer: box})
	if err != nil {
		return nil, err
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{
		Serializer:  box,
		Compression: saltine.CompressionNone,
		CookieAge:   maxAge,
	})
	if err != nil {
		return nil, err
	}
	ops, err := mapOps(
		p,
		func() (string, error) { return signer.SignObject(p.Map) },
		func(cookie string) (m map[string]any, err error) {
			err = signer.UnsignObject(cookie, &m, maxAge)
			return m, err
		},
	)
	if err != nil {
		return nil, err
	}
	field := saltine.Field[string](p.Key)
	ops.DecodeKey = func() (string, error) {
		s, err := store.Load(ops.Cookie)
		if err != nil {
			return "", err
		}
		return field.Get(s)
	}
	return ops, addSave(ops, p, store)
}

// addSave has AppendMap set a value of a session that was read before, and save it,
// which gorilla's codec has no counterpart for but EncodeMap.
func addSave(ops *Ops, p Payload, store *saltine.CookieStore) error {
	s, err := store.Load(ops.Cookie)
	if err != nil {
		return err
	}
	ops.AppendMap = func() ([]byte, error) {
		s.Set(p.Key, p.Text)
		cookie, err := store.Save(s)
		return []byte(cookie), err
	}
	return nil
}

// GorillaEncrypted is gorilla/securecookie with a block key: AES-256 in counter mode,
// and HMAC-SHA256 around it.
func GorillaEncrypted(name string, encoder securecookie.Serializer) Peer {
	return Peer{Name: name, Open: func(p Payload) (*Ops, error) {
		registerGob()
		blockKey := sha256.Sum256([]byte("block key " + secret))
		codec := securecookie.New([]byte(secret), blockKey[:]).MaxAge(int(maxAge.Seconds())).MaxLength(0).SetSerializer(encoder)
		return openGorilla(p, codec)
	}}
}
