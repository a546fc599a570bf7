package memcachestore_test

import (
	"context"
	"fmt"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/memcachestore"
)

func Example() {
	client := newFake() // memcache.New("localhost:11211"), outside an example

	backend, err := memcachestore.New(client, &memcachestore.Options{KeyPrefix: "shop"})
	if err != nil {
		panic(err)
	}
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		panic(err)
	}
	s := store.Open(context.Background(), "")
	s.Set("user", "ann")
	if err := s.Save(); err != nil {
		panic(err)
	}
	fmt.Println(store.Open(context.Background(), s.Key()).Get("user"))
	// Output: ann
}
