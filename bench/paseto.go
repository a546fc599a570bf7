package bench

import (
	"time"

	"aidanwoods.dev/go-paseto"
)

// Paseto is go-paseto with v4.local, which also encrypts: the session is the
// token's claims.
func Paseto() Peer { return Peer{Name: "paseto", Open: openPaseto} }

func openPaseto(p Payload) (*Ops, error) {
	key, err := paseto.V4SymmetricKeyFromBytes([]byte(secret)[:32])
	if err != nil {
		return nil, err
	}
	encode := func() (string, error) {
		token, err := paseto.MakeToken(p.Map, nil)
		if err != nil {
			return "", err
		}
		token.SetExpiration(time.Now().Add(maxAge))
		return token.V4Encrypt(key, nil), nil
	}
	parser := paseto.NewParser()
	read := func(cookie string) (any, error) {
		token, err := parser.ParseV4Local(key, cookie, nil)
		if err != nil {
			return nil, err
		}
		claims := token.Claims()
		delete(claims, "exp")
		return claims, nil
	}
	cookie, err := encode()
	if err != nil {
		return nil, err
	}
	forged := forge(cookie)
	return &Ops{
		Cookie: cookie,
		Forged: func() error {
			_, err := parser.ParseV4Local(key, forged, nil)
			return err
		},
		DecodeKey: func() (string, error) {
			token, err := parser.ParseV4Local(key, cookie, nil)
			if err != nil {
				return "", err
			}
			return token.GetString(p.Key)
		},
		DecodeMap: func() (any, error) { return read(cookie) },
		EncodeMap: encode,
		Read:      read,
	}, nil
}
