package bench

import (
	"errors"
	"fmt"
	"net/http"
)

// Use is what a handler does with its session.
type Use string

// The uses, as the benchmarks name them.
const (
	Untouched Use = "untouched"
	Read      Use = "read" // one text
	Set       Use = "set"  // one text
)

// readBack reads what Set has set.
const readBack Use = "readBack"

// Uses returns those that are measured.
func Uses() []Use { return []Use{Untouched, Read, Set} }

// setKey and setText are what [Set] sets.
const (
	setKey  = "lang"
	setText = "fr"
)

// Middleware is one library that puts sessions into requests.
type Middleware struct {
	Name string
	Open func(Payload) (*Site, error)
}

// Middlewares returns all of them. The first is no library but a bare handler:
// what the measurement itself costs.
func Middlewares() []Middleware {
	return []Middleware{
		{"bare", openBareSite},
		{"saltine", openSaltineSite},
		{"gorilla-sessions", openGorillaSite},
		{"scs", openSCSSite},
	}
}

// Site is a handler behind one library's middleware.
type Site struct {
	// Cookie is the request header of a browser that has the session.
	Cookie string

	payload Payload
	wrap    func(http.Handler) http.Handler
	get     func(r *http.Request, key string) (string, error)
	set     func(w http.ResponseWriter, r *http.Request, key, text string) error
}

// Handler returns a handler that uses its session in one way, behind the
// middleware. It answers with an error if a value is not what it must be.
func (s *Site) Handler(u Use) http.Handler {
	return s.wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.use(u, w, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
}

func (s *Site) use(u Use, w http.ResponseWriter, r *http.Request) error {
	switch u {
	case Read:
		return s.expect(r, s.payload.Key, s.payload.Text)
	case readBack:
		return s.expect(r, setKey, setText)
	case Set:
		return s.set(w, r, setKey, setText)
	default:
		return nil
	}
}

func (s *Site) expect(r *http.Request, key, want string) error {
	got, err := s.get(r, key)
	if err == nil && got != want {
		err = fmt.Errorf("got %q, want %q", got, want)
	}
	return err
}

// Requester returns a function that serves one request after another, as a
// server would, but for the network. It tells of an answer that is an error.
func (s *Site) Requester(u Use) func() error {
	handler := s.Handler(u)
	request := http.Request{Method: http.MethodGet, Header: http.Header{"Cookie": {s.Cookie}}}
	w := response{header: http.Header{}}
	return func() error {
		r := request // some libraries write into it
		w.reset()
		handler.ServeHTTP(&w, &r)
		return w.err
	}
}

// response keeps what the checks need.
type response struct {
	header http.Header
	err    error
}

func (w *response) reset() {
	clear(w.header)
	w.err = nil
}

// Header implements [http.ResponseWriter].
func (w *response) Header() http.Header { return w.header }

// Write implements [http.ResponseWriter].
func (w *response) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements [http.ResponseWriter].
func (w *response) WriteHeader(status int) {
	if status != http.StatusOK {
		w.err = fmt.Errorf("status %d", status)
	}
}

var errNoCookie = errors.New("no cookie was set")

// CheckSite holds every use to its result.
func CheckSite(s *Site) error {
	for _, u := range Uses() {
		if err := s.Requester(u)(); err != nil {
			return fmt.Errorf("%s: %w", u, err)
		}
	}
	cookie, err := s.cookieAfterSet()
	if err != nil {
		return err
	}
	next := *s
	next.Cookie = cookie
	return next.Requester(readBack)()
}

// cookieAfterSet returns what the browser sends after a use by [Set].
func (s *Site) cookieAfterSet() (string, error) {
	r := &http.Request{Method: http.MethodGet, Header: http.Header{"Cookie": {s.Cookie}}}
	w := response{header: http.Header{}}
	s.Handler(Set).ServeHTTP(&w, r)
	if w.err != nil {
		return "", w.err
	}
	line := w.header.Get("Set-Cookie")
	if line == "" {
		return "", errNoCookie
	}
	cookie, err := http.ParseSetCookie(line)
	if err != nil {
		return "", err
	}
	return cookie.Name + "=" + cookie.Value, nil
}
