package djangoauth_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/passwords"
)

// Somebody signs in, asks for a page, and changes the password on another device.
func Example() {
	keys, err := saltine.NewKeyring("example key, as long as Django's own keys have to be", nil)
	if err != nil {
		log.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	column := "pbkdf2_sha256$1000000$c2FsdA$cGFzc3dvcmQ" // of the table auth_user
	auth, err := djangoauth.New(&djangoauth.Options{
		Keys: keys,
		Load: func(_ context.Context, _, id string) (djangoauth.Account, bool, error) {
			return djangoauth.Account{ID: id, Password: column, Active: true}, id == "42", nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}

	session := store.New()
	if err := auth.Login(session, djangoauth.Account{ID: "42", Password: column}, ""); err != nil {
		log.Fatal(err)
	}
	account, err := auth.User(context.Background(), session)
	fmt.Println(account.ID, err)

	column = "pbkdf2_sha256$1000000$c2FsdA$bmV3"
	_, err = auth.User(context.Background(), session)
	fmt.Println(errors.Is(err, djangoauth.ErrAnonymous), errors.Is(err, djangoauth.ErrBadHash))
	// Output:
	// 42 <nil>
	// true true
}

// A handler that changes a password keeps its own session signed in.
func ExampleAuth_PasswordChanged() {
	keys, err := saltine.NewKeyring("example key, as long as Django's own keys have to be", nil)
	if err != nil {
		log.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	column := "pbkdf2_sha256$1000000$c2FsdA$cGFzc3dvcmQ"
	auth, err := djangoauth.New(&djangoauth.Options{
		Keys: keys,
		Load: func(_ context.Context, _, id string) (djangoauth.Account, bool, error) {
			return djangoauth.Account{ID: id, Password: column, Active: true}, true, nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	if err := auth.Login(session, djangoauth.Account{ID: "42", Password: column}, ""); err != nil {
		log.Fatal(err)
	}

	account, err := auth.User(context.Background(), session) // as it was before
	if err != nil {
		log.Fatal(err)
	}
	column = "pbkdf2_sha256$1000000$c2FsdA$bmV3" // UPDATE auth_user SET password = ...
	if err := auth.PasswordChanged(session, account, column); err != nil {
		log.Fatal(err)
	}
	_, err = auth.User(context.Background(), session)
	fmt.Println(err)
	// Output: <nil>
}

// A sign-in whose password has a hash that is to be made again. The variable column stands
// for that of the table auth_user.
func ExampleAuth_Login() {
	keys, err := saltine.NewKeyring("example key, as long as Django's own keys have to be", nil)
	if err != nil {
		log.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	hashers, err := passwords.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	column := "pbkdf2_sha256$20000$Ay8luMfNd3tJ$K/3W1MjB6CEttX/4a9OziT3g4oaOqKfzhpDv7NOkWk4=" // of Django 1.8
	// UPDATE … SET password = renewed WHERE id = … AND password = old
	update := func(renewed, old string) (rowsAffected int) {
		if column != old {
			return 0
		}
		column = renewed
		return 1
	}
	auth, err := djangoauth.New(&djangoauth.Options{
		Keys: keys,
		Load: func(_ context.Context, _, id string) (djangoauth.Account, bool, error) {
			return djangoauth.Account{ID: id, Password: column, Active: true}, id == "42", nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}

	account, session := djangoauth.Account{ID: "42", Password: column, Active: true}, store.New()
	const password = "correct horse battery staple"
	result, err := hashers.Check(password, account.Password)
	if err != nil || !result.OK || !account.Active {
		log.Fatal("refused")
	}
	if result.Upgrade {
		renewed, err := hashers.Make(password)
		if err != nil {
			log.Fatal(err)
		}
		if update(renewed, account.Password) == 0 {
			log.Fatal("changed in between: read the user and check again")
		}
		account.Password = renewed // or the next request would find the session's hash wrong
	}
	if err := auth.Login(session, account, ""); err != nil {
		log.Fatal(err)
	}
	_, err = auth.User(context.Background(), session) // the next request
	fmt.Println(result.Upgrade, err)
	// Output: true <nil>
}

// drawn stands for a djangocsrf.Visit, whose secret is made anew.
type drawn struct{ times int }

func (d *drawn) Rotate() { d.times++ }

// A login has the CSRF secret of the visit made anew, so that nobody knows it who knew
// the visitor's before.
func ExampleRotator() {
	keys, err := saltine.NewKeyring("example key, as long as Django's own keys have to be", nil)
	if err != nil {
		log.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		log.Fatal(err)
	}
	account := djangoauth.Account{ID: "42", Password: "pbkdf2_sha256$1000000$c2FsdA$cGFzc3dvcmQ"}
	auth, err := djangoauth.New(&djangoauth.Options{
		Keys: keys,
		Load: func(context.Context, string, string) (djangoauth.Account, bool, error) { return account, true, nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	visit := &drawn{}
	err = auth.Login(store.New(), account, "", visit)
	fmt.Println(visit.times, err)
	// Output: 1 <nil>
}
