package bench

import (
	"encoding/gob"
	"errors"
	"net/http"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// GorillaJSON is gorilla/securecookie with its JSON encoder, and with its
// encoder of raw bytes where JSON goes in and out.
func GorillaJSON() Peer {
	return Peer{Name: "gorilla-json", Open: func(p Payload) (*Ops, error) {
		ops, err := openGorilla(p, newGorilla(securecookie.JSONEncoder{}))
		if err != nil {
			return nil, err
		}
		return ops, addGorillaRaw(ops, p)
	}}
}

// GorillaGob is gorilla/securecookie with its default encoder.
func GorillaGob() Peer {
	return Peer{Name: "gorilla-gob", Open: func(p Payload) (*Ops, error) {
		registerGob()
		return openGorilla(p, newGorilla(securecookie.GobEncoder{}))
	}}
}

// registerGob names the types that are inside the interfaces of a payload.
func registerGob() {
	gob.Register([]any(nil))
	gob.Register(map[string]any(nil))
}

// newGorilla lifts the limit of 4096 bytes, which would refuse the large
// payload.
func newGorilla(encoder securecookie.Serializer) *securecookie.SecureCookie {
	return securecookie.New([]byte(secret), nil).MaxAge(int(maxAge.Seconds())).MaxLength(0).SetSerializer(encoder)
}

func openGorilla(p Payload, codec *securecookie.SecureCookie) (*Ops, error) {
	encode := func() (string, error) { return codec.Encode(cookieName, p.Map) }
	read := func(cookie string) (map[string]any, error) {
		var m map[string]any
		err := codec.Decode(cookieName, cookie, &m)
		return m, err
	}
	return mapOps(p, encode, read)
}

func addGorillaRaw(ops *Ops, p Payload) error {
	codec := newGorilla(securecookie.NopEncoder{})
	cookie, err := codec.Encode(cookieName, p.JSON)
	if err != nil {
		return err
	}
	ops.DecodeRaw = func() ([]byte, error) {
		var payload []byte
		err := codec.Decode(cookieName, cookie, &payload)
		return payload, err
	}
	ops.EncodeRaw = func() ([]byte, error) {
		cookie, err := codec.Encode(cookieName, p.JSON)
		return []byte(cookie), err
	}
	return nil
}

// GorillaSessions is gorilla/sessions with its cookie store: from the request's
// header to the session, and from the session to the response's header.
func GorillaSessions() Peer {
	return Peer{Name: "gorilla-sessions", Open: func(p Payload) (*Ops, error) {
		return openGorillaSessions(p, newGorillaStore())
	}}
}

func newGorillaStore() *sessions.CookieStore {
	registerGob()
	store := sessions.NewCookieStore([]byte(secret))
	store.MaxAge(int(maxAge.Seconds()))
	for _, codec := range store.Codecs {
		codec.(*securecookie.SecureCookie).MaxLength(0)
	}
	return store
}

func openGorillaSessions(p Payload, store *sessions.CookieStore) (*Ops, error) {
	session := sessions.NewSession(store, cookieName)
	session.Options = store.Options
	for k, v := range p.Map {
		session.Values[k] = v
	}
	encode := func() (string, error) {
		w := response{header: http.Header{}}
		err := session.Save(nil, &w)
		return w.header.Get("Set-Cookie"), err
	}
	header, err := encode()
	if err != nil {
		return nil, err
	}
	line, err := http.ParseSetCookie(header)
	if err != nil {
		return nil, err
	}

	read := func(r *http.Request) (any, error) {
		session, err := store.New(r, cookieName)
		return session.Values, err
	}
	request, forged := requestWith(line.Value), requestWith(forge(line.Value))
	return &Ops{
		Cookie: line.Value,
		Forged: func() error {
			_, err := read(forged)
			return err
		},
		DecodeKey: func() (string, error) {
			session, err := store.New(request, cookieName)
			if err != nil {
				return "", err
			}
			return textIn(session.Values[p.Key])
		},
		DecodeMap: func() (any, error) { return read(request) },
		EncodeMap: encode,
		Read: func(header string) (any, error) {
			line, err := http.ParseSetCookie(header)
			if err != nil {
				return nil, err
			}
			return read(requestWith(line.Value))
		},
	}, nil
}

func requestWith(cookie string) *http.Request {
	return &http.Request{Header: http.Header{"Cookie": {cookieName + "=" + cookie}}}
}

var errNoText = errors.New("the value read is no text")

func textIn(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", errNoText
	}
	return s, nil
}
