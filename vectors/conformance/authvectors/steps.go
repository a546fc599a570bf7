package authvectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/djangoauth"
)

// step does what Django's did. user is the name of who is signed in, for steps that ask.
func (r *run) step(s *Step) (user string, err error) {
	switch s.Op {
	case "get_user":
		found, err := r.getUser()
		return nameOf(found), err
	case "user":
		err = r.ask()
		return nameOf(r.user), err
	case "remote_user":
		err = r.remoteUser(s)
		return nameOf(r.user), err
	case "login":
		return "", r.login(r.named(s.User), s.backend())
	case "logout":
		return "", r.logout()
	case "password":
		u := r.named(s.User)
		u.before, u.Password = u.Password, s.Password
		return "", nil
	case "update_session_auth_hash":
		return "", r.passwordChanged(r.named(s.User))
	case "set":
		r.session.Set(s.Key, s.Value)
		return "", nil
	}
	return "", fmt.Errorf("unknown step %q", s.Op)
}

func nameOf(u *account) string {
	if u == nil {
		return none
	}
	return u.name
}

// getUser is auth.get_user.
func (r *run) getUser() (*account, error) {
	found, err := r.auth.User(context.Background(), r.session)
	if errors.Is(err, djangoauth.ErrAnonymous) {
		return nil, nil
	}
	u, _ := found.User.(*account)
	return u, err
}

// ask is request.user.
func (r *run) ask() (err error) {
	if !r.asked {
		r.user, err = r.getUser()
		r.asked = err == nil
	}
	return err
}

func (r *run) login(u *account, backend string) error {
	if u == nil { // None
		u = &account{}
	}
	if err := r.auth.Login(r.session, u.Account, backend, r); err != nil {
		return err
	}
	r.user, r.asked = u, true
	if !slices.Contains(r.lastLogin, u.name) {
		r.lastLogin = append(r.lastLogin, u.name)
	}
	return nil
}

func (r *run) logout() error {
	r.user, r.asked = nil, true
	return r.auth.Logout(r.session)
}

// passwordChanged has the account as it was before its password step.
func (r *run) passwordChanged(u *account) error {
	before := u.Account
	if u.before != "" {
		before.Password = u.before
	}
	return r.auth.PasswordChanged(r.session, before, u.Password)
}

const remoteUserBackend = "django.contrib.auth.backends.RemoteUserBackend"

// remoteUser is RemoteUserMiddleware, made of what djangoauth has.
func (r *run) remoteUser(s *Step) error {
	if err := r.ask(); err != nil {
		return err
	}
	_, backend, _ := djangoauth.Claim(r.session)
	isRemote := backend == remoteUserBackend
	var name *string
	if err := json.Unmarshal(s.Value, &name); err != nil {
		return err
	}
	if r.user != nil && isRemote && (name == nil && s.Class == "" || name != nil && *name != r.user.name) {
		if err := r.logout(); err != nil {
			return err
		}
	}
	if name == nil || *name == "" || r.user != nil && r.user.name == *name {
		return nil
	}
	u := r.named(*name)
	if u == nil {
		u = r.create(*name)
	}
	if !u.Active {
		return nil
	}
	return r.login(u, remoteUserBackend)
}

// create makes a user with the next id, and an empty password as RemoteUserBackend does.
func (r *run) create(name string) *account {
	highest := 0
	for _, u := range r.users {
		if n, err := strconv.Atoi(strings.TrimPrefix(u.ID, "user:")); err == nil {
			highest = max(highest, n)
		}
	}
	u := &account{name: name, Account: djangoauth.Account{ID: strconv.Itoa(highest + 1), Active: true}}
	r.users = append(r.users, u)
	r.created = append(r.created, name)
	return u
}
