package main

import (
	"database/sql"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"slices"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/authhttp"
	"github.com/seed-52756201/saltine/djangocsrf"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/sessionhttp"
)

//go:embed pages.html
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages.html"))

// page is what pages.html shows: what Django's context processors add, and a view's own.
type page struct {
	User      string // "" is nobody
	Messages  []messages.Message
	CSRFToken string

	Next string
	Cart []product
}

// show answers with a template of pages.html.
func show(w http.ResponseWriter, r *http.Request, name string, p *page) error {
	account, err := authhttp.FromContext(r.Context()).User()
	if err != nil && !errors.Is(err, djangoauth.ErrAnonymous) {
		return err
	}
	p.User = account.Name
	p.Messages = messages.Take(r.Context())
	p.CSRFToken = djangocsrf.FromContext(r.Context()).Token()
	return pages.ExecuteTemplate(w, name, p)
}

// redirect leads to another page, of either side, which shows the message.
func redirect(w http.ResponseWriter, r *http.Request, url string, level messages.Level, text string) error {
	if err := messages.Add(r.Context(), level, text); err != nil {
		return err
	}
	http.Redirect(w, r, url, http.StatusSeeOther) //nolint:gosec // a path of ours, or one that logins.Next lets through
	return nil
}

// view is a handler whose errors are not the visitor's fault.
type view func(w http.ResponseWriter, r *http.Request) error

func (v view) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch err := v(w, r); {
	case errors.Is(err, errChanged):
		http.Error(w, "Your password was changed at the same time. Please sign in again.", http.StatusConflict)
	case err != nil:
		slog.ErrorContext(r.Context(), r.Pattern, "error", err)
		http.Error(w, "Please try again later.", http.StatusServiceUnavailable)
	}
}

// product is a row of Django's model.
type product struct {
	ID   int64
	Name string
}

func (s *shop) product(r *http.Request, id any) (p product, err error) {
	err = s.db.QueryRowContext(r.Context(), "SELECT id, name FROM shop_product WHERE id = ?", id).Scan(&p.ID, &p.Name)
	return p, err
}

// cartItems are ids of products. Django's first page shows how many.
const cartItems saltine.Field[[]int64] = "cart"

func (s *shop) cart(w http.ResponseWriter, r *http.Request) error {
	items, _ := cartItems.Get(sessionhttp.FromContext(r.Context())) // none yet
	slices.Sort(items)
	var p page
	for _, id := range slices.Compact(items) {
		item, err := s.product(r, id)
		if errors.Is(err, sql.ErrNoRows) {
			continue // the admin deleted it
		}
		if err != nil {
			return err
		}
		p.Cart = append(p.Cart, item)
	}
	return show(w, r, "cart", &p)
}

// add takes the form of Django's first page.
func (s *shop) add(w http.ResponseWriter, r *http.Request) error {
	item, err := s.product(r, r.PostFormValue("product"))
	if errors.Is(err, sql.ErrNoRows) {
		http.NotFound(w, r)
		return nil
	}
	if err != nil {
		return err
	}
	session := sessionhttp.FromContext(r.Context())
	items, _ := cartItems.Get(session) // none yet
	cartItems.Set(session, append(items, item.ID))
	return redirect(w, r, "/", messages.Success, item.Name+" is in your cart.")
}
