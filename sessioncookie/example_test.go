package sessioncookie_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
)

const exampleKey saltine.Key = "an example key of fifty bytes or more: never use this one"

// A function behind an API gateway gets cookies as texts and returns them as
// texts.
func Example() {
	keys, err := saltine.NewKeyring(exampleKey, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{
		Salt: "shop",                                               // for a name of its own
		Now:  func() time.Time { return time.Unix(1700000000, 0) }, // for the output below
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	sessions, err := sessioncookie.New(store, &sessioncookie.Options{Name: "__Host-sid"})
	if err != nil {
		fmt.Println(err)
		return
	}

	type event struct{ Cookies []string }
	type result struct {
		Status  int
		Cookies []string
		Headers map[string]string
	}
	handle := func(ctx context.Context, e event) (result, error) {
		exchange := sessions.Open(ctx, e.Cookies)
		exchange.Session().Set("user", "ada")
		res := result{Status: 200, Headers: map[string]string{}}
		setCookie, vary, err := exchange.Commit(res.Status)
		if err != nil {
			return result{}, err
		}
		res.Cookies = setCookie
		if vary {
			res.Headers["Vary"] = "Cookie"
		}
		return res, nil
	}

	res, err := handle(context.Background(), event{Cookies: []string{"theme=dark"}})
	fmt.Println(res.Cookies, res.Headers, err)
	// Output:
	// [__Host-sid=eyJ1c2VyIjoiYWRhIn0:1r31eq:r9nvxRQDX-OuSQu21dRqVkRTInLoU4rNJOIhpCzA2-M; Max-Age=1209600; Expires=Tue, 28 Nov 2023 22:13:20 GMT; Path=/; SameSite=Lax; HttpOnly; Secure] map[Vary:Cookie] <nil>
}

// A value that no header can hold as it is.
func ExampleQuote() {
	quoted := sessioncookie.Quote("Orléans, France")
	fmt.Println("Set-Cookie: city=" + quoted + "; Path=/; Secure; HttpOnly; SameSite=Lax")

	value, ok := sessioncookie.FindCookie([]string{"theme=dark; city=" + quoted}, "city")
	fmt.Println(value, ok)
	// Output:
	// Set-Cookie: city="Orl\351ans\054 France"; Path=/; Secure; HttpOnly; SameSite=Lax
	// Orléans, France true
}

// A cookie for frames of other sites, one for each site that shows the frame.
func ExampleSameSite() {
	keys, err := saltine.NewKeyring("an example key of fifty bytes or more: never use this one", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	opts := &sessioncookie.Options{SameSite: sessioncookie.SameSiteNone, Partitioned: true}
	_, err = sessioncookie.New(store, opts)
	fmt.Println(err)
	opts.Insecure = true
	_, err = sessioncookie.New(store, opts)
	fmt.Println(errors.Is(err, saltine.ErrInvalidOption))
	// Output:
	// <nil>
	// true
}
