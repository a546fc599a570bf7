package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// request is what the counter needs of an HTTP request.
type request struct {
	Path string `json:"path"`
	// Cookie are the values of the Cookie headers.
	Cookie []string `json:"cookie"`
}

// response is what becomes of it.
type response struct {
	Status int `json:"status"`
	// SetCookie are the values of Set-Cookie headers, each a header of its own.
	SetCookie []string `json:"setCookie"`
	// Vary asks for the header Vary: Cookie.
	Vary bool   `json:"vary"`
	Body string `json:"body"`
}

// counter serves requests. It is safe for concurrent use.
type counter struct {
	cookie *sessioncookie.Cookie
	log    *log.Logger
}

// newCounter returns a counter. Make it once for each instance of the program.
func newCounter(keys saltine.Keyring, logger *log.Logger) (*counter, error) {
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		return nil, err
	}
	c, err := sessioncookie.New(store, nil)
	if err != nil {
		return nil, err
	}
	return &counter{cookie: c, log: logger}, nil
}

// serve serves a request.
func (c *counter) serve(req request) response {
	exchange := c.cookie.Open(context.Background(), req.Cookie)
	resp := route(req.Path, exchange.Session())
	setCookie, vary, err := exchange.Commit(resp.Status)
	if err != nil {
		c.log.Printf("session not saved: %v", err)
		resp = response{Status: 500, Body: "the session could not be saved\n"}
	}
	if _, err := exchange.Verification(); err != nil && !errors.Is(err, saltine.ErrBadSignature) {
		c.log.Printf("cookie unreadable: %v", err)
	}
	resp.SetCookie = append(setCookie, resp.SetCookie...)
	resp.Vary = vary
	return resp
}

const visits saltine.Field[int] = "visits"

// greeted is a second cookie beside the session's, for the page's script.
const greeted = "greeted=1; Path=/; SameSite=Lax; Secure"

func route(path string, session *saltine.Session) response {
	switch path {
	case "/":
		return count(session)
	case "/forget":
		if err := session.Flush(); err != nil { // no cookie store fails here; a database may
			return response{Status: 500, Body: "please try again\n"}
		}
		return response{Status: 200, Body: "who are you?\n"}
	default: // does not touch the session, and so does not vary
		return response{Status: 404, Body: "not found\n"}
	}
}

func count(session *saltine.Session) response {
	n, err := visits.Get(session)
	if err != nil { // none yet, or not a number
		n = 0
	}
	n++
	visits.Set(session, n)
	resp := response{Status: 200, Body: fmt.Sprintf("visit %d\n", n)}
	if n == 1 {
		resp.SetCookie = []string{greeted}
	}
	return resp
}
