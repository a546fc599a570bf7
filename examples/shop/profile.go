package main

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/authhttp"
	"github.com/seed-52756201/saltine/messages"
)

func (s *shop) signInForm(w http.ResponseWriter, r *http.Request) error {
	return show(w, r, "sign-in", &page{Next: r.FormValue("next")})
}

func (s *shop) signIn(w http.ResponseWriter, r *http.Request) error {
	account, _, err := s.users.ByName(r.Context(), r.PostFormValue("username"))
	if err != nil {
		return err
	}
	if !s.right(r, account, r.PostFormValue("password")) { // it takes as long for a name that nobody has
		if err := messages.Add(r.Context(), messages.Error, "Please enter a correct username and password."); err != nil {
			return err
		}
		return show(w, r, "sign-in", &page{Next: r.PostFormValue("next")})
	}
	if err := authhttp.FromContext(r.Context()).Login(account, ""); err != nil {
		return err
	}
	// As text, since Django cannot read what the driver makes of a time.Time.
	now := time.Now().UTC().Format("2006-01-02 15:04:05.000000")
	if _, err := s.db.ExecContext(r.Context(), "UPDATE auth_user SET last_login = ? WHERE id = ?", now, account.ID); err != nil {
		return err
	}
	return redirect(w, r, s.logins.Next(r), messages.Success, "Welcome, "+account.Name+"!")
}

// right tells whether this is the password of an account that may sign in.
func (s *shop) right(r *http.Request, account djangoauth.Account, password string) bool {
	result, err := s.passwords.Check(password, account.Password)
	if err != nil && account.ID != "" {
		slog.WarnContext(r.Context(), "password", "error", err)
	}
	return result.OK && account.Active
}

func (s *shop) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := authhttp.FromContext(r.Context()).Logout(); err != nil {
		return err
	}
	return redirect(w, r, "/", messages.Info, "You are signed out.")
}

func (s *shop) profile(w http.ResponseWriter, r *http.Request) error {
	return show(w, r, "profile", &page{})
}

// changePassword keeps this session signed in, and ends all others of the user, here and
// at Django.
func (s *shop) changePassword(w http.ResponseWriter, r *http.Request) error {
	visit := authhttp.FromContext(r.Context())
	before, err := visit.User()
	if err != nil {
		return err
	}
	changed := r.PostFormValue("new")
	if len(changed) < 8 {
		return redirect(w, r, "/profile/", messages.Error, "Refused: the new password has fewer than 8 bytes.")
	}
	encoded, err := s.setPassword(r, before, changed)
	if errors.Is(err, errRefused) {
		return redirect(w, r, "/profile/", messages.Error, "Refused: "+err.Error()+".")
	}
	if err != nil {
		return err
	}
	if err := visit.PasswordChanged(before, encoded); err != nil {
		return err
	}
	return redirect(w, r, "/profile/", messages.Success, "Your password is changed.")
}

// signOutEverywhere ends all sessions of the user, here and at Django: a new hash of the
// same password does.
func (s *shop) signOutEverywhere(w http.ResponseWriter, r *http.Request) error {
	visit := authhttp.FromContext(r.Context())
	account, err := visit.User()
	if err != nil {
		return err
	}
	_, err = s.setPassword(r, account, r.PostFormValue("password"))
	if errors.Is(err, errRefused) {
		return redirect(w, r, "/profile/", messages.Error, "Refused: "+err.Error()+".")
	}
	if err != nil {
		return err
	}
	if err := visit.Logout(); err != nil {
		return err
	}
	return redirect(w, r, "/", messages.Info, "You are signed out everywhere.")
}

var (
	errRefused = errors.New("not the password")
	errChanged = errors.New("the password was changed meanwhile")
)

// setPassword stores a password and returns the new text of the column, or errRefused:
// the form must have the present password too. To check it and to make a hash takes long:
// where somebody has changed the password since account was loaded, that change stays, and
// the error is errChanged. Otherwise who knows the old password could write it back.
func (s *shop) setPassword(r *http.Request, account djangoauth.Account, password string) (encoded string, err error) {
	if !s.right(r, account, r.PostFormValue("password")) {
		return "", errRefused
	}
	if encoded, err = s.passwords.Make(password); err != nil {
		return "", err
	}
	result, err := s.db.ExecContext(r.Context(), "UPDATE auth_user SET password = ? WHERE id = ? AND password = ?", encoded, account.ID, account.Password)
	if err != nil {
		return "", err
	}
	if stored, err := result.RowsAffected(); err != nil || stored == 1 {
		return encoded, err
	}
	return "", errChanged
}
