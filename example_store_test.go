package saltine_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/memorystore"
)

// A session on the server: the cookie holds its key alone.
func ExampleServerStore() {
	backend, err := memorystore.New(nil) // sqlstore.New for a database
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewServerStore(backend, &saltine.ServerStoreOptions{CookieAge: 30 * time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	session := store.Open(ctx, "")
	session.Set("cart", []string{"book"})
	if err := session.Save(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("characters in the cookie:", len(session.Key()))

	slow := store.Open(ctx, session.Key()) // another request, which takes long
	fmt.Println(slow.Get("cart"))
	if err := session.Flush(); err != nil {
		fmt.Println(err)
		return
	}
	slow.Set("cart", nil)
	fmt.Println(errors.Is(slow.Save(), saltine.ErrInterrupted))
	_, err = store.Load(ctx, slow.Key())
	fmt.Println(errors.Is(err, saltine.ErrNoSession))
	// Output:
	// characters in the cookie: 32
	// [book]
	// true
	// true
}

// A Backend keeps records as it likes, for example as JSON.
func ExampleRecord() {
	var r saltine.Record
	if err := r.ParseJSON([]byte(`{"cart":["book"],"price":1.0}`)); err != nil {
		fmt.Println(err)
		return
	}
	text, err := r.AppendJSON(nil)
	fmt.Println(string(text), err)
	fmt.Println(r.Get("price"))
	// Output:
	// {"cart":["book"],"price":1.0} <nil>
	// 1
}

// Create of a Backend refuses a key that is there.
func ExampleBackend() {
	backend, err := memorystore.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := saltine.Record{Expires: time.Now().Add(time.Hour), Age: time.Hour}
	for range 2 {
		err := backend.Create(context.Background(), "0123456789abcdefghijklmnopqrstuv", r)
		fmt.Println(err, errors.Is(err, saltine.ErrKeyTaken))
	}
	// Output:
	// <nil> false
	// saltine: session key is taken true
}

// Sessions move from cookies to a server while people use them.
func ExampleServerStore_MovingFrom() {
	keys, err := saltine.NewKeyring("a key of the example, at least fifty bytes, no secret", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	cookies, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	backend, err := memorystore.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := server.MovingFrom(cookies, time.Now().Add(30*24*time.Hour))
	if err != nil {
		fmt.Println(err)
		return
	}

	signedIn := cookies.New()
	signedIn.Set("user", "ann")
	cookie, err := cookies.Save(signedIn)
	if err != nil {
		fmt.Println(err)
		return
	}
	session := store.Open(context.Background(), cookie)
	fmt.Println(session.Get("user"), session.Modified())
	if err := session.Save(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("characters in the cookie:", len(session.Key()), "- sessions on the server:", backend.Len())
	// Output:
	// ann true
	// characters in the cookie: 32 - sessions on the server: 1
}
