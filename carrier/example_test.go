package carrier_test

import (
	"fmt"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/carrier"
)

// A function behind an API gateway gets cookies as texts and returns them as
// texts.
func Example() {
	const key saltine.Key = "an example key of fifty bytes or more: never use this one"
	store, err := saltine.NewCookieStore(key, &saltine.StoreOptions{
		Options: saltine.Options{Now: func() time.Time { return time.Unix(1700000000, 0) }}, // for the output below
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	sessions, err := carrier.New(store, &carrier.Options{Name: "__Host-sid"})
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
	handle := func(e event) (result, error) {
		exchange := sessions.Open(e.Cookies)
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

	res, err := handle(event{Cookies: []string{"theme=dark"}})
	fmt.Println(res.Cookies, res.Headers, err)
	// Output:
	// [__Host-sid=eyJ1c2VyIjoiYWRhIn0:1r31eq:f_erxkFVrHcp4bbJB6fL7nDmKWEF4B5XQND5uKSDPVI; Max-Age=1209600; Expires=Tue, 28 Nov 2023 22:13:20 GMT; Path=/; SameSite=Lax; HttpOnly; Secure] map[Vary:Cookie] <nil>
}
