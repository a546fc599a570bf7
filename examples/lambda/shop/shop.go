// Package shop is a shopping cart in a session. It serves the four kinds of events by
// which HTTP requests reach a Lambda function. They hold cookies in different places;
// here all of them become texts, which package sessioncookie takes and returns.
package shop

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

// Shop serves events. It is safe for concurrent use.
type Shop struct {
	cookie *sessioncookie.Cookie
	log    *slog.Logger
}

// New returns a Shop. Make it once, before the first event: an instance of the function
// keeps it from one event to the next.
func New(store saltine.Store, log *slog.Logger) (*Shop, error) {
	c, err := sessioncookie.New(store, nil)
	if err != nil {
		return nil, err
	}
	return &Shop{cookie: c, log: log}, nil
}

// Handler returns the handler for the events of a source, for lambda.Start.
func (s *Shop) Handler(source string) (any, error) {
	switch source {
	case "rest":
		return s.REST, nil
	case "http":
		return s.HTTP, nil
	case "url":
		return s.URL, nil
	case "alb":
		return s.ALB, nil
	default:
		return nil, fmt.Errorf("no event source %q: it is rest, http, url or alb", source)
	}
}

// request is what the shop needs of an event.
type request struct {
	method, path string
	cookies      []string // Cookie headers, or parts of one
	body         string
	isBase64     bool
}

// response is what every kind of event can carry back.
type response struct {
	status  int
	vary    bool     // the response needs Vary: Cookie
	cookies []string // Set-Cookie headers, the session's first
	body    string
}

const contentType = "text/plain; charset=utf-8"

// serve is all there is to do for a session: open, handle, commit. The session is bound
// to the context that Lambda gives the handler, which ends with the function's timeout.
func (s *Shop) serve(ctx context.Context, req request) response {
	exchange := s.cookie.Open(ctx, req.cookies)
	resp, err := route(req, exchange.Session())
	if err != nil {
		s.log.Error("request failed", "error", err)
		resp = response{status: http.StatusInternalServerError, body: "internal error\n"}
	}
	setCookie, vary, err := exchange.Commit(resp.status)
	if err != nil { // a *saltine.SizeError tells which values take the room
		s.log.Error("session not saved", "error", err)
		resp = response{status: http.StatusInternalServerError, body: "the session could not be saved\n"}
	}
	s.logCookie(&exchange)
	resp.cookies = append(setCookie, resp.cookies...)
	resp.vary = vary
	return resp
}

// logCookie logs why a cookie was refused. Cookies that are badly signed or too old
// come from anywhere, every day. A cookie that our own key signed and that cannot be
// read is a fault of ours.
func (s *Shop) logCookie(exchange *sessioncookie.Exchange) {
	_, err := exchange.Verification()
	switch {
	case err == nil:
	case errors.Is(err, saltine.ErrBadSignature):
		s.log.Debug("cookie refused", "error", err)
	default:
		s.log.Error("cookie unreadable", "error", err)
	}
}

// cart is what the session holds.
const cart saltine.Field[[]string] = "cart"

func route(req request, session *saltine.Session) (response, error) {
	switch req.method + " " + req.path {
	case "GET /health": // does not touch the session, and so does not vary
		return response{status: http.StatusOK, body: "ok\n"}, nil
	case "GET /cart":
		return list(session)
	case "POST /cart":
		return add(session, req)
	case "DELETE /cart":
		if err := session.Flush(); err != nil {
			return response{}, err
		}
		return response{status: http.StatusOK, cookies: []string{countCookie(0)}, body: "empty\n"}, nil
	default:
		return response{status: http.StatusNotFound, body: "not found\n"}, nil
	}
}

func list(session *saltine.Session) (response, error) {
	items, err := read(session)
	if err != nil {
		return response{}, err
	}
	return response{status: http.StatusOK, body: strings.Join(items, "\n") + "\n"}, nil
}

func add(session *saltine.Session, req request) (response, error) {
	item, ok := req.text()
	if !ok {
		return response{status: http.StatusBadRequest, body: "the body is not base64\n"}, nil
	}
	items, err := read(session)
	if err != nil {
		return response{}, err
	}
	items = append(items, item)
	cart.Set(session, items)
	return response{
		status:  http.StatusCreated,
		cookies: []string{countCookie(len(items))},
		body:    strings.Join(items, "\n") + "\n",
	}, nil
}

// read returns the cart, empty where there was none.
func read(session *saltine.Session) ([]string, error) {
	items, err := cart.Get(session)
	if errors.Is(err, saltine.ErrMissing) {
		return nil, nil
	}
	return items, err
}

// countCookie is a second cookie beside the session's, from which the page's script
// reads the number.
func countCookie(n int) string {
	return fmt.Sprintf("cart_count=%d; Path=/; SameSite=Lax; Secure", n)
}

// text returns the body, and whether it is what the event says.
func (r request) text() (body string, ok bool) {
	if !r.isBase64 {
		return r.body, true
	}
	decoded, err := base64.StdEncoding.DecodeString(r.body)
	return string(decoded), err == nil
}
