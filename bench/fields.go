package bench

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// Fields read one value of a session each, by the Go type of the field.
func Fields() (map[string]func() error, error) {
	store, err := saltine.NewCookieStore(keyring(), nil)
	if err != nil {
		return nil, err
	}
	s := store.New()
	s.Update(map[string]any{"int": 4711, "int64": int64(-4711), "bool": true, "texts": []string{"book", "pen", "ink"}})
	return map[string]func() error{
		"int":      reads(s, saltine.Field[int]("int")),
		"int64":    reads(s, saltine.Field[int64]("int64")),
		"bool":     reads(s, saltine.Field[bool]("bool")),
		"[]string": reads(s, saltine.Field[[]string]("texts")),
	}, nil
}

func reads[T any](s *saltine.Session, f saltine.Field[T]) func() error {
	return func() error {
		_, err := f.Get(s)
		return err
	}
}

// CookieSearch returns a search for the session's cookie among others, by saltine and by
// net/http: among so many that the header has about 1.1 kB, or among foreign ones, each
// of two bytes.
func CookieSearch(foreign int) map[string]func() error {
	cookie := cookieName + "=" + strings.Repeat("a", 440)
	header := cookie
	switch {
	case foreign > 0:
		header = strings.Repeat("a=b; ", foreign) + cookie
	default:
		for i := range 12 {
			header = fmt.Sprintf("analytics%02d=%s; ", i, strings.Repeat("x", 38)) + header
		}
	}
	headers := []string{header}
	r := &http.Request{Header: http.Header{"Cookie": headers}}
	return map[string]func() error{
		"saltine": func() error {
			if _, ok := sessioncookie.FindCookie(headers, cookieName); !ok {
				return errNoCookie
			}
			return nil
		},
		"net/http": func() error {
			_, err := r.Cookie(cookieName)
			return err
		},
	}
}

// LoginCookie returns the key and the cookie of somebody who is signed in.
func LoginCookie() (key, cookie string, err error) {
	ops, err := Saltine().Open(PayloadNamed("auth"))
	if err != nil {
		return "", "", err
	}
	return secret, cookieName + "=" + ops.Cookie, nil
}
