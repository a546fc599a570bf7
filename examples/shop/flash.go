package main

import (
	"context"
	"net/http"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// flash are the messages of one request, in Django's cookie.
type flash struct {
	codec *messages.Codec
	w     http.ResponseWriter
	list  []messages.Message
}

type flashKey struct{}

func flashes(keys saltine.Keyring, next http.Handler) (http.Handler, error) {
	codec, err := messages.New(keys, nil)
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := &flash{codec: codec, w: w}
		if value, ok := sessioncookie.FindCookie(r.Header["Cookie"], "messages"); ok {
			f.list, _, _ = codec.Decode(value) // none that can be read
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), flashKey{}, f)))
	}), nil
}

func (f *flash) set() error {
	value, _, err := f.codec.Fit(f.list)
	if err != nil {
		return err
	}
	cookie := &http.Cookie{Name: "messages", Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(f.w, cookie)
	return nil
}

func addMessage(ctx context.Context, level messages.Level, text string) error {
	f := ctx.Value(flashKey{}).(*flash)
	f.list = append(f.list, messages.Message{Level: level, Text: text, ExtraTags: new(string)})
	return f.set()
}

func takeMessages(ctx context.Context) []messages.Message {
	f := ctx.Value(flashKey{}).(*flash)
	list := f.list
	f.list = nil
	if len(list) > 0 {
		_ = f.set()
	}
	return list
}
