package sqlusers

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/seed-52756201/saltine/djangoauth"
)

// Permissions are what a user may do. The zero Permissions is nothing. It is immutable
// and safe for concurrent use.
type Permissions struct {
	superuser bool
	set       map[string]bool
}

// Permissions returns what an account may do now: its own permissions and those of its
// groups; everything for a superuser; and nothing for a user that is not active or not
// there. Ask once in a request. An error is of kind [saltine.ErrUnavailable].
//
// Django: ModelBackend.get_all_permissions.
func (u *Users) Permissions(ctx context.Context, account djangoauth.Account) (Permissions, error) {
	key, ok := u.key(account.ID)
	if !ok {
		return Permissions{}, nil // as for nobody
	}
	var active, superuser bool
	err := u.db.QueryRowContext(ctx, u.flags, key).Scan(&active, &superuser)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Permissions{}, nil
	case err != nil:
		return Permissions{}, unavailable(err)
	case !active || superuser:
		return Permissions{superuser: active && superuser}, nil
	}
	set, err := u.set(ctx, key)
	if err != nil {
		return Permissions{}, unavailable(err)
	}
	return Permissions{set: set}, nil
}

// set reads the permissions of a user and of its groups.
func (u *Users) set(ctx context.Context, key any) (map[string]bool, error) {
	rows, err := u.db.QueryContext(ctx, u.permissions, key, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err has what went wrong
	set := map[string]bool{}
	for rows.Next() {
		var app, codename string
		if err := rows.Scan(&app, &codename); err != nil {
			return nil, err
		}
		set[app+"."+codename] = true
	}
	return set, rows.Err()
}

// Has reports whether the user has a permission such as "shop.change_order". A
// superuser has every one, whether it exists or not.
//
// Django: user.has_perm.
func (p Permissions) Has(permission string) bool { return p.superuser || p.set[permission] }

// HasModule reports whether the user has any permission of an app.
//
// Django: user.has_module_perms.
func (p Permissions) HasModule(app string) bool {
	if p.superuser {
		return true
	}
	for permission := range p.set {
		if label, _, _ := strings.Cut(permission, "."); label == app {
			return true
		}
	}
	return false
}
