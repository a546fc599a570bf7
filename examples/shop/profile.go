package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/authhttp"
	"github.com/seed-52756201/saltine/djangoauth/passwords"
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
	password := r.PostFormValue("password")
	right, err := s.check(r, account, password) // it takes as long for a name that nobody has
	if err != nil {
		return err
	}
	if !right.OK {
		if err := messages.Add(r.Context(), messages.Error, "Please enter a correct username and password."); err != nil {
			return err
		}
		return show(w, r, "sign-in", &page{Next: r.PostFormValue("next")})
	}
	if right.Upgrade { // before Login, which keeps in the session what is made of the hash
		if err := s.changeHash(r, &account, password); err != nil {
			return err
		}
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

// check tells whether this is the password of an account that may sign in, and whether its
// hash is outdated. The error is inTurn's.
func (s *shop) check(r *http.Request, account djangoauth.Account, password string) (result passwords.Result, err error) {
	err = s.inTurn(r.Context(), func() error {
		var broken error // the stored hash
		if result, broken = s.passwords.Check(password, account.Password); broken != nil && account.ID != "" {
			slog.WarnContext(r.Context(), "password", "error", broken)
		}
		return nil
	})
	if !account.Active {
		result = passwords.Result{}
	}
	return result, err
}

// maxWait is how long somebody waits until a hash is begun.
const maxWait = 5 * time.Second

// inTurn calls hash as soon as there is a turn for it: a hash keeps a processor busy for a
// tenth of a second and more, and a flood of logins would take them all. The error is
// hash's, or that of a context where it took longer than maxWait.
func (s *shop) inTurn(ctx context.Context, hash func() error) error {
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
		return hash()
	case <-ctx.Done():
		return ctx.Err()
	}
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
	if right, err := s.check(r, before, r.PostFormValue("password")); err != nil {
		return err
	} else if !right.OK {
		return redirect(w, r, "/profile/", messages.Error, "That is not your password.")
	}
	changed := r.PostFormValue("new")
	if len(changed) < 8 {
		return redirect(w, r, "/profile/", messages.Error, "The new password has fewer than 8 bytes.")
	}
	after := before
	if err := s.changeHash(r, &after, changed); err != nil {
		return err
	}
	if err := visit.PasswordChanged(before, after.Password); err != nil {
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
	password := r.PostFormValue("password")
	if right, err := s.check(r, account, password); err != nil {
		return err
	} else if !right.OK {
		return redirect(w, r, "/profile/", messages.Error, "That is not your password.")
	}
	if err := s.changeHash(r, &account, password); err != nil {
		return err
	}
	if err := visit.Logout(); err != nil {
		return err
	}
	return redirect(w, r, "/", messages.Info, "You are signed out everywhere.")
}

var errChanged = errors.New("the password was changed meanwhile")

// changeHash stores a new hash of a password, and has it in account. To check a password and
// to make a hash takes long: where somebody has changed the password since account was
// loaded, that change stays, and the error is errChanged. Otherwise who knows the old
// password could write it back.
func (s *shop) changeHash(r *http.Request, account *djangoauth.Account, password string) error {
	var encoded string
	err := s.inTurn(r.Context(), func() (err error) {
		encoded, err = s.passwords.Make(password)
		return err
	})
	if err != nil {
		return err
	}
	result, err := s.db.ExecContext(r.Context(), "UPDATE auth_user SET password = ? WHERE id = ? AND password = ?", encoded, account.ID, account.Password)
	if err != nil {
		return err
	}
	if stored, err := result.RowsAffected(); err != nil {
		return err
	} else if stored != 1 {
		return errChanged
	}
	account.Password = encoded
	return nil
}
