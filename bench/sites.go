package bench

import (
	"context"
	"net/http"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

func unwrapped(h http.Handler) http.Handler { return h }

// openBareSite is a handler without a session, for browsers that send saltine's cookie.
func openBareSite(p Payload) (*Site, error) {
	ops, err := Saltine().Open(p)
	if err != nil {
		return nil, err
	}
	return &Site{
		Cookie:  cookieName + "=" + ops.Cookie,
		payload: p,
		wrap:    unwrapped,
		get: func(_ *http.Request, key string) (string, error) {
			if key == setKey {
				return setText, nil
			}
			return p.Text, nil
		},
		set: func(w http.ResponseWriter, _ *http.Request, key, text string) error {
			w.Header()["Set-Cookie"] = []string{key + "=" + text}
			return nil
		},
	}, nil
}

// openSaltineSite leaves every option at its default.
func openSaltineSite(p Payload) (*Site, error) {
	store, err := saltine.NewCookieStore(keyring(), nil)
	if err != nil {
		return nil, err
	}
	sessions, err := sessionhttp.New(store, nil)
	if err != nil {
		return nil, err
	}
	ops, err := Saltine().Open(p)
	if err != nil {
		return nil, err
	}
	return &Site{
		Cookie:  cookieName + "=" + ops.Cookie,
		payload: p,
		wrap:    sessions.Handler,
		get: func(r *http.Request, key string) (string, error) {
			return saltine.Field[string](key).Get(sessionhttp.FromContext(r.Context()))
		},
		set: func(_ http.ResponseWriter, r *http.Request, key, text string) error {
			sessionhttp.FromContext(r.Context()).Set(key, text)
			return nil
		},
	}, nil
}

// openGorillaSite needs no middleware: handlers get and save their sessions.
// An untouched one costs nothing there.
func openGorillaSite(p Payload) (*Site, error) {
	store := newGorillaStore()
	ops, err := openGorillaSessions(p, store)
	if err != nil {
		return nil, err
	}
	return &Site{
		Cookie:  cookieName + "=" + ops.Cookie,
		payload: p,
		wrap:    unwrapped,
		get: func(r *http.Request, key string) (string, error) {
			session, err := store.Get(r, cookieName)
			if err != nil {
				return "", err
			}
			return textIn(session.Values[key])
		},
		set: func(w http.ResponseWriter, r *http.Request, key, text string) error {
			session, err := store.Get(r, cookieName)
			if err != nil {
				return err
			}
			session.Values[key] = text
			return session.Save(r, w)
		},
	}, nil
}

// openSCSSite keeps sessions in the memory of the server: the cookie is a
// random name, and no signature is checked.
func openSCSSite(p Payload) (*Site, error) {
	registerGob()
	manager := scs.New()
	manager.Store = memstore.NewWithCleanupInterval(0) // no goroutine
	ctx, err := manager.Load(context.Background(), "")
	if err != nil {
		return nil, err
	}
	for k, v := range p.Map {
		manager.Put(ctx, k, v)
	}
	token, _, err := manager.Commit(ctx)
	if err != nil {
		return nil, err
	}
	return &Site{
		Cookie:  manager.Cookie.Name + "=" + token,
		payload: p,
		wrap:    manager.LoadAndSave,
		get: func(r *http.Request, key string) (string, error) {
			return manager.GetString(r.Context(), key), nil
		},
		set: func(_ http.ResponseWriter, r *http.Request, key, text string) error {
			manager.Put(r.Context(), key, text)
			return nil
		},
	}, nil
}
