package saltine_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/seed-52756201/saltine"
)

// Signing in, working, and signing out.
func ExampleSession() {
	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	session.Set("user", "ann")
	session.Update(map[string]any{"theme": "dark", "visits": 1})
	fmt.Println(session.Get("user"), session.Has("theme"), session.Len())

	theme, ok := session.Pop("theme")
	fmt.Println(theme, ok)
	fmt.Println(session.SetDefault("visits", 0), session.SetDefault("language", "en"))
	for name, value := range session.Items() {
		fmt.Println(" ", name, value)
	}
	if err := session.CycleKey(); err != nil { // as soon as somebody signs in
		log.Fatal(err)
	}
	fmt.Println(session.Accessed(), session.Modified(), session.IsEmpty())

	if err := session.Flush(); err != nil { // when somebody signs out
		log.Fatal(err)
	}
	fmt.Println(session.Accessed(), session.Modified(), session.IsEmpty())
	// Output:
	// ann true 3
	// dark true
	// 1 en
	//   user ann
	//   visits 1
	//   language en
	// true true false
	// true true true
}

// What Get gives is a copy: what is changed in it has to be set again.
func ExampleSession_Set() {
	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	session.Set("cart", []string{"shoes"})

	cart, _ := session.Get("cart").([]any)
	cart[0] = "boots"
	fmt.Println(session.Get("cart"))

	session.Set("cart", cart)
	fmt.Println(session.Get("cart"))
	// Output:
	// [shoes]
	// [boots]
}

// What Django's set_expiry takes, and what it keeps in the session.
func ExampleSession_SetExpiry() {
	store, err := saltine.NewCookieStore(exampleKeys, &saltine.StoreOptions{
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	for _, expiry := range []saltine.Expiry{
		saltine.ExpireIdle(5 * time.Minute),                                      // as set_expiry(300)
		saltine.ExpireAtBrowserClose(),                                           // as set_expiry(0)
		saltine.ExpireIn(time.Hour),                                              // as set_expiry(timedelta(hours=1))
		saltine.ExpireAt(time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)), // as set_expiry(datetime(...))
		{}, // as set_expiry(None)
	} {
		session.SetExpiry(expiry)
		age, err := session.ExpiryAge()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(session.Get("_session_expiry"), age, session.ExpiresAtBrowserClose())
	}
	// Output:
	// 300 5m0s false
	// 0 336h0m0s true
	// 2023-11-14T23:13:20+00:00 1h0m0s false
	// 2024-01-01T00:00:00+00:00 1129h46m40s false
	// <nil> 336h0m0s false
}

// Reading what a session says about its end.
func ExampleExpiry() {
	store, err := saltine.NewCookieStore(exampleKeys, &saltine.StoreOptions{
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	session.SetExpiry(saltine.ExpireIn(time.Hour))
	expiry, err := session.Expiry()
	if err != nil {
		log.Fatal(err)
	}
	date, ok := expiry.Date()
	fmt.Println(date.UTC(), ok)
	idle, ok := expiry.Idle()
	fmt.Println(idle, ok)
	fmt.Println(expiry.IsDefault())
	// Output:
	// 2023-11-14 23:13:20 +0000 UTC true
	// 0s false
	// false
}

// Ending the sessions that were signed before somebody chose to sign out
// everywhere. A signed cookie cannot be taken back; it can be too old.
func ExampleSession_Guard() {
	now := time.Unix(1700000000, 0)
	store, err := saltine.NewCookieStore(exampleKeys, &saltine.StoreOptions{
		Now: func() time.Time { return now },
	})
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	session.Set("user", "ann")
	cookie, err := store.Save(session)
	if err != nil {
		log.Fatal(err)
	}

	signedOut := map[string]time.Time{"ann": now.Add(time.Minute)} // from the database
	now = now.Add(time.Hour)
	session = store.Open(context.Background(), cookie)
	session.Guard(func(s *saltine.Session) error {
		user, _ := s.Get("user").(string)
		if s.Verification().SignedAt.Before(signedOut[user]) {
			return saltine.ErrRevoked
		}
		return nil
	})
	fmt.Println(session.Get("user"))
	fmt.Println(errors.Is(session.Err(), saltine.ErrRevoked))
	// Output:
	// <nil>
	// true
}

// A name and its Go type, written down once.
func ExampleField() {
	type item struct {
		SKU   string  `json:"sku"`
		Price float64 `json:"price"`
	}
	const cart saltine.Field[[]item] = "cart"

	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	cart.Set(session, []item{{"shoes", 50}})
	items, err := cart.Get(session)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(items[0].SKU, items[0].Price)
	// Output: shoes 50
}

// A field's error tells no value from one of another type.
func ExampleFieldError() {
	const visits saltine.Field[int] = "visits"

	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	_, err = visits.Get(session)
	fmt.Println(err)
	fmt.Println(errors.Is(err, saltine.ErrMissing))

	session.Set("visits", "many")
	_, err = visits.Get(session)
	fmt.Println(err)
	fmt.Println(errors.Is(err, saltine.ErrWrongType))

	session.Set("visits", make(chan int))
	_, err = store.Save(session)
	if field, ok := errors.AsType[*saltine.FieldError](err); ok {
		fmt.Println(field.Name, errors.Is(err, saltine.ErrUnsupported))
	}
	// Output:
	// saltine: no such value (value "visits")
	// true
	// saltine: value is of another type: a string is stored, and int was asked for (value "visits")
	// true
	// visits true
}

// A struct holds what a service keeps in its sessions. What others keep there stays as it
// is.
func ExampleSession_SetStruct() {
	type account struct {
		User  string   `json:"user"`
		Roles []string `json:"roles,omitempty"`
	}
	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := store.New()
	s.Set("theme", "dark")
	if err := s.SetStruct(account{User: "ann", Roles: []string{"editor"}}); err != nil {
		fmt.Println(err)
		return
	}

	var a account
	if err := s.GetStruct(&a); err != nil {
		fmt.Println(err)
		return
	}
	a.Roles = nil
	if err := s.SetStruct(a); err != nil {
		fmt.Println(err)
		return
	}
	for name, value := range s.Items() {
		fmt.Println(name, value)
	}
	// Output:
	// theme dark
	// user ann
}
