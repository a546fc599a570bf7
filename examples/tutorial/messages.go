package main

import (
	"log"
	"net/http"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/messages/messageshttp"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// withMessages gives every request its session and its messages.
func withMessages(sessions *sessionhttp.Middleware, keys saltine.Keyring, now func() time.Time, next http.Handler) (http.Handler, error) {
	codec, err := messages.New(keys, &messages.Options{Now: now})
	if err != nil {
		return nil, err
	}
	flash, err := messageshttp.New(sessions, codec, nil)
	if err != nil {
		return nil, err
	}
	return flash.Handler(next), nil
}

// notify adds a message for the next page.
func notify(r *http.Request, text string) {
	if err := messages.Add(r.Context(), messages.Success, text); err != nil {
		log.Print(err)
	}
}
