package main

import (
	"embed"
	"html/template"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// What a session holds.
const (
	user       saltine.Field[string] = "user"
	signedInAt saltine.Field[int64]  = "signed_in_at" // Unix nanoseconds
	visits     saltine.Field[int]    = "visits"
	flash      saltine.Field[string] = "flash"
	note       saltine.Field[string] = "note"
)

//go:embed page.html
var files embed.FS

var pages = template.Must(template.ParseFS(files, "page.html"))

// app is the program behind its address.
type app struct {
	// ended says when a user signed out everywhere. It is all that the server
	// keeps, and would be a column of the table of users.
	mu    sync.Mutex
	ended map[string]int64
}

// newApp returns the handler of the whole program.
func newApp(keys saltine.Keyring, cookie *sessionhttp.CookieOptions) (http.Handler, error) {
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		return nil, err
	}
	a := &app{ended: map[string]int64{}}
	sessions, err := sessionhttp.New(store, &sessionhttp.Options{
		Cookie:       *cookie,
		Guard:        a.refuseEnded,
		ErrorHandler: tooLarge,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.home)
	mux.HandleFunc("POST /sign-in", a.signIn)
	mux.HandleFunc("POST /sign-out", a.signOut)
	mux.HandleFunc("POST /sign-out-everywhere", a.signOutEverywhere)
	mux.HandleFunc("POST /note", a.keepNote)
	return http.NewCrossOriginProtection().Handler(sessions.Handler(mux)), nil
}

// page is what page.html shows.
type page struct {
	User, Flash, Note, Error string
	Visits                   int
}

func render(w http.ResponseWriter, p *page) {
	if err := pages.Execute(w, p); err != nil {
		log.Print(err)
	}
}

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	s := sessionhttp.FromContext(r.Context())
	p := &page{}
	p.User, _ = user.Get(s) // none: not signed in
	p.Note, _ = note.Get(s)
	p.Flash, _ = flash.Pop(s)
	if p.User != "" {
		p.Visits, _ = visits.Get(s)
		p.Visits++
		visits.Set(s, p.Visits)
	}
	render(w, p)
}

// signIn believes everybody: this program shows sessions, not passwords.
func (a *app) signIn(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSpace(r.PostFormValue("name"))
	if name == "" || len(name) > 100 {
		http.Error(w, "a name of 1 to 100 bytes, please", http.StatusBadRequest)
		return
	}
	s := sessionhttp.FromContext(r.Context())
	if !flush(w, s) { // nothing of whoever was here before
		return
	}
	user.Set(s, name)
	signedInAt.Set(s, time.Now().UnixNano())
	flash.Set(s, "Welcome, "+name+"!")
	if r.PostFormValue("remember") == "" {
		s.SetExpiry(saltine.ExpireAtBrowserClose())
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// signOut takes the cookie from this browser.
func (a *app) signOut(w http.ResponseWriter, r *http.Request) {
	if !flush(w, sessionhttp.FromContext(r.Context())) {
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// signOutEverywhere ends every session that began until now, wherever its
// cookie was copied to.
func (a *app) signOutEverywhere(w http.ResponseWriter, r *http.Request) {
	s := sessionhttp.FromContext(r.Context())
	if name, err := user.Get(s); err == nil {
		a.mu.Lock()
		a.ended[name] = time.Now().UnixNano()
		a.mu.Unlock()
	}
	if !flush(w, s) {
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// flush leaves nothing in the session. With cookies it cannot fail; a database can.
func flush(w http.ResponseWriter, s *saltine.Session) bool {
	if err := s.Flush(); err != nil {
		log.Print(err)
		http.Error(w, "you are still signed in: please try again", http.StatusInternalServerError)
		return false
	}
	return true
}

// refuseEnded refuses the sessions that signOutEverywhere ended. It goes by when
// they began: when the cookie was signed says less, as it is signed again with
// every change.
func (a *app) refuseEnded(s *saltine.Session) error {
	name, _ := user.Get(s)
	began, _ := signedInAt.Get(s)
	a.mu.Lock()
	defer a.mu.Unlock()
	ended, ok := a.ended[name]
	if ok && began <= ended {
		return saltine.ErrRevoked
	}
	return nil
}

func (a *app) keepNote(w http.ResponseWriter, r *http.Request) {
	s := sessionhttp.FromContext(r.Context())
	note.Set(s, r.PostFormValue("note"))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// tooLarge answers for a session that does not fit into a cookie. The cookie
// stays as it was; what is to blame is in the log.
func tooLarge(w http.ResponseWriter, _ *http.Request, err error) {
	w.Header().Del("Location")
	w.WriteHeader(http.StatusInternalServerError)
	render(w, &page{Error: err.Error()})
}
