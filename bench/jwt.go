package bench

import (
	"maps"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// GolangJWT is golang-jwt with HS256: the session is the token's claims.
func GolangJWT() Peer { return Peer{Name: "golang-jwt", Open: openJWT} }

func openJWT(p Payload) (*Ops, error) {
	claims := jwt.MapClaims(maps.Clone(p.Map))
	encode := func() (string, error) {
		claims["exp"] = time.Now().Add(maxAge).Unix()
		return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}))
	read := func(cookie string) (map[string]any, error) {
		var claims jwt.MapClaims
		_, err := parser.ParseWithClaims(cookie, &claims, func(*jwt.Token) (any, error) { return []byte(secret), nil })
		delete(claims, "exp")
		return claims, err
	}
	return mapOps(p, encode, read)
}
